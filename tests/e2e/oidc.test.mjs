/*
 * Signing in by a provider of OpenID Connect, against a provider that lies in every way: what
 * a token must be, what a flow must be, whose account it is, and what the browser is given.
 */
import './lib/oidc_bin.mjs';
import { WITHOUT_OIDC } from './lib/oidc_bin.mjs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Client } from './lib/api.mjs';
import { sql } from './lib/database.mjs';
import { newKey, signed, signedByPublicKey, startProvider, unsigned } from './lib/provider.mjs';
import { endsCleanly, startServer } from './lib/server.mjs';
import { slowness } from './lib/until.mjs';

const provider = await startProvider();
const server = await startServer({ env: (base) => provider.settings(base) });
const PERSON = 'u-248289761001';
const now = () => Math.floor(Date.now() / 1000);

const accountId = (login) => sql(server, `SELECT id FROM auth_account WHERE login = '${login}'`)[0][0];
const sessions = () => Number(sql(server, 'SELECT COUNT(*) FROM auth_session')[0][0]);
const cookieOf = (answer, name) => (answer.headers['set-cookie'] ?? [])
	.find((one) => one.startsWith(`${name}=`));
const link = (login, body, expect = 200) =>
	server.as('admin').put(`/accounts/${accountId(login)}/oidc`, body, { expect });

/* The way out: where the browser is sent to, and the cookie that it keeps. */
async function begin(back) {
	const query = back === undefined ? '' : `?return=${encodeURIComponent(back)}`;
	const answer = await server.anonymous().get(`/oidc/start${query}`, { expect: 303 });
	return { url: new URL(answer.headers.location),
		set: cookieOf(answer, '__Host-oidc'), cookie: cookieOf(answer, '__Host-oidc').split(';')[0] };
}

async function back(location, cookie, headers = {}) {
	const url = new URL(location);
	assert.equal(url.origin, server.base, 'the provider sends the browser back to this service');
	return server.anonymous().get(url.pathname + url.search,
		{ headers: { ...(cookie ? { cookie } : {}), ...headers } });
}

/* The whole way, by hand as a browser goes it. */
async function walk(options = {}) {
	const flow = await begin(options.back);
	const location = await provider.visit(flow.url);
	return { flow, location, answer: await back(location, flow.cookie, options.headers) };
}

function isRefused(answer, code, status = 403) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.json.code, code);
	assert.equal(cookieOf(answer, '__Host-session'), undefined, 'no session is given');
	assert.match(cookieOf(answer, '__Host-oidc') ?? 'cleared', /Max-Age=0|cleared/);
}

/* Goes the way with a provider that was changed, and is told what the log says of it. */
async function refusedWhy(why, code = 'provider_refused', status = 403) {
	const before = sessions();
	const length = server.log().length;
	const { answer } = await walk();
	isRefused(answer, code, status);
	assert.equal(sessions(), before, 'and none is made');
	const told = server.log().slice(length).split('\n').filter((line) => line.startsWith('warn oidc '));
	assert.ok(told.some((line) => line.includes(why)), `the log says ${why}:\n${told.join('\n')}`);
	assert.doesNotMatch(answer.text, /nonce|signature|audience|expired/, 'the answer does not');
}

test.beforeEach(() => provider.reset());

test('the browser goes out with PKCE, state and nonce, and keeps a sealed cookie', async () => {
	const { url, set } = await begin('/');
	const asked = Object.fromEntries(url.searchParams);
	assert.equal(url.origin + url.pathname, `${provider.url}/authorize`);
	assert.equal(asked.response_type, 'code');
	assert.equal(asked.client_id, provider.client);
	assert.equal(asked.redirect_uri, `${server.base}/api/v1/oidc/callback`);
	assert.equal(asked.code_challenge_method, 'S256');
	for (const name of ['state', 'nonce', 'code_challenge'])
		assert.match(asked[name], /^[\w-]{43}$/, name);
	assert.match(set, /; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/);
	assert.doesNotMatch(set, /Domain/i);
	const kept = Buffer.from(set.split(/[=;]/)[1], 'base64url').toString('latin1');
	assert.ok(!kept.includes(asked.state) && !kept.includes(asked.nonce), 'it is sealed');
	const other = await begin('/');
	assert.notEqual(other.url.searchParams.get('state'), asked.state);
	assert.notEqual(other.url.searchParams.get('code_challenge'), asked.code_challenge);
});

