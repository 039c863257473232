/* Who receives a task: the catalogue, a dispatcher, and never the one complained about. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, eventsOf, leadOf, ofType, register, row, rowOf, sign, taskNow }
	from './lib/world.mjs';

/* A pair the shipped catalogue knows and leaves to people. */
const UNROUTED = { category: '160101', area: 'A01' };

const server = await startServer({ clock: MONDAY });
const dispatcher = server.as('dispatcher');
const operator = server.as('operator');

const dispatchTo = (appeal, body, expect = 200) =>
	dispatcher.post(`/appeals/${appeal.id}/dispatch`, body, { expect });

for (const limit_class of ['L1', 'L3'])
	test(`a help appeal of a row of class ${limit_class} goes to the row's department`,
		async () => {
			const where = row(server, limit_class);
			const appeal = await register(server, where);
			const task = leadOf(appeal);
			assert.equal(appeal.state, 'dispatched');
			assert.equal(task.department, where.department);
			assert.equal(task.limit_class, limit_class);
			assert.equal(task.state, 'awaiting_sign');
			assert.equal(task.appeal, appeal.id);
			assert.equal(task.round, 1);
			assert.equal(task.due, task.original_due);
		});

test('every row of access.json dispatches as it says', async () => {
	for (const where of server.access.catalogue) {
		const task = leadOf(await register(server, where));
		assert.deepEqual([task.department, task.limit_class],
			[where.department, where.limit_class], JSON.stringify(where));
	}
});

test('registering and dispatching are one change with two events', async () => {
	const appeal = await register(server, row(server));
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(events.map((event) => event.type), ['appeal.received', 'task.dispatched']);
	assert.equal(events[1].task, leadOf(appeal).id);
});

test('the content class decides the limits, the channel never', async () => {
	const where = row(server, 'L3');
	const expected = { consultation: 'L2', help: 'L3', complaint: 'L3', suggestion: 'L3',
		praise: 'L3' };
	for (const [content_class, limit_class] of Object.entries(expected))
		for (const channel of ['110', 'web', 'leader']) {
			const appeal = await register(server, where, { content_class, channel });
			assert.equal(leadOf(appeal).limit_class, limit_class,
				`${content_class} by ${channel}`);
		}
});

test('urgent makes L0 only where the row allows it', async () => {
	const normal = await register(server, rowOf(server, 'CGJ'), { urgent: true });
	assert.equal(leadOf(normal).limit_class, 'L3', 'this row does not allow it');
	const utility = { category: '0101', area: 'A01' };
	assert.equal(leadOf(await register(server, utility, { urgent: true })).limit_class, 'L0');
	assert.equal(leadOf(await register(server, utility)).limit_class, 'L1');
});

test('a known pair without a row waits for a dispatcher', async () => {
	const appeal = await register(server, UNROUTED);
	assert.equal(appeal.state, 'accepted');
	assert.deepEqual(appeal.tasks, []);
	const waiting = await dispatcher.all('/appeals?state=accepted');
	assert.ok(waiting.some((one) => one.id === appeal.id));
});

test('a dispatcher hands an accepted appeal out, with assists and advice', async () => {
	const appeal = await register(server, UNROUTED);
	const answer = await dispatchTo(appeal,
		{ department: 'CGJ', assist: ['GAJ', 'BHJD'], advice: '请现场核实' });
	const lead = leadOf(answer.json);
	assert.equal(answer.json.state, 'dispatched');
	assert.equal(lead.department, 'CGJ');
	assert.deepEqual(answer.json.tasks.filter((task) => task.role === 'assist')
		.map((task) => task.department).sort(), ['BHJD', 'GAJ']);
	assert.equal(ofType(await eventsOf(server, appeal.id), 'task.dispatched').length, 3);
});

test('a dispatcher may set the limit class', async () => {
	const appeal = await register(server, UNROUTED);
	const answer = await dispatchTo(appeal,
		{ department: 'CGJ', assist: [], advice: '', limit_class: 'L5' });
	assert.equal(leadOf(answer.json).limit_class, 'L5');
});

test('naming the present lead again only adds the assists', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const lead = leadOf(appeal);
	const answer = await dispatchTo(appeal,
		{ department: 'CGJ', assist: ['GAJ'], advice: '公安协办' });
	assert.equal(leadOf(answer.json).id, lead.id);
	assert.equal(leadOf(answer.json).due, lead.due);
	assert.equal(answer.json.tasks.length, 2);
});

test('another department while a lead is open is 409 and changes nothing', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const answer = await dispatchTo(appeal, { department: 'JTJ', assist: [], advice: '' }, 409);
	assert.ok(Array.isArray(answer.json.allowed));
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

test('dispatch to an unknown department or one that takes no tasks is 422', async () => {
	const appeal = await register(server, UNROUTED);
	for (const department of ['NOPE', 'YHQ'])
		await dispatchTo(appeal, { department, assist: [], advice: '' }, 422);
	await dispatchTo(appeal, { department: 'CGJ', assist: ['NOPE'], advice: '' }, 422);
	await dispatchTo(appeal, {}, 422);
	assert.equal((await appealNow(server, appeal.id)).state, 'accepted');
});

test('the accused department gets no task by catalogue; the appeal stays accepted', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'CGJ', person: null } });
	assert.equal(appeal.state, 'accepted');
	assert.deepEqual(appeal.tasks, []);
	assert.deepEqual(ofType(await eventsOf(server, appeal.id), 'task.dispatched'), []);
});

