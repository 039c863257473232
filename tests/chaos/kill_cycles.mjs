/*
 * kill -9 of the server, of its database or of both, again and again, while writers register
 * appeals. Gives the history of the clients and what is stored in the end, for the judges.
 *
 *     node tests/chaos/kill_cycles.mjs [--cycles 1000] [--seed N]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../e2e/lib/server.mjs';
import { until } from '../e2e/lib/until.mjs';
import { row } from '../e2e/lib/world.mjs';
import { dice } from '../recount/histories.mjs';
import { intakeFaults, outcomeFaults } from './checkers.mjs';
import { History, readStored, startWriters } from './load.mjs';

const WRITERS = 6;
/* Acknowledged appeals between two kills: at least, and up to so many more. */
export const PER_CYCLE = [4, 40];
const LONGEST_MS = 30_000;

async function kill(kind, server, load) {
	if (kind === 'database') {
		const acked = load.state.acked;
		await until(() => server.killDatabase().length > 0,
			{ ms: 30_000, what: 'its database' });
		await until(() => load.state.acked > acked,
			{ ms: 60_000, what: 'intake to come back' });
		return;
	}
	if (kind === 'both')
		server.killDatabase();
	await server.kill();
	await server.restart();
}

/* progress(cycle) is told now and then. { requests, stored, kills, acked } */
export async function killCycles(server, { cycles, seed, progress = () => {} }) {
	const d = dice(seed);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-history-'));
	const history = new History(path.join(folder, 'requests.jsonl'));
	const load = startWriters(server, row(server, 'L3'), d, WRITERS, history);
	const kills = { server: 0, database: 0, both: 0 };
	try {
		for (let cycle = 0; cycle < cycles; cycle++) {
			const goal = load.state.acked + PER_CYCLE[0] + d.below(PER_CYCLE[1]);
			await until(() => load.state.acked >= goal,
				{ ms: 90_000, every: 5, what: `progress in cycle ${cycle}` });
			const kind = d.pick(['server', 'server', 'database', 'database', 'both']);
			kills[kind] += 1;
			await kill(kind, server, load);
			progress(cycle + 1);
		}
		const goal = load.state.acked + 10;
		await until(() => load.state.acked >= goal, { ms: 60_000, what: 'a calm end' });
	} finally {
		await load.stop();
		history.close();
	}
	const requests = history.read();
	fs.rmSync(folder, { recursive: true });
	return { requests, kills, acked: load.state.acked,
		stored: await readStored(server, '110') };
}

/* All that the judges say. */
export const faultsOf = ({ requests, stored }) =>
	[...intakeFaults(requests, stored), ...outcomeFaults(requests, LONGEST_MS)];

function option(name, fallback) {
	const at = process.argv.indexOf(name);
	return at < 0 ? fallback : Number(process.argv[at + 1]);
}

async function main() {
	const cycles = option('--cycles', 1000);
	const seed = option('--seed', Date.now() % 1_000_000);
	console.log(`${cycles} cycles, seed ${seed}`);
	const server = await startServer();
	const start = Date.now();
	const run = await killCycles(server, { cycles, seed, progress: (n) => n % 20 === 0 &&
		console.log(`${n} cycles, ${Math.round((Date.now() - start) / 1000)} s`) });
	const faults = faultsOf(run);
	console.log(`kills ${JSON.stringify(run.kills)}; ${run.requests.length} requests, ` +
		`${run.acked} keys acknowledged, ${run.stored.length} appeals stored`);
	for (const fault of faults.slice(0, 100))
		console.log(`FAULT ${fault}`);
	await server.stop();
	console.log(`${cycles} cycles, ${faults.length} faults (seed ${seed})`);
	process.exitCode = faults.length > 0 ? 1 : 0;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
	await main();
