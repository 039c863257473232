/*
 * A task goes back: asked for, accepted, refused, disputed, ruled on. Rows of the table of
 * transitions stand at the head of the tests' names. The clock is at Monday morning until the
 * tests of the window move it.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, moveTo } from './lib/clock.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow }
	from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const dispatcher = server.as('dispatcher');
const other = await server.signedIn('dispatcher');	/* another person of the same role */
const supervisor = server.as('supervisor');
const where = rowOf(server, 'CGJ');
const NOT_MINE = { reason: 'not_my_duty', basis: '三定方案第四条', propose: null };

/* Pairs that the shipped catalogue leaves to people, each used once: rulings change it. */
let places = 0;
function place() {
	const area = `A0${1 + (places >> 2) % 9}`;
	return { category: `16010${1 + places++ % 4}`, area };
}

const department = (task) => server.department(task.department);
const post = (client, task, action, body, expect = 200) =>
	client.post(`/tasks/${task.id}/${action}`, body, { expect });
const giveBack = async (task, changes = {}) => (await post(department(task), task, 'return',
	{ ...NOT_MINE, ...changes })).json;
const accept = async (client, task, body = {}, expect = 200) =>
	(await post(client, task, 'return/accept', body, expect)).json;
const refuse = async (client, task, body = { reason: '属于你单位职责' }, expect = 200) =>
	(await post(client, task, 'return/refuse', body, expect)).json;
const fresh = async (changes) => leadOf(await register(server, where, changes));
const tasksOf = async (task) => (await appealNow(server, task.appeal)).tasks;
const newest = async (task) => (await tasksOf(task)).at(-1);
const returnsOf = async (task, state) => (await supervisor.all(`/returns?state=${state}`))
	.filter((one) => one.task.id === task.id);

async function byHand(department_, changes = {}, at = place()) {
	const appeal = await register(server, at, changes);
	const answer = await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ department: department_ }, { expect: 200 });
	return { ...leadOf(answer.json), place: at };
}

/* What must be as it was after a refusal. */
async function assertUnmoved(task, action) {
	const before = [await taskNow(server, task), await appealNow(server, task.appeal),
		await eventsOf(server, task.appeal)];
	const answer = await action();
	assert.deepEqual([await taskNow(server, task), await appealNow(server, task.appeal),
		await eventsOf(server, task.appeal)], before);
	return answer;
}

async function catalogueRow({ category, area }) {
	const answer = (await supervisor.get('/catalogue', { expect: 200 })).json;
	const rows = answer.rows ?? answer.items;
	return { version: answer.version,
		row: rows.find((one) => one.category === category && one.area === area) };
}

/* ---- asking ---- */

for (const state of ['awaiting_sign', 'in_hand'])
	test(`request return: from ${state}, and the department's clock runs on`, async () => {
		const task = await fresh();
		const before = state === 'in_hand' ? await sign(server, task) : task;
		const after = await giveBack(task, { propose: 'JTJ' });
		assert.deepEqual([before.state, after.state], [state, 'return_requested']);
		assert.equal(after.return_standing, 'asked');
		for (const due of ['sign_due', 'contact_due', 'due', 'original_due'])
			assert.equal(after[due], before[due], due);
		const events = ofType(await eventsOf(server, task.appeal), 'task.return_requested');
		assert.deepEqual(events.map((event) => [event.task, event.data]),
			[[task.id, { reason: 'not_my_duty', basis: '三定方案第四条', propose: 'JTJ' }]]);
		const [row, ...more] = await returnsOf(task, 'open');
		assert.deepEqual(more, []);
		assert.deepEqual([row.n, row.dispute, row.reason, row.basis, row.propose],
			[1, false, 'not_my_duty', '三定方案第四条', 'JTJ']);
		assert.deepEqual([row.decision, row.ruling, row.decided_at], [null, false, null]);
		assert.equal(row.task.state, 'return_requested');
		assert.ok(row.reason_name && row.asked_by);
	});

