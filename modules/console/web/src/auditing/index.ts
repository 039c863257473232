export { AuditScreen } from "./audit";
export { HealthScreen } from "./health";
export { UpkeepScreen } from "./upkeep";
