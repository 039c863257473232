/*
 * The month's figures on a history played through the interface with the test clock: the
 * worked example of one department in March, with an assist, a redo and a matter of a second
 * department beside it. Expected numbers are written out; the independent recount must agree.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { dueOf, monthSpan, NATIONAL } from '../recount/calendar.mjs';
import { differences, recount } from '../recount/recount.mjs';
import { local, moveTo, ms, now } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { anAppeal, close, complete, contact, leadOf, register, review, rowOf, sign, visit }
	from './lib/world.mjs';

const server = await startServer({ clock: local('2026-02-06 09:00') });
const leader = server.as('leader');
const unit = rowOf(server, 'CGJ');
const tasks = {};		/* number in the example -> lead task */
const facts = new Map();	/* task id -> fact for the recount */

const report = async (period, scope = 'all') =>
	(await leader.get(`/reports/${period}?scope=${scope}`, { expect: 200 })).json;
const own = (whole, code = 'CGJ') =>
	whole.departments.find((one) => one.department === code)?.measures;
const pair = (measure) => [measure.num, measure.den, measure.rate];

async function agree(period, scope = 'all') {
	const moment = Date.parse(await now(server));
	const counted = recount([...facts.values()], { ...monthSpan(period), now: moment }, scope);
	assert.deepEqual(differences(await report(period, scope), counted), []);
}

async function open(number, moment, changes = {}, place = unit) {
	await moveTo(server, moment);
	const appeal = await register(server, place, { channel: '12345', ...changes });
	const task = leadOf(appeal);
	const dispatched = Date.parse(appeal.received_at);
	const [due, sign_due, contact_due] = ['done', 'sign', 'contact'].map((kind) =>
		dueOf(NATIONAL, task.limit_class, dispatched, kind));
	tasks[number] = task;
	facts.set(task.id, { id: task.id, department: task.department, channel: appeal.channel,
		dispatched, sign_due, signed: null, contact_due, contacted: null, due,
		original_due: due, close: null, left: null, excluded: null, submissions: [],
		is_visitable: changes.caller?.visit_wanted !== false, visits: [], redos: [],
		returns: [] });
	assert.equal(ms(task.due), facts.get(task.id).due, `due of task ${number}`);
	return appeal;
}

const factOf = (number) => facts.get(tasks[number].id);
const instant = async () => Date.parse(await now(server));

/* From the signature to the submission in one moment. */
async function handed(number) {
	const at = await instant();
	const fact = factOf(number);
	fact.signed ??= at;
	fact.contacted ??= at;
	if (fact.close === null)
		fact.submissions.push({ at, is_refused: false });
	fact.close ??= at;
}

async function shut(number, moment) {
	await moveTo(server, moment);
	await handed(number);
	await close(server, tasks[number]);
}

async function ask(number, moment, result, changes = {}) {
	await moveTo(server, moment);
	factOf(number).visits.push({ at: await instant(), result,
		solved: result === null ? null : 'yes', contacted: result === null ? null : true,
		...changes });
	return visit(server, tasks[number], result, changes);
}

test('the history of February and early March is played', async () => {
	await open(8, '2026-02-06 10:00');
	await open(7, '2026-02-11 10:00', { caller: { name: '钱七', phone: '13800007777',
		visit_wanted: false } });
	await open(1, '2026-02-27 10:00');
	await open(2, '2026-02-28 10:00', { channel: '110' });
	await shut(7, '2026-03-02 10:00');
	await open(14, '2026-03-02 11:00');
	await open(3, '2026-03-03 10:00', { channel: '110' });
	await server.as('operator').post(`/appeals/${tasks[14].appeal}/merge`,
		{ into: tasks[1].appeal }, { expect: 200 });
	factOf(14).left = { how: 'merged', at: await instant() };
	await shut(1, '2026-03-04 10:00');
	await ask(1, '2026-03-04 11:00', 'satisfied');
	await open('jtj', '2026-03-05 10:00', {}, rowOf(server, 'JTJ'));
	await server.as('dispatcher').post(`/appeals/${tasks.jtj.appeal}/dispatch`,
		{ department: 'JTJ', assist: ['CGJ'], advice: '请城管协办' }, { expect: 200 });
	await shut(2, '2026-03-06 10:00');
	await ask(2, '2026-03-06 11:00', 'basically_satisfied');
	await open(9, '2026-03-09 10:00');
	await server.department('CGJ').post(`/tasks/${tasks[9].id}/return`,
		{ reason: 'not_my_duty', basis: '三定规定', propose: 'JTJ' }, { expect: 200 });
	await moveTo(server, '2026-03-11 10:00');
	await server.as('dispatcher').post(`/tasks/${tasks[9].id}/return/accept`, {}, { expect: 200 });
	factOf(9).returns.push({ is_refused: false });
	factOf(9).left = { how: 'returned', at: await instant() };
	await shut(3, '2026-03-12 10:00');
	await ask(3, '2026-03-12 11:00', 'dissatisfied', { reason: 'policy', solved: 'no' });
	await open(4, '2026-03-13 10:00');
});