test('a return needs a ground of the list, a basis and a department that takes tasks',
	async () => {
		const task = await fresh();
		for (const [changes, pointer] of [[{ reason: 'too_busy' }, '#/reason'],
			[{ reason: undefined }, '#/reason'], [{ basis: ' ' }, '#/basis'],
			[{ basis: undefined }, '#/basis'], [{ basis: '条'.repeat(501) }, '#/basis'],
			[{ propose: 'NOPE' }, '#/propose'], [{ propose: 'YHQ' }, '#/propose'],
			[{ propose: 'CGJ' }, '#/propose']]) {
			const answer = await assertUnmoved(task, () => post(department(task), task,
				'return', { ...NOT_MINE, ...changes }, 422));
			assert.deepEqual(answer.json.errors.map((one) => one.pointer), [pointer]);
		}
		const all = await post(department(task), task, 'return',
			{ reason: 'too_busy', propose: 'NOPE' }, 422);
		assert.deepEqual(all.json.errors.map((one) => one.pointer).sort(),
			['#/basis', '#/propose', '#/reason'], 'all complaints at once');
		assert.deepEqual(await returnsOf(task, 'open'), []);
	});

test('a return is asked for once at a time, and not of what is closed', async () => {
	const task = await fresh();
	await giveBack(task);
	const twice = await assertUnmoved(task, () =>
		post(department(task), task, 'return', NOT_MINE, 409));
	assert.equal(twice.json.code, 'illegal_step');
	assert.deepEqual(twice.json.allowed.filter((one) => /return|ruling|dispute/.test(one)),
		['return/accept', 'return/refuse', 'ruling']);
	const done = await fresh();
	await close(server, done);
	const late = await assertUnmoved(done, () =>
		post(department(done), done, 'return', NOT_MINE, 409));
	assert.ok(!late.json.allowed.includes('return'));
});

test('nobody but its department returns a task, and nobody but the centre decides', async () => {
	const task = await fresh();
	await post(server.department('JTJ'), task, 'return', NOT_MINE, 404);
	for (const role of ['dispatcher', 'supervisor', 'reviewer', 'operator'])
		await post(server.as(role), task, 'return', NOT_MINE, 403);
	await giveBack(task);
	for (const role of ['operator', 'reviewer', 'visitor', 'leader', 'auditor']) {
		await accept(server.as(role), task, {}, 403);
		await refuse(server.as(role), task, undefined, 403);
	}
	await accept(department(task), task, {}, 403);
	for (const role of ['dispatcher', 'leader'])
		await post(server.as(role), task, 'ruling', { department: 'JTJ', basis: '研究' },
			403);
});

/* ---- deciding ---- */

test('accept return: the task is void and the appeal waits for another department', async () => {
	const task = await fresh();
	await giveBack(task);
	const after = await accept(dispatcher, task);
	assert.equal(after.id, task.id);
	assert.deepEqual([after.state, after.left_at !== null], ['returned', true]);
	const appeal = await appealNow(server, task.appeal);
	assert.deepEqual([appeal.state, appeal.tasks.length], ['accepted', 1]);
	const events = await eventsOf(server, task.appeal);
	assert.deepEqual(events.map((event) => event.type), ['appeal.received', 'task.dispatched',
		'task.return_requested', 'task.return_accepted']);
	assert.deepEqual(events[3].data, { reason: null, redispatch_to: null, ruling: false });
	const [row] = await returnsOf(task, 'decided');
	assert.deepEqual([row.decision, row.ruling, row.redispatched_to],
		['accepted', false, null]);
	assert.deepEqual(await returnsOf(task, 'open'), []);
	const again = await assertUnmoved(task, () =>
		post(department(task), task, 'sign', {}, 409));
	assert.ok(!again.json.allowed.includes('sign'), 'void for its department');
});

