/* Hostile text in every body: bytes that are no text, and fields that are not the caller's. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, appealNow, close, complete, contact, leadOf, newKey, register, row, sign,
	taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = row(server, 'L3');
const operator = server.as('operator');
const bytes = (...parts) => Buffer.concat(parts.map((part) =>
	Buffer.isBuffer(part) ? part : Buffer.from(part)));
const count = async () => (await server.as('supervisor').all('/appeals')).length;

function appealWith(title) {
	const [head, tail] = JSON.stringify(anAppeal(where, { title: 'MARK' })).split('MARK');
	return bytes(head, title, tail);
}

const NO_TEXT = [
	['a lone continuation byte', Buffer.from([0x80])],
	['an overlong slash', Buffer.from([0xc0, 0xaf])],
	['an overlong NUL', Buffer.from([0xc0, 0x80])],
	['a surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80])],
	['a code point beyond Unicode', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
	['a cut sequence', Buffer.from([0xe4, 0xb8])],
	['the bytes ff fe', Buffer.from([0xff, 0xfe])],
	['GB 18030 bytes', Buffer.from([0xd6, 0xd0, 0xce, 0xc4])],
	['a NUL byte', Buffer.from([0])],
	['a raw control character', Buffer.from([1])],
	['an escaped NUL', Buffer.from('\\u0000')],
	['a lone high surrogate', Buffer.from('\\ud800')],
	['a lone low surrogate', Buffer.from('a\\udc00b')],
	['surrogates in the wrong order', Buffer.from('\\udc00\\ud800')],
	['a bad escape', Buffer.from('\\x41')],
	['an escaped control character', Buffer.from('\\u0007')],
];

for (const [what, title] of NO_TEXT)
	test(`${what} is refused, stored nowhere and echoed nowhere`, async () => {
		const before = await count();
		const answer = await operator.request('POST', '/appeals',
			{ raw: appealWith(title), expect: [400, 422] });
		assert.match(answer.type, /^application\/problem\+json/);
		assert.doesNotThrow(() => new TextDecoder('utf-8', { fatal: true })
			.decode(answer.bytes), 'the answer is text');
		assert.ok(!answer.text.includes('\0'));
		assert.equal(await count(), before);
	});

test('a pair of escaped surrogates is one character', async () => {
	const answer = await operator.request('POST', '/appeals',
		{ raw: appealWith('\\ud83d\\udea7'), expect: 201 });
	assert.equal(answer.json.title, '🚧');
});

test('a name of ten megabytes, a number of a million digits, a million keys: refused', async () => {
	const before = await count();
	const bodies = [
		`{"${'a'.repeat(10 << 20)}":1}`,
		`{"title":${'1'.repeat(1_000_000)}}`,
		'[' .repeat(100_000),
		`{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
	];
	for (const raw of bodies) {
		const status = await operator.request('POST', '/appeals', { raw })
			.then((answer) => answer.status, (error) => error.code);
		assert.ok([400, 413, 422, 'ECONNRESET', 'EPIPE'].includes(status), String(status));
	}
	const many = `{${Array.from({ length: 2000 }, (_, i) => `"k${i}":1`).join(',')}}`;
	await operator.request('POST', '/appeals', { raw: many, expect: [400, 422] });
	await operator.request('POST', '/appeals', { raw: `{"title":${'1'.repeat(400)}}`,
		expect: [400, 422] });
	await operator.request('POST', '/appeals', { raw: '{"location":{"lat":1e999,"lon":1}}',
		expect: [400, 422] });
	assert.equal(await count(), before);
	await server.anonymous().get('/readyz', { expect: 200 });
});

const NAUGHTY = ['<script>alert(1)</script>', "'; DROP TABLE appeals; --", '${jndi:ldap://x}',
	'=cmd|calc!A1', '%s%n%x', '../../etc/passwd', '\u202eabc', '﷽'.repeat(50), 'ﬁ①Ａ',
	'e\u0301\u0302\u0303'.repeat(30), '\\', '"', '{{7*7}}', 'null', 'true', '0'];

test('texts that look like code are kept as they are', async () => {
	for (const title of NAUGHTY) {
		const appeal = await register(server, where, { title, text: title,
			external_no: newKey() });
		const read = await appealNow(server, appeal.id);
		assert.equal(read.title, title);
		assert.equal(read.text, title);
	}
});

test('hostile words in the address of a request do no harm', async () => {
	for (const word of ["'", '"', '%27%20OR%201=1', '%00', '%0d%0aX-Evil:1', '%ff', '..%2f..',
		'a'.repeat(2000), '%F0%9F%9A%A7']) {
		const answer = await operator.get(`/appeals/${word}`, { expect: [400, 404, 414] });
		assert.equal(answer.headers['x-evil'], undefined);
		await operator.get(`/appeals?q=${word}`, { expect: [200, 400, 414, 422] });
	}
});

/* Every body of the interface, with a target on which it would be legal. */
const BODIES = {
	appeals: async () => [operator, '/appeals', anAppeal(where)],
	search: async () => [operator, '/appeals/search', { phone: '13800001111' }],
	reveal: async () => [operator, `/appeals/${(await register(server, where)).id}/reveal`,
		{ fields: ['phone'], purpose: '核实' }],
	dispatch: async () => [server.as('dispatcher'), `/appeals/${(await register(server,
		{ category: '160101', area: 'A01' })).id}/dispatch`,
	{ department: 'CGJ', assist: [], advice: '请办理' }],
	sign: async () => step('sign', {}, []),
	contact: async () => step('contact', { channel: 'phone', outcome: 'reached', note: '好' },
		[sign]),
	progress: async () => step('progress', { text: '好' }, [sign]),
	complete: async () => step('complete', { result: 'solved', reply: '好', attachments: [] },
		[sign, contact]),
	review: async () => step('review', { pass: true, reason: '好' }, [sign, contact, complete],
		server.as('reviewer')),
	visits: async () => step('visits', { channel: 'phone', reached: true, contacted: true,
		solved: 'yes', result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null,
		note: '' }, [close], server.as('visitor')),
	webhooks: async () => [server.as('admin'), '/webhooks', { department: 'CGJ',
		url: 'http://127.0.0.1:49151/', events: ['*'], format: 'standard' }],
};

