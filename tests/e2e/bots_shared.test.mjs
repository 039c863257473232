/*
 * A bot is told by several servers on one database, and by one that begins while others have just
 * told it much: all together they ask it no more often than its vendor allows within a minute.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startBeside } from './lib/beside.mjs';
import { startBot } from './lib/bots.mjs';
import { sql } from './lib/database.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { register, rowOf } from './lib/world.mjs';

const MINUTE = 60_000, MOST = 20;

const server = await startServer();

/* The bot of a department, whose vendor bears so many requests within a minute. */
async function strictBot(code) {
	const times = [], department = server.department(code);
	const within = (at) => times.filter((one) => one > at - MINUTE && one <= at).length;
	const bot = await startBot('dingtalk', { script: () => {
		times.push(Date.now());
		return within(times.at(-1)) > MOST ? 130101 : undefined;
	} });
	const endpoint = (await department.post('/webhooks', { url: bot.url,
		events: ['task.dispatched'], format: 'dingtalk' }, { expect: 201 })).json;
	/* What has no such bounds, and is told by the same visits to the database. */
	const other = await startReceiver();
	await department.post('/webhooks', { url: other.url, events: ['task.dispatched'] },
		{ expect: 201 });
	return { bot,
		stop: () => Promise.all([bot.stop(), other.stop()]),
		most: () => Math.max(...times.map(within)),
		/* A task that some server would have told by now if it might. */
		async tell(by) {
			const n = other.requests.length;
			await register(by, rowOf(server, code));
			await until(() => other.requests.length > n, { what: 'the other receiver told' });
		},
		delivered: (n) => until(async () => {
			const list = await department.all(`/webhooks/${endpoint.id}/deliveries`);
			return list.filter((one) => one.state === 'delivered').length === n;
		}, { what: `${n} delivered`, ms: 2 * MINUTE, every: 250 }) };
}

test('servers on one database keep a bot\'s pace together, and what waits arrives in the next minute',
	async (t) => {
		const older = await strictBot('CGJ'), told = 18, more = 4, each = 12;
		for (let i = 0; i < told; i++)
			await older.tell(server);
		await older.delivered(told);
		const beside = await startBeside(server, { webhook_allow_http: true,
			webhook_allow_cidr: '127.0.0.0/8' });
		t.after(() => beside.stop());
		/* One that begins may use what the others leave over. */
		for (let i = 0; i < more; i++)
			await older.tell(beside);
		/* What both know from its first day is shared half and half. */
		const newer = await strictBot('JTJ');
		const [[version]] = sql(server, 'SELECT version FROM server_snapshot');
		await until(() => new RegExp(`store snapshot .*version=${version}\\b`)
			.test(beside.log()), { what: 'the server beside to know the bot' });
		for (let i = 0; i < each; i++)
			for (const by of [server, beside])
				await newer.tell(by);
		for (const [one, n] of [[older, told + more], [newer, 2 * each]]) {
			assert.ok(one.most() <= MOST, `${one.most()} requests within a minute`);
			await one.delivered(n);
			assert.ok(one.most() <= MOST, `${one.most()} requests within a minute`);
			assert.deepEqual(new Set(one.bot.codes), new Set([0]));
			await one.stop();
		}
		assert.equal(await beside.stop(), 0);
	});

endsCleanly(server);
