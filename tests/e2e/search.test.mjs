/*
 * Full-text search against a scan of the same texts in another language, in every state the
 * packer can be in; and that nobody finds or counts what they may not know of.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { KINDS, assertWhole, counted, fold, invent, levels, number, packed, scan }
	from './lib/search.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { inParallel, until } from './lib/until.mjs';
import { anAppeal, close, leadOf, register, rowOf } from './lib/world.mjs';

const SEED = Number(process.env.TEST_SEED ?? 20260302);
const random = dice(SEED);
const server = await startServer({ clock: MONDAY });
const supervisor = server.as('supervisor');
const DEPARTMENTS = ['CGJ', 'ZJJ', 'GAJ'].filter((code) =>
	server.access.catalogue.some((one) => one.department === code));
const appeals = [];

/* Registers invented appeals and remembers them as they were answered. */
async function fill(n, changes = () => ({})) {
	const bodies = Array.from({ length: n }, () => anAppeal(
		rowOf(server, random.pick(DEPARTMENTS)), { ...invent(random), ...changes() }));
	appeals.push(...await inParallel(bodies, 32, async (body) =>
		(await server.as('operator').register(body, { expect: 201 })).json));
}

const find = (client, q, extra = '', limit = 200) =>
	client.all(`/appeals?q=${encodeURIComponent(q)}${extra}`, limit);

async function countOf(client, q, extra = '') {
	const answer = await client.get(`/appeals?count=true&limit=1&q=${encodeURIComponent(q)}` +
		extra, { expect: 200 });
	return answer.json.count;
}

/* Every kind, `times` each: all pages, and the count. */
async function compare(times, limit = 50) {
	for (let i = 0; i < times; i++)
		for (const [kind, make] of Object.entries(KINDS)) {
			const q = make(random, appeals);
			const found = (await find(supervisor, q, '', limit)).map((one) => one.id);
			const expected = scan(appeals, q);
			assert.deepEqual(found, expected, `${kind} "${q}", seed ${SEED}`);
			assert.equal(await countOf(supervisor, q), counted(expected.length),
				`${kind} "${q}"`);
		}
}

test('what nobody has packed yet is found at once', async () => {
	await fill(300, () => (random.chance(0.3) ?
		{ external_no: `WS${20260000 + random.below(9999)}-${random.below(1e9)}` } : {}));
	assert.equal(number(server, 'SELECT COUNT(*) FROM search_segment;'), 0);
	assertWhole(server, appeals.length);
	await compare(4);
});

test('all packed, the same is found', async () => {
	server.options.env = { LIANDONG_SEARCH_FIRST_LEVEL: '8' };
	await server.stop();
	await server.restart();
	await packed(server, 8);
	assertWhole(server, appeals.length);
	await compare(3);
	await compare(1, 7);
});

test('with segments of all levels and some waiting, the same is found', async () => {
	await fill(605);
	await packed(server, 8);
	const there = levels(server);
	assert.ok(there[0] && there[1] && there[2], JSON.stringify(there));
	assertWhole(server, appeals.length);
	await compare(4);
});

test('a packer that is killed anywhere loses nothing and doubles nothing', async () => {
	for (let i = 0; i < 2; i++) {
		const filled = fill(200);
		const packed_before = appeals.length - random.below(8);
		await until(() => number(server, `SELECT COALESCE(SUM(docs), 0) FROM search_segment
			WHERE state = 2;`) > packed_before,
		{ every: 1, what: 'some of it packed' });
		await filled;
		await server.kill();
		await server.restart();
		await compare(1);
		/* The lease of the dead one ends while these ask on and on. */
		let is_done = false;
		const done = packed(server, 8).finally(() => { is_done = true; });
		while (!is_done)
			await compare(1);
		await done;
		assertWhole(server, appeals.length);
		await compare(2);
	}
});

