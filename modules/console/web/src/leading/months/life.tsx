/*
 * The life of a month: preview, objections, freeze, publication, corrections beside the frozen
 * figures, what departments say, and how anybody recomputes it.
 */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, fileAddress, read, type AnswerOf } from "../../api/ask";
import type { Me, RateMeasure, Report } from "../../api/types";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { ActionForm } from "../../parts/form";
import { Asked, Card, Listed } from "../../parts/page";
import { Table } from "../../parts/table";
import { say } from "../../parts/toast";
import { count, measureName } from "../figure_words";
import { nameThen } from "../names";
import type { PageProps } from "../view";
import { t, tMaybe } from "./words";

type Objection = AnswerOf<"get", "/reports/{period}/objections">["items"][number];
type Correction = Report["corrections"][number];
type Act = "preview" | "freeze" | "publish" | "corrections";

const paths = {
	preview: "/reports/{period}/preview", freeze: "/reports/{period}/freeze",
	publish: "/reports/{period}/publish", corrections: "/reports/{period}/corrections",
} as const satisfies Record<Act, string>;

interface Step {
	act: Act | null;
	title: string;
	/** The day from which it is due, by the settings. */
	from: string | null | undefined;
	at: string | null | undefined;
	by: string | null | undefined;
}

function stepsOf(life: NonNullable<Report["life"]>): Step[] {
	return [
		{ act: "preview", title: t("life.preview"), from: life.preview_from, at: life.previewed_at, by: life.previewed_by },
		{ act: null, title: t("life.objections"), from: life.objections_until, at: null, by: null },
		{ act: "freeze", title: t("life.freeze"), from: life.freeze_from, at: life.frozen_at, by: life.frozen_by },
		{ act: "publish", title: t("life.publish"), from: life.publish_from, at: life.published_at, by: life.published_by },
	];
}

/** What this person may do with the month as it stands. */
function actsOf(me: Me, report: Report): Act[] {
	const life = report.life;
	const leads = me.role === "leader";
	const may: [Act, boolean][] = [
		["preview", (leads || me.role === "supervisor") && !life?.previewed_at && !life?.frozen_at],
		["freeze", leads && !life?.frozen_at],
		["publish", leads && !!life?.frozen_at && !life.published_at],
		["corrections", (leads || me.role === "supervisor") && !!life?.frozen_at],
	];
	return may.filter(([, is]) => is).map(([act]) => act);
}

function Steps({ me, report, onChanged }: { me: Me; report: Report; onChanged: () => void }): JSX.Element {
	const [acting, setActing] = useState<Act | null>(null);
	const life = report.life;
	if (!life)
		return <p class="empty">{t("life.months_only")}</p>;
	const act = async (which: Act) => {
		await ask.post(paths[which], { path: { period: report.period }, body: {} });
		say(t(`life.done_${which}`));
		onChanged();
	};
	return (
		<>
			<ol class="life-steps">
				{stepsOf(life).map(step => (
					<li key={step.title} class={step.at ? "life-done" : ""}>
						<b>{step.title}</b>
						<span>{step.at ? t("life.at", { at: dateTime(step.at), by: step.by ?? "" })
							: t(step.act === null ? "life.until" : "life.from", { at: dateTime(step.from) })}</span>
					</li>
				))}
			</ol>
			{acting === null ? <div class="padded life-acts">
				{actsOf(me, report).map(one => <Button key={one} kind={one === "freeze" ? "danger" : "plain"}
					onClick={() => setActing(one)}>{t(`life.act_${one}`)}</Button>)}
				{actsOf(me, report).length === 0 && <p class="hint">{t("life.no_act")}</p>}
			</div> : <div class="padded">
				<ActionForm id={`life-${acting}`} title={t(`life.act_${acting}`)} keepAs={report.period} fields={[]}
					initial={{}} submit={t(`life.act_${acting}`)} kind={acting === "freeze" ? "danger" : "primary"}
					{...acting === "freeze" || acting === "publish" ? { confirm: report.period } : {}}
					consequence={() => t(`life.consequence_${acting}`)} onSubmit={() => act(acting)}
					onDone={() => setActing(null)} onCancel={() => setActing(null)} />
			</div>}
		</>
	);
}

