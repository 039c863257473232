/* What the desk does with an appeal without a department: answer, refuse, hand over. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, appealNow, close, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow }
	from './lib/world.mjs';

/* A pair the shipped catalogue knows and leaves to people. */
const UNROUTED = { category: '160101', area: 'A01' };

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const dispatcher = server.as('dispatcher');
const where = rowOf(server, 'CGJ');

const act = (appeal, action, body, expect = 200, client = operator) =>
	client.post(`/appeals/${appeal.id}/${action}`, body, { expect });
const accepted = (changes = {}) => register(server, UNROUTED, changes);
const caller = (phone) => ({ caller: { name: '赵一', phone } });
const REFUSAL = { reason: 'litigation', told: '请向人民法院起诉，可先拨打 12368。' };
const TRANSFER = { to: '110', reason: '正在发生打架', item: 'T01' };

async function assertUntouched(before, events) {
	assert.deepEqual(await appealNow(server, before.id), before);
	assert.deepEqual(await eventsOf(server, before.id), events);
}

/* ---- accepted -> answered ---- */

for (const content_class of ['consultation', 'praise', 'suggestion'])
	test(`accepted, answer at the desk: a ${content_class} is answered without a task`,
		async () => {
			const appeal = await accepted({ content_class });
			const done = (await act(appeal, 'answer', { text: '窗口周一至周五办理。' })).json;
			assert.equal(done.state, 'answered');
			assert.deepEqual(done.tasks, []);
			assert.deepEqual(done, await appealNow(server, appeal.id));
			const events = await eventsOf(server, appeal.id);
			assert.deepEqual(events.map((one) => one.type),
				['appeal.received', 'appeal.answered']);
			assert.equal(events[1].data.text, '窗口周一至周五办理。');
			assert.equal(events[1].data.repeat_of, null);
			assert.deepEqual((await act(appeal, 'answer', { text: '再答' }, 409)).json.allowed,
				['reopen']);
		});

for (const content_class of ['help', 'complaint', 'report'])
	test(`a ${content_class} is not for the desk and stays accepted`, async () => {
		const appeal = await accepted({ content_class });
		const answer = await act(appeal, 'answer', { text: '已知悉' }, 409);
		assert.equal(answer.json.code, 'not_for_the_desk');
		assert.deepEqual(answer.json.allowed.sort(),
			['dispatch', 'merge', 'refuse', 'transfer', 'withdraw']);
		assert.deepEqual(await appealNow(server, appeal.id), appeal);
	});

test('what is registered at the desk reaches no department, and is answered in the next step',
	async () => {
		const appeal = await register(server, where, { content_class: 'consultation', at_desk: true });
		assert.deepEqual([appeal.state, appeal.tasks], ['accepted', []]);
		const done = (await act(appeal, 'answer', { text: '窗口周一至周五办理。' })).json;
		assert.deepEqual([done.state, done.tasks], ['answered', []]);
		assert.deepEqual((await eventsOf(server, appeal.id)).map((one) => one.type),
			['appeal.received', 'appeal.answered']);
	});

test('a complaint is not kept from its department, nor is anything by a program', async () => {
	for (const [client, changes] of [[operator, { content_class: 'complaint' }],
		[server.as('intake'), { content_class: 'consultation', channel: '110' }]]) {
		const answer = await client.register(anAppeal(where, { ...changes, at_desk: true }),
			{ expect: 422 });
		assert.deepEqual(answer.json.errors.map((one) => [one.pointer, one.code]),
			[['#/at_desk', 'not_for_the_desk']]);
	}
});

test('a consultation that a department has is not answered over its head', async () => {
	const appeal = await register(server, where, { content_class: 'consultation' });
	const events = await eventsOf(server, appeal.id);
	const answer = await act(appeal, 'answer', { text: '窗口办理' }, 409);
	assert.equal(answer.json.code, 'illegal_step');
	await assertUntouched(appeal, events);
});

