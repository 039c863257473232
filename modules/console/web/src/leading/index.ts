export { ReportScreen } from "./report";
