/*
 * When messages go out and when not: by night nothing does, whatever was due or failed before; who was
 * answered at the desk is told where nobody told them; what a gateway answers, or does not, decides whether
 * it is tried again.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { advance, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, register, rowOf } from './lib/world.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sms-'));
let script = () => undefined;
const gateway = await startGateway(dir, { script: (n) => script(n), wait: 2 });
const server = await startServer({ clock: MONDAY, env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file,
	LIANDONG_PUBLIC_URL: 'https://hotline.example', LIANDONG_WEBHOOK_TIMEOUT: '2',
	LIANDONG_WEBHOOK_SCHEDULE: `0${',1'.repeat(30)}`, LIANDONG_WEBHOOK_BREAKER_FAILURES: '1000' } });
const operator = server.as('operator'), dispatcher = server.as('dispatcher');
const row = rowOf(server, 'CGJ');
const UNROUTED = { category: '160101', area: 'A01' };
let serial = 0;
const mobile = () => `137${String(30000000 + ++serial)}`;
const told = (phone, n) => until(() => gateway.to(phone).length >= n ? gateway.to(phone) : undefined,
	{ ms: 15_000, what: `${n} messages to ${phone}` });
const noticesOf = async (id) => (await operator.get(`/appeals/${id}/notices`, { expect: 200 })).json.items;
const number = (id) => id.slice(2, 8) + id.slice(8).padStart(7, '0');
/* The attempts of an appeal's only message, the oldest first, and how it stands. */
const attemptsOf = (id) => sql(server, `SELECT a.status, a.error, d.tries, d.state
	FROM notices_notice n JOIN outbox_attempt a ON a.delivery_id = n.delivery_id
	JOIN outbox_delivery d ON d.id = n.delivery_id WHERE n.appeal_id = ${number(id)}
	ORDER BY a.number`);

/* The lease of the server that ended would keep the sending for some seconds more. */
async function startAgain(clock) {
	await server.stop();
	server.options.clock = clock;
	await server.restart();
	sql(server, "UPDATE server_lease SET held_until = 0 WHERE name = 'notices.send'");
}

/* ---- by night ---- */

test('what became due while nothing was sent waits for the morning, too', async () => {
	await moveTo(server, '2026-03-02 20:59:50');
	const phone = mobile();
	/* Of a person: it may be taken back for eight seconds. The service is down before these are over. */
	const person = await server.signedIn('operator');
	const { id } = (await person.register(anAppeal(row, { caller: { phone } }), { expect: 201 })).json;
	assert.equal((await noticesOf(id))[0].not_before, '2026-03-02T20:59:58+08:00');
	await startAgain('2026-03-02T22:00:00+08:00');
	await moveTo(server, '2026-03-02 22:01');
	assert.deepEqual((await noticesOf(id)).map((one) => one.state), ['waiting']);
	await moveTo(server, '2026-03-03 07:59:59');
	assert.deepEqual((await noticesOf(id)).map((one) => one.state), ['waiting']);
	assert.equal(gateway.to(phone).length, 0);
	await moveTo(server, '2026-03-03 08:00');
	await told(phone, 1);
});

test('what failed in the evening is not tried again before the morning', async () => {
	await moveTo(server, '2026-03-03 20:59');
	const phone = mobile();
	const before = gateway.messages.length;
	script = () => 'InvalidMessage';
	const { id } = await register(server, row, { caller: { phone } });
	await until(() => gateway.messages.length > before, { what: 'a first attempt' });
	await moveTo(server, '2026-03-03 21:05');
	script = () => undefined;
	/* The next attempt has been due for a while, and was not made. */
	const due = () => sql(server, `SELECT d.due_at DIV 1000, d.standing FROM outbox_delivery d
		JOIN notices_notice n ON n.delivery_id = d.id WHERE n.appeal_id = ${number(id)}`)[0].map(Number);
	await until(() => due()[1] !== 1 || Date.now() > due()[0] + 1500, { what: 'the retry to be due' });
	assert.equal(gateway.to(phone).length, 0);
	assert.deepEqual((await noticesOf(id)).map((one) => one.state), ['sending']);
	await moveTo(server, '2026-03-04 08:00');
	await told(phone, 1);
});

/* ---- at the desk ---- */

const at_desk = (phone, channel, changes = {}) => register(server, UNROUTED,
	{ channel, caller: { phone }, content_class: 'consultation', ...changes });
const occasionsOf = async (id) => (await noticesOf(id)).map((one) => one.occasion);

