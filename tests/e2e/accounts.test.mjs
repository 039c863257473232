/*
 * Accounts as an administrator makes and changes them, by the interface and by the command; and
 * what may be a password, by both policies.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { addAccount, ownAccount, PASSWORD } from './lib/accounts.mjs';
import { signIn, trySignIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';

const server = await startServer();
const admin = server.as('admin');
const kindsOf = (id) => sql(server, `SELECT kind FROM audit_act WHERE subject = ${id} ORDER BY id`)
	.flat().map(Number);
const errorsOf = (answer) => answer.json.errors.map((one) => [one.pointer, one.code]);

test('a new account gets a first password, shown once, that its owner must change', async () => {
	const made = await admin.post('/accounts', { login: 'li.hua', name: '李华', role: 'department',
		department: 'CGJ', outsourced: false }, { expect: 201 });
	const { id, initial_password: password, ...shown } = made.json;
	assert.equal(made.headers.location, `/api/v1/accounts/${id}`);
	assert.deepEqual([shown.login, shown.name, shown.role, shown.department, shown.disabled,
		shown.initial_password_pending, shown.valid_until, shown.version],
	['li.hua', '李华', 'department', 'CGJ', false, true, null, 1]);
	assert.match(password, /^[\w-]{16}$/);
	assert.equal((await admin.get(`/accounts/${id}`)).json.initial_password, undefined);
	const session = await signIn(server, { login: 'li.hua', password });
	assert.equal((await session.get('/me', { expect: 200 })).json.duty, 'change_password');
	for (const path of ['/tasks', '/sessions', '/departments'])
		assert.equal((await session.get(path, { expect: 403 })).json.code, 'password_change_due');
	const me = (await session.post('/me/password', { current: password, new: PASSWORD },
		{ expect: 200 })).json;
	assert.deepEqual([me.duty, me.name, me.login], [null, '李华', 'li.hua']);
	await trySignIn(server, { login: 'li.hua', password }, { expect: 401 });
	const mine = await signIn(server, { login: 'li.hua', password: PASSWORD });
	await mine.get('/tasks', { expect: 200 });
	assert.deepEqual(kindsOf(id), [1, 10, 5, 10]);
});

test('what an account may not be is told field by field', async () => {
	const wrong = async (body) => errorsOf(await admin.post('/accounts', body, { expect: 422 }));
	assert.deepEqual(await wrong({}), [['#/login', 'missing'], ['#/name', 'missing'],
		['#/role', 'missing']]);
	const base = { login: 'x', name: 'x', role: 'reviewer' };
	assert.deepEqual((await wrong({ ...base, role: 'god' })).map(([one]) => one), ['#/role']);
	assert.deepEqual((await wrong({ ...base, id: 1, disabled: true, version: 3,
		initial_password: 'x' })).map(([one]) => one).sort(),
	['#/disabled', '#/id', '#/initial_password', '#/version']);
	for (const body of [{ ...base, role: 'department' }, { ...base, department: 'NOSUCH' }])
		assert.deepEqual(await wrong(body), [['#/department', 'unknown']]);
	assert.equal((await admin.post('/accounts', { ...base, login: 'operator1' },
		{ expect: 409 })).json.code, 'login_taken');
});

test('the list shows everybody page by page, and no password', async () => {
	const all = await admin.all('/accounts', 7);
	const [[count]] = sql(server, 'SELECT COUNT(*) FROM auth_account');
	assert.equal(all.length, Number(count));
	assert.equal(new Set(all.map((one) => one.id)).size, all.length);
	assert.doesNotMatch(JSON.stringify(all), /\$y\$|"initial_password"/);
});

test('rights change under a version, and are the next sign-in\'s', async () => {
	const { id, ...account } = await ownAccount(server, { login: 'mover', role: 'reviewer' });
	const before = await admin.get(`/accounts/${id}`);
	const change = { name: 'mover', role: 'supervisor', department: 'CGJ' };
	const after = await admin.put(`/accounts/${id}`, change,
		{ etag: before.headers.etag, expect: 200 });
	assert.equal(after.json.version, before.json.version + 1);
	await admin.put(`/accounts/${id}`, change, { etag: before.headers.etag, expect: 412 });
	const me = (await (await signIn(server, account)).get('/me')).json;
	assert.deepEqual([me.role, me.department], ['supervisor', 'CGJ']);
	await admin.put('/accounts/99999999', change, { expect: 404 });
	await admin.get('/accounts/no-number', { expect: 404 });
});

test('a contractor\'s account is over with its last day', async () => {
	const { id, ...account } = await ownAccount(server, { login: 'contractor', role: 'visitor' });
	const until = (valid_until) => admin.put(`/accounts/${id}`,
		{ name: 'c', role: 'visitor', outsourced: true, valid_until }, { expect: 200 });
	assert.equal((await until('2099-12-31')).json.valid_until, '2099-12-31T23:59:59+08:00');
	await signIn(server, account);
	await until('2026-01-31');
	await trySignIn(server, account, { expect: 401 });
	await until(null);
	await signIn(server, account);
});

test('disabling takes hold at once, twice is once, and enabling undoes it', async () => {
	const { id, ...account } = await ownAccount(server, { login: 'off-and-on', role: 'visitor' });
	for (let i = 0; i < 2; i++)
		assert.equal((await admin.post(`/accounts/${id}/disable`, { reason: '离岗' },
			{ expect: 200 })).json.disabled, true);
	assert.equal((await trySignIn(server, account, { expect: 401 })).json.code,
		'wrong_credentials');
	await admin.post(`/accounts/${id}/enable`, {}, { expect: 200 });
	await signIn(server, account);
	assert.deepEqual(kindsOf(id).filter((kind) => [3, 4].includes(kind)), [3, 4]);
	assert.deepEqual(sql(server, `SELECT reason FROM audit_act WHERE subject = ${id}
		AND kind = 3`), [['离岗']]);
});

test('a reset password is a first one again', async () => {
	const { id, ...account } = await ownAccount(server, { login: 'forgetful', role: 'visitor' });
	const { initial_password: password } = (await admin.post(`/accounts/${id}/reset-password`, {},
		{ expect: 200 })).json;
	await trySignIn(server, account, { expect: 401 });
	const session = await signIn(server, { login: 'forgetful', password });
	assert.equal((await session.get('/me')).json.duty, 'change_password');
});

test('a first password that nobody used is void after a week', async () => {
	const made = await addAccount(server, { login: 'late', role: 'visitor' });
	const account = { login: 'late', password: made.initial_password };
	const older = (hours) => sql(server, `UPDATE auth_account SET password_at = password_at -
		${hours * 3_600_000_000} WHERE id = ${made.id}`);
	older(167);
	await trySignIn(server, account, { expect: 200 });
	older(2);
	await trySignIn(server, account, { expect: 401 });
});

test('nobody changes their own rights, disables or resets themselves', async () => {
	const me = await server.signedIn('admin');
	const { id, role, name } = (await admin.all('/accounts')).find((one) => one.login === 'admin1');
	for (const [method, path, body] of [['PUT', '', { name, role: 'leader' }],
		['PUT', '', { name, role, outsourced: true }], ['POST', '/disable', {}],
		['POST', '/enable', {}], ['POST', '/reset-password', {}], ['POST', '/reset-factor', {}]])
		assert.equal((await me.request(method, `/accounts/${id}${path}`, { body, expect: 403 }))
			.json.code, 'own_account');
	await me.put(`/accounts/${id}`, { name: '管理员', role }, { expect: 200 });
	await me.get('/me', { expect: 200 });
	const one = await addAccount(server, { login: 'not-own', role: 'visitor' });
	await me.post(`/accounts/${one.id}/disable`, {}, { expect: 200 });
});

test('only an administrator sees or makes accounts', async () => {
	for (const role of ['operator', 'supervisor', 'leader', 'auditor']) {
		await server.as(role).get('/accounts', { expect: 403 });
		await server.as(role).post('/accounts', {}, { expect: 403 });
	}
});

/* ---- passwords ---- */

