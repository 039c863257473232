/*
 * Programs that show a client certificate, on a listener of their own, and through a proxy: by
 * an authority that openssl made, whose certificates are good, expired, revoked or unbound, and
 * by a foreign one.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import test from 'node:test';
import tls from 'node:tls';
import { Authority } from './lib/authority.mjs';
import { Client } from './lib/api.mjs';
import { besideConfig, freePort, startBeside } from './lib/beside.mjs';
import { BIN, startServer, endsCleanly } from './lib/server.mjs';
import { soAfter, until } from './lib/until.mjs';
import { anAppeal, rowOf } from './lib/world.mjs';

const authority = new Authority('公安专网 CA');
const foreign = new Authority('公安专网 CA');	/* of the same name */
const lists = authority.file('lists.pem');
authority.list(lists);
const port = await freePort();
const server = await startServer({ env: { LIANDONG_MTLS_LISTEN: `127.0.0.1:${port}`,
	LIANDONG_MTLS_CA_FILE: authority.ca, LIANDONG_MTLS_CRL_FILE: lists,
	LIANDONG_TRUSTED_PROXIES: '127.0.0.2', LIANDONG_TRUSTED_CLIENT_CERT: 'true' } });
const admin = server.as('admin');
const good = authority.issue('110');
const bound = await bind(good);

async function bind(certificate, more = {}) {
	return (await admin.post('/keys', { name: '公安110', role: 'intake', channel: '110',
		credential: 'certificate', certificate_spki: certificate.spki, ...more },
	{ expect: 201 })).json;
}

/* A client with this certificate at the second listener; keeps: one connection for all. */
function by(certificate, { keeps = false, ...more } = {}) {
	const agent = new https.Agent({ keepAlive: keeps, maxSockets: 1, cert: certificate?.cert,
		key: certificate?.key, maxCachedSessions: 100 });
	return new Client({ host: '127.0.0.1', port, base: `https://127.0.0.1:${port}`,
		ca: server.ca, agent }, { name: 'mtls', ...more });
}

const TLS_REFUSAL = /alert|certificate|ECONNRESET|EPIPE|socket hang up/i;
const refused = (client, why) => assert.rejects(client.get('/livez'), TLS_REFUSAL, why);

test('a bound certificate acts as its key, without and with its bearer', async () => {
	const client = by(good);
	const me = (await client.get('/me', { expect: 200 })).json;
	assert.deepEqual([me.kind, me.role, me.channel], ['key', 'intake', '110']);
	await client.register(anAppeal(rowOf(server, 'CGJ'), { channel: '110' }), { expect: 201 });
	const { key } = (await admin.post(`/keys/${bound.id}/rotate`, {}, { expect: 200 })).json;
	await by(good, { key }).get('/me', { expect: 200 });
	const used = await until(async () => (await admin.get(`/keys/${bound.id}`)).json.secrets
		.find((one) => one.credential === 'certificate').last_used_at, { ms: 30_000,
		what: 'the use to be written' });
	assert.ok(used);
});

test('beside a certificate the bearer of another key is refused, also a stronger one', async () => {
	for (const key of [server.key('admin').key, server.key('intake', { channel: '12345' }).key,
		'ldk_' + 'A'.repeat(43), 'x']) {
		const answer = await by(good, { key }).get('/me', { expect: 401 });
		assert.equal(answer.json.code, 'unauthenticated');
	}
	assert.match(server.log(), /key_refused .*reason=of_another/);
});

test('a cookie is nothing there', async () => {
	const session = await server.signedIn('admin');
	assert.equal((await by(good, { cookie: session.cookie }).get('/me')).json.role, 'intake');
	const stranger = by(authority.issue('with-cookie'), { cookie: session.cookie });
	await stranger.get('/me', { expect: 401 });
});

test('a certificate of the right authority that is bound to no key is 401', async () => {
	const unbound = authority.issue('unbound');
	await by(unbound).get('/livez', { expect: 200 });
	await by(unbound).get('/me', { expect: 401 });
	await by(unbound, { key: server.key('admin').key }).get('/me', { expect: 401 });
	assert.match(server.log(), /key_refused .*reason=not_bound/);
	const made = await bind(unbound);
	await by(unbound).get('/me', { expect: 200 });
	await admin.delete(`/keys/${made.id}/secrets/1`, { expect: 204 });
	await by(unbound).get('/me', { expect: 401 });
});

