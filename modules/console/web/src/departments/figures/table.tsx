/* The measures of the own month as a table, the words said beside them, objections, corrections. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read } from "../../api/ask";
import type { Report, ReportRow } from "../../api/types";
import { t } from "./words";
import { usePaged } from "../../lib/paged";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { ActionForm } from "../../parts/form";
import { Asked, Card, Listed } from "../../parts/page";
import { Table, type Column } from "../../parts/table";
import { say } from "../../parts/toast";
import { useLoaded } from "../../lib/load";
import type { Shown } from "./figures";
import { count, measures, missesTarget, named, percent, rateOf, verdictOf, type Measure } from "./measures";

const statementMost = 200;

/** A word may be said from the preview until the month is published. */
function mayReply(report: Report): boolean {
	return report.state !== "open" && !report.life?.published_at;
}

function Reply({ report, measure, said, onClose, onDone }: {
	report: Report;
	measure: Measure;
	said: string;
	onClose: () => void;
	onDone: () => void;
}): JSX.Element {
	return (
		<Dialog id="reply" kind="box" onClose={onClose}
			title={t("reply.title", { measure: named.t(`measure.${measure}`) })}>
			<ActionForm id="reply" title={t("reply.title", { measure: named.t(`measure.${measure}`) })}
				keepAs={`${report.period} ${measure}`} submit={t("reply.submit")} initial={{ text: said }}
				fields={[{ name: "text", kind: "lines", rows: 4, label: t("reply.text"), required: true,
					max: statementMost }]}
				consequence={() => t(said ? "reply.replaces" : "reply.consequence")}
				onSubmit={values => ask.post("/reports/{period}/statements", { path: { period: report.period },
					body: { measure, text: String(values.text).trim().replace(/\s*\n\s*/g, " ") } })}
				onDone={onDone} onCancel={onClose}>
				{values => <small class="hint number" role="status">
					{t("reply.count", { n: String(values.text ?? "").length, most: statementMost })}</small>}
			</ActionForm>
		</Dialog>
	);
}

export function FigureTable({ report, row, reload, onOpen }: {
	report: Report;
	row: ReportRow;
	reload: () => Promise<void>;
	onOpen: (shown: Shown) => void;
}): JSX.Element {
	const [replying, setReplying] = useState<Measure | null>(null);
	const said = (measure: Measure) => row.statements?.find(one => one.measure === measure)?.text ?? "";
	const number = (measure: Measure, part: Shown["part"], value: number) => (
		<button type="button" class="number-link number" data-measure={measure} data-part={part}
			aria-label={t("figures.see", { measure: named.t(`measure.${measure}`), part: t(`part.${part}`),
				n: value })} onClick={() => onOpen({ measure, part })}>{count(value)}</button>
	);
	const columns: Column<Measure>[] = [
		{ key: "measure", head: t("figures.measure"), cell: measure => <>
			<strong>{named.t(`measure.${measure}`)}</strong>
			<small class="measure-definition">{named.t(`definition.${measure}`)}</small></> },
		{ key: "rate", head: t("figures.rate"), number: true, cell: measure => {
			const rate = rateOf(row.measures[measure]);
			const verdict = verdictOf(measure, rate);
			return rate === null ? number(measure, "num", Number(row.measures[measure])) : <>
				<strong class={`verdict-${verdict}`}>{verdict === "small"
					? t("figures.of", { num: rate.num, den: rate.den }) : percent(rate)}</strong>
				<small class={`verdict verdict-${verdict}`}>{t(`verdict.${verdict}`, { target: report.target })}</small></>;
		} },
		...(["num", "den"] as const).map((part): Column<Measure> => ({ key: part, head: t(`part.${part}`), number: true,
			cell: measure => {
				const rate = rateOf(row.measures[measure]);
				return rate === null ? "" : number(measure, part, rate[part]);
			} })),
		{ key: "all", head: t("figures.district"), number: true, cell: measure => {
			const whole = report.total.measures[measure];
			return typeof whole === "number" ? count(whole) : percent(whole);
		} },
		{ key: "reply", head: t("figures.reply"), class: "reply-cell", cell: measure => {
			const bad = missesTarget(measure, rateOf(row.measures[measure]));
			return <>{said(measure) && <q>{said(measure)}</q>}
				{bad && mayReply(report) && <Button kind="quiet" onClick={() => setReplying(measure)}
					label={t("reply.title", { measure: named.t(`measure.${measure}`) })}>
					{t(said(measure) ? "reply.change" : "reply.write")}</Button>}</>;
		} },
	];
	return (
		<Card id="figures" title={t("figures.own")} aside={<small class="hint">{t("figures.hint")}</small>}>
			<Table caption={t("figures.own")} columns={columns} rows={measures} rowKey={one => one} />
			{replying !== null && <Reply report={report} measure={replying} said={said(replying)}
				onClose={() => setReplying(null)}
				onDone={() => { setReplying(null); say(t("reply.done")); void reload(); }} />}
		</Card>
	);
}

