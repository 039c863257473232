/*
 * sqlmap on the routes that ask the database most freely: a request file for each, every parameter
 * and field of it. Nothing can be injected, and no statement of the server was ever malformed. With
 * TEST_ROUTES=all every described operation is tried, deeper.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { sql } from '../e2e/lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { inParallel } from '../e2e/lib/until.mjs';
import { actorsOf, addressOf, bodiesOf, describedBy, hasEnd } from './lib/described.mjs';
import { targetsOf } from './lib/targets.mjs';
import { run } from './lib/tools.mjs';

const server = await startServer({ clock: MONDAY, empty: false });
const document = await describedBy(server);
const is_all = process.env.TEST_ROUTES === 'all';
const DEPTH = is_all ? ['--level', '3', '--risk', '2'] : ['--level', '1', '--risk', '2', '--smart'];

const KEYS = ['GET /api/v1/appeals', 'POST /api/v1/appeals/search', 'POST /api/v1/appeals/hints',
	'GET /api/v1/tasks', 'POST /api/v1/session', 'GET /api/v1/enterprises', 'GET /api/v1/audit'];

function request(method, address, key, body, host = `${server.host}:${server.port}`) {
	const text = body === undefined ? '' : JSON.stringify(body);
	return `${method} ${address} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n` +
		(key ? `Authorization: Bearer ${key}\r\n` : '') + (body === undefined ? '' :
		`Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`) +
		`\r\n${text}`;
}

/* What sqlmap says of a request: which parameters it injects into, and how many requests it made. */
async function judge(name, text, ...more) {
	const dir = fs.mkdtempSync(path.join(server.dir, 'sqlmap-'));
	const file = path.join(dir, 'request.txt');
	fs.writeFileSync(file, text);
	const { stdout } = await run('sqlmap', ['-r', file, '--batch', '--ignore-stdin', '--threads', '4',
		'--timeout', '10', '--retries', '0', '--time-sec', '2', '--flush-session', '--dbms', 'mysql',
		'--ignore-code', '*', '--ignore-proxy', '--disable-coloring', '--output-dir', dir, ...DEPTH, ...more],
	{ ms: is_all ? 600_000 : 100_000, env: { HOME: dir } });
	const has_ended = /do not appear to be injectable|injection point|skipping/i.test(stdout);
	assert.ok(has_ended, `${name}: ${stdout.slice(-1500)}`);
	return { found: /injection point\(s\)|is vulnerable|appears to be .* injectable/i.test(stdout), stdout };
}

async function works() {
	const targets = await targetsOf(server);
	const parameter = (one) => one.$ref ?
		document.components.parameters[one.$ref.split('/').at(-1)] : one;
	const gets = Object.entries(document.paths).filter(([place, item]) => item.get?.parameters &&
		place.startsWith('/api/v1/') && !place.includes('{') && hasEnd(item.get)).map(([place, item]) => {
		const names = item.get.parameters.map(parameter).filter((one) => one.in === 'query')
			.map((one) => one.name);
		return { name: `GET ${place}`, method: 'GET', roles: item.get['x-roles'] ?? [],
			path: place, query: names.map((one) => `${one}=1`).join('&') };
	}).filter((one) => one.query);
	return Promise.all([...gets, ...bodiesOf(document)].filter(({ name }) => is_all || KEYS.includes(name))
		.map(async (one) => {
			for await (const client of actorsOf(server, one.roles)) {
				const address = await addressOf(one.path, client, targets);
				return { name: one.name, text: request(one.method, one.query ?
					`${address}?${one.query}` : address, client.key, one.example) };
			}
			return null;
		}));
}

test('sqlmap injects into none of the key routes', async () => {
	const tried = (await works()).filter(Boolean);
	assert.ok(tried.length >= 5, `${tried.length} routes`);
	const mark = server.log().length;
	const answers = await inParallel(tried, 2, ({ name, text }) => judge(name, text, '--force-ssl'));
	/* It measures delays, too, on a machine that does other things: a hole is found again. */
	const holes = [];
	for (const { name, text } of tried.filter((_, i) => answers[i].found)) {
		const { found, stdout } = await judge(name, text, '--force-ssl');
		if (found)
			holes.push(`${name}: ${stdout.slice(-1500)}`);
	}
	assert.deepEqual(holes, []);
	const log = server.log().slice(mark);
	assert.ok(log.split('\n').filter((line) => / http request /.test(line)).length > tried.length * 10);
	assert.ok(!/ store failed /.test(log), / store failed .*/.exec(log)?.[0]);
	assert.ok(!/status=500/.test(log));
});

test('a statement that is put together from text is found out', async () => {
	const careless = http.createServer((asked, response) => {
		const id = new URL(asked.url, 'http://127.0.0.1').searchParams.get('id') ?? '';
		let text = 'none';
		try {
			text = JSON.stringify(sql(server, `SELECT code, name FROM reference_department
				WHERE code = '${id}'`));
		} catch (error) {
			text = String(error.stderr);
		}
		response.end(text);
	}).listen(0, '127.0.0.1');
	await once(careless, 'listening');
	careless.unref();	/* a failed test must not keep its file from ending */
	const host = `127.0.0.1:${careless.address().port}`;
	const { found, stdout } = await judge('careless', request('GET', '/?id=CGJ', null, undefined, host),
		'--technique', 'BE');
	assert.ok(found, stdout.slice(-1500));
	careless.closeAllConnections();
	careless.close();
});

endsCleanly(server);
