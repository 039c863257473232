/*
 * How connections end. Whoever is refused can read why, over TLS and to the last byte; whoever
 * is slow, greedy or gone costs nobody else anything. After every scene a probe is answered.
 *
 * With LIANDONG_ACCESS (the path of an access.json) the server of that file is used, else one
 * is started.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import test from 'node:test';
import tls from 'node:tls';
import { slowness } from './lib/until.mjs';

async function findServer() {
	if (!process.env.LIANDONG_ACCESS) {
		const lib = await import('./lib/server.mjs');
		const started = await lib.startServer();
		return { port: started.port, ca: started.ca, end: () => lib.endsCleanly(started) };
	}
	const access = JSON.parse(fs.readFileSync(process.env.LIANDONG_ACCESS, 'utf8'));
	return { port: Number(new URL(access.base_url).port), end: () => {},
		ca: fs.readFileSync(access.ca_file) };
}

const server = await findServer();
const HOST = `Host: 127.0.0.1:${server.port}\r\n`;
const GET = `GET /livez HTTP/1.1\r\n${HOST}\r\n`;
const POST = `POST /api/v1/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const MIB = 1024 * 1024;

/*
 * One connection: what came back, whether it ended in order (close_notify and FIN) and any
 * error. `play` may write; the promise ends when the server has closed, or after `ms`.
 */
function converse(play, { ms = 20_000, options = {} } = {}) {
	return new Promise((resolve) => {
		const raw = net.connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
		const socket = tls.connect({ socket: raw, host: '127.0.0.1', ca: server.ca,
			allowHalfOpen: true, ...options });
		raw.on('error', () => {});
		const result = { text: '', has_ended: false, error: null, is_late: false };
		const timer = setTimeout(() => {
			result.is_late = true;
			socket.destroy();
		}, ms);
		socket.on('data', (part) => { result.text += part.toString('latin1'); });
		socket.on('end', () => {
			result.has_ended = true;
			socket.end();
		});
		socket.on('error', (error) => { result.error = error.code ?? error.message; });
		const finish = () => {
			clearTimeout(timer);
			resolve(result);
		};
		socket.on('close', finish);
		/* Node.js 18 never closes a TLS socket when the one below it was reset. */
		raw.on('close', () => setImmediate(() => {
			socket.destroy();
			finish();
		}));
		socket.on('secureConnect', () => play(socket, raw));
	});
}

const send = (bytes, options) =>
	converse((socket) => socket.write(Buffer.from(bytes, 'latin1')), options);
const statuses = (text) =>
	[...text.matchAll(/(?:^|\n|})HTTP\/1\.1 (\d{3}) /g)].map((one) => Number(one[1]));

async function probe() {
	const { text } = await send(GET.replace(HOST, `${HOST}Connection: close\r\n`));
	assert.deepEqual(statuses(text), [200]);
}

/* The answer is whole, of the announced length, and the last thing on the connection. */
function assertWhole(text, status) {
	const at = text.lastIndexOf(`HTTP/1.1 ${status} `);
	assert.ok(at >= 0, `${status}, got ${text.slice(0, 200)}`);
	const [head, body] = text.slice(at).split('\r\n\r\n');
	assert.match(head, /\r\nConnection: close/i);
	assert.match(head, /\r\nContent-Type: application\/problem\+json/i);
	assert.equal(Number(/Content-Length: (\d+)/i.exec(head)[1]), body.length);
	const problem = JSON.parse(body);
	assert.equal(problem.status, status);
	assert.ok(problem.code && problem.title && problem.detail);
}

