/*
 * Second factors: codes by the clock, which `oathtool` makes, and recovery codes; each once.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { codeOf, enrol, ownAccount, PASSWORD } from './lib/accounts.mjs';
import { signIn, trySignIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';

const server = await startServer();
let n = 0;

async function enrolled(role = 'reviewer') {
	const account = await ownAccount(server, { login: `person${++n}`, role });
	const session = await signIn(server, account);
	return { ...account, session, ...await enrol(session) };
}

/* Nobody waits for the next half minute: what was used is forgotten. */
const forget = (account) => sql(server, `UPDATE auth_factor SET last_step = 0
	WHERE account_id = ${account.id}`);
const refused = async (account, totp, code) => {
	const answer = await trySignIn(server, { ...account, totp }, { expect: 401 });
	assert.equal(answer.json.code, code);
	assert.equal(answer.headers['set-cookie'], undefined);
	return answer;
};

test('setting one up asks for the password, and gives secret, address and recovery codes once', async () => {
	const account = await ownAccount(server, { login: '王 小明@x', role: 'reviewer' });
	const session = await signIn(server, account);
	const wrong = await session.post('/me/factor', { password: 'not this one' }, { expect: 422 });
	assert.equal(wrong.json.errors[0].pointer, '#/password');
	const { secret, uri, codes } = await enrol(session);
	assert.match(secret, /^[A-Z2-7]{32}$/);
	const address = new URL(uri);
	assert.equal(`${address.protocol}//${address.host}`, 'otpauth://totp');
	assert.equal(decodeURIComponent(address.pathname), '/Liandong:王 小明@x');
	assert.deepEqual(Object.fromEntries(address.searchParams), { secret, issuer: 'Liandong',
		algorithm: 'SHA1', digits: '6', period: '30' });
	assert.equal(new Set(codes).size, 10);
	assert.ok(codes.every((one) => /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/.test(one)), String(codes));
	const me = (await session.get('/me', { expect: 200 })).json;
	assert.deepEqual([me.second_factor, me.recovery_codes, me.duty], [true, 10, null]);
	const rows = JSON.stringify(sql(server, `SELECT HEX(secret), pending FROM auth_factor
		WHERE account_id = ${account.id}`));
	assert.match(rows, /"01010000/, 'sealed');
});

/* Rows of modules as a picture of eight pixels each, which zbar reads. */
function readCode(rows) {
	const width = rows.length * 8;
	const line = (row) => [...row].map((one) => (one === '1' ? '1'.repeat(8) : '0'.repeat(8))).join('');
	const file = path.join(os.tmpdir(), `qr-${process.pid}.pbm`);
	fs.writeFileSync(file, `P1\n${width} ${width}\n${rows.map((row) => `${line(row)}\n`.repeat(8)).join('')}`);
	try {
		return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).trim();
	} finally {
		fs.rmSync(file);
	}
}

test('a camera reads the address from its code, whatever is in the login', async () => {
	for (const login of ['scanned', '扫码 登录@x', 'x'.repeat(64)]) {
		const session = await signIn(server, await ownAccount(server, { login, role: 'reviewer' }));
		const { uri, qr } = (await session.post('/me/factor', { password: PASSWORD }, { expect: 200 })).json;
		assert.ok(qr.every((row) => row.length === qr.length), 'a square');
		assert.ok(qr.slice(0, 4).every((row) => !row.includes('1')), 'with its light border');
		assert.equal(readCode(qr), uri);
	}
});

test('it is in force with its first code, and not before', async () => {
	const account = await ownAccount(server, { login: 'unconfirmed', role: 'reviewer' });
	const session = await signIn(server, account);
	const { secret } = (await session.post('/me/factor', { password: PASSWORD },
		{ expect: 200 })).json;
	await trySignIn(server, account, { expect: 200 });
	await session.post('/me/factor/confirm', { totp: codeOf(secret, 5) }, { expect: 422 });
	await session.post('/me/factor/confirm', { totp: codeOf(secret).replace(/./, 'x') },
		{ expect: 422 });
	assert.equal((await session.get('/me')).json.second_factor, false);
	await session.post('/me/factor/confirm', { totp: codeOf(secret) }, { expect: 200 });
	await session.get('/me', { expect: 401 });
	await refused(account, undefined, 'totp_required');
});

