/*
 * The end of what is known of a person: at the person's wish by two persons, or when its time is
 * over; what stands in the way of it; and what a person is told of what is held.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { verify } from '../verify/program.mjs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { idOf } from './lib/envelope.mjs';
import { newKey } from './lib/keys.mjs';
import { allSigned, judged } from './lib/sealed.mjs';
import { ringing } from './lib/pbx.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { until } from './lib/until.mjs';
import { appealNow, close, eventsOf, leadOf, register, revealed, rowOf, visit }
	from './lib/world.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'erasure-'));
const gateway = await startGateway(dir);
const [taken, refused] = [await startReceiver(),
	await startReceiver({ answer: () => ({ status: 500 }) })];
const server = await startServer({ clock: MONDAY,
	env: { LIANDONG_SMS_GATEWAY_FILE: gateway.file } });
const where = rowOf(server, 'CGJ');
const operator = server.as('operator'), supervisor = server.as('supervisor');
const leader = server.as('leader'), admin = server.as('admin'), auditor = server.as('auditor');
const PERSON = { name: '鸑鷟龘靐', phone: '15912763498', id_number: '11010519491231002X',
	address: '云河区庙后巷7号院' };
const PLACE = '滨河路东段88号';
const LOCATION = { lat: 34.123456, lon: 113.987654 };
const TITLE = `${PERSON.name} ${PERSON.phone}`;
const WRITTEN = `我是${PERSON.name}，路灯还没修好`;
const TEXT = `${PERSON.name}来电，住${PERSON.address}，回电159 1276-3498，身份证${PERSON.id_number}。路灯三天不亮。`;
const ids = [];
const endpoints = [];
for (const { url } of [taken, refused])
	endpoints.push((await admin.post('/webhooks', { department: 'CGJ', url, events: ['*'],
		format: 'standard' }, { expect: 201 })).json.id);

const ask = (body, expect = 201) => supervisor.post('/callers/erase',
	{ reason: '本人申请删除', ...body }, { expect });
const approve = (id, by = leader, expect = 200) =>
	by.post(`/callers/erasures/${id}/approve`, {}, { expect });
const vaultRow = (id) => sql(server, `SELECT HEX(record_key), HEX(name_sealed), HEX(phone_sealed),
	HEX(id_number_sealed), HEX(address_sealed), HEX(accused_person_sealed), HEX(place_sealed),
	HEX(location_sealed), HEX(salt_sealed), HEX(phone_index), HEX(place_index) FROM callers_caller
	WHERE appeal_id = ${idOf(id)}`)[0].filter((value) => value !== 'NULL');
async function withdrawn(changes = {}) {
	const { id } = await register(server, where, { caller: PERSON, ...changes });
	await operator.post(`/appeals/${id}/withdraw`, { reason: '自行解决',
		confirmed_by: 'recording' }, { expect: 200 });
	return id;
}

/* A dump with what stands in it as base64. */
const clearOf = (dump) => dump + dump.split(/\s+/).map((one) =>
	Buffer.from(one, 'base64').toString()).join(' ');
const WORDS = [...Object.values(PERSON), PLACE, WRITTEN];
const wordsIn = (text) => WORDS.filter((word) => text.includes(word));
const messagesOf = (list) => sql(server, `SELECT body, state, forgotten_at > 0 FROM outbox_delivery
	WHERE topic IN (${list.map(idOf)})`);

/* ---- asking ---- */

test('whoever still waits for an answer is not erased', async () => {
	const appeal = await register(server, where, { caller: PERSON, address: PLACE, text: TEXT,
		title: TITLE, location: LOCATION, occurred_at: '2026-03-01T21:00:00+08:00' });
	await until(() => gateway.to(PERSON.phone).length > 0, { what: 'a short message' });
	await gateway.reply(server, [{ id: 'reply-1', mobile: PERSON.phone, content: WRITTEN }]);
	ids.push(appeal.id, await withdrawn({ address: PLACE }));
	const refused = await ask({ phone: PERSON.phone }, 409);
	assert.equal(refused.json.code, 'still_open');
	assert.ok(refused.json.detail.includes(appeal.id) && !refused.text.includes(PERSON.phone));
	await close(server, leadOf(appeal));
	await visit(server, leadOf(appeal), 'satisfied');
});

