/*
 * The real server as a child process, on its own folder and port. Everything it starts is
 * found by that folder, so that nothing else on the machine can be hit: the supervised
 * database carries the folder in its arguments.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, signIn } from './api.mjs';
import { until } from './until.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const BIN = path.resolve(ROOT, process.env.LIANDONG_BIN ?? 'build/liandong');
/* A build with sanitizers is several times slower; the deadlines grow with it. */
const PATIENCE = Number(process.env.TEST_PATIENCE ?? 1);
const START_MS = 240_000 * PATIENCE;
const STOP_MS = 120_000 * PATIENCE;
const SANITIZERS = /(ERROR|WARNING|SUMMARY): \w*Sanitizer|runtime error:|assertion failed/i;
/* On Monday morning, far from holidays. */
export const MONDAY = '2026-03-02T09:00:00+08:00';

/* What else runs on the machine may keep a request waiting or a statement running for long: neither
 * is given up, which a test would take for a fault. */
const UNHURRIED = { LIANDONG_QUEUE_WAIT: '300', LIANDONG_DATABASE_STATEMENT_SECONDS: '300' };
/* LIANDONG_ variables are settings of the server: those of the tests are not handed on. */
const OUTER = Object.fromEntries(Object.entries(process.env)
	.filter(([name]) => !name.startsWith('LIANDONG_')));

async function freePort() {
	const probe = net.createServer();
	await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address();
	await new Promise((resolve) => probe.close(resolve));
	return port;
}

function databasesOf(dir) {
	return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
		try {
			const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
			return /^(mariadbd|mysqld)$/.test(path.basename(args[0])) &&
				args.some((arg) => arg.includes(dir + '/'));
		} catch {
			return false;	/* it ended meanwhile */
		}
	}).map(Number);
}

function quietly(action) {
	try {
		action();
	} catch (error) {
		if (error.code !== 'ESRCH')
			throw error;
	}
}

class Server {
	constructor(dir, port, options) {
		Object.assign(this, { dir, port, options, host: '127.0.0.1' });
		this.base = `https://127.0.0.1:${port}`;
		this.out_file = `${dir}.out`;
		this.log_file = `${dir}.log`;
	}

	async start(extra = []) {
		const args = ['demo', '--dir', this.dir, '--listen', `127.0.0.1:${this.port}`,
			...(this.options.clock ? ['--test-clock', this.options.clock] : []),
			...(this.options.empty ? ['--empty'] : []), ...extra];
		const out = fs.openSync(this.out_file, 'a');
		const log = fs.openSync(this.log_file, 'a');
		this.agent = new https.Agent({ keepAlive: true, maxSockets: 64 });
		this.child = spawn(BIN, args, { stdio: ['ignore', out, log],
			env: { ...OUTER, ...this.environment() } });
		fs.closeSync(out);
		fs.closeSync(log);
		this.ended = new Promise((resolve) => {
			this.child.once('error', (error) => resolve({ error }));
			this.child.once('exit', (code, signal) => resolve({ code, signal }));
		});
		this.ended.then((how) => { this.exit = how; });
		this.exit = undefined;
		await this.waitReady();
		this.access = JSON.parse(fs.readFileSync(path.join(this.dir, 'access.json')));
		this.ca = fs.readFileSync(this.access.ca_file);
		return this;
	}

	/* Settings by environment; they may depend on the address. */
	environment() {
		const { env } = this.options;
		return { ...UNHURRIED, ...typeof env === 'function' ? env(this.base) : env };
	}

	async waitReady(ms = START_MS) {
		await until(async () => {
			if (this.exit)
				return true;
			return await this.ready() === 200;
		}, { ms, what: `readiness; log: ${this.logTail()}` });
		assert.equal(this.exit, undefined, `the server ended at its start: ` +
			`${JSON.stringify(this.exit)}\n${this.logTail()}${this.folderLogs()}`);
	}

	/* Ends of the logs that the database left in the folder. */
	folderLogs() {
		return fs.readdirSync(this.dir)
			.filter((name) => /\.(log|err)$/.test(name)).map((name) => `\n--- ${name}\n` +
				fs.readFileSync(path.join(this.dir, name), 'utf8').slice(-1500)).join('');
	}

