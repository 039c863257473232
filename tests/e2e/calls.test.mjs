/*
 * Calls: a telephone exchange tells of them in the form that exchanges speak, in any order; the
 * desk sees who calls, masked, with what the caller called about before, and registers with the
 * call. The number never leaves in clear.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ownAccount } from './lib/accounts.mjs';
import { signIn } from './lib/api.mjs';
import { advance, assertSameTime } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { aCall, push, pushForm, pushJson, ringing, tokenOf } from './lib/pbx.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { followed } from './lib/stream.mjs';
import { slowness, until } from './lib/until.mjs';
import { anAppeal, close, leadOf, register, revealed, rowOf, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const person = await server.signedIn('operator');
const where = rowOf(server, 'CGJ');
async function ownPerson(login, phone) {
	const client = await signIn(server, await ownAccount(server, { login, role: 'operator' }));
	await client.put('/me/seat', { phone }, { expect: 200 });
	return client;
}
const list = async (client = operator, state = 'live') =>
	(await client.get(`/calls?state=${state}`, { expect: 200 })).json.items;
const callOf = async (id, client = operator) =>
	(await client.get(`/calls/${id}`, { expect: 200 })).json;
const rows = () => Number(sql(server, 'SELECT COUNT(*) FROM calls_call')[0][0]);
const newest = async () => callOf(sql(server, 'SELECT MAX(id) FROM calls_call')[0][0]);

test('the queue bridge of Asterisk: a form without a type, numbers with the first event alone',
	async () => {
		const callId = '1772413200.17';
		const told = [
			{ event: 'newCall', from: '13912340001', to: 'hotline', direction: 'in', callId },
			{ event: 'answer', direction: 'in', callId, user: ['PJSIP/8001-0000002a'] },
			{ event: 'hangup', direction: 'in', callId, cause: 'normalClearing' },
		];
		await person.put('/me/seat', { phone: '8001' }, { expect: 200 });
		const answers = [];
		for (const event of told) {
			answers.push(await pushForm(server, event));
			if (event.event === 'newCall')
				assert.deepEqual((await list()).map((one) => [one.state, one.number, one.queue,
					one.direction]), [['ringing', '139****0001', 'hotline', 'in']]);
			if (event.event === 'answer')
				assert.deepEqual((await list(person)).map((one) => [one.state, one.mine,
					one.answered_by.login]), [['answered', true, 'operator1']]);
		}
		for (const { status, text } of answers)
			assert.deepEqual([status, text], [200, '{}']);
		assert.deepEqual(await list(), []);
		assert.equal((await newest()).state, 'ended');
	});

test('JSON: user as a text and as a list, answeringNumber as a seat and as a login', async () => {
	for (const [i, answer] of [{ user: 'operator1' }, { user: ['nobody', 'operator1'] },
		{ answeringNumber: '8001' }, { answeringNumber: 'operator1' }].entries()) {
		const call = aCall(server, `json-${i}`, { user: ['a', 'b'], queue: 'night' });
		await call.ring();
		await call.answer(answer);
		const seen = (await list(person))[0];
		assert.deepEqual([seen.state, seen.mine, seen.queue], ['answered', true, 'night']);
		assert.equal((await list(operator))[0].mine, false);
		await call.hangup();
	}
});

test('the desk is told at once that it rings, who has it that it is theirs, and nobody else',
	async () => {
		const [mine, others, department] = await Promise.all([person, operator,
			server.department('CGJ')].map((client) => followed(client)));
		const call = aCall(server, 'told'), begun = performance.now();
		await call.ring();
		const id = (await list())[0].id;
		const heard = async (stream, state) => (await stream.wait(({ type, data }) =>
			type === 'call' && data.state === state)).data;
		assert.deepEqual(await heard(mine, 'ringing'), { call: id, state: 'ringing', mine: false });
		assert.ok(performance.now() - begun < 2000 * slowness());
		await call.answer({ user: 'operator1' });
		assert.deepEqual(await heard(mine, 'answered'), { call: id, state: 'answered', mine: true });
		assert.deepEqual(await heard(others, 'answered'),
			{ call: id, state: 'answered', mine: false });
		await call.hangup();
		assert.equal((await heard(mine, 'ended')).mine, true);
		await heard(others, 'ended');
		assert.ok(![mine, others].some((stream) => stream.text.includes('1380000')));
		assert.deepEqual(department.of('call'), []);
		for (const stream of [mine, others, department])
			stream.cut();
	});

test('a call that rings at one person\'s telephone is told as theirs; one of several, or of none, as nobody\'s',
	async () => {
		const other = await ownPerson('钱亮', '8031');
		const own = (await person.get('/me')).json.seat;
		for (const [i, [said, mine, theirs]] of [
			[{ to: own }, 'own', 'other'], [{ to: '8031' }, 'other', 'own'],
			[{ user: ['PJSIP/8031-00000001'] }, 'other', 'own'], [{ to: '12345' }, null, null],
			[{ to: own, user: ['8031'] }, null, null], [{ user: ['a', own] }, 'own', 'other'],
			[{ direction: 'out', to: own }, null, null]].entries()) {
			const call = aCall(server, `line-${i}`);
			await call.ring(said);
			const lines = await Promise.all([person, other, operator].map(async (client) =>
				(await list(client))[0].line));
			assert.deepEqual(lines, [mine, theirs, mine && 'other'], JSON.stringify(said));
			await call.hangup();
		}
	});

test('an answer by a telephone nobody sits at is answered by nobody known', async () => {
	const call = aCall(server, 'unknown seat');
	await call.ring();
	await call.answer({ answeringNumber: '9999' });
	assert.deepEqual([(await newest()).state, (await newest()).answered_by], ['answered', null]);
	await call.hangup();
});

test('events twice, late and in any order come to the same', async () => {
	const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
		[0, 0, 1, 1, 2, 2], [2, 2, 1, 0, 1, 0]];
	for (const [i, order] of orders.entries()) {
		const call = aCall(server, `order-${i}`), before = rows();
		const events = [() => call.ring(), () => call.answer({ user: 'operator1' }),
			() => call.hangup()];
		for (const at of order)
			await events[at]();
		const seen = await newest();
		assert.deepEqual([seen.state, seen.number, seen.answered_by?.login, rows() - before],
			['ended', '138****1111', 'operator1', 1], order.join());
	}
	assert.deepEqual(await list(), [], 'none rings for ever');
});

test('all events of one call at once make one call', async () => {
	const call = aCall(server, 'at once'), before = rows();
	await Promise.all([call.ring(), call.ring(), call.answer({ user: 'operator1' }),
		call.answer({ user: 'operator1' }), call.hangup(), call.hangup()]);
	assert.deepEqual([rows() - before, (await newest()).state], [1, 'ended']);
});

test('what nobody took is missed; what was forwarded, went out or never rang is not', async () => {
	const missed = aCall(server, 'missed');
	await missed.ring({ from: '13912340002' });
	await missed.hangup('cancel');
	const [first] = await list(operator, 'missed');
	assert.deepEqual([first.state, first.number, first.answered_at], ['missed', '139****0002', null]);
	const before = (await list(operator, 'missed')).length;
	const forwarded = aCall(server, 'forwarded');
	await forwarded.ring();
	await forwarded.hangup('forwarded');
	const out = aCall(server, 'out', { direction: 'out', from: '12345', to: '13912340003' });
	await out.ring();
	assert.deepEqual([(await newest()).direction, (await newest()).number], ['out', '139****0003']);
	await out.hangup('noAnswer');
	await aCall(server, 'never rang').hangup();
	assert.equal((await list(operator, 'missed')).length, before);
	await register(server, where, { call: first.id });
	assert.equal((await list(operator, 'missed')).length, before - 1, 'it was called back');
});

test('a withheld number is no number, and what is none neither', async () => {
	for (const from of ['anonymous', 'Anonymous', 'hotline', '12', '1'.repeat(40), undefined]) {
		const call = aCall(server, `withheld ${from}`);
		await call.ring({ from });
		assert.equal((await newest()).number, null, String(from));
		assert.equal((await newest()).caller, null);
		await call.hangup();
	}
	for (const from of ['sip:13912340004@pbx.example', 'tel:139-1234-0004', '139 1234 0004']) {
		const call = aCall(server, `written ${from}`);
		await call.ring({ from });
		assert.equal((await newest()).number, '139****0004', from);
		await call.hangup();
	}
});

test('refused: no token, no call, no direction, no form; unknown events are taken', async () => {
	const event = { event: 'newCall', from: '13800001111', to: '1', direction: 'in', callId: 'r' };
	const before = rows();
	const error = async (answer, status, words) => {
		const { status: got, json } = await answer;
		assert.deepEqual([got, words.test(json.error)], [status, true], JSON.stringify(json));
	};
	await error(pushJson(server, event, { token: 'wrong' }), 401, /^Invalid token/);
	await error(pushJson(server, { ...event, direction: 'up' }), 422, /^Invalid direction!$/);
	await error(pushJson(server, { ...event, direction: undefined }), 422, /direction/);
	await error(pushJson(server, { ...event, callId: undefined }), 422, /callId/);
	await error(pushJson(server, { ...event, callId: 'x'.repeat(251) }), 422, /callId/);
	await error(pushForm(server, { ...event, callId: '' }), 422, /callId/);
	await error(push(server, '{', { type: 'application/json' }), 422, /neither/);
	await error(push(server, 'a=%zz'), 422, /neither/);
	await error(push(server, ''), 422, /callId/);
	assert.equal((await push(server, 'x', { type: 'text/plain' })).status, 415);
	for (const name of ['dtmf', undefined, ''])
		assert.deepEqual((await pushJson(server, { ...event, event: name, extra: { a: [1] } })).json,
			{});
	assert.equal(rows(), before);
});

test('the exchange waits no longer for an answer than for a sign of life, by much', async () => {
	const took = [], alive = [];
	for (let i = 0; i < 30; i++) {
		took.push((await aCall(server, `quick-${i}`).ring()).ms);
		const begun = performance.now();
		await server.anonymous().get('/livez', { expect: 200 });
		alive.push(performance.now() - begun);
	}
	const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
	assert.ok(median(took) < 100 || median(took) < 10 * median(alive),
		`${median(took)} ms, and ${median(alive)} ms for /livez`);
	for (let i = 0; i < 30; i++)
		await aCall(server, `quick-${i}`).hangup();
});

test('who calls is known by the number: five appeals, open ones first, with the last answer',
	async () => {
		const caller = { name: '诸葛孔明', phone: '139 1234 0010', address: '卧龙岗1号' };
		const made = [];
		for (let i = 0; i < 7; i++)
			made.push(await register(server, where, { caller, title: `第${i}件` }));
		for (const i of [5, 6]) {
			await close(server, leadOf(made[i]));
			await visit(server, leadOf(made[i]), i === 5 ? 'dissatisfied' : 'satisfied');
		}
		const call = await ringing(server, operator, '139-1234-0010');
		const seen = await callOf(call.id);
		assert.deepEqual([seen.appeals, seen.open_appeals], [7, 5]);
		assert.deepEqual(seen.caller, { name: '诸***', phone: '139****0010', area: where.area,
			address: seen.caller.address });
		assert.ok(!/1号/.test(seen.caller.address));
		assert.deepEqual(seen.history.map((one) => one.appeal),
			[4, 3, 2, 1, 0].map((i) => made[i].id));
		await register(server, where, { caller: { ...caller, phone: '13912340011' } });
		for (let i = 0; i < 4; i++)
			await operator.post(`/appeals/${made[i].id}/withdraw`,
				{ reason: '自行解决', confirmed_by: 'recording' }, { expect: 200 });
		const history = (await operator.post('/callers/history', { phone: caller.phone },
			{ expect: 200 })).json;
		assert.deepEqual(history.history.map((one) => [one.appeal, one.state, one.result]), [
			[made[4].id, 'dispatched', null], [made[6].id, 'closed', 'satisfied'],
			[made[5].id, 'closed', 'dissatisfied'], [made[3].id, 'withdrawn', null],
			[made[2].id, 'withdrawn', null]]);
		assert.deepEqual([history.appeals, history.open_appeals], [7, 1]);
		assert.equal(history.history[0].department, 'CGJ');
		assert.deepEqual((await operator.post('/callers/history', { phone: '13999999999' },
			{ expect: 200 })).json, { caller: null, appeals: 0, open_appeals: 0, history: [] });
	});

test('whoever sees a history leaves a sighting of each appeal in it', async () => {
	const { id } = await register(server, where, { caller: { name: '刘备', phone: '13912340012' } });
	await person.post('/callers/history', { phone: '13912340012' }, { expect: 200 });
	await until(async () => (await server.as('auditor').all(`/audit/sightings?appeal=${id}`))
		.some((one) => JSON.stringify(one).includes('operator1')), { what: 'the sighting' });
});

test('an appeal is registered with its call: the number is the caller\'s, and never shown',
	async () => {
		const call = await ringing(server, person, '13912340020');
		const { caller: { phone, ...nameless }, ...body } = anAppeal(where, { call: call.id });
		const made = await person.register({ ...body, caller: nameless }, { expect: 201 });
		assert.ok(!made.text.includes('13912340020'));
		assert.equal(made.json.caller.phone, '139****0020');
		assert.deepEqual(await revealed(operator, made.json.id, ['phone']), { phone: '13912340020' });
		const seen = await callOf(call.id);
		assert.deepEqual([seen.appeal, seen.appeals, seen.history[0].appeal],
			[made.json.id, 1, made.json.id]);
		const other = await person.register(anAppeal(where, { call: call.id,
			caller: { name: '王', phone: '13912340021' } }), { expect: 201 });
		assert.equal(other.json.caller.phone, '139****0021', 'another phone was given');
		const anonymous = await person.register(anAppeal(where, { call: call.id,
			caller: { anonymous: true } }), { expect: 201 });
		assert.equal(anonymous.json.caller.phone, null, 'none is wanted');
		assert.equal((await callOf(call.id)).appeal, anonymous.json.id);
		/* Keys register in shared transactions, which read nothing; with a call they read it. */
		const [one, two] = await Promise.all([operator.register({ ...body, caller: nameless }),
			operator.register(anAppeal(where))]);
		assert.deepEqual([one.status, one.json.caller.phone, two.status], [201, '139****0020', 201]);
		/* Calls are the desk's: a partner who guesses their ids learns and changes nothing. */
		const partner = await server.as('intake', { channel: '12345' }).register(
			{ ...body, external_no: 'guessed-1', caller: nameless }, { expect: 422 });
		assert.deepEqual(partner.json.errors.map((e) => [e.pointer, e.code]),
			[['#/call', 'unknown_code']]);
		assert.equal((await callOf(call.id)).appeal, one.json.id);
		const unknown = await person.register(anAppeal(where, { call: '999999' }), { expect: 422 });
		assert.deepEqual(unknown.json.errors.map((e) => e.pointer), ['#/call']);
	});

