/*
 * Every route with every kind of actor, on its own object, somebody else's and one that does
 * not exist, against matrix.tsv. Allowed bodies carry one unknown field, so that an actor with
 * the right gets as far as 422 and nothing changes.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { Client } from './lib/api.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, leadOf, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const lines = fs.readFileSync(new URL('matrix.tsv', import.meta.url), 'utf8').split('\n')
	.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
const [header, ...rows] = lines;
const actors = header.slice(2);

const own = (await server.as('intake', { channel: '110' }).register(
	anAppeal(rowOf(server, 'CGJ'), { channel: '110' }), { expect: 201 })).json;
const other = (await server.as('intake', { channel: 'enterprise' }).register(
	anAppeal(rowOf(server, 'JTJ'), { channel: 'enterprise' }), { expect: 201 })).json;
const hook = async (department) => (await server.as('admin').post('/webhooks', { department,
	url: 'http://127.0.0.1:49151/', events: ['report.frozen'], format: 'standard' },
{ expect: 201 })).json;
const USCC = '91350100M000100Y43';
await server.as('admin').post('/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01' },
	{ expect: 201 });
const filing = async (department) => (await server.department(department).post('/filings',
	{ uscc: USCC, kind: 'inspection', basis: '年度计划', first_day: '2026-03-26',
		last_day: '2026-03-27' }, { expect: 201 })).json.id;
const filings = { own: await filing('CGJ'), other: await filing('JTJ') };
const demanded = async (department) => (await server.as('supervisor').post('/supervised', {
	kind: 'demand', source: 'policy', department, demand: '书面反馈', due: '2026-03-20',
}, { expect: 200 })).json;
const items = { own: await demanded('CGJ'), other: await demanded('JTJ') };
const hooks = { own: await hook('CGJ'), other: await hook('JTJ') };
const made = async (path, body) => (await server.as('supervisor').post(path, body,
	{ expect: 201 })).json.id;
const rowsOf = async (department) => ({
	item: await made('/accountability', { department, title: '逾期', text: '多次催办无回应' }),
	leader: await made('/leaders', { department, name: '李局长', valid_from: '2026-01-01' }),
});
const numbers = { own: await rowsOf('CGJ'), other: await rowsOf('JTJ') };
const draw = await made('/lotteries', { from: '2026-03-01', until: '2026-04-01', count: 1 });
const problem = (await server.as('supervisor').post(`/appeals/${own.id}/rule-problem`,
	{ rule: '维护办法', problem: '无人维护', proposal: 'amend' }, { expect: 200 })).json.id;
const page = await server.anonymous().get('/', { expect: 200 });
const asset = /assets\/([^"'?]+)/.exec(page.text)?.[1] ?? 'none';
const MISSING = { appeal: 'LD990101000001', task: 'LD990101000001-1', hook: '999999999',
	filing: '999999999', item: 'DC-2026-9999' };

function target(path, relation) {
	const ids = relation === 'missing' ? MISSING : {
		appeal: (relation === 'own' ? own : other).id,
		task: leadOf(relation === 'own' ? own : other).id,
		hook: hooks[relation].id, filing: filings[relation], item: items[relation].id,
	};
	const kind = path.split('/')[3];
	const named = { appeals: ids.appeal, tasks: ids.task, supervised: ids.item,
		filings: ids.filing };
	const numbered = { accountability: numbers[relation]?.item,
		leaders: numbers[relation]?.leader, lotteries: draw, webhooks: ids.hook,
		'rule-problems': problem };
	const id = named[kind] ?? (relation === 'missing' ? MISSING.hook :
		numbered[kind] ?? MISSING.hook);
	const done = path.replace('{id}', id).replace('{delivery}', '999999999')
		.replace('{file}', asset).replace('{period}', '2026-03').replace('{year}', '2026')
		.replace('{uscc}', USCC).replace('{unit}', 'CGJ')
		.replace('{kind}', 'limits').replace('{n}', '1');
	const department = `department=${relation === 'other' ? 'JTJ' : 'CGJ'}`;
	if (done.endsWith('/reports/2026-03/tasks.csv'))
		return `${done}?${department}`;
	return done.endsWith('/reports/2026-03/tasks') ?
		`${done}?measure=on_time&part=den&${department}` : done;
}

function client(actor) {
	if (actor === 'anonymous')
		return server.anonymous();
	if (actor === 'bad_key')
		return new Client(server, { name: 'bad key', key: 'ldk_' + 'A'.repeat(43) });
	if (actor.startsWith('intake'))
		return server.as('intake', { channel: '110' });
	if (actor.startsWith('department'))
		return server.department('CGJ');
	return server.as(actor);
}

async function ask(actor, method, path, who = client(actor)) {
	const is_body = method !== 'GET' && method !== 'DELETE';
	return who.request(method, path,
		{ body: is_body ? { no_such_field: 1 } : undefined, headers: { origin: server.base },
			idem: is_body ? `matrix-${Math.random()}` : undefined });
}

/* What the status of an answer says about the right. */
function verdict(answer, path) {
	/* Nothing was sent, frozen or found, ranking is off: who may see it finds nothing. */
	if (/\{delivery\}|audit\/\{id\}|tripwires\/\{id\}|corrections\/\{n\}|\/bundle$|\/ranking$/.test(path) &&
	    answer.status === 404)
		return 'ok|404';
	if (answer.status === 401 || answer.status === 403 || answer.status === 404)
		return String(answer.status);
	return [200, 204, 422].includes(answer.status) ? 'ok' : `status ${answer.status}`;
}

