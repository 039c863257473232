/* The life of a task: the straight path, and every step beside it refused with what may be. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, register, review, rowOf, sign,
	taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const own = server.department('CGJ');
const other = server.department('JTJ');

const BODIES = {
	sign: {},
	contact: { channel: 'phone', outcome: 'reached', note: '已联系' },
	progress: { text: '正在采购灯具' },
	complete: { result: 'solved', reply: '已修好。', attachments: [] },
	review: { pass: true, reason: '' },
	visits: { channel: 'phone', reached: true, contacted: true, solved: 'yes',
		result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '' },
};
const fresh = async () => leadOf(await register(server, where));
const post = (client, task, action, options) =>
	client.post(`/tasks/${task.id}/${action}`, BODIES[action], options);

/* A task in each state that the steps of this file reach. */
const MAKE = {
	awaiting_sign: fresh,
	in_hand: async () => {
		const task = await fresh();
		await sign(server, task);
		return contact(server, task);
	},
	review_pending: async () => complete(server, await MAKE.in_hand()),
	closed: async () => review(server, await MAKE.review_pending()),
	visited: async () => visit(server, await MAKE.closed(), 'satisfied'),
};

test('the straight path leads from the signature to the visit', async () => {
	const appeal = await register(server, where);
	const task = leadOf(appeal);
	assert.equal((await sign(server, task)).state, 'in_hand');
	assert.equal((await contact(server, task)).state, 'in_hand');
	await own.post(`/tasks/${task.id}/progress`, { text: '灯具已到货', promise_on: '2026-03-05' },
		{ expect: 200 });
	assert.equal((await complete(server, task)).state, 'review_pending');
	assert.equal((await review(server, task)).state, 'closed');
	assert.equal((await appealNow(server, appeal.id)).state, 'closed');
	assert.equal((await visit(server, task, 'satisfied')).state, 'visited');
	const types = (await eventsOf(server, appeal.id)).map((event) => event.type);
	assert.deepEqual(types, ['appeal.received', 'task.dispatched', 'task.signed',
		'task.contacted', 'task.progressed', 'task.completed', 'task.review_passed',
		'task.visited']);
});

test('every step raises the version of the task and answers with its ETag', async () => {
	const task = await fresh();
	let version = task.version;
	for (const [client, action] of [[own, 'sign'], [own, 'contact'], [own, 'progress'],
		[own, 'complete'], [server.as('reviewer'), 'review'], [server.as('visitor'), 'visits']]) {
		const answer = await post(client, task, action, { expect: 200 });
		assert.ok(answer.json.version > version, `${action} raises the version`);
		version = answer.json.version;
		const read = await own.get(`/tasks/${task.id}`, { expect: 200 });
		assert.equal(read.json.version, version);
		assert.ok(read.headers.etag);
		assert.equal(answer.headers.etag ?? read.headers.etag, read.headers.etag);
	}
});

test('a step with a stale If-Match is 412 and changes nothing', async () => {
	const task = await fresh();
	const first = await own.get(`/tasks/${task.id}`, { expect: 200 });
	await post(own, task, 'sign', { etag: first.headers.etag, expect: 200 });
	const before = await taskNow(server, task);
	await post(own, task, 'contact', { etag: first.headers.etag, expect: 412 });
	assert.deepEqual(await taskNow(server, task), before);
	const second = await own.get(`/tasks/${task.id}`, { expect: 200 });
	await post(own, task, 'contact', { etag: second.headers.etag, expect: 200 });
});

test('refusals come in a fixed order: 401, 404 or 403, 422, 412, 409', async () => {
	const task = await fresh();
	const bad = { raw: '{"colour":1}', etag: '"stale"' };
	const path = `/tasks/${task.id}/complete`;
	await server.anonymous().request('POST', path, { ...bad, expect: 401 });
	await other.request('POST', path, { ...bad, expect: 404 });
	await server.as('leader').request('POST', path, { ...bad, expect: 403 });
	await own.request('POST', path, { ...bad, raw: '{', expect: 400 });
	await own.request('POST', path, { ...bad, expect: 422 });
	await own.post(path, BODIES.complete, { etag: '"stale"', expect: 412 });
	await own.post(path, BODIES.complete, { expect: 409 });
	assert.deepEqual((await taskNow(server, task)).version, task.version);
});

