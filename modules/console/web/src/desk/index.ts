export { RegisterScreen } from "./register";
