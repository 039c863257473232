/*
 * The stream of what changes: who hears of what, that nothing is lost or comes twice whatever
 * commits when, and how a stream begins and ends. Two servers on one database.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { ownAccount } from './lib/accounts.mjs';
import { Client, signIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { dice } from '../recount/histories.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { changeOf, follow, followed, Parser } from './lib/stream.mjs';
import { inParallel, slowness, until } from './lib/until.mjs';
import { anAppeal, complete, contact, eventsOf, leadOf, register, rowOf, sign }
	from './lib/world.mjs';

const server = await startServer();
const beside = await startBeside(server);
const operator = server.as('operator');
const CGJ = rowOf(server, 'CGJ'), JTJ = rowOf(server, 'JTJ');
const USCC = '91350100M000100Y43';
const MINUTE = 60_000_000;
/* Builds with sanitizers are slower. */
/* Silent from here on, to see what keeps it open. */
const silent = await followed(server.department('SZZX'));

const metric = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(
	(await server.as('admin').get('/metrics', { expect: 200 })).text)[1]);
const told = (stream, appeal) => stream.events.filter(changeOf(appeal)).map(({ data }) => data);
test('a stream says what it is, where it begins and when to come back', async () => {
	const stream = await followed(operator);
	assert.equal(stream.headers['content-type'], 'text/event-stream');
	assert.equal(stream.headers['cache-control'], 'no-store');
	assert.equal(stream.headers['x-accel-buffering'], 'no');
	assert.equal(stream.headers['content-length'], undefined);
	assert.equal(stream.retry, 3000);
	assert.match(stream.last_id, /^\d+$/);
	assert.deepEqual(stream.events, []);
	stream.cut();
	const head = await operator.request('HEAD', '/stream');
	assert.equal(head.status, 200);
	assert.equal((await follow(server.anonymous())).status, 401);
	await operator.get('/stream?last_event_ids=1', { expect: 422 });
});

test('a change is told at once, with what changed and no content', async () => {
	const here = await followed(operator), there = await followed(beside.as('operator'));
	const began = Date.now();
	const appeal = await register(server, CGJ), task = leadOf(appeal);
	await sign(server, task);
	const heard = await here.wait(({ data }) => data.type === 'task.signed');
	assert.ok(Date.now() - began < 2000 * slowness(), `${Date.now() - began} ms`);
	assert.deepEqual(Object.keys(heard.data), ['appeal', 'task', 'version', 'type', 'at']);
	assert.deepEqual(told(here, appeal.id).map(({ at, ...rest }) => rest), [
		{ appeal: appeal.id, task: null, version: 1, type: 'appeal.received' },
		{ appeal: appeal.id, task: task.id, version: 2, type: 'task.dispatched' },
		{ appeal: appeal.id, task: task.id, version: 3, type: 'task.signed' }]);
	await there.wait(({ data }) => data.type === 'task.signed', 'the other server to tell it');
	assert.deepEqual(there.events, here.events, 'both servers tell the same, by the same ids');
	here.cut();
	there.cut();
});

test('roles that no appeal is shown to are told to stop', async () => {
	for (const role of ['admin', 'system', 'security', 'audit'])
		assert.equal((await follow(server.as(role))).status, 204, role);
});

/* Everybody who might, as a program; people are judged by the same table (matrix). */
async function readers() {
	const all = {};
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
		'auditor', 'observer', 'contact'])
		all[role] = server.as(role);
	for (const code of ['CGJ', 'JTJ', 'SZZX'])
		all[code] = server.department(code);
	for (const channel of ['110', '12345', 'enterprise'])
		all[`intake ${channel}`] = server.as('intake', { channel });
	all['unit supervisor'] = await newKey(server, 'stream-CGJ', 'supervisor', 'CGJ');
	return all;
}