test('while the month runs, its end is now: what is not due is within the limit only',
	async () => {
		await moveTo(server, '2026-03-16 09:00');
		const whole = await report('2026-03');
		const m = own(whole);
		assert.equal(whole.state, 'open');
		assert.deepEqual(pair(m.on_time), [2, 3, '66.67']);
		assert.deepEqual(pair(m.completion), [4, 5, '80.00']);
		assert.equal(m.overdue_stock, 1);
		assert.equal(m.within_limit, 1);
		await agree('2026-03');
	});

test('the rest of March and the redo of April are played', async () => {
	await open(11, '2026-03-18 10:00');
	await open(12, '2026-03-24 10:00');
	await open(13, '2026-03-24 11:00');
	await open(10, '2026-03-24 12:00');
	await moveTo(server, '2026-03-26 10:00');
	await server.as('dispatcher').post(`/tasks/${tasks[11].id}/exclude`,
		{ ground: 'G6', evidence: '停电通知' }, { expect: 200 });
	await server.as('supervisor').post(`/tasks/${tasks[11].id}/exclude/approve`, {},
		{ expect: 200 });
	factOf(11).excluded = await instant();
	await open(5, '2026-03-27 10:00');
	await open(6, '2026-03-27 11:00', { channel: '110' });
	await shut(5, '2026-03-30 10:00');
	await sign(server, tasks[10]);
	factOf(10).signed = await instant();
	await server.department('CGJ').post(`/tasks/${tasks[10].id}/extend`, { days: 5,
		reason: '需更换电缆', caller_informed: true }, { expect: 200 });
	await server.as('dispatcher').post(`/tasks/${tasks[10].id}/extend/approve`, {},
		{ expect: 200 });
	Object.assign(factOf(10), { due: ms(local('2026-04-08 23:59:59')), is_extended: true });
	for (const moment of ['2026-03-30 15:00', '2026-03-31 10:00', '2026-03-31 19:00'])
		await ask(5, moment, null);
	await moveTo(server, '2026-03-31 23:59');
	await sign(server, tasks[12]);
	await contact(server, tasks[12]);
	await complete(server, tasks[12]);
	await handed(12);
	await moveTo(server, '2026-04-01 09:00');
	await review(server, tasks[12]);
	await ask(12, '2026-04-02 10:00', 'dissatisfied', { reason: 'result', solved: 'no' });
	factOf(12).redos.push({ from: ms(local('2026-04-02 10:00')), passed: null });
});

test('while a redo runs the first answer counts', async () => {
	const m = own(await report('2026-03'));
	assert.deepEqual(pair(m.satisfaction), [2, 4, '50.00']);
	await agree('2026-03');
	await ask(12, '2026-04-03 10:00', 'very_satisfied');
	assert.deepEqual(pair(own(await report('2026-03')).satisfaction), [2, 4, '50.00']);
	await agree('2026-03');
});

test('after the redo has passed the last answer counts, and the close stays', async () => {
	await moveTo(server, '2026-04-07 10:00');
	await contact(server, tasks[12]);
	await complete(server, tasks[12]);
	await review(server, tasks[12]);
	factOf(12).redos[0].passed = ms(local('2026-04-07 10:00'));
	await ask(12, '2026-04-09 10:00', 'satisfied');
	await moveTo(server, '2026-04-10 09:00');
	await agree('2026-03');
});

const EXPECTED = {
	on_time: [4, 7, '57.14', false],
	completion: [6, 9, '66.67', false],
	satisfaction: [3, 4, '75.00', false],
	satisfaction_strict: [2, 4, '50.00', false],
	satisfaction_first: [2, 4, '50.00', false],
	visit_coverage: [4, 5, '80.00', false],
	satisfaction_low: [3, 5, '60.00', false],
	satisfaction_high: [4, 5, '80.00', false],
	exclusion: [1, 8, '12.50', false],
};

for (const [name, [num, den, rate, meets]] of Object.entries(EXPECTED))
	test(`March of the example: ${name} is ${num} of ${den}, ${rate}`, async () => {
		assert.deepEqual(own(await report('2026-03'))[name], { num, den, rate, meets });
	});

test('March of the example: three stay overdue; April carries them', async () => {
	const march = own(await report('2026-03'));
	assert.equal(march.overdue_stock, 3);
	assert.equal(march.within_limit, 2);
	const april = own(await report('2026-04'));
	assert.deepEqual(pair(april.on_time), [0, 2, '0.00']);
	assert.deepEqual(pair(april.completion), [0, 5, '0.00']);
});

test('the assist counts in no lead rate of its department', async () => {
	const whole = await report('2026-03');
	assert.equal(own(whole).on_time.den, 7);
	assert.deepEqual(pair(own(whole, 'JTJ').on_time), [0, 1, '0.00']);
	assert.deepEqual(pair(whole.total.measures.on_time), [4, 8, '50.00']);
});

