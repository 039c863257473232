/*
 * Departments over the interface: added, changed, switched off and on, one by one and by a table;
 * what several do at once; what is refused, and what a change leaves alone.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { tableOf, pagesOf } from './lib/files.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { appealNow, close, leadOf, register, rowOf, taskNow, visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-02-02 09:00') });
const admin = server.as('admin');
const leader = server.as('leader');
const dispatcher = server.as('dispatcher');
const where = rowOf(server, 'CGJ');
const PLAIN = { name: '市政管理局', name_en: 'Municipal Works Bureau', parent: 'YHQ', kind: 'bureau',
	peer_group: 'departments', takes_tasks: true, initials: 'szglj', phone: '0399-0000199' };

const shown = async (code, client = admin) => (await client.get(`/departments/${code}`, { expect: 200 })).json;
const setOf = ({ code, disabled, uses, ...set }) => set;
const listed = async (code) => (await dispatcher.get('/departments', { expect: 200 })).json.items
	.find((one) => one.code === code);
const add = (code, changes = {}, expect = 201, client = admin) =>
	client.post('/departments', { code, ...PLAIN, name: `${PLAIN.name}${code}`, ...changes }, { expect });
const change = async (code, changes, options = { expect: 200 }) =>
	admin.put(`/departments/${code}`, { ...setOf(await shown(code)), ...changes }, options);
const off = (code, expect = 200, body = {}) => admin.post(`/departments/${code}/disable`, body, { expect });
const on = (code, expect = 200) => admin.post(`/departments/${code}/enable`, {}, { expect });
const acts = async () => (await server.as('audit').all('/audit?kind=department')).map(({ detail, reason, by }) =>
	({ deed: detail.deed, code: detail.code, before: detail.before, after: detail.after, reason, by: by.role }));
const pointers = (answer) => answer.json.errors.map((one) => [one.pointer, one.code]);
const dispatched = async (department) => {
	const appeal = await register(server, { category: '160101', area: 'A01' });
	await dispatcher.post(`/appeals/${appeal.id}/dispatch`, { department }, { expect: 200 });
	return leadOf(await appealNow(server, appeal.id));
};

/* First, since a month must be lived through before anything else moves the clock. */
test('a frozen month keeps the name, place and group that its departments had, on screen and on paper', async () => {
	const task = leadOf(await register(server, where));
	await moveTo(server, '2026-02-04 09:00');
	await close(server, task);
	await visit(server, task, 'satisfied');
	await moveTo(server, '2026-03-10 09:00');
	await leader.post('/reports/2026-02/freeze', {}, { expect: 200 });
	const report = async (period) => {
		const { departments } = (await leader.get(`/reports/${period}`, { expect: 200 })).json;
		return departments.find((one) => one.department === 'CGJ');
	};
	const csv = async () => tableOf(Buffer.from(await (await server.as('leader').get('/reports/2026-02.csv',
		{ expect: 200 })).bytes)).filter((line) => JSON.stringify(line).includes('CGJ'));
	const paper = async () => pagesOf(Buffer.from((await leader.get('/reports/2026-02.pdf', { expect: 200 })).bytes)).join('');
	const before = [await report('2026-02'), await csv()];
	const sealed = () => leader.get('/reports/2026-02/bundle', { expect: [200, 503] });
	/* to its digest: the proof behind it is of the newest checkpoint */
	const contentOf = ({ text }) => text.slice(0, text.indexOf('\nproof\t'));
	const bundle = contentOf(await until(async () => {
		const answer = await sealed();
		return answer.status === 200 && answer;
	}, { what: 'the month to be signed' }));
	assert.match(bundle, /\ndigest\t[0-9a-f]{64}\n/);
	assert.ok((await paper()).includes('城市管理局'));
	const was = await shown('CGJ');
	await close(server, leadOf(await register(server, where)));
	await moveTo(server, '2026-03-10 10:00');

	await change('CGJ', { name: '综合执法局', name_en: 'Enforcement', peer_group: 'departments', parent: 'LDZX' });
	assert.deepEqual([await report('2026-02'), await csv()], before);
	assert.equal(contentOf(await sealed()), bundle);
	const after = await paper();
	assert.ok(after.includes('城市管理局') && !after.includes('综合执法局'), 'printed anew with the name of then');
	const open = await report('2026-03');
	assert.deepEqual([open.name, open.peer_group], ['综合执法局', 'departments'], 'a month that is not frozen has the new ones');
	assert.equal((await listed('CGJ')).name, '综合执法局', 'and so has everybody at once');
	await change('CGJ', setOf(was));
});

