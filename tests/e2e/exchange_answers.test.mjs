/*
 * What comes back from 110 of what we handed over, read by people; and that one matter is with one
 * side, whatever the desk does by hand and whatever a batch brings. 110 is played here.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { Scribe, Side, keyOfPeer, readBatch } from './lib/exchange.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, complete, contact, eventsOf, leadOf, ofType, register, review, rowOf, sign, visit }
	from './lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };
const server = await startServer({ clock: MONDAY });
const [admin, operator, supervisor] = ['admin', 'operator', 'supervisor'].map((role) =>
	server.as(role));
const scribe = new Scribe('110', '12345');
const POLICE = { code: '110', name: '县公安局 110', service: 'police', mode: 'live',
	public_key: scribe.key };
const police = new Side(server, '12345', '110', server.as('intake', { channel: '110' }));
const NEIGHBOUR = { ...POLICE, code: '111', name: '邻县 110' };
const setPeer = async (peer) => (await admin.post('/exchange/peers', peer, { expect: [200, 201] })).json;
const OUR_KEY = (await setPeer(POLICE)).our_key;

const post = (messages, expect = 200) => police.program.post(police.path('messages'), { messages },
	{ expect }).then(({ json }) => json);
async function sentOf(number) {
	const found = [];
	for (let after = 0, more = true; more;) {
		const { json } = await police.program.get(`${police.path('messages')}?after=${after}`,
			{ expect: 200 });
		found.push(...json.items);
		({ after, more } = json);
	}
	return found.filter((one) => one.number === number);
}
const said = async (client, id) => (await client.get(`/appeals/${id}/exchange`, { expect: 200 }))
	.json.items;

/* An answer to what we offered. */
const answer = (number, sequence, kind, more = {}) => ({ sender: '110', offered_by: '12345', number,
	sequence, kind, at: '2026-03-02T09:40:00+08:00', ...more });
const theirs = (number, more = {}) => ({ sender: '110', offered_by: '110', number, sequence: 1,
	kind: 'offer', at: '2026-03-02T09:00:00+08:00', item: 'F04', urgent: false,
	title: `移交 ${number}`, text: '夜间施工', content_class: 'help',
	category: rowOf(server, 'CGJ').category, area: rowOf(server, 'CGJ').area, ...more });
const transfer = (appeal, more = {}, expect = 200) => operator.post(`/appeals/${appeal.id}/transfer`,
	{ to: '110', reason: '属于公安职责', item: 'T08', ...more }, { expect });
const byHand = (appeal, act, expect) => operator.post(`/appeals/${appeal.id}/transfer/${act}`,
	act === 'acknowledge' ? { by: '李警官' } : { reason: '电话告知不属警务' }, { expect })
	.then(({ json }) => json);

async function offered(more = {}) {
	const appeal = await register(server, UNROUTED, { content_class: 'consultation' });
	return (await transfer(appeal, more)).json;
}

/* Until the other side is too late. */
async function overdue(appeal) {
	await moveTo(server, appeal.exchange.accept_by);
	assert.equal((await appealNow(server, appeal.id)).exchange.state, 'overdue');
}

const standing = async (appeal) => {
	const { state, transferring, exchange } = await appealNow(server, appeal.id);
	return [state, transferring, exchange.state];
};

/* ---- read by people ---- */

