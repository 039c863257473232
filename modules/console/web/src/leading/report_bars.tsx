/*
 * Each department's rate as a bar out of the target line: its length is the gap, so who misses
 * the target shows at once and no cut axis lies; or, if that is wished, from zero. Peers stand
 * together; a base too small for a rate is grey and says "2 of 7"; who had nothing due says so, and
 * who had no appeal at all is named below, without a bar.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { rateMeasures, type Department, type Rate, type RateMeasure, type Report, type ReportRow }
	from "../api/types";
import { Check, Select } from "../parts/field";
import { departmentName, departments } from "../state/reference";
import { hasTarget, nearPoints, orderOf, partBehindRate, rateOf, standingOf, type Shown, type Standing } from "./figures";
import { count, noBaseWords, rateWords, signed } from "./figure_words";
import { nameThen } from "./names";
import { t, tMaybe } from "./words";

interface Bar {
	row: ReportRow;
	rate: Rate;
	standing: Standing;
}

interface Scale {
	from: number;
	/** Where bars begin: the target, or zero. */
	base: number;
	ticks: number[];
	target: number | null;
}

const tickSteps = [5, 10, 20, 25];

/** From a round number below the lowest rate up to 100, with at most six ticks. */
function scaleOf(bars: readonly Bar[], target: number | null, fromZero: boolean): Scale {
	const lowest = fromZero || target === null ? 0
		: Math.min(target - 10, ...bars.map(bar => bar.standing === "small" ? target : Number(bar.rate.rate ?? target)));
	const step = tickSteps.find(s => (100 - lowest) / s <= 5) ?? 25;
	const from = Math.max(0, Math.floor(lowest / step) * step);
	const ticks: number[] = [];
	for (let at = from; at <= 100; at += step)
		ticks.push(at);
	return { from, base: fromZero || target === null ? 0 : target, ticks, target };
}

function place(scale: Scale, value: number): number {
	return (value - scale.from) / (100 - scale.from) * 100;
}

function BarTrack({ bar, scale, measure }: { bar: Bar; scale: Scale; measure: RateMeasure }): JSX.Element {
	const { rate, standing } = bar;
	if (rate.rate === null)
		return <span class="bar-track"><span class="bar-none">{noBaseWords(measure)}</span></span>;
	/* a small base may lie outside of the axis: its words say what it is */
	const value = Math.max(scale.from, Number(rate.rate));
	const from = place(scale, Math.min(value, scale.base));
	const to = place(scale, Math.max(value, scale.base));
	const side = value >= scale.base ? { left: `${to}%` } : { right: `${100 - from}%` };
	return (
		<span class="bar-track">
			<i class={`bar bar-${standing}`} style={{ left: `${from}%`, width: `${to - from}%` }} />
			<span class={`bar-words bar-words-${value >= scale.base ? "right" : "left"}`} style={side}>
				<b class={`bar-value-${standing}`}>{rateWords(rate)}</b>
				{scale.target !== null && standing !== "small" && <small>{signed(value - scale.target)}</small>}
			</span>
		</span>
	);
}

function byRate(a: Bar, b: Bar): number {
	return orderOf(b.rate) - orderOf(a.rate) || b.rate.den - a.rate.den
		|| a.row.department.localeCompare(b.row.department);
}

interface Group {
	name: string;
	bars: Bar[];
	/** Departments of the group that had no appeal in the period. */
	without: Department[];
}

/** `others`: who could have had appeals; of a department's own report nobody. */
function groupsOf(bars: readonly Bar[], others: readonly Department[]): Group[] {
	const groups = new Map<string, Group>();
	const groupOf = (name: string) => {
		const group = groups.get(name) ?? { name, bars: [], without: [] };
		groups.set(name, group);
		return group;
	};
	const present = new Set(bars.map(bar => bar.row.department));
	for (const bar of bars)
		groupOf(bar.row.peer_group ?? "").bars.push(bar);
	for (const department of others) {
		if (!present.has(department.code))
			groupOf(department.peer_group).without.push(department);
	}
	return [...groups.values()];
}

