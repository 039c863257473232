/*
 * asvs.tsv: every requirement of levels 1 and 2 stands there once, and each that applies has a test
 * or a section that exists. Every kind of mistake is shown to be found.
 *
 *     node tests/asvs_test.mjs --close     closes the open rows whose test has come
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAccess } from './e2e/lib/access.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const FILE = path.join(ROOT, 'tests/asvs.tsv');
const COLUMNS = ['id', 'level', 'applies', 'subject', 'proof', 'reason'];
/* Requirements of levels 1 and 2 in each chapter of version 5.0.0. */
const COUNTS = { V1: [8, 19], V2: [4, 7], V3: [8, 11], V4: [2, 8], V5: [4, 5], V6: [13, 22],
	V7: [6, 12], V8: [4, 3], V9: [4, 3], V10: [5, 24], V11: [3, 11], V12: [3, 6], V13: [1, 12],
	V14: [2, 7], V15: [3, 10], V16: [0, 16], V17: [0, 7] };

function read(text) {
	const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
		.map((line) => line.split('\t'));
	const [[word, open], header, ...rows] = lines;
	assert.equal(word, 'open');
	assert.deepEqual(header, COLUMNS);
	return { open: Number(open), rows: rows.map((cells) =>
		Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i] ?? '']))) };
}

/* ---- what there is to point at ---- */

const known = new Map();	/* file -> its names, or null where there is no such file */

/* Names of tests as patterns: what is put in at run time is anything. */
function namesOf(file) {
	if (known.has(file))
		return known.get(file);
	const at = path.join(ROOT, file);
	if (!fs.existsSync(at)) {
		known.set(file, null);
		return null;
	}
	const text = fs.readFileSync(at, 'utf8');
	const found = file.endsWith('.c') ? [...text.matchAll(/cmocka_unit_test\w*\(\s*(\w+)/g)]
		.map(([, name]) => name) : file.endsWith('.sh') ?
		[...text.matchAll(/^check '([^']*)'/gm)].map(([, name]) => name) :
		[...text.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g)]
			.map(([, plain, template]) => plain ?? template);
	const names = found.map((name) => name.replaceAll(/\\(.)/g, '$1'));
	known.set(file, names);
	return names;
}

const fixedParts = (name) => name.split(/\$\{[^}]*\}/);
const isNamed = (names, wanted) => names.some((name) => name.includes(wanted) ||
	(name.includes('${') && fixedParts(name).some((part) => part.length > 8 &&
		part.trim().includes(wanted))));

