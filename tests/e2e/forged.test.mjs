/*
 * What another site makes a browser send is refused: by where it says that it comes from, and by
 * the session's token, which only our own page knows.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { signIn } from './lib/api.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

const server = await startServer();
const account = server.access.accounts.find((one) => one.role === 'operator');
const session = await signIn(server, account);
const other = await signIn(server, account);
const where = rowOf(server, 'CGJ');
const appeals = async () => (await server.as('supervisor').all('/appeals')).length;
const post = (headers, options = {}) => session.request('POST', '/appeals', {
	raw: JSON.stringify(anAppeal(where)), headers, ...options });

/* undefined takes a header away that the client would add. */
const SHAPES = {
	'another origin': [{ origin: 'https://evil.example' }, 'foreign_origin'],
	'no origin at all': [{ origin: undefined }, 'foreign_origin'],
	'the origin null of a sandboxed frame': [{ origin: 'null' }, 'foreign_origin'],
	'our name on another port': [{ origin: `https://127.0.0.1:${server.port + 1}` },
		'foreign_origin'],
	'our name without TLS': [{ origin: server.base.replace('https', 'http') }, 'foreign_origin'],
	'our name as the start of another': [{ origin: `${server.base}.evil.example` },
		'foreign_origin'],
	'a fetch that says it is cross-site': [{ 'sec-fetch-site': 'cross-site' }, 'foreign_origin'],
	'a fetch of a sister site': [{ 'sec-fetch-site': 'same-site' }, 'foreign_origin'],
	'a page elsewhere, by its Referer': [{ origin: undefined,
		referer: 'https://evil.example/form' }, 'foreign_origin'],
	'our pages without the token': [{ 'x-csrf-token': undefined }, 'csrf_token_wrong'],
	'our pages with an empty token': [{ 'x-csrf-token': '' }, 'csrf_token_wrong'],
	'our pages with the token of another session of the same person': [
		{ 'x-csrf-token': other.csrf }, 'csrf_token_wrong'],
	'our pages with the cookie as the token': [
		{ 'x-csrf-token': session.cookie.split('=')[1] }, 'csrf_token_wrong'],
};

for (const [what, [headers, code]] of Object.entries(SHAPES))
	test(`nothing is changed for ${what}`, async () => {
		const before = await appeals();
		const sent = { origin: server.base, 'x-csrf-token': session.csrf, ...headers };
		for (const name of Object.keys(sent))
			if (sent[name] === undefined)
				delete sent[name];
		const answer = await server.anonymous().request('POST', '/appeals', {
			raw: JSON.stringify(anAppeal(where)),
			headers: { cookie: session.cookie, ...sent }, expect: 403 });
		assert.equal(answer.json.code, code);
		assert.equal(await appeals(), before);
	});

for (const type of ['text/plain', 'application/x-www-form-urlencoded',
	'multipart/form-data; boundary=x', 'text/plain; application/json'])
	test(`what a form can send without asking first is refused: ${type}`, async () => {
		const before = await appeals();
		await post({ 'content-type': type }, { expect: 415 });
		assert.equal(await appeals(), before);
	});

test('PUT and DELETE are guarded alike', async () => {
	const bare = { cookie: session.cookie, origin: server.base };
	const admin = await server.signedIn('admin');
	for (const [method, path, who] of [['DELETE', '/session', session],
		['DELETE', '/sessions', session], ['PUT', '/accounts/1', admin]]) {
		const answer = await server.anonymous().request(method, path, {
			body: method === 'PUT' ? {} : undefined,
			headers: { ...bare, cookie: who.cookie }, expect: 403 });
		assert.equal(answer.json.code, 'csrf_token_wrong');
	}
	await session.get('/me', { expect: 200 });
});

test('our own page may: by Origin or Referer, with the token', async () => {
	await post({}, { expect: 201 });
	await post({ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, { expect: 201 });
	await server.anonymous().request('POST', '/appeals', { raw: JSON.stringify(anAppeal(where)),
		headers: { cookie: session.cookie, 'x-csrf-token': session.csrf,
			referer: `${server.base}/register` }, expect: 201 });
});

test('GET /me tells the token, the same each time, and another one to another session', async () => {
	const tokens = [];
	for (const who of [session, session, other])
		tokens.push((await who.get('/me', { expect: 200 })).json.csrf_token);
	assert.match(tokens[0], /^[A-Za-z0-9_-]{22}$/);
	assert.equal(tokens[0], session.csrf);
	assert.equal(tokens[0], tokens[1]);
	assert.notEqual(tokens[0], tokens[2]);
});

test('a page elsewhere reads nothing with the session; a followed link shows itself', async () => {
	const foreign = { 'sec-fetch-site': 'cross-site' };
	for (const headers of [{ ...foreign, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
		{ ...foreign, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
		{ ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }])
		await session.get('/me', { headers, expect: 403 });
	await session.get('/me', { headers: { ...foreign, 'sec-fetch-mode': 'navigate',
		'sec-fetch-dest': 'document' }, expect: 200 });
	await session.get('/', { headers: foreign, expect: 200 });
});

test('a sign-in from elsewhere is refused, with and without a session', async () => {
	const { login, password } = account;
	for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
		await server.anonymous().post('/session', { login, password }, { headers, expect: 403 });
	await server.anonymous().request('POST', '/session', {
		raw: JSON.stringify({ login, password }),
		headers: { 'content-type': 'text/plain' }, expect: 415 });
	await server.anonymous().post('/session', { login, password },
		{ headers: { cookie: other.cookie, origin: 'https://evil.example' }, expect: 403 });
});

test('an API key travels by nothing but the client, and needs neither', async () => {
	await server.as('operator').register(anAppeal(where), { expect: 201 });
});

test('signing out clears cookie and storage', async () => {
	const one = await signIn(server, account);
	const answer = await one.delete('/session', { expect: 204 });
	assert.equal(answer.headers['clear-site-data'], '"cookies", "storage"');
	assert.match(answer.headers['set-cookie'][0],
		/^__Host-session=; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=0$/);
	await one.get('/me', { expect: 401 });
});

endsCleanly(server);
