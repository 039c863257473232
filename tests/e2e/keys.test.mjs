/*
 * Keys of programs: what they look like, what they are narrowed to, how they are rotated and
 * ended, and that this holds on every server.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import zlib from 'node:zlib';
import { Client } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { slowness, soAfter, until } from './lib/until.mjs';
import { compare, welch, WELCH_BOUND } from './lib/welch.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

/* A moment that is still to come when the next two requests are answered. */
const inTime = (ms) => new Date(Date.now() + ms * Math.min(5, slowness())).toISOString();

const server = await startServer({ env: { LIANDONG_TRUSTED_PROXIES: '127.0.0.2' } });
const beside = await startBeside(server);
const admin = server.as('admin');
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const clientOf = (key, at = server) => new Client(at, { name: key.slice(0, 12), key });

async function makeKey(more = {}) {
	const { json } = await admin.post('/keys', { name: '测试', role: 'operator', ...more },
		{ expect: 201 });
	return Object.assign(json, { client: json.key && clientOf(json.key) });
}

const status = async (client, path = '/me', options = {}) =>
	(await client.get(path, options)).status;

/* The last four bytes but four of a gzip file are the CRC-32, by a program not our own. */
function sumOf(text) {
	const crc = zlib.gzipSync(text).readUInt32LE(zlib.gzipSync(text).length - 8);
	let out = '';
	for (let i = 0, rest = crc; i < 6; i++, rest = Math.floor(rest / 62))
		out = DIGITS[rest % 62] + out;
	return out;
}

test('a key has its id, 190 bits of chance, and a sum that anybody can check', async () => {
	const made = await makeKey();
	const [, head, id, secret, sum] =
		/^((?:ldk)_([0-9A-Za-z]{8})_([0-9A-Za-z]{32}))_([0-9A-Za-z]{6})$/.exec(made.key);
	assert.equal(id, made.key_id);
	assert.equal(sum, sumOf(head));
	assert.ok(Math.log2(62) * secret.length >= 190);
	assert.equal((await made.client.get('/me', { expect: 200 })).json.role, 'operator');
});

test('the database keeps the hash of a key and nothing else of its secret', async () => {
	const made = await makeKey();
	const rows = sql(server, `SELECT HEX(sha256), sealed FROM auth_secret WHERE key_id = ${made.id}`);
	assert.deepEqual(rows, [[createHash('sha256').update(made.key).digest('hex').toUpperCase(),
		'NULL']]);
	const secret = made.key.split('_')[2];
	const dump = sql(server, 'SELECT * FROM auth_key; SELECT * FROM server_idempotency;');
	assert.ok(!dump.flat().some((cell) => cell.includes(secret)));
	assert.equal((await admin.get(`/keys/${made.id}`, { expect: 200 })).text.includes(secret), false);
});

test('all that is wrong with a key to be made is said at once, and nothing is made', async () => {
	const before = (await admin.all('/keys')).length;
	const answer = await admin.post('/keys', { name: ' ', role: 'intake', department: 'CGJ',
		scopes: ['appeals:add', 'appeals:nothing', 'tasks', 'appeals:add', '*:read'],
		addresses: ['10.0.0.1/8', '10.0.0.0/8', '10.0.0.0/8', 'a.example'],
		expires_at: '2020-01-01T00:00:00Z', certificate_spki: 'ab' }, { expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => one.pointer).sort(), ['#/name']);
	const more = await admin.post('/keys', { name: 'x', role: 'intake', department: 'CGJ',
		scopes: ['appeals:add', 'appeals:nothing', 'tasks', 'appeals:add', '*:read'],
		addresses: ['10.0.0.1/8', '10.0.0.0/8', '10.0.0.0/8', 'a.example'],
		expires_at: '2020-01-01T00:00:00Z', certificate_spki: 'ab' }, { expect: 422 });
	assert.deepEqual(more.json.errors.map((one) => one.pointer).sort(), ['#/addresses/0',
		'#/addresses/2', '#/addresses/3', '#/certificate_spki', '#/department', '#/expires_at',
		'#/scopes/1', '#/scopes/2', '#/scopes/3', '#/scopes/4']);
	for (const [body, pointer] of [[{ role: 'department' }, '#/department'],
		[{ role: 'department', department: 'NONE' }, '#/department'],
		[{ role: 'intake' }, '#/channel'], [{ role: 'operator', channel: '110' }, '#/channel'],
		[{ role: 'nobody' }, '#/role'], [{ role: 'operator', key: 'ldk_x' }, '#/key'],
		[{ role: 'operator', scopes: 'tasks:read' }, '#/scopes'],
		[{ role: 'operator', scopes: [7] }, '#/scopes/0'],
		[{ role: 'operator', scopes: [''] }, '#/scopes/0'],
		[{ role: 'operator', addresses: Array(33).fill('10.0.0.1') }, '#/addresses'],
		[{ role: 'operator', credential: 'certificate' }, '#/certificate_spki'],
		[{ role: 'operator', credential: 'certificate', certificate_spki: 'zz'.repeat(32) },
			'#/certificate_spki']]) {
		const one = await admin.post('/keys', { name: 'x', ...body }, { expect: 422 });
		assert.deepEqual(one.json.errors.map((error) => error.pointer), [pointer],
			JSON.stringify(body));
	}
	assert.equal((await admin.all('/keys')).length, before);
});

