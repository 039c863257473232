/*
 * The report. Period, page, scope, measure and the open number all stand in the address, so that a
 * link shows another person the same thing.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { api } from "../api/endpoints";
import type { Me, Report, Role } from "../api/types";
import { textsReady } from "../i18n";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { Asked } from "../parts/page";
import { usePrintedFoot } from "../parts/print";
import { type Shown } from "./figures";
import { forgetMonths, useMonths } from "./past";
import { kindOf, lastMonth, shifted } from "./period";
import { countedLine, periodTitle } from "./period_words";
import { ReportBars } from "./report_bars";
import { ReportCards } from "./report_cards";
import { ReportCases } from "./report_cases";
import { DefinitionDrawer } from "./report_definition";
import { ReportDrawer } from "./report_drawer";
import { ReportHead } from "./report_head";
import { ReportTable } from "./report_table";
import { ReportThings } from "./report_things";
import { ReportTrend } from "./report_trend";
import { show, viewOf, type PageProps, type View } from "./view";
import { t } from "./words";

/** The period before, from the months that are here, or asked for by itself. */
function useBefore(view: View, months: readonly Report[]): Report | null {
	const period = shifted(view.period, -1);
	const isMonth = kindOf(period) === "month";
	const asked = useLoaded(async () => isMonth ? null : api.report(period, view.scope), `${period} ${view.scope}`);
	return isMonth ? months.find(month => month.period === period) ?? null : asked.value;
}

/** The shown month and those before it, nearest first; of other periods the one before. */
function earlier(view: View, months: readonly Report[], before: Report | null): Report[] {
	if (kindOf(view.period) !== "month")
		return before ? [before] : [];
	return months.filter(month => month.period < view.period).reverse();
}

/* Who is not told the cases behind a number. */
const closed: readonly Role[] = ["system", "security", "audit", "contact"];

function Overview({ me, view, report }: PageProps): JSX.Element {
	const { months, unread, all } = useMonths(lastMonth(view.period), view.scope);
	const before = useBefore(view, months);
	const open = (shown: Shown) => show({ ...view, shown, define: null });
	const define = (column: View["define"]) => show({ ...view, shown: null, define: column });
	const whole = me.role !== "department" && !(me.role === "supervisor" && me.department);
	return (
		<>
			<ReportCards report={report} before={before} onOpen={open} onDefine={define} />
			{report.departments.length === 0
				? <section class="card"><Empty title={t("report.empty")} next={t("report.empty_next")} /></section>
				: <div class="report-columns">
					<ReportBars report={report} measure={view.measure} zero={view.zero} whole={whole} onOpen={open}
						onZero={zero => show({ ...view, zero }, true)}
						onMeasure={measure => show({ ...view, measure }, true)} />
					<div class="report-side">
						<ReportTrend months={months} unread={unread} measure={view.measure} target={report.target} all={all} />
						<ReportThings view={view} report={report} before={earlier(view, months, before)} ready={all}
							opens={!closed.includes(me.role)} />
					</div>
				</div>}
			{report.departments.length > 0 && <ReportTable report={report} months={months} unread={unread} measure={view.measure}
				columns={view.columns} onOpen={open} onDefine={define}
				onColumns={columns => show({ ...view, columns }, true)} />}
		</>
	);
}

/** A page whose code may still be on its way. */
function Beside(props: PageProps): JSX.Element {
	useEffect(() => {
		if (props.view.page === "rhythm")
			show(props.view, true);
	}, [props.view.page]);
	const isOfMonth = props.view.page === "life" || props.view.page === "pilot";
	const code = useLoaded(async () => {
		const pages = isOfMonth ? (await import("./months")).monthPages
			: (await import("./analysis")).analysisPages;
		await textsReady();
		return pages;
	}, String(isOfMonth));
	return <Asked loaded={code}>{pages => {
		const Named = pages[props.view.page];
		return Named ? <Named {...props} /> : null;
	}}</Asked>;
}

function bodyOf(props: PageProps): ComponentChildren {
	const { view, report } = props;
	if (view.page === "")
		return <Overview key={`${view.period} ${view.scope}`} {...props} />;
	if (view.page !== "cases")
		return <Beside {...props} />;
	return view.shown && <ReportCases key={JSON.stringify(view.shown)} view={view} report={report}
		shown={view.shown} />;
}

export function ReportScreen({ me }: { me: Me }): JSX.Element {
	const view = viewOf();
	const { value: report, error, reload } = useLoaded(
		() => api.report(view.period, view.scope), `${view.period} ${view.scope}`);
	useShortcuts([{ keys: "r", label: t("keys.refresh"), run: () => void reload() }]);
	usePrintedFoot(report ? `${t("report.heading", { period: periodTitle(view.period) })} · ${countedLine(report)}`
		: "", true);
	const changed = () => { forgetMonths(); void reload(); };
	const inDrawer = view.page === "" && report !== null;
	return (
		<div class="report" data-period={report?.period}>
			<ReportHead me={me} view={view} report={report} />
			{error !== null && <ProblemNotice error={error} onRetry={() => void reload()} />}
			{!report && error === null && <section class="card"><Skeleton rows={8} /></section>}
			{report && bodyOf({ me, view, report, onChanged: changed })}
			{inDrawer && view.shown && <ReportDrawer me={me} view={view} report={report} shown={view.shown}
				onShow={shown => show({ ...view, shown }, true)} onClose={() => show({ ...view, shown: null })} />}
			{inDrawer && view.define && <DefinitionDrawer report={report} column={view.define}
				onClose={() => show({ ...view, define: null })} />}
		</div>
	);
}