test('a department is added, everybody sees it, and it is dispatched to by a person', async () => {
	const made = await add('SZJ');
	assert.equal(made.headers.location, '/api/v1/departments/SZJ');
	assert.deepEqual(made.json, { code: 'SZJ', ...PLAIN, name: '市政管理局SZJ', disabled: false, uses: { open_tasks: 0,
		settled_tasks: 0, below: 0, catalogue_rows: 0, areas: 0, accounts: 0, keys: 0, webhooks: 0 } });
	assert.deepEqual(await shown('SZJ'), made.json);
	const { phone, uses, ...public_part } = made.json;
	assert.deepEqual(await listed('SZJ'), public_part);
	const task = await dispatched('SZJ');
	assert.equal(task.department, 'SZJ');
	assert.equal((await shown('SZJ')).uses.open_tasks, 1);
	const [act] = (await acts()).filter((one) => one.code === 'SZJ');
	assert.deepEqual([act.deed, act.before, act.after.name, act.by], ['added', null, '市政管理局SZJ', 'admin']);
});

test('what it may not be is said at the field, and nothing is stored', async () => {
	const before = (await acts()).length;
	for (const [changes, pointer, code] of [[{ name: '' }, '#/name', 'blank'], [{ name: '市政管理局SZJ' }, '#/name', 'taken'],
		[{ parent: 'NOBODY' }, '#/parent', 'unknown_code'], [{ parent: 'BAD2' }, '#/parent', 'circle'],
		[{ kind: 'streets' }, '#/kind', 'unknown_choice'], [{ initials: 'SZ' }, '#/initials', 'malformed'],
		[{ phone: 'call me' }, '#/phone', 'malformed'], [{ peer_group: null }, '#/peer_group', 'required']]) {
		const answer = await add('BAD2', changes, 422);
		assert.equal(answer.json.errors[0].pointer, pointer, JSON.stringify(answer.json));
		assert.ok(code !== 'taken' && code !== 'circle' || answer.json.errors[0].code === code, JSON.stringify(answer.json));
	}
	await add('a.b', {}, 422);
	await add('SEVENTEEN_LETTERS', {}, 422);
	await admin.put('/departments/NOBODY', setOf(await shown('SZJ')), { expect: 404 });
	await admin.get('/departments/BAD2', { expect: 404 });
	assert.equal((await acts()).length, before, 'no act is left behind');
});

test('only administrators and the system administrator may', async () => {
	for (const client of [server.as('system'), admin]) {
		await client.get('/departments/SZJ', { expect: 200 });
		await client.put('/departments/SZJ', setOf(await shown('SZJ')), { expect: 200 });
	}
	for (const client of [dispatcher, server.as('supervisor'), leader, server.as('security'), server.as('audit'),
		server.department('CGJ')]) {
		await add('NEIN', {}, 403, client);
		await client.put('/departments/SZJ', PLAIN, { expect: 403 });
		await client.post('/departments/SZJ/disable', {}, { expect: 403 });
		await client.post('/department-table', { source: 'x', text: 'x' }, { expect: 403 });
	}
});

test('of two who add one code at once, one does, and the other is told', async () => {
	const answers = await Promise.all([1, 2, 3, 4].map((n) => add('TWICE', { name: `同时${n}` }, [201, 409])));
	assert.deepEqual(answers.map((one) => one.status).sort(), [201, 409, 409, 409]);
	assert.equal(answers.find((one) => one.status === 409).json.code, 'code_taken');
	const won = answers.find((one) => one.status === 201).json.name;
	assert.equal((await shown('TWICE')).name, won);
	assert.equal((await acts()).filter((one) => one.code === 'TWICE').length, 1);
});

