/*
 * Who must not know: the department complained about learns of the appeal through no door, and
 * a caller who wishes secrecy is nobody to a department. The doors are those of the access table,
 * so that a new route is tried by itself.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAccess } from './lib/access.mjs';
import { ABSENT, OF_PEOPLE } from './lib/matrix.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, register, review, rowOf, sign,
	visit } from './lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };
/* Words that occur nowhere else, the last ones as a mask would leave them. */
const SECRET = { name: '鸑鷟龘靐', phone: '15912763498' };
const TRACES = [SECRET.name, SECRET.phone, '鸑*', '159****'];
const PERSON = '麤爨科长';

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const cgj = server.department('CGJ');
const jtj = server.department('JTJ');

const routes = readAccess().rows.map(({ method, path, cells }) =>
	({ method, path, is_open: cells.department !== '-' }));
/* Routes about one appeal or one task, and lists that a department reads with its key. */
const about = routes.filter(({ path }) => /\/(appeals|tasks)\/\{id\}/.test(path));
const lists = routes.filter(({ method, path, is_open }) => method === 'GET' && is_open &&
	path.startsWith('/api/v1/') && !path.includes('{id}') && !OF_PEOPLE.test(path) &&
	!ABSENT.test(path));

const idOf = (path, appeal, task) => path.replace('{id}',
	path.includes('/appeals/') ? appeal : task);
const USCC = '91350100M000100Y43';
await server.as('admin').post('/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01' },
	{ expect: 201 });
const concrete = (path) => path.replace('{period}', '2026-03').replace('{year}', '2026')
	.replace('{uscc}', USCC).replace('{n}', '1');
/* Of a month that is not frozen there is neither a correction nor a bundle. */
const isUnfrozen = (path) => /\/(corrections\/1|bundle|ranking)$/.test(path);
const inQuery = (path) => path.endsWith('/reports/{period}/tasks') ?
	'?measure=within_limit&part=num&department=CGJ' : '';

async function ask(client, { method, path }, appeal, task) {
	const body = method === 'GET' ? {} : { body: { no_such_field: 1 } };
	return client.request(method, idOf(path, appeal, task), body);
}

const send = (appeal, body, expect = 200) => dispatcher.post(`/appeals/${appeal.id}/dispatch`,
	{ assist: [], advice: '', ...body }, { expect });

/* ---- accused ---- */

/* Accused is CGJ, which the catalogue names; JTJ works on it. */
const accused = await register(server, rowOf(server, 'CGJ'), { title: '独家秘事麤爨',
	text: '反映城管队员刁难，麤爨。', accused: { department: 'CGJ', person: PERSON } });
const waiting = await register(server, rowOf(server, 'CGJ'), { title: '独家秘事麤爨二',
	accused: { department: 'CGJ' } });

test('accused: the catalogue gives it to nobody, the hand to another department', async () => {
	assert.deepEqual([accused.state, accused.tasks], ['accepted', []]);
	const sent = (await send(accused, { department: 'JTJ' })).json;
	assert.equal(leadOf(sent).department, 'JTJ');
	await sign(server, leadOf(sent));
	await contact(server, leadOf(sent));
});

test('accused: it is dispatched to the department by no door', async () => {
	const task = leadOf(await appealNow(server, accused.id));
	const before = await eventsOf(server, accused.id);
	const tries = [
		[dispatcher, `/appeals/${waiting.id}/dispatch`, { department: 'CGJ' }],
		[dispatcher, `/appeals/${waiting.id}/dispatch`, { department: 'JTJ', assist: ['CGJ'] }],
		[dispatcher, `/appeals/${accused.id}/dispatch`, { department: 'JTJ', assist: ['CGJ'] }],
		[jtj, `/tasks/${task.id}/assist`, { departments: ['CGJ'] }],
		[jtj, `/tasks/${task.id}/return`,
			{ reason: 'not_my_duty', basis: '三定方案', propose: 'CGJ' }],
		[supervisor, `/tasks/${task.id}/ruling`, { department: 'CGJ', basis: '三定方案' }],
		[supervisor, `/tasks/${task.id}/escalate`, { reason: '久拖不决', to: 'CGJ' }],
	];
	for (const [client, path, body] of tries)
		assert.equal((await client.post(path, body, { expect: 409 })).json.code, 'recused',
			path);
	assert.deepEqual(await eventsOf(server, accused.id), before);
	assert.deepEqual((await appealNow(server, waiting.id)).tasks, []);
});

