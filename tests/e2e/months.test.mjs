/*
 * The life of a month's figures: preview with objections, freeze, publication, corrections and
 * the right of reply, over HTTPS and with the test clock.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { BIN, startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, complete, contact, leadOf, register, review, rowOf, sign, taskNow, visit }
	from './lib/world.mjs';

const server = await startServer({ clock: local('2026-02-02 09:00') });
const leader = server.as('leader');
const supervisor = server.as('supervisor');
const cgj = server.department('CGJ');
const jtj = server.department('JTJ');
const where = rowOf(server, 'CGJ');
const tasks = {};

const report = async (period, client = leader, scope = 'all') =>
	(await client.get(`/reports/${period}?scope=${scope}`, { expect: 200 })).json;
const own = (whole, code = 'CGJ') =>
	whole.departments.find((one) => one.department === code)?.measures;
const pair = (measure) => [measure.num, measure.den];
const step = (month, action, body = {}, expect = 200, client = leader) =>
	client.post(`/reports/${month}/${action}`, body, { expect });
const listOf = async (period, measure, part, extra = '') => (await leader.all(
	`/reports/${period}/tasks?measure=${measure}&part=${part}${extra}`));

async function open(name, changes = {}, place = where) {
	const appeal = await register(server, place, changes);
	tasks[name] = leadOf(appeal);
	return tasks[name];
}

test('February and March are lived through', async () => {
	await open('kept');
	await open('late', { channel: '110' });
	await open('never');
	await open('other', {}, rowOf(server, 'JTJ'));
	await moveTo(server, '2026-02-04 09:00');
	await close(server, tasks.kept);
	await visit(server, tasks.kept, 'satisfied');
	await close(server, tasks.other);
	await moveTo(server, '2026-02-24 09:00');
	await close(server, tasks.late);
	await visit(server, tasks.late, 'dissatisfied', { reason: 'policy', solved: 'no' });
	await moveTo(server, '2026-02-27 10:00');
	await open('march');
});

test('a month that still runs has no life yet: every step is refused with what is possible',
	async () => {
		for (const action of ['preview', 'freeze', 'publish', 'corrections']) {
			const answer = await step('2026-02', action, {}, 409);
			assert.deepEqual([answer.json.code, answer.json.allowed], ['month_runs', []]);
		}
	});

test('a period that is no month has no life', async () => {
	for (const period of ['2026-Q1', '2026', '2026-W08', 'x'])
		assert.equal((await step(period, 'freeze', {}, 422)).json.errors[0].code, 'bad_period');
});

test('the steps are the leader\'s; a preview also the supervisor\'s', async () => {
	await moveTo(server, '2026-03-03 09:00');
	for (const client of [supervisor, cgj, server.as('operator'), server.as('auditor'),
		server.as('admin')])
		await step('2026-02', 'freeze', {}, 403, client);
	await step('2026-02', 'preview', {}, 403, cgj);
	const shown = (await step('2026-02', 'preview', {}, 200, supervisor)).json;
	assert.equal(shown.state, 'preview');
	assert.equal(shown.life.previewed_by, 'supervisor');
	assert.equal(ms(shown.life.previewed_at), ms('2026-03-03 09:00'));
});

test('the days of the life are working days behind the month', async () => {
	const { life } = await report('2026-02');
	/* 28 February 2026 is the made-up working day that ends the month. */
	assert.equal(ms(life.preview_from), ms('2026-03-04 00:00'));
	assert.equal(ms(life.objections_until), ms('2026-03-06 23:59:59'));
	assert.equal(ms(life.freeze_from), ms('2026-03-10 00:00'));
	assert.equal(ms(life.publish_from), ms('2026-03-11 00:00'));
});

test('a preview is opened once', async () => {
	const answer = await step('2026-02', 'preview', {}, 409, supervisor);
	assert.deepEqual(answer.json.allowed, ['freeze', 'objections', 'answer', 'statements']);
});

