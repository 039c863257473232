/*
 * testssl.sh on the server: protocols, ciphers, preferences, defaults of the server, headers and the
 * known holes. Nothing but what a certificate of a test has may be found.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { until } from '../e2e/lib/until.mjs';
import { run } from './lib/tools.mjs';

const server = await startServer({});
/* The demo signs its own certificate, for an address: no chain, no revocation, no domain. */
const OF_A_TEST_CERTIFICATE = ['cert_chain_of_trust', 'cert_revocation', 'DNS_CAArecord'];
/* Says what testssl's own openssl lacks, not what the server does. */
const OF_THE_TOOL = ['engine_problem'];

const SCANS_MOST = 3;

/* A check for which testssl's own connection failed has looked at nothing: all is looked at again. */
async function findings(port, ...what) {
	for (let scan = 1; ; scan++) {
		const found = await scanned(path.join(server.dir, `testssl-${port}-${what.length}-${scan}.json`),
			port, what);
		if (scan === SCANS_MOST || !found.all.some((one) => one.finding.endsWith('because of connect problem')))
			return found;
	}
}

async function scanned(file, port, what) {
	await run('testssl', ['--quiet', '--color', '0', '--warnings', 'off', '--nodns', 'none', '--jsonfile',
		file, ...what, `127.0.0.1:${port}`], { ms: 180_000 });
	const all = JSON.parse(fs.readFileSync(file, 'utf8'));
	return { all, bad: all.filter((one) => /LOW|MEDIUM|HIGH|CRITICAL|WARN|FATAL/.test(one.severity)) };
}

test('testssl finds nothing but what a certificate of a test has', async () => {
	const { all, bad } = await findings(server.port, '-p', '-s', '-f', '-P', '-S', '-h', '-U');
	assert.ok(all.length > 80, `${all.length} things were looked at`);
	assert.deepEqual(bad.filter(({ id }) => ![...OF_A_TEST_CERTIFICATE, ...OF_THE_TOOL].includes(id))
		.map(({ id, severity, finding }) => `${id} ${severity}: ${finding}`), []);
	const told = (id) => all.find((one) => one.id === id)?.finding;
	for (const old of ['SSLv2', 'SSLv3', 'TLS1', 'TLS1_1'])
		assert.match(told(old), /not offered/, old);
	for (const good of ['TLS1_2', 'TLS1_3'])
		assert.match(told(good), /offered/, good);
	assert.match(told('PFS'), /offered/);
});

test('a server with old protocols is found out', async () => {
	const tls = path.join(server.dir, 'tls');
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address();
	await new Promise((resolve) => probe.close(resolve));
	const child = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-www', '-cert',
		path.join(tls, 'server.pem'), '-key', path.join(tls, 'server.key'), '-cipher',
		'ALL:@SECLEVEL=0', '-min_protocol', 'TLSv1'], { stdio: 'ignore' });
	try {
		await until(() => new Promise((resolve) => {
			const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy()));
			socket.on('error', () => resolve(false));
		}), { what: 's_server to listen' });
		const { bad } = await findings(port, '-p');
		assert.ok(bad.some(({ id }) => /^TLS1(_1)?$/.test(id)), JSON.stringify(bad));
	} finally {
		child.kill('SIGKILL');
	}
});

endsCleanly(server);
