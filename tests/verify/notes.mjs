/*
 * Signed notes, checkpoints and cosignatures by the C2SP specifications, with the keys of
 * node's own crypto; and the entries of the ledger.
 */
import crypto from 'node:crypto';
import { sha256 } from './tree.mjs';

const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519 = 1, COSIGNATURE = 4;

/* A key of a name, the same one for the same seed: { name, vkey, sign, note }. */
export function keyOf(name, seed, algorithm = ED25519) {
	const secret = crypto.createPrivateKey({ format: 'der', type: 'pkcs8',
		key: Buffer.concat([PREFIX, sha256(`${name} ${seed}`)]) });
	const raw = crypto.createPublicKey(secret).export({ format: 'der', type: 'spki' })
		.subarray(-32);
	const marked = Buffer.concat([Buffer.from([algorithm]), raw]);
	const id = sha256(name, '\n', marked).subarray(0, 4);
	return { name, id, raw, vkey: `${name}+${id.toString('hex')}+${marked.toString('base64')}`,
		sign: (message) => crypto.sign(null, Buffer.from(message), secret) };
}

export const witnessKeyOf = (name, seed) => keyOf(name, seed, COSIGNATURE);

const signatureLine = (key, blob) =>
	`— ${key.name} ${Buffer.concat([key.id, blob]).toString('base64')}\n`;

/* text ends in a newline. */
export const noteOf = (text, ...keys) =>
	`${text}\n${keys.map((key) => signatureLine(key, key.sign(text))).join('')}`;

export const checkpointText = (origin, size, root) =>
	`${origin}\n${size}\n${root.toString('base64')}\n`;

export const checkpointOf = (key, size, root) =>
	noteOf(checkpointText(key.name, size, root), key);

export function cosignatureOf(key, text, seconds) {
	const time = Buffer.alloc(8);
	time.writeBigUInt64BE(BigInt(seconds));
	return signatureLine(key, Buffer.concat([time,
		key.sign(`cosignature/v1\ntime ${seconds}\n${text}`)]));
}

/* Whether a note has a good cosignature of a verifier key. */
export function isCosigned(note, vkey) {
	const [name, id, rest] = [vkey.slice(0, vkey.indexOf('+')),
		vkey.split('+')[1], vkey.split('+').slice(2).join('+')];
	const raw = Buffer.from(rest, 'base64').subarray(1);
	const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
	const key = crypto.createPublicKey({ format: 'der', type: 'spki',
		key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]) });
	return note.split('\n').filter((line) => line.startsWith(`— ${name} `)).some((line) => {
		const blob = Buffer.from(line.split(' ')[2], 'base64');
		const time = blob.readBigUInt64BE(4);
		return blob.subarray(0, 4).toString('hex') === id && crypto.verify(null,
			Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key, blob.subarray(12));
	});
}

/* 58 bytes; subject, number and at may be BigInt. */
export function entryOf({ kind, subject, number, at, digest }) {
	const bytes = Buffer.alloc(58);
	bytes[0] = 1;
	bytes[1] = kind;
	bytes.writeBigUInt64BE(BigInt(subject), 2);
	bytes.writeBigUInt64BE(BigInt(number), 10);
	bytes.writeBigInt64BE(BigInt(at), 18);
	digest.copy(bytes, 26);
	return bytes;
}
