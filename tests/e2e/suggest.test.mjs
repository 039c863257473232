/*
 * Category and department proposed while an appeal is typed, each with its reason; what is
 * foretold of the deadlines; and how often proposals are accepted, by rule.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, leadOf, register } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const suggest = async (body, client = operator) =>
	(await client.post('/appeals/suggest', body, { expect: 200 })).json;
const catalogue = (await operator.get('/catalogue', { expect: 200 })).json;
const categoryOf = (code) => catalogue.categories.find((one) => one.code === code);
const departmentFor = (category, area) =>
	(catalogue.rows.find((row) => row.category === category && row.area === area) ??
	catalogue.rows.find((row) => row.category === category && row.area === null)).department;

const TEXT = '顶楼没水，水压低，晚上洗不了澡';
const CATEGORY = '010102';

test('the words of a category propose it, with the words and the department as the reason',
	async () => {
		const { suggestions, expected } = await suggest({ text: TEXT, area: 'A03' });
		const [best] = suggestions;
		assert.equal(best.category, CATEGORY);
		assert.equal(best.rule, `words.${CATEGORY}`);
		assert.equal(best.department, departmentFor(CATEGORY, 'A03'));
		for (const word of best.words.slice(0, 2))
			assert.ok(TEXT.includes(word) && (categoryOf(CATEGORY).keywords.includes(word) ||
				categoryOf(CATEGORY).name === word), word);
		assert.equal(best.alike.place, catalogue.areas.find((one) => one.code === 'A03').name);
		assert.equal(expected, null, 'nothing is foretold without a category and a class');
		assert.ok(suggestions.length <= 3);
	});

test('nothing is proposed for what says nothing, and nothing is kept of the question', async () => {
	const before = sql(server, 'SELECT COUNT(*) FROM suggestions_outcome');
	const answer = await suggest({ text: '……' });
	assert.deepEqual(answer, { suggestions: [], expected: null });
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM suggestions_outcome'), before);
});

test('the same question has the same answer', async () => {
	const body = { title: '噪声', text: '夜间施工噪声很大，路灯也不亮，还停水停电', area: 'A01' };
	const first = await suggest(body);
	assert.ok(first.suggestions.length === 3);
	for (let i = 0; i < 3; i++)
		assert.deepEqual(await suggest(body), first);
});

test('appeals alike in the area are counted for thirty days, with who handles them', async () => {
	const told = { title: '凤栖里二十九栋顶楼水压太低', text: '凤栖里二十九栋顶楼每天傍晚水压低，热水器打不着火。' };
	for (let i = 0; i < 3; i++)
		await register(server, { category: CATEGORY, area: 'A05' }, told);
	await register(server, { category: CATEGORY, area: 'A06' }, told);
	const ask = async (area) => (await suggest({ ...told, area })).suggestions
		.find((one) => one.category === CATEGORY);
	const there = await ask('A05'), elsewhere = await ask('A07'), anywhere = await ask(undefined);
	assert.deepEqual([there.alike.days, there.alike.count, there.alike.handled_there], [30, 3, 3]);
	assert.deepEqual([elsewhere.alike.count, elsewhere.alike.handled_there], [0, 0]);
	assert.deepEqual([anywhere.alike.place, anywhere.alike.count], [null, 4]);
});

test('appeals alike alone propose a category whose words do not stand in the text', async () => {
	const told = { title: '鹭洲桥北桥头石狮子倒了', text: '鹭洲桥北桥头的石狮子倒了，砸坏了栏杆旁的石板。' };
	for (let i = 0; i < 2; i++)
		await register(server, { category: '020501', area: 'A02' }, told);
	const { suggestions } = await suggest({ text: '鹭洲桥北桥头石狮子倒了', area: 'A02' });
	const found = suggestions.find((one) => one.category === '020501');
	assert.equal(found?.alike.count, 2);
	assert.match(found.rule, /^(alike|words)\.020501$/);
});

test('what is foretold is what registering then makes, over the sample catalogue', async () => {
	const classes = ['help', 'complaint', 'report', 'consultation', 'suggestion', 'praise'];
	const rows = catalogue.rows.filter((_, i) => i % 8 === 0);
	let foretold = 0;
	for (const [i, row] of rows.entries()) {
		const area = row.area === null ? catalogue.areas[i % catalogue.areas.length].code : row.area;
		const content_class = classes[i % classes.length], urgent = i % 3 === 0;
		const { expected } = await suggest({ text: '', category: row.category, area,
			content_class, urgent });
		const made = await register(server, { category: row.category, area },
			{ content_class, urgent });
		if (!expected) {
			assert.equal(made.tasks.length, 0, row.category);
			continue;
		}
		foretold++;
		const { department, limit_class, sign_due, contact_due, due } = leadOf(made);
		assert.deepEqual(expected, { department, assist: [], limit_class, sign_due, contact_due,
			due });
	}
	assert.ok(foretold > 50, `${foretold} were foretold`);
});

test('a category without a row is not foretold, and stays with the dispatchers', async () => {
	const body = { text: '', category: '160101', area: 'A01', content_class: 'help' };
	assert.equal((await suggest(body)).expected, null);
	assert.deepEqual((await register(server, { category: '160101', area: 'A01' })).tasks, []);
});

test('proposals that were shown and accepted are counted by rule, for ninety days', async () => {
	const where = { category: CATEGORY, area: 'A01' };
	const rule = `words.${CATEGORY}`;
	for (const accepted of [true, true, false])
		await register(server, where, { suggestion: { rule, accepted } });
	await register(server, where, { suggestion: { rule: 'alike.0101', accepted: false } });
	await register(server, where, { suggestion: null });
	const figures = (await server.as('admin').get('/suggestions/figures', { expect: 200 })).json;
	assert.deepEqual(figures, { days: 90, items: [
		{ rule, category_name: categoryOf(CATEGORY).name, shown: 3, accepted: 2, rate: '66.67' },
		{ rule: 'alike.0101', category_name: categoryOf('0101').name, shown: 1, accepted: 0,
			rate: '0.00' },
	] });
	await moveTo(server, '2026-06-08 09:00');
	assert.deepEqual((await server.as('supervisor').get('/suggestions/figures', { expect: 200 }))
		.json.items, []);
});

test('a wrong question and a rule that is none are told at the field', async () => {
	const wrong = await operator.post('/appeals/suggest', { text: '水', category: 'none',
		area: 'none', content_class: 'none' }, { expect: 422 });
	assert.deepEqual(wrong.json.errors.map((one) => one.pointer).sort(),
		['#/area', '#/category', '#/content_class']);
	await operator.post('/appeals/suggest', {}, { expect: 422 });
	for (const rule of ['words.none', 'other.0101', '0101']) {
		const refused = await operator.register(anAppeal({ category: CATEGORY, area: 'A01' },
			{ suggestion: { rule, accepted: true } }), { expect: 422 });
		assert.deepEqual(refused.json.errors.map((one) => one.pointer), ['#/suggestion/rule']);
	}
	await operator.register(anAppeal({ category: CATEGORY, area: 'A01' },
		{ suggestion: { rule: 'words.0101' } }), { expect: 422 });
});

endsCleanly(server);