test('a secret waits ten minutes for its first code, and wrong ones are counted', async () => {
	const account = await ownAccount(server, { login: 'waiting', role: 'reviewer' });
	const session = await signIn(server, account);
	const begin = async () => (await session.post('/me/factor', { password: PASSWORD },
		{ expect: 200 })).json.secret;
	const confirm = (totp, expect) => session.post('/me/factor/confirm', { totp }, { expect });
	const older = (seconds) => sql(server, `UPDATE auth_factor SET pending_at = pending_at -
		${seconds}000000 WHERE account_id = ${account.id}`);
	let secret = await begin();
	older(601);
	await confirm(codeOf(secret), 422);
	secret = await begin();
	older(570);
	for (let i = 0; i < 4; i++)
		await confirm(codeOf(secret, 5), 422);
	const answer = await confirm(codeOf(secret), 429);
	assert.equal(answer.json.code, 'too_many_tries');
	assert.equal(answer.headers['retry-after'], '1');
	assert.equal((await session.get('/me')).json.second_factor, false);
	sql(server, 'UPDATE auth_failure SET at = at - 2000000');
	await confirm(codeOf(secret), 200);
});

test('confirming ends the other sessions and goes on under a new cookie', async () => {
	const account = await ownAccount(server, { login: 'others', role: 'reviewer' });
	const [here, there] = [await signIn(server, account), await signIn(server, account)];
	const before = here.cookie;
	await enrol(here);
	assert.notEqual(here.cookie, before);
	await here.get('/me', { expect: 200 });
	await there.get('/me', { expect: 401 });
});

test('whether a code is wanted is told beside the right password only', async () => {
	const account = await enrolled();
	const wanted = await refused(account, undefined, 'totp_required');
	const wrong = await refused(account, '000000', 'totp_required');
	assert.deepEqual([wrong.json.detail, wrong.json.title], [wanted.json.detail, wanted.json.title]);
	const bad = { ...account, password: 'not the password' };
	await refused(bad, undefined, 'wrong_credentials');
	await refused(bad, codeOf(account.secret), 'wrong_credentials');
	await refused({ ...bad, login: 'nobody' }, '123456', 'wrong_credentials');
});

test('a code of this half minute and of its neighbours is taken, others are not', async () => {
	const account = await enrolled();
	for (const steps of [-1, 0, 1]) {
		forget(account);
		await trySignIn(server, { ...account, totp: codeOf(account.secret, steps) },
			{ expect: 200 });
	}
	forget(account);
	for (const steps of [-3, 3, 1000])
		await refused(account, codeOf(account.secret, steps), 'totp_required');
});

test('a code works once, on whichever server, and an older one not after it', async (t) => {
	const account = await enrolled();
	const beside = await startBeside(server);
	t.after(() => beside.stop());
	const totp = codeOf(account.secret);
	await trySignIn(server, { ...account, totp }, { expect: 200 });
	await refused(account, totp, 'totp_required');
	await trySignIn(beside, { ...account, totp }, { expect: 401 });
	await refused(account, codeOf(account.secret, -1), 'totp_required');
	forget(account);
	const again = codeOf(account.secret);
	const answers = await Promise.all([server, beside].map((one) =>
		trySignIn(one, { ...account, totp: again })));
	assert.deepEqual(answers.map((one) => one.status).sort(), [200, 401]);
});

test('a recovery code takes the place of a code, once, however it is written', async () => {
	const account = await enrolled();
	const [first, second] = account.codes;
	await trySignIn(server, { ...account, totp: first }, { expect: 200 });
	await refused(account, first, 'totp_required');
	const session = await signIn(server,
		{ ...account, totp: second.toLowerCase().replaceAll('-', ' ') });
	assert.equal((await session.get('/me')).json.recovery_codes, 8);
	await refused(account, second.slice(0, -1), 'totp_required');
	await refused({ ...account, password: 'wrong one' }, account.codes[2], 'wrong_credentials');
	assert.equal((await session.get('/me')).json.recovery_codes, 8, 'none is used up by that');
	const other = await enrolled();
	await refused(other, account.codes[2], 'totp_required');
});

