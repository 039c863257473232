/* Extensions: asked for before the due time, decided by the centre, within caps by class. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo, ms } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { complete, contact, eventsOf, leadOf, ofType, register, review, rowOf, sign, taskNow }
	from './lib/world.mjs';

/* On Monday; a limit of five working days ends on Monday the 9th. */
const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const own = server.department('CGJ');
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const leader = server.as('leader');

const BODY = { days: 5, reason: '配件需从外地采购', caller_informed: true };
const WATER = { category: '0101', area: 'A01' };	/* L1, and L0 when urgent */
const DRAINS = { category: '010504', area: 'A01' };	/* L5 */

async function inHand(place = where, changes = {}) {
	const task = leadOf(await register(server, place, changes));
	await sign(server, task);
	return contact(server, task);
}

const ask = (task, changes = {}, expect = 200) => server.department(task.department)
	.post(`/tasks/${task.id}/extend`, { ...BODY, ...changes }, { expect })
	.then((answer) => answer.json);
const approve = (task, who = dispatcher, expect = 200) =>
	who.post(`/tasks/${task.id}/extend/approve`, {}, { expect }).then((answer) => answer.json);
const refuse = (task, who = dispatcher, expect = 200) =>
	who.post(`/tasks/${task.id}/extend/refuse`, { reason: '理由不充分' }, { expect })
		.then((answer) => answer.json);
const overdueOf = async (task) => ofType(await eventsOf(server, task.appeal), 'task.overdue',
	task.id).filter((event) => event.data.limit === 'done');
const typesOf = async (task) =>
	(await eventsOf(server, task.appeal)).map((event) => event.type);

function assertComplains(problem, pointer, code) {
	assert.ok(problem.errors.some((one) => one.pointer === pointer && one.code === code),
		JSON.stringify(problem.errors));
}

test('ask extension (延期申请): it stays in hand with its due until the centre has decided',
	async () => {
		const task = await inHand();
		const asked = await ask(task);
		assert.equal(asked.state, 'in_hand');
		assert.equal(asked.due, task.due);
		assertSameTime(asked.extension_asked_at, '2026-03-02 09:00');
		assert.equal(asked.version, task.version + 1);
		const event = ofType(await eventsOf(server, task.appeal),
			'task.extension_requested')[0];
		assert.equal(event.task, task.id);
		assert.deepEqual([event.data.days, event.data.unit, event.data.reason,
			event.data.caller_informed],
		[5, 'working_days', BODY.reason, true]);
		const again = await ask(task, {}, 409);
		assert.equal(again.code, 'illegal_step');
		assert.ok(!again.allowed.includes('extend'), again.allowed.join());
		assert.ok(again.allowed.includes('extend/approve'), again.allowed.join());
	});

test('an approval adds working days to the due time; the original due stays', async () => {
	const task = await inHand();
	await ask(task);
	const longer = await approve(task);
	assertSameTime(task.due, '2026-03-09 23:59:59');
	assertSameTime(longer.due, '2026-03-16 23:59:59');
	assert.equal(longer.original_due, task.original_due);
	assert.deepEqual([longer.extensions, longer.extension_asked_at], [1, null]);
	const event = ofType(await eventsOf(server, task.appeal), 'task.extension_decided')[0];
	assert.deepEqual([event.data.approved, event.data.days, event.data.annuls_overdue],
		[true, 5, false]);
	assertSameTime(event.data.due_before, '2026-03-09 23:59:59');
	assertSameTime(event.data.due, '2026-03-16 23:59:59');
	const receipt = (await own.get(`/tasks/${task.id}/deadline`, { expect: 200 })).json;
	assert.equal(receipt.due, longer.due);
	assert.equal(receipt.original_due, task.due);
	assert.equal(receipt.changes.length, 1);
	const [change] = receipt.changes;
	assert.deepEqual([change.kind, change.days, change.due_before, change.due_after],
		['extended', 5, task.due, longer.due]);
	assert.match(change.reason, /延期 5 个工作日/);
	assert.match(change.reason_en, /5 working days/);
	const list = await own.all(`/tasks/${task.id}/extensions`);
	assert.equal(list.length, 1);
	assert.deepEqual([list[0].days, list[0].unit, list[0].decision, list[0].due_after],
		[5, 'working_days', 'approved', longer.due]);
});