test('who wrote is told of the answer, of the refusal and of the hand-over; others were told on the line',
	async () => {
		await moveTo(server, '2026-03-05 09:00');
		const ends = {
			answered: (id) => operator.post(`/appeals/${id}/answer`, { text: '窗口周一至周五办理。' },
				{ expect: 200 }),
			refused: (id) => operator.post(`/appeals/${id}/refuse`,
				{ reason: 'litigation', told: '请向人民法院起诉。' }, { expect: 200 }),
			transferred: async (id) => {
				await operator.post(`/appeals/${id}/transfer`,
					{ to: '110', reason: '正在发生打架', item: 'T01' }, { expect: 200 });
				assert.deepEqual(await occasionsOf(id), ['receipt'], 'asked for is not handed over');
				await dispatcher.post(`/appeals/${id}/transfer/acknowledge`, { by: '王警官' },
					{ expect: 200 });
			},
		};
		const words = { answered: '已答复', refused: '不予受理', transferred: '已移交' };
		for (const [occasion, end] of Object.entries(ends)) {
			const phone = mobile(), on_line = mobile();
			const { id } = await at_desk(phone, 'letter');
			await end(id);
			assert.deepEqual(await occasionsOf(id), ['receipt', occasion]);
			const last = (await told(phone, 2)).at(-1).content;
			assert.ok(last.includes(words[occasion]) && last.includes(id), last);
			const heard = await at_desk(on_line, '12345');
			await end(heard.id);
			assert.deepEqual(await occasionsOf(heard.id),
				occasion === 'transferred' ? ['receipt', occasion] : ['receipt']);
		}
	});

test('an answer that is taken back is never told, and what else waits is not lost', async () => {
	const phone = mobile();
	const person = await server.signedIn('operator');
	const appeal = (await person.register(anAppeal(UNROUTED, { channel: 'letter', caller: { phone },
		content_class: 'consultation' }), { expect: 201 })).json;
	const answered = (await person.post(`/appeals/${appeal.id}/answer`, { text: '见公告' },
		{ expect: 200 })).json;
	assert.deepEqual(await occasionsOf(appeal.id), ['receipt', 'answered']);
	await person.post(`/appeals/${appeal.id}/undo`, { version: answered.version }, { expect: 200 });
	assert.deepEqual(await occasionsOf(appeal.id), ['receipt']);
	await advance(server, { seconds: 10 });
	assert.match((await told(phone, 1))[0].content, /已受理/);
	assert.deepEqual((await noticesOf(appeal.id)).map((one) => one.occasion), ['receipt']);
});

/* ---- texts ---- */

test('a text of more than 500 characters is refused with its line', async () => {
	const admin = server.as('admin');
	const text = (n) => `receipt\t*\t*\t${'字'.repeat(n)}\n`;
	const problems = async (n) => (await admin.post('/notices/texts/preview', { text: text(n) },
		{ expect: 200 })).json.problems;
	assert.deepEqual(await problems(500), []);
	assert.deepEqual(await problems(501), [{ line: 1, text: 'the text has more than 500 characters' }]);
	await admin.post('/notices/texts', { source: 't', text: text(501) }, { expect: 422 });
});

/* ---- what the gateway does ---- */

test('a gateway that hangs is left after the time of the settings, and asked again', async () => {
	const answers = ['hang'], phone = mobile();
	script = () => answers.shift();
	const { id } = await register(server, row, { caller: { phone } });
	await told(phone, 1);
	const attempts = await until(() => attemptsOf(id).length === 2 && attemptsOf(id), { what: 'both written' });
	assert.deepEqual(attempts.map(([status, error]) => [status, error]), [['0', '5'], ['200', '0']]);
	assert.equal(gateway.to(phone).length, 1);
});

test('one that asks for time is given it, and no attempt of the schedule is used up', async () => {
	const answers = ['TooBusy'], phone = mobile();
	script = () => answers.shift();
	const asked_at = Date.now();
	const { id } = await register(server, row, { caller: { phone } });
	await told(phone, 1);
	assert.ok(Date.now() - asked_at >= 2000, 'two seconds, as its file says');
	const attempts = await until(() => attemptsOf(id).length === 2 && attemptsOf(id), { what: 'both written' });
	assert.deepEqual(attempts[1].slice(2), ['1', '4']);
});

test('one that refuses is not tried again, until the server is started with its file mended', async () => {
	script = () => 'IllegalSignId';
	const { id } = await register(server, row, { caller: { phone: mobile() } });
	await until(async () => (await noticesOf(id))[0].state === 'failed', { what: 'failed for good' });
	assert.deepEqual(attemptsOf(id).map(([status]) => status), ['200']);
	const [[state, why]] = sql(server, 'SELECT state, disabled_for FROM outbox_endpoint WHERE dialect = 5');
	assert.deepEqual([state, why], ['2', '3']);
	script = () => undefined;
	await startAgain('2026-03-05T10:00:00+08:00');
	const phone = mobile();
	await register(server, row, { caller: { phone } });
	await told(phone, 1);
});

test('the gateway ends', async () => {
	await gateway.stop();
	fs.rmSync(dir, { recursive: true });
});

endsCleanly(server);
