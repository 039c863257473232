/*
 * Requests that two parsers could read in two ways. Each is refused with 400 and the
 * connection closed, so that nothing behind it is ever taken for a request; valid
 * neighbours show that the guard does not simply refuse everything.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import tls from 'node:tls';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';

const server = await startServer({ clock: MONDAY });
const HOST = `Host: 127.0.0.1:${server.port}`;
const SMUGGLED = `GET /livez HTTP/1.1\r\n${HOST}\r\nX-Smuggled: 1\r\n\r\n`;

/* Sends bytes as they are; gives all that came back until the server closed the connection. */
function exchange(bytes, { ms = 20_000 } = {}) {
	return new Promise((resolve, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca,
			ALPNProtocols: ['http/1.1'] }, () => socket.write(Buffer.from(bytes, 'latin1')));
		const parts = [];
		const timer = setTimeout(() => {
			socket.destroy();
			resolve({ text: Buffer.concat(parts).toString('latin1'), is_closed: false });
		}, ms);
		socket.on('data', (part) => parts.push(part));
		socket.on('error', (error) => error.code !== 'ECONNRESET' && error.code !== 'EPIPE' &&
			reject(error));
		socket.on('close', () => {
			clearTimeout(timer);
			resolve({ text: Buffer.concat(parts).toString('latin1'), is_closed: true });
		});
	});
}

const statuses = (text) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((one) => Number(one[1]));
const post = (headers, body = '', path = '/api/v1/session') =>
	`POST ${path} HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
const get = (headers = '', path = '/livez', line = null) =>
	`${line ?? `GET ${path} HTTP/1.1`}\r\n${HOST}\r\n${headers}\r\n`;
const chunked = (body) => post('Transfer-Encoding: chunked\r\n', body);

/* What a lax parser accepts, one way or another. */
const REFUSED = [
	['two equal Content-Length', post('Content-Length: 2\r\nContent-Length: 2\r\n', '{}')],
	['two different Content-Length', post('Content-Length: 2\r\nContent-Length: 60\r\n', '{}')],
	['a Content-Length with a sign', post('Content-Length: +2\r\n', '{}')],
	['a list of lengths', post('Content-Length: 2, 2\r\n', '{}')],
	['a negative length', post('Content-Length: -1\r\n', '{}')],
	['a hexadecimal length', post('Content-Length: 0x2\r\n', '{}')],
	['a length with junk', post('Content-Length: 2abc\r\n', '{}')],
	['an empty length', post('Content-Length: \r\n', '{}')],
	['Content-Length with Transfer-Encoding',
		post('Content-Length: 7\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n')],
	['Transfer-Encoding with Content-Length',
		post('Transfer-Encoding: chunked\r\nContent-Length: 7\r\n', '2\r\n{}\r\n0\r\n\r\n')],
	['two Transfer-Encoding', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n',
		'0\r\n\r\n')],
	['Transfer-Encoding xchunked', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
	['Transfer-Encoding gzip, chunked', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
	['Transfer-Encoding chunked;q=1', post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
	['Transfer-Encoding identity', post('Transfer-Encoding: identity\r\n')],
	['a blank before the colon', post('Transfer-Encoding : chunked\r\nContent-Length: 2\r\n',
		'{}')],
	['Transfer-Encoding in HTTP/1.0', 'POST /api/v1/session HTTP/1.0\r\n' + HOST +
		'\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
	['a chunk size 0x2', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
	['a chunk size +2', chunked('+2\r\n{}\r\n0\r\n\r\n')],
	['a chunk size after a blank', chunked(' 2\r\n{}\r\n0\r\n\r\n')],
	['a chunk size -0', chunked('-0\r\n\r\n')],
	['a chunk size with junk', chunked('2 junk\r\n{}\r\n0\r\n\r\n')],
	['a chunk line ended by LF alone', chunked('2\n{}\r\n0\r\n\r\n')],
	['chunk data without CRLF', chunked('2\r\n{}0\r\n\r\n')],
	['a chunk of sixteen f', chunked('f'.repeat(16) + '\r\n{}\r\n')],
	['a trailer', chunked('2\r\n{}\r\n0\r\nX-Late: 1\r\n\r\n')],
	['a folded header', get('X-A: 1\r\n 2\r\n')],
	['a folded first header', `GET /livez HTTP/1.1\r\n ${HOST}\r\n\r\n`],
	['LF for CRLF in the head', `GET /livez HTTP/1.1\n${HOST}\n\n`],
	['LF for CRLF in one header', `GET /livez HTTP/1.1\r\nX-A: 1\n${HOST}\r\n\r\n`],
	['a bare CR in a value', get('X-A: 1\r2\r\n')],
	['NUL in a value', get('X-A: 1\x002\r\n')],
	['a line that starts with NUL', get('\x00\r\n')],
	['NUL in a name', get('X\x00A: 1\r\n')],
	['NUL in the request line', get('', '', 'GET /livez\x00 HTTP/1.1')],
	['an empty name', get(': 1\r\n')],
	['a blank in a name', get('X A: 1\r\n')],
	['a control character in a name', get('X\x01A: 1\r\n')],
	['0xff in a name', get('X\xffA: 1\r\n')],
	['a control character in a value', get('X-A: a\x01b\r\n')],
	['a line without colon', get('nonsense\r\n')],
	['no Host', 'GET /livez HTTP/1.1\r\n\r\n'],
	['two Hosts', get(`${HOST}\r\n`)],
	['a Host with a path', 'GET /livez HTTP/1.1\r\nHost: a/../<script>\r\n\r\n'],
	['an absolute form', get('', '', `GET https://evil.example/livez HTTP/1.1`)],
	['GET *', get('', '', 'GET * HTTP/1.1')],
	['no leading slash', get('', '', 'GET livez HTTP/1.1')],
	['a control character in the target', get('', '/livez\x01')],
	['0x80 in the target', get('', '/livez\x80')],
	['a blank in the target', get('', '', 'GET /live z HTTP/1.1')],
	['a tab between the words', get('', '', 'GET\t/livez\tHTTP/1.1')],
	['two blanks between the words', get('', '', 'GET  /livez HTTP/1.1')],
	['HTTP/1.9', get('', '', 'GET /livez HTTP/1.9')],
	['HTTP/01.1', get('', '', 'GET /livez HTTP/01.1')],
	['HTTP/2.0', get('', '', 'GET /livez HTTP/2.0')],
	['HTTP/1.1junk', get('', '', 'GET /livez HTTP/1.1junk')],
	['a request line without version', 'GET /livez\r\n\r\n'],
	['HEAD with a body', `HEAD /livez HTTP/1.1\r\n${HOST}\r\nContent-Length: ` +
		`${SMUGGLED.length}\r\n\r\n`],
	['GET with a body', `GET /livez HTTP/1.1\r\n${HOST}\r\nContent-Length: ` +
		`${SMUGGLED.length}\r\n\r\n`],
	['GET with a chunked body', get('Transfer-Encoding: chunked\r\n') + '0\r\n\r\n'],
	['an empty line first', '\r\n' + get()],
	['a header of 64 KiB', get(`X-A: ${'a'.repeat(65_536)}\r\n`)],
	['five thousand headers', get('X-A: 1\r\n'.repeat(5000))],
];
/* Larger than what is read, or a NUL cut: these may also be told by their own status. */
const OTHER_STATUS = { 'a chunk of sixteen f': [413], 'a header of 64 KiB': [431, 413],
	'five thousand headers': [431, 413], 'HTTP/2.0': [505], 'HTTP/1.9': [505],
	'a negative length': [], 'Transfer-Encoding identity': [411, 501] };

