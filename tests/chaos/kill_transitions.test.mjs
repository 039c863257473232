/*
 * A kill -9 in the middle of each kind of transition leaves either before or after.
 * TEST_KILLS (8) and TEST_SEED say how many kills and which moments.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { dice } from '../recount/histories.mjs';
import { KINDS, killAmongTransitions, killWhileTimePasses, rulings }
	from './kill_transitions.mjs';

const KILLS = Number(process.env.TEST_KILLS ?? 8);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const LATEST_MS = 60;
const server = await startServer({ clock: MONDAY });

test(`${KILLS} kills among ${KINDS.length} kinds of transition: each is before or after, once`,
	async (t) => {
		t.diagnostic(`seed ${SEED}`);
		const random = dice(SEED);
		const sum = { before: 0, after: 0 };
		for (let i = 0; i < KILLS; i++) {
			const counts = await killAmongTransitions(server,
				{ round: i, moment: random.below(LATEST_MS),
					is_database: i % 4 === 3 });
			sum.before += counts.before;
			sum.after += counts.after;
		}
		t.diagnostic(JSON.stringify(sum));
		assert.equal(sum.before + sum.after, KILLS * KINDS.length);
		assert.ok(sum.before > 0 && sum.after > 0, `kills met both sides: ${JSON.stringify(sum)}`);
	});

test('every ruling has its catalogue version, and every such version its ruling', () => {
	const { versions, events } = rulings(server);
	assert.ok(events >= KILLS);
	assert.equal(versions, events);
});

test('a kill while time passes: a pause ends once, a task is archived once', async () => {
	for (const moment of [5, 40, 150])
		await killWhileTimePasses(server, { moment });
});

endsCleanly(server);
