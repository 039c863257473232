/*
 * Runs every test and adds up: programs given as arguments (cmocka, or anything that speaks
 * TAP or just ends with a status), then the node test files. The last line is exactly
 * "N passed, N failed", before it what failed is named once more; the status is 1 when anything
 * failed or nothing ran.
 *
 *     node tests/run.mjs [--filter WORD] [--jobs N] [--minutes N] [--no-node]
 *         [--asan SERVER] [--tsan SERVER] [PROGRAM ...]
 *
 * With --asan the tests of the whole system run against that server, but for those that load
 * the machine or look at screens; with --tsan the concurrent ones run once more against it.
 * --minutes is what one file may take before it is stopped (15).
 * A file of tests/chaos loads the machine on purpose: two at a time. One that ends in _time or
 * _timing compares times: alone.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTap } from './tap.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const NODE_FOLDERS = ['.', 'e2e', 'attack', 'recount', 'browser', 'chaos'];
/* Screens are tested beside a demo that somebody else started. */
const WITH_SERVER = path.join(HERE, 'e2e/lib/with_server.mjs');
const MINUTES = 15;
/* What makes many threads meet: run again under the thread sanitizer. */
const CONCURRENT = ['tests/e2e/registering.test.mjs', 'tests/e2e/webhooks.test.mjs',
	'tests/e2e/deadlines.test.mjs', 'tests/e2e/running.test.mjs',
	'tests/e2e/outbox.test.mjs', 'tests/e2e/stream.test.mjs'];
/* Tests wait a good part of their time: four keep two cores busy. */
const JOBS_MAX = 4;

function readArguments(argv) {
	const options = { filter: '', jobs: JOBS_MAX, minutes: MINUTES, node: true, programs: [] };
	const rest = [...argv];
	while (rest.length > 0) {
		const word = rest.shift();
		if (word === '--filter')
			options.filter = rest.shift() ?? '';
		else if (word === '--jobs')
			options.jobs = Math.min(JOBS_MAX, Math.max(1, Number(rest.shift()) || 1));
		else if (word === '--minutes')
			options.minutes = Number(rest.shift()) || MINUTES;
		else if (word === '--no-node')
			options.node = false;
		else if (word === '--asan' || word === '--tsan')
			options[word.slice(2)] = path.resolve(rest.shift() ?? '');
		else if (word.startsWith('--'))
			throw new Error(`unknown option ${word}`);
		else
			options.programs.push(word);
	}
	return options;
}

function nodeFiles() {
	return NODE_FOLDERS.flatMap((folder) => {
		const at = path.join(HERE, folder);
		return fs.existsSync(at) ? fs.readdirSync(at)
			.filter((name) => /[._]test\.mjs$/.test(name)).sort()
			.map((name) => path.join(at, name)) : [];
	});
}

/* A server with sanitizers is slower: whoever waits for it is more patient. */
const sanitized = (server) => ({ LIANDONG_BIN: server, TEST_PATIENCE: '4' });

/*
 * Of the program as it ships: the sanitizer makes system calls of its own and locks no memory, and
 * what a large export takes of it says nothing.
 */
const OF_THE_PROGRAM = ['tests/e2e/hardening.test.mjs', 'tests/e2e/exports_large.test.mjs'];

function environmentOf(name, options) {
	return options.asan && /^tests\/(e2e|recount)\//.test(name) && !OF_THE_PROGRAM.includes(name) ?
		sanitized(options.asan) : {};
}

function run({ command, args, limit, env }) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, CMOCKA_MESSAGE_OUTPUT: 'TAP', FORCE_COLOR: '0', ...env } });
		const parts = { stdout: [], stderr: [] };
		for (const name of ['stdout', 'stderr'])
			child[name].on('data', (part) => parts[name].push(part));
		let is_late = false;
		const timer = setTimeout(() => {
			is_late = true;
			child.kill('SIGTERM');
			setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
		}, limit);
		const end = (how) => {
			clearTimeout(timer);
			resolve({ how: is_late ? `was stopped after ${limit / 1000} s` : how,
				stdout: Buffer.concat(parts.stdout).toString('utf8'),
				stderr: Buffer.concat(parts.stderr).toString('utf8') });
		};
		child.once('error', (error) => end(`cannot run: ${error.message}`));
		child.once('close', (code, signal) => end(code === 0 ? '' :
			signal ? `ended by ${signal}` : `exit status ${code}`));
	});
}

