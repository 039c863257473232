/*
 * The reports against the independent recount: first the recount itself on worked examples and
 * spoilt twins, then invented histories, then real ones where a file of them is at hand
 * (LIANDONG_REAL_APPEALS and LIANDONG_REAL_CALENDAR).
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { inParallel } from '../e2e/lib/until.mjs';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { calendarFromFile, dayNamed, lastSecondOf, monthSpan, nameOf, NATIONAL, startOf }
	from './calendar.mjs';
import { factOf, months } from './facts.mjs';
import { dice, histories } from './histories.mjs';
import { differences, figures, rateText, recount } from './recount.mjs';
import { importLine, readLines } from './replied_to_import.mjs';

const NOW = '2026-07-15T09:00:00+08:00';
const SEED = Number(process.env.TEST_SEED ?? 4711);
const COUNT = Number(process.env.TEST_HISTORIES ?? 1200);
const at = (text) => Date.parse(`2026-${text.length === 5 ? text + 'T12:00:00' : text}+08:00`);
const end = (text) => lastSecondOf(dayNamed(`2026-${text}`));

/* ---- the recount by itself ---- */

/* The worked example: number, due, close, answers. */
function example() {
	const fact = (id, due, close, answers = [], more = {}) => ({ id, department: 'A',
		channel: '12345', dispatched: startOf(dayNamed('2026-01-05')), due: end(due),
		close: close === null ? null : at(close), is_visitable: true,
		visits: answers.map(([when, result]) => ({ at: at(when), result })), redos: [], ...more });
	return [
		fact(1, '03-05', '03-04', [['03-05', 'satisfied']]),
		fact(2, '03-06', '03-06', [['03-07', 'basically_satisfied']]),
		fact(3, '03-10', '03-12', [['03-13', 'dissatisfied']]),
		fact(4, '03-20', null),
		fact(5, '04-03', '03-30', [['03-31', null], ['04-01', null], ['04-02', null]]),
		fact(6, '04-03', null),
		fact(7, '02-25', '03-02', [], { is_visitable: false }),
		fact(8, '02-20', null),
		fact(10, '04-08', null),
		fact(12, '03-31', '03-31T23:59:00', [['04-02', 'dissatisfied'], ['04-09', 'satisfied']],
			{ redos: [{ from: at('04-02'), passed: at('04-08') }] }),
		fact(13, '03-31', null),
	];
}
const MARCH = { ...monthSpan('2026-03'), now: at('04-10') };

test('the recount gives the worked example of March', () => {
	const m = figures(example(), MARCH);
	const pair = ({ num, den, rate }) => [num, den, rate];
	assert.deepEqual(pair(m.on_time), [4, 7, '57.14']);
	assert.deepEqual(pair(m.completion), [6, 9, '66.67']);
	assert.equal(m.completion.meets, false);
	assert.deepEqual(pair(m.satisfaction), [3, 4, '75.00']);
	assert.deepEqual(pair(m.satisfaction_strict), [2, 4, '50.00']);
	assert.deepEqual(pair(m.satisfaction_first), [2, 4, '50.00']);
	assert.deepEqual(pair(m.visit_coverage), [4, 5, '80.00']);
	assert.deepEqual(pair(m.satisfaction_low), [3, 5, '60.00']);
	assert.deepEqual(pair(m.satisfaction_high), [4, 5, '80.00']);
	assert.equal(m.overdue_stock, 3);
	assert.equal(m.within_limit, 2);
	const april = figures(example(), { ...monthSpan('2026-04'), now: at('05-10') });
	assert.equal(april.completion.den - april.on_time.den, 3, 'what stayed is carried');
});

test('rates are rounded half up from integers, and a missed target never shows as met', () => {
	assert.equal(rateText(9, 10), '90.00');
	assert.equal(rateText(8999, 10000), '89.99');
	assert.equal(rateText(89996, 100000), '89.996');
	assert.equal(rateText(899996, 1000000), '89.9996');
	assert.equal(rateText(1, 3), '33.33');
	assert.equal(rateText(2, 3), '66.67');
	assert.equal(rateText(1, 800), '0.13');
	assert.equal(rateText(0, 0), null);
});

