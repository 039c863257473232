/* The screens of a subject, as the links between them show. */
import { monthOf, monthShifted } from "../lib/time";
import { now } from "../state/clock";
import { t } from "./words";

export function accountabilityLinks() {
	return [
		[["accountability"], t("accountability.items")],
		[["tripwires"], t("tripwires.title")],
		[["lotteries"], t("lotteries.title")],
		[["accountability", "leaders"], t("leaders.title")],
		[["accountability", "published"], t("accountability.published")],
	] as const;
}

export function rulingLinks() {
	return [
		[["rulings"], t("returns.title")],
		[["rulings", "exclusions"], t("exclusions.title")],
		/* of the month that the departments may object to now */
		[["report", monthShifted(monthOf(now.value), -1), "life"], t("objections.title")],
		[["rulings", "rules"], t("rules.title")],
		[["observations"], t("observations.title")],
		[["rulings", "identities"], t("erasures.section")],
	] as const;
}
