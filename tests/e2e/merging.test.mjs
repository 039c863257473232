/*
 * Merging: several callers, one matter. It links and nothing else, is undone in one action
 * with everything as it was, and swallows nobody.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, moveTo, ms, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, ofType, register, rowOf, sign,
	taskNow, visit } from './lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };

const server = await startServer({ clock: MONDAY });
const operator = server.as('operator');
const dispatcher = server.as('dispatcher');
const cgj = server.department('CGJ');
const where = rowOf(server, 'CGJ');

const merge = (child, into, expect = 200, client = operator) =>
	client.post(`/appeals/${child.id}/merge`, { into: into.id ?? into }, { expect });
const unmerge = (child, expect = 200, client = operator, body = { reason: '不是同一件事' }) =>
	client.post(`/appeals/${child.id}/unmerge`, body, { expect });
const step = (client, task, action, body) =>
	client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 });
const dispatch = (appeal, body) => dispatcher.post(`/appeals/${appeal.id}/dispatch`,
	{ department: 'CGJ', assist: [], advice: '', ...body }, { expect: 200 });
const pair = async () => [await register(server, where), await register(server, where)];
const but = (object, ...names) => Object.fromEntries(Object.entries(object)
	.filter(([name]) => !names.includes(name)));
const rows = () => sql(server, `SELECT (SELECT COUNT(*) FROM merges_merge),
	(SELECT COUNT(*) FROM merges_task)`)[0].map(Number);

/* ---- merge ---- */

test('accepted, merge: the appeal becomes the child of the other', async () => {
	const [parent, child] = [await register(server, UNROUTED), await register(server, UNROUTED)];
	const done = (await merge(child, parent)).json;
	assert.deepEqual([done.state, done.merged_into, done.tasks], ['merged', parent.id, []]);
	const events = await eventsOf(server, child.id);
	assert.deepEqual(events.map((one) => one.type), ['appeal.received', 'appeal.merged']);
	assert.deepEqual(events[1].data, { into: parent.id });
	const theirs = await eventsOf(server, parent.id);
	assert.deepEqual(theirs.map((one) => one.type), ['appeal.received', 'appeal.joined']);
	assert.deepEqual(theirs[1].data, { child: child.id });
	assert.equal((await appealNow(server, parent.id)).state, 'accepted');
	await unmerge(child);
});

test('dispatched, merge: open tasks leave, the parent\'s work is not touched', async () => {
	const [parent, child] = await pair();
	await sign(server, leadOf(parent));
	const was = (await appealNow(server, parent.id)).tasks;
	const done = (await merge(child, parent)).json;
	assert.deepEqual([done.state, leadOf(done).state], ['merged', 'withdrawn']);
	assert.deepEqual((await appealNow(server, parent.id)).tasks, was);
	const events = await eventsOf(server, child.id);
	assert.deepEqual(events.slice(2).map((one) => [one.type, one.task]),
		[['task.withdrawn', leadOf(child).id], ['appeal.merged', null]]);
	assert.equal(ofType(await eventsOf(server, parent.id), 'task.withdrawn').length, 0);
	const [[left_by]] = sql(server, `SELECT left_by FROM tasks_task WHERE state = 11
		ORDER BY id DESC LIMIT 1`);
	assert.equal(left_by, '3', 'merged: out of every base');
});

test('every merged caller keeps number, identity, events and visit wish', async () => {
	const [parent] = await pair();
	const child = await register(server, where,
		{ caller: { name: '钱二', phone: '13922220001', visit_wanted: true } });
	await merge(child, parent);
	const now = await appealNow(server, child.id);
	assert.deepEqual(but(now, 'state', 'version', 'merged_into', 'tasks'),
		but(child, 'state', 'version', 'merged_into', 'tasks'));
	const found = await operator.post('/appeals/search', { phone: '13922220001' },
		{ expect: 200 });
	assert.deepEqual(found.json.items.map((one) => one.id), [child.id]);
	const clear = await operator.post(`/appeals/${child.id}/reveal`,
		{ fields: ['phone'], purpose: '回访' }, { expect: 200 });
	assert.equal(clear.json.phone, '13922220001');
});

test('the centre lists who was merged into an appeal, page by page', async () => {
	const [parent] = await pair();
	const children = [];
	for (let i = 0; i < 3; i++) {
		children.push(await register(server, where));
		await merge(children[i], parent);
	}
	for (const role of ['operator', 'dispatcher', 'visitor', 'auditor']) {
		const list = await server.as(role).all(`/appeals/${parent.id}/merged`, 2);
		assert.deepEqual(list.map((one) => one.id), children.map((one) => one.id));
	}
	assert.deepEqual(await operator.all(`/appeals/${children[0].id}/merged`), []);
	await cgj.get(`/appeals/${parent.id}/merged`, { expect: 403 });
	await server.as('admin').get(`/appeals/${parent.id}/merged`, { expect: 403 });
	await operator.get('/appeals/LD990101000001/merged', { expect: 404 });
});

