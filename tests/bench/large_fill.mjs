/*
 * Fills a demo's empty database with a year of appeals: bench_fill writes the rows, LOAD DATA
 * takes them. Into an empty table, without checks of uniqueness, the database sorts the rows
 * of every index first and writes each page once.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from './database.mjs';
import { launch } from './processes.mjs';

export const DAYS = 365;
const LOADERS = 2;
const SETTLE_SECONDS = 120;
const PACK_SECONDS = 1800;
/* Fewer than this many wait for company. */
const PACKED_AT_ONCE = 512;
const DIRTY_MOST = 1000;
const CHINA = 8 * 3600 * 1000;
const DAY = 24 * 3600 * 1000;
const CHANNELS = ['110', '12345', 'enterprise', 'window', 'web', 'app', 'letter', 'leader'];

/* In the order in which bench_fill writes them; @x comes in hex. The largest go first. */
const TABLES = {
	history_event: 'appeal_id, seq, kind, at, recorded_at, by_kind, by_id, by_name,'
		+ ' task_id, data, @digest',
	intake_appeal: 'id, channel, external_no, content_class, category, area, title, text,'
		+ ' address, occurred_at, received_at, is_urgent, is_anonymous, is_secret,'
		+ ' is_visit_wanted, has_phone, accused_department, registered_by_kind,'
		+ ' registered_by, @content_digest',
	tasks_task: 'id, appeal_id, department, role, limit_class, state, round, version,'
		+ ' channel, content_class, is_visitable, is_contacted, dispatched_at,'
		+ ' signed_at, contacted_at, submitted_at, closed_at, sign_due, contact_due,'
		+ ' due, original_due, result, reply, calendar_version, catalogue_version,'
		+ ' limits_version',
	callers_caller: 'appeal_id, @record_key, key_id, @name_sealed, @phone_sealed, @phone_index, phone_tail',
	deadlines_deadline: 'task_id, limit_kind, appeal_id, stage, next_at, due',
	visits_visit: 'task_id, n, at, round, channel, is_reached, contacted, solved, result,'
		+ ' attitude, truthful, reason, by_kind, by_id',
	history_appeal: 'appeal_id, version, state',
};
/* Columns without a default of their own that every row has the same of. */
const CONSTANTS = {
	intake_appeal: ['has_location = 0', 'latitude = 0', 'longitude = 0'],
	tasks_task: ['redo_due = 0'],
};

function loadStatement(table, file) {
	const columns = TABLES[table];
	const hex = [...columns.matchAll(/@(\w+)/g)]
		.map(([, name]) => `${name} = UNHEX(@${name})`);
	const sets = [...hex, ...(CONSTANTS[table] ?? [])];
	return `SET unique_checks = 0, foreign_key_checks = 0;
		LOAD DATA LOCAL INFILE '${file}' INTO TABLE ${table} CHARACTER SET utf8mb4
		(${columns}) ${sets.length ? `SET ${sets.join(', ')}` : ''};`;
}

/* Both or neither: the one that is left would wait for the other for ever. */
async function endTogether(children, what) {
	const ended = children.map(async (child) => {
		const [status] = await once(child, 'exit');
		if (status !== 0)
			children.forEach((other) => other.kill());
		return status;
	});
	const statuses = await Promise.all(ended);
	if (statuses.some((status) => status !== 0))
		throw new Error(`${what}: ended with ${statuses.join(' and ')}`);
}

/* bench_fill writes into a named pipe, mariadb reads it as a file. */
async function loadTable({ program, options, database, scratch }, table) {
	const pipe = join(scratch, table);
	execFileSync('mkfifo', [pipe]);
	const fill = launch(program, [...options, '--table', table, '--to', pipe],
		['ignore', 'inherit', 'inherit']);
	const load = launch('mariadb', ['--no-defaults', `--socket=${database.socket}`,
		`--user=${database.user}`, '--local-infile=1',
		'--default-character-set=utf8mb4',
		`--execute=${loadStatement(table, pipe)}`, database.name],
	['ignore', 'inherit', 'inherit']);
	await endTogether([fill, load], `bench_fill and mariadb of ${table}`);
}

/* The codes of the departments that take tasks, in the order of the sample district. */
export function receivers(root) {
	return readFileSync(join(root, 'config/district/departments.tsv'), 'utf8')
		.split('\n')
		.map((line) => line.split('\t'))
		.filter((columns) => columns[6] === '1')
		.map(([code]) => code)
		.slice(0, 60);
}

/* The id of the key that registers on each channel; 1 where there is none. */
function registrars(database) {
	const keys = query(database,
		'SELECT source, id FROM liandong.auth_key WHERE source <> "";');
	return CHANNELS.map((channel) =>
		keys.find(([source]) => source === channel)?.[1] ?? '1');
}

