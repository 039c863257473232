/* The archive: what is done, asked about and left alone for five working days is put away. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { assertSameTime, local, moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, ofType, register, review,
	rowOf, sign, taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const visitor = server.as('visitor');

const closed = async (changes = {}) => close(server, leadOf(await register(server, where,
	changes)));
const stateOf = async (task) => (await taskNow(server, task)).state;

async function withAssist() {
	const appeal = await register(server, where);
	await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: ['JTJ'], advice: '请协助' }, { expect: 200 });
	const { tasks } = await appealNow(server, appeal.id);
	return { lead: tasks.find((task) => task.role === 'lead'),
		assist: tasks.find((task) => task.role === 'assist') };
}

test('archive: a visited task goes with its appeal after the fifth working day', async () => {
	const task = await closed();
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-03-09 23:59:58');
	assert.equal(await stateOf(task), 'visited');
	assert.equal((await appealNow(server, task.appeal)).state, 'closed');
	await moveTo(server, '2026-03-09 23:59:59');
	assert.equal(await stateOf(task), 'archived');
	assert.equal((await appealNow(server, task.appeal)).state, 'archived');
	const told = ofType(await eventsOf(server, task.appeal), 'task.archived');
	assert.equal(told.length, 1);
	assertSameTime(told[0].at, '2026-03-09 23:59:59');
	assert.equal(told[0].by.kind, 'system');
	assert.deepEqual(told[0].data, { appeal_archived: true });
});

test('what is archived is neither visited nor done again', async () => {
	const task = await closed();
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-03-18 09:00');
	const before = await taskNow(server, task);
	assert.equal(before.state, 'archived');
	const answer = await visitor.post(`/tasks/${task.id}/visits`,
		{ channel: 'phone', reached: false }, { expect: 409 });
	assert.equal(answer.json.code, 'illegal_step');
	assert.ok(!answer.json.allowed.includes('visits'));
	await server.as('supervisor').post(`/tasks/${task.id}/redo`, { reason: '重办' },
		{ expect: 409 });
	assert.deepEqual(await taskNow(server, task), before);
});

test('every later event of the task moves the archiving on', async () => {
	const asked = await closed(), urged = await closed(), left = await closed();
	for (const task of [asked, urged, left])
		await visit(server, task, 'satisfied');
	await moveTo(server, '2026-03-23 09:00');
	await visit(server, asked, 'very_satisfied');
	await server.as('dispatcher').post(`/tasks/${urged.id}/urge`, {}, { expect: 200 });
	await moveTo(server, '2026-03-26 09:00');
	assert.deepEqual([await stateOf(left), await stateOf(asked), await stateOf(urged)],
		['archived', 'visited', 'visited']);
	await moveTo(server, '2026-03-30 23:59:59');
	for (const task of [asked, urged])
		assert.equal(await stateOf(task), 'archived');
});

test('a closed task waits for its visit, however long that takes', async () => {
	const task = await closed();
	await moveTo(server, '2026-04-27 09:00');
	assert.equal(await stateOf(task), 'closed');
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-05-07 09:00');
	assert.equal(await stateOf(task), 'visited', 'nobody works from the first of May');
	await moveTo(server, '2026-05-07 23:59:59');
	assert.equal(await stateOf(task), 'archived');
});

test('who was reached and said nothing has been asked', async () => {
	const task = await closed();
	await visit(server, task, null, { reached: true, contacted: true });
	await moveTo(server, '2026-05-20 09:00');
	assert.equal(await stateOf(task), 'archived');
	assert.equal((await taskNow(server, task)).outcome, null);
});

test('an unreachable caller does not keep the matter open', async () => {
	const task = await closed();
	for (const moment of ['2026-05-20 10:00', '2026-05-20 14:00', '2026-05-21 19:00']) {
		await moveTo(server, moment);
		await visit(server, task);
	}
	await moveTo(server, '2026-05-29 09:00');
	assert.equal(await stateOf(task), 'visited');
	await moveTo(server, '2026-06-01 09:00');
	assert.equal((await taskNow(server, task)).outcome, 'unreachable');
	assert.equal(await stateOf(task), 'archived');
});

test('what nobody is asked about is archived after its close', async () => {
	const task = await closed({ caller: { anonymous: true } });
	assert.equal((await taskNow(server, task)).outcome, 'not_visitable');
	await moveTo(server, '2026-06-08 23:59:59');
	assert.equal(await stateOf(task), 'archived');
	assert.equal((await appealNow(server, task.appeal)).state, 'archived');
});

test('a redo takes the task back from the way to the archive', async () => {
	const task = await closed();
	await visit(server, task, 'satisfied');
	await server.as('supervisor').post(`/tasks/${task.id}/redo`, { reason: '又坏了' },
		{ expect: 200 });
	await moveTo(server, '2026-06-22 09:00');
	assert.equal(await stateOf(task), 'in_hand');
});

test('nothing is archived while another task of the appeal is in hand', async () => {
	const { lead, assist } = await withAssist();
	await close(server, lead);
	await visit(server, lead, 'satisfied');
	await sign(server, assist);
	await contact(server, assist);
	await moveTo(server, '2026-07-06 09:00');
	assert.equal(await stateOf(lead), 'visited');
	assert.equal((await appealNow(server, lead.appeal)).state, 'closed');
	await complete(server, assist);
	await review(server, assist);
	await moveTo(server, '2026-07-20 09:00');
	for (const task of [lead, assist])
		assert.equal(await stateOf(task), 'archived');
	assert.equal((await appealNow(server, lead.appeal)).state, 'archived');
	const told = ofType(await eventsOf(server, lead.appeal), 'task.archived');
	assert.deepEqual(told.map((event) => event.data.appeal_archived), [false, true],
		'the last one takes the appeal along');
});

test('a merged caller who is still to be asked keeps the task from the archive', async () => {
	const task = leadOf(await register(server, where));
	const child = await register(server, where);
	await server.as('operator').post(`/appeals/${child.id}/merge`, { into: task.appeal },
		{ expect: 200 });
	await close(server, task);
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-08-03 09:00');
	assert.equal(await stateOf(task), 'visited');
	await visit(server, task, 'satisfied', { caller_appeal: child.id });
	await moveTo(server, '2026-08-10 23:59:59');
	assert.equal(await stateOf(task), 'archived');
	assert.equal((await appealNow(server, child.id)).state, 'merged');
});

test('a history that was imported is left as it was told', async () => {
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'history-')), 'one.jsonl');
	const at = (day) => local(`2026-03-${day} 10:00`);
	fs.writeFileSync(file, JSON.stringify({ channel: '12345', external_no: 'told-1',
		title: '旧件', text: '已办结的旧件', category: where.category, area: where.area,
		content_class: 'help', department: 'CGJ', limit_class: 'L3',
		received_at: at('02'), events: [{ at: at('02'), type: 'sign' },
			{ at: at('03'), type: 'contact' },
			{ at: at('04'), type: 'complete', result: 'solved', reply: '已修好。' },
			{ at: at('04'), type: 'review_pass' },
			{ at: at('05'), type: 'visit', result: 'satisfied' }] }) + '\n');
	server.command(['import', file], { expect: 0 });
	fs.rmSync(path.dirname(file), { recursive: true });
	await moveTo(server, '2026-08-17 09:00');
	const told = (await visitor.all('/tasks?state=visited'))
		.filter((task) => task.title === '旧件');
	assert.equal(told.length, 1, 'still visited');
	assert.deepEqual(ofType(await eventsOf(server, told[0].appeal), 'task.archived'), []);
});

endsCleanly(server);

test('with 0 days nothing is archived', async () => {
	const other = await startServer({ clock: local('2026-03-02 09:00'),
		env: { LIANDONG_ARCHIVE_WORKING_DAYS: '0' } });
	const task = await close(other, leadOf(await register(other, rowOf(other, 'CGJ'))));
	await visit(other, task, 'satisfied');
	await moveTo(other, '2026-04-20 09:00');
	assert.equal((await taskNow(other, task)).state, 'visited');
	await other.stop();
});