test('keys of the form of earlier versions go on working, and are rotated to the new one', async () => {
	const old = `ldk_${randomBytes(32).toString('base64url')}`;
	const hash = createHash('sha256').update(old).digest('hex');
	sql(server, `INSERT INTO auth_key (id, sha256, name, role, is_outsourced, is_disabled, created_at)
		VALUES (900001, UNHEX('${hash}'), '旧密钥', 2, 0, 0, 1);`);
	/* As `liandong migrate` finds it: the statements that carry old keys over. */
	const migration = fs.readFileSync(new URL('../../sql/migrations/0065_auth_keys.sql',
		import.meta.url), 'utf8');
	const carried = migration.match(/^(UPDATE|INSERT)[^;]*;/gm);
	assert.equal(carried.length, 2);
	sql(server, carried.join('\n') + 'UPDATE server_snapshot SET version = version + 1;');
	const client = clientOf(old);
	await until(async () => await status(client) === 200, { what: 'the old key to be in force' });
	const wrong = clientOf(old.slice(0, -1) + (old.endsWith('A') ? 'Q' : 'A'));
	await wrong.get('/me', { expect: 401 });
	const rotated = (await admin.post('/keys/900001/rotate', {}, { expect: 200 })).json;
	assert.match(rotated.key_id, /^[0-9A-Z]{8}$/);
	assert.equal(rotated.key.split('_')[1], rotated.key_id);
	assert.equal(await status(client), 200);
	assert.equal(await status(clientOf(rotated.key)), 200);
	await admin.delete('/keys/900001/secrets/1', { expect: 204 });
	assert.equal(await status(client), 401);
	assert.equal(await status(clientOf(rotated.key)), 200);
});

test('a key with scopes does what is in them; the rest is 403 out_of_scope', async () => {
	const { client } = await makeKey({ scopes: ['appeals:add', 'departments:read'] });
	const made = await client.register(anAppeal(rowOf(server, 'CGJ')), { expect: 201 });
	await client.get('/departments', { expect: 200 });
	assert.equal((await client.get('/me', { expect: 200 })).json.role, 'operator');
	for (const [method, path, body] of [['GET', `/appeals/${made.json.id}`], ['GET', '/tasks'],
		['POST', '/appeals/search', { phone: '13800001111' }], ['GET', '/appeals/no-such'],
		['POST', `/appeals/${made.json.id}/withdraw`, {}]]) {
		const answer = await client.request(method, path, { body, expect: 403 });
		assert.equal(answer.json.code, 'out_of_scope', path);
		assert.ok(!answer.text.includes('departments:read'));
	}
	assert.equal((await client.get('/keys', { expect: 403 })).json.code, 'forbidden',
		'the role is refused first');
});