test('a request names a phone or appeals that exist, and somebody', async () => {
	for (const [body, pointer] of [[{}, '#/phone'], [{ phone: '-' }, '#/phone'],
		[{ appeals: ['LD990101000001'] }, '#/appeals'],
		[{ phone: '1', appeals: [ids[0]] }, '#/appeals']])
		assert.equal((await ask(body, 422)).json.errors[0].pointer, pointer);
	assert.equal((await ask({ phone: '13100000000' }, 409)).json.code, 'nobody');
});

test('who asks does not decide, and a decision is made once', async () => {
	const asked = (await ask({ appeals: [ids[1]] })).json;
	assert.deepEqual([asked.state, asked.appeals, asked.erased], ['asked', [ids[1]], 0]);
	assert.equal((await approve(asked.id, supervisor, 403)).json.code, 'separation_of_duty');
	const refused = await leader.post(`/callers/erasures/${asked.id}/refuse`,
		{ reason: '材料不全' }, { expect: 200 });
	assert.equal(refused.json.answer, '材料不全');
	assert.equal((await approve(asked.id, admin, 409)).json.code, 'decided');
	assert.ok(vaultRow(ids[1]).length > 5, 'nothing was erased');
	await approve(999, leader, 404);
});

test('a legal hold keeps an identity, and its release lets it go', async () => {
	const held = await supervisor.post(`/appeals/${ids[1]}/hold`,
		{ until: '2027-03-02', reason: '行政诉讼' }, { expect: 200 });
	assert.equal(held.json.until, '2027-03-02T23:59:59+08:00');
	assert.equal((await ask({ phone: PERSON.phone }, 409)).json.code, 'on_hold');
	assert.deepEqual((await auditor.all('/vault/holds')).map((hold) => hold.appeal), [ids[1]]);
	await supervisor.post(`/appeals/${ids[1]}/hold`, { until: '2026-03-01', reason: 'x' },
		{ expect: 422 });
	await supervisor.post(`/appeals/${ids[1]}/release`, { reason: '终结' }, { expect: 200 });
	await supervisor.post(`/appeals/${ids[1]}/release`, { reason: '终结' }, { expect: 409 });
	assert.deepEqual(await auditor.all('/vault/holds'), []);
	assert.equal((await auditor.all('/audit?kind=identity_held')).length, 2);
});

/* ---- what is told to the person ---- */

test('a person is told all that is held, and who was shown what', async () => {
	await operator.post(`/appeals/${ids[0]}/reveal`, { fields: ['phone'], purpose: '回拨' },
		{ expect: 200 });
	const acts = (await auditor.all('/audit?kind=person_exported')).length;
	const told = (await supervisor.post('/callers/export', { phone: '159 1276 3498',
		purpose: '本人申请查阅' }, { expect: 200 })).json;
	assert.equal(told.phone, PERSON.phone);
	assert.deepEqual(told.appeals.map((appeal) => appeal.id), ids);
	const [first] = told.appeals;
	assert.deepEqual(first.caller, { ...PERSON, secret: false, visit_wanted: true });
	assert.deepEqual([first.place, first.text], [PLACE, TEXT]);
	assert.deepEqual([first.location, first.occurred_at, first.external_no],
		[LOCATION, '2026-03-01T21:00:00+08:00', null]);
	assert.deepEqual(first.visits.map(({ result, solved }) => [result, solved]),
		[['satisfied', 'yes']]);
	assert.deepEqual(first.replies.map(({ content }) => content), [WRITTEN]);
	assert.deepEqual([told.appeals[1].location, told.appeals[1].visits, told.appeals[1].replies],
		[null, [], []]);
	assert.deepEqual(first.tasks.map((task) => task.department), ['CGJ']);
	assert.deepEqual(first.shown.map(({ what }) => what.purpose), ['回拨', '本人申请查阅']);
	assert.equal(first.shown[1].role, 'supervisor');
	assert.equal((await auditor.all('/audit?kind=person_exported')).length, acts + 2);
	await operator.post('/callers/export', { phone: PERSON.phone }, { expect: 422 });
	const nobody = await operator.post('/callers/export', { phone: '13100000000',
		purpose: '本人申请查阅' }, { expect: 200 });
	assert.deepEqual(nobody.json.appeals, []);
});

