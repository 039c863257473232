/* Return visits: attempts, answers, and the redo that an answer may open. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { advance, assertSameTime, local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, complete, contact, eventsOf, leadOf, ofType, register, review, row, rowOf, sign,
	taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const visitor = server.as('visitor');

async function closed(place = where, changes = {}) {
	const task = leadOf(await register(server, place, changes));
	return close(server, task);
}

const unhappy = (task, reason) =>
	visit(server, task, 'dissatisfied', { reason, solved: 'no', attitude: 'neutral' });
/* The due moment of the running round; the task's own due stays what it was. */
const redoDue = (task) => task.redo_due ?? task.due;

test('an attempt that reached nobody is recorded and the task still waits', async () => {
	const task = await closed();
	const after = await visit(server, task);
	assert.equal(after.state, 'closed');
	assert.equal(ofType(await eventsOf(server, task.appeal), 'task.visited').length, 1);
	await visit(server, task);
	assert.equal((await visit(server, task, 'satisfied')).state, 'visited');
});

for (const level of ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral'])
	test(`visit: the answer ${level} makes a closed task visited`, async () => {
		const after = await visit(server, await closed(), level);
		assert.equal(after.state, 'visited');
		assert.equal(after.round, 1);
	});

for (const reason of ['result', 'attitude', 'speed'])
	test(`redo: dissatisfied by ${reason} opens round 2 by itself`, async () => {
		const task = await closed();
		const after = await unhappy(task, reason);
		assert.equal(after.state, 'in_hand');
		assert.equal(after.round, 2);
		assert.equal(after.id, task.id);
		const events = await eventsOf(server, task.appeal);
		assert.equal(ofType(events, 'task.redo').length, 1);
	});

for (const reason of ['policy', 'other_unit'])
	test(`dissatisfied by ${reason} opens no redo`, async () => {
		const task = await closed();
		const after = await unhappy(task, reason);
		assert.equal(after.state, 'visited');
		assert.equal(after.round, 1);
		assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.redo'), []);
	});

test('very dissatisfied opens a redo as well', async () => {
	const after = await visit(server, await closed(), 'very_dissatisfied',
		{ reason: 'result', solved: 'no' });
	assert.equal(after.state, 'in_hand');
	assert.equal(after.round, 2);
});

test('the redo has half the limit, and the due moment of the task stays', async () => {
	const task = await closed();		/* five working days */
	const after = await unhappy(task, 'result');
	assertSameTime(redoDue(after), '2026-03-05 23:59:59', 'half of five days, rounded up');
	assertSameTime(after.original_due, '2026-03-09 23:59:59');
	const long = leadOf(await register(server, row(server, 'L5')));
	await close(server, long);
	assertSameTime(redoDue(await unhappy(long, 'result')), '2026-03-12 23:59:59',
		'half of fifteen days, rounded up');
});

test('the redo of an hour limit has half the hours', async () => {
	const task = await closed({ category: '0101', area: 'A01' });
	assert.equal(task.limit_class, 'L1');
	assertSameTime(redoDue(await unhappy(task, 'speed')), '2026-03-02 21:00');
});

test('the redo never gets more than the original limit', async () => {
	const task = await closed(where, { content_class: 'consultation' });
	assert.equal(task.limit_class, 'L2');
	assertSameTime(redoDue(await unhappy(task, 'result')), '2026-03-03 23:59:59');
});

test('the redo needs no new signature and ends like the first round', async () => {
	const task = await closed();
	const own = server.department('CGJ');
	await unhappy(task, 'result');
	await own.post(`/tasks/${task.id}/sign`, {}, { expect: 409 });
	await contact(server, task);
	assert.equal((await complete(server, task)).state, 'review_pending');
	const again = await review(server, task);
	assert.equal(again.state, 'closed');
	assert.equal(again.round, 2);
	assert.equal((await visit(server, task, 'satisfied')).state, 'visited');
});

test('a visit while the redo runs is recorded and leaves it running', async () => {
	const task = await closed();
	await unhappy(task, 'result');
	const during = await visit(server, task, 'satisfied');
	assert.equal(during.state, 'in_hand');
	assert.equal(during.round, 2);
});

test('a visit before the completion has passed is recorded and changes no state', async () => {
	const task = leadOf(await register(server, where));
	assert.equal((await visit(server, task, 'dissatisfied', { reason: 'speed' })).state,
		'awaiting_sign');
	await sign(server, task);
	assert.equal((await visit(server, task)).state, 'in_hand');
	await contact(server, task);
	await complete(server, task);
	assert.equal((await visit(server, task, 'satisfied')).state, 'review_pending');
	const events = await eventsOf(server, task.appeal);
	assert.equal(ofType(events, 'task.visited').length, 3);
	assert.deepEqual(ofType(events, 'task.redo'), []);
});

test('further visits are legal after the first answer', async () => {
	const task = await closed();
	await visit(server, task, 'satisfied');
	assert.equal((await visit(server, task, 'very_satisfied')).state, 'visited');
	assert.equal(ofType(await eventsOf(server, task.appeal), 'task.visited').length, 2);
});

test('one may answer the question of contact alone', async () => {
	const task = await closed();
	await visit(server, task, null, { reached: true, contacted: true });
	assert.ok(['closed', 'visited'].includes((await taskNow(server, task)).state));
});

const GOOD = { channel: 'phone', reached: true, contacted: true, solved: 'yes',
	result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '' };
const REFUSED = [
	['an unknown channel', { channel: 'pigeon' }],
	['an unknown level', { result: 'happy' }],
	['an unknown reason', { result: 'dissatisfied', reason: 'weather' }],
	['a flag as text', { reached: 'yes' }],
	['solved as a flag', { solved: true }],
	['an unknown field', { score: 5 }],
	['a note of a number', { note: 5 }],
];

for (const [what, changes] of REFUSED)
	test(`${what} is 422 and records nothing`, async () => {
		const task = await closed();
		const before = await taskNow(server, task);
		await visitor.post(`/tasks/${task.id}/visits`, { ...GOOD, ...changes },
			{ expect: 422 });
		assert.deepEqual(await taskNow(server, task), before);
	});

test('only a visitor visits', async () => {
	const task = await closed();
	for (const role of ['operator', 'dispatcher', 'reviewer', 'supervisor', 'leader',
		'auditor', 'admin'])
		await server.as(role).post(`/tasks/${task.id}/visits`, GOOD, { expect: 403 });
	await server.department('CGJ').post(`/tasks/${task.id}/visits`, GOOD, { expect: 403 });
});

const visitsOf = async (task) =>
	(await visitor.get(`/tasks/${task.id}/visits`, { expect: 200 })).json;

test('dissatisfied again after the redo goes one level up and is not done a third time',
	async () => {
		const task = await closed();
		await unhappy(task, 'result');
		await contact(server, task);
		await complete(server, task);
		await review(server, task);
		const after = await unhappy(task, 'speed');
		assert.equal(after.state, 'visited');
		assert.equal(after.round, 2);
		assert.equal(after.outcome, 'dissatisfied');
		assert.ok(after.escalated_to, 'somebody above has it now');
		const events = await eventsOf(server, task.appeal);
		assert.equal(ofType(events, 'task.escalated').length, 1);
		assert.equal(ofType(events, 'task.redo').length, 1);
		assert.equal(events.at(-1).type, 'task.escalated');
	});

test('a satisfied answer after the redo escalates nothing', async () => {
	const task = await closed();
	await unhappy(task, 'result');
	await contact(server, task);
	await complete(server, task);
	await review(server, task);
	const after = await visit(server, task, 'satisfied');
	assert.equal(after.outcome, 'satisfied');
	assert.equal(after.escalated_to, null);
	assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.escalated'), []);
});

test('who handled the task may not visit it', async () => {
	const task = await closed();
	/* A key has one role for good: only the rows can make it another person's. */
	sql(server, `UPDATE history_event SET by_kind = 1,
		by_id = (SELECT id FROM auth_key WHERE name = 'visitor')
		WHERE kind = 4
		AND appeal_id = ${task.appeal.slice(2, 8)}0${task.appeal.slice(8)};`);
	const before = await taskNow(server, task);
	const answer = await visitor.post(`/tasks/${task.id}/visits`, GOOD, { expect: 403 });
	assert.equal(answer.json.code, 'separation_of_duty');
	assert.match(answer.json.detail, /another visitor/);
	assert.deepEqual(await taskNow(server, task), before);
	assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.visited'), []);
	assert.deepEqual((await visitsOf(task)).items, []);
});

test('every change of an answer is kept; the first and the last are shown', async () => {
	const task = leadOf(await register(server, where));
	await visit(server, task, 'very_dissatisfied', { reason: 'policy', solved: 'no' });
	await advance(server, { seconds: 1 });
	await close(server, task);
	const early = await visitsOf(task);
	assert.deepEqual([early.first, early.last], [null, null],
		'an answer before the close is no answer about the close');
	await visit(server, task);
	await visit(server, task, 'dissatisfied', { reason: 'policy', solved: 'no' });
	await visit(server, task, null, { reached: true, contacted: true });
	await visit(server, task, 'very_satisfied');
	const seen = await visitsOf(task);
	assert.equal(seen.first, 'dissatisfied');
	assert.equal(seen.last, 'very_satisfied');
	assert.deepEqual(seen.items.map((item) => item.n), [1, 2, 3, 4, 5]);
	assert.deepEqual(seen.items.map((item) => item.result),
		['very_dissatisfied', null, 'dissatisfied', null, 'very_satisfied']);
	assert.deepEqual(seen.items.map((item) => item.caller_appeal), Array(5).fill(null));
});

test('visits recorded at the same moment are numbered without a gap', async () => {
	const task = await closed();
	await Promise.all(Array.from({ length: 6 }, () => visit(server, task)));
	assert.deepEqual((await visitsOf(task)).items.map((item) => item.n),
		[1, 2, 3, 4, 5, 6]);
	assert.equal(ofType(await eventsOf(server, task.appeal), 'task.visited').length, 6);
});

const CODES = [
	['yes', 'satisfied', 1], ['yes', 'basically_satisfied', 1], ['no', 'dissatisfied', 2],
	['partly', 'neutral', 2], ['partly', 'satisfied', 3], ['no', 'very_satisfied', 3],
	['yes', 'neutral', 4], ['yes', 'very_dissatisfied', 4], [null, 'satisfied', null],
	['yes', null, null],
];

test('each answered visit has its code: both, neither, satisfied only, solved only',
	async () => {
		const task = await closed();
		for (const [solved, result] of CODES)
			await visit(server, task, result,
				{ reached: true, solved, reason: null, attitude: null });
		assert.deepEqual((await visitsOf(task)).items.map((item) => item.code),
			CODES.map(([, , code]) => code));
	});

test('an answer within 48 hours after a contact of the department is flagged', async () => {
	const soon = await closed(), later = await closed();
	await visit(server, soon);
	await visit(server, soon, 'satisfied');
	await advance(server, { hours: 48, seconds: 1 });
	await visit(server, later, 'satisfied');
	assert.deepEqual((await visitsOf(soon)).items.map((item) => item.after_contact),
		[false, true], 'an attempt is no answer');
	assert.deepEqual((await visitsOf(later)).items.map((item) => item.after_contact),
		[false]);
	const told = ofType(await eventsOf(server, soon.appeal), 'task.visited');
	assert.deepEqual(told.map((event) => event.data.after_contact), [false, true]);
	assert.deepEqual(told.map((event) => event.data.n), [1, 2]);
});

test('a redo that runs out is marked late once, at its own due moment', async () => {
	const task = await closed();
	const redo = await unhappy(task, 'result');
	await moveTo(server, '2026-03-20 09:00');
	const late = ofType(await eventsOf(server, task.appeal), 'task.overdue')
		.filter((event) => event.data.limit === 'done');
	assert.ok(late.length <= 1, 'at most one mark');
	for (const event of late)
		assert.ok(Math.abs(Date.parse(event.at) - Date.parse(redoDue(redo))) <= 2000,
			`${event.at} for ${redoDue(redo)}`);
});

endsCleanly(server);
