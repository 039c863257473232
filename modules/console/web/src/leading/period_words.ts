/* A period and how it was counted, in words. */
import type { Report } from "../api/types";
import { dateTime, monthTitle } from "../lib/time";
import { language } from "../state/prefs";
import { firstDay, kindOf, shifted } from "./period";
import { t } from "./words";

export function periodTitle(period: string): string {
	const year = period.slice(0, 4);
	switch (kindOf(period)) {
	case "month": return monthTitle(period);
	case "quarter": return t("period.quarter_title", { year, n: period.slice(6) });
	case "year": return t("period.year_title", { year });
	case "week": return t("period.week_title", { year, n: Number(period.slice(6)), from: firstDay(period),
		until: firstDay(shifted(period, 1)) });
	default: return new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB",
		{ timeZone: "UTC", dateStyle: "long" }).format(Date.parse(`${period}T00:00:00Z`));
	}
}

/** What stands below the heading and at the foot of each printed sheet. */
export function countedLine(report: Report): string {
	const how = t("report.counted", { rules: report.rule_set, calendar: report.calendar });
	return report.life?.frozen_at
		? `${how} ${t("report.frozen_line", { at: dateTime(report.life.frozen_at) })}`
		: `${how} ${t("report.live_line", { at: dateTime(report.as_of) })}`;
}
