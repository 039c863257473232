import "./style";
export { ReportScreen } from "./report";
