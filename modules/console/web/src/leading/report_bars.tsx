/*
 * Each department's rate as a bar out of the target line: its length is the gap, so who misses
 * the target shows at once and no cut axis lies. Peers stand together; a base too small for a
 * rate is grey and says "2 of 7".
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { rateMeasures, type Rate, type RateMeasure, type Report, type ReportRow } from "../api/types";
import { t, tMaybe } from "./words";
import { count, partBehindRate, percent, rateOf, standingOf, type Shown, type Standing }
	from "./report_numbers";
import { Select } from "../parts/field";
import { departmentName } from "../state/reference";

interface Bar {
	row: ReportRow;
	rate: Rate;
	standing: Standing;
}

interface Axis {
	from: number;
	ticks: number[];
}

const tickSteps = [5, 10, 20, 25];

/** From a round number below the lowest rate up to 100, with at most six ticks. */
function axisOf(bars: readonly Bar[], target: number): Axis {
	const lowest = Math.min(target - 10, ...bars.map(bar => Number(bar.rate.rate ?? target)));
	const step = tickSteps.find(s => (100 - lowest) / s <= 5) ?? 25;
	const from = Math.max(0, Math.floor(lowest / step) * step);
	const ticks: number[] = [];
	for (let at = from; at <= 100; at += step)
		ticks.push(at);
	return { from, ticks };
}

function place(axis: Axis, value: number): number {
	return (value - axis.from) / (100 - axis.from) * 100;
}

function gapWords(rate: Rate, target: number): string {
	const gap = Number(rate.rate) - target;
	return `${gap >= 0 ? "+" : "−"}${Math.abs(gap).toFixed(1)}`;
}

function BarTrack({ bar, axis, target }: { bar: Bar; axis: Axis; target: number }): JSX.Element {
	const { rate, standing } = bar;
	if (rate.rate === null)
		return <span class="bar-track"><span class="bar-none">{t("report.no_base")}</span></span>;
	const value = Number(rate.rate);
	const from = place(axis, Math.min(value, target));
	const to = place(axis, Math.max(value, target));
	const words = standing === "small"
		? t("report.of", { num: count(rate.num), den: count(rate.den) }) : percent(rate.rate);
	const side = value >= target ? { left: `${to}%` } : { right: `${100 - from}%` };
	return (
		<span class="bar-track">
			<i class={`bar bar-${standing}`} style={{ left: `${from}%`, width: `${to - from}%` }} />
			<span class={`bar-words bar-words-${value >= target ? "right" : "left"}`} style={side}>
				<b class={`bar-value-${standing}`}>{words}</b>
				<small>{gapWords(rate, target)}</small>
			</span>
		</span>
	);
}

function groupsOf(bars: readonly Bar[]): [string, Bar[]][] {
	const groups = new Map<string, Bar[]>();
	for (const bar of bars) {
		const name = bar.row.peer_group ?? "";
		groups.set(name, [...groups.get(name) ?? [], bar]);
	}
	return [...groups];
}

function byRate(a: Bar, b: Bar): number {
	return Number(b.rate.rate ?? -1) - Number(a.rate.rate ?? -1) || b.rate.den - a.rate.den
		|| a.row.department.localeCompare(b.row.department);
}

function Legend({ bars, target }: { bars: readonly Bar[]; target: number }): JSX.Element {
	const items: [Standing, string][] = [["meets", t("report.meets", { target })],
		["near", t("report.near", { from: target - 5, target })],
		["below", t("report.far_below", { under: target - 5 })], ["small", t("report.small_base")]];
	return (
		<span class="legend">
			{items.map(([standing, words]) => (
				<span key={standing}><i class={`swatch bar-${standing}`} />{words}{" "}
					<b>{bars.filter(bar => bar.standing === standing).length}</b></span>
			))}
		</span>
	);
}

export function ReportBars({ report, measure, onMeasure, onOpen }: {
	report: Report;
	measure: RateMeasure;
	onMeasure: (measure: RateMeasure) => void;
	onOpen: (shown: Shown) => void;
}): JSX.Element {
	const { target } = report;
	const bars = useMemo(() => report.departments.map(row => {
		const rate = rateOf(row.measures, measure);
		return { row, rate, standing: standingOf(rate, target) };
	}).sort(byRate), [report, measure]);
	const axis = axisOf(bars, target);
	const groups = groupsOf(bars);
	return (
		<section class="card bars" aria-labelledby="bars-title">
			<div class="card-head">
				<h2 id="bars-title">{t("report.by_department", { measure: t(`measure.${measure}`) })}</h2>
				<Legend bars={bars} target={target} />
				<Select id="report-measure" label={t("report.measure")} value={measure}
					class="inline-field"
					options={rateMeasures.map(value => ({ value, label: t(`measure.${value}`) }))}
					onChange={onMeasure} />
			</div>
			<div class="bar-axis" aria-hidden="true">
				<span class="bar-track">
					{axis.ticks.filter(at => Math.abs(at - target) >= 4).map(at =>
						<span key={at} style={{ left: `${place(axis, at)}%` }}>{at}%</span>)}
					<b style={{ left: `${place(axis, target)}%` }}>{t("report.target", { target })}</b>
				</span>
			</div>
			{groups.map(([group, members]) => (
				<div class="bar-group" key={group}>
					{groups.length > 1 && <h3>{tMaybe(`peer_group.${group}`) ?? group}</h3>}
					<ul>
						{members.map(bar => (
							<li key={bar.row.department}>
								<button type="button" class="bar-row" onClick={() => onOpen({
									department: bar.row.department, measure, part: partBehindRate(bar.rate) })}>
									<span class="bar-name">
										<span>{departmentName(bar.row.department)}</span>
										<small>{count(bar.rate.den)}</small></span>
									<BarTrack bar={bar} axis={axis} target={target} />
								</button>
							</li>
						))}
					</ul>
					<span class="bar-lines" aria-hidden="true">
						{axis.ticks.map(at => <i key={at} style={{ left: `${place(axis, at)}%` }} />)}
						<i class="target-line" style={{ left: `${place(axis, target)}%` }} />
					</span>
				</div>
			))}
		</section>
	);
}