test('a change is made from what was read: another one in between is 412', async () => {
	const read = await admin.get('/departments/TWICE', { expect: 200 });
	await change('TWICE', { phone: '0399-0000301' });
	const stale = await admin.put('/departments/TWICE', { ...setOf(read.json), name_en: 'Late' },
		{ expect: 412, etag: read.headers.etag });
	assert.equal(stale.json.code, 'stale');
	assert.equal((await shown('TWICE')).phone, '0399-0000301');
	const fresh = await admin.get('/departments/TWICE', { expect: 200 });
	assert.notEqual(fresh.headers.etag, read.headers.etag);
	const before = (await acts()).length;
	const same = await admin.put('/departments/TWICE', setOf(fresh.json), { expect: 200 });
	assert.equal(same.headers.etag, fresh.headers.etag, 'what changes nothing is no version');
	assert.equal((await acts()).length, before, 'nor an act');
});

test('the tree has no circle, whoever moves what at the same time', async () => {
	for (const code of ['RING1', 'RING2', 'RING3'])
		await add(code, { parent: null });
	await change('RING2', { parent: 'RING1' });
	await change('RING3', { parent: 'RING2' });
	assert.deepEqual(pointers(await change('RING1', { parent: 'RING3' }, { expect: 422 })), [['#/parent', 'circle']]);
	assert.deepEqual(pointers(await change('RING1', { parent: 'RING1' }, { expect: 422 })), [['#/parent', 'circle']]);
	for (let round = 0; round < 5; round++) {
		await change('RING2', { parent: null });
		const answers = await Promise.all([change('RING1', { parent: 'RING2' }, { expect: [200, 422] }),
			change('RING2', { parent: 'RING1' }, { expect: [200, 422] })]);
		assert.deepEqual(answers.map((one) => one.status).sort(), [200, 422], 'fine alone, a circle together');
		await change('RING1', { parent: null });
	}
});

test('a department that moves is seen by the supervisors of the unit it stands below', async () => {
	const task = (await dispatcher.all('/tasks?department=SZJ'))[0];
	const there = await newKey(server, 'ring-supervisor', 'supervisor', 'RING1');
	await there.get(`/tasks/${task.id}`, { expect: 404 });
	await change('SZJ', { parent: 'RING1' });
	await there.get(`/tasks/${task.id}`, { expect: 200 });
	await change('SZJ', { parent: 'YHQ' });
	await there.get(`/tasks/${task.id}`, { expect: 404 });
	await admin.post(`/keys/${(await admin.all('/keys')).find((one) => one.name === 'ring-supervisor').id}/disable`, {},
		{ expect: 200 });
});

test('what still stands under its code keeps a department from being switched off, and is counted', async () => {
	await add('SZX', { parent: 'SZJ' });
	const account = (await admin.post('/accounts', { login: 'szj1', name: '王', role: 'department', department: 'SZJ' },
		{ expect: 201 })).json.id;
	const key = (await admin.post('/keys', { name: 'szj', role: 'department', department: 'SZJ' }, { expect: 201 })).json.id;
	const hook = (await admin.post('/webhooks', { department: 'SZJ', url: 'http://127.0.0.1:49151/',
		events: ['report.frozen'], format: 'standard' }, { expect: 201 })).json.id;
	const { version, text } = (await admin.get('/documents/catalogue', { expect: 200 })).json;
	await admin.post('/catalogue', { source: '测试', text: `${text.trimEnd()}\n160101\tA01\tSZJ\tL3\t0\t0\t三定方案\n`,
		expected_version: version }, { expect: 201 });
	const refused = await off('SZJ', 409);
	assert.equal(refused.json.code, 'still_used');
	assert.match(refused.json.detail, /1 open tasks, 1 departments below, 1 rows of the catalogue, 0 areas, 1 accounts, 1 keys, 1 webhooks/);
	assert.deepEqual((await shown('SZJ')).uses, { open_tasks: 1, settled_tasks: 0, below: 1, catalogue_rows: 1, areas: 0,
		accounts: 1, keys: 1, webhooks: 1 });
	assert.equal((await change('SZJ', { takes_tasks: false }, { expect: 409 })).json.code, 'still_used',
		'nor does it give up taking tasks while the catalogue sends them');

	/* one after the other is taken away, and the refusal says what is left */
	const [task] = await dispatcher.all('/tasks?department=SZJ');
	const other = await newKey(server, 'szj-staff', 'department', 'SZJ');
	await other.post(`/tasks/${task.id}/sign`, {}, { expect: 200 });
	await other.post(`/tasks/${task.id}/return`, { reason: 'not_my_duty', basis: '三定方案', propose: null }, { expect: 200 });
	await server.as('supervisor').post(`/tasks/${task.id}/return/accept`, {}, { expect: 200 });
	for (const { id } of (await admin.all('/keys')).filter((one) => one.department === 'SZJ'))
		await admin.post(`/keys/${id}/disable`, {}, { expect: 200 });
	await admin.post(`/accounts/${account}/disable`, {}, { expect: 200 });
	await admin.delete(`/webhooks/${hook}`, { expect: [200, 204] });
	await off('SZX');
	assert.match((await off('SZJ', 409)).json.detail, /0 open tasks, 0 departments below, 1 rows of the catalogue/);
	await admin.post('/catalogue', { source: '测试', text }, { expect: 201 });
	const done = (await off('SZJ', 200, { reason: '机构改革' })).json;
	assert.equal(done.disabled, true);
	assert.equal(done.takes_tasks, true, 'what it was set to stays for the day it comes back');
	const act = (await acts()).find((one) => one.deed === 'disabled' && one.code === 'SZJ');
	assert.deepEqual([act.reason, act.before.disabled, act.after.disabled], ['机构改革', false, true]);
	await admin.post(`/accounts/${account}/enable`, {}, { expect: 409 });
	assert.equal((await admin.post(`/keys/${key}/enable`, {}, { expect: 409 })).json.code, 'department_disabled');
});

