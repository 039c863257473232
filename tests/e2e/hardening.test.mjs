/*
 * The service as its unit runs it: what the unit takes away is not missed, what the process gives
 * up by itself is gone, secrets come from files that only their owner reads, and the service
 * manager is spoken to. systemd itself cannot run here: its checker judges the units, and what it
 * would do is done by other programs.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { besideConfig, startBeside } from './lib/beside.mjs';
import { BIN, startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { leadOf, register, row } from './lib/world.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const UNITS = ['liandong.service', 'liandong-signer.service'];
const server = await startServer();
const where = row(server, 'L3');
const IS_ROOT = process.getuid() === 0;

function run(program, args, options = {}) {
	return spawnSync(program, args, { encoding: 'utf8', timeout: 60_000, ...options });
}

function unit(name) {
	return fs.readFileSync(path.join(ROOT, 'config', name), 'utf8').split('\n')
		.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2));
}

/* What an operator and a department do, with a workbook and a printed page among it. */
async function work(beside) {
	const appeal = await register(beside, where);
	await beside.as('department', { department: leadOf(appeal).department })
		.get(`/tasks/${leadOf(appeal).id}`, { expect: 200 });
	const month = new Date().toISOString().slice(0, 7);
	const leader = beside.as('leader');
	const book = await leader.get(`/reports/${month}.xlsx`, { expect: 200 });
	assert.equal(book.bytes.subarray(0, 2).toString(), 'PK');
	const ticket = await beside.as('supervisor').get(`/tasks/${leadOf(appeal).id}/ticket.pdf`,
		{ expect: 200 });
	assert.equal(ticket.bytes.subarray(0, 5).toString(), '%PDF-');
}

/* ---- units ---- */

for (const name of UNITS)
	test(`${name}: exposure at most 2.0, and the checker understands every line`, () => {
		const file = path.join(ROOT, 'config', name);
		const judged = run('systemd-analyze', ['security', '--offline=true', '--no-pager',
			'--threshold=20', file]);
		assert.equal(judged.status, 0, judged.stdout.slice(-400) + judged.stderr);
		const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(judged.stdout)[1]);
		assert.ok(exposure <= 2.0, `${exposure}`);
		const verified = run('systemd-analyze', ['verify', file]);
		const said = verified.stderr.split('\n').filter((line) => line &&
			!/is not executable: No such file|Failed to (open|connect)/.test(line));
		assert.deepEqual(said, []);
	});

test('a unit with less would not pass', () => {
	const loose = path.join(server.dir, 'loose.service');
	fs.writeFileSync(loose, fs.readFileSync(path.join(ROOT, 'config/liandong.service'), 'utf8')
		.replace(/^(CapabilityBoundingSet|SystemCallFilter|Restrict\w+|Protect\w+)=.*$/gm, ''));
	assert.notEqual(run('systemd-analyze', ['security', '--offline=true', '--no-pager',
		'--threshold=20', loose]).status, 0);
});

/* The names that SystemCallFilter= leaves, groups taken apart by systemd itself. */
function allowedCalls(name) {
	const expand = (word) => (word.startsWith('@') ? run('systemd-analyze', ['syscall-filter',
		'--no-pager', word]).stdout.split('\n').slice(1).map((line) => line.trim())
		.filter((line) => line && !line.startsWith('#')).flatMap(expand) : [word]);
	const allowed = new Set();
	for (const [key, value] of unit(name).filter(([one]) => one === 'SystemCallFilter')) {
		const is_taken = value.startsWith('~');
		for (const call of value.replace('~', '').split(' ').flatMap(expand))
			is_taken ? allowed.delete(call) : allowed.add(call);
		assert.equal(key, 'SystemCallFilter');
	}
	return allowed;
}

