/*
 * The tasks behind one number. The list is read to its end page by page, and the head says
 * whether its length is the number: "84 of 84".
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/endpoints";
import type { Part, Report, ReportTask } from "../api/types";
import { t, tMaybe } from "./words";
import { count, isRate, partCount, percent, rateOf, type Shown } from "./report_numbers";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { departmentName } from "../state/reference";

interface Listed {
	items: ReportTask[];
	cursor: string | null;
	ended: boolean;
}

/* Beyond this a person asks for more by hand: a month's base can be thousands. */
const readUnasked = 1000;

function ofTotal(report: Report, shown: Shown) {
	return shown.department === null ? report.total.measures
		: report.departments.find(row => row.department === shown.department)?.measures ?? {};
}

function Why({ items }: { items: readonly ReportTask[] }): JSX.Element {
	const counts = new Map<string, number>();
	for (const { why } of items)
		counts.set(why, (counts.get(why) ?? 0) + 1);
	const rows = [...counts].sort((a, b) => b[1] - a[1]);
	return (
		<ul class="breakdown">
			{rows.map(([why, n]) => (
				<li key={why}>
					<span>{tMaybe(`why.${why}`) ?? why}</span>
					<span class="breakdown-bar"><i style={{ width: `${n / items.length * 100}%` }} /></span>
					<span class="number">{count(n)}</span>
				</li>
			))}
		</ul>
	);
}

function TaskRow({ task }: { task: ReportTask }): JSX.Element {
	return (
		<li class="drawer-task" data-task={task.task}>
			<span class="number drawer-id">{task.appeal}</span>
			<div>
				<strong>{task.title}</strong>
				<small>
					<b class={`why why-${task.why}`}>{tMaybe(`why.${task.why}`) ?? task.why}</b>
					{" · "}{departmentName(task.department)}
					{task.due && ` · ${t("report.due", { at: dateTime(task.due) })}`}
					{task.closed_at && ` · ${t("report.closed", { at: dateTime(task.closed_at) })}`}
				</small>
			</div>
		</li>
	);
}

function CountCheck({ listed, expected }: { listed: Listed; expected: number }): JSX.Element {
	const { items, ended } = listed;
	return (
		<span class="drawer-count" role="status" data-listed={items.length} data-expected={expected}
			data-ended={ended ? "true" : "false"}>
			{t("report.listed", { n: count(items.length), expected: count(expected) })}
			{ended && (items.length === expected
				? <b class="good-word"> ✓ {t("report.equal")}</b>
				: <b class="bad-word"> ✕ {t("report.unequal")}</b>)}
		</span>
	);
}

function Behind({ report, shown, expected }: { report: Report; shown: Shown; expected: number }) {
	const [listed, setListed] = useState<Listed>({ items: [], cursor: null, ended: false });
	const [limit, setLimit] = useState(readUnasked);
	const [failure, setFailure] = useState<unknown>(null);
	const { items, cursor, ended } = listed;

	useEffect(() => {
		if (ended || items.length >= limit || failure !== null)
			return undefined;
		let dropped = false;
		api.reportTasks(report.period, report.scope, shown.department, shown.measure, shown.part, cursor)
			.then(page => {
				if (!dropped)
					setListed({ items: [...items, ...page.items], cursor: page.next_cursor,
						ended: page.next_cursor === null });
			}, error => { if (!dropped) setFailure(error); });
		return () => { dropped = true; };
	}, [listed, limit, failure]);

	return (
		<>
			<p class="drawer-check"><CountCheck listed={listed} expected={expected} /></p>
			{items.length > 0 && <Why items={items} />}
			{failure !== null && <ProblemNotice error={failure} onRetry={() => setFailure(null)} />}
			<ul class="drawer-tasks">{items.map(task => <TaskRow key={task.task} task={task} />)}</ul>
			{!ended && failure === null && items.length < limit && <Skeleton rows={4} />}
			{!ended && items.length >= limit && <Button onClick={() => setLimit(limit + readUnasked)}>
				{t("report.more")}</Button>}
			{ended && items.length === 0 && <p class="empty">{t("report.none_behind")}</p>}
		</>
	);
}

export function ReportDrawer({ report, shown, onShow, onClose }: {
	report: Report;
	shown: Shown;
	onShow: (shown: Shown) => void;
	onClose: () => void;
}): JSX.Element {
	const measures = ofTotal(report, shown);
	const rate = isRate(shown.measure) ? rateOf(measures, shown.measure) : null;
	const parts: Part[] = rate ? ["num", "den", "out"] : ["num"];
	const heading = `${shown.department === null ? t("report.total") : departmentName(shown.department)}`
		+ ` · ${t(`measure.${shown.measure}`)}`;
	return (
		<Dialog id="report-drawer" kind="drawer" title={heading} onClose={onClose}>
			<div class="drawer-summary">
				{rate && <strong class="drawer-rate">{percent(rate.rate)}</strong>}
				<p class="hint">{t(`definition.${shown.measure}`)}</p>
				{rate && <div class="tabs" role="group" aria-label={t("report.part")}>
					{parts.map(part => (
						<button type="button" key={part} class="tab" aria-pressed={part === shown.part}
							onClick={() => onShow({ ...shown, part })}>
							{t(`part.${part}`)} {count(partCount(measures, shown.measure, part))}</button>
					))}
				</div>}
			</div>
			<div class="card-scroll drawer-body" tabIndex={0} role="group" aria-label={heading}>
				<Behind key={JSON.stringify(shown)} report={report} shown={shown}
					expected={partCount(measures, shown.measure, shown.part)} />
			</div>
		</Dialog>
	);
}