test('a department sees its own cases behind the preview, and objects to its own only', async () => {
	const list = await cgj.all('/reports/2026-02/tasks?measure=completion&part=den');
	assert.deepEqual(list.map((one) => one.task).sort(),
		[tasks.kept.id, tasks.late.id, tasks.never.id].sort());
	const objection = { task: tasks.never.id, measure: 'on_time', text: '诉求人始终联系不上' };
	const made = (await cgj.post('/reports/2026-02/objections', objection, { expect: 200 })).json;
	assert.deepEqual([made.n, made.department, made.task, made.decision],
		[1, 'CGJ', tasks.never.id, null]);
	const bad = await cgj.post('/reports/2026-02/objections',
		{ task: tasks.other.id, measure: 'nothing', text: ' ' }, { expect: 422 });
	assert.deepEqual(bad.json.errors.map((one) => one.pointer).sort(),
		['#/measure', '#/task', '#/text']);
	await leader.post('/reports/2026-02/objections', objection, { expect: 403 });
});

test('objections are seen by the centre and by who made them', async () => {
	await jtj.post('/reports/2026-02/objections',
		{ task: tasks.other.id, text: '应为满意' }, { expect: 200 });
	const all = await supervisor.all('/reports/2026-02/objections');
	assert.deepEqual(all.map((one) => [one.n, one.department]), [[1, 'CGJ'], [2, 'JTJ']]);
	assert.deepEqual((await jtj.all('/reports/2026-02/objections')).map((one) => one.n), [2]);
});

test('no month is frozen over an objection that nobody has answered', async () => {
	assert.equal((await step('2026-02', 'freeze', {}, 409)).json.code, 'objections_open');
	const answer = await supervisor.post('/reports/2026-02/objections/1/answer',
		{ accepted: false, answer: '回访记录显示可以联系' }, { expect: 200 });
	assert.deepEqual([answer.json.decision, answer.json.decided_by], ['refused', 'supervisor']);
	const again = await supervisor.post('/reports/2026-02/objections/1/answer',
		{ accepted: true, answer: '改判' }, { expect: 409 });
	assert.equal(again.json.code, 'already_answered');
	assert.equal((await step('2026-02', 'freeze', {}, 409)).json.code, 'objections_open');
	await supervisor.post('/reports/2026-02/objections/2/answer',
		{ accepted: true, answer: '同意' }, { expect: 200 });
	await supervisor.post('/reports/2026-02/objections/9/answer',
		{ accepted: true, answer: '同意' }, { expect: 404 });
});

test('after their days objections are closed', async () => {
	await moveTo(server, '2026-03-07 09:00');
	const late = await cgj.post('/reports/2026-02/objections',
		{ task: tasks.never.id, text: '再次申请' }, { expect: 409 });
	assert.equal(late.json.code, 'objections_closed');
});

let frozen;

test('freezing happens exactly once, however many ask at the same instant', async () => {
	await moveTo(server, '2026-03-10 09:00');
	const answers = await Promise.all(Array.from({ length: 6 }, () =>
		leader.post('/reports/2026-02/freeze', {})));
	assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409, 409, 409, 409, 409]);
	const won = answers.find((one) => one.status === 200);
	frozen = won.json;
	assert.equal(frozen.state, 'frozen');
	assert.equal(ms(frozen.as_of), ms('2026-03-10 09:00'));
	for (const lost of answers.filter((one) => one.status === 409))
		assert.deepEqual(lost.json.allowed, ['publish', 'corrections', 'statements']);
	const content = sql(server, `SELECT COUNT(DISTINCT kind, subject, number)
		FROM ledger_content WHERE kind = 2`);
	assert.deepEqual(content, [['1']]);
});

test('a freeze with an idempotency key is answered again, not done again', async () => {
	const key = 'freeze-2026-01-again';
	const first = await leader.post('/reports/2026-01/freeze', {}, { expect: 200, idem: key });
	const second = await leader.post('/reports/2026-01/freeze', {}, { expect: 200, idem: key });
	assert.equal(second.headers['idempotency-replayed'], 'true');
	assert.deepEqual(second.json, first.json);
});

