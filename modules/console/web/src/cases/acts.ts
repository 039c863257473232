/*
 * What an operator may do with an appeal beside the straight path: each with what comes of it,
 * said before. What the state allows is the server's rule, drawn here so that nobody is offered
 * what would be refused.
 */
import { ask, read, type Schemas } from "../api/ask";
import type { Appeal, AppealState } from "../api/types";
import type { ActChoice } from "../parts/acts";
import type { FormField, Values } from "../parts/form";
import { dateTime } from "../lib/time";
import { offerUndo } from "../parts/toast";
import { now } from "../state/clock";
import { language } from "../state/prefs";
import { t } from "./words";

export interface Lists {
	grounds: readonly Schemas["Ground"][];
	items: readonly Schemas["HandoverItem"][];
}

export async function readLists(): Promise<Lists> {
	const [grounds, handover] = await Promise.all([read("/grounds"), read("/handover")]);
	return { grounds: grounds.items, items: handover.items };
}

interface Offered {
	id: string;
	keys: string;
	when: readonly AppealState[];
	fits?: (appeal: Appeal) => boolean;
	fields: readonly FormField[];
	danger?: true;
	send: (values: Record<string, string>, all: Values) => Record<string, unknown>;
	path?: string;
}

const text = (name: string, label: string, more: object = {}): FormField =>
	({ kind: "lines", name, label, required: true, max: 2000, ...more });
const reason = () => text("reason", t("act.reason"));
/** "08:58" as the last moment of that time in the district; null of what is no time, or lies ahead. */
function momentBefore(text: string, nowAt: number): string | null {
	const typed = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/.exec(text.trim());
	if (!typed)
		return null;
	const day = dateTime(new Date(nowAt).toISOString()).slice(0, 10);
	const today = Date.parse(`${day}T${(typed[1] ?? "").padStart(2, "0")}:${typed[2]}:00+08:00`);
	const at = today > nowAt + 43_200_000 ? today - 86_400_000 : today;
	return at > nowAt ? null : new Date(at).toISOString();
}

/* What was offered by message and has no answer: nothing is offered beside it, and nobody answers by hand in time. */
const offer = (appeal: Appeal) => appeal.exchange?.direction === "ours" ? appeal.exchange.state : null;
const free = (appeal: Appeal) => !appeal.transferring && !["offered", "overdue"].includes(offer(appeal) ?? "");
const asked = (appeal: Appeal) => appeal.transferring && offer(appeal) !== "offered";

function named(one: { name: string; name_en: string }): string {
	return language.value === "en" && one.name_en ? one.name_en : one.name;
}

/** What the desk may answer by itself; all else only where it repeats what has a result. */
const answerable = ["consultation", "suggestion", "praise"];

