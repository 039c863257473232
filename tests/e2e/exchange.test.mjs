/*
 * Hand-overs with 110: two running servers, one as the hotline and one as 110, between which
 * batches get lost, doubled, reordered and cut; and the same by live messages, with a third side
 * that is played here.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { moveTo, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { Scribe, Side, assertOnce, carry, keyOfPeer, numbersOf, readBatch, settle }
	from './lib/exchange.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { BIN, startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, contact, complete, eventsOf, leadOf, ofType, register, review, rowOf, sign,
	visit } from './lib/world.mjs';
import { until } from './lib/until.mjs';

const SEED = Number(process.env.TEST_SEED ?? 20260302);
/* A pair the shipped catalogue knows and leaves to people. */
const UNROUTED = { category: '160101', area: 'A01' };

const [hotline, police] = await Promise.all([startServer({ clock: MONDAY }),
	startServer({ clock: MONDAY, env: { LIANDONG_EXCHANGE_CODE: '110' } })]);
const at_hotline = new Side(hotline, '12345', '110', hotline.as('intake', { channel: '110' }));
const at_police = new Side(police, '110', '12345', police.as('intake', { channel: '12345' }));
const admin = hotline.as('admin');

const addPeer = (server, body, expect = [200, 201]) =>
	server.as('admin').post('/exchange/peers', body, { expect }).then(({ json }) => json);
const POLICE = { code: '110', name: '县公安局 110', service: 'police' };
const HOTLINE = { code: '12345', name: '12345 热线', service: 'hotline' };

/* Appeals by title at the receiver, those that came from the other side. */
const appealsAt = (server, channel) => sql(server, `SELECT title, COUNT(*) FROM intake_appeal
	WHERE channel = ${channel} AND title LIKE '移交%' GROUP BY title`)
	.map(([title, n]) => [title, Number(n)]);

const transfer = (server, appeal, to, item, more = {}, expect = 200) =>
	server.as('operator').post(`/appeals/${appeal.id}/transfer`,
		{ to, reason: '属于对方职责', item, ...more }, { expect });

let serial = 0;
const titles = { hotline: new Map(), police: new Map() };

/* Registers an appeal on one side and offers it to the other. */
async function offer(server, item, more = {}) {
	const side = server === hotline ? 'hotline' : 'police';
	const title = `移交 ${side} ${++serial}`;
	const appeal = await register(server, UNROUTED, { title, content_class: 'consultation' });
	/* Of a danger: 110 was called first. */
	const called = side === 'hotline' && /^T0[1-6]$/.test(item) ?
		{ first_response_at: await now(server) } : {};
	const asked = (await transfer(server, appeal, side === 'hotline' ? '110' : '12345', item,
		{ ...called, ...more })).json;
	assert.deepEqual([asked.state, asked.transferring, asked.exchange.state,
		asked.exchange.direction], ['accepted', true, 'offered', 'ours']);
	titles[side].set(asked.exchange.number, title);
	return asked;
}

const keys = {};
test('the two sides register each other by their public keys', async () => {
	await addPeer(hotline, { ...POLICE, mode: 'batch' }, 422);
	await addPeer(hotline, { ...POLICE, code: '12345', mode: 'live' }, 422);
	keys.hotline = (await addPeer(hotline, { ...POLICE, mode: 'live' }, 201)).our_key;
	keys.police = (await addPeer(police, { ...HOTLINE, mode: 'live' }, 201)).our_key;
	await addPeer(hotline, { ...POLICE, mode: 'batch', public_key: keys.hotline }, 422);
	await addPeer(hotline, { ...POLICE, mode: 'batch', public_key: keys.police }, 200);
	await addPeer(police, { ...HOTLINE, mode: 'batch', public_key: keys.hotline }, 200);
	const { json } = await admin.get('/exchange/peers', { expect: 200 });
	assert.deepEqual(json.items.map(({ code, mode, our_code, public_key }) =>
		[code, mode, our_code, public_key]), [['110', 'batch', '12345', keys.police]]);
	const acts = await hotline.as('auditor').all('/audit?kind=exchange_peer');
	assert.deepEqual(acts.map(({ detail }) => [detail.code, detail.mode, detail.public_key])
		.sort(), [['110', 'batch', keys.police], ['110', 'live', '']]);
	/* 110 has a list of its own of whom it hands over to. */
	const grounds = fs.readFileSync(new URL('../../config/grounds.tsv', import.meta.url), 'utf8');
	await police.as('admin').post('/grounds', { source: '110',
		text: `${grounds.trimEnd()}\ntransfer\t12345\t热线\tHotline\t-\t-\t-\n` },
	{ expect: 201 });
});