test('two hands on one task at the same moment: one signs, the other is told 409', async () => {
	const task = await fresh();
	const answers = await Promise.all(Array.from({ length: 8 },
		() => post(own, task, 'sign', { expect: [200, 409] })));
	assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
});

/* From which states each action is possible. Visits are recorded in every state. */
const LEGAL = {
	sign: ['awaiting_sign'],
	contact: ['in_hand'],
	progress: ['in_hand'],
	complete: ['in_hand'],
	review: ['review_pending'],
};
const BY = { sign: own, contact: own, progress: own, complete: own,
	review: server.as('reviewer') };

for (const state of Object.keys(MAKE))
	test(`from ${state} every illegal step is 409, names what is allowed, changes nothing`,
		async () => {
			const task = await MAKE[state]();
			assert.equal(task.state, state);
			const before = await taskNow(server, task);
			for (const [action, states] of Object.entries(LEGAL)) {
				if (states.includes(state))
					continue;
				const answer = await post(BY[action], task, action);
				/* An early or late word with the caller may be logged; nothing else. */
				if (action === 'contact' && answer.status === 200)
					assert.equal(answer.json.state, state);
				else
					assert.equal(answer.status, 409, `${action} from ${state}: ` +
						`${answer.status} ${answer.text}`);
				if (answer.status === 409) {
					assert.ok(Array.isArray(answer.json.allowed), answer.text);
					assert.ok(!answer.json.allowed.includes(action));
				}
			}
			assert.equal((await taskNow(server, task)).state, before.state);
		});

test('completing without a signature is 409', async () => {
	await post(own, await fresh(), 'complete', { expect: 409 });
});

test('completing without a logged contact is 409 checklist_incomplete', async () => {
	const task = await fresh();
	await sign(server, task);
	const answer = await post(own, task, 'complete', { expect: 409 });
	assert.equal(answer.json.code, 'checklist_incomplete');
	assert.equal((await taskNow(server, task)).state, 'in_hand');
	await contact(server, task);
	await post(own, task, 'complete', { expect: 200 });
});

test('completing without a reply is refused', async () => {
	const task = await MAKE.in_hand();
	for (const body of [{ result: 'solved', attachments: [] },
		{ result: 'solved', reply: '', attachments: [] },
		{ result: 'solved', reply: '  ', attachments: [] }]) {
		const answer = await own.post(`/tasks/${task.id}/complete`, body,
			{ expect: [409, 422] });
		if (answer.status === 409)
			assert.equal(answer.json.code, 'checklist_incomplete');
	}
	assert.equal((await taskNow(server, task)).state, 'in_hand');
});

test('a reply of 20,000 characters is taken, one more is 422', async () => {
	const task = await MAKE.in_hand();
	const body = { result: 'explained', attachments: [] };
	await own.post(`/tasks/${task.id}/complete`, { ...body, reply: '答'.repeat(20_001) },
		{ expect: 422 });
	await own.post(`/tasks/${task.id}/complete`, { ...body, reply: '答'.repeat(20_000) },
		{ expect: 200 });
});

const REFUSED = [
	['contact', { channel: 'fax', outcome: 'reached', note: '' }],
	['contact', { channel: 'phone', outcome: 'maybe', note: '' }],
	['contact', {}],
	['progress', {}],
	['progress', { text: '' }],
	['progress', { text: '好', promise_on: '2026-02-30' }],
	['complete', { result: 'done', reply: '好', attachments: [] }],
	['complete', { result: 'solved', reply: 5, attachments: [] }],
	['complete', { result: 'solved', reply: '好', attachments: [], state: 'closed' }],
	['sign', { by: 'me' }],
];

