/* What callers are told by short message, by way of a gateway that checks what it is given. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { close, complete, contact, leadOf, register, review, rowOf, sign } from './lib/world.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sms-'));
let script = () => undefined;
const gateway = await startGateway(dir, { script: (n) => script(n) });
const server = await startServer({ clock: MONDAY, env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file,
	LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const operator = server.as('operator');
const row = rowOf(server, 'CGJ');
let serial = 0;
const mobile = () => `139${String(10000000 + ++serial)}`;
const told = (phone, n) => until(() => gateway.to(phone).length >= n ? gateway.to(phone) : undefined,
	{ what: `${n} messages to ${phone}` });
const noticesOf = async (id) => (await operator.get(`/appeals/${id}/notices`, { expect: 200 })).json.items;
/* The server has nothing left to send. */
const settled = async () => {
	const now = await server.as('admin').get('/test/clock', { expect: 200 });
	await server.as('admin').put('/test/clock', { now: now.json.now }, { expect: 200 });
	await until(() => sql(server, `SELECT COUNT(*) FROM notices_notice WHERE state = 1
		AND not_before <= ${Date.parse(now.json.now)} * 1000`)[0][0] === '0', { what: 'nothing due' });
	await until(() => sql(server, `SELECT COUNT(*) FROM outbox_delivery d JOIN notices_gateway g
		ON g.endpoint_id = d.endpoint_id WHERE d.standing = 1`)[0][0] === '0', { what: 'all sent' });
};

test('a receipt goes out with number, code and link, signed as the gateway wants it', async () => {
	const phone = mobile();
	const appeal = await register(server, row, { caller: { name: '王小明', phone } });
	const [message] = await told(phone, 1);
	assert.match(message.content, new RegExp(
		`^【12345】您的诉求已受理，编号${appeal.id}，查询码\\d{4}。查询进度：https://hotline.example/r/[0-9A-Za-z]{12}$`));
	assert.ok(!message.content.includes('王小明') && !message.content.includes(phone));
	const [notice] = await noticesOf(appeal.id);
	assert.equal(notice.occasion, 'receipt');
	assert.equal(notice.segments, 2);
	assert.equal((await until(async () => {
		const [one] = await noticesOf(appeal.id);
		return one.state === 'taken' ? one : undefined;
	}, { what: 'taken' })).dropped_for, null);
});

test('a report makes it delivered, whether it comes once, twice or late', async () => {
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	const [message] = await told(phone, 1);
	const state = async () => (await noticesOf(appeal.id))[0].state;
	await gateway.report(server, [{ id: message.id, state: 'MK:0001' }]);
	await until(async () => await state() === 'undelivered', { what: 'undelivered' });
	for (let i = 0; i < 2; i++)
		await gateway.report(server, [{ id: message.id }, { id: 'nobody-knows' }]);
	assert.equal(await state(), 'delivered');
	await gateway.report(server, [{ id: message.id, state: 'MK:0001' }]);
	assert.equal(await state(), 'delivered');
});

test('the wrong token learns nothing and changes nothing', async () => {
	const before = sql(server, 'SELECT COUNT(*) FROM notices_report');
	const wrong = await gateway.report(server, [{ id: 'mas-1' }], 'wrong-token', 404);
	const none = await server.anonymous().post('/no/such/address', {}, { expect: 404 });
	const { request_id: a, ...said } = wrong.json;
	const { request_id: b, ...nothing } = none.json;
	assert.notEqual(a, b);
	assert.deepEqual(said, nothing);
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM notices_report'), before);
	assert.ok(!fs.readFileSync(server.log_file, 'utf8').includes(gateway.token));
});

test('no message goes to a landline, to nobody, or to who is anonymous', async () => {
	const callers = [{ phone: '05718888777' }, {}, { anonymous: true }];
	const before = gateway.messages.length;
	for (const caller of callers)
		await register(server, row, { caller });
	await settled();
	assert.equal(gateway.messages.length, before);
});

