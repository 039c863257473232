export { EnterprisesScreen } from "./register";
