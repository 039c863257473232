/* The table twin of the bars: the chosen measures of every department, each number a way to its cases. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { RateMeasure, Report, ReportRow } from "../api/types";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Check } from "../parts/field";
import { countOf, countShown, isRate, orderOf, partBehindRate, rateOf, standingOf, type Column, type Measures, type Shown }
	from "./figures";
import { count, noBaseWords, percent } from "./figure_words";
import { Sparkline } from "./report_trend";
import { nameThen } from "./names";
import { columns as allColumns } from "./view";
import { t } from "./words";

interface CellProps {
	report: Report;
	measures: Measures;
	department: string | null;
	onOpen: (shown: Shown) => void;
}

/** The same with the corrections, where these move it; the frozen figure stays what it is. */
function Corrected({ report, department, measure }: CellProps & { measure: RateMeasure }) {
	const corrected = report.corrected && (department === null ? report.corrected.total
		: report.corrected.departments.find(row => row.department === department));
	if (!corrected)
		return null;
	const [now, was] = [rateOf(corrected.measures, measure), rateOf(department === null ? report.total.measures
		: report.departments.find(row => row.department === department)?.measures ?? {}, measure)];
	return now.num === was.num && now.den === was.den ? null
		: <span class="corrected" title={`${now.num} / ${now.den}`}>
			{t("correction.beside", { rate: percent(now.rate) })}</span>;
}

function RateCell(props: CellProps & { measure: RateMeasure }): JSX.Element {
	const { report, measure, measures, department, onOpen } = props;
	const rate = rateOf(measures, measure);
	const open = (part: Shown["part"]) => () => onOpen({ department, measure, part });
	const standing = standingOf(rate, report.target, measure);
	return (
		<td data-measure={measure}>
			{rate.rate === null ? <span class="no-base">{noBaseWords(measure)}</span> : (
				<>
					{(standing === "below" || standing === "near") && <span
						class={`tag ${standing === "below" ? "tag-red" : "tag-amber"}`}>{t("report.below_tag")}</span>}
					{standing !== "small" && <button type="button" class={`number-link value-${standing}`}
						onClick={open(partBehindRate(rate, measure))}>{percent(rate.rate)}</button>}
					<small class={standing === "small" ? "small-base" : ""} title={standing === "small"
						? t("report.small_base") : undefined}>
						<button type="button" class="number-link" data-part="num"
							onClick={open("num")}>{count(rate.num)}</button>
						{" / "}
						<button type="button" class="number-link" data-part="den"
							onClick={open("den")}>{count(rate.den)}</button>
						{standing === "small" && ` ${t("report.small_tag")}`}
					</small>
					<Corrected {...props} />
				</>
			)}
		</td>
	);
}

function CountCell({ column, measures, department, onOpen }: CellProps & { column: Column }): JSX.Element {
	const value = countOf(measures, column);
	return (
		<td data-measure={column}>
			<button type="button" data-part="num" onClick={() => onOpen(countShown(column, department))}
				class={`number-link ${column === "overdue_stock" && value > 0 ? "overdue-word" : ""}`}>{count(value)}</button>
		</td>
	);
}

function valueOf(measures: Measures, column: Column): number {
	return isRate(column) ? orderOf(rateOf(measures, column)) : countOf(measures, column);
}

function Chooser({ chosen, onChoose }: {
	chosen: readonly Column[];
	onChoose: (columns: readonly Column[]) => void;
}): JSX.Element {
	const [open, setOpen] = useState(false);
	return (
		<details class="chooser" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
			<summary class="button button-plain">{t("table.columns", { n: chosen.length })}</summary>
			{open && <div class="chooser-list" role="group" aria-label={t("table.choose")}>
				<Button onClick={() => onChoose(allColumns)}>{t("table.all")}</Button>
				{allColumns.map(column => (
					<Check key={column} label={t(`measure.${column}`)} checked={chosen.includes(column)}
						onChange={on => onChoose(allColumns.filter(one =>
							one === column ? on : chosen.includes(one)))} />
				))}
			</div>}
		</details>
	);
}

/** The right of reply: what a department says beside a figure stands under its row. */
function Statements({ row, span }: { row: ReportRow; span: number }): JSX.Element | null {
	return !row.statements?.length ? null : (
		<tr class="statement-row"><td colSpan={span}>
			{row.statements.map(one => (
				<p key={one.measure}><b>{t("statement.on", { measure: t(`measure.${one.measure as RateMeasure}`) })}</b>
					{" "}{one.text} <small>{dateTime(one.at)}</small></p>
			))}
		</td></tr>
	);
}

export function ReportTable({ report, months, unread, measure, columns, onColumns, onOpen, onDefine }: {
	report: Report;
	months: readonly Report[];
	unread: readonly string[];
	/** Whose line is drawn, and by which rows stand at first. */
	measure: RateMeasure;
	columns: readonly Column[];
	onColumns: (columns: readonly Column[]) => void;
	onOpen: (shown: Shown) => void;
	onDefine: (column: Column) => void;
}): JSX.Element {
	const [sort, setSort] = useState<Column | null>(null);
	const by = sort ?? measure;
	const rows = [...report.departments].sort((a, b) => valueOf(b.measures, by) - valueOf(a.measures, by)
		|| a.department.localeCompare(b.department));
	const cells = (measures: Measures, department: string | null): ComponentChildren => columns.map(column => {
		const props = { report, measures, department, onOpen };
		return isRate(column) ? <RateCell key={column} measure={column} {...props} />
			: <CountCell key={column} column={column} {...props} />;
	});
	const spark = (department: string | null) => (
		<td class="spark-cell"><Sparkline months={months} unread={unread} department={department} measure={measure}
			target={report.target} /></td>
	);
	return (
		<section class="card report-table" aria-labelledby="table-title">
			<div class="card-head"><h2 id="table-title">{t("report.table")}</h2>
				<div class="push-right card-aside"><Chooser chosen={columns} onChoose={onColumns} /></div></div>
			<div class="table-scroll" tabIndex={0} role="group" aria-labelledby="table-title">
				<table>
					<thead>
						<tr>
							<th scope="col">{t("appeal.department")}</th>
							<th scope="col">{t("table.months", { measure: t(`measure.${measure}`) })}</th>
							{columns.map(column => (
								<th scope="col" key={column} aria-sort={column === by ? "descending" : undefined}>
									<span class="column-head">
										<button type="button" class="sort" onClick={() => setSort(column)}>
											{t(`measure.${column}`)}
											{column === by && <span aria-hidden="true"> ↓</span>}</button>
										<button type="button" class="define-mark" onClick={() => onDefine(column)}
											aria-label={t("define.of", { measure: t(`measure.${column}`) })}>?</button>
									</span>
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						<tr class="total" data-department="">
							<th scope="row">{t("report.total")}</th>
							{spark(null)}
							{cells(report.total.measures, null)}
						</tr>
						{rows.map(row => [
							<tr key={row.department} data-department={row.department}>
								<th scope="row">{nameThen([row], row.department)}</th>
								{spark(row.department)}
								{cells(row.measures, row.department)}
							</tr>,
							<Statements key={`${row.department} said`} row={row} span={columns.length + 2} />,
						])}
					</tbody>
				</table>
			</div>
		</section>
	);
}