test('progress with a day, an extension and the result are told, each once', async () => {
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	const task = leadOf(appeal);
	await sign(server, task);
	const cgj = server.department('CGJ');
	await cgj.post(`/tasks/${task.id}/progress`, { text: '已到现场' }, { expect: 200 });
	await cgj.post(`/tasks/${task.id}/progress`, { text: '在等配件', promise_on: '2026-03-06' },
		{ expect: 200 });
	await cgj.post(`/tasks/${task.id}/extend`, { days: 2, reason: '等配件', caller_informed: true },
		{ expect: 200 });
	await server.as('supervisor').post(`/tasks/${task.id}/extend/approve`, {}, { expect: 200 });
	await contact(server, task);
	await complete(server, task);
	await review(server, task);
	const messages = await told(phone, 4);
	assert.match(messages[1].content, /城市管理局承诺3月6日前答复/);
	assert.match(messages[2].content, /经批准延期至3月11日办理/);
	assert.match(messages[3].content, /已办结（已解决）/);
	await settled();
	assert.equal(gateway.to(phone).length, 4);
});

test('nobody is woken: what happens at night is told in the morning', async () => {
	await moveTo(server, '2026-03-03 21:30');
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	await settled();
	assert.equal(gateway.to(phone).length, 0);
	const [waiting] = await noticesOf(appeal.id);
	assert.equal(waiting.state, 'waiting');
	assert.equal(waiting.not_before, '2026-03-04T08:00:00+08:00');
	await moveTo(server, '2026-03-04 07:59');
	assert.equal(gateway.to(phone).length, 0);
	await moveTo(server, '2026-03-04 08:00');
	await told(phone, 1);
});

test('who called about the same matter is told by their own number', async () => {
	const [one, two] = [mobile(), mobile()];
	const parent = await register(server, row, { caller: { phone: one } });
	const child = await register(server, row, { caller: { phone: two } });
	await operator.post(`/appeals/${child.id}/merge`, { into: parent.id }, { expect: 200 });
	await close(server, leadOf(parent));
	const to_child = await told(two, 2);
	assert.match(to_child.at(-1).content, new RegExp(`您的诉求${child.id}已办结`));
	assert.ok(!to_child.some((message) => message.content.includes(parent.id)));
	assert.match((await told(one, 2)).at(-1).content, new RegExp(`您的诉求${parent.id}已办结`));
});

test('a gateway that is busy, hangs or breaks off loses nothing and repeats nothing', async () => {
	const phone = mobile();
	const answers = ['reset', 'InvalidMessage'];
	script = () => answers.shift();
	await register(server, row, { caller: { phone } });
	await told(phone, 1);
	script = () => undefined;
	await settled();
	assert.equal(gateway.to(phone).length, 1);
	assert.equal(answers.length, 0);
});

test('neither number nor text stands in the database, nor in the log', async () => {
	const phone = mobile();
	await register(server, row, { caller: { phone } });
	await told(phone, 1);
	await settled();
	const rows = JSON.stringify(sql(server, `SELECT d.body, a.answer FROM outbox_delivery d
		JOIN outbox_attempt a ON a.delivery_id = d.id JOIN notices_gateway g
		ON g.endpoint_id = d.endpoint_id`));
	assert.ok(!rows.includes(phone) && !rows.includes('查询码'));
	assert.match(rows, /id=mas-/);
	assert.ok(!fs.readFileSync(server.log_file, 'utf8').includes(phone));
	assert.notEqual(spawnSync('grep', ['-rqs', phone, server.dir]).status, 0);
});

/* ---- replies ---- */

async function asked(phone) {
	const appeal = await register(server, row, { caller: { phone } });
	await close(server, leadOf(appeal));
	await told(phone, 2);
	return appeal;
}
const visitsOf = async (appeal) => (await server.as('visitor')
	.get(`/tasks/${leadOf(appeal).id}/visits`, { expect: 200 })).json.items;
const reply = (mobile_, content, id = `r${++serial}`) =>
	gateway.reply(server, [{ id, mobile: mobile_, content }]);
const unread = async () => (await operator.all('/notices/replies?state=unread'));

test('a digit answers the visit once, however often it is pushed', async () => {
	const phone = mobile();
	const appeal = await asked(phone);
	for (let i = 0; i < 3; i++)
		await reply(phone, ' ２。', 'the-same');
	const visits = await visitsOf(appeal);
	assert.equal(visits.length, 1);
	assert.equal(visits[0].channel, 'sms');
	assert.equal(visits[0].result, 'basically_satisfied');
	assert.equal(visits[0].reached, true);
	assert.equal((await server.as('supervisor').get(`/tasks/${leadOf(appeal).id}`)).json.state, 'visited');
	await reply(phone, '3');
	assert.equal((await visitsOf(appeal)).length, 1, 'the first answer stands');
	assert.ok((await unread()).some((one) => one.appeal === appeal.id && one.content === '3'));
});

