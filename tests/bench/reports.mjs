/*
 * Whether a report's time grows with what lies before and after its period: two demos with the
 * same year of 20,000 tasks, one with few others around it and one with many. Each kind of
 * period is asked of both by turns, the answers must be the same, and the figure is the larger
 * one's time over the smaller one's. Writes build/bench-reports.json.
 *
 *	node tests/bench/reports.mjs
 *	BENCH_TASKS=1000000	so many instead of 10,000,000 in the larger one
 *	BENCH_RUNS=3		of each kind, instead of 15
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query } from './database.mjs';
import { startDemo } from './demo.mjs';
import { receivers } from './large_fill.mjs';
import { endAll } from './processes.mjs';
import { byTurns, median, rounded } from './summary.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');
const FEW = 100_000;
const MANY = Number(process.env.BENCH_TASKS ?? 10_000_000);
const RUNS = Number(process.env.BENCH_RUNS ?? 15);
const AT_MOST = 1.5;
const CONTENT = 20_000;		/* tasks of the year that is reported */
const PERIODS = ['2025-06-10', '2025-W24', '2025-06', '2025-Q2', '2025'];

/* Stretches of time, each with its share of the tasks; none reaches into another. */
function stretches(total) {
	const rest = total - CONTENT;
	const before = Math.floor(rest / 2);
	const day = (text) => Date.parse(`${text}T00:00:00+08:00`) * 1000;
	return [
		{ n: before, from: day('2006-01-02'), until: day('2024-12-01'), over: day('2024-12-30') },
		{ n: CONTENT, from: day('2025-01-02'), until: day('2025-12-01'), over: day('2025-12-30') },
		{ n: rest - before, from: day('2026-01-02'), until: day('2026-10-01'),
			over: day('2026-10-30') },
	];
}

const DAY = '86400000000';

/* n, part, at: one line a task, in order of time; 2 % of the content stay open. */
function lines(total) {
	return stretches(total).map(({ n, from, until, over }, part) => `
		SELECT seq AS n, ${part} AS part,
			CAST(${from} + seq * ${Math.floor((until - from) / n)} AS SIGNED) AS at,
			CASE WHEN ${part} = 1 AND seq % 50 = 0 THEN 0 ELSE
				LEAST(${over}, ${from} + seq * ${Math.floor((until - from) / n)} +
				IF(seq % 20 = 1, 60, 1 + seq % 20) * ${DAY}) END AS ended
		FROM seq_1_to_${n}`).join(' UNION ALL ');
}

const APPEAL = `CAST(DATE_FORMAT(DATE_ADD('1970-01-01 08:00:00', INTERVAL at DIV 1000000 SECOND),
	'%y%m%d') AS UNSIGNED) * 10000000 + n`;

/* Of empty tables, so that the database sorts each index once. */
function fillStatements(total, departments) {
	const codes = departments.map((code) => `'${code}'`).join();
	const from = `FROM (${lines(total)}) line`;
	return ['SET unique_checks = 0, foreign_key_checks = 0;',
		`INSERT INTO tasks_task (id, appeal_id, department, role, limit_class, state, round,
			version, channel, content_class, is_visitable, is_contacted, dispatched_at,
			signed_at, contacted_at, submitted_at, closed_at, sign_due, contact_due, due,
			original_due, redo_due, result, calendar_version, catalogue_version,
			limits_version)
		SELECT (${APPEAL}) * 100 + 1, ${APPEAL}, ELT(1 + n % ${departments.length}, ${codes}), 1,
			3, IF(ended = 0, 2, 7), 1, 5, 1 + n % 8, 2, 1, 1, at, at + 3600000000,
			at + 7200000000, ended, ended, at + ${DAY}, at + ${DAY}, at + 7 * ${DAY},
			at + 7 * ${DAY}, 0, 1, 1, 1, 1 ${from};`,
		`INSERT INTO reports_submission (task_id, seq, at, outcome)
		SELECT (${APPEAL}) * 100 + 1, 4, ended, 1 ${from} WHERE ended <> 0;`,
		`INSERT INTO visits_visit (task_id, n, at, round, channel, is_reached, contacted, solved,
			result, attitude, truthful, reason, by_kind, by_id)
		SELECT (${APPEAL}) * 100 + 1, 1, ended + ${DAY}, 1, 1, 1, 2, 1, 1 + n % 6, 0, 0, 0, 1, 1
		${from} WHERE ended <> 0;`,
		`INSERT INTO callers_caller (appeal_id, phone_index)
		SELECT ${APPEAL}, UNHEX(MD5(n % 5000)) ${from} WHERE part = 1;`,
		`INSERT INTO intake_appeal (id, channel, content_class, category, area, title, text,
			has_location, latitude, longitude, occurred_at, received_at, is_urgent,
			is_anonymous, is_secret, is_visit_wanted, has_phone, registered_by_kind,
			registered_by, content_digest)
		SELECT ${APPEAL}, 1 + n % 8, 2, '0203', 'A01', '路灯不亮', '三天不亮', 0, 0, 0, at, at, 0,
			0, 0, 1, 1, 1, 1, UNHEX(MD5(n)) ${from} WHERE part = 1;`,
		/* As keep.c has it: months behind the dispatch up to the end. */
		`INSERT INTO reports_carried (month, task_id)
		SELECT PERIOD_ADD(EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
			INTERVAL at DIV 1000000 SECOND)), 1 + step.seq), (${APPEAL}) * 100 + 1
		${from} JOIN seq_0_to_2 step ON PERIOD_DIFF(
			EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
				INTERVAL ended DIV 1000000 SECOND)),
			EXTRACT(YEAR_MONTH FROM DATE_ADD('1970-01-01 08:00:00',
				INTERVAL at DIV 1000000 SECOND))) > step.seq
		WHERE ended <> 0;`,
		`ANALYZE TABLE tasks_task, reports_submission, visits_visit, reports_carried,
			callers_caller, intake_appeal;`];
}

