export { DecisionsScreen } from "./decisions";
export { DispatchScreen } from "./dispatch";
