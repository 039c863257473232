/*
 * The rules of who may do what, as written by hand (lib/policy.mjs), against the access table
 * and against the live server; who may not do both of two things; the accused department; and
 * administrators apart.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAccess } from './lib/access.mjs';
import { Client } from './lib/api.mjs';
import { newKey } from './lib/keys.mjs';
import { ask, hasObject, makeActors, makeWorld, targetOf } from './lib/matrix.mjs';
import { APART, breaches, CELL_POLICIES, wholeBreaches } from './lib/policy.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { complete, contact, leadOf, register, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const { roles, rows } = readAccess();
const world = await makeWorld(server);
const actors = await makeActors(server, roles);
const plain = (role) => actors.find((one) => one.name === role);

test('the table keeps every rule', () => {
	assert.ok(CELL_POLICIES.length + APART.length >= 40);
	for (const policy of CELL_POLICIES) {
		assert.ok(rows.some((row) => !row.is_public && policy.where(row)),
			`${policy.says}: about something`);
		assert.deepEqual(breaches(policy, rows).map(({ row, role }) => `${role} ${row.name}`), [],
			policy.says);
	}
	assert.deepEqual(wholeBreaches(rows), []);
});

/* The table with one cell changed. */
const twin = (handler, change) => rows.map((row) => row.handler !== handler ? row :
	{ ...row, ...change, cells: { ...row.cells, ...change.cells } });

test('each rule notices a cell that breaks it', () => {
	for (const policy of CELL_POLICIES) {
		const row = rows.find((one) => !one.is_public && policy.where(one));
		const role = policy.roles[0];
		const broken = twin(row.handler, { cells: { [role]: 'all' } });
		assert.equal(breaches(policy, broken).length, 1, policy.says);
	}
	for (const [handler, change] of [['tasks_review', { cells: { department: 'own' } }],
		['tasks_review', { is_staff_only: false }], ['me_show', { is_public: true }],
		['tasks_redo', { cells: { supervisor: 'all/tree' } }],
		['observations_add', { cells: { security: 'own', system: 'own' } }]])
		assert.ok(wholeBreaches(twin(handler, change)).length > 0, handler);
});

test('the live server keeps every rule', async (t) => {
	const pairs = new Map();
	for (const policy of CELL_POLICIES)
		for (const row of rows.filter((one) => !one.is_public && policy.where(one)))
			for (const role of policy.roles) {
				const is_own_allowed = policy.is_kept('own');
				const key = `${role} ${row.name}`;
				pairs.set(key, { row, role, is_own_allowed: is_own_allowed &&
					(pairs.get(key)?.is_own_allowed ?? true), says: policy.says });
			}
	const wrong = [];
	const list = [...pairs.values()];
	while (list.length)
		await Promise.all(list.splice(0, 24).map(async ({ row, role, is_own_allowed, says }) => {
			/* Lists of one's own are judged where they are made; here what has a number. */
			if (is_own_allowed && !hasObject(row.path))
				return;
			const { status } = await ask(server, plain(role), row.method,
				targetOf(world, row.path, 'other'));
			if (status !== 403 && !(is_own_allowed && status === 404))
				wrong.push(`${says}: ${role} ${row.name}: ${status}`);
		}));
	t.diagnostic(`${pairs.size} pairs of role and route`);
	assert.deepEqual(wrong, []);
	assert.ok(pairs.size > 1000);
});

test('own lists show nothing of another department, intake, enterprise or observer', async () => {
	const strange = [world.appeal.other.id, leadOf(world.appeal.other).id, world.item.other];
	for (const role of ['intake', 'department', 'observer', 'contact'])
		for (const row of rows.filter(({ method, path, cells }) => method === 'GET' &&
			cells[role] === 'own' && !path.includes('{'))) {
			const answer = await plain(role).client.get(row.path);
			for (const id of strange)
				assert.ok(!answer.text.includes(id), `${role} ${row.path} shows ${id}`);
		}
});