	/* Status of /readyz, trusting any certificate; 0 when nobody answers. */
	ready() {
		return new Promise((resolve) => {
			const request = https.get({ host: this.host, port: this.port, path: '/readyz',
				rejectUnauthorized: false, agent: false, timeout: 30_000 }, (response) => {
				response.resume();
				response.on('end', () => resolve(response.statusCode));
				response.on('error', () => resolve(0));
			});
			request.on('timeout', () => request.destroy());
			request.on('error', () => resolve(0));
		});
	}

	get pid() {
		return this.child.pid;
	}

	log() {
		return fs.existsSync(this.log_file) ? fs.readFileSync(this.log_file, 'utf8') : '';
	}

	logTail(chars = 1500) {
		return this.log().slice(-chars);
	}

	databases() {
		return databasesOf(this.dir);
	}

	/* kill -9 of the server alone. */
	async kill() {
		quietly(() => process.kill(this.child.pid, 'SIGKILL'));
		await this.ended;
		this.agent.destroy();
	}

	/* kill -9 of its database alone; gives the process ids. */
	killDatabase() {
		const pids = this.databases();
		for (const pid of pids)
			quietly(() => process.kill(pid, 'SIGKILL'));
		return pids;
	}

	async restart(extra = []) {
		return this.start(extra);
	}

	/* The polite end: status 0, no database left, no report of a sanitizer. */
	async stop() {
		if (this.exit === undefined)
			quietly(() => process.kill(this.child.pid, 'SIGTERM'));
		await until(() => this.exit, { ms: STOP_MS, what: 'the server to end on SIGTERM' });
		this.agent.destroy();
		this.assertClean();
		assert.deepEqual(this.exit, { code: 0, signal: null },
			`exit status after SIGTERM\n${this.logTail()}`);
		await until(() => this.databases().length === 0,
			{ ms: STOP_MS, what: 'its database to end' });
	}

	assertClean() {
		const found = this.log().split('\n').findIndex((line) => SANITIZERS.test(line));
		if (found >= 0)
			assert.fail('report in the log:\n' +
				this.log().split('\n').slice(found, found + 40).join('\n'));
	}

	/* Ends whatever is left, at once; for failed runs. */
	sweep() {
		if (this.exit === undefined && this.child)
			quietly(() => process.kill(this.child.pid, 'SIGKILL'));
		this.killDatabase();
		if (!process.env.TEST_KEEP) {
			fs.rmSync(this.dir, { recursive: true, force: true });
			fs.rmSync(this.out_file, { force: true });
			fs.rmSync(this.log_file, { force: true });
		}
	}

	/* ---- who may ask ---- */

	key(role, match = {}) {
		const found = this.access.keys.find((key) => key.role === role &&
			Object.entries(match).every(([name, value]) => key[name] === value));
		assert.ok(found, `access.json has a key of role ${role} ${JSON.stringify(match)}`);
		return found;
	}

	/* A client with the key of a role; match: e.g. { channel: "110" }. */
	as(role, match = {}) {
		const entry = this.key(role, match);
		return new Client(this, { name: entry.department ?? entry.channel ?? role,
			key: entry.key });
	}

	department(code) {
		return this.as('department', { department: code });
	}

	anonymous() {
		return new Client(this);
	}

	signedIn(role, match = {}) {
		const account = this.access.accounts.find((one) => one.role === role &&
			Object.entries(match).every(([name, value]) => one[name] === value));
		assert.ok(account, `access.json has an account of role ${role}`);
		return signIn(this, account);
	}

	/* ---- the command line ---- */

	/* Runs a subcommand on this demo's folder. */
	command(args, options = {}) {
		const done = spawnSync(BIN, [...args, '--dir', this.dir],
			{ encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300_000, env: OUTER, ...options });
		if (options.expect !== undefined)
			assert.equal(done.status, options.expect,
				`liandong ${args.join(' ')}: ${done.stderr?.slice(-2000)}`);
		return done;
	}
}

/*
 * Starts a fresh demo. options: clock (RFC 3339, starts the test clock), empty (no sample
 * appeals; the default), env (an object, or what makes one of the base address). Leftovers are swept when this process ends.
 */
export async function startServer({ clock, empty = true, env = {} } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-'));
	const server = new Server(dir, await freePort(), { clock, empty, env });
	process.once('exit', () => server.sweep());
	for (const signal of ['SIGTERM', 'SIGINT'])
		process.once(signal, () => process.exit(1));
	return server.start();
}

/* The last test of each file: a polite end. */
export function endsCleanly(server) {
	test('the server ends with status 0, its database with it, and no sanitizer reports',
		() => server.stop());
}
