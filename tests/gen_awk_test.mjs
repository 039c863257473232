/*
 * sql/gen.awk: what it makes of named statements, what it refuses, and that mawk and gawk agree
 * byte for byte. An awk that is not installed is left out, but one must be there.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const GENERATOR = path.join(ROOT, 'sql/gen.awk');
const AWKS = [['mawk'], ['gawk'], ['gawk', '--posix']]
	.filter(([name]) => !spawnSync(name, ['BEGIN { exit }']).error);
const WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion',
	'-Wsign-conversion', '-Wstrict-prototypes', '-Wmissing-prototypes', '-Wcast-qual',
	'-Wformat=2', '-Wvla', '-Wundef', '-Wwrite-strings', '-Wunused-const-variable', '-Werror'];

let folder;

before(() => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-gen-'));
});

after(() => {
	fs.rmSync(folder, { recursive: true });
});

/* Runs every awk on the text and returns what all of them said. */
function generate(text, { name = 'sample', mode = '', files = null } = {}) {
	const paths = Object.entries(files ?? { [name]: text }).map(([base, content]) => {
		const at = path.join(folder, `${base}.sql`);
		fs.writeFileSync(at, content);
		return at;
	});
	const args = ['-v', `mode=${mode}`, '-f', GENERATOR, ...paths];
	const results = AWKS.map(([awk, ...options]) =>
		spawnSync(awk, [...options, ...args], { encoding: 'utf8' }));
	assert.ok(results.length > 0, 'neither mawk nor gawk is installed');
	for (const result of results) {
		assert.equal(result.stdout, results[0].stdout);
		assert.equal(result.stderr, results[0].stderr);
		assert.equal(result.status, results[0].status);
	}
	return results[0];
}

function header(text) {
	const result = generate(text);
	assert.equal(result.stderr, '');
	assert.equal(result.status, 0);
	return result.stdout;
}

/* The line and the words of a refusal; a refusal prints no header at all. */
function refusal(text) {
	const result = generate(text);
	assert.equal(result.status, 1);
	assert.equal(result.stdout, '');
	const match = /sample\.sql:(\d+): (.*)\n$/.exec(result.stderr);
	assert.ok(match, result.stderr);
	return { line: Number(match[1]), words: match[2] };
}

function compile(compiler, text, use) {
	fs.writeFileSync(path.join(folder, 'sample_sql.h'), header(text));
	fs.writeFileSync(path.join(folder, 'use.c'), `#include "sample_sql.h"\n${use}`);
	const result = spawnSync(compiler, ['-std=c17', '-D_GNU_SOURCE', ...WARNINGS, '-O1',
		'-I', path.join(ROOT, 'include'), '-I', folder, '-fsyntax-only',
		path.join(folder, 'use.c')], { encoding: 'utf8' });
	assert.ifError(result.error);
	assert.equal(result.stderr, '');
	assert.equal(result.status, 0);
}

const WHOLE = `-- Statements of a sample.

-- name: task_load :one
-- doc: One task.
-- doc: By its id.
-- param: id u64
-- column: title str
-- column: note str?
SELECT title, note -- the note may be absent
FROM tasks_task WHERE id = :id;

-- name: task_list :many
-- column: id u64
-- column: is_open bool
SELECT id, is_open
FROM tasks_task;

-- name: task_move :write
-- param: id u64
-- param: at i64
-- param: level u32
-- param: photo bytes?
UPDATE tasks_task SET at = :at, level = :level, photo = :photo WHERE id = :id AND at < :at;

-- name: task_clear :exec
DELETE FROM tasks_task;
`;

test('kinds become structs, a table and functions', () => {
	const text = header(WHOLE);
	const has = (...lines) => assert.ok(text.includes(lines.join('\n')), lines[0]);
	has('/* One task.', ' * By its id. */', 'struct sql_task_load {', '\tuint64_t id;', '};');
	has('struct sql_task_load_row {', '\tstruct str title;', '\tstruct str note;');
	has('\t{ "note", offsetof(struct sql_task_load_row, note), DB_STR, true },');
	has('"SELECT title, note "', '\t\t"FROM tasks_task WHERE id = ?",');
	has('MUST_USE bool', 'sql_task_load(struct tx *tx, struct sql_task_load in, ' +
		'struct sql_task_load_row *ret_row)');
	has('struct rows *sql_task_list(struct tx *tx)', '{');
	has('sql_task_list_next(struct rows *rows, struct sql_task_list_row *ret_row)');
	has('void sql_task_move(struct tx *tx, struct sql_task_move in)');
	has('uint64_t sql_task_clear(struct tx *tx)', '{');
	has('db_exec(tx, &sql_task_clear_statement, NULL)');
});

test('repeated parameters are bound by name', () => {
	assert.ok(header(WHOLE).includes(
		'sql_task_move_order[] UNUSED = {\n\t1,\n\t2,\n\t3,\n\t0,\n\t1,\n};'));
});

test('quotes keep colons, semicolons and escapes', () => {
	const text = header('-- name: a :one\n-- column: x str\n' +
		"SELECT ':no; -- no' AS x, \"a:b\\\"c\", `d:e`, 'it''s' FROM t;\n");
	assert.ok(text.includes(
		'.text = "SELECT \':no; -- no\' AS x, \\"a:b\\\\\\"c\\", ' +
		'`d:e`, \'it\'\'s\' FROM t",'));
});