test('accused: a return that is accepted hands it to another department only', async () => {
	const task = leadOf(await appealNow(server, accused.id));
	await jtj.post(`/tasks/${task.id}/return`, { reason: 'not_my_duty', basis: '三定方案',
		propose: 'SCJ' }, { expect: 200 });
	assert.equal((await supervisor.post(`/tasks/${task.id}/return/accept`,
		{ redispatch_to: 'CGJ' }, { expect: 409 })).json.code, 'recused');
	await supervisor.post(`/tasks/${task.id}/return/refuse`, { reason: '属于贵局' },
		{ expect: 200 });
});

test('accused: every door about the appeal and its tasks is 404, like what is not there',
	async () => {
		const task = leadOf(await appealNow(server, accused.id));
		const seen = ({ status, json }) => [status, json.code, json.title, json.detail];
		assert.ok(about.filter(({ is_open }) => is_open).length >= 8);
		for (const route of about) {
			const theirs = await ask(cgj, route, accused.id, task.id);
			const missing = await ask(cgj, route, 'LD990101000001', 'LD990101000001-1');
			assert.equal(theirs.status, route.is_open ? 404 : 403,
				`${route.method} ${route.path}`);
			assert.deepEqual(seen(theirs), seen(missing), `${route.method} ${route.path}`);
		}
	});

test('accused: no list, search or report shows it', async () => {
	const searches = ['/appeals?q=' + encodeURIComponent('麤爨'), '/appeals?state=accepted',
		'/appeals?state=dispatched', '/appeals?department=JTJ', '/tasks?department=JTJ'];
	for (const path of [...lists.map((route) => concrete(route.path) + inQuery(route.path)),
		...searches]) {
		const answer = await cgj.get(path);
		assert.ok([200, 422, isUnfrozen(path) ? 404 : 200].includes(answer.status),
			`${path}: ${answer.status}`);
		assert.ok(!answer.text.includes(accused.id) && !answer.text.includes(waiting.id) &&
			!answer.text.includes('麤爨'), path);
	}
});

test('accused: no webhook tells the department of it, while others are told', async () => {
	const receiver = await startReceiver();
	const hook = await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: receiver.url, events: ['*'], format: 'standard' }, { expect: 201 });
	const task = leadOf(await appealNow(server, accused.id));
	await server.as('dispatcher').post(`/tasks/${task.id}/urge`, {}, { expect: 200 });
	await complete(server, task);
	await review(server, task);
	const more = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'CGJ' } });
	await send(more, { department: 'JTJ' });
	const ours = await register(server, rowOf(server, 'CGJ'));
	await until(() => receiver.requests.some((one) => one.json?.data.appeal === ours.id),
		{ what: 'the webhook of an own appeal' });
	for (const { body } of receiver.requests)
		assert.ok(!body.includes(accused.id) && !body.includes(more.id), body);
	await server.as('admin').delete(`/webhooks/${hook.json.id}`);
	await receiver.stop();
});

test('accused: the supervisor finds it on the fast lane and gives it to its superiors',
	async () => {
		const types = (await eventsOf(server, waiting.id)).map((one) => one.type);
		assert.deepEqual(types, ['appeal.received', 'appeal.fast_lane']);
		const lane = await supervisor.all('/appeals?fast_lane=true');
		assert.ok(lane.some((one) => one.id === waiting.id));
		const plain = await register(server, { category: '160101', area: 'A01' });
		assert.equal(plain.state, 'accepted');
		assert.ok(!lane.some((one) => one.accused === null));
		assert.ok(!(await supervisor.all('/appeals?fast_lane=true'))
			.some((one) => one.id === plain.id), 'only the accused have the fast lane');
		const sent = await supervisor.post(`/appeals/${waiting.id}/dispatch`,
			{ department: 'XNB', assist: [], advice: '' }, { expect: 200 });
		assert.equal(leadOf(sent.json).department, 'XNB');
	});

test('an accused person is named in no answer; only a reveal by an operator says who',
	async () => {
		const task = leadOf(await appealNow(server, accused.id));
		const readers = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor',
			'leader', 'auditor'].map((role) => server.as(role));
		for (const client of [...readers, jtj])
			for (const route of about.filter(({ method }) => method === 'GET'))
				assert.ok(!(await ask(client, route, accused.id, task.id)).text
					.includes(PERSON), `${client.name} ${route.path}`);
		const clear = await operator.post(`/appeals/${accused.id}/reveal`,
			{ fields: ['accused_person'], purpose: '转纪检' }, { expect: 200 });
		assert.equal(clear.json.accused_person, PERSON);
		const department = (await jtj.get(`/appeals/${accused.id}`, { expect: 200 })).json;
		assert.equal(department.accused, null, 'a department is not told who is accused');
	});