test('a history of last year is found as soon as it was brought in', async () => {
	const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify({
		channel: 'web', external_no: `OLD-${70001 + i}`, title: `旧案${i}`,
		text: `去年${i % 2 ? '春季' : '冬季'}供暖管道锈蚀，${invent(random).text}`, category: null,
		area: null, content_class: null, department: 'CGJ', limit_class: 'L5',
		received_at: `2025-0${1 + i % 9}-11T10:00:00+08:00`,
		events: [{ at: `2025-0${1 + i % 9}-11T11:00:00+08:00`, type: 'sign' }] }));
	const file = `${server.dir}.jsonl`;
	fs.writeFileSync(file, lines.join('\n') + '\n');
	try {
		server.command(['import', file], { expect: 0 });
	} finally {
		fs.rmSync(file);
	}
	const old = await find(supervisor, '供暖管道锈蚀');
	assert.equal(old.length, 40);
	assert.ok(old.every((one) => one.received_at.startsWith('2025-')));
	appeals.push(...old);
	await compare(1);
	await packed(server, 8);
	assertWhole(server, appeals.length);
	assert.deepEqual((await find(supervisor, '冬季供暖')).map((one) => one.id),
		scan(appeals, '冬季供暖'));
	await compare(3);
});

test('an appeal is found from the answer of its registration on', async () => {
	for (let i = 0; i < 20; i++) {
		const word = `独一无二${i}号词`;
		const made = await register(server, rowOf(server, 'CGJ'), { text: `只此一次：${word}` });
		appeals.push(made);
		assert.deepEqual((await find(supervisor, word)).map((one) => one.id), [made.id]);
	}
});

test('width and case make no difference', async () => {
	const made = await register(server, rowOf(server, 'CGJ'),
		{ text: '车牌 豫Ｋ７Q88，房号ＮＯ．１２０３' });
	appeals.push(made);
	for (const q of ['豫k7q88', '豫Ｋ７Ｑ８８', 'no.1203', 'NO．１２０３'])
		assert.deepEqual((await find(supervisor, q)).map((one) => one.id), [made.id], q);
});

test('filters narrow what is found, and its count', async () => {
	const some = appeals.filter((one) => fold(one.text).includes('物业')).slice(0, 5);
	for (const one of some)
		if (one.tasks[0].state === 'awaiting_sign')
			await close(server, leadOf(one));
	const now = new Map((await supervisor.all('/appeals')).map((one) => [one.id, one]));
	appeals.forEach((one, i) => { appeals[i] = now.get(one.id); });
	const cases = [
		['&state=closed', (one) => one.state === 'closed'],
		['&state=dispatched', (one) => one.state === 'dispatched'],
		['&channel=12345', (one) => one.channel === '12345'],
		['&channel=110', (one) => one.channel === '110'],
		['&department=CGJ', (one) => one.tasks.some((task) => task.department === 'CGJ')],
		['&department=CGJ&state=closed', (one) => one.state === 'closed' &&
			one.tasks.some((task) => task.department === 'CGJ')],
		['&department=NONE', () => false],
	];
	for (const [filter, is] of cases)
		for (const q of ['物业', '小区 请', '幸福路', '水']) {
			const expected = scan(appeals.filter(is), q);
			assert.deepEqual((await find(supervisor, q, filter)).map((one) => one.id),
				expected, q + filter);
			assert.equal(await countOf(supervisor, q, filter), counted(expected.length),
				q + filter);
		}
});

test('overdue and due before go together with words', async () => {
	const due = (one) => one.tasks.filter((task) => task.closed_at === null)
		.map((task) => Date.parse(task.due));
	const bound = Date.parse('2026-03-06T00:00:00+08:00');
	const expected = scan(appeals.filter((one) => due(one).some((at) => at < bound)), '物业');
	assert.deepEqual((await find(supervisor, '物业',
		`&due_before=${encodeURIComponent('2026-03-06T00:00:00+08:00')}`))
		.map((one) => one.id), expected);
	const fresh = scan(appeals.filter((one) => due(one).some((at) =>
		at < Date.parse(MONDAY))), '物业');
	assert.deepEqual((await find(supervisor, '物业', '&overdue=true')).map((one) => one.id),
		fresh);
});