test('where it cannot be recorded, nothing is told, and that is no fault of the request', async () => {
	sql(server, "CREATE TRIGGER no_act BEFORE INSERT ON audit_act FOR EACH ROW SIGNAL SQLSTATE '45000'");
	const answer = await supervisor.post('/callers/export', { phone: PERSON.phone,
		purpose: '本人申请查阅' });
	sql(server, 'DROP TRIGGER no_act');
	assert.equal(answer.status, 503);
	for (const word of [...Object.values(PERSON), PLACE])
		assert.ok(!answer.text.includes(word));
});

test('a number that was typed into a purpose or a reason is masked before it is on record', async () => {
	const typed = (what) => `${PERSON.phone} ${what}`, kept = (what) => `159******** ${what}`;
	await supervisor.post('/callers/export', { phone: PERSON.phone, purpose: typed('查阅') },
		{ expect: 200 });
	for (const [act, body] of [['hold', { until: '2027-03-02' }], ['release', {}]])
		assert.equal((await supervisor.post(`/appeals/${ids[1]}/${act}`,
			{ ...body, reason: typed(act) }, { expect: 200 })).json.reason, kept(act));
	const asked = (await ask({ appeals: [ids[1]], reason: typed('申请') })).json;
	const answered = (await leader.post(`/callers/erasures/${asked.id}/refuse`,
		{ reason: typed('不全') }, { expect: 200 })).json;
	assert.deepEqual([asked.reason, answered.answer], [kept('申请'), kept('不全')]);
	const reasons = (await auditor.all('/audit')).map((act) => act.reason);
	for (const what of ['查阅', 'hold', 'release', '申请', '不全'])
		assert.ok(reasons.includes(kept(what)), what);
	const events = await eventsOf(server, ids[0]);
	assert.equal(events.at(-1).data.purpose, kept('查阅'));
	await allSigned(server);
	assert.ok(!clearOf(server.command(['ledger', 'dump'], { expect: 0 }).stdout)
		.includes(typed('').trim()));
	assert.ok(!JSON.stringify([reasons, events]).includes(PERSON.phone));
});

test('the answer is kept nowhere, also under an Idempotency-Key', async () => {
	const body = { phone: PERSON.phone, purpose: '本人申请查阅' };
	for (let i = 0; i < 2; i++) {
		const answer = await supervisor.post('/callers/export', body,
			{ idem: 'export-1', expect: 200 });
		assert.equal(answer.headers['idempotency-replayed'], undefined);
	}
	assert.deepEqual(sql(server, `SELECT token FROM server_idempotency WHERE token = 'export-1'`), []);
});

/* ---- calls ---- */

const numbers = () => sql(server, `SELECT COUNT(number_sealed), COUNT(number_index) FROM calls_call`)[0]
	.map(Number);

test('calls of the person are told to the person, and to be erased are enough by themselves',
	async () => {
		const call = await ringing(server, operator, PERSON.phone);
		await ringing(server, operator, '13100000001');
		const { calls } = (await supervisor.post('/callers/export', { phone: PERSON.phone,
			purpose: '本人申请查阅' }, { expect: 200 })).json;
		assert.deepEqual(calls, [{ direction: 'in', began_at: call.began_at, answered_at: null,
			ended_at: null, appeal: null }]);
		assert.deepEqual(numbers(), [2, 2]);
		const asked = (await ask({ phone: '13100000001' })).json;
		assert.deepEqual(asked.appeals, []);
		await approve(asked.id);
		assert.deepEqual(numbers(), [1, 1]);
	});

/* ---- erasing ---- */

