import "./style.css";
export { countWaiting } from "./calls";
export { RegisterScreen } from "./register";
