/* What a caller sees of an appeal by its number and code, or by the link of a message. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { until } from './lib/until.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { welch } from './lib/welch.mjs';
import { anAppeal, close, complete, contact, leadOf, review, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY,
	env: { LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const operator = server.as('operator');
const guest = server.anonymous();
const row = rowOf(server, 'CGJ');
const NAME = '司徒慕容', PHONE = '13987654321';
const SAMPLES = Number(process.env.TEST_GUESSES ?? 300);
const ANSWER_ROUNDS = Number(process.env.TEST_ROUNDS ?? 12);

/* An appeal with the code that its caller was told. */
async function told(changes = {}) {
	const { json } = await operator.register(anAppeal(row, { caller: { name: NAME, phone: PHONE },
		...changes }), { expect: 201 });
	assert.match(json.caller_code, /^\d{4}$/);
	return { appeal: json, number: json.id, code: json.caller_code };
}
const progress = (proof, expect = 200) => guest.post('/public/progress', proof, { expect });
const answer = (body, expect = 200) => guest.post('/public/answer', body, { expect });
const shown = async ({ number, code }) => (await progress({ number, code })).json;
const forget = () => sql(server, 'DELETE FROM caller_codes_miss');
const anHourLater = () => sql(server, 'UPDATE caller_codes_miss SET since = since - 3601000000');
const other = (code) => String((Number(code) + 1) % 10000).padStart(4, '0');

test('the code is told once, with the registration, and the same again for its repeat', async () => {
	const body = anAppeal(row);
	const key = `the-same-key-${Date.now()}`;
	const first = await operator.post('/appeals', body, { expect: 201, idem: key });
	const again = await operator.post('/appeals', body, { expect: 201, idem: key });
	assert.equal(again.json.caller_code, first.json.caller_code);
	for (const client of [operator, server.as('supervisor'), server.department('CGJ')])
		assert.equal((await client.get(`/appeals/${first.json.id}`, { expect: 200 })).json.caller_code,
			undefined);
});

test('a caller follows the appeal from receipt to reply', async () => {
	const mine = await told();
	const task = leadOf(mine.appeal);
	let now = await shown(mine);
	assert.equal(now.number, mine.number);
	assert.equal(now.state, 'in_hand');
	assert.equal(now.department, '城市管理局');
	assert.equal(now.due, task.due);
	assert.equal(now.signed_at, null);
	assert.equal(now.reply, null);
	await sign(server, task);
	await contact(server, task);
	assert.equal((await shown(mine)).contacted_at, MONDAY);
	await complete(server, task, { reply: '已修复，有事请打13812345678。' });
	now = await shown(mine);
	assert.equal(now.state, 'under_review');
	assert.equal(now.reply, null, 'what nobody has reviewed is not shown');
	await review(server, task);
	now = await shown(mine);
	assert.equal(now.state, 'finished');
	assert.equal(now.result, 'solved');
	assert.equal(now.reply, '已修复，有事请打138********。');
	assert.equal(now.asked, true);
});

test('nothing of who called, wrote or was accused is in any answer', async () => {
	const mine = await told({ accused: { person: '欧阳司机' } });
	await close(server, leadOf(mine.appeal));
	const text = (await progress({ number: mine.number, code: mine.code })).text;
	for (const word of [NAME, PHONE, '欧阳司机', mine.appeal.title, mine.appeal.text])
		assert.ok(!text.includes(word), word);
});

test('the caller sees how often the identity was opened, by whom and on which day', async () => {
	const mine = await told();
	assert.deepEqual((await shown(mine)).openings, { items: [], total: 0 });
	const reveal = (field, client = operator) => client.post(`/appeals/${mine.number}/reveal`,
		{ fields: [field], purpose: '回电核实' }, { expect: 200 });
	await reveal('phone');
	await reveal('phone');
	await reveal('name');
	const { openings } = await shown(mine);
	assert.equal(openings.total, 3);
	assert.deepEqual(openings.items.map(({ field, count, day }) => ({ field, count, day })), [
		{ field: 'name', count: 1, day: '2026-03-02' }, { field: 'phone', count: 2, day: '2026-03-02' }]);
	assert.ok(!JSON.stringify(openings).includes('operator1'));
});

