/*
 * The ledger through what goes wrong: kill -9, two servers on one schema, a signer that is
 * away, a database put back to an older copy.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { Client } from '../e2e/lib/api.mjs';
import { sql } from '../e2e/lib/database.mjs';
import { checkpointOf, entryOf, isConsistent, readDump, receiptOf, rootOf }
	from '../e2e/lib/ledger.mjs';
import { BIN, startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { inParallel, until } from '../e2e/lib/until.mjs';
import { anAppeal, row } from '../e2e/lib/world.mjs';

const KILLS = Number(process.env.TEST_KILLS ?? 2);
const server = await startServer();
const where = row(server, 'L3');
const b64 = (text) => Buffer.from(text, 'base64');
const number = (text, at = server) => Number(sql(at, text)[0][0]);
const headOf = async (at = server) => (await at.as('auditor').get('/ledger/head',
	{ expect: 200 })).json;
const entries = () => number('SELECT COUNT(*) FROM ledger_entry;');
const waiting = () => number('SELECT COUNT(*) FROM ledger_waiting;');
const settled = () => until(async () => waiting() === 0 && (await headOf()).size === entries(),
	{ ms: 60_000, what: 'all entries to be signed' });
const signerPid = () => Number(spawnSync('pgrep', ['-f', `^\\S*liandong-signer --dir ${server.dir}/`],
	{ encoding: 'utf8' }).stdout.trim().split('\n')[0]);

/* Every event has exactly one entry, each appeal's in order, and positions are dense. */
function assertOnce() {
	assert.deepEqual(sql(server, `SELECT COUNT(*), COUNT(DISTINCT subject, number),
		MIN(position), MAX(position) + 1 - COUNT(*),
		COUNT(*) - (SELECT COUNT(*) FROM history_event) FROM ledger_entry;`)
		.map((fields) => fields.slice(2)), [['0', '0', '0']]);
	assert.equal(number(`SELECT COUNT(*) FROM history_event e LEFT JOIN ledger_entry l
		ON l.kind = 1 AND l.subject = e.appeal_id AND l.number = e.seq
		AND l.digest = e.digest AND l.at = e.recorded_at WHERE l.position IS NULL;`), 0);
	assert.equal(number(`SELECT COUNT(*) FROM ledger_entry a JOIN ledger_entry b
		ON b.kind = 1 AND b.subject = a.subject AND b.number = a.number + 1
		AND b.position < a.position WHERE a.kind = 1;`), 0);
}

const kept = [];	/* receipts of all that was answered */
async function registerSome(n, client = server.as('operator')) {
	const answers = await inParallel(Array.from({ length: n }), 8, () =>
		client.register(anAppeal(where)).catch(() => undefined));
	for (const answer of answers)
		if (answer?.status === 201)
			kept.push(answer.json.receipt);
}

test('through kill -9 of server and database each event is entered exactly once', async () => {
	for (let i = 0; i < KILLS; i++) {
		const load = registerSome(300);
		const least = entries() + 20;
		await until(() => entries() > least, { ms: 30_000, what: 'entries under way' });
		if (i % 2)
			server.killDatabase();
		await server.kill();
		await load;
		await server.restart();
	}
	await settled();
	assertOnce();
	const { keys } = await headOf();
	const dump = readDump(server.command(['ledger', 'dump'], { expect: 0 }).stdout);
	assert.ok(kept.length > 100, `${kept.length} receipts`);
	const known = new Set(dump.entries.map((entry) =>
		`${entry.subject} ${entry.number} ${entry.digest.toString('hex')}`));
	for (const text of kept) {
		const entry = entryOf(receiptOf(text, keys.receipt).entry);
		assert.ok(known.has(`${entry.subject} ${entry.number} ${entry.digest.toString('hex')}`),
			'what a receipt promised is in the tree');
	}
	const leaves = dump.entries.map(({ leaf }) => leaf);
	for (const { size, note } of dump.checkpoints)
		assert.deepEqual(checkpointOf(note, keys.checkpoint).root, rootOf(leaves.slice(0, size)));
});