function Legend({ bars, target }: { bars: readonly Bar[]; target: number | null }): JSX.Element {
	const items: [Standing, string][] = target === null ? [["plain", t("report.share")]]
		: [["meets", t("report.meets", { target })],
			["near", t("report.near", { from: target - nearPoints, target })],
			["below", t("report.far_below", { under: target - nearPoints })]];
	items.push(["small", t("report.small_base")]);
	return (
		<span class="legend">
			{items.map(([standing, words]) => (
				<span key={standing}><i class={`swatch bar-${standing}`} />{words}{" "}
					<b>{bars.filter(bar => bar.standing === standing).length}</b></span>
			))}
		</span>
	);
}

export function ReportBars({ report, measure, zero, whole, onMeasure, onZero, onOpen }: {
	report: Report;
	measure: RateMeasure;
	zero: boolean;
	/** Whether the report has all departments, so that who is missing had nothing. */
	whole: boolean;
	onMeasure: (measure: RateMeasure) => void;
	onZero: (zero: boolean) => void;
	onOpen: (shown: Shown) => void;
}): JSX.Element {
	const target = hasTarget(measure) ? report.target : null;
	const bars = useMemo(() => report.departments.map(row => {
		const rate = rateOf(row.measures, measure);
		return { row, rate, standing: standingOf(rate, report.target, measure) };
	}).sort(byRate), [report, measure]);
	const scale = scaleOf(bars, target, zero);
	const groups = groupsOf(bars, whole ? departments.value.filter(one => one.takes_tasks) : []);
	return (
		<section class="card bars" aria-labelledby="bars-title">
			<div class="card-head">
				<h2 id="bars-title">{t("report.by_department", { measure: t(`measure.${measure}`) })}</h2>
				<Legend bars={bars} target={target} />
				<Select id="report-measure" label={t("report.measure")} value={measure}
					class="inline-field"
					options={rateMeasures.map(value => ({ value, label: t(`measure.${value}`) }))}
					onChange={onMeasure} />
				{target !== null && <Check label={t("report.from_zero")} checked={zero} onChange={onZero} />}
			</div>
			<div class="bar-axis" aria-hidden="true">
				<span class="bar-track">
					{scale.ticks.filter(at => target === null || Math.abs(place(scale, at) - place(scale, target)) > 11).map(at =>
						<span key={at} style={{ left: `${place(scale, at)}%` }}>{at}%</span>)}
					{target !== null && <b style={{ left: `${place(scale, target)}%` }}>
						{t("report.target", { target })}</b>}
				</span>
			</div>
			{groups.map(group => (
				<div class="bar-group" key={group.name} data-group={group.name}>
					{groups.length > 1 && <h3>{tMaybe(`peer_group.${group.name}`) ?? group.name}</h3>}
					<ul>
						{group.bars.map(bar => (
							<li key={bar.row.department}>
								<button type="button" class="bar-row" data-bar={bar.row.department}
									disabled={bar.rate.den === 0} onClick={() => onOpen({
										department: bar.row.department, measure,
										part: partBehindRate(bar.rate, measure) })}>
									<span class="bar-name">
										<span title={nameThen([bar.row], bar.row.department)}>{nameThen([bar.row], bar.row.department)}</span>
										<small>{count(bar.rate.den)}</small></span>
									<BarTrack bar={bar} scale={scale} measure={measure} />
								</button>
							</li>
						))}
					</ul>
					{group.without.length > 0 && <details class="bar-without">
						<summary>{t("report.no_appeals", { n: group.without.length })}</summary>
						<p>{group.without.map(one => departmentName(one.code)).join(t("list.comma"))}</p></details>}
					<span class="bar-lines" aria-hidden="true">
						{scale.ticks.map(at => <i key={at} style={{ left: `${place(scale, at)}%` }} />)}
						{target !== null && <i class="target-line" style={{ left: `${place(scale, target)}%` }} />}
					</span>
				</div>
			))}
		</section>
	);
}
