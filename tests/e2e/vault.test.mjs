/*
 * What is kept of a caller: which fields, who sees how much of them and of the place, how they lie
 * on disk by both profiles (opened by programs no one here wrote), and that text and caller of the
 * ledger's commitments are those that are kept.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { sql } from './lib/database.mjs';
import { dataKeysOf, idOf, indexOf, openRecord, sealOld } from './lib/envelope.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { appealNow, leadOf, register, revealed, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const operator = server.as('operator');
const CALLER = { name: '王小明', phone: '138 0000 1111', id_number: '11010519491231002x',
	address: '云河区庙后巷7号院3-501' };
const PLACE = '滨河路东段88号';
const LOCATION = { lat: 34.123456, lon: 113.987654 };
const one = await register(server, where, { caller: CALLER, address: PLACE, location: LOCATION,
	accused: { person: '赵某某' } });
const ROLES = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor'];
const EXACT = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor'];

test('name, phone, id number and address are masked in the answer and in every list', async () => {
	const masked = { name: '王**', phone: '138****1111', id_number: '1****************X',
		address: '云河区庙后巷*', erased: false, anonymous: false, secret: false,
		visit_wanted: true };
	assert.deepEqual(one.caller, masked);
	for (const role of ROLES) {
		assert.deepEqual((await server.as(role).get(`/appeals/${one.id}`)).json.caller, masked);
		const page = (await server.as(role).get('/appeals', { expect: 200 })).json;
		assert.deepEqual(page.items.find((item) => item.id === one.id).caller, masked, role);
	}
	const found = await operator.post('/appeals/search', { phone: CALLER.phone }, { expect: 200 });
	assert.deepEqual(found.json.items.map((item) => item.caller), [masked]);
});

test('a secret caller is nobody to the department', async () => {
	const secret = await register(server, where, { caller: { ...CALLER, secret: true } });
	const { caller } = (await server.department('CGJ').get(`/appeals/${secret.id}`)).json;
	assert.deepEqual(caller, { name: null, phone: null, id_number: null, address: null,
		erased: false, anonymous: false, secret: true, visit_wanted: true });
});

test('a wrong id number is refused by its field, and not repeated', async () => {
	for (const id_number of ['110105194912310021', '12345678', '11010519491331002X', '王小明王小明']) {
		const answer = await operator.register({ channel: '12345', content_class: 'help',
			category: where.category, area: where.area, title: 'x', text: 'x',
			caller: { id_number } }, { expect: 422 });
		assert.deepEqual(answer.json.errors.map(({ pointer, code }) => [pointer, code]),
			[['#/caller/id_number', 'bad_id_number']]);
		assert.ok(!answer.text.includes(id_number));
	}
	await register(server, where, { caller: { id_number: 'e 1234-5678' } });
});

test('an anonymous caller has no id number and no address either', async () => {
	for (const more of [{ id_number: 'E12345678' }, { address: '庙后巷7号' }]) {
		const answer = await operator.register({ channel: '12345', content_class: 'help',
			category: where.category, area: where.area, title: 'x', text: 'x',
			caller: { anonymous: true, ...more } }, { expect: 422 });
		assert.equal(answer.json.errors[0].code, 'contradiction');
	}
});

test('an operator reveals them; a visitor does not', async () => {
	const clear = await revealed(operator, one.id, ['id_number', 'address']);
	assert.deepEqual(clear, { id_number: '11010519491231002X', address: CALLER.address });
	for (const field of ['id_number', 'address'])
		await server.as('visitor').post(`/appeals/${one.id}/reveal`,
			{ fields: [field], purpose: '核实身份' }, { expect: 403 });
});

test('who goes there or judges it sees the exact place, others its street', async () => {
	for (const role of ROLES) {
		const { address, location } = (await server.as(role).get(`/appeals/${one.id}`)).json;
		assert.deepEqual([address, location], EXACT.includes(role) ? [PLACE, LOCATION] :
			['滨河路*', { lat: 34.12, lon: 113.98 }], role);
		const task = (await server.as(role).get(`/tasks/${leadOf(one).id}`)).json;
		assert.equal(task.address, EXACT.includes(role) ? PLACE : '滨河路*', role);
	}
	const own = server.department('CGJ');
	assert.equal((await own.get(`/appeals/${one.id}`)).json.address, PLACE);
	const list = (await own.get('/tasks', { expect: 200 })).json.items;
	assert.equal(list.find((task) => task.appeal === one.id).address, PLACE);
	await server.department('JTJ').get(`/appeals/${one.id}`, { expect: 404 });
});

test('the same address is a hint whatever its width of letters, a street alone is none', async () => {
	const asked = async (address) => (await operator.post('/appeals/hints', { address,
		category: where.category, area: where.area }, { expect: 200 })).json.items
		.filter((item) => item.appeal.id === one.id).flatMap((item) => item.reasons);
	assert.ok((await asked(PLACE)).includes('same_place'));
	assert.ok((await asked('滨河路东段８８号')).includes('same_place'));
	assert.ok(!(await asked('滨河路')).includes('same_place'));
});

test('words find the street of a place and not its number', async () => {
	const titles = async (q) => (await operator.get(`/appeals?q=${encodeURIComponent(q)}`,
		{ expect: 200 })).json.items.map((item) => item.id);
	assert.ok((await titles('滨河路')).includes(one.id));
	assert.deepEqual(await titles('东段88号'), []);
});

/* ---- on disk ---- */