test('an item that is not in the common list for this direction is not offered', async () => {
	const appeal = await register(hotline, UNROUTED);
	for (const item of ['F01', 'X99', undefined])
		await transfer(hotline, appeal, '110', item, {}, 422);
	assert.equal((await appealNow(hotline, appeal.id)).exchange, null);
});

const told = { lost: 0, doubled: 0, reordered: 0, cut: 0, taken: 0, known: 0, gap: 0 };

test(`batches lost, doubled, reordered and cut (seed ${SEED}): each matter once on each side`,
	async () => {
		const dice = numbersOf(SEED);
		for (let i = 0; i < 12; i++) {
			for (let n = 1 + dice.below(2); n > 0; n--)
				await offer(hotline, dice.chance(0.5) ? 'T01' : 'T08');
			await offer(police, dice.chance(0.5) ? 'F01' : 'F04');
			await carry(at_hotline, at_police, dice, told);
			await carry(at_police, at_hotline, dice, told);
		}
		await settle(at_hotline, at_police);
		for (const [name, n] of Object.entries(told))
			assert.ok(n > 0, `the carrier met "${name}": ${JSON.stringify(told)}`);
		const [ours, theirs] = await Promise.all([at_hotline.handovers(),
			at_police.handovers()]);
		assertOnce(ours, theirs, appealsAt(police, 2), titles.hotline);
		assertOnce(theirs, ours, appealsAt(hotline, 1), titles.police);
		assert.ok(ours.every(({ state }) => state === 'accepted'));
		for (const side of [at_hotline, at_police]) {
			const { missing, sent } = await side.batches();
			assert.deepEqual([missing, sent.filter(({ messages }) => messages)], [[], []],
				'nothing is asked for and nothing unacknowledged');
		}
	});

test('what was accepted is transferred, with the other side\'s number in its history', async () => {
	const [one] = (await at_hotline.handovers()).filter(({ direction }) => direction === 'ours');
	const appeal = await appealNow(hotline, one.appeal);
	assert.deepEqual([appeal.state, appeal.transferring, appeal.exchange.their_no],
		['transferred', false, one.their_no]);
	const events = await eventsOf(hotline, one.appeal);
	assert.deepEqual(ofType(events, 'appeal.exchanged').map(({ data }) =>
		[data.direction, data.message, data.sequence]), [['sent', 'offer', 1],
		['received', 'accept', 1]]);
	const [done, ...more] = ofType(events, 'appeal.transferred');
	assert.deepEqual([done.data, more], [{ their_no: one.their_no, by: '110' }, []]);
	const taken = await appealNow(police, one.their_no);
	assert.deepEqual([taken.channel, taken.external_no, taken.exchange.direction],
		['12345', one.number, 'theirs']);
});

