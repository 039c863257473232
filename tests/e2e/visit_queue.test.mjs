/*
 * Whom the centre calls back, and when: the visitors' work list, calls on different days and
 * hours, the question by SMS, and the callers whom nobody reached.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, complete, contact, eventsOf, leadOf, ofType, register, review, rowOf, sign,
	taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const visitor = server.as('visitor');

const fresh = async (changes = {}) => leadOf(await register(server, where, changes));
const closed = async (changes = {}) => close(server, await fresh(changes));
const list = (state) => visitor.all(`/visits${state ? `?state=${state}` : ''}`);
const rowsOf = async (task, state) =>
	(await list(state)).filter((item) => item.task.id === task.id);
async function onlyRow(task, state) {
	const rows = await rowsOf(task, state);
	assert.equal(rows.length, 1, `one row of ${task.id}: ${JSON.stringify(rows)}`);
	return rows[0];
}
/* In the rows LD260302000017 is 2603020000017, and its first task 260302000001701. */
const appealNumber = (id) => `${id.slice(2, 8)}${id.slice(8).padStart(7, '0')}`;
const taskNumber = (id) => appealNumber(id.split('-')[0]) + id.split('-')[1].padStart(2, '0');
const questions = (task) => sql(server, `SELECT state, caller_appeal, open_until - asked_at,
	LENGTH(code_sealed), HEX(code_tag) FROM visits_question
	WHERE task_id = ${taskNumber(task.id)};`);

const unhappy = (task) => visit(server, task, 'dissatisfied',
	{ reason: 'result', solved: 'no' });

async function merged(parent, changes = {}) {
	const child = await register(server, where, changes);
	await server.as('operator').post(`/appeals/${child.id}/merge`, { into: parent.appeal },
		{ expect: 200 });
	return child;
}

/* Three calls that nobody answered: two in office hours of a day, one in the next evening. */
async function callInVain(task, day, next_day, changes = {}) {
	for (const moment of [`${day} 10:00`, `${day} 14:00`, `${next_day} 19:00`]) {
		await moveTo(server, moment);
		await visit(server, task, null, changes);
	}
}

test('visit: a passed completion puts the caller on the work list at once', async () => {
	const task = await closed();
	const row = await onlyRow(task);
	assert.equal(row.state, 'waiting');
	assert.equal(row.cause, 'closed');
	assert.equal(row.next, 'call');
	assert.equal(row.attempts, 0);
	assert.equal(row.caller_appeal, null);
	assert.equal(row.ended_at, null);
	assertSameTime(row.since, await now(server));
	assertSameTime(row.not_before, await now(server));
	assert.equal(row.task.title, (await taskNow(server, task)).title, 'the form of a task');
	await visit(server, task, 'satisfied');
	assert.deepEqual(await rowsOf(task), [], 'who has answered is not called again');
	const ended = await onlyRow(task, 'answered');
	assert.equal(ended.next, null);
	assert.equal(ended.attempts, 1);
	assertSameTime(ended.ended_at, await now(server));
});

test('a completion that is still under review or was refused calls nobody', async () => {
	const task = await fresh();
	await sign(server, task);
	await contact(server, task);
	await complete(server, task);
	assert.deepEqual(await rowsOf(task), []);
	await review(server, task, false, '资料不全');
	assert.deepEqual(await rowsOf(task), []);
});

const NOT_ASKED = [
	['who is anonymous', { caller: { anonymous: true } }],
	['who left no number', { caller: { name: '王小明' } }],
	['who wants no visit', { caller: { name: '王小明', phone: '13800001234',
		visit_wanted: false } }],
	['who praises', { content_class: 'praise' }],
	['who suggests something', { content_class: 'suggestion' }],
];

for (const [who, changes] of NOT_ASKED)
	test(`visit: a caller ${who} is not visitable`, async () => {
		const task = await closed(changes);
		assert.deepEqual(await rowsOf(task), []);
		assert.equal((await taskNow(server, task)).outcome, 'not_visitable');
	});

test('an assist is not asked about', async () => {
	const appeal = await register(server, where);
	await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: ['JTJ'], advice: '请协助' }, { expect: 200 });
	const tasks = (await visitor.get(`/appeals/${appeal.id}`, { expect: 200 })).json.tasks;
	const assist = tasks.find((task) => task.role === 'assist');
	await close(server, assist);
	assert.deepEqual(await rowsOf(assist), []);
});

