/* Who called: masked everywhere, clear only for a purpose, and nowhere on disk in clear. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, eventsOf, leadOf, ofType, register, rowOf, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
/* Words that occur nowhere else; found anywhere they are a leak. */
const CANARY = { name: '鸑鷟龘靐', phone: '15912763498' };
const operator = server.as('operator');
const READERS = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
	'auditor'];
const canary = await register(server, where, { caller: { ...CANARY, secret: true } });

function assertNoCanary(text, where_) {
	for (const word of Object.values(CANARY))
		assert.ok(!text.includes(word), `${word} in ${where_}`);
}

test('every role that reads sees mask and nothing else, in every view', async () => {
	await close(server, leadOf(canary));
	await visit(server, leadOf(canary), 'satisfied');
	const clients = [...READERS.map((role) => server.as(role)), server.department('CGJ')];
	for (const client of clients)
		for (const view of [`/appeals/${canary.id}`, `/appeals?limit=200`,
			`/appeals/${canary.id}/events`, `/tasks/${leadOf(canary).id}`]) {
			const answer = await client.get(view);
			if (answer.status === 200)
				assertNoCanary(answer.text, `${view} for ${client.name}`);
			if (view === `/appeals/${canary.id}`) {
				assert.equal(answer.status, 200, client.name);
				assert.equal(answer.json.caller?.phone ?? '159****3498', '159****3498');
			}
		}
});

test('an error names the field, never what stood in it', async () => {
	const answer = await operator.register({ channel: 'fax', caller: {
		name: CANARY.name, phone: `${CANARY.phone} oder ${CANARY.phone}`, x: CANARY.phone } },
	{ expect: 422 });
	assertNoCanary(answer.text, 'a 422');
});

test('reveal gives the clear value for a purpose and leaves an event', async () => {
	const before = ofType(await eventsOf(server, canary.id), 'identity.revealed').length;
	const answer = await operator.post(`/appeals/${canary.id}/reveal`,
		{ fields: ['phone'], purpose: '回拨核实地址' }, { expect: 200 });
	assert.deepEqual(answer.json, { phone: CANARY.phone });
	const events = ofType(await eventsOf(server, canary.id), 'identity.revealed');
	assert.equal(events.length, before + 1);
	const event = events[events.length - 1];
	assert.ok(JSON.stringify(event.data).includes('回拨核实地址'));
	assert.ok(event.by);
	assertNoCanary(JSON.stringify(events), 'the event of the reveal');
});

test('a visitor reveals the phone and nothing else', async () => {
	const visitor = server.as('visitor');
	const answer = await visitor.post(`/appeals/${canary.id}/reveal`,
		{ fields: ['phone'], purpose: '回访' }, { expect: 200 });
	assert.equal(answer.json.phone ?? answer.json.caller?.phone, CANARY.phone);
	assert.ok(!answer.text.includes(CANARY.name));
	const refused = await visitor.post(`/appeals/${canary.id}/reveal`,
		{ fields: ['name'], purpose: '回访' }, { expect: [403, 422] });
	assertNoCanary(refused.text, 'the refusal');
});

test('nobody else reveals, and none without fields or purpose', async () => {
	const good = { fields: ['phone'], purpose: '核实' };
	for (const role of ['dispatcher', 'reviewer', 'supervisor', 'leader', 'auditor', 'admin'])
		await server.as(role).post(`/appeals/${canary.id}/reveal`, good, { expect: 403 });
	await server.department('CGJ').post(`/appeals/${canary.id}/reveal`, good, { expect: 403 });
	for (const body of [{}, { fields: ['phone'] }, { fields: [], purpose: '核实' },
		{ fields: ['phone'], purpose: ' ' }, { fields: ['password'], purpose: '核实' }])
		await operator.post(`/appeals/${canary.id}/reveal`, body, { expect: 422 });
});

