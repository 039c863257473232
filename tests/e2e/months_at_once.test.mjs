/* A month is frozen once, whichever of several servers is asked, and however many at once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const server = await startServer();
const others = [await startBeside(server), await startBeside(server)];
const leaders = [server, ...others].map((one) => one.as('leader'));
const ROUNDS = 6;

/* Months of the past, newest first: their samples are few, and each freezes once. */
function monthBefore(n) {
	const today = new Date(Date.now() + 8 * 3_600_000);
	const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - n, 1));
	return first.toISOString().slice(0, 7);
}

for (let round = 1; round <= ROUNDS; round++)
	test(`three servers at the same instant freeze ${round} months back once`, async () => {
		const month = monthBefore(round);
		const answers = await Promise.all(leaders.flatMap((leader) =>
			[leader, leader].map((one) => one.post(`/reports/${month}/freeze`, {}))));
		assert.deepEqual(answers.map((one) => one.status).sort(),
			[200, 409, 409, 409, 409, 409], JSON.stringify(answers.map((one) => one.json)));
		const number = month.replace('-', '');
		assert.deepEqual(sql(server, `SELECT COUNT(DISTINCT number), MIN(number)
			FROM ledger_content WHERE kind = 2 AND subject = ${number}`), [['1', '1']]);
		const shown = await Promise.all(leaders.map((one) => one.get(`/reports/${month}`)));
		for (const one of shown) {
			assert.equal(one.json.state, 'frozen');
			assert.deepEqual(one.json.total, shown[0].json.total);
			assert.equal(one.json.as_of, shown[0].json.as_of);
		}
	});

test('each of them is one entry of the ledger, whose sequence has no gap', async () => {
	const rows = await until(() => {
		const found = sql(server, `SELECT subject, COUNT(*) FROM ledger_entry WHERE kind = 2
			GROUP BY subject`);
		return found.length === ROUNDS && found;
	}, { what: 'the entries' });
	assert.ok(rows.every(([, count]) => count === '1'));
	const [[count, last]] = sql(server, 'SELECT COUNT(*), MAX(position) FROM ledger_entry');
	assert.equal(Number(count), Number(last) + 1);
});

test('the servers beside end with status 0', async () => {
	for (const one of others) {
		assert.equal(await one.stop(), 0, one.log());
		assert.doesNotMatch(one.log(), /Sanitizer|runtime error:/);
	}
});

endsCleanly(server);