test('what the other side answers comes back over the same carrier, and is read here', async () => {
	const dice = numbersOf(SEED + 1);
	const done = (await at_hotline.handovers()).filter(({ direction }) => direction === 'ours')
		.slice(0, 4);
	for (const { their_no } of done)
		await police.as('operator').post(`/appeals/${their_no}/answer`,
			{ text: `已到场处置 ${their_no}` }, { expect: 200 });
	for (let i = 0; i < 3; i++) {
		await carry(at_police, at_hotline, dice, told);
		await carry(at_hotline, at_police, dice, told);
	}
	await settle(at_hotline, at_police);
	for (const { appeal, their_no } of done)
		for (const role of ['operator', 'supervisor']) {
			const { items } = (await hotline.as(role).get(`/appeals/${appeal}/exchange`,
				{ expect: 200 })).json;
			assert.deepEqual(items.map(({ direction, kind, result, text }) =>
				[direction, kind, result, kind === 'result' ? text : null]), [
				['received', 'result', 'answered', `已到场处置 ${their_no}`],
				['received', 'accept', null, null], ['sent', 'offer', null, null]], role);
		}
});

test('every batch verifies by independent code and is the same whenever it is asked for',
	async () => {
		await offer(hotline, 'T08');
		await at_hotline.close();
		const first = (await at_hotline.unacknowledged()).at(-1);
		const again = (await at_hotline.unacknowledged()).at(-1);
		assert.equal(first.text, again.text);
		const { head, messages } = readBatch(first.text, keys.hotline);
		assert.deepEqual([head.sender, head.receiver, head.batch], ['12345', '110',
			first.number]);
		assert.equal(head.received, (await at_hotline.batches()).last_taken);
		assert.throws(() => readBatch(first.text, keys.police));
		assert.ok(messages.length > 0 && messages.every(({ sender }) => sender === '12345'));
		await settle(at_hotline, at_police);
	});

test('an altered batch is refused whole, with the line named', async () => {
	const before = await at_police.batches();
	await offer(hotline, 'T08');
	await at_hotline.close();
	const file = (await at_hotline.unacknowledged()).at(-1);
	const { json } = await at_police.program.put(`/exchange/12345/batches/${file.number}`,
		{ batch: file.text.replace('移交', '移花') }, { expect: 422 });
	assert.deepEqual(json.errors.map(({ pointer, code }) => [pointer, code]),
		[['#/batch', 'bad_batch']]);
	assert.match(json.errors[0].detail, /^Line 6: /);
	const other = await at_police.program.put(`/exchange/12345/batches/${file.number + 1}`,
		{ batch: file.text }, { expect: 422 });
	assert.equal(other.json.errors[0].code, 'other_number');
	assert.deepEqual(await at_police.batches(), before);
	await settle(at_hotline, at_police);
});

test('a batch behind a gap is refused, and what is missing is asked for by the next batch',
	async () => {
		for (let i = 0; i < 3; i++) {
			await offer(hotline, 'T08');
			await at_hotline.close();
		}
		const files = (await at_hotline.unacknowledged()).slice(-3);
		const numbers = files.map(({ number }) => number);
		const count = (await at_police.handovers()).length;
		for (let i = 0; i < 2; i++)
			assert.deepEqual(await at_police.put(files[2]), { state: 'gap', number: numbers[2],
				messages: 0, refused: 0, missing: numbers.slice(0, 2) });
		assert.equal((await at_police.handovers()).length, count);
		assert.deepEqual((await at_police.batches()).missing, numbers.slice(0, 2));
		await at_police.close();
		const back = (await at_police.unacknowledged()).at(-1);
		const { head } = readBatch(back.text, keys.police);
		assert.deepEqual([head.missing, head.received],
			[numbers.slice(0, 2).map(String), numbers[0] - 1]);
		for (const file of [...files, ...files.slice().reverse()])
			await at_police.put(file);
		assert.equal((await at_police.handovers()).length, count + 3);
		await settle(at_hotline, at_police);
	});

