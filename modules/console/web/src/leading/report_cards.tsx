/*
 * The headline cards: value, what it is made of, how it moved since the period before, and a meter
 * with a tick at the target.
 */
import type { JSX } from "preact";
import type { Rate, RateMeasure, Report } from "../api/types";
import { change, countOf, countShown, hasTarget, partBehindRate, rateOf, smallBase, type Column,
	type Measures, type Shown } from "./figures";
import { count, percent, rateWords, signed } from "./figure_words";
import { t } from "./words";

const headline: readonly RateMeasure[] = ["on_time", "completion", "satisfaction", "visit_coverage"];

interface CardsProps {
	report: Report;
	before: Report | null;
	onOpen: (shown: Shown) => void;
	onDefine: (column: Column) => void;
}

/** Satisfaction is a band: the silent could all be unhappy, or all be happy. */
function Meter({ rate, low, high, target }: {
	rate: Rate;
	low: Rate | undefined;
	high: Rate | undefined;
	target: number;
}): JSX.Element {
	const from = Number(low?.rate ?? 0);
	const to = Number(high?.rate ?? 0);
	return (
		<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
			<rect class="meter-ground" width="100" height="4" />
			{rate.rate !== null && <rect class="meter-fill" width={Number(rate.rate)} height="4" />}
			{low && high && <rect class="meter-band" x={from} width={to - from} height="4" />}
			<rect class="meter-tick" x={target - 0.3} width="0.6" height="4" />
		</svg>
	);
}

/** Since the period before: an arrow, points, and green or red by what is wished for. */
function Change({ now, before, measure }: {
	now: Measures;
	before: Measures;
	measure: RateMeasure;
}): JSX.Element | null {
	const by = change(now, before, measure);
	if (by === null)
		return null;
	const wished = hasTarget(measure) ? by > 0 : by < 0;
	return (
		<span title={t("report.change_title")}
			class={`change ${by === 0 ? "" : wished ? "good-word" : "bad-word"}`}>
			<span aria-hidden="true">{by > 0 ? "▲" : by < 0 ? "▼" : "＝"} </span>
			{t("report.change", { by: t("report.points", { by: signed(by) }) })}</span>
	);
}

function CardHead({ column, onDefine, children }: {
	column: Column;
	onDefine: (column: Column) => void;
	children?: JSX.Element | null;
}): JSX.Element {
	return (
		<div class="kpi-head">
			<h2><button type="button" class="define" title={t("define.title")}
				onClick={() => onDefine(column)}>{t(`measure.${column}`)}</button></h2>
			{children}
		</div>
	);
}

function RateCard({ measure, report, before, onOpen, onDefine }: CardsProps & { measure: RateMeasure }) {
	const { target, total: { measures } } = report;
	const rate = rateOf(measures, measure);
	const low = measure === "satisfaction" ? measures.satisfaction_low : undefined;
	const high = measure === "satisfaction" ? measures.satisfaction_high : undefined;
	const open = (part: Shown["part"]) => () => onOpen({ department: null, measure, part });
	const isSmall = rate.rate !== null && rate.den < smallBase;
	return (
		<section class="card kpi" aria-label={t(`measure.${measure}`)}>
			<CardHead column={measure} onDefine={onDefine}>
				{before && <Change now={measures} before={before.total.measures} measure={measure} />}
			</CardHead>
			<button type="button" data-kpi={measure} class={`kpi-value number-link ${isSmall ? "value-small" : ""}`}
				onClick={open(partBehindRate(rate, measure))}>{rateWords(rate)}</button>
			<p class="kpi-made">
				<button type="button" class="number-link" onClick={open("num")}>{count(rate.num)}</button>
				{" / "}
				<button type="button" class="number-link" onClick={open("den")}>{count(rate.den)}</button>
				{rate.meets !== null && !isSmall && <span class={rate.meets ? "good-word" : "bad-word"}>
					{" · "}{t(rate.meets ? "report.meets_tag" : "report.below_tag")}</span>}
				{low && high && rate.rate !== null && <span class="nowrap"> · {t("report.band",
					{ low: percent(low.rate), high: percent(high.rate) })}</span>}
			</p>
			<Meter rate={rate} low={low} high={high} target={target} />
		</section>
	);
}

function CountButton({ report, column, onOpen, big = false }: {
	report: Report;
	column: Column;
	onOpen: (shown: Shown) => void;
	big?: boolean;
}): JSX.Element {
	const value = countOf(report.total.measures, column);
	return (
		<button type="button" data-kpi={column} onClick={() => onOpen(countShown(column, null))}
			class={`number-link ${big ? "kpi-value" : ""} ${column === "overdue_stock" && value > 0 ? "overdue-word" : ""}`}>
			{count(value)}</button>
	);
}

/** A count with a smaller one below it. */
function CountCard({ report, before, column, below, onOpen, onDefine }: CardsProps & {
	column: Column;
	below: Column;
}): JSX.Element {
	const by = before && countOf(report.total.measures, column) - countOf(before.total.measures, column);
	return (
		<section class="card kpi" aria-label={t(`measure.${column}`)}>
			<CardHead column={column} onDefine={onDefine}>
				{by === null ? null : <span title={t("report.change_title")} class={`change ${column !== "overdue_stock" || by === 0 ? ""
					: by < 0 ? "good-word" : "bad-word"}`}>{t("report.change", { by: signed(by, 0) })}</span>}
			</CardHead>
			<CountButton big report={report} column={column} onOpen={onOpen} />
			<p class="kpi-made">{t(`measure.${below}`)} <CountButton report={report} column={below} onOpen={onOpen} /></p>
		</section>
	);
}

export function ReportCards(props: CardsProps): JSX.Element {
	return (
		<div class="kpis">
			<CountCard column="received" below="carried" {...props} />
			{headline.map(measure => <RateCard key={measure} measure={measure} {...props} />)}
			<CountCard column="overdue_stock" below="within_limit" {...props} />
		</div>
	);
}
