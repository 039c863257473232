/*
 * The own figures before they are published: each number with its cases, objections, the right of
 * reply; and beside them what else is counted of the department: promises, filings, accountability,
 * supervised items. Month, view and the open number stand in the address.
 */
import type { JSX } from "preact";
import { read } from "../../api/ask";
import type { Me, Report } from "../../api/types";
import { t } from "./words";
import { useShortcuts } from "../../lib/keys";
import { useLoaded } from "../../lib/load";
import { go, href, route } from "../../lib/route";
import { dateTime, monthOf, monthShifted, monthTitle, timeLeft } from "../../lib/time";
import { Button } from "../../parts/button";
import { Empty } from "../../parts/notice";
import { Asked, Page, Tabs } from "../../parts/page";
import { now } from "../../state/clock";
import { Accountability } from "./accountability";
import { FigureDrawer } from "./cases";
import { Filings } from "./filings";
import { Corrections, FigureTable, Objections } from "./table";
import { measures, type Measure } from "./measures";
import { Promises } from "./promises";
import { Supervised } from "./supervised";

const views = ["figures", "objections", "promises", "filings", "accountability", "supervised"] as const;
type View = typeof views[number];

export interface Shown {
	measure: Measure;
	part: "num" | "den";
}

export interface Place {
	month: string;
	view: View;
	shown: Shown | null;
	item: string | null;
}

function place(): Place {
	const { path, query } = route.value;
	const measure = measures.find(one => one === query.get("open"));
	return {
		/* the month that was closed last is the one whose preview is being looked at */
		month: /^\d{4}-(0[1-9]|1[0-2])$/.test(path[1] ?? "") ? path[1] as string
			: monthShifted(monthOf(now.peek()), -1),
		view: views.find(one => one === query.get("view")) ?? "figures",
		shown: measure ? { measure, part: query.get("part") === "den" ? "den" : "num" } : null,
		item: query.get("item"),
	};
}

export function show({ month, view, shown, item }: Place, replace = false) {
	go(href(["figures", month], { view: view === "figures" ? null : view, open: shown?.measure ?? null,
		part: shown?.part ?? null, item }), replace);
}

const lifeSteps = [["preview", "preview_from", "previewed_at"], ["objections", "objections_until", null],
	["freeze", "freeze_from", "frozen_at"], ["publish", "publish_from", "published_at"]] as const;

/** The days of the month's life: what was done when, and what comes when. */
function Life({ report }: { report: Report }): JSX.Element | null {
	const { life } = report;
	if (!life)
		return null;
	return (
		<ol class="life">
			{lifeSteps.map(([step, from, done]) => {
				const [planned, doneAt] = [life[from], done === null ? null : life[done]];
				const over = doneAt !== null || (done === null && planned !== null && Date.parse(planned) < now.value);
				return (
					<li key={step} class={over ? "life-done" : ""}>
						<strong>{over ? "✓ " : ""}{t(`life.${step}`)}</strong>
						<span class="number">{dateTime(doneAt ?? planned)}</span>
						{step === "objections" && planned !== null && report.state === "preview" && !over
							&& <b class="due due-amber">{timeLeft(planned, now.value)}</b>}
					</li>
				);
			})}
		</ol>
	);
}

function Figures({ at, unit, report, reload }: {
	at: Place;
	unit: string;
	report: Report;
	reload: () => Promise<void>;
}): JSX.Element {
	const row = report.departments.find(one => one.department === unit);
	return (
		<>
			<section class="card"><Life report={report} /></section>
			{row ? <FigureTable report={report} row={row} reload={reload}
				onOpen={shown => show({ ...at, shown })} />
				: <section class="card"><Empty title={t("figures.none")} next={t("figures.none_next")} /></section>}
			<Corrections report={report} unit={unit} />
			{at.shown && row && <FigureDrawer key={JSON.stringify(at.shown)} report={report} row={row}
				shown={at.shown} onPart={part => at.shown && show({ ...at, shown: { ...at.shown, part } }, true)}
				onClose={() => show({ ...at, shown: null })} />}
		</>
	);
}

export function FiguresScreen({ me }: { me: Me }): JSX.Element {
	const at = place();
	const unit = me.department ?? "";
	const report = useLoaded(() => read("/reports/{period}", { path: { period: at.month } }), at.month);
	const step = (by: number) => show({ ...at, month: monthShifted(at.month, by), shown: null, item: null });
	useShortcuts([
		{ keys: "[", label: t("figures.previous"), run: () => step(-1) },
		{ keys: "]", label: t("figures.next"), run: () => step(1) },
		{ keys: "r", label: t("keys.refresh"), run: () => void report.reload() },
	]);
	const value = report.value;
	const monthly = at.view === "figures" || at.view === "objections" || at.view === "promises";
	return (
		<Page title={<>{t("figures.title")} {monthly && `· ${monthTitle(at.month)}`}{" "}
			{monthly && value && <span class={`tag state-${value.state}`}>
				{t(value.life?.published_at ? "figures.published" : `figures.${value.state}`)}</span>}</>}
			line={monthly && value ? t("figures.counted", { at: dateTime(value.as_of), rules: value.rule_set,
				calendar: value.calendar, target: value.target }) : t(`figures.line_${at.view}`)}
			acts={monthly && <>
				<Button keys="[" onClick={() => step(-1)}>{t("figures.previous")}</Button>
				<Button keys="]" onClick={() => step(1)}>{t("figures.next")}</Button>
			</>}>
			<Tabs label={t("figures.title")} chosen={at.view} onChoose={view => show({ ...at, view, shown: null, item: null })}
				tabs={views.map(key => ({ key, label: t(`figures.view_${key}`) }))} />
			{at.view === "figures" && <Asked loaded={report}>{found =>
				<Figures at={at} unit={unit} report={found} reload={report.reload} />}</Asked>}
			{at.view === "objections" && <Objections month={at.month} />}
			{at.view === "promises" && <Promises month={at.month} unit={unit} />}
			{at.view === "filings" && <Filings />}
			{at.view === "accountability" && <Accountability item={at.item}
				onOpen={item => show({ ...at, item })} />}
			{at.view === "supervised" && <Supervised unit={unit} item={at.item}
				onOpen={item => show({ ...at, item })} />}
		</Page>
	);
}
