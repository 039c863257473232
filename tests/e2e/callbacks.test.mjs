/* Call-backs through the centre: a department that may not know its caller asks, the centre calls,
 * and what comes back holds no name and no number. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { complete, eventsOf, leadOf, ofType, register, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const CALLER = { name: '鸑鷟龘靐', phone: '15912763498', secret: true };
const [operator, visitor, supervisor] = ['operator', 'visitor', 'supervisor']
	.map((role) => server.as(role));
const cgj = server.department('CGJ');
const QUESTION = { question: '漏水点在几楼？', until: '2026-03-04' };

async function signedTask(caller = CALLER) {
	const task = leadOf(await register(server, where, { caller }));
	await sign(server, task);
	return task;
}
const ask = async (task, body = QUESTION, expect = 200) => (await cgj.post(
	`/tasks/${task.id}/callback`, body, { expect })).json;
const listed = async (client, state = '') => client.all(`/callbacks${state}`);
const ofTask = async (client, task, state) => (await listed(client, state))
	.filter((one) => one.task === task.id);
const answer = async (callback, body, client = operator, expect = 200) => (await client.post(
	`/callbacks/${callback.id}/answer`, body, { expect })).json;
const get = async (task) => (await cgj.get(`/tasks/${task.id}`, { expect: 200 })).json;

test('a department asks, the centre sees it in its list, and nobody is named', async () => {
	const task = await signedTask();
	const before = await get(task);
	const after = await ask(task);
	assert.deepEqual([after.state, after.contacted_at, after.due, after.contact_due],
		['in_hand', null, before.due, before.contact_due], 'limits run on');
	const [open] = await ofTask(operator, task);
	assert.deepEqual([open.appeal, open.department, open.question, open.until, open.asked_at,
		open.state, open.reached, open.answer, open.answered_at, open.answered_by],
	[task.appeal, 'CGJ', QUESTION.question, '2026-03-04T23:59:59+08:00',
		'2026-03-02T09:00:00+08:00', 'open', null, null, null, null]);
	assert.deepEqual(await ofTask(cgj, task), [open]);
	assert.deepEqual(await ofTask(server.department('JTJ'), task), []);
	const [event] = ofType(await eventsOf(server, task.appeal), 'task.callback_asked');
	assert.deepEqual([event.task, event.data], [task.id, { callback: open.id,
		question: QUESTION.question, until: '2026-03-04T23:59:59+08:00' }]);
});

test('the centre opens the phone by the ordinary reveal, and its answer loses name and number',
	async () => {
		const receiver = await startReceiver();
		const hook = (await server.as('admin').post('/webhooks', { department: 'CGJ',
			url: receiver.url, events: ['task.callback_answered'], format: 'standard' },
		{ expect: 201 })).json;
		const task = await signedTask();
		await ask(task);
		const [open] = await ofTask(visitor, task);
		await visitor.post(`/appeals/${task.appeal}/reveal`,
			{ fields: ['phone'], purpose: '代为回拨', purpose_code: 'call_back' }, { expect: 200 });
		const said = await answer(open, { reached: true,
			answer: `${CALLER.name}说在三楼，可打159 1276 3498找物业` }, visitor);
		assert.deepEqual([said.state, said.reached, said.answer, said.answered_by],
			['answered', true, '*说在三楼，可打159 **** ****找物业', 'visitor']);
		const [told] = await ofTask(cgj, task, '?state=answered');
		assert.deepEqual(told, { ...said, answered_by: null });
		assert.deepEqual(await ofTask(operator, task), []);

		const { json } = await until(() => receiver.ofType('task.callback_answered')[0],
			{ what: 'the webhook' });
		assert.deepEqual([json.data.task, json.data.details], [task.id,
			{ callback: open.id, reached: true, answer: said.answer }]);
		const all = JSON.stringify([await eventsOf(server, task.appeal), json, told]);
		for (const word of [CALLER.name, CALLER.phone, '1276'])
			assert.ok(!all.includes(word), word);
		await server.as('admin').delete(`/webhooks/${hook.id}`);
		await receiver.stop();
	});

test('where the identity does not open the answer is not passed on', async () => {
	const task = await signedTask();
	await ask(task);
	const [open] = await ofTask(operator, task);
	const own = `appeal_id = (SELECT appeal_id FROM tasks_task WHERE id = (SELECT task_id
		FROM callbacks_callback WHERE id = ${open.id}))`;
	const sealed = sql(server, `SELECT HEX(name_sealed) FROM callers_caller WHERE ${own}`)[0][0];
	sql(server, `UPDATE callers_caller SET name_sealed = CONCAT(LEFT(name_sealed,
		LENGTH(name_sealed) - 1), UNHEX('${sealed.endsWith('00') ? '01' : '00'}')) WHERE ${own}`);
	await answer(open, { reached: true, answer: `${CALLER.name}说在三楼` }, operator, 500);
	assert.equal((await ofTask(operator, task))[0].state, 'open');
	assert.ok(!JSON.stringify(sql(server, `SELECT * FROM callbacks_callback WHERE id = ${open.id}`))
		.includes(CALLER.name));
	sql(server, `UPDATE callers_caller SET name_sealed = UNHEX('${sealed}') WHERE ${own}`);
	await answer(open, { reached: true, answer: '在三楼' });
});

test('a caller who was reached so has been contacted: the task can be completed', async () => {
	const task = await signedTask();
	await ask(task);
	const [open] = await ofTask(operator, task);
	assert.equal((await cgj.post(`/tasks/${task.id}/complete`, { result: 'solved', reply: '已修' },
		{ expect: 409 })).json.code, 'checklist_incomplete');
	await moveTo(server, '2026-03-02 10:00');
	await answer(open, { reached: true, answer: '三楼' });
	assert.equal((await get(task)).contacted_at, '2026-03-02T10:00:00+08:00');
	const events = await eventsOf(server, task.appeal);
	assert.deepEqual(ofType(events, 'task.contacted').map((one) => one.data),
		[{ channel: 'centre', outcome: 'reached', note: null }]);
	assert.equal(ofType(events, 'task.callback_answered').length, 1);
	assert.equal((await complete(server, task)).state, 'review_pending');
});

test('a caller who was not reached has not been contacted, and may be asked for again', async () => {
	const task = await signedTask({ phone: CALLER.phone, secret: true });
	await ask(task, { question: '几楼？' });
	const [open] = await ofTask(operator, task);
	assert.equal(open.until, null);
	await answer(open, { reached: false, answer: '三次无人接听' });
	assert.equal((await get(task)).contacted_at, null);
	assert.deepEqual(ofType(await eventsOf(server, task.appeal), 'task.contacted'), []);
	await ask(task);
	assert.equal((await ofTask(cgj, task)).length, 1);
});

test('an answer that comes when the task has gone on is kept and moves nothing', async () => {
	const task = await signedTask();
	await ask(task);
	const [open] = await ofTask(operator, task);
	await cgj.post(`/tasks/${task.id}/return`, { reason: 'not_my_duty', basis: '三定方案' },
		{ expect: 200 });
	await answer(open, { reached: true, answer: '三楼' });
	const after = await get(task);
	assert.deepEqual([after.state, after.contacted_at], ['return_requested', null]);
});

test('what is refused says why and changes nothing', async () => {
	const open_case = await signedTask({ name: '李', phone: '13800001111' });
	assert.equal((await ask(open_case, QUESTION, 409)).code, 'not_secret');
	const silent = await signedTask({ name: '李', secret: true });
	assert.equal((await ask(silent, QUESTION, 409)).code, 'no_phone');
	const task = await signedTask();
	await ask(task);
	assert.equal((await ask(task, QUESTION, 409)).code, 'callback_open');
	const unsigned = leadOf(await register(server, where, { caller: CALLER }));
	const illegal = await ask(unsigned, QUESTION, 409);
	assert.ok(illegal.code === 'illegal_step' && illegal.allowed.includes('sign'));
	for (const [body, pointer] of [[{}, '#/question'], [{ question: ' ' }, '#/question'],
		[{ ...QUESTION, until: '2026-03-01' }, '#/until'], [{ ...QUESTION, phone: '1' }, '#/phone']])
		assert.deepEqual((await ask(task, body, 422)).errors.map((one) => one.pointer), [pointer]);
	await server.department('JTJ').post(`/tasks/${task.id}/callback`, QUESTION, { expect: 404 });
	await supervisor.post(`/tasks/${task.id}/callback`, QUESTION, { expect: 403 });

	const [open] = await ofTask(operator, task);
	for (const [body, pointer] of [[{ answer: '三楼' }, '#/reached'],
		[{ reached: null, answer: '三楼' }, '#/reached'], [{ reached: true }, '#/answer']])
		assert.deepEqual((await answer(open, body, operator, 422)).errors
			.map((one) => one.pointer), [pointer]);
	for (const client of [cgj, supervisor])
		await answer(open, { reached: true, answer: '三楼' }, client, 403);
	await answer({ id: 999999 }, { reached: true, answer: '三楼' }, operator, 404);
	const events = await eventsOf(server, task.appeal);
	const results = await Promise.all(Array.from({ length: 6 }, () => operator.post(
		`/callbacks/${open.id}/answer`, { reached: true, answer: '三楼' })));
	assert.deepEqual(results.map((one) => one.status).sort(), [200, 409, 409, 409, 409, 409]);
	assert.ok(results.filter((one) => one.status === 409)
		.every((one) => one.json.code === 'already_answered'));
	assert.equal((await eventsOf(server, task.appeal)).length, events.length + 2);
});

endsCleanly(server);