test('no certificate, a foreign one, an expired one, a server\'s one: no connection', async () => {
	await refused(by(undefined), 'none');
	const other = foreign.issue('110');
	await bind(other);
	await refused(by(other), 'foreign, although it is bound');
	const expired = authority.issue('expired', ['-startdate', '20200101000000Z', '-enddate',
		'20200102000000Z']);
	await bind(expired);
	await refused(by(expired), 'expired');
	const later = authority.issue('later', ['-startdate', '20900101000000Z', '-enddate',
		'20910101000000Z']);
	await refused(by(later), 'not valid yet');
	const of_a_server = authority.issue('of-a-server', [], 'server');
	await bind(of_a_server);
	await refused(by(of_a_server), 'for servers');
	const self = authority.file('self.pem');
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout',
		authority.file('self.key'), '-out', self, '-days', '2', '-subj', '/CN=110'],
	{ stdio: 'ignore' });
	await refused(by({ cert: fs.readFileSync(self), key: fs.readFileSync(
		authority.file('self.key')) }), 'signed by itself');
	await by(good).get('/me', { expect: 200 });
});

test('the first listener asks nobody for a certificate and believes none', async () => {
	await server.anonymous().get('/livez', { expect: 200 });
	const agent = new https.Agent({ cert: good.cert, key: good.key });
	await server.anonymous().get('/me', { agent, expect: 401 });
	await server.as('admin').get('/me', { agent, expect: 200 });
});

test('a revoked certificate ends within seconds, on connections that stand, too', async () => {
	const one = authority.issue('to-be-revoked');
	await bind(one);
	const standing = by(one, { keeps: true });
	const unharmed = by(good, { keeps: true });
	await standing.get('/me', { expect: 200 });
	await unharmed.get('/me', { expect: 200 });
	authority.revoke(one);
	authority.list(lists);
	await soAfter(5000, async () => (await standing.get('/me')).status === 401,
		{ what: 'the standing connection refused' });
	await refused(by(one), 'a new connection');
	await unharmed.get('/me', { expect: 200 });
	await by(good).get('/me', { expect: 200 });
	assert.match(server.log(), /revocation_lists /);
});