const isAllowed = (cell, found) => found.split('|').some((one) => cell.split('|').includes(one));

const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
const parameter = (one) => one.$ref ?
	described.components.parameters[one.$ref.split('/').at(-1)] : one;
const operations = Object.entries(described.paths).flatMap(([path, item]) =>
	Object.entries(item).map(([method, operation]) => ({
		method: method.toUpperCase(), path, roles: operation['x-roles'],
		is_staff_only: operation['x-staff-only'] === true,
		is_for_units: operation['x-for-units'] === true,
		query: (operation.parameters ?? []).map(parameter).filter((one) => one.in === 'query')
			.map((one) => one.name),
	})));

test('the server describes exactly the routes of the matrix', () => {
	assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).sort(),
		rows.map(([method, path]) => `${method} ${path}`).sort());
});

/* The routes as the tables of the modules have them, defined prefixes put in. */
function tabled() {
	const modules = new URL('../../modules/', import.meta.url);
	return fs.readdirSync(modules, { withFileTypes: true })
		.flatMap((entry) => entry.isDirectory() ? fs.readdirSync(new URL(entry.name, modules))
			.map((name) => `${entry.name}/${name}`) : [entry.name])
		.filter((name) => name.endsWith('.c')).flatMap((name) => {
			const text = fs.readFileSync(new URL(name, modules), 'utf8');
			const prefixes = Object.fromEntries([...text.matchAll(
				/^#define (\w+) "(\/[^"]*)"/gm)].map(([, word, path]) => [word, path]));
			return [...text.matchAll(
				/\{ METHOD_(\w+), ([A-Z_]+)?\s*(?:"([^"]*)")?,([^}]*)\}/g)]
				.map(([, method, prefix, rest, more]) => ({
					name: `${method} ${prefixes[prefix] ?? ''}${rest ?? ''}`,
					query: /\.query = "([^"]*)"/.exec(more)?.[1].split(' ') ?? [],
				}));
		});
}

test('every route of the modules is described, with what it may be asked by', () => {
	const known = new Map(operations.map(({ method, path, query }) =>
		[`${method} ${path}`, query.sort()]));
	const found = tabled();
	assert.ok(found.length > 100, `${found.length} routes were found`);
	for (const { name, query } of found)
		assert.deepEqual(known.get(name), query.sort(), name);
});

test('outsourced people are refused what is described as for staff only, and nothing else', async () => {
	const wrong = [];
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader']) {
		const person = await newKey(server, `outsourced-${role}`, role, '--outsourced');
		for (const { method, path, is_staff_only, roles } of operations) {
			if (!path.startsWith('/api/v1/') || method === 'DELETE' || !roles.includes(role))
				continue;
			const answer = await ask(role, method, target(path, 'own'), person);
			if ((answer.json?.code === 'outsourced') !== is_staff_only)
				wrong.push(`${role} ${method} ${path}: ${answer.status} ${answer.json?.code}`);
		}
	}
	assert.deepEqual(wrong, []);
});

test('a supervisor of a unit reaches what is described as for units, of its own tree only', async () => {
	const wrong = [];
	const below = await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ');
	for (const { method, path, is_for_units, roles } of operations) {
		if (!path.startsWith('/api/v1/') || method === 'DELETE' || !roles.includes('supervisor'))
			continue;
		for (const relation of ['own', 'other', 'missing']) {
			const answer = await ask('supervisor', method, target(path, relation), below);
			const found = answer.json?.code === 'own_unit_only' ? 'closed' :
				verdict(answer, path);
			/* Who has no task below the unit looks like who is not there. */
			const is_hidden = (relation !== 'own' && /(appeals|tasks)\/\{id\}/.test(path)) ||
				(relation === 'other' && /reports\/.*tasks(\.csv)?$/.test(path));
			const wanted = !is_for_units ? 'closed' : is_hidden ? '404' : 'ok';
			if (found !== wanted)
				wrong.push(`${relation} ${method} ${path}: ${found}, not ${wanted}`);
		}
	}
	assert.deepEqual(wrong, []);
});

for (const [method, path, ...cells] of rows)
	test(`${method} ${path}: every actor is answered as the matrix says`, async () => {
		const wrong = [];
		for (const [i, actor] of actors.entries()) {
			/* Deleting would be real: only those who may not are asked. */
			if (method === 'DELETE' && cells[i].includes('ok') && path.includes('{id}'))
				continue;
			const relation = actor.endsWith('_other') ? 'other' : 'own';
			const answer = await ask(actor, method, target(path, relation));
			const found = verdict(answer, path);
			if (!isAllowed(cells[i], found))
				wrong.push(`${actor} (${relation}): ${found}, the matrix says ${cells[i]}`);
		}
		assert.deepEqual(wrong, []);
	});

for (const [method, path, ...cells] of rows.filter(([, path]) => path.includes('{id}')))
	test(`${method} ${path}: what is missing and what is another's look alike`, async () => {
		for (const actor of ['anonymous', 'bad_key'])
			assert.equal((await ask(actor, method, target(path, 'missing'))).status, 401);
		const cell = cells[actors.indexOf('department_other')];
		const theirs = await ask('department_other', method, target(path, 'other'));
		const missing = await ask('department_other', method, target(path, 'missing'));
		assert.ok(isAllowed(cell, String(theirs.status)));
		const seen = ({ status, json }) => [status, json?.code, json?.title, json?.detail];
		assert.deepEqual(seen(theirs), seen(missing));
		for (const role of ['operator', 'reviewer', 'supervisor', 'admin']) {
			const allowed = cells[actors.indexOf(role)].includes('ok');
			const answer = await ask(role, method, target(path, 'missing'));
			assert.ok((allowed ? [404] : [403, 404]).includes(answer.status),
				`${role}: ${answer.status}`);
		}
	});

test('nothing was changed by all this', async () => {
	const supervisor = server.as('supervisor');
	for (const appeal of [own, other])
		assert.deepEqual((await supervisor.get(`/appeals/${appeal.id}`)).json.tasks,
			appeal.tasks);
	const list = await server.as('admin').all('/webhooks');
	assert.equal(list.length, 2);
});

endsCleanly(server);
