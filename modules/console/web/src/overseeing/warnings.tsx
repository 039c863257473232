/*
 * The deadline board: counters, departments, and the tasks whose time is running out, each with
 * the ladder already climbed. The next step takes two keys: its letter, and Ctrl+Enter.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read, type AnswerOf, type Schemas } from "../api/ask";
import { taskTag } from "../api/endpoints";
import type { FullTask, Me } from "../api/types";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue, dateTime, shares } from "../lib/time";
import { DueBadge, DueBar } from "../parts/due";
import { Empty, Skeleton } from "../parts/notice";
import { Asked, Listed } from "../parts/page";
import { Table } from "../parts/table";
import { TaskText } from "../parts/task_text";
import { WorklistPane } from "../parts/worklist";
import { departmentName } from "../state/reference";
import { Sections } from "../parts/docket";
import { isRung, Ladder, Rungs, type Rung } from "./ladder";
import { day, dayAhead, given, groundOptions, line, lines, options, useList, word } from "../parts/described";
import { Steps, type MaybeStep } from "../parts/steps";
import { t } from "./words";

type Board = AnswerOf<"get", "/board">;
type Counts = Board["departments"][number];
type Stage = Schemas["BoardStage"];

const stages: readonly Stage[] = ["overdue", "red", "amber"];
const tones = { overdue: "late", red: "red", amber: "amber" } as const;

interface Row {
	id: string;
	version: number;
	start: string;
	due: string | null;
	task: FullTask;
	ladder: readonly Rung[];
}

export function warningLinks() {
	return [[["warnings"], t("warnings.board")], [["levels"], t("levels.title")]] as const;
}

function Counters({ counts, chosen, department }: {
	counts: readonly Counts[];
	chosen: string | null;
	department: string | null;
}): JSX.Element {
	const mine = counts.filter(one => department === null || one.department === department);
	return (
		<div class="board-counters">
			{stages.map(stage => (
				<a key={stage} class={`board-counter due-${tones[stage]}`} aria-current={chosen === stage ? "true" : undefined}
					href={href(["warnings"], { department, stage: chosen === stage ? null : stage })}>
					<b>{mine.reduce((sum, one) => sum + one[stage], 0)}</b>{t(`stage.${stage}`)}</a>
			))}
		</div>
	);
}

function Departments({ counts, chosen }: { counts: readonly Counts[]; chosen: string | null }): JSX.Element {
	const worst = [...counts].sort((a, b) => b.overdue - a.overdue || b.red - a.red || b.amber - a.amber);
	return (
		<Table caption={t("warnings.departments")} rows={worst} rowKey={one => one.department} current={chosen}
			to={one => href(["warnings"], { department: one.department === chosen ? null : one.department })}
			columns={[
				{ key: "department", head: t("appeal.department"), cell: one => departmentName(one.department) },
				...stages.map(stage => ({
					key: stage, head: t(`stage.${stage}`), number: true, by: (one: Counts) => -one[stage],
					cell: (one: Counts) => one[stage] === 0 ? "·" : (
						<a class={`figure due-${tones[stage]}`}
							href={href(["warnings"], { department: one.department, stage })}>{one[stage]}</a>),
				})),
			]} />
	);
}

/** What the service itself noticed: departments that hear nothing, due times found wrong. */
function Notices(): JSX.Element {
	const list = useList("/warnings");
	return (
		<details class="notices" open={!!list.items?.length}>
			<summary>{t("notices.title")} <span class="count">{list.items?.length ?? ""}</span></summary>
			<Listed list={list} empty={t("notices.none")} emptyNext={t("notices.none_next")}>
				{items => <ul>{items.map((one, at) => (
					<li key={at}><b>{word("notice", one.code)}</b>
						<p>{departmentName(one.department)}{one.code === "deadline_mismatch" && <> · <a
							class="number" href={href(["warnings", one.task])}>{one.task}</a></>}
						{" "}· {t("notices.since", { at: dateTime(one.since) })}</p></li>
				))}</ul>}
			</Listed>
		</details>
	);
}