test('two persons erase one: the cases stay, the person is gone', async () => {
	const sealed = ids.flatMap(vaultRow);
	assert.ok(sealed.length >= 16);
	const before = await appealNow(server, ids[0]);
	const posted = messagesOf(ids);
	assert.deepEqual(wordsIn(posted.map(([body]) => body).join()), [PERSON.name, PERSON.phone],
		'webhooks hold the title');
	assert.ok(posted.some(([, state]) => state === '4') && posted.some(([, state]) => state < '3'));
	const digests = () => sql(server, `SELECT HEX(content_digest) FROM intake_appeal
		WHERE id = ${idOf(ids[0])}`)[0][0];
	assert.notEqual(digests(), '0'.repeat(32));
	await allSigned(server);
	const kept = server.command(['ledger', 'dump'], { expect: 0 }).stdout;
	const { id } = (await ask({ phone: PERSON.phone })).json;
	const since = await withdrawn();
	const done = (await approve(id)).json;
	assert.deepEqual([done.state, done.erased, done.appeals], ['done', 3, [...ids, since]]);
	ids.push(since);
	for (const one of ids)
		assert.deepEqual(vaultRow(one), []);
	assert.deepEqual(numbers(), [0, 0], 'nor does a call know the number');
	const after = await appealNow(server, ids[0]);
	assert.deepEqual(after.caller, { name: null, phone: null, id_number: null, address: null,
		erased: true, anonymous: false, secret: false, visit_wanted: true });
	assert.deepEqual({ ...after, caller: 0, title: 0, text: 0, address: 0, location: 0 },
		{ ...before, caller: 0, title: 0, text: 0, address: 0, location: 0 }, 'the case itself');
	assert.equal(after.address, '滨河路*');
	assert.deepEqual([before.location, after.location], [LOCATION, { lat: 34.12, lon: 113.98 }]);
	assert.equal(digests(), '0'.repeat(32));
	assert.equal(after.title, '**** ***********');
	assert.equal(after.text,
		'****来电，住*********，回电*************，身份证******************。路灯三天不亮。');
	const clear = await revealed(operator, ids[0], ['name', 'phone']);
	assert.deepEqual(clear, { name: null, phone: null });
	for (const client of [operator, supervisor]) {
		const found = await client.post('/appeals/search', { phone: PERSON.phone });
		assert.deepEqual(found.json.items, []);
	}
	assert.deepEqual((await operator.post('/callers/export', { phone: PERSON.phone,
		purpose: '核对' }, { expect: 200 })).json.appeals, []);
	Object.assign(ids, { sealed, kept });
});

test('no event, no dump, no reply and no message tells afterwards what was said', async () => {
	assert.deepEqual(await operator.all('/notices/replies'), []);
	const events = (await Promise.all(ids.map((id) => eventsOf(server, id)))).flat();
	assert.ok(events.some((event) => event.type === 'appeal.received'));
	assert.deepEqual(wordsIn(JSON.stringify(events)), []);
	await allSigned(server);
	const dump = clearOf(server.command(['ledger', 'dump'], { expect: 0 }).stdout);
	assert.ok(dump.includes('已电话联系'), 'the search finds what an event says');
	assert.deepEqual(wordsIn(dump), []);
	const kept = messagesOf(ids).filter(([, , forgotten]) => forgotten === '1');
	assert.ok(kept.length > 6);
	assert.deepEqual([...new Set(kept.map(([body]) => body))], [''], 'sealed ones are empty, too');
	assert.deepEqual([...new Set(kept.map(([, state]) => state))].sort(), ['3', '4'],
		'what did not arrive is dead');
});

test('a message that is forgotten says so, and is not sent again', async () => {
	for (const [endpoint, state, receiver] of [[endpoints[0], 'delivered', taken],
		[endpoints[1], 'dead', refused]]) {
		const path = `/webhooks/${endpoint}/deliveries`;
		const one = (await admin.all(`${path}?state=${state}`)).find(({ appeal }) => appeal === ids[0]);
		assert.ok(one.forgotten_at);
		const sent = receiver.requests.length;
		const answer = await admin.post(`${path}/${one.id}/replay`, {}, { expect: 409 });
		assert.deepEqual([answer.json.code, answer.json.state], ['forgotten', undefined]);
		const range = await admin.post(`/webhooks/${endpoint}/replay`, { since: one.created_at,
			until: new Date(Date.parse(one.created_at) + 1).toISOString() }, { expect: 200 });
		assert.deepEqual([range.json.replayed, receiver.requests.length], [0, sent]);
		await admin.post(`${path}/999999/replay`, {}, { expect: 404 });
	}
	assert.deepEqual(sql(server, `SELECT id FROM outbox_delivery WHERE forgotten_at > 0
		AND is_watched = 1`), [], 'nobody is warned of it');
});

