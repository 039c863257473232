/*
 * The canary: words that occur nowhere else are planted as a caller's name, phone, id number and
 * address and as the place of a matter, by every channel, and the appeals live their lives. Then
 * they are looked for where they must not be: files of the database with its redo, undo and binary
 * log, logs, metrics, arguments and environments, open files, webhooks, errors, the ledger. Only
 * answers to those who are entitled hold them. The searcher is shown to find each word where it is
 * put. (What a browser keeps is looked at by browser/register.)
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { startBeside } from './lib/beside.mjs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { pushForm, pushJson } from './lib/pbx.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, close, contact, leadOf, register, revealed, rowOf, sign, visit }
	from './lib/world.mjs';

const CALLER = { name: '鸑鷟龘靐', phone: '15912763498', id_number: '11010519491231002X',
	address: '云河区庙后巷7913号院' };
const PLACE = '滨河路东段8642号5单元';
const PERSON = '魑魅罔';
const LOCATION = { lat: 34.127913, lon: 113.986427 };
/* What is looked for: of each its telling part. */
const WORDS = { name: CALLER.name, phone: CALLER.phone, id_number: CALLER.id_number,
	address: '7913号', place: '8642号', person: PERSON, position: String(LOCATION.lat) };

const spool = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-spool-'));
process.once('exit', () => fs.rmSync(spool, { recursive: true, force: true }));
fs.chmodSync(spool, 0o700);
/* Short messages: the number is in what the gateway is sent, and has to be nowhere else. */
const described = fs.mkdtempSync(path.join(os.tmpdir(), 'sms-'));
process.once('exit', () => fs.rmSync(described, { recursive: true, force: true }));
const gateway = await startGateway(described);
const server = await startServer({ clock: MONDAY, env: { LIANDONG_SPOOL_DIRECTORY: spool,
	LIANDONG_LOG_LEVEL: 'debug', LIANDONG_SMS_GATEWAY_FILE: gateway.file,
	LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const where = rowOf(server, 'CGJ');
const receivers = [];
const identity = { caller: CALLER, address: PLACE, location: LOCATION, accused: { person: PERSON } };

/* ---- the searcher ---- */

/* A decimal number as a whole one, and as a column of numbers holds that. */
function asNumber(word) {
	const millionths = word.replace('.', ''), stored = Buffer.alloc(8);
	stored.writeBigUInt64BE(BigInt(millionths) ^ (1n << 63n));
	return [Buffer.from(millionths), stored];
}

/* Which words bytes hold, also as UTF-16, hexadecimal, base64 or escaped as JSON or in a URL. */
function found(bytes, words = WORDS) {
	const shapes = (word) => [...(/^\d+\.\d{6}$/.test(word) ? asNumber(word) : []),
		Buffer.from(word), Buffer.from(word, 'utf16le'),
		Buffer.from(Buffer.from(word).toString('hex')),
		Buffer.from(Buffer.from(word).toString('hex').toUpperCase()),
		Buffer.from(Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -1)),
		Buffer.from(encodeURIComponent(word)), Buffer.from([...word].map((c) =>
			c < '\x80' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''))];
	return Object.entries(words).filter(([, word]) =>
		shapes(word).some((shape) => bytes.indexOf(shape) >= 0)).map(([name]) => name);
}

function filesBelow(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? filesBelow(path.join(dir, entry.name)) :
			entry.isFile() ? [path.join(dir, entry.name)] : []);
}

/* name of the file -> words in it, for those that hold any. */
function leaksIn(files) {
	return Object.fromEntries(files.map((file) => [file, found(fs.readFileSync(file))])
		.filter(([, words]) => words.length > 0));
}

/* Nameless and open files of a process, its arguments and its environment. */
function leaksOf(pid) {
	const links = fs.readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`)
		.filter((fd) => fs.statSync(fd, { throwIfNoEntry: false })?.isFile());
	return leaksIn([`/proc/${pid}/cmdline`, `/proc/${pid}/environ`, ...links]);
}

/* ---- a life ---- */

const answers = [];	/* of those who are not entitled, with who asked what */
async function look(client, address, expect) {
	const answer = await client.get(address, expect ? { expect } : {});
	answers.push([`${client.name} ${address}`, answer.text ?? '']);
	return answer;
}

/* By the telephone exchange, in a draft, and with a call; what operators see of these is masked. */
async function planted(where_, lives) {
	const person = await server.signedIn('operator'), operator = server.as('operator');
	for (const push of [pushForm, pushJson])
		for (const event of ['newCall', 'answer'])
			answers.push([`exchange ${event}`, (await push(server, { event, from: CALLER.phone,
				to: '12345', direction: 'in', user: ['operator1'],
				callId: `${push.name}-${CALLER.phone}` })).text]);
	answers.push(['exchange refused', (await pushJson(server, { from: CALLER.phone,
		callId: CALLER.phone, direction: CALLER.phone })).text]);
	const calls = await look(operator, '/calls', 200);
	const [{ id }] = calls.json.items;
	await look(operator, `/calls/${id}`, 200);
	answers.push(['history', (await operator.post('/callers/history', { phone: CALLER.phone },
		{ expect: 200 })).text]);
	await person.put(`/drafts/${'ca'.repeat(16)}`, identity, { expect: 200 });
	await look(person, '/drafts', 200);
	const { caller: { phone, ...caller }, ...rest } = identity;
	lives.push((await person.register(anAppeal(where_, { ...rest, caller, call: id }),
		{ expect: 201, idem: 'canary-call' })).json);
	answers.push(['draft refused', (await person.request('PUT', `/drafts/${'ca'.repeat(16)}`,
		{ raw: `[${JSON.stringify(identity)}]` })).text]);
}

test('planted by operators, the telephone exchange, the 110 platform, the console, enterprises and an import', async () => {
	for (const format of ['standard', 'cloudevents']) {
		const receiver = await startReceiver();
		receivers.push(receiver);
		await server.as('admin').post('/webhooks', { department: format === 'standard' ? 'CGJ' :
			'SCJ', url: receiver.url, events: ['*'], format }, { expect: 201 });
	}
	const lives = [await register(server, where, identity)];
	lives.push((await server.as('intake', { channel: '110' }).register(anAppeal(where,
		{ channel: '110', external_no: '110-1', ...identity }), { expect: 201 })).json);
	lives.push((await server.as('intake', { channel: 'enterprise' }).register(anAppeal(where,
		{ channel: 'enterprise', ...identity }), { expect: 201 })).json);
	lives.push((await (await server.signedIn('operator')).register(anAppeal(where,
		{ channel: 'window', ...identity }), { expect: 201, idem: 'canary-1' })).json);
	await planted(where, lives);
	const file = path.join(os.tmpdir(), `canary-${process.pid}.jsonl`);
	fs.writeFileSync(file, JSON.stringify({ channel: 'web', external_no: 'H-1', title: '路灯不亮',
		text: '三天不亮', category: where.category, area: where.area, content_class: 'help',
		department: 'CGJ', limit_class: 'L3', received_at: '2026-02-02T09:00:00+08:00',
		address: PLACE, caller: CALLER, events: [] }) + '\n');
	const done = server.command(['import', file], { expect: 0 });
	fs.rmSync(file);
	answers.push(['import', done.stdout + done.stderr]);
	Object.assign(receivers, { lives });
});

test('they live: worked on, reviewed, visited, warned about, merged, exported, refused', async () => {
	const { lives } = receivers;
	await close(server, leadOf(lives[0]));
	await visit(server, leadOf(lives[0]), 'satisfied');
	await sign(server, leadOf(lives[1]));
	await contact(server, leadOf(lives[1]));
	await server.as('operator').post(`/appeals/${lives[3].id}/merge`, { into: lives[2].id },
		{ expect: 200 });
	await server.as('operator').post('/appeals/search', { phone: CALLER.phone }, { expect: 200 });
	await server.as('operator').post('/appeals/hints', { phone: CALLER.phone, address: PLACE, location: LOCATION,
		category: where.category, area: where.area }, { expect: 200 });
	/* Errors: of a field, of content, of a repeated number, without a key. */
	for (const [client, body] of [
		[server.as('operator'), anAppeal(where, { ...identity, channel: 'fax',
			caller: { ...CALLER, phone: `${CALLER.phone}x`, more: CALLER.name } })],
		[server.as('intake', { channel: '110' }), anAppeal(where, { channel: '110',
			external_no: '110-1', ...identity, text: '另一件' })],
		[server.anonymous(), anAppeal(where, identity)]]) {
		const answer = await client.register(body);
		assert.ok(answer.status >= 400);
		answers.push([`error ${answer.status}`, answer.text]);
	}
	answers.push(['a word in an address', (await server.as('operator').get(
		`/appeals?phone=${CALLER.phone}`)).text.replaceAll(CALLER.phone, '')]);
	await moveTo(server, '2026-04-02 09:00');
	await until(() => receivers[0].requests.length >= 5, { what: 'some webhooks' });
	/* Receipt and result went out, one reply came in that an operator reads without the number. */
	await until(() => gateway.to(CALLER.phone).length >= 2, { ms: 15_000, what: 'messages' });
	answers.push(['messages', JSON.stringify(gateway.to(CALLER.phone).map((one) => one.content))]);
	answers.push(['a reply', (await gateway.reply(server, [{ id: 'canary', mobile: CALLER.phone,
		content: `我是${CALLER.phone}，请回电` }])).text]);
	await look(server.as('operator'), '/notices/replies', 200);
});

test('nobody is shown them who is not entitled: no list, export, report, history, metric', async () => {
	const { lives } = receivers;
	const leader = server.as('leader'), auditor = server.as('auditor');
	for (const client of [leader, auditor])
		for (const address of ['/appeals?limit=200', `/appeals/${lives[0].id}`,
			`/appeals/${lives[0].id}/events`, `/tasks?limit=200`, `/tasks/${leadOf(lives[0]).id}`,
			'/reports/2026-03', '/reports/2026-03.csv', '/reports/2026-03/tasks.csv',
			'/reports/2026-03/tasks?measure=on_time&part=den', '/exclusions'])
			await look(client, address);
	await look(auditor, '/metrics', 200);
	await look(auditor, '/audit?limit=200', 200);
	for (const stranger of [server.department('SCJ'), server.department('JTJ'),
		server.anonymous()])
		for (const address of ['/appeals?limit=200', `/appeals/${lives[0].id}`, '/tasks'])
			await look(stranger, address);
	/* Entitled to the place, but to nobody's identity. */
	for (const client of [server.department('CGJ'), ...['operator', 'dispatcher', 'reviewer',
		'visitor', 'supervisor'].map((role) => server.as(role))]) {
		const { text } = await client.get(`/appeals/${lives[0].id}`, { expect: 200 });
		assert.deepEqual(found(Buffer.from(text)), ['place', 'position'], client.name);
	}
	const leaks = answers.map(([name, text]) => [name, found(Buffer.from(text))])
		.filter(([, words]) => words.length > 0);
	assert.deepEqual(leaks, []);
	assert.ok(answers.length > 30);
});

test('entitled answers hold them: a reveal, and the export to the person', async () => {
	const clear = await revealed(server.as('operator'), receivers.lives[0].id,
		['name', 'phone', 'id_number', 'address', 'accused_person']);
	assert.deepEqual(found(Buffer.from(JSON.stringify(clear))),
		['name', 'phone', 'id_number', 'address', 'person']);
	const person = await server.as('supervisor').post('/callers/export',
		{ phone: CALLER.phone, purpose: '本人申请查阅' }, { expect: 200 });
	assert.deepEqual(found(Buffer.from(person.text)),
		['name', 'phone', 'id_number', 'address', 'place', 'position']);
});

test('no webhook carries them, to the own department or to another', () => {
	assert.ok(receivers[0].requests.length >= 5);
	const leaks = receivers.flatMap((receiver) => receiver.requests)
		.map((hook) => [hook.json?.type, found(Buffer.from(JSON.stringify(hook.headers) +
			hook.body))]).filter(([, words]) => words.length > 0);
	assert.deepEqual(leaks, []);
});

test('no process shows them, and no file is open that holds them', () => {
	for (const pid of [server.pid, ...server.databases()])
		assert.deepEqual(leaksOf(pid), {}, `process ${pid}`);
	assert.deepEqual(filesBelow(spool), []);
});

test('the ledger does not tell them', () => {
	const { stdout } = server.command(['ledger', 'dump'], { expect: 0 });
	const fields = stdout.split(/\s+/).map((one) => Buffer.from(one, 'base64').toString()).join(' ');
	assert.deepEqual(found(Buffer.from(stdout + fields)), []);
	assert.ok(fields.includes('已电话联系'), 'the search finds what an event says');
});

/* ---- on disk, with a binary log ---- */

async function startDatabase() {
	const child = spawn('/usr/sbin/mariadbd', [`--defaults-file=${path.join(server.dir, 'my.cnf')}`,
		`--log-bin=${path.join(server.dir, 'mysql/canary-log')}`, '--server-id=1',
		'--general-log=0'], { stdio: 'ignore' });
	await until(() => sql(server, 'SELECT 1'), { what: 'the database' });
	return child;
}

test('no file of the server or the database holds them, its binary log included', async (t) => {
	await server.stop();
	const database = await startDatabase();
	const beside = await startBeside(server, { log_level: 'debug' });
	const made = (await beside.as('operator').register(anAppeal(where, identity),
		{ expect: 201 })).json;
	await beside.as('operator').post(`/appeals/${made.id}/reveal`, { fields: ['phone'],
		purpose: '核实' }, { expect: 200 });
	assert.equal(await beside.stop(), 0);
	const logged = filesBelow(server.dir).filter((file) => /canary-log\.\d+$/.test(file));
	assert.ok(logged.length > 0 && logged.some((file) =>
		fs.readFileSync(file).includes('滨河路')), 'the binary log holds what was registered');
	database.kill('SIGTERM');
	await once(database, 'exit');
	const files = [...filesBelow(server.dir), server.log_file, server.out_file];
	t.diagnostic(`${files.length} files`);
	for (const needed of ['ib_logfile0', 'ibdata1', 'callers_caller.ibd', 'intake_appeal.ibd',
		'search_block.ibd', 'server_idempotency.ibd', 'calls_call.ibd', 'drafts_draft.ibd', 'outbox_delivery.ibd',
		'notices_reply.ibd'])
		assert.ok(files.some((file) => file.endsWith(needed)), needed);
	assert.deepEqual(leaksIn(files), {});
});

test('the searcher finds each of them in a table, the binary log, a log and an open file', async () => {
	const database = await startDatabase();
	sql(server, `CREATE TABLE planted (id INT PRIMARY KEY, words TEXT) ENGINE=InnoDB;
		CREATE TABLE placed (id INT PRIMARY KEY, latitude BIGINT) ENGINE=InnoDB;
		INSERT INTO placed VALUES (1, ${WORDS.position.replace('.', '')})`);
	for (const [i, word] of Object.values(WORDS).entries())
		sql(server, `INSERT INTO planted VALUES (${i}, '${word}')`);
	database.kill('SIGTERM');
	await once(database, 'exit');
	const everything = Object.keys(WORDS);
	const leaks = leaksIn(filesBelow(server.dir));
	const inOf = (end) => Object.entries(leaks).find(([file]) => end.test(file))?.[1];
	assert.deepEqual(inOf(/planted\.ibd$/), everything);
	assert.deepEqual(inOf(/placed\.ibd$/), ['position']);
	assert.deepEqual(inOf(/canary-log\.\d+$/), everything);
	assert.deepEqual(inOf(/ib_logfile0$/), everything);
	for (const word of Object.values(WORDS)) {
		assert.equal(found(Buffer.from(`at=1 msg="${word}"`)).length, 1);
		assert.equal(found(Buffer.from(Buffer.from(word).toString('base64'))).length, 1);
		assert.equal(found(Buffer.from(JSON.stringify(encodeURIComponent(word)))).length, 1);
	}
	const file = path.join(spool, 'open');
	fs.writeFileSync(file, CALLER.phone);
	const fd = fs.openSync(file);
	fs.rmSync(file);
	assert.deepEqual(Object.values(leaksOf(process.pid)).flat(), ['phone']);
	fs.closeSync(fd);
	const again = await startDatabase();
	sql(server, 'DROP TABLE planted, placed');
	again.kill('SIGTERM');
	await once(again, 'exit');
	await server.restart();
	for (const receiver of [...receivers, gateway])
		await receiver.stop();
});

endsCleanly(server);
