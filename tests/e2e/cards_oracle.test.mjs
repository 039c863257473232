/*
 * Warnings and cards against an oracle that knows their definitions only: it walks a random
 * calendar day by day for tasks with random histories and says what each must get and when. A
 * live server goes through the same months in jumps; both must tell the same, each thing once.
 *
 * TEST_SEED and TEST_CARD_TASKS (45) say which and how many.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { endsCleanly, startServer } from './lib/server.mjs';
import { complete, contact, eventsOf, ofType, register, review, sign } from './lib/world.mjs';
import { dice } from '../recount/histories.mjs';

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const TASKS = Number(process.env.TEST_CARD_TASKS ?? 45);
const DAY = 86_400_000, HOUR = 3_600_000, ZONE = 8 * HOUR;
const FIRST = '2026-03-02', LAST = '2026-06-12';
const d = dice(SEED);
const server = await startServer({ clock: local(`${FIRST} 08:00`) });

const dayOf = (moment) => Math.floor((moment + ZONE) / DAY);
const nameOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const startOf = (day) => day * DAY - ZONE;
const textOf = (moment) => new Date(moment + ZONE).toISOString().slice(0, 19) + '+08:00';
const monthOf = (moment) => textOf(moment).slice(0, 7);

/* ---- the calendar ---- */

function readDays(text) {
	const days = new Map();
	for (const line of text.split('\n')) {
		const [date, kind] = line.split('\t');
		if (/^\d{4}-\d\d-\d\d$/.test(date))
			days.set(date, kind);
	}
	return days;
}

/* Days of rest amid the week and working weekends, strewn over the months. */
function strewn(text) {
	const listed = readDays(text);
	const lines = [];
	for (let day = dayOf(ms(`${FIRST} 00:00`)) + 1; nameOf(day) < '2026-07-20'; day++) {
		if (listed.has(nameOf(day)) || !d.chance(0.2))
			continue;
		const is_weekend = [0, 6].includes(new Date(day * DAY).getUTCDay());
		lines.push(`${nameOf(day)}\t${is_weekend ? 'work' : 'off'}\t调整`);
	}
	return `${text.trimEnd()}\n${lines.join('\n')}\n`;
}

/* ---- the oracle ---- */

class Oracle {
	constructor(text, is_by_month = true) {
		this.days = readDays(text);
		this.is_by_month = is_by_month;
	}

	isWorking(day) {
		const kind = this.days.get(nameOf(day));
		return kind ? kind === 'work' : ![0, 6].includes(new Date(day * DAY).getUTCDay());
	}

	/* The last second of the n-th working day behind the day of this moment. */
	endOfWorkingDay(moment, n) {
		let day = dayOf(moment);
		while (n > 0) {
			day += 1;
			if (this.isWorking(day))
				n -= 1;
		}
		return startOf(day + 1) - 1000;
	}

	/* One working day before the due; for a day or less, when 75% of the limit is used. */
	warnAt(task, due) {
		const quarter = task.at + Math.floor((due - task.at) * 3 / 4 / 1000) * 1000;
		let day = dayOf(due) - 1;
		if (task.limit.hours || task.limit.days < 2)
			return quarter;
		while (!this.isWorking(day))
			day -= 1;
		return startOf(day + 1) - 1000 > task.at ? startOf(day + 1) - 1000 : quarter;
	}

	/* What a task would get if nobody did anything. */
	ofTask(task) {
		const { hours, days } = task.limit;
		const due = hours ? task.at + hours * HOUR : this.endOfWorkingDay(task.at, days);
		const half = hours ? due + hours * HOUR / 2
			: this.endOfWorkingDay(due, Math.ceil(days / 2));
		const five = this.endOfWorkingDay(due, 5);
		const late = due + 1000;
		return [
			{ what: 'task.warned', at: this.warnAt(task, due) },
			{ what: 'task.overdue', at: late },
			{ what: 'yellow', at: late },
			{ what: half <= five ? 'red overdue_half' : 'red overdue_days',
				at: Math.min(half, five) + 1000 },
		].map((one) => ({ ...one, task: task.id, department: task.department,
			told: this.toldAt(task, one.at) })).filter((one) => one.told !== null);
	}