test('who is switched off gets nothing new, whichever way it is tried', async () => {
	const listed_now = await listed('SZJ');
	assert.deepEqual([listed_now.disabled, listed_now.takes_tasks], [true, false]);
	const appeal = await register(server, { category: '160101', area: 'A01' });
	const refused = await dispatcher.post(`/appeals/${appeal.id}/dispatch`, { department: 'SZJ' }, { expect: 422 });
	assert.deepEqual(pointers(refused), [['#/department', 'unknown_code']]);
	await admin.post('/accounts', { login: 'szj2', name: '王', role: 'department', department: 'SZJ' }, { expect: 422 });
	await admin.post('/keys', { name: 'szj2', role: 'department', department: 'SZJ' }, { expect: 422 });
	await admin.post('/webhooks', { department: 'SZJ', url: 'http://127.0.0.1:49151/', events: ['report.frozen'],
		format: 'standard' }, { expect: 422 });
	assert.deepEqual(pointers(await add('UNDER', { parent: 'SZJ' }, 422)), [['#/parent', 'switched_off']]);
	assert.equal((await on('SZX', 409)).json.code, 'parent_disabled');

	/* A catalogue may name it all the same: then a person decides. */
	const { text } = (await admin.get('/documents/catalogue', { expect: 200 })).json;
	await admin.post('/catalogue', { source: '测试', text: `${text.trimEnd()}\n160101\tA02\tSZJ\tL3\t0\t0\t三定方案\n` },
		{ expect: 201 });
	const waiting = await register(server, { category: '160101', area: 'A02' });
	assert.deepEqual(waiting.tasks, []);
	assert.equal((await dispatcher.get(`/appeals/${waiting.id}/dispatch`, { expect: 200 })).json.reason, 'no_receiver');
	await on('SZJ');
	assert.equal((await dispatcher.get(`/appeals/${waiting.id}/dispatch`, { expect: 200 })).json.reason, null);
	assert.equal(leadOf(await register(server, { category: '160101', area: 'A02' })).department, 'SZJ');
	await admin.post('/catalogue', { source: '测试', text }, { expect: 201 });
});

test('a task of a department with another name and place goes on with the versions it has', async () => {
	const task = leadOf(await register(server, where));
	await change('CGJ', { name: '综合执法局', parent: 'RING1' });
	const now = await taskNow(server, task);
	for (const member of ['due', 'department', 'limit_class', 'version'])
		assert.deepEqual(now[member], task[member], member);
	await close(server, task);
	assert.equal((await taskNow(server, task)).state, 'closed');
	await change('CGJ', { name: '城市管理局', parent: 'YHQ' });
});

/* ---- by a table ---- */