test('no key changes itself, and one with scopes makes, changes and rotates none wider', async () => {
	const scopes = ['keys:write', 'keys:read', 'tasks:sign'];
	const own = await makeKey({ role: 'admin', scopes, addresses: ['127.0.0.0/8'],
		expires_at: '2099-01-01T00:00:00Z' });
	const wide = await makeKey({ role: 'admin' });
	const refused = async (code, method, path, body) =>
		assert.equal((await own.client.request(method, path, { body, expect: 403 })).json.code, code,
			`${method} ${path} ${JSON.stringify(body)}`);
	const all = { name: 'x', scopes: [], addresses: [] };
	const row = (id) => sql(server, `SELECT k.*, (SELECT COUNT(*) FROM auth_secret s
		WHERE s.key_id = k.id) FROM auth_key k WHERE k.id = ${id}`);
	const before = [row(own.id), row(wide.id)];
	for (const [id, code] of [[own.id, 'own_key'], [wide.id, 'wider_than_own']]) {
		await refused(code, 'PUT', `/keys/${id}`, all);
		await refused(code, 'POST', `/keys/${id}/rotate`, {});
		await refused(code, 'POST', `/keys/${id}/disable`, {});
		await refused(code, 'POST', `/keys/${id}/enable`, {});
		await refused(code, 'DELETE', `/keys/${id}/secrets/1`);
	}
	assert.deepEqual([row(own.id), row(wide.id)], before);
	assert.equal((await wide.client.put(`/keys/${wide.id}`, all, { expect: 403 })).json.code,
		'own_key', 'also where there is nothing to widen');

	const fits = { name: 'y', role: 'operator', scopes: ['keys:rotate', 'tasks:sign'],
		addresses: ['127.0.0.1'], expires_at: '2098-01-01T00:00:00Z' };
	const count = () => sql(server, 'SELECT COUNT(*) FROM auth_key')[0][0];
	const keys = count();
	for (const more of [{ scopes: [] }, { scopes: ['tasks:write'] }, { scopes: ['appeals:read'] },
		{ addresses: [] }, { addresses: ['126.0.0.0/7'] }, { addresses: ['127.0.0.1', '::1'] },
		{ expires_at: null }, { expires_at: '2099-01-02T00:00:00Z' }])
		await refused('wider_than_own', 'POST', '/keys', { ...fits, ...more });
	assert.equal(count(), keys);
	const made = (await own.client.post('/keys', fits, { expect: 201 })).json;
	const { role, ...changed } = fits;
	await refused('wider_than_own', 'PUT', `/keys/${made.id}`, { ...changed, scopes: [] });
	await own.client.put(`/keys/${made.id}`, { ...changed, scopes }, { expect: 200 });
	await own.client.post(`/keys/${made.id}/rotate`, {}, { expect: 200 });
});

/* The rule once more, from the description: area, and read, write or the words behind it. */
function isIn(scope, method, path) {
	const [area, right] = scope.split(':');
	const [first, ...rest] = path.replace('/api/v1/', '').replace(/^\//, '').split('/');
	if (first !== area)
		return false;
	if (method === 'GET' || right === 'read')
		return method === 'GET' && right === 'read';
	const words = rest.filter((part) => !part.startsWith('{')).join('/');
	return right === 'write' ||
		right === (words || { POST: 'add', PUT: 'change', DELETE: 'remove' }[method]);
}

test('of every described operation it is as said whether a scope covers it', async () => {
	const { paths } = (await server.anonymous().get('/api/openapi.json')).json;
	const wrong = [];
	for (const scope of ['tasks:read', 'appeals:write', 'returns:read', 'tasks:return/accept',
		'tasks:urge', 'appeals:dispatch', 'appeals:add', 'metrics:read']) {
		const role = scope === 'metrics:read' ? 'auditor' : 'dispatcher';
		const { client } = await makeKey({ role, scopes: [scope] });
		for (const [path, item] of Object.entries(paths))
			for (const [method, operation] of Object.entries(item)) {
				if (!operation['x-roles'].includes(role))
					continue;
				const target = path.replace(/\{[^}]*\}/g, '999999999');
				const answer = await client.request(method.toUpperCase(), target,
					{ body: /get|delete/.test(method) ? undefined : { no_such_field: 1 } });
				const is_in = operation['x-every-scope'] === true ||
					isIn(scope, method.toUpperCase(), path);
				if ((answer.json?.code !== 'out_of_scope') !== is_in &&
				    path !== '/api/v1/session')
					wrong.push(`${scope} ${method} ${path}: ${answer.status}`);
			}
	}
	assert.deepEqual(wrong, []);
});

