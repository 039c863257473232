export { TablesScreen } from "./tables";
