/* What a person may do with each kind of what waits, and in words what it leads to. */
import { ask } from "../api/ask";
import type { FullTask, Receipt, Role } from "../api/types";
import { dateTime } from "../lib/time";
import type { ActChoice } from "../parts/acts";
import type { ComboOption } from "../parts/combo";
import type { Values } from "../parts/form";
import type { Option } from "../parts/segmented";
import { areaName, categoryPath, departmentName } from "../state/reference";
import type { Kind, Waiting } from "./waiting";
import { t } from "./words";

export interface Circumstances {
	item: Waiting;
	kind: Kind;
	task: FullTask;
	tag: string;
	role: Role;
	departments: readonly ComboOption[];
	pauseGrounds: readonly Option<string>[];
	exclusionGrounds: readonly Option<string>[];
	receipt: Receipt | null;
}

const text = (values: Values, name: string) => String(values[name] ?? "").trim();
const reason = { kind: "lines", name: "reason", required: true, max: 2000 } as const;

function needsRuling({ item, task }: Circumstances): boolean {
	const { returned } = item;
	return returned !== undefined && (returned.dispute
		|| task.role === "lead" && returned.hand_overs > 0);
}

/** What a ruling writes into the catalogue. */
function catalogued(task: FullTask, to: string): string {
	return t("ruling.catalogue", { category: categoryPath(task.category), area: areaName(task.area),
		to: departmentName(to) });
}

function returnActs(c: Circumstances): ActChoice[] {
	const { task, tag: etag, departments } = c;
	const path = { id: task.id };
	const supervisor = c.role === "supervisor";
	const accept: ActChoice = {
		id: "accept", keys: "a", label: t("returns.accept"), kind: "primary",
		fields: [{ kind: "pick", name: "redispatch_to", label: t("returns.to"), options: departments,
			placeholder: t("dispatch.department_hint") },
		{ ...reason, required: false, label: t("returns.reason"), rows: 2 }],
		initial: { redispatch_to: departments.some(one => one.value === c.item.returned?.propose)
			? c.item.returned?.propose ?? "" : "", reason: "" },
		consequence: values => {
			const to = text(values, "redispatch_to");
			return [to ? t("returns.accept_to", { from: departmentName(task.department), to: departmentName(to) })
				: t("returns.accept_open", { from: departmentName(task.department) }),
			needsRuling(c) && to ? catalogued(task, to) : ""].join(" ");
		},
		done: t("returns.accepted"),
		run: values => ask.post("/tasks/{id}/return/accept", { path, etag, body: {
			redispatch_to: text(values, "redispatch_to") || null, reason: text(values, "reason") || null } }),
	};
	const refuse: ActChoice = {
		id: "refuse", keys: "x", label: t("returns.refuse"), kind: "danger",
		fields: [{ ...reason, label: t("returns.reason") }],
		consequence: () => c.item.returned?.dispute ? catalogued(task, task.department)
			: t("returns.refuse_leads", { department: departmentName(task.department) }),
		done: t("returns.refused"),
		run: values => ask.post("/tasks/{id}/return/refuse", { path, etag,
			body: { reason: text(values, "reason") } }),
	};
	const rule: ActChoice = {
		id: "rule", keys: "u", label: t("returns.rule"),
		fields: [{ kind: "pick", name: "department", label: t("returns.rule_to"), required: true,
			options: departments },
		{ kind: "lines", name: "basis", label: t("returns.basis"), required: true, max: 500 }],
		consequence: values => [t("returns.rule_leads"), text(values, "department")
			? catalogued(task, text(values, "department")) : ""].join(" "),
		done: t("returns.ruled"),
		run: values => ask.post("/tasks/{id}/ruling", { path, etag, body: {
			department: text(values, "department"), basis: text(values, "basis") } }),
	};
	return supervisor ? [accept, refuse, ...task.role === "lead" ? [rule] : []]
		: [...needsRuling(c) ? [] : [accept], ...c.item.returned?.dispute ? [] : [refuse]];
}

function extensionActs(c: Circumstances): ActChoice[] {
	const { task, tag: etag, item: { extension } } = c;
	if (!extension || extension.leader_decides !== (c.role === "leader"))
		return [];
	const path = { id: task.id };
	return [{
		id: "approve", keys: "a", label: t("extensions.approve"), kind: "primary",
		consequence: () => t("extensions.approve_leads", { from: dateTime(extension.due),
			to: dateTime(extension.due_if_approved) }),
		done: t("extensions.approved", { to: dateTime(extension.due_if_approved) }),
		run: () => ask.post("/tasks/{id}/extend/approve", { path, etag, body: {} }),
	}, {
		id: "refuse", keys: "x", label: t("extensions.refuse"), kind: "danger",
		fields: [{ ...reason, label: t("returns.reason") }],
		consequence: () => t("extensions.refuse_leads", { due: dateTime(extension.due) }),
		done: t("extensions.refused"),
		run: values => ask.post("/tasks/{id}/extend/refuse", { path, etag,
			body: { reason: text(values, "reason") } }),
	}];
}