test('the frozen figures are those of the preview', () => {
	const measures = own(frozen);
	assert.deepEqual(pair(measures.on_time), [1, 3]);
	assert.deepEqual(pair(measures.completion), [2, 3]);
	assert.deepEqual(pair(measures.satisfaction), [1, 2]);
	assert.equal(measures.completion.rate, '66.67');
	assert.equal(measures.completion.meets, false);
	assert.equal(measures.overdue_stock, 1);
});

test('frozen figures do not change, whatever happens to the tasks', async () => {
	await moveTo(server, '2026-03-10 09:30');
	await sign(server, tasks.never);
	await contact(server, tasks.never);
	await complete(server, tasks.never);
	await review(server, tasks.never);
	await visit(server, tasks.other, 'very_dissatisfied', { reason: 'policy' });
	await moveTo(server, '2026-03-12 09:00');
	const now = await report('2026-02');
	assert.deepEqual(now.departments, frozen.departments);
	assert.deepEqual(now.total, frozen.total);
	assert.deepEqual(now.corrections, []);
	assert.equal(now.corrected, null);
});

test('every frozen number opens: each list is as long as the number', async () => {
	for (const [name, measure] of Object.entries(frozen.total.measures)) {
		const [num, den] = typeof measure === 'number' ? [measure, 0] : pair(measure);
		assert.equal((await listOf('2026-02', name, 'num')).length, num, `${name} num`);
		if (typeof measure !== 'number')
			assert.equal((await listOf('2026-02', name, 'den')).length, den, `${name} den`);
	}
	const [one] = await listOf('2026-02', 'on_time', 'num', '&department=JTJ');
	assert.deepEqual([one.task, one.why, one.state], [tasks.other.id, 'N1', 'closed']);
});

test('scopes are frozen as well', async () => {
	const police = await report('2026-02', leader, '110');
	assert.deepEqual(pair(police.total.measures.completion), [1, 1]);
	assert.deepEqual(pair(police.total.measures.on_time), [0, 1]);
});

test('an exclusion after the freeze is a numbered correction beside the frozen figures', async () => {
	await moveTo(server, '2026-03-13 09:00');
	const open_task = tasks.march;
	assert.equal((await taskNow(server, open_task)).state, 'awaiting_sign');
	/* Asked for before the freeze would be the usual case: here the row is made directly. */
	sql(server, `UPDATE tasks_task SET excluded_at = ${ms('2026-03-13 08:00') * 1000}
		WHERE department = 'CGJ' AND channel = 1`);
	await moveTo(server, '2026-03-14 09:00');
	const now = await report('2026-02');
	assert.deepEqual(now.departments, frozen.departments, 'the frozen figures stay');
	assert.equal(now.corrections.length, 1);
	const [first] = now.corrections;
	assert.deepEqual([first.month, first.n, ms(first.at)], ['2026-02', 1, ms('2026-03-14 04:00')]);
	const line = first.figures.find((one) => one.measure === 'completion' &&
		one.kind === 'own');
	assert.deepEqual([line.department, line.was_num, line.was_den, line.num, line.den],
		['CGJ', 2, 3, 1, 2]);
	assert.deepEqual(pair(own(now.corrected).completion), [1, 2]);
	assert.deepEqual(pair(now.corrected.total.measures.exclusion), [1, 4]);
});

test('a correction names the tasks that moved, to each department its own', async () => {
	const whole = (await leader.get('/reports/2026-02/corrections/1', { expect: 200 })).json;
	const move = whole.tasks.find((one) => one.measure === 'completion');
	assert.deepEqual([move.task, move.was, move.was_why, move.now, move.now_why],
		[tasks.late.id, 'num', 'N2', 'out', 'E14']);
	const theirs = (await jtj.get('/reports/2026-02/corrections/1', { expect: 200 })).json;
	assert.deepEqual(theirs.tasks, []);
	assert.ok(theirs.figures.every((one) => one.department === null));
	await leader.get('/reports/2026-02/corrections/2', { expect: 404 });
});

