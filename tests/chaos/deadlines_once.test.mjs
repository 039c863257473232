/*
 * Many deadlines, moved over by the test clock while server and database are killed: each is
 * marked exactly once, at its own moment.
 *
 * TEST_DEADLINES (900 limits of 300 tasks) and TEST_SEED say how many and which.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo, now } from '../e2e/lib/clock.mjs';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { inParallel, until } from '../e2e/lib/until.mjs';
import { anAppeal, leadOf, row } from '../e2e/lib/world.mjs';
import { dice } from '../recount/histories.mjs';
import { deadlineFaults } from './checkers.mjs';

const TASKS = Math.ceil(Number(process.env.TEST_DEADLINES ?? 10_000) / 3);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const d = dice(SEED);
const server = await startServer({ clock: local('2026-03-02 09:00') });
const tasks = [];

test('tasks with deadlines near each other are registered over some hours', async (t) => {
	t.diagnostic(`seed ${SEED}`);
	const places = [row(server, 'L1'), row(server, 'L3'), { category: '0101', area: 'A01' }];
	for (let hour = 0; hour < 6; hour++) {
		await moveTo(server, `2026-03-02 ${String(9 + hour).padStart(2, '0')}:00`);
		const batch = Array.from({ length: Math.ceil(TASKS / 6) }, () => d.below(3));
		const made = await inParallel(batch, 8, async (i) => (await server.as('operator')
			.register(anAppeal(places[i], { urgent: i === 2 }), { expect: 201 })).json);
		tasks.push(...made.map(leadOf));
	}
	assert.ok(tasks.length >= TASKS);
});

/* Moves the clock, and again after whatever broke it. */
async function moveThrough(moment, break_it) {
	const move = moveTo(server, moment, [200]).then(() => true, () => false);
	await break_it();
	if (!await move)
		await until(async () => await moveTo(server, moment, [200]), { ms: 120_000,
			every: 100, what: `the clock at ${moment}` });
}

test('kills of server and database between and amid the moves', async () => {
	const moments = ['2026-03-02 14:10', '2026-03-02 15:31', '2026-03-03 09:30',
		'2026-03-03 13:00', '2026-03-04 00:00', '2026-03-04 18:00', '2026-03-10 00:00',
		'2026-03-12 12:00', '2026-03-25 09:00'];
	for (const moment of moments) {
		const kind = d.pick(['server', 'server', 'database', 'calm']);
		await moveThrough(moment, async () => {
			if (kind === 'calm')
				return;
			if (kind === 'database') {
				server.killDatabase();
				return;
			}
			await server.kill();
			await server.restart();
		});
	}
	await until(async () => await server.ready() === 200, { ms: 60_000 });
	assert.equal(Date.parse(await now(server)), Date.parse(local('2026-03-25 09:00')));
});

test('each limit was marked exactly once, at its own moment', async (t) => {
	const supervisor = server.as('supervisor');
	const lists = await inParallel(tasks, 8, (task) =>
		supervisor.all(`/appeals/${task.appeal}/events`));
	const limits = tasks.flatMap((task) => [
		{ task: task.id, limit: 'sign', due: task.sign_due },
		{ task: task.id, limit: 'contact', due: task.contact_due },
		{ task: task.id, limit: 'done', due: task.due },
	]);
	const events = lists.flat();
	t.diagnostic(`${limits.length} limits, ${events.length} events`);
	assert.deepEqual(deadlineFaults(limits, events), [], `seed ${SEED}`);
	const twin = events.filter((event) => event !== events.find((one) =>
		one.type === 'task.overdue'));
	assert.ok(deadlineFaults(limits, twin).length > 0, 'the judge sees a lost mark');
});

endsCleanly(server);
