/* Webhooks: how many are delivered in a second, and how soon the first one comes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { measure, withProcessorTime } from './processes.mjs';
import { byTurns, processorTimeEach, ratio, rounded, side } from './summary.mjs';

const DRAIN_SECONDS = 90;
const SETTLE_SECONDS = 40;

async function waitUntil(isSo, seconds, complaint) {
	const until = Date.now() + seconds * 1000;
	while (!(await isSo())) {
		if (Date.now() > until)
			throw new Error(complaint);
		await delay(25);
	}
}

/* By the sink's clock, from the first byte of the first to the last answer. */
function rateOf({ requests, first_ns: first, last_ns: last }) {
	return requests / ((last - first) / 1e9);
}

/* Makes `wanted` deliveries wait for receivers that are left alone. */
async function fill(bench, wanted) {
	const { load, openDeliveries } = bench.appeals;
	await bench.hold();
	const before = openDeliveries();
	await load({ connections: 16, count: 16 });
	const each = (openDeliveries() - before) / 16;
	const count = Math.ceil((wanted - openDeliveries()) / each);
	if (count > 0)
		await load({ connections: Math.min(128, count), count });
}

/* Delivers all that waits, once each, and sees that the database knows it. */
async function drain(bench) {
	const { report, openDeliveries, sink } = bench.appeals;
	const waiting = openDeliveries(true);
	sink.say('reset');
	await bench.letGo();
	await waitUntil(async () => (await report()).requests >= waiting, DRAIN_SECONDS,
		`fewer than ${waiting} webhooks within ${DRAIN_SECONDS} s`);
	const counted = await report();
	await waitUntil(() => openDeliveries(true) === 0, SETTLE_SECONDS,
		'delivered webhooks stay open in the database');
	return { ...counted, count: counted.requests, rate: rateOf(counted) };
}

export async function webhooksOverCurl(bench) {
	const wanted = bench.isQuick ? 3000 : 20000;
	const pids = { ...bench.demo.pids, sink: bench.appeals.sink.pid };
	let last;
	const ours = async (count) => {
		await fill(bench, count);
		last = await withProcessorTime(pids, () => drain(bench));
		return last;
	};
	/* As many at a time and of the same size as ours just were. */
	const bare = (count) => withProcessorTime(pids, async () => {
		bench.appeals.sink.say('reset');
		const sent = await measure(bench.program('bench_curl'), {
			url: bench.appeals.url, count, 'in-flight': last.connections,
			'body-bytes': Math.round(last.body_bytes / last.requests),
		});
		return { ...sent, rate: rateOf(await bench.appeals.report()) };
	});

	await byTurns(1, () => ours(1000), () => bare(1000));
	const runs = await byTurns(bench.isQuick ? 2 : 6, () => ours(wanted),
		() => bare(wanted));
	return ratio({
		liandong: side('deliveries/s, claimed, signed, recorded and marked', runs.left,
			(run) => run.rate),
		bare_curl: side('requests/s of bare libcurl multi', runs.right,
			(run) => run.rate),
	}, {
		connections: last.connections,
		body_bytes: Math.round(last.body_bytes / last.requests),
		deliveries_of_each_run: runs.left.map((run) => run.count),
		endpoints: bench.appeals.endpoints.length,
	});
}

/* Lines "REFERENCE NANOSECONDS" as a map; of several the first in time. */
function readTimes(file) {
	const times = new Map();
	for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
		const [reference, at] = line.split(' ');
		if (!times.has(reference) || BigInt(at) < times.get(reference))
			times.set(reference, BigInt(at));
	}
	return times;
}

/* Milliseconds from each answer to its first webhook, sorted; before the answer is 0. */
function waitsBetween(answered, came) {
	return [...answered].map(([reference, at]) => {
		if (!came.has(reference))
			throw new Error(`no webhook came for ${reference}`);
		return Math.max(0, Number(came.get(reference) - at) / 1e6);
	}).sort((a, b) => a - b);
}

export async function dispatchToWebhookP99(bench) {
	const { load, report, openDeliveries, sink } = bench.appeals;
	const answers = join(bench.scratch, 'answers.log');
	const hooks = join(bench.scratch, 'hooks.log');
	await bench.letGo();
	sink.say(`log ${hooks} "appeal":"`);
	const run = await withProcessorTime(bench.demo.pids, () => load({
		connections: 32, rate: 200, seconds: bench.isQuick ? 4 : 20, log: answers }));
	await waitUntil(() => openDeliveries() === 0, SETTLE_SECONDS,
		`webhooks stay open ${SETTLE_SECONDS} s after the load`);
	sink.say('log');
	await report();	/* the log is closed when this is answered */
	const waits = waitsBetween(readTimes(answers), readTimes(hooks));
	const at = (part) => rounded(waits[Math.ceil(waits.length * part) - 1]);
	return { value: at(0.99), sides: {
		liandong: {
			unit: 'ms from the 201 to the first byte of the first webhook, p50',
			median: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1),
			count: waits.length, cpu_us_each: processorTimeEach([run]),
			foreign_cores: [run.foreign_cores],
		},
		appeals_per_second: rounded(run.rate),
		answer_p50_ms: rounded(run.p50_us / 1000),
		answer_p99_ms: rounded(run.p99_us / 1000),
	} };
}