	/* When a moment of the limit is acted on: what falls into a review waits for its end. */
	toldAt(task, at) {
		if (task.submit_at && at > task.submit_at)
			return task.fail_at ? Math.max(at, task.fail_at) : null;
		return at;
	}

	of(tasks) {
		const marks = tasks.flatMap((task) => this.ofTask(task));
		const seen = new Map();
		const yellow = marks.filter((one) => one.what === 'yellow').sort((a, b) =>
			a.told - b.told || a.at - b.at || (a.task < b.task ? -1 : 1));
		for (const one of yellow) {
			const key = `${one.department} ${this.is_by_month ? monthOf(one.at) : ''}`;
			const first = seen.get(key) ?? [];
			seen.set(key, [...first, one]);
			if (first.length === 1)
				marks.push({ ...one, what: 'red two_yellow',
					at: Math.max(one.at, first[0].at) });
		}
		return marks.filter((one) => one.told <= ms(`${LAST} 00:00`))
			.map((one) => `${one.task} ${one.what} ${textOf(one.at)}`).sort();
	}
}

const told = (events) => events.filter((one) => /^task\.(warned|overdue|card)$/.test(one.type) &&
	one.data.limit === 'done').map((one) => [one.task,
	one.type === 'task.card' ? [one.data.colour, one.data.reason].filter(Boolean).join(' ')
		: one.type, textOf(ms(one.at))].join(' ')).sort();

/* What one side has and the other has not, an item told twice among it. */
function differences(expected, actual) {
	const left = [...actual];
	const missing = expected.filter((one) => {
		const at = left.indexOf(one);
		if (at >= 0)
			left.splice(at, 1);
		return at < 0;
	});
	return [...missing.map((one) => `missing ${one}`), ...left.map((one) => `extra ${one}`)];
}

/* ---- histories ---- */

const kinds = [
	{ row: 'L1', limit: { hours: 24 } },
	{ row: 'L3', content: 'consultation', limit: { days: 1 } },
	{ row: 'L3', limit: { days: 5 } },
	{ row: 'L3', content: 'report', limit: { days: 10 } },
	{ row: 'L5', limit: { days: 15 } },
];
const rows = kinds.map((kind) => server.access.catalogue.filter((one) =>
	one.limit_class === kind.row).slice(0, 3));

/* A step a moment, so that no two of them stand in doubt about which was first. */
function plan() {
	const first = dayOf(ms(`${FIRST} 00:00`));
	const taken = new Set();
	const moment = (day) => {
		for (;;) {
			const at = startOf(day) + (9 * 60 + d.below(500)) * 60_000;
			if (!taken.has(at)) {
				taken.add(at);
				return at;
			}
		}
	};
	return Array.from({ length: TASKS }, (_, i) => {
		const kind = i % kinds.length;
		const day = first + d.below(35);
		const ends = i < kinds.length ? 'never' : d.pick(['never', 'never', 'passed', 'failed']);
		const submit = day + 1 + d.below(12);
		return { kind, limit: kinds[kind].limit, at: moment(day), ends, row: d.pick(rows[kind]),
			submit_at: ends === 'never' ? null : moment(submit),
			fail_at: ends === 'failed' ? moment(submit + 1 + d.below(12)) : null };
	});
}

async function registerPlanned(one) {
	const { content = 'help' } = kinds[one.kind];
	const appeal = await register(server, one.row, { content_class: content });
	assert.equal(appeal.tasks.length, 1);
	[one.task] = appeal.tasks;
	assert.equal(ms(one.task.dispatched_at), one.at);
	Object.assign(one, { id: one.task.id, department: one.task.department });
}

async function submit(one) {
	await sign(server, one.task);
	await contact(server, one.task);
	await complete(server, one.task);
	if (!one.fail_at)
		await review(server, one.task);
}

