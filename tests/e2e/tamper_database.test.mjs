/*
 * Somebody with the database's password changes the ledger of a running service by SQL, one
 * change at a time: each is told with its position by `liandong ledger dump` piped into
 * liandong-verify, and what was not changed is not accused. TEST_SEED says which changes. (A
 * checkpoint that is deleted comes back from the signer by itself.)
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { verify } from '../verify/program.mjs';
import { tellsOf } from '../verify/tampering.mjs';
import { local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const CHANGES = 200;
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const d = dice(SEED);
const server = await startServer({ clock: local('2026-02-02 09:00') });
const TABLES = ['history_event', 'ledger_entry', 'ledger_node', 'ledger_checkpoint',
	'ledger_content'];
const state = path.join(server.dir, 'signer/state');
let size, key;

const number = (text) => Number(sql(server, text)[0][0]);
const flip = (column) => `${column} = CONCAT(CHAR(ASCII(${column}) ^ 1), SUBSTRING(${column}, 2))`;

async function judged() {
	const dump = server.command(['ledger', 'dump'], { expect: 0 });
	return verify(['ledger', '-', '--key', key, '--signer-state', state],
		{ input: dump.stdout });
}

/* ---- changes: SQL, and the positions that it touches ---- */

function anEntry(where = 'kind = 1') {
	const rows = sql(server, `SELECT position, kind, subject, number FROM ledger_entry
		WHERE ${where}`);
	const [position, kind, subject, n] = d.pick(rows).map(Number);
	return { position, kind, subject, number: n };
}

function ofEvent(change) {
	return () => {
		const { position, subject, number: seq } = anEntry();
		return { text: change(`appeal_id = ${subject} AND seq = ${seq}`),
			positions: [position] };
	};
}

function ofEntry(change) {
	return () => {
		const { position } = anEntry('1');
		return { text: change(`position = ${position}`), positions: [position] };
	};
}

const set = (table, what) => (where) => `UPDATE ${table} SET ${what} WHERE ${where}`;
const drop = (table) => (where) => `DELETE FROM ${table} WHERE ${where}`;

const KINDS = {
	'the data of an event': ofEvent(set('history_event', `data = '{"forged":true}'`)),
	'the moment of an event': ofEvent(set('history_event', 'at = at - 1')),
	'when an event was recorded': ofEvent(set('history_event', 'recorded_at = recorded_at + 1')),
	'who caused an event': ofEvent(set('history_event', `by_name = 'somebody'`)),
	'the number of who caused it': ofEvent(set('history_event', 'by_id = by_id + 1')),
	'the kind of an event': ofEvent(set('history_event', 'kind = kind % 40 + 1')),
	'the task of an event': ofEvent(set('history_event', 'task_id = task_id + 1')),
	'the digest of an event': ofEvent(set('history_event', flip('digest'))),
	'an event deleted': ofEvent(drop('history_event')),
	'an event given to another appeal': ofEvent(set('history_event',
		'appeal_id = appeal_id + 5000000')),
	'the digest of an entry': ofEntry(set('ledger_entry', flip('digest'))),
	'the leaf of an entry': ofEntry(set('ledger_entry', flip('leaf'))),
	'the moment of an entry': ofEntry(set('ledger_entry', 'at = at + 1')),
	'the subject of an entry': ofEntry(set('ledger_entry', 'subject = subject + 5000000')),
	'an entry deleted': ofEntry(drop('ledger_entry')),
	'two entries exchanged': () => {
		const [a, b] = [d.below(size / 2), Math.floor(size / 2) + d.below(size / 2 - 1)];
		return { text: `UPDATE ledger_entry SET position = 1000000 WHERE position = ${a};
			UPDATE ledger_entry SET position = ${a} WHERE position = ${b};
			UPDATE ledger_entry SET position = ${b} WHERE position = 1000000`,
		positions: [a, b] };
	},
	'an entry taken out and the gap closed': () => {
		const at = d.below(size - 1);
		return { text: `DELETE FROM ledger_entry WHERE position = ${at};
			UPDATE ledger_entry SET position = position - 1 WHERE position > ${at}
				ORDER BY position`, positions: [at] };
	},
	'the tail cut off': () => {
		const at = 1 + d.below(size - 2);
		return { text: `DELETE FROM ledger_entry WHERE position >= ${at}`, positions: [at] };
	},
	'an entry inserted': () => {
		const at = d.below(size);
		return { text: `UPDATE ledger_entry SET position = position + 1 WHERE position >= ${at}
				ORDER BY position DESC;
			INSERT INTO ledger_entry SELECT ${at}, kind, subject, number + 7000, at, digest, leaf
				FROM ledger_entry WHERE position = ${at + 1}`, positions: [at] };
	},
	'a node': () => {
		const [level, place] = d.pick(sql(server, 'SELECT level, place FROM ledger_node'))
			.map(Number);
		return { text: `UPDATE ledger_node SET ${flip('hash')} WHERE level = ${level}
			AND place = ${place}`, positions: [place * 256 ** level] };
	},
	'the note of a checkpoint': () => {
		const at = Number(d.pick(sql(server, 'SELECT size FROM ledger_checkpoint'))[0]);
		return { text: `UPDATE ledger_checkpoint SET note = CONCAT(note, 'x')
			WHERE size = ${at}`, positions: [at] };
	},
	'the content of a frozen month': () => ({ positions: [anEntry('kind = 2').position],
		text: `UPDATE ledger_content SET bytes = REPLACE(bytes, '[figures]', '[Figures]')
			WHERE kind = 2` }),
	'the content of a frozen month deleted': () => ({
		positions: [anEntry('kind = 2').position],
		text: 'DELETE FROM ledger_content WHERE kind = 2' }),
};

