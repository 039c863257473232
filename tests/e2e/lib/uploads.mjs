/*
 * Files to upload, made byte by byte from the formats' descriptions, whole ones and hostile ones,
 * and the way they are sent.
 */
import { createHash, randomUUID } from 'node:crypto';
import zlib from 'node:zlib';

const u16 = (n) => { const b = Buffer.alloc(2); b.writeUInt16LE(n); return b; };
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const b16 = (n) => u16(n).reverse();
const b32 = (n) => u32(n).reverse();
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

export const sha256 = (content) => createHash('sha256').update(content).digest();
export const digestOf = (content) => `sha-256=:${sha256(content).toString('base64')}:`;

/* ---- sending ---- */

/* PUT of bytes under a new id, or the one given. */
export async function put(client, content, type, { id = randomUUID(), headers, ...options } = {}) {
	return { id, ...await client.request('PUT', `/uploads/${id}`, { raw: content, ...options,
		headers: { 'content-type': type, 'content-digest': digestOf(content), ...headers } }) };
}

export async function attach(client, appeal, upload, changes = {}, expect = 201) {
	return (await client.post(`/appeals/${appeal}/attachments`,
		{ upload, name: '现场.png', kind: 'site', ...changes }, { expect })).json;
}

/* Uploads a PNG of its own and attaches it. */
export async function attachPng(client, appeal, changes = {}) {
	const content = png(4, 4, `${Math.random()}`);
	const { id } = await put(client, content, 'image/png', { expect: 201 });
	return { content, upload: id, ...await attach(client, appeal, id, changes) };
}

/* ---- images ---- */

const chunk = (type, data) => {
	const body = bytes(type, data);
	return bytes(b32(data.length), body, b32(crc32(body)));
};

function crc32(data) {
	let crc = ~0;
	for (const byte of data) {
		crc ^= byte;
		for (let i = 0; i < 8; i++)
			crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
	}
	return ~crc >>> 0;
}

/* A black picture; `said` makes one unlike any other. The header may lie about its size. */
export function png(width, height, said = '', told = [width, height]) {
	return bytes(b32(0x89504e47), b32(0x0d0a1a0a),
		chunk('IHDR', bytes(b32(told[0]), b32(told[1]), [8, 0, 0, 0, 0])),
		chunk('tEXt', bytes('Comment\0', said)),
		chunk('IDAT', zlib.deflateSync(Buffer.alloc((width + 1) * height))),
		chunk('IEND', Buffer.alloc(0)));
}

export const jpeg = (width, height, tail = '') => bytes([0xff, 0xd8],
	[0xff, 0xe0], b16(16), 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0],
	[0xff, 0xc0], b16(11), [8], b16(height), b16(width), [1, 1, 0x11, 0],
	[0xff, 0xda], b16(8), [1, 1, 0, 0, 63, 0], [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4], [0xff, 0xd9], tail);

export const webp = (width, height) => {
	const body = bytes('WEBPVP8X', u32(10), u32(0), u32(width - 1).subarray(0, 3),
		u32(height - 1).subarray(0, 3));
	return bytes('RIFF', u32(body.length), body);
};

/* ---- boxes, sounds, pages ---- */

const box = (type, ...inner) => {
	const body = bytes(...inner);
	return bytes(b32(body.length + 8), type, body);
};
export const heic = (width, height) => bytes(box('ftyp', 'heic', b32(0), 'mif1'),
	box('meta', b32(0), box('iprp', box('ipco', box('ispe', b32(0), b32(width), b32(height))))),
	box('mdat', 'xx'));
export const mp4 = () => bytes(box('ftyp', 'isom', b32(0)), box('moov', box('mvhd', b32(0))),
	box('mdat', 'xx'));
export const mp3 = () => bytes('ID3', [4, 0, 0, 0, 0, 0, 4], 'tag!',
	...[1, 2].map(() => bytes([0xff, 0xfb, 0x90, 0], Buffer.alloc(417 - 4))));
export const amr = () => bytes('#!AMR\n', [0x04], Buffer.alloc(12));
export const wav = () => {
	const body = bytes('WAVEfmt ', u32(16), u16(1), u16(1), u32(8000), u32(16000), u16(2), u16(16),
		'data', u32(4), u32(0));
	return bytes('RIFF', u32(body.length), body);
};
export const pdf = (middle = '') => bytes('%PDF-1.4\n1 0 obj<<>>endobj\n', middle,
	'trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n');

/* ---- archives ---- */

/* entries: [name, content, changes]; changes lie about what is written of it. */
export function zip(entries) {
	const locals = [], lines = [];
	let at = 0;
	for (const [name, content, { flags = 0, unpacked, local = name, packed } = {}] of entries) {
		const data = zlib.deflateRawSync(content), sizes = bytes(u32(crc32(Buffer.from(content))),
			u32(packed ?? data.length), u32(unpacked ?? content.length));
		const head = bytes(u16(20), u16(flags), u16(8), u32(0), sizes);
		const entry = bytes('PK\x03\x04', head, u16(Buffer.byteLength(local)), u16(0), local, data);
		locals.push(entry);
		lines.push(bytes('PK\x01\x02', u16(20), head, u16(Buffer.byteLength(name)), u16(0), u16(0),
			u16(0), u16(0), u32(0), u32(at), name));
		at += entry.length;
	}
	const directory = bytes(...lines);
	return bytes(...locals, directory, 'PK\x05\x06', u32(0), u16(entries.length),
		u16(entries.length), u32(directory.length), u32(at), u16(0));
}

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const docx = (...more) => zip([['[Content_Types].xml', '<Types/>'],
	['word/document.xml', '<w:document/>'], ...more]);
