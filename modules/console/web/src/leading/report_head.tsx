/* Heading of the report: which period, how it was counted, scope, other pages of it, and files. */
import type { JSX } from "preact";
import { fileAddress } from "../api/ask";
import type { Me, Report, Role } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { href } from "../lib/route";
import { monthOf } from "../lib/time";
import { Button } from "../parts/button";
import { Select } from "../parts/field";
import { Icon } from "../parts/icons";
import { now } from "../state/clock";
import { firstDay, kindOf, lastMonth, periodKinds, periodOf, shifted, type PeriodKind } from "./period";
import { countedLine, periodTitle } from "./period_words";
import { addressOf, pages, scopes, show, type PageName, type View } from "./view";
import { t } from "./words";

const firstYear = 2010;

function numbered(from: number, to: number, digits = 2): string[] {
	return Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(digits, "0"));
}

/* Lists of our own: a browser's month input speaks the browser's language, not the console's. */
function PeriodPicker({ view }: { view: View }): JSX.Element {
	const { period } = view;
	const kind = kindOf(period) ?? "month";
	const [year = "", rest = "", day = ""] = period.split("-");
	const pick = (to: string) => show({ ...view, period: to, page: view.page === "cases" ? "" : view.page,
		shown: null, define: null });
	const step = (by: number) => pick(shifted(period, by));
	const lastYear = Math.max(Number(monthOf(now.value).slice(0, 4)), Number(year));
	const changeKind = (to: PeriodKind) => {
		const today = new Date(now.peek() + 8 * 3_600_000).toISOString().slice(0, 10);
		const first = firstDay(period);
		pick(periodOf(to, periodOf(kind, today) === period ? today : first));
	};
	const select = (name: string, values: readonly string[], value: string, onPick: (to: string) => void,
		words: (value: string) => string = v => v) => (
		<select class="control" aria-label={name} value={value}
			onChange={event => onPick(event.currentTarget.value)}>
			{values.map(v => <option key={v} value={v} selected={v === value}>{words(v)}</option>)}
		</select>
	);
	useShortcuts([
		{ keys: "[", label: t("report.previous"), run: () => step(-1) },
		{ keys: "]", label: t("report.next"), run: () => step(1) },
	]);
	const within = { year: [], quarter: ["Q1", "Q2", "Q3", "Q4"], week: numbered(1, 53).map(n => `W${n}`),
		month: numbered(1, 12), day: numbered(1, 12) }[kind];
	return (
		<div class="period-picker">
			{select(t("period.kind"), periodKinds, kind, to => changeKind(to as PeriodKind),
				v => t(`period.${v as PeriodKind}`))}
			<Button label={t("report.previous")} class="icon-only" onClick={() => step(-1)}>
				<Icon name="previous" size={16} /></Button>
			{select(t("report.year"), numbered(firstYear, lastYear).reverse(), year,
				to => pick([to, ...rest ? [rest] : [], ...day ? [day] : []].join("-")))}
			{within.length > 0 && select(t(`period.${kind}`), within, rest,
				to => pick([year, to, ...day ? [day] : []].join("-")))}
			{kind === "day" && select(t("period.day"), numbered(1, new Date(Date.UTC(Number(year), Number(rest), 0))
				.getUTCDate()), day, to => pick(`${year}-${rest}-${to}`))}
			<Button label={t("report.next")} class="icon-only" onClick={() => step(1)}>
				<Icon name="next" size={16} /></Button>
		</div>
	);
}

const centre: readonly Role[] = ["operator", "dispatcher", "reviewer", "visitor", "supervisor", "leader",
	"auditor"];
const heads: readonly Role[] = ["supervisor", "leader", "auditor"];

/* Which pages are for whom, and for which periods: as the interface allows. */
const offered: Record<PageName, { to: readonly Role[] | null; kinds: readonly PeriodKind[] }> = {
	"": { to: null, kinds: periodKinds },
	cases: { to: [], kinds: [] },
	life: { to: [...centre, "department", "admin", "observer"], kinds: ["month"] },
	pilot: { to: [...centre, "department", "admin"], kinds: ["month"] },
	ranking: { to: [...centre, "department", "admin", "observer"], kinds: ["month"] },
	rhythm: { to: centre, kinds: ["week", "month", "quarter"] },
	laboratory: { to: heads, kinds: ["month"] },
	"four-acts": { to: heads, kinds: ["month"] },
	exchange: { to: ["operator", "dispatcher", ...heads], kinds: ["month"] },
};

export function pagesFor(me: Me, period: string, running: string): PageName[] {
	const kind = kindOf(period) ?? "month";
	return pages.filter(page => {
		const { to, kinds } = offered[page];
		return (to === null || to.includes(me.role)) && kinds.includes(kind)
			&& (page !== "pilot" || period === running) && (page !== "ranking" || period < running);
	});
}

function Files({ view, report }: { view: View; report: Report | null }): JSX.Element {
	const query = view.scope === "all" ? {} : { scope: view.scope };
	return (
		<div class="downloads">
			{(["csv", "xlsx", "pdf"] as const).map(form => (
				<a key={form} class="button button-plain" download
					href={fileAddress(`/reports/{period}.${form}`, { period: view.period }, query)}>
					{form.toUpperCase()}</a>
			))}
			{report?.life?.published_at && <a class="button button-plain"
				href={href(["bulletin", view.period])}>{t("bulletin.open")}</a>}
			<Button onClick={() => window.print()}>{t("report.print")}</Button>
		</div>
	);
}

export function ReportHead({ me, view, report }: { me: Me; view: View; report: Report | null }): JSX.Element {
	const tabs = pagesFor(me, view.period, monthOf(now.value));
	const isOver = lastMonth(view.period) < monthOf(now.value);
	const state = report && (report.life?.published_at ? "published"
		: report.state === "open" && isOver ? "over" : report.state);
	return (
		<>
			<div class="report-head">
				<div class="report-title">
					<h1>{t("report.heading", { period: periodTitle(view.period) })}
						{state && <span class={`tag state-${state}`}>{t(`report_state.${state}`)}</span>}
						{view.scope !== "all" && <span class="tag tag-brand">{t(`scope.${view.scope}`)}</span>}</h1>
					{report && <p>{countedLine(report)}</p>}
				</div>
				<PeriodPicker view={view} />
				<Select id="report-scope" label={t("report.scope")} value={view.scope} class="inline-field"
					options={scopes.map(value => ({ value, label: t(`scope.${value}`) }))}
					onChange={scope => show({ ...view, scope, shown: null })} />
				<Files view={view} report={report} />
			</div>
			{tabs.length > 1 && <nav class="tabs report-tabs" aria-label={t("page.label")}>
				{tabs.map(page => (
					<a key={page} class="tab" aria-current={page === view.page ? "page" : undefined}
						href={addressOf({ ...view, page, shown: null, define: null })}>
						{t(`page.${page || "overview"}`)}</a>
				))}
			</nav>}
		</>
	);
}

