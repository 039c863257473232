/*
 * What is somebody else's and what is not there take the same time: the two kinds of 404, asked
 * for in turns, by Welch's t. The same judge tells an answer with more work behind it apart.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { leadOf, register, rowOf } from './lib/world.mjs';

const PAIRS = 300, TRIES = 3, BOUND = 4.5;
const server = await startServer({ clock: MONDAY });
const department = server.department('CGJ');
const other = await register(server, rowOf(server, 'JTJ'));

async function timeOf(path, expect) {
	const begun = process.hrtime.bigint();
	await department.get(path, { expect });
	return Number(process.hrtime.bigint() - begun);
}

/* The slowest tenth of each is other people's work on the machine, not ours. */
const kept = (times) => times.sort((a, b) => a - b).slice(0, Math.floor(times.length * 0.9));

function welch(a, b) {
	const of = (times) => {
		const mean = times.reduce((sum, one) => sum + one, 0) / times.length;
		return { mean, spread: times.reduce((sum, one) => sum + (one - mean) ** 2, 0) /
			(times.length - 1) / times.length };
	};
	const [x, y] = [of(a), of(b)];
	return (x.mean - y.mean) / Math.sqrt(x.spread + y.spread);
}

async function compare([first, first_status], [second, second_status]) {
	const times = [[], []];
	for (let i = 0; i < PAIRS; i++)
		for (const k of i % 2 ? [0, 1] : [1, 0])
			times[k].push(await timeOf(k ? second : first, k ? second_status : first_status));
	return welch(kept(times[0]), kept(times[1]));
}

/* The least of some tries: noise comes and goes, a difference stays. */
async function least(...pair) {
	let best = Infinity;
	for (let i = 0; i < TRIES && Math.abs(best) >= BOUND; i++) {
		const t = await compare(...pair);
		best = Math.abs(t) < Math.abs(best) ? t : best;
	}
	return best;
}

for (const [what, theirs, missing] of [
	['an appeal', `/appeals/${other.id}`, `/appeals/${other.id.slice(0, -3)}999`],
	['a task', `/tasks/${leadOf(other).id}`, `/tasks/${other.id.slice(0, -3)}999-1`]])
	test(`${what} of another department takes as long as one that is not there`, async (t) => {
		const found = await least([theirs, 404], [missing, 404]);
		t.diagnostic(`t = ${found.toFixed(2)}`);
		assert.ok(Math.abs(found) < BOUND, `t = ${found}`);
	});

test('the judge tells a list of twenty from one that is not there', async (t) => {
	for (let i = 0; i < 20; i++)
		await register(server, rowOf(server, 'CGJ'));
	const found = await least(['/appeals?limit=20', 200],
		[`/appeals/${other.id.slice(0, -3)}999`, 404]);
	t.diagnostic(`t = ${found.toFixed(2)}`);
	assert.ok(Math.abs(found) >= BOUND, `t = ${found}`);
});

endsCleanly(server);
