/*
 * The demo's own database through Debian's `mariadb` client, for what no answer of the server
 * shows: rows, and things that only somebody with the database's password could have done.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

function socketOf(server) {
	const record = path.join(server.dir, 'run/socket-path');
	const own = path.join(server.dir, 'run/db.sock');
	return fs.existsSync(record) ? fs.readFileSync(record, 'utf8').trim() : own;
}

/* How the client is called for this server's database. */
export const clientOf = (server) => ['--no-defaults', `--socket=${socketOf(server)}`,
	`--user=${os.userInfo().username}`, '--batch', '--skip-column-names', '--raw',
	'--default-character-set=utf8mb4', 'liandong'];

/* Runs statements; every row is an array of strings. */
export function sql(server, text) {
	const out = execFileSync('mariadb', clientOf(server), { input: text, encoding: 'utf8' });
	return out.split('\n').filter((line) => line).map((line) => line.split('\t'));
}
