/* The outer form of every answer: headers, types, problems, sessions, health and metrics. */
import assert from 'node:assert/strict';
import test from 'node:test';
import tls from 'node:tls';
import { signIn } from './lib/api.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, leadOf, register, row } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = row(server, 'L3');
const operator = server.as('operator');
const anonymous = server.anonymous();
const appeal = await register(server, where);

const ANSWERS = [
	['a page of the interface', 200, () => operator.get('/appeals?limit=1')],
	['a created appeal', 201, () => operator.register(anAppeal(where))],
	['no credentials', 401, () => anonymous.get('/appeals')],
	['a wrong key', 401, () => anonymous.get('/appeals',
		{ headers: { authorization: 'Bearer ldk_wrong' } })],
	['a role without the right', 403, () => operator.post(
		`/appeals/${appeal.id}/dispatch`, { department: 'CGJ', assist: [], advice: '' })],
	['a missing appeal', 404, () => operator.get('/appeals/LD990101000001')],
	['an unknown path', 404, () => operator.get('/nothing/here')],
	['malformed JSON', 400, () => operator.request('POST', '/appeals', { raw: '{' })],
	['bad fields', 422, () => operator.register({})],
	['a conflict', 409, () => server.department(leadOf(appeal).department).post(
		`/tasks/${leadOf(appeal).id}/complete`,
		{ result: 'solved', reply: '好', attachments: [] })],
	['a body too large', 413, () => operator.request('POST', '/appeals',
		{ raw: JSON.stringify({ title: 'x'.repeat(300_000) }) })],
	['a wrong media type', 415, () => operator.request('POST', '/appeals',
		{ raw: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
	['liveness', 200, () => anonymous.get('/livez')],
	['readiness', 200, () => anonymous.get('/readyz')],
	['metrics', 200, () => server.as('auditor').get('/metrics')],
	['the description of the interface', 200, () => anonymous.get('/api/openapi.json')],
	['the console', 200, () => anonymous.get('/')],
];

for (const [what, status, ask] of ANSWERS)
	test(`${what}: ${status} with the headers that protect a browser`, async () => {
		const answer = await ask();
		assert.equal(answer.status, status, answer.text.slice(0, 500));
		const h = answer.headers;
		assert.equal(h['x-content-type-options'], 'nosniff');
		assert.ok(h['content-security-policy']?.includes('frame-ancestors') ||
			h['x-frame-options'] === 'DENY', 'not to be framed');
		assert.ok(h['content-security-policy'], 'a content security policy');
		assert.match(h['referrer-policy'] ?? '', /no-referrer|same-origin/);
		assert.match(h['strict-transport-security'] ?? '', /max-age=\d{5,}/);
		assert.equal(h['access-control-allow-origin'], undefined, 'no other origin');
		assert.equal(h.server === undefined || !/\d/.test(h.server), true, 'no version');
		if (answer.type.includes('json') && status === 200 && what !== 'the console' &&
		    !what.startsWith('the description'))
			assert.match(h['cache-control'] ?? '', /no-store|private/);
		if (status >= 400) {
			assert.match(answer.type, /^application\/problem\+json/);
			assert.equal(answer.json.status, status);
			assert.match(answer.json.code, /^[a-z0-9_]+$/);
			assert.ok(answer.json.title);
		}
	});

test('401 says how to sign in', async () => {
	const answer = await anonymous.get('/appeals', { expect: 401 });
	assert.match(answer.headers['www-authenticate'], /Bearer/i);
});

test('a method that a path does not know is 405 with Allow', async () => {
	for (const [method, path] of [['DELETE', `/appeals/${appeal.id}`], ['PUT', '/appeals'],
		['POST', '/board']]) {
		const answer = await server.as('supervisor').request(method, path,
			{ body: method === 'DELETE' ? undefined : {} });
		assert.equal(answer.status, 405, `${method} ${path}: ${answer.status} ${answer.text}`);
		assert.match(answer.headers.allow ?? '', /GET|POST/);
	}
});

test('bodies are UTF-8 JSON, times carry a zone', async () => {
	const answer = await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	assert.match(answer.type, /^application\/json/);
	assert.match(answer.json.received_at, /(Z|[+-]\d\d:\d\d)$/);
	assert.equal(answer.headers['content-length'], String(answer.bytes.length));
});

test('liveness and readiness ask for no credentials and tell nothing', async () => {
	for (const path of ['/livez', '/readyz']) {
		const answer = await anonymous.get(path, { expect: 200 });
		assert.ok(!/mariadb|\d+\.\d+\.\d+|\/tmp|sock/i.test(answer.text), answer.text);
	}
});

test('metrics are for auditors and admins, in the text format', async () => {
	for (const role of ['auditor', 'admin']) {
		const answer = await server.as(role).get('/metrics', { expect: 200 });
		assert.match(answer.type, /^text\/plain/);
		for (const line of answer.text.split('\n').filter((one) => one !== ''))
			assert.match(line, /^(# (HELP|TYPE) |[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? -?[0-9.eE+naNIf]+$)/);
		const typed = answer.text.match(/^# TYPE \S+ counter$/gm) ?? [];
		assert.ok(typed.length > 0);
		for (const line of typed)
			assert.match(line, /_total counter$/);
		assert.ok(!answer.text.includes(appeal.id));
	}
	await anonymous.get('/metrics', { expect: 401 });
	for (const role of ['operator', 'leader', 'supervisor'])
		await server.as(role).get('/metrics', { expect: 403 });
});

test('an account signs in, is who it is, and is gone after it signed out', async () => {
	const account = server.access.accounts.find((one) => one.role === 'operator');
	const client = await signIn(server, account);
	const me = await client.get('/me', { expect: 200 });
	assert.equal(me.json.role, 'operator');
	assert.equal(me.json.login ?? me.json.name, account.login);
	await client.get('/appeals?limit=1', { expect: 200 });
	await client.delete('/session', { expect: [200, 204] });
	await client.get('/me', { expect: 401 });
});

test('the cookie of a session is Secure, HttpOnly, SameSite and bound to the host', async () => {
	const account = server.access.accounts.find((one) => one.role === 'reviewer');
	const answer = await anonymous.post('/session',
		{ login: account.login, password: account.password },
		{ headers: { origin: server.base }, expect: [200, 201, 204] });
	const cookie = answer.headers['set-cookie'].find((one) => one.startsWith('__Host-'));
	assert.ok(cookie, String(answer.headers['set-cookie']));
	for (const flag of [/; *secure/i, /; *httponly/i, /; *samesite=(strict|lax)/i, /; *path=\//i])
		assert.match(cookie, flag);
	assert.doesNotMatch(cookie, /; *domain=/i);
	assert.ok(!answer.text.includes(account.password));
});

test('wrong passwords and unknown logins are told alike', async () => {
	const account = server.access.accounts[0];
	const wrong = await anonymous.post('/session', { login: account.login, password: 'wrong-pw' },
		{ headers: { origin: server.base }, expect: 401 });
	const unknown = await anonymous.post('/session', { login: 'nobody-here', password: 'wrong-pw' },
		{ headers: { origin: server.base }, expect: 401 });
	for (const name of ['code', 'title', 'detail'])
		assert.equal(unknown.json[name], wrong.json[name]);
	assert.equal(wrong.headers['set-cookie'], undefined);
	for (const body of [{}, { login: account.login }, { login: 5, password: 'x' },
		{ login: account.login, password: account.password, admin: true }])
		await anonymous.post('/session', body,
			{ headers: { origin: server.base }, expect: 422 });
});

const CROSS_SITE = [
	['another origin', { origin: 'https://evil.example' }],
	['the origin null', { origin: 'null' }],
	['a cross-site fetch', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
	['a fetch of a sister site', { 'sec-fetch-site': 'same-site', origin: 'https://a.127.0.0.1' }],
	['the same host by plain HTTP', { origin: 'http://127.0.0.1' }],
];

for (const [what, headers] of CROSS_SITE)
	test(`a session is not used for a change from ${what}`, async () => {
		const client = await signIn(server, server.access.accounts
			.find((one) => one.role === 'operator'));
		await client.post('/appeals', anAppeal(where), { headers, expect: 403 });
	});

test('a form cannot register with a session', async () => {
	const client = await server.signedIn('operator');
	for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
		await client.request('POST', '/appeals', { raw: JSON.stringify(anAppeal(where)),
			headers: { 'content-type': type }, expect: 415 });
});

test('with a session the same rights hold as with a key', async () => {
	const client = await server.signedIn('operator');
	await client.post('/appeals', anAppeal(where), { expect: 201 });
	await client.post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: [], advice: '' }, { expect: 403 });
	await client.get('/metrics', { expect: 403 });
});

test('TLS is 1.2 or 1.3 with an authenticated cipher', async () => {
	const connect = (options) => new Promise((resolve) => {
		const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca,
			...options }, () => {
			resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name });
			socket.destroy();
		});
		socket.on('error', (error) => resolve({ error: error.code ?? error.message }));
	});
	assert.equal((await connect({})).protocol, 'TLSv1.3');
	const older = await connect({ maxVersion: 'TLSv1.2' });
	assert.equal(older.protocol, 'TLSv1.2');
	assert.match(older.cipher, /GCM|POLY1305|CCM/);
	const weak = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };
	assert.ok((await connect({ ...weak, maxVersion: 'TLSv1.1' })).error);
	assert.ok((await connect({ maxVersion: 'TLSv1.2',
		ciphers: 'ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA256:AES128-SHA' })).error);
});

endsCleanly(server);
