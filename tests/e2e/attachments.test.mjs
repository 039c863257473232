/*
 * Files of an appeal: what is taken and what is not, whose they are, how they lie on disk and come
 * back, and how they end.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { advance } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { fileOf } from './lib/files.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import * as files from './lib/uploads.mjs';
import { complete, contact, eventsOf, leadOf, ofType, register, rowOf, sign } from './lib/world.mjs';

const { attach, attachPng, digestOf, png, put, sha256 } = files;
const server = await startServer({ clock: MONDAY });
const operator = server.as('operator'), supervisor = server.as('supervisor');
const department = server.department('CGJ');
const folder = path.join(server.dir, 'files');
const stored = (content) => {
	const name = sha256(content).toString('hex');
	return path.join(folder, name.slice(0, 2), name);
};
const rows = () => Number(sql(server, 'SELECT COUNT(*) FROM attachments_file')[0][0]);
const codesOf = (answer) => answer.json.errors.map(({ pointer, code }) => `${pointer} ${code}`);
const one = await register(server, rowOf(server, 'CGJ'));

/* ---- sending ---- */

test('bytes are kept sealed under their hash, alone readable by the server', async () => {
	const content = png(4, 3, 'a photo');
	const { id, json, headers } = await put(operator, content, 'image/png', { expect: 201 });
	assert.equal(headers.location, `/api/v1/uploads/${id}`);
	assert.deepEqual({ ...json, uploaded_at: 0, removed_at: 0 }, { id,
		sha256: sha256(content).toString('hex'), size: content.length, type: 'image/png', width: 4,
		height: 3, scan: 'unscanned', uploaded_at: 0, removed_at: 0, attachment: null });
	const file = fs.statSync(stored(content));
	assert.deepEqual([file.mode & 0o777, fs.statSync(folder).mode & 0o777], [0o600, 0o700]);
	assert.ok(!fs.readFileSync(stored(content)).includes('a photo'), 'sealed');
});

test('the same id with the same bytes answers the same, with others it is taken', async () => {
	const content = png(2, 2, 'again');
	const first = await put(operator, content, 'image/png', { expect: 201 });
	const again = await put(operator, content, 'image/png', { id: first.id, expect: 200 });
	assert.deepEqual(again.json, first.json);
	for (const [client, bytes, type] of [[operator, png(2, 2, 'other'), 'image/png'],
		[supervisor, content, 'image/png']])
		assert.equal((await put(client, bytes, type, { id: first.id, expect: 409 })).json.code,
			'upload_taken');
	assert.equal(Number(sql(server, `SELECT COUNT(*) FROM attachments_file
		WHERE upload = '${first.id}'`)[0][0]), 1);
});

test('eight at once under one id are one upload, and one file', async () => {
	const content = png(2, 2, 'at once'), id = randomUUID();
	const answers = await Promise.all(Array.from({ length: 8 }, () =>
		put(operator, content, 'image/png', { id, expect: [200, 201] })));
	assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1);
	assert.equal(answers.filter(({ status }) => status === 201).length, 1);
});

test('curl sends a file as the manual says, with 100-continue', () => {
	const content = Buffer.concat([png(2, 2, 'x'.repeat(3_000_000))]);
	const done = spawnSync('curl', ['--silent', '--show-error', '--cacert',
		server.access.ca_file, '-T', fileOf(content, 'png'), '-H', 'Content-Type: image/png',
		'-H', `Content-Digest: ${digestOf(content)}`, '-H', `Authorization: Bearer ${operator.key}`,
		'-w', '%{http_code}', '-o', '/dev/null', `${server.base}/api/v1/uploads/${randomUUID()}`],
	{ encoding: 'utf8' });
	assert.equal(done.stdout, '201', done.stderr);
});

test('a digest that is missing, malformed, of another algorithm or wrong is 400', async () => {
	const content = png(2, 2, 'digests'), before = rows();
	const wrong = digestOf(Buffer.from('else'));
	for (const [digest, code] of [[wrong, 'digest_mismatch'], ['', 'digest_required'],
		['sha-256=abc', 'digest_required'], ['sha-512=:AAAA:', 'digest_required'],
		[`sha-256=:${'A'.repeat(40)}:`, 'digest_required'], [`${digestOf(content)},`, 'digest_required'],
		[`${digestOf(content)}, ${wrong}`, 'digest_mismatch']]) {
		const answer = await put(operator, content, 'image/png', { expect: 400,
			headers: { 'content-digest': digest } });
		assert.equal(answer.json.code, code, digest);
	}
	await operator.request('PUT', `/uploads/${randomUUID()}`, { raw: content, expect: 400,
		headers: { 'content-type': 'image/png' } });
	assert.equal(rows(), before);
	await put(operator, content, 'image/png', { expect: 201,
		headers: { 'content-digest': `sha-512=:AAAA:, ${digestOf(content)}` } });
});

