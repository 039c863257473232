import "./style.css";
export { Bell } from "./bell";
export { AlertsCard } from "./card";