test('a person who is linked signs in by RS256 and by ES256, each time in a new session', async () => {
	await link('operator1', { claim: 'sub', value: PERSON });
	provider.claims = (payload) => { payload.sub = PERSON; };
	const seen = new Set();
	for (const key of [provider.rsa, provider.ec]) {
		provider.key = key;
		const { answer, flow } = await walk({ back: '/#/register' });
		assert.equal(answer.status, 303, answer.text);
		assert.equal(answer.headers.location, '/#/register');
		assert.match(cookieOf(answer, '__Host-oidc'), /Max-Age=0/);
		const session = cookieOf(answer, '__Host-session');
		assert.match(session, /^__Host-session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=/);
		seen.add(session);
		const me = await new Client(server, { cookie: session.split(';')[0] })
			.get('/me', { expect: 200 });
		assert.equal(me.json.role, 'operator');
		/* What was sent is the verifier of what was asked with, and the same address. */
		const form = provider.forms.at(-1);
		assert.equal(createHash('sha256').update(form.code_verifier).digest('base64url'),
			flow.url.searchParams.get('code_challenge'));
		assert.equal(form.redirect_uri, flow.url.searchParams.get('redirect_uri'));
		assert.equal(form.client_id, provider.client, 'a public client names itself');
		assert.equal(form.authorization, undefined);
	}
	assert.equal(seen.size, 2);
	assert.equal(provider.count('/.well-known/openid-configuration'), 0, 'it was asked before');
	assert.ok(provider.count('/jwks') <= 1, 'its keys are asked for once');
});

test('nothing of the tokens is given to the browser, written to the log or kept', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	let token;
	provider.token = (payload, key) => { token = signed(payload, key); return token; };
	const { answer, location, flow } = await walk();
	const code = new URL(location).searchParams.get('code');
	const told = JSON.stringify([answer.headers, answer.text]) + server.log();
	for (const secret of [token, token.split('.')[2], code, flow.url.searchParams.get('state'),
		flow.url.searchParams.get('nonce'), provider.forms.at(-1).code_verifier, PERSON])
		assert.ok(!told.includes(secret), secret);
	const dump = JSON.stringify(sql(server, 'SELECT * FROM auth_session; SELECT HEX(sha256) FROM oidc_used'));
	assert.ok(!dump.includes(token.split('.')[2]));
});

const LIES = [
	['nonce', 'another nonce', (p) => { p.nonce = 'A'.repeat(43); }],
	['nonce', 'no nonce', (p) => { delete p.nonce; }],
	['issuer', 'another issuer', (p) => { p.iss = 'https://127.0.0.1:1'; }],
	['audience', 'another audience', (p) => { p.aud = 'somebody-else'; }],
	['audience', 'no audience', (p) => { delete p.aud; }],
	['authorized_party', 'two audiences and no azp', (p) => { p.aud = [p.aud, 'other']; }],
	['authorized_party', 'another azp', (p) => { p.azp = 'other'; }],
	['expired', 'expired two minutes ago', (p) => { p.exp = now() - 120; }],
	['expired', 'no exp', (p) => { delete p.exp; }],
	['issued_at', 'made two minutes from now', (p) => { p.iat = now() + 120; }],
	['issued_at', 'no iat', (p) => { delete p.iat; }],
	['not_before', 'not good before two minutes from now', (p) => { p.nbf = now() + 120; }],
	['subject', 'no subject', (p) => { delete p.sub; }],
	['subject', 'a subject that is a number', (p) => { p.sub = 5; }],
];
for (const [why, what, claims] of LIES)
	test(`a token with ${what} is refused`, async () => {
		provider.claims = (payload) => { payload.sub = PERSON; claims(payload); };
		await refusedWhy(`part=claims why=${why}`);
	});

test('two audiences with azp, and clocks a minute apart, are good', async () => {
	for (const claims of [(p) => { p.aud = [p.aud, 'other']; p.azp = provider.client; },
		(p) => { p.exp = now() - 30; }, (p) => { p.iat = now() + 30; }]) {
		provider.claims = (payload) => { payload.sub = PERSON; claims(payload); };
		assert.equal((await walk()).answer.status, 303);
	}
});