test('a digest beside JSON is judged, too: RFC 9530\'s own, and a wrong one', async () => {
	const raw = '{"hello": "world"}';
	const given = 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:';
	const ask = (digest, expect) => operator.request('POST', '/appeals/search', { raw, expect,
		headers: { 'content-digest': digest } });
	assert.equal(given, digestOf(raw));
	await ask(given, 422);
	assert.equal((await ask(digestOf('x'), 400)).json.code, 'digest_mismatch');
});

test('an id is a UUID; the place of a file is never made of it', async () => {
	const content = png(2, 2, 'ids');
	for (const id of ['1', '..%2f..%2fetc%2fpasswd', 'A'.repeat(36), randomUUID().toUpperCase()]) {
		const answer = await put(operator, content, 'image/png', { id, expect: [404, 422] });
		if (answer.status === 422)
			assert.deepEqual(codesOf(answer), ['#/path/id bad_id'], id);
	}
	assert.ok(!fs.existsSync(stored(content)));
});

/* ---- bounds ---- */

/* Sends as it stands, and gives what came back until the end. */
function raw(head, body = Buffer.alloc(0), { cut = false } = {}) {
	return new Promise((resolve) => {
		const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca });
		let text = '';
		socket.on('data', (part) => { text += part; });
		socket.on('error', () => resolve(text));
		socket.on('close', () => resolve(text));
		socket.write(head.join('\r\n') + '\r\n\r\n');
		socket.write(body, () => cut && socket.destroy());
	});
}
const headOf = (id, ...more) => [`PUT /api/v1/uploads/${id} HTTP/1.1`, `Host: ${server.host}:${server.port}`,
	`Authorization: Bearer ${operator.key}`, 'Content-Type: image/png', 'Connection: close', ...more];

test('12 MiB are taken, a byte more is 413, by its length and in chunks', async () => {
	const most = 12 * 1024 * 1024, frame = png(2, 2, '').length;
	const content = png(2, 2, '\x01'.repeat(most - frame));
	assert.equal(content.length, most);
	await put(operator, content, 'image/png', { expect: 201 });
	assert.match(await raw(headOf(randomUUID(), `Content-Length: ${most + 1}`)), /^HTTP\/1.1 413 /);
	assert.match(await raw(headOf(randomUUID(), 'Transfer-Encoding: chunked'),
		`${(most + 1).toString(16)}\r\n`), /^HTTP\/1.1 413 /);
	const half = `${(most / 2).toString(16)}\r\n`;
	assert.match(await raw(headOf(randomUUID(), 'Transfer-Encoding: chunked'), Buffer.concat([
		Buffer.from(half), content.subarray(0, most / 2), Buffer.from(`\r\n${(most / 2 + 1).toString(16)}\r\n`)])),
	/^HTTP\/1.1 413 /);
});

test('no other address takes more than 256 KiB, however it is spelled', async () => {
	for (const [method, target] of [['POST', `/api/v1/uploads/${randomUUID()}`],
		['PUT', `/api/v1/upload%73/${randomUUID()}`], ['PUT', '/api/v1/uploads'],
		['POST', `/api/v1/appeals/${one.id}/attachments`]])
		assert.match(await raw([`${method} ${target} HTTP/1.1`, `Host: ${server.host}:${server.port}`,
			`Authorization: Bearer ${operator.key}`, 'Content-Type: image/png', 'Connection: close',
			'Content-Length: 262145']), /^HTTP\/1.1 413 /, `${method} ${target}`);
});