test('a call is taken by hand where the exchange is silent, by one person', async () => {
	const call = await ringing(server, operator, '13912340030');
	const taken = (await person.post(`/calls/${call.id}/take`, {}, { expect: 200 })).json;
	assert.deepEqual([taken.state, taken.mine, taken.answered_by],
		['answered', true, { login: 'operator1', name: 'operator1' }]);
	await person.post(`/calls/${call.id}/take`, {}, { expect: 200 });
	assert.equal((await operator.post(`/calls/${call.id}/take`, {}, { expect: 409 })).json.code,
		'taken');
	assert.equal((await operator.post(`/calls/${call.id}/end`, {}, { expect: 409 })).json.code,
		'taken');
	const ended = (await person.post(`/calls/${call.id}/end`, {}, { expect: 200 })).json;
	assert.equal(ended.state, 'ended');
	assert.deepEqual((await person.post(`/calls/${call.id}/end`, {}, { expect: 200 })).json.ended_at,
		ended.ended_at);
	assert.equal((await person.post(`/calls/${call.id}/take`, {}, { expect: 409 })).json.code,
		'call_over');
	await operator.get('/calls/999999', { expect: 404 });
	await operator.post('/calls/999999/take', {}, { expect: 404 });
});

test('a seat is a person\'s until the sign-out, and one telephone one person\'s', async () => {
	const other = await server.signedIn('operator');
	assert.equal((await other.get('/me')).json.seat, '8001', 'a seat is the person\'s');
	await other.put('/me/seat', { phone: '8002' }, { expect: 200 });
	assert.equal((await person.get('/me')).json.seat, '8002');
	await operator.put('/me/seat', { phone: '8002' }, { expect: 403 });
	for (const phone of ['', '8 1', '八'])
		await person.put('/me/seat', { phone }, { expect: 422 });
	await person.put('/me/seat', { phone: null }, { expect: 200 });
	assert.equal((await person.get('/me')).json.seat, null);
	await other.put('/me/seat', { phone: '8003' }, { expect: 200 });
	await advance(server, { hours: 23 });
	assert.equal((await other.get('/me')).json.seat, '8003');
	await advance(server, { hours: 2 });
	assert.equal((await other.get('/me')).json.seat, null, 'of another day');
	await other.put('/me/seat', { phone: '8003' }, { expect: 200 });
	await other.delete('/session', { expect: 204 });
	assert.equal((await person.get('/me')).json.seat, null);
});