function anchorsOf(file) {
	const at = path.join(ROOT, file);
	return !fs.existsSync(at) ? null : [...fs.readFileSync(at, 'utf8').matchAll(/^#+ (.*)$/gm)]
		.map(([, title]) => title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '')
			.trim().replaceAll(' ', '-'));
}

/* What is wrong with a proof, or undefined. */
function faultOf(proof) {
	const section = /^([^\s:#]+\.md)#(\S+)$/.exec(proof);
	if (section) {
		const anchors = anchorsOf(section[1]);
		return !anchors ? `no file ${section[1]}` :
			anchors.includes(section[2]) ? undefined : `no section ${section[2]}`;
	}
	const named = /^(tests\/\S+): (.{12,})$/.exec(proof);
	if (!named)
		return 'neither a test nor a section';
	const names = namesOf(named[1]);
	return !names ? `no file ${named[1]}` : isNamed(names, named[2]) ? undefined :
		`no test ${named[2]}`;
}

/* ---- the judge ---- */

function faultsOf({ open, rows }) {
	const faults = [];
	const seen = new Set();
	for (const { id, level, applies, subject, proof, reason } of rows) {
		const say = (what) => faults.push(`${id}: ${what}`);
		if (!/^V\d+\.\d+\.\d+$/.test(id) || !/^[12]$/.test(level))
			say('no id and level');
		if (seen.has(id))
			say('stands twice');
		seen.add(id);
		if (subject.length < 3 || subject.length > 80)
			say('needs a short subject');
		if (applies === 'no' && (reason.length < 12 || proof !== ''))
			say('does not apply, and needs a reason alone');
		if (applies === 'yes' && proof === '')
			say('applies, and needs a proof');
		if (!['yes', 'no'].includes(applies))
			say('applies or not');
		const fault = applies === 'yes' && proof !== '' && !proof.startsWith('open: ') &&
			faultOf(proof);
		if (fault)
			say(fault);
	}
	for (const [chapter, counts] of Object.entries(COUNTS))
		counts.forEach((count, i) => {
			const n = rows.filter((row) => row.id.startsWith(`${chapter}.`) &&
				row.level === String(i + 1)).length;
			if (n !== count)
				faults.push(`${chapter} has ${n} of ${count} of level ${i + 1}`);
		});
	const n = rows.filter((row) => row.proof.startsWith('open: ')).length;
	if (n !== open)
		faults.push(`${n} are open, not ${open}`);
	return faults;
}

const text = fs.readFileSync(FILE, 'utf8');

function close() {
	let open = 0;
	const closed = text.split('\n').map((line) => line.replace(/\topen: (tests\/[^\t]*)/,
		(whole, proof) => faultOf(proof) ? whole : `\t${proof}`));
	for (const line of closed)
		open += line.includes('\topen: ');
	fs.writeFileSync(FILE, closed.join('\n').replace(/^open\t\d+$/m, `open\t${open}`));
	console.log(`${open} rows are open`);
}

if (process.argv.includes('--close')) {
	close();
	process.exit(0);
}

/* Addresses of the table of rights that need no credentials and that a text does not name. */
function undocumentedWays(document) {
	const section = /^## Ways in$(.*?)^## /ms.exec(document)[1];
	return readAccess().rows.filter((row) => row.is_public).map((row) => row.path)
		.filter((address) => !section.includes(`\`${address}\``));
}

test('every address that asks for no credentials stands among the ways in', () => {
	const document = fs.readFileSync(path.join(ROOT, 'server/SECURITY.md'), 'utf8');
	assert.deepEqual(undocumentedWays(document), []);
	assert.deepEqual(undocumentedWays(document.replaceAll('`/api/v1/cti/{token}`', '')),
		['/api/v1/cti/{token}'], 'one that is left out is told');
});

test('every requirement of levels 1 and 2 has its row, and every proof exists', (t) => {
	const { open, rows } = read(text);
	assert.deepEqual(faultsOf({ open, rows }), []);
	assert.deepEqual([1, 2].map((level) => rows.filter((row) => row.level === String(level)).length),
		[70, 183]);
	t.diagnostic(`${rows.filter((row) => row.applies === 'yes').length} apply, ${open} are open`);
});

const BROKEN = [
	['a row too few', (rows) => rows.slice(1), /V1 has 7 of 8 of level 1|V1 has 18 of 19/],
	['a row twice', (rows) => [...rows, rows[3]], /V1.2.2: stands twice/],
	['a level changed', (rows) => change(rows, { level: '3' }), /no id and level/],
	['a test file that is not there', (rows) => change(rows,
		{ proof: 'tests/e2e/no_such.test.mjs: is as it says' }), /no file/],
	['a test that is not there', (rows) => change(rows,
		{ proof: 'tests/unit/guard_test.c: nothing_of_the_kind' }), /no test/],
	['a check that is not there', (rows) => change(rows,
		{ proof: 'tests/lint.sh: nothing of the kind' }), /no test/],
	['a section that is not there', (rows) => change(rows,
		{ proof: 'server/SECURITY.md#nothing' }), /no section/],
	['a document that is not there', (rows) => change(rows, { proof: 'NO.md#keys' }), /no file/],
	['a proof of words', (rows) => change(rows, { proof: 'we looked at it' }), /neither a test/],
	['no proof', (rows) => change(rows, { proof: '' }), /needs a proof/],
	['no reason', (rows) => change(rows, { applies: 'no', proof: '', reason: '' }), /a reason alone/],
	['one more that is open', (rows) => change(rows, { proof: 'open: later' }), /are open, not/],
];

function change(rows, fields) {
	const i = rows.findIndex((row) => row.applies === 'yes' && !row.proof.startsWith('open: '));
	return rows.with?.(i, { ...rows[i], ...fields }) ??
		rows.map((row, k) => k === i ? { ...row, ...fields } : row);
}

for (const [what, spoil, expected] of BROKEN)
	test(`${what} is found`, () => {
		const { open, rows } = read(text);
		assert.match(faultsOf({ open, rows: spoil(rows) }).join('\n'), expected);
	});

test('cryptography comes from the libraries that the inventory names', () => {
	const inventory = fs.readFileSync(path.join(ROOT, 'server/SECURITY.md'), 'utf8')
		.split('## Cryptography')[1].split('\n## ')[0];
	const uses = new Set();
	const weak = [];
	for (const room of ['server', 'modules', 'include'])
		for (const file of fs.readdirSync(path.join(ROOT, room), { recursive: true })) {
			if (!/\.[ch]$/.test(file) || /node_modules/.test(file))
				continue;
			const source = fs.readFileSync(path.join(ROOT, room, file), 'utf8');
			for (const [, name] of source.matchAll(/_fetch\(\s*NULL,\s*"([A-Za-z0-9-]+)"/g))
				uses.add(name.toUpperCase());
			if (/#include <(openssl\/(md5|rc4|des|sha|aes|rand_drbg)|gcrypt|nettle|mbedtls)/.test(source) ||
				/\b(MD5|SHA1|RC4|DES)_|EVP_(md5|sha1|des|rc4)\b|EVP_\w*_ecb\b|\brandom\(\)|\bdrand48\b|PKCS1_PADDING/
					.test(source))
				weak.push(`${room}/${file}`);
		}
	/* What a standard demands stands in the inventory with its file. */
	assert.deepEqual(weak.filter((file) => !inventory.includes(`\`${file}\``)), []);
	assert.ok(uses.size >= 2, `${[...uses]}`);
	for (const name of uses)
		assert.ok(inventory.toUpperCase().includes(name), `the inventory names ${name}`);
});