test('a child\'s department sees its task withdrawn and nothing of the parent', async () => {
	const parent = await register(server, rowOf(server, 'JTJ'));
	const child = await register(server, where);
	await merge(child, parent);
	for (const path of [`/appeals/${child.id}`, `/appeals/${child.id}/events`,
		`/tasks/${leadOf(child).id}`, '/appeals?limit=200', '/tasks?limit=200'])
		assert.ok(!(await cgj.get(path, { expect: 200 })).text.includes(parent.id), path);
	await cgj.get(`/appeals/${parent.id}`, { expect: 404 });
	const theirs = await server.department('JTJ').get(`/appeals/${parent.id}/events`,
		{ expect: 200 });
	assert.ok(!theirs.text.includes(child.id), 'nor the parent\'s of the child');
	await server.department('JTJ').get(`/appeals/${child.id}`, { expect: 404 });
});

/* ---- what is not merged ---- */

test('nothing is merged into itself, into a merged, withdrawn, refused or transferred one',
	async () => {
		const ends = {
			merged: async (appeal) => merge(appeal, await register(server, UNROUTED)),
			withdrawn: (appeal) => operator.post(`/appeals/${appeal.id}/withdraw`,
				{ reason: '不要了', confirmed_by: 'form' }, { expect: 200 }),
			refused: (appeal) => operator.post(`/appeals/${appeal.id}/refuse`,
				{ reason: 'petition', told: '请向信访机构查询' }, { expect: 200 }),
			transferred: async (appeal) => {
				await operator.post(`/appeals/${appeal.id}/transfer`,
					{ to: '110', reason: '打架' }, { expect: 200 });
				await operator.post(`/appeals/${appeal.id}/transfer/acknowledge`,
					{ by: '王警官' }, { expect: 200 });
			},
		};
		const child = await register(server, where);
		for (const [state, end] of Object.entries(ends)) {
			const into = await register(server, UNROUTED);
			await end(into);
			assert.equal((await appealNow(server, into.id)).state, state);
			const answer = await merge(child, into, 409);
			assert.equal(answer.json.code, 'not_mergeable', state);
			assert.ok(answer.json.allowed.includes('merge'), 'into another it is possible');
		}
		assert.equal((await merge(child, child, 409)).json.code, 'not_mergeable');
		assert.deepEqual(await appealNow(server, child.id), child);
	});

test('an appeal that has merged ones is no child: there are no chains', async () => {
	const [first, second] = await pair();
	const third = await register(server, where);
	await merge(second, first);
	assert.equal((await merge(first, third, 409)).json.code, 'has_merged');
	assert.equal((await merge(third, second, 409)).json.code, 'not_mergeable');
	assert.equal((await appealNow(server, first.id)).state, 'dispatched');
	await unmerge(second);
	await merge(first, third);
});

test('what is closed is a target, and no child', async () => {
	const [parent, child] = await pair();
	await close(server, leadOf(parent));
	const answer = await merge(parent, child, 409);
	assert.deepEqual([answer.json.code, answer.json.allowed], ['illegal_step', ['withdraw']]);
	assert.equal((await merge(child, parent)).json.state, 'merged');
	assert.equal((await appealNow(server, parent.id)).state, 'closed');
});

test('nobody is merged into the work of the department complained about', async () => {
	const parent = await register(server, where);
	const child = await register(server, where, { accused: { department: 'CGJ' } });
	assert.equal((await merge(child, parent, 409)).json.code, 'recused');
	assert.equal((await appealNow(server, child.id)).state, 'accepted');
});

test('an unknown target is named as such', async () => {
	const child = await register(server, where);
	for (const into of ['LD990101000001', 'nonsense'])
		assert.deepEqual((await merge(child, into, 422)).json.errors
			.map((one) => [one.pointer, one.code]), [['#/into', 'unknown_appeal']]);
	await operator.post(`/appeals/${child.id}/merge`, {}, { expect: 422 });
	await operator.post(`/appeals/${child.id}/merge`, { into: null }, { expect: 422 });
	assert.deepEqual(await appealNow(server, child.id), child);
});

test('only an operator merges and unmerges', async () => {
	const [parent, child] = await pair();
	for (const client of [cgj, server.as('intake', { channel: '110' }), ...['dispatcher',
		'reviewer', 'visitor', 'supervisor', 'leader', 'auditor', 'admin']
		.map((role) => server.as(role))]) {
		await merge(child, parent, 403, client);
		await unmerge(child, 403, client);
	}
	assert.deepEqual(await appealNow(server, child.id), child);
	await operator.post(`/appeals/${child.id}/merge`, { into: parent.id },
		{ etag: '"a-77"', expect: 412 });
});

