/*
 * The rhythm of meetings: the weekly list, the monthly analysis, the quarterly summary. Each number
 * opens its cases; frozen once with what people conclude, and from then on as it was sealed.
 */
import type { ComponentChildren, JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime, monthOf, monthShifted } from "../lib/time";
import { Notice } from "../parts/notice";
import { Asked, Card, Page, Tabs } from "../parts/page";
import { Table } from "../parts/table";
import { now } from "../state/clock";
import { areaName, categoryPath, departmentName } from "../state/reference";
import { dayAhead, given, lines, word } from "../parts/described";
import { Behind } from "../parts/docket";
import { Stepper } from "../parts/stepper";
import { Steps } from "../parts/steps";
import { t } from "./words";

type Rhythm = Schemas["Rhythm"];
type Section = Schemas["RhythmSection"];

const day = 86_400_000;

/** The ISO week of a local day, as the year of its Thursday and its number. */
function weekOf(at: number): string {
	const local = new Date(at + 8 * 3600_000);
	const thursday = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth(),
		local.getUTCDate() + 3 - (local.getUTCDay() + 6) % 7));
	const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
	const n = 1 + Math.floor((thursday.getTime() - first) / day / 7);
	return `${thursday.getUTCFullYear()}-W${String(n).padStart(2, "0")}`;
}

function startOfWeek(period: string): number {
	const [year = 1970, n = 1] = period.split("-W").map(Number);
	const fourth = new Date(Date.UTC(year, 0, 4));
	return fourth.getTime() - (fourth.getUTCDay() + 6) % 7 * day + (n - 1) * 7 * day - 8 * 3600_000;
}

export function shifted(period: string, by: number): string {
	if (period.includes("W"))
		return weekOf(startOfWeek(period) + by * 7 * day);
	if (!period.includes("Q"))
		return monthShifted(period, by);
	const [year = 1970, n = 1] = period.split("-Q").map(Number);
	const at = year * 4 + n - 1 + by;
	return `${Math.floor(at / 4)}-Q${at % 4 + 1}`;
}

const current = {
	week: () => weekOf(now.value),
	month: () => monthShifted(monthOf(now.value), -1),
	quarter: () => {
		const [year = "", month = "1"] = monthOf(now.value).split("-");
		return shifted(`${year}-Q${Math.ceil(Number(month) / 3)}`, -1);
	},
};

function keyName(section: Section, key: string): string {
	switch (section.grouped_by) {
	case "department": return departmentName(key);
	case "category": return categoryPath(key);
	case "area": return areaName(key);
	case "reason": return word("visit_reason", key);
	default: return key;
	}
}

function Cases({ cases }: { cases: Section["groups"][number]["cases"] }): JSX.Element {
	return <>{cases.map((one, at) => (
		<a key={at} href={one.task ? href(["warnings", one.task]) : href(["supervision", one.item ?? ""])}>
			{one.task ?? one.item}{one.working_days > 0 && ` · ${t("rhythm.days", { n: one.working_days })}`}</a>
	))}</>;
}

function SectionCard({ name, section }: { name: string; section: Section }): JSX.Element {
	return (
		<Card id={`rhythm-${name}`} title={word("rhythm", name)} count={section.count}>
			{name === "overdue" && <p class="hint padded">{t("rhythm.overdue_is")}</p>}
			{section.groups.length === 0 ? <p class="hint padded">{t("rhythm.none")}</p> : (
				<ul class="groups">{section.groups.map(group => (
					<li key={group.key}><span>{keyName(section, group.key)}</span>
						<Behind count={group.count}><Cases cases={group.cases} /></Behind></li>
				))}</ul>
			)}
		</Card>
	);
}

const measures = ["on_time", "satisfaction", "solved", "contacted"] as const;

function rateOf(all: Record<string, unknown>, name: string): ComponentChildren {
	const one = all[name] as { num: number; den: number; rate: string | null } | undefined;
	return !one || one.den === 0 ? "—" : one.den < 10 ? <span class="hint">{t("rhythm.of", { num: one.num, den: one.den })}</span>
		: `${one.rate}%`;
}

