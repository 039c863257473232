import "../../leading/style.css";
export { WebhooksScreen } from "./webhooks";
