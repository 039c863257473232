/*
 * Ready answers of the desk: found by words and category, offered on their days alone, changed by
 * who may with every version kept.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator'), writer = server.as('dispatcher');
const list = async (query = '', client = operator) =>
	(await client.get(`/knowledge?${query}`, { expect: 200 })).json.items;
const titles = async (query, client) => (await list(query, client)).map((one) => one.title);
const entry = (changes = {}) => ({ title: '鹿鸣桥封桥绕行', text: '走云溪路，双向限行至月底。',
	category: '0301', department: 'JTJ', valid_from: '2026-03-02', valid_to: '2026-03-20',
	source: '交通局通告', ...changes });
const add = async (changes) => (await writer.post('/knowledge', entry(changes),
	{ expect: 201 })).json;
const made = await add();

test('the sample has ready answers of several categories, and one that is out of force', async () => {
	const all = await list('expired=true&limit=200', writer), offered = await list('limit=200');
	assert.ok(new Set(all.map((one) => one.category)).size >= 6);
	assert.equal(all.filter((one) => one.expired).length, 1);
	assert.deepEqual(offered, all.filter((one) => !one.expired));
});

test('an entry is shown as it was written, with who changed it and when', async () => {
	const { id, changed_at, ...rest } = (await operator.get(`/knowledge/${made.id}`,
		{ expect: 200 })).json;
	assert.deepEqual(rest, { ...entry(), version: 1, expired: false, changed_by: 'dispatcher' });
	assert.deepEqual([id, changed_at], [made.id, MONDAY]);
});

test('found by words of title or text, all of them, and by category above or below', async () => {
	for (const q of ['鹿鸣桥', '云溪路', '绕行 限行', '鹿鸣桥　双向'])
		assert.deepEqual(await titles(`q=${encodeURIComponent(q)}`), [made.title], q);
	for (const q of ['鹿鸣桥 停水', '鹿鸣岭'])
		assert.deepEqual(await titles(`q=${encodeURIComponent(q)}`), [], q);
	for (const category of ['0301', '030101', '03'])
		assert.ok((await titles(`category=${category}`)).includes(made.title), category);
	assert.ok(!(await titles('category=0302')).includes(made.title));
	const everywhere = await add({ title: '对什么都有用', category: null, valid_to: null });
	assert.ok((await titles('category=0101')).includes(everywhere.title));
});

test('a change is the next version, the old one is kept, and a stale one is refused', async () => {
	const changed = (await writer.put(`/knowledge/${made.id}`, entry({ text: '改走文昌路。' }),
		{ etag: '"k-1"', expect: 200 })).json;
	assert.deepEqual([changed.version, changed.text], [2, '改走文昌路。']);
	await writer.put(`/knowledge/${made.id}`, entry(), { etag: '"k-1"', expect: 412 });
	assert.deepEqual(sql(server, `SELECT version, text FROM knowledge_version
		WHERE id = ${made.id} ORDER BY version`), [['1', entry().text], ['2', '改走文昌路。']]);
	const both = await Promise.all([1, 2].map((i) => writer.put(`/knowledge/${made.id}`,
		entry({ text: `第${i}个` }), { etag: '"k-2"' })));
	assert.deepEqual(both.map((one) => one.status).sort(), [200, 412]);
	const answer = await operator.get(`/knowledge/${made.id}`, { expect: 200 });
	assert.equal(answer.headers.etag, '"k-3"');
});

test('on the last day it is offered, the day after not, and before its first day not', async () => {
	const later = await add({ title: '四月起', valid_from: '2026-03-21', valid_to: null });
	assert.ok(!(await titles()).includes(later.title));
	await operator.get(`/knowledge/${later.id}`, { expect: 404 });
	await moveTo(server, '2026-03-20 23:59');
	await operator.get(`/knowledge/${made.id}`, { expect: 200 });
	assert.ok((await titles()).includes(made.title));
	await moveTo(server, '2026-03-21 00:00');
	await operator.get(`/knowledge/${made.id}`, { expect: 404 });
	assert.ok(!(await titles()).includes(made.title));
	assert.ok((await titles()).includes(later.title));
	const writers = (await writer.get(`/knowledge/${made.id}`, { expect: 200 })).json;
	assert.equal(writers.expired, true);
	assert.ok((await titles('expired=true&limit=200', writer)).includes(made.title));
	await operator.get('/knowledge?expired=true', { expect: 403 });
	for (const query of ['expired=maybe', 'category=none', `category=${encodeURIComponent('鸑')}`])
		await operator.get(`/knowledge?${query}`, { expect: 422 });
});

test('pages hold every entry once, the newest change first', async () => {
	const all = await writer.all('/knowledge?expired=true', 3);
	const whole = await list('expired=true&limit=200', writer);
	assert.deepEqual(all, whole);
	assert.equal(new Set(all.map((one) => one.id)).size, all.length);
	const times = all.map((one) => one.changed_at);
	assert.deepEqual(times, [...times].sort().reverse());
	assert.equal((await operator.all(`/knowledge?q=${encodeURIComponent('的')}`, 1)).length,
		(await list(`limit=200&q=${encodeURIComponent('的')}`)).length);
});

test('complaints name the field; who only reads does not write', async () => {
	const bad = await writer.post('/knowledge', entry({ title: ' ', category: 'none',
		department: 'none', valid_to: '2026-03-01' }), { expect: 422 });
	assert.deepEqual(bad.json.errors.map((one) => one.pointer).sort(),
		['#/category', '#/department', '#/title', '#/valid_to']);
	for (const role of ['operator', 'visitor', 'reviewer']) {
		await server.as(role).post('/knowledge', entry(), { expect: 403 });
		await server.as(role).put(`/knowledge/${made.id}`, entry(), { expect: 403 });
	}
	await writer.put('/knowledge/999999', entry(), { expect: 404 });
});

endsCleanly(server);
