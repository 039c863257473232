/* Numbers of a report as they are written. */
import type { Rate, RateMeasure } from "../api/types";
import { smallBase } from "./figures";
import { count, percent, signed } from "./numbers";
import { t, tMaybe } from "./words";

export { count, percent, signed };

/** A rate, or "2 of 7" where one case would move it too far. */
export function rateWords(rate: Rate): string {
	return rate.rate !== null && rate.den < smallBase
		? t("report.of", { num: count(rate.num), den: count(rate.den) }) : percent(rate.rate);
}

/** Nothing fell due, nobody answered, or nothing was counted: never 0 % and never 100 %. */
export function noBaseWords(measure: RateMeasure): string {
	return t(/^(on_time|completion|original_limit|extension|exclusion|sign_on|contact_on)/.test(measure)
		? "report.no_base" : /^(satis|solved|contacted|double|redo)/.test(measure) ? "report.no_answer"
			: "report.no_count");
}

export function measureName(measure: string): string {
	return tMaybe(`measure.${measure}`) ?? measure;
}