test('no session is resumed, so that nobody comes in by an old handshake', async () => {
	for (const version of ['TLSv1.2', 'TLSv1.3']) {
		const dial = (session) => new Promise((resolve, reject) => {
			const socket = tls.connect({ host: '127.0.0.1', port, ca: server.ca, cert: good.cert,
				key: good.key, minVersion: version, maxVersion: version, session });
			let ticket, is_reused;
			socket.on('session', (one) => { ticket = one; });
			socket.on('error', reject);
			socket.on('secureConnect', () => {
				is_reused = socket.isSessionReused();
				socket.write(`GET /livez HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
					'Connection: close\r\n\r\n');
			});
			socket.on('data', () => {});
			socket.on('close', () => resolve({ ticket, is_reused }));
		});
		const first = await dial();
		assert.equal((await dial(first.ticket)).is_reused, false, version);
	}
});

test('TLS before 1.2 is not spoken', async () => {
	await assert.rejects(new Promise((resolve, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port, ca: server.ca, cert: good.cert,
			key: good.key, minVersion: 'TLSv1', maxVersion: 'TLSv1.1',
			ciphers: 'DEFAULT@SECLEVEL=0' }, resolve);
		socket.on('error', reject);
	}));
});

test('a list that cannot be read leaves the last one in force, and is told', async () => {
	fs.writeFileSync(lists, 'no list\n');
	await until(async () => {
		await by(good).get('/me', { expect: 200 });
		return server.log().includes('revocation_lists_unreadable');
	}, { what: 'the log line' });
	await refused(by(authority.issue('revoked-too') && fromFile('to-be-revoked')), 'still revoked');
	authority.list(lists);
});

function fromFile(name) {
	return { cert: fs.readFileSync(authority.file(`${name}.pem`)),
		key: fs.readFileSync(authority.file(`${name}.key`)) };
}

test('a list that has run out refuses everybody, until there is a new one', async () => {
	authority.list(lists, ['-crlsec', '1']);
	await until(async () => {
		const outcome = await by(good).get('/livez').then(() => 'fine', () => 'refused');
		return outcome === 'refused';
	}, { what: 'the list to run out' });
	authority.list(lists);
	await until(async () => (await by(good).get('/me').catch(() => ({}))).status === 200,
		{ what: 'the new list' });
});

test('the guard and the limits are those of the first listener', async () => {
	for (const options of [{ headers: { 'x-long': 'a'.repeat(17_000) } },
		{ headers: { 'transfer-encoding': 'chunked', 'content-length': 3 }, raw: 'abc' }, { raw: 'a'.repeat(300_000) }]) {
		const [here, there] = await Promise.all([by(good), server.as('admin')].map((client) =>
			client.request('POST', '/appeals', options)));
		assert.ok(here.status >= 400);
		assert.deepEqual([here.status, here.json.code], [there.status, there.json.code]);
	}
});

/* ---- behind a proxy ---- */

const field = (certificate) => `:${Buffer.from(certificate.cert.toString()
	.replace(/-----[^-]*-----|\s/g, ''), 'base64').toString('base64')}:`;

function through(address, headers, key) {
	return new Client(server, { name: 'proxied', key }).get('/me', { headers,
		agent: new https.Agent({ localAddress: address }) });
}

test('Client-Cert is believed from a trusted proxy alone', async () => {
	const headers = { 'client-cert': field(good) };
	assert.equal((await through('127.0.0.2', headers)).json.channel, '110');
	assert.equal((await through('127.0.0.3', headers)).status, 401);
	assert.equal((await through('127.0.0.3', headers, server.key('admin').key)).json.role, 'admin',
		'a stranger\'s field is as if it were not there');
	assert.equal((await through('127.0.0.2', headers, server.key('admin').key)).status, 401,
		'two proofs of different keys');
	assert.equal((await through('127.0.0.2', {}, server.key('admin').key)).status, 200);
	for (const value of ['', '::', ':AAAA:', field(good).slice(1), `${field(good)};x=1`,
		field(authority.issue(`unbound-${Math.random()}`))])
		assert.equal((await through('127.0.0.2', { 'client-cert': value })).status, 401, value);
	assert.equal((await through('127.0.0.2', { 'client-cert': [field(good), field(good)] })).status,
		401);
});

test('a key\'s addresses are those of the proxy\'s client', async () => {
	const one = authority.issue('with-addresses');
	await bind(one, { addresses: ['192.0.2.0/24'] });
	const asked = async (client) => (await through('127.0.0.2', { 'client-cert': field(one),
		'x-forwarded-for': client })).status;
	assert.equal(await asked('192.0.2.4'), 200);
	assert.equal(await asked('198.51.100.4'), 401);
	await by(one).get('/me', { expect: 401 });
});

test('without the setting the field is nothing from anybody; a second proof can be demanded', async () => {
	const second = await freePort();
	const beside = await startBeside(server, { trusted_proxies: '127.0.0.2',
		mtls_listen: `127.0.0.1:${second}`, mtls_ca_file: authority.ca,
		mtls_second_proof: 'true' });
	const client = new Client(beside, { name: 'beside' });
	const agent = new https.Agent({ localAddress: '127.0.0.2' });
	await client.get('/me', { headers: { 'client-cert': field(good) }, agent, expect: 401 });
	const { key } = (await admin.get(`/keys/${bound.id}`)).json.secrets.length > 2 ? {} :
		(await admin.post(`/keys/${bound.id}/rotate`, {}, { expect: 200 })).json;
	const there = (more) => new Client({ ...beside, port: second, agent: new https.Agent(
		{ cert: good.cert, key: good.key }) }, { name: 'second', ...more });
	await there().get('/livez', { expect: 200 });
	await there().get('/me', { expect: 401 });
	await until(async () => (await there({ key }).get('/me')).status === 200,
		{ what: 'the key beside' });
	assert.match(beside.log(), /key_refused .*reason=missing/);
	/* It drains both listeners. */
	assert.equal(await beside.stop(), 0);
	await assert.rejects(there().get('/livez'));
});

test('a listener that cannot be as configured is refused at the start, by its setting', async () => {
	const own = { mtls_listen: '127.0.0.1:0', mtls_ca_file: authority.ca };
	const cases = [[{ ...own, mtls_ca_file: '' }, /mtls_ca_file/],
		[{ ...own, mtls_ca_file: '/nonexistent' }, /\/nonexistent: holds no certificate/],
		[{ ...own, mtls_crl_file: authority.ca }, /holds no revocation list/],
		[{ ...own, mtls_listen: 'everywhere' }, /mtls_listen/],
		[{ ...own, mtls_certificate: authority.ca }, /mtls|tls_/],
		[{ trusted_proxies: 'the proxy' }, /trusted_proxies: the proxy is no address/]];
	for (const [more, said] of cases) {
		const done = spawnSync(BIN, ['serve', '--config', besideConfig(server, 0, more)],
			{ encoding: 'utf8', timeout: 20_000 });
		assert.ok(done.status > 0, JSON.stringify([more, done.status]));
		assert.match(done.stderr, said);
	}
});

endsCleanly(server);