test('progress, result and visit of 110 are read with their words by who sees the appeal', async () => {
	const { id } = await offered();
	await post([answer(id, 1, 'accept', { own_no: 'J1' }), answer(id, 2, 'progress',
		{ text: '已派员到场', on_scene_at: '2026-03-02T09:45:00+08:00' }), answer(id, 3, 'result',
		{ result: 'explained', text: '系夫妻口角，已调解' }), answer(id, 4, 'visited',
		{ level: 'satisfied' })]);
	for (const role of ['operator', 'dispatcher', 'supervisor', 'leader', 'auditor']) {
		const items = await said(server.as(role), id);
		assert.deepEqual(items.map(({ direction, kind, sequence, text, result, level, own_no }) =>
			[direction, kind, sequence, text, result, level, own_no]), [
			['received', 'visited', 4, null, null, 'satisfied', null],
			['received', 'result', 3, '系夫妻口角，已调解', 'explained', null, null],
			['received', 'progress', 2, '已派员到场', null, null, null],
			['received', 'accept', 1, null, null, null, 'J1'],
			['sent', 'offer', 1, items.at(-1).text, null, null, null]], role);
		assert.match(items.at(-1).text, /路灯/);
		assert.equal(Date.parse(items[2].on_scene_at), Date.parse('2026-03-02T09:45:00+08:00'));
		assert.ok(items.every(({ peer, number, erased }) => peer === '110' && number === id &&
			!erased));
	}
	await server.department('JTJ').get(`/appeals/${id}/exchange`, { expect: 404 });
	await server.as('observer').get(`/appeals/${id}/exchange`, { expect: 403 });
	assert.deepEqual(await said(operator, (await register(server, UNROUTED)).id), []);
});

/* ---- by hand beside a message ---- */

test('an offer by message is not answered by hand before its time is over', async () => {
	const appeal = await offered();
	for (const act of ['acknowledge', 'refuse'])
		assert.equal((await byHand(appeal, act, 409)).code, 'offer_open', act);
	assert.deepEqual(await standing(appeal), ['accepted', true, 'offered']);
	await post([answer(appeal.id, 1, 'refuse', { reason: 'not_ours', text: '不属警务' })]);
	assert.deepEqual(await standing(appeal), ['accepted', false, 'refused']);
	assert.equal((await transfer(appeal)).json.exchange.number, `${appeal.id}.2`);
});

test('acknowledged by hand when they were silent: their late refusal brings the matter back',
	async () => {
		const appeal = await offered();
		await overdue(appeal);
		assert.equal((await byHand(appeal, 'acknowledge', 200)).state, 'transferred');
		await post([answer(appeal.id, 1, 'refuse', { reason: 'not_ours', text: '不属警务' })]);
		assert.deepEqual(await standing(appeal), ['accepted', false, 'refused']);
		const [back, ...more] = ofType(await eventsOf(server, appeal.id), 'appeal.reopened');
		assert.deepEqual([back.data.reason, back.data.from, more], ['不属警务', 'transferred', []]);
	});

test('acknowledged by hand when they were silent: their late acceptance changes nothing more',
	async () => {
		const appeal = await offered();
		await overdue(appeal);
		await byHand(appeal, 'acknowledge', 200);
		await post([answer(appeal.id, 1, 'accept', { own_no: 'J2' })]);
		assert.deepEqual(await standing(appeal), ['transferred', false, 'accepted']);
		assert.equal(ofType(await eventsOf(server, appeal.id), 'appeal.transferred').length, 1);
	});

test('refused by hand when they were silent: no second offer, and a late acceptance takes the matter',
	async () => {
		const appeal = await offered();
		await overdue(appeal);
		await byHand(appeal, 'refuse', 200);
		assert.deepEqual(await standing(appeal), ['accepted', false, 'overdue']);
		assert.equal((await transfer(appeal, {}, 409)).json.code, 'offer_open');
		await post([answer(appeal.id, 1, 'accept', { own_no: 'J3' })]);
		assert.deepEqual(await standing(appeal), ['transferred', false, 'accepted']);
		const free = await offered();
		await overdue(free);
		await byHand(free, 'refuse', 200);
		await operator.post(`/appeals/${free.id}/answer`, { text: '已告知' }, { expect: 200 });
	});

/* ---- batches go on ---- */

const batchesOf = () => police.batches();

