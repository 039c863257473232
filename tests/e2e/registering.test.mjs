/* Registering an appeal: what is taken, what is answered again, what is refused and how. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { serializeItem } from 'structured-headers';
import { inParallel } from './lib/until.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, appealNow, newKey, register, row, withoutReceipt } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = row(server, 'L3');
const operator = server.as('operator');
const police = server.as('intake', { channel: '110' });
const policeAppeal = (changes = {}) => anAppeal(where, { channel: '110', ...changes });

async function countAll() {
	return (await server.as('supervisor').all('/appeals')).length;
}

/* Sends a body and gives the set of "pointer code" of the 422 it must meet. */
async function complaints(client, body) {
	const answer = await client.register(body, { expect: 422 });
	assert.match(answer.type, /^application\/problem\+json/);
	assert.equal(answer.json.status, 422);
	assert.equal(typeof answer.json.code, 'string');
	for (const error of answer.json.errors)
		assert.ok(error.pointer && error.code && error.detail, JSON.stringify(error));
	return answer.json.errors.map((error) => error.pointer.replace(/^#/, ''));
}

test('an appeal is answered with 201, its place, and itself as it then reads', async () => {
	const body = anAppeal(where, { external_no: `12345-${newKey()}`, address: '中山路 8 号',
		location: { lat: 34.1, lon: 113.9 }, occurred_at: '2026-03-01T20:00:00+08:00' });
	const answer = await operator.register(body, { expect: 201 });
	const appeal = answer.json;

	assert.match(appeal.id, /^LD260302\d{6}$/);
	assert.equal(new URL(answer.headers.location, server.base).pathname,
		`/api/v1/appeals/${appeal.id}`);
	assert.equal(appeal.state, 'dispatched');
	for (const name of ['channel', 'external_no', 'content_class', 'category', 'area', 'title',
		'text', 'address'])
		assert.equal(appeal[name], body[name], name);
	assert.equal(Date.parse(appeal.received_at), Date.parse(MONDAY));
	assert.ok(appeal.version >= 1);
	assert.equal(appeal.tasks.length, 1);
	const read = await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	assert.deepEqual(read.json, withoutReceipt(appeal), 'read back unchanged');
});

test('name and phone are masked in the answer', async () => {
	const appeal = await register(server, where,
		{ caller: { name: '欧阳晓明', phone: '13912345678', secret: true } });
	assert.equal(appeal.caller.phone, '139****5678');
	assert.match(appeal.caller.name, /^欧\*+$/);
	assert.equal(appeal.caller.secret, true);
});

test('the same key and body are answered again byte for byte', async () => {
	const body = policeAppeal({ external_no: `110-${newKey()}` });
	const idem = newKey();
	const first = await police.register(body, { idem, expect: 201 });
	const again = await police.register(body, { idem, expect: 201 });
	assert.equal(first.headers['idempotency-replayed'], undefined);
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.equal(again.text, first.text);
	assert.equal(again.headers.location, first.headers.location);
});

test('a key sent as a structured string is the same key', async () => {
	const body = policeAppeal();
	const idem = newKey();
	const first = await police.register(body, { idem: serializeItem(idem), expect: 201 });
	const again = await police.register(body, { idem, expect: 201 });
	assert.equal(again.text, first.text);
});

test('twenty requests with one key at the same time make one appeal', async () => {
	const before = await countAll();
	const body = policeAppeal();
	const idem = newKey();
	const answers = await inParallel(Array(20).fill(0), 20,
		() => police.register(body, { idem, expect: [201, 409] }));
	const made = answers.filter((answer) => answer.status === 201);
	assert.ok(made.length > 0);
	assert.equal(new Set(made.map((answer) => answer.text)).size, 1);
	assert.equal(await countAll(), before + 1);
});

test('the same key with another body is 422 and leaves the first appeal alone', async () => {
	const idem = newKey();
	const first = await police.register(policeAppeal(), { idem, expect: 201 });
	const before = await countAll();
	const other = await police.register(policeAppeal(), { idem, expect: 422 });
	assert.match(other.json.code, /idempotency/);
	assert.deepEqual(await appealNow(server, first.json.id), withoutReceipt(first.json));
	assert.equal(await countAll(), before);
});

test('the same Idempotency-Key of another client is another key', async () => {
	const idem = newKey();
	const one = await police.register(policeAppeal(), { idem, expect: 201 });
	const two = await server.as('intake', { channel: 'enterprise' }).register(
		anAppeal(where, { channel: 'enterprise' }), { idem, expect: 201 });
	assert.notEqual(one.json.id, two.json.id);
});

test('an intake key must send an Idempotency-Key, others need not', async () => {
	const answer = await police.post('/appeals', policeAppeal(), { expect: [400, 422] });
	assert.match(answer.json.code, /idempotency/);
	await operator.post('/appeals', anAppeal(where), { expect: 201 });
});

test('an Idempotency-Key that is too short or too long is refused', async () => {
	for (const idem of ['short', 'x'.repeat(129)])
		await police.register(policeAppeal(), { idem, expect: [400, 422] });
});

test('a known external number with the same content gives the appeal that exists', async () => {
	const body = policeAppeal({ external_no: `110-${newKey()}` });
	const first = await police.register(body, { expect: 201 });
	const again = await police.register(body, { expect: 200 });
	assert.equal(again.json.id, first.json.id);
	assert.deepEqual(again.json, withoutReceipt(first.json));
});

test('a known external number with other content is 409', async () => {
	const body = policeAppeal({ external_no: `110-${newKey()}` });
	const first = await police.register(body, { expect: 201 });
	await police.register({ ...body, text: '别的内容' }, { expect: 409 });
	assert.deepEqual(await appealNow(server, first.json.id), withoutReceipt(first.json));
});

test('an external number is kept as its sender writes it, and is unique as such', async () => {
	const external_no = `云公函〔2026〕${newKey().slice(0, 8)} 号`;
	const body = policeAppeal({ external_no, enterprise: { uscc: '91990108MA0000000X',
		name: '云河纺织' } });
	const first = await police.register(body, { expect: 201 });
	const again = await police.register(body, { expect: 200 });
	assert.equal(first.json.external_no, external_no);
	assert.equal(again.json.id, first.json.id);
});

test('the same external number on another channel is another appeal', async () => {
	const external_no = newKey();
	const one = await register(server, where, { channel: '110', external_no });
	const two = await register(server, where, { channel: 'web', external_no });
	assert.notEqual(one.id, two.id);
});

test('appeals that look alike are never merged', async () => {
	const body = anAppeal(where);
	const one = await operator.register(body, { expect: 201 });
	const two = await operator.register(body, { expect: 201 });
	assert.notEqual(one.json.id, two.json.id);
	assert.equal(two.json.tasks.length, 1);
});

test('an intake key registers its own channel only', async () => {
	await police.register(anAppeal(where, { channel: '12345' }), { expect: 403 });
	await server.as('intake', { channel: 'enterprise' })
		.register(policeAppeal(), { expect: 403 });
});

test('an intake key reads its own appeals and no others', async () => {
	const enterprise = server.as('intake', { channel: 'enterprise' });
	const own = (await police.register(policeAppeal(), { expect: 201 })).json;
	const other = (await enterprise.register(anAppeal(where, { channel: 'enterprise' }),
		{ expect: 201 })).json;
	assert.deepEqual((await police.get(`/appeals/${own.id}`, { expect: 200 })).json,
		withoutReceipt(own));
	await police.get(`/appeals/${other.id}`, { expect: [403, 404] });
	const list = await police.get('/appeals?limit=200', { expect: [200, 403] });
	for (const one of list.json.items ?? [])
		assert.equal(one.channel, '110');
});

test('an operator registers on every channel', async () => {
	for (const channel of ['110', '12345', 'enterprise', 'window', 'web', 'app', 'letter',
		'leader'])
		await operator.register(anAppeal(where, { channel }), { expect: 201 });
});

test('every bad field is told at once, by its pointer', async () => {
	const found = await complaints(operator, { channel: 'fax', content_class: 'help',
		category: '9999', area: 'Z99', title: ' ', urgent: 'yes', id: 'LD1', colour: 'red',
		caller: { phone: 13800001111, age: 7 } });
	for (const pointer of ['/channel', '/category', '/area', '/title', '/text', '/urgent',
		'/id', '/colour', '/caller/phone', '/caller/age'])
		assert.ok(found.includes(pointer), `${pointer} in ${found}`);
});

test('each required field is missed', async () => {
	const found = await complaints(operator, {});
	for (const name of ['channel', 'content_class', 'category', 'area', 'title', 'text'])
		assert.ok(found.includes('/' + name), `${name} in ${found}`);
});

const REFUSED = [
	['an unknown field', { colour: 'red' }, '/colour'],
	['an unknown field of the caller', { caller: { name: '王', age: 3 } }, '/caller/age'],
	['a read-only field', { state: 'closed' }, '/state'],
	['the time of receipt', { received_at: MONDAY }, '/received_at'],
	['tasks', { tasks: [] }, '/tasks'],
	['a number for a text', { title: 5 }, '/title'],
	['a text for a flag', { urgent: 'true' }, '/urgent'],
	['a list for an object', { caller: [] }, '/caller'],
	['an unknown channel', { channel: 'fax' }, '/channel'],
	['an unknown content class', { content_class: 'rant' }, '/content_class'],
	['an unknown category', { category: '999999' }, '/category'],
	['an unknown area', { area: 'Z99' }, '/area'],
	['an unknown accused department', { accused: { department: 'NOPE' } },
		'/accused/department'],
	['an empty title', { title: '' }, '/title'],
	['a blank text', { text: ' \n\t ' }, '/text'],
	['a title with a line break', { title: '一\n二' }, '/title'],
	['a text of 10,001 characters', { text: '字'.repeat(10_001) }, '/text'],
	['a time without zone', { occurred_at: '2026-03-01T20:00:00' }, '/occurred_at'],
	['a time that does not exist', { occurred_at: '2026-02-30T20:00:00+08:00' },
		'/occurred_at'],
	['a latitude of 91', { location: { lat: 91, lon: 113 } }, '/location/lat'],
	['null for a required text', { title: null }, '/title'],
];

for (const [what, changes, pointer] of REFUSED)
	test(`${what} is refused with 422 at ${pointer}`, async () => {
		const found = await complaints(operator, anAppeal(where, changes));
		assert.ok(found.some((one) => one.startsWith(pointer)), `${pointer} in ${found}`);
	});

test('a text of exactly 10,000 characters is taken whole', async () => {
	const text = '字'.repeat(10_000);
	const appeal = await register(server, where, { text });
	assert.equal(appeal.text, text);
});

test('characters beyond the first plane come back as they went in', async () => {
	const title = '𠮷野家门口 🚧 “引号” \\ / <script>';
	const appeal = await register(server, where, { title });
	assert.equal(appeal.title, title);
});

const MALFORMED = ['', '{', 'null', '[]', '"x"', '{"channel":}', '{"a":1,}', '{"title":"a"} x',
	"{'title':'a'}", '{"title":"a\nb"}', '{"n":01}', '{"n":NaN}', '\ufeff{}'];

for (const raw of MALFORMED)
	test(`the malformed body ${JSON.stringify(raw)} is refused and stores nothing`, async () => {
		const before = await countAll();
		const expect = ['', 'null', '[]', '"x"'].includes(raw) ? [400, 422] : 400;
		await operator.request('POST', '/appeals', { raw, expect });
		assert.equal(await countAll(), before);
	});

test('a name given twice is 400', async () => {
	const body = JSON.stringify(anAppeal(where));
	const twice = body.replace('{', '{"title":"first",');
	await operator.request('POST', '/appeals', { raw: twice, expect: 400 });
	const nested = body.replace('"caller":{', '"caller":{"name":"a",');
	await operator.request('POST', '/appeals', { raw: nested, expect: 400 });
});

test('nesting of 33 levels is 400, a body over 256 KiB is 413', async () => {
	const deep = '{"caller":'.repeat(33) + '{}' + '}'.repeat(33);
	await operator.request('POST', '/appeals', { raw: deep, expect: [400, 422] });
	const raw = JSON.stringify(anAppeal(where, { text: 'x'.repeat(256 * 1024) }));
	await operator.request('POST', '/appeals', { raw, expect: 413 });
});

test('a body that is not declared as JSON is 415', async () => {
	for (const type of ['text/plain', 'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x'])
		await operator.request('POST', '/appeals', { raw: JSON.stringify(anAppeal(where)),
			headers: { 'content-type': type }, expect: 415 });
});

test('what was refused left no appeal behind', async () => {
	const before = await countAll();
	await operator.register({ ...anAppeal(where), colour: 'red' }, { expect: 422 });
	await police.register(anAppeal(where), { expect: 403 });
	assert.equal(await countAll(), before);
});

test('what was answered with 201 is there after kill -9, and its key is still known', async () => {
	const idem = newKey();
	const body = policeAppeal({ external_no: newKey() });
	const first = await police.register(body, { idem, expect: 201 });
	await server.kill();
	await server.restart();
	const again = await police.register(body, { idem, expect: 201 });
	assert.equal(again.text, first.text);
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.deepEqual(await appealNow(server, first.json.id), withoutReceipt(first.json));
});

endsCleanly(server);
