/*
 * Outsourced keys and accounts: they have their role, but the steps of the main business are
 * for the hotline's own staff. Made by the commands, on a server that runs.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, signIn } from './lib/api.mjs';
import { local } from './lib/clock.mjs';
import { inForce, newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, complete, contact, eventsOf, leadOf, ofType, register, review, rowOf, sign,
	taskNow } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const PASS = { pass: true, reason: '资料齐全' };
const VISIT = { channel: 'phone', reached: true, contacted: true, solved: 'yes',
	result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '回访' };

async function reviewPending() {
	const task = leadOf(await register(server, where));
	await sign(server, task);
	await contact(server, task);
	return complete(server, task);
}

async function assertRefused(client) {
	const task = await reviewPending();
	const events = await eventsOf(server, task.appeal);
	const answer = await client.post(`/tasks/${task.id}/review`, PASS, { expect: 403 });
	assert.match(answer.type, /^application\/problem\+json/);
	assert.equal(answer.json.code, 'outsourced');
	assert.match(answer.json.detail, /[Oo]utsourced .*\.$/);
	assert.deepEqual(await taskNow(server, task), task);
	assert.deepEqual(await eventsOf(server, task.appeal), events);
	assert.equal((await review(server, task)).state, 'closed', 'own staff may');
}

const reviewer = await newKey(server, 'contractor-review', 'reviewer', '--outsourced');

test('an outsourced reviewer may not review, and nothing changes', async () => {
	assert.equal(reviewer.me.outsourced, true);
	assert.equal(reviewer.me.role, 'reviewer');
	await assertRefused(reviewer);
});

test('an outsourced reviewer may still read', async () => {
	const task = await reviewPending();
	assert.equal((await reviewer.get(`/tasks/${task.id}`, { expect: 200 })).json.id, task.id);
	await reviewer.get(`/appeals/${task.appeal}`, { expect: 200 });
});

test('an outsourced key of another role is refused for its role first', async () => {
	const visitor = await newKey(server, 'contractor-visit-only', 'visitor', '--outsourced');
	const task = await reviewPending();
	const answer = await visitor.post(`/tasks/${task.id}/review`, PASS, { expect: 403 });
	assert.notEqual(answer.json.code, 'outsourced');
});

test('an outsourced reviewer is refused alike for a task that does not exist', async () => {
	const answer = await reviewer.post('/tasks/1/review', PASS, { expect: 403 });
	assert.equal(answer.json.code, 'outsourced');
});

test('an outsourced visitor may record a visit', async () => {
	const visitor = await newKey(server, 'contractor-visit', 'visitor', '--outsourced');
	assert.equal(visitor.me.outsourced, true);
	const task = await close(server, leadOf(await register(server, where)));
	const after = await visitor.post(`/tasks/${task.id}/visits`, VISIT, { expect: 200 });
	assert.equal(after.json.state, 'visited');
	assert.equal(ofType(await eventsOf(server, task.appeal), 'task.visited').length, 1);
});

test('an outsourced account is refused in its session as well', async () => {
	const account = { login: 'contractor.li', password: 'eight-or-more' };
	server.command(['user', 'add', account.login, 'reviewer', '--outsourced', '--own-password'],
		{ input: account.password + '\n', expect: 0 });
	const client = await until(async () => {
		const session = await signIn(server, account);
		const me = await session.get('/me', { expect: [200, 401] });
		return me.status === 200 && Object.assign(session, { me: me.json });
	}, { what: 'the account to be in force' });
	assert.equal(client.me.outsourced, true);
	await assertRefused(client);
});

test('keys and accounts without the word are of the own staff', async () => {
	const key = await newKey(server, 'own-review', 'reviewer');
	assert.equal(key.me.outsourced, false);
	const task = await reviewPending();
	const after = await key.post(`/tasks/${task.id}/review`, PASS, { expect: 200 });
	assert.equal(after.json.state, 'closed');
	const session = await server.signedIn('reviewer');
	assert.equal((await session.get('/me', { expect: 200 })).json.outsourced, false);
});

test('the word may stand anywhere, beside a department or a channel', async () => {
	const department = await newKey(server, 'contractor-CGJ', 'department', '--outsourced', 'CGJ');
	assert.equal(department.me.department, 'CGJ');
	assert.equal(department.me.outsourced, true);
	const intake = await newKey(server, 'contractor-110', 'intake', '110', '--outsourced');
	assert.equal(intake.me.channel, '110');
	assert.equal(intake.me.outsourced, true);
});

test('a command with another option or a word too many adds nothing', () => {
	for (const words of [['key', 'add', 'k', 'reviewer', '--contractor'], ['key', 'add', 'k'],
		['key', 'add', 'k', 'department', 'CGJ', 'more'], ['key', 'add', '--outsourced', 'k'],
		['user', 'add', 'u', 'reviewer', '--Outsourced'], ['user', '--outsourced']]) {
		const done = server.command(words, { input: 'eight-or-more\n', expect: 2 });
		assert.match(done.stderr, /^usage: liandong (key|user) add .*\[--outsourced\]/m);
		assert.equal(done.stdout, '');
	}
});

test('a restart keeps who is outsourced', async () => {
	await server.stop();
	await server.restart();
	assert.equal((await reviewer.get('/me', { expect: 200 })).json.outsourced, true);
	await assertRefused(reviewer);
});

endsCleanly(server);
