/* Urging, supervising, escalating: marks that move neither state nor clock. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow, visit }
	from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const supervisor = server.as('supervisor');
const fresh = async () => leadOf(await register(server, where));
const CLOCKS = ['state', 'sign_due', 'contact_due', 'due', 'original_due', 'round'];
const clocksOf = (task) => CLOCKS.map((name) => task[name]);

test('urging is counted and told, and moves nothing else', async () => {
	const task = await fresh();
	const once = (await server.as('dispatcher').post(`/tasks/${task.id}/urge`, {},
		{ expect: 200 })).json;
	const twice = (await supervisor.post(`/tasks/${task.id}/urge`, { note: '诉求人再次来电' },
		{ expect: 200 })).json;
	assert.deepEqual([once.urges, twice.urges], [1, 2]);
	assert.deepEqual(clocksOf(twice), clocksOf(task));
	const urged = ofType(await eventsOf(server, task.appeal), 'task.urged');
	assert.deepEqual(urged.map((one) => [one.data.note, one.data.urges]),
		[[null, 1], ['诉求人再次来电', 2]]);
});

test('a supervision carries a demand with a date in the future', async () => {
	const task = await sign(server, await fresh());
	const past = await supervisor.post(`/tasks/${task.id}/supervise`,
		{ demand: '三日内修复', due: '2026-03-01' }, { expect: 422 });
	assert.equal(past.json.errors[0].pointer, '#/due');
	const done = (await supervisor.post(`/tasks/${task.id}/supervise`,
		{ demand: '三日内修复', due: '2026-03-05' }, { expect: 200 })).json;
	assert.deepEqual(clocksOf(done), clocksOf(task));
	const [event] = ofType(await eventsOf(server, task.appeal), 'task.supervised');
	assert.equal(event.data.demand, '三日内修复');
	assert.equal(Date.parse(event.data.due), Date.parse('2026-03-05T23:59:59+08:00'));
});

test('escalating goes one level up unless another department is named', async () => {
	const task = await fresh();
	const up = (await supervisor.post(`/tasks/${task.id}/escalate`, { reason: '反复投诉' },
		{ expect: 200 })).json;
	const parent = (await supervisor.get('/departments?limit=200')).json.items
		.find((one) => one.code === 'CGJ').parent;
	assert.equal(up.escalated_to, parent);
	assert.deepEqual(clocksOf(up), clocksOf(task));
	const named = (await supervisor.post(`/tasks/${task.id}/escalate`,
		{ reason: '涉及交通', to: 'JTJ' }, { expect: 200 })).json;
	assert.equal(named.escalated_to, 'JTJ');
	await supervisor.post(`/tasks/${task.id}/escalate`, { reason: '无', to: 'NIEMAND' },
		{ expect: 422 });
});

test('dissatisfied after the second round goes one level up by itself', async () => {
	const task = await close(server, await fresh());
	await visit(server, task, 'dissatisfied', { reason: 'result' });
	const redone = await taskNow(server, task);
	assert.deepEqual([redone.state, redone.round], ['in_hand', 2]);
	const own = server.department('CGJ');
	await own.post(`/tasks/${task.id}/contact`, { channel: 'phone', outcome: 'reached',
		note: '' }, { expect: 200 });
	await own.post(`/tasks/${task.id}/complete`, { result: 'partly', reply: '已再次处理。',
		attachments: [] }, { expect: 200 });
	await server.as('reviewer').post(`/tasks/${task.id}/review`, { pass: true, reason: '' },
		{ expect: 200 });
	const after = await visit(server, task, 'dissatisfied', { reason: 'attitude' });
	assert.equal(after.state, 'visited');
	assert.equal(after.outcome, 'dissatisfied');
	assert.ok(after.escalated_to);
	const events = await eventsOf(server, task.appeal);
	assert.equal(ofType(events, 'task.escalated').length, 1);
	assert.equal(ofType(events, 'task.redo').length, 1);
});

test('an honest no is an outcome of its own: basis, and a contact the caller confirms', async () => {
	const finish = async (body, answer) => {
		const task = await sign(server, await fresh());
		const own = server.department('CGJ');
		await own.post(`/tasks/${task.id}/contact`, { channel: 'visit', outcome: 'reached',
			note: '上门说明' }, { expect: 200 });
		await own.post(`/tasks/${task.id}/complete`, { reply: '依法不能办理。',
			attachments: [], ...body }, { expect: 200 });
		await server.as('reviewer').post(`/tasks/${task.id}/review`, { pass: true, reason: '' },
			{ expect: 200 });
		return (await visit(server, task, 'dissatisfied', { reason: 'policy', ...answer })).outcome;
	};
	const basis = { result: 'explained', legal_basis: '《城市道路管理条例》第二十七条' };
	assert.equal(await finish(basis, {}), 'honest_no');
	assert.equal(await finish(basis, { contacted: false }), 'dissatisfied');
	assert.equal(await finish({ result: 'explained' }, {}), 'dissatisfied');
	assert.equal(await finish({ ...basis, result: 'partly' }, {}), 'dissatisfied');
});

endsCleanly(server);