/* ---- the test ---- */

test('a service has lived for a month, frozen and published it', async () => {
	for (let i = 0; i < 60; i++) {
		const task = leadOf(await register(server, rowOf(server, d.pick(['CGJ', 'JTJ']))));
		if (i % 3 > 0)
			await close(server, task);
		if (i % 3 > 1)
			await visit(server, task, 'satisfied');
	}
	await moveTo(server, '2026-03-12 09:00');
	const leader = server.as('leader');
	await leader.post('/reports/2026-02/freeze', {}, { expect: 200 });
	await leader.post('/reports/2026-02/publish', {}, { expect: 200 });
	const head = await until(async () => {
		/* In this order: nothing waits, then so many are entered, then all are signed. */
		if (number('SELECT COUNT(*) FROM ledger_waiting') > 0)
			return false;
		const entries = number('SELECT COUNT(*) FROM ledger_entry');
		const { json } = await leader.get('/ledger/head', { expect: 200 });
		return json.size === entries && json;
	}, { what: 'everything to be signed' });
	[size, key] = [head.size, head.keys.checkpoint];
	assert.ok(size > 256, `${size} entries: more than one node`);
	sql(server, 'CREATE DATABASE kept; ' + TABLES.map((table) =>
		`CREATE TABLE kept.${table} AS SELECT * FROM ${table}`).join('; '));
});

test('nothing is told of what nobody has changed', async () => {
	const result = await judged();
	assert.equal(result.status, 0, result.out + result.error);
	assert.doesNotMatch(result.out, /^position/m);
});

test(`each of ${CHANGES} changes is told with its position (seed ${SEED})`, async () => {
	const names = Object.keys(KINDS);
	for (let i = 0; i < CHANGES; i++) {
		const name = names[i % names.length];
		const { text, positions } = KINDS[name]();
		sql(server, text);
		const result = await judged();
		assert.equal(result.status, 1, `${name}: ${text}\n${result.out}${result.error}`);
		for (const position of positions)
			assert.ok(result.out.split('\n').some((line) => tellsOf(line, position)),
				`${name}: nothing of position ${position}: ${text}\n${result.out}`);
		sql(server, 'START TRANSACTION; ' + TABLES.map((table) => `DELETE FROM ${table};
			INSERT INTO ${table} SELECT * FROM kept.${table}`).join('; ') + '; COMMIT');
	}
	assert.equal((await judged()).status, 0, 'all is as it was');
});

endsCleanly(server);