test('who handled a task does not review it, whatever keys it has', async () => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const task = leadOf(appeal);
	await sign(server, task);
	await contact(server, task);
	await complete(server, task);
	const before = (await server.as('supervisor').get(`/tasks/${task.id}`)).json;
	for (const role of roles.filter((one) => one !== 'reviewer')) {
		const answer = await plain(role).client.post(`/tasks/${task.id}/review`,
			{ pass: true, reason: '资料齐全' });
		assert.equal(answer.status, 403, role);
		assert.equal(answer.json.code, 'forbidden', role);
	}
	assert.deepEqual((await server.as('supervisor').get(`/tasks/${task.id}`)).json, before);
});

test('the accused department sees nothing of the appeal, by no route of the table', async () => {
	const appeal = (await server.as('operator').register({ channel: '12345',
		content_class: 'complaint', category: '160101', area: 'A01', title: '独家投诉', text: '反映',
		caller: { name: '王小明', phone: '13800002222' },
		accused: { department: 'CGJ' } }, { expect: 201 })).json;
	const sent = (await server.as('dispatcher').post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'JTJ', assist: [], advice: '' }, { expect: 200 })).json;
	const below = actors.find((one) => one.is_of_unit);
	const accused = { appeal: appeal.id, task: leadOf(sent).id };
	for (const row of rows.filter(({ path }) => /\/(appeals|tasks)\/\{id\}/.test(path)))
		for (const actor of [plain('department'), below]) {
			const id = row.path.includes('/appeals/') ? accused.appeal : accused.task;
			const { status } = await ask(server, actor, row.method, row.path.replace('{id}', id));
			assert.ok([403, 404].includes(status), `${actor.name} ${row.name}: ${status}`);
		}
});

/* ---- administrators ---- */

test('separated administrators take the place of the one, who is nobody then', async () => {
	const apart = await startServer({ clock: MONDAY,
		env: { LIANDONG_ADMINISTRATORS: 'separated' } });
	try {
		const admin = apart.as('admin');
		const refused = await admin.get('/me');
		const unknown = await new Client(apart, { key: 'ldk_' + 'A'.repeat(43) }).get('/me');
		const body = ({ status, json: { request_id, ...rest } }) => [status, rest];
		assert.deepEqual(body(refused), body(unknown), 'it looks like a key that is unknown');
		for (const row of rows.filter((one) => !one.is_public)) {
			const answer = await ask(apart, { client: admin }, row.method, row.path
				.replace('{uscc}', '91350100M000100Y43').replace(/\{\w+\}/g, '1'));
			assert.equal(answer.status, 401, row.name);
		}
		const account = apart.access.accounts.find((one) => one.role === 'admin');
		const login = await apart.anonymous().post('/session', { login: account.login,
			password: account.password }, { headers: { origin: apart.base } });
		assert.deepEqual([login.status, login.json.code], [401, 'wrong_credentials']);
		assert.equal(login.headers['set-cookie'], undefined);
		for (const role of ['system', 'security', 'audit'])
			assert.equal((await (await apart.signedIn(role)).get('/me', { expect: 200 })).json.role,
				role);
		await apart.as('system').post('/enterprises', { uscc: '91350100M000100Y43',
			name: '云河甲公司', area: 'A01' }, { expect: 201 });
		await apart.as('audit').get('/audit', { expect: 200 });
		await apart.as('security').get('/audit', { expect: 403 });
	} finally {
		await apart.stop();
	}
});

test('by default the one administrator administers, and a key has one role of the list', async () => {
	await server.as('admin').get('/webhooks', { expect: 200 });
	for (const role of roles)
		assert.equal((await plain(role).client.get('/me', { expect: 200 })).json.role, role);
	const done = server.command(['key', 'add', 'both', 'system,security']);
	assert.equal(done.status, 2);
	assert.match(done.stderr, /is no role; roles are:.* contact/);
	await newKey(server, 'still', 'security');
});

endsCleanly(server);
