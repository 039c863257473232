/*
 * The steps of a department as forms: fields, what follows from the click in plain words, and
 * what is sent. The consequence is said before the button is pressed; the due times in it are
 * those the server will set.
 */
import type { ComponentChildren } from "preact";
import { ask, type BodyFor } from "../api/ask";
import { t, tMaybe } from "./words";
import { dateTime, timeLeft } from "../lib/time";
import type { FormField, Values } from "../parts/form";
import type { Option } from "../parts/segmented";
import { language } from "../state/prefs";
import { departmentName } from "../state/reference";
import { receivers } from "./receivers";
import { limitsOf, returnWindow, type Situation, type StepName } from "./standing";
import { extendedDue, extendsByHours, type LimitRow } from "./working_days";

export interface StepForm {
	keys: string;
	fields: (situation: Situation) => FormField[];
	initial?: Values;
	consequence: (situation: Situation, values: Values) => ComponentChildren;
	send: (id: string, values: Values, tag: string, uploads: string[]) => Promise<unknown>;
}

const text = (values: Values, name: string) => String(values[name] ?? "").trim();
const orNull = (values: Values, name: string) => text(values, name) || null;

function options<T extends string>(prefix: string, values: readonly T[]): Option<T>[] {
	return values.map(value => ({ value, label: tMaybe(`${prefix}.${value}`) ?? value }));
}

/** How much an extension may ask for; null where the law or the decision sets it. */
function most(row: LimitRow): number | null {
	const limit = row.extension ?? (row.extension_rule === "leader" ? row.done : null);
	const byHours = extendsByHours(row);
	return limit && byHours === (limit.unit === "hours") ? limit.amount : null;
}

function extensionFields(situation: Situation): FormField[] {
	const row = limitsOf(situation);
	const unit = t(row && extendsByHours(row) ? "unit.hours" : "unit.working_days");
	const limit = row ? most(row) : null;
	const byLeader = row?.extension_rule === "leader";
	return [
		{ name: "days", kind: "text", label: t("extend.days", { unit }), required: true, class: "narrow",
			...limit === null ? {} : { aside: t("extend.most", { n: limit }) },
			check: value => /^[1-9]\d{0,3}$/.test(value) && (limit === null || Number(value) <= limit)
				? null : t("extend.bad_days", { n: limit ?? 9999 }) },
		{ name: "reason", kind: "lines", label: t("extend.reason"), required: true, max: 2000 },
		{ name: "plan", kind: "lines", rows: 2, label: t("extend.plan"), max: 2000,
			required: byLeader, when: () => byLeader },
		{ name: "informed", kind: "check", label: t("extend.informed") },
	];
}

function extensionConsequence(situation: Situation, values: Values): ComponentChildren {
	const row = limitsOf(situation);
	const { task, tables } = situation;
	const n = Number(text(values, "days"));
	const due = row && task.due !== null && Number.isInteger(n) && n > 0
		? extendedDue(tables.days, row, task.due, n) : null;
	return <>
		{due !== null ? <strong>{t("extend.would_be", { from: dateTime(task.due), to: dateTime(due) })}</strong>
			: t("extend.name_days")}{" "}
		{t(row?.extension_rule === "leader" ? "extend.leader_decides" : "extend.centre_decides")}
	</>;
}

const form = (id: string) => ({ path: { id } });

