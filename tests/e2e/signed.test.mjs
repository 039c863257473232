/*
 * Signed requests: the published library of Standard Webhooks as the client, openssl as a second
 * one, and everything that somebody could do with a request that was overheard.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Client } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { compare, WELCH_BOUND } from './lib/welch.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

const server = await startServer();
const beside = await startBeside(server);
const admin = server.as('admin');

async function makeKey(more = {}) {
	return (await admin.post('/keys', { name: '公安110', role: 'intake', channel: '110',
		credential: 'signature', ...more }, { expect: 201 })).json;
}

const key = await makeKey();
const full = (path) => '/api/v1' + path;
const plain = new Client(server, { name: 'signed' });
const anAppealBy110 = () => anAppeal(rowOf(server, 'CGJ'), { channel: '110' });

/* Headers of one request, made by the library as it is published. */
function sign(method, path, raw = '', { id = `msg_${randomUUID()}`, at = new Date(),
	secret = key.secret, key_id = key.key_id } = {}) {
	return { 'liandong-key': key_id, 'webhook-id': id,
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': new Webhook(secret).sign(id, at, `${method} ${full(path)}\n${raw}`) };
}

function ask(method, path, raw, headers, client = plain, options = {}) {
	return client.request(method, path, { raw: raw || undefined, headers, ...options });
}

const signedGet = (path, more) => ask('GET', path, '', sign('GET', path, '', more));

const appeals = () => Number(sql(server, 'SELECT COUNT(*) FROM intake_appeal')[0][0]);

test('a request signed by the library of Standard Webhooks is done as its key', async () => {
	assert.match(key.secret, /^whsec_/);
	assert.equal(key.key, undefined);
	const raw = JSON.stringify(anAppealBy110());
	const made = await ask('POST', '/appeals', raw, sign('POST', '/appeals', raw), plain,
		{ expect: 201 });
	const me = await signedGet('/me');
	assert.equal(me.json.kind, 'key');
	assert.equal(me.json.channel, '110');
	assert.equal((await signedGet(`/appeals/${made.json.id}`)).json.id, made.json.id);
	assert.equal((await signedGet('/keys')).status, 403, 'its role counts');
});

test('a request signed by openssl, by HMAC-SHA256 and by HMAC-SM3, is taken', async () => {
	const hex = Buffer.from(key.secret.slice('whsec_'.length), 'base64').toString('hex');
	for (const [scheme, digest] of [['v1', 'sha256'], ['vsm3', 'sm3']]) {
		const id = `msg_${randomUUID()}`;
		const at = Math.floor(Date.now() / 1000);
		const mac = execFileSync('openssl', ['dgst', `-${digest}`, '-mac', 'HMAC', '-macopt',
			`hexkey:${hex}`, '-binary'], { input: `${id}.${at}.GET ${full('/me')}\n` });
		const headers = { 'liandong-key': key.key_id, 'webhook-id': id,
			'webhook-timestamp': String(at),
			'webhook-signature': `${scheme},${mac.toString('base64')}` };
		assert.equal((await ask('GET', '/me', '', headers)).status, 200, scheme);
	}
});

test('method, target, query, body, id and time are bound', async () => {
	const raw = JSON.stringify(anAppealBy110());
	const before = appeals();
	const good = sign('POST', '/appeals', raw);
	const refused = async (method, path, body, headers) => {
		const answer = await ask(method, path, body, headers);
		assert.equal(answer.status, 401, `${method} ${path}`);
		assert.equal(answer.json.code, 'unauthenticated');
	};
	await refused('POST', '/appeals', raw + ' ', good);
	await refused('POST', '/appeals/search', raw, good);
	await refused('POST', '/appeals?x=1', raw, good);
	await refused('GET', '/appeals', '', good);
	await refused('POST', '/appeals', raw, { ...good, 'webhook-id': 'msg_another-one' });
	await refused('POST', '/appeals', raw,
		{ ...good, 'webhook-timestamp': String(Number(good['webhook-timestamp']) + 1) });
	const other = await makeKey();
	await refused('POST', '/appeals', raw, { ...good, 'liandong-key': other.key_id });
	await refused('POST', '/appeals', raw, { ...good, 'liandong-key': 'zzzzzzzz' });
	for (const name of Object.keys(good)) {
		const { [name]: gone, ...rest } = good;
		await refused('POST', '/appeals', raw, rest);
		await refused('POST', '/appeals', raw, { ...good, [name]: [good[name], good[name]] });
	}
	/* The body alone, as a webhook's receiver would check it, is no signature of a request. */
	await refused('POST', '/appeals', raw, { ...good, 'webhook-signature': new Webhook(key.secret)
		.sign(good['webhook-id'], new Date(), raw) });
	assert.equal(appeals(), before);
	await ask('POST', '/appeals', raw, good, plain, { expect: 201 });
});

test('five minutes are borne either way, and no more', async () => {
	const at = (seconds) => ({ at: new Date(Date.now() + seconds * 1000) });
	assert.equal((await signedGet('/me', at(-290))).status, 200);
	assert.equal((await signedGet('/me', at(290))).status, 200);
	assert.equal((await signedGet('/me', at(-302))).status, 401);
	assert.equal((await signedGet('/me', at(305))).status, 401);
});

test('a POST that is sent again is done once; its webhook-id is its Idempotency-Key', async () => {
	const raw = JSON.stringify(anAppealBy110());
	const before = appeals();
	const headers = sign('POST', '/appeals', raw);
	const first = await ask('POST', '/appeals', raw, headers, plain, { expect: 201 });
	const again = await ask('POST', '/appeals', raw, headers, plain, { expect: 201 });
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.equal(again.json.id, first.json.id);
	/* The same id, signed later: a client that repeats. */
	const later = sign('POST', '/appeals', raw, { id: headers['webhook-id'] });
	assert.equal((await ask('POST', '/appeals', raw, later)).json.id, first.json.id);
	const changed = JSON.stringify(anAppealBy110());
	const other = await ask('POST', '/appeals', changed, sign('POST', '/appeals', changed,
		{ id: headers['webhook-id'] }), plain, { expect: 422 });
	assert.equal(other.json.code, 'idempotency_key_reused');
	assert.equal(appeals(), before + 1);
	const mixed = await ask('POST', '/appeals', changed, { ...sign('POST', '/appeals', changed),
		'idempotency-key': 'another-key-1' }, plain, { expect: 400 });
	assert.equal(mixed.json.code, 'idempotency_key_invalid');
});

test('anything else that is sent again is refused, on every server', async () => {
	const operator = await makeKey({ role: 'operator', channel: null });
	const by = { secret: operator.secret, key_id: operator.key_id };
	const there = new Client(beside, { name: 'beside' });
	await until(async () => (await ask('GET', '/me', '', sign('GET', '/me', '', by), there))
		.status === 200, { what: 'the key beside' });
	for (const [method, path, raw] of [['GET', '/me', ''],
		['POST', '/appeals/search', '{"phone":"13800001111"}']]) {
		const headers = sign(method, path, raw, by);
		assert.equal((await ask(method, path, raw, headers)).status, 200);
		for (const client of [plain, there]) {
			const again = await ask(method, path, raw, headers, client);
			assert.equal(again.status, 409, `${method} ${path}`);
			assert.equal(again.json.code, 'replayed');
		}
		assert.equal((await ask(method, path, raw, sign(method, path, raw, by))).status, 200);
	}
	/* Ten at once on two servers: one is answered. */
	const headers = sign('GET', '/me', '', by);
	const answers = await Promise.all(Array.from({ length: 10 }, (_, i) =>
		ask('GET', '/me', '', headers, i % 2 ? plain : there)));
	assert.deepEqual(answers.map((one) => one.status).sort(), [200, ...Array(9).fill(409)]);
	/* A stranger's copy of the id does not use it up. */
	const mine = sign('GET', '/me', '', by);
	await ask('GET', '/me', '', { ...mine, 'webhook-signature': 'v1,' + 'A'.repeat(43) + '=' });
	assert.equal((await ask('GET', '/me', '', mine)).status, 200);
});

test('HEAD is signed as HEAD', async () => {
	const path = '/me';
	assert.equal((await ask('HEAD', path, '', sign('HEAD', path))).status, 200);
	assert.equal((await ask('HEAD', path, '', sign('GET', path))).status, 401);
});

test('a signing secret is sealed in the database, and two of them are in force at most', async () => {
	const made = await makeKey();
	const bytes = Buffer.from(made.secret.slice('whsec_'.length), 'base64');
	const [[sealed, sha256]] = sql(server,
		`SELECT HEX(sealed), sha256 FROM auth_secret WHERE key_id = ${made.id}`);
	assert.equal(sha256, 'NULL');
	assert.ok(!sealed.includes(bytes.toString('hex').toUpperCase()));
	assert.equal(sealed.length / 2, 32 + 34);
	const next = (await admin.post(`/keys/${made.id}/rotate`, { credential: 'signature' },
		{ expect: 200 })).json;
	await admin.post(`/keys/${made.id}/rotate`, { credential: 'signature' }, { expect: 409 });
	const by = (secret) => signedGet('/me', { secret, key_id: made.key_id });
	assert.equal((await by(made.secret)).status, 200);
	assert.equal((await by(next.secret)).status, 200);
	/* Both signatures in one field, as the standard has it during a rotation. */
	const id = `msg_${randomUUID()}`;
	const now = new Date();
	const both = [next.secret, made.secret].map((secret) => new Webhook(secret)
		.sign(id, now, `GET ${full('/me')}\n`)).join(' ');
	assert.equal((await ask('GET', '/me', '', { ...sign('GET', '/me'), 'liandong-key':
		made.key_id, 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1000)),
		'webhook-signature': both })).status, 200);
	await admin.delete(`/keys/${made.id}/secrets/1`, { expect: 204 });
	assert.equal((await by(made.secret)).status, 401);
	assert.equal((await by(next.secret)).status, 200);
});