test('one character is looked for in the last 90 days, and the answer says so', async () => {
	const answer = await supervisor.get(`/appeals?q=${encodeURIComponent('锈')}`,
		{ expect: 200 });
	assert.equal(answer.json.items.length, 0, 'last year is too far back');
	assert.equal(Date.parse(answer.json.since), Date.parse(MONDAY) - 90 * 86_400_000);
	const two = await supervisor.get(`/appeals?q=${encodeURIComponent('锈蚀')}`, { expect: 200 });
	assert.equal(two.json.since, undefined);
	assert.equal(two.json.items.length, 40);
});

test('a department finds and counts its own alone, and nothing it is accused in', async () => {
	const word = '秘密花园喷泉';
	const made = [];
	for (const code of DEPARTMENTS)
		for (let i = 0; i < 3; i++)
			made.push(await register(server, rowOf(server, code), { text: `${word}${i}` }));
	const accused = await register(server, rowOf(server, 'CGJ'),
		{ text: `${word}被诉`, accused: { department: 'CGJ' } });
	appeals.push(...made, accused);
	for (const state of ['waiting', 'packed']) {
		if (state === 'packed')
			await packed(server, 8);
		for (const code of DEPARTMENTS) {
			const own = made.filter((one) => leadOf(one).department === code)
				.map((one) => one.id).sort().reverse();
			for (const extra of ['', `&department=${DEPARTMENTS[0]}`]) {
				const found = await find(server.department(code), word, extra);
				assert.deepEqual(found.map((one) => one.id), own, code + extra);
				assert.equal(await countOf(server.department(code), word, extra), own.length);
			}
		}
		assert.equal(await countOf(supervisor, word), made.length + 1);
		assert.equal(await countOf(server.department('CGJ'), '被诉'), 0);
	}
});

test('an intake key finds and counts what it registered itself', async () => {
	const word = '警情转接专用词';
	const police = server.as('intake', { channel: '110' });
	const own = (await police.register(anAppeal(rowOf(server, 'CGJ'),
		{ channel: '110', text: word }), { expect: 201 })).json;
	const other = await register(server, rowOf(server, 'CGJ'), { text: word });
	appeals.push(own, other);
	assert.deepEqual((await find(police, word)).map((one) => one.id), [own.id]);
	assert.equal(await countOf(police, word), 1);
	assert.equal(await countOf(server.as('intake', { channel: 'enterprise' }), word), 0);
	assert.equal(await countOf(supervisor, word), 2);
});

test('the count is exact to 1,000 and then says 1000+', async () => {
	assert.ok(appeals.length > 1000);
	assert.equal(await countOf(supervisor, '来电人'), '1000+');
	const answer = await supervisor.get('/appeals?count=true&limit=3', { expect: 200 });
	assert.equal(answer.json.count, '1000+');
	assert.equal(answer.json.items.length, 3);
	const closed = await supervisor.get('/appeals?count=true&state=closed', { expect: 200 });
	assert.equal(closed.json.count, (await supervisor.all('/appeals?state=closed')).length);
	const plain = await supervisor.get('/appeals?limit=3', { expect: 200 });
	assert.equal(plain.json.count, undefined);
	const next = await supervisor.get(`/appeals?count=true&q=${encodeURIComponent('鳏寡')}` +
		`&limit=2`, { expect: 200 });
	const second = await supervisor.get(`/appeals?count=true&q=${encodeURIComponent('鳏寡')}` +
		`&limit=2&cursor=${next.json.next_cursor}`, { expect: 200 });
	assert.equal(second.json.count, next.json.count, 'the count is of all pages');
});