/* A question to the server from another address of this machine. */
function from(address, key, headers = {}) {
	return clientOf(key).get('/me', { headers, agent: new (server.agent.constructor)(
		{ localAddress: address, keepAlive: false }) });
}

test('a key with addresses is taken from these alone', async () => {
	const made = await makeKey({ addresses: ['127.0.0.8/29', '2001:db8::/32'] });
	assert.equal((await from('127.0.0.9', made.key)).status, 200);
	assert.equal((await from('127.0.0.15', made.key)).status, 200);
	assert.equal((await from('127.0.0.16', made.key)).status, 401);
	assert.equal((await from('127.0.0.1', made.key)).status, 401);
});

test('X-Forwarded-For counts from a trusted proxy alone, and as far as that wrote it', async () => {
	const made = await makeKey({ addresses: ['192.0.2.0/24', '2001:db8::/32'] });
	const asked = async (address, value) => (await from(address, made.key,
		{ 'x-forwarded-for': value })).status;
	assert.equal(await asked('127.0.0.3', '192.0.2.7'), 401, 'a stranger may write what it likes');
	assert.equal(await asked('127.0.0.2', '192.0.2.7'), 200);
	assert.equal(await asked('127.0.0.2', '198.51.100.1, 192.0.2.7'), 200);
	assert.equal(await asked('127.0.0.2', '192.0.2.7, 198.51.100.1'), 401, 'what the client wrote');
	assert.equal(await asked('127.0.0.2', '[2001:db8::5]:4711'), 200);
	assert.equal(await asked('127.0.0.2', ['192.0.2.7', '198.51.100.1']), 401, 'lines are one list');
	assert.equal((await from('127.0.0.2', made.key)).status, 401);
});

test('an expired key is not taken from that moment on', async () => {
	const made = await makeKey({ expires_at: inTime(3000) });
	assert.equal(await status(made.client), 200);
	await until(async () => await status(made.client) === 401, { what: 'the key to expire' });
	assert.ok(Date.now() >= Date.parse(made.expires_at));
	assert.equal((await admin.get(`/keys/${made.id}`)).json.state, 'expired');
});

test('whatever a key lacks, the answer is the same; the log says which', async () => {
	const wrong_secret = await makeKey();
	const expired = await makeKey({ expires_at: new Date(Date.now() + 1000).toISOString() });
	const disabled = await makeKey();
	const elsewhere = await makeKey({ addresses: ['192.0.2.1'] });
	const ended = await makeKey();
	const removed = await makeKey();
	await admin.post(`/keys/${disabled.id}/disable`, {}, { expect: 200 });
	await admin.post(`/keys/${ended.id}/rotate`,
		{ old_ends_at: new Date(Date.now() + 1000).toISOString() }, { expect: 200 });
	await admin.delete(`/keys/${removed.id}/secrets/1`, { expect: 204 });
	await until(async () => await status(ended.client) === 401 &&
		await status(expired.client) === 401, { what: 'both to end' });
	const head = `ldk_${wrong_secret.key_id}_${'A'.repeat(32)}`;
	const nobody = `ldk_zzzzzzzz_${'A'.repeat(32)}`;
	const answers = [];
	for (const key of [`${head}_${sumOf(head)}`, `${nobody}_${sumOf(nobody)}`, `${head}_AAAAAA`,
		'ldk_' + 'A'.repeat(43), 'x', expired.key, disabled.key, elsewhere.key, ended.key,
		removed.key]) {
		const answer = await clientOf(key).get('/me', { expect: 401 });
		const { request_id, ...rest } = answer.json;
		assert.match(request_id, /^[0-9a-f]{16}$/);
		answers.push(JSON.stringify([rest, answer.headers['www-authenticate'],
			answer.headers['content-length']]));
	}
	assert.equal(new Set(answers).size, 1, answers.join('\n'));
	const log = server.log();
	for (const [reason, key_id] of [['wrong_secret', wrong_secret.key_id], ['unknown', 'none'],
		['malformed', 'none'], ['expired', expired.key_id], ['disabled', disabled.key_id],
		['wrong_address', elsewhere.key_id], ['ended', ended.key_id]])
		assert.match(log, new RegExp(`key_refused .*reason=${reason} key=${key_id} `), reason);
	for (const key of [expired.key, head, nobody])
		assert.ok(!log.includes(key.split('_')[2]), 'no secret stands in the log');
});