/* What one program or file came to: { passed, skipped, failures: [{ name, detail }] }. */
function judge(name, result) {
	const found = readTap(result.stdout);
	if (result.how && found.failures.length === 0)
		found.failures.push({ name: `${name} ${result.how}`,
			detail: (result.stdout.slice(-2000) + '\n' + result.stderr).slice(-6000) });
	else if (found.passed + found.failures.length + found.skipped === 0 && !found.is_tap)
		found.passed = 1;
	else if (found.passed + found.failures.length + found.skipped === 0)
		found.failures.push({ name: `${name} holds no test`, detail: result.stderr });
	else if (found.failures.length > 0)
		found.failures[0].detail += '\n' + result.stderr.slice(-4000);
	return found;
}

async function runAll(works, jobs, report) {
	const queue = [...works];
	const lane = async () => {
		for (let work = queue.shift(); work; work = queue.shift()) {
			const start = Date.now();
			const result = await run(work);
			report(work, judge(work.name, result), Date.now() - start);
		}
	};
	await Promise.all(Array.from({ length: jobs }, lane));
}

function printResult(work, found, took) {
	const skipped = found.skipped ? `, ${found.skipped} skipped` : '';
	console.log(`${found.failures.length ? 'FAIL' : 'ok  '} ${work.name}: ${found.passed} ` +
		`passed, ${found.failures.length} failed${skipped} (${(took / 1000).toFixed(1)} s)`);
	for (const failure of found.failures) {
		console.log(`     not ok: ${failure.name}`);
		for (const line of failure.detail.split('\n').filter((one) => one.trim() !== ''))
			console.log(`       | ${line}`);
	}
	for (const word of found.skips)
		console.log(`     skipped: ${word}`);
}

/* `fuzz:TARGET` is a fuzz target, run for FUZZ_SECONDS over its corpus. */
function program_of(name) {
	const [kind, target] = name.split(':');
	return target === undefined ? { name, command: path.resolve(name), args: [] } :
		{ name, command: path.join(HERE, kind, 'run.sh'),
			args: [process.env.FUZZ_SECONDS ?? '3', target] };
}

async function main() {
	const options = readArguments(process.argv.slice(2));
	const limit = options.minutes * 60_000;
	const has = (name) => name.includes(options.filter);
	const total = { passed: 0, failed: 0, names: [] };
	const report = (work, found, took) => {
		total.passed += found.passed;
		total.failed += found.failures.length;
		total.names.push(...found.failures.map(({ name }) => `${work.name}: ${name}`));
		printResult(work, found, took);
	};
	const works = options.programs.filter(has).map((program) => ({ ...program_of(program), limit }));
	const files = options.node ? nodeFiles().map((file) => ({
		name: path.relative(path.dirname(HERE), file), command: process.execPath,
		args: path.basename(path.dirname(file)) === 'browser' ?
			[WITH_SERVER, file] : ['--test-reporter=tap', file], limit,
	})).filter((work) => has(work.name)) : [];
	for (const work of files)
		work.env = environmentOf(work.name, options);
	if (options.tsan)
		files.push(...files.filter((work) => CONCURRENT.includes(work.name)).map((work) =>
			({ ...work, name: `${work.name} under TSan`, env: sanitized(options.tsan) })));
	const is_alone = (work) => /_tim(e|ing)\.test/.test(work.name);
	const loads = (work) => work.name.includes('/chaos/') && !is_alone(work);

	await runAll(works, options.jobs, report);
	await runAll(files.filter((work) => !is_alone(work) && !loads(work)), options.jobs, report);
	await runAll(files.filter(loads), Math.min(2, options.jobs), report);
	await runAll(files.filter(is_alone), 1, report);
	for (const name of total.names)
		console.log(`failed: ${name}`);
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

await main();
