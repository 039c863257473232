export { AccountsScreen } from "./accounts";
export { KeysScreen } from "./keys";
export { UnitsScreen } from "./units";