test('a file in chunks is taken; one that is cut off leaves nothing', async () => {
	const content = png(2, 2, 'chunks'), before = rows();
	assert.match(await raw(headOf(randomUUID(), `Content-Digest: ${digestOf(content)}`,
		'Transfer-Encoding: chunked'), Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`),
		content, Buffer.from('\r\n0\r\n\r\n')])), /^HTTP\/1.1 201 /);
	const lost = png(2, 2, 'cut');
	await raw(headOf(randomUUID(), `Content-Digest: ${digestOf(lost)}`,
		`Content-Length: ${lost.length}`), lost.subarray(0, -1), { cut: true });
	assert.deepEqual([rows(), fs.existsSync(stored(lost))], [before + 1, false]);
});

test('too many large bodies at once are 503 with Retry-After, and others go on', async () => {
	const sockets = [], answers = [];
	const part = Buffer.alloc(11 * 1024 * 1024);
	for (let i = 0; i < 6; i++) {
		const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca });
		sockets.push(socket);
		socket.on('error', () => {});
		socket.on('data', (text) => answers.push(String(text)));
		socket.write(headOf(randomUUID(), 'Content-Length: 12000000').join('\r\n') + '\r\n\r\n');
		socket.write(part);
	}
	await until(() => answers.length > 0, { what: 'a refusal' });
	assert.match(answers[0], /^HTTP\/1.1 503 [^]*Retry-After: 1\r\n/);
	await register(server, rowOf(server, 'CGJ'), { text: '长'.repeat(9000) });
	sockets.forEach((socket) => socket.destroy());
	await until(async () => (await put(operator, png(2, 2, 'y'.repeat(400_000)), 'image/png'))
		.status === 201, { what: 'room again' });
});

/* ---- what they are ---- */

const workbook = async () => (await supervisor.get('/reports/2026-03.xlsx', { expect: 200 })).bytes;
const ticket = async () => (await supervisor.get(`/tasks/${leadOf(one).id}/ticket.pdf`,
	{ expect: 200 })).bytes;

test('each kind that is taken is told from its bytes, those of other programs too', async () => {
	for (const [type, content] of [['image/png', png(3, 3)], ['image/jpeg', files.jpeg(640, 480)],
		['image/webp', files.webp(30, 20)], ['image/heic', files.heic(4032, 3024)],
		['video/mp4', files.mp4()], ['audio/mpeg', files.mp3()], ['audio/amr', files.amr()],
		['audio/wav', files.wav()], ['application/pdf', files.pdf()], [files.DOCX, files.docx()],
		['text/plain', Buffer.from('诉求人补充：\n路灯在三号楼前。')],
		['application/pdf', await ticket()], [files.XLSX, await workbook()]]) {
		const { json } = await put(operator, content, type, { expect: 201 });
		assert.equal(json.type, type);
	}
	await put(operator, png(3, 3, 'q'), 'IMAGE/PNG; q=1', { expect: 201 });
	await put(operator, files.heic(2, 2), 'image/heif', { expect: 201 });
});

test('a type that is not taken is 415, one that the bytes are not is 422', async () => {
	for (const type of ['image/gif', 'image/svg+xml', 'text/html', 'application/zip',
		'application/octet-stream', 'application/json', 'image/pngx'])
		await put(operator, png(2, 2), type, { expect: 415 });
	for (const [type, content] of [['image/jpeg', png(2, 2)], ['text/plain', files.pdf()],
		['image/png', Buffer.from('text')], [files.XLSX, files.docx()]])
		assert.deepEqual(codesOf(await put(operator, content, type, { expect: 422 })),
			['#/headers/content-type wrong_type'], type);
});

const zeros = Buffer.alloc(40_000_000);
const HOSTILE = {
	'an empty file': [Buffer.alloc(0), 'text/plain', 'blank'],
	'a program': [Buffer.from('7f454c46020101000000', 'hex'), 'text/plain', 'unknown_kind'],
	'a GIF that is a script': ['GIF89a/*x*/=1;alert(1)', 'text/plain', 'unknown_kind'],
	'a page as text': ['<!DOCTYPE html><script>alert(1)</script>', 'text/plain', 'two_kinds'],
	'a picture as SVG': ['<svg onload="alert(1)"/>', 'text/plain', 'two_kinds'],
	'a PNG with a page behind it': [Buffer.concat([png(2, 2), Buffer.from('<html>')]), 'image/png', 'two_kinds'],
	'a PNG with an archive behind it': [Buffer.concat([png(2, 2), files.docx()]), 'image/png', 'two_kinds'],
	'a JPEG with a page behind it': [files.jpeg(2, 2, '<ScRipT>1</script>'), 'image/jpeg', 'two_kinds'],
	'a JPEG with an archive behind it': [files.jpeg(2, 2, files.docx()), 'image/jpeg', 'two_kinds'],
	'a PNG with a PDF in it': [png(2, 2, '%PDF-1.4'), 'image/png', 'two_kinds'],
	'a PDF with an archive in it': [files.pdf(files.docx()), 'application/pdf', 'two_kinds'],
	'a PDF behind other bytes': [Buffer.concat([Buffer.from('\0\0'), files.pdf()]), 'application/pdf', 'unknown_kind'],
	'a PDF without its end': [files.pdf().subarray(0, -8), 'application/pdf', 'broken_file'],
	'a PNG that is cut': [png(9, 9).subarray(0, -13), 'image/png', 'broken_file'],
	'a JPEG that is cut': [files.jpeg(9, 9).subarray(0, -2), 'image/jpeg', 'broken_file'],
	'a flood of pixels, PNG': [png(1, 1, '', [100_000, 100_000]), 'image/png', 'too_large'],
	'a flood of pixels, JPEG': [files.jpeg(65535, 65535), 'image/jpeg', 'too_large'],
	'a flood of pixels, WebP': [files.webp(16384, 16384), 'image/webp', 'too_large'],
	'a flood of pixels, HEIC': [files.heic(100_000, 501), 'image/heic', 'too_large'],
	'a bomb': [files.docx(['word/x.xml', zeros]), files.DOCX, 'too_large'],
	'a bomb of many': [files.docx(...Array.from({ length: 2001 }, (_, i) => [`${i}`, ''])), files.DOCX, 'too_large'],
	'a bomb that says so': [files.docx(['word/x.xml', 'x', { unpacked: 0xfffffff0 }]), files.DOCX, 'too_large'],
	'two sizes of one entry': [files.docx(['word/x.xml', 'x', { packed: 0xffffff }]), files.DOCX, 'broken_file'],
	'names that lead upwards': [files.docx(['word/../../etc/cron.d/x', 'x']), files.DOCX, 'unsafe'],
	'names from the root': [files.docx(['/etc/passwd', 'x']), files.DOCX, 'unsafe'],
	'names of another system': [files.docx(['..\\..\\boot.ini', 'x']), files.DOCX, 'unsafe'],
	'names of a drive': [files.docx(['c:x', 'x']), files.DOCX, 'unsafe'],
	'two names of one entry': [files.docx(['word/a.xml', 'x', { local: 'word/b.xml' }]), files.DOCX, 'broken_file'],
	'an encrypted document': [files.docx(['word/a.xml', 'x', { flags: 1 }]), files.DOCX, 'unsafe'],
	'macros': [files.docx(['word/vbaProject.bin', 'x']), files.DOCX, 'unsafe'],
	'an archive that is no document': [files.zip([['a.txt', 'x']]), files.DOCX, 'unknown_kind'],
	'a document with bytes behind it': [Buffer.concat([files.docx(), Buffer.from('x')]), files.DOCX, 'broken_file'],
};

for (const [what, [content, type, code]] of Object.entries(HOSTILE))
	test(`refused, by its bytes: ${what}`, async () => {
		const before = rows(), bytes = Buffer.from(content);
		assert.ok(bytes.length < 12 * 1024 * 1024);
		assert.deepEqual(codesOf(await put(operator, bytes, type, { expect: 422 })), [`#/body ${code}`]);
		assert.deepEqual([rows(), fs.existsSync(stored(bytes))], [before, false]);
	});

/* ---- attaching ---- */

test('attached it stands in the history with its digest, and comes back as it was', async () => {
	const file = await attachPng(operator, one.id, { name: '三号楼 "前" 的灯.PNG', kind: 'caller' });
	assert.deepEqual([file.name, file.kind, file.appeal, file.task, file.attached_by],
		['三号楼 "前" 的灯.PNG', 'caller', one.id, null, 'operator']);
	const [event] = ofType(await eventsOf(server, one.id), 'appeal.attached').slice(-1);
	assert.deepEqual(event.data, { attachment: file.id, kind: 'caller', sha256: file.sha256,
		size: file.content.length, type: 'image/png' });
	const { headers, bytes } = await operator.get(`/attachments/${file.id}`, { expect: 200 });
	assert.ok(bytes.equals(file.content));
	assert.deepEqual(['content-type', 'x-content-type-options', 'content-security-policy',
		'cross-origin-resource-policy', 'cache-control'].map((name) => headers[name]),
	['image/png', 'nosniff', "sandbox; default-src 'none'", 'same-origin', 'no-store']);
	assert.equal(headers['content-disposition'], 'attachment; filename="' + '_'.repeat(9) + '__' +
		'_'.repeat(3) + '__' + '_'.repeat(6) + ".PNG\"; filename*=UTF-8''" +
		encodeURIComponent('三号楼 "前" 的灯.PNG'));
	const listed = (await operator.get(`/appeals/${one.id}/attachments`, { expect: 200 })).json.items;
	const { content, upload, ...shown } = file;
	assert.deepEqual(listed.filter(({ id }) => id === file.id), [shown]);
	assert.equal(sql(server, `SELECT COUNT(*) FROM attachments_file WHERE name LIKE '%三号楼%'`)[0][0],
		'0', 'the name is sealed');
});

test('a name is a name: no folder, no other ending, no turned writing', async () => {
	const { id } = await put(operator, png(2, 2, 'names'), 'image/png', { expect: 201 });
	for (const [name, code] of [['../x.png', 'bad_name'], ['a/b.png', 'bad_name'], ['a\\b.png', 'bad_name'],
		['c:x.png', 'bad_name'], ['.png', 'bad_name'], ['x\u202Egnp.png', 'bad_name'], ['x.exe', 'wrong_ending'],
		['x', 'wrong_ending'], ['x.png.html', 'wrong_ending'], ['x.png\r\nX: y', 'bad_character'],
		['长'.repeat(121) + '.png', 'too_long']]) {
		const answer = await operator.post(`/appeals/${one.id}/attachments`,
			{ upload: id, name, kind: 'site' }, { expect: 422 });
		assert.deepEqual(codesOf(answer), [`#/name ${code}`], name);
	}
});

test('an upload is its sender\'s, and is attached once', async () => {
	const { id } = await put(operator, png(2, 2, 'mine'), 'image/png', { expect: 201 });
	const path = `/appeals/${one.id}/attachments`, body = { upload: id, name: 'x.png', kind: 'site' };
	for (const client of [supervisor, department])
		assert.deepEqual(codesOf(await client.post(path, body, { expect: 422 })),
			['#/upload unknown_upload']);
	const answers = await Promise.all([1, 2, 3, 4].map(() => operator.post(path, body)));
	assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
	assert.equal(answers.find(({ status }) => status === 409).json.code, 'attached_already');
	assert.deepEqual(codesOf(await operator.post(path, { ...body, upload: randomUUID() },
		{ expect: 422 })), ['#/upload unknown_upload']);
	await operator.post('/appeals/LD990101000001/attachments', body, { expect: 404 });
});

test('a submission names uploads; those of others and unknown ones are told by their place', async () => {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await sign(server, task);
	await contact(server, task);
	const other = await put(operator, png(2, 2, 'theirs'), 'image/png', { expect: 201 });
	const mine = await put(department, png(2, 2, 'done'), 'image/png', { expect: 201 });
	const answer = await department.post(`/tasks/${task.id}/complete`, { result: 'solved',
		reply: '已修好', attachments: [mine.id, other.id, mine.id, 'x'] }, { expect: 422 });
	assert.deepEqual(codesOf(answer), ['#/attachments/1 unknown_upload',
		'#/attachments/2 attached_already', '#/attachments/3 unknown_upload']);
	await complete(server, task, { attachments: [mine.id] });
	const id = task.id.replace(/-1$/, '');
	const events = (await eventsOf(server, id)).slice(-2);
	assert.deepEqual(events.map(({ type, task: of }) => [type, of]),
		[['appeal.attached', task.id], ['task.completed', task.id]]);
	const [file] = (await department.get(`/appeals/${id}/attachments`)).json.items;
	assert.deepEqual([file.kind, file.name, file.task], ['reply', `${task.id}-1.png`, task.id]);
});

test('an appeal has at most 50 files', async () => {
	const full = await register(server, rowOf(server, 'CGJ'));
	const uploads = await Promise.all(Array.from({ length: 51 }, (_, i) =>
		put(supervisor, png(2, 2, `full ${i}`), 'image/png', { expect: 201 })));
	for (const { id } of uploads.slice(0, 50))
		await attach(supervisor, full.id, id);
	assert.equal((await attach(supervisor, full.id, uploads[50].id, {}, 409)).code, 'too_many_files');
});

/* ---- who sees them ---- */

test('who asks what is held of them is told of the files they sent, and of no others', async () => {
	const caller = { name: '令狐七', phone: '13800007777', secret: true };
	const appeal = await register(server, rowOf(server, 'CGJ'), { caller });
	const sent = await attachPng(operator, appeal.id, { name: '灯.png', kind: 'caller' });
	await attachPng(operator, appeal.id);
	const { appeals } = (await server.as('supervisor').post('/callers/export',
		{ phone: caller.phone, purpose: '本人申请查阅' }, { expect: 200 })).json;
	assert.deepEqual(appeals.map((one) => one.files.map(({ id, sha256 }) => [id, sha256])),
		[[[sent.id, sent.sha256]]]);
	assert.equal(appeals[0].files[0].name, '灯.png');
});

test('what a secret caller sent is not for departments; what others attached is', async () => {
	const where = rowOf(server, 'CGJ');
	for (const [secret, seen] of [[false, ['caller', 'site']], [true, ['site']]]) {
		const appeal = await register(server, where, { caller: { name: '王小明', phone: '13800001234', secret } });
		const sent = await attachPng(operator, appeal.id, { kind: 'caller' });
		await attachPng(operator, appeal.id);
		const list = (await department.get(`/appeals/${appeal.id}/attachments`, { expect: 200 })).json.items;
		assert.deepEqual(list.map(({ kind }) => kind), seen);
		await department.get(`/attachments/${sent.id}`, { expect: secret ? 404 : 200 });
		for (const role of ['dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader', 'auditor'])
			await server.as(role).get(`/attachments/${sent.id}`, { expect: 200 });
		for (const role of ['admin', 'system', 'security', 'observer', 'contact'])
			await server.as(role).get(`/attachments/${sent.id}`, { expect: 403 });
		const unit = await newKey(server, `unit-${secret}`, 'supervisor', 'CGJ');
		await unit.get(`/attachments/${sent.id}`, { expect: secret ? 404 : 200 });
		for (const code of ['JTJ', 'SCJ'])
			await server.department(code).get(`/attachments/${sent.id}`, { expect: 404 });
		await server.as('intake', { channel: '110' }).get(`/attachments/${sent.id}`, { expect: 404 });
		assert.equal((await server.anonymous().get(`/attachments/${sent.id}`)).status, 401);
	}
	await operator.get('/attachments/999999999', { expect: 404 });
	await operator.get('/attachments/x', { expect: 404 });
});

test('a department attaches to its open task, and never in the caller\'s name', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const file = await attachPng(department, appeal.id);
	assert.equal(file.task, leadOf(appeal).id);
	const { id } = await put(department, png(2, 2, 'as the caller'), 'image/png', { expect: 201 });
	const body = { upload: id, name: 'x.png', kind: 'caller' };
	assert.deepEqual(codesOf(await department.post(`/appeals/${appeal.id}/attachments`, body,
		{ expect: 422 })), ['#/kind not_yours']);
	await server.department('JTJ').post(`/appeals/${appeal.id}/attachments`, body, { expect: 404 });
	await operator.post(`/appeals/${appeal.id}/withdraw`, { reason: '自行解决',
		confirmed_by: 'recording' }, { expect: 200 });
	assert.equal((await attach(department, appeal.id, id, {}, 409)).code, 'no_open_task');
});

test('who opened a file is kept', async () => {
	const file = await attachPng(operator, one.id);
	await server.as('visitor').get(`/attachments/${file.id}`, { expect: 200 });
	const seen = await server.as('auditor').all(`/audit/sightings?appeal=${one.id}`);
	assert.ok(seen.some((row) => row.kind === 'file' && JSON.stringify(row).includes('visitor')),
		JSON.stringify(seen.slice(-2)));
});

/* ---- how they end, and what must not happen to them ---- */

test('a file that was changed, swapped or is gone is not given, and is counted', async () => {
	const file = await attachPng(operator, one.id), other = await attachPng(operator, one.id);
	const at = stored(file.content), whole = fs.readFileSync(at);
	const get = async (expect) => (await operator.get(`/attachments/${file.id}`, { expect })).json?.code;
	for (const [what, spoil] of [
		['a flipped bit', () => { const b = Buffer.from(whole); b[40] ^= 1; fs.writeFileSync(at, b); }],
		['a shorter one', () => fs.writeFileSync(at, whole.subarray(0, -1))],
		['another file', () => fs.copyFileSync(stored(other.content), at)],
		['none', () => fs.rmSync(at)]]) {
		spoil();
		assert.equal(await get(500), 'file_damaged', what);
	}
	assert.match(server.log(), /blobs damaged .*name=[0-9a-f]{64}/);
	assert.match((await server.as('admin').get('/metrics')).text, /liandong_blobs_damaged_total 3\n/);
	/* Who has the same file can put it back. */
	await put(operator, file.content, 'image/png', { expect: 201 });
	assert.equal(await get(200), undefined);
});

test('what is attached to nothing is gone after a day, what is attached stays', async () => {
	const waiting = await put(operator, png(2, 2, 'forgotten'), 'image/png', { expect: 201 });
	const kept = await attachPng(operator, one.id);
	await advance(server, { hours: 23 });
	await put(operator, png(2, 2, 'forgotten'), 'image/png', { id: waiting.id, expect: 200 });
	await advance(server, { hours: 2 });
	assert.equal(sql(server, 'SELECT COUNT(*) FROM attachments_file WHERE appeal_id = 0')[0][0], '0');
	await operator.get(`/attachments/${kept.id}`, { expect: 200 });
	await attach(operator, one.id, waiting.id, {}, 422);
});

test('what the caller sent goes with the caller\'s identity', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	await attachPng(operator, appeal.id, { kind: 'caller' });
	const site = await attachPng(operator, appeal.id);
	await operator.post(`/appeals/${appeal.id}/withdraw`, { reason: '自行解决',
		confirmed_by: 'recording' }, { expect: 200 });
	const asked = (await supervisor.post('/callers/erase', { appeals: [appeal.id], reason: '本人申请' },
		{ expect: 201 })).json;
	const second = await newKey(server, 'second', 'supervisor');
	await second.post(`/callers/erasures/${asked.id}/approve`, {}, { expect: 200 });
	const left = (await operator.get(`/appeals/${appeal.id}/attachments`)).json.items;
	assert.deepEqual(left.map(({ id }) => id), [site.id]);
});

