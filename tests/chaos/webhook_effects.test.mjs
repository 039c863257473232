/*
 * Webhooks through kills of the sender and a moody receiver: each effect once, in order, and
 * every attempt signed.
 *
 * TEST_EFFECTS (2,000) and TEST_SEED say how many and which.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo } from '../e2e/lib/clock.mjs';
import { startReceiver } from '../e2e/lib/receiver.mjs';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { inParallel, until } from '../e2e/lib/until.mjs';
import { anAppeal, rowOf } from '../e2e/lib/world.mjs';
import { dice } from '../recount/histories.mjs';
import { effectFaults } from './checkers.mjs';

const EFFECTS = Number(process.env.TEST_EFFECTS ?? 2000);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
/* An overdue appeal comes to at least six webhooks. */
const APPEALS = Math.ceil(EFFECTS / 6);
const KILLS = 4;
const d = dice(SEED);
const server = await startServer({ clock: local('2026-03-02 09:00') });
const MOODS = [{ status: 500 }, { status: 503, headers: { 'retry-after': '2' } }, 'reset'];
/* Few enough failures that the breaker, which another test shows, mostly stays closed. */
const receiver = await startReceiver({ answer: (hook) => {
	const mood = hook.attempt === 1 && d.chance(0.03) ? d.pick(MOODS) : { status: 204 };
	hook.is_taken = mood.status === 204;
	return mood;
} });
const ids = [];
let endpoint;

/* What happens to a task; the receipt of the appeal is no event of a department's task. */
const types = new Set(['task.dispatched', 'task.warned', 'task.overdue', 'task.card']);
const topicOf = (hook) => hook.json.data.appeal.id ?? hook.json.data.appeal;

test('appeals run late, and the sender is killed while it tells of them', async (t) => {
	t.diagnostic(`seed ${SEED}`);
	endpoint = (await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: receiver.url, events: ['*'], format: 'standard' }, { expect: 201 })).json;
	receiver.secrets.push(endpoint.secret);
	const made = await inParallel(Array(APPEALS).fill(rowOf(server, 'CGJ')), 16,
		async (where) => (await server.as('operator').register(anAppeal(where),
			{ expect: 201 })).json);
	ids.push(...made.map((appeal) => appeal.id));
	for (let kill = 0; kill < KILLS; kill++) {
		const goal = receiver.requests.length + 20 + d.below(100);
		await until(() => receiver.requests.length >= goal ||
			receiver.requests.length >= APPEALS, { ms: 60_000, what: 'some webhooks' });
		await server.kill();
		await server.restart();
		if (kill === 1)
			await moveTo(server, '2026-03-31 09:00');
	}
});

test('every message arrives, once in effect, in order, signed', async (t) => {
	const lists = await inParallel(ids, 8, (id) =>
		server.as('supervisor').all(`/appeals/${id}/events`));
	const expected = lists.map((events, i) => ({ topic: ids[i],
		count: events.filter((event) => types.has(event.type)).length }));
	const wanted = expected.reduce((sum, one) => sum + one.count, 0);
	const list = () => receiver.requests.map((hook) => ({ id: hook.id, topic: topicOf(hook),
		seq: hook.json.data.seq, body: hook.body, is_signed: hook.is_signed,
		is_taken: hook.is_taken }));
	const distinct = () => new Set(receiver.requests.filter((hook) => hook.is_taken)
		.map((hook) => hook.id)).size;
	await until(() => distinct() >= wanted, { ms: 180_000, every: 100,
		what: `${wanted} effects (have ${distinct()})` }).catch(() => {});
	t.diagnostic(`${wanted} messages, ${receiver.requests.length} requests`);
	assert.deepEqual(effectFaults(list(), expected).slice(0, 20), [], `seed ${SEED}`);
	const twin = list();
	twin.splice(twin.findIndex((one) => one.is_taken), 1);
	assert.ok(effectFaults(twin.filter((one) => one.id !== twin[0].id), expected).length > 0,
		'the judge sees a lost one');
});

test('nothing is left pending, and nothing is dead', async () => {
	const admin = server.as('admin');
	await until(async () => (await admin.get(`/webhooks/${endpoint.id}/deliveries?state=pending`,
		{ expect: 200 })).json.items.length === 0, { ms: 60_000, what: 'an empty queue' });
	const dead = await admin.all(`/webhooks/${endpoint.id}/deliveries?state=dead`);
	assert.deepEqual(dead, []);
	await receiver.stop();
});

endsCleanly(server);