test('files go by the commands beside the running servers; a missing one is named', () => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'exchange-'));
	const run = (server, args, expect) => server.command(['exchange', ...args], { expect,
		env: { ...process.env, LIANDONG_EXCHANGE_CODE: server === police ? '110' : '12345' } });
	const written = (out) => out.stdout.trim().split('\n').filter((line) => line);
	return (async () => {
		for (let i = 0; i < 2; i++) {
			await offer(hotline, 'T01');
			await at_hotline.close();
		}
		const files = written(run(hotline, ['export', '--peer', '110', '--out', dir], 0));
		const bytes = files.map((file) => fs.readFileSync(file));
		assert.deepEqual(written(run(hotline, ['export', '--peer', '110', '--out', dir], 0)),
			files, 'what is not acknowledged is exported again');
		assert.deepEqual(files.map((file) => fs.readFileSync(file)), bytes);
		const late = run(police, ['import', '--peer', '12345', files.at(-1)], 3);
		assert.match(late.stderr, /waits for \d+ to \d+/);
		fs.writeFileSync(`${files[0]}.cut`, bytes[0].subarray(0, bytes[0].length - 40));
		assert.match(run(police, ['import', '--peer', '12345', `${files[0]}.cut`], 1).stderr,
			/cut:\d+: /);
		run(police, ['import', '--peer', '12345', ...files, ...files], 0);
		const back = written(run(police, ['export', '--peer', '12345', '--out', dir], 0));
		run(hotline, ['import', '--peer', '110', ...back], 0);
		assertOnce(await at_hotline.handovers(), await at_police.handovers(),
			appealsAt(police, 2), titles.hotline);
		fs.rmSync(dir, { recursive: true });
	})();
});

test('an import that is killed at any moment is repeated safely', async () => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'exchange-'));
	const dice = numbersOf(SEED);
	const env = { ...process.env, LIANDONG_EXCHANGE_CODE: '110' };
	for (let i = 0; i < 12; i++)
		await offer(hotline, 'T08');
	await at_hotline.close();
	const file = path.join(dir, 'batch');
	fs.writeFileSync(file, (await at_hotline.unacknowledged()).at(-1).text);
	const args = ['exchange', 'import', '--peer', '12345', file, '--dir', police.dir];
	let killed = 0;
	for (let i = 0; i < 12; i++) {
		const done = spawnSync(BIN, args, { env, timeout: 5 + 12 * i + dice.below(12),
			killSignal: 'SIGKILL' });
		killed += done.signal === 'SIGKILL';
	}
	assert.ok(killed > 0, 'some runs were killed');
	assert.equal(spawnSync(BIN, args, { env }).status, 0);
	await settle(at_hotline, at_police);
	assertOnce(await at_hotline.handovers(), await at_police.handovers(), appealsAt(police, 2),
		titles.hotline);
	fs.rmSync(dir, { recursive: true });
});

test('danger: police were called first, the offer is in a batch at once and stands on top',
	async () => {
		const called = await now(hotline);
		const { last_sent } = await at_hotline.batches();
		const asked = await offer(hotline, 'T02', { first_response_at: called,
			recording: 'REC-7', contact: true });
		assert.deepEqual([asked.exchange.danger, Date.parse(asked.exchange.first_response_at)],
			[true, Date.parse(called)]);
		const { sent } = await at_hotline.batches();
		assert.equal(sent.at(-1).number, last_sent + 1, 'nobody had to ask for it');
		const file = (await at_hotline.unacknowledged()).at(-1);
		const [message] = readBatch(file.text, keys.hotline).messages
			.filter(({ number }) => number === asked.exchange.number);
		assert.deepEqual([message.recording, message.contact_name, message.urgent],
			['REC-7', '王小明', true]);
		const assertOnTop = (list) => assert.ok(list.slice(0, 1 + list.findIndex(({ number }) =>
			number === asked.exchange.number)).every(({ danger }) => danger), 'behind dangers only');
		assertOnTop(await at_hotline.handovers());
		const openings = await hotline.as('auditor').get(`/appeals/${asked.id}/openings`);
		assert.equal(openings.status, 200);
		await settle(at_hotline, at_police);
		assertOnTop(await at_police.handovers());
	});

