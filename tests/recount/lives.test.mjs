/*
 * Lives of two hundred seeds, played through the interface, against the independent recount:
 * returns, withdrawals, merges, stays on account, exclusions, extensions, redos and callers who
 * come again, which no imported history tells of. Every kind of period, scope and department;
 * and that the scan takes what a look at every task would take.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { local } from '../e2e/lib/clock.mjs';
import { sql } from '../e2e/lib/database.mjs';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { inParallel } from '../e2e/lib/until.mjs';
import { spanOf } from './calendar.mjs';
import { live } from './lives.mjs';
import { differences, recount } from './recount.mjs';

const SEED = Number(process.env.TEST_SEED ?? 4711);
const LIVES = Number(process.env.TEST_LIVES ?? 200);
const FROM = '2026-03-02', TO = '2026-06-04';
const PERIODS = ['2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-Q1', '2026-Q2',
	'2026', '2026-W10', '2026-W14', '2026-W18', '2026-W22', '2026-03-31', '2026-04-01',
	'2026-04-14', '2026-05-06', '2026-06-02', '2026-06-03', '2027'];
const SCOPES = ['all', '110', '12345', 'enterprise'];

const server = await startServer({ clock: local(`${FROM} 09:00`) });
const leader = server.as('leader');
let facts, now;

test('lives of all seeds are played', async (t) => {
	const lived = await live(server, SEED, LIVES, FROM, TO);
	facts = lived.facts;
	now = Date.parse((await server.as('admin').get('/test/clock')).json.now);
	t.diagnostic(`seeds ${SEED} to ${SEED + LIVES - 1}: ${facts.length} tasks, ` +
		JSON.stringify(lived.done));
});

const reportOf = async (period, scope) =>
	(await leader.get(`/reports/${period}?scope=${scope}`, { expect: 200 })).json;

test('every kind of period, scope, department and measure agrees with the recount', async () => {
	const found = (await inParallel(PERIODS.flatMap((period) => SCOPES.map((scope) =>
		[period, scope])), 4, async ([period, scope]) => differences(
		await reportOf(period, scope), recount(facts, { ...spanOf(period), now }, scope)))).flat();
	assert.deepEqual(found.slice(0, 30), [], `${found.length} differences, seed ${SEED}`);
});

/* Each is a way to be wrong about one of the turns. */
const TWINS = {
	'returned ones never were received': (all) => all.filter((one) =>
		one.left?.how !== 'returned'),
	'merged ones go on': (all) => all.map((one) => (one.left?.how === 'merged' ?
		{ ...one, left: null } : one)),
	'every withdrawal is taken as confirmed': (all) => all.map((one) =>
		(one.left ? { ...one, left: { ...one.left, is_confirmed: true } } : one)),
	'excluded ones count': (all) => all.map((one) => ({ ...one, excluded: null })),
	'on account is as in hand': (all) => all.map((one) => (one.left?.how === 'on_account' ?
		{ ...one, left: null } : one)),
	'a refused return was accepted': (all) => all.map((one) => ({ ...one,
		returns: one.returns.map(() => ({ is_refused: false })) })),
	'no submission is refused': (all) => all.map((one) => ({ ...one,
		submissions: one.submissions.map((made) => ({ ...made, is_refused: false })) })),
	'one submission a task': (all) => all.map((one) => ({ ...one,
		submissions: one.submissions.slice(-1) })),
	'every redo follows an answer': (all) => all.map((one) => ({ ...one,
		visits: one.redos.length > 0 && one.close !== null ?
			[{ at: one.close, result: 'neutral' }, ...one.visits] : one.visits })),
	'partly is solved': (all) => all.map((one) => ({ ...one, visits: one.visits.map((visit) =>
		({ ...visit, solved: visit.solved === 'partly' ? 'yes' : visit.solved })) })),
	'nobody comes again': (all) => all.map((one) => ({ ...one, again: [] })),
	'who came before the close came again': (all) => all.map((one) => ({ ...one,
		again: one.again.map((at) => (one.close !== null && at <= one.close ?
			one.close + 1 : at)) })),
	'a limit to sign lasts a day longer': (all) => all.map((one) => ({ ...one,
		sign_due: one.sign_due + 86_400_000 })),
	'the last call is the first': (all) => all.map((one) => ({ ...one,
		contacted: one.contacted === null ? null : one.contacted + 86_400_000 })),
	'an extension hides the first limit': (all) => all.map((one) => ({ ...one,
		original_due: one.due })),
};

for (const [what, spoil] of Object.entries(TWINS))
	test(`the comparison sees a count in which ${what}`, async () => {
		const spoilt = spoil(facts);
		let found = 0;
		for (const period of ['2026-03', '2026-04', '2026-05'])
			found += differences(await reportOf(period, 'all'),
				recount(spoilt, { ...spanOf(period), now })).length;
		assert.ok(found > 0);
	});

/* ---- lists ---- */

const behind = (period, measure, part) =>
	leader.all(`/reports/${period}/tasks?measure=${measure}&part=${part}`);

test('every list of every measure is as long as its number', async () => {
	for (const period of ['2026-04', '2026-W18', '2026-05-06']) {
		const { measures } = (await reportOf(period, 'all')).total;
		await inParallel(Object.entries(measures), 4, async ([name, figure]) => {
			const parts = typeof figure === 'number' ? { num: figure } :
				{ num: figure.num, den: figure.den };
			for (const [part, length] of Object.entries(parts))
				assert.equal((await behind(period, name, part)).length, length,
					`${period} ${name} ${part}`);
		});
	}
});

