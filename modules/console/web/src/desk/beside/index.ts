/* What stands beside the form: it comes right after it, so that the form is there first. */
import "../style.css";
export { ContextCard } from "./context_card";
export { DeadlinesCard } from "./deadlines_card";
export { QueueCard } from "./queue_card";