test('a zero base is null, never nought or a hundred percent', async () => {
	const empty = (await report('2025-01')).total.measures;
	assert.equal(Object.keys(empty).length, 24);
	for (const [name, figure] of Object.entries(empty))
		assert.deepEqual(figure, /stock|within/.test(name) ? 0 :
			{ num: 0, den: 0, rate: null, meets: null }, name);
	const scoped = (await report('2026-03', 'enterprise')).total.measures;
	assert.equal(scoped.on_time.rate, null);
});

test('every month and scope agrees with the independent recount', async () => {
	for (const period of ['2026-02', '2026-03', '2026-04'])
		for (const scope of ['all', '110', '12345', 'enterprise'])
			await agree(period, scope);
});

/* The list behind a number, in one department or in all. */
const behind = (period, measure, part, scope, code) => leader.all(
	`/reports/${period}/tasks?measure=${measure}&part=${part}&scope=${scope}` +
	(code ? `&department=${code}` : ''));

test('every figure opens: the list is as long as the number', async () => {
	for (const period of ['2026-02', '2026-03', '2026-04'])
		for (const scope of ['all', '110']) {
			const whole = await report(period, scope);
			const places = [...whole.departments.map((one) => [one.department, one.measures]),
				[null, whole.total.measures]];
			for (const [code, measures] of places)
				for (const name of Object.keys(measures))
					await opens(period, scope, code, name, measures[name]);
		}
});

async function opens(period, scope, code, name, figure) {
	const parts = typeof figure === 'number' ? { num: figure } :
		{ num: figure.num, den: figure.den, missed: figure.den - figure.num };
	for (const [part, length] of Object.entries(parts)) {
		const list = await behind(period, name, part, scope, code);
		assert.equal(list.length, length, `${period} ${scope} ${code ?? 'total'} ${name} ${part}`);
		assert.equal(new Set(list.map((item) => `${item.task} ${item.submitted_at}`)).size,
			list.length, 'no task or submission twice');
		for (const item of list)
			assert.ok(item.why, JSON.stringify(item));
	}
}

test('each task behind the completion says why it is there', async () => {
	const list = await behind('2026-03', 'completion', 'den', 'all', 'CGJ');
	const why = {};
	for (const item of list)
		why[item.why] = (why[item.why] ?? 0) + 1;
	assert.deepEqual(why, { N1: 4, N2: 1, N3: 2, O1: 1, O2: 1 });
	const late = await behind('2026-03', 'overdue_stock', 'num', 'all', 'CGJ');
	assert.deepEqual(late.map((item) => item.why).sort(), ['N3', 'N3', 'O2']);
	const missed = await behind('2026-03', 'completion', 'missed', 'all', 'CGJ');
	assert.deepEqual(missed.map((item) => item.task), late.map((item) => item.task));
	const category = rowOf(server, 'CGJ').category;
	assert.ok(missed.every((item) => item.category === category), 'each names its category');
});

test('reports name their period, target, calendar and rule set', async () => {
	const whole = await report('2026-03');
	assert.equal(whole.period, '2026-03');
	assert.equal(whole.scope, 'all');
	assert.equal(whole.target, 90);
	assert.ok(whole.as_of && whole.rule_set && whole.calendar);
	assert.ok(own(whole) && whole.departments[0].name && whole.departments[0].peer_group);
});

test('a department sees its own rows and the totals', async () => {
	const answer = await server.department('CGJ').get('/reports/2026-03', { expect: 200 });
	assert.deepEqual(answer.json.departments.map((one) => one.department), ['CGJ']);
	assert.deepEqual(answer.json.total, (await report('2026-03')).total);
	await server.department('CGJ').get(
		'/reports/2026-03/tasks?department=JTJ&measure=on_time&part=den', { expect: [403, 404] });
	await server.as('intake', { channel: '110' }).get('/reports/2026-03', { expect: 403 });
});

test('unknown periods, scopes, measures and parts are refused', async () => {
	for (const path of ['/reports/2026-13', '/reports/march', '/reports/2026-02-30',
		'/reports/2026-03?scope=fax',
		'/reports/2026-03/tasks?measure=beauty&part=num',
		'/reports/2026-03/tasks?measure=on_time&part=middle'])
		await leader.get(path, { expect: [400, 404, 422] });
});

test('praise and anonymous matters count for completion and are not visited', async () => {
	await moveTo(server, '2026-04-13 09:00');
	for (const changes of [{ content_class: 'praise' }, { caller: { anonymous: true } }]) {
		const task = leadOf((await server.as('operator').register(
			anAppeal(rowOf(server, 'GAJ'), changes), { expect: 201 })).json);
		await close(server, task);
	}
	await moveTo(server, '2026-04-13 10:00');
	const m = own(await report('2026-04'), 'GAJ');
	assert.deepEqual(pair(m.on_time), [2, 2, '100.00']);
	assert.equal(m.visit_coverage.den, 0);
});

test('the command prints what the interface answers', async () => {
	for (const period of ['2026-03', '2026-Q1', '2026', '2026-W14', '2026-03-31']) {
		const said = JSON.parse(server.command(['report', period, '--json'],
			{ expect: 0 }).stdout);
		assert.deepEqual({ ...said, as_of: '' }, { ...await report(period), as_of: '' });
	}
});

endsCleanly(server);
