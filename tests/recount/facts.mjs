/*
 * From what was imported to the facts of the recount. An imported matter names no caller, so
 * nobody asked not to be visited; praise and suggestions are outside of satisfaction.
 */
import { dueOf } from './calendar.mjs';

const OWN_REASONS = ['result', 'attitude', 'speed'];
const DISSATISFIED = ['dissatisfied', 'very_dissatisfied'];

/* The submissions up to and with the first that passed. */
function submissionsOf(events) {
	const list = [];
	for (const { type, moment } of events) {
		if (type === 'complete')
			list.push({ at: moment, is_refused: false });
		if (type === 'review_refuse')
			list.at(-1).is_refused = true;
		if (type === 'review_pass')
			break;
	}
	return list;
}

/*
 * A dissatisfied answer to what the department can change opens the one redo; only an answer
 * that comes after the review has passed. It is over when its own completion has passed.
 */
function redosOf(events) {
	const redos = [];
	let is_passed = false;
	for (const event of events) {
		const is_running = redos.length > 0 && redos[0].passed === null;
		if (event.type === 'review_pass') {
			is_passed = true;
			if (is_running)
				redos[0].passed = event.moment;
		}
		if (event.type === 'visit' && is_passed && redos.length === 0 &&
		    DISSATISFIED.includes(event.result) && OWN_REASONS.includes(event.reason))
			redos.push({ from: event.moment, passed: null });
	}
	return redos;
}

/* One import line as a fact. */
export function factOf(line, calendar) {
	const dispatched = Date.parse(line.received_at);
	const events = line.events.map((event) => ({ ...event, moment: Date.parse(event.at) }));
	const first = (type) => events.find((event) => event.type === type)?.moment ?? null;
	const submissions = submissionsOf(events);
	const is_closed = events.some((event) => event.type === 'review_pass');
	const due = (kind) => dueOf(calendar, line.limit_class, dispatched, kind);

	return {
		id: line.external_no, department: line.department, channel: line.channel, dispatched,
		sign_due: due('sign'), signed: first('sign'),
		contact_due: due('contact'), contacted: first('contact'), due: due('done'),
		close: is_closed ? submissions.at(-1).at : null,
		is_visitable: !['praise', 'suggestion'].includes(line.content_class),
		visits: events.filter((event) => event.type === 'visit').map((event) => ({
			at: event.moment, result: event.result ?? null, solved: event.solved ?? null,
			contacted: event.contacted ?? null })),
		redos: redosOf(events), submissions,
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
