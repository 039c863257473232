/*
 * Invented histories in the form of `liandong import`, the same ones for the same seed. They
 * crowd the edges on purpose: due moments on the last second of a month, closings one second
 * to either side, matters that stay open for months, several answers, answers before the
 * close.
 */
import { NATIONAL, dueOf, startOf, dayNamed } from './calendar.mjs';

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/* mulberry32: small, seeded, good enough to choose test cases. */
export function dice(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		below: (n) => Math.floor(next() * n),
		pick: (list) => list[Math.floor(next() * list.length)],
		chance: (p) => next() < p,
	};
}

const stamp = (moment) => new Date(moment + 8 * HOUR).toISOString().replace(/\.000Z$/, '')
	.replace('Z', '') + '+08:00';

const LEVELS = ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral',
	'dissatisfied', 'very_dissatisfied'];

function received(d) {
	const from = startOf(dayNamed('2024-11-20'));
	const moment = from + d.below(500) * DAY;
	return d.chance(0.15) ? moment + DAY - SECOND : moment + d.below(24 * 60) * MINUTE;
}

/* The submit time: often near the due moment or near the end of a month. */
function submitted(d, from, due) {
	const kind = d.below(10);
	let moment;
	if (kind < 4)
		moment = from + Math.floor((due - from) * d.next());
	else if (kind < 6)
		moment = due + d.pick([-SECOND, 0, SECOND, 2 * SECOND]);
	else if (kind < 8)
		moment = due + d.below(70) * DAY + d.below(86400) * SECOND;
	else {
		const month = new Date(due + 8 * HOUR + d.below(3) * 30 * DAY);
		moment = startOf(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) / DAY) +
			d.pick([-SECOND, 0]);
	}
	return Math.max(from + 2 * HOUR, Math.floor(moment / SECOND) * SECOND);
}

/* What a caller says, each question by itself; sometimes for a reason that opens a redo. */
function said(d) {
	if (d.chance(0.25))
		return { result: null };
	const maybe = (values) => (d.chance(0.2) ? null : d.pick(values));
	return { result: maybe(LEVELS), solved: maybe(['yes', 'partly', 'no']),
		contacted: maybe([true, false]), reached: true,
		reason: maybe(['result', 'attitude', 'speed', 'policy', 'other_unit']) };
}

/* The steps of a department, one a call, until one lies beyond the end of all histories. */
class Steps {
	constructor(line, latest) {
		Object.assign(this, { line, latest });
	}

	add(moment, type, more = {}) {
		if (moment < this.latest)
			this.line.events.push({ at: stamp(moment), type, ...more });
		return moment < this.latest;
	}
}

/* Submissions until one passes; gives the moment of the pass, or null. */
function submitAll(d, steps, done) {
	let at = done;
	for (let n = 0; ; n++) {
		if (!steps.add(at, 'complete', { result: 'solved', reply: '已办结。' }))
			return null;
		const reviewed = at + d.pick([0, HOUR, 3 * DAY, 40 * DAY]);
		if (reviewed > at && d.chance(0.1))
			steps.add(at + 10 * MINUTE, 'visit', said(d));
		if (d.chance(0.06))
			return null;
		if (n >= 3 || !d.chance(0.25))
			return steps.add(reviewed, 'review_pass') ? reviewed : null;
		if (!steps.add(reviewed, 'review_refuse', { reason: '材料不全' }))
			return null;
		at = reviewed + d.pick([0, SECOND, 6 * HOUR, 5 * DAY]);
		if (d.chance(0.1))
			return null;
	}
}

/* Visits; true when one of them has opened a redo. */
function visitAll(d, steps, passed) {
	let at = passed;
	for (let n = d.below(4); n > 0; n--) {
		at += d.below(12 * 1440) * MINUTE + MINUTE;
		const answer = said(d);
		if (!steps.add(at, 'visit', answer))
			return null;
		if (['dissatisfied', 'very_dissatisfied'].includes(answer.result) &&
		    ['result', 'attitude', 'speed'].includes(answer.reason))
			return at;
	}
	return null;
}

function history(d, serial, departments, latest) {
	const limit_class = d.pick(['L0', 'L1', 'L2', 'L3', 'L3', 'L3', 'L4', 'L5']);
	const start = received(d);
	const due = dueOf(NATIONAL, limit_class, start);
	const line = {
		channel: d.pick(['110', '12345', 'enterprise', 'web']),
		external_no: `H-${serial}`, title: `历史诉求 ${serial}`,
		text: `这是第 ${serial} 件历史诉求，用于核对报表。`, category: null, area: null,
		content_class: d.pick([null, 'help', 'complaint', 'consultation', 'report',
			'suggestion', 'praise']),
		department: d.pick(departments), limit_class, received_at: stamp(start), events: [],
	};
	const steps = new Steps(line, latest);
	const near = (kind) => Math.max(start, dueOf(NATIONAL, limit_class, start, kind) +
		d.pick([-SECOND, 0, SECOND, -DAY, DAY]));
	const signed = d.chance(0.5) ? near('sign') : start + d.below(3600) * SECOND;
	if (d.chance(0.05) || !steps.add(signed, 'sign'))
		return line;
	const called = Math.max(signed, d.chance(0.5) ? near('contact') : start + HOUR);
	const is_called = !d.chance(0.1);
	if (is_called && !steps.add(called, 'contact'))
		return line;
	const done = Math.max(submitted(d, start, due), is_called ? called : signed);
	if (d.chance(0.06))
		steps.add(Math.max(done - SECOND, is_called ? called : signed), 'visit', said(d));
	if (d.chance(0.12))
		return line;
	const passed = submitAll(d, steps, done);
	const again = passed === null ? null : visitAll(d, steps, passed);
	if (again === null || d.chance(0.2))
		return line;
	/* Round 2: called again, submitted again, and perhaps passed and asked about. */
	if (d.chance(0.7) && !steps.add(again + HOUR, 'contact'))
		return line;
	const redone = submitAll(d, steps, again + d.pick([2 * HOUR, 2 * DAY, 20 * DAY]));
	if (redone !== null)
		visitAll(d, steps, redone);
	return line;
}

/* count histories that end before `latest` (milliseconds), numbered behind `from`. */
export function histories(seed, count, departments, latest, from = 0) {
	const d = dice(seed);
	return Array.from({ length: count }, (_, i) => history(d, from + i + 1, departments, latest))
		.filter((line) => Date.parse(line.received_at) < latest);
}