test('an event of before, which holds the title, is read without it', async () => {
	const row = `appeal_id = ${idOf(ids[0])} AND seq = 1`;
	const [[data]] = sql(server, `SELECT HEX(data) FROM history_event WHERE ${row}`);
	sql(server, `UPDATE history_event SET data = JSON_INSERT(data, '$.title', '${TITLE}')
		WHERE ${row}`);
	const [received] = await eventsOf(server, ids[0]);
	assert.equal(received.data.title, undefined);
	assert.match(received.data.said, /^[0-9a-f]{64}$/);
	sql(server, `UPDATE history_event SET data = UNHEX('${data}') WHERE ${row}`);
});

test('what a sealed message said goes by itself when its time is over', async () => {
	const { id } = await register(server, where, { caller: { ...PERSON, phone: '15912763499' } });
	await until(() => gateway.to('15912763499').length > 0, { what: 'a short message' });
	const row = () => sql(server, `SELECT state, body = '', forgotten_at > 0 FROM outbox_delivery
		WHERE topic = ${idOf(id)} AND is_sealed = 1`)[0];
	await until(() => row()[0] === '4', { what: 'the message to be delivered' });
	assert.deepEqual(row(), ['4', '0', '0']);
	sql(server, `UPDATE outbox_sealed SET created_at = created_at - 14 * 86400000000
		WHERE delivery_id = (SELECT id FROM outbox_delivery WHERE topic = ${idOf(id)}
			AND is_sealed = 1)`);
	await until(() => row()[1] === '1', { ms: 20_000, what: 'the body to go' });
	assert.deepEqual(row(), ['4', '1', '1']);
	assert.equal((await operator.get(`/appeals/${id}/notices`, { expect: 200 })).json.items[0].state,
		'taken', 'that it was told is still known');
	await operator.post(`/appeals/${id}/withdraw`, { reason: '自行解决', confirmed_by: 'recording' },
		{ expect: 200 });
});

test('each is on record, without a word of who it was', async () => {
	const acts = await auditor.all('/audit?kind=person_erased');
	assert.deepEqual(acts.map((act) => act.subject).sort(), [...ids].sort());
	assert.ok(acts.every((act) => act.by.role === 'leader' && act.reason === '本人申请删除'));
	const requests = (await leader.get('/callers/erasures', { expect: 200 })).text;
	for (const word of Object.values(PERSON))
		assert.ok(!requests.includes(word));
	assert.deepEqual(sql(server, 'SELECT id FROM vault_erasure WHERE phone_index IS NOT NULL'), []);
});

test('the ledger verifies as before, and what was said of others still can be checked', async () => {
	const { keys } = await allSigned(server);
	const verdicts = [await verify(['ledger', '-', '--key', keys.checkpoint], { input: ids.kept }),
		await judged(server, keys.checkpoint)];
	for (const verdict of verdicts)
		assert.equal(verdict.status, 0, verdict.out + verdict.error);
	const check = server.command(['ledger', 'check'], { expect: 0 });
	assert.match(check.stdout, /, 0 changed, 3 erased,/);
});

test('nothing of it is in the table\'s file once it was written anew', async () => {
	const file = path.join(server.dir, 'mysql/liandong/callers_caller.ibd');
	const found = (bytes) => ids.sealed.filter((hex) => hex.length > 40 &&
		bytes.includes(Buffer.from(hex, 'hex')));
	sql(server, 'OPTIMIZE TABLE callers_caller');
	await until(() => {
		sql(server, 'FLUSH TABLES callers_caller FOR EXPORT; UNLOCK TABLES');
		return found(fs.readFileSync(file)).length === 0;
	}, { what: 'the file to be without the erased values' });
	const id = await withdrawn();
	const [, name] = vaultRow(id);
	await until(() => {
		sql(server, 'FLUSH TABLES callers_caller FOR EXPORT; UNLOCK TABLES');
		return fs.readFileSync(file).includes(Buffer.from(name, 'hex'));
	}, { what: 'the search to find a value that is there' });
});

/* ---- retention ---- */

