/* Opening an identity: one field, for a purpose, on record before it leaves, and told to the
 * caller without naming anybody. */
import assert from 'node:assert/strict';
import tls from 'node:tls';
import test from 'node:test';
import { advance } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { eventsOf, ofType, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY, env: { LIANDONG_REVEALS_AN_HOUR: '3' } });
const where = rowOf(server, 'CGJ');
const CANARY = { name: '鸑鷟龘靐', phone: '15912763498' };
const [operator, visitor, auditor] = ['operator', 'visitor', 'auditor']
	.map((role) => server.as(role));
const appeal = await register(server, where, { caller: CANARY });
const PURPOSE = { fields: ['phone'], purpose: '回拨核实地址' };
const path = (id = appeal.id) => `/appeals/${id}/reveal`;
const acts = async (query) => auditor.all(`/audit?${query}`);
/* What waits for its position may become several entries: all has one before it is counted. */
async function counts() {
	await until(() => sql(server, 'SELECT COUNT(*) FROM ledger_waiting')[0][0] === '0',
		{ what: 'all to have its position' });
	return sql(server, `SELECT (SELECT COUNT(*) FROM history_event),
		(SELECT COUNT(*) FROM audit_act), (SELECT MAX(version) FROM history_appeal),
		(SELECT COUNT(*) FROM ledger_entry)`)[0].join();
}

test('exactly one field is opened at a time', async () => {
	const before = await counts();
	for (const fields of [['phone', 'name'], ['phone', 'phone'], ['name', 'phone', 'accused_person'],
		[]]) {
		const refused = await operator.post(path(), { fields, purpose: '核实' }, { expect: 422 });
		assert.deepEqual([...new Set(refused.json.errors.map((one) => one.pointer))],
			['#/fields']);
		assert.ok(!refused.text.includes(CANARY.phone) && !refused.text.includes(CANARY.name));
	}
	for (const body of [{ ...PURPOSE, purpose_code: 'curiosity' }, { ...PURPOSE, purpose: 'x' },
		{ fields: ['phone'], purpose_code: 'visit' }])
		await operator.post(path(), body, { expect: 422 });
	assert.equal(await counts(), before);
});

test('what is opened is an event and an act, with who, why and from where', async () => {
	const { text, json } = await operator.post(path(), { ...PURPOSE, purpose_code: 'call_back' },
		{ expect: 200 });
	assert.deepEqual(json, { phone: CANARY.phone });
	assert.ok(!text.includes(CANARY.name));
	const [event] = ofType(await eventsOf(server, appeal.id), 'identity.revealed');
	assert.deepEqual(event.data, { fields: ['phone'], purpose: PURPOSE.purpose,
		purpose_code: 'call_back', role: 'operator', department: null });
	const [act, ...others] = await acts(`subject=${appeal.id}`);
	assert.deepEqual(others, []);
	assert.deepEqual([act.kind, act.subject, act.reason, act.detail, act.source, act.by.role],
		['identity_revealed', appeal.id, PURPOSE.purpose,
			{ field: 'phone', purpose_code: 'call_back' }, '127.0.0.1', 'operator']);
	assert.match(act.by.id, /^key:\d+$/);
	assert.ok(!JSON.stringify([event, act]).includes(CANARY.phone));
});

test('a purpose that holds a number keeps the words and loses the number', async () => {
	await visitor.post(path(), { fields: ['phone'], purpose: `回访 ${CANARY.phone} 本人` },
		{ expect: 200 });
	const told = JSON.stringify([await eventsOf(server, appeal.id), await acts('')]);
	assert.ok(!told.includes(CANARY.phone));
	assert.ok(told.includes('回访 159******** 本人'));
});

test('an Idempotency-Key keeps no clear value: a repeat is an opening of its own', async () => {
	const before = Number(sql(server, 'SELECT COUNT(*) FROM audit_act')[0][0]);
	for (let i = 1; i <= 2; i++) {
		const answer = await operator.post(path(), PURPOSE, { expect: 200, idem: 'reveal-once-1' });
		assert.equal(answer.headers['idempotency-replayed'], undefined);
		assert.equal(Number(sql(server, `SELECT COUNT(*) FROM audit_act
			WHERE kind = 18`)[0][0]), before + i);
	}
	assert.deepEqual(sql(server, "SELECT 1 FROM server_idempotency WHERE token = 'reveal-once-1'"),
		[]);
});

test('the caller may learn how often, when and by whom in the abstract, and no person', async () => {
	for (const client of [operator, visitor, auditor]) {
		const { json, text } = await client.get(`/appeals/${appeal.id}/openings`, { expect: 200 });
		assert.deepEqual(json, { appeal: appeal.id, total: 4, items: [
			{ day: '2026-03-02', department: null, department_name: null, role: 'operator',
				field: 'phone', count: 3 },
			{ day: '2026-03-02', department: null, department_name: null, role: 'visitor',
				field: 'phone', count: 1 }] });
		assert.doesNotMatch(text, /operator1|visitor1|key:|account:/);
	}
	const other = await register(server, where);
	assert.deepEqual((await operator.get(`/appeals/${other.id}/openings`, { expect: 200 })).json,
		{ appeal: other.id, items: [], total: 0 });
	await server.department('CGJ').get(`/appeals/${appeal.id}/openings`, { expect: 403 });
});