test('the accused department gets no task by hand, as lead or as assist', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'CGJ' } });
	await dispatchTo(appeal, { department: 'CGJ', assist: [], advice: '' }, [409, 422]);
	await dispatchTo(appeal, { department: 'JTJ', assist: ['CGJ'], advice: '' }, [409, 422]);
	assert.equal((await appealNow(server, appeal.id)).state, 'accepted');
	const other = await dispatchTo(appeal, { department: 'JTJ', assist: [], advice: '' });
	assert.equal(leadOf(other.json).department, 'JTJ');
});

test('the appeal does not exist for the accused department', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'CGJ' } });
	const accused = server.department('CGJ');
	const missing = await accused.get('/appeals/LD990101000001', { expect: 404 });
	for (const path of [`/appeals/${appeal.id}`, `/appeals/${appeal.id}/events`]) {
		const answer = await accused.get(path, { expect: 404 });
		assert.equal(answer.json.code, missing.json.code);
	}
	const own = await accused.all('/appeals');
	assert.ok(!own.some((one) => one.id === appeal.id));
});

test('a matter kept for departments is not handed down to a street', async () => {
	const appeal = await register(server, { category: '080101', area: 'A01' },
		{ accused: { department: 'ZADD' } });
	assert.equal(appeal.state, 'accepted', 'its only receiver by catalogue is accused');
	await dispatchTo(appeal, { department: 'BHJD', assist: [], advice: '' }, [409, 422]);
	await dispatchTo(appeal, { department: 'GAJ', assist: [], advice: '' });
});

test('a person accused without a department changes nothing in the dispatch', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: null, person: '某队员' } });
	assert.equal(leadOf(appeal).department, 'CGJ');
});

test('only a dispatcher dispatches', async () => {
	const appeal = await register(server, UNROUTED);
	for (const role of ['operator', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor',
		'admin'])
		await server.as(role).post(`/appeals/${appeal.id}/dispatch`,
			{ department: 'CGJ', assist: [], advice: '' }, { expect: 403 });
});

test('a stale If-Match on the dispatch is 412, the present one passes', async () => {
	const appeal = await register(server, UNROUTED);
	const read = await dispatcher.get(`/appeals/${appeal.id}`, { expect: 200 });
	const body = { department: 'CGJ', assist: [], advice: '' };
	await dispatcher.post(`/appeals/${appeal.id}/dispatch`, body,
		{ etag: '"a-nothing-77"', expect: 412 });
	await dispatcher.post(`/appeals/${appeal.id}/dispatch`, body,
		{ etag: read.headers.etag, expect: 200 });
	await dispatcher.post(`/appeals/${appeal.id}/dispatch`, { ...body, assist: ['GAJ'] },
		{ etag: read.headers.etag, expect: 412 });
});

test('an assist signs and works on its own, the lead is untouched by it', async () => {
	const appeal = await register(server, UNROUTED);
	const answer = await dispatchTo(appeal, { department: 'CGJ', assist: ['GAJ'], advice: '' });
	const assist = answer.json.tasks.find((task) => task.role === 'assist');
	await sign(server, assist);
	assert.equal((await taskNow(server, assist)).state, 'in_hand');
	assert.equal((await taskNow(server, leadOf(answer.json))).state, 'awaiting_sign');
});

/* ---- the fast lane (效能投诉直查快办) ---- */

const ACCUSED = { accused: { department: 'CGJ', person: '某队长' } };

test('an appeal about the very department that would get it takes the fast lane', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'), ACCUSED);
	assert.deepEqual([appeal.state, appeal.version], ['accepted', 2]);
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(events.map((event) => [event.type, event.task]),
		[['appeal.received', null], ['appeal.fast_lane', null]]);
	assert.deepEqual(events[1].data, { accused: 'CGJ' });
	assert.ok(!JSON.stringify(events).includes('某队长'), 'no person is named');
});

test('an accused department that is not the receiver makes no fast lane', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'), ACCUSED);
	assert.equal(leadOf(appeal).department, 'JTJ');
	const waiting = await register(server, UNROUTED, ACCUSED);
	assert.equal(waiting.state, 'accepted');
	for (const { id } of [appeal, waiting])
		assert.deepEqual(ofType(await eventsOf(server, id), 'appeal.fast_lane'), []);
});

