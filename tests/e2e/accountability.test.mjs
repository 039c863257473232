/* Accountability: a clue, evidence, the department's word, a person's decision, publication and
 * takedown; every act in the ledger, nothing proposed, nobody's identity shown. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { allSigned, judged } from './lib/sealed.mjs';
import { BIN, startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { contact, eventsOf, leadOf, ofType, register, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const [supervisor, leader, auditor] = ['supervisor', 'leader', 'auditor']
	.map((role) => server.as(role));
const [own, other] = [server.department('CGJ'), server.department('JTJ')];
const where = rowOf(server, 'CGJ');
const CANARY = { name: '金丝雀王', phone: '13987654321' };
const CLUE = { department: 'CGJ', title: '多件逾期未办', text: '连续三周逾期，催办无回应' };
const DECISION = { kind: 'talk', body: '区效能办', text: '约谈分管负责人' };
const PUBLISHED = { text: '对一起久拖不办问题予以谈话提醒', takedown_on: '2026-04-20' };

const raise = async (by = supervisor, changes = {}) => (await by.post('/accountability',
	{ ...CLUE, ...changes }, { expect: 201 })).json;
const act = (client, item, name, body, expect = 200) =>
	client.post(`/accountability/${item.id}/${name}`, body, { expect });
const show = async (item, client = supervisor) =>
	(await client.get(`/accountability/${item.id}`, { expect: 200 })).json;
const stated = async (by = supervisor) => {
	const item = await raise(by);
	await act(supervisor, item, 'evidence', { statement_until: '2026-06-30' });
	return (await act(own, item, 'statement', { text: '因汛期抢险延误' })).json;
};
const entries = (item) => sql(server, `SELECT number, HEX(bytes) FROM ledger_content
	WHERE kind = 5 AND subject = ${item.id} ORDER BY number, part`);

/* A task that has had its warning, its overdue mark and both cards, of a caller to be kept secret. */
const late = leadOf(await register(server, where, { caller: CANARY }));
await moveTo(server, '2026-03-27 09:00');
const card = ofType(await eventsOf(server, late.appeal), 'task.card').at(-1);

test('an item goes from a card to the takedown, and every act is in the ledger', async () => {
	const item = await raise(supervisor, { department: null, task: late.id, event: card.seq });
	assert.equal(item.department, 'CGJ');
	assert.equal(item.source, 'card');
	assert.equal(item.decision, null, 'nothing is proposed');
	await act(auditor, item, 'evidence', { tasks: [late.id], statement_until: '2026-04-10' });
	await act(own, item, 'statement', { text: '因汛期抢险延误' });
	const decided = (await act(leader, item, 'decision', DECISION)).json;
	assert.deepEqual([decided.state, decided.decision.kind, decided.decision.version],
		['decided', 'talk', 1]);
	await act(supervisor, item, 'publication', PUBLISHED);
	await moveTo(server, '2026-04-20 00:00');
	const done = await show(item);
	assert.equal(done.state, 'taken_down');
	assert.deepEqual(done.acts.map((one) => [one.n, one.act]), [[1, 'clue'], [2, 'evidence'],
		[3, 'statement'], [4, 'decision'], [5, 'publication'], [6, 'takedown']]);
	assert.deepEqual(done.acts[3].text, DECISION.text);
	assert.equal(done.acts[5].by, 'system');
	const kept = entries(item).map(([, hex]) => Buffer.from(hex, 'hex'));
	assert.equal(kept.length, 6);
	for (const [i, bytes] of kept.entries()) {
		assert.deepEqual(JSON.parse(bytes.toString()), done.acts[i]);
		const [row] = await until(() => {
			const rows = sql(server, `SELECT HEX(digest) FROM ledger_entry WHERE kind = 5
				AND subject = ${item.id} AND number = ${i + 1}`);
			return rows.length > 0 && rows;
		}, { what: 'the entry to have its position' });
		assert.equal(row[0].toLowerCase(), createHash('sha256').update(bytes).digest('hex'));
	}
});

test('the evidence is a copy: what happens later does not change it', async () => {
	const item = await raise();
	const packed = (await act(supervisor, item, 'evidence',
		{ tasks: [late.id], statement_until: '2026-05-10' })).json.acts[1];
	assert.ok(packed.tasks[0].events.some((one) => one.type === 'task.card' &&
		one.data.colour === 'red'));
	assert.equal(packed.tasks[0].state, 'awaiting_sign');
	await sign(server, late);
	assert.deepEqual((await show(item)).acts[1], packed);
});