test('refuse return: back in hand or awaiting signature, nothing was stopped', async () => {
	for (const is_signed of [false, true]) {
		const task = await fresh();
		const before = is_signed ? await sign(server, task) : task;
		await giveBack(task);
		await refuse(dispatcher, task, {}, 422);
		const after = await refuse(dispatcher, task);
		assert.equal(after.state, before.state);
		assert.equal(after.return_standing, 'refused');
		for (const due of ['sign_due', 'contact_due', 'due', 'original_due'])
			assert.equal(after[due], before[due], due);
		assert.equal((await appealNow(server, task.appeal)).state, 'dispatched');
		const events = ofType(await eventsOf(server, task.appeal), 'task.return_refused');
		assert.deepEqual(events.map((event) => event.data.reason), ['属于你单位职责']);
		assert.equal((await returnsOf(task, 'decided'))[0].decided_reason, '属于你单位职责');
	}
});

test('separation of duty: who dispatched by hand does not decide on that return', async () => {
	const task = await byHand('CGJ');
	await giveBack(task);
	for (const [action, body] of [['return/accept', {}], ['return/refuse', { reason: '不' }]]) {
		const answer = await assertUnmoved(task, () =>
			post(dispatcher, task, action, body, 403));
		assert.equal(answer.json.code, 'separation_of_duty');
	}
	assert.equal((await refuse(other, task)).state, 'awaiting_sign', 'somebody else may');
});

test('refusals come in one order: 401, 404, 403, 422, 412, 409, then who it is', async () => {
	const task = await byHand('CGJ');
	const path = `/tasks/${task.id}/return/accept`;
	const bad = { raw: '{"colour":1}', etag: '"stale"' };
	await server.anonymous().request('POST', path, { ...bad, expect: 401 });
	await dispatcher.request('POST', '/tasks/LD990101000001-1/return/accept',
		{ ...bad, expect: 404 });
	await department(task).request('POST', path, { ...bad, expect: 403 });
	await dispatcher.request('POST', path, { ...bad, expect: 422 });
	await dispatcher.post(path, {}, { etag: '"stale"', expect: 412 });
	assert.equal((await dispatcher.post(path, {}, { expect: 409 })).json.code, 'illegal_step');
	await giveBack(task);
	await dispatcher.post(path, {}, { expect: 403 });
});

test('two who decide at the same moment: one is heard, the other is told 409', async () => {
	for (const last of ['accept', 'refuse']) {
		const task = await fresh();
		await giveBack(task);
		const body = (action) => action === 'accept' ? {} : { reason: '不同意' };
		const hands = [dispatcher, supervisor, other];
		const answers = await Promise.all(hands.map((client, i) => {
			const action = i === 0 ? last : 'accept';
			return client.post(`/tasks/${task.id}/return/${action}`, body(action),
				{ expect: [200, 409] });
		}));
		assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
		const decided = (await eventsOf(server, task.appeal)).filter((event) =>
			/return_(accepted|refused)$/.test(event.type));
		assert.equal(decided.length, 1);
		assert.equal((await returnsOf(task, 'decided')).length, 1);
	}
});

test('a signature and the return of one task at the same moment lose nothing', async () => {
	const task = await fresh();
	const own = department(task);
	await Promise.all([own.post(`/tasks/${task.id}/sign`, {}, { expect: [200, 409] }),
		own.post(`/tasks/${task.id}/return`, NOT_MINE, { expect: 200 })]);
	const signed = ofType(await eventsOf(server, task.appeal), 'task.signed').length;
	assert.equal((await refuse(dispatcher, task)).state, signed ? 'in_hand' : 'awaiting_sign');
});

test('contractors do not judge: an outsourced dispatcher decides on no return', async () => {
	const contractor = await newKey(server, 'contractor-dispatch', 'dispatcher',
		'--outsourced');
	const task = await fresh();
	await giveBack(task);
	for (const action of ['return/accept', 'return/refuse']) {
		const answer = await assertUnmoved(task, () =>
			post(contractor, task, action, { reason: '不' }, 403));
		assert.equal(answer.json.code, 'outsourced');
	}
});

/* ---- the next department ---- */