test('a class that is extended once is not extended twice', async () => {
	const task = await inHand();
	await ask(task, { days: 1 });
	await approve(task);
	const problem = await ask(task, { days: 1 }, 409);
	assert.equal(problem.code, 'extension_used');
	assert.ok(!problem.allowed.includes('extend'));
	assertSameTime((await taskNow(server, task)).due, '2026-03-10 23:59:59');
});

test('a refused request may be asked again; the due time never moved', async () => {
	const task = await inHand();
	await ask(task);
	const refused = await refuse(task);
	assert.deepEqual([refused.due, refused.extensions, refused.extension_asked_at],
		[task.due, 0, null]);
	const event = ofType(await eventsOf(server, task.appeal), 'task.extension_decided')[0];
	assert.deepEqual([event.data.approved, event.data.reason], [false, '理由不充分']);
	await ask(task);
	assertSameTime((await approve(task)).due, '2026-03-16 23:59:59');
	const list = await dispatcher.all(`/tasks/${task.id}/extensions`);
	assert.deepEqual(list.map((one) => one.decision), ['refused', 'approved']);
	assert.equal(list[0].decided_reason, '理由不充分');
});

const CAPS = [
	['L1', WATER, {}, 24, 'hours', '2026-03-04 09:00:00', dispatcher],
	['L2', where, { content_class: 'consultation' }, 2, 'working days',
		'2026-03-05 23:59:59', dispatcher],
	['L3', where, {}, 5, 'working days', '2026-03-16 23:59:59', dispatcher],
	['L4', where, { content_class: 'report' }, 10, 'working days', '2026-03-30 23:59:59',
		dispatcher],
	['L5', DRAINS, {}, 15, 'working days', '2026-04-14 23:59:59', leader],
];
for (const [limit_class, place, changes, most, unit, due, who] of CAPS)
	test(`${limit_class} is extended by at most ${most} ${unit}`, async () => {
		const task = await inHand(place, changes);
		assert.equal(task.limit_class, limit_class);
		const plan = '分两期改造，先疏通后翻建';
		const problem = await ask(task, { days: most + 1, plan }, 422);
		assertComplains(problem, '#/days', 'too_long');
		assert.match(problem.errors[0].detail, new RegExp(`${most} ${unit}`));
		assert.ok(!(await typesOf(task)).includes('task.extension_requested'));
		await ask(task, { days: most, plan });
		const longer = await approve(task, who);
		assertSameTime(longer.due, due);
		assert.equal(longer.original_due, task.original_due);
	});

test('an urgent task is never extended', async () => {
	const task = await inHand(WATER, { urgent: true });
	assert.equal(task.limit_class, 'L0');
	const problem = await ask(task, { days: 1 }, 409);
	assert.equal(problem.code, 'extension_not_allowed');
	assert.equal((await taskNow(server, task)).version, task.version);
});

test('a complex task needs a plan, and a leader decides on it; on no other does a leader',
	async () => {
		const complex = await inHand(DRAINS);
		assertComplains(await ask(complex, {}, 422), '#/plan', 'missing');
		await ask(complex, { plan: '分两期改造' });
		for (const who of [dispatcher, supervisor]) {
			assert.equal((await approve(complex, who, 403)).code, 'leader_needed');
			assert.equal((await refuse(complex, who, 403)).code, 'leader_needed');
		}
		assert.equal((await taskNow(server, complex)).due, complex.due);
		assert.equal((await approve(complex, leader)).extensions, 1);
		const plain = await inHand();
		await ask(plain);
		await approve(plain, leader, 403);
		await refuse(plain, leader, 403);
		assert.equal((await approve(plain, supervisor)).extensions, 1);
	});