async function step(action, body, steps, client) {
	const task = leadOf(await register(server, where));
	for (const one of steps)
		await one(server, task);
	return [client ?? server.department(task.department), `/tasks/${task.id}/${action}`, body,
		task];
}

const FOREIGN = { id: '1', state: 'closed', version: 99, department: 'JTJ', role: 'lead',
	due: '2030-01-01T00:00:00+08:00', by: 'admin', at: MONDAY, round: 7, close: MONDAY,
	__proto: 1, constructor: {}, is_admin: true };

/* Fields of that list that a body does know. */
const OWN = { search: ['state', 'department'] };

for (const [name, make] of Object.entries(BODIES)) {
	test(`${name}: fields that are not the caller's to set are all refused`, async () => {
		const [client, path, body, task] = await make();
		const before = task && await taskNow(server, task);
		const extra = Object.fromEntries(Object.entries(FOREIGN)
			.filter(([field]) => !(field in body) && !(OWN[name] ?? []).includes(field)));
		const answer = await client.post(path, { ...body, ...extra }, { expect: 422 });
		const pointers = answer.json.errors.map((error) => error.pointer);
		for (const field of Object.keys(extra))
			assert.ok(pointers.some((one) => one.endsWith('/' + field)), `${field} of ${pointers}`);
		if (task)
			assert.deepEqual(await taskNow(server, task), before);
		await client.post(path, body, { expect: [200, 201] });
	});

	test(`${name}: a name twice, or no JSON, is 400; wrong types are 422`, async () => {
		const [client, path, body] = await make();
		const first = Object.keys(body)[0] ?? 'x';
		const raws = [`{"${first}":1,"${first}":1}`, '{"a":', '{"a":1}}', '\0{}'];
		for (const raw of raws)
			await client.request('POST', path, { raw, expect: 400 });
		for (const field of Object.keys(body))
			await client.post(path, { ...body, [field]: [[5]] }, { expect: 422 });
		for (const raw of ['[]', '5', '"x"', 'true'])
			await client.request('POST', path, { raw, expect: [400, 422] });
	});
}

endsCleanly(server);
