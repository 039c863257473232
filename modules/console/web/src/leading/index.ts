import "./style.css";
export { ReportScreen } from "./report";