const strange = newKey('RS256', 'rsa-1');
const weak = newKey('RS256', 'weak', { bits: 1024 });
const curve = newKey('ES256', 'curve', { curve: 'P-384' });
const FORGERIES = [
	['algorithm', 'alg none', (p) => unsigned(p), undefined, 'malformed'],
	['algorithm', 'alg none with a signature', (p, key) =>
		signed(p, key, { alg: 'none' })],
	['algorithm', 'HS256 by the public key', (p, key) => signedByPublicKey(p, key)],
	['algorithm', 'an algorithm that is no text', (p, key) => signed(p, key, { alg: 5 })],
	['critical', 'a critical header', (p, key) => signed(p, key, { crit: ['b64'], b64: false })],
	['signature', 'the signature of another key of that name', (p) => signed(p, strange)],
	['signature', 'a flipped bit of the signature', (p, key) => {
		const [head, body, tail] = signed(p, key).split('.');
		const bytes = Buffer.from(tail, 'base64url');
		bytes[7] ^= 1;
		return `${head}.${body}.${bytes.toString('base64url')}`;
	}],
	['signature', 'a payload that was changed after signing', (p, key) => {
		const [head, , tail] = signed(p, key).split('.');
		return `${head}.${Buffer.from(JSON.stringify({ ...p, sub: 'other' }))
			.toString('base64url')}.${tail}`;
	}],
	['no_key', 'a key that is not in the set', (p, key) => signed(p, key, { kid: 'unknown' })],
	['no_key', 'an RS256 header over an EC key', (p) =>
		signed(p, provider.ec, { alg: 'RS256' })],
	['key', 'an RSA key of 1024 bits', (p) => signed(p, weak)],
	['key', 'ES256 over P-384', (p) => signed(p, curve)],
	['malformed', 'two parts', (p, key) => signed(p, key).split('.').slice(0, 2).join('.')],
	['malformed', 'four parts', (p, key) => `${signed(p, key)}.AAAA`],
	['malformed', 'a header that is no JSON', (p, key) =>
		`AAAA.${signed(p, key).split('.').slice(1).join('.')}`],
	['malformed', 'a token of 20 KiB', (p, key) => signed({ ...p, pad: 'x'.repeat(20480) }, key)],
];
for (const [why, what, token, , other] of FORGERIES)
	test(`a token with ${what} is refused`, async () => {
		provider.keys = [provider.rsa.jwk, provider.ec.jwk, weak.jwk, curve.jwk];
		provider.claims = (payload) => { payload.sub = PERSON; };
		/* ES256 over P-384 has a signature of 96 bytes: it falls before the key is looked at. */
		provider.token = token;
		await refusedWhy(`part=token why=${other ?? (what.endsWith('P-384') ? 'signature' : why)}`);
	});

test('keys that were rotated are asked for once more, and once only', async () => {
	const fresh = newKey('RS256', 'rsa-2');
	provider.claims = (payload) => { payload.sub = PERSON; };
	provider.key = fresh;
	provider.keys = [fresh.jwk];
	assert.equal((await walk()).answer.status, 303);
	assert.equal(provider.count('/jwks'), 1, 'for the new one');
	assert.equal((await walk()).answer.status, 303);
	assert.equal(provider.count('/jwks'), 1, 'which is then known');
	provider.token = (payload, key) => signed(payload, key, { kid: 'never' });
	await refusedWhy('why=no_key');
	assert.equal(provider.count('/jwks'), 2);
	/* The set of before is kept again, so that the other tests find it. */
	provider.reset();
	provider.claims = (payload) => { payload.sub = PERSON; };
	assert.equal((await walk()).answer.status, 303);
});

test('a token without a key id is good where one key fits alone', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	provider.token = (payload, key) => signed(payload, key, { kid: undefined });
	assert.equal((await walk()).answer.status, 303);
	provider.keys = [provider.rsa.jwk, newKey('RS256', 'rsa-3').jwk];
	provider.token = (payload, key) => signed(payload, key, { kid: 'x' });
	await walk();	/* has the set asked for again */
	provider.token = (payload, key) => signed(payload, key, { kid: undefined });
	await refusedWhy('why=no_key');
	provider.reset();
	provider.claims = (payload) => { payload.sub = PERSON; };
	provider.token = (payload, key) => signed(payload, key, { kid: 'y' });
	await walk();
});

test('a flow is good in its own browser, by its own state, and once', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	const mine = await begin(), other = await begin();
	const location = await provider.visit(mine.url);
	const asked = provider.count('/token');
	isRefused(await back(location), 'flow_over');
	isRefused(await back(location, other.cookie), 'flow_over');
	isRefused(await back(location, `${mine.cookie.slice(0, -4)}AAAA`), 'flow_over');
	isRefused(await back(location.replace(/state=[^&]*/, 'state='), mine.cookie), 'flow_over');
	isRefused(await back(location.replace(/state=/, `state=${'A'.repeat(43)}&x=`), mine.cookie),
		'flow_over');
	assert.equal(provider.count('/token'), asked, 'the provider is not asked for any of them');
	assert.equal((await back(location, mine.cookie)).status, 303);
	isRefused(await back(location, mine.cookie), 'flow_over');
	assert.equal(provider.count('/token'), asked + 1, 'nor when it comes back again');
});

test('a flow that failed is used up, too', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; payload.nonce = 'wrong'; };
	const { location, flow } = await walk();
	provider.reset();
	provider.claims = (payload) => { payload.sub = PERSON; };
	isRefused(await back(location, flow.cookie), 'flow_over');
	assert.equal(provider.count('/token'), 0);
});