test('openings from before roles were kept are counted, too', async () => {
	const old = await register(server, where, { caller: CANARY });
	sql(server, `INSERT INTO history_event SELECT appeal_id, 99, 34, at, recorded_at, by_kind, by_id,
		by_name, 0, '{"fields":["name","phone"],"purpose":"核实"}', digest FROM history_event
		WHERE appeal_id = (SELECT MAX(appeal_id) FROM history_event) AND seq = 1`
		.replace('34', String(sql(server, `SELECT kind FROM history_event
			WHERE data LIKE '%"fields"%' LIMIT 1`)[0][0])));
	const { json } = await operator.get(`/appeals/${old.id}/openings`, { expect: 200 });
	assert.deepEqual([json.total, json.items.map((one) => [one.role, one.field, one.count])],
		[2, [[null, 'name', 1], [null, 'phone', 1]]]);
	sql(server, 'DELETE FROM history_event WHERE seq = 99');
});

test('nobody is kept from opening, but who opens very many leaves an act of it, once an hour',
	async () => {
		await advance(server, { hours: 2 });
		const many = () => acts('kind=reveals_many');
		const before = (await many()).length;
		for (let i = 1; i <= 3; i++)
			await operator.post(path(), PURPOSE, { expect: 200 });
		assert.equal((await many()).length, before, 'as many as are allowed');
		for (let i = 1; i <= 3; i++)
			await operator.post(path(), PURPOSE, { expect: 200 });
		const [act, ...rest] = await many();
		assert.equal(rest.length, before);
		assert.deepEqual([act.by.role, act.detail], ['operator', { more_than: 3, minutes: 60 }]);
		await visitor.post(path(), PURPOSE, { expect: 200 });
		assert.equal((await many()).length, before + 1);
		assert.match(server.log(), /reveals_many/);
	});

/* ---- no record, no value ---- */

/* One request over a socket of our own; every byte that came back, as it came. */
function wire(body) {
	return new Promise((resolve, reject) => {
		const bytes = [];
		const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca }, () => {
			const text = JSON.stringify(body);
			socket.write(`POST /api/v1${path()} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n` +
				`Authorization: Bearer ${operator.key}\r\nContent-Type: application/json\r\n` +
				`Connection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
		});
		socket.on('data', (part) => bytes.push(part));
		socket.on('error', reject);
		socket.on('end', () => resolve(Buffer.concat(bytes).toString('latin1')));
	});
}

const CANARY_BYTES = [CANARY.phone, Buffer.from(CANARY.name).toString('latin1')];

test('the wire shows the value when it is recorded, so that its absence means something',
	async () => {
		const seen = await wire(PURPOSE);
		assert.match(seen, /^HTTP\/1\.1 200 /);
		assert.ok(seen.includes(CANARY_BYTES[0]));
	});

const REFUSALS = {
	'the entry is refused': ['CREATE TRIGGER no_entry BEFORE INSERT ON ledger_waiting FOR EACH ROW ' +
		"SIGNAL SQLSTATE '45000'", 'DROP TRIGGER no_entry'],
	'the content is refused': ['CREATE TRIGGER no_content BEFORE INSERT ON ledger_content ' +
		"FOR EACH ROW SIGNAL SQLSTATE '45000'", 'DROP TRIGGER no_content'],
	'the act is refused': ['CREATE TRIGGER no_act BEFORE INSERT ON audit_act FOR EACH ROW ' +
		"SIGNAL SQLSTATE '45000'", 'DROP TRIGGER no_act'],
	'the event is refused': ['CREATE TRIGGER no_event BEFORE INSERT ON history_event FOR EACH ROW ' +
		"SIGNAL SQLSTATE '45000'", 'DROP TRIGGER no_event'],
	'the table of entries is gone': ['RENAME TABLE ledger_waiting TO ledger_hidden',
		'RENAME TABLE ledger_hidden TO ledger_waiting'],
};

for (const [what, [break_it, mend_it]] of Object.entries(REFUSALS))
	test(`where ${what}, a reveal is 503 and no byte of the identity leaves`, async () => {
		const before = await counts();
		sql(server, break_it);
		let seen;
		try {
			seen = await Promise.all(['phone', 'name'].map((field) =>
				wire({ fields: [field], purpose: '核实' })));
		} finally {
			sql(server, mend_it);
		}
		for (const bytes of seen) {
			assert.match(bytes, /^HTTP\/1\.1 503 /);
			for (const word of CANARY_BYTES)
				assert.ok(!bytes.includes(word), bytes);
		}
		assert.equal(await counts(), before);
	});

test('where the database dies in between, nothing leaves that is not recorded', async () => {
	const before = Number(sql(server, 'SELECT COUNT(*) FROM audit_act WHERE kind = 18')[0][0]);
	const asked = Array.from({ length: 12 }, () => wire(PURPOSE));
	await asked[0];
	server.killDatabase();
	const seen = await Promise.all(asked);
	await server.waitReady();
	const told = seen.filter((bytes) => bytes.includes(CANARY_BYTES[0])).length;
	for (const bytes of seen)
		assert.match(bytes, /^HTTP\/1\.1 (200|503) /);
	const recorded = Number(sql(server, 'SELECT COUNT(*) FROM audit_act WHERE kind = 18')[0][0]);
	assert.ok(recorded - before >= told, `${told} told, ${recorded - before} recorded`);
});

endsCleanly(server);