function assertOpens(opened, caller) {
	assert.equal(opened.name, caller.name);
	assert.equal(opened.phone, caller.phone.replaceAll(' ', ''));
	assert.equal(opened.id_number, caller.id_number.toUpperCase());
	assert.equal(opened.address, caller.address);
	assert.equal(opened.accused_person, '赵某某');
	assert.equal(opened.place, PLACE);
	assert.equal(opened.salt.length, 32);
}

test('node opens the record with the key file alone: AES-256-GCM and HKDF', () => {
	assertOpens(openRecord(server, one.id), CALLER);
	assert.deepEqual(openRecord(server, one.id).location, [34123456, 113987654]);
	const [[index]] = sql(server, `SELECT HEX(phone_index) FROM callers_caller
		WHERE appeal_id = ${idOf(one.id)}`);
	assert.equal(index, indexOf(dataKeysOf(server).get(0), 'phone', '13800001111'));
});

test('a value that was changed or moved to another row opens for nobody', async () => {
	const [first, second] = [await register(server, where, { caller: CALLER }),
		await register(server, where, { caller: CALLER })].map((appeal) => appeal.id);
	const [a, b] = [first, second].map(idOf);
	sql(server, `UPDATE callers_caller a JOIN callers_caller b ON b.appeal_id = ${b}
		SET a.record_key = b.record_key, a.name_sealed = b.name_sealed WHERE a.appeal_id = ${a}`);
	assert.throws(() => openRecord(server, first));
	const answer = await operator.get(`/appeals/${first}`);
	assert.equal(answer.status, 500);
	assert.ok(!answer.text.includes(CALLER.name));
	sql(server, `DELETE FROM callers_caller WHERE appeal_id = ${a}`);
});

test('no exact address stands in the table of what was registered', () => {
	const rows = sql(server, 'SELECT DISTINCT address FROM intake_appeal');
	assert.ok(rows.some(([address]) => address === '滨河路*'));
	assert.ok(!rows.some(([address]) => /88/.test(address)));
	assert.deepEqual(sql(server, `SELECT DISTINCT latitude, longitude FROM intake_appeal
		WHERE has_location = 1`), [['34120000', '113980000']], 'nor an exact position');
});

test('all that was committed to is what is kept, and a changed id number is told', () => {
	const good = server.command(['ledger', 'check'], { expect: 0 });
	assert.match(good.stdout, /\d+ appeals, 0 changed, 1 erased/);
	const id = idOf(one.id);
	sql(server, `CREATE TABLE test_kept AS SELECT * FROM callers_caller WHERE appeal_id = ${id};
		UPDATE callers_caller SET id_number_sealed = NULL WHERE appeal_id = ${id}`);
	const bad = server.command(['ledger', 'check'], { expect: 1 });
	assert.match(bad.stdout, new RegExp(`appeal ${one.id}: the caller was changed`));
	sql(server, `UPDATE callers_caller c JOIN test_kept k USING (appeal_id)
		SET c.id_number_sealed = k.id_number_sealed; DROP TABLE test_kept`);
	server.command(['ledger', 'check'], { expect: 0 });
});

test('a history that is imported brings its caller and its place under seal', async () => {
	const file = `${server.dir}/history.jsonl`;
	fs.writeFileSync(file, JSON.stringify({ channel: 'web', external_no: 'H-1', title: '路灯不亮',
		text: '三天不亮', category: where.category, area: where.area, content_class: 'help',
		department: 'CGJ', limit_class: 'L3', received_at: '2026-02-02T09:00:00+08:00',
		address: PLACE, caller: CALLER,
		events: [{ at: '2026-02-02T10:00:00+08:00', type: 'sign' }] }) + '\n');
	server.command(['import', file], { expect: 0 });
	const [[id]] = sql(server, `SELECT id FROM intake_appeal WHERE external_no = 'H-1'`);
	const opened = openRecord(server, `LD${id}`);
	assert.deepEqual([opened.phone, opened.id_number, opened.place],
		['13800001111', '11010519491231002X', PLACE]);
	const bad = `${server.dir}/bad.jsonl`;
	fs.writeFileSync(bad, fs.readFileSync(file, 'utf8').replace('H-1', 'H-2')
		.replace('002x', '0021'));
	assert.match(server.command(['import', bad]).stderr, /caller\/id_number/);
});