function RowText({ row }: { row: Row }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{row.task.title ?? row.task.appeal}</strong>
				<DueBadge due={row.due} start={row.start} bare />
			</span>
			<span class="row-line row-note">
				<span>{departmentName(row.task.department)} · {t(`task_state.${row.task.state}`)}</span>
				<span class="number">{row.task.appeal}</span>
			</span>
			<Rungs ladder={row.ladder} />
			<DueBar due={row.due} start={row.start} />
		</>
	);
}

/** The steps that a supervisor may take about a task, the next one of the ladder first. */
function stepsOf(me: Me, row: Row, grounds: readonly Schemas["Ground"][]): MaybeStep[] {
	const { task, ladder } = row;
	const tag = taskTag({ body: task, etag: null });
	if (me.role !== "supervisor")
		return [];
	const done = (type: string) => ladder.some(rung => rung.type === type);
	const next = !done("task.urged") ? "urge" : !done("task.supervised") ? "supervise" : "escalate";
	const card = [...ladder].reverse().find(rung => rung.type === "task.card");
	const path = { id: task.id };
	const whole = me.department === null;
	return [
		{ key: "u", name: "urge", label: t("step.urge"), primary: next === "urge",
			fields: [lines("note", t("field.note"))], initial: { note: t("proposed.urge") },
			consequence: t("consequence.mark"),
			run: v => ask.post("/tasks/{id}/urge", { path, body: { note: given(v, "note") }, etag: tag }) },
		{ key: "d", name: "supervise", label: t("step.supervise"), primary: next === "supervise",
			fields: [lines("demand", t("field.demand")), day("due", t("field.due"))],
			initial: { demand: t("proposed.supervise"), due: dayAhead(2) }, consequence: t("consequence.mark"),
			run: v => ask.post("/tasks/{id}/supervise", { path, etag: tag,
				body: { demand: given(v, "demand"), due: given(v, "due") } }) },
		{ key: "e", name: "escalate", label: t("step.escalate"), primary: next === "escalate", fields: [lines("reason", t("field.reason"))],
			initial: { reason: t("proposed.escalate") }, consequence: t("consequence.escalate"),
			run: v => ask.post("/tasks/{id}/escalate", { path, etag: tag, body: { reason: given(v, "reason") } }) },
		whole && { key: "x", name: "exclude", label: t("step.exclude"),
			fields: [{ kind: "select", name: "ground", label: t("field.ground"), required: true,
				options: [{ value: "", label: "—" }, ...groundOptions(grounds, "exclusion")] },
			lines("evidence", t("field.evidence"))],
			consequence: t("consequence.exclude"),
			run: v => ask.post("/tasks/{id}/exclude", { path, etag: tag,
				body: { ground: given(v, "ground"), evidence: given(v, "evidence") } }) },
		whole && { key: "c", name: "clue", label: t("step.clue"),
			fields: [line("title", t("field.title")), lines("text", t("field.facts"))],
			initial: { title: task.title ?? task.appeal }, consequence: t("consequence.clue"),
			run: async v => {
				const item = (await ask.post("/accountability", { body: {
					...card ? { task: task.id, event: card.seq } : { department: task.department, task: task.id },
					title: given(v, "title"), text: given(v, "text") } })).body;
				go(href(["accountability", String(item.id)]));
			} },
		whole && { key: "p", name: "problem", label: t("step.problem"),
			consequence: t("consequence.problem"),
			fields: [line("rule", t("field.rule")),
				{ kind: "choice", name: "proposal", label: t("field.proposal"), required: true,
					options: options("proposal", ["abolish", "amend", "make"]) },
				lines("problem", t("field.problem"))],
			run: v => ask.post("/appeals/{id}/rule-problem", { path: { id: task.appeal }, body: { rule: given(v, "rule"),
				problem: given(v, "problem"), proposal: given(v, "proposal") as "amend" } }) },
	];
}