const REFUSED = [
	['in the request line', 'GET /livez HTTP/1.9\r\n', 400],
	['in a field', `GET /livez HTTP/1.1\r\n${HOST}X-A: a\0b\r\n\r\n`, 400],
	['by two lengths', `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, 400],
	['in the middle of chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0x2\r\n`, 400],
	['for its length', `${POST}Content-Length: ${64 * MIB}\r\n\r\n`, 413],
	['for the length of its chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n10000000\r\n`, 413],
	['for want of a length', `${POST}\r\n`, 411],
	['for its method', `TRACE /livez HTTP/1.1\r\n${HOST}\r\n`, 501],
	['for its expectation', `${POST}Expect: nothing\r\nContent-Length: 0\r\n\r\n`, 417],
];

for (const version of ['TLSv1.2', 'TLSv1.3'])
	for (const [where, bytes, status] of REFUSED)
		test(`${version}: who is refused ${where} reads ${status} and a proper end`, async () => {
			const options = { minVersion: version, maxVersion: version };
			const result = await send(bytes, { options });
			assert.equal(result.error, null);
			assert.ok(result.has_ended, 'ended by the server, in order');
			assert.deepEqual(statuses(result.text), [status]);
			assertWhole(result.text, status);
			await probe();
		});

test('every cut of a bad request into two packets is refused alike', async () => {
	const bytes = `POST /x HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`;
	const bad = bytes.lastIndexOf('Content-Length') + 'Content-Length: '.length;
	for (let cut = 1; cut < bytes.length; cut += 3) {
		const result = await converse((socket) => {
			socket.setNoDelay();
			socket.write(bytes.slice(0, cut), () =>
				cut <= bad && setImmediate(() => socket.write(bytes.slice(cut))));
		});
		assert.deepEqual(statuses(result.text), [400], `cut at ${cut}`);
	}
});

test('good requests before a bad one are answered, then the refusal, then nothing', async () => {
	const result = await send(GET + GET + 'GET /livez HTTP/1.9\r\n\r\n' + GET);
	assert.deepEqual(statuses(result.text), [200, 200, 400]);
	assertWhole(result.text, 400);
	assert.ok(result.has_ended);
	await probe();
});

test('a good request and a bad one apart are answered in turn', async () => {
	const result = await converse((socket) => {
		socket.once('data', () => socket.write(`GET /livez HTTP/1.1\r\n${HOST}${HOST}\r\n`));
		socket.write(GET);
	});
	assert.deepEqual(statuses(result.text), [200, 400]);
	assertWhole(result.text, 400);
});

test('a hundred pipelined requests are answered in order on one connection', async () => {
	const last = GET.replace('/livez', '/nothing').replace(HOST, `${HOST}Connection: close\r\n`);
	const result = await send(GET.repeat(100) + last);
	const found = statuses(result.text);
	assert.equal(found.length, 101);
	assert.ok(found.slice(0, 100).every((one) => one === 200));
});

test('who sends 64 MiB is told 413 while still sending', async () => {
	let written = 0;
	const result = await converse((socket) => {
		const part = Buffer.alloc(64 * 1024, 0x20);
		const pump = () => {
			while (written < 64 * MIB && !socket.destroyed && socket.writable) {
				written += part.length;
				if (!socket.write(part))
					return socket.once('drain', pump);
			}
		};
		socket.write(`${POST}Content-Length: ${64 * MIB}\r\n\r\n`);
		pump();
	});
	assertWhole(result.text, 413);
	assert.ok(!result.is_late);
	await probe();
});

test('who sends chunks without end is told 413', async () => {
	const chunk = '1000\r\n' + 'a'.repeat(0x1000) + '\r\n';
	const result = await send(`${POST}Transfer-Encoding: chunked\r\n\r\n` + chunk.repeat(80));
	assertWhole(result.text, 413);
	await probe();
});

test('a header of 17 KiB, 101 fields and a target of 5 KiB are refused', async () => {
	for (const bytes of [`GET /livez HTTP/1.1\r\n${HOST}X: ${'y'.repeat(17_000)}\r\n\r\n`,
		`GET /livez HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(100)}\r\n`,
		`GET /${'x'.repeat(5000)} HTTP/1.1\r\n${HOST}\r\n`])
		assertWhole((await send(bytes)).text, 400);
	await probe();
});

test('headers that come drop by drop are cut off after ten seconds in all', async () => {
	const start = Date.now();
	const result = await converse((socket) => {
		socket.write(GET.slice(0, 8));
		const drip = setInterval(() => socket.write('a'), 300);
		socket.on('end', () => clearInterval(drip));
		socket.on('close', () => clearInterval(drip));
	}, { ms: 120_000 });
	const took = Date.now() - start;
	assertWhole(result.text, 408);
	assert.ok(took > 9000 && took < 16_000 * slowness(), `after ${took} ms`);
	await probe();
});

test('a handshake that never goes on is cut off', async () => {
	const is_closed = await new Promise((resolve) => {
		const socket = net.connect({ host: '127.0.0.1', port: server.port });
		const timer = setTimeout(() => {
			socket.destroy();
			resolve(false);
		}, 120_000);
		socket.on('connect', () => socket.write(Buffer.from('160301', 'hex')));
		socket.on('error', () => {});
		socket.on('close', () => {
			clearTimeout(timer);
			resolve(true);
		});
	});
	assert.ok(is_closed);
	await probe();
});

test('plain HTTP and noise on the TLS port harm nobody', async () => {
	for (const noise of [GET, '\0'.repeat(1000), '\x16\x03\x01\xff\xff' + 'x'.repeat(3000)])
		await new Promise((resolve) => {
			const socket = net.connect({ host: '127.0.0.1', port: server.port }, () =>
				socket.end(Buffer.from(noise, 'latin1')));
			socket.on('data', () => {});
			socket.on('error', () => {});
			socket.on('close', resolve);
		});
	await probe();
});

test('clients that leave at any moment harm nobody', async () => {
	const whole = `${POST}Content-Length: 2\r\n\r\n{}`;
	const ways = [(socket) => socket.end(), (socket) => socket.destroy(),
		(socket, raw) => raw.resetAndDestroy()];
	for (let n = 1; n <= whole.length; n += 5)
		for (const leave of ways)
			assert.ok(!(await converse((socket, raw) => socket.write(whole.slice(0, n), () =>
				leave(socket, raw)), { ms: 60_000 })).is_late);
	await probe();
});

test('a client that has closed its side for writing still gets its answer', async () => {
	const result = await converse((socket) => socket.end(GET));
	assert.ok(result.text === '' || statuses(result.text)[0] === 200);
	await probe();
});

test('the client cannot make the server renegotiate', async () => {
	const result = await converse((socket) => {
		socket.renegotiate({}, () => {});
	}, { ms: 3000, options: { maxVersion: 'TLSv1.2' } });
	assert.ok(result.error || result.is_late || result.has_ended);
	assert.doesNotMatch(result.text, /200/);
	await probe();
});

test('TLS sessions are resumed by tickets', async () => {
	for (const version of ['TLSv1.2', 'TLSv1.3']) {
		const options = { minVersion: version, maxVersion: version };
		let session;
		await converse((socket) => {
			/* With 1.2 the ticket is part of the handshake, with 1.3 it follows. */
			session = version === 'TLSv1.2' ? socket.getSession() : undefined;
			socket.on('session', (ticket) => { session = ticket; });
			socket.write(GET.replace(HOST, `${HOST}Connection: close\r\n`));
		}, { options });
		assert.ok(session, `${version}: a ticket`);
		let is_reused;
		await converse((socket) => {
			is_reused = socket.isSessionReused();
			socket.write(GET.replace(HOST, `${HOST}Connection: close\r\n`));
		}, { options: { ...options, session } });
		assert.ok(is_reused, version);
	}
});

server.end();