function exclusionActs(c: Circumstances): ActChoice[] {
	const { tag: etag } = c;
	const path = { id: c.task.id };
	return c.role !== "supervisor" ? [] : [{
		id: "approve", keys: "a", label: t("exclusions.approve"), kind: "primary",
		fields: [{ kind: "text", name: "published", label: t("exclusions.published"), max: 500 }],
		consequence: () => t("exclusions.approve_leads"),
		done: t("exclusions.approved"),
		run: values => ask.post("/tasks/{id}/exclude/approve", { path, etag,
			body: { published: text(values, "published") || null } }),
	}, {
		id: "refuse", keys: "x", label: t("exclusions.refuse"), kind: "danger",
		fields: [{ ...reason, label: t("returns.reason") }],
		consequence: () => t("exclusions.refuse_leads"),
		done: t("exclusions.refused"),
		run: values => ask.post("/tasks/{id}/exclude/refuse", { path, etag,
			body: { reason: text(values, "reason") } }),
	}];
}

function workActs(c: Circumstances): ActChoice[] {
	const { task, tag: etag } = c;
	const path = { id: task.id };
	const exclude: ActChoice = {
		id: "exclude", keys: "g", label: t("work.exclude"),
		fields: [{ kind: "select", name: "ground", label: t("work.ground"), required: true,
			options: [{ value: "", label: t("work.choose") }, ...c.exclusionGrounds] },
		{ kind: "lines", name: "evidence", label: t("exclusions.evidence"), required: true, max: 2000 }],
		consequence: () => t("work.exclude_leads"), done: t("work.exclude_done"),
		run: values => ask.post("/tasks/{id}/exclude", { path, etag, body: {
			ground: text(values, "ground"), evidence: text(values, "evidence") } }),
	};
	const urge: ActChoice = {
		id: "urge", keys: "c", label: t("work.urge"),
		fields: [{ kind: "lines", name: "note", label: t("work.note"), rows: 2, max: 2000 }],
		consequence: () => t("work.urge_leads"), done: t("work.urged"),
		run: values => ask.post("/tasks/{id}/urge", { path, etag, body: { note: text(values, "note") || null } }),
	};
	const pause: ActChoice = {
		id: "pause", keys: "p", label: t("work.pause"),
		fields: [{ kind: "select", name: "ground", label: t("work.ground"), required: true,
			options: [{ value: "", label: t("work.choose") }, ...c.pauseGrounds] },
		{ kind: "date", name: "until", label: t("work.until"), required: true },
		{ kind: "lines", name: "note", label: t("work.note"), rows: 2, max: 2000 }],
		consequence: values => t("work.pause_leads", { until: text(values, "until") || "…" }),
		done: t("work.paused"),
		run: values => ask.post("/tasks/{id}/pause", { path, etag, body: { ground: text(values, "ground"),
			until: text(values, "until"), note: text(values, "note") || null } }),
	};
	const account: ActChoice = {
		id: "account", keys: "o", label: t("work.account"),
		fields: [{ kind: "lines", name: "plan", label: t("work.plan"), required: true, max: 2000 },
			{ kind: "date", name: "review_on", label: t("work.review_on"), required: true }],
		consequence: values => t("work.account_leads", { day: text(values, "review_on") || "…" }),
		done: t("work.accounted"),
		run: values => ask.post("/tasks/{id}/account", { path, etag, body: {
			plan: text(values, "plan"), review_on: text(values, "review_on") } }),
	};
	return c.role === "supervisor" ? [urge, exclude]
		: [urge, pause, ...task.role === "lead" ? [account] : [], exclude];
}

function heldActs(c: Circumstances): ActChoice[] {
	const { task, tag: etag } = c;
	const due = c.receipt?.due_if_resumed_now ?? null;
	return c.role !== "dispatcher" ? [] : [{
		id: "resume", keys: "a", kind: "primary",
		label: task.state === "paused" ? t("held.resume") : t("held.unaccount"),
		consequence: () => t("held.resume_leads", { due: dateTime(due) }),
		done: t("held.resumed"),
		run: () => ask.post(task.state === "paused" ? "/tasks/{id}/resume" : "/tasks/{id}/unaccount",
			{ path: { id: task.id }, etag, body: {} }),
	}];
}

/** Nothing where the thing has gone on since it was listed. */
export function actsFor(c: Circumstances): ActChoice[] {
	switch (c.kind) {
	case "returns": return c.task.state === "return_requested" ? returnActs(c) : [];
	case "extensions": return c.task.extension_asked_at ? extensionActs(c) : [];
	case "exclusions": return c.task.exclusion_asked ? exclusionActs(c) : [];
	case "work": return c.task.state === "in_hand" ? workActs(c) : [];
	case "held": return c.task.held_until || c.task.state === "on_account" ? heldActs(c) : [];
	default: return [];
	}
}

/** Why nothing, or not all, can be done here by this person; "" where all can. */
export function whoDecides(c: Circumstances): string {
	if (c.kind === "returns" && needsRuling(c) && c.role !== "supervisor")
		return t("returns.needs_ruling");
	if (c.kind === "extensions" && c.item.extension?.leader_decides && c.role !== "leader")
		return t("extensions.leader");
	return c.kind === "exclusions" && c.role !== "supervisor" ? t("exclusions.supervisor") : "";
}
