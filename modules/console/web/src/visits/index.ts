export { ReviewScreen } from "./review";
export { VisitScreen } from "./visit";
