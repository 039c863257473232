/* Months, quarters, years, weeks and days by their names, as the interface writes them. */

export type PeriodKind = "month" | "quarter" | "year" | "week" | "day";

export const periodKinds: readonly PeriodKind[] = ["month", "quarter", "year", "week", "day"];

const forms: Record<PeriodKind, RegExp> = {
	month: /^\d{4}-(0[1-9]|1[0-2])$/,
	quarter: /^\d{4}-Q[1-4]$/,
	year: /^\d{4}$/,
	week: /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/,
	day: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
};

const dayMilliseconds = 86_400_000;

/** Null for what is no period's name. */
export function kindOf(period: string): PeriodKind | null {
	return periodKinds.find(kind => forms[kind].test(period)) ?? null;
}

function two(number: number): string {
	return String(number).padStart(2, "0");
}

function isoDay(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}

/** Monday of an ISO week: week 1 holds the year's first Thursday. */
function mondayOf(year: number, week: number): number {
	const fourth = Date.UTC(year, 0, 4);
	const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
	return fourth + ((week - 1) * 7 - weekday) * dayMilliseconds;
}

function weekOf(day: string): string {
	const at = Date.parse(`${day}T00:00:00Z`);
	const thursday = new Date(at + (3 - (new Date(at).getUTCDay() + 6) % 7) * dayMilliseconds);
	const year = thursday.getUTCFullYear();
	return `${year}-W${two(1 + Math.floor((thursday.getTime() - mondayOf(year, 1)) / (7 * dayMilliseconds)))}`;
}

/** The period of a kind that holds this day. */
export function periodOf(kind: PeriodKind, day: string): string {
	const year = day.slice(0, 4);
	switch (kind) {
	case "month": return day.slice(0, 7);
	case "quarter": return `${year}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
	case "year": return year;
	case "week": return weekOf(day);
	default: return day;
	}
}

/** The first day of a period. */
export function firstDay(period: string): string {
	const year = period.slice(0, 4);
	switch (kindOf(period)) {
	case "month": return `${period}-01`;
	case "quarter": return `${year}-${two(Number(period.slice(6)) * 3 - 2)}-01`;
	case "year": return `${year}-01-01`;
	case "week": return isoDay(mondayOf(Number(year), Number(period.slice(6))));
	default: return period;
	}
}

/** The period so many behind, or before where that is negative. */
export function shifted(period: string, by: number): string {
	const kind = kindOf(period) ?? "month";
	const [year = 0, month = 1, day = 1] = firstDay(period).split("-").map(Number);
	const months = { month: 1, quarter: 3, year: 12, week: 0, day: 0 }[kind] * by;
	const days = { month: 0, quarter: 0, year: 0, week: 7, day: 1 }[kind] * by;
	return periodOf(kind, isoDay(Date.UTC(year, month - 1 + months, day + days)));
}

/** The month in which a period ends. */
export function lastMonth(period: string): string {
	return isoDay(Date.parse(`${firstDay(shifted(period, 1))}T00:00:00Z`) - dayMilliseconds).slice(0, 7);
}

/** So many months that end with this one, oldest first. */
export function monthsUntil(month: string, n: number): string[] {
	return Array.from({ length: n }, (_, i) => shifted(month, i + 1 - n));
}
