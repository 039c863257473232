/*
 * Sessions of people: new at each sign-in, listed, ended, and over on every server at once when
 * the account is changed. Two servers on one database.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { addAccount, ownAccount, PASSWORD } from './lib/accounts.mjs';
import { Client, cookieOf, signIn, trySignIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { soAfter } from './lib/until.mjs';

const server = await startServer();
const beside = await startBeside(server);
const admin = server.as('admin');
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
	'Chrome/120.0.0.0 Safari/537.36 secret-canary';
const MINUTE = 60_000_000;

/* The same session at another server. */
const at = (other, session) => new Client(other, session);
const alive = async (session) => (await session.get('/me')).status === 200;

async function isDeadOnBoth(session, started = Date.now()) {
	await soAfter(5000, async () => !await alive(session) && !await alive(at(beside, session)),
		{ began: started, what: 'the session to be over on both servers' });
}

test('every sign-in makes another cookie of 256 bits, and the session before is over', async () => {
	const account = await ownAccount(server, { login: 'fixation', role: 'reviewer' });
	const cookies = new Set();
	let before;
	for (let i = 0; i < 5; i++) {
		const session = await signIn(server, account, before &&
			{ headers: { origin: server.base, cookie: before.cookie } });
		const value = session.cookie.split('=')[1];
		assert.match(value, /^[A-Za-z0-9_-]{43}$/);
		cookies.add(value);
		if (before)
			assert.equal(await alive(before), false, 'the one it came with');
		before = session;
	}
	assert.equal(cookies.size, 5);
	const hash = createHash('sha256').update(before.cookie.split('=')[1]).digest('hex');
	assert.equal(sql(server, `SELECT COUNT(*) FROM auth_session
		WHERE sha256 = UNHEX('${hash}')`)[0][0], '1', 'a hash is kept');
});

test('a cookie planted before the sign-in is not the session after it', async () => {
	const account = await ownAccount(server, { login: 'planted', role: 'reviewer' });
	const planted = '__Host-session=' + 'A'.repeat(43);
	const answer = await trySignIn(server, account,
		{ headers: { origin: server.base, cookie: planted }, expect: 200 });
	assert.notEqual(cookieOf(answer), planted);
	assert.equal(await alive(new Client(server, { cookie: planted })), false);
});

test('own sessions are listed, without whole addresses or agents, and ended', async () => {
	const account = await ownAccount(server, { login: 'lister', role: 'visitor' });
	const first = await signIn(server, account,
		{ headers: { origin: server.base, 'user-agent': AGENT } });
	const second = await signIn(beside, account);
	const list = (await first.get('/sessions', { expect: 200 })).json.items;
	assert.equal(list.length, 3, 'with the one of the first password');
	assert.deepEqual(list.filter((one) => one.current).map((one) => [one.agent, one.source]),
		[['Chrome, Windows', '127.0.0.0/24']]);
	assert.ok(list.every((one) => Date.parse(one.created_at) <= Date.parse(one.seen_at)));
	assert.ok(!JSON.stringify(list).includes('canary'));
	const other = list.find((one) => !one.current);
	await first.delete(`/sessions/${other.id}`, { expect: 204 });
	await first.delete(`/sessions/${other.id}`, { expect: 404 });
	await isDeadOnBoth(second);
	const third = await signIn(server, account);
	await third.delete('/sessions', { expect: 204 });
	await isDeadOnBoth(first);
	assert.equal(await alive(third), true);
	assert.equal((await third.get('/sessions')).json.items.length, 1);
});

test('nobody ends a session of another account by its number', async () => {
	const mine = await signIn(server, await ownAccount(server, { login: 'mine', role: 'visitor' }));
	const other = await signIn(server, await ownAccount(server,
		{ login: 'theirs', role: 'visitor' }));
	const { id } = (await other.get('/sessions')).json.items.find((one) => one.current);
	await mine.delete(`/sessions/${id}`, { expect: 404 });
	await mine.delete('/sessions/no-number', { expect: 404 });
	assert.equal(await alive(other), true);
});

test('a session signed out on one server is over on the other', async () => {
	const session = await signIn(server, await ownAccount(server,
		{ login: 'leaver', role: 'reviewer' }));
	assert.equal(await alive(at(beside, session)), true);
	const answer = await at(beside, session).delete('/session', { headers: {}, expect: 204 });
	assert.match(answer.headers['clear-site-data'], /"cookies".*"storage"/);
	assert.match(answer.headers['set-cookie'][0], /^__Host-session=;.*Max-Age=0/);
	await isDeadOnBoth(session);
});

const ENDINGS = {
	'is disabled': (id) => admin.post(`/accounts/${id}/disable`, {}, { expect: 200 }),
	'gets another role': (id) => admin.put(`/accounts/${id}`, { name: 'n', role: 'visitor' },
		{ expect: 200 }),
	'is said to be outsourced': (id) => admin.put(`/accounts/${id}`,
		{ name: 'n', role: 'reviewer', outsourced: true }, { expect: 200 }),
	'has its password reset': (id) => admin.post(`/accounts/${id}/reset-password`, {},
		{ expect: 200 }),
	'has its second factor reset': (id) => admin.post(`/accounts/${id}/reset-factor`, {},
		{ expect: 200 }),
	'has its sessions ended by an administrator': (id) =>
		admin.delete(`/accounts/${id}/sessions`, { expect: 204 }),
	'is over by its date': (id) => admin.put(`/accounts/${id}`,
		{ name: 'n', role: 'reviewer', valid_until: '2026-01-01' }, { expect: 200 }),
};

