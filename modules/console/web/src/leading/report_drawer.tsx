/*
 * The cases behind one number. The list is read to its end page by page, and the head says whether
 * its length is the number: "84 of 84". By rule and by class of appeals it can be narrowed; what is
 * chosen stands in the address.
 */
import type { JSX } from "preact";
import type { Me, Part, Report, ReportTask } from "../api/types";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { chosenOf, useBehind, type Reading } from "./behind";
import { categoryTop, topName } from "./classes";
import { carriedWhy, expectedOf, isRate, measuresOf, partCount, rateOf, type Shown } from "./figures";
import { count, rateWords } from "./figure_words";
import { DefinitionOf } from "./report_definition";
import { nameThen } from "./names";
import { addressOf, type View } from "./view";
import { t, tMaybe } from "./words";

export function whyWords(why: string): string {
	return tMaybe(`why.${why}`) ?? why;
}

const bars = 6;

/** What the cases are made of, each group a filter. */
function Breakdown({ title, items, keyOf, nameOf, chosen, onChoose }: {
	title: string;
	items: readonly ReportTask[];
	keyOf: (task: ReportTask) => string;
	nameOf: (key: string) => string;
	chosen: string | null | undefined;
	onChoose: (key: string | null) => void;
}): JSX.Element {
	const counts = new Map<string, number>();
	for (const task of items)
		counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1);
	const rows = [...counts].sort((a, b) => b[1] - a[1]);
	return (
		<ul class="breakdown" aria-label={title}>
			{rows.slice(0, bars).map(([key, n]) => (
				<li key={key}>
					<button type="button" class="breakdown-row" aria-pressed={chosen === key} disabled={!key}
						onClick={() => onChoose(chosen === key ? null : key)}>
						<span>{nameOf(key)}</span>
						<span class="breakdown-bar"><i style={{ width: `${n / items.length * 100}%` }} /></span>
						<span class="number">{count(n)}</span>
						<small class="number">{Math.round(n / items.length * 100)}%</small>
					</button>
				</li>
			))}
			{rows.length > bars && <li class="hint">{t("drawer.others", {
				n: count(rows.slice(bars).reduce((sum, [, n]) => sum + n, 0)) })}</li>}
		</ul>
	);
}

function TaskRow({ task, report }: { task: ReportTask; report: Report }): JSX.Element {
	return (
		<li class="drawer-task" data-task={task.task}>
			<a class="number drawer-id" href={href(["appeals", task.appeal])}>{task.appeal}</a>
			<div>
				<strong>{task.title ?? t("drawer.no_title")}</strong>
				<small>
					<b class={`why why-${task.why}`}>{whyWords(task.why)}</b>
					{" · "}{nameThen(report.departments, task.department)}
					{task.due && <>{" · "}<span class="nowrap">{t("report.due", { at: dateTime(task.due) })}</span></>}
					{task.closed_at && <>{" · "}<span class="nowrap">
						{t("report.closed", { at: dateTime(task.closed_at) })}</span></>}
				</small>
			</div>
		</li>
	);
}

export function CountCheck({ listed, whole, expected }: {
	/** How many stand in the list, and whether it was read to its end. */
	listed: number;
	whole: Reading;
	expected: number | null;
}): JSX.Element {
	return (
		<span class="drawer-count" role="status" data-listed={listed} data-expected={expected ?? listed}
			data-ended={whole.ended ? "true" : "false"}>
			{expected === null ? t("report.cases", { n: count(listed) })
				: t("report.listed", { n: count(listed), expected: count(expected) })}
			{whole.ended && expected !== null && (listed === expected
				? <b class="good-word"> ✓ {t("report.equal")}</b>
				: <b class="bad-word"> ✕ {t("report.unequal")}</b>)}
		</span>
	);
}

