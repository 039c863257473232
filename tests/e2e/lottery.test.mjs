/* The lottery: committed before its period is over, opened once after it by somebody else, and
 * repeated here from what was opened, by another program. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, leadOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const [supervisor, auditor] = [server.as('supervisor'), server.as('auditor')];
const DRAW = { from: '2026-03-01', until: '2026-04-01', count: 5 };
const commit = async (changes = {}) => (await supervisor.post('/lotteries',
	{ ...DRAW, ...changes }, { expect: 201 })).json;
const open = (draw, expect = 200, by = auditor) =>
	by.post(`/lotteries/${draw.id}/open`, {}, { expect });

/* Lines of a text by their names; the last value of each, and all of task and drawn. */
function read(text) {
	const lines = text.split('\n').slice(0, -1).map((line) => line.split('\t'));
	const of = (name) => lines.filter(([one]) => one === name).map(([, value]) => value);
	assert.equal(lines[0][0], 'liandong-lottery/1');
	return { ...Object.fromEntries(lines), tasks: of('task'), drawn: of('drawn') };
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/* The draw once more, from the opened text and the commitment alone. */
function repeat(committed, opened) {
	const seed = Buffer.from(opened.seed, 'hex');
	assert.equal(seed.length, 32);
	assert.equal(hash(seed), committed.commitment, 'the seed is the one committed to');
	const lot = (task) => createHmac('sha256', seed).update(task).digest('hex');
	return opened.tasks.map((task) => [lot(task), task]).sort(([a], [b]) => (a < b ? -1 : 1))
		.slice(0, Number(committed.count)).map(([, task]) => task);
}

const draw = await commit();
const own = await commit({ department: 'JTJ', count: 50 });
const closed = [];

test('what is committed to tells the seed’s hash and not the seed', async () => {
	const committed = read(draw.committed);
	assert.deepEqual([committed.commitment, committed.count, committed.department],
		[draw.commitment, '5', '-']);
	assert.equal(draw.opened, null);
	const kept = sql(server, `SELECT HEX(seed_sealed) FROM lottery_draw WHERE id = ${draw.id}`);
	assert.notEqual(hash(Buffer.from(kept[0][0], 'hex')), draw.commitment);
	assert.notEqual(draw.commitment, own.commitment);
});

test('a draw is not committed to when its period is over', async () => {
	const answer = await supervisor.post('/lotteries', { from: '2026-02-01',
		until: '2026-03-02', count: 5 }, { expect: 422 });
	assert.equal(answer.json.errors[0].pointer, '#/until');
});

test('it is not opened while its period runs', async () => {
	for (let i = 0; i < 24; i++) {
		const task = leadOf(await register(server, rowOf(server, i % 3 ? 'CGJ' : 'JTJ')));
		await close(server, task);
		closed.push(task);
	}
	leadOf(await register(server, rowOf(server, 'CGJ')));
	await moveTo(server, '2026-03-31 23:59:59');
	assert.equal((await open(draw, 409)).json.code, 'period_runs');
	await moveTo(server, '2026-04-01 00:00');
	const late = leadOf(await register(server, rowOf(server, 'CGJ')));
	await close(server, late);
});

test('who committed to it does not open it', async () => {
	assert.equal((await open(draw, 403, supervisor)).json.code, 'separation_of_duty');
	assert.equal((await open(draw, 403, server.as('operator'))).json.opened, undefined);
});

test('of several who open it at once one draws, and an independent program draws the same',
	async () => {
		const answers = await Promise.all([1, 2, 3].map(() =>
			auditor.post(`/lotteries/${draw.id}/open`, {}, { expect: [200, 409] })));
		assert.equal(answers.filter((one) => one.status === 200).length, 1);
		const now = (await supervisor.get(`/lotteries/${draw.id}`, { expect: 200 })).json;
		const opened = read(now.opened);
		assert.deepEqual(opened.tasks, closed.map((task) => task.id).sort());
		assert.equal(opened.drawn.length, 5);
		assert.deepEqual(opened.drawn, repeat(read(now.committed), opened));
		assert.equal((await open(draw, 409)).json.code, 'already_opened');
	});

test('the independent program finds another seed and a drawn task put in another’s place', async () => {
	const { committed, opened } = (await auditor.get(`/lotteries/${draw.id}`)).json;
	const [before, after] = [read(committed), read(opened)];
	assert.throws(() => repeat(before, { ...after, seed: 'ab'.repeat(32) }), /committed to/);
	const forged = [...after.drawn.slice(1), after.tasks.find((one) => !after.drawn.includes(one))];
	assert.notDeepEqual(forged, repeat(before, after));
});

test('a draw of one department takes its tasks alone, and all where there are too few', async () => {
	await open(own);
	const { committed, opened } = (await auditor.get(`/lotteries/${own.id}`)).json;
	const mine = closed.filter((task) => task.department === 'JTJ').map((task) => task.id);
	assert.deepEqual(read(opened).tasks, mine.sort());
	assert.deepEqual(read(opened).drawn, repeat(read(committed), read(opened)));
	assert.equal(read(opened).drawn.length, mine.length);
});

test('both texts are what the ledger has, as numbers 1 and 2', async () => {
	for (const one of [draw, own]) {
		const { committed, opened } = (await auditor.get(`/lotteries/${one.id}`)).json;
		const rows = sql(server, `SELECT number, HEX(bytes) FROM ledger_content
			WHERE kind = 6 AND subject = ${one.id} ORDER BY number`);
		assert.deepEqual(rows.map(([n, hex]) => [n, Buffer.from(hex, 'hex').toString()]),
			[['1', committed], ['2', opened]]);
	}
});

test('a seed that was exchanged in the database is not opened', async () => {
	const third = await commit({ from: '2026-04-01', until: '2026-05-01' });
	sql(server, `UPDATE lottery_draw a JOIN lottery_draw b ON b.id = ${draw.id}
		SET a.seed_sealed = b.seed_sealed WHERE a.id = ${third.id}`);
	await moveTo(server, '2026-05-01 00:00');
	const second = await newKey(server, 'auditor-2', 'auditor');
	assert.equal((await open(third, 409, second)).json.code, 'seed_unreadable');
});

endsCleanly(server);
