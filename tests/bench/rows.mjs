/*
 * What one registration writes, found out by looking: every table is read before and after
 * each of a few registrations over HTTPS; the rows that appeared are the pattern. Copies of it
 * with fresh values (values.mjs) go into a second schema with the same tables and indexes. So
 * the other side of a comparison always writes what the server writes now, whatever becomes of
 * its schema.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { query, quoteName, readRows, readTables } from './database.mjs';
import { describeValue, sizeOfValue } from './values.mjs';

const SCHEMA = 'liandong_bench';
const REGISTRATIONS = 12;

function commonest(numbers) {
	const counts = new Map();
	for (const number of numbers)
		counts.set(number, (counts.get(number) ?? 0) + 1);
	return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}

/* Per table the rows that are new and how many have changed. */
function compareRows(before, after) {
	const added = new Map();
	const changed = new Map();
	for (const [table, rows] of after) {
		const old = before.get(table);
		const keys = [...rows.keys()];
		const fresh = keys.filter((key) => !old.has(key));
		added.set(table, fresh.map((key) => rows.get(key)));
		changed.set(table, keys.filter((key) =>
			old.has(key) && old.get(key).join() !== rows.get(key).join()).length);
	}
	return { added, changed };
}

/*
 * The rows of a registration as { table, columns, samples }, one sample a registration, and
 * the rows that it changes (a mean per table). What a job added meanwhile is left out: it does
 * not come with every registration. registerOne() resolves when the appeal is answered.
 */
export async function discoverRows(database, registerOne) {
	const tables = readTables(database);
	const steps = [];
	let before = readRows(database, tables);
	for (let i = 0; i < REGISTRATIONS; i++) {
		await registerOne();
		const after = readRows(database, tables);
		steps.push(compareRows(before, after));
		before = after;
	}

	const rows = [];
	const changed = {};
	for (const [table, columns] of tables) {
		const added = steps.map((step) => step.added.get(table));
		const count = commonest(added.map((list) => list.length));
		const usable = added.filter((list) => list.length === count);
		for (let i = 0; i < count; i++)
			rows.push({ table, columns, samples: usable.map((list) => list[i]) });
		const mean = steps.reduce((sum, step) => sum + step.changed.get(table), 0)
			/ REGISTRATIONS;
		if (mean)
			changed[table] = Number(mean.toFixed(2));
	}
	if (!rows.length)
		throw new Error('a registration added no row to any table');
	return { rows, changed };
}

function insertText({ table, columns }, values) {
	const names = columns.map(({ name }) => quoteName(name)).join(', ');
	return `INSERT INTO ${SCHEMA}.${quoteName(table)} (${names}) `
		+ `VALUES (${values.join(', ')})`;
}

/* Every distinct value once, and for each row the indexes of its values. */
function collectValues(rows) {
	const values = [];
	const known = new Map();
	const uses = rows.map(({ columns, samples }) => columns.map((column, i) => {
		const value = describeValue(samples.map((sample) => sample[i]), column);
		if (!known.has(value.line))
			known.set(value.line, values.push(value) - 1);
		return known.get(value.line);
	}));
	return { values, uses };
}

function schemaText(database, tables) {
	return `DROP DATABASE IF EXISTS ${SCHEMA};
		CREATE DATABASE ${SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		${tables.map((table) => `CREATE TABLE ${SCHEMA}.${quoteName(table)}
			LIKE ${quoteName(database.name)}.${quoteName(table)};`).join('\n')}`;
}

/* The best a procedure can be: each distinct value is brought once, what never changes is in
 * the procedure, and it commits by itself. */
function procedureText(rows, { values, uses }, parameters) {
	const inserts = rows.map((row, i) =>
		insertText(row, uses[i].map((use) => values[use].literal ?? `v${use}`)));
	return `DELIMITER //
		CREATE PROCEDURE ${SCHEMA}.register(
			${parameters.map((use) => `v${use} ${values[use].type}`).join(',\n')})
		BEGIN
			START TRANSACTION;
			${inserts.join(';\n')};
			COMMIT;
		END //
		DELIMITER ;`;
}

/*
 * Makes the second schema, and in `folder` the two files for bench_rows: row by row, and one
 * call of a procedure.
 */
export function prepareRows(database, { rows, changed }, folder) {
	const tables = [...new Set(rows.map((row) => row.table))];
	const collected = collectValues(rows);
	const { values, uses } = collected;
	const parameters = [...values.keys()].filter((use) => !('literal' in values[use]));
	const lines = values.map((value) => value.line);
	const single = rows.flatMap((row, i) => [
		`statement ${insertText(row, uses[i].map(() => '?'))}`,
		`use ${uses[i].join(' ')}`]);
	const procedure = [
		`statement CALL ${SCHEMA}.register(${parameters.map(() => '?').join(', ')})`,
		`use ${parameters.join(' ')}`];
	const files = { single: join(folder, 'single.rows'),
		procedure: join(folder, 'procedure.rows') };

	query(database, schemaText(database, tables));
	query(database, procedureText(rows, collected, parameters));
	writeFileSync(files.single, `${[...lines, ...single].join('\n')}\n`);
	writeFileSync(files.procedure, `${[...lines, ...procedure].join('\n')}\n`);

	const perTable = {};
	let bytes = 0;
	for (const { table, columns, samples } of rows) {
		perTable[table] = (perTable[table] ?? 0) + 1;
		for (const [i, value] of samples[0].entries())
			bytes += sizeOfValue(value, columns[i]);
	}
	return { schema: SCHEMA, files, parameters: parameters.length, perTable, bytes,
		changed };
}
