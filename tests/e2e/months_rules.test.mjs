/*
 * Rules of the rates that are about what is known when: named by their numbers in the list of
 * decisions. All tasks are March's; the month is frozen on 10 April, and what comes later is a
 * correction or nothing.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { appealNow, close, complete, contact, leadOf, register, review, rowOf, sign, visit }
	from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const leader = server.as('leader');
const supervisor = server.as('supervisor');
const dispatcher2 = await newKey(server, 'dispatcher-2', 'dispatcher');
const where = rowOf(server, 'CGJ');
const tasks = {};
let frozen;

const report = async (period = '2026-03') =>
	(await leader.get(`/reports/${period}`, { expect: 200 })).json;
const step = (client, task, action, body, expect = 200) =>
	client.post(`/tasks/${task.id}/${action}`, body, { expect });
const whyOf = async (task, measure, part, period = '2026-03') => (await leader.all(
	`/reports/${period}/tasks?measure=${measure}&part=${part}`))
	.find((one) => one.task === task.id)?.why;

async function open(...names) {
	for (const name of names)
		tasks[name] = leadOf(await register(server, where));
}

/* The moves that the newest correction tells of a task: measure -> [was, why, now, why]. */
async function movesOf(task_id, n) {
	const one = (await leader.get(`/reports/2026-03/corrections/${n}`, { expect: 200 })).json;
	return Object.fromEntries(one.tasks.filter((move) => move.task === task_id)
		.map((move) => [move.measure, [move.was, move.was_why, move.now, move.now_why]]));
}

async function correct() {
	const { corrections } = (await supervisor.post('/reports/2026-03/corrections', {},
		{ expect: 200 })).json;
	return corrections.length;
}

test('March is lived through and frozen on 10 April', async () => {
	await open('extended', 'excluded', 'system_down', 'rated', 'redone', 'unheard', 'open',
		'reopened');
	for (const name of ['rated', 'redone', 'unheard', 'reopened'])
		await close(server, tasks[name]);
	await visit(server, tasks.rated, 'satisfied');
	await visit(server, tasks.reopened, 'satisfied');
	await visit(server, tasks.redone, 'dissatisfied', { reason: 'result', solved: 'no' });
	await sign(server, tasks.extended);
	await contact(server, tasks.extended);
	await step(server.department('CGJ'), tasks.extended, 'extend',
		{ days: 5, reason: '配件在途', caller_informed: true });
	await moveTo(server, '2026-04-09 09:00');
	await step(server.as('reviewer'), tasks.excluded, 'exclude',
		{ ground: 'G1', evidence: '派单错误' });
	await step(server.as('reviewer'), tasks.system_down, 'exclude',
		{ ground: 'G6', evidence: '系统故障证明' });
	await step(supervisor, tasks.system_down, 'exclude/approve', { published: '系统故障' });
	await moveTo(server, '2026-04-10 09:00');
	frozen = (await leader.post('/reports/2026-03/freeze', {}, { expect: 200 })).json;
	await moveTo(server, '2026-04-10 10:00');
});

test('E14, E45: excluded before the freeze by two persons: out of both parts, in the share',
	async () => {
		assert.equal(await whyOf(tasks.system_down, 'completion', 'out'), 'E14');
		assert.equal(await whyOf(tasks.system_down, 'exclusion', 'num'), 'E14');
		assert.equal(await whyOf(tasks.system_down, 'overdue_stock', 'num'), undefined);
	});

test('E23: a redo that runs at the freeze leaves the first answer', async () => {
	assert.equal(await whyOf(tasks.redone, 'satisfaction', 'den'), 'E23');
	assert.equal(await whyOf(tasks.redone, 'satisfaction', 'num'), undefined);
});

test('E22, E25: an answer after the freeze changes neither figures nor corrections', async () => {
	await contact(server, tasks.redone);
	await complete(server, tasks.redone);
	await review(server, tasks.redone);
	await visit(server, tasks.redone, 'satisfied');
	await visit(server, tasks.unheard, 'satisfied');
	assert.equal(await correct(), 0);
	assert.deepEqual((await report()).total, frozen.total);
});

test('E8: an extension approved after the freeze goes to the corrections', async () => {
	await step(dispatcher2, tasks.extended, 'extend/approve', {});
	const n = await correct();
	assert.equal(n, 1);
	assert.deepEqual((await report()).total, frozen.total);
	const moves = await movesOf(tasks.extended.id, n);
	/* Due 9 March, now 16 March: still of the month, and extended. */
	assert.deepEqual(moves.extension, ['den', 'N3', 'num', 'N3']);
});

test('E15: an exclusion decided after the freeze goes to the corrections', async () => {
	await step(supervisor, tasks.excluded, 'exclude/approve', { published: '派单错误' });
	const n = await correct();
	assert.equal(n, 2);
	assert.deepEqual((await movesOf(tasks.excluded.id, n)).completion,
		['den', 'N3', 'out', 'E14']);
	assert.deepEqual((await report()).total, frozen.total);
});

