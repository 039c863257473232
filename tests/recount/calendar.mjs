/*
 * Working days, written for the recount alone: from the published lists of days off and
 * make-up days, with its own arithmetic. Days are numbers of whole days since 1970-01-01 in
 * UTC+8, moments are milliseconds.
 */
import fs from 'node:fs';

export const DAY = 86_400_000;
const ZONE = 8 * 3_600_000;

export const dayOf = (moment) => Math.floor((moment + ZONE) / DAY);
export const startOf = (day) => day * DAY - ZONE;
/* 23:59:59: the last second of the day, which still belongs to it. */
export const lastSecondOf = (day) => startOf(day + 1) - 1000;
export const dayNamed = (text) => Date.parse(text + 'T00:00:00Z') / DAY;
export const nameOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/* [first instant, first instant behind it) of "2026-03", "2026-Q1", "2026", "2026-W10" or
 * "2026-03-05". */
export function spanOf(name) {
	const year = Number(name.slice(0, 4));
	const first = (month) => startOf(Date.UTC(year, month, 1) / DAY);
	if (/^\d{4}-\d\d-\d\d$/.test(name))
		return { t0: startOf(dayNamed(name)), t1: startOf(dayNamed(name) + 1) };
	if (/^\d{4}-W\d\d$/.test(name)) {
		/* Week 1 is the one with the year's first Thursday, 1970-01-01 was one. */
		const january = Date.UTC(year, 0, 1) / DAY;
		const thursday = january + (7 - january % 7) % 7;
		const monday = thursday - 3 + (Number(name.slice(6)) - 1) * 7;
		return { t0: startOf(monday), t1: startOf(monday + 7) };
	}
	if (/^\d{4}-Q\d$/.test(name)) {
		const quarter = Number(name.slice(6));
		return { t0: first(quarter * 3 - 3), t1: first(quarter * 3) };
	}
	if (name.length === 4)
		return { t0: first(0), t1: first(12) };
	const month = Number(name.slice(5));
	return { t0: first(month - 1), t1: first(month) };
}
export const monthSpan = spanOf;

/* off, work: sets of day numbers that differ from the week (Saturday and Sunday off). */
export class Calendar {
	constructor(off, work) {
		this.off = off;
		this.work = work;
	}

	isWorking(day) {
		if (this.work.has(day))
			return true;
		if (this.off.has(day))
			return false;
		const weekday = (day + 4) % 7;	/* 1970-01-01 was a Thursday; 0 is Sunday */
		return weekday !== 0 && weekday !== 6;
	}

	/* The n-th working day after this one, which is not counted. */
	after(day, n) {
		for (let left = n; left > 0;) {
			day += 1;
			if (this.isWorking(day))
				left -= 1;
		}
		return day;
	}
}

/* Reads "date TAB off|work TAB occasion" lines. */
export function calendarFromFile(file) {
	const sets = { off: new Set(), work: new Set() };
	for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
		const [date, kind] = line.split('\t');
		if (/^\d{4}-\d\d-\d\d$/.test(date))
			sets[kind].add(dayNamed(date));
	}
	return new Calendar(sets.off, sets.work);
}

function expand(list) {
	return list.flatMap((word) => {
		const [from, to = from] = word.split('..');
		const days = [];
		for (let day = dayNamed(from); day <= dayNamed(to); day++)
			days.push(day);
		return days;
	});
}

/* Days off by the State Council's notices for 2024, 2025 and 2026, and days made up. */
export const NATIONAL = new Calendar(new Set(expand([
	'2024-01-01', '2024-02-10..2024-02-17', '2024-04-04..2024-04-06',
	'2024-05-01..2024-05-05', '2024-06-10', '2024-09-15..2024-09-17',
	'2024-10-01..2024-10-07',
	'2025-01-01', '2025-01-28..2025-02-04', '2025-04-04..2025-04-06',
	'2025-05-01..2025-05-05', '2025-05-31..2025-06-02', '2025-10-01..2025-10-08',
	'2026-01-01..2026-01-03', '2026-02-15..2026-02-23', '2026-04-04..2026-04-06',
	'2026-05-01..2026-05-05', '2026-06-19..2026-06-21', '2026-09-25..2026-09-27',
	'2026-10-01..2026-10-07',
])), new Set(expand([
	'2024-02-04', '2024-02-18', '2024-04-07', '2024-04-28', '2024-05-11', '2024-09-14',
	'2024-09-29', '2024-10-12',
	'2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11',
	'2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10',
])));

/* Office hours of a working day, in minutes of the day. */
const OFFICE = [[9 * 60, 12 * 60], [13 * 60 + 30, 17 * 60 + 30]];
const MINUTE = 60_000;

/* The moment at which so many minutes of office hours have passed since `from`. */
function afterOfficeMinutes(calendar, from, minutes) {
	let left = minutes * MINUTE;
	for (let day = dayOf(from); ; day++)
		for (const [open, shut] of calendar.isWorking(day) ? OFFICE : []) {
			const begin = Math.max(from, startOf(day) + open * MINUTE);
			const room = startOf(day) + shut * MINUTE - begin;
			if (room >= left)
				return begin + left;
			left -= Math.max(room, 0);
		}
}

/* Limits by class: minutes that run on, minutes of office hours, or working days after the day
 * of receipt. */
const LIMITS = {
	done: { L0: { minutes: 1440 }, L1: { minutes: 1440 }, L2: { days: 1 }, L3: { days: 5 },
		L4: { days: 10 }, L5: { days: 15 } },
	sign: { L0: { minutes: 5 }, L1: { minutes: 30 }, L2: { office: 240 }, L3: { days: 1 },
		L4: { days: 1 }, L5: { days: 1 } },
	contact: { L0: { minutes: 15 }, L1: { minutes: 120 }, L2: { days: 1 }, L3: { days: 1 },
		L4: { days: 1 }, L5: { days: 1 } },
};

/* The due moment, inclusive, of a task received at `received`. */
export function dueOf(calendar, limit_class, received, kind = 'done') {
	const limit = LIMITS[kind][limit_class];
	const second = Math.floor(received / 1000) * 1000;
	if (limit.minutes)
		return second + limit.minutes * MINUTE;
	if (limit.office)
		return afterOfficeMinutes(calendar, second, limit.office);
	return lastSecondOf(calendar.after(dayOf(received), limit.days));
}
