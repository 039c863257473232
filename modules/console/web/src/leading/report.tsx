/*
 * The month's report. Period, scope, measure and the open number all stand in the address, so
 * that a link shows another person the same thing.
 */
import type { ComponentChildren, JSX } from "preact";
import { api } from "../api/endpoints";
import { countMeasures, rateMeasures, type Measure, type Part, type RateMeasure, type Report,
	type Scope } from "../api/types";
import { t } from "./words";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { isRate, type Shown } from "./report_numbers";
import { go, href, route } from "../lib/route";
import { dateTime, monthOf, monthShifted, monthTitle } from "../lib/time";
import { Button } from "../parts/button";
import { Select } from "../parts/field";
import { Icon } from "../parts/icons";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { now } from "../state/clock";
import { ReportBars } from "./report_bars";
import { ReportCards } from "./report_cards";
import { ReportDrawer } from "./report_drawer";
import { ReportTable } from "./report_table";

const scopes: readonly Scope[] = ["all", "110", "12345", "enterprise"];
const measures: readonly Measure[] = [...rateMeasures, ...countMeasures];
const parts: readonly Part[] = ["num", "den", "out"];

function oneOf<T extends string>(values: readonly T[], text: string | null, otherwise: T): T {
	return values.find(value => value === text) ?? otherwise;
}

interface View {
	month: string;
	scope: Scope;
	measure: RateMeasure;
	shown: Shown | null;
}

function viewOf(): View {
	const { path, query } = route.value;
	const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(path[1] ?? "") ? path[1] as string
		: monthOf(now.peek());
	const open = query.get("open");
	return {
		month,
		scope: oneOf(scopes, query.get("scope"), "all"),
		measure: oneOf(rateMeasures, query.get("measure"), "completion"),
		shown: open === null ? null : {
			department: query.get("department"),
			measure: oneOf(measures, open, "completion"),
			part: oneOf(parts, query.get("part"), "num"),
		},
	};
}

function show(view: View, replace = false) {
	const { month, scope, measure, shown } = view;
	go(href(["report", month], {
		scope: scope === "all" ? null : scope,
		measure: measure === "completion" ? null : measure,
		open: shown?.measure ?? null,
		department: shown?.department ?? null,
		part: shown?.part ?? null,
	}), replace);
}

const firstYear = 2010;

/* Two lists of our own: a browser's month input speaks the browser's language, not the console's. */
function MonthPicker({ view }: { view: View }): JSX.Element {
	const [year = "", month = ""] = view.month.split("-");
	const pick = (to: string) => show({ ...view, month: to, shown: null });
	const step = (by: number) => pick(monthShifted(view.month, by));
	const lastYear = Math.max(Number(monthOf(now.value).slice(0, 4)), Number(year));
	const years = Array.from({ length: lastYear - firstYear + 1 }, (_, i) => String(lastYear - i));
	const months = Array.from({ length: 12 }, (_, i) => String(i + 1).padStart(2, "0"));
	const select = (name: string, values: string[], value: string, onPick: (to: string) => void) => (
		<select class="control" aria-label={name} value={value}
			onChange={event => onPick(event.currentTarget.value)}>
			{values.map(v => <option key={v} value={v} selected={v === value}>{v}</option>)}
		</select>
	);
	useShortcuts([
		{ keys: "[", label: t("report.previous_month"), run: () => step(-1) },
		{ keys: "]", label: t("report.next_month"), run: () => step(1) },
	]);
	return (
		<div class="month-picker">
			<Button label={t("report.previous_month")} class="icon-only" onClick={() => step(-1)}>
				<Icon name="previous" size={16} /></Button>
			{select(t("report.year"), years, year, to => pick(`${to}-${month}`))}
			{select(t("report.month"), months, month, to => pick(`${year}-${to}`))}
			<Button label={t("report.next_month")} class="icon-only" onClick={() => step(1)}>
				<Icon name="next" size={16} /></Button>
		</div>
	);
}

function Heading({ view, report }: { view: View; report: Report | null }): JSX.Element {
	return (
		<div class="report-head">
			<div>
				<h1>{t("report.heading", { month: monthTitle(view.month) })}
					{report && <span class={`tag state-${report.state}`}>
						{t(`report_state.${report.state}`)}</span>}</h1>
				{report && <p>{t("report.counted", { at: dateTime(report.as_of),
					rules: report.rule_set, calendar: report.calendar })}</p>}
			</div>
			<MonthPicker view={view} />
			<Select id="report-scope" label={t("report.scope")} value={view.scope} class="inline-field"
				options={scopes.map(value => ({ value, label: t(`scope.${value}`) }))}
				onChange={scope => show({ ...view, scope, shown: null })} />
		</div>
	);
}

function Body({ view, report }: { view: View; report: Report }): JSX.Element {
	const open = (shown: Shown) => show({ ...view, shown });
	if (report.departments.length === 0)
		return <section class="card"><Empty title={t("report.empty")} next={t("report.empty_next")} /></section>;
	return (
		<>
			<ReportCards measures={report.total.measures} target={report.target} onOpen={open} />
			<ReportBars report={report} measure={view.measure} onOpen={open}
				onMeasure={measure => show({ ...view, measure }, true)} />
			<ReportTable report={report} sortedBy={view.measure} onOpen={open}
				onSort={measure => isRate(measure) && show({ ...view, measure }, true)} />
		</>
	);
}

function drawerOf(view: View, report: Report | null): ComponentChildren {
	return report && view.shown && (
		<ReportDrawer report={report} shown={view.shown} onShow={shown => show({ ...view, shown }, true)}
			onClose={() => show({ ...view, shown: null })} />
	);
}

export function ReportScreen(): JSX.Element {
	const view = viewOf();
	const { value: report, error, reload } = useLoaded(
		() => api.report(view.month, view.scope), `${view.month} ${view.scope}`);
	useShortcuts([{ keys: "r", label: t("keys.refresh"), run: () => void reload() }]);
	return (
		<div class="report">
			<Heading view={view} report={report} />
			{error !== null && <ProblemNotice error={error} onRetry={() => void reload()} />}
			{!report && error === null && <section class="card"><Skeleton rows={8} /></section>}
			{report && <Body view={view} report={report} />}
			{drawerOf(view, report)}
		</div>
	);
}
