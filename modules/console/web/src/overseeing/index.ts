export { ContactScreen } from "./contact";
export { LevelsScreen } from "./levels";
export { SupervisionScreen } from "./supervision";
export { WarningsScreen } from "./warnings";
