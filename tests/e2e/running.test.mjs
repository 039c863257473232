/* Starting, stopping, going on: the demo as an operator of the machine knows it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { intakeFaults, contentOf, digest, outcomeFaults } from
	'../chaos/checkers.mjs';
import { assertSameTime, moveTo, now } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, appealNow, leadOf, newKey, register, row, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = row(server, 'L3');
/* How long the database stays away under load. */
const AWAY_MS = Number(process.env.TEST_AWAY_MS ?? 30_000);

test('access.json is complete, private, and names one of everything', async () => {
	const file = path.join(server.dir, 'access.json');
	assert.equal(fs.statSync(file).mode & 0o777, 0o600);
	assert.equal(server.access.base_url, server.base);
	const roles = ['intake', 'operator', 'dispatcher', 'department', 'reviewer', 'visitor',
		'supervisor', 'leader', 'auditor', 'admin'];
	for (const role of roles) {
		assert.ok(server.access.keys.some((key) => key.role === role), `a key: ${role}`);
		assert.ok(server.access.accounts.some((account) => account.role === role) ||
			role === 'intake', `an account: ${role}`);
	}
	for (const channel of ['110', '12345', 'enterprise'])
		assert.match(server.key('intake', { channel }).key, /^ldk_/);
	const departments = (await server.as('admin').all('/departments'))
		.filter((one) => one.takes_tasks !== false);
	for (const { code } of departments.filter((one) => one.takes_tasks)) {
		assert.ok(server.key('department', { department: code }));
		assert.ok(server.access.catalogue.some((one) => one.department === code), code);
		assert.ok(server.access.accounts.some((one) => one.department === code), code);
	}
	assert.ok(departments.length >= 30);
	for (const one of server.access.catalogue)
		for (const code of [one.category, one.area, one.department, one.limit_class])
			assert.match(code, /^[\x21-\x7e]+$/);
});

test('the database listens on no network address', () => {
	const pids = new Set(server.databases());
	assert.ok(pids.size >= 1);
	const sockets = new Set([...pids].flatMap((pid) => fs.readdirSync(`/proc/${pid}/fd`)
		.map((fd) => {
			try {
				return /socket:\[(\d+)\]/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
			} catch {
				return undefined;
			}
		}).filter((inode) => inode !== undefined)));
	for (const table of ['tcp', 'tcp6', 'udp', 'udp6'])
		for (const line of fs.readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1))
			assert.ok(!sockets.has(line.trim().split(/\s+/)[9]), line);
});

test('a request in flight when SIGTERM comes is answered, then the end is clean', async () => {
	const before = await register(server, where);
	const operator = server.as('operator');
	const flights = Array.from({ length: 12 }, () => operator.register(anAppeal(where))
		.then((answer) => answer, (error) => ({ status: 'cut', error })));
	await Promise.race(flights);
	process.kill(server.pid, 'SIGTERM');
	const answers = await Promise.all(flights);
	await until(() => server.exit, { what: 'the end' });
	assert.deepEqual(server.exit, { code: 0, signal: null });
	assert.ok(answers.every((answer) => [201, 503, 'cut'].includes(answer.status)));
	await server.restart();
	for (const answer of answers.filter((one) => one.status === 201))
		assert.equal((await appealNow(server, answer.json.id)).id, answer.json.id);
	assert.equal((await appealNow(server, before.id)).id, before.id);
});

test('a second run goes on with data, keys and clock', async () => {
	const appeal = await register(server, where);
	await moveTo(server, '2026-03-04 12:34');
	const keys = server.access.keys;
	await server.stop();
	await server.restart();
	assert.deepEqual(server.access.keys, keys);
	assertSameTime(await now(server), '2026-03-04 12:34');
	assert.equal((await appealNow(server, appeal.id)).id, appeal.id);
	const next = await register(server, where);
	assert.ok(next.id > appeal.id);
	assert.match(next.id, /^LD260304/);
});

test('a restart with a later time goes on from that', async () => {
	await server.stop();
	const given = server.options.clock;
	server.options.clock = '2026-03-05T09:00:00+08:00';
	await server.restart();
	assertSameTime(await now(server), '2026-03-05 09:00');
	server.options.clock = given;
});

test('after kill -9 of server and database together the next run goes on', async () => {
	const appeal = await register(server, where);
	await sign(server, leadOf(appeal));
	server.killDatabase();
	await server.kill();
	await server.restart();
	assert.equal(leadOf(await appealNow(server, appeal.id)).state, 'in_hand');
	await register(server, where);
});

