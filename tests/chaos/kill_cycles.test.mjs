/*
 * Nothing acknowledged is lost or doubled by kills, nothing is there that nobody sent.
 * TEST_CYCLES (40) and TEST_SEED say how many kills and which.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { faultsOf, killCycles, PER_CYCLE } from './kill_cycles.mjs';

const CYCLES = Number(process.env.TEST_CYCLES ?? 40);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const EVENTS_READ = 50;
const server = await startServer();
let run;

test(`${CYCLES} kills of server or database lose and double nothing`, async (t) => {
	t.diagnostic(`seed ${SEED}`);
	run = await killCycles(server, { cycles: CYCLES, seed: SEED });
	t.diagnostic(`${JSON.stringify(run.kills)}; ${run.requests.length} requests, ` +
		`${run.acked} keys acknowledged, ${run.stored.length} appeals stored`);
	assert.ok(run.acked >= CYCLES * PER_CYCLE[0]);
	assert.deepEqual(faultsOf(run).slice(0, 30), [], `seed ${SEED}`);
});

test('the judge sees this very history spoilt', () => {
	const { requests, stored } = run;
	const lost = requests.find((one) => one.outcome === 201).id;
	const twins = [stored.filter((one) => one.id !== lost),
		[...stored, { ...stored[0], id: 'LD1' }],
		stored.map((one, i) => i === 0 ? { ...one, content: 'torn' } : one)];
	for (const twin of twins)
		assert.ok(faultsOf({ requests, stored: twin }).length > 0);
});

test('every appeal that survived has its task, its due moments and its first events', async () => {
	for (const { appeal } of run.stored) {
		assert.equal(appeal.tasks.length, 1, appeal.id);
		assert.ok(appeal.tasks[0].due && appeal.tasks[0].sign_due, appeal.id);
	}
	for (let i = 0; i < run.stored.length; i += Math.ceil(run.stored.length / EVENTS_READ)) {
		const events = await server.as('supervisor').all(`/appeals/${run.stored[i].id}/events`);
		assert.deepEqual(events.slice(0, 2).map((event) => event.type),
			['appeal.received', 'task.dispatched']);
	}
});

endsCleanly(server);