function fill({ database }, total) {
	const departments = receivers(ROOT);
	query(database, `SET GLOBAL innodb_buffer_pool_size = 2147483648;
		SET GLOBAL innodb_log_file_size = 1073741824;
		SET GLOBAL innodb_io_capacity_max = 20000;
		SET GLOBAL innodb_io_capacity = 20000;
		SET GLOBAL innodb_flush_log_at_trx_commit = 2;`);
	for (const statement of fillStatements(total, departments)) {
		const from = Date.now();
		query(database, `SET unique_checks = 0, foreign_key_checks = 0;
			USE ${database.name}; ${statement}`);
		process.stderr.write(`${total}: ${statement.slice(0, 40).split('\n')[0]} ` +
			`${Math.round((Date.now() - from) / 1000)} s\n`);
	}
	query(database, `SET GLOBAL innodb_flush_log_at_trx_commit = 1;
		SET GLOBAL innodb_io_capacity = 200; SET GLOBAL innodb_io_capacity_max = 2000;`);
}

/* Milliseconds of one report, and what it says but for its moment. */
async function ask(demo, period) {
	const key = demo.keyOf('leader');
	const from = process.hrtime.bigint();
	const report = await demo.call(key, 'GET', `/api/v1/reports/${period}`);
	return { ms: Number(process.hrtime.bigint() - from) / 1e6,
		said: JSON.stringify({ ...report, as_of: null }) };
}

async function measure(many, few, period) {
	const first = [await ask(many, period), await ask(few, period)];
	assert.equal(first[0].said, first[1].said, `${period}: both have the same content`);
	const runs = await byTurns(RUNS, () => ask(many, period), () => ask(few, period));
	const [left, right] = [runs.left, runs.right].map((side) => median(side.map((one) => one.ms)));
	const value = rounded(left / right);
	const figure = { name: `report_${period}`, many_ms: rounded(left), few_ms: rounded(right),
		value, at_most: AT_MOST, met: value <= AT_MOST };
	console.log(`${figure.name.padEnd(20)} ${`${figure.many_ms} ms`.padEnd(12)}` +
		`${`${figure.few_ms} ms`.padEnd(12)} ratio ${value} at most ${AT_MOST} ` +
		`${figure.met ? 'met' : 'NOT MET'}`);
	return figure;
}

async function main() {
	const scratch = mkdtempSync(join(tmpdir(), 'liandong-bench-work-'));
	const demos = [];
	try {
		for (const total of [FEW, MANY]) {
			const demo = await startDemo(join(ROOT, 'build/liandong'), scratch, ['--empty']);
			demos.push(demo);
			fill(demo, total);
		}
		/* Filling takes longer than a server keeps a connection that is silent. */
		demos.forEach((demo) => demo.agent.destroy());
		const figures = [];
		for (const period of PERIODS)
			figures.push(await measure(demos[1], demos[0], period));
		mkdirSync(join(ROOT, 'build'), { recursive: true });
		writeFileSync(join(ROOT, 'build/bench-reports.json'),
			`${JSON.stringify({ few: FEW, many: MANY, content: CONTENT, figures }, null, '\t')}\n`);
	} finally {
		for (const demo of demos)
			await demo.stop();
		endAll();
		rmSync(scratch, { recursive: true, force: true });
	}
}

await main();
