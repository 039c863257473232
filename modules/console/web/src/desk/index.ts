import "./style.css";
export { RegisterScreen } from "./register";