/* ---- rows from before ---- */

test('a row that a line of the key file sealed itself is read, and sealed anew by itself', async () => {
	const { id: reference } = await register(server, where, { address: PLACE, location: LOCATION,
		caller: { name: CALLER.name, phone: CALLER.phone } });
	const id = idOf(reference);
	const { salt } = openRecord(server, reference);
	const old = (column, text) => `${column}_sealed = 0x${sealOld(server, 1,
		`callers_caller/${column}/${id}`, text).toString('hex')}`;
	/* So that it can be looked at before the job comes by. */
	sql(server, `INSERT INTO server_lease VALUES ('vault.renew', 1, 1, 4102444800000000)
		ON DUPLICATE KEY UPDATE holder = 1, held_until = 4102444800000000`);
	sql(server, `UPDATE intake_appeal SET address = '${PLACE}', latitude = 34123456,
		longitude = 113987654 WHERE id = ${id};
		UPDATE callers_caller SET record_key = NULL, key_id = 0, place_sealed = NULL,
		location_sealed = NULL, place_index = NULL, phone_tail = 0, ${old('name', CALLER.name)},
		${old('phone', '13800001111')}, ${old('salt', salt)} WHERE appeal_id = ${id}`);
	const shown = async () => {
		const { caller, address } = await appealNow(server, reference);
		return [caller.name, caller.phone, address];
	};
	assert.deepEqual(await shown(), ['王**', '138****1111', PLACE]);
	assert.equal((await server.as('auditor').get(`/appeals/${reference}`)).json.address, '滨河路*');
	server.command(['ledger', 'check'], { expect: 0 });
	sql(server, `UPDATE server_lease SET held_until = 0 WHERE name = 'vault.renew'`);
	await until(() => sql(server, 'SELECT 1 FROM callers_caller WHERE key_id = 0').length === 0,
		{ what: 'the row to be sealed anew' });
	assert.deepEqual(await shown(), ['王**', '138****1111', PLACE]);
	const opened = openRecord(server, reference);
	assert.deepEqual([opened.name, opened.phone, opened.place, opened.location, opened.salt],
		[CALLER.name, '13800001111', PLACE, [34123456, 113987654], salt]);
	assert.deepEqual(sql(server, `SELECT address, latitude, longitude FROM intake_appeal
		WHERE id = ${id}`)[0], ['滨河路*', '34120000', '113980000']);
	server.command(['ledger', 'check'], { expect: 0 });
	const tail = await operator.post('/appeals/search', { phone_tail: '1111' }, { expect: 200 });
	assert.ok(tail.json.items.some((item) => item.id === reference));
});

test('a position of before is read, and sealed by itself under the key of its record', async () => {
	const { id: reference } = await register(server, where, { address: PLACE, location: LOCATION });
	const id = idOf(reference);
	sql(server, `UPDATE callers_caller SET location_sealed = NULL WHERE appeal_id = ${id};
		UPDATE intake_appeal SET latitude = 34123456, longitude = 113987654 WHERE id = ${id}`);
	assert.deepEqual((await appealNow(server, reference)).location, LOCATION);
	server.command(['ledger', 'check'], { expect: 0 });
	sql(server, `INSERT INTO callers_position VALUES (${id})`);
	await until(() => sql(server, 'SELECT appeal_id FROM callers_position').length === 0,
		{ what: 'the position to be sealed' });
	assert.deepEqual(openRecord(server, reference).location, [34123456, 113987654]);
	assert.deepEqual(sql(server, `SELECT latitude, longitude FROM intake_appeal WHERE id = ${id}`),
		[['34120000', '113980000']]);
	assert.deepEqual((await appealNow(server, reference)).location, LOCATION);
	server.command(['ledger', 'check'], { expect: 0 });
});

/* ---- the other profile ---- */

test('with the gm profile new values are SM4 and HMAC-SM3, and old ones stay readable', async () => {
	await server.stop();
	server.options.env = { LIANDONG_CRYPTO_PROFILE: 'gm' };
	await server.restart();
	const made = await register(server, where, { caller: CALLER, address: PLACE,
		accused: { person: '赵某某' } });
	const [[algorithm]] = sql(server, `SELECT HEX(SUBSTRING(name_sealed, 1, 2)) FROM callers_caller
		WHERE appeal_id = ${idOf(made.id)}`);
	assert.equal(algorithm, '0202');
	assertOpens(openRecord(server, made.id), CALLER);
	assert.equal((await appealNow(server, made.id)).caller.name, '王**');
	assert.equal((await appealNow(server, one.id)).caller.name, '王**');
	const clear = await operator.post(`/appeals/${made.id}/reveal`,
		{ fields: ['id_number'], purpose: '核实身份' }, { expect: 200 });
	assert.equal(clear.json.id_number, '11010519491231002X');
	server.command(['ledger', 'check'], { expect: 0 });
});

endsCleanly(server);