test('an exclusion cannot be asked for any more once the closing\'s month is frozen', async () => {
	const late = await step(server.as('reviewer'), tasks.rated, 'exclude',
		{ ground: 'G4', evidence: '录音' }, 409);
	assert.equal(late.json.code, 'month_frozen');
	/* What is still open goes on weighing on months to come. */
	await step(server.as('reviewer'), tasks.open, 'exclude', { ground: 'G8', evidence: '录音' });
	await step(supervisor, tasks.open, 'exclude/refuse', { reason: '证据不足' });
});

test('E24: reopening by itself voids no closure and moves no frozen figure', async () => {
	await moveTo(server, '2026-04-20 09:00');
	const { state } = await appealNow(server, tasks.reopened.appeal);
	assert.equal(state, 'archived');
	await server.as('operator').post(`/appeals/${tasks.reopened.appeal}/reopen`,
		{ reason: '新情况' }, { expect: 200 });
	assert.equal(await correct(), 2);
});

test('E42: a later calendar leaves frozen months alone', async () => {
	const admin = server.as('admin');
	const { text, version } = (await admin.get('/documents/calendar', { expect: 200 })).json;
	await admin.post('/calendar', { source: '台风停工', expected_version: version,
		text: text + '2026-03-09\toff\t台风\n' }, { expect: 201 });
	assert.deepEqual((await report()).total, frozen.total);
	assert.equal((await report()).calendar, frozen.calendar);
	assert.equal(await correct(), 2);
});

test('E40: figures keep the department as it was named when they were frozen', async () => {
	sql(server, `UPDATE reference_department SET name = '城市管理综合执法局' WHERE code = 'CGJ';
		UPDATE server_snapshot SET version = version + 1`);
	const name = (whole) => whole.departments.find((one) => one.department === 'CGJ').name;
	await until(async () => name(await report('2026-04')) === '城市管理综合执法局',
		{ what: 'the new name' });
	assert.equal(name(await report()), '城市管理局');
});

test('E41: a month names the rule set that it was computed by', async () => {
	assert.equal((await report()).rule_set, '1');
});

test('E43: what happened before the freeze and is recorded after it is a correction', async () => {
	const file = path.join(os.tmpdir(), `late-${process.pid}.jsonl`);
	fs.writeFileSync(file, JSON.stringify({ channel: '110', external_no: 'late-1',
		title: '井盖缺失', text: '路口井盖缺失', category: where.category, area: where.area,
		content_class: 'help', department: 'CGJ', limit_class: 'L3',
		received_at: local('2026-03-02 10:00'), events: [
			{ at: local('2026-03-02 11:00'), type: 'sign' },
			{ at: local('2026-03-03 11:00'), type: 'complete', result: 'solved', reply: '已修' },
			{ at: local('2026-03-03 12:00'), type: 'review_pass' }] }) + '\n');
	server.command(['import', file], { expect: 0 });
	fs.rmSync(file);
	const n = await correct();
	assert.equal(n, 3);
	const whole = (await leader.get(`/reports/2026-03/corrections/${n}`, { expect: 200 })).json;
	const move = whole.tasks.find((one) => one.measure === 'on_time' && one.was === '-');
	assert.deepEqual([move.was, move.now, move.now_why], ['-', 'num', 'N1']);
	assert.deepEqual((await report()).total, frozen.total);
});

test('an event of the future is refused by the import', () => {
	const file = path.join(os.tmpdir(), `future-${process.pid}.jsonl`);
	fs.writeFileSync(file, JSON.stringify({ channel: '110', external_no: 'future-1',
		title: '井盖缺失', text: '路口井盖缺失', category: where.category, area: where.area,
		content_class: 'help', department: 'CGJ', limit_class: 'L3',
		received_at: local('2026-05-02 10:00'), events: [] }) + '\n');
	const done = server.command(['import', file]);
	fs.rmSync(file);
	assert.notEqual(done.status, 0);
	assert.match(done.stderr + done.stdout, /future|after now|received_at/);
});

test('every night frozen months are compared by themselves', async () => {
	sql(server, `UPDATE tasks_task SET excluded_at = ${ms('2026-04-20 08:00') * 1000}
		WHERE id = ${tasks.unheard.id.slice(2, 8)}${tasks.unheard.id.slice(8, 14)
	.padStart(7, '0')}01`);
	const before = (await report()).corrections.length;
	await moveTo(server, '2026-04-21 03:59');
	assert.equal((await report()).corrections.length, before);
	await moveTo(server, '2026-04-21 04:01');
	const now = await report();
	assert.equal(now.corrections.length, before + 1);
	assert.equal(ms(now.corrections.at(-1).at), ms('2026-04-21 04:00'));
	assert.deepEqual(now.total, frozen.total);
});

endsCleanly(server);
