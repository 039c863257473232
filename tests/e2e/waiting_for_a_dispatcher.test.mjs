/*
 * What waits for a dispatcher, and why: appeals that the catalogue could not place, requests for
 * more time with what an approval would move, returns with their window. What is foretold here is
 * compared with what then happens.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, moveTo } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, contact, leadOf, register, rowOf, sign, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const where = rowOf(server, 'CGJ');

/* Pairs that the shipped catalogue leaves to people: no area has the category. */
const UNROUTED = { category: '160101', area: 'A01' };

const placement = async (id, client = dispatcher) =>
	(await client.get(`/appeals/${id}/dispatch`, { expect: 200 })).json;
const dispatchTo = (id, department, expect = 200) =>
	dispatcher.post(`/appeals/${id}/dispatch`, { department }, { expect });

test('an appeal without a row in the catalogue says so, and who has the category elsewhere', async () => {
	const appeal = await register(server, UNROUTED);
	const said = await placement(appeal.id);
	assert.equal(said.appeal, appeal.id);
	assert.equal(said.reason, 'no_row');
	assert.equal(said.row, null);
	assert.deepEqual([said.hand_overs, said.ruling, said.barred], [0, false, []]);
	const { version, rows } = (await dispatcher.get('/catalogue', { expect: 200 })).json;
	assert.equal(said.catalogue_version, version);
	assert.deepEqual(said.elsewhere.map((one) => one.department),
		rows.filter((one) => one.category === UNROUTED.category).map((one) => one.department));
});

test('an accused department is barred with who stands below it, and a dispatch to it is refused', async () => {
	const appeal = await register(server, where, { accused: { department: 'CGJ' } });
	const said = await placement(appeal.id);
	assert.equal(said.reason, 'recused');
	assert.equal(said.row.department, 'CGJ');
	assert.equal(said.barred.find((one) => one.department === 'CGJ').reason, 'recused');
	for (const { department, reason } of said.barred)
		assert.equal((await dispatchTo(appeal.id, department, 409)).json.code, reason, department);
});

test('what nothing bars is dispatched, and then nothing is said to be missing', async () => {
	const appeal = await register(server, where, { accused: { department: 'CGJ' } });
	const barred = (await placement(appeal.id)).barred.map((one) => one.department);
	const free = server.access.catalogue.find((row) => !barred.includes(row.department));
	await dispatchTo(appeal.id, free.department);
	assert.equal((await placement(appeal.id)).reason, null);
});

test('after a return the appeal waits because of it, and the department that gave it back is barred', async () => {
	const task = leadOf(await register(server, where));
	await server.department('CGJ').post(`/tasks/${task.id}/return`,
		{ reason: 'not_my_duty', basis: '三定方案', propose: null }, { expect: 200 });
	await dispatcher.post(`/tasks/${task.id}/return/accept`, {}, { expect: 200 });
	const said = await placement(task.appeal);
	assert.deepEqual([said.reason, said.hand_overs, said.ruling], ['returned', 1, false]);
	assert.deepEqual(said.barred.find((one) => one.department === 'CGJ'),
		{ department: 'CGJ', reason: 'returned_before' });
	assert.equal((await dispatchTo(task.appeal, 'CGJ', 409)).json.code, 'returned_before');
	const decided = (await supervisor.all('/returns?state=decided'))
		.find((one) => one.task.id === task.id);
	assert.equal(decided.hand_overs, 1);
});

test('an open return tells the window of the task and how often the appeal went back', async () => {
	const task = leadOf(await register(server, where));
	await server.department('CGJ').post(`/tasks/${task.id}/return`,
		{ reason: 'not_my_duty', basis: '三定方案', propose: 'JTJ' }, { expect: 200 });
	const listed = (await dispatcher.all('/returns')).find((one) => one.task.id === task.id);
	/* a working day from the dispatch on Monday ends with Tuesday */
	assertSameTime(listed.window_until, '2026-03-03 23:59:59');
	assert.equal(listed.hand_overs, 0);
});

