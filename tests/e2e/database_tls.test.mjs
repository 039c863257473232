/*
 * A database on another machine: reached over TLS 1.2 or newer, with its certificate checked
 * against the CA that was named, or not at all. The database is one of its own, made, migrated
 * and granted by the steps of the README.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import tls from 'node:tls';
import { BIN } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-dbtls-'));
const at = (name) => path.join(dir, name);
const OWNER = 'password of the owner', SERVICE = 'password of the service';
/* No machine has this address (RFC 5737): what is refused before it is dialled sends nothing. */
const ELSEWHERE = '192.0.2.1';
let database, port;

function run(program, args, options = {}) {
	const done = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, ...options });
	return done.error ? assert.fail(`${program}: ${done.error.message}`) : done;
}

function must(program, args, options) {
	const done = run(program, args, options);
	assert.equal(done.status, 0, `${program} ${args.join(' ')}: ${done.stderr}`);
	return done.stdout;
}

/* ---- certificates ---- */

function makeCa(name) {
	must('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
		`/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]);
}

function makeCertificate(name, ca, names) {
	must('openssl', ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout',
		at(`${name}.key`), '-out', at(`${name}.csr`)]);
	fs.writeFileSync(at(`${name}.ext`), `subjectAltName=${names}\n`);
	must('openssl', ['x509', '-req', '-in', at(`${name}.csr`), '-CA', at(`${ca}.pem`), '-CAkey',
		at(`${ca}.key`), '-CAcreateserial', '-days', '2', '-extfile', at(`${name}.ext`), '-out',
		at(`${name}.pem`)]);
}

makeCa('good');
makeCa('other');
makeCertificate('here', 'good', 'DNS:localhost,IP:127.0.0.1');
makeCertificate('there', 'good', 'DNS:database.example');

/* ---- the database ---- */

async function freePort() {
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const found = probe.address().port;
	probe.close();
	return found;
}

function sql(text, options = []) {
	return must('mariadb', ['--no-defaults', `--socket=${at('sock')}`, '--user=root', '--batch',
		'--skip-column-names', ...options], { input: text });
}

async function startDatabase(certificate, more = []) {
	await stopDatabase();
	port ??= await freePort();
	const log = fs.openSync(at('mariadb.log'), 'a');
	database = spawn('mariadbd', ['--no-defaults', `--datadir=${at('data')}`,
		`--socket=${at('sock')}`, `--pid-file=${at('pid')}`, `--port=${port}`,
		'--bind-address=127.0.0.1', '--skip-name-resolve=0', '--innodb-buffer-pool-size=64M',
		...(certificate ? [`--ssl-cert=${at(`${certificate}.pem`)}`,
			`--ssl-key=${at(`${certificate}.key`)}`] : []),
		...(process.getuid() === 0 ? ['--user=root'] : []), ...more],
	{ stdio: ['ignore', log, log] });
	fs.closeSync(log);
	await until(() => run('mariadb', ['--no-defaults', `--socket=${at('sock')}`, '--user=root',
		'-e', 'SELECT 1']).status === 0, { what: 'the database' });
}

async function stopDatabase() {
	if (database?.exitCode === null && database.signalCode === null) {
		database.kill('SIGTERM');
		await once(database, 'exit');
	}
}

after(async () => {
	await stopDatabase();
	fs.rmSync(dir, { recursive: true });
});

/* ---- the service ---- */

let count = 0;
const files = at('files');
fs.mkdirSync(files);

function config(more = {}) {
	const file = at(`liandong-${count++}.conf`);
	const settings = { listen: '127.0.0.1:0', key_file: at('keys'), listen_tls: false,
		database_host: '127.0.0.1', database_port: port, database_user: 'service',
		database_password_file: at('service'), database_ca_file: at('good.pem'),
		attachment_directory: files, ...more };
	fs.writeFileSync(file, Object.entries(settings).filter(([, value]) => value !== null)
		.map(([name, value]) => `${name} = ${value}\n`).join(''));
	return file;
}

function liandong(...args) {
	return run(BIN, args);
}

/* Serves until it is ready, gives its log. */
async function serve(file) {
	const child = spawn(BIN, ['serve', '--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	child.stderr.on('data', (part) => { log += part; });
	await until(() => /server ready/.test(log) || child.exitCode !== null,
		{ what: 'the service' });
	child.kill('SIGTERM');
	if (child.exitCode === null)
		await once(child, 'exit');
	assert.equal(child.exitCode, 0, log);
	return log;
}

function assertRefused(file, said) {
	const done = liandong('serve', '--config', file);
	assert.equal(done.status, 1, done.stderr);
	assert.match(done.stderr, said);
	assert.doesNotMatch(done.stderr, /ready/);
}

test('a database over TLS is made ready by the steps of the README', async () => {
	must('mariadb-install-db', ['--no-defaults', `--datadir=${at('data')}`, '--skip-test-db',
		'--auth-root-authentication-method=normal', `--user=${os.userInfo().username}`,
		'--innodb-log-file-size=32M']);
	await startDatabase('here');
	for (const [name, text] of [['owner', OWNER], ['service', SERVICE],
		['keys', `1 ${'5a'.repeat(32)}`]])
		fs.writeFileSync(at(name), `${text}\n`, { mode: 0o600 });
	sql(`CREATE DATABASE liandong CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		CREATE USER 'owner'@'%' IDENTIFIED BY '${OWNER}' REQUIRE SSL;
		GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP, CREATE VIEW, SHOW VIEW
			ON liandong.* TO 'owner'@'%';
		CREATE USER 'service'@'%' IDENTIFIED BY '${SERVICE}';`);
	const done = liandong('migrate', '--config', config({ database_user: 'owner',
		database_password_file: at('owner') }));
	assert.equal(done.status, 0, done.stderr);
	const grants = liandong('grants', '--config', config({ database_host: 'database.example' }));
	assert.equal(grants.status, 0, grants.stderr);
	assert.match(grants.stdout, /ALTER USER 'service'@'%' REQUIRE SSL;/);
	sql(grants.stdout);
});

test('the right CA: it serves, over TLS 1.2 or newer, and says so', async () => {
	const log = await serve(config());
	assert.match(log, /reachable .*tls=(TLS_|ECDHE-)/);
});

test('on the wire there is nothing to be read', async () => {
	const seen = [];
	const proxy = net.createServer((client) => {
		const upstream = net.connect({ host: '127.0.0.1', port });
		for (const [from, to] of [[client, upstream], [upstream, client]]) {
			from.on('data', (part) => seen.push(part));
			from.on('error', () => to.destroy());
			from.pipe(to);
		}
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	await serve(config({ database_port: proxy.address().port }));
	proxy.close();
	const text = Buffer.concat(seen).toString('latin1');
	assert.ok(text.length > 10_000);
	assert.doesNotMatch(text, /SELECT|server_migration|utf8mb4_bin|ledger_entry|SHOW GRANTS/);
	assert.ok(text.includes('\x16\x03'), 'a handshake of TLS');
});

test('the same proxy reads everything where there is no TLS', async () => {
	sql("ALTER USER 'service'@'%' REQUIRE NONE");
	const seen = [];
	const proxy = net.createServer((client) => {
		const upstream = net.connect({ host: '127.0.0.1', port });
		client.on('data', (part) => seen.push(part));
		client.on('error', () => upstream.destroy());
		upstream.on('error', () => client.destroy());
		client.pipe(upstream).pipe(client);
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	await serve(config({ database_port: proxy.address().port, database_ca_file: null }));
	proxy.close();
	assert.match(Buffer.concat(seen).toString('latin1'), /SHOW GRANTS/);
	sql("ALTER USER 'service'@'%' REQUIRE SSL");
});

test('the wrong CA is refused', () => {
	assertRefused(config({ database_ca_file: at('other.pem') }), /unreachable .*(TLS|SSL|certificate)/i);
});

test('a CA file that is not there is refused', () => {
	assertRefused(config({ database_ca_file: at('none.pem') }), /unreachable|cannot/i);
});

test('a database on another machine without a CA is refused before it is dialled', () => {
	for (const host of [ELSEWHERE, 'database.example', '1127.0.0.1', 'localhost.example'])
		assertRefused(config({ database_host: host, database_ca_file: null }), /^database_ca_file: /m);
	for (const command of [['migrate'], ['key', 'add', 'x', 'auditor']])
		assert.match(liandong(...command, '--config', config({ database_host: ELSEWHERE,
			database_ca_file: null })).stderr, /^database_ca_file: /m);
});

test('an account that must use TLS gets in by nothing else', () => {
	assertRefused(config({ database_ca_file: null }), /Access denied/);
});

test('a certificate of another name is refused', async () => {
	await startDatabase('there');
	assertRefused(config(), /unreachable .*(TLS|SSL|certificate)/i);
});

test('a database that speaks no TLS is refused', async () => {
	await startDatabase(null);
	sql("ALTER USER 'service'@'%' REQUIRE NONE");
	assertRefused(config(), /unreachable .*(TLS|SSL)/i);
	await serve(config({ database_ca_file: null }));
});

/* The greeting of a database that offers TLS (protocol 10), and what comes of the handshake. */
function greeter(version) {
	const greeting = Buffer.concat([Buffer.from([10]), Buffer.from('5.5.5-10.11.6-MariaDB\0'),
		Buffer.from([1, 0, 0, 0]), Buffer.from('abcdefgh\0'), Buffer.from('feff210200ff8115', 'hex'),
		Buffer.alloc(10),
		Buffer.from('ijklmnopqrst\0mysql_native_password\0')]);
	const heard = [], sockets = [];
	const listener = net.createServer((socket) => {
		sockets.push(socket);
		socket.on('error', () => {});
		socket.write(Buffer.concat([Buffer.from([greeting.length, 0, 0, 0]), greeting]));
		/* The wish for TLS is 36 bytes; what comes with it is the handshake already. */
		socket.once('data', (bytes) => {
			socket.pause();
			if (bytes.length > 36)
				socket.unshift(bytes.subarray(36));
			const secured = new tls.TLSSocket(socket, { isServer: true,
				cert: fs.readFileSync(at('here.pem')), key: fs.readFileSync(at('here.key')),
				minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
			secured.on('secure', () => heard.push(secured.getProtocol()));
			secured.on('error', (error) => heard.push(error.code));
		});
	});
	return { listener, heard, sockets };
}

for (const [version, is_good] of [['TLSv1.1', false], ['TLSv1.2', true], ['TLSv1.3', true]])
	test(`${version} is ${is_good ? 'spoken' : 'refused'}`, async () => {
		const { listener, heard, sockets } = greeter(version);
		listener.listen(0, '127.0.0.1');
		await once(listener, 'listening');
		const child = spawn(BIN, ['serve', '--config',
			config({ database_port: listener.address().port })], { stdio: 'ignore' });
		try {
			await until(() => heard.length > 0, { what: 'a handshake' });
		} finally {
			child.kill('SIGKILL');
			listener.close();
			for (const socket of sockets)
				socket.destroy();
		}
		if (is_good)
			assert.equal(heard[0], version);
		else
			assert.ok(!heard.includes(version) && /UNSUPPORTED_PROTOCOL|ALERT|VERSION/i
				.test(heard[0]), heard.join());
	});