test('what may be called first stands on top, page by page', async () => {
	for (let i = 0; i < 4; i++)
		await closed();
	const all = await list();
	const moments = all.map((item) => Date.parse(item.not_before));
	assert.deepEqual(moments, [...moments].sort((a, b) => a - b));
	const paged = await visitor.all('/visits', 2);
	assert.deepEqual(paged, all);
	await visitor.get('/visits?state=lost', { expect: 422 });
	await visitor.get('/visits?before=x', { expect: 422 });
});

test('a redo without a visit ends the call; the next passed completion begins another',
	async () => {
		const task = await closed();
		await server.as('supervisor').post(`/tasks/${task.id}/redo`, { reason: '未修好' },
			{ expect: 200 });
		assert.deepEqual(await rowsOf(task), []);
		assert.equal((await onlyRow(task, 'dropped')).cause, 'closed');
		await contact(server, task);
		await complete(server, task);
		await review(server, task);
		assert.equal((await onlyRow(task)).task.round, 2);
	});

test('calls differ in day and hour, then a question goes out by SMS', async () => {
	const task = await closed();
	await moveTo(server, '2026-03-03 10:00');
	await visit(server, task);
	let row = await onlyRow(task);
	assert.equal(row.next, 'call');
	assert.equal(row.attempts, 1);
	assertSameTime(row.not_before, '2026-03-03 12:00', 'two hours apart');
	await moveTo(server, '2026-03-03 14:00');
	await visit(server, task);
	row = await onlyRow(task);
	assert.equal(row.next, 'call_out_of_hours', 'both fell into office hours');
	assertSameTime(row.not_before, '2026-03-04 08:00', 'not a third on one day');
	assert.deepEqual(questions(task), []);
	await moveTo(server, '2026-03-04 19:00');
	const after = await visit(server, task);
	assert.equal(after.state, 'closed');
	assert.equal(after.outcome, null);
	row = await onlyRow(task);
	assert.equal(row.state, 'asked');
	assert.equal(row.next, 'await_sms');
	assert.equal(row.attempts, 3);
	assertSameTime(row.not_before, '2026-03-07 19:00', 'three days to answer');

	const [question, ...more] = questions(task);
	assert.deepEqual(more, []);
	assert.deepEqual(question.slice(0, 4), ['1', '0', String(72 * 3600 * 1e6), '40']);
	assert.match(question[4], /^[0-9A-F]{32}$/);
	const asked = ofType(await eventsOf(server, task.appeal), 'task.visit_asked');
	assert.equal(asked.length, 1);
	assert.deepEqual(Object.keys(asked[0].data).sort(), ['merged_caller', 'open_until']);
	assertSameTime(asked[0].data.open_until, '2026-03-07 19:00');
});

test('three calls on one day, or all in office hours, ask nobody by SMS', async () => {
	const one_day = await closed(), in_hours = await closed();
	for (const moment of ['2026-03-05 08:00', '2026-03-05 11:00', '2026-03-05 18:30']) {
		await moveTo(server, moment);
		await visit(server, one_day);
	}
	assert.equal((await onlyRow(one_day)).state, 'waiting');
	for (const moment of ['2026-03-06 10:00', '2026-03-06 14:00', '2026-03-09 10:00']) {
		await moveTo(server, moment);
		await visit(server, in_hours);
	}
	const row = await onlyRow(in_hours);
	assert.equal(row.state, 'waiting');
	assert.equal(row.next, 'call_out_of_hours');
	assert.deepEqual(questions(one_day), []);
	assert.deepEqual(questions(in_hours), []);
});

test('visit: who never answered is unreachable, and never satisfied by default', async () => {
	const task = await closed();
	await callInVain(task, '2026-03-10', '2026-03-11');
	await moveTo(server, '2026-03-14 19:00');
	assert.equal((await taskNow(server, task)).state, 'closed', 'until the last second');
	await moveTo(server, '2026-03-14 19:00:01');
	const after = await taskNow(server, task);
	assert.equal(after.state, 'visited');
	assert.equal(after.outcome, 'unreachable');
	const told = ofType(await eventsOf(server, task.appeal), 'task.unreachable');
	assert.equal(told.length, 1);
	assertSameTime(told[0].at, '2026-03-14 19:00:01');
	assert.equal(told[0].by.kind, 'system');
	assert.equal((await onlyRow(task, 'unreachable')).attempts, 3);
	assert.equal(questions(task)[0][0], '2', 'the question is over');
	const seen = (await visitor.get(`/tasks/${task.id}/visits`, { expect: 200 })).json;
	assert.equal(seen.last, null);

	/* An answer by telephone later still counts. */
	assert.equal((await visit(server, task, 'satisfied')).outcome, 'satisfied');
	const later = await closed();
	await callInVain(later, '2026-03-16', '2026-03-17');
	await moveTo(server, '2026-03-21 09:00');
	assert.equal((await taskNow(server, later)).outcome, 'unreachable');
	const redone = await unhappy(later);
	assert.equal(redone.state, 'in_hand');
	assert.equal(redone.round, 2);
});

