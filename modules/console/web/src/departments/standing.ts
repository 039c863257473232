/*
 * What a department may do with a task as it stands: each step is possible, barred for a reason
 * that is told, or not offered at all. The server judges; this only spares a vain attempt.
 */
import type { FullTask, HistoryEvent } from "../api/types";
import type { Schemas } from "../api/ask";
import { t } from "./words";
import { dateTime } from "../lib/time";
import { limitFrom, type Days, type LimitRow } from "./working_days";

/** The district's tables that foretelling needs; read once with the screen. */
export interface Tables {
	limits: readonly LimitRow[];
	grounds: readonly Schemas["Ground"][];
	checklist: readonly Schemas["ChecklistRow"][];
	days: Days;
}

export type StepName = "sign" | "contact" | "progress" | "complete" | "return" | "extend" | "assist"
	| "report" | "assist-delay" | "dispute" | "callback";

export interface Situation {
	task: FullTask;
	history: readonly HistoryEvent[];
	tables: Tables;
	/** Of the lead; empty until they are known. */
	assists: readonly Schemas["Assist"][];
	now: number;
}

export function limitsOf({ task, tables }: Situation): LimitRow | undefined {
	return tables.limits.find(row => row.limit_class === task.limit_class);
}

/** Until when a return can be asked for; null where the class sets no window that is known here. */
export function returnWindow(situation: Situation): string | null {
	const window = limitsOf(situation)?.return;
	return window ? limitFrom(situation.tables.days, situation.task.dispatched_at, window) : null;
}

export function newest(history: readonly HistoryEvent[], task: string, type: string): HistoryEvent | null {
	const found = history.filter(event => event.task === task && event.type === type);
	return found[found.length - 1] ?? null;
}

/** A caller who wishes secrecy was asked through the centre, and the answer is not there yet. */
export function callbackIsOpen({ task, history }: Situation): boolean {
	const asked = newest(history, task.id, "task.callback_asked");
	const answered = newest(history, task.id, "task.callback_answered");
	return asked !== null && (answered === null || answered.seq < asked.seq);
}

function againstReturn(situation: Situation): string | null {
	const { task, now } = situation;
	const until = returnWindow(situation);
	if (task.closed_at !== null)
		return t("bar.second_round");
	if (task.return_standing === "ruled")
		return t("bar.ruled");
	return until !== null && now > Date.parse(until) ? t("bar.window_over", { at: dateTime(until) }) : null;
}

function againstExtension(situation: Situation): string | null {
	const { task, now } = situation;
	const rule = limitsOf(situation)?.extension_rule;
	if (task.closed_at !== null)
		return t("bar.second_round");
	if (task.extension_asked_at !== null)
		return t("bar.extension_waits", { at: dateTime(task.extension_asked_at) });
	if (rule === "none")
		return t("bar.no_extension");
	if (rule === "once" && task.extensions > 0)
		return t("bar.extended_once");
	return task.due !== null && now > Date.parse(task.due) ? t("bar.due_over", { at: dateTime(task.due) }) : null;
}

/** Null: possible; a text: why not; undefined: nothing for this task now, and not offered. */
export function barTo(step: StepName, situation: Situation): string | null | undefined {
	const { task } = situation;
	const lead = task.role === "lead";
	const inHand = task.state === "in_hand";
	switch (step) {
	case "sign":
		return task.state === "awaiting_sign" ? null : undefined;
	case "return":
		return inHand || task.state === "awaiting_sign" ? againstReturn(situation) : undefined;
	case "dispute":
		return lead && task.closed_at === null && task.return_standing === "refused"
			&& (inHand || task.state === "awaiting_sign") ? null : undefined;
	case "extend":
		return inHand ? againstExtension(situation) : undefined;
	case "callback":
		return inHand && task.secret ? callbackIsOpen(situation) ? t("bar.callback_open") : null : undefined;
	case "assist":
		return inHand && lead ? null : undefined;
	case "assist-delay":
		return inHand && lead && situation.assists.length > 0 ? null : undefined;
	case "report":
		return inHand && !lead ? null : undefined;
	default:
		return inHand ? null : undefined;
	}
}

/** What the checklist asks of this kind of matter and this result. */
export function needsOf({ task, tables }: Situation, result: string): string[] {
	const rows = tables.checklist.filter(row => (row.content_class ?? task.content_class) === task.content_class
		&& (row.result ?? result) === result);
	return [...new Set(rows.flatMap(row => row.needs))];
}

/** Of the running round: whether the caller was contacted, and reached. */
export function contactsOf({ task, history }: Situation): { contact: boolean; reached: boolean } {
	const redo = newest(history, task.id, "task.redo");
	const own = history.filter(event => event.task === task.id && event.seq > (redo?.seq ?? 0)
		&& (event.type === "task.contacted" || event.type === "task.callback_answered"));
	return {
		contact: own.some(event => event.type === "task.contacted" || event.data.reached === true),
		reached: own.some(event => event.data.outcome === "reached" || event.data.reached === true),
	};
}
