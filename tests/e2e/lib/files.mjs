/*
 * Files that the server gives, read by programs and libraries that are not ours.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-files-'));
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
let serial = 0;

/* Writes bytes to a file of this test and gives its path. */
export function fileOf(bytes, ending) {
	const file = path.join(folder, `${++serial}.${ending}`);
	fs.writeFileSync(file, bytes);
	return file;
}

export function run(program, args, options = {}) {
	return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28,
		stdio: ['pipe', 'pipe', 'ignore'], ...options });
}

/* How many rows a table says it has, once its hash has been found to be that of its bytes. */
export function countOf(bytes) {
	assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'a byte order mark');
	assert.equal(bytes.subarray(-2).toString(), '\r\n');
	const start = bytes.lastIndexOf('\r\nrows,') + 2;
	const [word, rows, name, hash, ...rest] = bytes.subarray(start, -2).toString().split(',');
	assert.deepEqual([word, name, hash], ['rows', 'sha256',
		createHash('sha256').update(bytes.subarray(0, start)).digest('hex')]);
	assert.ok(rest.every((cell) => cell === ''));
	return Number(rows);
}

/* Rows of a table as text, by name of the column; form and last line are judged on the way. */
export function tableOf(bytes) {
	const [heads, ...rows] = parse(bytes, { bom: true, record_delimiter: '\r\n',
		relax_column_count: false });
	rows.pop();
	assert.equal(rows.length, countOf(bytes));
	return rows.map((row) => Object.fromEntries(heads.map((head, i) => [head, row[i]])));
}

/* A PDF's words, one text a page; broken files fail on the way. */
export function pagesOf(bytes) {
	const file = fileOf(bytes, 'pdf');
	run('qpdf', ['--check', file]);
	return run('pdftotext', ['-layout', file, '-']).split('\f').slice(0, -1);
}

/* What its codes say, page by page. */
export function codesOf(bytes) {
	const file = fileOf(bytes, 'pdf');
	run('pdftoppm', ['-r', '150', '-png', file, file]);
	return fs.readdirSync(folder).filter((name) => name.startsWith(path.basename(file) + '-'))
		.sort().flatMap((name) => {
			try {
				return [run('zbarimg', ['--quiet', '--raw', path.join(folder, name)])];
			} catch {
				return [];	/* none on this page */
			}
		});
}
