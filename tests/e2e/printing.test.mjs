/*
 * The program that prints, by itself: documents in, PDF out. What it draws is measured in the
 * file it makes, and what is no document ends in one sentence.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { codesOf, fileOf, pagesOf, run } from './lib/files.mjs';
import { until } from './lib/until.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BUILT = path.resolve(ROOT, process.env.LIANDONG_BIN ?? 'build/liandong');
const PROGRAM = path.join(path.dirname(BUILT), 'liandong-pdf');
const NOTE = 'yunhe.example/ledger\n1204\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n\n' +
	'— yunhe.example/ledger aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBzaWduYXR1cmUgb2YgNjQgYnl0ZXMgYW5kIGEga2V5IGlk\n' +
	'— witness.example/w1 aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBzaWduYXR1cmUgb2YgNjQgYnl0ZXMgYW5kIGEga2V5IGlk\n';

const print = (input) => spawnSync(PROGRAM, { input: typeof input === 'string' ? input :
	JSON.stringify(input), maxBuffer: 1 << 28 });

function pdfOf(blocks, more = {}) {
	const done = print({ title: '通报', subtitle: '副题', foot: '规则 1', blocks,
		made: '2026-04-09T09:00:00+08:00', ...more });
	assert.equal(done.status, 0, done.stderr.toString());
	assert.equal(done.stderr.toString(), '');
	return done.stdout;
}

/* Filled boxes of the first page: colour, left, right (points). */
function boxesOf(bytes) {
	const file = fileOf(bytes, 'pdf');
	run('pdftocairo', ['-svg', '-f', '1', '-l', '1', file, file + '.svg']);
	const svg = fs.readFileSync(file + '.svg', 'utf8');
	return [...svg.matchAll(/<path[^>]*[ ";]fill:rgb\(([^)]+)\)[^>]* d="M ([^"]+)"/g)]
		.filter(([, , d]) => (d.match(/[ML]/g) ?? []).length <= 5 && !/C/.test(d))
		.map(([, colour, d]) => {
			const xs = d.replaceAll(/[MLZ]/g, ' ').trim().split(/\s+/).map(Number)
				.filter((_, i) => i % 2 === 0);
			return { colour: colour.split(',').map((one) => Math.round(parseFloat(one))),
				left: Math.min(...xs), right: Math.max(...xs) };
		});
}

test('a checkpoint is on paper as a code and in letters, to the last byte', () => {
	const bytes = pdfOf([{ heading: '四、统计依据', level: 1 }, { qr: NOTE, caption: '账本检查点' }]);
	assert.deepEqual(codesOf(bytes), [NOTE + '\n']);
	const text = pagesOf(bytes).join('').replaceAll(/\s/g, '');
	for (const line of NOTE.split('\n'))
		assert.ok(text.includes(line.replaceAll(/\s/g, '')), line);
});

test('bars stand out of the line of the target, to scale on both sides', () => {
	const item = (name, delta) => ({ name, note: 'n=1', text: `${90 + delta / 100}%`, delta });
	const boxes = boxesOf(pdfOf([{ bars: { target: '目标 90%', items: [item('甲', -2000),
		item('乙', -1000), item('丙', 500), item('丁', 1000), item('戊', 0),
		{ ...item('己', 0), empty: true }] } }]));
	const red = boxes.filter(({ colour: [r, g] }) => r > 70 && g < 20);
	const blue = boxes.filter(({ colour: [r, , b] }) => b > 75 && r < 40);
	assert.equal(red.length, 2, JSON.stringify(boxes));
	const long = ({ left, right }) => right - left;
	const near = (a, b) => assert.ok(Math.abs(a - b) < 0.2, `${a} is not ${b}`);
	near(long(red[0]), 2 * long(red[1]));
	near(long(red[1]), 2 * long(blue[0]));
	near(long(blue[1]), long(red[1]));
	for (const { right } of red)
		near(right, blue[0].left);
	near(blue[0].left, blue[1].left);
	assert.equal(blue.filter((one) => long(one) > 0.2).length, 2, 'none for zero, none for nothing');
});

/* Points of a page that are neither paper nor ink. */
function greysOf(bytes, page) {
	const file = fileOf(bytes, 'pdf');
	const out = spawnSync('pdftoppm', ['-r', '72', '-gray', '-f', String(page), '-l', String(page),
		file], { maxBuffer: 1 << 28 }).stdout;
	const [, width] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(out.toString('latin1', 0, 30));
	return out.subarray(out.length - width * 800).filter((grey) => grey > 215 && grey < 245).length;
}

test('a mark stands across each page under all else, and without one nothing does', () => {
	const blocks = [{ paragraph: '办理情况'.repeat(900) }];
	const plain = pdfOf(blocks), marked = pdfOf(blocks, { mark: 'somebody 2026-03-02 09:00 A17' });
	assert.deepEqual(pagesOf(marked), pagesOf(plain), 'it takes no room and is no text');
	const pages = pagesOf(marked).length;
	for (let n = 1; n <= pages; n++) {
		const [without, faint] = [plain, marked].map((bytes) => greysOf(bytes, n));
		assert.ok(faint > without + 1000, `page ${n}: ${faint} faint points, ${without} without`);
	}
	assert.deepEqual(pdfOf(blocks, { mark: 'x' }), pdfOf(blocks, { mark: 'x' }),
		'the same twice');
	assert.deepEqual(pdfOf(blocks, { mark: '' }), plain);
});

test('heads stand on every page of a table, and no page has heads alone', () => {
	for (let n = 1; n < 200; n += 11) {
		const pages = pagesOf(pdfOf([{ table: { columns: [{ head: '单位', width: 2 },
			{ head: '办结率', width: 1, align: 'right' }],
		rows: Array.from({ length: n }, (_, i) => [`第${i}单位`, { text: '90.00%', note: '9/10' }]) } }]));
		let rows = 0;
		for (const page of pages) {
			const here = (page.match(/第\d+单位/g) ?? []).length;
			assert.ok(here > 0, 'a page has rows');
			assert.match(page, /单位 +办结率/);
			rows += here;
		}
		assert.equal(rows, n);
	}
});

test('words that are longer than a line, a cell or a page are still a document', () => {
	const long = '长'.repeat(3000);
	const bytes = pdfOf([{ heading: long }, { paragraph: long.repeat(10) }, { note: long },
		{ table: { columns: [{ head: long, width: 1 }, { head: 'b', width: 3 }],
			rows: [[long, { text: 'x'.repeat(5000), note: long }], [null, '']] } },
		{ form: { rows: [[long, long], ['a', 'b', long, long]] } },
		{ bars: { target: long, items: [{ name: long, note: long, text: long, delta: -9000 }] } },
		{ paragraph: '' }], { title: long.slice(0, 300), foot: long });
	assert.ok(pagesOf(bytes).length > 10);
});

test('what is no document is refused in one sentence', () => {
	const cell = (value) => ({ title: 'x', blocks: [{ table: { columns: [{ head: 'a', width: 1 }],
		rows: [[value]] } }] });
	for (const [input, reason] of [['', /no JSON object/], ['[]', /no JSON object/],
		['{"title":', /no JSON object: line 1/], ['{"title":"\xff"}', undefined],
		[{ title: 1 }, /title is no text/], [{ blocks: [1] }, /block is no object/],
		[{ blocks: [{}] }, /no known kind/], [{ blocks: [{ table: {} }] }, /1 to 24 columns/],
		[{ blocks: [{ table: { columns: [{ head: 'a', width: -1 }] } }] }, /no width/],
		[{ blocks: [{ table: { columns: Array(24).fill({ head: 'a', width: 1e-9 })
			.concat() } }] }, undefined],
		[cell({ text: 'a', ink: 'gold' }), /no ink gold/],
		[{ blocks: [{ form: { rows: [['a']] } }] }, /one or two labels/],
		[{ blocks: [{ qr: 'x'.repeat(5000) }] }, /too long for a code/],
		[{ blocks: Array(1500).fill({ paragraph: '字'.repeat(3000) }) }, /more than 2000 pages/]]) {
		const done = print(input);
		if (reason === undefined) {
			assert.ok([0, 1].includes(done.status), 'an end of its own');
			continue;
		}
		assert.equal(done.status, 1, JSON.stringify(input).slice(0, 100));
		assert.match(done.stderr.toString(), reason);
		assert.equal(done.stderr.toString().split('\n').length, 2);
	}
});

test('it is confined before it reads a byte', async () => {
	const child = spawn(PROGRAM, { stdio: ['pipe', 'ignore', 'ignore'] });
	const status = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm')
		.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
	await until(() => status('Seccomp') === '2' && status('NoNewPrivs') === '1',
		{ what: 'the filter of calls' });
	const limits = fs.readFileSync(`/proc/${child.pid}/limits`, 'utf8');
	assert.match(limits, /Max cpu time +\d+ /);
	assert.match(limits, /Max file size +67108864 /);
	assert.match(limits, /Max core file size +0 /);
	if (!/asan|tsan/.test(PROGRAM))
		assert.match(limits, /Max address space +\d+ /);
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.stdin.end('{"title":"x"}');
	assert.equal(await ended, 0);
});

test('it asks for no socket, and for no file to write', () => {
	const trace = fileOf('', 'trace');
	const done = spawnSync('strace', ['-f', '-e', 'trace=%network,openat,open', '-o', trace, PROGRAM],
		{ input: JSON.stringify({ title: '题', blocks: [{ paragraph: '字' }] }) });
	if (/asan|tsan/.test(PROGRAM) && done.status !== 0)
		return;
	assert.equal(done.status, 0, done.stderr.toString());
	const calls = fs.readFileSync(trace, 'utf8').split('\n');
	assert.deepEqual(calls.filter((line) => /socket|connect|O_WRONLY|O_CREAT/.test(line)), []);
});
