/* Promises: a progress that names a day is checked on the day after, by the caller's answer or
 * by somebody who looked; kept and broken ones are counted, and every number opens. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { contact, leadOf, register, rowOf, sign, visit } from './lib/world.mjs';

const CANARY = { name: '欧阳秘密', phone: '13987654321' };
const server = await startServer({ clock: local('2026-03-02 09:00') });
const supervisor = server.as('supervisor');
const visitor = server.as('visitor');

async function promised(day, department = 'CGJ') {
	const task = leadOf(await register(server, rowOf(server, department), { caller: CANARY }));
	await sign(server, task);
	await contact(server, task);
	await promise(task, day);
	return task;
}
const promise = (task, day) => server.department(task.department).post(
	`/tasks/${task.id}/progress`, { text: `${day} 前修好`, promise_on: day }, { expect: 200 });
const of = async (task) =>
	(await supervisor.get(`/tasks/${task.id}/promises`, { expect: 200 })).json.items;
const states = async (task) => (await of(task)).map((one) => one.state);
const check = async (task, kept, expect = 200, client = visitor) =>
	(await client.post(`/tasks/${task.id}/promises/check`, { kept, note: '现场查看' },
		{ expect })).json;

const tasks = {};

test('a progress that names a day is a promise, and one that names none is not', async () => {
	tasks.kept = await promised('2026-03-04');
	tasks.broken = await promised('2026-03-04');
	tasks.seen = await promised('2026-03-04', 'JTJ');
	tasks.late = await promised('2026-03-10');
	tasks.left = await promised('2026-03-04');
	await server.department('CGJ').post(`/tasks/${tasks.kept.id}/progress`, { text: '在修' },
		{ expect: 200 });
	const [one, ...more] = await of(tasks.kept);
	assert.deepEqual(more, []);
	assertSameTime(one.promise_on, '2026-03-04');
	assertSameTime(one.check_on, '2026-03-05');
	assert.deepEqual([one.state, one.department, one.decided_at], ['pending', 'CGJ', null]);
});

test('nothing is due for a check before the day is over', async () => {
	await moveTo(server, '2026-03-04 23:59');
	assert.deepEqual(await visitor.all('/promises?state=due'), []);
	assert.equal((await check(tasks.kept, true, 409)).code, 'no_promise_due');
	await visit(server, tasks.broken, 'dissatisfied', { solved: 'no', reason: 'speed' });
	assert.deepEqual(await states(tasks.broken), ['pending']);
	await moveTo(server, '2026-03-05 00:00');
	assert.deepEqual((await visitor.all('/promises?state=due')).map((one) => one.task).sort(),
		[tasks.kept, tasks.broken, tasks.seen, tasks.left].map((one) => one.id).sort());
});

test('the caller\'s answer decides, an attempt that reached nobody does not', async () => {
	await moveTo(server, '2026-03-05 10:00');
	await visit(server, tasks.kept);
	assert.deepEqual(await states(tasks.kept), ['due']);
	await visit(server, tasks.kept, 'satisfied');
	await visit(server, tasks.broken, 'neutral', { solved: 'partly' });
	assert.deepEqual(await states(tasks.kept), ['kept']);
	assert.deepEqual(await states(tasks.broken), ['broken'], 'in part is not as promised');
	await visit(server, tasks.broken, 'satisfied');
	assert.deepEqual(await states(tasks.broken), ['broken'], 'what was broken stays so');
});

test('who went and looked decides once, and who promised does not', async () => {
	await check(tasks.seen, true, 403, server.department('JTJ'));
	assert.deepEqual((await check(tasks.seen, false)).items.map((one) => one.state), ['broken']);
	assert.equal((await check(tasks.seen, true, 409)).code, 'no_promise_due');
	const [seen] = await of(tasks.seen);
	assert.deepEqual([seen.decided_by, seen.note], [visitor.name, '现场查看']);
});

test('of several checks at once one decides', async () => {
	const task = await promised('2026-03-04');
	const answers = await Promise.all([true, false, true, false].map((kept) => visitor.post(
		`/tasks/${task.id}/promises/check`, { kept, note: '查看' }, { expect: [200, 409] })));
	assert.equal(answers.filter((one) => one.status === 200).length, 1);
	tasks.race = task;
});

test('a promise lapses when the task leaves its department', async () => {
	await server.as('operator').post(`/appeals/${tasks.left.appeal}/withdraw`,
		{ reason: '诉求人撤回', confirmed_by: 'recording' }, { expect: 200 });
	assert.deepEqual(await states(tasks.left), ['lapsed']);
});

test('a promise comes back with the task that a merging had taken away', async () => {
	const operator = server.as('operator');
	const child = await promised('2026-03-04');
	const parent = await register(server, rowOf(server, 'CGJ'));
	await operator.post(`/appeals/${child.appeal}/merge`, { into: parent.id }, { expect: 200 });
	assert.deepEqual(await states(child), ['lapsed']);
	await operator.post(`/appeals/${child.appeal}/unmerge`, { reason: '不是同一件事' },
		{ expect: 200 });
	assert.deepEqual(await states(child), ['due']);
});

test('every figure is the length of the list it opens into', async () => {
	const { items } = (await supervisor.get('/promises/figures?period=2026-03',
		{ expect: 200 })).json;
	assert.deepEqual(items.map((one) => one.department), ['CGJ', 'JTJ']);
	for (const one of items) {
		for (const state of ['pending', 'kept', 'broken', 'lapsed', 'due'])
			assert.equal((await supervisor.all(`/promises?period=2026-03&state=${state}` +
				`&department=${one.department}`)).length, one[state], `${one.department} ${state}`);
		assert.equal((await supervisor.all(`/promises?period=2026-03&department=${
			one.department}`)).length, one.made);
		assert.deepEqual(one.kept_rate, { num: one.kept, den: one.kept + one.broken });
	}
	assert.deepEqual(items[1], { department: 'JTJ', made: 1, kept: 0, broken: 1, lapsed: 0,
		due: 0, pending: 0, kept_rate: { num: 0, den: 1 } });
	assert.equal(items[0].pending, 1);
	assert.deepEqual((await supervisor.get('/promises/figures?period=2026-02')).json.items, []);
	const paged = [];
	for (let cursor = ''; cursor !== null;) {
		const page = (await supervisor.get(`/promises?limit=2${cursor}`)).json;
		paged.push(...page.items);
		cursor = page.next_cursor && `&cursor=${page.next_cursor}`;
	}
	assert.deepEqual(paged, await supervisor.all('/promises'));
	assert.equal(new Set(paged.map((one) => one.task)).size, 7);
});

test('a department sees its own promises alone', async () => {
	const own = server.department('JTJ');
	assert.ok((await own.all('/promises')).every((one) => one.department === 'JTJ'));
	assert.deepEqual((await own.get('/promises/figures')).json.items.map((one) =>
		one.department), ['JTJ']);
	await own.get('/promises?department=CGJ', { expect: 403 });
	await own.get('/promises/figures?department=CGJ', { expect: 403 });
	await own.get(`/tasks/${tasks.kept.id}/promises`, { expect: 404 });
});

test('each decision is entered into the ledger once, and nothing tells of a caller', async () => {
	const decided = sql(server, `SELECT task_id, seq, state FROM promises_promise
		WHERE state IN (2, 3) ORDER BY task_id, seq`);
	const rows = await until(() => {
		const list = sql(server, `SELECT e.subject, e.number, HEX(c.bytes) FROM ledger_entry e
			JOIN ledger_content c USING (kind, subject, number) WHERE e.kind = 8
			ORDER BY e.subject, e.number`);
		return list.length >= decided.length && list;
	}, { what: 'the decisions to be entered' });
	const contents = rows.map(([subject, number, hex]) => [subject, number,
		JSON.parse(Buffer.from(hex, 'hex'))]);
	assert.deepEqual(contents.map(([subject, number, one]) => [subject, number,
		one.kept ? '2' : '3']), decided);
	const seen = JSON.stringify(contents) + (await supervisor.get('/promises')).text +
		JSON.stringify(sql(server, 'SELECT * FROM promises_promise'));
	for (const secret of Object.values(CANARY))
		assert.ok(!seen.includes(secret));
});

endsCleanly(server);
