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
	const add = (moment, type, more = {}) => {
		if (moment < latest)
			line.events.push({ at: stamp(moment), type, ...more });
		return moment < latest;
	};
	if (d.chance(0.05) || !add(start + d.below(3600) * SECOND, 'sign'))
		return line;
	if (d.chance(0.1) || !add(start + HOUR, 'contact'))
		return line;
	const done = submitted(d, start, due);
	if (d.chance(0.06))
		add(done - SECOND, 'visit', { result: d.pick(LEVELS) });
	if (d.chance(0.12) || !add(done, 'complete', { result: 'solved', reply: '已办结。' }))
		return line;
	const passed = done + d.pick([0, HOUR, 3 * DAY, 40 * DAY]);
	if (passed > done && d.chance(0.1))
		add(done + 10 * MINUTE, 'visit', { result: d.pick(LEVELS) });
	if (d.chance(0.06) || !add(passed, 'review_pass'))
		return line;
	for (let n = d.below(4), at = passed; n > 0; n--) {
		at += d.below(12 * 1440) * MINUTE + MINUTE;
		if (!add(at, 'visit', { result: d.chance(0.3) ? null : d.pick(LEVELS) }))
			break;
	}
	return line;
}

/* count histories that end before `latest` (milliseconds). */
export function histories(seed, count, departments, latest) {
	const d = dice(seed);
	return Array.from({ length: count }, (_, i) => history(d, i + 1, departments, latest))
		.filter((line) => Date.parse(line.received_at) < latest);
}