test('a supervisor dispatches in the fast lane, and nothing else', async () => {
	const supervisor = server.as('supervisor');
	const body = { department: 'XNB', advice: '直查快办' };
	const fast = await register(server, rowOf(server, 'CGJ'), ACCUSED);
	const recused = await supervisor.post(`/appeals/${fast.id}/dispatch`,
		{ department: 'CGJ' }, { expect: 409 });
	assert.equal(recused.json.code, 'recused');
	const answer = await supervisor.post(`/appeals/${fast.id}/dispatch`, body, { expect: 200 });
	assert.equal(leadOf(answer.json).department, 'XNB');
	await supervisor.post(`/appeals/${fast.id}/dispatch`, { ...body, assist: ['GAJ'] },
		{ expect: 403 });
	for (const where of [rowOf(server, 'CGJ'), UNROUTED]) {
		const usual = await register(server, where);
		await supervisor.post(`/appeals/${usual.id}/dispatch`, body, { expect: 403 });
		assert.deepEqual(await appealNow(server, usual.id), usual);
	}
});

/* ---- limits that a law gives ---- */

const LEGAL = { department: 'CGJ', limit_class: 'LX', due: '2026-05-01',
	legal_basis: '《行政复议法》第六十二条' };

test('a limit that a law gives is typed in with its basis and ends with its day', async () => {
	const appeal = await register(server, UNROUTED);
	const lead = leadOf((await dispatchTo(appeal, LEGAL)).json);
	assert.equal(lead.limit_class, 'LX');
	assertSameTime(lead.due, '2026-05-01 23:59:59');
	assert.equal(lead.original_due, lead.due);
	assertSameTime(lead.sign_due, '2026-03-03 23:59:59', 'the table has the others');
	const [event] = ofType(await eventsOf(server, appeal.id), 'task.dispatched');
	assert.equal(event.data.basis, LEGAL.legal_basis);
	assert.equal(event.data.due, lead.due);
});

test('a limit that a law gives may end at a moment, in whole seconds', async () => {
	const appeal = await register(server, UNROUTED);
	const { json } = await dispatchTo(appeal,
		{ ...LEGAL, due: '2026-03-20T12:00:00.750+08:00', assist: ['GAJ'] });
	assert.deepEqual(json.tasks.map((task) => [task.role, task.limit_class]),
		[['lead', 'LX'], ['assist', 'LX']]);
	assertSameTime(json.tasks[0].due, '2026-03-20 12:00:00');
	assertSameTime(json.tasks[1].due, '2026-03-19 23:59:59', 'an assist goes by its lead');
});

test('LX needs due and basis, and no other class takes them', async () => {
	const appeal = await register(server, UNROUTED);
	for (const [changes, pointers] of [[{ due: undefined }, ['#/due']],
		[{ due: null, legal_basis: '' }, ['#/due', '#/legal_basis']],
		[{ legal_basis: undefined }, ['#/legal_basis']],
		[{ due: '2026-03-01' }, ['#/due']], [{ due: 'soon' }, ['#/due']],
		[{ limit_class: 'L3' }, ['#/due', '#/legal_basis']],
		[{ limit_class: undefined }, ['#/due', '#/legal_basis']]]) {
		const answer = await dispatchTo(appeal, { ...LEGAL, ...changes }, 422);
		assert.deepEqual([...new Set(answer.json.errors.map((one) => one.pointer))].sort(),
			pointers, JSON.stringify(changes));
	}
	assert.deepEqual(await appealNow(server, appeal.id), appeal);
});

test('the law\'s own limit runs on when the task goes to another department', async () => {
	const appeal = await register(server, UNROUTED);
	const lead = leadOf((await dispatchTo(appeal, LEGAL)).json);
	await server.department('CGJ').post(`/tasks/${lead.id}/return`,
		{ reason: 'not_my_duty', basis: '三定' }, { expect: 200 });
	await server.as('supervisor').post(`/tasks/${lead.id}/return/accept`,
		{ redispatch_to: 'JTJ' }, { expect: 200 });
	const next = (await appealNow(server, appeal.id)).tasks.at(-1);
	assert.deepEqual([next.department, next.limit_class, next.due],
		['JTJ', 'LX', lead.due]);
});

test('appeals are found by department, state and channel', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'), { channel: 'letter' });
	const found = await operator.all('/appeals?department=JTJ&channel=letter&state=dispatched');
	assert.ok(found.some((one) => one.id === appeal.id));
	for (const one of found)
		assert.deepEqual([one.channel, one.state], ['letter', 'dispatched']);
	const none = await operator.all('/appeals?department=JTJ&channel=letter&state=accepted');
	assert.deepEqual(none, []);
});

test('catalogue rows are read by the roles that may, with their legal basis', async () => {
	const answer = (await server.as('auditor').get('/catalogue', { expect: 200 })).json;
	const rows = answer.rows ?? answer.items;
	assert.ok(rows.length >= 150);
	assert.ok(rows.every((one) => one.category && one.department && one.limit_class), 'codes');
	assert.ok(rows.every((one) => typeof one.basis === 'string' && one.basis !== ''));
});

endsCleanly(server);
