/*
 * Two levels of supervision: a unit's own supervisor sees and drives the tree below it and
 * nothing else; the upper level sees all, and what the lower one has left undone.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, eventsOf, leadOf, register, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const supervisor = server.as('supervisor');
const below = await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ');
const CANARY = { name: '金丝雀', phone: '13899990000' };

/* SZZX stands below CGJ, JTJ beside it. */
const given = async (department, changes = {}) =>
	leadOf(await register(server, rowOf(server, department), changes));
const own = await given('CGJ');
const child = await given('SZZX');
const other = await given('JTJ');

test('a supervisor of a unit lists the tasks of its tree in order of due, page by page', async () => {
	const list = await below.all('/tasks', 1);
	assert.deepEqual(list.map((one) => one.id).sort(), [own.id, child.id].sort());
	const dues = list.map((one) => Date.parse(one.due));
	assert.deepEqual(dues, [...dues].sort((a, b) => a - b));
	assert.deepEqual((await below.all('/tasks?department=SZZX')).map((one) => one.id),
		[child.id]);
	assert.deepEqual(await below.all('/tasks?department=JTJ'), []);
	const all = (await supervisor.all('/tasks')).map((one) => one.id);
	for (const task of [own, child, other])
		assert.ok(all.includes(task.id), 'the district sees all');
});

test('it reads and drives what stands below it; the rest is not there', async () => {
	for (const task of [own, child]) {
		await below.get(`/tasks/${task.id}`, { expect: 200 });
		await below.get(`/appeals/${task.appeal}`, { expect: 200 });
		await below.post(`/tasks/${task.id}/urge`, { note: '请抓紧' }, { expect: 200 });
		await below.post(`/tasks/${task.id}/supervise`, { demand: '三日内修复',
			due: '2026-03-05' }, { expect: 200 });
		const urged = (await eventsOf(server, task.appeal))
			.find((one) => one.type === 'task.urged');
		assert.equal(urged.by.name, 'supervisor-CGJ');
	}
	const before = await eventsOf(server, other.appeal);
	for (const path of [`/tasks/${other.id}`, `/appeals/${other.appeal}`,
		`/appeals/${other.appeal}/events`, `/tasks/${other.id}/ticket.pdf`])
		await below.get(path, { expect: 404 });
	for (const [step, body] of [['urge', {}], ['supervise', { demand: 'x', due: '2026-03-05' }],
		['escalate', { reason: 'x' }]])
		await below.post(`/tasks/${other.id}/${step}`, body, { expect: 404 });
	assert.deepEqual(await eventsOf(server, other.appeal), before);
});

test('what is decided for the whole is not its to decide', async () => {
	for (const [step, body] of [['ruling', { department: 'JTJ', basis: 'x' }],
		['exclude', { ground: 'G4', evidence: 'x' }], ['redo', { reason: 'x' }]]) {
		const answer = await below.post(`/tasks/${own.id}/${step}`, body, { expect: 403 });
		assert.equal(answer.json.code, 'own_unit_only');
	}
	for (const path of ['/appeals', '/reports/2026-03/objections', '/levels', '/visits', '/returns',
		'/exclusions'])
		assert.equal((await below.get(path, { expect: 403 })).json.code, 'own_unit_only', path);
});

test('of a report it sees what the department itself sees, and no case of another', async () => {
	const figures = (await below.get('/reports/2026-03', { expect: 200 })).json;
	const theirs = (await server.department('CGJ').get('/reports/2026-03', { expect: 200 })).json;
	assert.deepEqual(figures, theirs);
	assert.ok(!JSON.stringify(figures).includes('JTJ'));
	await below.get('/reports/2026-03/tasks?measure=overdue_stock&part=num&department=JTJ',
		{ expect: 404 });
	for (const { task } of await below.all('/reports/2026-03/tasks?measure=completion&part=den'))
		await below.get(`/tasks/${task}`, { expect: 200 });
});

