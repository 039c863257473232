/*
 * Guessing is slowed down, and who is guessed is not locked out. Sources are addresses of the
 * loopback network; the window is moved by moving its rows into the past.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ownAccount } from './lib/accounts.mjs';
import { Client, signIn, trySignIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';

const server = await startServer({ env: { LIANDONG_SIGN_IN_ACCOUNT_TRIES: '20',
	LIANDONG_SIGN_IN_SOURCE_TRIES: '12' } });
let people = 0;
const somebody = () => ownAccount(server, { login: `victim${++people}`, role: 'reviewer' });
const guess = (login, from, options = {}) =>
	trySignIn(server, { login, password: `guess ${Math.random()}` }, { from, ...options });
const later = (seconds) => sql(server, `UPDATE auth_failure SET at = at - ${seconds}000000`);
const rows = () => Number(sql(server, 'SELECT COUNT(*) FROM auth_failure')[0][0]);

async function guessedOut(login, from, times = 5) {
	for (let i = 0; i < times; i++)
		await guess(login, from, { expect: 401 });
}

test('the sixth try within fifteen minutes waits, before anything is hashed', async () => {
	const { login, password } = await somebody();
	await guessedOut(login, '127.0.1.1');
	const before = rows();
	const answer = await guess(login, '127.0.1.1', { expect: 429 });
	assert.equal(answer.json.code, 'too_many_tries');
	assert.equal(answer.headers['retry-after'], '1');
	await trySignIn(server, { login, password }, { from: '127.0.1.1', expect: 429 });
	assert.equal(rows(), before, 'a try that is put off is not counted');
});

test('the victim signs in from elsewhere meanwhile', async () => {
	const victim = await somebody();
	await guessedOut(victim.login, '127.0.2.1');
	await guess(victim.login, '127.0.2.1', { expect: 429 });
	const session = await signIn(server, victim, { from: '127.0.0.2' });
	await session.get('/me', { expect: 200 });
	await guess(victim.login, '127.0.2.1', { expect: 429 });
});

test('waits double, and are over with the window at the latest', async () => {
	const { login, password } = await somebody();
	await guessedOut(login, '127.0.3.1');
	for (const seconds of [1, 2, 4, 8, 16]) {
		const answer = await guess(login, '127.0.3.1', { expect: 429 });
		const wait = Number(answer.headers['retry-after']);
		assert.ok(wait <= seconds && wait >= seconds - 1, `${wait} of ${seconds} s`);
		later(seconds);
		await guess(login, '127.0.3.1', { expect: 401 });
	}
	later(900);
	await trySignIn(server, { login, password }, { from: '127.0.3.1', expect: 200 });
});

test('tries of many refused clients prolong nothing', async () => {
	const { login, password } = await somebody();
	await guessedOut(login, '127.0.4.1');
	await Promise.all(Array.from({ length: 30 }, () => guess(login, '127.0.4.1')));
	later(1);
	await trySignIn(server, { login, password }, { from: '127.0.4.1', expect: 200 });
});

test('an unknown login is slowed down like a known one', async () => {
	await guessedOut('no-such-person', '127.0.5.1');
	const answer = await guess('no-such-person', '127.0.5.1', { expect: 429 });
	assert.equal(answer.headers['retry-after'], '1');
	assert.equal(answer.json.code, 'too_many_tries');
});

test('a login with blanks behind it is not the account, so padded guesses are no further guesses', async () => {
	const { login, password, id } = await somebody();
	await guessedOut(login, '127.0.15.1');
	await guess(login, '127.0.15.1', { expect: 429 });
	const before = server.log().length;
	for (const blanks of [' ', '  ', ' '.repeat(40)])
		await trySignIn(server, { login: login + blanks, password }, { from: '127.0.15.1', expect: 401 });
	await trySignIn(server, { login: `${login} `, password }, { from: '127.0.15.2', expect: 401 });
	const told = server.log().slice(before);
	assert.doesNotMatch(told, new RegExp(`account=${id} `));
	assert.equal(told.match(/sign_in_refused .*account=0 .*why=unknown/g).length, 4);
	later(1);
	await trySignIn(server, { login, password }, { from: '127.0.15.1', expect: 200 });
});

test('one source at many accounts waits; those known to come from there do not', async () => {
	const local = await somebody();
	await signIn(server, local, { from: '127.0.6.1' });
	for (let i = 0; i < 12; i++)
		await guess(`spray${i}`, '127.0.6.1', { expect: 401 });
	await guess('spray-more', '127.0.6.1', { expect: 429 });
	const stranger = await somebody();
	await trySignIn(server, stranger, { from: '127.0.6.1', expect: 429 });
	await signIn(server, local, { from: '127.0.6.1' });
	await signIn(server, stranger, { from: '127.0.6.2' });
});

test('many sources at one account wait; where it signed in before it still does', async () => {
	const victim = await somebody();
	await signIn(server, victim, { from: '127.0.7.1' });
	for (let i = 0; i < 20; i++)
		await guess(victim.login, `127.0.8.${i + 1}`, { expect: 401 });
	await guess(victim.login, '127.0.9.1', { expect: 429 });
	await signIn(server, victim, { from: '127.0.7.1' });
	later(2);
	await signIn(server, victim, { from: '127.0.9.2' });
});

test('mistakes at a known source cost half a minute at most', async () => {
	const victim = await somebody();
	await signIn(server, victim, { from: '127.0.10.1' });
	for (let i = 0; i < 11; i++) {
		await guess(victim.login, '127.0.10.1', { expect: 401 });
		later(i < 4 ? 0 : 31);
	}
	await guess(victim.login, '127.0.10.1', { expect: 401 });
	const answer = await guess(victim.login, '127.0.10.1', { expect: 429 });
	assert.ok(Number(answer.headers['retry-after']) <= 30);
	later(30);
	await signIn(server, victim, { from: '127.0.10.1' });
	await guess(victim.login, '127.0.10.1', { expect: 401 });
});

test('who got in has guessed nothing', async () => {
	const { login, password } = await somebody();
	for (let round = 0; round < 2; round++) {
		await guessedOut(login, '127.0.11.1', 4);
		await trySignIn(server, { login, password }, { from: '127.0.11.1', expect: 200 });
	}
});

test('a stolen session guesses its password no faster', async () => {
	const victim = await somebody();
	const session = await signIn(server, victim);
	const change = (expect) => session.post('/me/password',
		{ current: 'not the one', new: 'some other password' }, { expect });
	for (let i = 0; i < 5; i++)
		await change(422);
	await change(429);
});

test('what one server counted, another knows', async (t) => {
	const beside = await startBeside(server);
	t.after(() => beside.stop());
	const { login } = await somebody();
	await guessedOut(login, '127.0.12.1');
	await trySignIn(beside, { login, password: 'guess' }, { from: '127.0.12.1', expect: 429 });
});

test('an account is known at twenty sources at most', async () => {
	const account = await somebody();
	sql(server, `INSERT INTO auth_source (account_id, source, seen_at) SELECT ${account.id},
		UNHEX(MD5(seq)), seq FROM seq_1_to_40`);
	await signIn(server, account, { from: '127.0.13.1' });
	const [[count, oldest]] = sql(server, `SELECT COUNT(*), MIN(seen_at) FROM auth_source
		WHERE account_id = ${account.id}`);
	assert.ok(Number(count) <= 20 && Number(oldest) > 20, `${count} from ${oldest}`);
});

test('rows tell neither login nor address; the log tells who is being guessed', async () => {
	const { login, id } = await somebody();
	await guess(login, '127.0.14.1', { expect: 401 });
	const kept = sql(server, 'SELECT HEX(slot) FROM auth_failure').flat();
	assert.ok(kept.every((one) => /^[0-9A-F]{32}$/.test(one)));
	assert.match(server.log(),
		new RegExp(`auth sign_in_refused .*account=${id} source=127\\.0\\.14\\.1 why=password`));
	assert.match(server.log(), /auth sign_in_refused .*account=0 source=\S+ why=unknown/);
	assert.match(server.log(), /auth sign_in_delayed .*account=\d+ source=127\.0\.1\.1/);
	assert.doesNotMatch(server.log(), /no-such-person|guess 0\./);
	assert.equal((await new Client(server).get('/me')).status, 401);
});

endsCleanly(server);
