/*
 * A month of 20,000 tasks: how long it takes from the leader's word until its figures are
 * frozen, sealed in the ledger and lie there in every form; and how long anybody needs to
 * recompute it. Histories are told by `liandong import`, each month freezes once.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dice } from '../recount/histories.mjs';
import { side } from './summary.mjs';

const BUILD = resolve(fileURLToPath(import.meta.url), '../../../build');
const MONTHS = ['2025-03', '2025-05', '2025-06'];
const LEVELS = ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral', 'dissatisfied'];
const FORMS = ['.csv', '/tasks.csv', '.xlsx', '.pdf'];
const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

const stamp = (moment) => new Date(moment).toISOString().replace('Z', '+00:00');

function history(d, month, n, place) {
	const received = Date.parse(`${month}-01T00:00:00Z`) + d.below(24 * 1440) * MINUTE;
	const events = [{ at: stamp(received + 2 * HOUR), type: 'sign' },
		{ at: stamp(received + 3 * HOUR), type: 'contact', outcome: 'reached', channel: 'phone' }];
	if (d.chance(0.93)) {
		const closed = received + DAY + d.below(5 * 1440) * MINUTE;
		events.push({ at: stamp(closed), type: 'complete', result: 'solved', reply: '已办结。' },
			{ at: stamp(closed + HOUR), type: 'review_pass' });
		if (d.chance(0.8))
			events.push({ at: stamp(closed + DAY), type: 'visit', reached: true,
				result: d.pick(LEVELS), solved: d.pick(['yes', 'yes', 'partly', 'no']),
				contacted: d.chance(0.9), reason: 'policy' });
	}
	return { channel: d.pick(['110', '12345', 'enterprise']), external_no: `${month}-${n}`,
		title: '路灯不亮', text: '滨河路东段路灯三天不亮', category: place.category,
		area: place.area, content_class: 'help', department: place.department,
		limit_class: 'L3', received_at: stamp(received), events };
}

function tellMonth(bench, month, count) {
	const d = dice(Number(month.replace('-', '')));
	const places = bench.demo.access.catalogue;
	const file = join(bench.scratch, `${month}.jsonl`);
	writeFileSync(file, Array.from({ length: count }, (_, n) =>
		JSON.stringify(history(d, month, n, places[n % places.length]))).join('\n') + '\n');
	execFileSync(join(BUILD, 'liandong'), ['import', file, '--dir', bench.demo.dir],
		{ stdio: ['ignore', 'ignore', 'inherit'] });
	rmSync(file);
}

/* The bundle, once the ledger has signed it. */
async function fetchBundle(bench, key, month) {
	for (;;) {
		try {
			return await bench.demo.call(key, 'GET', `/api/v1/reports/${month}/bundle`);
		} catch (error) {
			if (!/: 503 /.test(error.message))
				throw error;
			await delay(20);
		}
	}
}

async function freezeMonth(bench, month) {
	const key = bench.demo.keyOf('leader');
	const begun = performance.now();
	await bench.demo.call(key, 'POST', `/api/v1/reports/${month}/freeze`, {});
	const frozen = performance.now();
	const bundle = await fetchBundle(bench, key, month);
	const sealed = performance.now();
	for (const form of FORMS)
		await bench.demo.call(key, 'GET', `/api/v1/reports/${month}${form}`);
	const exported = performance.now();
	const file = join(bench.scratch, `${month}.bundle`);
	writeFileSync(file, bundle);
	const verifying = performance.now();
	execFileSync(join(BUILD, 'liandong-verify'), ['bundle', file], { stdio: 'ignore' });
	return { whole: exported - begun, frozen: frozen - begun, sealed: sealed - frozen,
		exported: exported - sealed, verified: performance.now() - verifying,
		bytes: bundle.length };
}

/* Both figures come from the same runs. */
async function runsOf(bench) {
	const count = bench.isQuick ? 2000 : 20_000;
	if (!bench.months) {
		bench.months = [];
		for (const month of MONTHS) {
			tellMonth(bench, month, count);
			bench.months.push(await freezeMonth(bench, month));
		}
	}
	return bench.months;
}

const seconds = (label, runs, name) => side(`s ${label}`, runs, (run) => run[name] / 1000);

export async function monthFrozenSealedExported(bench) {
	const runs = await runsOf(bench);
	const whole = seconds('until all is there', runs, 'whole');
	return { value: whole.median, sides: { whole,
		freezing: seconds('to freeze', runs, 'frozen'),
		sealing: seconds('more until the ledger has signed', runs, 'sealed'),
		exporting: seconds('more for CSV, cases as CSV, XLSX and PDF', runs, 'exported') } };
}

export async function monthVerified(bench) {
	const runs = await runsOf(bench);
	const verified = seconds('to recompute it offline', runs, 'verified');
	return { value: verified.median, sides: { verified, bundle_bytes: runs[0].bytes } };
}