test('nobody answers in time: the matter stays here, the sender says so, a late answer counts',
	async () => {
		const asked = await offer(hotline, 'T08');
		const by = Date.parse(asked.exchange.accept_by);
		assert.equal(by - Date.parse(asked.exchange.offered_at), 30 * 60_000);
		await moveTo(hotline, new Date(by - 1000).toISOString());
		const state = async () => (await appealNow(hotline, asked.id)).exchange.state;
		assert.equal(await state(), 'offered');
		await moveTo(hotline, new Date(by).toISOString());
		assert.equal(await state(), 'overdue');
		const [late] = await hotline.as('dispatcher').all('/exchange?state=overdue');
		assert.deepEqual([late.number, late.seconds_left], [asked.exchange.number, 0]);
		assert.deepEqual([(await appealNow(hotline, asked.id)).state,
			ofType(await eventsOf(hotline, asked.id), 'appeal.exchanged').at(-1).data.message],
		['accepted', 'timeout']);
		await moveTo(police, new Date(by + 60_000).toISOString());
		await settle(at_hotline, at_police);
		assert.deepEqual([(await appealNow(hotline, asked.id)).state, await state()],
			['transferred', 'accepted']);
		const { json } = await hotline.as('supervisor').get('/exchange/figures?until=' +
			encodeURIComponent(new Date(by + 3600_000).toISOString()), { expect: 200 });
		assert.equal(json.ours.answered - json.ours.in_time, 1);
		assert.equal(json.ours.sign_for['180+ s'], 1);
		assert.equal(Object.values(json.ours.sign_for).reduce((a, b) => a + b),
			json.ours.answered);
	});

/* ---- live, with a side that is played here ---- */

const scribe = new Scribe('111', '12345');
const live = new Side(hotline, '12345', '111', null);
const neighbour = { code: '111', name: '邻县 110', service: 'police', mode: 'live',
	public_key: scribe.key };
const message = (number, sequence, kind, more = {}) => ({ sender: '111', offered_by: '111',
	number, sequence, kind, at: '2026-03-02T09:40:00+08:00', ...more });
const anOffer = (number, more = {}) => message(number, 1, 'offer', { item: 'F04', urgent: false,
	title: `移交 live ${number}`, text: '夜间施工', place: '解放路 1 号', contact_name: '李四',
	contact_phone: '13912345678', content_class: 'help', category: rowOf(hotline, 'CGJ').category,
	area: rowOf(hotline, 'CGJ').area, ...more });
const post = (messages, expect = 200) => live.program.post(live.path('messages'), { messages },
	{ expect }).then(({ json }) => json);
const pull = async () => (await live.program.get(live.path('messages'), { expect: 200 })).json.items;
const sentOf = async (number) => (await pull()).filter((one) => one.number === number);

test('live: an offer becomes an appeal, and its task\'s life comes back as messages', async () => {
	const [own, other] = await Promise.all(['110', '111'].map((code) => keyOfPeer(hotline, code)));
	await addPeer(hotline, neighbour);
	for (const side of [{ path: live.path, peer: '111' }, at_hotline])
		await at_hotline.program.get(side.path('messages'), { expect: 404 });
	neighbour.key = other.id;
	await addPeer(hotline, neighbour);
	await addPeer(hotline, { ...POLICE, mode: 'batch', public_key: keys.police, key: own.id });
	[live.program, at_hotline.program] = [other.client, own.client];
	for (const [one, its] of [[own, live], [other, at_hotline]])
		for (const what of ['messages', 'batches', 'batches/1'])
			await one.client.get(its.path(what), { expect: 404 });
	const { items: [answer] } = await post([anOffer('P-1')]);
	const appeal = await appealNow(hotline, answer.own_no);
	assert.deepEqual([answer.state, appeal.channel, appeal.external_no, appeal.caller.name,
		appeal.address], ['accepted', '110', 'P-1', '李*', '解放路 1 号']);
	assert.deepEqual(await post([anOffer('P-1')]), { items: [answer] }, 'the same again');
	const task = leadOf(appeal);
	await sign(hotline, task);
	await contact(hotline, task, { channel: 'visit' });
	await complete(hotline, task);
	await review(hotline, task);
	await visit(hotline, task, 'satisfied');
	const sent = await sentOf('P-1');
	assert.deepEqual(sent.map(({ sequence, kind }) => [sequence, kind]), [[1, 'accept'],
		[2, 'progress'], [3, 'progress'], [4, 'result'], [5, 'visited']]);
	assert.deepEqual([sent[0].own_no, sent[3].result, sent[4].level],
		[appeal.id, 'solved', 'satisfied']);
	assert.ok(sent[2].on_scene_at);
	const shown = (await appealNow(hotline, appeal.id)).exchange;
	assert.equal(shown.state, 'visited');
	assert.equal(Date.parse(shown.arrived_at), Date.parse(sent[2].on_scene_at));
});

