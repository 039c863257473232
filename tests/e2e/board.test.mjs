/*
 * The deadline board: what is overdue, red or amber by department, each row with the ladder that
 * its history has, and nothing beyond the tree of who belongs to a unit.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, eventsOf, leadOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const supervisor = server.as('supervisor');
const unit = await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ');
const LADDER = /^task\.(warned|overdue|card|urged|supervised|escalated)$/;

/* SZZX stands below CGJ, JTJ beside it; all are due five working days after the second of March. */
const given = async (department) => leadOf(await register(server, rowOf(server, department)));
const own = await given('CGJ');
const below = await given('SZZX');
const other = await given('JTJ');
await close(server, await given('JTJ'));

const board = async (query = '', client = supervisor) =>
	(await client.get(`/board${query}`, { expect: 200 })).json;
const ids = (page) => page.items.map((row) => row.task.id).sort();
const stages = (page) => [...new Set(page.items.map((row) => row.stage))];
const countsOf = (page, code) => page.departments.find((one) => one.department === code);

test('what has time left is counted as calm and not listed', async () => {
	const page = await board();
	assert.deepEqual(page.items, []);
	assert.deepEqual(countsOf(page, 'JTJ'),
		{ department: 'JTJ', overdue: 0, red: 0, amber: 0, calm: 1 });
	assert.equal(page.as_of, '2026-03-02T09:00:00+08:00');
});

test('three quarters used are amber, nine tenths red, and all of it overdue', async () => {
	const { dispatched_at: start, due } = own;
	const after = (share) => new Date(Date.parse(start) +
		share * (Date.parse(due) - Date.parse(start))).toISOString();
	for (const [share, stage] of [[0.76, 'amber'], [0.91, 'red'], [1.001, 'overdue']]) {
		await moveTo(server, after(share));
		const page = await board();
		assert.deepEqual(ids(page), [own.id, below.id, other.id].sort());
		assert.deepEqual(stages(page), [stage]);
		assert.equal(countsOf(page, 'CGJ')[stage], 1);
		assert.deepEqual(ids(await board(`?stage=${stage}&department=JTJ`)), [other.id]);
		assert.deepEqual(ids(await board(stage === 'red' ? '?stage=amber' : '?stage=red')), []);
	}
});

test('from which share on a task is amber or red is a setting, which every screen is told', async () => {
	const strict = await startServer({ clock: local('2026-03-02 09:00'),
		env: { LIANDONG_AMBER_PERCENT: '20', LIANDONG_RED_PERCENT: '50' } });
	try {
		const task = leadOf(await register(strict, rowOf(strict, 'CGJ')));
		const { amber_percent, red_percent } = (await strict.as('operator').get('/me', { expect: 200 })).json;
		assert.deepEqual([amber_percent, red_percent], [20, 50]);
		const { dispatched_at: start, due } = task;
		for (const [share, stage] of [[0.19, 'calm'], [0.21, 'amber'], [0.49, 'amber'], [0.51, 'red']]) {
			await moveTo(strict, new Date(Date.parse(start) + share * (Date.parse(due) - Date.parse(start))).toISOString());
			const page = await board('?department=CGJ', strict.as('supervisor'));
			assert.equal(countsOf(page, 'CGJ')[stage], 1, `${share} is ${stage}`);
		}
	} finally {
		await strict.stop();
	}
});

test('each row has the ladder of its history: dates, authors and texts', async () => {
	await supervisor.post(`/tasks/${own.id}/urge`, { note: '请三日内处置' }, { expect: 200 });
	await supervisor.post(`/tasks/${own.id}/supervise`, { demand: '现场核查', due: '2026-03-20' },
		{ expect: 200 });
	await supervisor.post(`/tasks/${own.id}/escalate`, { reason: '仍未处置' }, { expect: 200 });
	await moveTo(server, '2026-03-20 09:00');
	for (const row of (await board()).items) {
		const told = (await eventsOf(server, row.task.appeal))
			.filter((one) => one.task === row.task.id && LADDER.test(one.type));
		assert.deepEqual(row.ladder, told.map((one) =>
			({ seq: one.seq, at: one.at, type: one.type, by: one.by.name, data: one.data })));
		assert.ok(row.ladder.some((one) => one.type === 'task.card' && one.data.colour === 'red'));
	}
	const climbed = (await board()).items.find((row) => row.task.id === own.id).ladder;
	assert.deepEqual(climbed.filter((one) => /urged|supervised|escalated/.test(one.type))
		.map((one) => one.data.note ?? one.data.demand ?? one.data.reason),
	['请三日内处置', '现场核查', '仍未处置']);
});

test('pages by due time repeat nothing and leave nothing out', async () => {
	const list = await supervisor.all('/board', 1);
	assert.deepEqual(list.map((row) => row.task.id).sort(), [own.id, below.id, other.id].sort());
	const dues = list.map((row) => Date.parse(row.due));
	assert.deepEqual(dues, [...dues].sort((a, b) => a - b));
});

test('a supervisor of a unit has the board of its tree, and no count of another', async () => {
	const page = await board('', unit);
	assert.deepEqual(ids(page), [own.id, below.id].sort());
	assert.deepEqual(page.departments.map((one) => one.department).sort(), ['CGJ', 'SZZX']);
	assert.deepEqual(await board('?department=JTJ', unit),
		{ items: [], as_of: page.as_of, departments: [], next_cursor: null });
});

test('an unknown stage is refused by its name', async () => {
	const answer = await supervisor.get('/board?stage=late', { expect: 422 });
	assert.match(JSON.stringify(answer.json.errors), /stage/);
});

endsCleanly(server);
