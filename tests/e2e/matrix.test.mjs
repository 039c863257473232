/*
 * Every described operation with every kind of actor on its own object, somebody else's and one
 * that does not exist, against modules/access.tsv: all of the cells.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { readAccess, relationOf, rolesOf } from './lib/access.mjs';
import { expected, judgeRow, makeActors, makeWorld, RELATIONS } from './lib/matrix.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';

const server = await startServer({ clock: MONDAY,
	env: { LIANDONG_SECURITY_CONTACT: 'mailto:security@hotline.example' } });
const { roles, rows } = readAccess();
const table = new Map(rows.map((row) => [row.name, row]));
/* What the server itself answers, whatever it serves: metrics by the setting metrics_roles. */
for (const [path, is_public] of [['/livez', true], ['/readyz', true],
	['/.well-known/security.txt', true], ['/metrics', false]])
	table.set(`GET ${path}`, { name: `GET ${path}`, method: 'GET', path, is_public,
		cells: Object.fromEntries(roles.map((role) =>
			[role, is_public || ['auditor', 'admin', 'system', 'audit'].includes(role) ? 'all' : '-'])) });

const world = await makeWorld(server);
const actors = await makeActors(server, roles);
const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
const parameter = (one) => one.$ref ?
	described.components.parameters[one.$ref.split('/').at(-1)] : one;
const operations = Object.entries(described.paths).flatMap(([path, item]) =>
	Object.entries(item).map(([method, operation]) => ({
		name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path,
		roles: operation['x-roles'],
		is_staff_only: operation['x-staff-only'] === true,
		is_for_units: operation['x-for-units'] === true,
		query: (operation.parameters ?? []).map(parameter).filter((one) => one.in === 'query')
			.map((one) => one.name),
	})));

test('the description has exactly the routes of the table, and its roles', () => {
	assert.deepEqual(operations.map(({ name }) => name).sort(), [...table.keys()].sort());
	for (const operation of operations) {
		const row = table.get(operation.name);
		assert.deepEqual(operation.roles, row.is_public ? [] : rolesOf(row), operation.name);
		assert.equal(operation.is_staff_only, row.is_staff_only ?? false, operation.name);
		assert.equal(operation.is_for_units, !row.is_public &&
			roles.some((role) => row.cells[role].includes('/')), operation.name);
	}
});

/* The routes as the tables of the modules have them: which row, and what it may be asked by. */
function tabled() {
	const modules = new URL('../../modules/', import.meta.url);
	return fs.readdirSync(modules, { withFileTypes: true })
		.flatMap((entry) => entry.isDirectory() ? fs.readdirSync(new URL(entry.name, modules))
			.map((name) => `${entry.name}/${name}`) : [entry.name])
		.filter((name) => name.endsWith('.c')).flatMap((name) => {
			const text = fs.readFileSync(new URL(name, modules), 'utf8');
			return [...text.matchAll(/\{ ROUTE\((\w+)\)([^}]*)\}/g)]
				.map(([, handler, more]) => ({ handler,
					query: /\.query = ((?:"[^"]*"\s*)+)/.exec(more)?.[1].replace(/"(\s*")?/g, '').trim().split(' ')
						.filter((word) => word !== '*') ?? [] }));
		});
}

test('every route of the modules is described, with what it may be asked by', () => {
	const known = new Map(operations.map(({ name, query }) => [name, query.sort()]));
	const found = tabled();
	assert.deepEqual(found.map(({ handler }) => handler).sort(),
		rows.map(({ handler }) => handler).sort());
	for (const { handler, query } of found) {
		const { name } = rows.find((row) => row.handler === handler);
		assert.deepEqual(known.get(name), query.sort(), name);
	}
});

const cells = { asked: 0, by_relation: { own: 0, other: 0, missing: 0 } };

for (const row of table.values())
	test(`${row.name}: every actor is answered as the table says`, async () => {
		assert.deepEqual(await judgeRow({ server, world, actors, cells }, row), []);
	});

test('every cell was asked: routes x actors x own, other and missing', () => {
	const wanted = table.size * actors.length * RELATIONS.length;
	console.log(`# ${cells.asked} cells: ${table.size} routes, ${actors.length} actors`);
	assert.equal(cells.asked, wanted);
	assert.ok(actors.length >= 12 + 6);
	for (const relation of RELATIONS)
		assert.equal(cells.by_relation[relation], table.size * actors.length);
});

test('outsourced people are refused what is described as for staff only, and nothing else', () => {
	/* The cells say so one by one; this says that the description promises the same. */
	for (const operation of operations)
		for (const actor of actors.filter((one) => one.is_outsourced))
			assert.equal(operation.is_staff_only && operation.roles.includes(actor.role),
				expected(table.get(operation.name), actor, 'own') === '403 outsourced',
				`${actor.name} ${operation.name}`);
});

test('a supervisor of a unit reaches what is described as for units, and nothing else', () => {
	const below = actors.find((one) => one.is_of_unit);
	for (const operation of operations.filter((one) => one.roles.includes('supervisor')))
		assert.equal(operation.is_for_units, expected(table.get(operation.name), below, 'own') !==
			'403 own_unit_only', operation.name);
	assert.ok(rows.some((row) => relationOf(row, 'supervisor', true) === 'tree'));
});

test('nothing was changed by all this', async () => {
	const supervisor = server.as('supervisor');
	for (const appeal of [world.appeal.own, world.appeal.other])
		assert.deepEqual((await supervisor.get(`/appeals/${appeal.id}`)).json.tasks,
			appeal.tasks);
	const list = await server.as('admin').all('/webhooks');
	assert.deepEqual(list.map(({ id }) => id).sort(),
		[world.hook.own, world.hook.other].sort());
});

endsCleanly(server);
