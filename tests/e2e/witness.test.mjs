/*
 * The witness against a log that can lie: it cosigns what goes on from what it saw, and
 * nothing else, through kills and restarts.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { isCosigned, keyOf, noteOf } from '../verify/notes.mjs';
import { startLog } from '../verify/log.mjs';
import { verify } from '../verify/program.mjs';
import { sha256 } from '../verify/tree.mjs';
import { until } from './lib/until.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'witness-'));
const log = await startLog(dir);
test.after(async () => {
	await log.stop();
	fs.rmSync(dir, { recursive: true });
});

let folders = 0;
/* A witness in a folder of its own; `run` starts it once. */
function aWitness() {
	const folder = path.join(dir, `witness${folders++}`);
	const args = ['witness', '--url', log.url, '--key', log.vkey, '--dir', folder, '--ca',
		log.ca];
	Object.assign(log, { lie: {}, cosignatures: [], posted: [], asked: [], tokens: [] });
	return { folder, args, run: (...more) => verify([...args, ...more]),
		state: () => fs.readFileSync(path.join(folder, 'state'), 'utf8'),
		vkey: async () => (await verify(['witness', '--public', '--dir', folder])).out.trim() };
}

test('it cosigns the first tree it sees and every one that goes on from it', async () => {
	const witness = aWitness();
	for (const size of [1, 2, 7, 8, 64, 65, 200]) {
		log.size = size;
		const result = await witness.run('--once');
		assert.equal(result.status, 0, result.out + result.error);
		assert.match(result.out, new RegExp(`^cosigned: county.example/ledger, ${size} entries`));
		assert.match(witness.state(), new RegExp(`^liandong-witness/1\\n${size}\\n`));
		const note = log.cosignatures.at(-1);
		assert.ok(note.startsWith(`${log.origin}\n${size}\n`));
		assert.ok(isCosigned(note, await witness.vkey()), note);
		/* And by the program itself. */
		fs.writeFileSync(path.join(dir, 'note'), note);
		const checked = await verify(['checkpoint', path.join(dir, 'note'), '--key', log.vkey,
			'--witness', await witness.vkey()]);
		assert.equal(checked.status, 0, checked.out);
	}
	assert.equal(log.cosignatures.length, 7);
	assert.equal(log.asked.filter((line) => line.includes('consistency')).length, 6);
});

