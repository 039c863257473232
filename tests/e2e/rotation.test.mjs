/*
 * The key of the key file is changed while people register and look: nothing fails, what was
 * wrapped by the old key is wrapped by the new one, and the old line can then be removed. While
 * something still needs a line its removal is refused, by a running server and at a start.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { openRecord } from './lib/envelope.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { inParallel, until } from './lib/until.mjs';
import { anAppeal, newKey, register, revealed, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const operator = server.as('operator'), admin = server.as('admin');
const file = path.join(server.dir, 'keys');
const BEFORE = 400;
const PHONE = '15912763498';
const appeals = [];

const lines = () => fs.readFileSync(file, 'utf8').split('\n').filter((line) => line);
/* As an administrator does it: another file, moved into the place of the old one. */
function write(all) {
	fs.writeFileSync(`${file}.new`, all.join('\n') + '\n', { mode: 0o600 });
	fs.renameSync(`${file}.new`, file);
}
const append = (id) => write([...lines(), `${id} ${randomBytes(32).toString('hex')}`]);
const without = (id) => write(lines().filter((line) => !line.startsWith(`${id} `)));
const keys = async () => (await admin.get('/vault/keys', { expect: 200 })).json;
const inForce = (id) => until(async () => (await keys()).wraps === id, { what: `key ${id}` });
const allWrappedBy = (id) => until(async () => {
	const now = await keys();
	return now.wraps === id && now.waiting === 0 &&
		sql(server, 'SELECT DISTINCT key_id FROM server_data_key').flat().join() === String(id);
}, { what: `everything to be wrapped by key ${id}` });

/* The job is on one server at a time: here, on one that is no more. */
const stopJob = () => sql(server, `INSERT INTO server_lease VALUES ('vault.rewrap', 1, 1, 0)
	ON DUPLICATE KEY UPDATE holder = 1; UPDATE server_lease SET holder = 1,
	held_until = 4102444800000000 WHERE name = 'vault.rewrap'`);
const startJob = () => sql(server,
	`UPDATE server_lease SET held_until = 0 WHERE name = 'vault.rewrap'`);

const clearOf = (id) => revealed(operator, id, ['name', 'phone']);

/* People at work until `done` says so; gives what was answered. */
function load() {
	let is_over = false;
	const statuses = {}, made = [];
	/* What was refused says why. */
	const count = ({ status, text }) => {
		const what = status < 300 ? status : `${status} ${text}`;
		statuses[what] = (statuses[what] ?? 0) + 1;
	};
	const lane = async (n) => {
		for (let i = 0; !is_over; i++) {
			const answer = await operator.register(anAppeal(where, { address: `滨河路${i}号`,
				caller: { name: '王小明', phone: `1370000${1000 + (i + n * 1000) % 9000}` } }));
			count(answer);
			made.push(answer.json.id);
			const one = appeals[(i * 7 + n) % appeals.length];
			const clear = await operator.post(`/appeals/${one.id}/reveal`,
				{ fields: ['phone'], purpose: '核实' });
			count(clear);
			assert.deepEqual(clear.json, { phone: one.clear.phone });
			count(await operator.get('/appeals?limit=20'));
			count(await operator.post('/appeals/search', { phone: PHONE }));
		}
	};
	const lanes = [lane(1), lane(2), lane(3)];
	return async () => {
		is_over = true;
		await Promise.all(lanes);
		return { statuses, made };
	};
}

/* ---- what has to outlive the old key ---- */

const receiver = await startReceiver();
const kept = {};

test('there are appeals, a secret, a stored answer and a cursor under the first key', async () => {
	await inParallel(Array.from({ length: BEFORE }, (_, i) => i), 8, async (i) => {
		const clear = { name: `张${i}号`, phone: i < 3 ? PHONE : `1360000${1000 + i}` };
		const { id } = await register(server, where, { caller: clear });
		appeals.push({ id, clear });
	});
	kept.hook = (await admin.post('/webhooks', { department: 'CGJ', url: receiver.url,
		events: ['*'], format: 'standard' }, { expect: 201 })).json;
	kept.key = newKey();
	kept.body = anAppeal(where);
	kept.answer = await operator.register(kept.body, { idem: kept.key, expect: 201 });
	kept.page = (await operator.get('/appeals?limit=5', { expect: 200 })).json;
	kept.draw = (await server.as('supervisor').post('/lotteries',
		{ from: '2026-03-01', until: '2026-03-10', count: 1 }, { expect: 201 })).json;
	assert.deepEqual(await keys(), { wraps: 1, waiting: 0,
		keys: [{ id: 1, records: BEFORE + 1 }] });
});