test('a code is refused by the provider when its verifier is another, or when it is used', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	const flow = await begin();
	flow.url.searchParams.set('code_challenge', 'A'.repeat(43));
	isRefused(await back(await provider.visit(flow.url), flow.cookie), 'provider_refused');
	const { location } = await walk();
	const second = await begin();
	await provider.visit(second.url);
	const stolen = new URL(location);
	stolen.searchParams.set('state', second.url.searchParams.get('state'));
	isRefused(await back(stolen, second.cookie), 'provider_refused');
	assert.match(server.log(), /part=code status=400/);
});

test('an answer of another issuer is refused (RFC 9207), one of this issuer is not', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	for (const [iss, good] of [['https://evil.example', false], [provider.url, true]]) {
		const flow = await begin();
		const location = new URL(await provider.visit(flow.url));
		location.searchParams.set('iss', iss);
		location.searchParams.set('session_state', 'what providers add');
		const answer = await back(location, flow.cookie);
		if (good)
			assert.equal(answer.status, 303);
		else
			isRefused(answer, 'provider_refused');
	}
});

test('an error of the provider, or no code, is refused without asking it', async () => {
	const flow = await begin();
	const state = flow.url.searchParams.get('state');
	const at = `${server.base}/api/v1/oidc/callback?state=${state}`;
	isRefused(await back(`${at}&error=access_denied&error_description=%3Cb%3E`, flow.cookie),
		'provider_refused');
	const other = await begin();
	isRefused(await back(`${server.base}/api/v1/oidc/callback?state=` +
		other.url.searchParams.get('state'), other.cookie), 'provider_refused');
	assert.equal(provider.count('/token'), 0);
});

test('a browser is shown a page of fixed words', async () => {
	provider.claims = (payload) => { payload.sub = 'nobody-knows'; };
	const { answer } = await walk({ headers: { accept: 'text/html,application/xhtml+xml' } });
	assert.equal(answer.status, 403);
	assert.equal(answer.type, 'text/html; charset=utf-8');
	assert.match(answer.text, /还没有关联本系统的账号/);
	assert.match(answer.text, /not linked to an account/);
	assert.match(answer.headers['content-security-policy'], /default-src 'none'/);
	assert.equal(answer.headers['cache-control'], 'no-store');
	assert.doesNotMatch(answer.text, /nobody-knows|<script|style=/);
});

test('who is not linked, or whose account is disabled, is told so and does not get in', async () => {
	provider.claims = (payload) => { payload.sub = 'stranger'; };
	await refusedWhy('not_linked', 'not_linked');
	const accounts = sql(server, 'SELECT COUNT(*) FROM auth_account')[0][0];
	await refusedWhy('not_linked', 'not_linked');
	assert.equal(sql(server, 'SELECT COUNT(*) FROM auth_account')[0][0], accounts,
		'nobody has an account because the provider knows them');
	provider.claims = (payload) => { payload.sub = PERSON; };
	sql(server, "UPDATE auth_account SET is_disabled = 1 WHERE login = 'operator1'");
	await refusedWhy('account_disabled', 'account_disabled');
	sql(server, "UPDATE auth_account SET is_disabled = 0, valid_until = 1 WHERE login = 'operator1'");
	await refusedWhy('account_disabled', 'account_disabled');
	sql(server, "UPDATE auth_account SET valid_until = 0 WHERE login = 'operator1'");
	assert.equal((await walk()).answer.status, 303);
});

test('whom the provider vouches for owes no password and no factor of ours', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	sql(server, "UPDATE auth_account SET is_password_initial = 1 WHERE login = 'operator1'");
	const { answer } = await walk();
	const vouched = new Client(server,
		{ cookie: cookieOf(answer, '__Host-session').split(';')[0] });
	assert.equal((await vouched.get('/me', { expect: 200 })).json.duty, null);
	await vouched.get('/appeals', { expect: 200 });
	const byPassword = await server.signedIn('operator');
	assert.equal((await byPassword.get('/me', { expect: 200 })).json.duty, 'change_password');
	sql(server, "UPDATE auth_account SET is_password_initial = 0 WHERE login = 'operator1'");
});

test('a link by user name or verified e-mail is made one by subject at the first sign-in', async () => {
	for (const [login, claim, value, sub] of [
		['reviewer1', 'preferred_username', 'li.na', 'sub-li'],
		['visitor1', 'email', 'wang@district.example', 'sub-wang']]) {
		await link(login, { claim, value });
		provider.claims = (p) => Object.assign(p, { sub, [claim]: value, email_verified: false });
		if (claim === 'email')
			await refusedWhy('not_linked', 'not_linked');
		provider.claims = (p) => Object.assign(p, { sub, [claim]: value, email_verified: true });
		assert.equal((await walk()).answer.status, 303);
		const shown = await server.as('admin').get(`/accounts/${accountId(login)}/oidc`,
			{ expect: 200 });
		assert.equal(shown.json.claim, 'sub');
		assert.equal(shown.json.value, sub);
		/* Somebody else who is given the name or address later is somebody else. */
		provider.claims = (p) => Object.assign(p, { sub: `${sub}-2`, [claim]: value,
			email_verified: true });
		await refusedWhy('not_linked', 'not_linked');
	}
});

