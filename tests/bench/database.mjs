/* The demo's database through Debian's `mariadb` client: statements in, rows of text out. */
import { execFileSync } from 'node:child_process';

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit']);
const BINARIES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const OUTPUT_MAX = 1 << 30;

/* Runs statements; every row is an array of strings. */
export function query({ socket, user }, sql) {
	const options = ['--no-defaults', `--socket=${socket}`, `--user=${user}`, '--batch',
		'--skip-column-names', '--raw', '--default-character-set=utf8mb4'];
	const text = execFileSync('mariadb', options,
		{ input: sql, maxBuffer: OUTPUT_MAX, encoding: 'utf8' });
	return text.split('\n').filter((line) => line).map((line) => line.split('\t'));
}

export function quoteName(identifier) {
	return '`' + identifier.replaceAll('`', '``') + '`';
}

/* Table -> its columns that can be written. */
export function readTables(database) {
	const tables = new Map();
	const rows = query(database, `
		SELECT c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE,
			c.COLUMN_TYPE LIKE '%unsigned%', c.COLUMN_KEY = 'PRI'
		FROM information_schema.COLUMNS c
		JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
		WHERE c.TABLE_SCHEMA = '${database.name}' AND t.TABLE_TYPE = 'BASE TABLE'
			AND c.IS_GENERATED = 'NEVER'
		ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;`);
	for (const [table, name, type, unsigned, key] of rows) {
		if (!tables.has(table))
			tables.set(table, []);
		tables.get(table).push({ name, isUnsigned: unsigned === '1', isKey: key === '1',
			isInteger: INTEGERS.has(type), isBinary: BINARIES.has(type),
			isHalf: type === 'int' });
	}
	return tables;
}

function selectAll(database, table, columns) {
	const list = columns.map(({ name, isInteger }) => {
		const value = isInteger ? `${quoteName(name)} + 0` : `HEX(${quoteName(name)})`;
		return `IFNULL(${value}, 'NULL')`;
	});
	const key = columns.filter((column) => column.isKey).map(({ name }) => quoteName(name));
	return `SELECT '${table}', ${list.join(', ')}
		FROM ${quoteName(database.name)}.${quoteName(table)}
		${key.length ? `ORDER BY ${key.join(', ')}` : ''};`;
}

/*
 * Table -> primary key -> row, in the order of the key. Integers are in decimal, everything
 * else in hex, NULL is null.
 */
export function readRows(database, tables) {
	const sql = [...tables].map(([table, columns]) => selectAll(database, table, columns));
	const all = new Map([...tables.keys()].map((table) => [table, new Map()]));
	for (const [table, ...values] of query(database, sql.join('\n'))) {
		const row = values.map((value) => (value === 'NULL' ? null : value));
		const columns = tables.get(table);
		const key = row.filter((_, i) => columns[i].isKey);
		all.get(table).set((key.length ? key : row).join(), row);
	}
	return all;
}