test('accept return, to re-dispatch: the new lead has everything of its own', async () => {
	const task = await fresh();
	await giveBack(task, { propose: 'JTJ' });
	const before = await appealNow(server, task.appeal);
	const old = await accept(dispatcher, task, { redispatch_to: 'JTJ', reason: '建议采纳' });
	assert.deepEqual([old.id, old.state], [task.id, 'returned']);
	const appeal = await appealNow(server, task.appeal);
	assert.equal(appeal.state, 'dispatched');
	assert.deepEqual(appeal.tasks.map((one) => [one.department, one.role, one.state]),
		[['CGJ', 'lead', 'returned'], ['JTJ', 'lead', 'awaiting_sign']]);
	const next = appeal.tasks[1];
	assert.deepEqual([next.id, next.limit_class, next.round, next.return_standing],
		[`${task.appeal}-2`, task.limit_class, 1, null]);
	assert.deepEqual([appeal.received_at, appeal.first_due],
		[before.received_at, before.first_due], 'the caller\'s clock was not touched');
	const types = (await eventsOf(server, task.appeal)).map((event) => event.type);
	assert.deepEqual(types.slice(2),
		['task.return_requested', 'task.return_accepted', 'task.dispatched']);
	await post(server.department('JTJ'), next, 'sign', {});
	const [row] = await returnsOf(task, 'decided');
	assert.deepEqual([row.redispatched_to, row.decided_reason], ['JTJ', '建议采纳']);
});

test('the department that gave it back sees nothing of the next one', async () => {
	const task = await fresh();
	await giveBack(task);
	await accept(dispatcher, task, { redispatch_to: 'JTJ' });
	const next = await newest(task);
	const seen = (await department(task).get(`/appeals/${task.appeal}`, { expect: 200 })).json;
	assert.deepEqual(seen.tasks.map((one) => one.id), [task.id]);
	await department(task).get(`/tasks/${next.id}`, { expect: 404 });
});

test('re-dispatch goes to a known department that takes tasks', async () => {
	const task = await fresh();
	await giveBack(task);
	for (const redispatch_to of ['NOPE', 'YHQ'])
		await assertUnmoved(task, () => accept(dispatcher, task, { redispatch_to }, 422));
});

test('recusal: the accused department is neither proposed nor re-dispatched to nor ruled',
	async () => {
		const task = await fresh({ accused: { department: 'JTJ' } });
		const asked = await assertUnmoved(task, () => post(department(task), task, 'return',
			{ ...NOT_MINE, propose: 'JTJ' }, 409));
		assert.equal(asked.json.code, 'recused');
		await giveBack(task);
		for (const [client, action, body] of [
			[dispatcher, 'return/accept', { redispatch_to: 'JTJ' }],
			[supervisor, 'ruling', { department: 'JTJ', basis: '研究' }]]) {
			const answer = await assertUnmoved(task, () =>
				post(client, task, action, body, 409));
			assert.equal(answer.json.code, 'recused');
		}
		assert.equal((await returnsOf(task, 'open')).length, 1);
		await server.department('JTJ').get(`/tasks/${task.id}`, { expect: 404 });
		assert.ok(!(await server.department('JTJ').all('/returns'))
			.some((one) => one.task.appeal === task.appeal));
	});

test('grassroots guard: what is kept for departments goes to no street by a return', async () => {
	const task = leadOf(await register(server, { category: '020501', area: 'A01' }));
	await giveBack(task);
	for (const [client, action, body] of [
		[dispatcher, 'return/accept', { redispatch_to: 'BHJD' }],
		[supervisor, 'ruling', { department: 'BHJD', basis: '研究' }]]) {
		const answer = await assertUnmoved(task, () =>
			post(client, task, action, body, 409));
		assert.equal(answer.json.code, 'department_only');
	}
});

test('who gave it back does not get it again without a ruling', async () => {
	const task = await fresh();
	await giveBack(task);
	const same = await assertUnmoved(task, () =>
		accept(dispatcher, task, { redispatch_to: 'CGJ' }, 409));
	assert.equal(same.code, 'returned_before');
	await accept(dispatcher, task);
	const again = await assertUnmoved(task, async () => (await dispatcher.post(
		`/appeals/${task.appeal}/dispatch`, { department: 'CGJ' }, { expect: 409 })).json);
	assert.equal(again.code, 'returned_before');
	const third = await dispatcher.post(`/appeals/${task.appeal}/dispatch`,
		{ department: 'JTJ', assist: ['CGJ'] }, { expect: 409 });
	assert.equal(third.json.code, 'returned_before', 'nor as an assist');
	await dispatcher.post(`/appeals/${task.appeal}/dispatch`, { department: 'JTJ' },
		{ expect: 200 });
});