test('a person whose name is another\'s with a blank behind it gets neither link nor account', async () => {
	await link('leader1', { claim: 'preferred_username', value: 'zhang.wei' });
	await link('dispatcher1', { claim: 'sub', value: 'sub-zhang' });
	for (const claims of [{ sub: 'sub-other', preferred_username: 'zhang.wei ' },
		{ sub: 'sub-zhang ' }]) {
		provider.claims = (p) => Object.assign(p, claims);
		await refusedWhy('not_linked', 'not_linked');
	}
	const shown = await server.as('admin').get(`/accounts/${accountId('leader1')}/oidc`,
		{ expect: 200 });
	assert.equal(shown.json.claim, 'preferred_username', 'the waiting link waits on');
	provider.claims = (p) => Object.assign(p, { sub: 'sub-wei', preferred_username: 'zhang.wei' });
	assert.equal((await walk()).answer.status, 303);
});

test('links are an administrator\'s: made, shown, refused twice, taken away', async () => {
	const admin = server.as('admin');
	const at = `/accounts/${accountId('supervisor1')}/oidc`;
	await admin.get(at, { expect: 404 });
	const made = await admin.put(at, { claim: 'sub', value: 'boss' }, { expect: 200 });
	assert.deepEqual({ ...made.json, linked_at: 0 }, { issuer: provider.url, claim: 'sub',
		value: 'boss', given: false, linked_at: 0 });
	const taken = await link('leader1', { claim: 'sub', value: 'boss' }, 409);
	assert.equal(taken.json.code, 'linked_elsewhere');
	for (const body of [{}, { claim: 'name', value: 'x' }, { claim: 'sub' },
		{ claim: 'sub', value: '' }, { claim: 'sub', value: 'x'.repeat(256) },
		{ claim: 'sub', value: 'x', account_id: 1 }])
		await admin.put(at, body, { expect: 422 });
	await admin.put('/accounts/999999/oidc', { claim: 'sub', value: 'x' }, { expect: 404 });
	for (const role of ['supervisor', 'operator', 'auditor'])
		await server.as(role).put(at, { claim: 'sub', value: 'me' }, { expect: 403 });
	await admin.delete(at, { expect: 204 });
	await admin.delete(at, { expect: 404 });
	provider.claims = (payload) => { payload.sub = 'boss'; };
	await refusedWhy('not_linked', 'not_linked');
});

test('every operation of the option is described, and its answers keep to that', async () => {
	const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
	const ajv = addFormats(new Ajv2020({ strict: false }));
	ajv.addSchema({ $id: 'https://liandong.test/openapi', ...described });
	const admin = server.as('admin');
	const at = `/accounts/${accountId('supervisor1')}/oidc`;
	provider.claims = (payload) => { payload.sub = PERSON; };
	const answers = {
		'PUT /api/v1/accounts/{id}/oidc': await admin.put(at, { claim: 'sub', value: 'x' }),
		'GET /api/v1/accounts/{id}/oidc': await admin.get(at),
		'DELETE /api/v1/accounts/{id}/oidc': await admin.delete(at),
		'GET /api/v1/oidc/start': await server.anonymous().get('/oidc/start'),
		'GET /api/v1/oidc/callback': (await walk()).answer,
		'GET /api/v1/oidc/end': await server.anonymous().get('/oidc/end'),
		'GET /api/v1/session/ways': await server.anonymous().get('/session/ways'),
	};
	const optional = Object.entries(described.paths).flatMap(([path, item]) => Object.keys(item)
		.filter((method) => item[method]['x-option'] === 'oidc')
		.map((method) => `${method.toUpperCase()} ${path}`));
	assert.deepEqual(optional.filter((name) => !(name in answers)), []);
	for (const [name, answer] of Object.entries(answers)) {
		const [method, path] = name.split(' ');
		const response = described.paths[path][method.toLowerCase()].responses[answer.status];
		assert.ok(response, `${name} describes ${answer.status}: ${answer.text}`);
		if (answer.text === '')
			continue;
		const { $ref } = response.content['application/json'].schema;
		const validate = ajv.compile({ $ref: `https://liandong.test/openapi${$ref}` });
		assert.ok(validate(answer.json), ajv.errorsText(validate.errors));
	}
});

