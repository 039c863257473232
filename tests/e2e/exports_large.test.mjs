/*
 * Exports of many: TEST_ROWS cases (60,000) of a thousand departments, made of one real case.
 * Memory stays that of few, a slow reader holds nobody up, and one who leaves leaves nothing.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import ExcelJS from 'exceljs';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { countOf, pagesOf, tableOf } from './lib/files.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const ROWS = Number(process.env.TEST_ROWS ?? 60_000);
const PATIENCE = Number(process.env.TEST_PATIENCE ?? 1);
const DEPARTMENTS = 1000;
const GROWTH_MIB = 24;
const is_sanitized = /asan|tsan/.test(process.env.LIANDONG_BIN ?? '');
const server = await startServer({ clock: MONDAY, env: { LIANDONG_PRINT_SECONDS: '300' } });
const leader = server.as('leader');
const get = (path) => leader.get(path, { expect: 200, timeout: 600_000 * PATIENCE });

/* Copies of one row, with some columns changed; `s.seq` counts them. */
function multiply(table, where, n, changes) {
	const columns = sql(server, `SELECT column_name FROM information_schema.columns
		WHERE table_schema = 'liandong' AND table_name = '${table}'
			AND is_generated = 'NEVER'`).flat();
	const values = columns.map((name) => changes[name] ?? `t.${name}`);
	sql(server, `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')}
		FROM ${table} t JOIN seq_1_to_${n} s WHERE ${where}`);
}