test('of a shared appeal it sees its own tasks, their events and no others', async () => {
	const lead = await sign(server, await given('JTJ'));
	await server.department('JTJ').post(`/tasks/${lead.id}/assist`, { departments: ['CGJ'] },
		{ expect: 200 });
	await supervisor.post(`/tasks/${lead.id}/urge`, { note: '主办催办' }, { expect: 200 });
	const seen = (await below.get(`/appeals/${lead.appeal}`, { expect: 200 })).json;
	assert.deepEqual(seen.tasks.map((one) => one.department), ['CGJ']);
	await below.get(`/tasks/${lead.id}`, { expect: 404 });
	const events = await below.all(`/appeals/${lead.appeal}/events`);
	assert.ok(events.length > 1);
	for (const event of events)
		assert.ok(event.task === null || event.task === seen.tasks[0].id, event.type);
	assert.ok(!JSON.stringify(events).includes('主办催办'));
});

test('a secret caller is nobody to it, and who complains about the unit is not told of', async () => {
	const secret = await given('CGJ', { caller: { ...CANARY, secret: true } });
	for (const path of [`/appeals/${secret.appeal}`, `/tasks/${secret.id}`,
		`/appeals/${secret.appeal}/events`, '/tasks']) {
		const { text } = await below.get(path, { expect: 200 });
		assert.ok(!text.includes('金') && !text.includes('9999') && !text.includes('0000"'),
			path);
	}
	assert.equal((await supervisor.get(`/appeals/${secret.appeal}`)).json.caller.name, '金**');
	const accused = (await server.as('operator').register(anAppeal(rowOf(server, 'JTJ'),
		{ accused: { department: 'CGJ', person: null } }), { expect: 201 })).json;
	await below.get(`/appeals/${accused.id}`, { expect: 404 });
	const theirs = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'JTJ', person: null } });
	assert.equal((await below.get(`/appeals/${theirs.id}`, { expect: 200 })).json.accused, null);
	await below.get(`/appeals/${theirs.id}/enterprise-findings`, { expect: 403 });
});

test('the upper level sees overdue tasks that nobody below touched, and opens the figure', async () => {
	const untouched = await given('SZZX');
	const beside = await given('JTJ');
	const shown = async () => {
		const { items } = (await supervisor.get('/levels', { expect: 200 })).json;
		assert.deepEqual(items.map((one) => one.unit), ['CGJ']);
		const tasks = await supervisor.all('/levels/CGJ/tasks', 1);
		assert.equal(items[0].overdue_untouched, tasks.length);
		return tasks.map((one) => one.task);
	};
	assert.deepEqual(await shown(), []);
	await moveTo(server, '2026-04-20 09:00');
	const undone = await shown();
	assert.ok(undone.includes(untouched.id));
	assert.ok(!undone.includes(own.id), 'it was urged');
	assert.ok(!undone.includes(beside.id), 'it stands beside the unit');
	await below.post(`/tasks/${untouched.id}/urge`, {}, { expect: 200 });
	assert.deepEqual(await shown(), undone.filter((one) => one !== untouched.id));
	await supervisor.get('/levels/NONE/tasks', { expect: 404 });
});

test('an objection of the unit without an answer is shown until it has one', async () => {
	await moveTo(server, '2026-05-02 09:00');
	await supervisor.post('/reports/2026-04/preview', {}, { expect: 200 });
	const made = (await server.department('CGJ').post('/reports/2026-04/objections',
		{ task: own.id, measure: null, text: '应予核减' }, { expect: 200 })).json;
	const open = async () => (await supervisor.get('/levels', { expect: 200 })).json.items[0]
		.objections_unanswered.map((one) => `${one.month} ${one.n} ${one.department}`);
	assert.deepEqual(await open(), [`2026-04 ${made.n} CGJ`]);
	await supervisor.post(`/reports/2026-04/objections/${made.n}/answer`,
		{ accepted: false, answer: '不予核减' }, { expect: 200 });
	assert.deepEqual(await open(), []);
});

test('a supervisor of a unit that is none is not added', () => {
	const done = server.command(['key', 'add', 'nobody', 'supervisor', 'NOSUCH'], { expect: 1 });
	assert.match(done.stderr, /^department: There is no such department/m);
	assert.equal(done.stdout, '');
});

endsCleanly(server);