/* ---- secret ---- */

test('secret: through its whole life no department reads a trace of the caller', async () => {
	const receiver = await startReceiver();
	const hook = await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: receiver.url, events: ['*'], format: 'standard' }, { expect: 201 });
	const appeal = await register(server, UNROUTED, { caller: { ...SECRET, secret: true } });
	const sent = (await send(appeal, { department: 'CGJ', assist: ['GAJ'] })).json;
	const [lead, assist] = sent.tasks;
	await sign(server, lead);
	await cgj.post(`/tasks/${lead.id}/return`, { reason: 'unsafe_secrecy', basis: '',
		propose: 'JTJ' }, { expect: [200, 422] });
	await supervisor.post(`/tasks/${lead.id}/return/refuse`, { reason: '可以办理' },
		{ expect: [200, 409] });
	await sign(server, assist);
	await server.department('GAJ').post(`/tasks/${assist.id}/report`, { text: '已核查' },
		{ expect: 200 });
	await contact(server, lead);
	await complete(server, lead);
	await review(server, lead);
	await visit(server, lead, 'dissatisfied', { reason: 'result' });
	await supervisor.post(`/tasks/${lead.id}/urge`, {}, { expect: 200 });
	for (const field of ['phone', 'name'])
		await operator.post(`/appeals/${appeal.id}/reveal`, { fields: [field],
			purpose: '核实' }, { expect: 200 });
	await until(() => receiver.ofType('task.redo').length > 0, { what: 'the last webhook' });

	for (const [client, task] of [[cgj, lead], [server.department('GAJ'), assist]]) {
		const doors = about.filter(({ method, is_open }) => method === 'GET' && is_open)
			.map(({ path }) => idOf(path, appeal.id, task.id));
		for (const path of [...doors, ...lists.map((route) => concrete(route.path))]) {
			const answer = await client.get(path);
			for (const trace of TRACES)
				assert.ok(!answer.text.includes(trace), `${trace} in ${path}`);
		}
		const seen = (await client.get(`/appeals/${appeal.id}`, { expect: 200 })).json;
		assert.deepEqual([seen.caller.name, seen.caller.phone], [null, null]);
	}
	for (const { body } of receiver.requests)
		for (const trace of TRACES)
			assert.ok(!body.includes(trace), `${trace} in a webhook`);
	await server.as('admin').delete(`/webhooks/${hook.json.id}`);
	await receiver.stop();
});

test('secret: the centre reads the mask, in hints and lists of merged ones too', async () => {
	const parent = await register(server, rowOf(server, 'CGJ'));
	const child = await register(server, rowOf(server, 'CGJ'),
		{ caller: { name: '龘爨', phone: '15912763499', secret: true } });
	await operator.post(`/appeals/${child.id}/merge`, { into: parent.id }, { expect: 200 });
	for (const answer of [
		await operator.get(`/appeals/${parent.id}/merged`, { expect: 200 }),
		await operator.post('/appeals/hints', { phone: '15912763499' }, { expect: 200 })]) {
		assert.equal(answer.json.items.length, 1);
		assert.ok(answer.text.includes('龘*') && answer.text.includes('159****3499'));
		assert.ok(!answer.text.includes('龘爨') && !answer.text.includes('15912763499'));
	}
	const theirs = await cgj.get(`/appeals/${parent.id}/events`, { expect: 200 });
	assert.ok(!theirs.text.includes(child.id), 'the parent\'s department learns of no other');
});

/* ---- anonymous ---- */

test('anonymous: handled like any other, visited never', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'), { caller: { anonymous: true } });
	const task = leadOf(appeal);
	assert.deepEqual([appeal.caller.name, appeal.caller.phone, appeal.caller.visit_wanted],
		[null, null, false]);
	assert.equal((await close(server, task)).state, 'closed');
	const list = await server.as('visitor').all('/visits');
	assert.ok(!list.some((one) => JSON.stringify(one).includes(appeal.id)));
	for (const field of ['phone', 'name'])
		assert.deepEqual((await operator.post(`/appeals/${appeal.id}/reveal`,
			{ fields: [field], purpose: '核实' }, { expect: 200 })).json, { [field]: null });
});

endsCleanly(server);