const table = async () => (await admin.get('/department-table', { expect: 200 })).json;
const tried = async (text) => (await admin.post('/department-table/preview', { text }, { expect: 200 })).json;
const take = (text, changes = {}, expect = 200) =>
	admin.post('/department-table', { source: '编办文件', text, ...changes }, { expect });

test('the table of all departments says of itself that nothing would change', async () => {
	const { version, text } = await table();
	const said = await tried(text);
	assert.deepEqual([said.version, said.problems, said.rows], [version, [], { items: [], added: 0, removed: 0, changed: 0 }]);
	assert.deepEqual((await take(text)).json, { version, added: 0, changed: 0 });
});

test('a table adds and changes what its preview says, and leaves the rest', async () => {
	const { version, text } = await table();
	const lines = ['T1\t甲镇\tJia Town\tT0\tstreet\tstreets\t1\tjz', 'T0\t新区\tNew Zone\tYHQ\tdistrict\tdepartments\t0\t-\t-'];
	const changed = text.split('\n').find((line) => line.startsWith('TWICE\t')).replace('0399-0000301', '0399-0000302');
	const said = await tried(['code\tname\tname_en\tparent', '# 说明', ...lines, changed].join('\n'));
	assert.deepEqual([said.rows.added, said.rows.removed, said.rows.changed, said.problems], [2, 0, 1, []]);
	assert.deepEqual(said.rows.items.map((one) => one.change), ['added', 'added', 'changed']);
	assert.match(said.rows.items[2].line_before, /0399-0000301$/);
	assert.match(said.rows.items[2].line_after, /0399-0000302$/);
	assert.equal(await listed('T1'), undefined, 'a preview stores nothing');
	const before = (await acts()).length;
	const done = (await take([...lines, changed].join('\n'), { expected_version: version })).json;
	assert.deepEqual(done, { version: version + 1, added: 2, changed: 1 });
	assert.equal((await shown('T1')).parent, 'T0');
	assert.equal((await shown('TWICE')).phone, '0399-0000302');
	assert.equal((await shown('SZJ')).disabled, false, 'who is not in it stays');
	const news = (await acts()).slice(0, -before || undefined);
	assert.ok(news.some((one) => one.code === 'T1' && one.reason === '编办文件'), JSON.stringify(news.slice(0, 3)));
	assert.equal((await acts()).length, before + 3, 'each has an act of its own');
	assert.equal((await take(lines[0], { expected_version: version }, 409)).json.code, 'version_moved');
});

test('one wrong line and nothing of a table is taken; each is named with its number', async () => {
	const { version } = await table();
	const text = ['U1\t乙镇\tYi\tYHQ\tstreet\tstreets\t1', 'U2\t丙镇\tBing\tNOBODY\tstreet\tstreets\t1',
		'U3\t丁镇\tDing\tU4\tstreet\tstreets\t1', 'U4\t戊镇\tWu\tU3\tstreet\tstreets\t1',
		'U5\t己镇\tJi\tYHQ\tvillage\tstreets\t1', 'CGJ\t城市管理局\tUrban\tYHQ\tbureau\tenforcement\t0'].join('\n');
	const answer = await take(text, {}, 422);
	const said = answer.json.errors.map((one) => one.detail);
	for (const [line, pattern] of [[2, /U2, parent/], [3, /U3, parent/], [4, /U4, parent/], [5, /kind/], [6, /CGJ, takes_tasks/]])
		assert.ok(said.some((one) => one.startsWith(`Line ${line}: `) && pattern.test(one)), `${line}: ${said.join(' | ')}`);
	assert.equal((await tried(text)).problems.length, said.length, 'the preview had said so');
	assert.deepEqual([await listed('U1'), (await table()).version], [undefined, version]);
});

test('the command adds by the same rules', async () => {
	assert.match(server.command(['department', 'add', 'SZJ', '重复'], { expect: 1 }).stderr, /SZJ was not added.*code/);
	assert.match(server.command(['department', 'add', 'KMD', '命令局', 'NOBODY'], { expect: 1 }).stderr, /no such department/);
	server.command(['department', 'add', 'KMD', '命令局', 'YHQ'], { expect: 0 });
	assert.equal((await shown('KMD')).kind, 'bureau');
	assert.equal((await acts()).find((one) => one.code === 'KMD').by, null);
});

endsCleanly(server);
