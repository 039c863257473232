/*
 * Yellow cards of the same departments shown by three servers at once: the red card for the
 * second comes once a department. Their clocks run, so limits are made to end by their rows.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startBeside } from './lib/beside.mjs';
import { ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { endsCleanly, startServer } from './lib/server.mjs';
import { inParallel, until } from './lib/until.mjs';
import { eventsOf, leadOf, ofType, register, rowOf } from './lib/world.mjs';

const DEPARTMENTS = ['CGJ', 'JTJ', 'ZJJ', 'ZRJ'];
const EACH = 10, DONE = 5, OVERDUE = 2;
const server = await startServer();
const others = [await startBeside(server), await startBeside(server)];

test('three servers show one red card for two yellow ones, a department', async () => {
	const places = DEPARTMENTS.flatMap((one) => Array(EACH).fill(rowOf(server, one)));
	const tasks = (await inParallel(places, 4, (place) => register(server, place))).map(leadOf);
	const ids = sql(server, `SELECT task_id FROM deadlines_deadline WHERE limit_kind = ${DONE}
		ORDER BY task_id`).flat();
	assert.equal(ids.length, tasks.length);
	/* Mixed over departments, some milliseconds apart over three seconds, within one month. */
	const month = sql(server, `SELECT MONTH(NOW(6) + INTERVAL 8 HOUR),
		MONTH(NOW(6) + INTERVAL 8 HOUR + INTERVAL 10 SECOND)`)[0];
	assert.equal(month[0], month[1], 'not in the last seconds of a month');
	const first = Date.now() + 1500;
	const cases = ids.map((id, i) => `WHEN ${id} THEN ${(first + (i * 7919) % 3000) * 1000}`);
	sql(server, `UPDATE deadlines_deadline SET stage = ${OVERDUE},
		next_at = CASE task_id ${cases.join(' ')} END WHERE limit_kind = ${DONE}`);
	await until(() => sql(server, `SELECT COUNT(*) FROM deadlines_deadline
		WHERE limit_kind = ${DONE} AND stage = ${OVERDUE}`)[0][0] === '0',
	{ what: 'all limits to be over' });
	const cards = (await inParallel(tasks, 4, async (task) => ofType(
		await eventsOf(server, task.appeal), 'task.card')
		.map((one) => ({ ...one, department: task.department })))).flat();
	const yellow = cards.filter((one) => one.data.colour === 'yellow');
	assert.deepEqual(yellow.map((one) => one.task).sort(), tasks.map((one) => one.id).sort(),
		'each task one');
	const red = cards.filter((one) => one.data.reason === 'two_yellow');
	assert.deepEqual(red.map((one) => one.department).sort(), [...DEPARTMENTS].sort());
	for (const one of red) {
		const before = yellow.filter((other) => other.department === one.department &&
			ms(other.at) <= ms(one.at));
		assert.ok(before.length >= 2, `${one.department} had ${before.length} by then`);
	}
	assert.equal(cards.length, yellow.length + red.length);
});

test('the servers beside it end cleanly', async () => {
	for (const other of others)
		assert.equal(await other.stop(), 0);
});

endsCleanly(server);
