/*
 * Presence: who has an appeal open and who is replying, on two servers of one database; who is
 * told of whom, by which name; the soft lock and how it is taken over; and how it ends.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ownAccount } from './lib/accounts.mjs';
import { Client, signIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { followed } from './lib/stream.mjs';
import { until } from './lib/until.mjs';
import { register, rowOf } from './lib/world.mjs';

const server = await startServer();
const beside = await startBeside(server);
const CGJ = rowOf(server, 'CGJ');

/* A person with a session that both servers know. */
async function person(login, role, more = {}) {
	const session = await signIn(server, await ownAccount(server, { login, role, ...more }));
	session.there = new Client(beside, { cookie: session.cookie, csrf: session.csrf });
	return session;
}

const li = await person('李敏', 'operator'), wang = await person('王芳', 'dispatcher');
const cgj = await person('赵强', 'department', { department: 'CGJ' });
const colleague = await person('钱亮', 'department', { department: 'CGJ' });
const jtj = await person('孙悦', 'department', { department: 'JTJ' });
const say = async (session, appeal, doing, more = {}) => (await session.post('/presence',
	{ appeal: appeal.id ?? appeal, doing, ...more }, { expect: 200 })).json;
const names = (people) => people.map(({ name, doing }) => [name, doing]);
const last = (stream, appeal) => stream.of('presence')
	.filter(({ data }) => data.appeal === appeal.id).at(-1)?.data.people;

/* What a reader hears of an appeal in the end. */
async function hears(stream, appeal, wanted) {
	await until(() => JSON.stringify(names(last(stream, appeal) ?? [])) === JSON.stringify(wanted),
		{ what: `${JSON.stringify(wanted)}; heard: ${JSON.stringify(stream.of('presence'))}` });
}

test('people of the centre know each other by name, also on another server', async () => {
	const appeal = await register(server, CGJ);
	const [lis, wangs] = [await followed(li), await followed(wang.there)];
	const began = Date.now();
	assert.deepEqual(await say(li, appeal, 'viewing'),
		{ appeal: appeal.id, people: [], replying: null });
	await hears(wangs, appeal, [['李敏', 'viewing']]);
	const seen = await say(wang.there, appeal, 'viewing');
	assert.deepEqual(names(seen.people), [['李敏', 'viewing']]);
	const since = Date.parse(seen.people[0].since);
	assert.ok(since > began - 1000 && since <= Date.now(), `${since - began} ms after it began`);
	await hears(lis, appeal, [['王芳', 'viewing']]);
	assert.deepEqual(names((await say(li, appeal, 'viewing')).people), [['王芳', 'viewing']]);
	await say(wang, appeal, 'away');
	await hears(lis, appeal, []);
	assert.deepEqual((await say(li, appeal, 'viewing')).people, []);
	[lis, wangs].forEach((stream) => stream.cut());
});

test('saying again that one is there is no news', async () => {
	const appeal = await register(server, CGJ);
	const stream = await followed(wang);
	await say(li, appeal, 'viewing');
	await hears(stream, appeal, [['李敏', 'viewing']]);
	for (let i = 0; i < 3; i++)
		await say(li, appeal, 'viewing');
	await say(li, appeal, 'replying');
	await say(li, appeal, 'replying');
	await hears(stream, appeal, [['李敏', 'replying']]);
	assert.equal(stream.of('presence').length, 2);
	stream.cut();
});

test('replying is one person\'s until it is taken over, and who had it is told', async () => {
	const appeal = await register(server, CGJ);
	const lis = await followed(li);
	const mine = await say(li, appeal, 'replying');
	assert.deepEqual([mine.replying.name, mine.replying.own], ['李敏', true]);
	const theirs = await say(wang.there, appeal, 'replying');
	assert.deepEqual([theirs.replying.name, theirs.replying.own], ['李敏', false]);
	await hears(lis, appeal, [['王芳', 'viewing']]);
	const taken = await say(wang.there, appeal, 'replying', { take_over: true });
	assert.deepEqual([taken.replying.name, taken.replying.own], ['王芳', true]);
	assert.deepEqual(names(taken.people), [['李敏', 'viewing']]);
	await hears(lis, appeal, [['王芳', 'replying']]);
	assert.equal((await say(li, appeal, 'replying')).replying.name, '王芳', 'until taken back');
	await say(wang, appeal, 'viewing');
	await hears(lis, appeal, [['王芳', 'viewing']]);
	assert.equal((await say(li, appeal, 'replying')).replying.own, true, 'what nobody has is free');
	lis.cut();
});

test('of two who begin to reply at once one has it, and both know who', async () => {
	const people = [li, wang.there, cgj, colleague.there];
	for (let i = 0; i < 10; i++) {
		const appeal = await register(server, CGJ);
		const answers = await Promise.all(people.map((one) => say(one, appeal, 'replying')));
		assert.equal(answers.filter(({ replying }) => replying.own).length, 1);
		const [[id]] = sql(server, `SELECT account_id FROM presence_reply
			ORDER BY since DESC LIMIT 1`);
		assert.ok(id);
	}
});