test('an answer needs its text, and a stale one is refused', async () => {
	const appeal = await accepted({ content_class: 'consultation' });
	await act(appeal, 'answer', {}, 422);
	await act(appeal, 'answer', { text: ' ' }, 422);
	await operator.post(`/appeals/${appeal.id}/answer`, { text: '答' },
		{ etag: '"a-77"', expect: 412 });
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

/* ---- a repeat is told the result ---- */

test('a repeat without new facts is told the result and costs no department a task', async () => {
	const first = await register(server, where, caller('13911110001'));
	await close(server, leadOf(first));
	const again = await register(server, where, caller('13911110001'));
	const done = (await act(again, 'answer',
		{ text: '您反映的事项已办结，结果如下。', repeat_of: first.id })).json;
	assert.equal(done.state, 'answered');
	assert.equal(leadOf(done).state, 'withdrawn');
	const events = await eventsOf(server, again.id);
	assert.deepEqual(events.map((one) => one.type), ['appeal.received', 'task.dispatched',
		'task.withdrawn', 'appeal.answered']);
	assert.deepEqual(events[2].data, { cause: 'told_the_result' });
	assert.equal(events[3].data.repeat_of, first.id);
	assert.equal((await appealNow(server, first.id)).state, 'closed');
	const [[left_by]] = sql(server, `SELECT left_by FROM tasks_task
		WHERE appeal_id = (SELECT MAX(appeal_id) FROM tasks_task)`);
	assert.equal(left_by, '3', 'out of every base, like a merged one');
});

test('once a department has signed, a repeat is its business', async () => {
	const first = await register(server, where, caller('13911110002'));
	await close(server, leadOf(first));
	const again = await register(server, where, caller('13911110002'));
	await sign(server, leadOf(again));
	const answer = await act(again, 'answer', { text: '已办结', repeat_of: first.id }, 409);
	assert.equal(answer.json.code, 'illegal_step');
	assert.equal((await taskNow(server, leadOf(again))).state, 'in_hand');
});

test('a repeat is of the same caller, and of what has a result', async () => {
	const open = await register(server, where, caller('13911110003'));
	const stranger = await register(server, where, caller('13911110004'));
	await close(server, leadOf(stranger));
	const nobody = await register(server, where, { caller: { anonymous: true } });
	await close(server, leadOf(nobody));
	const again = await register(server, where, caller('13911110003'));
	const refused = { [open.id]: 'no_result_yet', [again.id]: 'not_the_same_caller',
		[stranger.id]: 'not_the_same_caller', [nobody.id]: 'not_the_same_caller',
		LD990101000001: 'not_the_same_caller', nonsense: 'not_the_same_caller' };
	for (const [repeat_of, code] of Object.entries(refused)) {
		const answer = await act(again, 'answer', { text: '已办结', repeat_of }, 422);
		assert.deepEqual(answer.json.errors.map((one) => [one.pointer, one.code]),
			[['#/repeat_of', code]], repeat_of);
	}
	assert.deepEqual(await appealNow(server, again.id), again);
});

/* ---- accepted -> refused ---- */

test('accepted, refuse: the reason and the proper channel are on record', async () => {
	const appeal = await accepted();
	const done = (await act(appeal, 'refuse', REFUSAL)).json;
	assert.equal(done.state, 'refused');
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(events.map((one) => one.type), ['appeal.received', 'appeal.refused']);
	const { data } = events[1];
	assert.deepEqual([data.reason, data.told], [REFUSAL.reason, REFUSAL.told]);
	assert.match(data.proper_channel, /12368/);
	assert.ok(data.reason_name && data.grounds_version >= 1);
	await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: '' }, { expect: 409 });
});

