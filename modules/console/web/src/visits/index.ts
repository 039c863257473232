export { CallbacksScreen } from "./callbacks";
export { toVisit } from "./card";
export { ReviewScreen } from "./review";
export { VisitScreen } from "./visit";
