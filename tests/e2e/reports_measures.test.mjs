/*
 * Every measure by real steps: twelve tasks of one department, each with a turn of its own, and
 * the numbers that follow written out. In every kind of period, scope and sum, and each number
 * opened into its lists.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from './lib/database.mjs';
import { local, moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, complete, contact, leadOf, register, review, rowOf, sign, visit }
	from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const leader = server.as('leader');
const unit = rowOf(server, 'CGJ');
const tasks = {};
const post = (client, name, action, body) =>
	client.post(`/tasks/${tasks[name].id}/${action}`, body, { expect: 200 });
const department = server.department('CGJ');
const [operator, dispatcher, supervisor] = ['operator', 'dispatcher', 'supervisor']
	.map((role) => server.as(role));

const CHANNELS = { A: '110', D: 'enterprise', E: '110', F: '110', H: 'web' };
const caller = (name) => ({ name: '来电人', phone: `1370000${1000 + name.charCodeAt(0)}` });

async function open(name, person = name) {
	tasks[name] = leadOf(await register(server, unit, { channel: CHANNELS[name] ?? '12345',
		caller: caller(person) }));
}

async function handIn(name, pass = true) {
	await complete(server, tasks[name]);
	await review(server, tasks[name], pass);
}

test('Monday: eleven tasks arrive, some are signed and called, two are to go back', async () => {
	for (const name of 'ABCDEGHIJKL')
		await open(name);
	for (const name of 'AEHIL')
		await sign(server, tasks[name]);
	for (const name of 'AEHI')
		await contact(server, tasks[name]);
	for (const name of 'CD')
		await post(department, name, 'return',
			{ reason: 'not_my_duty', basis: '三定方案', propose: null });
});

test('Tuesday to Friday: each takes its turn', async () => {
	await moveTo(server, '2026-03-03 10:00');
	await handIn('A', false);
	await post(dispatcher, 'C', 'return/refuse', { reason: '属于职责' });
	await post(dispatcher, 'D', 'return/accept', {});
	await operator.post(`/appeals/${tasks.J.appeal}/withdraw`,
		{ reason: '不需要了', confirmed_by: 'none' }, { expect: 200 });
	await operator.post(`/appeals/${tasks.K.appeal}/merge`, { into: tasks.A.appeal },
		{ expect: 200 });
	await moveTo(server, '2026-03-04 10:00');
	await sign(server, tasks.B);
	await contact(server, tasks.B);
	for (const name of 'ABH')
		await handIn(name);
	await post(dispatcher, 'L', 'account', { plan: '列入计划', review_on: '2026-06-30' });
	await post(department, 'I', 'extend', { days: 5, reason: '等备件', caller_informed: true });
	await post(dispatcher, 'I', 'extend/approve', {});
	await moveTo(server, '2026-03-05 10:00');
	await visit(server, tasks.A, 'satisfied');
	await visit(server, tasks.B, 'dissatisfied',
		{ contacted: false, solved: 'partly', reason: 'result' });
	await visit(server, tasks.H);
	await handIn('E');
	await post(dispatcher, 'G', 'exclude', { ground: 'G6', evidence: '停电通知' });
	await post(supervisor, 'G', 'exclude/approve', {});
	await moveTo(server, '2026-03-06 10:00');
	await open('F', 'E');
	await moveTo(server, '2026-03-13 10:00');
});

const PRESENT = 12;
/* num, den, and of how many tasks the submissions are. */
const MARCH = {
	on_time: [4, 5], completion: [4, 5], original_limit: [4, 6], extension: [0, 5],
	satisfaction: [1, 2], satisfaction_strict: [1, 2], satisfaction_first: [1, 2],
	solved: [1, 2], contacted: [1, 2], double_yes: [1, 2], visit_attempted: [3, 4],
	visit_coverage: [2, 4], satisfaction_low: [1, 4], satisfaction_high: [3, 4],
	redo: [1, 2], review_refused: [1, 5, 4], returned: [2, 10], return_invalid: [1, 2],
	exclusion: [1, 6], sign_on_time: [4, 7], contact_on_time: [4, 7], recomplaint: [1, 4],
	overdue_stock: 1, within_limit: 2,
};
const WEEK_10 = { ...MARCH, on_time: [4, 4], completion: [4, 4], original_limit: [4, 4],
	extension: [0, 4], exclusion: [0, 4], sign_on_time: [4, 6], contact_on_time: [4, 6],
	overdue_stock: 0, within_limit: 3 };

