/*
 * Line ends and other structure from outside, in every place of an address and in headers that are
 * told back, logged or made into file names: no header, no line of the log and no cell of a table
 * begins where a client wants it to.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import tls from 'node:tls';
import { parse } from 'csv-parse/sync';
import { moveTo } from '../e2e/lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { inParallel } from '../e2e/lib/until.mjs';
import { register, rowOf } from '../e2e/lib/world.mjs';
import { describedBy } from './lib/described.mjs';
import { KINDS } from './lib/naughty.mjs';
import { targetsOf } from './lib/targets.mjs';

const server = await startServer({ clock: MONDAY, env: { LIANDONG_LOG_FORM: 'json' } });
const document = await describedBy(server);
const targets = await targetsOf(server);
const key = server.key('supervisor').key;
const cells = KINDS.cells.filter((text) => !/[\t\r]/.test(text));
for (const title of cells)
	await register(server, rowOf(server, 'CGJ'), { title });

const MARK = 'x-injected';
const INJECTIONS = ['%0d%0aX-Injected:%201', '%0aX-Injected:%201', '%0dX-Injected:%201',
	'a%0d%0a%0d%0a%3Cscript%3E', '%e5%98%8d%e5%98%8aX-Injected:%201', '%c4%8d%c4%8aX-Injected:1',
	'%e2%80%a8X-Injected:1', '%22%0d%0aX-Injected:1', '%1b%5b2JX-Injected'];

/* The bytes that answer one request on a connection of its own; of a stream the first. */
async function bytesFor(head) {
	const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca });
	await once(socket, 'secureConnect');
	const parts = [];
	socket.on('data', (part) => {
		parts.push(part);
		if (/^Content-Type: text\/event-stream\r$/m.test(part.toString('latin1')))
			socket.destroy();
	});
	socket.on('error', () => {});
	socket.write(`${head}\r\nHost: ${server.host}\r\nConnection: close\r\n\r\n`, 'latin1');
	await once(socket, 'close');
	return Buffer.concat(parts).toString('latin1');
}

/* Names of the headers, each of which must be one of those that the server writes. */
function headOf(answer) {
	const end = answer.indexOf('\r\n\r\n');
	const [status, ...lines] = answer.slice(0, end).split('\r\n');
	assert.match(status, /^HTTP\/1\.1 \d{3} /);
	for (const line of lines) {
		assert.match(line, /^[A-Za-z-]+: [\x20-\x7e]*$/, line);
		assert.ok(!line.toLowerCase().startsWith(MARK), answer.slice(0, 2000));
	}
	assert.ok(!/\n(?<!\r\n)|\r(?!\n)/.test(answer.slice(0, end)), 'line ends are whole');
	return lines;
}

const filled = (path, word) => {
	let done = path;
	for (const [prefix, id] of Object.entries(targets))
		if (path.startsWith(prefix) && path !== prefix)
			done = done.replace(/\{\w+\}/, [].concat(id)[0]);
	return done.replaceAll(/\{\w+\}/g, word);
};
const gets = Object.entries(document.paths).filter(([, item]) => item.get);
const parameter = (one) => one.$ref ?
	document.components.parameters[one.$ref.split('/').at(-1)] : one;

test('no place in an address makes a header', async () => {
	const asked = gets.flatMap(([path, item]) => {
		const queries = (item.get.parameters ?? []).map(parameter)
			.filter((one) => one.in === 'query').map((one) => one.name);
		return INJECTIONS.flatMap((word) => [...(path.includes('{') ?
			[path.replaceAll(/\{\w+\}/g, word), filled(path, word)] : []),
		...queries.map((name) => `${filled(path, '1')}?${name}=${word}`)]);
	});
	assert.ok(asked.length > 500, `${asked.length} addresses`);
	await inParallel([...new Set(asked)], 16, async (path) => {
		headOf(await bytesFor(`GET ${path} HTTP/1.1\r\nAuthorization: Bearer ${key}`));
	});
});

test('no header that is told back, logged or remembered makes another', async () => {
	for (const word of ['"', '\\', ';a=b', ',', '\x1b[2J', 'a'.repeat(300), '<script>', '%0d%0aX-Injected:1',
		'\xe5\x98\x8d\xe5\x98\x8aX-Injected:1', 'W/"1", "2"', '\t\t'])
		for (const name of ['Idempotency-Key', 'If-Match', 'If-None-Match', 'Origin', 'Referer',
			'User-Agent', 'X-Request-Id', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Accept',
			'Accept-Language', 'Cookie', 'Range', 'Authorization'])
			for (const method of ['GET', 'POST']) {
				const answer = await bytesFor(`${method} /api/v1/appeals HTTP/1.1\r\n${name}: ${word}` +
					(method === 'POST' ? '\r\nContent-Length: 0' : ''));
				const lines = headOf(answer);
				assert.ok(!lines.some((line) => /^x-request-id:/i.test(line) && line.includes(word)));
			}
});

test('downloads have names of their own', async () => {
	const leader = server.as('leader');
	for (const word of [...INJECTIONS, '2026-03"%3b%20filename=evil.exe', '..%2f..%2fevil', '2026-03.csv%00'])
		for (const rest of ['.csv', '.xlsx', '.pdf', '/tasks.csv', '/bundle']) {
			const path = `/api/v1/reports/${word}${rest}`;
			headOf(await bytesFor(`GET ${path} HTTP/1.1\r\nAuthorization: Bearer ${key}`));
		}
	for (const path of ['/reports/2026-03.csv', '/reports/2026-03/tasks.csv', '/reports/2026-03.xlsx',
		'/reports/2026-03.pdf']) {
		const answer = await leader.get(path, { expect: 200 });
		assert.match(answer.headers['content-disposition'],
			/^attachment; filename="[A-Za-z0-9._-]+"$/, path);
	}
});

test('no cell of a table is a formula, and every title is in one cell', async () => {
	await moveTo(server, '2026-04-01 09:00');	/* all of them are overdue, and so in the table */
	const text = (await server.as('leader').get('/reports/2026-03/tasks.csv', { expect: 200 })).text;
	const [head, ...rows] = parse(text, { bom: true, relax_column_count: true });
	const titles = rows.map((row) => row[head.indexOf('title')]);
	for (const row of rows)
		for (const cell of row)
			assert.ok(/^-?\d+(\.\d+)?$/.test(cell) || !/^[=+\-@\t\r\0]/.test(cell), cell);
	for (const title of cells)
		assert.ok(titles.includes(title) || titles.includes(`'${title}`), `${title} of ${titles}`);
});

test('every line of the log is one JSON object that the server wrote', () => {
	const lines = server.log().split('\n').filter((line) => line !== '');
	assert.ok(lines.length > 1000, `${lines.length} lines`);
	for (const line of lines) {
		let entry;
		assert.doesNotThrow(() => { entry = JSON.parse(line); }, line);
		assert.ok(entry.level && entry.at, line);
		assert.ok(!/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]/.test(Object.values(entry).join('')), line);
		assert.ok(!Object.keys(entry).some((name) => name.toLowerCase().includes(MARK)), line);
	}
});

endsCleanly(server);