test('a pack takes no task of another department and no month that is not frozen', async () => {
	const theirs = leadOf(await register(server, rowOf(server, 'JTJ')));
	const item = await raise();
	const answer = await act(supervisor, item, 'evidence', { tasks: [late.id, theirs.id],
		months: ['2026-03'], statement_until: '2026-05-10' }, 422);
	assert.deepEqual(answer.json.errors.map((one) => one.pointer),
		['#/tasks/1', '#/months/0']);
	assert.equal((await show(item)).state, 'clue');
	assert.equal(entries(item).length, 1);
});

test('a pack holds the department’s figures of a frozen month', async () => {
	await supervisor.post('/reports/2026-03/preview', {}, { expect: 200 });
	await leader.post('/reports/2026-03/freeze', {}, { expect: 200 });
	const item = await raise();
	const { months } = (await act(supervisor, item, 'evidence', { months: ['2026-03'],
		statement_until: '2026-05-10' })).json.acts[1];
	assert.equal(months.length, 1);
	assert.ok(months[0].figures.length > 20);
	assert.ok(months[0].figures.every((line) => line.startsWith('all\town\tCGJ\t')));
});

test('who raised the clue does not decide, and no decision comes before the department’s word',
	async () => {
		const item = await raise(leader);
		await act(supervisor, item, 'evidence', { statement_until: '2026-05-10' });
		const early = await act(leader, item, 'decision', DECISION, 409);
		assert.deepEqual(early.json.allowed, ['statement']);
		await act(own, item, 'statement', { text: '无' });
		const same = await act(leader, item, 'decision', DECISION, 403);
		assert.equal(same.json.code, 'separation_of_duty');
		assert.equal((await show(item)).state, 'stated');
		assert.equal(entries(item).length, 3);
		const second = await newKey(server, 'leader-2', 'leader');
		await act(second, item, 'decision', DECISION);
		await act(second, item, 'decision', DECISION, 409);
	});

test('a department that says nothing until its day does not hold the decision up', async () => {
	const item = await raise();
	await act(supervisor, item, 'evidence', { statement_until: '2026-04-22' });
	await moveTo(server, '2026-04-22 23:59:59');
	await act(leader, item, 'decision', DECISION, 409);
	await moveTo(server, '2026-04-23 00:00');
	await act(leader, item, 'decision', DECISION);
	await act(own, item, 'statement', { text: '迟到的申辩' }, 409);
});

test('a decision is a word of the closed list', async () => {
	const item = await stated();
	const answer = await act(leader, item, 'decision', { ...DECISION, kind: 'dismissal' }, 422);
	assert.deepEqual(answer.json.errors.map((one) => one.pointer), ['#/kind']);
});

test('departments see the items about themselves, and those of others do not exist', async () => {
	const item = await stated();
	await show(item, own);
	const theirs = await other.get(`/accountability/${item.id}`, { expect: 404 });
	const missing = await other.get('/accountability/999999', { expect: 404 });
	assert.equal(theirs.json.code, missing.json.code);
	await act(other, item, 'statement', { text: '好' }, 404);
	const list = await own.all('/accountability?list=items');
	assert.ok(list.length > 0 && list.every((one) => one.department === 'CGJ'));
	assert.deepEqual(await other.all('/accountability?list=items'), []);
	await server.as('operator').get('/accountability?list=items', { expect: 403 });
});

test('what is published has no identity, no task and no title, and ends on its day', async () => {
	const item = await stated();
	await act(leader, item, 'decision', DECISION);
	for (const text of ['请联系13987654321', '编号LD260302000001', '身份证330106']) {
		const answer = await act(leader, item, 'publication', { ...PUBLISHED, text,
			takedown_on: '2026-05-01' }, 422);
		assert.equal(answer.json.errors[0].code, 'identifying');
	}
	await act(leader, item, 'publication', { ...PUBLISHED, text: '2026年谈话提醒一人',
		takedown_on: '2026-05-01' });
	for (const role of ['operator', 'visitor', 'admin', 'auditor']) {
		const answer = await server.as(role).get('/accountability', { expect: 200 });
		assert.deepEqual(answer.json.items.map((one) => one.id), [item.id]);
		assert.deepEqual(Object.keys(answer.json.items[0]).sort(), ['decided_at', 'decision',
			'department', 'id', 'published_at', 'takedown_at', 'text']);
	}
	await moveTo(server, '2026-04-30 23:59:59');
	assert.equal((await other.all('/accountability')).length, 1);
	await moveTo(server, '2026-05-01 00:00');
	assert.equal((await other.all('/accountability')).length, 0);
	assert.equal((await show(item)).state, 'taken_down');
});

test('two acts at the same instant: one is done, the other is told of it', async () => {
	const item = await stated();
	const answers = await Promise.all(Array.from({ length: 4 }, () =>
		leader.post(`/accountability/${item.id}/decision`, DECISION, { expect: [200, 409] })));
	assert.equal(answers.filter((one) => one.status === 200).length, 1);
	assert.equal(entries(item).length, 4);
});

