/*
 * A year of the working calendar, twelve months. Each kind of day has a mark of its own shape and
 * letter beside the number, so that it reads without colour and on paper; under each month stands
 * what its special days are.
 */
import type { JSX } from "preact";
import { read, type Schemas } from "../api/ask";
import { useLoaded } from "../lib/load";
import { monthTitle } from "../lib/time";
import { Asked } from "../parts/page";
import { language } from "../state/prefs";
import { t } from "./words";

type Day = Schemas["CalendarDay"];
export type DayKind = "work" | "rest" | "holiday" | "made_up" | "special";

function weekdayOf(day: Day): number {
	return (new Date(`${day.date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** By what a weekday would be: a day off that would be worked, a weekend that is. */
export function kindOf(day: Day, usualHours: string): DayKind {
	const weekend = weekdayOf(day) >= 5;
	if (day.working)
		return weekend ? "made_up" : day.hours === usualHours ? "work" : "special";
	return weekend ? "rest" : "holiday";
}

/* A weekend day inside a block of days off is one of the block: it carries the occasion's name. */
function occasionOf(day: Day): string {
	return language.value === "en" ? day.reason_en : day.reason;
}

function usual(days: readonly Day[]): string {
	const counts = new Map<string, number>();
	for (const day of days.filter(one => one.working))
		counts.set(day.hours, (counts.get(day.hours) ?? 0) + 1);
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

/** Special days, those that follow each other for the same occasion as one. */
function runsOf(days: readonly Day[], hours: string) {
	const runs: { from: number; to: number; day: Day; kind: DayKind }[] = [];
	for (const day of days) {
		const [kind, date] = [kindOf(day, hours), Number(day.date.slice(8))];
		const last = runs[runs.length - 1];
		if (kind === "work" || kind === "rest")
			continue;
		if (last && last.to === date - 1 && last.day.reason === day.reason && last.kind === kind)
			last.to = date;
		else
			runs.push({ from: date, to: date, day, kind });
	}
	return runs;
}

function Month({ month, days, hours }: { month: string; days: readonly Day[]; hours: string }): JSX.Element {
	const first = days[0] ? weekdayOf(days[0]) : 0;
	const cells: (Day | null)[] = [...Array.from({ length: first }, () => null), ...days];
	const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
		Array.from({ length: 7 }, (_, day) => cells[week * 7 + day] ?? null));
	const named = runsOf(days, hours);
	return (
		<section class="month" aria-label={monthTitle(month)}>
			<table>
				<caption>{monthTitle(month)}<span>{t("calendar.working", { n: days.filter(one => one.working).length })}</span></caption>
				<thead><tr>{Array.from({ length: 7 }, (_, day) => (
					<th key={day} scope="col">{t(`weekday.${day as 0}`)}</th>))}</tr></thead>
				<tbody>{weeks.map((week, at) => (
					<tr key={at}>{week.map((day, column) => day === null ? <td key={column} /> : (
						<td key={column} class={`day day-${kindOf(day, hours)}`} title={occasionOf(day)}>
							{Number(day.date.slice(8))}
							<i aria-hidden="true">{t(`day_mark.${kindOf(day, hours)}`)}</i>
							<span class="unseen">{t(`day.${kindOf(day, hours)}`)}</span>
						</td>))}</tr>))}</tbody>
			</table>
			<ul>{named.map(({ from, to, day, kind }) => (
				<li key={from}><b>{from === to ? from : `${from}–${to}`}</b>{" "}
					{kind === "special" ? `${t("day.special")} ${day.hours} · ` : ""}{occasionOf(day)}</li>))}</ul>
		</section>
	);
}

const dayKinds: readonly DayKind[] = ["work", "rest", "holiday", "made_up", "special"];

export function CalendarYear({ year }: { year: number }): JSX.Element {
	const loaded = useLoaded(() => read("/calendar/{year}", { path: { year } }), String(year));
	return (
		<Asked loaded={loaded}>{({ days }) => {
			const hours = usual(days);
			const months = Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, "0")}`);
			return (
				<div class="year" data-working={days.filter(one => one.working).length}>
					<p class="day-key">{dayKinds.map(kind => (
						<span key={kind}><span class={`day day-${kind}`}>1<i aria-hidden="true">
							{t(`day_mark.${kind}`)}</i></span>{t(`day.${kind}`)}</span>))}
					<span>{t("calendar.hours", { hours })}</span></p>
					<div class="months">{months.map(month => (
						<Month key={month} month={month} hours={hours}
							days={days.filter(one => one.date.startsWith(month))} />))}</div>
				</div>
			);
		}}</Asked>
	);
}