const REFUSED = [
	['seven77', 'password_short'], ['password1', 'password_common'],
	['QWERTYUIOP', 'password_common'], ['my-liandong-key', 'password_context'],
	['chooser-of-words', 'password_context'], ['x'.repeat(129), 'password_long'],
];

test('by the default policy length, common ones and surrounding words decide', async () => {
	const account = await ownAccount(server, { login: 'chooser', role: 'visitor' });
	const session = await signIn(server, account);
	for (const [password, code] of REFUSED)
		assert.deepEqual(errorsOf(await session.post('/me/password',
			{ current: PASSWORD, new: password }, { expect: 422 })), [['#/new', code]]);
	assert.deepEqual(errorsOf(await session.post('/me/password',
		{ current: PASSWORD, new: PASSWORD }, { expect: 422 })), [['#/new', 'same']]);
	assert.deepEqual(errorsOf(await session.post('/me/password',
		{ current: 'another', new: 'only small letters' }, { expect: 422 })), [['#/current', 'wrong']]);
	await session.get('/me', { expect: 200 });
	await session.post('/me/password', { current: PASSWORD, new: '只有汉字也可以当密码' },
		{ expect: 200 });
	await signIn(server, { ...account, password: '只有汉字也可以当密码' });
});

test('by the policy mlps also classes, age, the past, and administrators\' second factor', async (t) => {
	const strict = await startBeside(server, { password_policy: 'mlps' });
	t.after(() => strict.stop());
	const { id, initial_password } = await addAccount(server, { login: 'strict', role: 'visitor' });
	let password = initial_password;
	const change = async (next) => {
		const session = await signIn(strict, { login: 'strict', password });
		const answer = await session.post('/me/password', { current: password, new: next });
		if (answer.status === 200)
			password = next;
		return answer.status === 200 ? 'fine' : errorsOf(answer)[0][1];
	};
	const used = ['River stone 1', 'River stone 2', 'River stone 3', 'River stone 4',
		'River stone 5', 'River stone 6'];
	for (const next of used)
		assert.equal(await change(next), 'fine');
	assert.equal(await change('only small letters'), 'password_simple');
	for (const past of used.slice(1, 5))
		assert.equal(await change(past), 'password_past', past);
	assert.equal(await change(used[0]), 'fine');
	assert.ok(Number(sql(server, `SELECT COUNT(*) FROM auth_password WHERE account_id = ${id}`)) <= 5);
	const days = (n) => sql(server, `UPDATE auth_account SET password_at = password_at -
		${n * 86_400_000_000} WHERE id = ${id}`);
	days(89);
	const duty = async () => (await (await signIn(strict, { login: 'strict', password }))
		.get('/me')).json.duty;
	assert.equal(await duty(), null);
	days(2);
	assert.equal(await duty(), 'change_password');
	const chief = await signIn(strict, server.access.accounts.find((one) => one.role === 'admin'));
	assert.equal((await chief.get('/me')).json.duty, 'set_up_second_factor');
	const operator = await signIn(strict,
		server.access.accounts.find((one) => one.role === 'operator'));
	sql(server, 'UPDATE auth_session SET seen_at = seen_at - 1860000000');
	await operator.get('/me', { expect: 401 });
});