test('a leader in charge has the warnings of the department’s open tasks until it acts', async () => {
	const task = leadOf(await register(server, where));
	const { id } = (await supervisor.post('/leaders', { department: 'CGJ', name: '李局长',
		account: 'li.ju', valid_from: '2026-04-01' }, { expect: 201 })).json;
	const overlap = await supervisor.post('/leaders', { department: 'CGJ', name: '赵局长',
		valid_from: '2026-06-01' }, { expect: 422 });
	assert.equal(overlap.json.errors[0].code, 'overlap');
	await moveTo(server, '2026-05-30 09:00');
	const mine = (list) => list.filter((one) => one.task === task.id).map((one) => one.type);
	const before = await supervisor.all(`/leaders/${id}/warnings`);
	const seen = (await eventsOf(server, task.appeal)).map((one) => one.type)
		.filter((type) => /warned|overdue|card/.test(type));
	assert.deepEqual(mine(before), seen);
	assert.ok(seen.includes('task.warned') && seen.filter((one) => one === 'task.card').length >= 2);
	const [listed] = await own.all('/leaders');
	assert.deepEqual([listed.id, listed.unacted], [id, before.length]);
	await sign(server, task);
	assert.deepEqual(mine(await supervisor.all(`/leaders/${id}/warnings`)), []);
	assert.equal((await raise()).leader, '李局长');
	assert.deepEqual(await other.all('/leaders'), []);
	await other.get(`/leaders/${id}/warnings`, { expect: 404 });
});

test('no page of all this shows a caller', async () => {
	await contact(server, late);
	const item = await raise(supervisor, { task: late.id });
	await act(supervisor, item, 'evidence', { tasks: [late.id], statement_until: '2026-06-10' });
	const [one] = await supervisor.all('/leaders');
	for (const client of [supervisor, leader, auditor, own])
		for (const path of ['/accountability', '/accountability?list=items', '/leaders',
			`/accountability/${item.id}`, `/leaders/${one.id}/warnings`]) {
			const { text } = await client.get(path, { expect: 200 });
			assert.ok(!text.includes(CANARY.name) && !text.includes(CANARY.phone), path);
		}
	const kept = sql(server, 'SELECT HEX(bytes) FROM ledger_content WHERE kind = 5')
		.map(([hex]) => Buffer.from(hex, 'hex').toString());
	assert.ok(kept.length > 20);
	assert.ok(kept.every((text) => !text.includes(CANARY.name) && !text.includes(CANARY.phone)));
});

test('a kill in the middle of the takedowns leaves each item published or taken down, once', async () => {
	const items = [];
	for (let i = 0; i < 20; i++) {
		const item = await stated();
		await act(leader, item, 'decision', DECISION);
		items.push((await act(leader, item, 'publication', { ...PUBLISHED,
			takedown_on: `2026-06-${10 + i % 10}` })).json);
	}
	const moving = moveTo(server, '2026-06-20 00:00').catch((error) => error);
	await until(async () => Number(sql(server, `SELECT COUNT(*) FROM accountability_item
		WHERE state = 6 AND takedown_at > UNIX_TIMESTAMP('2026-06-05') * 1000000`)[0][0]) > 0,
	{ what: 'a first takedown' });
	await server.kill();
	await moving;
	await server.restart();
	await moveTo(server, '2026-06-20 00:00');
	for (const item of items) {
		const { state, acts } = await show(item);
		assert.equal(state, 'taken_down');
		assert.deepEqual(acts.map((one) => one.act), ['clue', 'evidence', 'statement',
			'decision', 'publication', 'takedown']);
		assert.equal(acts[5].at, item.takedown_at, 'at its own moment, whenever it was done');
	}
	assert.deepEqual(await other.all('/accountability'), []);
});

test('the verifier has nothing to say of a ledger with all these acts', async () => {
	/* The lease of the killed server ends first. */
	const { size, keys } = await allSigned(server);
	assert.ok(size > 50);
	/* As the README has it, from the server's own program to the one beside it. */
	const verdict = () => judged(server, keys.checkpoint, { program: BIN, words: ['verify'] });
	const sound = await verdict();
	assert.equal(sound.status, 0, sound.out + sound.error);
	const [[subject]] = sql(server, `SELECT subject FROM ledger_content WHERE kind = 5 AND
		number = 4 LIMIT 1`);
	sql(server, `UPDATE ledger_content SET bytes = REPLACE(bytes, '谈话提醒', '通报批评')
		WHERE kind = 5 AND subject = ${subject} AND number = 4`);
	const forged = await verdict();
	assert.equal(forged.status, 1);
	assert.match(forged.out, /position \d+/);
	await supervisor.get(`/accountability/${subject}`, { expect: [500, 503] });
});

endsCleanly(server);