test('who hears of an appeal is exactly who may get it; an accused department hears nothing', async () => {
	await server.as('admin').post('/enterprises', { uscc: USCC, name: '云河公司', area: 'A01',
		contact_leader: 'contact1' }, { expect: 201 });
	const all = await readers();
	const streams = Object.fromEntries(await Promise.all(Object.entries(all).map(
		async ([name, client]) => [name, await followed(client)])));
	const enterprise = { uscc: USCC, name: '云河公司' };
	const bodies = [[CGJ, {}], [JTJ, {}], [JTJ, { accused: { department: 'CGJ' } }],
		[CGJ, { accused: { department: 'CGJ' } }], [JTJ, { enterprise }],
		[JTJ, { enterprise, caller: { phone: '13800001111', secret: true } }]];
	const appeals = [];
	for (const [where, changes] of bodies)
		appeals.push((await server.as('intake', { channel: '110' }).register(
			anAppeal(where, { channel: '110', ...changes }), { expect: 201 })).json);
	/* told after all of these, to everybody who may hear of one */
	const barrier = await register(server, CGJ);
	await streams.operator.wait(changeOf(barrier.id));
	const cells = { heard: 0, silent: 0 };
	for (const [name, client] of Object.entries(all))
		for (const { id } of appeals) {
			const may = (await client.get(`/appeals/${id}`, { expect: [200, 404] })).status === 200;
			if (may)
				await streams[name].wait(changeOf(id), `${name} to hear of ${id}`);
			assert.equal(told(streams[name], id).length > 0, may, `${name} of ${id}`);
			cells[may ? 'heard' : 'silent']++;
		}
	assert.ok(cells.heard > 50 && cells.silent > 20, JSON.stringify(cells));
	assert.deepEqual(['CGJ', 'unit supervisor'].map((name) =>
		[appeals[2], appeals[3]].filter(({ id }) => streams[name].text.includes(id)).length), [0, 0]);
	Object.values(streams).forEach((stream) => stream.cut());
});

test('a department is not told what others did, only that there is another version', async () => {
	const dispatcher = server.as('dispatcher');
	const { id } = await register(server, { category: '160101', area: 'A01' });
	const appeal = (await dispatcher.post(`/appeals/${id}/dispatch`,
		{ department: 'JTJ', assist: ['CGJ'], advice: '好' }, { expect: 200 })).json;
	const assist = appeal.tasks.find((task) => task.department === 'CGJ'), lead = leadOf(appeal);
	const [lead_hears, assist_hears, all_hear] = [await followed(server.department('JTJ')),
		await followed(server.department('CGJ')), await followed(operator)];
	await sign(server, lead);
	await server.department('JTJ').post(`/tasks/${lead.id}/exclude`,
		{ ground: 'not_our_fault', evidence: '见附件' });
	await sign(server, assist);
	await server.department('CGJ').post(`/tasks/${assist.id}/report`, { text: '已到现场' },
		{ expect: 200 });
	await all_hear.wait(({ data }) => data.type === 'task.reported');
	const untold = { task: null, type: 'appeal.changed' };
	for (const [stream, own, shared] of [[lead_hears, lead.id, ['task.reported']],
		[assist_hears, assist.id, []]]) {
		await until(() => told(stream, id).length === told(all_hear, id).length,
			{ what: 'the same versions' });
		told(all_hear, id).forEach((full, i) => {
			const is_told = full.task === own && full.type !== 'task.exclusion_requested' ||
				shared.includes(full.type);
			assert.deepEqual(told(stream, id)[i], is_told ? full : { ...full, ...untold });
		});
	}
	[lead_hears, assist_hears, all_hear].forEach((stream) => stream.cut());
});

test('a stream goes on behind the last id, by the header and by the address', async () => {
	const first = await followed(operator);
	const { id } = await register(server, CGJ);
	await first.wait(({ data }) => data.appeal === id && data.version === 2);
	const at = first.events[0].id;
	first.cut();
	const later = await register(server, JTJ);
	for (const options of [{ last_id: at }, { query: `?last_event_id=${at}` },
		{ query: '?last_event_id=0', last_id: at }]) {
		const again = await followed(beside.as('operator'), options);
		await again.wait(({ data }) => data.appeal === later.id && data.version === 2);
		assert.deepEqual(again.events.map(({ data }) => [data.appeal, data.version]),
			[[id, 2], [later.id, 1], [later.id, 2]], JSON.stringify(options));
		again.cut();
	}
	const now = await followed(operator);
	assert.ok(Number(now.last_id) > Number(at));
	assert.deepEqual(now.events, [], 'without an id it begins now');
	now.cut();
});

test('what is not kept any more, and no id of ours, is a reset, and the stream goes on', async () => {
	const { id } = await register(server, CGJ);
	const [[last]] = sql(server, 'SELECT last FROM live_place');
	for (const last_id of ['99999999999', 'abc', '-1', '1e3', '18446744073709551616']) {
		const stream = await followed(operator, { last_id });
		assert.deepEqual(stream.events, [{ type: 'reset', id: stream.last_id, data: {} }], last_id);
		assert.ok(Number(stream.last_id) >= Number(last));
		await server.as('supervisor').post(`/tasks/${id}-1/urge`, { note: '请尽快' },
			{ expect: 200 });
		await stream.wait(changeOf(id));
		stream.cut();
	}
	sql(server, `UPDATE live_place SET gone = ${last};
		DELETE FROM live_message WHERE position BETWEEN 1 AND ${last}`);
	const [old, edge] = [await followed(operator, { last_id: String(last - 1) }),
		await followed(operator, { last_id: last })];
	assert.equal(old.of('reset').length, 1);
	await edge.wait(changeOf(id));
	assert.equal(edge.of('reset').length, 0, 'nothing behind this one is gone');
	[old, edge].forEach((stream) => stream.cut());
});