/* A second server on the demo's schema, with the demo's keys and signer. */
async function startSecond() {
	const probe = net.createServer();
	await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address();
	await new Promise((resolve) => probe.close(resolve));
	const config = `${server.dir}.second.conf`;
	const record = path.join(server.dir, 'run/socket-path');
	const socket = fs.existsSync(record) ? fs.readFileSync(record, 'utf8').trim() :
		path.join(server.dir, 'run/db.sock');
	fs.writeFileSync(config, `listen = 127.0.0.1:${port}
tls_certificate = ${server.dir}/tls/server.pem
tls_key = ${server.dir}/tls/server.key
key_file = ${server.dir}/keys
database_socket = ${socket}
database_user = liandong
database_password_file = ${server.dir}/run/db.password
signer_socket = ${server.dir}/signer/socket
attachment_directory = ${server.dir}/files
`);
	const log = fs.openSync(`${server.dir}.second.log`, 'a');
	const child = spawn(BIN, ['serve', '--config', config], { stdio: ['ignore', log, log] });
	fs.closeSync(log);
	const second = { host: '127.0.0.1', port, base: `https://127.0.0.1:${port}`,
		ca: server.ca, agent: undefined };
	const operator = new Client(second, { name: 'second', key: server.key('operator').key });
	await until(async () => (await operator.get('/me')).status === 200,
		{ ms: 60_000, what: 'the second server' });
	return { child, operator, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

test('two servers on one schema enter each event exactly once, also when one is killed', async () => {
	const second = await startSecond();
	const before = entries();
	await Promise.all([registerSome(150), registerSome(150, second.operator)]);
	const load = registerSome(150, second.operator);
	await registerSome(50);
	second.child.kill('SIGKILL');
	await second.ended;
	await load;
	await settled();
	assert.ok(entries() >= before + 600);
	assertOnce();
	for (const suffix of ['conf', 'log'])
		fs.rmSync(`${server.dir}.second.${suffix}`, { force: true });
});

test('while the signer is away intake goes on, checkpoints wait, and come when it is back', async () => {
	await settled();
	const { size } = await headOf();
	const pid = signerPid();
	process.kill(pid, 'SIGSTOP');
	const logged = () => server.log().match(/warn signer away/g)?.length ?? 0;
	const before = logged();
	try {
		await registerSome(20);
		await until(() => logged() > before, { ms: 30_000, what: 'the warning' });
		await registerSome(20);
		await until(() => waiting() === 0, { what: 'positions without a signer' });
		assert.ok(entries() >= size + 80);
		assert.equal((await headOf()).size, size, 'no checkpoint is signed');
		assert.equal(await server.ready(), 200);
		const { text } = await server.as('admin').get('/metrics', { expect: 200 });
		assert.match(text, /^liandong_signer_away 1$/m);
	} finally {
		process.kill(pid, 'SIGCONT');
	}
	await settled();
	assert.equal(logged(), before + 1, 'it is told once');
	const { text } = await server.as('admin').get('/metrics', { expect: 200 });
	assert.match(text, /^liandong_signer_away 0$/m);
});

test('a killed signer is started again and goes on', async () => {
	const pid = signerPid();
	process.kill(pid, 'SIGKILL');
	await registerSome(10);
	await settled();
	assert.notEqual(signerPid(), pid);
	assertOnce();
});

test('a database put back to an older copy is found out, and no fork is signed', async () => {
	await settled();
	await server.stop();
	const data = path.join(server.dir, 'mysql');
	const copied = spawnSync('cp', ['-a', data, `${data}.older`]);
	assert.equal(copied.status, 0);
	await server.restart();
	await registerSome(30);
	await settled();
	const newest = await headOf();
	await server.stop();
	fs.rmSync(data, { recursive: true });
	fs.renameSync(`${data}.older`, data);
	await server.restart();
	const older = await headOf();
	assert.ok(older.size < newest.size);
	await registerSome(2);
	const alarms = () => server.log().match(/error signer (rollback|refused)/g)?.length ?? 0;
	await until(alarms, { ms: 30_000, what: 'the alarm about the smaller tree' });
	await registerSome(60);
	await until(() => waiting() === 0 && entries() > newest.size, { ms: 30_000,
		what: 'a tree larger than the one signed, with another history' });
	const { text } = await until(async () => {
		const answer = await server.as('admin').get('/metrics', { expect: 200 });
		return /^liandong_signer_refused 1$/m.test(answer.text) && answer;
	}, { what: 'the metric' });
	assert.match(text, /^liandong_signer_away 0$/m);
	await until(() => /refused size=\d+ last=\d+: the tree does not go on/.test(
		fs.readFileSync(path.join(server.dir, 'signer.log'), 'utf8')),
	{ ms: 30_000, what: 'the signer to refuse the fork' });
	assert.equal((await headOf()).size, older.size, 'nothing more is signed');
	const [one, two] = [checkpointOf(older.checkpoint, older.keys.checkpoint),
		checkpointOf(newest.checkpoint, newest.keys.checkpoint)];
	const { proof } = (await server.as('auditor').get(
		`/ledger/consistency?from=${one.size}&to=${two.size}`, { expect: 200 })).json;
	assert.equal(isConsistent(one.size, one.root, two.size, two.root, proof.map(b64)), false,
		'who kept the newer checkpoint can show the fork');
	await server.as('operator').register(anAppeal(where), { expect: 201 });
});

/* Last, since the signer would have signed some of it. */
test('an entry that is missing, twice or out of order does not pass for once', async () => {
	await until(() => waiting() === 0, { what: 'all positions' });
	assertOnce();
	const last = number('SELECT MAX(position) FROM ledger_entry;');
	const wrongs = [
		[`DELETE FROM ledger_entry WHERE position = ${last};`,
			`INSERT INTO ledger_entry SELECT * FROM put_aside;`],
		[`INSERT INTO ledger_entry SELECT ${last + 1}, kind, subject, 99, at, digest, leaf
			FROM ledger_entry WHERE position = ${last};`,
		`DELETE FROM ledger_entry WHERE position = ${last + 1};`],
		[`UPDATE ledger_entry SET position = ${last + 5} WHERE position = 0;`,
			`UPDATE ledger_entry SET position = 0 WHERE position = ${last + 5};`],
	];
	sql(server, `CREATE TABLE put_aside AS SELECT * FROM ledger_entry WHERE position = ${last};`);
	for (const [wrong, right] of wrongs) {
		sql(server, wrong);
		assert.throws(assertOnce, assert.AssertionError);
		sql(server, right);
	}
	sql(server, 'DROP TABLE put_aside;');
	assertOnce();
});

endsCleanly(server);