test('an identity is retired when its time is over, by the content class and not before', async () => {
	const help = await withdrawn();
	const asked = await withdrawn({ content_class: 'consultation' });
	const open = (await register(server, where, { caller: PERSON })).id;
	const due = (id) => sql(server, `SELECT FROM_UNIXTIME(retire_at DIV 1000000) FROM
		vault_retirement WHERE appeal_id = ${idOf(id)}`).flat();
	assert.deepEqual([due(help).length, due(asked).length, due(open).length], [1, 1, 0]);
	await supervisor.post(`/appeals/${help}/hold`, { until: '2029-04-01', reason: '诉讼' },
		{ expect: 200 });
	await moveTo(server, '2027-03-02 23:59:58');
	assert.ok(vaultRow(asked).length > 5);
	await moveTo(server, '2027-03-03 00:00');
	assert.deepEqual(vaultRow(asked), []);
	assert.ok(vaultRow(help).length > 5 && vaultRow(open).length > 5);
	await moveTo(server, '2029-03-03 00:00');
	assert.ok(vaultRow(help).length > 5, 'held');
	await moveTo(server, '2029-04-02 00:00');
	assert.deepEqual(vaultRow(help), []);
	assert.ok(vaultRow(open).length > 5, 'what is open has no end');
	const acts = await auditor.all('/audit?kind=identity_retired');
	assert.deepEqual(acts.map((act) => act.subject).filter((id) => [help, asked].includes(id))
		.sort(), [asked, help].sort());
	const counts = (await admin.get('/vault/retention', { expect: 200 })).json;
	assert.equal(counts.erased, 3);
	assert.equal(counts.retired, acts.length);
	assert.equal((await appealNow(server, help)).caller.erased, true);
	server.command(['ledger', 'check'], { expect: 0 });
});

test('a new table holds for what is over from then on; what is taken up again is kept', async () => {
	const { version } = (await supervisor.get('/documents/retention', { expect: 200 })).json;
	const shown = await admin.post('/retention/preview', { text: '*\t*\t1\n' }, { expect: 200 });
	assert.ok(shown.json.rows);
	await admin.post('/retention', { source: '档案管理办法', text: '*\t*\t1\n',
		expected_version: version }, { expect: 201 });
	const [first, again] = [await withdrawn(), await withdrawn()];
	await operator.post(`/appeals/${again}/reopen`, { reason: '来电人要求继续' }, { expect: 200 });
	await moveTo(server, '2029-05-03 00:00');
	assert.deepEqual(vaultRow(first), []);
	assert.ok(vaultRow(again).length > 5);
});

test('who was merged into what is taken up again is kept with it', async () => {
	const [parent, child] = [await register(server, where, { caller: PERSON }),
		await register(server, where, { caller: PERSON })];
	const due = () => Number(sql(server, `SELECT COUNT(*) FROM vault_retirement WHERE appeal_id
		IN (${idOf(parent.id)}, ${idOf(child.id)})`)[0][0]);
	await operator.post(`/appeals/${child.id}/merge`, { into: parent.id }, { expect: 200 });
	await close(server, leadOf(parent));
	await visit(server, leadOf(parent), 'satisfied');
	await visit(server, leadOf(parent), 'satisfied', { caller_appeal: child.id });
	await moveTo(server, '2029-06-01 00:00');
	assert.deepEqual([(await appealNow(server, parent.id)).state, due()], ['archived', 2]);
	await operator.post(`/appeals/${parent.id}/reopen`, { reason: '来电人要求继续' },
		{ expect: 200 });
	assert.equal(due(), 0);
	await moveTo(server, '2030-09-01 00:00');
	assert.ok([parent, child].every(({ id }) => vaultRow(id).length > 5));
});

test('an outsourced person decides nothing of this', async () => {
	const outsourced = await newKey(server, 'contractor', 'supervisor', '--outsourced');
	for (const [address, body] of [['/callers/erase', { appeals: [ids[0]], reason: 'xx' }],
		['/callers/export', { phone: PERSON.phone, purpose: 'xx' }],
		[`/appeals/${ids[0]}/hold`, { until: '2030-01-01', reason: 'xx' }]])
		assert.equal((await outsourced.post(address, body, { expect: 403 })).json.code,
			'outsourced');
});

endsCleanly(server);
test.after(async () => {
	await Promise.all([gateway.stop(), taken.stop(), refused.stop()]);
	fs.rmSync(dir, { recursive: true });
});
