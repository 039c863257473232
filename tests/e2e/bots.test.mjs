/* Bots of groups as a department's receivers, judged by fakes that follow the vendors' pages. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { startBot } from './lib/bots.mjs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { leadOf, register, rowOf } from './lib/world.mjs';

/* One request at a time, so that what comes meanwhile waits and is gathered. */
const server = await startServer({ clock: MONDAY, env: {
	LIANDONG_WEBHOOK_RECEIVER_TRANSFERS: '1', LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const admin = server.as('admin');
const cgj = server.department('CGJ');

async function withBot(format, work, { bot: how = {}, form = {} } = {}) {
	const bot = await startBot(format, how);
	const endpoint = (await cgj.post('/webhooks', { url: bot.url, events: ['task.*', 'endpoint.test'],
		format, ...form }, { expect: 201 })).json;
	try {
		await work(bot, endpoint);
	} finally {
		await cgj.delete(`/webhooks/${endpoint.id}`);
		await bot.stop();
	}
}
const asked = (bot, n) => until(() => bot.codes.length >= n, { what: `${n} requests` });
const deliveries = (endpoint) => cgj.all(`/webhooks/${endpoint.id}/deliveries`);
const delivered = (endpoint, n) => until(async () => {
	const list = await deliveries(endpoint);
	return list.filter((one) => one.state === 'delivered').length >= n ? list : undefined;
}, { what: `${n} delivered` });

for (const [format, secret] of [['wecom'], ['dingtalk', 'SEC-of-the-group'], ['feishu', 'fsec']])
	test(`${format} is told of a task in its own form, with a link to it`, () =>
		withBot(format, async (bot, endpoint) => {
			assert.equal(endpoint.secret, undefined);
			const task = leadOf(await register(server, rowOf(server, 'CGJ')));
			await delivered(endpoint, 1);
			assert.deepEqual(bot.codes, [0]);
			const [said] = bot.said();
			assert.match(said.title, /【新派单】路灯不亮/);
			assert.match(said.text, new RegExp(`工单 ${task.id}`));
			assert.match(said.text, /办理期限 2026-03-09 23:59/);
			assert.ok((said.link ?? said.text)
				.includes(`https://hotline.example/#/inbox/${task.id}`));
			assert.match(bot.requests[0].headers['content-type'], /^application\/json/);
			for (const name of ['webhook-signature', 'x-ledger-checkpoint'])
				assert.equal(bot.requests[0].headers[name], undefined);
		}, secret ? { bot: { secret }, form: { secret } } : {}));

for (const [type, colour, title, to] of [
	['task.warned', 'orange', /即将超期/, '2026-03-09 12:00'],
	['task.overdue', 'red', /已超期/, '2026-03-20 00:30']])
	test(`${type} is shown in ${colour}`, () => withBot('feishu', async (bot, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await moveTo(server, to);
		await delivered(endpoint, 1);
		for (const said of bot.said()) {
			assert.match(said.title, title);
			assert.equal(said.colour, colour);
		}
	}, { form: { events: [type] } }));

test('no phone number reaches a group, however a citizen spells it', () => withBot('dingtalk',
	async (bot, endpoint) => {
		const titles = ['请回电13800138000', '电话 138-0013-8000', '１３８００１３８０００',
			'一三八零零一三八零零零', '138  0013  8000', '138 - 0013 - 8000', '138,0013,8000',
			'138，0013，8000', '138：0013：8000', '138\u200b0013\u200b8000', '①③⑧⓪⓪①③⑧⓪⓪⓪'];
		for (const title of titles)
			await register(server, rowOf(server, 'CGJ'), { title });
		await delivered(endpoint, titles.length);
		const all = bot.requests.map((one) => one.body).join('\n');
		assert.ok(all.includes('请回电138********'));
		for (const form of ['13800138000', '0013-8000', '００１３８０００', '零零一三八零零零',
			'0013  8000', '0013 - 8000', '0013,8000', '0013，8000', '0013：8000', '0013\u200b8000', '⓪⓪①③'])
			assert.ok(!all.includes(form), form);
	}));

test('what a citizen writes is text and never a form of the message', () => withBot('wecom',
	async (bot, endpoint) => {
		await register(server, rowOf(server, 'CGJ'), { title: '[点我](http://x) <@all> **急**' });
		await delivered(endpoint, 1);
		assert.match(bot.said()[0].title, /\\\[点我\\\]\\\(http:\/\/x\\\) \\<@all\\> \\\*\\\*急\\\*\\\*/);
	}));

test('many that wait are told in one message, and each counts as delivered', () => withBot('feishu',
	async (bot, endpoint) => {
		const release = bot.hold();
		await register(server, rowOf(server, 'CGJ'));
		await asked(bot, 1);
		const tasks = [];
		for (let i = 0; i < 11; i++)
			tasks.push(leadOf(await register(server, rowOf(server, 'CGJ'))));
		await until(async () => (await deliveries(endpoint)).length === 12, { what: 'twelve' });
		release();
		const list = await delivered(endpoint, 12);
		const counts = bot.said().map((one) => Number(/^新派单 (\d+) 件$/.exec(one.title)?.[1] ?? 1));
		assert.equal(counts.reduce((sum, n) => sum + n), 12);
		assert.ok(Math.max(...counts) > 5, `${counts}`);
		assert.ok(bot.codes.length < 8, `${bot.codes.length} requests for twelve tasks`);
		const told = bot.said().map((one) => one.text + (one.link ?? '')).join('\n');
		for (const task of tasks)
			assert.equal(told.split(`/#/inbox/${task.id}`).length, 2, 'each exactly once');
		for (const one of list)
			assert.equal(one.attempts.length, 1);
	}));

test('a bot that wants rest gets it, and no attempt is used up', () => withBot('wecom',
	async (bot, endpoint) => {
		const began = Date.now();
		await register(server, rowOf(server, 'CGJ'));
		await asked(bot, 1);
		const one = await until(async () => {
			const [found] = await deliveries(endpoint);
			return found.state === 'failed' ? found : undefined;
		}, { what: 'the rate error' });
		assert.equal(one.attempts[0].error, 'answer');
		assert.equal(one.attempts[0].status, 200);
		assert.match(one.attempts[0].answer, /45009/);
		const [[tries, due]] = sql(server, `SELECT tries, due_at FROM outbox_delivery WHERE endpoint_id = ${endpoint.id}`);
		assert.equal(Number(tries), 0);
		assert.ok(due / 1000 > began + 50_000 && due / 1000 <= Date.now() + 60_000, `${due / 1000 - began} ms`);
		assert.equal((await cgj.get(`/webhooks/${endpoint.id}`, { expect: 200 })).json.state, 'enabled');
	}, { bot: { script: () => 45009 } }));

test('a wrong signature disables the bot at once, and people are warned', () => withBot('feishu',
	async (bot, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		const now = await until(async () => {
			const { json } = await cgj.get(`/webhooks/${endpoint.id}`, { expect: 200 });
			return json.state === 'disabled' ? json : undefined;
		}, { what: 'the bot disabled' });
		assert.equal(now.disabled_for, 'refused');
		assert.deepEqual(bot.codes, [19021]);
		const warning = await until(async () => (await admin.all('/warnings'))
			.find((one) => one.webhook === endpoint.id), { what: 'the warning' });
		assert.equal(warning.department, 'CGJ');
		assert.ok(!JSON.stringify(warning).includes('the-key'));
	}, { bot: { secret: 'right' }, form: { secret: 'wrong' } }));

test('the word that a bot wants stands in every message', () => withBot('dingtalk',
	async (bot, endpoint) => {
		assert.equal(endpoint.prefix, '联动');
		await register(server, rowOf(server, 'CGJ'));
		await cgj.post(`/webhooks/${endpoint.id}/test`, {}, { expect: 200 });
		await delivered(endpoint, 2);
		assert.deepEqual(new Set(bot.codes), new Set([0]));
	}, { bot: { keyword: '联动' }, form: { prefix: '联动' } }));

test('the key of a bot is shown to nobody and stands nowhere in clear', () => withBot('feishu',
	async (bot, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await delivered(endpoint, 1);
		for (const client of [cgj, admin])
			for (const path of ['/webhooks', `/webhooks/${endpoint.id}`,
				`/webhooks/${endpoint.id}/deliveries`])
				assert.ok(!(await client.get(path, { expect: 200 })).text.includes('the-key'));
		assert.match(endpoint.url, /\/hook\/v2\/\*\*\*$/);
		const rows = JSON.stringify(sql(server, `SELECT url, HEX(address_sealed)
			FROM outbox_endpoint WHERE id = ${endpoint.id}`));
		assert.ok(!rows.includes('the-key') && !rows.includes(Buffer.from('the-key')
			.toString('hex').toUpperCase()));
		assert.ok(!fs.readFileSync(server.log_file, 'utf8').includes('the-key'));
		assert.notEqual(spawnSync('grep', ['-rqs', 'the-key', server.dir]).status, 0);
	}));

test('what only some formats take is refused of the others, by name', async () => {
	const ask = (form) => cgj.post('/webhooks', { url: 'http://127.0.0.1:9000/', events: ['*'], ...form },
		{ expect: 422 });
	for (const form of [{ secret: 's' }, { format: 'wecom', secret: 's' }])
		assert.deepEqual((await ask(form)).json.errors.map((one) => one.pointer), ['#/secret']);
	for (const form of [{ prefix: 'p' }, { format: 'cloudevents', prefix: 'p' }])
		assert.deepEqual((await ask(form)).json.errors.map((one) => one.pointer), ['#/prefix']);
	assert.deepEqual((await ask({ format: 'slack' })).json.errors.map((one) => one.pointer),
		['#/format']);
});

test('a bot has no secret of ours to rotate', () => withBot('wecom', async (bot, endpoint) => {
	const answer = await cgj.post(`/webhooks/${endpoint.id}/rotate`, {}, { expect: 409 });
	assert.equal(answer.json.code, 'not_our_secret');
	assert.deepEqual(bot.codes, []);
}));

endsCleanly(server);