const report = async (period, scope = 'all', who = leader) =>
	(await who.get(`/reports/${period}?scope=${scope}`, { expect: 200 })).json;
const shorten = (measures) => Object.fromEntries(Object.entries(measures).map(([name, figure]) =>
	[name, typeof figure === 'number' ? figure : [figure.num, figure.den]]));
const bare = (expected) => Object.fromEntries(Object.entries(expected).map(([name, figure]) =>
	[name, typeof figure === 'number' ? figure : figure.slice(0, 2)]));
const own = (whole) => whole.departments.find((one) => one.department === 'CGJ').measures;

test('the measures stand in their fixed order', async () => {
	assert.deepEqual(Object.keys((await report('2026-03')).total.measures), Object.keys(MARCH));
});

for (const period of ['2026-03', '2026-Q1', '2026'])
	test(`${period}: every measure of the department, its roll-up and the total`, async () => {
		const whole = await report(period);
		assert.deepEqual(shorten(own(whole)), bare(MARCH));
		assert.deepEqual(whole.total.measures, own(whole));
		assert.deepEqual(whole.roll_up.map((one) => [one.department, one.measures]),
			[['YHQ', own(whole)]]);
	});

test('the week knows what was done in it, as it is known today', async () => {
	assert.deepEqual(shorten(own(await report('2026-W10'))), bare(WEEK_10));
});

test('a day counts what closed, was submitted, fell due and arrived in it', async () => {
	const of = async (day) => shorten((await report(day)).total.measures);
	const wednesday = await of('2026-03-04');
	assert.deepEqual([wednesday.on_time, wednesday.review_refused, wednesday.recomplaint,
		wednesday.sign_on_time, wednesday.returned, wednesday.visit_attempted],
	[[3, 3], [0, 3], [0, 3], [0, 0], [0, 0], [3, 3]]);
	/* L is on account from Wednesday on, and counts until then. */
	const monday = await of('2026-03-02');
	assert.deepEqual([monday.sign_on_time, monday.contact_on_time, monday.returned,
		monday.return_invalid, monday.on_time], [[5, 5], [4, 4], [2, 9], [1, 2], [0, 0]]);
	const tuesday = await of('2026-03-03');
	assert.deepEqual([tuesday.sign_on_time, tuesday.contact_on_time, tuesday.review_refused],
		[[0, 2], [0, 3], [1, 1]]);
	const thursday = await of('2026-03-05');
	assert.deepEqual([thursday.recomplaint, thursday.visit_attempted], [[1, 1], [0, 1]]);
});

test('a scope has the tasks of its channel only, and the channels sum up', async () => {
	const one10 = shorten((await report('2026-03', '110')).total.measures);
	assert.deepEqual([one10.on_time, one10.review_refused, one10.returned, one10.recomplaint,
		one10.sign_on_time, one10.within_limit],
	[[2, 2], [1, 3], [0, 3], [1, 2], [2, 3], 1]);
	const enterprise = shorten((await report('2026-03', 'enterprise')).total.measures);
	assert.deepEqual([enterprise.returned, enterprise.return_invalid, enterprise.on_time],
		[[1, 1], [0, 1], [0, 0]]);
});

/* ---- lists ---- */

const behind = (period, measure, part, scope = 'all') => leader.all(
	`/reports/${period}/tasks?measure=${measure}&part=${part}&scope=${scope}`);
const namesOf = (list) => list.map((item) => Object.keys(tasks).find((name) =>
	tasks[name].id === item.task) ?? item.task).sort().join('');

for (const [measure, figure] of Object.entries(MARCH))
	test(`${measure} opens into as many lines as it counts, and the rest stands outside`,
		async () => {
			const [num, den, of_tasks = den] = [].concat(figure, figure.length ? [] : 0);
			const [inNum, inDen, out] = await Promise.all(['num', 'den', 'out'].map((part) =>
				behind('2026-03', measure, part)));
			assert.deepEqual([inNum.length, inDen.length], [num, den]);
			const within = new Set([...inNum, ...inDen].map((item) => item.task));
			assert.equal(within.size, of_tasks || num);
			assert.equal(out.length, PRESENT - within.size);
			assert.deepEqual(out.filter((item) => within.has(item.task)), []);
			if (den)
				assert.deepEqual(inNum.filter((item) => !inDen.some((other) =>
					other.task === item.task && other.submitted_at === item.submitted_at)), []);
			for (const item of [...inNum, ...inDen, ...out])
				assert.ok(item.why && item.title && item.state, JSON.stringify(item));
		});

