/* Intake: how many appeals become durable in a second, and how long a single one takes. */
import { measure, withProcessorTime } from './processes.mjs';
import { byTurns, median, ratio, rounded, side } from './summary.mjs';

let next = 1;

/* One run of bench_rows; every run gets appeal numbers of its own. */
function writeRows(bench, options) {
	const { socket, user } = bench.demo.database;
	const first = next;
	next += 1_000_000;
	return withProcessorTime(bench.demo.pids, () => measure(bench.program('bench_rows'), {
		socket, user, database: bench.rows.schema, first,
		...options,
	}));
}

function load(bench, options) {
	return withProcessorTime(bench.demo.pids, () => bench.appeals.load(options));
}

function notesOf(bench) {
	return {
		rows_of_an_appeal: bench.rows.perTable,
		bytes_of_an_appeal: bench.rows.bytes,
		rows_changed_by_the_server_only: bench.rows.changed,
		note: 'outbox rows are written; their receivers fail and are left alone',
	};
}

export async function intakeOverSingleTransactions(bench) {
	await bench.hold();
	const { files } = bench.rows;
	const https = (seconds) => load(bench, { connections: 128, seconds });
	const single = (seconds) => writeRows(bench,
		{ rows: files.single, connections: 32, seconds });

	await byTurns(1, () => https(1), () => single(1));
	/* Many short runs: what disturbs the machine lasts longer than a pair of them. */
	const runs = await byTurns(bench.isQuick ? 2 : 13, () => https(2), () => single(2));
	const milliseconds = (list, name) =>
		rounded(median(list.map((run) => run[name])) / 1000);
	return ratio({
		liandong: side('appeals/s over HTTPS, 128 connections', runs.left,
			(run) => run.rate),
		single_transactions: side('appeals/s, one transaction each, 32 connections',
			runs.right, (run) => run.rate),
	}, {
		liandong_p50_ms: milliseconds(runs.left, 'p50_us'),
		liandong_p99_ms: milliseconds(runs.left, 'p99_us'),
		single_transactions_p50_ms: milliseconds(runs.right, 'p50_us'),
		single_transactions_p99_ms: milliseconds(runs.right, 'p99_us'),
		...notesOf(bench),
	});
}

export async function intakeLatencyOverProcedure(bench) {
	await bench.hold();
	const { files, parameters } = bench.rows;
	const https = (count) => load(bench, { connections: 1, count });
	const procedure = (count) => writeRows(bench,
		{ rows: files.procedure, connections: 1, count, 'own-transaction': 1 });
	const count = bench.isQuick ? 100 : 400;

	await byTurns(1, () => https(200), () => procedure(200));
	const runs = await byTurns(bench.isQuick ? 3 : 9, () => https(count),
		() => procedure(count));
	return ratio({
		liandong: side('us, p50 over HTTPS, 1 connection', runs.left,
			(run) => run.p50_us),
		procedure: side('us, p50 of one CALL, 1 connection', runs.right,
			(run) => run.p50_us),
	}, {
		appeals_of_a_run: count,
		parameters_of_the_procedure: parameters,
		...notesOf(bench),
	});
}
