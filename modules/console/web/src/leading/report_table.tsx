/* The table twin of the bars: every measure of every department, each number a way to its tasks. */
import type { JSX } from "preact";
import { countMeasures, rateMeasures, type Measure, type Measures, type RateMeasure, type Report,
	type ReportRow } from "../api/types";
import { t } from "./words";
import { count, isRate, partBehindRate, partCount, percent, rateOf, standingOf, type Shown }
	from "./report_numbers";
import { departmentName } from "../state/reference";

const columns: readonly Measure[] = [...rateMeasures, ...countMeasures];

interface CellProps {
	measures: Measures;
	department: string | null;
	target: number;
	onOpen: (shown: Shown) => void;
}

function RateCell({ measure, measures, department, target, onOpen }: CellProps & { measure: RateMeasure }) {
	const rate = rateOf(measures, measure);
	const open = (part: Shown["part"]) => () => onOpen({ department, measure, part });
	const standing = standingOf(rate, target);
	return (
		<td data-measure={measure}>
			{rate.rate === null ? <span class="no-base">{t("report.no_base")}</span> : (
				<>
					<button type="button" class={`number-link value-${standing}`}
						onClick={open(partBehindRate(rate))}>{percent(rate.rate)}</button>
					<small>
						<button type="button" class="number-link" data-part="num"
							onClick={open("num")}>{count(rate.num)}</button>
						{" / "}
						<button type="button" class="number-link" data-part="den"
							onClick={open("den")}>{count(rate.den)}</button>
					</small>
				</>
			)}
		</td>
	);
}

function Cells(props: CellProps): JSX.Element {
	return (
		<>
			{columns.map(measure => isRate(measure) ? <RateCell key={measure} measure={measure} {...props} /> : (
				<td key={measure} data-measure={measure}>
					<button type="button" class="number-link" data-part="num" onClick={() => props.onOpen(
						{ department: props.department, measure, part: "num" })}>
						{count(partCount(props.measures, measure, "num"))}</button>
				</td>
			))}
		</>
	);
}

function byMeasure(measure: RateMeasure) {
	const value = (row: ReportRow) => Number(rateOf(row.measures, measure).rate ?? -1);
	return (a: ReportRow, b: ReportRow) =>
		value(b) - value(a) || a.department.localeCompare(b.department);
}

export function ReportTable({ report, sortedBy, onSort, onOpen }: {
	report: Report;
	sortedBy: RateMeasure;
	onSort: (measure: Measure) => void;
	onOpen: (shown: Shown) => void;
}): JSX.Element {
	const rows = [...report.departments].sort(byMeasure(sortedBy));
	const common = { target: report.target, onOpen };
	return (
		<section class="card report-table" aria-labelledby="table-title">
			<div class="card-head"><h2 id="table-title">{t("report.table")}</h2></div>
			<div class="table-scroll" tabIndex={0} role="group" aria-labelledby="table-title">
				<table>
					<thead>
						<tr>
							<th scope="col">{t("appeal.department")}</th>
							{columns.map(measure => (
								<th scope="col" key={measure} title={t(`definition.${measure}`)}
									aria-sort={measure === sortedBy ? "descending" : undefined}>
									{isRate(measure) ? <button type="button" class="sort"
										onClick={() => onSort(measure)}>{t(`measure.${measure}`)}
										{measure === sortedBy && <span aria-hidden="true"> ↓</span>}</button>
										: t(`measure.${measure}`)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						<tr class="total" data-department="">
							<th scope="row">{t("report.total")}</th>
							<Cells measures={report.total.measures} department={null} {...common} />
						</tr>
						{rows.map(row => (
							<tr key={row.department} data-department={row.department}>
								<th scope="row">{departmentName(row.department)}</th>
								<Cells measures={row.measures} department={row.department} {...common} />
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}