test('of another unit one knows the unit alone, of the centre nothing but that it is there', async () => {
	const appeal = await register(server, CGJ);
	const streams = Object.fromEntries(await Promise.all(Object.entries({ li, cgj, colleague, jtj })
		.map(async ([name, session]) => [name, await followed(session)])));
	await say(li, appeal, 'viewing');
	await say(cgj, appeal, 'replying');
	const [[bureau]] = sql(server, `SELECT name FROM reference_department WHERE code = 'CGJ'`);
	await hears(streams.li, appeal, [[bureau, 'replying']]);
	await hears(streams.cgj, appeal, [[null, 'viewing']]);
	await hears(streams.colleague, appeal, [[null, 'viewing'], ['赵强', 'replying']]);
	assert.deepEqual(names((await say(wang, appeal, 'viewing')).people),
		[['李敏', 'viewing'], [bureau, 'replying']]);
	assert.deepEqual((await say(colleague, appeal, 'viewing')).replying.name, '赵强');
	assert.deepEqual((await say(wang, appeal, 'viewing')).replying.name, bureau);
	await hears(streams.colleague, appeal, [[null, 'viewing'], ['赵强', 'replying'],
		[null, 'viewing']]);
	for (const name of ['cgj', 'colleague'])
		assert.doesNotMatch(streams[name].text, /李敏|王芳/, name);
	assert.doesNotMatch(streams.li.text, /赵强|钱亮/);
	assert.deepEqual(streams.jtj.events, [], 'who may not know of the appeal hears nothing');
	Object.values(streams).forEach((stream) => stream.cut());
});

test('an accused department, another department and a key say and hear nothing', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'), { accused: { department: 'CGJ' } });
	const stream = await followed(cgj);
	await say(jtj, appeal, 'replying');
	await say(li, appeal, 'viewing');
	const body = { appeal: appeal.id, doing: 'viewing' };
	const missing = (await cgj.post('/presence', { ...body, appeal: 'LD990101000001' },
		{ expect: 404 })).json;
	const hidden = (await cgj.post('/presence', body, { expect: 404 })).json;
	assert.deepEqual({ ...hidden, request_id: '' }, { ...missing, request_id: '' });
	const answer = await server.as('operator').post('/presence', body, { expect: 403 });
	assert.equal(answer.json.code, 'accounts_only');
	await server.anonymous().post('/presence', body, { expect: 401 });
	const other = await register(server, CGJ);
	await stream.wait(({ data }) => data.appeal === other.id);
	assert.deepEqual(stream.of('presence'), []);
	stream.cut();
});

test('bad input is told by its field', async () => {
	const { id } = await register(server, CGJ);
	for (const [body, pointer] of [[{ doing: 'viewing' }, '#/appeal'], [{ appeal: id }, '#/doing'],
		[{ appeal: id, doing: 'sleeping' }, '#/doing'],
		[{ appeal: id, doing: 'viewing', take_over: 1 }, '#/take_over'],
		[{ appeal: id, doing: 'viewing', name: '李' }, '#/name']]) {
		const { json } = await li.post('/presence', body, { expect: 422 });
		assert.deepEqual(json.errors.map((one) => one.pointer), [pointer]);
	}
	await li.post('/presence', { appeal: 'no number', doing: 'viewing' }, { expect: [404, 422] });
});

test('who says nothing for 45 seconds is there no more, and those who look are told', async () => {
	const appeal = await register(server, CGJ);
	const stream = await followed(wang);
	const began = Date.now();
	await say(li, appeal, 'replying');
	await say(cgj, appeal, 'viewing');
	await until(() => last(stream, appeal)?.length === 2, { what: 'both' });
	/* the newest: of what she looked at before, her word is older */
	const ends = sql(server, "SELECT MAX(until) FROM presence_person WHERE name = '李敏'")[0][0] / 1000;
	assert.ok(ends > began + 44_000 && ends <= Date.now() + 45_000, `${ends - began} ms`);
	sql(server, `UPDATE presence_person SET until = until - 46000000 WHERE name = '李敏';
		UPDATE presence_reply SET until = until - 46000000`);
	assert.deepEqual(names((await say(wang, appeal, 'viewing')).people).map(([, doing]) => doing),
		['viewing'], 'at once for who asks');
	await until(() => last(stream, appeal)?.length === 1, { what: 'the news' });
	await until(() => sql(server, `SELECT COUNT(*) FROM presence_person
		WHERE name = '李敏'`)[0][0] === '0', { what: 'the row to be taken away' });
	assert.equal((await say(wang, appeal, 'replying')).replying.own, true);
	stream.cut();
});

test('presence is no record: nothing of it stands in the history or the audit', async () => {
	assert.deepEqual(sql(server, `SELECT DISTINCT kind FROM history_event
		WHERE kind NOT IN (1, 2)`), []);
	const log = server.log() + beside.log();
	for (const name of ['李敏', '赵强'])
		assert.ok(!log.includes(`presence`) || !log.includes(name));
});

test('the server beside ends with status 0', async () => assert.equal(await beside.stop(), 0));

endsCleanly(server);