test('live: other content is 409, so is a gap, which is named; nothing of either is kept',
	async () => {
		const before = sql(hotline, 'SELECT COUNT(*) FROM exchange_message')[0][0];
		const other = await post([anOffer('P-9'), anOffer('P-1', { text: '别的' })], 409);
		assert.equal(other.code, 'other_content');
		const gap = await post([message('P-1', 4, 'timeout')], 409);
		assert.deepEqual([gap.code, /sequence 2 to 3 is missing/.test(gap.detail)],
			['sequence_gap', true]);
		assert.equal((await post([message('P-2', 2, 'timeout')], 409)).code, 'sequence_gap');
		assert.equal((await post([message('P-1', 2, 'accept', { own_no: 'x' })], 409)).code,
			'illegal_step');
		for (const [bad, pointer] of [[{ colour: 1 }, '#/messages/0/colour'],
			[{ own_no: 'x' }, '#/messages/0/own_no'], [{ item: undefined }, '#/messages/0/item'],
			[{ sender: '110' }, '#/messages/0'], [{ offered_by: '119' }, '#/messages/0']])
			assert.deepEqual((await post([anOffer('P-3', bad)], 422)).errors
				.map((one) => one.pointer), [pointer]);
		await post([message('P-7', 1, 'accept', { own_no: 'x', offered_by: '12345' })], 422);
		assert.equal(sql(hotline, 'SELECT COUNT(*) FROM exchange_message')[0][0], before);
		await hotline.as('intake', { channel: '12345' }).post(live.path('messages'),
			{ messages: [anOffer('P-4')] }, { expect: 404 });
		await hotline.as('operator').post(live.path('messages'), { messages: [] },
			{ expect: 403 });
	});

test('live: the same offers at once by many requests, crosswise: each is taken in once', async () => {
	const numbers = ['P-21', 'P-22', 'P-23', 'P-24'];
	const ask = (all) => live.program.post(live.path('messages'),
		{ messages: all.map((number) => anOffer(number)) });
	for (let round = 0; round < 4; round++) {
		const of = numbers.map((number) => `${number}-${round}`);
		const answers = await Promise.all(Array.from({ length: 24 }, (_, i) =>
			ask(i % 2 ? of : [...of].reverse())));
		for (const { status } of answers)
			assert.ok([200, 503].includes(status), `answered ${status}`);
		const { items } = await post(of.map((number) => anOffer(number)));
		assert.deepEqual(items.map(({ number }) => number), of);
		assert.deepEqual(sql(hotline, `SELECT COUNT(*) FROM intake_appeal
			WHERE title LIKE '移交 live P-2_-${round}'`), [[String(of.length)]]);
	}
});