/* The last local midnight, in milliseconds: the year of the appeals ends there. */
function lastMidnight() {
	return Math.floor((Date.now() + CHINA) / DAY) * DAY - CHINA;
}

/* The n-th appeal's reference, as bench_fill numbers them. */
export function referenceOf({ appeals, until }, n) {
	const each = Math.floor(appeals / DAYS);
	const day = new Date(until - (DAYS - Math.floor(n / each)) * DAY + CHINA);
	const digits = day.toISOString().slice(2, 10).replaceAll('-', '');
	return `LD${digits}${String((n % each) + 1).padStart(6, '0')}`;
}

/* The id in the database behind it. */
export const idOf = (reference) => Number(`${reference.slice(2, 8)}0${reference.slice(8)}`);

/* Whether the packer of texts has nothing left to do. */
function isPacked(database) {
	const [[waiting], [merging]] = query(database, `USE ${database.name};
		SELECT COUNT(*) FROM
			(SELECT 1 FROM search_waiting LIMIT ${PACKED_AT_ONCE}) some;
		SELECT COUNT(*) FROM search_segment WHERE state <> 2;`);
	return Number(waiting) < PACKED_AT_ONCE && Number(merging) === 0;
}

/* Rows that were loaded are told to the packer, which then packs them as it would any. */
async function pack(database) {
	const until = Date.now() + PACK_SECONDS * 1000;
	query(database, `INSERT INTO ${database.name}.search_waiting
		SELECT id FROM ${database.name}.intake_appeal;`);
	while (!isPacked(database)) {
		if (Date.now() > until)
			throw new Error('the texts are not packed in time');
		await delay(500);
	}
}

/* Written pages reach the disk now and not under the measurement. */
async function settle(database) {
	const until = Date.now() + SETTLE_SECONDS * 1000;
	const dirty = () => Number(query(database,
		'SHOW GLOBAL STATUS LIKE "Innodb_buffer_pool_pages_dirty";')[0][1]);
	query(database, 'SET GLOBAL innodb_max_dirty_pages_pct = 0;');
	while (dirty() > DIRTY_MOST && Date.now() < until)
		await delay(250);
	query(database, `SET GLOBAL innodb_max_dirty_pages_pct = 90;
		SET GLOBAL innodb_flush_log_at_trx_commit = 1;
		SET GLOBAL innodb_io_capacity = 200;
		SET GLOBAL innodb_io_capacity_max = 2000;
		SET GLOBAL local_infile = 0;`);
}

function tellSeconds(what, from) {
	process.stderr.write(`${what} ${Math.round((Date.now() - from) / 1000)} s\n`);
}

/*
 * `bench` has demo, scratch, root, program and appeals. Returns what was filled: { appeals,
 * until, departments, seconds, bytes }.
 */
export async function fillYear({ demo, scratch, root, program, appeals }) {
	const { database, dir } = demo;
	const until = lastMidnight();
	const departments = receivers(root);
	const startedAt = Date.now();
	const source = { database, scratch, program: program('bench_fill'), options: [
		'--appeals', String(appeals), '--days', String(DAYS), '--until', `${until}000`,
		'--stock', join(root, 'tests/bench/stock.txt'), '--keys', join(dir, 'keys'),
		'--data-key', query(database,
			'SELECT HEX(wrapped) FROM liandong.server_data_key WHERE id = 0;')[0][0],
		'--departments', departments.join(),
		'--registrars', registrars(database).join()] };
	const waiting = Object.keys(TABLES);
	query(database, `SET GLOBAL innodb_buffer_pool_size = 2147483648;
		SET GLOBAL innodb_log_file_size = 1073741824;
		SET GLOBAL innodb_flush_log_at_trx_commit = 2;
		SET GLOBAL innodb_io_capacity_max = 20000;
		SET GLOBAL innodb_io_capacity = 20000;
		SET GLOBAL local_infile = 1;`);
	const loader = async () => {
		for (let table = waiting.shift(); table; table = waiting.shift()) {
			const from = Date.now();
			await loadTable(source, table);
			tellSeconds(table, from);
		}
	};
	await Promise.all(Array.from({ length: LOADERS }, loader));
	query(database, `ANALYZE TABLE ${Object.keys(TABLES).map((table) =>
		`${database.name}.${table}`).join()};`);
	const packedFrom = Date.now();
	await pack(database);
	tellSeconds('packing of the texts', packedFrom);
	await settle(database);
	const bytes = Number(query(database, `SELECT SUM(data_length + index_length)
		FROM information_schema.tables
		WHERE table_schema = '${database.name}';`)[0][0]);
	return { appeals: appeals - (appeals % DAYS), until, departments,
		seconds: Math.round((Date.now() - startedAt) / 1000), bytes };
}