for (const [action, body] of REFUSED)
	test(`${action} with ${JSON.stringify(body)} is 422 and changes nothing`, async () => {
		const task = action === 'sign' ? await fresh() : await MAKE.in_hand();
		const before = await taskNow(server, task);
		const answer = await own.post(`/tasks/${task.id}/${action}`, body, { expect: 422 });
		assert.ok(answer.json.errors.length > 0);
		assert.deepEqual(await taskNow(server, task), before);
	});

test('the task of another department does not exist, whatever is tried', async () => {
	const task = await fresh();
	const missing = await other.get('/tasks/LD990101000001-1', { expect: 404 });
	const read = await other.get(`/tasks/${task.id}`, { expect: 404 });
	assert.deepEqual([read.json.code, read.json.title, read.json.detail],
		[missing.json.code, missing.json.title, missing.json.detail]);
	for (const action of ['sign', 'contact', 'progress', 'complete'])
		await post(other, task, action, { expect: 404 });
	await other.get(`/appeals/${task.appeal}`, { expect: 404 });
	assert.equal((await taskNow(server, task)).state, 'awaiting_sign');
});

test('a role without the action is 403', async () => {
	const task = await fresh();
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
		'auditor', 'admin'])
		for (const action of ['sign', 'contact', 'progress', 'complete'])
			await post(server.as(role), task, action, { expect: 403 });
	for (const role of ['operator', 'dispatcher', 'visitor', 'leader', 'auditor', 'admin'])
		await post(server.as(role), task, 'review', { expect: 403 });
	await post(own, task, 'review', { expect: 403 });
	await post(own, task, 'visits', { expect: 403 });
	assert.equal((await taskNow(server, task)).version, task.version);
});

test('a refused submission goes back into hand and does not count as closing', async () => {
	const task = await MAKE.review_pending();
	const back = await review(server, task, false, '缺少现场照片');
	assert.equal(back.state, 'in_hand');
	const events = await eventsOf(server, task.appeal);
	assert.ok(events.some((event) => event.type === 'task.review_failed'));
	await complete(server, task, { reply: '补充照片后再报。' });
	assert.equal((await review(server, task)).state, 'closed');
});

test('a refusal needs its reason', async () => {
	const task = await MAKE.review_pending();
	for (const body of [{ pass: false }, { pass: false, reason: '' }, { reason: '好' },
		{ pass: 'no', reason: '好' }])
		await server.as('reviewer').post(`/tasks/${task.id}/review`, body, { expect: 422 });
});

test('an Idempotency-Key makes a step of a task safe to repeat', async () => {
	const task = await fresh();
	const idem = 'sign-once-0001';
	const first = await post(own, task, 'sign', { idem, expect: 200 });
	const again = await post(own, task, 'sign', { idem, expect: 200 });
	assert.equal(again.text, first.text);
	assert.equal(again.headers['idempotency-replayed'], 'true');
	await post(own, task, 'sign', { expect: 409 });
});

test('the inbox lists own tasks only, filtered by state', async () => {
	const task = await fresh();
	const inbox = await own.all('/tasks?state=awaiting_sign');
	assert.ok(inbox.some((one) => one.id === task.id));
	assert.ok(inbox.every((one) => one.department === 'CGJ' && one.state === 'awaiting_sign'));
	assert.deepEqual((await other.all('/tasks')).filter((one) => one.department !== 'JTJ'), []);
	const item = inbox.find((one) => one.id === task.id);
	assert.deepEqual(item, (await own.get(`/tasks/${task.id}`, { expect: 200 })).json,
		'an item has the single form');
});

test('an appeal closes with its lead, however late the review', async () => {
	const appeal = await register(server, where);
	const task = leadOf(appeal);
	await close(server, task);
	const closed = await appealNow(server, appeal.id);
	assert.equal(closed.state, 'closed');
	assert.ok(closed.version > appeal.version);
	const later = await MAKE.review_pending();
	await moveTo(server, '2026-03-12 09:00');
	await review(server, later);
	const events = await eventsOf(server, later.appeal);
	const submitted = events.find((event) => event.type === 'task.completed');
	assert.equal(ms(submitted.at), ms(local('2026-03-02 09:00')));
});

endsCleanly(server);