/* A transaction of somebody else's, held open as long as the test wants. */
function transaction() {
	const record = path.join(server.dir, 'run/socket-path');
	const socket = fs.existsSync(record) ? fs.readFileSync(record, 'utf8').trim() :
		path.join(server.dir, 'run/db.sock');
	const child = spawn('mariadb', ['--no-defaults', `--socket=${socket}`, '--batch', '--unbuffered',
		`--user=${os.userInfo().username}`, '--skip-column-names', 'liandong']);
	let out = '';
	child.stdout.on('data', (text) => { out += text; });
	let n = 0;
	return { child, async run(text) {
		const mark = `done-${++n}`;
		child.stdin.write(`${text}; SELECT '${mark}';\n`);
		await until(() => out.includes(mark), { what: `${text} to be run` });
	} };
}

/* As a row names an appeal. */
const idNumber = (id) => `${id.slice(2, 8)}0${id.slice(8)}`;

const message = (appeal, number) => `INSERT INTO live_message (topic, subject, part, number, code, at,
	roles, account, but_account, told_at) VALUES ('change', ${idNumber(appeal.id)}, 0, ${number}, 3,
	1, 0, 0, 0, ${Date.now() * 1000})`;

test('who commits late is not lost, however small the number of its row', async () => {
	const appeal = await register(server, CGJ);
	const streams = [await followed(operator), await followed(beside.as('operator'))];
	const late = transaction();
	await late.run('BEGIN');
	await late.run(message(appeal, 1001));
	const later = await register(beside, CGJ);
	for (const stream of streams)
		await stream.wait(changeOf(later.id), 'who committed first');
	const between = streams[0].last_id;
	await late.run('COMMIT');
	for (const stream of streams) {
		const heard = await stream.wait(({ data }) => data.version === 1001);
		assert.ok(Number(heard.id) > Number(between), 'its place is behind what was told');
	}
	const again = await followed(operator, { last_id: between });
	await again.wait(({ data }) => data.version === 1001, 'a resuming reader to hear it');
	await late.run('BEGIN');
	await late.run(message(appeal, 1002));
	await late.run('ROLLBACK');
	await late.run(message(appeal, 1003));
	for (const stream of [...streams, again]) {
		await stream.wait(({ data }) => data.version === 1003);
		assert.ok(!stream.events.some(({ data }) => data.version === 1002), 'undone is untold');
		stream.cut();
	}
	late.child.stdin.end();
});

/* What is wrong with what a reader heard, all in all, behind a position. */
function faultsOf(heard, wanted, began) {
	const found = heard.map(({ data }) => `${data.appeal} ${data.version}`);
	const positions = heard.map(({ id }) => Number(id));
	const all = new Set(found), right = new Set(wanted);
	return [...wanted.filter((one) => !all.has(one)).map((one) => `lost: ${one}`),
		...found.filter((one) => !right.has(one)).map((one) => `invented: ${one}`),
		...found.filter((one, i) => found.indexOf(one) < i).map((one) => `twice: ${one}`),
		...positions.filter((at, i) => at !== began + 1 + i).map((at) => `order: ${at}`)];
}

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);