function Answer({ period, objection, onDone }: { period: string; objection: Objection; onDone: () => void }) {
	return (
		<ActionForm id={`objection-${objection.n}`} title={t("objection.answer")} keepAs={`${period} ${objection.n}`}
			fields={[
				{ kind: "choice", name: "accepted", label: t("objection.decision"), required: true,
					options: [{ value: "yes", label: t("objection.accepted") }, { value: "no", label: t("objection.refused") }] },
				{ kind: "lines", name: "answer", label: t("objection.reason"), required: true, max: 500 },
			]} initial={{ accepted: "", answer: "" }} submit={t("objection.answer")}
			consequence={() => t("objection.consequence")} onDone={onDone}
			onSubmit={({ accepted, answer }) => ask.post("/reports/{period}/objections/{n}/answer", {
				path: { period, n: String(objection.n) },
				body: { accepted: accepted === "yes", answer: String(answer) } })} />
	);
}

function Objections({ me, report }: { me: Me; report: Report }): JSX.Element {
	const { period } = report;
	const list = usePaged(cursor => read("/reports/{period}/objections", { path: { period },
		query: { limit: 200, ...cursor === null ? {} : { cursor } } }), period);
	const waiting = list.items?.filter(one => one.decision === null).length ?? 0;
	return (
		<Card id="objections" title={t("objection.title")} {...list.items ? { count: t("objection.waiting",
			{ n: waiting }) } : {}}>
			<Listed list={list} empty={t("objection.none")} emptyNext={t("objection.none_next")}>
				{items => <ul class="objections">{[...items].sort((a, b) =>
					Number(a.decision !== null) - Number(b.decision !== null) || a.n - b.n).map(one => (
					<li key={one.n} data-objection={one.n}>
						<p><span class={`tag ${one.decision === null ? "tag-amber" : ""}`}>
							{t(one.decision === null ? "objection.open" : `objection.${one.decision}`)}</span>{" "}
							<b>{nameThen(report.departments, one.department)}</b>{" · "}
							<a href={href(["appeals", one.task.split("-")[0] ?? ""])}>{one.task}</a>
							{one.measure && ` · ${measureName(one.measure)}`} <small>{one.by} {dateTime(one.at)}</small></p>
						<p>{one.text}</p>
						{one.answer !== null && <p class="said">{one.answer}{" "}
							<small>{one.decided_by} {dateTime(one.decided_at)}</small></p>}
						{one.decision === null && me.role === "supervisor" &&
							<Answer period={period} objection={one} onDone={() => void list.reload()} />}
					</li>
				))}</ul>}
			</Listed>
		</Card>
	);
}

interface Moved {
	task: string;
	department: string;
	measure: string;
	was: string;
	was_why: string;
	now: string;
	now_why: string;
}

function whyOf(part: string, why: string): string {
	return part === "-" ? "—" : `${t(`part.${part as "num"}`)} · ${tMaybe(`why.${why}`) ?? why}`;
}

function MovedTasks({ report, correction }: { report: Report; correction: Correction }): JSX.Element {
	const loaded = useLoaded(() => read("/reports/{period}/corrections/{n}", { path: {
		period: correction.month, n: String(correction.n) } }), `${correction.month} ${correction.n}`);
	return (
		<Asked loaded={loaded}>{one => <Table<Moved> caption={t("correction.tasks")} rows={one.tasks ?? []}
			rowKey={task => `${task.task} ${task.measure}`} to={task => href(["appeals", task.task.split("-")[0] ?? ""])}
			columns={[
				{ key: "task", head: t("appeal.id"), cell: task => task.task },
				{ key: "department", head: t("appeal.department"), cell: task => nameThen(report.departments, task.department) },
				{ key: "measure", head: t("report.measure"), cell: task => measureName(task.measure) },
				{ key: "was", head: t("correction.was"), cell: task => whyOf(task.was, task.was_why) },
				{ key: "now", head: t("correction.now"), cell: task => whyOf(task.now, task.now_why) },
			]} />}</Asked>
	);
}

