export { InboxScreen } from "./inbox";
