/*
 * Speed with a year of appeals in the database: fills a demo of its own, asks for pages, lists
 * and searches, prints p50 and p99 of each and writes build/bench-large.json.
 *
 *	node tests/bench/large.mjs
 *	BENCH_APPEALS=240000		so many instead of 2,400,000
 *	BENCH_REQUESTS=50		of each kind, instead of 300
 *	BENCH_DIR=folder		a folder that stays: filled once, measured each time
 *
 * A year of 2,400,000 takes about 16 GB below the temporary folder while it runs. A figure
 * that is not met is told, not an error; one that could not be measured is.
 */
import {
	existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query } from './database.mjs';
import { startDemo } from './demo.mjs';
import { measureReading } from './figures_large.mjs';
import { fillYear } from './large_fill.mjs';
import { endAll } from './processes.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const BINARY = join(ROOT, 'build/liandong');
const DIR = process.env.BENCH_DIR ? resolve(process.env.BENCH_DIR) : null;
const APPEALS = Number(process.env.BENCH_APPEALS ?? 2_400_000);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 300);

function printFigure({ name, p50_ms: p50, p99_ms: p99, max_ms: max, at_most: bound, met }) {
	const columns = [name.padEnd(40), `p50 ${p50}`.padEnd(12), `p99 ${p99}`.padEnd(12),
		`max ${max}`.padEnd(12), `at most ${bound} ms`];
	console.log(`${columns.join(' ')} ${met ? 'met' : 'NOT MET'}`);
}

/* What was filled is written down beside it, for the next run on the same folder. */
async function fillOnce(bench) {
	const record = join(bench.demo.dir, 'filled.json');
	const { database } = bench.demo;
	if (existsSync(record)) {
		query(database, 'SET GLOBAL innodb_buffer_pool_size = 2147483648;');
		return JSON.parse(readFileSync(record, 'utf8'));
	}
	const filled = await fillYear(bench);
	writeFileSync(record, JSON.stringify(filled));
	return filled;
}

async function measureYear(bench) {
	const filled = await fillOnce(bench);
	const gib = (filled.bytes / 2 ** 30).toFixed(1);
	console.log(`${filled.appeals} appeals, ${gib} GiB, filled in ${filled.seconds} s`);
	const figures = [];
	const tell = (figure) => {
		figures.push(figure);
		printFigure(figure);
	};
	await measureReading({ ...bench, filled, tell });
	return { ...filled, figures };
}

async function main() {
	const scratch = mkdtempSync(join(tmpdir(), 'liandong-bench-work-'));
	let demo = null;
	try {
		demo = await startDemo(BINARY, scratch, ['--empty'], DIR);
		const result = await measureYear({ demo, binary: BINARY, scratch, root: ROOT,
			appeals: APPEALS, requests: REQUESTS,
			program: (name) => join(ROOT, 'build/bench', name) });
		mkdirSync(join(ROOT, 'build'), { recursive: true });
		writeFileSync(join(ROOT, 'build/bench-large.json'),
			`${JSON.stringify(result, null, '\t')}\n`);
	} finally {
		await demo?.stop();
		endAll();
		rmSync(scratch, { recursive: true, force: true });
	}
}

await main();