const DUE = [['2024-02-08', 5, '2024-02-21'], ['2024-02-09', 1, '2024-02-18'],
	['2024-04-27', 1, '2024-04-28'], ['2024-04-30', 1, '2024-05-06'],
	['2024-09-13', 1, '2024-09-14'], ['2024-09-13', 2, '2024-09-18'],
	['2024-09-30', 5, '2024-10-12'], ['2025-01-24', 1, '2025-01-26'],
	['2025-01-27', 1, '2025-02-05'], ['2025-01-27', 5, '2025-02-10'],
	['2025-02-07', 1, '2025-02-08'], ['2025-04-26', 1, '2025-04-27'],
	['2025-04-30', 1, '2025-05-06'], ['2025-09-30', 1, '2025-10-09'],
	['2025-09-30', 5, '2025-10-14'], ['2025-12-31', 1, '2026-01-04'],
	['2025-12-31', 5, '2026-01-08'], ['2026-01-03', 1, '2026-01-04'],
	['2026-02-13', 1, '2026-02-14'], ['2026-02-14', 1, '2026-02-24'],
	['2026-02-14', 5, '2026-02-28'], ['2026-05-08', 1, '2026-05-09'],
	['2026-05-08', 2, '2026-05-11'], ['2026-06-18', 1, '2026-06-22'],
	['2026-09-18', 1, '2026-09-20'], ['2026-09-24', 1, '2026-09-28'],
	['2026-09-30', 5, '2026-10-13'], ['2026-09-30', 15, '2026-10-27']];

test('its calendar gives the published due days', () => {
	for (const [day, n, due] of DUE)
		assert.equal(nameOf(NATIONAL.after(dayNamed(day), n)), due, `${day} + ${n}`);
});

/* Ways in which real systems count wrongly; each must differ from the recount. */
const TWINS = [
	['open late ones leave the base', (facts) => facts.filter((one) => one.close !== null)],
	['what is not yet due joins the base', (facts) => facts.map((one) =>
		({ ...one, due: Math.min(one.due, MARCH.t1 - 1000) }))],
	['the last day of the month is cut off', (facts) => facts.map((one) =>
		({ ...one, due: one.due + 1000, close: one.close && one.close + 60_000 }))],
	['the carried ones are forgotten', (facts) => facts.filter((one) => one.due >= MARCH.t0)],
	['silence counts as satisfied', (facts) => facts.map((one) => ({ ...one,
		visits: one.visits.map((answer) => ({ ...answer, result: answer.result ?? 'satisfied' })) }))],
	['those not to be visited are counted as unreached', (facts) => facts.map((one) =>
		({ ...one, is_visitable: true }))],
	['the first answer is lost', (facts) => facts.map((one) =>
		({ ...one, visits: one.visits.slice(-1) }))],
	['a redo still running takes the last answer', (facts) => facts.map((one) => ({ ...one,
		redos: one.redos.map((redo) => ({ ...redo, passed: null })) }))],
	['a missing due moment is taken as now', (facts) => facts.map((one) =>
		one.close === null ? { ...one, due: MARCH.now } : one)],
];

const asReport = (counted, period = '2026-03') => ({ period,
	total: { measures: counted.total }, departments: [...counted.departments]
		.map(([department, measures]) => ({ department, measures })) });

for (const [what, spoil] of TWINS)
	test(`the comparison sees a count in which ${what}`, () => {
		const right = recount(example(), MARCH);
		assert.deepEqual(differences(asReport(right), right), []);
		assert.ok(differences(asReport(recount(spoil(example()), MARCH)), right).length > 0);
	});

test('the comparison sees a number, a rate or a verdict off by the least', () => {
	const right = recount(example(), MARCH);
	for (const spoil of [(m) => { m.on_time.num += 1; }, (m) => { m.overdue_stock += 1; },
		(m) => { m.completion.rate = '66.66'; }, (m) => { m.completion.meets = true; }]) {
		const report = structuredClone(asReport(right));
		spoil(report.departments[0].measures);
		assert.equal(differences(report, right).length, 1);
	}
});

/* ---- against the server ---- */