test('a sealed secret that was moved to another key opens nothing', async () => {
	const mine = await makeKey();
	const theirs = await makeKey({ role: 'operator', channel: null });
	sql(server, `UPDATE auth_secret a JOIN auth_secret b ON b.key_id = ${mine.id}
		SET a.sealed = b.sealed WHERE a.key_id = ${theirs.id};
		UPDATE server_snapshot SET version = version + 1;`);
	await until(() => server.log().includes(`secret_unreadable`), { what: 'the log line' });
	assert.equal((await signedGet('/me', { secret: mine.secret, key_id: theirs.key_id })).status, 401);
	assert.equal((await signedGet('/me', { secret: mine.secret, key_id: mine.key_id })).status, 200);
});

test('addresses, scopes, expiry and the switch hold for signatures, too', async () => {
	const made = await makeKey({ scopes: ['appeals:add'] });
	const by = { secret: made.secret, key_id: made.key_id };
	assert.equal((await signedGet('/appeals', by)).json.code, 'out_of_scope');
	await admin.put(`/keys/${made.id}`, { name: 'x', scopes: [], addresses: ['192.0.2.1'] },
		{ expect: 200 });
	assert.equal((await signedGet('/me', by)).status, 401);
	await admin.put(`/keys/${made.id}`, { name: 'x', scopes: [], addresses: [] }, { expect: 200 });
	assert.equal((await signedGet('/me', by)).status, 200);
	await admin.post(`/keys/${made.id}/disable`, {}, { expect: 200 });
	assert.equal((await signedGet('/me', by)).status, 401);
});

