/* The access table as a test reads it: one row a route, one cell a role. */
import fs from 'node:fs';

export const TABLE = new URL('../../../modules/access.tsv', import.meta.url);

/* [{ handler, method, path, is_public, is_staff_only, cells: { role: "own" } }], roles */
export function readAccess(text = fs.readFileSync(TABLE, 'utf8')) {
	const [header, ...lines] = text.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
	const roles = header.slice(4);
	const rows = lines.map(([handler, method, path, flags, ...cells]) => ({
		handler, method, path, name: `${method} ${path}`,
		is_public: flags.split(',').includes('public'),
		is_staff_only: flags.split(',').includes('staff'),
		cells: Object.fromEntries(roles.map((role, i) => [role, cells[i]])),
	}));
	return { roles, rows };
}

/* What a cell says to an actor of the whole, or to one that belongs to a unit: all own tree -. */
export function relationOf(row, role, is_of_unit = false) {
	const [whole, unit] = row.cells[role].split('/');
	return is_of_unit ? unit ?? '-' : whole;
}

/* The roles a route answers, one way or another. */
export const rolesOf = (row) => Object.keys(row.cells).filter((role) => row.cells[role] !== '-');
