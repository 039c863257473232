export { InboxScreen, loadTab } from "./inbox";
