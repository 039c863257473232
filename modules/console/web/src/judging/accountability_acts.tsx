/*
 * The acts of an item as the ledger has them: what was put on the table, copied as it then was,
 * and what was said about it.
 */
import type { ComponentChildren, JSX } from "preact";
import type { Schemas } from "../api/ask";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { History } from "../parts/history";
import { Facts } from "../parts/task_text";
import { language } from "../state/prefs";
import { departmentName } from "../state/reference";
import type { HistoryEvent } from "../api/types";
import { word } from "../parts/described";
import { t, tMaybe } from "./words";

type Item = Schemas["AccountabilityItem"];
export type Act = Item["acts"][number] & Record<string, unknown>;

export function decisionName(decision: { name: string; name_en: string }): string {
	return language.value === "en" ? decision.name_en : decision.name;
}

interface Fact { task: string; seq: number; at: string; type: string; by: string; data: Record<string, unknown> }

interface EvidenceTask {
	task: string;
	state: string;
	limit_class: string;
	dispatched_at: string | null;
	signed_at: string | null;
	contacted_at: string | null;
	closed_at: string | null;
	original_due: string | null;
	due: string | null;
	events: Fact[];
}

/** A fact of a task's history, in the words that the history has everywhere. */
export function FactLine({ fact }: { fact: Fact }): JSX.Element {
	return <History events={[{ ...fact, recorded_at: fact.at, by: { kind: "account", name: fact.by } } as HistoryEvent]} />;
}

function EvidenceOf({ task }: { task: EvidenceTask }): JSX.Element {
	return (
		<section class="evidence">
			<h3 class="number"><a href={href(["warnings", task.task])}>{task.task}</a></h3>
			<Facts facts={[
				[t("field.state"), word("task_state", task.state)],
				[t("field.limit_class"), word("limit_class", task.limit_class)],
				...(["dispatched_at", "signed_at", "contacted_at", "closed_at", "original_due", "due"] as const).map(
					name => [word("fact", name), task[name] === null ? t("fact.never") : dateTime(task[name])] as
						[string, ComponentChildren]),
			]} />
			<History events={task.events.map(fact => ({ ...fact, recorded_at: fact.at,
				by: { kind: "account", name: fact.by } }) as HistoryEvent)} />
		</section>
	);
}

interface FrozenMonth { month: string; figures: string[] }

const measureName = (code: string) => tMaybe(`measure.${code}`) ?? code;

/** A frozen month's figures of the department: measure, numerator, denominator, rate. */
function MonthFigures({ month }: { month: FrozenMonth }): JSX.Element {
	const rows = month.figures.map(one => one.split("\t")).filter(cells => cells[5] !== "0");
	return (
		<details class="evidence">
			<summary>{t("evidence.month", { month: month.month, n: rows.length })}</summary>
			<table class="table"><thead><tr>
				{(["measure", "num", "den", "rate"] as const).map(name => <th key={name} scope="col">{t(`evidence.${name}`)}</th>)}
			</tr></thead><tbody>
				{rows.map(cells => <tr key={cells[3]}><th scope="row">{measureName(cells[3] ?? "")}</th>
					<td class="number">{cells[4]}</td><td class="number">{cells[5]}</td><td class="number">{cells[6]}</td></tr>)}
			</tbody></table>
		</details>
	);
}

function textOf(act: Act, name: string): string | null {
	const value = act[name];
	return typeof value === "string" && value ? value : null;
}

/** The evidence side by side: what was put on the table, and every act about it. */
export function Evidence({ item }: { item: Item }): JSX.Element | null {
	const acts = item.acts as Act[];
	const packs = acts.filter(act => act.act === "evidence");
	/* the finding that the clue came from: its two facts, if they are there */
	const finding = acts.map(act => act.finding).filter(one => typeof one === "object" && one !== null)
		.pop() as { said: Fact | null; against: Fact | null } | undefined;
	const facts = [finding?.said, finding?.against].filter((one): one is Fact => !!one);
	return (
		<>
			{facts.length > 0 && <div class={facts.length > 1 ? "cards-2" : ""}>
				{facts.map((fact, at) => <FactLine key={at} fact={fact} />)}</div>}
			{packs.flatMap(act => (act.tasks as EvidenceTask[] | undefined ?? []).map(task =>
				<EvidenceOf key={`${act.n} ${task.task}`} task={task} />))}
			{packs.flatMap(act => (act.months as FrozenMonth[] | undefined ?? []).map(month =>
				<MonthFigures key={`${act.n} ${month.month}`} month={month} />))}
			{packs.length === 0 && <p class="hint">{t("evidence.none")}</p>}
		</>
	);
}

export function Acts({ item }: { item: Item }): JSX.Element {
	return (
		<ol class="history item-acts">
			{(item.acts as Act[]).map(act => (
				<li key={act.n} class="history-plain" data-act={act.act}>
					<div class="history-head"><strong>{t(`act.${act.act}`)}</strong>
						<time dateTime={act.at}>{dateTime(act.at)}</time></div>
					{textOf(act, "kind") && <p><b>{word("decision", textOf(act, "kind") ?? "")}</b>
						{textOf(act, "body") && ` · ${textOf(act, "body")}`}</p>}
					{["title", "text", "note"].map(name => textOf(act, name) && <p key={name}>{textOf(act, name)}</p>)}
					<small>{t("history.by", { who: act.by })} · {t("act.entry", { n: act.n })}</small>
				</li>
			))}
		</ol>
	);
}

export function HeadFacts({ item }: { item: Item }): JSX.Element {
	return <Facts facts={[
		[t("appeal.department"), departmentName(item.department)],
		[t("field.state"), word("case_state", item.state)],
		[t("field.source"), word("case_source", item.source)],
		[t("field.leader"), item.leader],
		[t("field.statement_until"), item.statement_until && dateTime(item.statement_until)],
		[t("act.decision"), item.decision && decisionName(item.decision)],
		[t("field.takedown_on"), item.takedown_at && dateTime(item.takedown_at)],
	]} />;
}
