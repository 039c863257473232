/* Programs that no one here wrote, run against a server of our own with a bound on their time. */
import { execFile } from 'node:child_process';

/* { code, stdout, stderr }; a program that does not end in time is stopped and fails. */
export function run(command, args, { ms = 120_000, env = {} } = {}) {
	return new Promise((resolve, reject) => {
		execFile(command, args, { timeout: ms, maxBuffer: 1 << 26,
			env: { ...process.env, ...env } }, (error, stdout, stderr) => {
			if (error?.killed)
				reject(new Error(`${command} did not end within ${ms / 1000} s: ` +
					stdout.slice(-2000)));
			else if (error && typeof error.code !== 'number')
				reject(error);
			else
				resolve({ code: error?.code ?? 0, stdout, stderr });
		});
	});
}