test(`two writers on two servers and a reader who is cut at random (seed ${SEED}): none is lost, none comes twice`, async () => {
	const random = dice(SEED);
	const heard = [], cuts = { n: 0 };
	let stream = await followed(operator), is_writing = true;
	const began = Number(stream.last_id);
	const take = () => {
		heard.push(...stream.events.filter(({ type }) => type !== 'presence'));
		stream.cut();
		return stream.last_id;
	};
	const reading = (async () => {
		while (is_writing) {
			const n = 1 + random.below(25);
			await until(() => !is_writing || stream.events.length >= n, { every: 1,
				what: 'something to read' });
			const last_id = take();
			cuts.n++;
			stream = await followed((cuts.n % 2 ? beside : server).as('operator'), { last_id });
		}
	})();
	const write = async (where) => inParallel(Array(60).fill(where), 6, async () => {
		const appeal = await register(where, CGJ);
		await sign(where, leadOf(appeal));
		await contact(where, leadOf(appeal));
		return appeal.id;
	});
	for (const one of [server, beside])
		one.department ??= (code) => one.as('department', { department: code });
	const made = (await Promise.all([write(server), write(beside)])).flat();
	is_writing = false;
	await reading;
	const last = (await register(server, CGJ)).id;
	await stream.wait(({ data }) => data.appeal === last && data.version === 2);
	take();
	const wanted = sql(server, `SELECT appeal_id, seq FROM history_event
		WHERE appeal_id IN (${[...made, last].map(idNumber)}) ORDER BY 1, 2`)
		.map(([number, seq]) => `LD${number.slice(0, 6)}${number.slice(7)} ${seq}`);
	assert.equal(wanted.length, 120 * 4 + 2);
	assert.deepEqual(faultsOf(heard, wanted, began), []);
	for (const [broken, fault] of [[heard.slice(1), 'lost'], [[...heard, heard[7]], 'twice'],
		[heard.map((one, i) => i === 9 ? { ...one, data: { ...one.data, version: 99 } } : one),
			'invented'], [[heard[1], heard[0], ...heard.slice(2)], 'order']])
		assert.ok(faultsOf(broken, wanted, began).some((text) => text.startsWith(fault)),
			`the judge finds what is ${fault}`);
	assert.ok(cuts.n >= 5, `${cuts.n} cuts`);
	assert.equal(heard.filter(({ type }) => type === 'reset').length, 0);
});

const account = (login, role = 'reviewer') => ownAccount(server, { login, role });
const ENDINGS = {
	'its account is disabled': ({ id }) => server.as('admin').post(`/accounts/${id}/disable`, {},
		{ expect: 200 }),
	'its account gets another role': ({ id }) => server.as('admin').put(`/accounts/${id}`,
		{ name: 'n', role: 'visitor' }, { expect: 200 }),
	'it signs out': (one, session) => session.delete('/session', { headers: {}, expect: 204 }),
	'it was not used for half an hour': ({ id }) => sql(server, `UPDATE auth_session
		SET seen_at = seen_at - ${31 * MINUTE} WHERE account_id = ${id}`),
};

test('a stream ends within 5 s on every server when its account or session does, and no other', async () => {
	const other = await followed(await server.signedIn('reviewer'));
	await inParallel(Object.entries(ENDINGS), 4, async ([what, act]) => {
		const person = await account(`stream-ending ${what}`);
		const session = await signIn(server, person);
		const streams = [await followed(session),
			await followed(new Client(beside, { cookie: session.cookie }))];
		await act(person, session);
		const began = Date.now();
		for (const stream of streams)
			await stream.over();
		assert.ok(Date.now() - began < 5000 * slowness(), what);
		assert.equal((await follow(session)).status, 401, what);
	});
	assert.equal(other.is_over, false, 'that of somebody else goes on');
	other.cut();
});

test('the stream of a key ends when the key is disabled or one of its secrets changes', async () => {
	await inParallel(['disable', 'rotate'], 2, async (act) => {
		const key = await newKey(server, `stream-${act}`, 'visitor');
		const [[id]] = sql(server, `SELECT id FROM auth_key WHERE name = 'stream-${act}'`);
		const stream = await followed(key);
		await server.as('admin').post(`/keys/${id}/${act}`, {}, { expect: [200, 201] });
		await stream.over();
		assert.equal((await follow(key)).status, act === 'disable' ? 401 : 200,
			'after a rotation the old secret still opens one');
	});
});

test('a stream keeps no session alive', async () => {
	const person = await account('stream-idle');
	const session = await signIn(server, person);
	const seen = () => Number(sql(server, `SELECT MAX(seen_at) FROM auth_session
		WHERE account_id = ${person.id}`)[0][0]);
	sql(server, `UPDATE auth_session SET seen_at = seen_at - ${10 * MINUTE}
		WHERE account_id = ${person.id}`);
	const before = seen();
	const stream = await followed(session);
	await register(server, CGJ);
	await stream.wait(({ type }) => type === 'change');
	assert.equal(seen(), before);
	await session.get('/tasks', { expect: 200 });
	assert.ok(seen() > before, 'what a person asks does');
	stream.cut();
});

test('a person has four streams of a session, a key sixteen; what is closed makes room', async () => {
	const session = await signIn(server, await account('stream-many'));
	const key = await newKey(server, 'stream-many', 'visitor');
	for (const [client, most] of [[session, 4], [key, 16]]) {
		const open = [];
		for (let i = 0; i < most; i++)
			open.push(await followed(client));
		const refused = await follow(client);
		await until(() => refused.text.endsWith('}'));
		assert.deepEqual([refused.status, JSON.parse(refused.text).code, refused.headers['retry-after']],
			[429, 'too_many_streams', '30']);
		open[0].cut();
		await until(async () => {
			const one = await follow(client);
			one.cut();
			return one.status === 200;
		}, { what: 'room' });
		open.forEach((stream) => stream.cut());
	}
});

