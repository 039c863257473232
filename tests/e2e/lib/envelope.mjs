/*
 * The envelopes of include/crypto.h once more, by programs no one here wrote: AES-256-GCM and
 * HKDF of node's own crypto, SM4 and SM3 of sm-crypto. What they open was sealed as it is written.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import smCrypto from 'sm-crypto';
import { sql } from './database.mjs';

const { sm3, sm4 } = smCrypto;
const derived = (root, label, n) =>
	Buffer.from(crypto.hkdfSync('sha256', root, Buffer.alloc(0), `liandong ${label}`, n));

/* Counter mode from the block cipher: each block is nonce and counter, encrypted. */
function sm4Counter(key, nonce, bytes) {
	const out = Buffer.from(bytes);
	for (let block = 0; block * 16 < out.length; block++) {
		const counter = Buffer.concat([nonce, Buffer.alloc(4)]);
		counter.writeUInt32BE(block, 12);
		const stream = sm4.encrypt([...counter], key.toString('hex'),
			{ padding: 'none', output: 'array' });
		for (let i = 0; i < 16 && block * 16 + i < out.length; i++)
			out[block * 16 + i] ^= stream[i];
	}
	return out;
}

/* key: { aes, sm4, mac }; head: bytes before the nonce. Throws on anything changed. */
function open(key, head, place, sealed) {
	const nonce = sealed.subarray(head, head + 12);
	const body = sealed.subarray(head + 12, -16), tag = sealed.subarray(-16);
	const where = Buffer.from(place);

	if (sealed[1] === 1) {
		const cipher = crypto.createDecipheriv('aes-256-gcm', key.aes, nonce);
		cipher.setAAD(Buffer.concat([sealed.subarray(0, head), where]));
		cipher.setAuthTag(tag);
		return Buffer.concat([cipher.update(body), cipher.final()]);
	}
	assert.equal(sealed[1], 2, 'algorithm');
	const length = Buffer.alloc(4);
	length.writeUInt32BE(where.length);
	const whole = sm3([...sealed.subarray(0, head + 12), ...length, ...where, ...body],
		{ key: key.mac.toString('hex'), mode: 'hmac' });
	assert.equal(whole.slice(0, 32), tag.toString('hex'), 'HMAC-SM3');
	return sm4Counter(key.sm4, nonce, body);
}

/* The lines of a key file: id -> 32 bytes. */
export function keysOf(server) {
	const lines = fs.readFileSync(path.join(server.dir, 'keys'), 'utf8').split('\n')
		.filter((line) => line && !line.startsWith('#')).map((line) => line.split(/ +/));
	return new Map(lines.map(([id, hex]) => [Number(id), Buffer.from(hex, 'hex')]));
}

const valueKey = (root) => ({ aes: derived(root, 'seal', 32), sm4: derived(root, 'sm4', 16),
	mac: derived(root, 'hmac-sm3', 32) });

/* A value of version 1 under one of these keys. */
export function openValue(keys, place, sealed) {
	assert.equal(sealed[0], 1, 'version');
	const root = keys.get(sealed.readUInt32BE(2));
	assert.ok(root, `key ${sealed.readUInt32BE(2)}`);
	return open(valueKey(root), 6, place, sealed);
}

/* What a line of the key file sealed itself, before records had keys of their own. */
export function sealOld(server, id, place, text) {
	const head = Buffer.from([1, 1, 0, 0, 0, id]), nonce = crypto.randomBytes(12);
	const cipher = crypto.createCipheriv('aes-256-gcm', valueKey(keysOf(server).get(id)).aes, nonce);
	cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
	const body = Buffer.concat([cipher.update(text), cipher.final()]);
	return Buffer.concat([head, nonce, body, cipher.getAuthTag()]);
}

/* The data keys of a server's database: id -> 32 bytes. */
export function dataKeysOf(server) {
	return new Map(sql(server, 'SELECT id, HEX(wrapped) FROM server_data_key')
		.map(([id, wrapped]) => [Number(id), openValue(keysOf(server),
			`server_data_key.wrapped/${id}`, Buffer.from(wrapped, 'hex'))]));
}

/* HMAC-SHA256 blind index of a purpose, as hex. */
export function indexOf(root, purpose, text) {
	return crypto.createHmac('sha256', derived(root, `index ${purpose}`, 32)).update(text)
		.digest('hex').slice(0, 32).toUpperCase();
}

/* LD260302000017 is 2603020000017 in the tables: the day, and seven digits of its count. */
export const idOf = (reference) => reference.slice(2, 8) + reference.slice(8).padStart(7, '0');

/* All that the vault holds of an appeal, in clear. */
export function openRecord(server, reference) {
	const id = idOf(reference);
	const columns = ['name', 'phone', 'id_number', 'address', 'accused_person', 'place', 'location',
		'salt'];
	const [[wrapped, ...sealed]] = sql(server, `SELECT HEX(record_key), ${columns.map((name) =>
		`HEX(${name}_sealed)`).join(', ')} FROM callers_caller WHERE appeal_id = ${id}`);
	const bytes = openValue(keysOf(server), `callers_caller/record_key/${id}`,
		Buffer.from(wrapped, 'hex'));
	const key = bytes.length === 32 ? { aes: bytes } :
		{ sm4: bytes.subarray(0, 16), mac: bytes.subarray(16) };
	return Object.fromEntries(columns.map((name, i) => {
		if (sealed[i] === 'NULL')
			return [name, null];
		const value = Buffer.from(sealed[i], 'hex');
		assert.equal(value[0], 2, 'version of a record value');
		const clear = open(key, 2, `callers_caller/${name}/${id}`, value);
		if (name === 'location')
			return [name, [0, 8].map((at) => Number(clear.readBigInt64BE(at)))];
		return [name, name === 'salt' ? clear : clear.toString()];
	}));
}
