/*
 * The signer by itself: what it signs, what it refuses, and what it remembers, whoever asks
 * and whenever it is killed.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { checkpointOf, leafHash, nodeHash, parseKey, publicOfSeed, rootOf } from './lib/ledger.mjs';
import { BIN } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const SIGNER = `${BIN}-signer`;
const ORIGIN = 'signer.test/log';
const folders = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-signer-'));
const leaves = Array.from({ length: 300 }, (_, i) => leafHash(Buffer.from(String(i))));
const others = leaves.map((leaf, i) => i === 5 ? leafHash(Buffer.from('other')) : leaf);
process.once('exit', () => fs.rmSync(folders, { recursive: true, force: true }));

/* The proof as RFC 6962, section 2.1.2 defines it, over all leaves. */
function subProof(m, list, isWhole) {
	const n = list.length;
	if (m === n)
		return isWhole ? [] : [rootOf(list)];
	let k = 1;
	while (k * 2 < n)
		k *= 2;
	return m <= k ? [...subProof(m, list.slice(0, k), isWhole), rootOf(list.slice(k))] :
		[...subProof(m - k, list.slice(k), false), rootOf(list.slice(0, k))];
}
const consistency = (m, list) => m === 0 ? [] : subProof(m, list, true);

class Signer {
	constructor(dir, extra = []) {
		Object.assign(this, { dir, extra, socket: path.join(dir, 'socket') });
	}

	async start() {
		this.child = spawn(SIGNER, ['--dir', this.dir, '--socket', this.socket, '--origin',
			ORIGIN, ...this.extra], { stdio: ['ignore', 'ignore', 'pipe'] });
		this.said = '';
		this.child.stderr.on('data', (part) => { this.said += part; });
		this.ended = new Promise((resolve) => this.child.once('exit',
			(code, signal) => resolve({ code, signal })));
		await until(() => this.said.includes('ready') || this.child.exitCode !== null,
			{ what: 'the signer' });
		return this;
	}

	ask(question) {
		return new Promise((resolve, reject) => {
			const connection = net.connect(this.socket, () => connection.write(question + '\n'));
			let text = '';
			connection.on('data', (part) => {
				text += part;
				if (text.endsWith('\n')) {
					connection.destroy();
					resolve(text.slice(0, -1));
				}
			});
			connection.on('error', reject);
			connection.on('close', () => reject(new Error(`closed after ${text}`)));
		});
	}

	sign(list, old, { root = rootOf(list), proof = consistency(old, list) } = {}) {
		const hashes = proof.map((hash) => hash.toString('base64')).join(',') || '-';
		return this.ask(`sign ${list.length} ${root.toString('base64')} ${old} ${hashes}`);
	}

	async stop(signal = 'SIGTERM') {
		this.child.kill(signal);
		return this.ended;
	}
}

let serial = 0;
const fresh = async (extra) => {
	serial += 1;
	return new Signer(path.join(folders, String(serial)), extra).start();
};
const noteOf = (answer) => {
	assert.match(answer, /^ok /);
	return Buffer.from(answer.slice(3), 'base64').toString();
};
const vkeyOf = async (signer) => (await signer.ask('key')).slice(3);

test('it signs trees that go on, of all shapes, and the note verifies', async () => {
	const signer = await fresh();
	const vkey = await vkeyOf(signer);
	const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 127, 129, 200, 255,
		256, 257, 300];
	for (const [i, size] of sizes.entries()) {
		const list = leaves.slice(0, size);
		const read = checkpointOf(noteOf(await signer.sign(list, sizes[i - 1] ?? 0)), vkey);
		assert.deepEqual([read.origin, read.size], [ORIGIN, size]);
		assert.deepEqual(read.root, rootOf(list));
		const state = fs.readFileSync(path.join(signer.dir, 'state'), 'utf8').split('\n');
		assert.deepEqual(state.slice(0, 2), [String(size), rootOf(list).toString('base64')]);
	}
	assert.deepEqual(await signer.stop(), { code: 0, signal: null });
});

test('the same tree gives the same note, another of that size none', async () => {
	const signer = await fresh();
	const list = leaves.slice(0, 20);
	const first = await signer.sign(list, 0);
	assert.equal(await signer.sign(list, 20, { proof: [] }), first);
	assert.match(await signer.sign(others.slice(0, 20), 20, { proof: [] }), /^no another root/);
	assert.match(await signer.sign(list, 0), /^no size 20$/);
	await signer.stop();
});