/* ---- rulings ---- */

test('duty ruling: the second accepted return is a supervisor\'s, and ends the quarrel',
	async () => {
		const first = await byHand('CGJ');
		await giveBack(first, { propose: 'JTJ' });
		await accept(other, first, { redispatch_to: 'JTJ' });
		const second = await newest(first);
		await giveBack(second, { propose: 'CGJ' });
		const denied = await assertUnmoved(second, () =>
			accept(dispatcher, second, {}, 403));
		assert.equal(denied.code, 'ruling_needed');
		const before = await catalogueRow(first.place);
		assert.equal(before.row, undefined);

		await accept(supervisor, second, { redispatch_to: 'CGJ', reason: '会商确定' });
		const ruled = await newest(first);
		assert.deepEqual([ruled.department, ruled.role, ruled.return_standing, ruled.state],
			['CGJ', 'lead', 'ruled', 'awaiting_sign']);
		const events = await eventsOf(server, first.appeal);
		const decided = ofType(events, 'task.return_accepted', second.id)[0];
		assert.equal(decided.data.ruling, true);
		const after = await catalogueRow(first.place);
		assert.equal(after.version, decided.data.catalogue_version);
		assert.ok(after.version > before.version);
		assert.deepEqual([after.row.department, after.row.basis],
			['CGJ', `指定承办 2026-03-02 ${first.appeal}`]);

		const back = await assertUnmoved(ruled, () =>
			post(department(ruled), ruled, 'return', NOT_MINE, 409));
		assert.equal(back.json.code, 'illegal_step');
		assert.ok(!back.json.allowed.some((one) => /return|dispute|ruling/.test(one)));
		const next = await register(server, first.place);
		assert.equal(leadOf(next).department, 'CGJ', 'the same quarrel happens once');
	});

test('after two accepted returns whoever leads may not return it, by whose hand ever',
	async () => {
		const first = await byHand('CGJ');
		await giveBack(first);
		await accept(other, first, { redispatch_to: 'JTJ' });
		const second = await newest(first);
		await giveBack(second);
		await accept(supervisor, second);
		const answer = await dispatcher.post(`/appeals/${first.appeal}/dispatch`,
			{ department: 'ZJJ' }, { expect: 200 });
		const third = answer.json.tasks.at(-1);
		assert.equal(third.return_standing, 'ruled');
		await post(department(third), third, 'return', NOT_MINE, 409);
	});

test('duty ruling: a refused dispute stays with its department, for good', async () => {
	const task = await byHand('CGJ');
	await giveBack(task, { propose: 'ZJJ' });
	await refuse(other, task);
	await post(department(task), task, 'dispute', {}, 422);
	const asked = (await post(department(task), task, 'dispute', { reason: '职责在住建' })).json;
	assert.deepEqual([asked.state, asked.return_standing], ['return_requested', 'disputed']);
	for (const action of ['return/accept', 'return/refuse']) {
		const denied = await assertUnmoved(task, () =>
			post(other, task, action, { reason: '不' }, 403));
		assert.equal(denied.json.code, 'ruling_needed');
	}
	const [open] = await returnsOf(task, 'open');
	assert.deepEqual([open.n, open.dispute, open.reason, open.basis, open.propose],
		[2, true, 'not_my_duty', '职责在住建', 'ZJJ']);

	const after = await refuse(supervisor, task, { reason: '职责明确' });
	assert.deepEqual([after.state, after.return_standing], ['awaiting_sign', 'ruled']);
	const refused = ofType(await eventsOf(server, task.appeal), 'task.return_refused');
	assert.deepEqual(refused.map((event) => event.data.ruling), [false, true]);
	const { row, version } = await catalogueRow(task.place);
	assert.equal(row.department, 'CGJ');
	assert.equal(version, refused[1].data.catalogue_version);
	assert.deepEqual((await returnsOf(task, 'decided')).map((one) => [one.n, one.decision,
		one.ruling]), [[2, 'refused', true], [1, 'refused', false]]);
	for (const [action, body] of [['return', NOT_MINE], ['dispute', { reason: '再议' }]])
		await assertUnmoved(task, () => post(department(task), task, action, body, 409));
});

