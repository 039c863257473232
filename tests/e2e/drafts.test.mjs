/*
 * Drafts: what somebody has begun to write, kept sealed for that person alone, over sign-out and
 * kill, until it is registered or a week has passed.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { advance } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
let person = await server.signedIn('operator');
const newId = () => randomBytes(16).toString('hex');
const content = { title: '鸑鷟巷路灯', caller: { phone: '15912763498' }, list: [1, null, 'a'] };
const ids = async (client = person) =>
	(await client.get('/drafts', { expect: 200 })).json.items.map((one) => one.id);
const first = newId();

test('a draft is given back as it was saved, to who saved it', async () => {
	const saved = (await person.put(`/drafts/${first}`, content, { expect: 200 })).json;
	assert.deepEqual(Object.keys(saved), ['id', 'saved_at']);
	const shown = (await person.get(`/drafts/${first}`, { expect: 200 })).json;
	assert.deepEqual(shown, { ...saved, content });
	await person.put(`/drafts/${first}`, { ...content, title: '改' }, { expect: 200 });
	assert.equal((await person.get(`/drafts/${first}`)).json.content.title, '改');
	assert.deepEqual(await ids(), [first]);
});

test('to anybody else it looks missing, and saving under its id is a draft of one\'s own',
	async () => {
		const others = [server.as('operator'), await server.signedIn('dispatcher'),
			await server.signedIn('department', { department: 'CGJ' })];
		for (const other of others) {
			assert.deepEqual(await ids(other), []);
			await other.get(`/drafts/${first}`, { expect: 404 });
			await other.delete(`/drafts/${first}`, { expect: 404 });
		}
		await others[0].put(`/drafts/${first}`, { mine: true }, { expect: 200 });
		assert.deepEqual((await others[0].get(`/drafts/${first}`)).json.content, { mine: true });
		assert.equal((await person.get(`/drafts/${first}`)).json.content.title, '改');
		await server.as('admin').get('/drafts', { expect: 403 });
		await server.anonymous().get('/drafts', { expect: 401 });
	});

test('it outlives the sign-out and a kill of the server', async () => {
	await person.delete('/session', { expect: 204 });
	await server.kill();
	await server.restart();
	person = await server.signedIn('operator');
	assert.equal((await person.get(`/drafts/${first}`)).json.content.title, '改');
});

test('nothing of it stands in clear in rows, files of the database or the log', async () => {
	assert.ok(!JSON.stringify(sql(server, 'SELECT * FROM drafts_draft')).includes('鸑鷟'));
	const files = (dir) => fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(path.join(dir, entry.name)) :
			entry.isFile() ? [path.join(dir, entry.name)] : []);
	await person.put(`/drafts/${newId()}`, content, { expect: 200 });
	for (const file of files(server.dir)) {
		const bytes = fs.readFileSync(file);
		assert.ok(bytes.indexOf('鸑鷟') < 0 && bytes.indexOf('15912763498') < 0, file);
	}
	assert.ok(!server.log().includes('15912763498'));
});

test('what is no object, too long or under no good id is refused', async () => {
	const put = (raw, id = newId()) => person.request('PUT', `/drafts/${id}`, { raw });
	for (const raw of ['[]', '[{}]', '"a"', '1', '{', '{"a":1,"a":2}', '{} {}', ''])
		assert.ok([400, 422].includes((await put(raw)).status), raw);
	assert.equal((await put(JSON.stringify({ a: 'x'.repeat(32 * 1024) }))).status, 413);
	assert.equal((await put(JSON.stringify({ a: 'x'.repeat(32 * 1024 - 8) }))).status, 200);
	for (const id of ['1', 'x'.repeat(32), first.toUpperCase(), first + '00'])
		assert.equal((await put('{}', id)).status, 422, id);
	await person.get('/drafts/1', { expect: 404 });
	await person.get(`/drafts/${newId()}`, { expect: 404 });
});

test('the oldest makes room for the twenty-first', async () => {
	for (const id of await ids())
		await person.delete(`/drafts/${id}`, { expect: 204 });
	const made = [];
	for (let i = 0; i < 22; i++) {
		made.unshift(newId());
		await advance(server, { seconds: 1 });
		await person.put(`/drafts/${made[0]}`, { i }, { expect: 200 });
	}
	assert.deepEqual(await ids(), made.slice(0, 20));
});

test('it goes when an appeal is registered under its id, and with no other', async () => {
	const [id, other] = await ids();
	await person.register(anAppeal(where), { idem: id, expect: 201 });
	await person.get(`/drafts/${id}`, { expect: 404 });
	assert.equal((await person.put(`/drafts/${id}`, { late: true }, { expect: 409 })).json.code,
		'registered', 'what is saved a moment too late does not bring it back');
	await person.delete(`/drafts/${id}`, { expect: 404 });
	assert.ok(!(await ids()).includes(id));
	await person.get(`/drafts/${other}`, { expect: 200 });
	await person.register({ ...anAppeal(where), title: '' }, { idem: other, expect: 422 });
	await person.get(`/drafts/${other}`, { expect: 200 });
});

test('after seven days it is gone', async () => {
	const [id] = await ids();
	await advance(server, { days: 6, hours: 23 });
	person = await server.signedIn('operator');
	await person.get(`/drafts/${id}`, { expect: 200 });
	await advance(server, { hours: 2 });
	assert.deepEqual(await ids(), []);
	await until(() => sql(server, 'SELECT COUNT(*) FROM drafts_draft')[0][0] === '0',
		{ what: 'the rows to go' });
});

endsCleanly(server);