test('a message that is not possible is noted, named to the sender, and the rest is taken in',
	async () => {
		await setPeer({ ...POLICE, mode: 'batch' });
		await police.close();
		const appeal = await offered();
		const put = (messages, received = 0, changes = {}) =>
			scribe.batch(messages, received, changes);
		const done = await police.put({ number: 1, text: put([theirs('B-1'),
			answer(appeal.id, 1, 'progress', { text: '未受理先办' }), answer('LD1', 1, 'accept',
			{ own_no: 'x' }), theirs('B-2'), answer(appeal.id, 2, 'accept', { own_no: 'J4' })]) });
		assert.deepEqual([done.state, done.messages, done.refused], ['taken', 5, 2]);
		const all = await supervisor.all('/exchange');
		assert.deepEqual(['B-1', 'B-2'].map((number) => all.find((one) => one.number === number)
			.state), ['accepted', 'accepted']);
		assert.deepEqual(await standing(appeal), ['transferred', false, 'accepted']);
		const { refused } = (await supervisor.get(police.path('batches'), { expect: 200 })).json;
		assert.deepEqual(refused.map(({ by, batch, number, sequence, reason, named_in }) =>
			[by, batch, number, sequence, reason, named_in]).sort(), [
			['us', 1, 'LD1', 1, 'unknown_number', null],
			['us', 1, appeal.id, 1, 'illegal_step', null]].sort());
		assert.match(refused.find(({ number }) => number === appeal.id).detail, /no progress/);
		await police.close();
		const file = (await police.unacknowledged()).at(-1);
		const { head } = readBatch(file.text, OUR_KEY);
		assert.deepEqual(head.refused.sort(), ['LD1 1 unknown_number', `${appeal.id} 1 illegal_step`]
			.sort());
		assert.ok((await batchesOf()).refused.every(({ named_in }) => named_in === file.number));
		assert.equal((await police.put({ number: 1, text: '' }, 422)).code, 'invalid');
		await police.put({ number: 2, text: put([], file.number,
			{ refused: [`${appeal.id} 1 illegal_step`] }) });
		const [told] = (await batchesOf()).refused;
		assert.deepEqual([told.by, told.batch, told.number, told.reason],
			['them', 2, appeal.id, 'illegal_step']);
		const { checks } = (await admin.get('/health', { expect: 200 })).json;
		const check = checks.find(({ name }) => name === 'exchange');
		assert.deepEqual([check.state, check.figure, check.detail], ['warn', 3, '110 县公安局 110']);
	});

test('what a full batch leaves behind is in the next one, also where something was erased',
	async () => {
		const text = '长'.repeat(1990);
		const made = [];
		for (let i = 0; i < 26; i++) {
			const appeal = await register(server, UNROUTED, { text,
				content_class: 'consultation' });
			made.push((await transfer(appeal)).json.exchange.number);
		}
		const [gone] = made.slice(-1);
		await operator.post(`/appeals/${gone}/withdraw`, { reason: '不要了', confirmed_by: 'form' },
			{ expect: 200 });
		const { id } = (await supervisor.post('/callers/erase', { appeals: [gone],
			reason: '本人申请' }, { expect: 201 })).json;
		await server.as('leader').post(`/callers/erasures/${id}/approve`, {}, { expect: 200 });
		assert.deepEqual(sql(server, `SELECT LENGTH(body) FROM exchange_message m
			JOIN exchange_handover h ON h.id = m.handover_id WHERE h.number = '${gone}'`), [['0']]);
		const [erased] = await said(operator, gone);
		assert.deepEqual([erased.kind, erased.erased, erased.text], ['offer', true, null]);
		const seen = [];
		for (let i = 0; i < 6; i++) {
			await police.close();
			const file = (await police.unacknowledged()).at(-1);
			const { messages } = readBatch(file.text, OUR_KEY);
			seen.push(...messages.filter(({ number, kind }) => made.includes(number) &&
				kind === 'offer'));
		}
		assert.deepEqual([...new Set(seen.map(({ number }) => number))], made);
		const [stub] = seen.filter(({ number }) => number === gone);
		assert.deepEqual([stub.sequence, stub.title, stub.text, stub.place, stub.contact_name,
			stub.item], [1, '已删除', '已删除', undefined, undefined, 'T08']);
	});

test('an urgent item goes to 110 by voice first: without the time of the call it is 422', async () => {
	const appeal = await register(server, UNROUTED);
	const refusal = (await transfer(appeal, { item: 'T03' }, 422)).json;
	assert.deepEqual(refusal.errors.map(({ pointer }) => pointer), ['#/first_response_at']);
	const { last_sent } = await batchesOf();
	await transfer(appeal, { item: 'T03', first_response_at: await now(server) });
	assert.equal((await batchesOf()).last_sent, last_sent + 1, 'it waits for nobody');
	const urgent = await register(server, UNROUTED, { urgent: true });
	await transfer(urgent);
	assert.equal((await batchesOf()).last_sent, last_sent + 2, 'nor does what is urgent');
});