test('words go into the body of a search too, beside a phone', async () => {
	const caller = { name: '吴小燕', phone: '15512340077' };
	const one = await register(server, rowOf(server, 'CGJ'), { caller, text: '楼道灯泡更换' });
	const other = await register(server, rowOf(server, 'CGJ'), { caller, text: '井盖异响' });
	appeals.push(one, other);
	const ask = async (body, expect = 200) =>
		(await server.as('operator').post('/appeals/search', body, { expect })).json;
	assert.deepEqual((await ask({ q: '灯泡' })).items.map((item) => item.id), [one.id]);
	assert.deepEqual((await ask({ q: '灯泡', phone: caller.phone })).items
		.map((item) => item.id), [one.id]);
	assert.deepEqual((await ask({ q: '井盖 楼道', phone: caller.phone })).items, []);
	assert.deepEqual((await ask({ phone: caller.phone })).items.map((item) => item.id),
		[other.id, one.id]);
});

test('a phone is found by its last four digits, in a body only', async () => {
	const operator = server.as('operator');
	const made = [];
	for (const phone of ['15512348899', '0399-7658899', '8899'])
		made.push(await register(server, rowOf(server, 'CGJ'), { caller: { phone } }));
	appeals.push(...made);
	const ask = async (body, expect = 200) =>
		(await operator.post('/appeals/search', body, { expect })).json;
	assert.deepEqual((await ask({ phone_tail: '8899' })).items.map((one) => one.id),
		made.map((one) => one.id).reverse());
	assert.deepEqual((await ask({ phone_tail: '8898' })).items, []);
	assert.deepEqual((await ask({ phone_tail: '8899', state: 'closed' })).items, []);
	for (const phone_tail of ['889', '88999', '88a9', ''])
		await ask({ phone_tail }, 422);
	await ask({ phone: '15512348899', phone_tail: '8899' }, 422);
	await operator.get('/appeals?phone_tail=8899', { expect: 422 });
	const ids = made.map((one) => one.id.slice(2, 8) + '0' + one.id.slice(8));
	assert.equal(number(server, `SELECT COUNT(DISTINCT phone_tail) FROM callers_caller
		WHERE appeal_id IN (${ids});`), 1);
});

test('a number finds by reference, by the count of its day and by an external number', async () => {
	const operator = server.as('operator');
	const external = `FZ-2026-${81734592}`;
	const made = await register(server, rowOf(server, 'CGJ'), { external_no: external });
	const short = await register(server, rowOf(server, 'CGJ'), { external_no: 'A-7' });
	appeals.push(made, short);
	const ask = async (number_, more = {}) => (await operator.post('/appeals/search',
		{ number: number_, ...more }, { expect: 200 })).json.items.map((one) => one.id);
	for (const text of [made.id, made.id.toLowerCase(), made.id.slice(2), leadOf(made).id,
		external, 'fz-2026-81734592', '81734592', '4592'])
		assert.deepEqual(await ask(text), [made.id], text);
	assert.deepEqual(await ask('A-7'), [short.id]);
	assert.deepEqual(await ask('8173459'), [], 'not an end of it');
	const tail = made.id.slice(8);
	assert.ok((await ask(tail)).includes(made.id));
	assert.ok((await ask(String(Number(tail)))).includes(made.id));
	assert.deepEqual(await ask(made.id, { state: 'closed' }), []);
	assert.deepEqual(await ask('4592', { q: '路灯' }), [made.id]);
	assert.deepEqual(await ask('4592', { q: '电梯故障' }), []);
	await operator.post('/appeals/search', { number: ' ' }, { expect: 422 });
});

test('an empty or endless question is refused with a reason', async () => {
	for (const [q, code] of [['', 'blank'], ['%20%E3%80%80', 'blank'], ['a'.repeat(101), 'too_long'],
		['%ff%fe', 'malformed']]) {
		const answer = await supervisor.get(`/appeals?q=${q}`, { expect: [400, 422] });
		if (answer.status === 422)
			assert.equal(answer.json.errors[0].code, code, q);
	}
	await server.as('operator').post('/appeals/search', { q: '   ' }, { expect: 422 });
	await supervisor.get('/appeals?count=yes', { expect: 422 });
});

