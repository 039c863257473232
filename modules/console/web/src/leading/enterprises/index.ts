import "../style";
export { EnterprisesScreen } from "./register";
