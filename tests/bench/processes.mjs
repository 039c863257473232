/*
 * Processes of the bench: programs that measure and print one JSON line, programs that are
 * talked to line by line, and what a process costs in memory and processor time. Every process
 * started here is ended by its own id.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const TICKS_PER_SECOND = 100;
const DESCRIPTORS = 12000;
const started = new Set();

/* A child that endAll() knows of. */
export function launch(program, options, stdio) {
	const child = spawn(program, options, { stdio });
	started.add(child);
	child.once('exit', () => started.delete(child));
	return child;
}

/* Ends what is still running; for the way out after a failure. */
export function endAll() {
	for (const child of started)
		child.kill('SIGKILL');
}

/*
 * [program, words] that run `program` with room for thousands of connections. prlimit turns
 * into the program, so that the process is the one that was started.
 */
export function manyDescriptors(program, words) {
	const limits = readFileSync('/proc/self/limits', 'utf8');
	const hard = Number(/Max open files +\S+ +(\d+)/.exec(limits)?.[1] ?? DESCRIPTORS);
	const most = Math.min(hard, DESCRIPTORS);
	return ['prlimit', [`--nofile=${most}:${most}`, program, ...words]];
}

/* { seconds: 4 } as --seconds 4; null and undefined are left out. */
function optionList(options) {
	return Object.entries(options)
		.filter(([, value]) => value !== null && value !== undefined)
		.flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/* Runs a measuring program to its end and returns the JSON of its last line. */
export async function measure(program, options) {
	const child = launch(program, optionList(options), ['ignore', 'pipe', 'pipe']);
	const parts = { out: '', complaints: '' };
	child.stdout.on('data', (bytes) => {
		parts.out += bytes;
	});
	child.stderr.on('data', (bytes) => {
		parts.complaints += bytes;
	});
	const [status] = await once(child, 'close');
	if (status !== 0)
		throw new Error(`${program}: ${parts.complaints.trim()} ${parts.out.trim()}`);
	if (parts.complaints)
		process.stderr.write(parts.complaints);
	return JSON.parse(parts.out.trim().split('\n').pop());
}

/* A program that is told lines and answers in lines. */
export function converse(program, options = {}) {
	const [command, words] = manyDescriptors(program, optionList(options));
	const child = launch(command, words, ['pipe', 'pipe', 'inherit']);
	const waiting = [];
	const unread = [];
	createInterface({ input: child.stdout }).on('line', (line) => {
		if (waiting.length)
			waiting.shift().resolve(line);
		else
			unread.push(line);
	});
	child.once('exit', (status) => {
		for (const { reject } of waiting)
			reject(new Error(`${program} ended with ${status}`));
	});
	return {
		pid: child.pid,
		say: (line) => {
			child.stdin.write(`${line}\n`);
		},
		async hear() {
			if (unread.length)
				return unread.shift();
			return new Promise((resolve, reject) => {
				waiting.push({ resolve, reject });
			});
		},
		async end() {
			if (child.exitCode !== null || child.signalCode !== null)
				return;
			child.stdin.end();
			child.kill('SIGTERM');
			await once(child, 'exit');
		},
	};
}

/* Resident memory of a process in KiB. */
export function residentKib(pid) {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/* The same once it has stopped changing, or after three seconds. */
export async function settledKib(pid) {
	let last = residentKib(pid);
	let same = 0;
	for (let i = 0; i < 60 && same < 5; i++) {
		await delay(50);
		const now = residentKib(pid);
		same = now === last ? same + 1 : 0;
		last = now;
	}
	return last;
}

function processSeconds(pid) {
	const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function machineSeconds() {
	const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8')
		.split('\n')[0]
		.split(/\s+/);
	return (
		[user, nice, system, irq, softirq].reduce((sum, n) => sum + Number(n), 0) /
		TICKS_PER_SECOND
	);
}

/*
 * Processor time that `run` cost each named process, and what processes outside of the bench
 * used meanwhile, in cores: the noise of a shared machine. run() returns what measure()
 * returned, or anything with cpu_seconds.
 */
export async function withProcessorTime(pids, run) {
	const before = Object.fromEntries(
		Object.entries(pids).map(([name, pid]) => [name, processSeconds(pid)]),
	);
	const machineBefore = machineSeconds();
	const ownBefore = processSeconds(process.pid);
	const startedAt = process.hrtime.bigint();
	const result = await run();
	const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
	const used = { tool: result.cpu_seconds ?? 0 };
	for (const [name, pid] of Object.entries(pids))
		used[name] = processSeconds(pid) - before[name];
	const ours =
		Object.values(used).reduce((sum, n) => sum + n, 0) +
		processSeconds(process.pid) -
		ownBefore;
	const foreign = (machineSeconds() - machineBefore - ours) / seconds;
	return { ...result, cpu: used, foreign_cores: Math.max(0, Number(foreign.toFixed(2))) };
}

/* Processes whose arguments contain all of these words. */
export function findProcesses(...words) {
	return readdirSync('/proc')
		.filter((entry) => /^\d+$/.test(entry))
		.map(Number)
		.filter((pid) => {
			try {
				const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
				return words.every((word) => text.includes(word));
			} catch {
				return false;
			}
		});
}