test('a flood of bad keys writes a line a second, with how many it stands for', async () => {
	const before = (server.log().match(/key_refused/g) ?? []).length;
	const stranger = clientOf('nothing');
	for (let i = 0; i < 300; i++)
		await stranger.get('/me', { expect: 401 });
	const after = (server.log().match(/key_refused/g) ?? []).length;
	assert.ok(after - before <= 10, `${after - before} lines for 300 refusals`);
});

test('a key is rotated without a gap, stays the same one, and has two secrets at most', async () => {
	const made = await makeKey({ role: 'intake', channel: '110' });
	const body = anAppeal(rowOf(server, 'CGJ'), { channel: '110' });
	const appeal = (await made.client.register(body, { idem: 'rotation-test-1', expect: 201 })).json;
	const rotated = (await admin.post(`/keys/${made.id}/rotate`, {}, { expect: 200 })).json;
	const second = clientOf(rotated.key);
	assert.notEqual(rotated.key, made.key);
	assert.equal(rotated.key_id, made.key_id);
	assert.equal(await status(made.client), 200);
	/* The same person: it sees its own appeal, and its Idempotency-Key is the same one. */
	assert.equal((await second.get(`/appeals/${appeal.id}`, { expect: 200 })).json.id, appeal.id);
	const again = await second.register(body, { idem: 'rotation-test-1', expect: 201 });
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.equal(again.json.id, appeal.id);
	assert.deepEqual(sql(server, `SELECT actor_kind, actor_id FROM server_idempotency
		WHERE token = 'rotation-test-1'`), [['1', made.id]]);
	const third = await admin.post(`/keys/${made.id}/rotate`, {}, { expect: 409 });
	assert.equal(third.json.code, 'two_live');
	await admin.delete(`/keys/${made.id}/secrets/1`, { expect: 204 });
	await admin.delete(`/keys/${made.id}/secrets/1`, { expect: 404 });
	await made.client.get('/me', { expect: 401 });
	assert.equal(await status(second), 200);
	const next = (await admin.post(`/keys/${made.id}/rotate`, {}, { expect: 200 })).json;
	assert.deepEqual(next.secrets.map((one) => one.number), [2, 3], 'numbers are not given again');
});

test('the old secret ends at the time that was given', async () => {
	const made = await makeKey();
	const ends = inTime(2000);
	const rotated = (await admin.post(`/keys/${made.id}/rotate`, { old_ends_at: ends },
		{ expect: 200 })).json;
	assert.equal(Date.parse(rotated.secrets[0].ends_at), Date.parse(ends));
	assert.equal(await status(made.client), 200);
	await until(async () => await status(made.client) === 401, { what: 'the old one to end' });
	assert.ok(Date.now() >= Date.parse(ends));
	assert.equal(await status(clientOf(rotated.key)), 200);
	await admin.post(`/keys/${made.id}/rotate`, { old_ends_at: ends }, { expect: 422 });
	const next = (await admin.post(`/keys/${made.id}/rotate`, {}, { expect: 200 })).json;
	assert.deepEqual(next.secrets.map((one) => one.number), [2, 3], 'what has ended made room');
});

test('two administrators who rotate at once leave two secrets in force, not three', async () => {
	const made = await makeKey();
	const answers = await Promise.all(Array.from({ length: 8 }, () =>
		admin.post(`/keys/${made.id}/rotate`, {})));
	assert.deepEqual(answers.map((one) => one.status).sort(),
		[200, ...Array(7).fill(409)]);
	assert.equal((await admin.get(`/keys/${made.id}`)).json.secrets.length, 2);
});