test('kill -9 under uploads: each row has its file; files without a row are swept, fresh ones not', async () => {
	const under_way = [];
	let is_over = false;
	const flood = Promise.all([1, 2, 3, 4].map(async (n) => {
		for (let i = 0; !is_over; i++) {
			const content = png(2, 2, `killed ${n} ${i}`);
			under_way.push(content);
			await put(operator, content, 'image/png').catch(() => { is_over = true; });
		}
	}));
	await until(() => under_way.length > 40, { what: 'some uploads' });
	await server.kill();
	await flood;
	/* As a crash between file and row leaves one; and one that is just being put. */
	const old = path.join(folder, 'ab', 'ab'.padEnd(64, '0')), fresh = path.join(folder, 'ab', 'ab'.padEnd(64, '1'));
	const half = path.join(folder, 'ab', '.new-x1y2z3');
	fs.mkdirSync(path.join(folder, 'ab'), { recursive: true });
	for (const file of [old, fresh, half])
		fs.writeFileSync(file, 'x');
	const hours_ago = Date.now() / 1000 - 2 * 3600;
	for (const file of [old, half])
		fs.utimesSync(file, hours_ago, hours_ago);
	/* Those with a row stay, however old. */
	const named = sql(server, 'SELECT DISTINCT LOWER(HEX(sha256)) FROM attachments_file').flat();
	for (const name of named)
		fs.utimesSync(path.join(folder, name.slice(0, 2), name), hours_ago, hours_ago);
	await server.restart();
	await until(() => !fs.existsSync(old) && !fs.existsSync(half), { what: 'the sweep' });
	assert.ok(fs.existsSync(fresh));
	const after = sql(server, 'SELECT DISTINCT LOWER(HEX(sha256)) FROM attachments_file').flat();
	for (const name of after)
		assert.ok(fs.existsSync(path.join(folder, name.slice(0, 2), name)), name);
});

endsCleanly(server);
