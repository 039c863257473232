/*
 * Lists and searches by category, area and days, alone and together, against the same choice made
 * in another language; what somebody may not know of stays unfound and uncounted.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const [operator, supervisor] = [server.as('operator'), server.as('supervisor')];
const catalogue = (await operator.get('/catalogue', { expect: 200 })).json;
const leaves = catalogue.categories.filter((one) => one.leaf);
const areas = catalogue.areas.map((one) => one.code).slice(0, 3);
const [leaf] = leaves;
const sibling = leaves.find((one) => one.parent === leaf.parent && one !== leaf);
const stranger = leaves.find((one) => one.code.slice(0, 2) !== leaf.code.slice(0, 2));
const appeals = [];
const days = ['2026-03-02', '2026-03-03', '2026-03-04'];

/* Every pair of category and area on every day; the last second of a day and its first are of it. */
for (const [n, day] of days.entries()) {
	if (n > 0)
		await moveTo(server, `${day} 00:00`);
	for (const category of [leaf, sibling, stranger])
		for (const area of areas)
			appeals.push({ day, ...(await operator.register(anAppeal({ category: category.code, area }),
				{ expect: 201 })).json });
	await moveTo(server, `${day} 23:59:59`);
	appeals.push({ day, ...(await operator.register(anAppeal({ category: leaf.code, area: areas[0] }),
		{ expect: 201 })).json });
}

const parents = new Map(catalogue.categories.map((one) => [one.code, one.parent]));
const isBelow = (code, above) => code === above || (code ? isBelow(parents.get(code), above) : false);
const fits = (one, { category, area, received_from, received_until }) =>
	(!category || isBelow(one.category, category)) && (!area || one.area === area)
	&& (!received_from || one.day >= received_from) && (!received_until || one.day <= received_until);
const expected = (filters) => appeals.filter((one) => fits(one, filters)).map((one) => one.id)
	.sort().reverse();

/* By the address and by the body, page by page, and as it is counted. */
async function assertFound(filters) {
	const query = new URLSearchParams(filters).toString(), wanted = expected(filters);
	const listed = await supervisor.all(`/appeals?${query}`, 4);
	assert.deepEqual(listed.map((one) => one.id), wanted, query);
	const { json } = await supervisor.post('/appeals/search?count=true&limit=200', filters,
		{ expect: 200 });
	assert.deepEqual([json.items.map((one) => one.id), json.count, json.narrow ?? false],
		[wanted, wanted.length, false], query);
}

test('by category, with all below it; by area; by days, both ends within', async () => {
	for (const category of [leaf.code, leaf.parent, leaf.code.slice(0, 2)])
		await assertFound({ category });
	for (const area of areas)
		await assertFound({ area });
	for (const received_from of days)
		await assertFound({ received_from });
	for (const received_until of ['2026-03-01', ...days])
		await assertFound({ received_until });
	assert.equal(expected({ category: leaf.code }).length, 12);
});

test('all of them together, and with the filters that were there before', async () => {
	for (const category of [leaf.code, leaf.parent])
		for (const area of areas)
			for (const received_from of days)
				await assertFound({ category, area, received_from, received_until: days[2] });
	await assertFound({ category: leaf.parent, area: areas[1], received_from: days[0], received_until: days[1] });
	const filters = { category: leaf.code, received_from: days[1] };
	const withState = await supervisor.all(`/appeals?state=refused&${new URLSearchParams(filters)}`, 50);
	assert.deepEqual(withState, []);
	const { json } = await supervisor.post('/appeals/search?count=true', { ...filters, q: '路灯',
		channel: '12345' }, { expect: 200 });
	assert.equal(json.count, expected(filters).length);
	const byPhone = appeals.find((one) => one.day === days[0]);
	for (const [day, n] of [[days[0], 1], [days[1], 0]]) {
		const found = await supervisor.post('/appeals/search?count=true', { number: byPhone.id,
			received_from: day }, { expect: 200 });
		assert.equal(found.json.count, n, `${byPhone.id} from ${day}`);
	}
});

test('a department finds its own in a category, and counts no others', async () => {
	const code = rowOf(server, 'CGJ').department, department = server.department(code);
	const own = await department.all('/appeals', 200);
	const found = (await department.get(`/appeals?count=true&limit=200&category=${leaf.code.slice(0, 2)}`,
		{ expect: 200 })).json;
	const wanted = own.filter((one) => one.category.startsWith(leaf.code.slice(0, 2)));
	assert.deepEqual(found.items.map((one) => one.id), wanted.map((one) => one.id));
	assert.equal(found.count, wanted.length);
});

test('years before and after all appeals bound nothing', async () => {
	await assertFound({ received_from: '1990-01-01' });
	await assertFound({ received_until: '2100-12-31' });
	assert.deepEqual(await supervisor.all('/appeals?received_from=2060-01-01', 50), []);
});

test('a day that is none, an end before its beginning and a code that is none are named', async () => {
	for (const [query, pointer] of [['received_from=2026-02-30', '#/query/received_from'],
		['received_until=yesterday', '#/query/received_until'], ['category=a%20b', '#/query/category'],
		['area=', '#/query/area'],
		['received_from=2026-03-03&received_until=2026-03-02', '#/query/received_until']]) {
		const { json } = await supervisor.get(`/appeals?${query}`, { expect: 422 });
		assert.deepEqual(json.errors.map((one) => one.pointer), [pointer], query);
	}
	for (const [body, pointer] of [[{ received_from: '2026-02-30' }, '#/received_from'],
		[{ received_from: '2026-03-03', received_until: '2026-03-02' }, '#/received_until']]) {
		const { json } = await supervisor.post('/appeals/search', body, { expect: 422 });
		assert.deepEqual(json.errors.map((one) => one.pointer), [pointer]);
	}
	assert.deepEqual(await supervisor.all('/appeals?category=999999', 50), []);
});

test('how many an operator registered today is told until midnight, without withdrawn ones', async () => {
	const today = async (client) => (await client.get('/me', { expect: 200 })).json.registered_today;
	const person = await server.signedIn('operator');
	assert.deepEqual([await today(person), await today(supervisor)], [0, null]);
	const made = [];
	for (const { category, area } of appeals.slice(0, 3))
		made.push((await person.register(anAppeal({ category, area }), { expect: 201 })).json);
	assert.equal(await today(person), 3, 'what a key registered is the key\'s');
	await person.post(`/appeals/${made[0].id}/withdraw`, { reason: '打错了', confirmed_by: 'none' }, { expect: 200 });
	assert.equal(await today(person), 2);
	await moveTo(server, '2026-03-05 00:00');
	assert.equal(await today(person), 0);
});

endsCleanly(server);
