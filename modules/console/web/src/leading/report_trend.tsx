/*
 * Twelve months of one rate for the whole, with the target dashed. A frozen month stands as it was
 * frozen; what is not frozen is drawn hollow and called preliminary. The table below it says the same.
 */
import type { JSX } from "preact";
import type { RateMeasure, Report } from "../api/types";
import { hasTarget, rateOf } from "./figures";
import { count, percent, rateWords } from "./figure_words";
import { axisOf, lineOf, placeOf, type TrendValue } from "./trend";
import { t } from "./words";

const width = 400;
const height = 170;

/** A month that could not be read has its place, and nothing in it. */
function valuesOf(months: readonly Report[], unread: readonly string[], department: string | null,
	measure: RateMeasure): TrendValue[] {
	return [...unread.map(month => ({ month, value: null, preliminary: false })), ...months.map(month => {
		const measures = department === null ? month.total.measures
			: month.departments.find(row => row.department === department)?.measures ?? {};
		const { rate } = rateOf(measures, measure);
		return { month: month.period, value: rate === null ? null : Number(rate),
			preliminary: month.state !== "frozen" };
	})].sort((a, b) => a.month.localeCompare(b.month));
}

export function ReportTrend({ months, unread, measure, target, all }: {
	months: readonly Report[];
	unread: readonly string[];
	measure: RateMeasure;
	target: number;
	/** False while months are still on their way. */
	all: boolean;
}): JSX.Element {
	const beside: RateMeasure = measure === "satisfaction" ? "completion" : "satisfaction";
	const lines = [beside, measure].map(one => valuesOf(months, unread, null, one));
	const held = hasTarget(measure) ? target : null;
	const axis = axisOf(lines.flat().flatMap(({ value }) => value ?? []), held);
	const [grey, main] = lines.map(values => lineOf(values, axis, width, height));
	return (
		<section class="card trend" aria-labelledby="trend-title" aria-busy={!all}>
			<div class="card-head">
				<h2 id="trend-title">{t("trend.title", { measure: t(`measure.${measure}`) })}</h2>
				<span class="legend">
					<span><i class="swatch trend-beside" />{t(`measure.${beside}`)}</span>
					<span><i class="swatch trend-preliminary" />{t("trend.preliminary")}</span>
				</span>
			</div>
			<svg class="trend-chart" viewBox={`-44 -14 ${width + 62} ${height + 44}`} role="img"
				aria-label={t("trend.title", { measure: t(`measure.${measure}`) })}>
				{axis.ticks.map(at => (
					<g key={at}>
						<line class="trend-grid" x2={width} y1={placeOf(axis, at, height)} y2={placeOf(axis, at, height)} />
						{at !== held && <text x="-10" y={placeOf(axis, at, height) + 4} text-anchor="end">{at}%</text>}
					</g>
				))}
				{held !== null && <g class="trend-target">
					<line x2={width} y1={placeOf(axis, held, height)} y2={placeOf(axis, held, height)} />
					<text x="-10" y={placeOf(axis, held, height) + 4} text-anchor="end">{held}%</text>
				</g>}
				<path class="trend-line-beside" d={`${grey?.solid}${grey?.dashed}`} />
				<path class="trend-line" d={main?.solid} />
				<path class="trend-line trend-dashed" d={main?.dashed} />
				{main?.points.map((point, at) => (
					<g key={point.month}>
						<circle class={point.preliminary ? "trend-open" : "trend-point"} cx={point.x} cy={point.y} r="3.5" />
						{at === main.points.length - 1 && <text class="trend-newest" x={point.x + 14}
							y={point.y + (point.y > (main.points[at - 1]?.y ?? point.y) ? 19 : -9)}
							text-anchor="end">{percent(String(point.value))}</text>}
					</g>
				))}
				{lines[1]?.map(({ month }, at, { length }) => (at % 2 === (length + 1) % 2) && (
					<text key={month} x={length > 1 ? at * width / (length - 1) : 0} y={height + 22}
						text-anchor="middle">{t("trend.month", { n: Number(month.slice(5)) })}</text>
				))}
			</svg>
			{unread.length > 0 && <p class="padded hint trend-unread" role="status">{t("trend.unread", { months: unread.join(t("list.comma")) })}</p>}
			<details class="twin">
				<summary>{t("trend.table")}</summary>
				<div class="table-scroll" tabIndex={0} role="group" aria-label={t("trend.table")}>
					<table class="table">
						<thead><tr><th scope="col">{t("report.month")}</th><th scope="col" class="number">
							{t(`measure.${measure}`)}</th><th scope="col" class="number">{t("trend.made")}</th>
						<th scope="col">{t("trend.state")}</th></tr></thead>
						<tbody>{months.map(month => {
							const rate = rateOf(month.total.measures, measure);
							return (
								<tr key={month.period} data-trend={month.period}>
									<th scope="row">{month.period}</th>
									<td class="number">{rateWords(rate)}</td>
									<td class="number">{count(rate.num)} / {count(rate.den)}</td>
									<td>{t(month.state === "frozen" ? "report_state.frozen" : "trend.preliminary")}</td>
								</tr>
							);
						})}</tbody>
					</table>
				</div>
			</details>
		</section>
	);
}

/** A department's twelve months in a cell: a line without axis, its numbers in the table and the drawer. */
export function Sparkline({ months, unread, department, measure, target }: {
	months: readonly Report[];
	unread: readonly string[];
	department: string | null;
	measure: RateMeasure;
	target: number;
}): JSX.Element {
	const values = valuesOf(months, unread, department, measure);
	const axis = axisOf(values.flatMap(({ value }) => value ?? []), hasTarget(measure) ? target : null);
	const { solid, dashed, points } = lineOf(values, axis, 72, 18);
	const end = points[points.length - 1];
	return (
		<svg class="spark" viewBox="-3 -3 78 24" aria-hidden="true">
			{hasTarget(measure) && <line class="spark-target" x2="72" y1={placeOf(axis, target, 18)}
				y2={placeOf(axis, target, 18)} />}
			<path d={solid + dashed} />
			{end && <circle cx={end.x} cy={end.y} r="2" />}
		</svg>
	);
}
