/*
 * GET /health: each of its checks is made bad for real and is seen bad, and well again once the cause
 * is gone.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { register, rowOf } from './lib/world.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'health-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const socket = path.join(folder, 'clamd.ctl');
let said = (request) => `stream: ${request.length === 14 ? 'OK' : 'nothing'}\0`;
const clamd = net.createServer((client) => {
	client.on('error', () => {});
	client.on('data', (part) => client.end(said(part)));
});
let code = () => undefined;
const gateway = await startGateway(folder, { script: () => code() });
const receiver = await startReceiver();
/* Short messages go out by day, and nights are skipped by a test clock alone. */
const [server, standing] = await Promise.all([
	startServer({ env: { LIANDONG_CLAMD_SOCKET: socket, LIANDONG_WEBHOOK_SILENT_AFTER: '2',
		LIANDONG_HEALTH_DISK_PERCENT: '100' } }),
	startServer({ clock: MONDAY, env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file,
		LIANDONG_PUBLIC_URL: 'https://hotline.example', LIANDONG_WEBHOOK_SILENT_AFTER: '2' } }),
]);
await new Promise((resolve) => clamd.listen(socket, resolve));

const health = async (role = 'system') => (await server.as(role).get('/health', { expect: 200 })).json;
const check = async (name) => (await health()).checks.find((one) => one.name === name);
const becomes = (name, state, ms = 20_000) => until(async () => {
	const found = await check(name);
	return found.state === state ? found : undefined;
}, { ms, what: `${name} to be ${state}` });
const NAMES = ['deadlines_fire', 'deadlines_check', 'ledger_waiting', 'ledger_checkpoint', 'signer',
	'webhooks', 'webhooks_waiting', 'sms_gateway', 'exchange', 'database', 'cluster', 'disk_database', 'disk_files',
	'backup', 'clock', 'certificate', 'virus_scanner'];

/* A transaction of somebody else's that holds rows until it is let go. */
function hold(statement) {
	const own = path.join(server.dir, 'run/socket-path');
	const at = fs.existsSync(own) ? fs.readFileSync(own, 'utf8').trim() : path.join(server.dir, 'run/db.sock');
	const child = spawn('mariadb', ['--no-defaults', `--socket=${at}`, `--user=${os.userInfo().username}`,
		'--batch', '--skip-column-names', '--unbuffered', 'liandong'], { stdio: ['pipe', 'pipe', 'inherit'] });
	child.stdin.write(`BEGIN;\n${statement};\nSELECT 'held';\n`);
	const held = new Promise((resolve) => child.stdout.on('data', (part) =>
		String(part).includes('held') && resolve()));
	return { held, release: () => new Promise((resolve) => { child.once('exit', resolve); child.stdin.end('ROLLBACK;\n'); }) };
}

test('who watches over the service is told, and nobody else', async () => {
	for (const role of ['admin', 'system', 'security', 'audit', 'auditor'])
		assert.deepEqual((await health(role)).checks.map((one) => one.name), NAMES);
	for (const role of ['operator', 'dispatcher', 'supervisor', 'leader', 'observer'])
		await server.as(role).get('/health', { expect: 403 });
	await server.anonymous().get('/health', { expect: 401 });
});

test('a service that does well says so, and the state of all is the worst of them', async () => {
	for (const name of ['deadlines_fire', 'deadlines_check', 'ledger_waiting', 'signer', 'webhooks',
		'webhooks_waiting', 'sms_gateway', 'exchange', 'database', 'cluster', 'clock', 'certificate', 'virus_scanner'])
		await becomes(name, 'ok');
	const { state, checks } = await health();
	const order = ['ok', 'warn', 'bad'];
	assert.equal(state, order[Math.max(...checks.map((one) => order.indexOf(one.state)))]);
	const database = await check('database');
	assert.equal(database.detail, sql(server, 'SELECT VERSION()')[0][0]);
	assert.equal(database.figure, Number(sql(server, 'SELECT MAX(number) FROM server_migration')[0][0]));
	assert.equal((await check('backup')).state, 'warn', 'a demo keeps no binary log');
});

