/*
 * The matrix test sees: a server is built by a table in which a few cells say otherwise, and
 * judged by the true one. Exactly those cells are found; and the other way round an expectation
 * that is wrong is found of the true server.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readAccess, TABLE } from './lib/access.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TWIN = path.join(ROOT, 'build/tests/twin');

/* handler, role or "flags", what it says instead, and whom the matrix then finds answered. */
const CHANGES = [
	['intake_show', 'admin', 'all', ['admin (own)', 'admin (other)', 'admin (missing)']],
	['search_search', 'department', 'all', ['department (own)', 'department (other)',
		'department (missing)']],
	['tasks_show', 'department', 'all', ['department (other)']],
	['desk_refuse', 'operator', '-', ['operator', 'operator_session', 'outsourced_operator']],
	['visits_list', 'supervisor', 'all/tree', ['unit_supervisor (own)', 'unit_supervisor (other)',
		'unit_supervisor (missing)']],
	['tasks_review', 'flags', '-', ['outsourced_reviewer (own)', 'outsourced_reviewer (other)',
		'outsourced_reviewer (missing)']],
	['audit_list', 'security', 'all', ['security (own)', 'security (other)',
		'security (missing)']],
];

const { roles, rows } = readAccess();

/* The table's text with one column of one row changed. */
function altered(text, handler, column, cell) {
	const at = column === 'flags' ? 3 : 4 + roles.indexOf(column);
	return text.split('\n').map((line) => {
		const cells = line.split('\t');
		if (cells[0] !== handler)
			return line;
		assert.notEqual(cells[at], cell);
		cells[at] = cell;
		return cells.join('\t');
	}).join('\n');
}

fs.mkdirSync(TWIN, { recursive: true });
fs.writeFileSync(path.join(TWIN, 'access.tsv'), CHANGES.reduce((text, change) =>
	altered(text, ...change), fs.readFileSync(TABLE, 'utf8')));
const made = spawnSync('make', ['-s', 'build/tests/twin/liandong'], { cwd: ROOT,
	encoding: 'utf8' });
assert.equal(made.status, 0, made.stderr);
for (const program of ['liandong-pdf', 'liandong-signer'])
	fs.copyFileSync(path.join(ROOT, 'build', program), path.join(TWIN, program));
process.env.LIANDONG_BIN = path.join(TWIN, 'liandong');

const { startServer, endsCleanly, MONDAY } = await import('./lib/server.mjs');
const { judgeRow, makeActors, makeWorld } = await import('./lib/matrix.mjs');
const server = await startServer({ clock: MONDAY });
const all = { server, world: await makeWorld(server), actors: await makeActors(server, roles),
	cells: { asked: 0, by_relation: { own: 0, other: 0, missing: 0 } } };
const rowOf = (handler) => rows.find((row) => row.handler === handler);

for (const [handler, column, cell, found] of CHANGES)
	test(`${handler} with ${column} ${cell} is found, for whom it differs and nobody else`,
		async () => {
			const wrong = await judgeRow(all, rowOf(handler));
			assert.ok(wrong.length > 0);
			for (const line of wrong)
				assert.ok(found.some((one) => line.startsWith(one)), line);
			for (const one of found)
				assert.ok(wrong.some((line) => line.startsWith(one)),
					`${one} in ${wrong.join('\n')}`);
		});

test('rows that were not altered have nothing to be found', async () => {
	for (const handler of ['tasks_sign', 'endpoint_show', 'reports_tasks', 'observations_show'])
		assert.deepEqual(await judgeRow(all, rowOf(handler)), []);
});

test('a wrong expectation of a true row is found', async () => {
	const row = rowOf('tasks_sign');
	const wrong = await judgeRow(all, { ...row, cells: { ...row.cells, visitor: 'all' } });
	assert.equal(wrong.length, 6);
	assert.ok(wrong.every((line) => /^(outsourced_)?visitor \(/.test(line)));
});

test('a row without a route keeps the server from starting, and says which', () => {
	const text = fs.readFileSync(path.join(TWIN, 'access.tsv'), 'utf8').trimEnd();
	const idle = text.split('\n').at(-1).split('\t');
	idle.splice(0, 3, 'nobody_answers', 'GET', '/api/v1/nobody');
	fs.writeFileSync(path.join(TWIN, 'access.tsv'), `${text}\n${idle.join('\t')}\n`);
	const again = spawnSync('make', ['-s', 'build/tests/twin/liandong'], { cwd: ROOT,
		encoding: 'utf8' });
	assert.equal(again.status, 0, again.stderr);
	const done = spawnSync(process.env.LIANDONG_BIN, ['demo', '--dir', path.join(TWIN, 'demo'),
		'--listen', '127.0.0.1:0'], { encoding: 'utf8', timeout: 60_000 });
	fs.rmSync(path.join(TWIN, 'demo'), { recursive: true, force: true });
	assert.notEqual(done.status, 0);
	assert.match(done.stderr, /nobody_answers: GET \/api\/v1\/nobody: 0 routes take up its row/);
});

/* The awk program's complaint about a table, made of the true one by a change of its text. */
function complaintOf(change) {
	const text = change(fs.readFileSync(TABLE, 'utf8'));
	const done = spawnSync('awk', ['-v', 'part=table', '-f',
		path.join(ROOT, 'modules/access.awk')], { input: text, encoding: 'utf8' });
	assert.equal(done.stdout === '', done.status !== 0, 'a bad table makes nothing');
	return done.stderr;
}

test('a table that is not one ends the build with its line', () => {
	assert.equal(complaintOf((text) => text), '');
	for (const [change, complaint] of [
		[(text) => text.replace('tasks_sign\tPOST', 'tasks_sign\tPATCH'), /unknown method `PATCH`/],
		[(text) => altered(text, 'tasks_sign', 'department', 'some'), /department: `some` is no cell/],
		[(text) => altered(text, 'tasks_sign', 'department', 'own/all'), /`own\/all` is no cell/],
		[(text) => altered(text, 'tasks_sign', 'flags', 'stuff'), /unknown flag `stuff`/],
		[(text) => altered(text, 'session_open', 'flags', 'public,staff'), /own staff only/],
		[(text) => altered(text, 'session_open', 'auditor', '-'), /is for all/],
		[(text) => text.replace('tasks_sign\t', 'tasks_complete\t'), /stands in line \d+ already/],
		[(text) => text.replace('\tintake\t', '\tIntake\t'), /`Intake` is no name of a role/],
		[(text) => `${text}alone\n`, /1 columns, the first line has 19/]])
		assert.match(complaintOf(change), complaint);
});

endsCleanly(server);