for (const [n, [what, act]] of Object.entries(ENDINGS).entries())
	test(`all sessions are over on every server within 5 s when the account ${what}`, async () => {
		const account = await ownAccount(server, { login: `ending-${n}`, role: 'reviewer' });
		const sessions = [await signIn(server, account), await signIn(beside, account)];
		for (const one of sessions)
			assert.ok(await alive(one) && await alive(at(beside, one)));
		const started = Date.now();
		await act(account.id);
		for (const one of sessions)
			await isDeadOnBoth(one, started);
	});

test('a new name ends nothing', async () => {
	const account = await ownAccount(server, { login: 'renamed', role: 'reviewer' });
	const session = await signIn(server, account);
	await admin.put(`/accounts/${account.id}`, { name: '王小明', role: 'reviewer' },
		{ expect: 200 });
	assert.equal((await session.get('/me', { expect: 200 })).json.name, '王小明');
	assert.equal((await session.get('/me')).json.login, 'renamed');
});

test('a sign-in that was under way while the password changed opens nothing', async () => {
	const account = await ownAccount(server, { login: 'racer', role: 'reviewer' });
	const session = await signIn(server, account);
	sql(server, `UPDATE auth_session SET epoch = epoch - 1 WHERE account_id = ${account.id}`);
	await isDeadOnBoth(session);
	assert.equal((await (await signIn(server, account)).get('/sessions')).json.items.length, 1);
});

test('an own change of the password ends the others, and goes on under a new cookie', async () => {
	const account = await ownAccount(server, { login: 'changer', role: 'reviewer' });
	const [here, there] = [await signIn(server, account), await signIn(beside, account)];
	const answer = await here.post('/me/password',
		{ current: PASSWORD, new: 'another four words here' }, { expect: 200 });
	await isDeadOnBoth(there);
	await isDeadOnBoth(new Client(server, { cookie: here.cookie }));
	const after = new Client(server, { cookie: cookieOf(answer), csrf: answer.json.csrf_token });
	assert.equal(await alive(after), true);
	await after.delete('/sessions', { expect: 204 });
});

/* Moves what a session remembers into the past, in minutes. */
function age(account, column, minutes) {
	sql(server, `UPDATE auth_session SET ${column} = ${column} - ${minutes * MINUTE}
		WHERE account_id = ${account.id}`);
}

test('a session that was not used for half an hour is over; an operator\'s lasts a shift', async () => {
	const [reviewer, operator] = [
		await ownAccount(server, { login: 'idle-r', role: 'reviewer' }),
		await ownAccount(server, { login: 'idle-o', role: 'operator' })];
	for (const [account, live, dead] of [[reviewer, 28, 31], [operator, 470, 481]]) {
		const session = await signIn(server, account);
		age(account, 'seen_at', live);
		assert.equal(await alive(session), true, `${account.login} after ${live} minutes`);
		age(account, 'seen_at', dead);
		await isDeadOnBoth(session);
	}
});

test('a session is over after twelve hours, however busy', async () => {
	const account = await ownAccount(server, { login: 'busy', role: 'operator' });
	const session = await signIn(server, account);
	age(account, 'created_at', 719);
	assert.equal(await alive(session), true);
	age(account, 'created_at', 2);
	await isDeadOnBoth(session);
});

test('what a page asks by itself does not prolong a session', async () => {
	const account = await ownAccount(server, { login: 'poller', role: 'reviewer' });
	const session = await signIn(server, account);
	const seen = () => Number(sql(server, `SELECT MAX(seen_at) FROM auth_session
		WHERE account_id = ${account.id}`)[0][0]);
	age(account, 'seen_at', 10);
	const before = seen();
	await session.get('/tasks', { headers: { 'x-unattended': '1' }, expect: 200 });
	assert.equal(seen(), before);
	await session.get('/tasks', { expect: 200 });
	assert.ok(seen() > before);
});

test('an account has at most fifty sessions; the oldest end', async () => {
	const account = await addAccount(server, { login: 'many', role: 'reviewer' });
	sql(server, `INSERT INTO auth_session (sha256, id, account_id, epoch, created_at, seen_at)
		SELECT UNHEX(SHA2(seq, 256)), seq, ${account.id}, 0, ${Date.now() * 1000},
			${Date.now() * 1000} FROM seq_1_to_50`);
	await trySignIn(server, { login: 'many', password: account.initial_password }, { expect: 200 });
	assert.deepEqual(sql(server, `SELECT COUNT(*), SUM(id = 1) FROM auth_session
		WHERE account_id = ${account.id}`), [['50', '0']]);
});

test('each of these acts is a record, and a line of the log without secrets', async () => {
	const kinds = sql(server, `SELECT kind, COUNT(*) FROM audit_act GROUP BY kind`)
		.map(([kind]) => Number(kind));
	for (const kind of [1, 2, 3, 5, 6, 8, 10, 12, 13])
		assert.ok(kinds.includes(kind), `kind ${kind} of ${kinds}`);
	const log = server.log() + beside.log();
	assert.match(log, / auth signed_in .*account=\d+ source=127\.0\.0\.1/);
	assert.match(log, / auth signed_out .*account=\d+/);
	for (const secret of [PASSWORD, 'another four words here', '__Host-session='])
		assert.ok(!log.includes(secret), secret);
});

test('the server beside ends with status 0', async () => assert.equal(await beside.stop(), 0));

endsCleanly(server);