test('a disk of which less is free than is wanted is bad, and its free bytes are those of the disk', async () => {
	for (const [name, at] of [['disk_database', 'mysql'], ['disk_files', 'files']]) {
		const found = await check(name);
		const out = execFileSync('df', ['--output=avail,size', '-B1', path.join(server.dir, at)],
			{ encoding: 'utf8' }).split('\n')[1].trim().split(/\s+/).map(Number);
		assert.ok(Math.abs(found.figure - out[0]) < out[1] / 100, `${found.figure} of ${out}`);
		assert.equal(found.state, out[0] / out[1] < 0.5 ? 'bad' : 'warn');
	}
});

test('a receiver that fails, then says that it is gone', async () => {
	const { id, secret } = (await server.department('CGJ').post('/webhooks', { url: receiver.url,
		events: ['task.*', 'endpoint.test'] }, { expect: 201 })).json;
	receiver.secrets.push(secret);
	receiver.answer = () => ({ status: 500 });
	await register(server, rowOf(server, 'CGJ'));
	const failing = await becomes('webhooks', 'warn');
	assert.equal(failing.figure, 1);
	assert.match(failing.detail, new RegExp(`^CGJ #${id}$`));
	assert.ok(Date.parse(failing.since) <= Date.now() + 1000);
	const waiting = await becomes('webhooks_waiting', 'bad');
	assert.ok(waiting.figure >= 2, 'longer than webhook_silent_after');
	receiver.answer = () => ({ status: 410 });
	await server.department('CGJ').post(`/webhooks/${id}/test`, {}, { expect: 200 });
	await becomes('webhooks', 'bad');
	await server.department('CGJ').delete(`/webhooks/${id}`, { expect: 204 });
	assert.equal((await becomes('webhooks', 'ok')).figure, 0);
	await becomes('webhooks_waiting', 'ok');
});

test('a signer that hangs', async () => {
	const pid = Number(spawnSync('pgrep', ['-f', `^\\S*liandong-signer --dir ${server.dir}/`],
		{ encoding: 'utf8' }).stdout.trim());
	assert.ok(pid > 1);
	process.kill(pid, 'SIGSTOP');
	try {
		assert.equal((await check('signer')).state, 'bad');
	} finally {
		process.kill(pid, 'SIGCONT');
	}
	await becomes('signer', 'ok');
});

test('a ledger that nobody writes on', async () => {
	const lease = (holder, until_at) => sql(server, `UPDATE server_lease SET holder = ${holder},
		held_until = ${until_at} WHERE name = 'ledger.sequence'`);
	await becomes('ledger_waiting', 'ok');
	lease(1, Date.now() * 1000 + 3600e6);
	await register(server, rowOf(server, 'CGJ'));
	const waiting = await until(async () => {
		const found = await check('ledger_waiting');
		return found.figure > 0 ? found : undefined;
	}, { what: 'an entry that waits' });
	assert.ok(Date.parse(waiting.since) > Date.now() - 60_000);
	/* two minutes in the place of a wait for them */
	sql(server, `UPDATE ledger_waiting SET seals = CONCAT(UNHEX(LPAD(HEX(
		CAST(CONV(HEX(LEFT(seals, 8)), 16, 10) AS UNSIGNED) - 120000000), 16, '0')), SUBSTR(seals, 9))
		WHERE kind = 1 AND seals <> ''; UPDATE ledger_waiting SET at = at - 120000000 WHERE kind > 1`);
	assert.equal((await check('ledger_waiting')).state, 'bad');
	/* what was made old by hand does not become an entry */
	sql(server, `UPDATE ledger_waiting SET seals = CONCAT(UNHEX(LPAD(HEX(
		CAST(CONV(HEX(LEFT(seals, 8)), 16, 10) AS UNSIGNED) + 120000000), 16, '0')), SUBSTR(seals, 9))
		WHERE kind = 1 AND seals <> ''; UPDATE ledger_waiting SET at = at + 120000000 WHERE kind > 1`);
	lease(1, 0);
	await until(async () => (await check('ledger_waiting')).figure === 0, { what: 'nothing waiting' });
});

