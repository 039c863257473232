/* The headline cards: value, what it is made of, and a meter with a tick at the target. */
import type { JSX } from "preact";
import type { Measures, Rate, RateMeasure } from "../api/types";
import { t } from "./words";
import { count, partBehindRate, percent, rateOf, type Shown } from "./report_numbers";

const headline: readonly RateMeasure[] = ["on_time", "completion", "satisfaction", "visit_coverage"];

interface CardsProps {
	measures: Measures;
	target: number;
	onOpen: (shown: Shown) => void;
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

function RateCard({ measure, measures, target, onOpen }: CardsProps & { measure: RateMeasure }) {
	const rate = rateOf(measures, measure);
	const low = measure === "satisfaction" ? measures.satisfaction_low : undefined;
	const high = measure === "satisfaction" ? measures.satisfaction_high : undefined;
	const open = (part: Shown["part"]) => () => onOpen({ department: null, measure, part });
	return (
		<section class="card kpi" aria-label={t(`measure.${measure}`)} title={t(`definition.${measure}`)}>
			<div class="kpi-head">
				<h2>{t(`measure.${measure}`)}</h2>
				{rate.meets !== null && (
					<span class={rate.meets ? "good-word" : "bad-word"}>
						{t(rate.meets ? "report.meets" : "report.below", { target })}</span>
				)}
			</div>
			<button type="button" class="kpi-value number-link" onClick={open(partBehindRate(rate))}>
				{percent(rate.rate)}</button>
			<p class="kpi-made">
				<button type="button" class="number-link" onClick={open("num")}>{count(rate.num)}</button>
				{" / "}
				<button type="button" class="number-link" onClick={open("den")}>{count(rate.den)}</button>
				{low && high && <span> · {t("report.band", { low: percent(low.rate), high: percent(high.rate) })}</span>}
			</p>
			<Meter rate={rate} low={low} high={high} target={target} />
		</section>
	);
}

export function ReportCards(props: CardsProps): JSX.Element {
	const stock = props.measures.overdue_stock ?? 0;
	const running = props.measures.within_limit ?? 0;
	return (
		<div class="kpis">
			{headline.map(measure => <RateCard key={measure} measure={measure} {...props} />)}
			<section class="card kpi" aria-label={t("measure.overdue_stock")}
				title={t("definition.overdue_stock")}>
				<div class="kpi-head"><h2>{t("measure.overdue_stock")}</h2></div>
				<button type="button" class={`kpi-value number-link ${stock > 0 ? "overdue-word" : ""}`}
					onClick={() => props.onOpen(
						{ department: null, measure: "overdue_stock", part: "num" })}>{count(stock)}</button>
				<p class="kpi-made">{t("measure.within_limit")}{" "}
					<button type="button" class="number-link" onClick={() => props.onOpen(
						{ department: null, measure: "within_limit", part: "num" })}>{count(running)}</button></p>
			</section>
		</div>
	);
}