test('a reader that takes nothing is cut, the others are not, and it resumes without loss', async () => {
	const appeal = await register(server, CGJ);
	const slow = await followed(operator), quick = await followed(operator);
	const before = await metric('liandong_live_cut_total');
	slow.pause();
	sql(server, `INSERT INTO live_message (topic, subject, part, number, code, at, roles, account,
		but_account, told_at) SELECT 'change', ${idNumber(appeal.id)}, 0, 100000 + seq, 3, 1, 0, 0, 0,
		${Date.now() * 1000} FROM seq_1_to_12000`);
	await until(() => quick.events.length >= 12000, { what: 'the quick reader' });
	assert.equal(quick.is_over, false);
	await until(async () => await metric('liandong_live_cut_total') > before,
		{ what: 'the slow one to be cut' });
	slow.resume();
	await slow.over();
	const again = await followed(operator, { last_id: slow.last_id });
	await until(() => slow.events.length + again.events.length >= 12000, { ms: 20_000,
		what: 'the rest' });
	assert.deepEqual([...slow.events, ...again.events], quick.events);
	[quick, again].forEach((stream) => stream.cut());
});

test('what a client sends on an open stream is thrown away', async () => {
	const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca,
		servername: net.isIP(server.host) ? '' : server.host });
	const parser = new Parser();
	socket.on('data', (bytes) => parser.feed(bytes.toString()));
	const request = `GET /api/v1/stream HTTP/1.1\r\nHost: ${server.host}:${server.port}\r\n` +
		`Authorization: Bearer ${operator.key}\r\n\r\n`;
	socket.write(request);
	await until(() => parser.last_id !== '', { what: 'the stream' });
	socket.write(request + 'no request at all\r\n\r\n\0');
	const { id } = await register(server, CGJ);
	await until(() => parser.events.some(changeOf(id)), { what: 'the change' });
	assert.ok(!socket.destroyed);
	socket.destroy();
});

test('a hundred streams hear of a change within a second, and hold no worker', async () => {
	const keys = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor']
		.map((role) => server.as(role));
	keys.push(server.department('CGJ'), server.department('JTJ'));
	const before = await metric('liandong_live_streams');
	const streams = await inParallel(Array.from({ length: 100 }, (_, i) => keys[i % keys.length]), 10,
		(client) => followed(client));
	assert.ok(await metric('liandong_live_streams') >= before + 100);
	const sent = await metric('liandong_live_events_total');
	const began = Date.now();
	const { id } = await register(server, CGJ);
	const hearing = streams.filter((_, i) => i % keys.length !== 8);
	await Promise.all(hearing.map((stream) => stream.wait(changeOf(id), 'all to hear')));
	const took = Date.now() - began;
	assert.ok(took < 1500 * slowness(), `${took} ms`);
	assert.equal(streams.filter((stream) => stream.events.some(changeOf(id))).length,
		hearing.length, 'but those of another department');
	assert.ok(await metric('liandong_live_events_total') >= sent + hearing.length * 2);
	streams.forEach((stream) => stream.cut());
	await until(async () => await metric('liandong_live_streams') <= before,
		{ what: 'the closed streams to be noticed' });
});

test('a silent stream is kept open by a comment that also says where to resume', async () => {
	await until(() => silent.comments.includes('hb'), { what: 'a beat' });
	assert.equal(silent.is_over, false);
	assert.deepEqual(silent.events, []);
	assert.ok(Number(silent.last_id) > 0, 'its place moves although it hears nothing');
	silent.cut();
});

test('a server that stops ends its streams first, each to come back at another time', async () => {
	const streams = await inParallel(Array(12).fill(beside.as('operator')), 6,
		(client) => followed(client));
	const began = Date.now();
	assert.equal(await beside.stop(), 0);
	assert.ok(Date.now() - began < 10_000 * slowness(), 'and waits for none of them');
	for (const stream of streams)
		await stream.over();
	const retries = streams.map(({ retry }) => retry);
	assert.ok(retries.every((ms) => ms >= 3000 && ms < 7000), String(retries));
	assert.ok(new Set(retries).size > 6, String(retries));
	const { id } = await register(server, CGJ);
	const again = await followed(operator, { last_id: streams[0].last_id });
	await again.wait(changeOf(id));
	again.cut();
});

endsCleanly(server);