/* ---- the command ---- */

const user = (args, options = {}) => server.command(['user', ...args], options);

test('user add, list, set-role, disable, enable and reset do what the interface does', async () => {
	user(['add', 'cli', 'reviewer'], { input: 'plain words of mine\n', expect: 0 });
	const account = { login: 'cli', password: 'plain words of mine' };
	assert.equal((await (await signIn(server, account)).get('/me')).json.duty, 'change_password');
	user(['add', 'own', 'reviewer', '--own-password'], { input: 'plain words of mine\n', expect: 0 });
	const own = await signIn(server, { ...account, login: 'own' });
	assert.equal((await own.get('/me')).json.duty, null);
	assert.match(user(['list'], { expect: 0 }).stdout, /^cli\treviewer\t\tenabled$/m);
	user(['set-role', 'own', 'supervisor', 'CGJ'], { expect: 0 });
	await own.get('/me', { expect: 401 });
	assert.match(user(['list']).stdout, /^own\tsupervisor\tCGJ\tenabled$/m);
	user(['disable', 'cli'], { expect: 0 });
	await trySignIn(server, account, { expect: 401 });
	assert.match(user(['list']).stdout, /^cli\treviewer\t\tdisabled$/m);
	user(['enable', 'cli'], { expect: 0 });
	await signIn(server, account);
	const fresh = user(['reset', 'cli'], { expect: 0 }).stdout.trim();
	await trySignIn(server, account, { expect: 401 });
	await signIn(server, { login: 'cli', password: fresh });
	user(['reset-factor', 'cli'], { expect: 0 });
});

test('user says what it does not take, and changes nothing then', () => {
	const before = user(['list']).stdout;
	for (const args of [[], ['delete', 'cli'], ['disable'], ['disable', 'cli', 'more'],
		['list', 'cli'], ['set-role', 'cli'], ['reset', 'cli', '--outsourced']])
		assert.match(user(args, { expect: 2 }).stderr, /^usage: liandong user add/m);
	assert.match(user(['disable', 'nobody-of-that-name'], { expect: 1 }).stderr,
		/no account nobody-of-that-name/);
	assert.match(user(['set-role', 'cli', 'department'], { expect: 1 }).stderr, /is missing/);
	assert.match(user(['add', 'cli2', 'visitor'], { input: 'password1\n', expect: 1 }).stderr,
		/most common/);
	assert.match(user(['add', 'cli', 'visitor'], { input: 'plain words of mine\n', expect: 1 })
		.stderr, /is the login taken/);
	assert.equal(user(['list']).stdout, before);
});

test('no password stands in the log', () => {
	for (const secret of [PASSWORD, 'River stone', 'plain words'])
		assert.ok(!server.log().includes(secret));
});

endsCleanly(server);