/* ---- unmerge ---- */

/* What a task may be doing when its appeal is merged. */
const doing = {
	awaiting_sign: () => {},
	in_hand: (task) => sign(server, task),
	return_requested: async (task) => step(cgj, task, 'return',
		{ reason: 'not_my_duty', basis: '三定方案第三条', propose: 'JTJ' }),
	paused: async (task) => {
		await sign(server, task);
		await step(dispatcher, task, 'pause', { ground: 'caller_material', until: '2026-06-01' });
	},
	on_account: async (task) => {
		await sign(server, task);
		await step(dispatcher, task, 'account',
			{ plan: '列入年度改造计划', review_on: '2026-06-01' });
	},
	review_pending: async (task) => {
		await sign(server, task);
		await contact(server, task);
		await complete(server, task, { result: 'explained', legal_basis: '某条例第一条' });
	},
	'in_hand with an extension asked for': async (task) => {
		await sign(server, task);
		await step(cgj, task, 'extend', { days: 2, reason: '等配件', caller_informed: true });
	},
	'in_hand with a refused return': async (task) => {
		await sign(server, task);
		await step(cgj, task, 'return',
			{ reason: 'not_my_duty', basis: '三定方案第三条', propose: 'JTJ' });
		await step(server.as('supervisor'), task, 'return/refuse', { reason: '属于贵局' });
	},
	'in_hand in the second round': async (task) => {
		await close(server, task);
		await visit(server, task, 'dissatisfied', { reason: 'result' });
	},
	'in_hand and urged': async (task) => {
		await sign(server, task);
		await step(dispatcher, task, 'urge', {});
	},
};
for (const [name, reach] of Object.entries(doing))
	test(`${name}: unmerged, the task is what it was to the last field`, async () => {
		const parent = await register(server, where);
		const child = await register(server, where);
		await reach(leadOf(child));
		const task = await taskNow(server, leadOf(child));
		const appeal = await appealNow(server, child.id);
		await merge(child, parent);
		assert.equal((await taskNow(server, task)).state, 'withdrawn');
		const count = (await eventsOf(server, child.id)).length;
		const done = (await unmerge(child)).json;
		const restored = await taskNow(server, task);
		assert.deepEqual(but(restored, 'version'), but(task, 'version'));
		assert.equal(restored.version, task.version + 2);
		assert.deepEqual(but(done, 'version', 'tasks'), but(appeal, 'version', 'tasks'));
		const events = (await eventsOf(server, child.id)).slice(count);
		assert.deepEqual(events.map((one) => [one.type, one.task]),
			[['task.restored', task.id], ['appeal.unmerged', null]]);
		assert.deepEqual(events[1].data, { from: parent.id, reason: '不是同一件事' });
		const last = (await eventsOf(server, parent.id)).at(-1);
		assert.deepEqual([last.type, last.data],
			['appeal.parted', { child: child.id, reason: '不是同一件事' }]);
	});

test('unmerged, lead and assists are back while a closed assist never left', async () => {
	const parent = await register(server, where);
	const child = (await dispatch(await register(server, UNROUTED),
		{ assist: ['GAJ', 'BHJD'] })).json;
	await close(server, child.tasks[1]);
	const was = (await appealNow(server, child.id)).tasks;
	await merge(child, parent);
	assert.deepEqual((await appealNow(server, child.id)).tasks.map((task) => task.state),
		['withdrawn', 'closed', 'withdrawn']);
	const done = (await unmerge(child)).json;
	assert.deepEqual(done.tasks.map((task) => but(task, 'version')),
		was.map((task) => but(task, 'version')));
});

test('an unmerged appeal can be merged again, and leaves no row behind', async () => {
	const [parent, child] = await pair();
	const [merges, tasks] = rows();
	for (let i = 0; i < 3; i++) {
		await merge(child, parent);
		assert.deepEqual(rows(), [merges + 1, tasks + 1]);
		await unmerge(child);
		assert.deepEqual(rows(), [merges, tasks]);
	}
	await sign(server, leadOf(child));
});

test('what is not merged is not unmerged, and an unmerging has a reason', async () => {
	const [parent, child] = await pair();
	assert.equal((await unmerge(child, 409)).json.code, 'illegal_step');
	await merge(child, parent);
	await unmerge(child, 422, operator, {});
	assert.deepEqual((await merge(child, parent, 409)).json.allowed, ['unmerge']);
	assert.equal((await appealNow(server, child.id)).state, 'merged');
});

/* ---- at once ---- */

test('two merges that cross end in one merged and one refused, never in a ring', async () => {
	for (let i = 0; i < 8; i++) {
		const [one, two] = await pair();
		const answers = await Promise.all([merge(one, two, [200, 409]),
			merge(two, one, [200, 409])]);
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
		const states = await Promise.all([one, two].map(async (appeal) =>
			(await appealNow(server, appeal.id)).state));
		assert.deepEqual(states.sort(), ['dispatched', 'merged']);
	}
});

