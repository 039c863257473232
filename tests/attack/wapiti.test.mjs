/*
 * wapiti on the screens and on every list with parameters, signed in: nothing is found. It asks
 * nobody else: its modules that call a machine of theirs are left out, and a proxy that is not
 * there would take the rest.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { describedBy, hasEnd } from './lib/described.mjs';
import { run } from './lib/tools.mjs';

const server = await startServer({ empty: false });
const document = await describedBy(server);
const SECONDS = Number(process.env.TEST_SCAN_SECONDS ?? 25);
const MODULES = 'sql,blindsql,xss,permanentxss,crlf,exec,file,redirect,http_headers,cookieflags,csp,' +
	'csrf,methods';
/* It switched a filter that was taken out of all browsers, in some of which it opened holes. */
const OUTDATED = ['X-XSS-Protection is not set'];

/* What wapiti says, as [{ kind, info, path }]. */
async function findings(base, cookie, starts) {
	const dir = fs.mkdtempSync(path.join(server.dir, 'wapiti-'));
	const [name, value] = cookie.split('=');
	fs.writeFileSync(path.join(dir, 'cookies.json'), JSON.stringify({ '127.0.0.1': { '/': { [name]:
		{ value, secure: base.startsWith('https'), version: 0, expires: null, port: null } } } }));
	await run('wapiti', ['-u', `${base}/`, ...starts.flatMap((one) => ['-s', base + one]), '--cookie',
		path.join(dir, 'cookies.json'), '--scope', 'domain', '-m', MODULES, '--max-scan-time',
		String(SECONDS), '--max-attack-time', String(SECONDS), '--verify-ssl', '0', '--no-bugreport',
		'--flush-session', '-t', '10', '-f', 'json', '-o', path.join(dir, 'found.json'),
		'--store-session', path.join(dir, 'session')], { ms: (SECONDS * 14 + 60) * 1000,
		env: { HOME: dir, https_proxy: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9',
			no_proxy: '127.0.0.1' } });
	const { vulnerabilities } = JSON.parse(fs.readFileSync(path.join(dir, 'found.json'), 'utf8'));
	return Object.entries(vulnerabilities).flatMap(([kind, list]) =>
		list.map(({ info, path: where }) => ({ kind, info, path: where })));
}

/* Lists with their parameters, all given a value. */
function starts() {
	const parameter = (one) => one.$ref ?
		document.components.parameters[one.$ref.split('/').at(-1)] : one;
	return Object.entries(document.paths).filter(([place, item]) => item.get &&
		place.startsWith('/api/v1/') && !place.includes('{') && hasEnd(item.get)).map(([place, item]) => {
		const query = (item.get.parameters ?? []).map(parameter).filter((one) => one.in === 'query')
			.map((one) => `${one.name}=${one.example ?? one.schema?.enum?.[0] ?? '1'}`);
		return query.length ? `${place}?${query.join('&')}` : place;
	});
}

test('wapiti finds nothing, signed in, on the screens and on every list', async () => {
	const { cookie } = await server.signedIn('supervisor');
	const before = server.log().length;
	const found = await findings(server.base, cookie, starts());
	assert.deepEqual(found.filter(({ info }) => !OUTDATED.includes(info)), []);
	const asked = server.log().slice(before).split('\n').filter((line) => / http request /.test(line));
	assert.ok(asked.length > 500, `${asked.length} requests came`);
	assert.ok(asked.some((line) => /status=200/.test(line) && /actor=account/.test(line)), 'signed in');
	assert.ok(!asked.some((line) => /status=500/.test(line)), 'no error of ours');
	const page = await server.anonymous().get('/', { expect: 200 });
	assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
});

test('a page that says what it was asked is found out', async () => {
	const careless = http.createServer((request, response) => {
		const asked = new URL(request.url, 'http://127.0.0.1').searchParams.get('q') ?? '';
		response.writeHead(200, { 'content-type': 'text/html' });
		response.end(`<p>${asked}</p><a href="/?q=1">more</a>`);
	}).listen(0, '127.0.0.1');
	await once(careless, 'listening');
	careless.unref();	/* a failed test must not keep its file from ending */
	const found = await findings(`http://127.0.0.1:${careless.address().port}`, 'a=b', ['/?q=1']);
	assert.ok(found.some(({ kind }) => /XSS|Cross Site/i.test(kind)), JSON.stringify(found));
	careless.closeAllConnections();
	careless.close();
});

endsCleanly(server);
