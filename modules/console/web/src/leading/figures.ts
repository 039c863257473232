/*
 * Reading a report's measures: their parts, what they are held against, and which part a number
 * opens into. Values in, values out; the words are in figure_words.ts.
 */
import { rateMeasures, type Measure, type Measures as AllMeasures, type Part, type Rate, type RateMeasure,
	type Report } from "../api/types";

/** Of a department that had nothing, all are absent. */
export type Measures = Partial<AllMeasures>;

/** Below this base a rate is shown as "2 of 7" in grey: one task would move it too far. */
export const smallBase = 10;

/* What a department wants less of; the target of the others says nothing about these. */
const burdens: readonly string[] = ["extension", "redo", "review_refused", "returned", "return_invalid",
	"exclusion", "recomplaint"];

export function hasTarget(measure: Column): boolean {
	return isRate(measure) && !burdens.includes(measure);
}

/** A number of its own in table and definitions: a measure, or a count that lies in another's base. */
export type Column = Measure | "carried" | "received";

export function isRate(measure: Column): measure is RateMeasure {
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

/** What was overdue before the period began: in the base of the completion, in no other. */
export function carriedOver(measures: Measures): number {
	return rateOf(measures, "completion").den - rateOf(measures, "on_time").den;
}

/** A rate opens into what keeps it from 100 %, a burden into what makes it; else into its base. */
export function partBehindRate(rate: Rate, measure: RateMeasure): Part {
	if (!hasTarget(measure))
		return rate.num > 0 ? "num" : "den";
	return rate.den > rate.num ? "missed" : "den";
}

export type Standing = "none" | "small" | "meets" | "near" | "below" | "plain";

export const nearPoints = 5;

export function standingOf(rate: Rate, target: number, measure: RateMeasure): Standing {
	if (rate.rate === null)
		return "none";
	if (rate.den < smallBase)
		return "small";
	if (!hasTarget(measure))
		return "plain";
	if (rate.meets ?? Number(rate.rate) >= target)
		return "meets";
	return Number(rate.rate) >= target - nearPoints ? "near" : "below";
}

/** Order of rows by a rate: those that can be compared, then small bases, then none. */
export function orderOf(rate: Rate): number {
	return rate.rate === null ? -300 : Number(rate.rate) + (rate.den < smallBase ? -200 : 200);
}

/** What the drawer shows: one number of one department, or of the whole when that is null. */
export interface Shown {
	department: string | null;
	measure: Measure;
	part: Part;
	/** Of these rules alone ("O1,O2"), and of this class of appeals alone. */
	why?: string | null;
	category?: string | null;
}

/** What stands in the period though it was overdue before it. */
export const carriedWhy = "O1,O2";

export function measuresOf(report: Report, department: string | null): Measures {
	return department === null ? report.total.measures
		: report.departments.find(row => row.department === department)?.measures ?? {};
}

/** The count of a column that is no rate. */
export function countOf(measures: Measures, column: Column): number {
	return column === "carried" ? carriedOver(measures)
		: column === "received" ? rateOf(measures, "returned").den : partCount(measures, column, "num");
}

/** What such a count opens into. */
export function countShown(column: Column, department: string | null): Shown {
	return column === "carried" ? { department, measure: "completion", part: "den", why: carriedWhy }
		: column === "received" ? { department, measure: "returned", part: "den" }
			: { department, measure: column, part: "num" };
}

/** How long the list behind a number is; null where only the list itself can tell. */
export function expectedOf(report: Report, shown: Shown): number | null {
	const measures = measuresOf(report, shown.department);
	if (shown.part === "out" || shown.category)
		return null;
	if (!shown.why)
		return partCount(measures, shown.measure, shown.part);
	return shown.why === carriedWhy && shown.measure === "completion" && shown.part === "den"
		? carriedOver(measures) : null;
}

/** Percentage points that a rate rose since the period before; null without a base on both sides. */
export function change(now: Measures, before: Measures, measure: RateMeasure): number | null {
	const [a, b] = [rateOf(now, measure), rateOf(before, measure)];
	return a.rate === null || b.rate === null ? null
		: Math.round((a.num / a.den - b.num / b.den) * 1000) / 10;
}
