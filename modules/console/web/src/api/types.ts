/*
 * The shapes of /api/v1 as the console uses them, in the words of the wire. Ids are strings;
 * times are RFC 3339 texts; what a role may not see is absent or masked by the server.
 */
export type Role = "intake" | "operator" | "dispatcher" | "department" | "reviewer" | "visitor"
	| "supervisor" | "leader" | "auditor" | "admin" | "system" | "security" | "audit" | "observer"
	| "contact";
export type Channel = "110" | "12345" | "enterprise" | "window" | "web" | "app" | "letter"
	| "leader";
export type ContentClass = "consultation" | "help" | "complaint" | "report" | "suggestion"
	| "praise";
export type LimitClass = "L0" | "L1" | "L2" | "L3" | "L4" | "L5" | "LX";
export type AppealState = "accepted" | "dispatched" | "closed" | "archived" | "answered"
	| "refused" | "transferred" | "merged" | "withdrawn";
export type TaskState = "awaiting_sign" | "in_hand" | "return_requested" | "paused"
	| "on_account" | "review_pending" | "closed" | "visited" | "archived" | "returned"
	| "withdrawn";
export type Level = "very_satisfied" | "satisfied" | "basically_satisfied" | "neutral"
	| "dissatisfied" | "very_dissatisfied";
export type Scope = "all" | "110" | "12345" | "enterprise";

export interface Me {
	login: string;
	name: string;
	role: Role;
	department: string | null;
	department_name: string | null;
	/** The account's language, where the server keeps one. */
	language?: "zh" | "en" | null;
	csrf_token: string | null;
	/** What the person must do before anything else. */
	duty: "change_password" | "set_up_second_factor" | null;
	second_factor: boolean;
	recovery_codes: number;
	/** The server's domain time; the transport's Date header stands in where it is absent. */
	now?: string;
}

export interface Session {
	id: number;
	created_at: string;
	seen_at: string;
	source: string;
	agent: string;
	current: boolean;
}

/** How one may sign in; the provider's addresses are for the browser to go to. */
export interface Ways {
	password: boolean;
	provider: { name: string; start: string; end: string } | null;
}

export interface Page<T> {
	items: T[];
	next_cursor: string | null;
}

export interface Department {
	code: string;
	name: string;
	name_en: string;
	parent: string | null;
	kind: string;
	peer_group: string | null;
	takes_tasks: boolean;
	initials: string;
}

export interface Category {
	code: string;
	parent: string | null;
	name: string;
	name_en: string;
	initials: string;
	/** Words divided by commas or blanks. */
	keywords: string;
	leaf: boolean;
}

export interface Area {
	code: string;
	name: string;
	name_en: string;
	initials: string;
}

export interface CatalogueRow {
	category: string;
	/** null: any area. */
	area: string | null;
	department: string;
	limit_class: LimitClass;
	urgent_allowed: boolean;
}

export interface Catalogue {
	version: number | string;
	categories: Category[];
	areas: Area[];
	rows: CatalogueRow[];
}

export interface NewAppeal {
	channel: Channel;
	external_no?: string;
	content_class: ContentClass;
	category: string;
	area: string;
	title: string;
	text: string;
	urgent: boolean;
	address?: string;
	caller?: {
		name?: string;
		phone?: string;
		id_number?: string;
		address?: string;
		anonymous: boolean;
		secret: boolean;
		visit_wanted: boolean;
	};
	accused?: { department: string | null; person: string | null };
	enterprise?: { uscc?: string; name?: string };
}

export interface Appeal {
	id: string;
	state: AppealState;
	version: number;
	channel: Channel;
	external_no?: string | null;
	content_class: ContentClass;
	category: string | null;
	area: string | null;
	title: string;
	text: string;
	urgent: boolean;
	address?: string | null;
	received_at: string;
	caller?: {
		name?: string | null;
		phone?: string | null;
		id_number?: string | null;
		address?: string | null;
		erased?: boolean;
		secret?: boolean;
		anonymous?: boolean;
		visit_wanted?: boolean;
	} | null;
	accused?: { department: string } | null;
	enterprise?: { uscc?: string | null; name?: string | null } | null;
	tasks: Task[];
}