test('live: what is in no list is refused by itself; what lacks facts waits for an operator',
	async () => {
		const operator = hotline.as('operator');
		assert.equal((await post([anOffer('P-5', { item: 'T01' })])).items[0].state, 'refused');
		assert.equal((await sentOf('P-5'))[0].reason, 'not_in_list');
		for (const number of ['P-6', 'P-8'])
			assert.equal((await post([anOffer(number, { category: undefined })])).items[0].state,
				'offered');
		const path = (number, act) => `/exchange/111/offers/${number}/${act}`;
		const waiting = await operator.all('/exchange?state=offered');
		assert.deepEqual(waiting.map(({ number, offer: { title, place } }) =>
			[number, title, place]), [['P-6', '移交 live P-6', '解放路 1 号'],
			['P-8', '移交 live P-8', '解放路 1 号']]);
		await operator.post(path('P-6', 'accept'), {}, { expect: 422 });
		const done = (await operator.post(path('P-6', 'accept'),
			{ category: rowOf(hotline, 'CGJ').category }, { expect: 200 })).json;
		assert.equal((await appealNow(hotline, done.appeal)).external_no, 'P-6');
		await operator.post(path('P-6', 'accept'), { category: rowOf(hotline, 'CGJ').category },
			{ expect: 409 });
		await operator.post(path('P-8', 'refuse'), { reason: 'missing_facts', text: '地点不详' },
			{ expect: 200 });
		assert.deepEqual((await sentOf('P-8')).map(({ kind, reason, text }) =>
			[kind, reason, text]), [['refuse', 'missing_facts', '地点不详']]);
		await operator.post(path('P-99', 'refuse'), { reason: 'other', text: 'x' },
			{ expect: 404 });
	});

test('batch and live end alike: the same offer of an independent side, by a signed file', async () => {
	const number = 'P-20';
	const done = await live.put({ number: 1, text: scribe.batch([anOffer(number)]) });
	assert.deepEqual([done.state, done.messages], ['taken', 1]);
	const by = (list, wanted) => list.find((one) => one.number === wanted);
	const all = await hotline.as('supervisor').all('/exchange');
	const { items: [same] } = await post([anOffer('P-21')]);
	const one = by(all, number);
	assert.deepEqual([one.state, same.state], ['accepted', 'accepted']);
	const like = ({ id, exchange, external_no, title, version, tasks, ...rest }) => rest;
	assert.deepEqual(like(await appealNow(hotline, one.appeal)),
		like(await appealNow(hotline, same.own_no)));
	/* The same number with another content, signed by the same key. */
	const liar = Object.assign(new Scribe('111', '12345'), { id: scribe.id,
		privateKey: scribe.privateKey });
	assert.equal((await live.put({ number: 1, text: liar.batch([anOffer('P-22')]) }, 409)).code,
		'other_content');
	await live.put({ number: 2, text: liar.batch([anOffer('P-22')]) }, 422);
});

test('live: our messages are pushed to the address of the other side, signed', async () => {
	const receiver = await startReceiver();
	const { secret } = await addPeer(hotline, { ...neighbour, url: receiver.url });
	receiver.secrets.push(secret);
	await post([anOffer('P-30')]);
	const pushed = await until(() => receiver.requests.find(({ json }) =>
		json?.messages?.[0].number === 'P-30'), { what: 'the ACCEPT' });
	assert.deepEqual([pushed.is_signed, pushed.json.messages[0].kind], [true, 'accept']);
	await receiver.stop();
});

test('neither name nor number of a caller, nor the exact place, lies in clear in the rows', () => {
	const kept = sql(hotline, `SELECT HEX(body) FROM exchange_message
		UNION ALL SELECT HEX(file) FROM exchange_batch`).map(([hex]) => hex).join();
	for (const word of ['李四', '13912345678', '解放路'])
		assert.ok(!kept.includes(Buffer.from(word).toString('hex').toUpperCase()), word);
});