test('what was done stands in the record, sealed, and what was refused is counted', async () => {
	const auditor = server.as('auditor');
	const acts = async (login) => (await auditor.all(`/audit?subject=account:${accountId(login)}`))
		.map((act) => [act.kind, act.by.role, act.detail]);
	assert.deepEqual(await acts('reviewer1'), [
		['signed_in', 'reviewer', { way: 'oidc' }],
		['account_changed', null, { oidc: 'pinned' }],
		['account_changed', 'admin', { oidc: 'linked' }]]);
	assert.deepEqual((await acts('supervisor1')).map(([, , detail]) => detail.oidc),
		['unlinked', 'linked', 'unlinked', 'linked']);
	const refused = () => sql(server, 'SELECT COALESCE(SUM(refusals), 0) FROM audit_refusal')[0][0];
	const before = Number(refused());
	provider.claims = (payload) => { payload.sub = 'stranger'; };
	await refusedWhy('not_linked', 'not_linked');
	provider.claims = (payload) => { payload.sub = PERSON; payload.nonce = 'x'; };
	await refusedWhy('why=nonce');
	assert.equal(Number(refused()), before + 2);
	assert.doesNotMatch(JSON.stringify(await auditor.all('/audit')), /sub-li|li\.na|stranger|boss/);
});

test('the command links and unlinks', async () => {
	const env = { ...process.env, ...provider.settings(server.base) };
	server.command(['oidc', 'link', 'leader1', 'sub', 'by-command'], { env, expect: 0 });
	provider.claims = (payload) => { payload.sub = 'by-command'; };
	assert.equal((await walk()).answer.status, 303);
	assert.match(server.command(['oidc', 'link', 'auditor1', 'sub', 'by-command'],
		{ env, expect: 1 }).stderr, /another account has this link/);
	assert.match(server.command(['oidc', 'link', 'nobody', 'sub', 'x'], { env, expect: 1 })
		.stderr, /no such account/);
	server.command(['oidc', 'link', 'leader1', 'name', 'x'], { env, expect: 2 });
	server.command(['oidc', 'unlink', 'leader1'], { env, expect: 0 });
	await refusedWhy('not_linked', 'not_linked');
});

test('the browser is sent back to pages of our own alone', async () => {
	for (const foreign of ['//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example',
		'\\\\evil.example', '/a//evil.example', '', ' /', '/\n/evil', '/%', 'javascript:alert(1)',
		'/é', '/api/v1/me', `/${'a'.repeat(512)}`]) {
		const answer = await server.anonymous()
			.get(`/oidc/start?return=${encodeURIComponent(foreign)}`);
		if (foreign === '/%')
			assert.equal(answer.status, 303, 'a percent sign is a page\'s business');
		else
			assert.equal(answer.status, 422, JSON.stringify(foreign));
	}
	await server.anonymous().get('/oidc/start?return=/&return=/', { expect: 422 });
	await server.anonymous().get('/oidc/start?x=1', { expect: 422 });
});

test('the ways to sign in are named before anybody has', async () => {
	const ways = await server.anonymous().get('/session/ways', { expect: 200 });
	assert.deepEqual(ways.json, { password: true, provider: { name: '区统一认证',
		start: '/api/v1/oidc/start', end: '/api/v1/oidc/end' } });
});

test('the provider\'s own session is ended at its own address', async () => {
	const answer = await server.anonymous().get('/oidc/end', { expect: 303 });
	const url = new URL(answer.headers.location);
	assert.equal(url.origin + url.pathname, `${provider.url}/endsession`);
	assert.deepEqual(Object.fromEntries(url.searchParams), { client_id: provider.client,
		post_logout_redirect_uri: `${server.base}/` });
	assert.equal(await provider.visit(url), `${server.base}/`);
});

test('a provider that is broken, huge or elsewhere is away, and nobody gets in', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	const away = (why) => refusedWhy(why, 'provider_away', 503);
	const at = (path_asked, how) => { provider.answer = (path_seen, response) =>
		path_seen === path_asked && (how(response), true); };
	at('/token', (response) => response.writeHead(500).end());
	await away('part=code status=500');
	at('/token', (response) => response.end(Buffer.alloc(65 * 1024, 32)));
	await away('asked=token why=too_large');
	at('/token', (response) => response.writeHead(302, { location: `${provider.url}/jwks` }).end());
	await refusedWhy('part=code status=302');
	assert.equal(provider.count('/jwks'), 0, 'no redirect is followed');
	at('/token', (response) => response.end('[]'));
	await refusedWhy('why=no_id_token');
	at('/token', (response) => response.end('{"id_token":5}'));
	await refusedWhy('why=no_id_token');
	at('/token', (response) => response.destroy());
	await away('asked=token why=broken');
});

test('a flow is used up by a provider that was away, and by the first of many at once', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	provider.answer = (at, response) => at === '/token' && (response.writeHead(500).end(), true);
	const { location, flow } = await walk();
	provider.answer = () => false;
	isRefused(await back(location, flow.cookie), 'flow_over');
	const many = await begin();
	const there = await provider.visit(many.url);
	const asked = provider.count('/token');
	const answers = await Promise.all(Array.from({ length: 6 }, () => back(there, many.cookie)));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [303, 403, 403, 403, 403, 403]);
	assert.equal(provider.count('/token'), asked + 1);
});