test('what was changed or ended holds on every server within five seconds', async () => {
	const made = await makeKey();
	const there = clientOf(made.key, beside);
	const soon = (expected, path) => soAfter(5000, async () => await status(there, path) === expected,
		{ what: `${expected} beside` });
	await soon(200);
	await admin.post(`/keys/${made.id}/disable`, {}, { expect: 200 });
	assert.equal(await status(made.client), 401, 'here at once');
	await soon(401);
	await admin.post(`/keys/${made.id}/enable`, {}, { expect: 200 });
	await soon(200);
	await admin.put(`/keys/${made.id}`, { name: 'x', scopes: ['tasks:read'], addresses: [] },
		{ expect: 200 });
	assert.equal((await made.client.get('/departments', { expect: 403 })).json.code, 'out_of_scope');
	await soon(403, '/departments');
	await admin.put(`/keys/${made.id}`, { name: 'x', scopes: [], addresses: ['192.0.2.1'] },
		{ expect: 200 });
	await soon(401);
	await admin.put(`/keys/${made.id}`, { name: 'x', scopes: [], addresses: [] }, { expect: 200 });
	await soon(200);
	await admin.delete(`/keys/${made.id}/secrets/1`, { expect: 204 });
	await soon(401);
});

test('a change by who saw an older state of the key is refused', async () => {
	const made = await makeKey();
	const shown = await admin.get(`/keys/${made.id}`, { expect: 200 });
	const body = { name: '新名', scopes: [], addresses: [], outsourced: true };
	await admin.put(`/keys/${made.id}`, body, { etag: shown.headers.etag, expect: 200 });
	await admin.put(`/keys/${made.id}`, body, { etag: shown.headers.etag, expect: 412 });
	await admin.post(`/keys/${made.id}/disable`, {}, { etag: shown.headers.etag, expect: 412 });
	await admin.put(`/keys/${made.id}`, { name: 'x' }, { expect: 422 });
	await admin.put(`/keys/${made.id}`, { ...body, role: 'admin' }, { expect: 422 });
	assert.equal((await made.client.get('/me')).json.outsourced, true);
});

test('when a secret was used last is written down, once a minute at most', async () => {
	const made = await makeKey();
	assert.equal(made.last_used_at, null);
	await made.client.get('/me', { expect: 200 });
	const used = await until(async () => (await admin.get(`/keys/${made.id}`)).json.last_used_at,
		{ what: 'the use to be written' });
	assert.ok(Math.abs(Date.parse(used) - Date.now()) < 60_000);
	const updates = () => Number(sql(server, `SELECT used_at FROM auth_secret
		WHERE key_id = ${made.id}`)[0][0]);
	const first = updates();
	await made.client.get('/me', { expect: 200 });
	await clientOf(made.key, beside).get('/me', { expect: 200 });
	await until(() => server.log().length, { what: 'nothing' });
	assert.equal(updates(), first);
});

test('every act on a key is on record with what the key may from then on, and no secret', async () => {
	const made = await makeKey({ scopes: ['tasks:read'] });
	const path = `/keys/${made.id}`;
	const rotated = (await admin.post(`${path}/rotate`, {}, { expect: 200 })).json;
	await admin.put(path, { name: 'x', scopes: ['tasks:read', 'tasks:sign'], addresses:
		['127.0.0.0/8'] }, { expect: 200 });
	await admin.post(`${path}/disable`, {}, { expect: 200 });
	await admin.post(`${path}/disable`, {}, { expect: 200 });
	await admin.post(`${path}/enable`, {}, { expect: 200 });
	await admin.delete(`${path}/secrets/1`, { expect: 204 });
	const acts = (await server.as('auditor').all(`/audit?subject=key:${made.id}`)).reverse();
	assert.deepEqual(acts.map((act) => [act.kind, act.detail.deed, act.detail.secret]), [
		['key_added', 'added', 1], ['key_rotated', 'rotated', 2], ['key_changed', 'changed', null],
		['key_ended', 'disabled', null], ['key_changed', 'enabled', null],
		['key_ended', 'secret_removed', 1]]);
	assert.deepEqual(acts[2].detail.scopes, ['tasks:read', 'tasks:sign']);
	for (const act of acts) {
		assert.match(act.by.id, /^key:\d+$/);
		assert.equal(act.by.name, 'admin');
		assert.equal(act.source, '127.0.0.1');
	}
	for (const key of [made.key, rotated.key])
		assert.ok(!JSON.stringify(acts).includes(key.split('_')[2]));
});

