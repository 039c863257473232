/*
 * The service's account in the database: what `liandong grants` prints is enough to serve with,
 * nothing more is taken, and what was done cannot be undone with it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { besideConfig, startBeside } from './lib/beside.mjs';
import { sql } from './lib/database.mjs';
import { BIN, startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { leadOf, register, row, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const socket = path.join(server.dir, 'run/db.sock');
const PASSWORD = 'a password of the service';
const password_file = path.join(server.dir, 'service-password');
fs.writeFileSync(password_file, `${PASSWORD}\n`, { mode: 0o600 });
const account = { database_user: 'service', database_password_file: password_file };
const config = besideConfig(server, 1, { ...account, listen: '127.0.0.1:0' });
const ADDED = fs.readFileSync(new URL('../../sql/limits.tsv', import.meta.url), 'utf8').split('\n')
	.map((line) => line.split('\t')).filter(([, limit]) => limit === 'added').map(([table]) => table);

sql(server, `CREATE USER 'service'@'localhost' IDENTIFIED BY '${PASSWORD}'`);

function liandong(...args) {
	return spawnSync(BIN, args, { encoding: 'utf8', timeout: 60_000 });
}

/* As the service: the error of the database, or an empty text. */
function asService(text) {
	return spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=service',
		`--password=${PASSWORD}`, 'liandong'], { input: text, encoding: 'utf8' }).stderr;
}

function giveRights() {
	const printed = liandong('grants', '--config', config);
	assert.equal(printed.status, 0, printed.stderr);
	sql(server, printed.stdout);
	return printed.stdout;
}

/* What `serve` says when it refuses; it never gets as far as to listen. */
function refusal() {
	const done = liandong('serve', '--config', config);
	assert.equal(done.status, 1, done.stderr);
	assert.doesNotMatch(done.stderr, /ready|IDENTIFIED|\*[0-9A-F]{40}/);
	return done.stderr;
}

test('an account without rights is refused, and told how to get them', () => {
	const said = refusal();
	assert.match(said, /The account service of the database/);
	assert.match(said, /liandong grants/);
});

test('the printed statements are enough: a server with them serves', async () => {
	const text = giveRights();
	assert.doesNotMatch(text, /ON `liandong`\.\*|ON \*\.\*|ALL PRIVILEGES ON/);
	const beside = await startBeside(server, account);
	try {
		const appeal = await register(beside, row(server, 'L3'));
		await sign(server, leadOf(appeal));
		const answer = await beside.as('operator').get(`/appeals/${appeal.id}`, { expect: 200 });
		assert.equal(answer.json.id, appeal.id);
		assert.match(beside.log(), /ready/);
	} finally {
		assert.equal(await beside.stop(), 0);
	}
});

test('what was done cannot be changed or taken back with it', () => {
	assert.ok(ADDED.includes('ledger_entry') && ADDED.includes('history_event') &&
		ADDED.length > 10);
	for (const table of ADDED) {
		assert.match(asService(`DELETE FROM ${table}`), /DELETE command denied/, table);
		const column = sql(server, 'SELECT column_name FROM information_schema.columns ' +
			`WHERE table_schema = 'liandong' AND table_name = '${table}' LIMIT 1`)[0][0];
		assert.match(asService(`UPDATE ${table} SET \`${column}\` = \`${column}\``),
			/UPDATE command denied/, table);
	}
	for (const text of ['CREATE TABLE x (a INT)', 'DROP TABLE history_event',
		'TRUNCATE ledger_entry', 'ALTER TABLE ledger_entry ADD COLUMN a INT',
		'CREATE INDEX a ON history_event (seq)', 'RENAME TABLE ledger_entry TO x',
		'CREATE TRIGGER t BEFORE INSERT ON ledger_entry FOR EACH ROW SET NEW.at = 0',
		"SELECT 1 INTO OUTFILE '/tmp/liandong-outfile'", "SELECT LOAD_FILE('/etc/passwd') FROM x",
		'SELECT * FROM mysql.global_priv', 'INSERT INTO server_migration VALUES (1, 1, 1, 1)',
		"CREATE USER a", 'SET GLOBAL general_log = 1'])
		assert.match(asService(text), /denied/, text);
});