test('duty ruling: an accepted dispute names who cannot return it', async () => {
	const task = await byHand('CGJ');
	await giveBack(task);
	await refuse(other, task);
	await post(department(task), task, 'dispute', { reason: '职责在住建' });
	await accept(supervisor, task, { redispatch_to: 'ZJJ' });
	const next = await newest(task);
	assert.deepEqual([next.department, next.return_standing], ['ZJJ', 'ruled']);
	assert.equal((await catalogueRow(task.place)).row.department, 'ZJJ');
	await post(department(next), next, 'return', NOT_MINE, 409);
});

test('only a lead disputes, and only a refusal', async () => {
	const task = await fresh();
	const dispute = () => post(department(task), task, 'dispute', { reason: '不' }, 409);
	await assertUnmoved(task, dispute);
	await giveBack(task);
	await assertUnmoved(task, dispute);
});

for (const state of ['awaiting_sign', 'in_hand', 'return_requested'])
	test(`duty ruling: from ${state} to another department at once`, async () => {
		const task = await byHand('CGJ');
		if (state === 'in_hand')
			await sign(server, task);
		if (state === 'return_requested')
			await giveBack(task);
		const body = { department: 'ZJJ', basis: '权责清单第三项' };
		await post(supervisor, task, 'ruling', { department: 'ZJJ' }, 422);
		await post(supervisor, task, 'ruling', { ...body, department: 'NOPE' }, 422);
		const old = (await post(supervisor, task, 'ruling', body)).json;
		assert.deepEqual([old.id, old.state], [task.id, 'returned']);
		const next = await newest(task);
		assert.deepEqual([next.department, next.state, next.return_standing],
			['ZJJ', 'awaiting_sign', 'ruled']);
		const events = (await eventsOf(server, task.appeal)).slice(-2);
		assert.deepEqual(events.map((event) => [event.type, event.task]),
			[['task.ruled', task.id], ['task.dispatched', next.id]]);
		assert.deepEqual([events[0].data.department, events[0].data.basis],
			['ZJJ', '权责清单第三项']);
		const { row, version } = await catalogueRow(task.place);
		assert.deepEqual([row.department, version],
			['ZJJ', events[0].data.catalogue_version]);
		assert.deepEqual((await returnsOf(task, 'decided')).map((one) => [one.decision,
			one.ruling, one.redispatched_to]),
		state === 'return_requested' ? [['accepted', true, 'ZJJ']] : []);
	});

test('duty ruling: for the department that has it, it stays as it was', async () => {
	for (const is_asked of [false, true]) {
		const task = await byHand('CGJ');
		await sign(server, task);
		if (is_asked)
			await giveBack(task);
		const after = (await post(supervisor, task, 'ruling',
			{ department: 'CGJ', basis: '三定' })).json;
		assert.deepEqual([after.state, after.return_standing], ['in_hand', 'ruled']);
		assert.equal((await tasksOf(task)).length, 1);
		const events = await eventsOf(server, task.appeal);
		assert.equal(ofType(events, 'task.dispatched').length, 1);
		assert.deepEqual((await returnsOf(task, 'decided')).map((one) => one.decision),
			is_asked ? ['refused'] : []);
		await post(department(task), task, 'return', NOT_MINE, 409);
		await post(supervisor, task, 'ruling', { department: 'ZJJ', basis: '再' }, 409);
	}
});

