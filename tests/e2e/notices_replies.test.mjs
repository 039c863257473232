/* Which matter a reply is about, and how a number that stopped messages gets them again. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf } from './lib/world.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sms-'));
const gateway = await startGateway(dir);
const server = await startServer({ clock: MONDAY, env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file,
	LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const operator = server.as('operator'), visitor = server.as('visitor');
const row = rowOf(server, 'CGJ');
let serial = 0;
const mobile = () => `138${String(20000000 + ++serial)}`;
const told = (phone, n) => until(() => gateway.to(phone).length >= n ? gateway.to(phone) : undefined,
	{ ms: 15_000, what: `${n} messages to ${phone}` });
const reply = (phone, content, id = `r${++serial}`) =>
	gateway.reply(server, [{ id, mobile: phone, content }]);
const visitsOf = async (appeal) => (await visitor.get(`/tasks/${leadOf(appeal).id}/visits`,
	{ expect: 200 })).json.items;
const unread = async (appeal) => (await operator.all('/notices/replies?state=unread'))
	.filter((one) => one.appeal === appeal.id);
const result = async (phone, n) => {
	const appeal = await register(server, row, { caller: { phone } });
	await close(server, leadOf(appeal));
	await told(phone, n);
	return appeal;
};
const inVain = (appeal) => visitor.post(`/tasks/${leadOf(appeal).id}/visits`,
	{ channel: 'phone', reached: false }, { expect: 200 });
const CALLS = ['10:00', '15:00', '19:00'];

/* Three calls in vain on three days to each of them: their callers are asked by message. */
async function ask(appeals, days) {
	for (const [i, day] of days.entries()) {
		await moveTo(server, `${day} ${CALLS[i]}`);
		for (const appeal of appeals)
			await inVain(appeal);
	}
}
const asked = (appeal) => (one) => one.content.includes(appeal.id) && one.content.includes('回复1满意');
const questionOf = (phone, appeal) => until(() => gateway.to(phone).find(asked(appeal)),
	{ ms: 15_000, what: `the question about ${appeal.id}` });

test('a digit rates the appeal that was asked about, not the one whose result came later', async () => {
	const phone = mobile();
	const first = await result(phone, 2);
	await ask([first], ['2026-03-03', '2026-03-04', '2026-03-05']);
	await questionOf(phone, first);
	await moveTo(server, '2026-03-06 10:00');
	const second = await result(phone, 5);
	await reply(phone, '3');
	assert.deepEqual((await visitsOf(second)).map((one) => one.result), []);
	assert.equal((await visitsOf(first)).at(-1).result, 'dissatisfied');
	/* What was asked has its answer: the next digit is about what came behind the question. */
	await reply(phone, '1');
	assert.equal((await visitsOf(second)).at(-1)?.result, 'satisfied');
	assert.equal((await visitsOf(first)).at(-1).result, 'dissatisfied');
});

test('a receipt that comes in between does not take the answer away', async () => {
	const phone = mobile();
	const first = await result(phone, 2);
	await register(server, row, { caller: { phone } });
	await told(phone, 3);
	await reply(phone, '2');
	assert.equal((await visitsOf(first))[0]?.result, 'basically_satisfied');
});

test('of two results that came at once nobody can know which a digit means: a person asks', async () => {
	const phone = mobile();
	const first = await result(phone, 2), second = await result(phone, 4);
	await reply(phone, '3');
	assert.deepEqual([await visitsOf(first), await visitsOf(second)], [[], []]);
	assert.deepEqual((await unread(second)).map((one) => one.content), ['3']);
});

test('what answers a question again does not rate the result of before it', async () => {
	await moveTo(server, '2026-03-09 09:00');
	const phone = mobile();
	const early = await result(phone, 2);
	await moveTo(server, '2026-03-09 11:00');
	const appeal = await result(phone, 4);
	await ask([appeal], ['2026-03-10', '2026-03-11', '2026-03-12']);
	await questionOf(phone, appeal);
	await reply(phone, '1');
	await reply(phone, '3');
	assert.deepEqual(await visitsOf(early), []);
	assert.equal((await visitsOf(appeal)).at(-1).result, 'satisfied');
	assert.deepEqual((await unread(appeal)).map((one) => one.content), ['3']);
});

test('without ids of replies: the same digit for another appeal counts, a repeated push does not', async () => {
	await moveTo(server, '2026-03-16 09:00');
	const phone = mobile();
	const first = await result(phone, 2);
	await moveTo(server, '2026-03-16 10:50');
	const second = await result(phone, 4);
	/* Both as questions: the one of before still waits when the other is answered. */
	sql(server, 'UPDATE notices_notice SET occasion = 6 WHERE occasion = 5 AND state = 2');
	await reply(phone, '1', '');
	await reply(phone, '1', '');
	assert.equal((await visitsOf(second))[0]?.result, 'satisfied');
	assert.deepEqual(await visitsOf(first), [], 'the push that came twice rates nothing else');
	await moveTo(server, '2026-03-16 10:55');
	const third = await result(phone, 6);
	sql(server, 'UPDATE notices_notice SET occasion = 6 WHERE occasion = 5 AND state = 2');
	await reply(phone, '1', '');
	assert.equal((await visitsOf(third))[0]?.result, 'satisfied', 'told behind the first answer');
});

/* ---- stop, and again ---- */

const stopped = async () => {
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	await told(phone, 1);
	await reply(phone, 'TD');
	return { phone, appeal };
};

test('START lifts a stop; where nothing was stopped a person reads it', async () => {
	for (const word of ['start', '恢复']) {
		const { phone } = await stopped();
		await reply(phone, word);
		await register(server, row, { caller: { phone } });
		await told(phone, 2);
	}
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	await told(phone, 1);
	await reply(phone, '恢复');
	assert.deepEqual((await unread(appeal)).map((one) => one.content), ['恢复']);
	assert.equal((await operator.all('/notices/replies?state=resumed')).length, 2);
});

test('an operator lifts a stop at the caller\'s wish, with a reason that the audit keeps', async () => {
	const { phone, appeal } = await stopped();
	const address = `/appeals/${appeal.id}/notices/resume`;
	assert.match(JSON.stringify((await operator.post(address, {}, { expect: 422 })).json), /reason/);
	await server.as('visitor').post(address, { reason: '本人来电' }, { expect: 403 });
	await operator.post(address, { reason: '本人来电要求恢复' }, { expect: 204 });
	assert.equal((await operator.post(address, { reason: '再来一次' }, { expect: 409 })).json.code,
		'not_stopped');
	const acts = await server.as('auditor').all('/audit?kind=notices_resumed');
	assert.deepEqual(acts.map((one) => [one.reason, one.subject]), [['本人来电要求恢复', appeal.id]]);
	await register(server, row, { caller: { phone } });
	await told(phone, 2);
});

test('the gateway ends', async () => {
	await gateway.stop();
	fs.rmSync(dir, { recursive: true });
});

endsCleanly(server);