const TOLD = {
	solved: { num: 'A', den: 'AB', why: { A: 'yes', B: 'partly', E: 'unvisited', H: 'E16',
		C: 'open', D: 'E9', G: 'E14', J: 'E12', K: 'E26', L: 'E33' } },
	contacted: { num: 'A', den: 'AB', why: { A: 'yes', B: 'no' } },
	double_yes: { num: 'A', den: 'AB', why: { A: 'double_yes', B: 'double_no' } },
	redo: { num: 'B', den: 'AB', why: { A: 'S', B: 'sent_back' } },
	returned: { num: 'CD', den: 'ABCDEFHIJL', why: { A: 'not_returned', C: 'return_refused',
		D: 'return_asked', G: 'E14', K: 'E26' } },
	return_invalid: { num: 'C', den: 'CD', why: { C: 'return_refused', D: 'return_asked' } },
	sign_on_time: { num: 'AEHI', den: 'ABCEFHI', why: { A: 'kept', B: 'late', C: 'missed',
		F: 'missed', D: 'E9' } },
	contact_on_time: { num: 'AEHI', den: 'ABCEFHI', why: { B: 'late', C: 'missed' } },
	recomplaint: { num: 'E', den: 'ABEH', why: { E: 'recomplaint', A: 'settled', C: 'open' } },
	review_refused: { num: 'A', den: 'AABEH', why: { B: 'passed', C: 'not_submitted' } },
	visit_attempted: { num: 'ABH', den: 'ABEH', why: { H: 'E16', E: 'unvisited' } },
};

for (const [measure, { num, den, why }] of Object.entries(TOLD))
	test(`${measure}: each line is the task it should be, and says why`, async () => {
		assert.equal(namesOf(await behind('2026-03', measure, 'num')), num);
		assert.equal(namesOf(await behind('2026-03', measure, 'den')), den);
		const said = {};
		for (const part of ['den', 'out'])
			for (const item of await behind('2026-03', measure, part))
				said[namesOf([item])] = item.why;
		for (const [name, expected] of Object.entries(why))
			assert.equal(said[name], expected, `${measure} ${name}`);
	});

test('the lines of one task with two submissions are told apart by their time', async () => {
	const lines = (await behind('2026-03', 'review_refused', 'den'))
		.filter((item) => item.task === tasks.A.id);
	assert.deepEqual(lines.map((item) => [item.why, Date.parse(item.submitted_at)]),
		[['refused', Date.parse(local('2026-03-03 10:00'))],
			['passed', Date.parse(local('2026-03-04 10:00'))]]);
});

/* ---- what must not move a figure ---- */

test('E30: what the desk answered itself is in no department and no total', async () => {
	const before = await report('2026-03');
	const appeal = await register(server, { category: '160101', area: 'A01' },
		{ content_class: 'consultation' });
	assert.deepEqual(appeal.tasks, []);
	await operator.post(`/appeals/${appeal.id}/answer`, { text: '周一至周五可办理。' },
		{ expect: 200 });
	assert.deepEqual({ ...await report('2026-03'), as_of: '' }, { ...before, as_of: '' });
});

test('a report while a task is paused counts as one that is made when it goes on', async () => {
	const appeal = (await operator.register(anAppeal(unit, { caller: caller('P') }),
		{ expect: 201 })).json;
	tasks.P = leadOf(appeal);
	await sign(server, tasks.P);
	await post(dispatcher, 'P', 'pause', { ground: 'caller_material', until: '2026-03-27' });
	await moveTo(server, '2026-03-20 10:00');
	const paused = shorten(own(await report('2026-03')));
	await post(dispatcher, 'P', 'resume', {});
	assert.deepEqual(shorten(own(await report('2026-03'))), paused);
	assert.match(namesOf(await behind('2026-03', 'contact_on_time', 'out')), /P/);
	assert.match(namesOf(await behind('2026-03', 'within_limit', 'num')), /P/);
});

test('what is asked for is a value and never a piece of a statement', async () => {
	for (const path of ["/reports/2026-03'--", '/reports/2026-03?scope=all%27',
		"/reports/2026-03/tasks?measure=on_time&part=num&department=CGJ'%20OR%20'1'='1",
		"/reports/2026-03/tasks?measure=on_time'&part=num"])
		await leader.get(path, { expect: [404, 422] });
	assert.ok(Number(sql(server, 'SELECT COUNT(*) FROM tasks_task')[0][0]) >= 12);
});

endsCleanly(server);