test('separation of duty: a supervisor rules on no return of an own dispatch', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'),
		{ accused: { department: 'JTJ' } });
	await supervisor.post(`/appeals/${appeal.id}/dispatch`, { department: 'CGJ' },
		{ expect: 200 });
	const task = leadOf(await appealNow(server, appeal.id));
	await giveBack(task);
	const body = { department: 'CGJ', basis: '三定' };
	const answer = await assertUnmoved(task, () => post(supervisor, task, 'ruling', body, 403));
	assert.equal(answer.json.code, 'separation_of_duty');
	const second = await server.signedIn('supervisor');
	assert.equal((await post(second, task, 'ruling', body)).json.return_standing, 'ruled');
});

test('two rulings at once both reach the catalogue', async () => {
	const tasks = await Promise.all(Array.from({ length: 4 }, () => byHand('CGJ')));
	await Promise.all(tasks.map((task) => post(supervisor, task, 'ruling',
		{ department: 'ZJJ', basis: '三定' })));
	for (const task of tasks)
		assert.equal((await catalogueRow(task.place)).row?.department, 'ZJJ');
});

/* ---- what becomes of an open return ---- */

test('withdraw: a return that nobody decided on lapses with its task', async () => {
	const task = await fresh();
	await giveBack(task);
	await server.as('operator').post(`/appeals/${task.appeal}/withdraw`,
		{ reason: '已自行解决', confirmed_by: 'recording' }, { expect: 200 });
	assert.equal((await taskNow(server, task)).state, 'withdrawn');
	assert.deepEqual(await returnsOf(task, 'open'), []);
	const [row] = await returnsOf(task, 'decided');
	assert.deepEqual([row.decision, row.ruling], ['lapsed', false]);
	const answer = await assertUnmoved(task, () => accept(dispatcher, task, {}, 409));
	assert.ok(!answer.allowed.includes('return/accept'));
});

test('merge: an open return lapses, and is open again once the appeals are parted', async () => {
	const [child, parent] = [await fresh(), await fresh()];
	const asked = await giveBack(child);
	const operator = server.as('operator');
	await operator.post(`/appeals/${child.appeal}/merge`, { into: parent.appeal },
		{ expect: 200 });
	assert.deepEqual(await returnsOf(child, 'open'), []);
	await operator.post(`/appeals/${child.appeal}/unmerge`, { reason: '并非一事' },
		{ expect: 200 });
	const [row, ...more] = await returnsOf(child, 'open');
	assert.deepEqual([row.decision, row.decided_at, row.decided_by, more],
		[null, null, null, []]);
	assert.deepEqual([row.task.state, row.task.due], ['return_requested', asked.due]);
	assert.equal((await refuse(dispatcher, child)).state, 'awaiting_sign');
});

/* ---- lists ---- */

test('a department lists its own returns only, the centre those of any', async () => {
	const task = await fresh();
	await giveBack(task);
	const own = await department(task).all('/returns?state=open&department=JTJ');
	assert.ok(own.some((one) => one.task.id === task.id));
	assert.ok(own.every((one) => one.task.department === 'CGJ'), 'whatever it asks for');
	assert.ok(!(await server.department('JTJ').all('/returns'))
		.some((one) => one.task.id === task.id));
	for (const role of ['dispatcher', 'supervisor', 'leader', 'auditor', 'reviewer'])
		assert.ok((await server.as(role).all('/returns?department=CGJ'))
			.some((one) => one.task.id === task.id), role);
	for (const role of ['operator', 'visitor', 'admin'])
		await server.as(role).get('/returns', { expect: 403 });
	await supervisor.get('/returns?state=lost', { expect: 422 });
});

test('lists of returns are walked page by page without gap or repeat', async () => {
	for (const path of ['/returns?state=open', '/returns?state=decided',
		'/returns?state=decided&department=CGJ']) {
		const whole = await supervisor.all(path);
		const pages = await supervisor.all(path, 2);
		assert.ok(whole.length > 4, path);
		assert.deepEqual(pages, whole, path);
	}
	const at = (await supervisor.all('/returns?state=open')).map((one) => one.asked_at);
	assert.deepEqual(at, [...at].sort(), 'the longest waiting first');
});

