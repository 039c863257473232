/* Withdrawal: a caller's word ends the caller's appeal, whatever its tasks were doing. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, appealNow, close, complete, contact, eventsOf, leadOf, ofType, register,
	rowOf, sign, taskNow, visit } from './lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const where = rowOf(server, 'CGJ');
const RECORDED = { reason: '来电人称已自行解决', confirmed_by: 'recording' };

const withdraw = (appeal, body = RECORDED, expect = 200, client = operator) =>
	client.post(`/appeals/${appeal.id}/withdraw`, body, { expect });
const numberOf = (task) => task.id.replace(/^LD/, '').replace(/^(\d{6})(\d{6})-(\d+)$/,
	(_, date, count, n) => `${date}0${count}${n.padStart(2, '0')}`);
const rowOfTask = (task) => sql(server, `SELECT left_by, left_at > 0, is_withdrawal_recorded
	FROM tasks_task WHERE id = ${numberOf(task)}`)[0].map(Number);
const [WITHDRAWN, YES, NO] = [2, 1, 0];

test('accepted, withdraw: the appeal is withdrawn without a task', async () => {
	const appeal = await register(server, UNROUTED);
	const done = (await withdraw(appeal)).json;
	assert.deepEqual([done.state, done.tasks], ['withdrawn', []]);
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(events.map((one) => one.type), ['appeal.received', 'appeal.withdrawn']);
	assert.deepEqual(events[1].data, RECORDED);
});

const before = {
	awaiting_sign: () => {},
	in_hand: (task) => sign(server, task),
	review_pending: async (task) => {
		await sign(server, task);
		await contact(server, task);
		await complete(server, task);
	},
};
for (const [state, reach] of Object.entries(before))
	test(`${state}, withdraw: the task leaves its department with its appeal`, async () => {
		const appeal = await register(server, where);
		await reach(leadOf(appeal));
		const was = await taskNow(server, leadOf(appeal));
		assert.equal(was.state, state);
		const count = (await eventsOf(server, appeal.id)).length;
		const done = (await withdraw(appeal)).json;
		assert.equal(done.state, 'withdrawn');
		const task = await taskNow(server, leadOf(appeal));
		assert.deepEqual(task, { ...was, state: 'withdrawn', left_at: task.left_at,
			version: was.version + 1 });
		assert.deepEqual(rowOfTask(task), [WITHDRAWN, YES, YES]);
		const events = (await eventsOf(server, appeal.id)).slice(count);
		assert.deepEqual(events.map((one) => [one.type, one.task]),
			[['task.withdrawn', task.id], ['appeal.withdrawn', null]]);
		const steps = { sign: {}, progress: { text: '已到现场' },
			contact: { channel: 'phone', outcome: 'reached', note: '' },
			complete: { result: 'solved', reply: '好', attachments: [] } };
		for (const [action, body] of Object.entries(steps))
			await server.department('CGJ').post(`/tasks/${task.id}/${action}`, body,
				{ expect: 409 });
	});

test('what no recording or form confirms is on record as unconfirmed', async () => {
	for (const [confirmed_by, recorded] of [['none', NO], ['form', YES]]) {
		const appeal = await register(server, where);
		await sign(server, leadOf(appeal));
		await withdraw(appeal, { reason: '短信撤诉', confirmed_by });
		assert.deepEqual(rowOfTask(leadOf(appeal)), [WITHDRAWN, YES, recorded]);
	}
});

test('all tasks that are open leave at once, those that are closed stay closed', async () => {
	const appeal = await register(server, UNROUTED);
	const sent = (await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: ['GAJ', 'BHJD'], advice: '' }, { expect: 200 })).json;
	const assists = sent.tasks.filter((task) => task.role === 'assist');
	const closed = await close(server, assists[0]);
	const done = (await withdraw(appeal)).json;
	assert.deepEqual(done.tasks.map((task) => task.state), ['withdrawn', 'closed', 'withdrawn']);
	assert.equal(done.tasks[1].closed_at, closed.closed_at);
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(ofType(events, 'task.withdrawn').map((one) => one.task),
		[leadOf(sent).id, assists[1].id]);
	assert.equal(events.at(-1).type, 'appeal.withdrawn');
	assert.deepEqual(rowOfTask(closed), [0, NO, NO]);
});

test('closed, withdraw: the closure and its answer stay', async () => {
	const appeal = await register(server, where);
	await close(server, leadOf(appeal));
	await visit(server, leadOf(appeal), 'dissatisfied', { reason: 'policy' });
	const was = await taskNow(server, leadOf(appeal));
	assert.equal((await withdraw(appeal)).json.state, 'withdrawn');
	assert.deepEqual(await taskNow(server, leadOf(appeal)), was);
	assert.equal(ofType(await eventsOf(server, appeal.id), 'task.withdrawn').length, 0);
});

test('a redo that is withdrawn leaves the first closure as it was', async () => {
	const appeal = await register(server, where);
	const closed = await close(server, leadOf(appeal));
	await visit(server, leadOf(appeal), 'dissatisfied', { reason: 'result' });
	assert.equal((await taskNow(server, closed)).round, 2);
	await withdraw(appeal);
	const task = await taskNow(server, closed);
	assert.deepEqual([task.state, task.round, task.closed_at],
		['withdrawn', 2, closed.closed_at]);
});

test('a withdrawal names its reason and how it was confirmed', async () => {
	const appeal = await register(server, where);
	for (const body of [{}, { reason: '不要了' }, { confirmed_by: 'form' },
		{ reason: ' ', confirmed_by: 'form' }, { reason: '不要了', confirmed_by: 'unit' }])
		await withdraw(appeal, body, 422);
	await operator.post(`/appeals/${appeal.id}/withdraw`, RECORDED,
		{ etag: '"a-9"', expect: 412 });
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

test('a withdrawn appeal is not withdrawn again, and says what is possible', async () => {
	const appeal = await register(server, where);
	await withdraw(appeal);
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual((await withdraw(appeal, RECORDED, 409)).json.allowed, ['reopen']);
	assert.deepEqual(await eventsOf(server, appeal.id), events);
});

test('a channel withdraws what it registered, and knows nothing of others\'', async () => {
	const key = server.as('intake', { channel: '110' });
	const own = (await key.register(anAppeal(where, { channel: '110' }), { expect: 201 })).json;
	const other = await register(server, where, { channel: '12345' });
	await withdraw(other, RECORDED, 404, key);
	assert.deepEqual(await appealNow(server, other.id), other);
	assert.equal((await withdraw(own, RECORDED, 200, key)).json.state, 'withdrawn');
	const missing = await withdraw({ id: 'LD990101000001' }, RECORDED, 404, key);
	assert.equal((await withdraw(other, RECORDED, 404, key)).json.detail, missing.json.detail);
});

test('the centre confirms with the caller: no department and no other role withdraws',
	async () => {
		const appeal = await register(server, where);
		for (const client of [server.department('CGJ'), ...['dispatcher', 'reviewer', 'visitor',
			'supervisor', 'leader', 'auditor', 'admin'].map((role) => server.as(role))])
			await withdraw(appeal, RECORDED, 403, client);
		assert.deepEqual(await appealNow(server, appeal.id), appeal);
	});

test('the department learns that its task is gone, not what was said', async () => {
	const appeal = await register(server, where);
	await withdraw(appeal);
	const seen = (await server.department('CGJ').get(`/appeals/${appeal.id}/events`,
		{ expect: 200 }));
	assert.deepEqual(seen.json.items.map((one) => one.type),
		['appeal.received', 'task.dispatched', 'task.withdrawn']);
	assert.deepEqual(seen.json.items[2].data, { cause: 'withdrawn' });
	assert.ok(!seen.text.includes(RECORDED.reason));
});

test('an appeal that others were merged into goes, and theirs go on', async () => {
	const parent = await register(server, where);
	const children = [];
	for (let i = 0; i < 3; i++)
		children.push(await register(server, where));
	for (const child of children)
		await operator.post(`/appeals/${child.id}/merge`, { into: parent.id }, { expect: 200 });
	const done = (await withdraw(parent)).json;
	assert.equal(done.state, 'withdrawn');
	for (const child of children) {
		const now = await appealNow(server, child.id);
		assert.deepEqual([now.state, now.merged_into, leadOf(now).state, leadOf(now).due],
			['dispatched', null, 'awaiting_sign', leadOf(child).due]);
		const events = await eventsOf(server, child.id);
		assert.deepEqual(events.slice(-2).map((one) => one.type),
			['task.restored', 'appeal.unmerged']);
	}
	const events = await eventsOf(server, parent.id);
	assert.equal(done.version, events.length, 'the answer is of the last version');
	assert.equal(ofType(events, 'appeal.parted').length, 3);
	assert.equal(ofType(events, 'task.restored').length, 0);
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM merges_merge'), [['0']]);
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM merges_task'), [['0']]);
});

test('of two withdrawals at once one counts', async () => {
	for (let i = 0; i < 5; i++) {
		const appeal = await register(server, where);
		const answers = await Promise.all([1, 2].map(() =>
			withdraw(appeal, RECORDED, [200, 409])));
		assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409]);
		assert.deepEqual((await eventsOf(server, appeal.id)).map((one) => one.type),
			['appeal.received', 'task.dispatched', 'task.withdrawn', 'appeal.withdrawn']);
	}
});

test('a signature and a withdrawal at once end in one order, with every event numbered',
	async () => {
		for (let i = 0; i < 5; i++) {
			const appeal = await register(server, where);
			const [signed] = await Promise.all([
				server.department('CGJ').post(`/tasks/${leadOf(appeal).id}/sign`, {},
					{ expect: [200, 409] }),
				withdraw(appeal),
			]);
			const events = await eventsOf(server, appeal.id);
			assert.equal(events.length, signed.status === 200 ? 5 : 4);
			assert.equal(events.at(-1).type, 'appeal.withdrawn');
			assert.equal((await taskNow(server, leadOf(appeal))).state, 'withdrawn');
		}
	});

test('an answer after a withdrawal is on record and takes nothing up again', async () => {
	const appeal = await register(server, where);
	const task = leadOf(appeal);
	await close(server, task);
	await withdraw(appeal);
	await visit(server, task, 'dissatisfied', { reason: 'result' });
	const now = await appealNow(server, appeal.id);
	assert.deepEqual([now.state, leadOf(now).round], ['withdrawn', 1]);
	assert.equal(ofType(await eventsOf(server, appeal.id), 'task.redo').length, 0);
});

test('nothing falls due for a withdrawn task', async () => {
	const appeal = await register(server, where);
	await withdraw(appeal);
	const events = await eventsOf(server, appeal.id);
	await moveTo(server, '2026-04-01 09:00');
	assert.deepEqual(await eventsOf(server, appeal.id), events);
});

endsCleanly(server);