test('every system call of a working day is one that the unit allows', async () => {
	const trace = path.join(server.dir, 'trace');
	const beside = await startBeside(server, {},
		{ program: ['strace', '-D', '-f', '-qq', '-o', trace, BIN] });
	await work(beside);
	assert.equal(await beside.stop(), 0);
	const lines = await until(() => {
		const found = fs.readFileSync(trace, 'utf8').split('\n');
		return found.some((line) => line.startsWith(`${beside.pid} `) && /exit_group\(0\)/.test(line)) &&
			found;
	}, { what: 'the end of the trace' });
	const called = new Set(lines.map((line) => /^\d+ +(?:<\.\.\. )?(\w+)[( ]/.exec(line)?.[1])
		.filter((one) => one && !/^resumed|^exited|^killed/.test(one)));
	const allowed = allowedCalls('liandong.service');
	assert.ok(called.size > 40 && allowed.size > 200, `${called.size} of ${allowed.size}`);
	assert.deepEqual([...called].filter((one) => !allowed.has(one)), []);
	assert.ok(!allowed.has('mount') && !allowed.has('ptrace') && !allowed.has('bpf'));

	/* The bounds are put on before there is a second thread to be forgotten. */
	const restricted = lines.findIndex((line) => /landlock_restrict_self\(.*\) += 0/.test(line));
	const cloned = lines.findIndex((line) => /CLONE_THREAD/.test(line));
	assert.ok(restricted > 0 && cloned > restricted, `${restricted} before ${cloned}`);
	assert.ok(lines.slice(0, restricted).some((line) => /PR_SET_DUMPABLE, SUID_DUMP_DISABLE/
		.test(line)));
	assert.ok(!lines.slice(restricted).some((line) => /(bind|listen)\(.*\) += 0/.test(line) &&
		!/AF_NETLINK|AF_UNIX/.test(line)));
});

test('it works as nobody, without capabilities, on a file system that cannot be written',
	{ skip: !IS_ROOT && 'needs root to become nobody' }, async () => {
		const given = fs.mkdtempSync('/tmp/liandong-given-'), spool = path.join(given, 'spool');
		fs.mkdirSync(spool);
		for (const [from, to] of [['keys', 'keys'], ['tls/server.key', 'tls.key'],
			['tls/server.pem', 'tls.pem'], ['run/db.password', 'database-password']]) {
			fs.copyFileSync(path.join(server.dir, from), path.join(given, to));
			fs.chmodSync(path.join(given, to), 0o440);
			fs.chownSync(path.join(given, to), 65534, 65534);
		}
		fs.chmodSync(given, 0o711);
		fs.chmodSync(server.dir, 0o711);
		fs.chmodSync(path.join(server.dir, 'run'), 0o711);
		/* PR_SET_MDWE: no memory may become executable, as MemoryDenyWriteExecute= has it. */
		const script = 'mount --make-rprivate / && mount -t tmpfs -o mode=700,uid=65534 none ' +
			`${spool} && mount -o remount,bind,ro / && ! touch ${given}/written 2>&- && ` +
			`exec perl -e '$! = 0; syscall(157, 65, 1, 0, 0, 0) == 0 or $!{EINVAL} or die $!; ` +
			`exec @ARGV' setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs ` +
			'--bounding-set=-all --inh-caps=-all "$@"';
		const beside = await startBeside(server, { spool_directory: spool,
			attachment_directory: path.join(spool, 'files'),
			key_file: '$CREDENTIALS_DIRECTORY/keys', tls_key: '$CREDENTIALS_DIRECTORY/tls.key',
			tls_certificate: path.join(given, 'tls.pem'),
			database_password_file: '$CREDENTIALS_DIRECTORY/database-password' },
		{ program: ['env', `CREDENTIALS_DIRECTORY=${given}`, 'unshare', '-m', 'sh', '-c', script, 'sh',
			BIN] });
		try {
			const status = fs.readFileSync(`/proc/${beside.pid}/status`, 'utf8');
			assert.match(status, /^Uid:\s65534\s65534/m);
			assert.match(status, /^CapBnd:\s0+$/m);
			await work(beside);
			await work(beside);
		} finally {
			assert.equal(await beside.stop(), 0, beside.log());
			fs.rmSync(given, { recursive: true });
		}
	});

/* ---- the process ---- */

test('no thread can gain rights, and nobody gets an image of the memory', async () => {
	const beside = await startBeside(server);
	try {
		for (const thread of fs.readdirSync(`/proc/${beside.pid}/task`))
			assert.match(fs.readFileSync(`/proc/${beside.pid}/task/${thread}/status`, 'utf8'),
				/^NoNewPrivs:\s1$/m);
		assert.match(fs.readFileSync(`/proc/${beside.pid}/limits`, 'utf8'),
			/^Max core file size +0 +0 /m);
		if (IS_ROOT)
			assert.equal(fs.statSync(`/proc/${beside.pid}/mem`).uid, 0);
		assert.ok(Number(/^VmLck:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${beside.pid}/status`,
			'utf8'))[1]) > 0, 'the keys are locked into memory');
		assert.match(beside.log(), /confined .*landlock=files_ports_signals/);
	} finally {
		beside.child.kill('SIGABRT');
		await once(beside.child, 'exit');
	}
	assert.equal(beside.child.signalCode, 'SIGABRT');
});

test('no secret stands in the arguments or in the environment of a process', async () => {
	const secrets = [fs.readFileSync(path.join(server.dir, 'run/db.password'), 'utf8').trim(),
		...fs.readFileSync(path.join(server.dir, 'keys'), 'utf8').match(/[0-9a-f]{64}/g),
		...server.access.keys.map((one) => one.key)];
	const beside = await startBeside(server);
	for (const pid of [server.pid, beside.pid, ...server.databases()])
		for (const file of ['cmdline', 'environ']) {
			const text = fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
			for (const secret of secrets)
				assert.ok(!text.includes(secret), `${file} of ${pid}`);
		}
	assert.equal(await beside.stop(), 0);
});

test('a secret in the environment is refused without being repeated', () => {
	const config = besideConfig(server, 1, {});
	const done = run(BIN, ['serve', '--config', config], { env: { PATH: process.env.PATH,
		LIANDONG_DATABASE_PASSWORD: 'hunter2', LIANDONG_KEY: 'deadbeef' } });
	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /database_password is a secret.*database_password_file/);
	assert.match(done.stderr, /key is a secret.*key_file/);
	assert.doesNotMatch(done.stderr + done.stdout, /hunter2|deadbeef/);
});

for (const setting of ['key_file', 'tls_key', 'mtls_key', 'database_password_file'])
	for (const mode of [0o640, 0o604])
		test(`${setting} with mode ${mode.toString(8)} is refused, and what to do is told`, () => {
			const from = { key_file: 'keys', tls_key: 'tls/server.key', mtls_key: 'tls/server.key',
				database_password_file: 'run/db.password' }[setting];
			const copy = path.join(server.dir, `open-${setting}`);
			fs.copyFileSync(path.join(server.dir, from), copy);
			fs.chmodSync(copy, mode);
			const pem = path.join(server.dir, 'tls/server.pem');
			const config = besideConfig(server, 1, { listen: '127.0.0.1:0', [setting]: copy,
				...(setting === 'mtls_key' ? { mtls_listen: '127.0.0.1:0', mtls_certificate: pem,
					mtls_ca_file: pem } : {}) });
			const done = run(BIN, ['serve', '--config', config], { timeout: 10_000 });
			assert.notEqual(done.status, 0);
			assert.match(done.stderr, /may be used by others than its owner .*chmod 600/);
			assert.ok(done.stderr.includes(copy));
		});

/* ---- renewed certificates, and the bounds of the running server ---- */

function makeCertificate(folder, name) {
	fs.mkdirSync(folder, { recursive: true });
	const done = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
		'-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', path.join(folder, 'key.new'),
		'-out', path.join(folder, 'certificate.new')]);
	assert.equal(done.status, 0, done.stderr);
	for (const one of ['key', 'certificate'])
		fs.renameSync(path.join(folder, `${one}.new`), path.join(folder, `${one}.pem`));
	return fs.readFileSync(path.join(folder, 'certificate.pem'));
}

/* The name in the certificate that a new connection is shown. */
function shownName(port) {
	return new Promise((resolve, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
			resolve(socket.getPeerCertificate().subject.CN);
			socket.destroy();
		});
		socket.on('error', reject);
	});
}

test('SIGHUP shows a renewed certificate; a broken or foreign file changes nothing', async () => {
	const folder = path.join(server.dir, 'own-tls'), file = path.join(folder, 'certificate.pem');
	const outside = fs.mkdtempSync('/tmp/liandong-outside-');
	server.ca = makeCertificate(folder, 'first');
	const beside = await startBeside(server, { tls_certificate: file,
		tls_key: path.join(folder, 'key.pem') });
	const hangUp = async (said) => {
		const before = beside.log().length;
		process.kill(beside.pid, 'SIGHUP');
		await until(() => said.test(beside.log().slice(before)), { what: String(said) });
		return beside.log().slice(before);
	};
	try {
		assert.equal(await shownName(beside.port), 'first');
		const held = tls.connect({ host: '127.0.0.1', port: beside.port, ca: server.ca });
		await once(held, 'secureConnect');
		makeCertificate(folder, 'second');
		await hangUp(/reloaded/);
		assert.equal(await shownName(beside.port), 'second');
		held.write(`GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
		assert.match(String((await once(held, 'data'))[0]), /^HTTP\/1\.1 200/, 'old ones go on');

		fs.writeFileSync(file, 'no certificate');
		await hangUp(/reload_refused/);
		assert.equal(await shownName(beside.port), 'second');

		/* As root every file could be read: the bounds are what stands in the way. */
		makeCertificate(outside, 'outside');
		fs.rmSync(file);
		fs.symlinkSync(path.join(outside, 'certificate.pem'), file);
		fs.copyFileSync(path.join(outside, 'key.pem'), path.join(folder, 'key.pem'));
		const log = await hangUp(/reload_refused/);
		assert.match(log, /certificate\.pem: not a readable PEM file: Permission denied/);
		assert.equal(await shownName(beside.port), 'second');

		makeCertificate(folder, 'third');
		await hangUp(/reloaded/);
		assert.equal(await shownName(beside.port), 'third');
	} finally {
		server.ca = fs.readFileSync(server.access.ca_file);
		assert.equal(await beside.stop(), 0, beside.log());
		fs.rmSync(outside, { recursive: true });
	}
});

test('SIGHUP reads the settings again; a mistake in them changes nothing', async () => {
	const beside = await startBeside(server);
	const file = beside.file;
	const text = fs.readFileSync(file, 'utf8');
	const contact = async () => {
		const answer = await beside.as('operator').get('/.well-known/security.txt');
		return answer.status === 200 ? /^Contact: (.*)$/m.exec(answer.text)[1] : answer.status;
	};
	assert.equal(await contact(), 404);
	fs.writeFileSync(file, `${text}security_contact = mailto:a@hotline.example\n`);
	process.kill(beside.pid, 'SIGHUP');
	await until(async () => await contact() === 'mailto:a@hotline.example', { what: 'the contact' });
	fs.writeFileSync(file, `${text}security_contact = mailto:b@hotline.example\nnonsense = 1\n`);
	process.kill(beside.pid, 'SIGHUP');
	await until(() => /reload_refused/.test(beside.log()), { what: 'the refusal' });
	assert.equal(await contact(), 'mailto:a@hotline.example');
	assert.equal(await beside.stop(), 0);
});

/* ---- the service manager ---- */

test('a socket that the manager opened is served, and nothing else is listened at', async () => {
	const probe = net.createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address();
	probe.close();
	const config = besideConfig(server, port, { listen: '127.0.0.1:1' });
	const child = spawn('systemd-socket-activate', ['-l', `127.0.0.1:${port}`, '--fdname=listen',
		BIN, 'serve', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	child.stderr.on('data', (part) => { log += part; });
	await until(() => /Listening on/.test(log), { what: 'the manager to listen' });
	const answer = await until(() => new Promise((resolve) => {
		const socket = tls.connect({ host: '127.0.0.1', port, ca: server.ca }, () =>
			socket.write('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'));
		socket.on('data', (part) => resolve(String(part)));
		socket.on('error', () => resolve(''));
		socket.on('close', () => resolve(''));
	}), { what: 'an answer' });
	assert.match(answer, /^HTTP\/1\.1 200 OK/);
	child.kill('SIGTERM');
	const [code] = await once(child, 'exit');
	assert.equal(code, 0, log);
});

test('the manager hears when it is ready, that it lives, and that it stops', async () => {
	const address = path.join(server.dir, 'notify');
	const heard = [];
	const manager = spawn('perl', ['-MSocket', '-e', `$| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0);
		bind(S, sockaddr_un($ARGV[0])) or die; print "bound\\n";
		while (defined recv(S, $m, 999, 0)) { print "$m\\n" }`, address]);
	manager.stdout.on('data', (part) => heard.push(...String(part).trim().split('\n')));
	await until(() => heard.includes('bound'), { what: 'the manager' });
	try {
		const beside = await startBeside(server, {}, { env: { NOTIFY_SOCKET: address,
			WATCHDOG_USEC: '200000' } });
		await until(() => heard.filter((one) => one === 'WATCHDOG=1').length >= 3,
			{ what: 'signs of life' });
		assert.ok(heard.includes('READY=1'));
		assert.ok(heard.indexOf('READY=1') < heard.lastIndexOf('WATCHDOG=1'));
		process.kill(beside.pid, 'SIGSTOP');
		const silent = heard.length;
		process.kill(beside.pid, 'SIGCONT');
		process.kill(beside.pid, 'SIGHUP');
		await until(() => heard.slice(silent).includes('RELOADING=1'), { what: 'the reload' });
		assert.equal(await beside.stop(), 0);
		await until(() => heard.includes('STOPPING=1'), { what: 'the stop' });
	} finally {
		manager.kill();
	}
});

/* ---- programs ---- */

const PROGRAMS = { liandong: 'server/main.o', 'liandong-signer': 'server/programs/signer/main.o',
	'liandong-verify': 'programs/verify/main.o', 'liandong-pdf': 'server/programs/pdf/main.o' };

for (const [name, object] of Object.entries(PROGRAMS))
	test(`${name} is built so that mistakes are hard to use`, () => {
		const file = path.join(ROOT, 'build', name);
		const elf = run('readelf', ['-W', '-h', '-l', '-d', '--dyn-syms', file]).stdout;
		assert.match(elf, /Type:\s+DYN \(Position-Independent Executable/);
		assert.match(elf, /GNU_RELRO/);
		assert.match(elf, /FLAGS.*BIND_NOW/);
		assert.match(elf, /FLAGS_1.*NOW.*PIE/);
		assert.match(elf, /GNU_STACK\s+0x0+ 0x0+ 0x0+ 0x0+ 0x0+ RW /);
		assert.doesNotMatch(elf, /LOAD .* RWE /);
		assert.match(elf, /__stack_chk_fail@/);
		assert.match(elf, /__(mem|s|v|f|str|read|recv)\w*_chk@/);
		/* The linker leaves the mark out: the start files of Debian 12 do not bear it. */
		if (process.arch === 'x64')
			assert.match(run('readelf', ['-n', path.join(ROOT, 'build', object)]).stdout,
				/x86 feature: IBT, SHSTK/);
		assert.doesNotMatch(elf, /\((RPATH|RUNPATH)\)/);
	});

test('a program built without that is found out', () => {
	const loose = path.join(server.dir, 'loose');
	const made = run('gcc', ['-x', 'c', '-no-pie', '-Wl,-z,norelro,-z,lazy', '-fcf-protection=none',
		'-o', loose, '-'], { input: 'int main(void) { return 0; }' });
	assert.equal(made.status, 0, made.stderr);
	const elf = run('readelf', ['-W', '-h', '-l', '-d', '--dyn-syms', loose]).stdout;
	assert.doesNotMatch(elf, /Type:\s+DYN/);
	assert.doesNotMatch(elf, /BIND_NOW|GNU_RELRO|__stack_chk_fail|_chk@/);
});

endsCleanly(server);
