/*
 * Answers of every described GET, of refusals and of addresses that do not exist, as a browser and a
 * stranger get them: headers that every answer needs, nothing of the inside, nothing for another
 * origin, no way elsewhere; and what was refused stands in the log.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { until } from '../e2e/lib/until.mjs';
import { contents } from './lib/contents.mjs';
import { addressOf, describedBy } from './lib/described.mjs';
import { targetsOf } from './lib/targets.mjs';

const server = await startServer({ clock: MONDAY });
const document = await describedBy(server);
const targets = await targetsOf(server);
const gets = Object.entries(document.paths).filter(([, item]) => item.get)
	.map(([path, item]) => ({ path, operation: item.get }));

/* The answers of all GETs to one who may see most, and to nobody. */
async function everyAnswer(headers = {}) {
	const answers = [];
	for (const client of [server.as('supervisor'), server.as('auditor'), server.anonymous()])
		for (const { path } of gets) {
			const address = await addressOf(path, client, targets);
			answers.push({ address, answer: await client.get(address, { headers }) });
		}
	for (const address of ['/none', '/assets/none.js', '/api/v1/none', '/api/v1/appeals/%2e%2e'])
		answers.push({ address, answer: await server.anonymous().get(address, { headers }) });
	return answers;
}

test('every answer has the headers that every answer needs', async () => {
	const found = await everyAnswer();
	assert.ok(found.length > 200, `${found.length} answers`);
	for (const { address, answer } of found) {
		const h = answer.headers;
		assert.equal(h['x-content-type-options'], 'nosniff', address);
		/* Our own pages say where their requests come from: to this service, to no other. */
		const is_page = answer.status === 200 && answer.type.startsWith('text/html');
		assert.equal(h['referrer-policy'], is_page ? 'same-origin' : 'no-referrer', address);
		assert.match(h['strict-transport-security'], /^max-age=(\d{8,}); includeSubDomains/, address);
		assert.match(h['content-security-policy'], /frame-ancestors 'none'/, address);
		assert.ok(!/unsafe-|\*|data:.*script|http:/.test(h['content-security-policy']), address);
		if (!/^\/assets\/|^\/favicon/.test(address) || answer.status !== 200)
			assert.match(h['cache-control'] ?? '', /no-store|no-cache/, address);
		if (/^\/api\/v1\//.test(address) && answer.status === 200 && answer.type.includes('json'))
			assert.equal(h['cache-control'], 'no-store', address);
		assert.equal(h.server, undefined, address);
		assert.equal(h['x-powered-by'], undefined, address);
	}
});

test('no answer lets another origin read it', async () => {
	for (const origin of ['https://evil.example', 'null', server.base])
		for (const { address, answer } of await everyAnswer({ origin }))
			for (const name of Object.keys(answer.headers))
				assert.ok(!name.startsWith('access-control-'), `${address} ${name}`);
	const asked = await server.as('operator').request('OPTIONS', '/appeals', { headers: {
		origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
	assert.ok(asked.status >= 400 && !asked.headers['access-control-allow-origin']);
});

test('no answer sends a browser elsewhere', async () => {
	for (const { address, answer } of await everyAnswer({ 'x-forwarded-host': 'evil.example',
		'x-forwarded-proto': 'http', referer: 'https://evil.example/' })) {
		assert.ok(answer.status < 300 || answer.status >= 400 || answer.status === 304, address);
		assert.ok(!JSON.stringify(answer.headers).includes('evil.example'), address);
		assert.ok(!answer.text.includes('evil.example'), address);
	}
});

/*
 * Who reads is recorded: what was seen of appeals (left out of all contents, being taken apart
 * later) and, as an act, each file of cases that was taken out. Nothing else is.
 */
test('no GET of the description changes anything but the record of files taken out', async () => {
	const acts = async () => server.as('auditor').all('/audit');
	const known = new Set((await acts()).map((act) => act.id));
	const before = contents(server, ['audit_act']);
	await everyAnswer();
	assert.deepEqual(contents(server, ['audit_act']), before);
	const added = (await acts()).filter((act) => !known.has(act.id));
	assert.ok(added.length > 0, 'a file of cases leaves an act');
	assert.deepEqual([...new Set(added.map((act) => act.kind))], ['exported']);
});

test('an error tells nothing of the inside', async () => {
	const answers = await everyAnswer();
	const bad = answers.filter(({ answer }) => answer.status >= 400);
	assert.ok(bad.length > 50);
	for (const { address, answer } of bad) {
		assert.ok(answer.status < 500, `${address}: ${answer.status}`);
		assert.match(answer.type, /^application\/problem\+json/, address);
		assert.ok(!/\.c:\d|mariadb|mysql|SELECT |libevent|jansson|openssl|\/tmp\/|\/home\/|0x[0-9a-f]{6}/i
			.test(answer.text), `${address}: ${answer.text}`);
	}
});

test('no file of the machine is served', async () => {
	for (const path of ['/.git/HEAD', '/.svn/entries', '/.env', '/Makefile', '/README.md', '/assets/',
		'/assets', '/assets/../README.md', '/assets/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd',
		'/server/main.c', '/var/', '/api/', '/api/v1/', '/index.html', '/config/liandong.conf', '/keys',
		'/access.json', '/server-status', '/debug', '/.well-known/', '/index.html~', '/index.html.br'])
		await server.anonymous().get(path, { expect: [400, 401, 404] });
});

test('a query parameter twice, or an unknown one, is refused', async () => {
	const supervisor = server.as('supervisor');
	const parameter = (one) => one.$ref ?
		document.components.parameters[one.$ref.split('/').at(-1)] : one;
	let asked = 0;
	for (const { path, operation } of gets) {
		if (!path.startsWith('/api/v1/') || path.includes('{') ||
			!operation['x-roles']?.includes('supervisor'))
			continue;
		await supervisor.get(`${path}?no_such_parameter=1`, { expect: [400, 422] });
		for (const { name, in: place } of (operation.parameters ?? []).map(parameter)) {
			if (place !== 'query')
				continue;
			await supervisor.get(`${path}?${name}=1&${name}=2`, { expect: [400, 422] });
			asked += 1;
		}
	}
	assert.ok(asked > 20, `${asked} parameters`);
});

test('who is refused stands in the log with the route and the status', async () => {
	const mark = server.log().length;
	/* Lines are written by a thread of their own, after the answer. */
	const told = (pattern) => until(() => pattern.test(server.log().slice(mark)),
		{ what: `${pattern} in the log` });
	await server.as('intake', { channel: '110' }).post('/webhooks', {}, { expect: 403 });
	await told(/http request .*route=\/api\/v1\/webhooks status=403 .*actor=key:\d+/);
	await server.anonymous().get('/appeals', { expect: 401 });
	await told(/http request .*route=\/api\/v1\/appeals status=401 .*actor=nobody/);
	await server.as('operator').post('/appeals', { no_such_field: 1 }, { expect: 422 });
	await told(/http request .*route=\/api\/v1\/appeals status=422 .*actor=key:\d+/);
	await server.anonymous().post('/session', { login: 'admin1', password: 'wrong' },
		{ headers: { origin: server.base }, expect: 401 });
	await told(/http request .*route=\/api\/v1\/session status=401/);
});

test('the password field hides, lets paste and names itself', () => {
	const screen = fs.readFileSync(new URL('../../modules/console/web/src/screens/sign_in.tsx',
		import.meta.url), 'utf8');
	const fields = screen.match(/<(input|TextField|Field)[^>]*password[^>]*>/gs) ?? [];
	assert.ok(fields.length > 0);
	for (const field of fields)
		if (/type=/.test(field))
			assert.match(field, /type="password"/);
	assert.match(screen, /autocomplete="current-password"/i);
	assert.ok(!/onPaste|autocomplete="off"/i.test(screen));
});

endsCleanly(server);