async function inPages(path, limit) {
	const found = [];
	for (let cursor = ''; cursor !== null;) {
		const page = (await leader.get(`${path}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
			{ expect: 200 })).json;
		assert.ok(page.items.length <= limit);
		found.push(...page.items);
		cursor = page.next_cursor;
	}
	return found;
}

test('a task with several submissions has a line each, also across pages', async () => {
	const whole = await behind('2026-Q2', 'review_refused', 'den');
	assert.ok(new Set(whole.map((one) => one.task)).size < whole.length, 'a task twice');
	for (const one of whole)
		assert.ok(one.submitted_at && ['pending', 'passed', 'refused'].includes(one.why));
	for (const limit of [1, 2, 7])
		assert.deepEqual(await inPages(
			'/reports/2026-Q2/tasks?measure=review_refused&part=den', limit), whole);
	const refused = await behind('2026-Q2', 'review_refused', 'num');
	assert.deepEqual(refused, whole.filter((one) => one.why === 'refused'));
});

/* ---- the scan ---- */

/* All that a scan has to take, found by looking at every task: microseconds. */
function presentBySql({ t0, t1 }) {
	const end = Math.min(t1, now);
	return end <= t0 ? [] : sql(server, `SELECT id FROM tasks_task WHERE dispatched_at < ${end}000
		AND NOT (closed_at <> 0 AND closed_at < ${t0}000)
		AND NOT (left_by <> 0 AND left_at < ${t0}000
			AND (closed_at = 0 OR closed_at > left_at)
			AND NOT (left_by = 2 AND signed_at <> 0 AND signed_at <= left_at
				AND is_withdrawal_recorded = 0 AND left_at >= ${t0}000))`)
		.map(([id]) => id).sort();
}

const idOf = (task) => {
	const [, appeal, ordinal] = /^LD(\d+)-(\d+)$/.exec(task);
	const count = appeal.slice(6).padStart(7, '0');
	return appeal.slice(0, 6) + count + ordinal.padStart(2, '0');
};

async function presentByReport(period) {
	const lists = await Promise.all(['num', 'out'].map((part) =>
		behind(period, 'within_limit', part)));
	const found = lists.flat().map((one) => idOf(one.task));
	assert.equal(new Set(found).size, found.length, `${period}: a task twice`);
	return found.sort();
}

test('the scan takes exactly the tasks that a look at all of them takes', async () => {
	for (const period of PERIODS)
		assert.deepEqual(await presentByReport(period), presentBySql(spanOf(period)), period);
});

test('a carried task that is forgotten is missed, so the comparison can fail', async () => {
	const [[month, id]] = sql(server, `SELECT c.month, c.task_id FROM reports_carried c
		JOIN tasks_task t ON t.id = c.task_id WHERE c.month = 202604 AND t.ended_at >= 1 LIMIT 1`);
	sql(server, `DELETE FROM reports_carried WHERE month = ${month} AND task_id = ${id}`);
	assert.notDeepEqual(await presentByReport('2026-03'), presentBySql(spanOf('2026-03')));
	sql(server, `INSERT INTO reports_carried VALUES (${month}, ${id})`);
	assert.deepEqual(await presentByReport('2026-03'), presentBySql(spanOf('2026-03')));
});

/* ---- rows from before ---- */

const KEPT = {
	submissions: 'SELECT * FROM reports_submission ORDER BY task_id, seq',
	redos: 'SELECT id, redo_at FROM tasks_task WHERE redo_at <> 0 ORDER BY id',
	carried: `SELECT c.month, c.task_id FROM reports_carried c JOIN tasks_task t
		ON t.id = c.task_id WHERE t.ended_at <> 0 ORDER BY c.month, c.task_id`,
};
const kept = () => Object.fromEntries(Object.entries(KEPT).map(([what, text]) =>
	[what, sql(server, text)]));
const migration = (name) => fs.readFileSync(
	new URL(`../../sql/migrations/${name}.sql`, import.meta.url), 'utf8');

test('what was kept as tasks went along is what a migration makes of their history', () => {
	const live = kept();
	for (const [what, rows] of Object.entries(live))
		assert.ok(rows.length > 20, what);
	sql(server, `TRUNCATE reports_submission; TRUNCATE reports_carried;
		UPDATE tasks_task SET redo_at = 0;`);
	/* Twice: a migration that was interrupted is run again. */
	for (let i = 0; i < 2; i++) {
		sql(server, migration('0041_reports'));
		sql(server, migration('0044_reports_speed'));
	}
	const made = kept();
	assert.deepEqual(made.submissions, live.submissions);
	assert.deepEqual(made.redos, live.redos);
	/* Live there may be more: of a task that came back and ended anew. */
	const had = new Set(live.carried.map(String));
	assert.deepEqual(made.carried.filter((row) => !had.has(String(row))), []);
});

test('the figures are the same by the rows of the migration', async () => {
	for (const period of ['2026-03', '2026-W14', '2026-05-06'])
		assert.deepEqual(differences(await reportOf(period, 'all'),
			recount(facts, { ...spanOf(period), now })), []);
});

endsCleanly(server);