test('a request for more time is listed with the due that its approval then gives', async () => {
	const task = leadOf(await register(server, where));
	await sign(server, task);
	await contact(server, task);
	await server.department('CGJ').post(`/tasks/${task.id}/extend`,
		{ days: 3, reason: '配件需从外地采购', caller_informed: true }, { expect: 200 });
	const listed = (await dispatcher.all('/extensions')).filter((one) => one.task.id === task.id);
	assert.equal(listed.length, 1);
	const [one] = listed;
	assert.deepEqual([one.n, one.days, one.unit, one.reason, one.leader_decides],
		[1, 3, 'working_days', '配件需从外地采购', false]);
	assert.equal(one.due, one.task.due);
	assert.equal(one.due, (await taskNow(server, task)).due);
	await dispatcher.post(`/tasks/${task.id}/extend/approve`, {}, { expect: 200 });
	assert.equal((await taskNow(server, task)).due, one.due_if_approved);
	assert.equal((await dispatcher.all('/extensions')).some((left) => left.task.id === task.id), false);
});

test('a request of the class that a leader decides on says so', async () => {
	const task = leadOf(await register(server, { category: '010504', area: 'A01' }));
	await sign(server, task);
	await contact(server, task);
	await server.department(task.department).post(`/tasks/${task.id}/extend`,
		{ days: 5, reason: '工程量大', plan: '分两期', caller_informed: true }, { expect: 200 });
	const one = (await server.as('leader').all('/extensions')).find((all) => all.task.id === task.id);
	assert.deepEqual([one.leader_decides, one.plan], [true, '分两期']);
});

test('requests come a page at a time, the longest waiting first, and one that left is not listed', async () => {
	const asked = [];
	for (let at = 0; at < 3; at++) {
		const task = leadOf(await register(server, where));
		await sign(server, task);
		await contact(server, task);
		await moveTo(server, `2026-03-02 1${at}:00`);
		await server.department('CGJ').post(`/tasks/${task.id}/extend`,
			{ days: 1, reason: `第${at}件`, caller_informed: true }, { expect: 200 });
		asked.push(task);
	}
	await server.as('operator').post(`/appeals/${asked[1].appeal}/withdraw`,
		{ reason: '诉求人撤回', confirmed_by: 'recording' }, { expect: 200 });
	const listed = [];
	for (let cursor = ''; cursor !== null;) {
		const page = (await dispatcher.get(`/extensions?limit=1${cursor && `&cursor=${cursor}`}`,
			{ expect: 200 })).json;
		assert.ok(page.items.length <= 1);
		listed.push(...page.items);
		cursor = page.next_cursor;
	}
	const mine = listed.filter((one) => asked.some((task) => task.id === one.task.id));
	assert.deepEqual(mine.map((one) => one.task.id), [asked[0].id, asked[2].id]);
	assert.equal((await appealNow(server, asked[1].appeal)).state, 'withdrawn');
});

test('a dispatcher reads every version of every table, and the nightly check', async () => {
	for (const kind of ['catalogue', 'calendar', 'limits', 'grounds', 'checklist', 'handover',
		'quiet-days']) {
		const said = (await dispatcher.get(`/documents/${kind}`, { expect: 200 })).json;
		assert.equal(said.kind, kind);
		assert.ok(said.text.length > 0 && said.versions.length > 0, kind);
	}
	assert.equal((await dispatcher.get('/deadlines/check', { expect: 200 })).json.mismatches, 0);
	await dispatcher.post('/calendar/preview', { text: '' }, { expect: 403 });
});

test('departments and operators are not told why an appeal waits', async () => {
	const appeal = await register(server, UNROUTED);
	for (const client of [server.department('CGJ'), server.as('operator')]) {
		await client.get(`/appeals/${appeal.id}/dispatch`, { expect: 403 });
		await client.get('/extensions', { expect: 403 });
	}
	const unit = await newKey(server, 'unit-supervisor', 'supervisor', 'CGJ');
	assert.equal((await unit.get('/extensions', { expect: 403 })).json.code, 'own_unit_only');
	assert.equal((await placement(appeal.id, supervisor)).reason, 'no_row');
	await dispatcher.get('/appeals/LD990101000001/dispatch', { expect: 404 });
});

endsCleanly(server);