test('a fork, a smaller tree and a wrong proof are refused, and nothing is forgotten', async () => {
	const signer = await fresh();
	const list = leaves.slice(0, 100);
	await signer.sign(leaves.slice(0, 40), 0);
	const state = () => fs.readFileSync(path.join(signer.dir, 'state'), 'utf8');
	const before = state();
	const proof = consistency(40, list);
	const refused = async (answer) => {
		assert.match(await answer, /^no /);
		assert.equal(state(), before);
	};
	await refused(signer.sign(others.slice(0, 100), 40));
	await refused(signer.sign(leaves.slice(0, 30), 40, { proof: [] }));
	await refused(signer.sign(list, 40, { proof: [] }));
	await refused(signer.sign(list, 40, { proof: proof.slice(1) }));
	await refused(signer.sign(list, 40, { proof: [...proof, proof[0]] }));
	await refused(signer.sign(list, 40, { proof: proof.map((hash, i) =>
		i === 1 ? nodeHash(hash, hash) : hash) }));
	await refused(signer.sign(list, 40, { root: rootOf(others.slice(0, 100)) }));
	await refused(signer.sign(list, 39));
	await refused(signer.sign([], 40, { root: leaves[0], proof: [] }));
	assert.match(await signer.sign(list, 40), /^ok /);
	await signer.stop();
});

/* A connection that is there; the queue of a socket may be full for a moment. */
function connected(socket) {
	return new Promise((resolve, reject) => {
		const one = net.connect(socket, () => resolve(one));
		one.once('error', (error) => error.code === 'EAGAIN' ?
			setImmediate(() => connected(socket).then(resolve, reject)) : reject(error));
	});
}

test('what is no question is answered so, and a bad client disturbs nobody', async () => {
	const signer = await fresh();
	const root = rootOf(leaves).toString('base64');
	for (const question of ['', 'nothing', 'sign', 'sign 1', `sign 01 ${root} 0 -`,
		`sign -1 ${root} 0 -`, `sign 1 ${root.slice(1)} 0 -`, `sign 1 ${root} 0 - -`,
		`sign 1 ${root} 0 ${root},`, `sign 1 ${root} 0 ${Array(70).fill(root).join()}`,
		`sign 18446744073709551616 ${root} 0 -`, `sign  1 ${root} 0 -`])
		assert.match(await signer.ask(question), /^no (?!size)/, question);
	const silent = await Promise.all(Array.from({ length: 12 }, () => connected(signer.socket)));
	await assert.rejects(signer.ask('x'.repeat(20_000)));
	assert.match(await signer.ask('key'), /^ok /);
	for (const one of silent)
		one.destroy();
	assert.match(await signer.sign(leaves, 0), /^ok /);
	await signer.stop();
});

test('killed at any moment it goes on from what it answered', async () => {
	const signer = await fresh();
	let size = 0;
	for (let round = 1; round <= 12; round++) {
		const next = size + 1 + (round * 7) % 20;
		const asked = signer.sign(leaves.slice(0, next), size).then((answer) => answer,
			() => 'cut');
		if (round % 3 === 0)
			await asked;
		await signer.stop('SIGKILL');
		const answer = await asked;
		await signer.start();
		const last = /^no size (\d+)$/.exec(await signer.sign(leaves.slice(0, 299), 298))?.[1];
		assert.ok([size, next].map(String).includes(last), `${last} of ${size} or ${next}`);
		if (answer.startsWith('ok'))
			assert.equal(Number(last), next, 'what was answered is remembered');
		size = Number(last);
	}
	await signer.stop();
});

test('key and state belong together: with one of them gone it does not start', async () => {
	const signer = await fresh();
	const vkey = await vkeyOf(signer);
	await signer.sign(leaves.slice(0, 10), 0);
	await signer.stop();
	const file = (name) => path.join(signer.dir, name);
	assert.deepEqual(publicOfSeed(fs.readFileSync(file('key'), 'utf8')), parseKey(vkey).raw);
	assert.equal(spawnSync(SIGNER, ['--dir', signer.dir, '--public'], { encoding: 'utf8' }).stdout,
		`${vkey}\n`);
	for (const [name, word] of [['key', /put the right one\s+back/], ['state', /two histories/]]) {
		fs.renameSync(file(name), file('aside'));
		await signer.start();
		assert.equal((await signer.ended).code, 1);
		assert.match(signer.said, word);
		fs.renameSync(file('aside'), file(name));
	}
	fs.chmodSync(signer.dir, 0o750);
	await signer.start();
	assert.equal((await signer.ended).code, 1);
	fs.chmodSync(signer.dir, 0o700);
	await signer.start();
	assert.equal(await vkeyOf(signer), vkey);
	await signer.stop();
});

test('two of them never work on one folder, and none outlives its parent', async () => {
	const parent = spawn('sleep', ['600']);
	const orphan = await fresh(['--parent', String(parent.pid)]);
	assert.equal((await orphan.ended).code, 1, 'the parent named is not its parent');
	parent.kill();
	const first = await fresh();
	const second = new Signer(first.dir);
	const started = second.start();
	assert.match(await first.ask('key'), /^ok /);
	await first.stop();
	await started;
	assert.match(await second.ask('key'), /^ok /);
	await second.stop();
});
