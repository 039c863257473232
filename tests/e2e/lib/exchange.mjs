/*
 * Two services that hand matters over to each other, a carrier between them that loses, doubles,
 * reorders and cuts what it carries, and what must hold when all is quiet. Batches are read here
 * from their description alone, with node's crypto: no code of ours judges its own signatures.
 */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify }
	from 'node:crypto';
import { Client } from './api.mjs';

export const ZEROS = '0'.repeat(64);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/* Numbers that follow from the seed alone: x -> x * 48271 mod 2^31 - 1. */
export function numbersOf(seed) {
	let x = seed % 2147483646 + 1;
	const next = () => (x = x * 48271 % 2147483647) / 2147483647;
	return { chance: (p) => next() < p, below: (n) => Math.floor(next() * n) };
}

/* ---- batches ---- */

/* NAME+ID+BASE64 of a verifier key (C2SP signed-note). */
function keyParts(text) {
	const [name, id, rest] = text.split('+', 2).concat(text.split('+').slice(2).join('+'));
	const bytes = Buffer.from(rest, 'base64');
	const computed = createHash('sha256').update(`${name}\n`).update(bytes).digest()
		.subarray(0, 4);
	assert.equal(computed.toString('hex'), id, 'the id follows from name and key');
	assert.equal(bytes[0], 1, 'Ed25519');
	const key = createPublicKey({ format: 'jwk',
		key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') } });
	return { name, id, key };
}

/* Head and messages of a batch that verifies; throws otherwise. */
export function readBatch(text, keyText) {
	const { name, id, key } = keyParts(keyText);
	const match = /^(liandong-exchange\/1\n([^\n]*)\n)\n\u2014 (\S+) (\S+)\n\n([^]*)$/.exec(text);
	assert.ok(match, 'a batch has a head, a signature and messages');
	const [, note, head_text, signer, signature, body] = match;
	const bytes = Buffer.from(signature, 'base64');
	assert.deepEqual([signer, bytes.subarray(0, 4).toString('hex')], [name, id]);
	assert.ok(verify(null, Buffer.from(note), key, bytes.subarray(4)), 'the signature holds');
	const head = JSON.parse(head_text);
	const lines = body === '' ? [] : body.split('\n');
	assert.ok(body === '' || lines.pop() === '', 'every line has its end');
	assert.deepEqual(lines.map(sha256), head.lines);
	return { head, digest: sha256(note), messages: lines.map((line) => JSON.parse(line)) };
}

/* A side of its own, played here: it makes batches and keeps a chain. */
export class Scribe {
	constructor(code, receiver) {
		const { publicKey, privateKey } = generateKeyPairSync('ed25519');
		const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
		const typed = Buffer.concat([Buffer.from([1]), raw]);
		this.id = createHash('sha256').update(`${code}\n`).update(typed).digest()
			.subarray(0, 4);
		this.key = `${code}+${this.id.toString('hex')}+${typed.toString('base64')}`;
		Object.assign(this, { code, receiver, privateKey, number: 0, previous: ZEROS });
	}

	sign(note) {
		return sign(null, Buffer.from(note), createPrivateKey(
			this.privateKey.export({ type: 'pkcs8', format: 'pem' })));
	}

	/* changes: of the head. */
	batch(messages, received = 0, changes = {}) {
		const lines = messages.map((message) => JSON.stringify(message));
		const head = { sender: this.code, receiver: this.receiver, batch: ++this.number,
			previous: this.previous, received, missing: [],
			made_at: '2026-03-02T09:00:00+08:00', lines: lines.map(sha256), ...changes };
		const note = `liandong-exchange/1\n${JSON.stringify(head)}\n`;
		const signature = Buffer.concat([this.id, this.sign(note)]).toString('base64');
		this.previous = sha256(note);
		return `${note}\n\u2014 ${this.code} ${signature}\n\n` +
			lines.map((line) => `${line}\n`).join('');
	}
}

/* ---- one side, as its carrier reaches it ---- */

/* server with the code of its peer; program: a client that speaks for the peer. */
export class Side {
	constructor(server, code, peer, program) {
		Object.assign(this, { server, code, peer, program });
	}

	path(rest) {
		return `/exchange/${this.peer}/${rest}`;
	}

	batches() {
		return this.program.get(this.path('batches'), { expect: 200 }).then(({ json }) => json);
	}

	async close() {
		await this.program.post(this.path('batches'), {}, { expect: [201, 204] });
	}

	/* Every batch that the other side has not acknowledged yet. */
	async unacknowledged() {
		const { sent } = await this.batches();
		return Promise.all(sent.map(async ({ number }) => ({ number,
			text: (await this.program.get(this.path(`batches/${number}`),
				{ expect: 200 })).json.batch })));
	}

	put({ number, text }, expect = 200) {
		return this.program.put(this.path(`batches/${number}`), { batch: text }, { expect })
			.then(({ json }) => json);
	}

	handovers() {
		return this.server.as('supervisor').all('/exchange')
			.then((all) => all.filter(({ peer }) => peer === this.peer));
	}
}

/* A key by which one service alone speaks, and its client. */
export async function keyOfPeer(server, code, channel = '110') {
	const { json } = await server.as('admin').post('/keys', { name: `平台 ${code}`, role: 'intake',
		channel }, { expect: 201 });
	return { id: json.id, client: new Client(server, { name: code, key: json.key }) };
}

/* ---- the carrier ---- */

/*
 * One journey from a side to the other: some files are lost, some come twice, in any order, and
 * some are cut, which the receiver must refuse whole. Nothing it refuses is repaired here: what
 * is not acknowledged is sent again by a later journey.
 */
export async function carry(from, to, dice, told) {
	if (dice.chance(0.7))
		await from.close();
	const air = [];
	for (const file of await from.unacknowledged()) {
		if (dice.chance(0.35)) {
			told.lost++;
			continue;
		}
		air.push(file);
		if (dice.chance(0.25)) {
			told.doubled++;
			air.push(file);
		}
	}
	while (air.length) {
		const at = dice.below(air.length);
		const [file] = air.splice(at, 1);
		told.reordered += at > 0;
		if (dice.chance(0.2)) {
			told.cut++;
			const bytes = Buffer.from(file.text);
			await to.put({ number: file.number,
				text: bytes.subarray(0, 1 + dice.below(bytes.length - 1)).toString('utf8') },
			422);
			continue;
		}
		const done = await to.put(file);
		told[done.state]++;
		if (done.state === 'gap')
			assert.ok(done.missing.length > 0 && !done.missing.includes(file.number),
				'a gap is named');
	}
}

/* Journeys without loss until neither side has anything unacknowledged that carries messages. */
export async function settle(one, other, most = 20) {
	for (let i = 0; i < most; i++) {
		let moved = 0;
		for (const [from, to] of [[one, other], [other, one]]) {
			await from.close();
			for (const file of await from.unacknowledged())
				moved += (await to.put(file)).state === 'taken';
		}
		if (moved === 0)
			return i;
	}
	return assert.fail(`not quiet after ${most} journeys`);
}

/* ---- what must hold ---- */

/* What both sides say of one hand-over, of either side's. */
const said = ({ number, state, item, urgent, danger, offered_at, answered_at, arrived_at }) =>
	({ number, state, item, urgent, danger, offered_at, answered_at, arrived_at });

/*
 * offerer and receiver: lists of hand-overs as GET /exchange shows them; appeals: of the
 * receiver, as [title, how many]. Each offer stands once on either side, in the same state, and
 * is one appeal where it was taken on and none where it was not.
 */
export function assertOnce(offerer, receiver, appeals, titles) {
	const ours = offerer.filter(({ direction }) => direction === 'ours');
	const theirs = receiver.filter(({ direction }) => direction === 'theirs');
	const sorted = (list) => list.map(said).sort((a, b) => a.number < b.number ? -1 : 1);
	assert.equal(new Set(ours.map(({ number }) => number)).size, ours.length);
	assert.deepEqual(sorted(theirs), sorted(ours));
	const count = new Map(appeals);
	for (const one of ours) {
		const other = theirs.find(({ number }) => number === one.number);
		const is_taken = !['offered', 'overdue', 'refused'].includes(one.state);
		assert.equal(one.their_no, is_taken ? other.appeal : null, `the number of ${one.number}`);
		assert.equal(count.get(titles.get(one.number)) ?? 0, is_taken ? 1 : 0,
			`appeals of ${one.number}`);
	}
	assert.equal(ours.length, titles.size, 'every matter that was offered is there');
}