test('words go to an operator, without a number in them, and the question stays open', async () => {
	const phone = mobile();
	const appeal = await asked(phone);
	await reply(phone, '还没修好，打我电话13711112222');
	assert.equal((await visitsOf(appeal)).length, 0);
	const one = (await unread()).find((each) => each.appeal === appeal.id);
	assert.equal(one.content, '还没修好，打我电话137********');
	await until(async () => (await server.as('auditor').all(`/audit/sightings?appeal=${appeal.id}`))
		.some((seen) => seen.kind === 'list' && seen.by.role === 'operator'),
	{ what: 'the trace of who read the reply' });
	await operator.post(`/notices/replies/${one.id}/done`, {}, { expect: 204 });
	assert.ok(!(await unread()).some((each) => each.id === one.id));
	await operator.post(`/notices/replies/${one.id}/done`, {}, { expect: 404 });
	await reply(phone, '1');
	assert.equal((await visitsOf(appeal))[0].result, 'satisfied');
});

test('a number that nobody knows is kept for an operator', async () => {
	await reply('13000000001', '1');
	assert.ok((await unread()).some((one) => one.appeal === null && one.content === '1'));
});

test('who wants no more messages gets none, and the row says why', async () => {
	const phone = mobile();
	await register(server, row, { caller: { phone } });
	await told(phone, 1);
	await reply(phone, 'ＴＤ');
	const appeal = await register(server, row, { caller: { phone } });
	await settled();
	assert.equal(gateway.to(phone).length, 1);
	const [notice] = await noticesOf(appeal.id);
	assert.equal(notice.state, 'dropped');
	assert.equal(notice.dropped_for, 'stopped');
});

test('dissatisfied by message opens a second round as a visitor\'s call does not without a reason',
	async () => {
		const phone = mobile();
		const appeal = await asked(phone);
		await reply(phone, '3');
		const [said] = await visitsOf(appeal);
		assert.equal(said.result, 'dissatisfied');
		assert.equal(said.reason, null);
	});

test('the question itself goes out after calls in vain, and its answer counts', async () => {
	await moveTo(server, '2026-03-10 09:00');
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	const task = leadOf(appeal);
	await close(server, task);
	await told(phone, 2);
	for (const day of ['2026-03-10 10:00', '2026-03-11 15:00', '2026-03-12 19:00']) {
		await moveTo(server, day);
		await server.as('visitor').post(`/tasks/${task.id}/visits`,
			{ channel: 'phone', reached: false }, { expect: 200 });
	}
	const question = await until(() => gateway.to(phone).find((one) =>
		one.content.includes('回复1满意 2基本满意 3不满意')), { what: 'the question' });
	assert.match(question.content, new RegExp(appeal.id));
	await reply(phone, '1');
	const visits = await visitsOf(appeal);
	assert.equal(visits.at(-1).channel, 'sms');
	assert.equal(visits.at(-1).result, 'satisfied');
});

test('texts are versioned, tried before they are taken, and refused with their line', async () => {
	const admin = server.as('admin');
	const bad = await admin.post('/notices/texts', { source: 't', text: 'receipt\tfax\t*\tX\n' }, { expect: 422 });
	assert.match(JSON.stringify(bad.json), /fax/);
	await admin.post('/notices/texts', { source: 't', text: 'receipt\t*\thelp\t已收到{number}\n' }, { expect: 201 });
	const phone = mobile();
	const appeal = await register(server, row, { caller: { phone } });
	const [message] = await told(phone, 1);
	assert.equal(message.content, `【12345】已收到${appeal.id}`);
});

test('a gateway file that cannot work is refused at the start, with its line', async () => {
	const file = path.join(dir, 'bad.conf');
	fs.writeFileSync(file, 'url = https://h/x\nbody = {{nothing}}\ntaken = status == 200\n');
	const { status, stderr } = spawnSync(process.env.LIANDONG_BIN ?? 'build/liandong', ['demo', '--dir',
		path.join(dir, 'demo'), '--listen', '127.0.0.1:1'], { encoding: 'utf8',
		env: { ...process.env, LIANDONG_SMS_GATEWAY_FILE: file } });
	assert.notEqual(status, 0);
	assert.match(stderr, /nothing/);
});

test('the gateway ends', async () => {
	await gateway.stop();
	fs.rmSync(dir, { recursive: true });
});

endsCleanly(server);