test('an urgent offer that nobody answers in time is told by name to who watches over the service',
	async () => {
		const found = async () => (await admin.get('/health', { expect: 200 })).json.checks
			.find(({ name }) => name === 'exchange');
		const [before, urgent] = [await found(), await register(server, UNROUTED)];
		const { exchange } = (await transfer(urgent, { item: 'T02',
			first_response_at: await now(server) })).json;
		assert.equal((await found()).figure, before.figure);
		await moveTo(server, exchange.accept_by);
		assert.ok((await found()).figure > before.figure);
		assert.match((await found()).detail, /县公安局 110/);
	});

test('who signs batches is not spoken for by unsigned messages', async () => {
	assert.equal((await post([theirs('U-1')], 409)).code, 'batches_only');
	await setPeer(POLICE);
	await post([theirs('U-1')]);
});

/* ---- merged and passed on ---- */

test('an offer of theirs that was merged hears progress, result and its own caller\'s visit',
	async () => {
		const { items: [one, other] } = await post([theirs('M-1'), theirs('M-2')]);
		const parent = await appealNow(server, one.own_no);
		await operator.post(`/appeals/${other.own_no}/merge`, { into: parent.id }, { expect: 200 });
		const task = leadOf(parent);
		await sign(server, task);
		await contact(server, task);
		await complete(server, task);
		await review(server, task);
		const kinds = async (number) => (await sentOf(number)).map(({ kind, result, level }) =>
			[kind, result ?? level ?? null]);
		const before = [['accept', null], ['progress', null], ['result', 'solved']];
		assert.deepEqual([await kinds('M-1'), await kinds('M-2')], [before, before]);
		assert.equal((await appealNow(server, other.own_no)).exchange.state, 'done');
		await visit(server, task, 'satisfied');
		assert.deepEqual([await kinds('M-1'), await kinds('M-2')],
			[[...before, ['visited', 'satisfied']], before], 'the visit is of one caller');
	});

test('an offer of theirs that is passed on to another service gets its result', async () => {
	const { items: [one] } = await post([theirs('Z-1', UNROUTED)]);
	await operator.post(`/appeals/${one.own_no}/transfer`, { to: '119', reason: '消防隐患' },
		{ expect: 200 });
	await operator.post(`/appeals/${one.own_no}/transfer/acknowledge`, { by: '消防救援大队',
		their_no: 'X9' }, { expect: 200 });
	const sent = await sentOf('Z-1');
	assert.deepEqual(sent.map(({ kind, result, text }) => [kind, result, text]),
		[['accept', undefined, undefined],
			['result', 'no_jurisdiction', '已转交消防救援大队，编号X9办理。']]);
	assert.equal((await appealNow(server, one.own_no)).exchange.state, 'done');
});

/* ---- bounds ---- */

test('a clock over there that is far ahead moves neither limits nor figures', async () => {
	const far = '2100-01-01T00:00:00+08:00';
	await post([theirs('C-1', { at: far, category: undefined })]);
	const waiting = (await operator.all('/exchange?state=offered'))
		.find(({ number }) => number === 'C-1');
	assert.equal(Date.parse(waiting.offered_at), Date.parse(await now(server)));
	const appeal = await offered();
	await post([answer(appeal.id, 1, 'accept', { own_no: 'J9', at: far })]);
	assert.equal(Date.parse((await appealNow(server, appeal.id)).exchange.answered_at),
		Date.parse(await now(server)));
});

test('a full page of full offers is taken in at once', async () => {
	const page = Array.from({ length: 100 }, (_, i) => theirs(`F-${i}`, { item_version: 1,
		first_response_at: '2026-03-02T08:50:00+08:00', place: '解放路 1 号', contact_name: '李四',
		contact_phone: '13912345678', recording: 'REC-1', text: '夜间施工，多次劝阻无效。' }));
	assert.equal((await post(page)).items.length, 100);
	await post([...page, theirs('F-100')], 422);
});

endsCleanly(server);