test('an appeal is found by the exact phone, in a body, never by a part of it', async () => {
	const find = async (phone) => (await operator.post('/appeals/search', { phone },
		{ expect: 200 })).json.items;
	const found = await find(CANARY.phone);
	assert.deepEqual(found.map((one) => one.id), [canary.id]);
	assertNoCanary(JSON.stringify(found), 'the list');
	assert.deepEqual(await find(CANARY.phone.slice(0, 8)), []);
	assert.deepEqual(await find('15900000000'), []);
});

test('one caller with two appeals is found with both', async () => {
	const caller = { name: '周二', phone: '15812340002' };
	const ids = [];
	for (let i = 0; i < 2; i++)
		ids.push((await register(server, where, { caller })).id);
	const answer = await operator.post('/appeals/search', { phone: caller.phone },
		{ expect: 200 });
	assert.deepEqual(answer.json.items.map((one) => one.id).sort(), ids.sort());
	const narrow = await operator.post('/appeals/search',
		{ phone: caller.phone, state: 'closed' }, { expect: 200 });
	assert.deepEqual(narrow.json.items, []);
});

test('a phone in the address of a request is refused', async () => {
	await operator.get(`/appeals?phone=${CANARY.phone}`, { expect: [400, 422] });
});

test('callers without name or phone, and anonymous ones, are taken', async () => {
	for (const caller of [{}, { name: '李' }, { phone: '0399-1234567' }, { anonymous: true }])
		await register(server, where, { caller });
	await register(server, where, { caller: undefined });
});

test('a single-character name is masked too', async () => {
	const appeal = await register(server, where, { caller: { name: '龘', phone: '110' } });
	assert.ok(!JSON.stringify(appeal.caller).includes('"龘"'));
	assert.notEqual(appeal.caller.phone, '110');
});

function filesBelow(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
		const at = path.join(dir, entry.name);
		return entry.isDirectory() ? filesBelow(at) : entry.isFile() ? [at] : [];
	});
}

test('the canary is in no file of the database, no log, no argument, no metric', async () => {
	const receiver = await startReceiver();
	const endpoint = await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: receiver.url, events: ['*'], format: 'standard' }, { expect: 201 });
	await register(server, where, { caller: CANARY });
	await moveTo(server, '2026-03-20 09:00');
	await until(() => receiver.requests.length >= 3, { what: 'some webhooks' });
	for (const hook of receiver.requests)
		assertNoCanary(hook.body, `a webhook of type ${hook.json?.type}`);
	await server.as('admin').delete(`/webhooks/${endpoint.json.id}`);
	await receiver.stop();

	assertNoCanary((await server.as('auditor').get('/metrics', { expect: 200 })).text, 'metrics');
	for (const pid of [server.pid, ...server.databases()])
		for (const file of ['cmdline', 'environ'])
			assertNoCanary(fs.readFileSync(`/proc/${pid}/${file}`, 'utf8'), `${file} of ${pid}`);
	await server.stop();	/* so that every page has reached its file */
	assertNoCanary(server.log(), 'the log');
	assertNoCanary(fs.readFileSync(server.out_file, 'utf8'), 'the standard output');
	const files = filesBelow(server.dir);
	assert.ok(files.length > 10, 'the folder of the demo was searched');
	const words = Object.values(CANARY).map((word) => Buffer.from(word));
	for (const file of files) {
		const bytes = fs.readFileSync(file);
		for (const word of words)
			assert.equal(bytes.indexOf(word), -1, `${word} in ${file}`);
	}
	await server.restart();
});

test('after a restart the sealed phone is still found and revealed', async () => {
	const answer = await operator.post('/appeals/search', { phone: CANARY.phone },
		{ expect: 200 });
	assert.equal(answer.json.items.length, 2);
	const clear = await operator.post(`/appeals/${canary.id}/reveal`,
		{ fields: ['phone'], purpose: '核实' }, { expect: 200 });
	assert.ok(clear.text.includes(CANARY.phone));
});

endsCleanly(server);