test('a provider that hangs costs a worker its time once, then is left alone for as long', async () => {
	provider.claims = (payload) => { payload.sub = PERSON; };
	const waiting = await begin(), late = await begin();
	const locations = [await provider.visit(waiting.url), await provider.visit(late.url)];
	provider.answer = (at, response) => at === '/token' && (provider.hold(response), true);
	const began = Date.now();
	isRefused(await back(locations[0], waiting.cookie), 'provider_away', 503);
	assert.ok(Date.now() - began < 6000 * slowness(), 'within its time');
	const again = Date.now();
	isRefused(await back(locations[1], late.cookie), 'provider_away', 503);
	assert.ok(Date.now() - again < 1000 * slowness(), 'at once');
	assert.match(server.log(), /asked=token why=timeout/);
	assert.match(server.log(), /asked=token why=left_alone/);
	provider.letGo();
});

test('a secret is sent as RFC 6749 says, from its file as it is now', async () => {
	const file = path.join(provider.dir, 'secret');
	fs.writeFileSync(file, 'geheim &+%\n', { mode: 0o600 });
	await server.stop();
	server.options.env = (base) => ({ ...provider.settings(base),
		LIANDONG_OIDC_CLIENT_SECRET_FILE: file, LIANDONG_OIDC_ROLE_CLAIM: 'groups',
		LIANDONG_OIDC_ROLE_MAP: 'desk=operator, city=department:CGJ, root=admin, far=department:NOWHERE' });
	await server.restart();
	provider.claims = (payload) => { payload.sub = PERSON; };
	/* The mock takes any client; it says that it wants no secret, which names none of the two. */
	assert.equal((await walk()).answer.status, 303);
	const [user, secret] = Buffer.from(provider.forms.at(-1).authorization.split(' ')[1], 'base64')
		.toString().split(':').map(decodeURIComponent);
	assert.deepEqual([user, secret], [provider.client, 'geheim &+%']);
	fs.writeFileSync(file, 'another\n');
	assert.equal((await walk()).answer.status, 303);
	assert.match(Buffer.from(provider.forms.at(-1).authorization.split(' ')[1], 'base64').toString(),
		/:another$/);
	assert.ok(!server.log().includes('geheim'));
	fs.chmodSync(file, 0o644);
	assert.equal((await walk()).answer.status, 503);
	assert.match(server.log(), /oidc no_secret .*oidc_client_secret_file: .*may be used by others/);
	fs.chmodSync(file, 0o600);
});

test('a claim gives an account with the mapped role, and takes the sign-in with itself', async () => {
	const groups = (sub, words, more = {}) => {
		provider.claims = (payload) => Object.assign(payload, { sub, groups: words, ...more });
	};
	groups('new-1', ['x', 'desk'], { preferred_username: 'chen.jie', name: '陈洁' });
	const { answer } = await walk();
	assert.equal(answer.status, 303, answer.text);
	const session = new Client(server,
		{ cookie: cookieOf(answer, '__Host-session').split(';')[0] });
	assert.equal((await session.get('/me', { expect: 200 })).json.role, 'operator');
	assert.deepEqual(sql(server, "SELECT name, unit FROM auth_account WHERE login = 'chen.jie'"),
		[['陈洁', 'NULL']]);
	groups('new-2', 'city', { preferred_username: 'operator1' });
	const second = await walk();
	const me = (await new Client(server,
		{ cookie: cookieOf(second.answer, '__Host-session').split(';')[0] }).get('/me')).json;
	assert.equal(me.role, 'department');
	assert.equal(me.department, 'CGJ');
	assert.match(sql(server, 'SELECT a.login FROM auth_account a JOIN oidc_link l ON ' +
		"l.account_id = a.id WHERE l.value = 'new-2'")[0][0], /^oidc-[0-9a-f]{16}$/,
	'a name that is taken is not taken over');
	for (const words of [['root'], ['far'], ['desks'], [], 5]) {
		groups('new-3', words);
		await refusedWhy('not_linked', 'not_linked');
	}
	groups('new-1', ['city']);
	await refusedWhy('role_changed', 'role_changed');
	groups('new-1', []);
	await refusedWhy('role_changed', 'role_changed');
	groups('new-1', ['desk']);
	assert.equal((await walk()).answer.status, 303);
});