test('new recovery codes make the old ones void, and need password and code', async () => {
	const account = await enrolled();
	const { session } = account;
	await session.post('/me/recovery-codes', { password: PASSWORD }, { expect: 422 });
	await session.post('/me/recovery-codes', { password: 'wrong', totp: codeOf(account.secret) },
		{ expect: 422 });
	const fresh = (await session.post('/me/recovery-codes',
		{ password: PASSWORD, totp: codeOf(account.secret) }, { expect: 200 })).json.recovery_codes;
	assert.equal(new Set([...fresh, ...account.codes]).size, 20);
	await refused(account, account.codes[0], 'totp_required');
	await trySignIn(server, { ...account, totp: fresh[0] }, { expect: 200 });
	const without = await signIn(server, await ownAccount(server,
		{ login: 'without', role: 'reviewer' }));
	assert.equal((await without.post('/me/recovery-codes', { password: PASSWORD },
		{ expect: 409 })).json.code, 'no_second_factor');
});

test('another secret takes over with its first code; until then the old one is in force', async () => {
	const account = await enrolled();
	await account.session.post('/me/factor', { password: PASSWORD }, { expect: 422 });
	const { secret } = (await account.session.post('/me/factor',
		{ password: PASSWORD, totp: codeOf(account.secret) }, { expect: 200 })).json;
	await trySignIn(server, { ...account, totp: codeOf(account.secret, 1) }, { expect: 200 });
	await account.session.post('/me/factor/confirm', { totp: codeOf(secret, -1) },
		{ expect: 200 });
	await refused(account, codeOf(account.secret), 'totp_required');
	await trySignIn(server, { ...account, totp: codeOf(secret) }, { expect: 200 });
});

test('an administrator takes a lost factor away; the password remains', async () => {
	const account = await enrolled();
	await server.as('admin').post(`/accounts/${account.id}/reset-factor`,
		{ reason: '手机遗失' }, { expect: 200 });
	await account.session.get('/me', { expect: 401 });
	const session = await signIn(server, account);
	assert.equal((await session.get('/me')).json.second_factor, false);
	assert.deepEqual(sql(server, `SELECT reason FROM audit_act WHERE subject = ${account.id}
		AND kind = 8`), [['手机遗失']]);
});

test('guesses of codes are slowed down, wherever they come from', async () => {
	const account = await enrolled();
	for (let i = 0; i < 5; i++)
		await trySignIn(server, { ...account, totp: '00000' + i },
			{ from: `127.0.0.${10 + i}`, expect: 401 });
	const answer = await trySignIn(server, { ...account, totp: codeOf(account.secret) },
		{ from: '127.0.0.99', expect: 429 });
	assert.ok(Number(answer.headers['retry-after']) >= 1);
});

test('a role of which a second factor is demanded may set one up and nothing else', async (t) => {
	const strict = await startBeside(server, { second_factor_roles: 'leader, supervisor' });
	t.after(() => strict.stop());
	const account = await ownAccount(server, { login: 'demanded', role: 'supervisor' });
	const session = await signIn(strict, account);
	assert.equal((await session.get('/me', { expect: 200 })).json.duty, 'set_up_second_factor');
	for (const path of ['/tasks', '/accounts', '/sessions', '/departments']) {
		const answer = await session.get(path, { expect: 403 });
		assert.equal(answer.json.code, 'second_factor_due');
	}
	assert.equal((await session.post('/appeals', {}, { expect: 403 })).json.code,
		'second_factor_due');
	await enrol(session);
	assert.equal((await session.get('/me')).json.duty, null);
	await session.get('/tasks', { expect: 200 });
	const other = await signIn(strict, await ownAccount(server,
		{ login: 'not-demanded', role: 'reviewer' }));
	await other.get('/tasks', { expect: 200 });
});

test('a key has no second factor, no password and no sessions', async () => {
	const key = server.as('operator');
	for (const path of ['/me/factor', '/me/factor/confirm', '/me/recovery-codes', '/me/password'])
		assert.equal((await key.post(path, {}, { expect: 403 })).json.code, 'accounts_only');
	await key.get('/sessions', { expect: 403 });
	assert.deepEqual([(await key.get('/me')).json.csrf_token, (await key.get('/me')).json.duty],
		[null, null]);
});

test('no secret and no code stands in the log', () => {
	for (const [secret] of sql(server, 'SELECT HEX(secret) FROM auth_factor'))
		assert.ok(!server.log().includes(secret));
	assert.doesNotMatch(server.log(), /otpauth|totp=|[A-Z2-7]{4}-[A-Z2-7]{4}-/);
	assert.match(server.log(), /auth sign_in_refused .*why=code/);
	assert.match(server.log(), /auth signed_in .*why=recovery_code/);
});

endsCleanly(server);
