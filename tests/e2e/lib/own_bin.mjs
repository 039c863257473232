/*
 * The programs in a folder of their own, so that a test may take away or replace the one that
 * prints while the server runs. Import this before lib/server.mjs, which starts what it finds.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const built = path.resolve(ROOT, process.env.LIANDONG_BIN ?? 'build/liandong');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-bin-'));
const printer = path.join(folder, 'liandong-pdf');
const kept = path.join(path.dirname(built), 'liandong-pdf');

fs.copyFileSync(built, path.join(folder, 'liandong'));
process.env.LIANDONG_BIN = path.join(folder, 'liandong');
process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

/* The real program, as it was built. */
export function restorePrinter() {
	fs.rmSync(printer, { force: true });
	fs.copyFileSync(kept, printer);
}

export function removePrinter() {
	fs.rmSync(printer, { force: true });
}

/* A shell script in its place. */
export function replacePrinter(script) {
	fs.rmSync(printer, { force: true });
	fs.writeFileSync(printer, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

restorePrinter();
