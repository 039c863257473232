export { DeadlinesScreen } from "./deadlines";
export { TablesScreen } from "./tables";
