/*
 * Times in words. All of them are the district's local time, whatever zone the machine is set
 * to: a deadline at 23:59:59 must read the same on every desk.
 */
import { signal } from "@preact/signals";
import { t } from "../i18n";
import { language } from "../state/prefs";

const zone = "Asia/Shanghai";
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const local = new Intl.DateTimeFormat("en-CA", {
	timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
	hour: "2-digit", minute: "2-digit", second: "2-digit",
});

function localParts(at: number): Record<string, string> {
	return Object.fromEntries(local.formatToParts(at).map(part => [part.type, part.value]));
}

export function dateTime(text: string | null | undefined): string {
	const at = Date.parse(text ?? "");
	if (Number.isNaN(at))
		return "—";
	const { year, month, day: date, hour: h, minute: m } = localParts(at);
	return `${year}-${month}-${date} ${h}:${m}`;
}

/** Without the year where it is this year's: for lists, where every column counts. */
export function shortDateTime(text: string | null | undefined, nowAt: number): string {
	const full = dateTime(text);
	return full.startsWith(`${localParts(nowAt).year}-`) ? full.slice(5) : full;
}

export function clockTime(at: number): string {
	const { hour: h, minute: m, second: s } = localParts(at);
	return `${h}:${m}:${s}`;
}

export function monthOf(at: number): string {
	const { year, month } = localParts(at);
	return `${year}-${month}`;
}

export function monthShifted(month: string, by: number): string {
	const [year = 1970, number = 1] = month.split("-").map(Number);
	const moved = new Date(Date.UTC(year, number - 1 + by, 1));
	return moved.toISOString().slice(0, 7);
}

export function monthTitle(month: string): string {
	const [year = 1970, number = 1] = month.split("-").map(Number);
	return new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB",
		{ timeZone: "UTC", year: "numeric", month: "long" }).format(Date.UTC(year, number - 1, 1));
}

export function weekday(date: string): string {
	return new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB",
		{ timeZone: "UTC", weekday: "short" }).format(Date.parse(`${date}T00:00:00Z`));
}

/** A length of time in its two largest units. */
export function span(milliseconds: number): string {
	const days = Math.floor(milliseconds / day);
	const hours = Math.floor(milliseconds % day / hour);
	const minutes = Math.floor(milliseconds % hour / minute);
	if (days > 0)
		return t("time.days_hours", { days, hours });
	return hours > 0 ? t("time.hours_minutes", { hours, minutes }) : t("time.minutes", { minutes });
}

export function timeLeft(due: string, nowAt: number): string {
	const left = Date.parse(due) - nowAt;
	return left >= 0 ? t("time.left", { span: span(left) }) : t("time.late", { span: span(-left) });
}

export type Urgency = "late" | "red" | "amber" | "calm";

/** From which share of a limit on a task is amber and red: the server's, the same on every screen. */
export const shares = signal({ amber: 0.75, red: 0.9 });

export function shareUsed(start: string | undefined, due: string, nowAt: number): number {
	const from = Date.parse(start ?? "");
	const to = Date.parse(due);
	if (Number.isNaN(from) || to <= from)
		return nowAt >= to ? 1 : 0;
	return Math.min(1, Math.max(0, (nowAt - from) / (to - from)));
}

export function urgencyOf(start: string | undefined, due: string, nowAt: number): Urgency {
	if (nowAt > Date.parse(due))
		return "late";
	const share = shareUsed(start, due, nowAt);
	return share >= shares.value.red ? "red" : share >= shares.value.amber ? "amber" : "calm";
}

/** Order of lists: the earliest due first, what has none behind them. */
export function byDue(a: string | null, b: string | null): number {
	return (a === null ? Infinity : Date.parse(a)) - (b === null ? Infinity : Date.parse(b)) || 0;
}
