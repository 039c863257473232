/* Reopening: new facts, or a fraud that was proven, and the matter is taken up again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, register, review, rowOf,
	taskNow, visit } from './lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const where = rowOf(server, 'CGJ');
const AGAIN = { reason: '新照片显示坑洞又出现' };

const act = (appeal, action, body, expect = 200, client = operator) =>
	client.post(`/appeals/${appeal.id}/${action}`, body, { expect });

/* Registered, closed and answered on the first days; all are archived by 2026-03-20. */
const archived = [];
for (let i = 0; i < 3; i++) {
	const appeal = await register(server, where);
	await close(server, leadOf(appeal));
	await visit(server, leadOf(appeal), 'satisfied');
	archived.push(appeal);
}
const running = await register(server, where);
await moveTo(server, '2026-03-20 09:00');

test('archived, reopen: the lead is in hand again, a round on, with a full limit', async () => {
	const was = await taskNow(server, leadOf(archived[0]));
	assert.equal((await appealNow(server, archived[0].id)).state, 'archived');
	const count = (await eventsOf(server, archived[0].id)).length;
	const done = (await act(archived[0], 'reopen', AGAIN)).json;
	assert.equal(done.state, 'dispatched');
	const lead = await taskNow(server, leadOf(archived[0]));
	assert.deepEqual([lead.state, lead.round], ['in_hand', was.round + 1]);
	/* Friday the 20th: five working days end on Friday the 27th. */
	assertSameTime(lead.redo_due, local('2026-03-27 23:59:59'));
	assert.deepEqual([lead.due, lead.original_due, lead.closed_at],
		[was.due, was.original_due, was.closed_at]);
	const events = (await eventsOf(server, archived[0].id)).slice(count);
	assert.deepEqual(events.map((one) => [one.type, one.task]),
		[['task.reopened', lead.id], ['appeal.reopened', null]]);
	assert.deepEqual([events[0].data.reason, events[0].data.round],
		[AGAIN.reason, lead.round]);
	assert.deepEqual(events[1].data, { reason: AGAIN.reason, from: 'archived' });
});

test('a reopened task is contacted, completed, reviewed and visited like any round',
	async () => {
		const task = leadOf(archived[0]);
		await contact(server, task);
		await complete(server, task, { reply: '已重新修补并加固。' });
		assert.equal((await review(server, task)).state, 'closed');
		assert.equal((await visit(server, task, 'satisfied')).state, 'visited');
	});

test('an archived appeal is not archived again before its new round has passed', async () => {
	await act(archived[1], 'reopen', AGAIN);
	await moveTo(server, '2026-04-20 09:00');
	const now = await appealNow(server, archived[1].id);
	assert.deepEqual([now.state, leadOf(now).state], ['dispatched', 'in_hand']);
});

const ends = {
	answered: ['consultation', 'answer', { text: '窗口办理' }],
	refused: ['help', 'refuse', { reason: 'arbitration', told: '请申请仲裁' }],
	withdrawn: ['help', 'withdraw', { reason: '不要了', confirmed_by: 'form' }],
};
for (const [state, [content_class, action, body]] of Object.entries(ends))
	test(`${state}, reopen: the appeal is accepted again and can be dispatched`, async () => {
		const appeal = await register(server, UNROUTED, { content_class });
		await act(appeal, action, body);
		const done = (await act(appeal, 'reopen', AGAIN)).json;
		assert.equal(done.state, 'accepted');
		const last = (await eventsOf(server, appeal.id)).at(-1);
		assert.deepEqual([last.type, last.data],
			['appeal.reopened', { reason: AGAIN.reason, from: state }]);
		const sent = await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
			{ department: 'JTJ', assist: [], advice: '' }, { expect: 200 });
		assert.equal(leadOf(sent.json).state, 'awaiting_sign');
	});

test('transferred, reopen: the appeal is accepted again', async () => {
	const appeal = await register(server, UNROUTED);
	await act(appeal, 'transfer', { to: '110', reason: '打架' });
	await act(appeal, 'transfer/acknowledge', { by: '王警官' });
	const done = (await act(appeal, 'reopen', AGAIN)).json;
	assert.deepEqual([done.state, done.transferring], ['accepted', false]);
});

test('a withdrawn task stays withdrawn: reopened, the appeal gets a new one', async () => {
	const appeal = await register(server, where);
	await act(appeal, 'withdraw', { reason: '不要了', confirmed_by: 'form' });
	const done = (await act(appeal, 'reopen', AGAIN)).json;
	assert.deepEqual([done.state, done.tasks.map((task) => task.state)],
		['accepted', ['withdrawn']]);
	const sent = (await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: '' }, { expect: 200 })).json;
	assert.deepEqual(sent.tasks.map((task) => task.state), ['withdrawn', 'awaiting_sign']);
	assert.equal(sent.first_due, appeal.first_due, 'the first word to the caller stays');
});

test('what was withdrawn after its close goes on with its department', async () => {
	const appeal = await register(server, where);
	const closed = await close(server, leadOf(appeal));
	await act(appeal, 'withdraw', { reason: '不要了', confirmed_by: 'form' });
	const done = (await act(appeal, 'reopen', AGAIN)).json;
	const lead = leadOf(done);
	assert.deepEqual([done.state, lead.state, lead.round, lead.closed_at],
		['dispatched', 'in_hand', 2, closed.closed_at]);
});

test('what runs is not reopened', async () => {
	const accepted = await register(server, UNROUTED);
	for (const appeal of [running, accepted]) {
		const before = await appealNow(server, appeal.id);
		const answer = await act(appeal, 'reopen', AGAIN, 409);
		assert.equal(answer.json.code, 'illegal_step');
		assert.ok(!answer.json.allowed.includes('reopen'));
		assert.deepEqual(await appealNow(server, appeal.id), before);
	}
});

test('only an operator of the hotline\'s own staff reopens, with a reason', async () => {
	const appeal = archived[2];
	const before = await appealNow(server, appeal.id);
	for (const role of ['dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor',
		'admin'])
		await act(appeal, 'reopen', AGAIN, 403, server.as(role));
	await act(appeal, 'reopen', AGAIN, 403, server.department('CGJ'));
	const outsourced = await newKey(server, 'reopen-contractor', 'operator', '--outsourced');
	assert.equal((await act(appeal, 'reopen', AGAIN, 403, outsourced)).json.code, 'outsourced');
	await act(appeal, 'reopen', {}, 422);
	await act(appeal, 'reopen', { ...AGAIN, due: '2026-06-01' }, 422);
	assert.deepEqual(await appealNow(server, appeal.id), before);
});

test('of two reopenings at once one counts', async () => {
	const answers = await Promise.all([1, 2].map(() =>
		act(archived[2], 'reopen', AGAIN, [200, 409])));
	assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409]);
	assert.equal((await taskNow(server, leadOf(archived[2]))).round, 2);
});

endsCleanly(server);
