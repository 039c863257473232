/* The event list is the truth: complete, in order, legal step by step, and paged whole. */
import assert from 'node:assert/strict';
import test from 'node:test';
import LinkHeader from 'http-link-header';
import { versionFaults } from '../chaos/checkers.mjs';
import { dice } from '../recount/histories.mjs';
import { advance, ms } from './lib/clock.mjs';
import { replay } from './lib/machine.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, eventsOf, leadOf, register, rowOf, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const supervisor = server.as('supervisor');
const roles = new Map([...server.access.keys.map((key) => [key.name, key.role]),
	...server.access.accounts.map((account) => [account.login, account.role])]);

/* by is a name, or an object with a name or role; the system stands for jobs. */
function roleOf(by) {
	if (by === null || by === undefined)
		return 'system';
	if (typeof by === 'object')
		return by.role ?? roles.get(by.name ?? by.login) ??
			(by.kind === 'system' ? 'system' : undefined);
	return by === 'system' ? 'system' : roles.get(by);
}

test('an event says when it happened, when it was recorded, who, and about which task',
	async () => {
		const appeal = await register(server, where);
		await close(server, leadOf(appeal));
		const events = await eventsOf(server, appeal.id);
		assert.deepEqual(events.map((event) => event.seq), events.map((_, i) => i + 1));
		for (const event of events) {
			for (const name of ['seq', 'at', 'recorded_at', 'type', 'by', 'task', 'data'])
				assert.ok(name in event, `${name} in ${JSON.stringify(event)}`);
			assert.ok(!Number.isNaN(ms(event.at)) && !Number.isNaN(ms(event.recorded_at)));
			assert.equal(ms(event.at), ms(MONDAY));
		}
		assert.equal(events[0].task, null);
	});

/* What a reckless crowd may try, legal or not. */
const TRIES = [
	['department', 'sign', {}],
	['department', 'contact', { channel: 'phone', outcome: 'no_answer', note: '' }],
	['department', 'progress', { text: '处理中' }],
	['department', 'complete', { result: 'solved', reply: '已办结。', attachments: [] }],
	['reviewer', 'review', { pass: true, reason: '好' }],
	['reviewer', 'review', { pass: false, reason: '不足' }],
	['visitor', 'visits', { channel: 'sms', reached: true, contacted: true, solved: 'no',
		result: 'dissatisfied', attitude: 'neutral', truthful: true, reason: 'result',
		note: '' }],
	['visitor', 'visits', { channel: 'sms', reached: true, contacted: true, solved: 'yes',
		result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '' }],
	['dispatcher', 'sign', {}],
];

test('whatever is tried in whatever order, only legal steps are in the history', async (t) => {
	const seed = Number(process.env.TEST_SEED ?? 20260302);
	t.diagnostic(`seed ${seed}`);
	const d = dice(seed);
	const acked = [];
	const latest = new Map();
	const appeals = [];
	for (let i = 0; i < 12; i++)
		appeals.push(await register(server, where));
	for (let n = 0; n < 420; n++) {
		const appeal = d.pick(appeals);
		const task = leadOf(appeal);
		const [role, action, body] = d.pick(TRIES);
		const client = role === 'department' ? server.department(task.department) :
			server.as(role);
		const answer = await client.post(`/tasks/${task.id}/${action}`, body,
			{ expect: [200, 403, 409] });
		/* A visit that only is recorded leaves the task as it was. */
		if (answer.status === 200 && (action !== 'visits' ||
		    answer.json.version !== (latest.get(task.id) ?? task.version))) {
			acked.push({ task: task.id, action, version: answer.json.version });
			latest.set(task.id, answer.json.version);
		}
		if (n % 60 === 59)
			await advance(server, { hours: d.below(40) });
	}
	for (const appeal of appeals) {
		const events = await eventsOf(server, appeal.id);
		const found = replay(events, roleOf);
		assert.deepEqual(found.wrong, [], JSON.stringify(events, null, 1));
		const task = await taskNow(server, leadOf(appeal));
		assert.equal(found.tasks.get(task.id), task.state, 'the state follows from the events');
	}
	assert.ok(acked.length > 50, 'enough steps passed');
	assert.deepEqual(versionFaults(acked), [], 'versions form one chain');
});

test('notes by many hands at once form one chain of versions without gap or fork', async () => {
	const task = leadOf(await register(server, where));
	const signed = await server.department('CGJ').post(`/tasks/${task.id}/sign`, {},
		{ expect: 200 });
	const acked = [{ task: task.id, version: signed.json.version }];
	await Promise.all(Array.from({ length: 30 }, async (_, i) => {
		const answer = await server.department('CGJ').post(`/tasks/${task.id}/progress`,
			{ text: `第 ${i} 次进展` }, { expect: [200, 503] });
		if (answer.status === 200)
			acked.push({ task: task.id, version: answer.json.version });
	}));
	assert.deepEqual(versionFaults(acked, { is_dense: true }), []);
	assert.equal((await taskNow(server, task)).version,
		Math.max(...acked.map((one) => one.version)));
	const notes = (await eventsOf(server, task.appeal))
		.filter((event) => event.type === 'task.progressed');
	assert.equal(notes.length, acked.length - 1, 'each acknowledged note stands once');
});

