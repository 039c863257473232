/* What of the report is shown, as it stands in the address: a link shows another person the same. */
import { countMeasures, rateMeasures, type Me, type Measure, type Part, type RateMeasure, type Report,
	type Scope } from "../api/types";
import { go, href, route } from "../lib/route";
import { monthOf } from "../lib/time";
import { now } from "../state/clock";
import { isRate, type Column, type Shown } from "./figures";
import { kindOf } from "./period";

export const scopes: readonly Scope[] = ["all", "110", "12345", "enterprise"];
export const measures: readonly Measure[] = [...rateMeasures, ...countMeasures];
const parts: readonly Part[] = ["num", "den", "out", "missed"];

export const columns: readonly Column[] = ["received", ...rateMeasures, "carried", ...countMeasures];
const usual: readonly Column[] = ["received", "completion", "on_time", "satisfaction", "visit_coverage", "carried",
	"overdue_stock", "within_limit"];

export const pages = ["", "cases", "life", "pilot", "ranking", "rhythm", "laboratory", "four-acts",
	"exchange"] as const;
export type PageName = typeof pages[number];

export interface View {
	period: string;
	page: PageName;
	scope: Scope;
	measure: RateMeasure;
	shown: Shown | null;
	/** Bars from zero in the place of bars out of the target. */
	zero: boolean;
	columns: readonly Column[];
	/** Whose definition is open. */
	define: Column | null;
}

/** What every page of the report gets. */
export interface PageProps {
	me: Me;
	view: View;
	report: Report;
	/** After an act that moved the month. */
	onChanged: () => void;
}

export function oneOf<T extends string>(values: readonly T[], text: string | null | undefined): T | null {
	return values.find(value => value === text) ?? null;
}

function columnsOf(text: string | null): readonly Column[] {
	const asked = (text ?? "").split(",");
	return text === null ? usual : columns.filter(column => asked.includes(column));
}

export function viewOf(): View {
	const { path, query } = route.value;
	const period = path[1] ?? "";
	const measure = oneOf(measures, query.get("measure"));
	const open = oneOf(measures, query.get("open"));
	return {
		period: kindOf(period) ? period : monthOf(now.peek()),
		page: oneOf(pages, path[2]) ?? "",
		scope: oneOf(scopes, query.get("scope")) ?? "all",
		measure: measure && isRate(measure) ? measure : "completion",
		shown: open === null ? null : {
			department: query.get("department"),
			measure: open,
			part: oneOf(parts, query.get("part")) ?? "num",
			why: query.get("why"),
			category: query.get("category"),
		},
		zero: query.get("zero") === "1",
		columns: columnsOf(query.get("columns")),
		define: oneOf(columns, query.get("define")),
	};
}

export function addressOf(view: View): string {
	const { period, page, scope, measure, shown, columns: chosen } = view;
	/* a screen of its own, which the rail has too */
	if (page === "rhythm")
		return href([page, period]);
	return href(["report", period, ...page ? [page] : []], {
		scope: scope === "all" ? null : scope,
		measure: measure === "completion" ? null : measure,
		zero: view.zero ? "1" : null,
		columns: chosen.join() === usual.join() ? null : chosen.join(),
		define: view.define,
		open: shown?.measure ?? null,
		department: shown?.department ?? null,
		part: shown?.part ?? null,
		why: shown?.why ?? null,
		category: shown?.category ?? null,
	});
}

export function show(view: View, replace = false) {
	go(addressOf(view), replace);
}