test('a merge into an appeal that becomes a child at the same moment makes no chain',
	async () => {
		for (let i = 0; i < 8; i++) {
			const [one, two] = await pair();
			const three = await register(server, where);
			const answers = await Promise.all([merge(one, two, [200, 409]),
				merge(two, three, [200, 409])]);
			assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
		}
		assert.deepEqual(sql(server, `SELECT COUNT(*) FROM merges_merge one
			JOIN merges_merge two ON two.child_id = one.parent_id`), [['0']]);
	});

test('many children join one parent at once, each with its event', async () => {
	const parent = await register(server, where);
	const children = [];
	for (let i = 0; i < 6; i++)
		children.push(await register(server, where));
	await Promise.all(children.map((child) => merge(child, parent)));
	const events = await eventsOf(server, parent.id);
	assert.deepEqual(ofType(events, 'appeal.joined').map((one) => one.data.child).sort(),
		children.map((child) => child.id).sort());
	assert.deepEqual(events.map((one) => one.seq), events.map((_, i) => i + 1));
});

test('a merge and a signature at once end in one order; unmerged, the signature stands',
	async () => {
		for (let i = 0; i < 5; i++) {
			const [parent, child] = await pair();
			const [signed] = await Promise.all([
				cgj.post(`/tasks/${leadOf(child).id}/sign`, {}, { expect: [200, 409] }),
				merge(child, parent),
			]);
			assert.equal((await taskNow(server, leadOf(child))).state, 'withdrawn');
			await unmerge(child);
			assert.equal((await taskNow(server, leadOf(child))).state,
				signed.status === 200 ? 'in_hand' : 'awaiting_sign');
		}
	});

/* ---- deadlines; these move the clock ---- */

test('a pause that runs out while merged ends at its own moment, as its twin\'s did', async () => {
	const [parent, child] = await pair();
	const twin = await register(server, where);
	for (const task of [leadOf(child), leadOf(twin)]) {
		await sign(server, task);
		await step(dispatcher, task, 'pause', { ground: 'caller_material', until: '2026-03-04' });
	}
	await merge(child, parent);
	await moveTo(server, '2026-03-05 09:00');
	assert.equal(ofType(await eventsOf(server, child.id), 'task.resumed').length, 0);
	await unmerge(child);
	await moveTo(server, '2026-03-05 09:01');
	const [ours, theirs] = await Promise.all([child, twin].map(async (appeal) =>
		ofType(await eventsOf(server, appeal.id), 'task.resumed')));
	assert.deepEqual(ours.map((one) => one.at), theirs.map((one) => one.at));
	const [back, other] = await Promise.all([child, twin].map(async (appeal) =>
		taskNow(server, leadOf(appeal))));
	assert.deepEqual([back.state, back.held_since, back.due],
		['in_hand', null, other.due]);
});

test('while merged nothing falls due; unmerged, it falls due at its own moment', async () => {
	const [parent, child] = await pair();
	const late = await register(server, where);
	await merge(child, parent);
	const events = await eventsOf(server, child.id);
	await moveTo(server, '2026-03-16 10:00');
	assert.deepEqual(await eventsOf(server, child.id), events);
	assert.ok(ofType(await eventsOf(server, late.id), 'task.overdue').length > 0);

	await unmerge(child);
	const back = await taskNow(server, leadOf(child));
	assert.equal(back.due, leadOf(child).due);
	await moveTo(server, new Date(ms(await now(server)) + 2000).toISOString());
	const marks = ofType(await eventsOf(server, child.id), 'task.overdue');
	const theirs = ofType(await eventsOf(server, late.id), 'task.overdue');
	assert.deepEqual(marks.map((one) => [one.data.limit, one.at]),
		theirs.map((one) => [one.data.limit, one.at]), 'as if it had never been merged');
	const done = marks.find((one) => one.data.limit === 'done');
	assertSameTime(done.at, new Date(ms(back.due) + 1000).toISOString());
	assert.ok(ms(done.recorded_at) > ms(done.at), 'made up for, and said so');
});

test('unmerged before its due, a task is warned and overdue once, in time', async () => {
	const [parent, child] = await pair();
	await merge(child, parent);
	await moveTo(server, '2026-03-18 09:00');
	await unmerge(child);
	await moveTo(server, '2026-04-10 09:00');
	const done = ofType(await eventsOf(server, child.id), 'task.overdue')
		.filter((one) => one.data.limit === 'done');
	assert.equal(done.length, 1);
	assertSameTime(done[0].at, new Date(ms(leadOf(child).due) + 1000).toISOString());
});

endsCleanly(server);
