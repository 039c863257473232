/* A month that goes through its life by itself, on the working days that the settings name. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00'), empty: true, env: {
	LIANDONG_REPORT_BY_ITSELF: 'publish', LIANDONG_REPORT_PREVIEW_DAYS: '2',
	LIANDONG_REPORT_FREEZE_PERSONS: 'nobody-here, leader-of-the-month' } });
const leader = server.as('leader');
const admin = server.as('admin');
const receiver = await startReceiver();
const report = async (period = '2026-03') =>
	(await leader.get(`/reports/${period}`, { expect: 200 })).json;
let task;

test('a district works in March and departments listen', async () => {
	task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await close(server, task);
	for (const department of ['CGJ', 'JTJ']) {
		const { secret } = (await admin.post('/webhooks', { department, url: receiver.url,
			events: ['report.*'], format: 'standard' }, { expect: 201 })).json;
		receiver.secrets.push(secret);
	}
});

test('the freeze is for the persons whom the settings name', async () => {
	await moveTo(server, '2026-04-01 09:00');
	const answer = await leader.post('/reports/2026-03/freeze', {}, { expect: 403 });
	assert.match(answer.json.detail, /settings/);
	assert.equal((await report()).state, 'open');
});

test('the preview opens on its working day, not before', async () => {
	await moveTo(server, '2026-04-01 23:59');
	assert.equal((await report()).state, 'open');
	await moveTo(server, '2026-04-02 00:01');
	const { state, life } = await report();
	assert.deepEqual([state, life.previewed_by], ['preview', 'calendar']);
	assert.equal(ms(life.previewed_at), ms('2026-04-02 00:00'));
});

test('an objection without an answer holds the freeze up until it has one', async () => {
	await server.department('CGJ').post('/reports/2026-03/objections',
		{ task: task.id, text: '请复核' }, { expect: 200 });
	await moveTo(server, '2026-04-14 09:00');
	assert.equal((await report()).state, 'preview');
	await server.as('supervisor').post('/reports/2026-03/objections/1/answer',
		{ accepted: false, answer: '维持' }, { expect: 200 });
	await moveTo(server, '2026-04-14 09:01');
	assert.equal((await report()).state, 'frozen');
});

test('what is frozen late is published after it', async () => {
	await moveTo(server, '2026-04-14 09:02');
	const { life } = await report();
	assert.deepEqual([life.frozen_by, life.published_by], ['calendar', 'calendar']);
});

test('each department that listens is told once, with the digest', async () => {
	const ofMarch = () => receiver.ofType('report.frozen')
		.filter((one) => one.json.data.month === '2026-03');
	await until(() => ofMarch().length >= 2, { what: 'two messages' });
	const told = ofMarch();
	assert.deepEqual(told.map((one) => one.json.data.department).sort(), ['CGJ', 'JTJ']);
	for (const { json, is_signed } of told) {
		assert.ok(is_signed);
		assert.match(json.data.digest, /^[0-9a-f]{64}$/);
		assert.deepEqual([json.data.appeal, json.data.task, json.data.seq], [null, null, 1]);
	}
	assert.ok(receiver.requests.every((one) => one.json.type === 'report.frozen'));
});

test('a jump over several months freezes each on its day', async () => {
	await moveTo(server, '2026-07-20 09:00');
	for (const [month, day] of [['2026-04', '2026-05-13'], ['2026-05', '2026-06-09'],
		['2026-06', '2026-07-09']]) {
		const { state, life } = await report(month);
		assert.equal(state, 'frozen', month);
		assert.equal(life.frozen_at, local(`${day} 00:00`), month);
	}
	assert.equal((await report('2026-07')).state, 'open');
	await receiver.stop();
});

endsCleanly(server);