test('lists are pages: ringing first, each the newest first', async () => {
	assert.deepEqual(await list(), []);
	for (let i = 0; i < 5; i++)
		await aCall(server, `page-${i}`).ring();
	for (const i of [1, 3])
		await aCall(server, `page-${i}`).answer();
	const all = await operator.all('/calls', 2), whole = await list();
	assert.deepEqual(all.map((one) => one.id), whole.map((one) => one.id));
	assert.deepEqual(whole.map((one) => one.state),
		['ringing', 'ringing', 'ringing', 'answered', 'answered']);
	await operator.get('/calls?state=none', { expect: 422 });
});

test('hints know the caller of a call, whose number stands in no question', async () => {
	const known = await register(server, where, { caller: { name: '韩梅梅', phone: '13912347777' } });
	const call = await ringing(server, operator, '13912347777', 'hints');
	const hints = async (body) => (await operator.post('/appeals/hints', body, { expect: 200 })).json.items
		.find((one) => one.appeal.id === known.id);
	assert.ok((await hints({ call: call.id })).reasons.includes('same_phone'));
	assert.equal(await hints({ call: '999999' }), undefined, 'no call, no caller');
	assert.equal(await hints({ call: call.id, phone: '13912346666' }), undefined, 'a typed number goes first');
	await aCall(server, 'hints').hangup();
});

test('a call of which no end is told ends by itself, and goes after its days', async () => {
	const began = (await list())[0].began_at;
	await advance(server, { minutes: 11 });
	assert.deepEqual((await list()).map((one) => one.state), ['answered', 'answered']);
	assert.equal((await list(operator, 'missed'))[0].began_at, began);
	await advance(server, { hours: 6 });
	assert.deepEqual(await list(), []);
	assertSameTime((await newest()).began_at, began);
	await advance(server, { days: 91 });
	assert.equal(rows(), 0);
});

test('numbers and the exchange\'s names for calls are nowhere in clear', () => {
	const dump = JSON.stringify(sql(server, 'SELECT * FROM calls_call'));
	assert.ok(!/1391234|page-/.test(dump));
	assert.ok(!/1391234\d{4}/.test(server.log()));
	assert.ok(!server.log().includes(tokenOf(server)), 'nor is the token');
});

endsCleanly(server);