test('its key is made once, is nobody else\'s to read, and is named after the log', async () => {
	const witness = aWitness();
	log.size = 5;
	await witness.run();
	const vkey = await witness.vkey();
	assert.match(vkey, /^county\.example\/ledger\/witness\+[0-9a-f]{8}\+B/);
	assert.equal(fs.statSync(path.join(witness.folder, 'key')).mode & 0o777, 0o600);
	assert.equal(fs.statSync(witness.folder).mode & 0o777, 0o700);
	log.size = 6;
	await witness.run();
	assert.equal(await witness.vkey(), vkey);
	const named = await verify(['witness', '--public', '--dir', path.join(dir, 'named'), '--name',
		'oversight.example']);
	assert.match(named.out, /^oversight\.example\+/);
	const nameless = await verify(['witness', '--public', '--dir', path.join(dir, 'nameless')]);
	assert.equal(nameless.status, 2);
	assert.match(nameless.error, /its first start needs the log's --key, or --name NAME/);
});

/* Everything a log could show after 50 honest entries that no witness may sign. */
const forged = (n) => log.leaves.map((leaf, i) => i === n ? sha256('forged') : leaf);
const LIES = {
	'a fork of the same size': [() => ({ leaves: forged(20), size: 50 }), /FORK: .*same size/],
	'a larger tree that does not go on': [() => ({ leaves: forged(20), size: 80 }), /FORK: /],
	'a smaller tree': [() => ({ size: 49 }), /the log shrank/],
	'an empty tree': [() => ({ size: 0 }), /the log shrank/],
	'a proof with a changed hash': [() => ({ size: 80, proof: (hashes) => [
		sha256('x').toString('base64'), ...hashes.slice(1)] }), /FORK: /],
	'no proof': [() => ({ size: 80, proof: () => [] }), /FORK: /],
	'a proof of something else than hashes': [() => ({ size: 80, proof: () => ['eA=='] }), /FORK: /],
	'a proof with too much': [() => ({ size: 80, proof: (hashes) => [...hashes, hashes[0]] }),
		/FORK: /],
	'a bad signature': [() => ({ size: 80,
		note: (note) => note.replace(/^80$/m, '81') }), /no good signature of the log/],
	'another key\'s signature': [() => ({ size: 80, note: (note) =>
		noteOf(note.slice(0, note.lastIndexOf('\n\n') + 1), keyOf(log.origin, 2)) }),
	/no good signature of the log/],
	'another log\'s checkpoint': [() => ({ size: 80, note: (note) =>
		noteOf(note.slice(0, note.lastIndexOf('\n\n') + 1).replace(/^.*/, 'other.example'),
			log.key) }), /of another log/],
	'no checkpoint at all': [() => ({ note: () => 'hello\n' }), /is no checkpoint/],
};
for (const [name, [lie, line]] of Object.entries(LIES))
	test(`it never cosigns ${name}, says so and ends with status 1`, async () => {
		const witness = aWitness();
		log.size = 50;
		assert.equal((await witness.run()).status, 0);
		const before = witness.state();
		log.lie = lie();
		for (const more of [['--once'], ['--every', '1']]) {
			const result = await witness.run(...more);
			assert.equal(result.status, 1, result.out + result.error);
			assert.match(result.out, line);
			assert.match(result.out, /^REFUSED: /);
		}
		assert.equal(log.posted.length, 1, 'only the honest tree');
		assert.equal(witness.state(), before);
		/* An honest log is followed again. */
		log.lie = {};
		log.size = 90;
		assert.equal((await witness.run()).status, 0);
		assert.equal(log.posted.length, 2);
	});

test('killed between its state and its cosignature it signs the same tree again, no other',
	async () => {
		const witness = aWitness();
		log.size = 50;
		await witness.run();
		log.size = 60;
		log.lie = { post: () => {} };
		let child;
		const running = verify([...witness.args, '--once'],
			{ onStart: (started) => { child = started; } });
		await until(() => log.posted.length === 2, { what: 'the cosignature on its way' });
		/* What went out was on disk before. */
		assert.match(witness.state(), /^liandong-witness\/1\n60\n/);
		child.kill('SIGKILL');
		assert.equal((await running).signal, 'SIGKILL');
		log.lie = { leaves: forged(55), size: 60 };
		const fork = await witness.run();
		assert.equal(fork.status, 1);
		assert.match(fork.out, /FORK/);
		assert.equal(log.posted.length, 2);
		log.lie = {};
		const again = await witness.run();
		assert.equal(again.status, 0);
		assert.ok(isCosigned(log.posted[2], await witness.vkey()));
		assert.ok(log.posted[2].startsWith(`${log.origin}\n60\n`));
	});

test('a half-written state is never read, and a damaged one stops it', async () => {
	const witness = aWitness();
	log.size = 50;
	await witness.run();
	fs.writeFileSync(path.join(witness.folder, 'state.new'), 'liandong-witness/1\n4');
	log.size = 51;
	assert.equal((await witness.run()).status, 0);
	for (const text of ['', 'liandong-witness/1\n51\n', `${witness.state()}more\n`,
		witness.state().replace('51', '051')]) {
		const kept = witness.state();
		fs.writeFileSync(path.join(witness.folder, 'state'), text);
		const result = await witness.run();
		assert.equal(result.status, 2, text);
		assert.match(result.error, /state: is damaged; nothing is cosigned/);
		assert.equal(log.posted.length, 2);
		fs.writeFileSync(path.join(witness.folder, 'state'), kept);
	}
	/* A witness that has a key has seen something: a state that is gone is no first start. */
	fs.renameSync(path.join(witness.folder, 'state'), path.join(witness.folder, 'away'));
	const gone = await witness.run();
	assert.equal(gone.status, 2);
	assert.match(gone.error, /state: is missing; nothing is cosigned/);
	assert.equal(log.posted.length, 2);
	fs.renameSync(path.join(witness.folder, 'away'), path.join(witness.folder, 'state'));
	assert.equal((await witness.run()).status, 0);
	fs.writeFileSync(path.join(witness.folder, 'key'), 'nothing');
	assert.equal((await witness.run()).status, 2);
});

test('what cannot be stored is not cosigned', async () => {
	const witness = aWitness();
	log.size = 50;
	await witness.run();
	/* The place of the state's new text is taken by a folder. */
	fs.mkdirSync(path.join(witness.folder, 'state.new'));
	log.size = 55;
	const result = await witness.run();
	assert.equal(result.status, 2);
	assert.match(result.error, /state: cannot be written/);
	assert.equal(log.posted.length, 1);
});

test('a tree that already has its cosignature is not sent another one', async () => {
	const witness = aWitness();
	log.size = 50;
	await witness.run();
	const line = log.posted[0].split('\n').at(-2);
	log.lie = { lines: `${line}\n` };
	assert.equal((await witness.run()).status, 0);
	assert.equal(log.posted.length, 1);
	/* A line under its name that is not good does not count. */
	log.lie = { lines: `${line.slice(0, -8)}AAAAAAA=\n` };
	assert.equal((await witness.run()).status, 0);
	assert.equal(log.posted.length, 2);
});

test('with --every it follows until it is stopped, through a log that does not answer',
	async () => {
		const witness = aWitness();
		log.size = 50;
		log.lie = { status: 503 };
		let child;
		const running = verify([...witness.args, '--every', '1'],
			{ onStart: (started) => { child = started; } });
		await until(() => log.asked.length >= 2, { what: 'two questions' });
		assert.equal(log.posted.length, 0);
		log.lie = {};
		await until(() => log.cosignatures.length === 1, { what: 'a cosignature' });
		log.size = 70;
		await until(() => log.cosignatures.length === 2, { what: 'the next' });
		child.kill('SIGTERM');
		const result = await running;
		assert.match(result.error, /ledger\/head: answered, status 503/);
	});

test('it goes to a log that it can believe to be that one only', async () => {
	const witness = aWitness();
	log.size = 50;
	const untrusted = await verify(witness.args.slice(0, -2));
	assert.equal(untrusted.status, 1);
	assert.match(untrusted.error, /certificate/i);
	const plain = await verify(['witness', '--url', log.url.replace('https', 'http'), '--key',
		log.vkey, '--dir', witness.folder]);
	assert.equal(plain.status, 2);
	assert.match(plain.error, /--url: http:.* is not https:\/\/HOST:PORT/);
	assert.equal(log.asked.length, 0);
	const gone = await verify(['witness', '--url', 'https://127.0.0.1:1', '--key', log.vkey,
		'--dir', witness.folder]);
	assert.equal(gone.status, 1);
});

test('its token goes along, and stands in no complaint', async () => {
	const witness = aWitness();
	log.size = 50;
	const file = path.join(dir, 'token');
	fs.writeFileSync(file, 'ldk_secret-token\n');
	await witness.run('--token-file', file);
	assert.ok(log.tokens.every((token) => token === 'Bearer ldk_secret-token'));
	log.lie = { status: 403 };
	const refused = await witness.run('--token-file', file);
	assert.equal(refused.status, 1);
	assert.doesNotMatch(refused.out + refused.error, /secret/);
	const missing = await witness.run('--token-file', path.join(dir, 'no-such'));
	assert.equal(missing.status, 2);
	assert.match(missing.error, /--token-file: .* cannot be read/);
});

test('options that make no sense are named', async () => {
	const witness = aWitness();
	for (const [more, line] of [[['--once', '--every', '5'], /--once or --every/],
		[['--every', '0'], /--every takes seconds/], [['--every', 'often'], /--every takes/],
		[['extra'], /witness needs/], [['--key', 'x', '--name', 'a b'], /witness needs|--name/]]) {
		const result = await verify([...witness.args, ...more]);
		assert.equal(result.status, 2, more.join(' '));
		assert.match(result.error, line);
	}
});