const memory = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`)
	.exec(fs.readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
/* By how many MiB the server's memory is higher at its peak than before. */
async function grownBy(action) {
	fs.writeFileSync(`/proc/${server.pid}/clear_refs`, '5');	/* the peak begins anew */
	const before = memory('VmRSS');
	await action();
	return memory('VmHWM') - before;
}
/* Files of the server that have no name: spools, and what the libraries keep beside. */
const spools = (pattern = /liandong-\w+ \(deleted\)$/) => fs.readdirSync(`/proc/${server.pid}/fd`).filter((fd) => {
	try {
		return pattern.test(fs.readlinkSync(`/proc/${server.pid}/fd/${fd}`));
	} catch {
		return false;	/* closed meanwhile */
	}
}).length;

test('one case is played and becomes many of a thousand departments', async () => {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await close(server, task);
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-03-03 09:00');
	const [[id, appeal]] = sql(server, 'SELECT id, appeal_id FROM tasks_task');
	multiply('reference_department', "t.code = 'CGJ'", DEPARTMENTS,
		{ code: "CONCAT('D', LPAD(s.seq, 4, '0'))", name: "CONCAT('第', s.seq, '承办单位')" });
	multiply('intake_appeal', `t.id = ${appeal}`, ROWS,
		{ id: `t.id + s.seq`, external_no: 'NULL' });
	multiply('tasks_task', `t.id = ${id}`, ROWS, { id: 't.id + s.seq * 100',
		appeal_id: 't.appeal_id + s.seq',
		department: `CONCAT('D', LPAD(1 + s.seq % ${DEPARTMENTS}, 4, '0'))`,
		signed_at: 't.signed_at + s.seq', closed_at: 't.closed_at + s.seq',
		due: `t.due - IF(s.seq % 7 = 0, ${14 * 86400_000_000}, 0)` });
	multiply('visits_visit', `t.task_id = ${id}`, ROWS, { task_id: 't.task_id + s.seq * 100' });
	assert.equal(Number(sql(server, 'SELECT COUNT(*) FROM tasks_task')[0][0]), ROWS + 1);
});

test('every case is in the table, and memory is that of few', async (t) => {
	/* Filling may have taken longer than a connection is left to idle. */
	await until(() => get('/reports/2026-02/tasks.csv'), { what: 'a connection' });
	const begun = performance.now();
	let bytes;
	const grown = await grownBy(async () => {
		({ bytes } = await get('/reports/2026-03/tasks.csv'));
	});
	t.diagnostic(`${ROWS + 1} rows, ${bytes.length} bytes in ` +
		`${Math.round(performance.now() - begun)} ms`);
	t.diagnostic(`memory of the server grew by ${grown.toFixed(1)} MiB`);
	assert.equal(countOf(bytes), ROWS + 1);
	if (ROWS <= 100_000)
		assert.equal(new Set(tableOf(bytes).map((row) => row.task)).size, ROWS + 1);
	if (!is_sanitized)
		assert.ok(grown < GROWTH_MIB, `grew by ${grown} MiB`);
});

test('the figures of a thousand departments are in every format', async (t) => {
	const timed = async (path) => {
		const begun = performance.now();
		const { bytes } = await get(path);
		t.diagnostic(`${path}: ${bytes.length} bytes in ${Math.round(performance.now() - begun)} ms`);
		return bytes;
	};
	const rows = tableOf(await timed('/reports/2026-03.csv'));
	const own = rows.filter((row) => row.kind === 'own');
	assert.equal(new Set(own.map((row) => row.department)).size, DEPARTMENTS + 1);
	const counted = own.filter((row) => row.measure === 'completion')
		.reduce((sum, row) => sum + Number(row.den), 0);
	assert.equal(counted, Number(rows.find((row) => row.kind === 'total' &&
		row.measure === 'completion').den));
	const pages = pagesOf(await timed('/reports/2026-03.pdf'));
	assert.ok(pages.length > 100, `${pages.length} pages`);
	/* The heads of a table stand on each of its pages. */
	const inside = pages.filter((page) => page.includes('承办单位') && /\d+\/\d+/.test(page) &&
		!page.includes('条形'));
	assert.ok(inside.length > 90);
	for (const page of inside)
		assert.match(page, /单位 .*(率|量|办)/);
	if (ROWS > 300_000)
		return;
	let bytes;
	const grown = await grownBy(async () => { bytes = await timed('/reports/2026-03.xlsx'); });
	t.diagnostic(`memory of the server grew by ${grown.toFixed(1)} MiB`);
	if (!is_sanitized)
		assert.ok(grown < GROWTH_MIB, `grew by ${grown} MiB`);
	const book = new ExcelJS.Workbook();
	await book.xlsx.load(bytes);
	assert.equal(book.getWorksheet('办件').rowCount, ROWS + 2);
});

test('more cases than a sheet holds are refused with what to do', { skip: ROWS <= 300_000 },
	async () => {
		const answer = await leader.get('/reports/2026-03.xlsx',
			{ expect: 422, timeout: 600_000 });
		assert.equal(answer.json.code, 'too_many_rows');
		assert.match(answer.json.detail, /tasks\.csv/);
	});

/* Asks over a connection of its own; the answer is read only when somebody reads it. */
function ask(path) {
	const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca,
		highWaterMark: 16_384 });
	socket.on('error', () => {});
	socket.write(`GET /api/v1${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n` +
		`Authorization: Bearer ${leader.key}\r\nConnection: close\r\n\r\n`);
	return socket;
}

async function firstBytes(socket) {
	const part = await new Promise((resolve, reject) => {
		socket.once('data', resolve);
		socket.once('close', () => reject(new Error('closed before an answer')));
	});
	socket.pause();
	assert.match(part.toString('latin1'), /^HTTP\/1\.1 200 OK\r\n/);
	return part;
}

test('a reader who stops holds nobody up, and gets the rest when it goes on', async () => {
	const socket = ask('/reports/2026-03/tasks.csv');
	const parts = [await firstBytes(socket)];
	assert.equal(spools(), 1);
	for (let i = 0; i < 20; i++)
		await get('/reports/2026-02.csv');
	assert.equal(spools(), 1, 'it is still being sent');
	socket.on('data', (part) => parts.push(part));
	socket.resume();
	await new Promise((resolve) => socket.once('close', resolve));
	const whole = Buffer.concat(parts);
	const body = whole.subarray(whole.indexOf('\r\n\r\n') + 4);
	const length = Number(/\r\nContent-Length: (\d+)\r\n/.exec(whole.toString('latin1', 0, 2000))[1]);
	assert.equal(body.length, length);
	assert.equal(countOf(body), ROWS + 1);
	await until(() => spools() === 0, { what: 'the file to be closed' });
});

test('readers who leave in the middle leave no file and no connection', async () => {
	for (let i = 0; i < 5; i++) {
		const socket = ask('/reports/2026-03/tasks.csv');
		await firstBytes(socket);
		socket.destroy();
	}
	await until(() => spools() === 0, { what: 'the files to be closed' });
	await get('/reports/2026-03.csv');
});

test('answers that follow an export on one connection are their own', async () => {
	const socket = tls.connect({ host: server.host, port: server.port, ca: server.ca });
	const line = (path, last) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n` +
		`Authorization: Bearer ${leader.key}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
	socket.write(line('/api/v1/reports/2026-03/tasks.csv') + line('/api/v1/reports/2026-03.csv') +
		line('/livez', true));
	const parts = [];
	socket.on('data', (part) => parts.push(part));
	await new Promise((resolve) => socket.once('close', resolve));
	const heads = Buffer.concat(parts).toString('latin1').match(/HTTP\/1\.1 \d+/g);
	assert.deepEqual(heads, ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
});

/* A disk of its own, which takes root to make; undefined without. */
function smallDisk(size) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-disk-'));
	if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]).status !== 0)
		return undefined;
	process.once('exit', () => {
		spawnSync('umount', ['-l', folder]);
		fs.rmdirSync(folder);
	});
	return folder;
}

async function assertNoRoom(address) {
	const answer = await leader.get(address, { expect: 503, timeout: 600_000 * PATIENCE });
	assert.equal(answer.json.code, 'no_room', answer.text);
	assert.ok(Number(answer.headers['retry-after']) > 0);
}

test('a full disk, or none, is told as such, and the server goes on', async (t) => {
	const disk = smallDisk('3m');
	const EXPORTS = ['/reports/2026-03/tasks.csv', '/reports/2026-03.xlsx'];
	for (const folder of [disk, '/nonexistent']) {
		if (folder === undefined) {
			t.diagnostic('no small disk can be made here');
			continue;
		}
		server.options.env.LIANDONG_SPOOL_DIRECTORY = folder;
		await server.stop();
		await server.restart();
		for (const one of EXPORTS)
			await assertNoRoom(one);
		if (folder === '/nonexistent') {
			for (const one of ['csv', 'xlsx', 'pdf'])
				await assertNoRoom(`/reports/2026-02.${one}`);
		} else {
			await get('/reports/2026-02.csv');
			assert.deepEqual(fs.readdirSync(folder), []);
			for (const one of EXPORTS)
				await assertNoRoom(one);
			await get('/reports/2026-02.xlsx');
		}
		await until(() => spools(/ \(deleted\)$/) === 0, { what: 'no file to stay open' });
	}
	delete server.options.env.LIANDONG_SPOOL_DIRECTORY;
	await server.stop();
	await server.restart();
	assert.equal(countOf((await get('/reports/2026-03/tasks.csv')).bytes), ROWS + 1);
});

test('a database that dies in the middle of an export costs a 503 and no file', async () => {
	const socket = ask('/reports/2026-03/tasks.csv');
	const answered = new Promise((resolve) => socket.once('data', resolve));
	await until(() => spools() === 1, { every: 1, what: 'the export to be under way' });
	server.killDatabase();
	assert.match((await answered).toString('latin1'), /^HTTP\/1\.1 503 /);
	socket.destroy();
	await until(() => spools() === 0, { what: 'the file to be closed' });
	await server.waitReady();
	assert.equal(countOf((await get('/reports/2026-03/tasks.csv')).bytes), ROWS + 1);
});

/* More than the sockets' buffers hold is needed to be stuck at all. */
test('a reader who takes nothing for a minute is let go, whoever else is served',
	{ skip: ROWS < 50_000 }, async () => {
		const socket = ask('/reports/2026-03/tasks.csv');
		await firstBytes(socket);
		const begun = performance.now();
		await until(() => spools() === 0, { ms: 100_000, every: 500,
			what: 'the file to be closed' });
		assert.ok(performance.now() - begun > 50_000, 'not before its time');
		socket.destroy();
		await get('/reports/2026-02.csv');
	});

endsCleanly(server);