for (const [what, bytes] of REFUSED)
	test(`${what} is refused and the connection closed`, async () => {
		const { text, is_closed } = await exchange(bytes + SMUGGLED);
		const found = statuses(text);
		assert.ok(is_closed, `closed; got ${text.slice(0, 200)}`);
		assert.equal(found.length, 1, `one answer: ${text.slice(0, 300)}`);
		assert.ok([400, ...(OTHER_STATUS[what] ?? [])].includes(found[0]), `400, got ${found}`);
		assert.ok(!/X-Smuggled/i.test(text));
	});

test('a POST without any length is refused and what follows is not read', async () => {
	const { text, is_closed } = await exchange(post('') + SMUGGLED);
	assert.deepEqual(statuses(text).filter((one) => one < 400), []);
	assert.ok([400, 411].includes(statuses(text)[0]), text.slice(0, 200));
	assert.ok(is_closed);
});

test('methods that are not ours are refused', async () => {
	for (const method of ['TRACE', 'CONNECT', 'PATCH', 'OPTIONS', 'get', 'FOO']) {
		const { text } = await exchange(get('Connection: close\r\n', '',
			`${method} /livez HTTP/1.1`));
		assert.ok([400, 405, 501].includes(statuses(text)[0]), `${method}: ${text.slice(0, 100)}`);
	}
});

test('good requests pass: chunked bodies, pipelines, keep-alive, odd but legal headers', async () => {
	const close = get('Connection: close\r\n');
	assert.deepEqual(statuses((await exchange(get() + get() + close)).text), [200, 200, 200]);
	const body = '{"login":"nobody","password":"nothing"}';
	const halves = `${(10).toString(16)}\r\n${body.slice(0, 10)}\r\n` +
		`${(body.length - 10).toString(16)}\r\n${body.slice(10)}\r\n0\r\n\r\n`;
	const sent = post(`Transfer-Encoding: chunked\r\nOrigin: ${server.base}\r\n`, halves);
	assert.deepEqual(statuses((await exchange(sent + close)).text), [401, 200]);
	assert.deepEqual(statuses((await exchange(get('X-A:1\r\nX-B: \t a \t\r\nX_C: 1\r\n') +
		close)).text), [200, 200]);
	assert.deepEqual(statuses((await exchange(`HEAD /livez HTTP/1.1\r\n${HOST}\r\n\r\n` +
		close)).text), [200, 200]);
});

test('a request cut anywhere leaves the server well', async () => {
	const whole = post('Content-Length: 2\r\n', '{}');
	for (let n = 1; n < whole.length; n += 7)
		await new Promise((resolve) => {
			const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca },
				() => socket.write(whole.slice(0, n), () => socket.destroy()));
			socket.on('close', resolve);
			socket.on('error', () => {});
		});
	await server.anonymous().get('/readyz', { expect: 200 });
});

endsCleanly(server);
