/* What the runner counts: leaves, failures wherever they lie, and nothing that only looks so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readTap } from './tap.mjs';

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url));
const figures = (text) => {
	const { passed, skipped, failures } = readTap(text);
	return [passed, skipped, failures.map((one) => one.name)];
};

/* Runs the runner on one shell script as its only program. */
function run(script) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-run-'));
	const file = path.join(folder, 'program');
	fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	const done = spawnSync(process.execPath, [RUN, '--no-node', file], { encoding: 'utf8' });
	fs.rmSync(folder, { recursive: true });
	return [done.status, done.stdout.trimEnd().split('\n').pop()];
}

test('plain results are counted, skipped ones apart', () =>
	assert.deepEqual(figures('1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no file\n'),
		[1, 1, ['b']]));

test('a parent is not counted beside its children', () =>
	assert.deepEqual(figures('# Subtest: p\n    ok 1 - a\n    not ok 2 - b\n    1..2\n' +
		'not ok 1 - p\n1..1\n'), [1, 0, ['b']]));

test('a parent that fails by itself is counted', () =>
	assert.deepEqual(figures('    ok 1 - a\n    1..1\nnot ok 1 - p\n'), [1, 0, ['p']]));

test('results told inside of a message are not counted', () =>
	assert.deepEqual(figures('not ok 1 - a\n  ---\n  error: |-\n    ok 1 - x\n  ...\nok 2 - b\n'),
		[1, 0, ['a']]));

test('a program that passes ends in one line with its figures', () =>
	assert.deepEqual(run('echo 1..2; echo ok 1 - a; echo ok 2 - b'), [0, '2 passed, 0 failed']));

test('a failing result fails the run', () =>
	assert.deepEqual(run('echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1'),
		[1, '1 passed, 1 failed']));

test('a crash after good results fails the run', () =>
	assert.deepEqual(run('echo 1..2; echo ok 1 - a; kill -SEGV $$'), [1, '1 passed, 1 failed']));

test('a program without TAP counts by its status', () => {
	assert.deepEqual(run('true'), [0, '1 passed, 0 failed']);
	assert.deepEqual(run('echo broken; exit 3'), [1, '0 passed, 1 failed']);
});

test('a program that announces tests and runs none fails', () =>
	assert.deepEqual(run('echo TAP version 13; echo 1..0'), [1, '0 passed, 1 failed']));
