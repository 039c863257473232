/*
 * A registration is answered only after the database has made it durable, seen from outside
 * the program: strace shows COMMIT going out, its answer coming in, and only then bytes to the
 * client. The judge is a pure function, shown to find a server that answers too early.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { endsCleanly, startServer } from '../e2e/lib/server.mjs';
import { until } from '../e2e/lib/until.mjs';
import { anAppeal, rowOf } from '../e2e/lib/world.mjs';

/* Finished calls in the order in which they ended: { thread, name, fd, text, result }. */
export function readTrace(text) {
	const begun = new Map();
	const calls = [];
	for (const line of text.split('\n')) {
		const [, thread, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
		if (!rest)
			continue;
		const whole = rest.startsWith('<...') ?
			(begun.get(thread) ?? '') + rest.replace(/^<\.\.\. \w+ resumed>/, '') : rest;
		if (whole.endsWith('<unfinished ...>')) {
			begun.set(thread, whole.replace(/ ?<unfinished \.\.\.>$/, ''));
			continue;
		}
		const call = /^(\w+)\((\d+)(.*)\)\s+= (-?\d+)/.exec(whole);
		if (call)
			calls.push({ thread, name: call[1], fd: call[2], text: call[3],
				result: Number(call[4]) });
	}
	return calls;
}

/*
 * What is wrong with one registration: the client's socket is the one whose request came in
 * just before the COMMIT. Gives complaints; none is good.
 */
export function orderFaults(calls) {
	const commit = calls.findIndex((call) => call.name === 'sendto' &&
		call.text.includes('COMMIT') && calls.some((other) => other.fd === call.fd &&
			other.name === 'sendto' && other.text.includes('registered durably')));
	if (commit < 0)
		return ['no COMMIT of the registration was seen'];
	const { thread, fd } = calls[commit];
	const acknowledged = calls.findIndex((call, at) => at > commit && call.thread === thread &&
		call.name === 'recvfrom' && call.fd === fd && call.result > 0);
	const asked = calls.findIndex((call) => call.name === 'read' && call.result > 400);
	if (acknowledged < 0 || asked < 0)
		return ['the request or the answer to COMMIT was not seen'];
	const client = calls[asked].fd;
	const answers = calls.map((call, at) => ({ ...call, at })).filter((call) =>
		call.at > asked && /^(write|sendto|sendmsg|writev)$/.test(call.name) &&
		call.fd === client && call.result > 0);
	if (answers.length === 0)
		return ['no answer to the client was seen'];
	return answers.filter((call) => call.at < acknowledged)
		.map((call) => `${call.result} bytes went to the client before COMMIT was answered`);
}

const server = await startServer({});

async function trace(action) {
	const file = `${server.dir}.strace`;
	const strace = spawn('strace', ['-f', '-qq', '-s', '4096', '-e',
		'trace=read,write,writev,sendto,sendmsg,recvfrom', '-o', file, '-p',
		String(server.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = new Promise((resolve) => strace.once('close', resolve));
	let complaint = '';
	strace.stderr.on('data', (part) => { complaint += part; });
	const tracers = () => fs.readdirSync(`/proc/${server.pid}/task`).every((task) =>
		/^TracerPid:\t[1-9]/m.test(
			fs.readFileSync(`/proc/${server.pid}/task/${task}/status`, 'utf8')));
	await until(() => tracers() || complaint, { ms: 20_000, what: 'strace to attach' });
	if (/not permitted/.test(complaint))
		return null;
	await action();
	strace.kill('SIGINT');
	await ended;
	const text = fs.readFileSync(file, 'utf8');
	fs.rmSync(file);
	return readTrace(text);
}

test('no byte of a 201 leaves before COMMIT was answered', async (t) => {
	const intake = server.as('operator');
	const where = rowOf(server, 'CGJ');
	/* The first one warms statements and connection up. */
	await intake.register(anAppeal(where), { expect: 201 });
	const calls = await trace(() => intake.register({ ...anAppeal(where),
		title: 'registered durably' }, { expect: 201 }));
	if (!calls)
		return t.skip('this machine does not let its user trace a process');
	assert.deepEqual(orderFaults(calls), []);
});

test('a server that answers before COMMIT is found out', () => {
	const call = (thread, name, fd, text, result) => ({ thread, name, fd, text, result });
	const asked = call('1', 'read', '20', ', "..."', 900);
	const insert = call('2', 'sendto', '9', ', "registered durably"', 500);
	const commit = call('2', 'sendto', '9', ', "COMMIT"', 11);
	const done = call('2', 'recvfrom', '9', ', "ok"', 11);
	const answer = call('1', 'write', '20', ', "..."', 1700);
	assert.deepEqual(orderFaults([asked, insert, commit, done, answer]), []);
	assert.equal(orderFaults([asked, insert, answer, commit, done]).length, 1);
	assert.equal(orderFaults([asked, insert, commit, answer, done]).length, 1);
	assert.equal(orderFaults([asked, insert, commit, done]).length, 1);
	assert.equal(orderFaults([asked, insert, answer]).length, 1);
});

endsCleanly(server);