function offered({ grounds, items }: Lists, appeal: Appeal): readonly Offered[] {
	const repeats = appeal.state !== "accepted" || !answerable.includes(appeal.content_class);
	const of = (list: string) => [{ value: "", label: t("act.choose") }, ...grounds.filter(one => one.list === list)
		.map(one => ({ value: one.code, label: named(one) }))];
	const isUrgent = (values: Values) => values.to === "110" && items.some(one => one.code === values.item && one.urgent);
	return [
		{ id: "answer", keys: "a", when: ["accepted", "dispatched"],
			fields: [text("text", t("act.answer_text")), { kind: "text", name: "repeat_of", label: t("act.repeat_of"), placeholder: "LD…", required: repeats }],
			send: one => ({ text: one.text, repeat_of: one.repeat_of || null }) },
		{ id: "refuse", keys: "x", when: ["accepted"],
			fields: [{ kind: "select", name: "reason", label: t("act.refusal"), required: true, options: of("refusal") },
				text("told", t("act.told"))],
			send: one => ({ reason: one.reason, told: one.told }) },
		{ id: "transfer", keys: "t", when: ["accepted"], fits: free,
			fields: [{ kind: "select", name: "to", label: t("act.to"), required: true, options: of("transfer") }, reason(),
				{ kind: "select", name: "item", label: t("act.item"), when: one => one.to === "110", required: true,
					options: [{ value: "", label: t("act.choose") }, ...items.filter(one => one.direction === "to_110")
						.map(one => ({ value: one.code, label: named(one) }))] },
				{ kind: "text", name: "called", label: t("act.called"), when: isUrgent, required: true, placeholder: "08:58", max: 5,
					check: value => momentBefore(value, now.peek()) ? null : t("act.called_wrong") },
				{ kind: "text", name: "recording", label: t("act.recording"), when: isUrgent, max: 64 },
				{ kind: "check", name: "contact", label: t("act.contact") }],
			send: (one, all) => ({ to: one.to, reason: one.reason, item: one.item || null, contact: all.contact === true,
				...isUrgent(all) ? { first_response_at: momentBefore(one.called ?? "", now.peek()), recording: one.recording || null } : {} }) },
		{ id: "acknowledge", path: "transfer/acknowledge", keys: "k", when: ["accepted", "dispatched", "closed", "archived"], fits: asked,
			fields: [{ kind: "text", name: "by", label: t("act.by"), required: true, max: 50 },
				{ kind: "text", name: "their_no", label: t("act.their_no"), max: 64 }],
			send: one => ({ by: one.by, their_no: one.their_no || null }) },
		{ id: "not_taken", path: "transfer/refuse", keys: "n", when: ["accepted", "dispatched", "closed", "archived"], fits: asked,
			fields: [reason()], send: one => ({ reason: one.reason }) },
		{ id: "merge", keys: "m", when: ["accepted", "dispatched"],
			fields: [{ kind: "text", name: "into", label: t("act.into"), required: true, placeholder: "LD…",
				check: value => /^LD\d{8,}$/i.test(value) ? null : t("act.into_wrong") }],
			send: one => ({ into: (one.into ?? "").toUpperCase() }) },
		{ id: "unmerge", keys: "u", when: ["merged"], fields: [reason()], send: one => ({ reason: one.reason }) },
		{ id: "withdraw", keys: "w", when: ["accepted", "dispatched", "closed"], danger: true,
			fields: [reason(), { kind: "choice", name: "confirmed_by", label: t("act.confirmed_by"), required: true,
				options: (["recording", "form", "none"] as const).map(value => ({ value, label: t(`confirmed.${value}`) })) }],
			send: one => ({ reason: one.reason, confirmed_by: one.confirmed_by }) },
		{ id: "reopen", keys: "o", when: ["archived", "answered", "refused", "transferred", "withdrawn"],
			fields: [reason()],
			send: one => ({ reason: one.reason }) },
	];
}

export function actsOf(appeal: Appeal, etag: string | null, lists: Lists, onChanged: () => void): ActChoice[] {
	return offered(lists, appeal).filter(one => one.when.includes(appeal.state) && (one.fits?.(appeal) ?? true)).map(one => {
		const name = t(`act.${one.id}` as "act.answer");
		return {
			id: one.id, keys: one.keys, label: name, fields: one.fields, initial: {}, ...one.danger ? { kind: "danger" as const } : {},
			consequence: () => t(`consequence.${one.id}` as "consequence.answer"),
			run: async values => {
				const texts = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value).trim()]));
				const path = one.path ?? one.id;
				const { body } = await ask.post(`/appeals/{id}/${path}` as "/appeals/{id}/withdraw", { path: { id: appeal.id }, etag,
					body: one.send(texts, values) as unknown as { reason: string; confirmed_by: "none" } });
				if (body.undo_until)
					offerUndo(t("act.done", { act: name }), () => ask.post("/appeals/{id}/undo",
						{ path: { id: appeal.id }, body: { version: body.version } }).then(onChanged));
			},
		};
	});
}
