/*
 * Running liandong-verify: { status, signal, out, error }. What a sanitizer reports fails the
 * test, whatever the status.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const PROGRAM = path.join(path.dirname(path.resolve(
	process.env.LIANDONG_BIN ?? 'build/liandong')), 'liandong-verify');

export function verify(args, { input = null, program = PROGRAM, env = {}, onStart } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...process.env, ...env } });
		const parts = { stdout: [], stderr: [] };
		for (const name of ['stdout', 'stderr'])
			child[name].on('data', (part) => parts[name].push(part));
		child.on('error', reject);
		child.stdin.on('error', () => {});
		child.stdin.end(input ?? '');
		onStart?.(child);
		child.on('close', (status, signal) => {
			const [out, error] = ['stdout', 'stderr'].map((name) =>
				Buffer.concat(parts[name]).toString());
			if (/Sanitizer|runtime error:/.test(error))
				reject(new Error(error));
			resolve({ status, signal, out, error });
		});
	});
}