/** Every correction beside the figure it is about; nothing frozen is written over. */
export function Corrections({ report, withTasks = true }: { report: Report; withTasks?: boolean }): JSX.Element {
	return (
		<Card id="corrections" title={t("correction.title")} count={report.corrections.length}>
			{report.corrections.length === 0 && <p class="padded hint">
				{t(report.state === "frozen" ? "correction.none" : "correction.later")}</p>}
			{report.corrections.map(correction => (
				<div key={`${correction.month} ${correction.n}`} data-correction={correction.n}>
					<h3 class="padded">{t("correction.number", { n: correction.n, month: correction.month,
						at: dateTime(correction.at) })}</h3>
					<Table caption={t("correction.number", { n: correction.n, month: correction.month, at: "" })}
						rows={correction.figures.filter(one => one.scope === "all" && one.kind !== "roll_up")}
						rowKey={one => `${one.kind} ${one.department} ${one.measure}`} columns={[
							{ key: "department", head: t("appeal.department"), cell: one => one.department === null
								? t("report.total") : nameThen(report.departments, one.department) },
							{ key: "measure", head: t("report.measure"), cell: one => measureName(one.measure) },
							{ key: "was", head: t("correction.was"), number: true,
								cell: one => `${count(one.was_num)} / ${count(one.was_den)}` },
							{ key: "now", head: t("correction.now"), number: true,
								cell: one => `${count(one.num)} / ${count(one.den)}` },
						]} />
					{withTasks && <details class="twin"><summary>{t("correction.tasks")}</summary>
						<MovedTasks report={report} correction={correction} /></details>}
				</div>
			))}
		</Card>
	);
}

export function Statements({ report }: { report: Report }): JSX.Element {
	const rows = report.departments.flatMap(row => (row.statements ?? []).map(one => ({ ...one, row })));
	return (
		<Card id="statements" title={t("statement.title")} count={rows.length}>
			{rows.length === 0 && <p class="padded hint">{t("statement.none")}</p>}
			<ul class="objections">{rows.map(({ row, measure, text, at }) => {
				const rate = row.measures[measure as RateMeasure];
				return (
					<li key={`${row.department} ${measure}`}>
						<p><b>{nameThen(report.departments, row.department)}</b>{" · "}{measureName(measure)}{" "}
							{rate && <b class="number">{count(rate.num)} / {count(rate.den)}</b>} <small>{dateTime(at)}</small></p>
						<p class="said">{text}</p>
					</li>
				);
			})}</ul>
		</Card>
	);
}

function Line({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
	return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

/** The bundle without identity, the command that recomputes it, and the checkpoint that seals it. */
export function Proof({ report }: { report: Report }): JSX.Element {
	const head = useLoaded(() => read("/ledger/head"), report.period);
	const isFrozen = report.state === "frozen";
	return (
		<Card id="proof" title={t("proof.title")} aside={isFrozen && <a class="button button-plain" download
			href={fileAddress("/reports/{period}/bundle", { period: report.period })}>{t("proof.bundle")}</a>}>
			<div class="padded proof">
				<p>{t(isFrozen ? "proof.how" : "proof.later")}</p>
				{isFrozen && <pre class="code">{`liandong verify ${report.period}.bundle`}</pre>}
				<Asked loaded={head}>{one => <dl class="definition">
					<Line name={t("proof.size")}><span class="number">{count(one.size)}</span></Line>
					<Line name={t("proof.at")}>{one.at ? dateTime(one.at) : t("proof.unsigned")}</Line>
					<Line name={t("proof.root")}><code class="code">{one.root}</code></Line>
				</dl>}</Asked>
			</div>
		</Card>
	);
}

export function MonthLife({ me, report, onChanged }: PageProps): JSX.Element {
	const seesObjections = me.role !== "observer";
	return (
		<>
			<Card id="life" title={t("life.title")}><Steps me={me} report={report} onChanged={onChanged} /></Card>
			<div class="cards-2">
				{seesObjections && <Objections me={me} report={report} />}
				<Statements report={report} />
			</div>
			<Corrections report={report} />
			<Proof report={report} />
		</>
	);
}