/** What the district answered to what the department objected to. */
export function Objections({ month }: { month: string }): JSX.Element {
	const list = usePaged(cursor => read("/reports/{period}/objections", { path: { period: month },
		query: { limit: 100, ...cursor === null ? {} : { cursor } } }), `objections ${month}`);
	return (
		<Card id="objections" title={t("figures.view_objections")}>
			<Listed list={list} empty={t("objections.none")} emptyNext={t("objections.none_next")}>{items =>
				<Table caption={t("figures.view_objections")} rows={items} rowKey={one => String(one.n)} columns={[
					{ key: "n", head: t("objections.n"), number: true, cell: one => one.n },
					{ key: "task", head: t("objections.task"), cell: one =>
						<a href={href(["inbox", one.task])} class="number">{one.task}</a> },
					{ key: "measure", head: t("figures.measure"), cell: one =>
						one.measure ? named.tMaybe(`measure.${one.measure}`) : "—" },
					{ key: "text", head: t("objections.text"), cell: one => one.text },
					{ key: "at", head: t("objections.at"), cell: one => dateTime(one.at) },
					{ key: "answer", head: t("objections.answer"), cell: one => one.decision === null
						? <span class="tag tag-amber">{t("objections.waiting")}</span> : <>
							<b class={one.decision === "accepted" ? "good-word" : "bad-word"}>
								{t(`objections.${one.decision}`)}</b> {one.answer} <small>{dateTime(one.decided_at)}</small></> },
				]} />}</Listed>
		</Card>
	);
}

function Moves({ month, n }: { month: string; n: number }): JSX.Element {
	const loaded = useLoaded(() => read("/reports/{period}/corrections/{n}", { path: { period: month, n: String(n) } }),
		`${month} ${n}`);
	const where = (part: string, why: string) => `${t(`moved.${part === "-" ? "nowhere" : part as "num"}`)}`
		+ (why ? ` (${named.tMaybe(`why.${why}`) ?? why})` : "");
	return (
		<Asked loaded={loaded}>{({ tasks = [] }) => <Table caption={t("corrections.moved")} rows={tasks}
			rowKey={one => `${one.task} ${one.measure}`} columns={[
				{ key: "task", head: t("objections.task"), cell: one =>
					<a href={href(["inbox", one.task])} class="number">{one.task}</a> },
				{ key: "measure", head: t("figures.measure"), cell: one => named.tMaybe(`measure.${one.measure}`) ?? one.measure },
				{ key: "was", head: t("corrections.was"), cell: one => where(one.was, one.was_why) },
				{ key: "now", head: t("corrections.now"), cell: one => where(one.now, one.now_why) },
			]} />}</Asked>
	);
}

/** What came after the freeze stands beside the figures, never in them. */
export function Corrections({ report, unit }: { report: Report; unit: string }): JSX.Element | null {
	const [open, setOpen] = useState<number | null>(null);
	const own = report.corrections.flatMap(({ n, at, figures }) => figures
		.filter(one => one.kind === "own" && one.department === unit && one.scope === "all")
		.map(one => ({ ...one, n, at })));
	if (report.corrections.length === 0)
		return null;
	return (
		<Card id="corrections" title={t("corrections.title")} count={own.length}
			aside={<small class="hint">{t("corrections.hint")}</small>}>
			<Table caption={t("corrections.title")} rows={own} rowKey={one => `${one.n} ${one.measure}`} columns={[
				{ key: "n", head: t("corrections.n"), cell: one => <button type="button" class="link"
					aria-expanded={open === one.n} onClick={() => setOpen(open === one.n ? null : one.n)}>
					{t("corrections.number", { n: one.n })}</button> },
				{ key: "at", head: t("objections.at"), cell: one => dateTime(one.at) },
				{ key: "measure", head: t("figures.measure"), cell: one => named.tMaybe(`measure.${one.measure}`) ?? one.measure },
				{ key: "was", head: t("corrections.was"), number: true, cell: one => t("figures.of", { num: one.was_num, den: one.was_den }) },
				{ key: "now", head: t("corrections.now"), number: true, cell: one => t("figures.of", { num: one.num, den: one.den }) },
			]} />
			{open !== null && <Moves month={report.period} n={open} />}
		</Card>
	);
}
