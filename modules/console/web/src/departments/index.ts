import "../leading/style.css";
export { InboxScreen } from "./inbox";