test('an answer by telephone while the question is open ends the question', async () => {
	const task = await closed();
	await callInVain(task, '2026-03-23', '2026-03-24');
	await visit(server, task);
	assert.equal((await onlyRow(task)).state, 'asked', 'after one more call in vain');
	await visit(server, task, 'satisfied');
	assert.equal(questions(task)[0][0], '2');
	assert.equal(questions(task).length, 1, 'asked once');
	await moveTo(server, '2026-03-30 09:00');
	const events = await eventsOf(server, task.appeal);
	assert.deepEqual(ofType(events, 'task.unreachable'), []);
	assert.equal((await onlyRow(task, 'answered')).attempts, 5);
});

test('visit: the end of the limit calls the caller, whatever the department says', async () => {
	const open = await fresh(), submitted = await fresh();
	await sign(server, submitted);
	await contact(server, submitted);
	await complete(server, submitted);
	await moveTo(server, '2026-04-10 09:00');
	const row = await onlyRow(open);
	assert.equal(row.cause, 'deadline');
	assert.equal(Date.parse(row.since), Date.parse(open.due) + 1000);
	assert.equal(row.task.state, 'awaiting_sign');
	const other = await onlyRow(submitted);
	assert.equal(other.cause, 'deadline', 'submitted before the end, and reviewed by nobody');
	assert.equal(Date.parse(other.since), Date.parse(submitted.due) + 1000);
	assert.equal(other.task.state, 'review_pending');
	assert.deepEqual(ofType(await eventsOf(server, submitted.appeal), 'task.overdue'), []);
	/* The answer is on record and leaves the task where it is. */
	assert.equal((await visit(server, open, 'dissatisfied', { reason: 'speed' })).state,
		'awaiting_sign');
	assert.equal((await onlyRow(open, 'answered')).cause, 'deadline');
});

test('the close ends the call for the deadline, and asks about the close', async () => {
	const task = await fresh();
	await moveTo(server, '2026-04-20 09:00');
	assert.equal((await onlyRow(task)).cause, 'deadline');
	await close(server, task);
	assert.equal((await onlyRow(task)).cause, 'closed');
	assert.equal((await onlyRow(task, 'dropped')).cause, 'deadline');
});

test('a caller out of reach before the close leaves the task in hand', async () => {
	const task = await fresh();
	await sign(server, task);
	await moveTo(server, '2026-04-27 18:00');
	await callInVain(task, '2026-04-28', '2026-04-29');
	assert.equal((await onlyRow(task)).state, 'asked');
	await moveTo(server, '2026-05-06 09:00');
	const after = await taskNow(server, task);
	assert.equal(after.state, 'in_hand');
	assert.equal(after.outcome, null);
	assert.equal((await onlyRow(task, 'unreachable')).cause, 'deadline');
	assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.unreachable'), []);
});

/* ---- merged callers ---- */

test('each merged caller gets a visit, whose answer moves nothing in the task', async () => {
	const task = await fresh();
	const child = await merged(task);
	const silent = await merged(task, { caller: { name: '李四', phone: '13800004321',
		visit_wanted: false } });
	await close(server, task);
	const rows = await rowsOf(task);
	assert.deepEqual(rows.map((row) => row.caller_appeal).sort(), [child.id, null].sort());

	const before = await taskNow(server, task);
	await visit(server, task, 'dissatisfied',
		{ reason: 'result', solved: 'no', caller_appeal: child.id });
	assert.deepEqual(await taskNow(server, task), before, 'no redo, no outcome');
	assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.redo'), []);
	assert.equal((await onlyRow(task)).caller_appeal, null, 'the own caller still waits');

	const seen = (await visitor.get(`/tasks/${task.id}/visits`, { expect: 200 })).json;
	assert.equal(seen.items[0].caller_appeal, child.id);
	assert.equal(seen.first, null);
	const own = server.department('CGJ');
	const shown = (await own.get(`/tasks/${task.id}/visits`, { expect: 200 })).json;
	assert.deepEqual(shown.items, [], 'not to the department');
	const told = ofType(await own.all(`/appeals/${task.appeal}/events`), 'task.visited');
	assert.equal(told[0].data.merged_caller, true);
	assert.ok(!JSON.stringify(told).includes(child.id), 'not the number of another appeal');
	assert.equal((await visit(server, task, 'satisfied')).outcome, 'satisfied');
	assert.ok(silent.id);
});