test('the caller answers once, and the answer counts as a visit', async () => {
	const mine = await told();
	const proof = { number: mine.number, code: mine.code };
	const said = { result: 'dissatisfied', reason: 'speed', solved: 'partly', contacted: true,
		note: '太慢，电话13811112222' };
	assert.equal((await answer({ ...proof, ...said }, 409)).json.code, 'not_asked');
	const task = leadOf(mine.appeal);
	await close(server, task);
	await answer({ ...proof, ...said });
	assert.equal((await answer({ ...proof, result: 'satisfied' }, 409)).json.code, 'answered_before');
	const { items } = (await server.as('visitor').get(`/tasks/${task.id}/visits`, { expect: 200 })).json;
	assert.equal(items.length, 1);
	assert.equal(items[0].channel, 'network');
	assert.equal(items[0].result, 'dissatisfied');
	assert.equal(items[0].reason, 'speed');
	assert.equal(items[0].note, '太慢，电话138********');
	const task_now = (await server.as('supervisor').get(`/tasks/${task.id}`, { expect: 200 })).json;
	assert.equal(task_now.round, 2, 'dissatisfied with what the department can change: a redo');
	assert.equal((await shown(mine)).asked, false);
});

test('of many answers at the same moment one counts', async () => {
	for (let round = 0; round < ANSWER_ROUNDS; round++) {
		const mine = await told();
		const task = leadOf(mine.appeal);
		await close(server, task);
		const statuses = (await Promise.all(Array.from({ length: 12 }, () =>
			guest.post('/public/answer', { number: mine.number, code: mine.code,
				result: 'satisfied' })))).map((one) => one.status);
		assert.equal(statuses.filter((one) => one === 200).length, 1, `${statuses}`);
		assert.ok(statuses.every((one) => one === 200 || one === 409), `${statuses}`);
		const { items } = (await server.as('visitor').get(`/tasks/${task.id}/visits`,
			{ expect: 200 })).json;
		assert.equal(items.length, 1);
	}
});

test('who merged into another appeal follows that one by the own number', async () => {
	const parent = await told();
	const child = await told({ caller: { phone: '13911110000' } });
	await operator.post(`/appeals/${child.number}/merge`, { into: parent.number }, { expect: 200 });
	await close(server, leadOf(parent.appeal));
	const now = await shown(child);
	assert.equal(now.number, child.number);
	assert.equal(now.state, 'finished');
	assert.ok(!JSON.stringify(now).includes(parent.number));
});

test('an unknown number and a wrong code are one answer', async () => {
	const mine = await told();
	const wrong = await progress({ number: mine.number, code: other(mine.code) }, 404);
	const unknown = await progress({ number: 'LD991231000001', code: mine.code }, 404);
	const nonsense = await progress({ number: 'not a number', code: 'xxxx' }, 404);
	const plain = ({ json: { request_id, ...rest }, headers }) => ({ rest, headers: Object.keys(headers)
		.filter((name) => name !== 'date').sort(), length: headers['content-length'] });
	assert.deepEqual(plain(wrong), plain(unknown));
	assert.deepEqual(plain(wrong), plain(nonsense));
	forget();
});

test('they take the same time', async () => {
	const mine = await told();
	const samples = { wrong: [], unknown: [] };
	const measure = async (kind, proof) => {
		const start = process.hrtime.bigint();
		await progress(proof, 404);
		samples[kind].push(Number(process.hrtime.bigint() - start) / 1e3);
	};
	for (let i = 0; i < SAMPLES; i++) {
		if (i % 4 === 0)
			forget();
		const pair = [() => measure('wrong', { number: mine.number, code: other(mine.code) }),
			() => measure('unknown', { number: 'LD991231000001', code: mine.code })];
		for (const one of i % 2 ? pair : pair.reverse())
			await one();
	}
	const t = welch(samples.wrong, samples.unknown);
	assert.ok(Math.abs(t) < 4.5, `t = ${t}`);
	const both = [...samples.wrong, ...samples.unknown];
	const mean = both.reduce((sum, one) => sum + one, 0) / both.length;
	const deviation = Math.sqrt(both.reduce((sum, one) => sum + (one - mean) ** 2, 0) / both.length);
	assert.ok(Math.abs(welch(samples.wrong.map((one) => one + deviation), samples.unknown)) > 4.5,
		'the checker finds a standard deviation');
	forget();
});

test('after five wrong codes the number is closed for a while, to the right code too', async () => {
	const mine = await told();
	const proof = { number: mine.number, code: mine.code };
	for (let i = 0; i < 5; i++)
		await progress({ ...proof, code: other(mine.code) }, 404);
	const closed = await progress(proof, 429);
	assert.ok(Number(closed.headers['retry-after']) > 3000);
	const another = await told();
	await progress({ number: another.number, code: another.code });
	const renewed = await operator.post(`/appeals/${mine.number}/caller-code`, {}, { expect: 200 });
	assert.notEqual(renewed.json.caller_code, mine.code);
	await progress(proof, 404);
	await progress({ ...proof, code: renewed.json.caller_code });
	forget();
});