test('the commands add, list, rotate, disable, enable and end', async () => {
	const key = await newKey(server, '命令', 'intake', '110', '--scope', 'appeals:add', '--scope',
		'appeals:read', '--address', '127.0.0.0/8', '--expires', '2099-01-01T00:00:00+08:00');
	assert.match(key.key, /^ldk_[0-9A-Za-z]{8}_/);
	const [line] = server.command(['key', 'list'], { expect: 0 }).stdout.split('\n')
		.filter((one) => one.includes('命令'));
	const [id, key_id, name, role, place, state, secrets] = line.split('\t');
	assert.deepEqual([key_id, name, role, place, state, secrets],
		[key.key.split('_')[1], '命令', 'intake', '110', 'enabled', '1:bearer']);
	const shown = (await admin.get(`/keys/${id}`, { expect: 200 })).json;
	assert.deepEqual([shown.scopes, shown.addresses, shown.expires_at],
		[['appeals:add', 'appeals:read'], ['127.0.0.0/8'], '2099-01-01T00:00:00+08:00']);
	const second = clientOf(server.command(['key', 'rotate', id, '--old-ends',
		'2098-01-01T00:00:00+08:00'], { expect: 0 }).stdout.trim());
	const becomes = (client, expected) => soAfter(5000, async () => await status(client) === expected,
		{ what: `${expected}` });
	await becomes(second, 200);
	assert.match(server.command(['key', 'rotate', id], { expect: 1 }).stderr, /Two are in force/);
	assert.match(server.command(['key', 'list']).stdout, /1:bearer:until=2098-01-01T00:00:00\+08:00 2:bearer/);
	server.command(['key', 'end', id, '1'], { expect: 0 });
	await becomes(key, 401);
	assert.match(server.command(['key', 'end', id, '1'], { expect: 1 }).stderr, /no secret/);
	server.command(['key', 'disable', id], { expect: 0 });
	await becomes(second, 401);
	server.command(['key', 'enable', id], { expect: 0 });
	await becomes(second, 200);
	assert.match(server.command(['key', 'rotate', id, '--signature'], { expect: 0 }).stdout,
		/^whsec_[A-Za-z0-9+/]{43}=\n$/);
	for (const [words, code] of [[['key', 'disable', '123456789'], 1], [['key', 'rotate', 'x'], 2],
		[['key', 'add', 'k', 'nobody'], 2], [['key', 'add', 'k', 'operator', '--scope'], 2],
		[['key', 'add', 'k', 'operator', '--scope', 'x:y'], 1], [['key'], 2],
		[['key', 'add', 'k', 'intake'], 1], [['key', 'end', id], 2], [['key', 'melt', id], 2],
		[['key', 'add', 'k', 'operator', '--expires', 'soon'], 2],
		[['key', 'rotate', id, '--certificate', 'beef'], 1]]) {
		const done = server.command(words, { expect: code });
		assert.equal(done.stdout, '', words.join(' '));
		assert.notEqual(done.stderr, '');
	}
});

test('Welch tells samples apart that differ by a twentieth, and not those that do not', () => {
	let seed = 7;
	const noise = () => (seed = (seed * 48271) % 2147483647) / 2147483647 * 20;
	const sample = (mean) => Array.from({ length: 1500 }, () => mean + noise());
	assert.ok(Math.abs(welch(sample(100), sample(100))) < WELCH_BOUND);
	assert.ok(Math.abs(welch(sample(100), sample(105))) > WELCH_BOUND);
});

test('a known id with a wrong secret takes as long as an unknown id', async () => {
	const { key_id } = await makeKey();
	const wrong = `ldk_${key_id}_${'A'.repeat(32)}`;
	const unknown = `ldk_zzzzzzzy_${'A'.repeat(32)}`;
	const [a, b] = [wrong, unknown].map((head) => clientOf(`${head}_${sumOf(head)}`));
	const ask = (client) => () => client.get('/me', { expect: 401 });
	await compare(ask(a), ask(b), 300);
	const { t } = await compare(ask(a), ask(b), 2000);
	console.log(`# keys: Welch t = ${t.toFixed(2)}`);
	assert.ok(Math.abs(t) < WELCH_BOUND, `t = ${t}`);
});

test('the second server ends with status 0', async () => {
	assert.equal(await beside.stop(), 0);
});

endsCleanly(server);
