/* Names for what the interface's description calls its shapes, as the screens use them. */
import type { AnswerOf, BodyFor, Schemas } from "./ask";

export type Role = Schemas["Role"];
export type Channel = Schemas["Channel"];
export type ContentClass = Schemas["ContentClass"];
export type LimitClass = Schemas["LimitClass"];
export type AppealState = Schemas["AppealState"];
export type TaskState = Schemas["TaskState"];
export type Scope = "all" | "110" | "12345" | "enterprise";

export type Me = Schemas["Me"];
export type Session = Schemas["Session"];
/** How one may sign in; the provider's addresses are for the browser to go to. */
export type Ways = Schemas["Ways"];

export interface Page<T> {
	items: T[];
	next_cursor: string | null;
}

export type Department = Schemas["Department"];
export type Category = Schemas["Category"];
export type Area = Schemas["Area"];
export type CatalogueRow = Schemas["CatalogueRow"];
export type Catalogue = Schemas["Catalogue"];

export type NewAppeal = BodyFor<"post", "/appeals">;
export type Appeal = Schemas["Appeal"];
export type EnterpriseFindings = AnswerOf<"get", "/appeals/{id}/enterprise-findings">;
export type Task = Schemas["Task"];
/** A task with the matter behind it, as tasks are listed and shown by themselves. */
export type FullTask = Schemas["TaskWithMatter"];
export type Receipt = AnswerOf<"get", "/tasks/{id}/deadline">;
export type ReceiptLimit = Receipt["limits"][number];
export type ReceiptStep = ReceiptLimit["steps"][number];
export type HistoryEvent = Schemas["HistoryEvent"];

export type ContactOutcome = Schemas["ContactOutcome"];
export type ContactChannel = Schemas["ContactChannel"];
export type CompletionResult = Schemas["TaskResult"];
export type Visit = Schemas["VisitForm"];
export type Level = NonNullable<Visit["result"]>;
export type VisitReason = NonNullable<Visit["reason"]>;

export interface TaskActions {
	sign: BodyFor<"post", "/tasks/{id}/sign">;
	contact: BodyFor<"post", "/tasks/{id}/contact">;
	progress: BodyFor<"post", "/tasks/{id}/progress">;
	complete: BodyFor<"post", "/tasks/{id}/complete">;
	review: BodyFor<"post", "/tasks/{id}/review">;
	visits: BodyFor<"post", "/tasks/{id}/visits">;
}

export type Rate = Schemas["Rate"];
export const rateMeasures = ["on_time", "completion", "original_limit", "extension", "satisfaction",
	"satisfaction_strict", "satisfaction_first", "solved", "contacted", "double_yes", "visit_attempted",
	"visit_coverage", "satisfaction_low", "satisfaction_high", "redo", "review_refused", "returned",
	"return_invalid", "exclusion", "sign_on_time", "contact_on_time", "recomplaint"] as const;
export type RateMeasure = typeof rateMeasures[number];
export const countMeasures = ["overdue_stock", "within_limit"] as const;
export type CountMeasure = typeof countMeasures[number];
export type Measure = RateMeasure | CountMeasure;
export type Part = "num" | "den" | "out" | "missed";
export type Measures = Schemas["Measures"];
export type ReportRow = Schemas["ReportRow"];
export type Report = Schemas["Report"];
export type ReportTask = Schemas["ReportTask"];
