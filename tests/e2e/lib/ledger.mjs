/*
 * The ledger once more, in another language and from the standards alone: RFC 6962, C2SP
 * signed-note, tlog-checkpoint and tlog-cosignature, on node:crypto.
 */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign as signBytes,
	verify as verifyBytes } from 'node:crypto';

const sha256 = (...parts) => {
	const hash = createHash('sha256');
	for (const part of parts)
		hash.update(part);
	return hash.digest();
};
export const leafHash = (bytes) => sha256(Buffer.of(0), bytes);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/* ---- trees: the definitions, by recursion over all leaves ---- */

function split(n) {
	let k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

export function rootOf(leaves) {
	if (leaves.length === 0)
		return sha256();
	if (leaves.length === 1)
		return leaves[0];
	const k = split(leaves.length);
	return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/* The root that a leaf and its proof amount to, walking down by the shape of the tree. */
function climb(leaf, index, size, proof) {
	if (size === 1) {
		assert.equal(proof.length, 0, 'the proof is as long as the way');
		return leaf;
	}
	assert.ok(proof.length > 0, 'the proof is as long as the way');
	const k = split(size);
	const top = proof.at(-1);
	const rest = proof.slice(0, -1);
	return index < k ? nodeHash(climb(leaf, index, k, rest), top) :
		nodeHash(top, climb(leaf, index - k, size - k, rest));
}

export function includes(leaf, index, size, proof, root) {
	if (index >= size)
		return false;
	try {
		return climb(leaf, index, size, proof).equals(root);
	} catch {
		return false;
	}
}

/* Old and new root as the proof has them. */
function both(oldRoot, m, n, proof, isWhole) {
	if (m === n) {
		const own = isWhole ? oldRoot : proof.shift();
		assert.ok(own, 'the proof is long enough');
		return [own, own];
	}
	const k = split(n);
	const inner = m <= k ? both(oldRoot, m, k, proof, isWhole) :
		both(oldRoot, m - k, n - k, proof, false);
	const side = proof.shift();
	assert.ok(side, 'the proof is long enough');
	return m <= k ? [inner[0], nodeHash(inner[1], side)] :
		[nodeHash(side, inner[0]), nodeHash(side, inner[1])];
}

export function isConsistent(from, fromRoot, to, toRoot, proof) {
	if (from === 0)
		return proof.length === 0;
	if (from === to)
		return proof.length === 0 && fromRoot.equals(toRoot);
	try {
		const rest = [...proof];
		const [old, fresh] = both(fromRoot, from, to, rest, true);
		return rest.length === 0 && old.equals(fromRoot) && fresh.equals(toRoot);
	} catch {
		return false;
	}
}

/* ---- keys and notes ---- */

const DER = Buffer.from('302a300506032b6570032100', 'hex');
const publicKey = (raw) => createPublicKey({ key: Buffer.concat([DER, raw]), format: 'der',
	type: 'spki' });
const idOf = (name, algorithm, raw) =>
	sha256(name, Buffer.of(0x0a, algorithm), raw).subarray(0, 4);

export function parseKey(text) {
	const [name, id, ...rest] = text.split('+');
	const bytes = Buffer.from(rest.join('+'), 'base64');
	const key = { name, algorithm: bytes[0], raw: bytes.subarray(1) };
	assert.equal(key.raw.length, 32, text);
	assert.equal(idOf(name, key.algorithm, key.raw).toString('hex'), id, `id of ${text}`);
	return { ...key, id };
}

export function parseNote(text) {
	const at = text.lastIndexOf('\n\n');
	assert.ok(at > 0 && text.endsWith('\n'), `a note: ${text}`);
	const signatures = text.slice(at + 2, -1).split('\n').map((line) => {
		const [, name, blob] = /^— (\S+) (\S+)$/.exec(line) ?? assert.fail(line);
		const bytes = Buffer.from(blob, 'base64');
		return { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) };
	});
	return { text: text.slice(0, at + 1), signatures };
}

export function isSigned(note, keyText) {
	const key = parseKey(keyText);
	return note.signatures.some(({ name, id, bytes }) => {
		if (name !== key.name || id !== key.id)
			return false;
		if (key.algorithm === 1)
			return verifyBytes(null, Buffer.from(note.text), publicKey(key.raw), bytes);
		const stamped = `cosignature/v1\ntime ${bytes.readBigUInt64BE(0)}\n${note.text}`;
		return verifyBytes(null, Buffer.from(stamped), publicKey(key.raw), bytes.subarray(8));
	});
}

/* The checkpoint in a note that the key signed. */
export function checkpointOf(noteText, keyText) {
	const note = parseNote(noteText);
	assert.ok(isSigned(note, keyText), `signed by ${keyText}:\n${noteText}`);
	const [origin, size, root, ...rest] = note.text.split('\n');
	assert.deepEqual(rest, ['']);
	assert.match(size, /^(0|[1-9][0-9]*)$/);
	return { origin, size: Number(size), root: Buffer.from(root, 'base64'), note };
}

/* A witness of the test's own. */
export function makeWitness(name) {
	const pair = generateKeyPairSync('ed25519');
	const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
	const id = idOf(name, 4, raw);
	const cosign = (noteText, seconds = Math.floor(Date.now() / 1000)) => {
		const { text } = parseNote(noteText);
		const stamp = Buffer.alloc(8);
		stamp.writeBigUInt64BE(BigInt(seconds));
		const signature = signBytes(null,
			Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), pair.privateKey);
		return `${noteText}— ${name} ` +
			`${Buffer.concat([id, stamp, signature]).toString('base64')}\n`;
	};
	const vkey = `${name}+${id.toString('hex')}+` +
		Buffer.concat([Buffer.of(4), raw]).toString('base64');
	return { vkey, cosign };
}