test('what a correction says already is not corrected again', async () => {
	const again = (await step('2026-02', 'corrections', {}, 200, supervisor)).json;
	assert.equal(again.corrections.length, 1);
	await moveTo(server, '2026-03-16 09:00');
	assert.equal((await report('2026-02')).corrections.length, 1);
});

test('a correction that is taken back is a further correction', async () => {
	sql(server, `UPDATE tasks_task SET excluded_at = 0 WHERE department = 'CGJ'
		AND channel = 1`);
	const now = (await step('2026-02', 'corrections', {}, 200, supervisor)).json;
	assert.deepEqual(now.corrections.map((one) => one.n), [1, 2]);
	assert.deepEqual(now.corrections[1].figures, []);
	assert.deepEqual(now.corrected.departments.map((one) => one.measures.completion),
		now.departments.map((one) => one.measures.completion));
});

test('the right of reply: 200 characters beside a figure that misses the target', async () => {
	const text = '两件均因施工审批延误，已向诉求人说明。';
	const shown = (await cgj.post('/reports/2026-02/statements',
		{ measure: 'completion', text }, { expect: 200 })).json;
	assert.deepEqual(shown.departments.map((one) => one.department), ['CGJ']);
	assert.deepEqual(shown.departments[0].statements.map((one) => [one.measure, one.text]),
		[['completion', text]]);
	const again = (await cgj.post('/reports/2026-02/statements',
		{ measure: 'completion', text: '更正：一件。' }, { expect: 200 })).json;
	assert.deepEqual(again.departments[0].statements.map((one) => one.text), ['更正：一件。']);
	const seen = await report('2026-02');
	assert.equal(seen.departments.find((one) => one.department === 'JTJ').statements.length, 0);
	const good = await jtj.post('/reports/2026-02/statements',
		{ measure: 'completion', text: '很好' }, { expect: 409 });
	assert.equal(good.json.code, 'figure_is_not_bad');
	await cgj.post('/reports/2026-02/statements',
		{ measure: 'completion', text: '字'.repeat(201) }, { expect: 422 });
	await cgj.post('/reports/2026-02/statements',
		{ measure: 'completion', text: '字'.repeat(200) }, { expect: 200 });
	await leader.post('/reports/2026-02/statements',
		{ measure: 'completion', text: '好' }, { expect: 403 });
});

test('publication follows the freeze, once', async () => {
	const shown = (await step('2026-02', 'publish')).json;
	assert.equal(shown.state, 'frozen');
	assert.equal(shown.life.published_by, 'leader');
	assert.deepEqual((await step('2026-02', 'publish', {}, 409)).json.allowed, ['corrections']);
	assert.deepEqual((await step('2026-03', 'publish', {}, 409)).json.code, 'month_runs');
});

test('a quarter is the sum of its frozen months where months add up, and itself in completion',
	async () => {
		await moveTo(server, '2026-04-01 09:00');
		const quarter = await report('2026-Q1');
		const months = await Promise.all(['2026-01', '2026-02', '2026-03'].map((one) =>
			report(one)));
		for (const name of ['on_time', 'satisfaction', 'visit_coverage', 'exclusion']) {
			const sum = months.reduce(([num, den], one) =>
				[num + one.total.measures[name].num, den + one.total.measures[name].den],
			[0, 0]);
			assert.deepEqual(pair(quarter.total.measures[name]), sum, name);
			for (const part of ['num', 'den'])
				assert.equal((await listOf('2026-Q1', name, part)).length,
					sum[part === 'num' ? 0 : 1], `${name} ${part}`);
		}
		/* All five matured in the quarter: the one that March was open on is overdue. */
		assert.deepEqual(pair(quarter.total.measures.completion), [4, 5]);
		assert.equal((await listOf('2026-Q1', 'completion', 'den')).length, 5);
	});