test('a refusal names a ground of the list and what the caller was told', async () => {
	const appeal = await accepted();
	for (const body of [{}, { reason: 'litigation' }, { told: '请起诉' },
		{ reason: 'busy', told: '忙' }, { reason: 'not_my_duty', told: '别的清单' },
		{ reason: 'litigation', told: ' ' }])
		await act(appeal, 'refuse', body, 422);
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

test('what was dispatched is not refused any more', async () => {
	const appeal = await register(server, where);
	const answer = await act(appeal, 'refuse', REFUSAL, 409);
	assert.deepEqual(answer.json.allowed.sort(), ['dispatch', 'merge', 'withdraw']);
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

/* ---- accepted -> transferred ---- */

test('accepted, transfer: the first receiver stays responsible until it is acknowledged',
	async () => {
		const appeal = await accepted();
		const asked = (await act(appeal, 'transfer', TRANSFER)).json;
		assert.deepEqual([asked.state, asked.transferring], ['accepted', true]);
		const waiting = await dispatcher.all('/appeals?state=accepted');
		assert.ok(waiting.some((one) => one.id === appeal.id), 'still on the list');
		const done = (await act(appeal, 'transfer/acknowledge',
			{ their_no: '110-778', by: '王警官' }, 200, dispatcher)).json;
		assert.deepEqual([done.state, done.transferring], ['transferred', false]);
		const events = await eventsOf(server, appeal.id);
		assert.deepEqual(events.map((one) => one.type), ['appeal.received',
			'appeal.transfer_asked', 'appeal.transferred']);
		assert.deepEqual([events[1].data.to, events[1].data.item], ['110', 'T01']);
		assert.ok(events[1].data.item_name);
		assert.deepEqual(events[2].data, { their_no: '110-778', by: '王警官' });
	});

test('while the other side keeps silent only dispatch and withdrawal are possible', async () => {
	const appeal = await accepted({ content_class: 'consultation' });
	const other = await accepted();
	await act(appeal, 'transfer', { to: '120', reason: '有人受伤' });
	const bodies = { answer: { text: '答' }, refuse: REFUSAL, transfer: TRANSFER,
		merge: { into: other.id } };
	for (const [action, body] of Object.entries(bodies)) {
		const answer = await act(appeal, action, body, 409);
		assert.deepEqual(answer.json.allowed.sort(), ['dispatch', 'transfer/acknowledge',
			'transfer/refuse', 'withdraw'], action);
	}
	assert.equal((await act(appeal, 'withdraw',
		{ reason: '误拨', confirmed_by: 'none' })).json.transferring, false);
});

test('what was dispatched meanwhile stays with its department', async () => {
	const appeal = await accepted();
	await act(appeal, 'transfer', { to: '119', reason: '可能起火' });
	const sent = (await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: '' }, { expect: 200 })).json;
	assert.equal(sent.transferring, true);
	const done = (await act(appeal, 'transfer/acknowledge', { by: '消防' })).json;
	assert.deepEqual([done.state, done.transferring], ['dispatched', false]);
	assert.deepEqual(done.tasks, sent.tasks);
	assert.equal(ofType(await eventsOf(server, appeal.id), 'appeal.transferred').length, 1);
});

test('a refused transfer leaves the appeal accepted, with the refusal on record', async () => {
	const appeal = await accepted();
	await act(appeal, 'transfer/refuse', { reason: '未移交' }, 409);
	await act(appeal, 'transfer', TRANSFER);
	await act(appeal, 'transfer/refuse', {}, 422);
	const done = (await act(appeal, 'transfer/refuse', { reason: '不属于警情' })).json;
	assert.deepEqual([done.state, done.transferring], ['accepted', false]);
	const last = (await eventsOf(server, appeal.id)).at(-1);
	assert.deepEqual([last.type, last.data], ['appeal.transfer_refused',
		{ reason: '不属于警情' }]);
	assert.equal((await act(appeal, 'transfer', { to: '122', reason: '事故' })).json.transferring,
		true, 'another service may be asked');
});

test('a transfer names a service of the list, and an item handed over to it', async () => {
	const appeal = await accepted();
	for (const body of [{}, { to: '110' }, { reason: '急' }, { to: '114', reason: '急' },
		{ ...TRANSFER, item: 'T99' }, { ...TRANSFER, item: 'F01' },
		{ ...TRANSFER, to: '119' }])
		await act(appeal, 'transfer', body, 422);
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

/* ---- who may ---- */

test('the desk is the operator\'s: every other role is refused', async () => {
	const appeal = await accepted({ content_class: 'consultation' });
	const actions = { answer: { text: '答' }, refuse: REFUSAL };
	for (const role of ['dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor',
		'admin'])
		for (const [action, body] of Object.entries(actions))
			await act(appeal, action, body, 403, server.as(role));
	for (const role of ['reviewer', 'supervisor', 'auditor', 'admin'])
		await act(appeal, 'transfer', TRANSFER, 403, server.as(role));
	for (const action of ['answer', 'refuse', 'transfer', 'transfer/acknowledge'])
		await act(appeal, action, {}, 403, server.department('CGJ'));
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

test('an outsourced operator takes calls and hands over, but neither answers nor refuses',
	async () => {
		const outsourced = await newKey(server, 'desk-contractor', 'operator', '--outsourced');
		const appeal = await accepted({ content_class: 'consultation' });
		for (const [action, body] of [['answer', { text: '答' }], ['refuse', REFUSAL]])
			assert.equal((await act(appeal, action, body, 403, outsourced)).json.code,
				'outsourced');
		await act(appeal, 'transfer', TRANSFER, 200, outsourced);
	});

test('of two answers at once one is given, the other is told what is possible', async () => {
	for (let i = 0; i < 5; i++) {
		const appeal = await accepted({ content_class: 'consultation' });
		const answers = await Promise.all(['一', '二'].map((text) =>
			act(appeal, 'answer', { text }, [200, 409])));
		assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409]);
		assert.deepEqual((await eventsOf(server, appeal.id)).map((one) => one.type),
			['appeal.received', 'appeal.answered']);
	}
});

endsCleanly(server);