test('a killed server whose database lives on is replaced without harm', async () => {
	const appeal = await register(server, where);
	await server.kill();
	await server.restart();
	assert.equal((await appealNow(server, appeal.id)).id, appeal.id);
	assert.equal(server.databases().length, 1, 'one database serves the folder');
});

test('a second server on the same folder does not start beside the first', async () => {
	const done = server.command(['demo', '--listen', '127.0.0.1:1'], { timeout: 60_000 });
	assert.notEqual(done.status, 0);
	await register(server, where);
});

test('the real service refuses a test clock', () => {
	const done = server.command(['serve', '--test-clock', MONDAY], { timeout: 30_000 });
	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /test.clock/);
});

test('every command explains itself', () => {
	const help = server.command(['--help'], { timeout: 30_000 });
	for (const name of ['demo', 'serve', 'import', 'migrate', 'user', 'key', 'department',
		'catalogue', 'calendar', 'report']) {
		assert.ok(help.stdout.includes(name), `${name} in the list of commands`);
		const one = server.command([name, '--help'], { timeout: 30_000 });
		assert.equal(one.status, 0, `${name} --help: ${one.stderr}`);
		assert.ok(one.stdout.includes(name));
	}
});

test('an address in use is told, not fatal to the folder', async () => {
	const blocker = net.createServer();
	await new Promise((resolve) => blocker.listen(0, '127.0.0.1', resolve));
	await server.stop();
	const done = server.command(['demo', '--listen', `127.0.0.1:${blocker.address().port}`],
		{ timeout: 90_000 });
	assert.notEqual(done.status, 0);
	assert.ok(done.stderr.length > 0);
	await new Promise((resolve) => blocker.close(resolve));
	await server.restart();
	await register(server, where);
});

/*
 * The database is killed again and again for as long as asked, under intake. Every request
 * must end as the contract says, and what was acknowledged must be there.
 */
test('while the database is away intake answers 503 with Retry-After, and it comes back',
	async (t) => {
		const police = server.as('intake', { channel: '110' });
		const requests = [];
		const end = Date.now() + AWAY_MS;
		const keep_down = setInterval(() => server.killDatabase(), 50);
		const refused = [];
		let recovered = 0;
		const send = async () => {
			while (Date.now() < end || recovered === 0) {
				const body = anAppeal(where, { channel: '110', external_no: newKey() });
				const key = newKey();
				const start = Date.now();
				const answer = await police.register(body, { idem: key }).catch((error) =>
					({ status: 'cut', error }));
				requests.push({ key, content: contentOf(body), outcome: answer.status,
					id: answer.json?.id, body: digest(answer.text ?? ''),
					took: Date.now() - start });
				if (answer.status === 503)
					refused.push(answer);
				if (answer.status === 201 && start > end)
					recovered = recovered || Date.now() - end;
				if (Date.now() > end + 90_000)
					return;
				await until(() => Date.now() - start > 200, { ms: 1000 });
			}
		};
		setTimeout(() => clearInterval(keep_down), AWAY_MS);
		await Promise.all([send(), send(), send(), send()]);
		clearInterval(keep_down);
		assert.ok(recovered > 0, 'intake came back by itself');
		t.diagnostic(`${requests.length} requests, ${refused.length} refused, back after ` +
			`${recovered} ms`);
		assert.ok(refused.length > 5);
		for (const answer of refused) {
			assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
			assert.match(answer.type, /^application\/problem\+json/);
		}
		assert.deepEqual(outcomeFaults(requests, 30_000), []);
		const stored = (await server.as('supervisor').all('/appeals?channel=110'))
			.map((one) => ({ id: one.id, content: contentOf(one) }));
		assert.deepEqual(intakeFaults(requests, stored), []);
	});

test('without a database the server is not ready, but alive', async () => {
	const keep_down = setInterval(() => server.killDatabase(), 50);
	try {
		await until(async () => await server.ready() === 503, { what: 'not ready' });
		await server.anonymous().get('/livez', { expect: 200 });
		const answer = await server.as('operator').get('/appeals?limit=1', { expect: 503 });
		assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
	} finally {
		clearInterval(keep_down);
	}
	await until(async () => await server.ready() === 200, { what: 'ready again' });
});

endsCleanly(server);
