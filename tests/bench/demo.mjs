/*
 * The demo as the bench sees it: started in an empty folder of its own on a free port of
 * loopback, asked over HTTPS with its own certificate authority, ended by SIGTERM.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcesses, manyDescriptors } from './processes.mjs';

const READY_SECONDS = 120;
const STOP_SECONDS = 60;

async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	return port;
}

/* One request; resolves to { status, text }. */
async function ask({ port, agent, ca }, method, path, fields = {}, body = null) {
	const text = body === null ? '' : JSON.stringify(body);
	const headers = { ...fields };
	if (text) {
		headers['Content-Type'] = 'application/json';
		headers['Content-Length'] = Buffer.byteLength(text);
	}
	const asked = request({ host: '127.0.0.1', port, agent, ca, method, path, headers });
	asked.end(text);
	const [answer] = await once(asked, 'response');
	const parts = [];
	for await (const part of answer)
		parts.push(part);
	return { status: answer.statusCode, text: Buffer.concat(parts).toString('utf8') };
}

async function isReady(demo) {
	if (!existsSync(demo.caFile))
		return false;
	try {
		demo.ca = readFileSync(demo.caFile);
		return (await ask(demo, 'GET', '/readyz')).status === 200;
	} catch {
		return false;
	}
}

async function waitReady(demo, log) {
	const until = Date.now() + READY_SECONDS * 1000;
	while (!(await isReady(demo))) {
		if (Date.now() > until || demo.child.exitCode !== null) {
			const said = readFileSync(log, 'utf8').slice(-3000);
			throw new Error(`the demo did not become ready:\n${said}`);
		}
		await delay(100);
	}
}

/* How the private database is reached: its root is the system user that runs the demo. */
function databaseOf(dir) {
	const socket = join(dir, 'run/db.sock');
	return { socket, user: userInfo().username, name: 'liandong' };
}

async function stopDemo({ child, agent, dir, isKept }) {
	agent.destroy();
	if (child.exitCode === null && child.signalCode === null) {
		const timer = setTimeout(() => {
			for (const pid of [child.pid, ...findProcesses('mariadbd', dir)])
				process.kill(pid, 'SIGKILL');
		}, STOP_SECONDS * 1000);
		child.kill('SIGTERM');
		await once(child, 'exit');
		clearTimeout(timer);
	}
	if (!isKept)
		rmSync(dir, { recursive: true, force: true });
}

/*
 * `scratch` is a folder for the log, `more` further words of the command; a folder that is
 * `named` is used as it is and stays. The object knows the processes (pids), `access`
 * (access.json), `database`, keyOf(role, channel), call(key, method, path, body) and stop().
 */
export async function startDemo(binary, scratch, more = [], named = null) {
	const dir = named ?? mkdtempSync(join(tmpdir(), 'liandong-bench-'));
	const port = await freePort();
	const log = join(scratch, 'demo.log');
	const out = openSync(log, 'w');
	const [command, words] = manyDescriptors(binary,
		['demo', '--dir', dir, '--listen', `127.0.0.1:${port}`, ...more]);
	const child = spawn(command, words, { stdio: ['ignore', out, out] });
	closeSync(out);
	const demo = { dir, port, child, isKept: named !== null,
		caFile: join(dir, 'tls/ca.pem'),
		agent: new Agent({ keepAlive: true, maxSockets: 4 }) };
	demo.stop = () => stopDemo(demo);
	try {
		await waitReady(demo, log);
	} catch (error) {
		await demo.stop();
		throw error;
	}
	demo.readyAt = Date.now();
	demo.access = JSON.parse(readFileSync(join(dir, 'access.json'), 'utf8'));
	demo.database = databaseOf(dir);
	demo.pids = { server: child.pid,
		database: Number(readFileSync(join(dir, 'run/db.pid'), 'utf8')) };
	demo.keyOf = (role, channel = null) => demo.access.keys.find((entry) =>
		entry.role === role && (!channel || entry.channel === channel)).key;
	demo.call = async (key, method, path, body = null, headers = {}) => {
		const all = key ? { Authorization: `Bearer ${key}`, ...headers } : headers;
		const { status, text } = await ask(demo, method, path, all, body);
		if (status < 200 || status > 299)
			throw new Error(`${method} ${path}: ${status} ${text.slice(0, 600)}`);
		return text.startsWith('{') ? JSON.parse(text) : text;
	};
	return demo;
}