test('a checkpoint that was confirmed long ago', async () => {
	await until(async () => (await check('ledger_checkpoint')).since, { what: 'a checkpoint' });
	sql(server, `UPDATE server_lease SET holder = 1, held_until = ${Date.now() * 1000 + 3600e6}
		WHERE name = 'ledger.sign'`);
	const [[size, at]] = sql(server, 'SELECT size, signed_at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1');
	const set = (back) => sql(server, `UPDATE ledger_checkpoint SET signed_at = ${at} - ${back},
		confirmed_at = ${at} - ${back} WHERE size = ${size};
		UPDATE ledger_standing SET confirmed_at = ${at} - ${back}`);
	set(300e6);
	const warned = await check('ledger_checkpoint');
	assert.equal(warned.state, 'warn');
	assert.ok(warned.figure >= 300);
	set(1000e6);
	assert.equal((await check('ledger_checkpoint')).state, 'bad');
	set(0);
	sql(server, `UPDATE server_lease SET held_until = 0 WHERE name = 'ledger.sign'`);
	await becomes('ledger_checkpoint', 'ok');
});

test('a deadline whose job cannot go on', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const task = sql(server, `SELECT task_id, appeal_id FROM deadlines_deadline WHERE task_id =
		(SELECT MAX(task_id) FROM deadlines_deadline) LIMIT 1`)[0];
	assert.ok(appeal.id && task);
	const other = hold(`SELECT * FROM history_appeal WHERE appeal_id = ${task[1]} FOR UPDATE`);
	await other.held;
	try {
		sql(server, `UPDATE deadlines_deadline SET next_at = ${(Date.now() - 600_000) * 1000}
			WHERE task_id = ${task[0]} AND next_at > 0 ORDER BY next_at LIMIT 1`);
		const late = await check('deadlines_fire');
		assert.equal(late.state, 'bad');
		assert.ok(late.figure >= 599, `${late.figure} s`);
	} finally {
		await other.release();
	}
	await becomes('deadlines_fire', 'ok', 60_000);
});

test('a virus scanner that went away, or says nothing to the point', async () => {
	await becomes('virus_scanner', 'ok');
	said = () => 'stream: ERROR\0';
	assert.equal((await check('virus_scanner')).state, 'bad');
	said = () => 'stream: OK\0';
	await becomes('virus_scanner', 'ok');
	await new Promise((resolve) => clamd.close(resolve));
	assert.equal((await check('virus_scanner')).state, 'bad');
});

test('a database that is read only', async () => {
	sql(server, 'SET GLOBAL read_only = 1');
	try {
		const found = await check('database');
		assert.equal(found.state, 'bad');
	} finally {
		sql(server, 'SET GLOBAL read_only = 0');
	}
	await becomes('database', 'ok');
});

test('a certificate that ends soon, once it is in use', async () => {
	const far = await check('certificate');
	assert.ok(far.figure > 800, 'a demo makes one for 825 days');
	const at = (name) => path.join(server.dir, 'tls', name);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
		'-nodes', '-keyout', at('server.key'), '-out', at('server.pem'), '-days', '3', '-subj', '/CN=soon',
		'-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
	assert.equal((await check('certificate')).state, 'ok', 'it is not in use yet');
	server.child.kill('SIGHUP');
	server.ca = fs.readFileSync(at('server.pem'));
	const soon = await becomes('certificate', 'bad');
	assert.ok(soon.figure >= 2 && soon.figure <= 3, `${soon.figure} days`);
});

const of = async (name) => (await standing.as('security').get('/health', { expect: 200 })).json.checks
	.find((one) => one.name === name);

test('a gateway of short messages that takes nothing', async () => {
	assert.equal((await of('sms_gateway')).state, 'ok');
	code = () => 'reset';
	await register(standing, rowOf(standing, 'CGJ'), { caller: { name: '王小明', phone: '13910000001' } });
	const late = await until(async () => {
		const found = await of('sms_gateway');
		return found.state !== 'ok' ? found : undefined;
	}, { ms: 20_000, what: 'the gateway seen failing' });
	assert.equal(late.unit, 'seconds');
	code = () => undefined;
	await until(async () => (await of('sms_gateway')).state === 'ok', { ms: 60_000, what: 'all sent' });
});

test('a test clock is told of, and a wrong due time from the night on', async () => {
	assert.equal((await of('clock')).state, 'warn');
	await register(standing, rowOf(standing, 'CGJ'));
	await moveTo(standing, '2026-03-03 03:00');
	assert.equal((await of('deadlines_check')).state, 'ok');
	sql(standing, 'UPDATE tasks_task SET due = due + 86400000000');
	await moveTo(standing, '2026-03-04 03:00');
	const wrong = await of('deadlines_check');
	assert.equal(wrong.state, 'bad');
	assert.ok(wrong.figure > 0);
	await standing.stop();
});

endsCleanly(server);
