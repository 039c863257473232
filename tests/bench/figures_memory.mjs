/* Memory: of the server at rest, and of one more idle connection. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { converse, residentKib, settledKib } from './processes.mjs';
import { byTurns, ratio, rounded, side } from './summary.mjs';

const REST_SECONDS = 10;
const STEPS = 6;
const WARM_UP = 200;

export async function idleRssMib(bench) {
	await bench.demo.call(null, 'GET', '/livez');
	await delay(Math.max(0, bench.demo.readyAt + REST_SECONDS * 1000 - Date.now()));
	const mib = (pid) => rounded(residentKib(pid) / 1024);
	const value = mib(bench.demo.pids.server);
	return { value, sides: {
		liandong: { unit: `MiB resident, ${REST_SECONDS} s after ready`, median: value,
			runs: [value] },
		private_database: { unit: 'MiB resident, a process of its own, not counted',
			median: mib(bench.demo.pids.database) },
	} };
}

/* A client that opens connections, makes one request on each and leaves them open. */
function openClient(bench, port, most) {
	return converse(bench.program('bench_load'), {
		port, ca: bench.demo.caFile, request: bench.livez, expect: 200,
		connections: most, idle: 1 });
}

/* KiB a connection that the server grows by while `n` more are opened. */
async function grow(client, pid, n) {
	const before = await settledKib(pid);
	client.say(`open ${n}`);
	await client.hear();
	return { growth: ((await settledKib(pid)) - before) / n };
}

export async function tlsConnectionOverBare(bench) {
	const step = bench.isQuick ? 100 : 500;
	const { dir, port, pids } = bench.demo;
	const bare = converse(bench.program('bench_bare'), {
		certificate: join(dir, 'tls/server.pem'), key: join(dir, 'tls/server.key') });
	const barePort = Number((await bare.hear()).split(' ')[1]);
	const most = WARM_UP + STEPS * step;
	const clients = [openClient(bench, port, most), openClient(bench, barePort, most)];
	const ours = (n) => grow(clients[0], pids.server, n);
	const other = (n) => grow(clients[1], bare.pid, n);
	try {
		await byTurns(1, () => ours(WARM_UP), () => other(WARM_UP));
		const runs = await byTurns(STEPS, () => ours(step), () => other(step));
		const whole = (list) => list.reduce((sum, run) => sum + run.growth, 0) / STEPS;
		const unit = 'KiB resident for an idle TLS connection';
		const result = ratio({
			liandong: side(unit, runs.left, (run) => run.growth),
			bare: side(unit, runs.right, (run) => run.growth),
		}, { connections: STEPS * step, liandong_mean: rounded(whole(runs.left)),
			bare_mean: rounded(whole(runs.right)) });
		/* The allocator takes memory in blocks: all steps say more than one. */
		result.value = rounded(whole(runs.left) / whole(runs.right));
		return result;
	} finally {
		await Promise.all([...clients, bare].map((process) => process.end()));
	}
}
