export { DispatchScreen } from "./dispatch";
