/*
 * sql/grants.awk: which privileges it reads off statements, what it refuses, and that mawk and gawk
 * agree.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const AWKS = [['mawk'], ['gawk'], ['gawk', '--posix']]
	.filter(([name]) => !spawnSync(name, ['BEGIN { exit }']).error);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-grants-'));
fs.mkdirSync(path.join(folder, 'migrations'));
fs.mkdirSync(path.join(folder, 'queries'));
after(() => fs.rmSync(folder, { recursive: true }));

const SCHEMA = ['ledger', 'task', 'queue', 'version'].map((name) =>
	`CREATE TABLE IF NOT EXISTS ${name} (id BIGINT);\n`).join('') +
	'CREATE OR REPLACE VIEW task_view AS SELECT id FROM task;\n';
const LIMITS = 'table\tlimit\twhy\nledger\tadded\tfacts\nversion\towner\tthe schema\n';

function put(name, text) {
	fs.writeFileSync(path.join(folder, name), text);
	return path.join(folder, name);
}

function generate(query, { limits = LIMITS, schema = SCHEMA } = {}) {
	const files = [put('limits.tsv', limits), put('migrations/0001.sql', schema),
		put('queries/q.sql', query)];
	const results = AWKS.map(([awk, ...options]) => spawnSync(awk,
		[...options, '-f', path.join(ROOT, 'sql/grants.awk'), ...files], { encoding: 'utf8' }));
	assert.ok(results.length > 0, 'neither mawk nor gawk is installed');
	for (const one of results) {
		assert.equal(one.stdout, results[0].stdout);
		assert.equal(one.status, results[0].status);
	}
	return results[0];
}

function grants(sql) {
	const done = generate(`-- name: one :exec\n-- doc: task ledger\n${sql};\n`);
	assert.equal(done.status, 0, done.stderr);
	return Object.fromEntries([...done.stdout.matchAll(/\{ "(\w+)", ([^}]+) \}/g)]
		.map(([, table, bits]) => [table, bits.replaceAll('GRANT_', '').replaceAll(' | ', ' ')]));
}

const CASES = [
	['SELECT id FROM task', { task: 'SELECT' }],
	['SELECT id FROM task_view', { task_view: 'SELECT' }],
	["SELECT 'queue' -- queue\nFROM task", { task: 'SELECT' }],
	['UPDATE task SET id = (SELECT q.id, 1 FROM queue q), id = 2 WHERE id = 1, 2',
		{ task: 'SELECT UPDATE', queue: 'SELECT' }],
	['UPDATE task t JOIN queue q ON 1 SET t.id = 1, q.id = 2',
		{ task: 'SELECT UPDATE', queue: 'SELECT UPDATE' }],
	['INSERT INTO task (id) VALUES (:id)', { task: 'INSERT' }],
	['INSERT INTO task (id) SELECT id FROM queue', { task: 'INSERT', queue: 'SELECT' }],
	['INSERT INTO task (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 2',
		{ task: 'SELECT INSERT UPDATE' }],
	['INSERT IGNORE INTO ledger (id) VALUES (1)', { ledger: 'INSERT' }],
	['REPLACE INTO task (id) VALUES (1)', { task: 'INSERT DELETE' }],
	['UPDATE task SET id = 1 WHERE id IN (SELECT id FROM queue)',
		{ task: 'SELECT UPDATE', queue: 'SELECT' }],
	['UPDATE task t FORCE INDEX (x)\nSTRAIGHT_JOIN ledger l ON l.id = t.id SET t.id = 1',
		{ task: 'SELECT UPDATE', ledger: 'SELECT' }],
	["UPDATE JSON_TABLE(:rows, '$[*]' COLUMNS (id INT PATH '$[0]')) j JOIN task t ON t.id = j.id\n" +
		'SET t.id = 1', { task: 'SELECT UPDATE' }],
	['DELETE FROM queue WHERE id = 1', { queue: 'SELECT DELETE' }],
	["DELETE q FROM JSON_TABLE(:rows, '$[*]' COLUMNS (id INT PATH '$[0]')) j JOIN queue q ON 1",
		{ queue: 'SELECT DELETE' }],
	['INSERT INTO version (id) SELECT id FROM version', { version: 'SELECT' }],
	['WITH a AS (SELECT id FROM queue) SELECT id FROM a', { queue: 'SELECT' }],
	['SET SESSION max_statement_time = 1', {}],
];

for (const [sql, wanted] of CASES)
	test(sql.replace(/\s+/g, ' '), () => assert.deepEqual(grants(sql), wanted));

const REFUSED = [
	['UPDATE ledger SET id = 1', /q\.sql:3: one would UPDATE rows of ledger/],
	['DELETE FROM ledger', /would DELETE rows of ledger/],
	['REPLACE INTO ledger (id) VALUES (1)', /would DELETE rows of ledger/],
	['INSERT INTO ledger (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 1', /would UPDATE/],
	['UPDATE task t JOIN ledger l ON l.id = t.id SET l.id = 1', /would UPDATE rows of ledger/],
	['UPDATE task t JOIN ledger l ON l.id = t.id SET t.id = 1, l.id = 2', /would UPDATE rows of ledger/],
	['DELETE l FROM task t JOIN ledger l ON 1', /would DELETE rows of ledger/],
	['INSERT INTO task_view (id) VALUES (1)', /writes to the view/],
	['UPDATE nothing SET id = 1', /is not found/],
	['TRUNCATE task', /begins with TRUNCATE/],
	['DROP TABLE task', /begins with DROP/],
];

for (const [sql, said] of REFUSED)
	test(`refused: ${sql}`, () => {
		const done = generate(`-- name: one :exec\n-- doc: x\n${sql};\n`);
		assert.equal(done.status, 1);
		assert.match(done.stderr, said);
		assert.equal(done.stdout, '');
	});

test('a limit of no table, an unknown limit and a table made otherwise are mistakes', () => {
	const query = '-- name: one :one\nSELECT id FROM task;\n';
	for (const [options, said] of [[{ limits: 'gone\tadded\tx\n' }, /there is no table gone/],
		[{ limits: 'task\tnever\tx\n' }, /a line is/], [{ schema: 'CREATE TABLE task (id INT);' },
			/write CREATE TABLE IF NOT EXISTS/]]) {
		const done = generate(query, options);
		assert.equal(done.status, 1);
		assert.match(done.stderr, said);
	}
});
