/*
 * Due times day by day: a walk over days that are counted one at a time, with the working days
 * of the recount's own calendar. No formula is shared with the server.
 */
import { DAY, NATIONAL, dayOf, lastSecondOf, startOf } from '../../recount/calendar.mjs';

const HOUR = 3_600_000;
const second = (moment) => Math.floor(moment / 1000) * 1000;

/* The shipped limits; `archive` is no class but counts alike. */
const LIMITS = {
	L1: { sign: { hours: 0.5 }, contact: { hours: 2 }, done: { hours: 24 },
		returning: { days: 1 } },
	L3: { sign: { days: 1 }, contact: { days: 1 }, done: { days: 5 }, returning: { days: 1 } },
	L4: { sign: { days: 1 }, contact: { days: 1 }, done: { days: 10 },
		returning: { days: 1 } },
	L5: { sign: { days: 1 }, contact: { days: 1 }, done: { days: 15 },
		returning: { days: 1 } },
	archive: { done: { days: 5 } },
};
const isHours = (limit_class) => LIMITS[limit_class].done.hours !== undefined;

export function dueOfClass(limit_class, kind, at) {
	const { hours, days } = LIMITS[limit_class][kind];
	if (hours !== undefined)
		return second(at) + hours * HOUR;
	return lastSecondOf(NATIONAL.after(dayOf(at), days));
}

/* Half of the limit, at least two working days, never more than the whole. */
export function redoDue(limit_class, at) {
	const { hours, days } = LIMITS[limit_class].done;
	if (hours !== undefined)
		return second(at) + hours * HOUR / 2;
	return lastSecondOf(NATIONAL.after(dayOf(at),
		Math.min(days, Math.max(2, Math.ceil(days / 2)))));
}

export function extendedDue(limit_class, due, amount) {
	return isHours(limit_class) ? due + amount * HOUR :
		lastSecondOf(NATIONAL.after(dayOf(due), amount));
}

/* What a pause took is given back: hours as they ran, working days as they began. */
export function heldDue(limit_class, due, since, until) {
	if (since >= second(due) + 1000)
		return due;
	if (isHours(limit_class))
		return due + second(until) - second(since);
	let given = 0;
	for (let day = dayOf(since); day < dayOf(until); day++)
		given += NATIONAL.isWorking(day) ? 1 : 0;
	return given === 0 ? due : lastSecondOf(NATIONAL.after(dayOf(due), given));
}

/* An assist's latest: the end of the working day before the lead's, if that still lies ahead. */
export function lastWorkingSecondBefore(lead_due, at) {
	let day = dayOf(lead_due) - 1;
	while (!NATIONAL.isWorking(day))
		day -= 1;
	return lastSecondOf(day) > at ? lastSecondOf(day) : lead_due;
}

export const tomorrow = (at) => startOf(dayOf(at) + 1);
export const dayText = (at) => new Date(dayOf(at) * DAY).toISOString().slice(0, 10);
