import "../style.css";
export { EnterprisesScreen } from "./register";