test('every answer that was frozen is the one that counts in the quarter, corrections beside',
	async () => {
		const quarter = await report('2026-Q1');
		assert.deepEqual(pair(quarter.total.measures.satisfaction), [1, 2]);
		assert.deepEqual(quarter.corrections.map((one) => [one.month, one.n]),
			[['2026-02', 1], ['2026-02', 2]]);
	});

test('the bundle of a frozen month holds no identity, and its digest is that of the ledger',
	async () => {
		const answer = await until(async () => {
			const one = await leader.get('/reports/2026-02/bundle');
			return one.status === 200 && one;
		}, { what: 'the ledger to sign the month' });
		const text = answer.text;
		const content = text.slice(0, text.indexOf('[seal]\n'));
		const digest = createHash('sha256').update(content).digest('hex');
		assert.match(text, new RegExp(`\\[seal\\]\ndigest\t${digest}\n`));
		assert.doesNotMatch(text, /1380000|王小明|路灯/);
		assert.match(text, new RegExp(`^${tasks.kept.id}\tCGJ\t12345\tlead\thelp\tL3\t`, 'm'));
		await leader.get('/reports/2026-03/bundle', { expect: 404 });
		await leader.get('/reports/2026-Q1/bundle', { expect: 422 });
	});

test('anybody recomputes the month offline, and finds a single changed digit', async () => {
	const { text } = await leader.get('/reports/2026-02/bundle', { expect: 200 });
	const { keys } = (await leader.get('/ledger/head', { expect: 200 })).json;
	const file = path.join(os.tmpdir(), `month-${process.pid}.bundle`);
	const verify = (content) => {
		fs.writeFileSync(file, content);
		return spawnSync(BIN, ['verify', file, '--key', keys.checkpoint],
			{ encoding: 'utf8', env: { ...process.env, TZ: 'America/St_Johns' } });
	};
	const good = verify(text);
	assert.equal(good.status, 0, good.stdout + good.stderr);
	for (const [from, to] of [[/(own\tCGJ\tcompletion\t)2/, '$13'], ['satisfied\n', 'neutral\n'],
		[/(\[seal\]\ndigest\t)./, '$1x'], [/^(key\t.*)A/m, '$1B']]) {
		const changed = text.replace(from, to);
		assert.notEqual(changed, text);
		assert.equal(verify(changed).status === 0, false, String(from));
	}
	fs.rmSync(file);
});

test('on paper corrections and statements stand beside the frozen figures, with the checkpoint',
	async () => {
		const page = async (client) => {
			const { bytes } = await client.get('/reports/2026-02.pdf', { expect: 200 });
			return execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes,
				encoding: 'utf8' }).replace(/\s+/g, ' ');
		};
		const text = await page(leader);
		assert.match(text, /已封存/);
		assert.match(text, /更正第 2 号/);
		assert.match(text, /单位申辩 城市管理局（办结率）：字/);
		assert.match(text, /localhost\/liandong/);
		assert.match(text, /66\.67%/);
		assert.doesNotMatch(await page(jtj), /单位申辩/);
	});

test('nothing is shown of a frozen month whose bytes somebody changed in the database', async () => {
	const swap = (from, to) => sql(server, `UPDATE ledger_content
		SET bytes = REPLACE(bytes, '${from}', '${to}') WHERE kind = 2 AND subject = 202602`);
	swap('\tdissatisfied\n', '\tsatisfied\n');
	for (const one of ['', '/bundle', '/tasks?measure=on_time&part=den', '.csv'])
		await leader.get(`/reports/2026-02${one}`, { expect: 500 });
	assert.match(server.log(), /error ledger content_changed .*kind=2 subject=202602/);
	swap('\tsatisfied\n', '\tdissatisfied\n');
});

endsCleanly(server);