const EXTRA = [
	...ADDED.flatMap((table) => [['UPDATE', `liandong.${table}`], ['DELETE', `liandong.${table}`]]),
	['INSERT', 'liandong.server_migration'], ['DELETE', 'liandong.tasks_task'],
	...['CREATE', 'ALTER', 'DROP', 'INDEX', 'TRIGGER', 'REFERENCES', 'CREATE VIEW', 'SHOW VIEW',
		'DELETE HISTORY'].map((one) => [one, 'liandong.history_event']),
	...['SELECT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'EVENT', 'TRIGGER', 'EXECUTE',
		'LOCK TABLES', 'CREATE ROUTINE', 'ALTER ROUTINE', 'CREATE TEMPORARY TABLES',
		'ALL PRIVILEGES'].map((one) => [one, 'liandong.*']),
	...['SUPER', 'FILE', 'PROCESS', 'RELOAD', 'SHUTDOWN', 'CREATE USER', 'SHOW DATABASES',
		'BINLOG ADMIN', 'BINLOG REPLAY', 'READ_ONLY ADMIN', 'CONNECTION ADMIN', 'REPLICATION SLAVE',
		'SET USER', 'SELECT', 'ALL PRIVILEGES'].map((one) => [one, '*.*']),
	['SELECT', 'mysql.global_priv'], ['INSERT', 'mysql.*'],
];

for (const [privilege, object] of EXTRA)
	test(`${privilege} on ${object} is one right too many`, () => {
		sql(server, `GRANT ${privilege} ON ${object} TO 'service'@'localhost'`);
		const said = refusal();
		const named = object.replace('liandong.', '`liandong`.').replace(/\.(\w+)/, '.`$1`')
			.replace(/^mysql/, '`mysql`');
		assert.ok(said.includes(`it has ${privilege} on ${named}`), said);
		sql(server, `REVOKE ${privilege} ON ${object} FROM 'service'@'localhost'`);
	});

test('so are one column, the right to give on, a role, and what everybody has', () => {
	giveRights();
	const cases = [
		['GRANT UPDATE (at) ON liandong.ledger_entry TO service@localhost',
			'REVOKE UPDATE (at) ON liandong.ledger_entry FROM service@localhost', /UPDATE \(`at`\)/],
		['GRANT SELECT ON liandong.tasks_task TO service@localhost WITH GRANT OPTION',
			'REVOKE GRANT OPTION ON liandong.tasks_task FROM service@localhost', /GRANT OPTION on/],
		['CREATE ROLE cleaner; GRANT cleaner TO service@localhost',
			'REVOKE cleaner FROM service@localhost; DROP ROLE cleaner', /the role `cleaner`/],
		['GRANT DELETE ON liandong.history_event TO PUBLIC',
			'REVOKE DELETE ON liandong.history_event FROM PUBLIC', /DELETE on `liandong`.`history_event`/],
	];
	for (const [before, after, said] of cases) {
		sql(server, before);
		assert.match(refusal(), said, before);
		sql(server, after);
	}
});

test('one right too few is told as well', () => {
	sql(server, "REVOKE INSERT ON liandong.history_event FROM 'service'@'localhost'");
	assert.match(refusal(), /it lacks INSERT on history_event/);
	giveRights();
});

test('all is well again after the statements', async () => {
	const beside = await startBeside(server, account);
	assert.equal(await beside.stop(), 0);
});

test('names that could end a statement are not printed', () => {
	const bad = besideConfig(server, 2, { database_user: "a'@'b" });
	const done = liandong('grants', '--config', bad);
	assert.equal(done.status, 1);
	assert.equal(done.stdout, '');
	assert.match(done.stderr, /plain names/);
	assert.equal(liandong('grants', '--config', config, '--host', "x'; DROP").status, 1);
});

test('the demo itself serves with such an account', () => {
	const granted = sql(server, "SHOW GRANTS FOR 'liandong'@'localhost'").map(([line]) => line);
	assert.ok(granted.every((line) => /^GRANT (USAGE ON \*\.\*|[A-Z, ]+ ON `liandong`\.`\w+`) TO /
		.test(line)), granted.join('\n'));
	assert.ok(!granted.some((line) => /(UPDATE|DELETE).*`(ledger_entry|history_event)`/.test(line)));
});

endsCleanly(server);
