/* The measures of the own month: their order, their numbers, and which of them have a target. */
import type { Schemas } from "../../api/ask";
import { words } from "../../i18n";
import { language } from "../../state/prefs";

export const named = words(async () => (await import("../../i18n/measures_zh")).zh,
	async () => (await import("../../i18n/measures_en")).en);

export type Measures = Schemas["Measures"];
export type Measure = keyof Measures;
export type Rate = Schemas["Rate"];

export const measures: readonly Measure[] = ["on_time", "completion", "satisfaction", "solved", "sign_on_time",
	"contact_on_time", "visit_coverage", "overdue_stock", "within_limit", "original_limit", "extension",
	"satisfaction_strict", "satisfaction_first", "satisfaction_low", "satisfaction_high", "contacted",
	"double_yes", "visit_attempted", "redo", "review_refused", "returned", "return_invalid", "recomplaint",
	"exclusion"];

/* Of these a department wants less; the target of the others says nothing about them. */
const burdens: readonly Measure[] = ["extension", "redo", "review_refused", "returned", "return_invalid",
	"exclusion", "recomplaint"];

/* Below this base one case moves a rate too far to be held against the target. */
const smallBase = 10;

export function rateOf(value: Rate | number | undefined): Rate | null {
	return typeof value === "object" ? value : null;
}

export function missesTarget(measure: Measure, rate: Rate | null): boolean {
	return rate !== null && rate.meets === false && !burdens.includes(measure);
}

export type Verdict = "none" | "small" | "meets" | "below" | "plain";

export function verdictOf(measure: Measure, rate: Rate | null): Verdict {
	if (rate === null || burdens.includes(measure))
		return "plain";
	if (rate.rate === null)
		return "none";
	if (rate.den < smallBase)
		return "small";
	return rate.meets ? "meets" : "below";
}

export function percent(rate: Rate | null): string {
	return rate?.rate == null ? "—" : `${Number(rate.rate).toFixed(1)}%`;
}

export function count(value: number): string {
	return new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en").format(value);
}