test('ping-pong is counted for each pair of departments', async () => {
	const since = encodeURIComponent('2026-03-02T00:00:00+08:00');
	const count = async (from, to) => (await supervisor.get(`/returns/pairs?since=${since}`,
		{ expect: 200 })).json.items.find((one) => one.from === from && one.to === to) ??
		{ from, to, asked: 0, accepted: 0, refused: 0, open: 0 };
	const before = await count('CGJ', 'WLJ');
	for (const end of ['accept', 'refuse', 'open', 'elsewhere']) {
		const task = await fresh();
		await giveBack(task, { propose: 'WLJ' });
		if (end === 'accept')
			await accept(dispatcher, task);
		if (end === 'refuse')
			await refuse(dispatcher, task);
		if (end === 'elsewhere')
			await accept(dispatcher, task, { redispatch_to: 'SFJ' });
	}
	assert.deepEqual(await count('CGJ', 'WLJ'), { ...before, asked: before.asked + 3,
		accepted: before.accepted + 1, refused: before.refused + 1,
		open: before.open + 1 });
	assert.equal((await count('CGJ', 'SFJ')).accepted, 1, 'where it went counts');
	const none = await supervisor.get(`/returns/pairs?until=${since}`, { expect: 200 });
	assert.deepEqual(none.json.items, []);
	for (const role of ['leader', 'auditor', 'dispatcher'])
		await server.as(role).get('/returns/pairs', { expect: 200 });
	for (const role of ['reviewer', 'operator', 'visitor'])
		await server.as(role).get('/returns/pairs', { expect: 403 });
	await server.department('CGJ').get('/returns/pairs', { expect: 403 });
});

/* ---- time ---- */

test('request return: the window is ten minutes for L0, to the second', async () => {
	const water = { category: '0101', area: 'A01' };
	const urgent = async () => leadOf(await register(server, water, { urgent: true }));
	const [kept, missed] = [await urgent(), await urgent()];
	assert.equal(kept.limit_class, 'L0');
	await moveTo(server, '2026-03-02 09:10:00');
	await giveBack(kept, { reason: 'not_my_area' });
	await moveTo(server, '2026-03-02 09:10:01');
	const answer = await assertUnmoved(missed, () =>
		post(department(missed), missed, 'return', NOT_MINE, 409));
	assert.equal(answer.json.code, 'return_window_closed');
	assert.deepEqual(answer.json.allowed.filter((one) => one === 'return'), []);
	assert.ok(answer.json.allowed.includes('sign'));
});

test('request return: the window is one working day, while the clock runs on', async () => {
	const [kept, missed, disputed] = [await fresh(), await fresh(), await fresh()];
	await giveBack(disputed);
	await refuse(dispatcher, disputed);
	await moveTo(server, '2026-03-03 23:59:59');
	await giveBack(kept);
	await moveTo(server, '2026-03-04 00:00:00');
	const answer = await assertUnmoved(missed, () =>
		post(department(missed), missed, 'return', NOT_MINE, 409));
	assert.equal(answer.json.code, 'return_window_closed');
	await post(department(disputed), disputed, 'dispute', { reason: '职责在住建' });
	assert.ok(ofType(await eventsOf(server, kept.appeal), 'task.overdue', kept.id)
		.some((event) => event.data.limit === 'sign'), 'nothing stopped meanwhile');
});

test('the new department has its own full limit, the caller the first one', async () => {
	const task = await fresh();
	await giveBack(task, { propose: 'JTJ' });
	await moveTo(server, '2026-03-06 10:00:00');
	await accept(dispatcher, task, { redispatch_to: 'JTJ' });
	const appeal = await appealNow(server, task.appeal);
	const next = appeal.tasks[1];
	assertSameTime(next.dispatched_at, '2026-03-06 10:00:00');
	assertSameTime(next.sign_due, '2026-03-09 23:59:59');
	assertSameTime(next.due, '2026-03-13 23:59:59');
	assert.equal(next.original_due, next.due);
	assert.equal(appeal.first_due, task.original_due);
	assertSameTime(appeal.received_at, '2026-03-04 00:00:00');
});

endsCleanly(server);
