export { WebhooksScreen } from "./webhooks";
