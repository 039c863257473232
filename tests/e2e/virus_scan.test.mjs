/*
 * A virus scanner beside the server: a stand-in for clamd that speaks its INSTREAM by the manual,
 * and then badly.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { attach, png, put } from './lib/uploads.mjs';
import { register, rowOf } from './lib/world.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clamd-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const socket = path.join(folder, 'clamd.ctl');
const BAD = 'Test-File-That-Is-Found';
const looked = [];	/* bytes that came whole */
let say = (bytes) => (bytes.includes(BAD) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0');

/* The pieces behind `zINSTREAM`, each behind its length, up to one of length 0; else null. */
function contentOf(all) {
	assert.equal(all.subarray(0, 10).toString(), 'zINSTREAM\0');
	const pieces = [];
	for (let at = 10; at + 4 <= all.length;) {
		const n = all.readUInt32BE(at);
		if (n === 0)
			return Buffer.concat(pieces);
		if (at + 4 + n > all.length)
			return null;
		pieces.push(all.subarray(at + 4, at + 4 + n));
		at += 4 + n;
	}
	return null;
}

const clamd = net.createServer((client) => {
	let all = Buffer.alloc(0);
	client.on('error', () => {});
	client.on('data', (part) => {
		all = Buffer.concat([all, part]);
		const content = all.length > 10 ? contentOf(all) : null;
		if (content) {
			looked.push(content);
			client.end(say(content));
		}
	});
});

const server = await startServer({ clock: MONDAY, env: { LIANDONG_CLAMD_SOCKET: socket } });
const operator = server.as('operator');
const appeal = await register(server, rowOf(server, 'CGJ'));
const scanOf = async (content, id) => (await put(operator, content, 'image/png', { id, expect: 200 })).json.scan;
const listen = () => new Promise((resolve) => clamd.listen(socket, resolve));
const metric = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(
	(await server.as('admin').get('/metrics')).text)[1]);

test('while the scanner is away files wait, and are not given out', async () => {
	const content = png(2, 2, 'waits');
	const { id, json } = await put(operator, content, 'image/png', { expect: 201 });
	assert.equal(json.scan, 'scanning');
	const file = await attach(operator, appeal.id, id);
	await until(async () => await metric('liandong_scanner_away') === 1, { what: 'the metric' });
	const refused = await operator.get(`/attachments/${file.id}`, { expect: 409 });
	assert.deepEqual([refused.json.code, refused.headers['retry-after']], ['scanning', '5']);
	await listen();
	await until(async () => await scanOf(content, id) === 'clean', { what: 'a clean file' });
	assert.ok(looked.some((bytes) => bytes.equals(content)), 'it was sent as it is');
	const { bytes } = await operator.get(`/attachments/${file.id}`, { expect: 200 });
	assert.ok(bytes.equals(content));
	assert.equal(await metric('liandong_scanner_away'), 0);
	assert.equal(server.log().split('scanner away').length, 2, 'told once');
});

test('a file in which something is found is not given out, and not attached', async () => {
	const early = png(2, 2, `${BAD} early`), late = png(2, 2, `${BAD} late`);
	const first = await put(operator, early, 'image/png', { expect: 201 });
	const file = await attach(operator, appeal.id, first.id);
	await until(async () => await scanOf(early, first.id) === 'infected', { what: 'a find' });
	assert.equal((await operator.get(`/attachments/${file.id}`, { expect: 409 })).json.code, 'infected');
	const second = await put(operator, late, 'image/png', { expect: 201 });
	await until(async () => await scanOf(late, second.id) === 'infected', { what: 'a find' });
	const refused = await attach(operator, appeal.id, second.id, {}, 422);
	assert.deepEqual(refused.errors.map(({ pointer, code }) => [pointer, code]), [['#/upload', 'infected']]);
	assert.match(server.log(), /scanner found .*name="?Eicar-Test-Signature/);
	assert.equal(await metric('liandong_scanner_found_total'), 2);
});

test('a large file comes whole', async () => {
	const content = png(2, 2, 'x'.repeat(3_000_000));
	const { id } = await put(operator, content, 'image/png', { expect: 201 });
	await until(async () => await scanOf(content, id) === 'clean', { what: 'a clean file' });
	assert.ok(looked.at(-1).equals(content));
});

for (const [what, answer] of Object.entries({ 'an error': 'INSTREAM size limit exceeded. ERROR\0',
	'nothing': '', 'half a line': 'stream: OK', 'words of another': 'PONG\0', 'a find without a name':
		'stream:  FOUND\0', 'a flood': 'x'.repeat(5000) }))
	test(`what is no answer is none: ${what}`, async () => {
		const content = png(2, 2, what), usual = say;
		let asked = 0;
		say = () => { asked++; return answer; };
		const { id } = await put(operator, content, 'image/png', { expect: 201 });
		await until(() => asked > 0, { what: 'it to be asked' });
		assert.equal(await scanOf(content, id), 'scanning');
		say = usual;
		await until(async () => await scanOf(content, id) === 'clean', { what: 'a clean file' });
	});

endsCleanly(server);

test('the stand-in ends', () => new Promise((resolve) => clamd.close(resolve)));