const tasks = plan();
const run = {};

test(`a server goes through the months in jumps (seed ${SEED})`, async () => {
	const admin = server.as('admin');
	const stored = (await admin.get('/documents/calendar', { expect: 200 })).json.text;
	run.text = strewn(stored);
	await admin.post('/calendar', { source: 'strewn', text: run.text }, { expect: 201 });
	const steps = tasks.flatMap((one) => [
		{ at: one.at, act: () => registerPlanned(one) },
		{ at: one.submit_at, act: () => submit(one) },
		{ at: one.fail_at, act: () => review(server, one.task, false, '资料不全') },
	]).filter((step) => step.at).sort((a, b) => a.at - b.at);
	for (const { at, act } of steps) {
		await moveTo(server, textOf(at));
		await act();
	}
	await moveTo(server, `${LAST} 00:00`);
	const lists = [];
	for (const one of tasks)
		lists.push(await eventsOf(server, one.task.appeal));
	run.events = lists.flat();
	run.told = told(run.events);
});

test(`every warning, overdue mark and card is told as the definitions say, once (seed ${SEED})`, (t) => {
	const expected = new Oracle(run.text).of(tasks);
	const count = (what) => expected.filter((one) => one.includes(` ${what} `)).length;
	const counts = ['task.warned', 'yellow', 'red overdue_half', 'red overdue_days',
		'red two_yellow'].map((what) => [what, count(what)]);
	t.diagnostic(`${tasks.length} tasks: ${counts.map((one) => one.join(' ')).join(', ')}`);
	for (const [what, n] of counts)
		assert.ok(n > 0, `seed ${SEED} has a ${what}`);
	assert.deepEqual(differences(expected, run.told), [], `seed ${SEED}`);
});

test('every red card says why and no yellow one does', () => {
	for (const card of ofType(run.events, 'task.card'))
		assert.equal('reason' in card.data, card.data.colour === 'red');
});

test('the judge finds an event that is lost, told twice, moved, or of another reason', () => {
	const expected = new Oracle(run.text).of(tasks);
	for (const what of ['task.warned', 'task.overdue', 'yellow', 'red overdue_half',
		'red overdue_days', 'red two_yellow']) {
		const one = run.told.find((line) => line.includes(` ${what} `));
		const others = run.told.filter((line) => line !== one);
		for (const twin of [others, [...run.told, one],
			[...others, one.replace(':0', ':1')], [...others, one.replace(what, 'red')]])
			assert.notDeepEqual(differences(expected, twin), [], `${what}, seed ${SEED}`);
	}
});

test('rules that are not quite these tell something else', () => {
	const plain = new Oracle('').of(tasks);
	assert.notDeepEqual(differences(plain, run.told), [], `the week alone, seed ${SEED}`);
	const ever = new Oracle(run.text, false).of(tasks);
	assert.ok(differences(ever, run.told).every((one) => one.includes('two_yellow')));
	assert.notDeepEqual(differences(ever, run.told), [], `cards of all months, seed ${SEED}`);
});

test('the migration counts the yellow cards from before it', () => {
	const first = () => sql(server, `SELECT department, month, first_at FROM deadlines_yellow
		ORDER BY department, month`);
	const kept = first();
	const earliest = new Map();
	for (const card of ofType(run.events, 'task.card').filter((one) =>
		one.data.colour === 'yellow')) {
		const { department } = tasks.find((one) => one.id === card.task);
		const key = `${department} ${monthOf(ms(card.at)).replace('-', '')}`;
		earliest.set(key, Math.min(ms(card.at), earliest.get(key) ?? Infinity));
	}
	sql(server, 'DELETE FROM deadlines_yellow');
	sql(server, fs.readFileSync(new URL('../../sql/migrations/0053_cards.sql',
		import.meta.url), 'utf8'));
	assert.equal(first().length, kept.length);
	assert.deepEqual(first().map(([department, month, at]) =>
		[`${department} ${month}`, Number(at) / 1000]), [...earliest].sort());
});

endsCleanly(server);