test('an address holds no number of a person; the body of a question may', async () => {
	const asked = (q, expect) => supervisor.get(`/appeals?q=${encodeURIComponent(q)}`, { expect });
	for (const q of ['13800001111', '电话13800001111', 'a 11010519491231002X', 'LD13800001111',
		'8613800001111', 'LD26030200000111', '3 13800001111']) {
		const { json, text } = await asked(q, 422);
		assert.deepEqual(json.errors.map((one) => [one.pointer, one.code]), [['#/query/q', 'personal']], q);
		assert.match(json.errors[0].detail, /POST \/api\/v1\/appeals\/search/);
		assert.ok(!text.includes('13800001111'));
	}
	for (const q of ['1380000111', 'LD260302000001', 'ld2603021000001 路灯', '2026-03-02 12345'])
		await asked(q, 200);
	await server.as('operator').post('/appeals/search', { q: '13800001111' }, { expect: 200 });
});

test('a hint finds who said the same, packed or not', async () => {
	const text = '翠竹苑北门外的共享单车堆成小山，轮椅和婴儿车都过不去，早高峰尤其严重。';
	const made = await register(server, rowOf(server, 'CGJ'),
		{ title: '单车堵门', text, caller: { phone: '15500001234' } });
	appeals.push(made);
	const ask = async (said) => (await server.as('operator').post('/appeals/hints',
		{ text: said, category: rowOf(server, 'CGJ').category }, { expect: 200 })).json.items;
	for (const state of ['waiting', 'packed']) {
		if (state === 'packed') {
			await fill(8);
			await packed(server, 8);
		}
		const [best] = await ask('翠竹苑北门外的共享单车堆成小山，轮椅和婴儿车都过不去，天天如此。');
		assert.equal(best?.appeal.id, made.id, state);
		assert.ok(best.reasons.includes('alike_text'));
		const others = await ask('电视机坏了，想咨询哪里能修理家电');
		assert.ok(!others.some((one) => one.appeal.id === made.id));
	}
});

test('what was packed can be thrown away and made anew', async () => {
	sql(server, `DELETE FROM search_block WHERE segment_id % 2 = 0; DELETE FROM search_waiting;
		UPDATE search_segment SET dir = '' WHERE segment_id % 3 = 0;`);
	const done = server.command(['search', 'rebuild'], { expect: 0 });
	assert.match(done.stdout, new RegExp(`^${appeals.length} appeals wait`));
	await compare(1);
	await packed(server, 8);
	assertWhole(server, appeals.length);
	await compare(1);
	server.command(['search'], { expect: 2 });
});

test('what was packed twice is found once, and is one again when it is merged', async () => {
	sql(server, 'INSERT IGNORE INTO search_waiting SELECT id FROM intake_appeal LIMIT 640;');
	await compare(1);
	await packed(server, 8);
	await compare(1);
	server.command(['search', 'rebuild'], { expect: 0 });
	await packed(server, 8);
	assertWhole(server, appeals.length);
});

test('days later what was packed and what was not is found all the same', async () => {
	await moveTo(server, '2026-03-09 10:00');
	await fill(60);
	await compare(2);
	await packed(server, 8);
	await compare(2);
	assertWhole(server, appeals.length);
});

test('a search that would read too much says so, and its cursor goes on', async () => {
	const word = '龘';
	const first = await register(server, rowOf(server, 'CGJ'), { text: `只有一个${word}字` });
	appeals.push(first);
	await fill(5800);
	const path = `/appeals?q=${encodeURIComponent(word)}&count=true`;
	const page = (await supervisor.get(path, { expect: 200 })).json;
	assert.deepEqual(page.items, []);
	assert.equal(page.narrow, true);
	assert.equal(page.count, '0+');
	assert.ok(page.next_cursor);
	assert.deepEqual((await supervisor.all(path)).map((one) => one.id), [first.id]);
	await packed(server, 8);
	const two = (await supervisor.get(`/appeals?q=${encodeURIComponent(word + '字')}&count=true`,
		{ expect: 200 })).json;
	assert.deepEqual(two.items.map((one) => one.id), [first.id]);
	assert.equal(two.count, 1);
	assert.equal(two.narrow, undefined);
	assertWhole(server, appeals.length);
});

endsCleanly(server);
