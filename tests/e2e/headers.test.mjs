/*
 * What every answer tells a browser: on every route, to whoever asks, well or badly, and on what
 * never became a request. Read from the bytes of the wire.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import tls from 'node:tls';
import { fieldFaults, fieldsOf } from './lib/fields.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { inParallel, until } from './lib/until.mjs';

const server = await startServer({ env: { LIANDONG_SECURITY_CONTACT: 'mailto:security@hotline.example, https://hotline.example/tell' } });
const HOST = `Host: 127.0.0.1:${server.port}\r\n`;
const description = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;

function connect() {
	return tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca });
}

/* The heads of all answers to these bytes, until the server ends the connection; a stream has no
 * end. */
async function heads(bytes) {
	const socket = connect(), parts = [];
	socket.on('data', (part) => {
		parts.push(part);
		if (/^Content-Type: text\/event-stream\r$/m.test(part.toString('latin1')))
			socket.destroy();
	});
	socket.on('error', () => {});
	socket.write(bytes);
	await once(socket, 'close');
	const text = Buffer.concat(parts).toString('latin1');
	return [...text.matchAll(/HTTP\/1\.1 \d{3} [\s\S]*?\r\n\r\n/g)].map((match) => match[0]);
}

async function head(method, path, { key, body = '', fields = '' } = {}) {
	const found = await heads(`${method} ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n${fields}` +
		(key ? `Authorization: Bearer ${key}\r\n` : '') +
		(method === 'GET' || method === 'DELETE' ? '' :
			`Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`) +
		`\r\n${body}`);
	assert.equal(found.length, 1, `${method} ${path}: one answer`);
	return found[0];
}

const statusOf = (text) => Number(text.slice(9, 12));

function assertFields(text, kind, what) {
	assert.deepEqual(fieldFaults(text, kind), [], `${what}: ${text}`);
}

const operations = Object.entries(description.paths).flatMap(([path, item]) =>
	Object.keys(item).filter((one) => /^(get|post|put|delete)$/.test(one))
		.map((method) => [method.toUpperCase(), path]));
const filled = (path) => path.replace(/\{[^}]+\}/g, 'x1');
const kindOf = (path, status) => ['/', '/progress', '/r/{token}'].includes(path) && status < 400 ? 'page' : 'data';

test('each fault of a head is found', async () => {
	const good = await head('GET', '/livez');
	assertFields(good, 'data', 'a good answer');
	for (const line of good.split('\r\n').slice(1).filter((one) =>
		/^(X-Con|X-Fra|Strict|Cross|Perm|Content-Sec|Ref|Cache)/.test(one))) {
		assert.notDeepEqual(fieldFaults(good.replace(line + '\r\n', '')), [], `without ${line}`);
		assert.notDeepEqual(fieldFaults(good.replace(line, `${line}\r\n${line}`)), [],
			`twice ${line}`);
		assert.notDeepEqual(fieldFaults(good.replace(line, `${line}x`)), [], `other than ${line}`);
	}
	assert.notDeepEqual(fieldFaults(good.replace('\r\n', '\r\nServer: liandong/1\r\n')), []);
	const page = await head('GET', '/');
	assert.notDeepEqual(fieldFaults(page.replace("script-src 'self'",
		"script-src 'self' 'unsafe-inline'"), 'page'), []);
	assert.notDeepEqual(fieldFaults(page.replace("style-src 'self'", 'style-src *'), 'page'), []);
});

test('every route answers with them: to nobody, to a bad key, and to keys that may', async () => {
	assert.ok(operations.length > 150, `${operations.length} operations`);
	const seen = new Set();
	const keys = [undefined, 'ldk_wrong', server.key('admin').key, server.key('supervisor').key];
	const cells = operations.flatMap(([method, path]) => keys.map((key) => [method, path, key]));
	await inParallel(cells.filter(([, path]) => path !== '/assets/{file}' &&
		path !== '/api/v1/test/clock'), 16, async ([method, path, key]) => {
		const text = await head(method, filled(path), { key, body: '{}' });
		seen.add(statusOf(text));
		assertFields(text, kindOf(path, statusOf(text)), `${method} ${path}`);
	});
	for (const status of [200, 204, 401, 403, 404, 422])
		assert.ok(seen.has(status), `an answer ${status} was among them: ${[...seen]}`);
});