test('under load a new key takes over and no request fails', async (t) => {
	const stop = load();
	append(2);
	await allWrappedBy(2);
	const { statuses, made } = await stop();
	t.diagnostic(JSON.stringify(statuses));
	assert.deepEqual(Object.keys(statuses).filter((status) => !/^20[01]$/.test(status)), []);
	assert.ok(made.length > 20, 'people were at work');
	const now = await until(async () => {
		const one = await keys();
		return one.waiting === 0 && one;
	}, { what: 'the last of the load' });
	assert.deepEqual(now.keys[0], { id: 1, records: 0 });
	assert.equal(now.keys[1].records, BEFORE + 1 + made.length);
	assert.equal(openRecord(server, made[0]).name, '王小明');
	const acts = await server.as('auditor').all('/audit?kind=keys_rotated');
	assert.ok(acts.length >= 1);
	assert.deepEqual(acts[0].detail, { wraps: 2 });
	assert.match((await admin.get('/metrics')).text, /liandong_old_key_records \d+/);
});

test('the old line is removed without a restart, and with one', async () => {
	without(1);
	await until(async () => (await keys()).keys.length === 1, { what: 'one key' });
	for (const { id, clear } of appeals.slice(0, 20))
		assert.deepEqual(await clearOf(id), clear);
	await server.stop();
	await server.restart();
	for (const { id, clear } of appeals.slice(0, 20))
		assert.deepEqual(await clearOf(id), clear);
});

test('what was sealed and derived before is as it was', async () => {
	const found = (await operator.post('/appeals/search', { phone: PHONE }, { expect: 200 })).json;
	assert.equal(found.items.length, 3);
	const again = await operator.register(kept.body, { idem: kept.key, expect: 201 });
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.equal(again.text, kept.answer.text);
	const next = await operator.get(`/appeals?limit=5&cursor=${kept.page.next_cursor}`,
		{ expect: 200 });
	assert.equal(next.json.items.length, 5);
	await register(server, where);
	const hook = await until(() => receiver.requests.at(-1), { what: 'a webhook' });
	new Webhook(kept.hook.secret).verify(hook.body, hook.headers);
	await moveTo(server, '2026-03-12 09:00');
	await server.as('auditor').post(`/lotteries/${kept.draw.id}/open`, {}, { expect: 200 });
	server.command(['ledger', 'check'], { expect: 0 });
});

/* ---- too early ---- */

let second;		/* the line that was removed */

test('a line that is still needed is not let go, and the log says why', async () => {
	stopJob();
	append(3);
	await inForce(3);
	const fresh = await register(server, where);
	assert.ok((await keys()).waiting > BEFORE);
	second = lines().find((line) => line.startsWith('2 '));
	without(2);
	await until(() => /keys refused .*Key 2 is missing/.test(server.log()), { what: 'the log' });
	assert.deepEqual(await clearOf(appeals[0].id), appeals[0].clear);
	assert.equal((await clearOf(fresh.id)).name, '王小明');
	assert.equal((await keys()).keys.length, 2, 'the keys in force stayed');
});

test('nor does a server start without it: it says which key and how many records', async () => {
	await server.stop();
	await assert.rejects(server.restart());
	await server.ended;
	assert.equal(server.exit.code, 1);
	assert.match(server.log(), /key 2 is missing, and \d{3,} records are still wrapped by it/);
});

test('a killed server goes on where the change of keys stood', async () => {
	write([second, ...lines()]);
	await server.restart();
	startJob();
	await until(async () => (await keys()).waiting < BEFORE, { every: 1, what: 'a first step' });
	await server.kill();
	await server.restart();
	startJob();	/* rather than to wait for the dead one's lease to run out */
	await allWrappedBy(3);
	without(2);
	await until(async () => (await keys()).keys.length === 1, { what: 'one key' });
	for (const { id, clear } of appeals.slice(-20))
		assert.deepEqual(await clearOf(id), clear);
});

test('with another key under the same number it does not start either', async () => {
	await server.stop();
	const good = lines();
	write([`3 ${randomBytes(32).toString('hex')}`]);
	await assert.rejects(server.restart());
	await server.ended;
	assert.match(server.log(), /The data keys do not open: the key file is another one/);
	write(good);
	await server.restart();
	assert.deepEqual(await clearOf(appeals[0].id), appeals[0].clear);
	await receiver.stop();
});

endsCleanly(server);
