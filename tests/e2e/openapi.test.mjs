/* The description of the interface is valid OpenAPI 3.1, and live answers keep to it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, close, leadOf, register, rowOf, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
ajv.addSchema({ $id: 'https://liandong.test/openapi', ...described });
const checked = new Set();

const pointer = (...parts) => 'https://liandong.test/openapi#/' + parts.map((part) =>
	encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

/* Where a possibly referenced response stands in the document. */
function place(path, method, status) {
	const responses = described.paths[path]?.[method]?.responses;
	assert.ok(responses, `${method} ${path} is described`);
	const name = status in responses ? status : 'default' in responses ? 'default' : undefined;
	assert.ok(name !== undefined, `${method} ${path} describes ${status}`);
	const reference = responses[name].$ref;
	return reference ? reference.slice(2).split('/') :
		['paths', path, method, 'responses', name];
}

/* Judges one answer: status, content type and body against the description. */
function judge(path, method, answer) {
	const at = place(path, method.toLowerCase(), String(answer.status));
	const response = at.reduce((node, part) => node[part], described);
	if (answer.text === '')
		return;
	const type = answer.type.split(';')[0];
	assert.ok(response.content?.[type], `${method} ${path} ${answer.status} describes ${type}`);
	if (!response.content[type].schema || answer.json === undefined)
		return;
	const validate = ajv.compile({ $ref: pointer(...at, 'content', type, 'schema') });
	assert.ok(validate(answer.json), `${method} ${path} ${answer.status}: ` +
		JSON.stringify(validate.errors, null, 1) + answer.text.slice(0, 1500));
	checked.add(`${method} ${path}`);
}

test('the description is valid OpenAPI 3.1', async () => {
	assert.match(described.openapi, /^3\.1\./);
	const validator = new Validator();
	const result = await validator.validate(structuredClone(described));
	assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
});

test('every schema in it can be compiled', () => {
	for (const name of Object.keys(described.components?.schemas ?? {}))
		ajv.compile({ $ref: pointer('components', 'schemas', name) });
});

test('every operation has an id of its own, a summary, and describes its refusals', () => {
	const ids = [];
	for (const [path, item] of Object.entries(described.paths))
		for (const [method, operation] of Object.entries(item)) {
			if (!['get', 'post', 'put', 'delete'].includes(method))
				continue;
			assert.ok(operation.operationId && operation.summary, `${method} ${path}`);
			ids.push(operation.operationId);
			if (path.startsWith('/api/v1/'))
				assert.ok('401' in operation.responses || 'default' in operation.responses,
					`${method} ${path}`);
		}
	assert.equal(new Set(ids).size, ids.length);
});

test('answers of the whole main job keep to the description', async () => {
	const operator = server.as('operator');
	const where = rowOf(server, 'CGJ');
	const made = await operator.register(anAppeal(where), { expect: 201 });
	judge('/api/v1/appeals', 'POST', made);
	const task = leadOf(made.json);
	const own = server.department('CGJ');
	const steps = [[own, 'sign', {}], [own, 'contact', { channel: 'phone', outcome: 'reached',
		note: '好' }], [own, 'progress', { text: '好' }], [own, 'complete', { result: 'solved',
		reply: '好', attachments: [] }], [server.as('reviewer'), 'review', { pass: true,
		reason: '好' }], [server.as('visitor'), 'visits', { channel: 'phone', reached: true,
		contacted: true, solved: 'yes', result: 'satisfied', attitude: 'satisfied',
		truthful: true, reason: null, note: '' }]];
	for (const [client, action, body] of steps)
		judge(`/api/v1/tasks/{id}/${action}`, 'POST',
			await client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 }));
	const waiting = await register(server, { category: '160101', area: 'A01' });
	judge('/api/v1/appeals/{id}/dispatch', 'POST', await server.as('dispatcher').post(
		`/appeals/${waiting.id}/dispatch`, { department: 'JTJ', assist: ['CGJ'], advice: '好' },
		{ expect: 200 }));
	judge('/api/v1/appeals/{id}/reveal', 'POST', await operator.post(
		`/appeals/${made.json.id}/reveal`, { fields: ['phone'], purpose: '核实' },
		{ expect: 200 }));
	judge('/api/v1/appeals/search', 'POST', await operator.post('/appeals/search',
		{ phone: '13800001111' }, { expect: 200 }));
});

test('every GET keeps to the description', async () => {
	const task = await visitedTask();
	const hook = (await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: 'http://127.0.0.1:49151/', events: ['*'], format: 'standard' }, { expect: 201 }));
	judge('/api/v1/webhooks', 'POST', hook);
	await register(server, rowOf(server, 'CGJ'));
	const delivery = await until(async () => (await server.as('admin').all(
		`/webhooks/${hook.json.id}/deliveries`))[0], { what: 'a delivery' });
	for (const [path, item] of Object.entries(described.paths)) {
		if (!item.get || path.includes('stream') || path.startsWith('/assets/'))
			continue;
		const id = path.includes('/appeals/') ? task.appeal :
			path.includes('/tasks/') ? task.id : hook.json.id;
		const query = path.endsWith('/reports/{period}/tasks') ? '?measure=on_time&part=den' : '';
		const target = path.replace('{id}', id).replace('{delivery}', delivery.id).replace('{period}', '2026-03')
			.replace('{year}', '2026') + query;
		const role = path.includes('webhooks') || path.includes('test') ||
			path === '/metrics' ? 'admin' : 'supervisor';
		judge(path, 'GET', await server.as(role).get(target, { expect: 200 }));
	}
	assert.ok(checked.size >= 15, `${checked.size} operations were judged`);
});

async function visitedTask() {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await close(server, task);
	return visit(server, task, 'satisfied');
}

test('refusals keep to the description', async () => {
	const operator = server.as('operator');
	judge('/api/v1/appeals', 'POST', await operator.register({}, { expect: 422 }));
	judge('/api/v1/appeals', 'POST', await server.anonymous().register({}, { expect: 401 }));
	judge('/api/v1/appeals', 'POST', await server.as('leader').register({}, { expect: 403 }));
	judge('/api/v1/appeals', 'POST', await operator.request('POST', '/appeals',
		{ raw: '{', expect: 400 }));
	judge('/api/v1/appeals/{id}', 'GET', await operator.get('/appeals/LD990101000001',
		{ expect: 404 }));
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	judge('/api/v1/tasks/{id}/complete', 'POST', await server.department('CGJ').post(
		`/tasks/${task.id}/complete`, { result: 'solved', reply: '好', attachments: [] },
		{ expect: 409 }));
	judge('/api/v1/tasks/{id}/sign', 'POST', await server.department('CGJ').post(
		`/tasks/${task.id}/sign`, {}, { etag: '"stale"', expect: 412 }));
});

test('the webhooks of the interface are described', () => {
	const names = Object.keys(described.webhooks ?? {});
	for (const name of ['task.dispatched', 'task.overdue', 'endpoint.test'])
		assert.ok(names.includes(name), `${name} in ${names}`);
});

endsCleanly(server);
