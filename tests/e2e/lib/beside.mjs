/*
 * A further server on the database of a running demo, as a district runs several: `serve` with
 * a configuration of its own, the demo's keys and certificate, on another port.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Client } from './api.mjs';
import { BIN } from './server.mjs';
import { until } from './until.mjs';

export async function freePort() {
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address();
	probe.close();
	return port;
}

/* The path of a configuration for `serve` on this port of the demo's database. */
export function besideConfig(server, port, more = {}) {
	const file = path.join(server.dir, `beside-${port}.conf`);
	const settings = { listen: `127.0.0.1:${port}`, key_file: path.join(server.dir, 'keys'),
		tls_certificate: path.join(server.dir, 'tls/server.pem'),
		tls_key: path.join(server.dir, 'tls/server.key'),
		attachment_directory: path.join(server.dir, 'files'),
		database_socket: path.join(server.dir, 'run/db.sock'),
		database_password_file: path.join(server.dir, 'run/db.password'),
		queue_wait: 300, database_statement_seconds: 300, ...more };
	fs.writeFileSync(file, Object.entries(settings)
		.map(([name, value]) => `${name} = ${value}\n`).join(''));
	return file;
}

/*
 * more: further settings; program: how it is started, before the arguments; env: further variables.
 * It has as(), pid, log(), stop() and, once it has stopped, restart(); it is ready.
 */
export async function startBeside(server, more = {}, { program = [BIN], env = {} } = {}) {
	const port = await freePort();
	const file = besideConfig(server, port, more);
	const beside = { host: '127.0.0.1', port, base: `https://127.0.0.1:${port}`, ca: server.ca,
		agent: server.agent, file, log: () => fs.readFileSync(`${file}.log`, 'utf8') };
	const isOver = () => beside.child.exitCode !== null || beside.child.signalCode !== null;
	beside.as = (role, match = {}) => new Client(beside, { name: role,
		key: server.key(role, match).key });
	beside.stop = async () => {
		if (!isOver()) {
			beside.child.kill('SIGTERM');
			await once(beside.child, 'exit');
		}
		return beside.child.exitCode;
	};
	beside.restart = async () => {
		const log = fs.openSync(`${file}.log`, 'a');
		beside.child = spawn(program[0], [...program.slice(1), 'serve', '--config', file],
			{ stdio: ['ignore', log, log], env: { ...process.env, ...env } });
		beside.pid = beside.child.pid;
		fs.closeSync(log);
		await until(async () => {
			return isOver() || (await new Client(beside).get('/readyz')).status === 200;
		}, { what: 'the server beside to be ready' });
		if (isOver())
			throw new Error(`the server beside ended: ${beside.log()}`);
		return beside;
	};
	return beside.restart();
}