function Rates({ rhythm }: { rhythm: Rhythm }): JSX.Element | null {
	const { rates } = rhythm;
	if (!rates)
		return null;
	const rows = [{ department: "", measures: rates.total.measures }, ...rates.departments];
	return (
		<Card id="rates" title={t("rhythm.rates")}>
			<Table caption={t("rhythm.rates")} rows={rows} rowKey={one => one.department}
				to={one => href(["report", rhythm.period], { department: one.department || null })}
				columns={[
					{ key: "department", head: t("appeal.department"),
						cell: one => one.department ? departmentName(one.department) : t("list.all") },
					...measures.map(name => ({ key: name, head: t(`measure_short.${name}`), number: true,
						cell: (one: typeof rows[number]) => rateOf(one.measures as Record<string, unknown>, name) })),
				]} />
		</Card>
	);
}

/** A line of what was concluded: day, who, and what, with blanks between. */
const findingLine = /^\d{4}-\d{2}-\d{2}\s+\S+\s+\S/;

function findingsIn(text: string) {
	return text.split("\n").filter(one => one.trim()).map(one => {
		const [due = "", owner = "", ...words] = one.trim().split(/\s+/);
		return { due, owner, text: words.join(" ") };
	});
}

export function RhythmScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const period = route.value.path[1] ?? current.week();
	const kind = period.includes("W") ? "week" : period.includes("Q") ? "quarter" : "month";
	const loaded = useLoaded(() => read("/rhythm/{period}", { path: { period } }), period);
	const to = (where: string) => go(href(["rhythm", where]));
	return (
		<Page title={title} line={loaded.value && t("rhythm.line", { at: dateTime(loaded.value.as_of) })}
			acts={<><Tabs label={title} chosen={kind} onChoose={chosen => to(current[chosen]())}
				tabs={(["week", "month", "quarter"] as const).map(key => ({ key, label: t(`rhythm.${key}`) }))} />
				<Stepper title={period} onPrevious={() => to(shifted(period, -1))} onNext={() => to(shifted(period, 1))} /></>}>
			<Asked loaded={loaded}>{one => (
				<>
					{one.frozen_at !== null && <Notice tone="good">{t("rhythm.frozen", { at: dateTime(one.frozen_at),
						who: one.frozen_by ?? "" })}</Notice>}
					{one.findings.length > 0 && <Card id="findings" title={t("rhythm.findings")} count={one.findings.length}>
						<ul class="groups">{one.findings.map((finding, at) => <li key={at}><span>{finding.text}</span>
							<span>{finding.owner} · {dateTime(finding.due).slice(0, 10)}</span></li>)}</ul></Card>}
					<div class="cards-3">{Object.entries(one.sections).map(([name, section]) =>
						section && <SectionCard key={name} name={name} section={section} />)}</div>
					<Rates rhythm={one} />
					{one.months && <p class="hint">{one.months.map(month => t("rhythm.of_month", { month: month.month,
						state: word("month_state", month.state), n: month.corrections })).join(t("list.comma"))}</p>}
					{one.frozen_at === null && (me.role === "supervisor" || me.role === "leader") && (
						<Card id="freeze" title={t("rhythm.freeze")}>
							<Steps key={period} id="rhythm" keepAs={period} onDone={loaded.reload} steps={[{
								key: "z", name: "freeze", label: t("rhythm.freeze"), confirm: period,
								consequence: t("consequence.freeze_rhythm"),
								fields: [{ ...lines("findings", t("rhythm.findings_form"), false), kind: "lines", rows: 5,
									placeholder: `${dayAhead(5)} CGJ …`, check: text => text.split("\n").filter(l => l.trim())
										.every(l => findingLine.test(l.trim())) ? null : t("rhythm.findings_wrong") }],
								run: v => ask.post("/rhythm/{period}/freeze", { path: { period },
									body: { findings: findingsIn(given(v, "findings")) } }),
							}]} />
						</Card>
					)}
				</>
			)}</Asked>
		</Page>
	);
}