test('the reference machine sees an illegal history', () => {
	const good = [
		{ seq: 1, at: MONDAY, type: 'appeal.received', task: null, by: 'x' },
		{ seq: 2, at: MONDAY, type: 'task.dispatched', task: '1', by: 'x' },
		{ seq: 3, at: MONDAY, type: 'task.signed', task: '1', by: 'x' },
		{ seq: 4, at: MONDAY, type: 'task.completed', task: '1', by: 'x' },
	];
	const judge = (events) => replay(events, () => undefined).wrong.length;
	assert.equal(judge(good), 0);
	assert.ok(judge([good[0], good[1], { ...good[3], seq: 3 }]) > 0, 'completed unsigned');
	assert.ok(judge([...good, { ...good[3], seq: 5 }]) > 0, 'completed twice');
	assert.ok(judge([good[0], good[1], { ...good[2], seq: 5 }]) > 0, 'a gap');
	assert.ok(judge([good[1], good[0]].map((event, i) => ({ ...event, seq: i + 1 }))) > 0);
	assert.ok(judge([...good, { ...good[3], type: 'task.exploded', seq: 5 }]) > 0);
	assert.ok(replay(good, () => 'visitor').wrong.length > 0, 'by a role that may not');
});

test('a walk by cursor sees every appeal once, while others arrive', async () => {
	const ids = new Set();
	for (let i = 0; i < 45; i++)
		ids.add((await register(server, where)).id);
	const seen = [];
	let cursor = '';
	do {
		const page = await supervisor.get('/appeals?limit=7' +
			(cursor && `&cursor=${encodeURIComponent(cursor)}`), { expect: 200 });
		assert.ok(page.json.items.length <= 7);
		seen.push(...page.json.items.map((item) => item.id));
		cursor = page.json.next_cursor;
		if (cursor) {
			assert.match(cursor, /^[A-Za-z0-9_-]+([.~][A-Za-z0-9_-]+)*$/, 'fit for an address');
			const next = LinkHeader.parse(page.headers.link).rel('next');
			assert.equal(next.length, 1, 'one next link');
			const url = new URL(next[0].uri, server.base);
			assert.equal(url.pathname, '/api/v1/appeals');
			assert.equal(url.searchParams.get('cursor'), cursor);
			assert.equal(url.searchParams.get('limit'), '7');
		}
		if (seen.length === 14)
			await register(server, where);
	} while (cursor);
	assert.equal(new Set(seen).size, seen.length, 'none twice');
	for (const id of ids)
		assert.ok(seen.includes(id), `${id} was seen`);
});

test('the link to the next page can be followed as it stands', async () => {
	const first = await supervisor.get('/appeals?limit=5&department=CGJ', { expect: 200 });
	const url = new URL(LinkHeader.parse(first.headers.link).rel('next')[0].uri, server.base);
	const second = await supervisor.get(url.pathname + url.search, { expect: 200 });
	const ids = new Set(first.json.items.map((item) => item.id));
	assert.ok(second.json.items.length > 0);
	assert.ok(second.json.items.every((item) => !ids.has(item.id)));
});

test('a list item has the form of the single thing', async () => {
	const page = await supervisor.get('/appeals?limit=1', { expect: 200 });
	assert.deepEqual(page.json.items[0], await appealNow(server, page.json.items[0].id));
});

test('a forged or foreign cursor is refused', async () => {
	const page = await supervisor.get('/appeals?limit=5', { expect: 200 });
	const cursor = page.json.next_cursor;
	const forged = [cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A'),
		(cursor[0] === 'A' ? 'B' : 'A') + cursor.slice(1), cursor.slice(1), cursor + 'AAAA', 'x',
		'%00', '../..'];
	for (const one of forged)
		await supervisor.get(`/appeals?limit=5&cursor=${encodeURIComponent(one)}`,
			{ expect: [400, 422] });
	await supervisor.get(`/tasks?limit=5&cursor=${encodeURIComponent(cursor)}`,
		{ expect: [400, 422] });
});

test('limits outside of 1 to 200 and unknown filters are refused', async () => {
	for (const query of ['limit=0', 'limit=201', 'limit=-1', 'limit=ten', 'limit=', 'colour=red',
		'state=exploded', 'overdue=perhaps', 'due_before=tomorrow'])
		await supervisor.get(`/appeals?${query}`, { expect: [400, 422] });
	await supervisor.get('/appeals?limit=200', { expect: 200 });
});

test('an entity tag names the version and answers 304', async () => {
	const appeal = await register(server, where);
	for (const path of [`/appeals/${appeal.id}`, `/tasks/${leadOf(appeal).id}`]) {
		const read = await supervisor.get(path, { expect: 200 });
		assert.match(read.headers.etag, /^"[!#-~]+"$/, 'a strong tag');
		const same = await supervisor.get(path, { headers: { 'if-none-match': read.headers.etag },
			expect: [200, 304] });
		if (same.status === 304)
			assert.equal(same.text, '');
	}
	const before = (await supervisor.get(`/appeals/${appeal.id}`)).headers.etag;
	await close(server, leadOf(appeal));
	assert.notEqual((await supervisor.get(`/appeals/${appeal.id}`)).headers.etag, before);
});

test('the history of an appeal is walked in pages as well', async () => {
	const appeal = await register(server, where);
	await close(server, leadOf(appeal));
	const whole = await eventsOf(server, appeal.id);
	const paged = await supervisor.all(`/appeals/${appeal.id}/events`, 2);
	assert.deepEqual(paged, whole);
});

endsCleanly(server);
