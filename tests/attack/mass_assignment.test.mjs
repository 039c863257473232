/*
 * Every operation with a body, as the interface describes it: fields that it does not know, that
 * only answers have, or of the wrong type are named one by one with 422, a name twice is 400, and
 * the database is what it was before. Asked of the build that has the options too.
 */
import '../e2e/lib/oidc_bin.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { sql } from '../e2e/lib/database.mjs';
import { startProvider } from '../e2e/lib/provider.mjs';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { anAppeal, leadOf, register, rowOf } from '../e2e/lib/world.mjs';
import { actorsOf, addressOf, bodiesOf, describedBy } from './lib/described.mjs';
import { contents } from './lib/contents.mjs';
import { targetsOf } from './lib/targets.mjs';

const provider = await startProvider();
const server = await startServer({ clock: MONDAY, env: (base) => provider.settings(base) });
/* What a gateway or a telephone exchange sends is in its own form, and a draft is anything: what these
 * hold besides is not ours to judge. */
const operations = bodiesOf(await describedBy(server))
	.filter(({ path }) => !/^\/api\/v1\/(sms|cti|drafts)\//.test(path));
/* A reply to a message takes a gateway: a row that nobody reads will do to be judged. */
const targets = { ...await targetsOf(server), '/api/v1/notices/replies/{id}': '7002' };
sql(server, `INSERT INTO notices_reply VALUES (7002, UNHEX(REPEAT('07', 16)), 0, '', 1, 1, 0, 0)`);

const STRANGERS = ['no_such_field', 'id', 'role', 'roles', 'is_admin', 'admin', 'permissions',
	'department_id', 'created_at', 'updated_at', 'version', 'by', 'password_hash', 'constructor',
	'prototype', '$where', 'title ', 'Title', 'title\u200b', 'caller.name', 'caller[name]'];
const WRONG = { array: [[5]], object: { no_such_field: 1 }, number: 5.5, string: '\u{1f6a7}',
	boolean: true };

/* The first actor who gets as far as having the body judged. */
async function reach(operation) {
	const seen = [];
	for await (const client of actorsOf(server, operation.roles)) {
		const path = await addressOf(operation.path, client, targets);
		const answer = await ask(client, operation, path, { no_such_field: 1 });
		if (answer.status === 422)
			return { client, path };
		seen.push(`${client.name} ${path}: ${answer.status} ${answer.json?.code ?? ''}`);
	}
	return assert.fail(`nobody reaches the body of ${operation.name}; a target in ` +
		`lib/targets.mjs would help: ${seen.join('; ')}`);
}

const ask = (client, operation, path, body) => client.request(operation.method, path,
	typeof body === 'string' ? { raw: body, headers: { origin: server.base } } :
		{ body, headers: { origin: server.base } });

function named(answer, what) {
	assert.equal(answer.status, 422, `${what}: ${answer.status} ${answer.text.slice(0, 400)}`);
	return new Set(answer.json.errors.map((error) => decodeURIComponent(error.pointer)));
}

const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/* The tables that hold something else by now. */
function changedSince(before) {
	const now = contents(server);
	return Object.keys({ ...before, ...now }).filter((name) => before[name] !== now[name]);
}

/* [pointer, shape] of every field, in objects and in the first element of lists too. */
function* walk(shape, at = '#') {
	for (const [name, field] of shape.fields) {
		const pointer = `${at}/${escaped(name)}`;
		yield [pointer, field];
		yield* walk(field, pointer);
		if (field.element?.fields.size)
			yield* walk(field.element, `${pointer}/0`);
	}
}

/* Objects in the body, each with one field more. */
function withStranger(shape, value) {
	const made = { ...value, no_such_field: 1 };
	for (const [name, field] of shape.fields)
		if (field.fields.size)
			made[name] = withStranger(field, value?.[name] ?? {});
		else if (field.element?.fields.size)
			made[name] = [withStranger(field.element, value?.[name]?.[0] ?? {})];
	return made;
}

async function refusesStrangers(operation, { client, path }) {
	const own = operation.shape.fields;
	const strange = [...new Set([...STRANGERS, ...operation.answers])]
		.filter((name) => !own.has(name)).slice(0, 80);
	const answer = await ask(client, operation, path,
		{ ...operation.example, ...Object.fromEntries(strange.map((name) => [name, 1])) });
	const pointers = named(answer, operation.name);
	assert.deepEqual(strange.filter((name) => !pointers.has(`#/${escaped(name)}`)), [],
		`${operation.name} takes fields in silence`);
	const proto = await ask(client, operation, path, '{"__proto__":{"is_admin":true}}');
	assert.ok(named(proto, operation.name).has('#/__proto__'), operation.name);
}

async function refusesNestedStrangers(operation, { client, path }) {
	const nested = [...walk(operation.shape)].filter(([, field]) => field.fields.size ||
		field.element?.fields.size);
	if (nested.length === 0)
		return;
	const pointers = named(await ask(client, operation, path,
		withStranger(operation.shape, operation.example)), operation.name);
	for (const [pointer, field] of nested) {
		const at = `${pointer}${field.fields.size ? '' : '/0'}/no_such_field`;
		assert.ok(pointers.has(at), `${operation.name} takes ${at}: ${[...pointers]}`);
	}
}

async function refusesTypes(operation, { client, path }) {
	for (const [type, value] of Object.entries(WRONG)) {
		const wrong = [...operation.shape.fields].filter(([, field]) => field.types.size > 0 &&
			(!field.types.has(type) || (type === 'array' && field.element)));
		if (wrong.length === 0)
			continue;
		const answer = await ask(client, operation, path,
			{ ...operation.example, ...Object.fromEntries(wrong.map(([name]) => [name, value])) });
		const pointers = [...named(answer, `${operation.name} with ${type}`)];
		for (const [name] of wrong)
			assert.ok(pointers.some((one) => one === `#/${name}` || one.startsWith(`#/${name}/`)),
				`${operation.name}: ${name} as ${type}: ${pointers}`);
	}
}

async function refusesTwice(operation, { client, path }) {
	const body = JSON.stringify(operation.example);
	const name = Object.keys(operation.example)[0] ?? [...operation.shape.fields.keys()][0] ?? 'x';
	const twice = `{${JSON.stringify(name)}:1,${body.slice(1)}`
		.replace(/,\}$/, `,${JSON.stringify(name)}:1}`);
	const raws = [twice, '{"x":{"y":1,"y":2}}', '{"a":', `${body}${body}`, `\ufeff${body}`,
		body.replace(/\}$/, ',}'), `${body}//`, "{'a':1}", '{a:1}', '{"a":NaN}', '{"a":01}'];
	for (const raw of raws) {
		const answer = await ask(client, operation, path, raw);
		assert.equal(answer.status, 400, `${operation.name} with ${raw.slice(0, 80)}: ` +
			`${answer.status} ${answer.text.slice(0, 200)}`);
	}
	for (const raw of ['[]', '5', '"x"', 'true', 'null', `[${body}]`]) {
		const answer = await ask(client, operation, path, raw);
		assert.ok([400, 422].includes(answer.status), `${operation.name} with ${raw.slice(0, 40)}`);
	}
}

await register(server, rowOf(server, 'CGJ'));

test('the description is attacked whole', () => {
	assert.ok(operations.length >= 100, `${operations.length} operations`);
	assert.ok(operations.every(({ shape }) => shape.fields.size > 0 || shape.types.has('object')));
});

for (const operation of operations)
	test(`${operation.name} takes no field that is not its own, of no other type, nothing twice`,
		async () => {
			const way = await reach(operation);
			const before = contents(server);
			await refusesStrangers(operation, way);
			await refusesNestedStrangers(operation, way);
			await refusesTypes(operation, way);
			await refusesTwice(operation, way);
			assert.deepEqual(changedSince(before), [], `${operation.name} changed something`);
		});

test('a change is seen by what the database is compared with', async () => {
	const before = contents(server);
	leadOf((await server.as('operator').register(anAppeal(rowOf(server, 'CGJ')),
		{ expect: 201 })).json);
	assert.ok(changedSince(before).includes('liandong.tasks_task'));
});

endsCleanly(server);