test('a bearer key beside a signature must be of the same key', async () => {
	const made = await makeKey();
	const own = (await admin.post(`/keys/${made.id}/rotate`, {}, { expect: 200 })).json.key;
	const headers = () => sign('GET', '/me', '', { secret: made.secret, key_id: made.key_id });
	const asked = async (bearer) => (await ask('GET', '/me', '', { ...headers(),
		authorization: `Bearer ${bearer}` })).status;
	assert.equal(await asked(own), 200);
	assert.equal(await asked(server.key('admin').key), 401);
	assert.equal(await asked('nonsense'), 401);
	assert.equal((await ask('GET', '/me', '', { ...headers(), 'webhook-signature': 'v1,x',
		authorization: `Bearer ${own}` })).status, 401, 'a bad one beside a good one');
});

test('ids are forgotten when their time has passed', async () => {
	const id = `msg_${randomUUID()}`;
	const kept = () => sql(server, `SELECT ends_at FROM auth_signed WHERE token = '${id}'`);
	const at = new Date();
	await signedGet('/me', { id, at });
	assert.deepEqual(kept(), [[`${(Math.floor(at / 1000) + 301) * 1000000}`]],
		'as long as its timestamp is borne');
	sql(server, `UPDATE auth_signed SET ends_at = ${(Date.now() - 1) * 1000} WHERE token = '${id}'`);
	await until(() => kept().length === 0, { what: 'the id to be forgotten' });
});

test('a known id with a wrong signature takes as long as an unknown id', async () => {
	const wrong = { ...sign('GET', '/me'), 'webhook-signature': 'v1,' + 'A'.repeat(43) + '=' };
	const unknown = { ...wrong, 'liandong-key': 'zzzzzzzz' };
	const by = (headers) => () => ask('GET', '/me', '', headers, plain, { expect: 401 });
	await compare(by(wrong), by(unknown), 300);
	const { t } = await compare(by(wrong), by(unknown), 2000);
	console.log(`# signatures: Welch t = ${t.toFixed(2)}`);
	assert.ok(Math.abs(t) < WELCH_BOUND, `t = ${t}`);
});

test('the second server ends with status 0', async () => {
	assert.equal(await beside.stop(), 0);
});

endsCleanly(server);