test('the end of an identity is the end of what hand-overs said of it', async () => {
	const [one] = (await hotline.as('supervisor').all('/exchange'))
		.filter(({ number }) => number === 'P-1');
	const bodies = () => sql(hotline, `SELECT COUNT(*) FROM exchange_message m
		JOIN exchange_handover h ON h.id = m.handover_id
		WHERE h.number = 'P-1' AND m.body <> ''`)[0][0];
	assert.equal(bodies(), '6');
	const asked = (await hotline.as('supervisor').post('/callers/erase',
		{ appeals: [one.appeal], reason: '本人申请' }, { expect: 201 })).json;
	await hotline.as('leader').post(`/callers/erasures/${asked.id}/approve`, {},
		{ expect: 200 });
	assert.equal(bodies(), '0');
	assert.deepEqual((await post([anOffer('P-1')])).items[0].own_no, one.appeal,
		'the same again is still known');
	const left = await sentOf('P-1');
	assert.deepEqual(left.map(({ sequence, kind }) => [sequence, kind]), [[1, 'accept'],
		[2, 'progress'], [3, 'progress'], [4, 'result'], [5, 'visited']], 'no gap is left');
	assert.ok(left.every(({ text }) => text === '已删除'));
	assert.deepEqual([left[3].result, left[4].level], ['solved', 'satisfied']);
});

test('what was pushed of a hand-over says nothing any more, too', async () => {
	const [{ appeal }] = (await hotline.as('supervisor').all('/exchange'))
		.filter(({ number }) => number === 'P-30');
	await hotline.as('operator').post(`/appeals/${appeal}/withdraw`, { reason: '自行解决',
		confirmed_by: 'recording' }, { expect: 200 });
	const pushed = () => sql(hotline, `SELECT d.body <> '', d.forgotten_at > 0, d.standing <> 1
		FROM outbox_delivery d JOIN exchange_peer p ON p.endpoint_id = d.endpoint_id
		JOIN exchange_handover h ON h.id = d.topic AND h.peer = p.code
		WHERE h.number = 'P-30'`).map((row) => row.join());
	assert.ok(pushed().length > 0 && pushed().every((row) => row.startsWith('1,0')));
	const asked = (await hotline.as('supervisor').post('/callers/erase',
		{ appeals: [appeal], reason: '本人申请' }, { expect: 201 })).json;
	await hotline.as('leader').post(`/callers/erasures/${asked.id}/approve`, {},
		{ expect: 200 });
	assert.deepEqual([...new Set(pushed())], ['0,1,1']);
});

/* ---- the checker ---- */

test('an importer that applies a batch twice would be found', async () => {
	const [ours, theirs] = [await at_hotline.handovers(), await at_police.handovers()];
	const check = (appeals, list = theirs) => assertOnce(ours, list, appeals, titles.hotline);
	const appeals = appealsAt(police, 2);
	check(appeals);
	/* Its memory of one batch is taken away, and the batch comes again. */
	const { number } = theirs.find(({ direction }) => direction === 'theirs');
	sql(police, `UPDATE intake_appeal SET external_no = 'moved' WHERE external_no = '${number}';
		DELETE m FROM exchange_message m JOIN exchange_handover h ON h.id = m.handover_id
			WHERE h.number = '${number}';
		DELETE FROM exchange_handover WHERE number = '${number}'`);
	const text = (await at_hotline.program.get(at_hotline.path('messages?after=0'))).json.items
		.filter((one) => one.number === number && one.kind === 'offer');
	await addPeer(police, { ...HOTLINE, mode: 'live', public_key: keys.hotline });
	await at_police.program.post(at_police.path('messages'), { messages: text }, { expect: 200 });
	assert.throws(() => check(appealsAt(police, 2)), /appeals of/, 'one matter, two appeals');
	assert.throws(() => check(appeals, theirs.slice(1)), 'a matter that was skipped');
	assert.throws(() => check(appeals, [...theirs, theirs[0]]), 'a hand-over that is there twice');
});

endsCleanly(hotline);
endsCleanly(police);