const server = await startServer({ clock: NOW });
const leader = server.as('leader');
const folder = fs.mkdtempSync('/tmp/liandong-recount-');
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function importFile(name, lines, ...more) {
	const file = `${folder}/${name}`;
	fs.writeFileSync(file, lines.map((line) =>
		(typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''));
	return server.command(['import', file, ...more]);
}

async function compare(facts, periods, scopes) {
	const now = Date.parse((await leader.get('/test/clock')).json?.now ?? NOW);
	const found = await inParallel(periods.flatMap((period) => scopes.map((scope) =>
		[period, scope])), 4, async ([period, scope]) => {
		const answer = await leader.get(`/reports/${period}?scope=${scope}`, { expect: 200 });
		return differences(answer.json, recount(facts, { ...monthSpan(period), now }, scope));
	});
	return found.flat();
}

const DEPARTMENTS = ['CGJ', 'JTJ', 'GSGS', 'BHJD'];
const SEEDS = 200, OF_EACH = 12;
const LATEST = Date.parse(NOW) - 3_600_000;
/* A large month to sum, and many seeds apart: each has a department of its own. */
const lines = [...histories(SEED, COUNT, DEPARTMENTS, LATEST),
	...Array.from({ length: SEEDS }, (_, i) => histories(SEED + 1 + i, OF_EACH,
		[`S${SEED + 1 + i}`], LATEST, COUNT + i * OF_EACH)).flat()];
const facts = lines.map((line) => factOf(line, NATIONAL));

test('invented histories are all imported', (t) => {
	t.diagnostic(`seeds ${SEED} to ${SEED + SEEDS}, ${lines.length} histories`);
	const done = importFile('invented.jsonl', lines, '--create-departments');
	assert.equal(done.status, 0, done.stderr.slice(-3000));
});

test('every month, department, scope and measure of them agrees with the recount', async () => {
	const found = await compare(facts, months('2024-11', '2026-07'),
		['all', '110', '12345', 'enterprise']);
	assert.deepEqual(found.slice(0, 30), [], `${found.length} differences, seed ${SEED}`);
});

test('the recount does not agree when one history is left out', async () => {
	const closed = facts.findIndex((fact) => fact.close !== null);
	const found = await compare(facts.filter((_, i) => i !== closed),
		months('2024-11', '2026-07'), ['all']);
	assert.ok(found.length > 0);
});

test('the command line prints the same reports', async () => {
	for (const period of ['2025-01', '2025-08', '2026-07']) {
		const said = JSON.parse(server.command(['report', period, '--json'],
			{ expect: 0 }).stdout);
		const answer = (await leader.get(`/reports/${period}`, { expect: 200 })).json;
		assert.deepEqual({ ...said, as_of: '' }, { ...answer, as_of: '' });
	}
});

test('every figure of chosen months opens into as many tasks', async () => {
	const d = dice(SEED);
	for (const period of ['2025-01', '2025-12', '2026-07']) {
		const whole = (await leader.get(`/reports/${period}`, { expect: 200 })).json;
		for (const { department, measures } of whole.departments.filter((one) =>
			DEPARTMENTS.includes(one.department))) {
			const name = d.pick(Object.keys(measures));
			const parts = typeof measures[name] === 'number' ? { num: measures[name] } :
				{ num: measures[name].num, den: measures[name].den };
			for (const [part, length] of Object.entries(parts)) {
				const list = await leader.all(`/reports/${period}/tasks?department=` +
					`${department}&measure=${name}&part=${part}`);
				assert.equal(list.length, length, `${period} ${department} ${name} ${part}`);
			}
		}
	}
});

test('a second run of the same file adds nothing', async () => {
	const before = (await leader.get('/reports/2025-08')).json;
	const done = importFile('invented.jsonl', lines);
	assert.equal(done.status, 0, done.stderr.slice(-3000));
	const after = (await leader.get('/reports/2025-08')).json;
	assert.deepEqual({ ...after, as_of: '' }, { ...before, as_of: '' });
});

/* ---- bad input ---- */

const good = (n, changes = {}) => ({ channel: 'letter', external_no: `B-${n}`,
	title: `来信 ${n}`, text: '请修路灯', category: null, area: null, content_class: null,
	department: 'CGJ', limit_class: 'L3', received_at: '2025-03-03T09:00:00+08:00', events: [
		{ at: '2025-03-03T10:00:00+08:00', type: 'sign' },
		{ at: '2025-03-04T10:00:00+08:00', type: 'complete', result: 'solved', reply: '已修' },
		{ at: '2025-03-04T11:00:00+08:00', type: 'review_pass' }], ...changes });
const event = (at_, type, more = {}) => ({ at: at_, type, ...more });
const BAD = [
	['no JSON', '{"channel":'],
	['an unknown department', good('x1', { department: 'NOPE' })],
	['an unknown category', good('x2', { category: '999999' })],
	['an unknown channel', good('x3', { channel: 'fax' })],
	['an unknown limit class', good('x4', { limit_class: 'L9' })],
	['no title', good('x5', { title: '' })],
	['an unknown field', good('x6', { colour: 'red' })],
	['a time without zone', good('x7', { received_at: '2025-03-03T09:00:00' })],
	['an event before the receipt', good('x8', { events: [event('2025-03-02T09:00:00+08:00',
		'sign')] })],
	['events out of order', good('x9', { events: [event('2025-03-05T09:00:00+08:00', 'sign'),
		event('2025-03-04T09:00:00+08:00', 'contact')] })],
	['an unknown event', good('x10', { events: [event('2025-03-04T09:00:00+08:00', 'dance')] })],
	['a passed review of nothing', good('x11', { events: [event('2025-03-04T09:00:00+08:00',
		'review_pass')] })],
	['a list', '[1]'],
];

test('bad lines are told by number and cost no good one', async () => {
	const mixed = BAD.flatMap(([, line], i) => [good(i), line]);
	const done = importFile('mixed.jsonl', mixed);
	assert.notEqual(done.status, 0);
	for (const [i, [what]] of BAD.entries())
		assert.match(done.stderr, new RegExp(`(^|\\D)${2 * i + 2}(\\D|$)`, 'm'),
			`line ${2 * i + 2} (${what}) in: ${done.stderr.slice(0, 2000)}`);
	const stored = await server.as('supervisor').all('/appeals?channel=letter');
	assert.deepEqual(stored.map((one) => one.external_no).sort(),
		BAD.map((_, i) => `B-${i}`).sort());
});

test('an imported history reads like any other, with its own times', async () => {
	const [stored] = (await server.as('supervisor').all('/appeals?channel=letter'))
		.filter((one) => one.external_no === 'B-0');
	assert.equal(Date.parse(stored.received_at), Date.parse('2025-03-03T09:00:00+08:00'));
	const task = stored.tasks[0];
	assert.equal(Date.parse(task.due), Date.parse('2025-03-10T23:59:59+08:00'));
	assert.equal(task.state, 'closed');
	const events = await server.as('supervisor').all(`/appeals/${stored.id}/events`);
	const completed = events.find((one) => one.type === 'task.completed');
	assert.equal(Date.parse(completed.at), Date.parse('2025-03-04T10:00:00+08:00'));
	assert.ok(Date.parse(completed.recorded_at) >= Date.parse(NOW) - 1000);
	assert.deepEqual(events.filter((one) => one.type === 'task.card'), []);
});

test('a history that ran late is marked overdue at its own time and gets no card', async () => {
	importFile('late.jsonl', [good('late', { events: [] })]);
	const [stored] = (await server.as('supervisor').all('/appeals?channel=letter'))
		.filter((one) => one.external_no === 'B-late');
	const events = await server.as('supervisor').all(`/appeals/${stored.id}/events`);
	const late = events.filter((one) => one.type === 'task.overdue' && one.data.limit === 'done');
	assert.equal(late.length, 1);
	assert.ok(Math.abs(Date.parse(late[0].at) - Date.parse('2025-03-10T23:59:59+08:00')) <= 2000);
	assert.deepEqual(events.filter((one) => one.type === 'task.card'), []);
});

test('histories are taken and reports given while the demo is at rest', async () => {
	const before = (await leader.get('/reports/2025-03', { expect: 200 })).json;
	await server.stop();
	const done = importFile('rest.jsonl', [good('rest')]);
	assert.equal(done.status, 0, done.stderr);
	const said = JSON.parse(server.command(['report', '2025-03', '--json'],
		{ expect: 0 }).stdout);
	assert.equal(said.total.measures.on_time.den, before.total.measures.on_time.den + 1);
	await server.restart();
	const after = (await leader.get('/reports/2025-03', { expect: 200 })).json;
	assert.deepEqual(after.total, said.total);
});

endsCleanly(server);

/* ---- real histories ---- */

const REAL = process.env.LIANDONG_REAL_APPEALS;
const REAL_CALENDAR = process.env.LIANDONG_REAL_CALENDAR;
const skip = REAL && REAL_CALENDAR ? false :
	'no LIANDONG_REAL_APPEALS and LIANDONG_REAL_CALENDAR';

test('real appeals of ten years agree with the recount', { skip }, async (t) => {
	const real = await startServer({ clock: NOW });
	const seen = readLines(REAL).map(importLine);
	const file = `${folder}/real.jsonl`;
	fs.writeFileSync(file, seen.map((line) => JSON.stringify(line) + '\n').join(''));
	const args = ['import', file, '--create-departments', '--calendar', REAL_CALENDAR];
	real.command(args, { expect: 0 });
	const stored = await real.as('supervisor').all('/appeals?channel=web');
	assert.equal(stored.length, seen.length);
	const calendar = calendarFromFile(REAL_CALENDAR);
	const known = seen.map((line) => factOf(line, calendar));
	const span = months('2011-01', '2020-12');
	const found = [];
	for (const period of span) {
		const counted = recount(known, { ...monthSpan(period), now: Date.parse(NOW) });
		const answer = await real.as('leader').get(`/reports/${period}`, { expect: 200 });
		found.push(...differences(answer.json, counted));
		const said = real.command(['report', period, '--json'], { expect: 0 });
		found.push(...differences(JSON.parse(said.stdout), counted));
	}
	t.diagnostic(`${seen.length} appeals, ${span.length} months, ${found.length} differences`);
	assert.deepEqual(found.slice(0, 30), []);
	real.command(args, { expect: 0 });
	assert.equal((await real.as('supervisor').all('/appeals?channel=web')).length, seen.length,
		'a second run adds nothing');
	await real.stop();
});
