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

/* [first instant, first instant of the next month) of "2026-03". */
export function monthSpan(month) {
	const [year, number] = month.split('-').map(Number);
	const first = (y, n) => startOf(Date.UTC(y, n - 1, 1) / DAY);
	return { t0: first(year, number), t1: first(year, number + 1) };
}

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

/* Limits for completion: hours that run on, or working days after the day of receipt. */
const DONE = {
	L0: { hours: 24 }, L1: { hours: 24 }, L2: { days: 1 }, L3: { days: 5 },
	L4: { days: 10 }, L5: { days: 15 },
};

/* The due moment, inclusive, of a task received at `received`. */
export function dueOf(calendar, limit_class, received) {
	const limit = DONE[limit_class];
	if (limit.hours)
		return Math.floor(received / 1000) * 1000 + limit.hours * 3_600_000;
	return lastSecondOf(calendar.after(dayOf(received), limit.days));
}
