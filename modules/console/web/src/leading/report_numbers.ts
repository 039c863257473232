/* Reading a report's measures: their parts, their words, and which part a number opens into. */
import { rateMeasures, type Measure, type Measures as AllMeasures, type Part, type Rate, type RateMeasure }
	from "../api/types";
import { language } from "../state/prefs";

/** Of a department that had nothing, all are absent. */
type Measures = Partial<AllMeasures>;

/** Below this base a rate is shown as "2 of 7" in grey: one task would move it too far. */
export const smallBase = 10;

export function isRate(measure: Measure): measure is RateMeasure {
	return (rateMeasures as readonly string[]).includes(measure);
}

export function rateOf(measures: Measures, measure: RateMeasure): Rate {
	return measures[measure] ?? { num: 0, den: 0, rate: null, meets: null };
}

export function partCount(measures: Measures, measure: Measure, part: Part): number {
	if (!isRate(measure))
		return measures[measure] ?? 0;
	const { num, den } = rateOf(measures, measure);
	return part === "num" ? num : part === "den" ? den : den - num;
}

/** A rate opens into what keeps it from 100 %; where nothing does, into its base. */
export function partBehindRate(rate: Rate): Part {
	return rate.den > rate.num ? "out" : "den";
}

export function count(value: number): string {
	return new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en").format(value);
}

export function percent(rate: string | null): string {
	return rate === null ? "—" : `${Number(rate).toFixed(1)}%`;
}

export type Standing = "none" | "small" | "meets" | "near" | "below";

const nearPoints = 5;

export function standingOf(rate: Rate, target: number): Standing {
	if (rate.rate === null)
		return "none";
	if (rate.den < smallBase)
		return "small";
	if (rate.meets ?? Number(rate.rate) >= target)
		return "meets";
	return Number(rate.rate) >= target - nearPoints ? "near" : "below";
}

/** What the drawer shows: one number of one department, or of the whole when that is null. */
export interface Shown {
	department: string | null;
	measure: Measure;
	part: Part;
}