test('so do the page, its files, and files that are not there', async () => {
	const page = await server.anonymous().get('/', { expect: 200 });
	assertFields(await head('GET', '/'), 'page', '/');
	assert.ok(!/<meta[^>]*name="?referrer/i.test(page.text), 'the page does not unsay its head');
	assertFields(await head('HEAD', '/'), 'page', 'HEAD /');
	const files = [...page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((one) => one[1]);
	assert.ok(files.length >= 2);
	for (const file of files)
		assertFields(await head('GET', file), 'asset', file);
	assertFields(await head('GET', '/assets/none.js'), 'data', 'a file that is not there');
	assert.doesNotMatch(page.text, /<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=/i,
		'nothing inline that the policy would have to allow');
	const etag = fieldsOf(await head('GET', files[0])).etag;
	const same = await head('GET', files[0], { fields: `If-None-Match: ${etag}\r\n` });
	assert.equal(statusOf(same), 304);
	assertFields(same, 'asset', 'a file that is known already');
});

test('so do answers of other kinds: lists, tables, documents, empty ones', async () => {
	const key = server.key('leader').key;
	const month = new Date().toISOString().slice(0, 7);
	for (const path of ['/api/v1/departments', `/api/v1/reports/${month}`,
		`/api/v1/reports/${month}.csv`, `/api/v1/reports/${month}.xlsx`])
		assertFields(await head('GET', path, { key }), 'data', path);
	const account = server.access.accounts.find((one) => one.role === 'operator');
	const signed = await head('POST', '/api/v1/session', { body: JSON.stringify(
		{ login: account.login, password: account.password }),
		fields: `Origin: ${server.base}\r\n` });
	assertFields(signed, 'data', 'a sign-in');
	const { cookie, csrf } = await server.signedIn('operator');
	const out = await head('DELETE', '/api/v1/session', { fields:
		`Cookie: ${cookie}\r\nOrigin: ${server.base}\r\nX-CSRF-Token: ${csrf}\r\n` });
	assertFields(out, 'data', 'a sign-out');
	assert.match(fieldsOf(out)['clear-site-data'], /"cookies".*"storage"/);
});

const POST = `POST /api/v1/session HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const REFUSED = [
	['an unknown path', `GET /nothing HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, 404],
	['a method that the path has not', `DELETE /livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
		405],
	['another version', 'GET /livez HTTP/1.9\r\n', 400],
	['a method nobody knows', `TRACE /livez HTTP/1.1\r\n${HOST}\r\n`, 501],
	['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, 400],
	['no length', `${POST}\r\n`, 411],
	['too long a body', `${POST}Content-Length: 99999999\r\n\r\n`, 413],
	['too long a header', `GET / HTTP/1.1\r\n${HOST}X: ${'y'.repeat(17_000)}\r\n\r\n`, 400],
	['too many fields', `GET / HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(120)}\r\n`, 400],
	['an expectation', `${POST}Expect: nothing\r\nContent-Length: 0\r\n\r\n`, 417],
	['a body of another kind', `POST /api/v1/session HTTP/1.1\r\n${HOST}Connection: close\r\n` +
		'Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}', 415],
	['broken JSON', `${POST}Connection: close\r\nContent-Length: 1\r\n\r\n{`, 400],
];

for (const [what, bytes, status] of REFUSED)
	test(`so does the refusal of ${what}: ${status}`, async () => {
		const [text] = await heads(bytes);
		assert.equal(statusOf(text), status, text);
		assertFields(text, 'data', what);
	});

test('so does 503: to who sends much when much is held, and to who asks without a database', async () => {
	const body = Buffer.alloc(250_000, 0x20);
	const held = Array.from({ length: 300 }, connect);
	let full;
	for (const socket of held) {
		socket.on('error', () => {});
		socket.on('data', (part) => { full ??= part.toString('latin1'); });
		socket.write(`${POST}Content-Length: 262000\r\n\r\n`);
		socket.write(body);
	}
	await until(() => full, { what: 'somebody to be turned away' });
	assert.equal(statusOf(full), 503);
	assertFields(full.slice(0, full.indexOf('\r\n\r\n') + 4), 'data', 'turned away');
	for (const socket of held)
		socket.destroy();
	const [pid] = server.databases();
	process.kill(pid, 'SIGSTOP');
	server.killDatabase();
	const text = await until(async () => {
		const answer = await head('GET', '/readyz');
		return statusOf(answer) === 503 ? answer : undefined;
	}, { what: 'the database to be missed' });
	assertFields(text, 'data', '/readyz');
	await server.waitReady();
});

test('security.txt names the contacts, ends within a year, and is 404 without them', async () => {
	const { text, type } = await server.anonymous().get('/.well-known/security.txt', { expect: 200 });
	assert.match(type, /^text\/plain; charset=utf-8$/);
	const lines = text.trim().split('\n').map((line) => line.split(/: (.*)/s));
	const values = (name) => lines.filter(([one]) => one === name).map(([, value]) => value);
	assert.deepEqual(values('Contact'), ['mailto:security@hotline.example',
		'https://hotline.example/tell']);
	assert.equal(values('Expires').length, 1);
	const left = Date.parse(values('Expires')[0]) - Date.now();
	assert.ok(left > 100 * 86_400_000 && left < 365 * 86_400_000, values('Expires')[0]);
	assert.deepEqual(values('Preferred-Languages'), ['zh,en']);
	assert.deepEqual(values('Canonical'), [`${server.base}/.well-known/security.txt`]);
	assert.equal(lines.length, 5);
});

test('a contact that is no address does not let the server start', async () => {
	await server.stop();
	server.options.env.LIANDONG_SECURITY_CONTACT = 'security@hotline.example';
	const done = server.command(['demo', '--listen', '127.0.0.1:1'], { timeout: 60_000,
		env: { PATH: process.env.PATH, ...server.options.env } });
	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /security_contact: security@hotline\.example must begin with mailto:/);
	server.options.env = {};
	await server.restart();
	await server.anonymous().get('/.well-known/security.txt', { expect: 404 });
});

endsCleanly(server);