function Cases({ report, shown, onShow }: {
	report: Report;
	shown: Shown;
	onShow: (shown: Shown) => void;
}): JSX.Element {
	const read = useBehind(report.period, report.scope, shown);
	const chosen = chosenOf(read.items, shown);
	const ofClass = chosenOf(read.items, { ...shown, why: null });
	const ofWhy = chosenOf(read.items, { ...shown, category: null });
	return (
		<>
			<p class="drawer-check"><CountCheck listed={chosen.length} whole={read}
				expected={expectedOf(report, shown)} /></p>
			{read.items.length > 0 && <>
				<Breakdown title={t("drawer.by_class")} items={ofWhy} chosen={shown.category}
					keyOf={task => categoryTop(task.category)} nameOf={topName}
					onChoose={category => onShow({ ...shown, category })} />
				<Breakdown title={t("drawer.by_rule")} items={ofClass} chosen={shown.why} keyOf={task => task.why}
					nameOf={whyWords} onChoose={why => onShow({ ...shown, why })} />
			</>}
			{read.failure !== null && <ProblemNotice error={read.failure} onRetry={read.retry} />}
			<ul class="drawer-tasks">{chosen.map(task =>
				<TaskRow key={`${task.task} ${task.submitted_at}`} task={task} report={report} />)}</ul>
			{!read.ended && read.failure === null && !read.more && <Skeleton rows={4} />}
			{read.more && <p class="more"><Button onClick={read.more}>{t("report.more")}</Button></p>}
			{read.ended && chosen.length === 0 && <p class="empty">{t("report.none_behind")}</p>}
		</>
	);
}

export function shownTitle(shown: Shown, report: Report): string {
	const what = shown.why === carriedWhy && shown.part === "den" ? t("measure.carried")
		: shown.measure === "returned" && shown.part === "den" ? t("measure.received")
			: t(`measure.${shown.measure}`);
	return `${shown.department === null ? t("report.total") : nameThen(report.departments, shown.department)} · ${what}`;
}

export function ReportDrawer({ me, view, report, shown, onShow, onClose }: {
	me: Me;
	view: View;
	report: Report;
	shown: Shown;
	onShow: (shown: Shown) => void;
	onClose: () => void;
}): JSX.Element {
	const measures = measuresOf(report, shown.department);
	const rate = isRate(shown.measure) ? rateOf(measures, shown.measure) : null;
	const parts: Part[] = rate ? ["num", "den", "missed", "out"] : ["num"];
	const title = shownTitle(shown, report);
	const said = report.departments.find(row => row.department === shown.department)?.statements ?? [];
	return (
		<Dialog id="report-drawer" kind="drawer" title={title} onClose={onClose}>
			<div class="drawer-summary">
				{rate && <strong class="drawer-rate">{rateWords(rate)}</strong>}
				<details class="drawer-define"><summary>{t("define.title")}</summary>
					<DefinitionOf report={report} department={shown.department} column={shown.measure} /></details>
				{said.filter(one => one.measure === shown.measure).map(one => (
					<p class="said" key={one.at}><b>{t("statement.of")}</b> {one.text} <small>{dateTime(one.at)}</small></p>
				))}
				{rate && <div class="tabs" role="group" aria-label={t("report.part")}>
					{parts.map(part => (
						<button type="button" key={part} class="tab" aria-pressed={part === shown.part}
							onClick={() => onShow({ ...shown, part, why: null, category: null })}>
							{t(`part.${part}`)}{part !== "out" && ` ${count(partCount(measures, shown.measure, part))}`}</button>
					))}
				</div>}
			</div>
			<div class="card-scroll drawer-body" tabIndex={0} role="group" aria-label={title}>
				<Cases key={`${report.period} ${report.scope} ${shown.department} ${shown.measure} ${shown.part}`}
					report={report} shown={shown} onShow={onShow} />
			</div>
			<div class="card-foot drawer-foot">
				<a class="button button-plain" href={addressOf({ ...view, page: "cases", shown })}>
					{t("drawer.open_list")}</a>
				{me.role === "supervisor" && <a class="button button-primary"
					href={href(["supervision"], { department: shown.department, step: "add" })}>{t("drawer.supervise")}</a>}
			</div>
		</Dialog>
	);
}
