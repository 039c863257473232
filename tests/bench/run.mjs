/*
 * `make bench`: measures the promised figures side by side and says which are met.
 *
 *	node tests/bench/run.mjs [figure ...]	all figures, or those named
 *	BENCH_QUICK=1				shorter runs: a trial, not a measurement
 *
 * It starts a demo of its own in a temporary folder, prints a table and writes
 * build/bench.json. A figure that is not met is told, not an error; one that could not be
 * measured is.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareAppeals } from './appeals.mjs';
import { startDemo } from './demo.mjs';
import { intakeLatencyOverProcedure, intakeOverSingleTransactions } from './figures_intake.mjs';
import { idleRssMib, tlsConnectionOverBare } from './figures_memory.mjs';
import { monthFrozenSealedExported, monthVerified } from './figures_months.mjs';
import { dispatchToWebhookP99, webhooksOverCurl } from './figures_webhooks.mjs';
import { endAll } from './processes.mjs';
import { discoverRows, prepareRows } from './rows.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

/*
 * In the order of the table; `turn` is the order of measuring: what needs a fresh server comes
 * first, what leaves most behind comes last.
 */
const FIGURES = [
	{ name: 'intake_over_single_transactions', at_least: 3, turn: 6,
		measure: intakeOverSingleTransactions, hasAppeals: true },
	{ name: 'intake_latency_over_procedure', at_most: 2, turn: 5,
		measure: intakeLatencyOverProcedure, hasAppeals: true },
	{ name: 'webhooks_over_curl', at_least: 0.6, turn: 4,
		measure: webhooksOverCurl, hasAppeals: true },
	{ name: 'tls_connection_over_bare', at_most: 1.25, turn: 2,
		measure: tlsConnectionOverBare },
	{ name: 'idle_rss_mib', at_most: 16, turn: 1, measure: idleRssMib },
	{ name: 'dispatch_to_webhook_p99_ms', at_most: 100, turn: 3,
		measure: dispatchToWebhookP99, hasAppeals: true },
	{ name: 'month_frozen_sealed_exported_s', at_most: 5, turn: 7,
		measure: monthFrozenSealedExported },
	{ name: 'month_verified_s', at_most: 2, turn: 8, measure: monthVerified },
];

function chosenFigures(names) {
	const known = FIGURES.map((figure) => figure.name);
	for (const name of names)
		if (!known.includes(name))
			throw new Error(`no figure ${name}; there are ${known.join(' ')}`);
	return FIGURES.filter((figure) => !names.length || names.includes(figure.name));
}

/* What the figures work with: the demo, its appeals once made, and the bench's own folder. */
async function prepareBench(scratch) {
	const bench = {
		scratch,
		demo: await startDemo(join(ROOT, 'build/liandong'), scratch),
		isQuick: process.env.BENCH_QUICK === '1',
		program: (name) => join(ROOT, 'build/bench', name),
		livez: join(scratch, 'livez.http'),
	};
	let isHeld = false;

	writeFileSync(bench.livez,
		`GET /livez HTTP/1.1\r\nHost: 127.0.0.1:${bench.demo.port}\r\n\r\n`);
	/* While held, webhooks are written and wait. */
	bench.hold = async () => {
		if (!isHeld)
			await bench.appeals.hold();
		isHeld = true;
	};
	bench.letGo = async () => {
		if (isHeld)
			await bench.appeals.release();
		isHeld = false;
	};
	return bench;
}

/*
 * The receivers and, while the tables are small enough to be read whole and nothing is sent,
 * the rows of a registration.
 */
async function addAppeals(bench) {
	bench.appeals = await prepareAppeals(bench.demo, bench.program, bench.scratch);
	await bench.hold();
	const { registerOne } = bench.appeals;
	const found = await discoverRows(bench.demo.database, () => registerOne());
	bench.rows = prepareRows(bench.demo.database, found, bench.scratch);
}

async function measureFigure(bench, figure) {
	const { name, measure, at_least: least, at_most: most } = figure;
	const startedAt = Date.now();
	if (figure.hasAppeals && !bench.appeals)
		await addAppeals(bench);
	const { value, sides } = await measure(bench);
	const met = least !== undefined ? value >= least : value <= most;
	const bound = least !== undefined ? { at_least: least } : { at_most: most };
	const seconds = Math.round((Date.now() - startedAt) / 1000);
	process.stderr.write(`${name} ${value} (took ${seconds} s)\n`);
	return { name, value, ...bound, met, sides };
}

function describeSide(side) {
	const spread = side.min === undefined ? '' : ` (${side.min} to ${side.max})`;
	const costs = Object.entries(side.cpu_us_each ?? {}).map(([who, us]) => `${who} ${us}`);
	const cost = costs.length ? `; CPU us each: ${costs.join(', ')}` : '';
	return `${side.median}${spread} ${side.unit}${cost}`;
}

function printFigure({ name, value, at_least: least, at_most: most, met, sides }) {
	const bound = least !== undefined ? `at least ${least}` : `at most ${most}`;
	const columns = [name.padEnd(32), String(value).padStart(8), bound.padEnd(14)];
	console.log(`${columns.join(' ')} ${met ? 'met' : 'NOT MET'}`);
	for (const [label, side] of Object.entries(sides))
		if (side.unit)
			console.log(`    ${label}: ${describeSide(side)}`);
	if (sides.ratio_of_each_pair)
		console.log(`    each pair: ${sides.ratio_of_each_pair.join(' ')}`);
}

async function main() {
	const chosen = chosenFigures(process.argv.slice(2));
	const scratch = mkdtempSync(join(tmpdir(), 'liandong-bench-work-'));
	const results = new Map();
	let bench = null;
	try {
		bench = await prepareBench(scratch);
		for (const figure of [...chosen].sort((a, b) => a.turn - b.turn))
			results.set(figure.name, await measureFigure(bench, figure));
	} finally {
		await bench?.appeals?.sink.end();
		await bench?.demo.stop();
		endAll();
		rmSync(scratch, { recursive: true, force: true });
	}
	const figures = chosen.map((figure) => results.get(figure.name));
	figures.forEach(printFigure);
	mkdirSync(join(ROOT, 'build'), { recursive: true });
	writeFileSync(join(ROOT, 'build/bench.json'),
		`${JSON.stringify({ figures }, null, '\t')}\n`);
}

await main();