/* The public key of a seed, as the signer's folder has it. */
export function publicOfSeed(hex) {
	const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'),
		Buffer.from(hex.trim(), 'hex')]);
	const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
	return createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
}

/* ---- entries and receipts ---- */

export function entryOf(bytes) {
	assert.equal(bytes.length, 58, 'an entry has 58 bytes');
	assert.equal(bytes[0], 1, 'of version 1');
	return { kind: bytes[1], subject: Number(bytes.readBigUInt64BE(2)),
		number: Number(bytes.readBigUInt64BE(10)), at: Number(bytes.readBigInt64BE(18)),
		digest: bytes.subarray(26) };
}

export function entryBytes({ kind, subject, number, at, digest }) {
	const bytes = Buffer.alloc(58);
	bytes[0] = 1;
	bytes[1] = kind;
	bytes.writeBigUInt64BE(BigInt(subject), 2);
	bytes.writeBigUInt64BE(BigInt(number), 10);
	bytes.writeBigInt64BE(BigInt(at), 18);
	digest.copy(bytes, 26);
	return bytes;
}

export function receiptOf(text, keyText) {
	const note = parseNote(text);
	assert.ok(isSigned(note, keyText), 'the receipt is signed');
	const [head, origin, id, receivedAt, entry, seconds, ...rest] = note.text.split('\n');
	assert.deepEqual([head, rest], ['liandong-receipt/1', ['']]);
	return { origin, id, received_at: receivedAt, entry: Buffer.from(entry, 'base64'),
		seconds: Number(seconds) };
}

/* ---- the dump ---- */

/* Lines by their word, and whether the last one's digest is that of all before. */
export function readDump(text) {
	const lines = text.split('\n');
	assert.equal(lines.pop(), '', 'the dump ends with its line');
	const end = lines.at(-1).split('\t');
	assert.equal(end[0], 'end');
	assert.equal(end[2], sha256(text.slice(0, text.lastIndexOf('\nend\t') + 1)).toString('hex'),
		'digest of the dump');
	const dump = { size: Number(end[1]), head: {}, entries: [], unsequenced: [], nodes: [],
		checkpoints: [] };
	assert.equal(lines[0], 'liandong-ledger/1');
	for (const line of lines.slice(1, -1)) {
		const [word, ...fields] = line.split('\t');
		if (['origin', 'key', 'receipt-key'].includes(word))
			dump.head[word] = fields[0];
		else if (word === 'entry')
			dump.entries.push({ position: Number(fields[0]), kind: Number(fields[1]),
				subject: Number(fields[2]), number: Number(fields[3]), at: Number(fields[4]),
				digest: Buffer.from(fields[5], 'hex'), leaf: Buffer.from(fields[6], 'hex') });
		else if (word === 'event')
			dump.entries.at(-1).event = fields;
		else if (word === 'content')
			dump.entries.at(-1).content = Buffer.from(fields[0], 'base64');
		else if (word === 'missing')
			dump.entries.at(-1).missing = fields[0];
		else if (word === 'unsequenced')
			dump.unsequenced.push(fields.map(Number));
		else if (word === 'node')
			dump.nodes.push({ level: Number(fields[0]), place: Number(fields[1]),
				hash: fields[2] });
		else if (word === 'checkpoint')
			dump.checkpoints.push({ size: Number(fields[0]), at: Number(fields[1]),
				note: Buffer.from(fields[2], 'base64').toString() });
		else
			assert.fail(`no such line: ${line}`);
	}
	return dump;
}