test('discovery of another issuer, of other hosts or of nothing makes the provider away', async () => {
	await server.stop();
	await server.restart();
	const real = { issuer: provider.url, authorization_endpoint: `${provider.url}/authorize`,
		token_endpoint: `${provider.url}/token`, jwks_uri: `${provider.url}/jwks` };
	const documents = [
		['why=issuer', { ...real, issuer: 'https://evil.example' }],
		['why=issuer', { ...real, issuer: `${provider.url}/` }],
		['why=token_endpoint', { ...real, token_endpoint: 'https://evil.example/token' }],
		['why=token_endpoint', { ...real, token_endpoint: `http://127.0.0.1:${provider.port}/t` }],
		['why=jwks_uri', { ...real, jwks_uri: 'https://169.254.169.254/' }],
		['why=jwks_uri', { ...real, jwks_uri: 'file:///etc/passwd' }],
		['why=jwks_uri', { ...real, jwks_uri: undefined }],
		['why=authorization_endpoint', { ...real, authorization_endpoint: `${provider.url}@evil/` }],
		['why=no_json', 'text'],
	];
	for (const [why, document] of documents) {
		provider.answer = (at, response) => at.startsWith('/.well-known') &&
			provider.json(response, document);
		const length = server.log().length;
		const answer = await server.anonymous().get('/oidc/start');
		isRefused(answer, 'provider_away', 503);
		assert.ok(server.log().slice(length).includes(`document=discovery ${why}`),
			server.log().slice(length));
	}
	/* One that says its answers name it owes the name. */
	provider.answer = (at, response) => at.startsWith('/.well-known') && provider.json(response,
		{ ...real, authorization_response_iss_parameter_supported: true });
	provider.claims = (payload) => { payload.sub = PERSON; };
	await refusedWhy('part=answer why=issuer');
});

test('a provider whose certificate nobody vouches for, or that is down, is away', async () => {
	await server.stop();
	const settings = server.options.env;
	server.options.env = (base) => ({ ...settings(base), LIANDONG_OIDC_CA_FILE: '' });
	await server.restart();
	isRefused(await server.anonymous().get('/oidc/start'), 'provider_away', 503);
	assert.match(server.log(), /asked=discovery why=tls/);
	assert.equal(provider.count('/.well-known/openid-configuration'), 0);
	await provider.stop();
	isRefused(await server.anonymous().get('/oidc/start'), 'provider_away', 503);
	assert.match(server.log(), /asked=discovery why=connect/);
	await server.signedIn('operator');	/* passwords need no provider */
});

test('settings that cannot be meant are refused at the start, each with its name', async () => {
	const file = path.join(provider.dir, 'liandong.conf');
	const start = (bin, lines) => {
		fs.writeFileSync(file, Object.entries(lines).map(([k, v]) => `${k} = ${v}`).join('\n'));
		return spawnSync(path.resolve(bin), ['serve', '--config', file],
			{ encoding: 'utf8', timeout: 60_000 });
	};
	const open = path.join(provider.dir, 'open-secret');
	fs.writeFileSync(open, 'geheim\n');
	fs.chmodSync(open, 0o640);
	const good = { oidc_issuer: 'https://id.district.example', oidc_client_id: 'x',
		oidc_base_url: 'https://desk.district.example' };
	const bad = [
		[{ ...good, oidc_issuer: 'http://id.district.example' }, /oidc_issuer: .*https/],
		[{ ...good, oidc_issuer: 'https://10.0.0.5' }, /oidc_issuer: .*oidc_allow_cidr/],
		[{ ...good, oidc_issuer: 'http://id.district.example', oidc_allow_http: 'true' },
			/oidc_issuer: .*loopback/],
		[{ ...good, oidc_client_id: '' }, /oidc_client_id: /],
		[{ ...good, oidc_base_url: 'http://desk.district.example' }, /oidc_base_url: /],
		[{ ...good, oidc_base_url: 'https://desk.district.example/' }, /oidc_base_url: /],
		[{ ...good, oidc_client_secret_file: '/nowhere' }, /oidc_client_secret_file: /],
		[{ ...good, oidc_client_secret_file: open },
			/oidc_client_secret_file: .*may be used by others than its owner .*chmod 600/],
		[{ ...good, oidc_ca_file: '/nowhere' }, /oidc_ca_file: /],
		[{ ...good, oidc_allow_cidr: '10.0.0.5/8' }, /oidc_allow_cidr: /],
		[{ ...good, oidc_role_map: 'desk=king' }, /oidc_role_map: /],
	];
	for (const [lines, sentence] of bad) {
		const ended = start(process.env.LIANDONG_BIN, lines);
		assert.equal(ended.status, 1, JSON.stringify(lines));
		assert.match(ended.stderr, sentence);
	}
	const absent = start(WITHOUT_OIDC, good);
	assert.equal(absent.status, 1);
	assert.match(absent.stderr, /oidc_issuer: this program was built without OpenID Connect; .*OIDC=1/);
});

endsCleanly(server);