test('every complaint about a request is told at once', async () => {
	const task = await inHand();
	const problem = await ask(task, { days: 99, reason: '', caller_informed: false }, 422);
	assertComplains(problem, '#/days', 'too_long');
	assertComplains(problem, '#/caller_informed', 'caller_not_informed');
	assert.ok(problem.errors.some((one) => one.pointer === '#/reason'));
	await own.post(`/tasks/${task.id}/extend`, {}, { expect: 422 });
	await ask(task, { days: 0 }, 422);
	await ask(task, { caller_informed: undefined }, 422);
	assert.equal((await taskNow(server, task)).version, task.version);
});

test('only the department of the task asks, only the centre decides', async () => {
	const task = await inHand();
	await server.department('JTJ').post(`/tasks/${task.id}/extend`, BODY, { expect: 404 });
	for (const role of ['dispatcher', 'operator', 'reviewer', 'leader'])
		await server.as(role).post(`/tasks/${task.id}/extend`, BODY, { expect: 403 });
	await ask(task);
	for (const role of ['operator', 'reviewer', 'visitor', 'auditor', 'admin'])
		await approve(task, server.as(role), 403);
	await approve(task, own, 403);
	await server.department('JTJ').get(`/tasks/${task.id}/extensions`, { expect: 404 });
	const stale = await dispatcher.post(`/tasks/${task.id}/extend/approve`, {},
		{ etag: '"t-1"', expect: 412 });
	assert.match(stale.type, /problem/);
	assert.equal((await approve(task)).extensions, 1);
});

test('a task that is not in hand is not extended', async () => {
	const unsigned = leadOf(await register(server, where));
	const problem = await ask(unsigned, {}, 409);
	assert.equal(problem.code, 'illegal_step');
	assert.ok(problem.allowed.includes('sign'), problem.allowed.join());
	assert.equal((await approve(unsigned, dispatcher, 409)).code, 'illegal_step');
	assert.equal((await refuse(unsigned, dispatcher, 409)).code, 'illegal_step');
});

test('who dispatched a task by hand does not decide on its extension', async () => {
	const appeal = await register(server, { category: '160101', area: 'A01' });
	assert.equal(appeal.state, 'accepted');
	const sent = await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: '' }, { expect: 200 });
	const task = leadOf(sent.json);
	await sign(server, task);
	await ask(task);
	assert.equal((await approve(task, dispatcher, 403)).code, 'separation_of_duty');
	assert.equal((await refuse(task, dispatcher, 403)).code, 'separation_of_duty');
	const second = await newKey(server, 'dispatcher-2', 'dispatcher');
	assert.equal((await approve(task, second)).extensions, 1);
});

test('an outsourced dispatcher does not decide', async () => {
	const task = await inHand();
	await ask(task);
	const outsourced = await newKey(server, 'dispatcher-3', 'dispatcher', '--outsourced');
	assert.equal((await approve(task, outsourced, 403)).code, 'outsourced');
	assert.equal((await refuse(task, outsourced, 403)).code, 'outsourced');
	assert.equal((await taskNow(server, task)).extensions, 0);
});

test('an approval and a refusal at once: one of them is the decision', async () => {
	for (let i = 0; i < 5; i++) {
		const task = await inHand();
		await ask(task);
		const both = await Promise.all([
			dispatcher.post(`/tasks/${task.id}/extend/approve`, {}),
			supervisor.post(`/tasks/${task.id}/extend/refuse`, { reason: '不同意' })]);
		assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
		const decided = ofType(await eventsOf(server, task.appeal),
			'task.extension_decided');
		assert.equal(decided.length, 1);
		assert.equal((await taskNow(server, task)).extensions,
			decided[0].data.approved ? 1 : 0);
	}
});

/* Five tasks that come due on Monday the 9th, each with another story. */
const story = {};