export interface Filing {
	id: number;
	version: number;
	body: string;
	basis: string;
	amount: number | null;
	first_day: string;
	last_day: string;
}

/** Facts beside an enterprise's complaint; the texts are the server's. */
export interface EnterpriseFindings {
	compared: boolean;
	day: string;
	findings: {
		kind: string;
		text: string;
		text_en: string;
		filing: Filing | null;
		amount_named: number | null;
	}[];
	note: string;
	note_en: string;
}

export interface Task {
	id: string;
	appeal: string;
	department: string;
	role: "lead" | "assist";
	limit_class: LimitClass;
	state: TaskState;
	sign_due: string | null;
	contact_due: string | null;
	due: string;
	original_due: string;
	round: number;
	version: number;
	/** The running round's own due time; null in the first round. */
	redo_due: string | null;
	dispatched_at: string;
	contacted_at: string | null;
	submitted_at: string | null;
	result: CompletionResult | null;
	reply: string | null;
	legal_basis: string | null;
	advice: string | null;
}

/** A task with the matter behind it, as tasks are listed and shown by themselves. */
export interface FullTask extends Task {
	category: string;
	area: string;
	title: string;
	text: string;
	address: string | null;
	urgent: boolean;
	visit_wanted: boolean;
	received_at: string;
}

export interface ReceiptStep {
	date: string;
	counted: boolean;
	/** Days used so far; of no meaning for limits in hours, which have from and to. */
	n: number;
	reason: string;
	reason_en: string;
	from: string | null;
	to: string | null;
}

export interface ReceiptLimit {
	limit: "sign" | "contact" | "done";
	start: string;
	due: string;
	rule: string;
	rule_en: string;
	steps: ReceiptStep[];
}

export interface Receipt {
	limits: ReceiptLimit[];
}

export interface HistoryEvent {
	seq: number;
	at: string;
	recorded_at: string;
	type: string;
	by: { kind: "system" | "account" | "key"; name: string | null };
	task: string | null;
	data: Record<string, unknown>;
}

export type ContactOutcome = "reached" | "no_answer" | "refused";
export type ContactChannel = "phone" | "visit" | "sms";
export type CompletionResult = "solved" | "partly" | "explained" | "promised" | "untrue"
	| "no_jurisdiction";
export type VisitReason = "result" | "attitude" | "speed" | "policy" | "other_unit";

export interface Visit {
	channel: "phone" | "sms" | "network";
	reached: boolean;
	contacted: boolean | null;
	solved: "yes" | "partly" | "no" | null;
	result: Level | null;
	attitude: Level | null;
	truthful: boolean | null;
	reason: VisitReason | null;
	note: string;
}

export interface TaskActions {
	sign: Record<string, never>;
	contact: { channel: ContactChannel; outcome: ContactOutcome; note: string };
	progress: { text: string; promise_on?: string };
	complete: {
		result: CompletionResult;
		reply: string;
		legal_basis?: string;
		attachments: string[];
	};
	review: { pass: boolean; reason?: string };
	visits: Visit;
}

export interface Rate {
	num: number;
	den: number;
	/** Percent with two decimals, null when the base is empty. */
	rate: string | null;
	meets: boolean | null;
}

export const rateMeasures = ["on_time", "completion", "satisfaction", "satisfaction_strict",
	"satisfaction_first", "visit_coverage"] as const;
export type RateMeasure = typeof rateMeasures[number];
export const countMeasures = ["overdue_stock", "within_limit"] as const;
export type CountMeasure = typeof countMeasures[number];
export type Measure = RateMeasure | CountMeasure;
export type Part = "num" | "den" | "out";

export type Measures = Partial<Record<RateMeasure | "satisfaction_low" | "satisfaction_high", Rate>>
	& Partial<Record<CountMeasure, number>>;

export interface ReportRow {
	department: string;
	name: string;
	peer_group: string | null;
	measures: Measures;
}

export interface Report {
	period: string;
	scope: Scope;
	state: "open" | "preview" | "frozen";
	as_of: string;
	rule_set: string;
	calendar: string;
	target: number;
	total: { measures: Measures };
	departments: ReportRow[];
}

export interface ReportTask {
	task: string;
	appeal: string;
	department: string;
	title: string;
	why: string;
	due: string | null;
	closed_at: string | null;
}