const CALLER = `void use(struct tx *tx);
void use(struct tx *tx)
{
	sql_task_move(tx, (struct sql_task_move){ .id = 1, .at = 2, .level = 3 });
}
`;

for (const compiler of ['gcc', 'clang']) {
	const skip = spawnSync(compiler, ['--version']).error ? 'not installed' : false;
	test(`a caller that uses one statement of many compiles clean with ${compiler}`, { skip },
		() => compile(compiler, WHOLE, CALLER));
}

test('a header without a caller compiles clean', () => {
	compile('gcc', WHOLE, 'extern int nothing;\n');
});

test('the list names every statement of all files', () => {
	const result = generate('', { mode: 'list', files: {
		one: '-- name: a :exec\nDELETE FROM a;\n',
		two: '-- name: b :exec\nDELETE FROM b;\n-- name: c :exec\nDELETE FROM c;\n',
	} });
	assert.equal(result.status, 0);
	assert.match(result.stdout, /#include "one_sql\.h"\n#include "two_sql\.h"\n/);
	assert.ok(result.stdout.includes('sql_statements[] UNUSED = {\n' +
		'\t&sql_a_statement,\n\t&sql_b_statement,\n\t&sql_c_statement,\n};'));
});

test('a name is used once over all files', () => {
	const result = generate('', { mode: 'list', files: {
		one: '-- name: a :exec\nDELETE FROM a;\n',
		two: '-- name: a :exec\nDELETE FROM b;\n',
	} });
	assert.equal(result.status, 1);
	assert.equal(result.stdout, '');
	assert.match(result.stderr, /two\.sql:1: statement a exists already in .*one\.sql:1/);
});

test('the statements of the project agree in all awks', () => {
	const queries = path.join(ROOT, 'sql/queries');
	for (const name of fs.readdirSync(queries).filter((file) => file.endsWith('.sql'))) {
		const result = generate(fs.readFileSync(path.join(queries, name), 'utf8'));
		assert.equal(result.stderr, '');
		assert.equal(result.status, 0, name);
	}
});

const REFUSED = [
	['an undeclared parameter', '-- name: a :exec\nDELETE FROM a\nWHERE id = :id;\n',
		3, /parameter :id of a is not declared/],
	['an unused parameter', '-- name: a :exec\n-- param: id u64\nDELETE FROM a;\n',
		2, /param id of a is not used/],
	['a parameter declared twice', '-- name: a :exec\n-- param: id u64\n-- param: id u32\n' +
		'DELETE FROM a WHERE id = :id;\n',
		3, /declared twice/],
	['an unknown type', '-- name: a :exec\n-- param: id int\nDELETE FROM a;\n',
		2, /unknown type/],
	['a number that may be NULL', '-- name: a :one\n-- column: n u64?\nSELECT n FROM a;\n',
		2, /never NULL/],
	['an unknown kind', '-- name: a :two\nDELETE FROM a;\n', 1, /unknown kind/],
	['an unknown directive', '-- name: a :exec\n-- parm: id u64\nDELETE FROM a;\n',
		2, /unknown `-- parm:`/],
	['a word of C as a name', '-- name: a :one\n-- column: default u64\nSELECT 1;\n',
		2, /no name for a column/],
	['a statement without an end',
		'-- name: a :exec\nDELETE FROM a\n-- name: b :exec\nDELETE FROM b;\n',
		3, /statement a has no end/],
	['a statement without a name', 'DELETE FROM a;\n', 1, /outside of a statement/],
	['a statement without text', '-- name: a :exec\n;\n', 2, /no text/],
	['two statements under one name', '-- name: a :exec\nDELETE FROM a; DELETE FROM b;\n',
		2, /text behind the `;`/],
	['rows without columns', '-- name: a :one\nSELECT 1;\n', 2, /declares no column/],
	['columns of what gives no rows',
		'-- name: a :exec\n-- column: n u64\nDELETE FROM a;\n',
		3, /cannot have columns/],
	['a bare question mark', '-- name: a :exec\nDELETE FROM a WHERE id = ?;\n',
		2, /are written :name/],
	['text beyond ASCII', "-- name: a :exec\nDELETE FROM a WHERE b = '联动';\n",
		2, /must be ASCII/],
	['a quote over two lines', "-- name: a :exec\nDELETE FROM a WHERE b = 'x\ny';\n",
		2, /quote does not end/],
	['a deferred read', '-- name: a :write\n-- param: n u64\nSELECT :n;\n',
		3, /can be deferred/],
	['a deferred write that matches two rows', '-- name: a :write\n-- param: n u64\n' +
		'INSERT INTO a (n) VALUES (:n)\nON DUPLICATE KEY UPDATE n = n;\n',
		4, /make it :exec/],
	['a deferred write without a parameter', '-- name: a :write\nDELETE FROM a;\n',
		2, /needs a param/],
	['a parameter declared behind the text',
		'-- name: a :exec\nDELETE FROM a\n-- param: id u64\n;\n',
		3, /before the SQL text/],
];

for (const [what, text, line, words] of REFUSED)
	test(`${what} is refused with its place`, () => {
		const found = refusal(text);
		assert.match(found.words, words);
		assert.equal(found.line, line);
	});

test('a file that ends inside a statement is refused', () => {
	const result = generate('-- name: a :exec\nDELETE FROM a\n');
	assert.equal(result.status, 1);
	assert.equal(result.stdout, '');
	assert.match(result.stderr, /sample\.sql: statement a has no end/);
});