export const stepForms: Record<Exclude<StepName, "sign">, StepForm> = {
	contact: {
		keys: "c",
		fields: () => [
			{ name: "channel", kind: "choice", label: t("contact.channel"),
				options: options("contact_channel", ["phone", "visit", "sms"]) },
			{ name: "outcome", kind: "choice", label: t("contact.outcome"), required: true,
				options: options("outcome", ["reached", "no_answer", "refused"]) },
			{ name: "note", kind: "lines", rows: 2, label: t("contact.note"), max: 2000 },
		],
		initial: { channel: "phone" },
		consequence: ({ task }) => t(task.contacted_at === null ? "contact.first" : "contact.again"),
		send: (id, values, etag) => ask.post("/tasks/{id}/contact", { ...form(id), etag, body: {
			channel: text(values, "channel"), outcome: text(values, "outcome"),
			note: orNull(values, "note") } as BodyFor<"post", "/tasks/{id}/contact"> }),
	},
	progress: {
		keys: "p",
		fields: () => [
			{ name: "text", kind: "lines", label: t("progress.text"), required: true, max: 2000 },
			{ name: "promise", kind: "date", label: t("progress.promise_on"), class: "narrow" },
		],
		consequence: (_, values) => text(values, "promise")
			? t("progress.promise_consequence", { day: text(values, "promise") }) : t("progress.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/progress", { ...form(id), etag, body: {
			text: text(values, "text"), promise_on: orNull(values, "promise") } }),
	},
	complete: {
		keys: "e",
		fields: () => [
			{ name: "reply", kind: "lines", rows: 5, label: t("complete.reply"), required: true, max: 20000 },
			{ name: "result", kind: "select", label: t("complete.result"), options: options("result",
				["solved", "partly", "explained", "promised", "untrue", "no_jurisdiction"]) },
			{ name: "legal_basis", kind: "text", label: t("complete.legal_basis"), max: 500 },
		],
		initial: { result: "solved" },
		consequence: ({ task }) => t(task.round > 1 ? "complete.redo_consequence" : "complete.consequence"),
		send: (id, values, etag, attachments) => ask.post("/tasks/{id}/complete", { ...form(id), etag, body: {
			result: text(values, "result"), reply: text(values, "reply"),
			legal_basis: orNull(values, "legal_basis"), attachments,
		} as BodyFor<"post", "/tasks/{id}/complete"> }),
	},
	return: {
		keys: "b",
		fields: ({ tables, task }) => {
			const needs = (values: Values, what: "basis" | "proposal") => tables.grounds.some(ground =>
				ground.list === "return" && ground.code === values.reason && ground.needs.includes(what));
			return [
				{ name: "reason", kind: "select", label: t("return.ground"), required: true, options: [
					{ value: "", label: t("return.choose") },
					...tables.grounds.filter(ground => ground.list === "return").map(ground => ({
						value: ground.code, label: language.value === "en" ? ground.name_en : ground.name }))] },
				{ name: "basis", kind: "lines", rows: 2, label: t("return.basis"), required: true, max: 500 },
				{ name: "propose", kind: "pick", label: t("return.propose"), options: receivers(task.department),
					placeholder: t("dispatch.department_hint"), when: values => !needs(values, "proposal") },
				{ name: "propose", kind: "pick", label: t("return.propose_needed"), required: true,
					options: receivers(task.department), when: values => needs(values, "proposal") },
			];
		},
		consequence: situation => {
			const until = returnWindow(situation);
			return <>{t("return.consequence")}{until !== null && <> {t("return.window",
				{ at: dateTime(until), left: timeLeft(until, situation.now) })}</>}</>;
		},
		send: (id, values, etag) => ask.post("/tasks/{id}/return", { ...form(id), etag, body: {
			reason: text(values, "reason"), basis: text(values, "basis"), propose: orNull(values, "propose") } }),
	},
	extend: {
		keys: "d",
		fields: extensionFields,
		consequence: extensionConsequence,
		send: (id, values, etag) => ask.post("/tasks/{id}/extend", { ...form(id), etag, body: {
			days: Number(text(values, "days")), reason: text(values, "reason"),
			caller_informed: values.informed === true, plan: orNull(values, "plan") } }),
	},
	assist: {
		keys: "a",
		fields: ({ task }) => [
			...[1, 2, 3].map((n): FormField => ({ name: `department${n}`, kind: "pick",
				label: t("assist.department", { n }), required: n === 1, options: receivers(task.department),
				placeholder: t("dispatch.department_hint"),
				when: values => n === 1 || text(values, `department${n - 1}`) !== "" })),
			{ name: "advice", kind: "lines", rows: 2, label: t("assist.advice"), max: 2000 },
		],
		consequence: () => t("assist.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/assist", { ...form(id), etag, body: {
			departments: [1, 2, 3].map(n => text(values, `department${n}`)).filter(Boolean),
			advice: orNull(values, "advice") } }),
	},
	report: {
		keys: "o",
		fields: () => [
			{ name: "text", kind: "lines", label: t("report_stage.text"), required: true, max: 2000 },
			{ name: "next", kind: "date", label: t("report_stage.next_on"), class: "narrow" },
		],
		consequence: () => t("report_stage.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/report", { ...form(id), etag, body: {
			text: text(values, "text"), next_on: orNull(values, "next") } }),
	},
	"assist-delay": {
		keys: "w",
		fields: ({ assists }) => [
			{ name: "assist", kind: "choice", label: t("delay.assist"), required: true,
				options: assists.map(({ task }) => ({ value: task.id, label: departmentName(task.department) })) },
			{ name: "note", kind: "lines", rows: 2, label: t("delay.note"), required: true, max: 2000 },
		],
		consequence: () => t("delay.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/assist-delay", { ...form(id), etag, body: {
			assist: text(values, "assist"), note: text(values, "note") } }),
	},
	dispute: {
		keys: "u",
		fields: () => [{ name: "reason", kind: "lines", label: t("dispute.reason"), required: true, max: 2000 }],
		consequence: () => t("dispute.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/dispute", { ...form(id), etag, body: {
			reason: text(values, "reason") } }),
	},
	callback: {
		keys: "g",
		fields: () => [{ name: "question", kind: "lines", label: t("callback.question"), required: true, max: 2000 }],
		consequence: () => t("callback.consequence"),
		send: (id, values, etag) => ask.post("/tasks/{id}/callback", { ...form(id), etag, body: {
			question: text(values, "question") } }),
	},
};