/** A task that is not on the list: read by itself, with the ladder of its history. */
async function readRow(id: string): Promise<Row> {
	const task = await read("/tasks/{id}", { path: { id } });
	const { items } = await read("/appeals/{id}/events", { path: { id: task.appeal }, query: { limit: 200 } });
	return { id, version: task.version, task, start: task.dispatched_at, due: task.redo_due ?? task.due,
		ladder: items.filter(one => one.task === id && isRung(one.type)).map(one =>
			({ seq: one.seq, at: one.at, type: one.type as Rung["type"], by: one.by.name ?? "", data: one.data })) };
}

function Detail({ me, row, onDone }: { me: Me; row: Row; onDone: () => Promise<void> }): JSX.Element {
	const grounds = useLoaded(() => read("/grounds"), "grounds");
	return (
		<>
			<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.detail")}>
				<TaskText task={row.task} />
				<a href={href(["appeals", row.task.appeal])}>{t("warnings.whole")}</a>
				<h3>{t("ladder.title")}</h3>
				<Ladder appeal={row.task.appeal} ladder={row.ladder} />
			</div>
			{me.role === "supervisor" ? <Steps key={row.id} id="step" keepAs={row.id} onDone={onDone} onStale={() => void onDone()}
				steps={stepsOf(me, row, grounds.value?.items ?? [])} note={t("ladder.next")} />
				: <p class="hint padded">{t("ladder.read_only")}</p>}
		</>
	);
}

function Apart({ me, id, onDone }: { me: Me; id: string; onDone: () => Promise<void> }): JSX.Element {
	const loaded = useLoaded(() => readRow(id), id);
	return <Asked loaded={loaded}>{row => <Detail me={me} row={row}
		onDone={async () => { await loaded.reload(); await onDone(); }} />}</Asked>;
}

export function WarningsScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const { path, query } = route.value;
	const [department, stage] = [query.get("department"), query.get("stage")];
	const [counts, setCounts] = useState<Counts[] | null>(null);
	const list = useWorklist<Row>(async () => {
		const page = await read("/board", { query: { limit: 200, ...department ? { department } : {},
			...stage ? { stage: stage as Stage } : {} } });
		/* the counters speak for all, whatever the list is narrowed to */
		setCounts(department ? (await read("/board", { query: { limit: 1 } })).departments : page.departments);
		return page.items.map(row => ({ ...row, id: row.task.id, version: row.task.version }));
	}, `board ${department} ${stage}`);
	const items = [...list.value ?? []].sort((a, b) => byDue(a.due, b.due));
	const selected = path[1] ?? items[0]?.id ?? null;
	const shown = items.find(row => row.id === selected);
	const select = (id: string) => go(href(["warnings", id], { department, stage }), true);
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<section class="card" aria-labelledby="board-title">
				<div class="card-head"><h2 id="board-title">{t("warnings.departments")}</h2></div>
				{me.department === null && <Sections label={title} links={warningLinks()} />}
				{counts && <Counters counts={counts} chosen={stage} department={department} />}
				<p class="hint padded">{t("warnings.overdue_is")}</p>
				<div class="card-scroll">
					{counts ? <Departments counts={counts} chosen={department} /> : list.error === null && <Skeleton />}
					{me.department === null && <Notices />}
				</div>
			</section>
			<WorklistPane title={department ? departmentName(department) : t("warnings.all")} list={list}
				items={items} selected={selected} onSelect={select} empty={t("warnings.empty")}
				emptyNext={t("warnings.empty_next", { n: Math.round(shares.value.amber * 100) })} row={row => <RowText row={row} />} />
			<section class="card context-wide" aria-label={t("task.context")}>
				{shown ? <Detail me={me} row={shown} onDone={list.reload} />
					: selected !== null ? <Apart me={me} id={selected} onDone={list.reload} />
						: list.value && <Empty title={t("task.none")} next={t("task.none_next")} />}
			</section>
		</>
	);
}
