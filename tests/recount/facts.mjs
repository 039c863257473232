/*
 * From what was imported to the facts of the recount. An imported matter names no caller, so
 * nobody asked not to be visited; praise and suggestions are outside of satisfaction.
 */
import { dueOf } from './calendar.mjs';

/* One import line as a fact. */
export function factOf(line, calendar) {
	const received = Date.parse(line.received_at);
	const events = line.events.map((event) => ({ ...event, moment: Date.parse(event.at) }));
	const passed = events.findIndex((event) => event.type === 'review_pass');
	const submitted = passed < 0 ? undefined :
		events.slice(0, passed).filter((event) => event.type === 'complete').pop();

	return {
		id: line.external_no, department: line.department, channel: line.channel, received,
		due: dueOf(calendar, line.limit_class, received),
		close: submitted?.moment ?? null,
		is_visitable: !['praise', 'suggestion'].includes(line.content_class),
		answers: events.filter((event) => event.type === 'visit')
			.map((event) => ({ at: event.moment, result: event.result ?? null })),
		redos: [],
	};
}

/* Months from..to inclusive, as "2011-01". */
export function months(from, to) {
	const list = [];
	for (let [y, m] = from.split('-').map(Number); ; m === 12 ? (y++, m = 1) : m++) {
		list.push(`${y}-${String(m).padStart(2, '0')}`);
		if (list[list.length - 1] === to)
			return list;
	}
}
