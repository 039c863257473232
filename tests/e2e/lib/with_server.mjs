/*
 * Runs one test file beside a fresh demo with its sample appeals; the file finds the demo by
 * LIANDONG_ACCESS. A file that has a line "demo clock: MOMENT" in a comment is given a demo on the
 * test clock, which its keys can move.
 *
 *     node tests/e2e/lib/with_server.mjs FILE
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startServer } from './server.mjs';

const clock = /^ \* demo clock: (\S+)$/m.exec(readFileSync(process.argv[2], 'utf8'))?.[1];
const server = await startServer({ empty: false, clock });
const child = spawn(process.execPath, ['--test-reporter=tap', process.argv[2]], {
	stdio: 'inherit',
	env: { ...process.env, LIANDONG_ACCESS: path.join(server.dir, 'access.json') },
});
const code = await new Promise((resolve) => child.once('exit', resolve));
await server.stop();
process.exitCode = code ?? 1;