test('only an appeal merged into that of the task is a further caller', async () => {
	const task = await closed(), stranger = await fresh();
	const other = await merged(stranger);
	for (const caller_appeal of [stranger.appeal, other.id, task.appeal, 'LD260302999999',
		'x'])
		await visitor.post(`/tasks/${task.id}/visits`,
			{ channel: 'phone', reached: false, caller_appeal }, { expect: 422 });
	assert.deepEqual((await visitor.get(`/tasks/${task.id}/visits`)).json.items, []);
});

test('a merged caller out of reach is asked by SMS, and moves nothing at the end', async () => {
	const task = await fresh();
	const child = await merged(task);
	await close(server, task);
	await callInVain(task, '2026-05-11', '2026-05-12', { caller_appeal: child.id });
	const asked = (await rowsOf(task)).find((row) => row.caller_appeal === child.id);
	assert.equal(asked.state, 'asked');
	assert.equal(questions(task)[0][1], appealNumber(child.id));
	await moveTo(server, '2026-05-18 09:00');
	assert.equal((await taskNow(server, task)).state, 'closed');
	assert.equal((await onlyRow(task, 'unreachable')).caller_appeal, child.id);
	assert.equal((await onlyRow(task)).caller_appeal, null);
});

test('who is merged into an appeal that is closed already is asked at once', async () => {
	const task = await closed();
	const child = await merged(task);
	const rows = await rowsOf(task);
	assert.deepEqual(rows.map((row) => row.caller_appeal).sort(), [child.id, null].sort());
});

test('unmerging gives the caller back to the own task, calls and all', async () => {
	const task = await fresh(), late = await fresh();
	await moveTo(server, '2026-06-01 09:00');
	const row = await onlyRow(late);
	await close(server, task);
	await server.as('operator').post(`/appeals/${late.appeal}/merge`, { into: task.appeal },
		{ expect: 200 });
	assert.deepEqual(await rowsOf(late), [], 'the task is withdrawn');
	assert.ok((await rowsOf(task)).some((one) => one.caller_appeal === late.appeal));
	await server.as('operator').post(`/appeals/${late.appeal}/unmerge`, { reason: '并非一事' },
		{ expect: 200 });
	assert.deepEqual((await rowsOf(task)).map((one) => one.caller_appeal), [null]);
	const again = await onlyRow(late);
	assert.deepEqual([again.cause, again.since, again.state],
		[row.cause, row.since, 'waiting']);
});

/* ---- what there is nothing to ask about any more ---- */

test('a task that is taken back from its department is not asked about', async () => {
	const task = await fresh(), withdrawn = await fresh();
	await server.department('CGJ').post(`/tasks/${task.id}/return`,
		{ reason: 'not_my_duty', basis: '三定方案第四条', propose: null }, { expect: 200 });
	await moveTo(server, '2026-06-15 09:00');
	assert.equal((await onlyRow(task)).task.state, 'return_requested');
	assert.equal((await onlyRow(withdrawn)).cause, 'deadline');
	const answer = await server.as('dispatcher').post(`/tasks/${task.id}/return/accept`,
		{ redispatch_to: 'JTJ' }, { expect: 200 });
	assert.equal(answer.json.state, 'returned');
	await server.as('operator').post(`/appeals/${withdrawn.appeal}/withdraw`,
		{ reason: '已自行解决', confirmed_by: 'recording' }, { expect: 200 });
	for (const one of [task, withdrawn]) {
		assert.deepEqual(await rowsOf(one), []);
		assert.equal((await onlyRow(one, 'dropped')).cause, 'deadline');
	}
});

test('an extension filed in time undoes the end of the limit and the call', async () => {
	const task = await fresh();
	await sign(server, task);
	await server.department('CGJ').post(`/tasks/${task.id}/extend`,
		{ days: 5, reason: '配件需从外地采购', caller_informed: true }, { expect: 200 });
	await moveTo(server, '2026-06-24 09:00');
	assert.equal((await onlyRow(task)).cause, 'deadline');
	await server.as('dispatcher').post(`/tasks/${task.id}/extend/approve`, {},
		{ expect: 200 });
	assert.deepEqual(await rowsOf(task), []);
	await moveTo(server, '2026-07-06 09:00');
	assert.equal((await onlyRow(task)).cause, 'deadline', 'the new end calls again');
});

endsCleanly(server);
