/*
 * The interface description as an attacker reads it: every operation that takes a JSON body, the
 * fields that it knows and of which type they are, and a target on which it would be legal. What
 * is added to the description is attacked without a line here, as long as its target can be found:
 * `{id}` is the first of the list in front of it, unless `targets` names a better one.
 */
import assert from 'node:assert/strict';

export async function describedBy(server) {
	return (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
}

/* Whether an operation's answer comes to an end: a stream's does not. */
export const hasEnd = (operation) =>
	operation.responses['200']?.content?.['text/event-stream'] === undefined;

function referred(document, schema) {
	let found = schema;
	while (found?.$ref)
		found = found.$ref.slice(2).split('/').reduce((node, part) => node[part], document);
	return found;
}

/* All that a schema may be: the members of allOf together, each of anyOf and oneOf. */
function* shapes(document, schema) {
	const found = referred(document, schema);
	if (!found)
		return;
	yield found;
	for (const word of ['allOf', 'anyOf', 'oneOf'])
		for (const one of found[word] ?? [])
			yield* shapes(document, one);
}

/* { types, fields, element } of a schema; fields: a Map by name, element: of an array. */
export function shapeOf(document, schema, depth = 0) {
	const shape = { types: new Set(), fields: new Map(), element: null };
	for (const one of shapes(document, schema)) {
		const guess = one.properties ? ['object'] : one.enum ? one.enum.map((value) =>
			value === null ? 'null' : typeof value) : 'const' in one ? [typeof one.const] : [];
		for (const type of one.type ? [].concat(one.type) : guess)
			shape.types.add(type === 'integer' ? 'number' : type);
		if (depth > 6)
			continue;
		for (const [name, field] of Object.entries(one.properties ?? {}))
			shape.fields.set(name, shapeOf(document, field, depth + 1));
		if (one.items)
			shape.element = shapeOf(document, one.items, depth + 1);
	}
	return shape;
}

/* The one whose body is a file: hostile files are tests/e2e/attachments. */
const RAW = 'put /api/v1/uploads/{id}';

/* Operations with a JSON body: { method, path, roles, example, shape, answers }. */
export function bodiesOf(document) {
	return Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item)
		.filter(([method, operation]) => operation.requestBody && `${method} ${path}` !== RAW)
		.map(([method, operation]) => {
			const body = referred(document, operation.requestBody).content['application/json'];
			assert.ok(body, `${method} ${path} takes JSON`);
			return { method: method.toUpperCase(), path, name: `${method.toUpperCase()} ${path}`,
				roles: operation['x-roles'] ?? [], shape: shapeOf(document, body.schema),
				example: exampleOf(document, body), answers: answersOf(document, operation) };
		}));
}

function exampleOf(document, body) {
	const named = Object.values(body.examples ?? {})[0];
	return structuredClone(body.example ?? referred(document, named)?.value ??
		referred(document, body.schema)?.example ?? {});
}

/* Names that the successful answers show: what a careless server would take back. */
function answersOf(document, operation) {
	const names = new Set();
	for (const [status, response] of Object.entries(operation.responses))
		for (const content of Object.values(status.startsWith('2') ?
			referred(document, response).content ?? {} : {}))
			for (const name of shapeOf(document, content.schema).fields.keys())
				names.add(name);
	return names;
}

/*
 * The address of an operation with its parameters filled. targets: { 'path prefix': id }, longest
 * first; otherwise the first of the list that the path begins with, asked by `client`.
 */
export async function addressOf(path, client, targets) {
	let done = path;
	for (const [prefix, id] of Object.entries(targets).sort(([a], [b]) => b.length - a.length))
		if (path.startsWith(prefix) && done.includes('{'))
			for (const value of [].concat(id))
				done = done.replace(/\{\w+\}/, value);
	const open = /^(.*?)\/\{\w+\}/.exec(done);
	if (!open)
		return done;
	const list = await client.get(open[1]);
	const first = list.json?.items?.[0];
	const id = first?.id ?? first?.name ?? first?.code;
	return id === undefined ? done.replaceAll(/\{\w+\}/g, '999999999') :
		addressOf(done.replace(/\{\w+\}/, encodeURIComponent(id)), client, targets);
}

/* Who may try an operation: keys of its roles first, then signed-in accounts. */
export async function* actorsOf(server, roles) {
	if (roles.length === 0)
		yield server.anonymous();
	const has = (list, role) => list.some((one) => one.role === role);
	for (const role of roles.filter((one) => has(server.access.keys, one)))
		yield role === 'department' ? server.department('CGJ') :
			role === 'intake' ? server.as('intake', { channel: '110' }) : server.as(role);
	for (const role of roles.filter((one) => has(server.access.accounts, one)))
		yield await server.signedIn(role, role === 'department' ? { department: 'CGJ' } : {});
}