test('an extension may be asked for in the very last second, and not after it', async () => {
	for (const name of ['approved_late', 'refused_late', 'too_late', 'submitted', 'untouched'])
		story[name] = await inHand();
	await moveTo(server, '2026-03-09 23:59:59');
	await ask(story.approved_late);
	await ask(story.refused_late);
	await ask(story.submitted);
	await complete(server, story.submitted);
	await moveTo(server, '2026-03-10 00:00:00');
	const problem = await ask(story.too_late, {}, 409);
	assert.equal(problem.code, 'extension_too_late');
	assert.equal((await overdueOf(story.too_late)).length, 1);
});

test('E7: until a decision the old due counts, a late approval annuls the overdue mark',
	async () => {
		const task = story.approved_late;
		assert.equal((await overdueOf(task)).length, 1, 'overdue while undecided');
		await moveTo(server, '2026-03-11 10:00');
		const longer = await approve(task);
		assertSameTime(longer.due, '2026-03-16 23:59:59');
		assert.equal(longer.original_due, task.original_due);
		const event = ofType(await eventsOf(server, task.appeal),
			'task.extension_decided')[0];
		assert.equal(event.data.annuls_overdue, true);
		const overdue = await server.as('supervisor').all('/appeals?overdue=true');
		assert.ok(!overdue.some((one) => one.id === task.appeal));
	});

test('E7: a late refusal leaves it overdue from the old due time', async () => {
	const task = story.refused_late;
	const refused = await refuse(task);
	assertSameTime(refused.due, '2026-03-09 23:59:59');
	const event = ofType(await eventsOf(server, task.appeal), 'task.extension_decided')[0];
	assert.equal(event.data.approved, false);
	const marks = await overdueOf(task);
	assert.equal(marks.length, 1);
	assertSameTime(marks[0].at, '2026-03-10 00:00:00');
});

test('what was submitted in time is no overdue task that an approval could annul', async () => {
	const task = story.submitted;
	const longer = await approve(task);
	assert.equal(longer.state, 'review_pending');
	const event = ofType(await eventsOf(server, task.appeal), 'task.extension_decided')[0];
	assert.equal(event.data.annuls_overdue, false);
	assert.equal((await review(server, task)).state, 'closed');
	assert.deepEqual(await overdueOf(task), []);
});

test('the new due time has its own warning and overdue mark, once each', async () => {
	await moveTo(server, '2026-03-13 23:59:58');
	const task = story.approved_late;
	const warned = async () => ofType(await eventsOf(server, task.appeal), 'task.warned');
	assert.equal((await warned()).length, 1, 'for the first due');
	await moveTo(server, '2026-03-16 23:59:59');
	assert.equal((await warned()).length, 2);
	assertSameTime((await warned())[1].at, '2026-03-13 23:59:59');
	assert.equal((await overdueOf(task)).length, 1, 'the new due itself is in time');
	await moveTo(server, '2026-04-20 09:00');
	const marks = await overdueOf(task);
	assert.deepEqual(marks.map((event) => ms(event.at)),
		[ms('2026-03-10 00:00'), ms('2026-03-17 00:00')]);
	const cards = ofType(await eventsOf(server, task.appeal), 'task.card', task.id)
		.filter((event) => event.data.reason !== 'two_yellow')
		.map((event) => [event.data.colour, ms(event.at)]);
	assert.deepEqual(cards, [['yellow', ms('2026-03-10 00:00')],
		['yellow', ms('2026-03-17 00:00')], ['red', ms('2026-03-20 00:00')]],
	'the red card of the old due never came');
	assert.equal((await overdueOf(story.untouched)).length, 1);
	assert.deepEqual(await overdueOf(story.submitted), []);
});

test('an approval after the close moves the due and starts nothing', async () => {
	const task = await inHand();
	await ask(task);
	await complete(server, task);
	await review(server, task);
	const longer = await approve(task);
	assert.equal(longer.state, 'closed');
	assert.ok(ms(longer.due) > ms(task.due));
	await moveTo(server, '2026-06-01 09:00');
	assert.deepEqual(await overdueOf(task), []);
	assert.equal((await typesOf(task)).filter((type) => type === 'task.warned').length, 0);
});

endsCleanly(server);
