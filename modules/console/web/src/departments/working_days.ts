/*
 * Moments that follow from the calendar, as the server will reckon them: what an extension would
 * move the due time to, and until when a task can be given back. Pure; null where the calendar at
 * hand does not reach, or the unit is one that only the server can count.
 */
import type { Schemas } from "../api/ask";
import { dateTime } from "../lib/time";

export type Limit = Schemas["Limit"];
export type LimitRow = Schemas["LimitRow"];
/** Whether each known date is a working day. */
export type Days = ReadonlyMap<string, boolean>;

const minute = 60_000;
const dayLong = 24 * 60 * minute;

function nextDate(date: string): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + dayLong).toISOString().slice(0, 10);
}

function endOf(date: string): string {
	return `${date}T23:59:59+08:00`;
}

/** The end of the n-th day after the moment's own, of working days or of all. */
function dayAfter(days: Days, from: string, n: number, all: boolean): string | null {
	let date = dateTime(from).slice(0, 10);
	for (let left = n; left > 0;) {
		date = nextDate(date);
		const working = days.get(date);
		if (working === undefined)
			return null;
		if (all || working)
			left -= 1;
	}
	return endOf(date);
}

export function limitFrom(days: Days, from: string, { amount, unit }: Limit): string | null {
	switch (unit) {
	case "minutes":
	case "hours":
		return new Date(Date.parse(from) + amount * (unit === "hours" ? 60 : 1) * minute).toISOString();
	case "calendar_days":
	case "working_days":
		return dayAfter(days, from, amount, unit === "calendar_days");
	default:
		return null;
	}
}

/** Extensions are counted in hours where the limit itself runs on by the clock. */
export function extendsByHours(row: LimitRow): boolean {
	return row.done?.unit === "minutes" || row.done?.unit === "hours";
}

export function extendedDue(days: Days, row: LimitRow, due: string, amount: number): string | null {
	return limitFrom(days, due, { amount, unit: extendsByHours(row) ? "hours" : "working_days" });
}