test('a code that was guessed at fifty times opens nothing until it is renewed, and nobody is told', async () => {
	const mine = await told();
	const numbers = [mine.number, 'LD991231000007'];
	for (let hour = 0; hour < 10; hour++) {
		for (const number of numbers)
			for (let i = 0; i < 5; i++)
				await progress({ number, code: other(mine.code) }, 404);
		anHourLater();
	}
	const plain = ({ json: { request_id, ...rest }, status }) => ({ rest, status });
	const [worn, unknown] = await Promise.all(numbers.map((number) => progress({ number, code: mine.code },
		404)));
	assert.deepEqual(plain(worn), plain(unknown));
	anHourLater();
	await progress({ number: mine.number, code: mine.code }, 404);
	const { json } = await operator.post(`/appeals/${mine.number}/caller-code`, {}, { expect: 200 });
	await progress({ number: mine.number, code: json.caller_code });
	forget();
});

test('of wrong links and of what is no number strangers share no count', async () => {
	for (let i = 0; i < 6; i++)
		await progress({ token: `AAAAAAAAAAA${i}` }, 404);
	for (let i = 0; i < 6; i++)
		await progress({ number: 'not a number', code: '1234' }, 404);
	assert.deepEqual(sql(server, 'SELECT kind, misses FROM caller_codes_miss'), [['2', '12']]);
	forget();
});

test('wrong codes are forgotten after their hour, but for those of a code that still opens something',
	async () => {
		const mine = await told();
		await progress({ number: mine.number, code: other(mine.code) }, 404);
		await progress({ number: 'LD991231000008', code: '0000' }, 404);
		anHourLater();
		await progress({ number: 'LD991231000009', code: '0000' }, 404);
		await server.stop();
		await server.restart();
		const left = await until(() => {
			const rows = sql(server, `SELECT kind, subject FROM caller_codes_miss
				ORDER BY kind, subject`);
			return rows.length <= 4 ? rows : undefined;
		}, { ms: 20_000, what: 'the pruning' });
		assert.deepEqual(left.map(([kind]) => kind), ['1', '2', '3', '3']);
		await progress({ number: mine.number, code: mine.code });
		forget();
	});

test('a source that guesses through many numbers is stopped', async () => {
	let status = 404, n = 0;
	for (; status === 404 && n < 60; n++)
		status = (await guest.post('/public/progress', { number: `LD9912310${String(10000 + n)}`,
			code: '0000' })).status;
	assert.equal(status, 429);
	assert.ok(n >= 30 && n <= 32, `${n}`);
	forget();
});

test('what is missing or too much is named', async () => {
	const pointers = async (body) => (await progress(body, 422)).json.errors.map((one) => one.pointer);
	assert.deepEqual(await pointers({}), ['#/number']);
	assert.deepEqual(await pointers({ number: 'LD1' }), ['#/code']);
	assert.deepEqual(await pointers({ token: 'x', number: 'LD1', code: '1234' }), ['#/token']);
	assert.deepEqual(await pointers({ number: 'LD1', code: '1234', phone: PHONE }), ['#/phone']);
});

test('the page is served at its address and at every link, without telling whether one is known',
	async () => {
		const page = await guest.get('/progress', { expect: 200 });
		const link = await guest.get('/r/AAAAAAAAAAAA', { expect: 200 });
		assert.equal(page.text, link.text);
		for (const one of [page, link]) {
			assert.match(one.headers['content-security-policy'], /default-src 'none'/);
			assert.ok(!one.headers['content-security-policy'].includes('unsafe'));
			assert.match(one.headers['referrer-policy'], /^(no-referrer|same-origin)$/);
		}
	});

test('neither number, code nor token stand in the log', async () => {
	const mine = await told();
	await progress({ number: mine.number, code: mine.code });
	await guest.get('/r/SecretToken1', { expect: 200 });
	const log = fs.readFileSync(server.log_file, 'utf8');
	assert.ok(!log.includes('SecretToken1') && !log.includes(mine.number));
});

test('a month later the code still opens it', async () => {
	const mine = await told();
	await moveTo(server, '2026-04-02 09:00');
	await progress({ number: mine.number, code: mine.code });
});

endsCleanly(server);
