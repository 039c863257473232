/* Exclusion from the figures: closed grounds, two persons, no state moved, published without
 * anybody's identity. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { advance, local } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { anAppeal, close, complete, contact, eventsOf, leadOf, ofType, register, rowOf, sign,
	taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const second = await newKey(server, 'supervisor-2', 'supervisor');
const ASKED = { ground: 'G4', evidence: '录音显示诉求人评价的是另一件' };

const fresh = async () => leadOf(await register(server, where));
const ask = async (task, by = dispatcher, body = ASKED) =>
	(await by.post(`/tasks/${task.id}/exclude`, body, { expect: 200 })).json;
const report = async () => (await supervisor.get('/reports/2026-03')).json.total.measures;

test('an exclusion is asked for by one person and approved by another', async () => {
	const task = await fresh();
	const asked = await ask(task);
	assert.equal(asked.exclusion_asked, true);
	assert.equal(asked.excluded_at, null);
	assert.equal(asked.state, task.state);
	const done = (await supervisor.post(`/tasks/${task.id}/exclude/approve`,
		{ published: '评价对象有误' }, { expect: 200 })).json;
	assert.equal(done.exclusion_asked, false);
	assert.ok(done.excluded_at);
	assert.equal(done.state, task.state, 'the task goes on');
	assert.equal(done.due, task.due);
	const events = await eventsOf(server, task.appeal);
	assert.deepEqual(events.map((one) => one.type), ['appeal.received', 'task.dispatched',
		'task.exclusion_requested', 'task.excluded']);
	assert.equal(events[3].data.ground, 'G4');
	const [row] = sql(server, `SELECT is_open, is_approved, ground FROM exclusions_exclusion
		WHERE published = '评价对象有误'`);
	assert.deepEqual(row, ['0', '1', 'G4']);
});

test('who asked for an exclusion neither approves nor refuses it', async () => {
	const task = await fresh();
	await ask(task, supervisor);
	const before = await taskNow(server, task);
	for (const [decision, body] of [['approve', {}], ['refuse', { reason: '不属实' }]]) {
		const answer = await supervisor.post(`/tasks/${task.id}/exclude/${decision}`, body,
			{ expect: 403 });
		assert.equal(answer.json.code, 'separation_of_duty');
	}
	assert.deepEqual(await taskNow(server, task), before);
	await second.post(`/tasks/${task.id}/exclude/approve`, {}, { expect: 200 });
});

test('a refused exclusion leaves the task in the figures and may be asked for again', async () => {
	const task = await fresh();
	await ask(task);
	const refused = (await supervisor.post(`/tasks/${task.id}/exclude/refuse`,
		{ reason: '证据不足' }, { expect: 200 })).json;
	assert.equal(refused.exclusion_asked, false);
	assert.equal(refused.excluded_at, null);
	const types = (await eventsOf(server, task.appeal)).map((one) => one.type);
	assert.ok(types.includes('task.exclusion_refused') && !types.includes('task.excluded'));
	await ask(task);
});

test('a decision is possible once, and only while a request is open', async () => {
	const task = await fresh();
	const none = await supervisor.post(`/tasks/${task.id}/exclude/approve`, {}, { expect: 409 });
	assert.ok(none.json.allowed.includes('exclude'));
	assert.ok(!none.json.allowed.includes('exclude/approve'));
	await ask(task);
	const twice = await dispatcher.post(`/tasks/${task.id}/exclude`, ASKED, { expect: 409 });
	assert.ok(twice.json.allowed.includes('exclude/approve'));
	const answers = await Promise.all(Array.from({ length: 4 }, () =>
		supervisor.post(`/tasks/${task.id}/exclude/approve`, {}, { expect: [200, 409] })));
	assert.equal(answers.filter((one) => one.status === 200).length, 1);
	assert.equal(ofType(await eventsOf(server, task.appeal), 'task.excluded').length, 1);
	await dispatcher.post(`/tasks/${task.id}/exclude`, ASKED, { expect: 409 });
});

test('a ground that is not on the list and missing evidence are told together', async () => {
	const task = await fresh();
	const answer = await dispatcher.post(`/tasks/${task.id}/exclude`,
		{ ground: 'G9', evidence: ' ' }, { expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => one.pointer).sort(),
		['#/evidence', '#/ground']);
	for (const ground of ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7', 'G8']) {
		const one = await fresh();
		await ask(one, dispatcher, { ground, evidence: '见附件' });
	}
});

test('an exclusion is possible in every state of a task, and moves none', async () => {
	const made = {
		awaiting_sign: fresh,
		in_hand: async () => sign(server, await fresh()),
		review_pending: async () => {
			const task = await fresh();
			await sign(server, task);
			await contact(server, task);
			return complete(server, task);
		},
		closed: async () => close(server, await fresh()),
		visited: async () => visit(server, await close(server, await fresh()), 'satisfied'),
	};
	for (const [state, make] of Object.entries(made)) {
		const task = await make();
		await ask(task);
		const done = await supervisor.post(`/tasks/${task.id}/exclude/approve`, {},
			{ expect: 200 });
		assert.equal(done.json.state, state);
	}
});

test('an excluded task is out of every measure but exclusion', async () => {
	await advance(server, { minutes: 1 });
	const before = await report();
	const kept = await close(server, await fresh());
	const out = await close(server, await fresh());
	await visit(server, out, 'dissatisfied', { reason: 'policy' });
	await ask(out);
	await supervisor.post(`/tasks/${out.id}/exclude/approve`, {}, { expect: 200 });
	await advance(server, { minutes: 1 });
	const after = await report();
	assert.equal(after.on_time.den - before.on_time.den, 1, kept.id);
	assert.equal(after.satisfaction.den - before.satisfaction.den, 0);
	assert.equal(after.visit_coverage.den - before.visit_coverage.den, 1);
	assert.equal(after.exclusion.num - before.exclusion.num, 1);
	assert.equal(after.exclusion.den - before.exclusion.den, 2);
	assert.equal(after.within_limit, before.within_limit);
	const listed = await supervisor.all(
		'/reports/2026-03/tasks?measure=exclusion&part=num&department=CGJ');
	assert.ok(listed.some((one) => one.task === out.id || one.id === out.id));
});

test('what was decided is published without task, appeal, title or evidence', async () => {
	const department = server.department('JTJ');
	const answer = await department.get('/exclusions?month=2026-03', { expect: 200 });
	assert.ok(answer.json.items.length > 0);
	for (const item of answer.json.items)
		assert.deepEqual(Object.keys(item).sort(), ['decided_at', 'department', 'ground',
			'ground_name', 'ground_name_en', 'published']);
	assert.ok(!answer.text.includes('LD26') && !answer.text.includes(ASKED.evidence));
	assert.deepEqual((await department.get('/exclusions?month=2026-02')).json.items, []);
	const denied = await department.get('/exclusions?state=asked', { expect: 403 });
	assert.ok(!denied.text.includes(ASKED.evidence));
});

test('the evidence of a request reaches neither the department nor the channel', async () => {
	const task = await fresh();
	await ask(task);
	const own = server.department('CGJ');
	const events = await own.get(`/appeals/${task.appeal}/events`, { expect: 200 });
	assert.ok(!events.text.includes(ASKED.evidence));
	const theirs = leadOf((await server.as('intake', { channel: '110' }).register(
		anAppeal(where, { channel: '110' }), { expect: 201 })).json);
	await ask(theirs);
	const told = await server.as('intake', { channel: '110' }).get(
		`/appeals/${theirs.appeal}/events`, { expect: 200 });
	assert.ok(!told.text.includes(ASKED.evidence));
	const open = await dispatcher.all('/exclusions?state=asked');
	assert.ok(open.some((one) => one.task === task.id && one.evidence === ASKED.evidence));
});

endsCleanly(server);
