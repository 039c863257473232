/* Praised cases of a month as a file: what was done well, and nobody by whom it was said. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const CALLER = { name: '鸑鷟龘靐', phone: '15912763498' };
const server = await startServer({ clock: local('2026-03-02 09:00') });
const supervisor = server.as('supervisor');
const many = rowOf(server, 'CGJ'), few = rowOf(server, 'JTJ');

const fresh = async (where, changes = {}) => leadOf(await register(server, where,
	{ caller: CALLER, title: '鸑鷟龘靐的表扬', text: '鸑鷟龘靐，龙门路九号', ...changes }));
const get = (month, client = supervisor, expect = 200) =>
	client.get(`/reports/${month}/praised.csv`, { expect });

/* Rows without the heads and the last line, whose digest is checked. */
async function praised(month) {
	const { bytes, text } = await get(month);
	const lines = text.split('\r\n').slice(0, -1);
	const [word, count, , digest] = lines.at(-1).split(',');
	const end = bytes.lastIndexOf('rows,');
	assert.equal(word, 'rows');
	assert.equal(digest, createHash('sha256').update(bytes.subarray(0, end)).digest('hex'));
	assert.equal(lines[0].replace('\ufeff', ''),
		'suppressed,category,area,department,limit_class,days,result');
	assert.equal(lines.length - 2, Number(count));
	return lines.slice(1, -1);
}

const tasks = [];
for (let i = 0; i < 5; i++)
	tasks.push(await fresh(many));
const alone = await fresh(few);
const shown = [many.category, many.area, 'CGJ'].join(',');

test('a case is praised by the last answer of its caller, not by one before or worse', async () => {
	await moveTo(server, '2026-03-03 10:00');
	for (const task of tasks.slice(0, 3))
		await close(server, task);
	assert.deepEqual(await praised('2026-03'), []);
	await visit(server, tasks[0], 'very_satisfied');
	await visit(server, tasks[1], 'satisfied');
	assert.deepEqual(await praised('2026-03'), [`0,${shown},L3,1,solved`]);
	assert.deepEqual(await praised('2026-02'), []);
	assert.deepEqual(await praised('2026-04'), []);
});

test('where fewer than five alike were received, place and matter are left out', async () => {
	await close(server, alone);
	await visit(server, alone, 'very_satisfied');
	assert.deepEqual(await praised('2026-03'),
		[`0,${shown},L3,1,solved`, `1,,,,${few.limit_class},1,solved`]);
	for (let i = 0; i < 3; i++)
		await fresh(few);
	assert.equal((await praised('2026-03'))[1].slice(0, 5), '1,,,,', 'four are too few');
	await fresh(few);
	assert.ok((await praised('2026-03')).includes(
		`0,${few.category},${few.area},JTJ,${few.limit_class},1,solved`), 'five are enough');
});

test('praise counts as it is, once it is closed', async () => {
	const task = await fresh(many, { content_class: 'praise' });
	const before = await praised('2026-03');
	await close(server, task);
	const after = await praised('2026-03');
	assert.equal(after.length, before.length + 1);
});

test('what is excluded from the figures is no example', async () => {
	const before = await praised('2026-03');
	await server.as('dispatcher').post(`/tasks/${tasks[0].id}/exclude`,
		{ ground: 'G4', evidence: '录音' }, { expect: 200 });
	await supervisor.post(`/tasks/${tasks[0].id}/exclude/approve`, {}, { expect: 200 });
	assert.equal((await praised('2026-03')).length, before.length - 1);
});

test('nothing in it says who called, what was said, or which case it was', async () => {
	const { text } = await get('2026-03');
	for (const trace of [CALLER.name, CALLER.phone, '159', '龙门路', '表扬', 'LD26'])
		assert.ok(!text.includes(trace), trace);
	assert.ok(!text.includes(tasks[0].id));
});

test('a month is asked for, by those who may', async () => {
	for (const period of ['2026', '2026-Q1', '2026-13', 'x'])
		await get(period, supervisor, 422);
	for (const role of ['leader', 'auditor'])
		await get('2026-03', server.as(role));
	for (const client of [server.department('CGJ'), server.as('operator'), server.as('admin')])
		await get('2026-03', client, 403);
});

endsCleanly(server);
