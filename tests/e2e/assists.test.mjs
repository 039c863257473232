/* Lead and assist: asking others in, their own clocks, stage reports, and delays on record. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, moveTo, ms } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { appealNow, close, complete, contact, eventsOf, leadOf, ofType, register, review, row,
	rowOf, sign, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const lead_unit = server.department('CGJ');
const where = rowOf(server, 'CGJ');

const post = (client, task, action, body, expect = 200) =>
	client.post(`/tasks/${task.id}/${action}`, body, { expect });
const ask = (task, departments, expect = 200, more = {}) =>
	post(server.department(task.department), task, 'assist', { departments, ...more }, expect);
const assistsOf = async (task, client = lead_unit) =>
	(await client.get(`/tasks/${task.id}/assists`, { expect: 200 })).json.items;
const fresh = async (changes) => leadOf(await register(server, where, changes));
const inHand = async (changes) => sign(server, await fresh(changes));

async function withAssist(department = 'GAJ') {
	const lead = await inHand();
	await ask(lead, [department]);
	const assist = (await appealNow(server, lead.appeal)).tasks.at(-1);
	return { lead, assist };
}

async function assertUnmoved(task, action) {
	const before = [await appealNow(server, task.appeal), await eventsOf(server, task.appeal)];
	const answer = await action();
	assert.deepEqual([await appealNow(server, task.appeal),
		await eventsOf(server, task.appeal)], before);
	return answer;
}

test('add assist: the lead asks two departments in, each with a task and clocks of its own',
	async () => {
		const lead = await inHand();
		const answer = await ask(lead, ['GAJ', 'ZJJ'], 200, { advice: '请派员到场' });
		assert.equal(answer.json.id, lead.id, 'answered with the task of the lead');
		assert.equal(answer.json.version, lead.version, 'which is as it was');
		const appeal = await appealNow(server, lead.appeal);
		assert.equal(appeal.state, 'dispatched');
		const assists = appeal.tasks.slice(1);
		assert.deepEqual(assists.map((one) => [one.department, one.role, one.state]),
			[['GAJ', 'assist', 'awaiting_sign'], ['ZJJ', 'assist', 'awaiting_sign']]);
		assert.ok(assists.every((one) => one.advice === '请派员到场' &&
			one.limit_class === lead.limit_class));
		for (const one of assists) {
			assertSameTime(one.due, '2026-03-06 23:59:59', 'a day before the lead');
			assertSameTime(one.sign_due, '2026-03-03 23:59:59');
			assert.ok(ms(one.due) < ms(lead.due));
		}
		const all = await eventsOf(server, lead.appeal);
		const events = ofType(all, 'task.dispatched').slice(1);
		assert.deepEqual(events.map((event) => [event.task, event.data.automatic]),
			assists.map((one) => [one.id, false]));
		await sign(server, assists[0]);
		assert.equal((await taskNow(server, lead)).version, lead.version);
		assert.equal((await taskNow(server, assists[1])).state, 'awaiting_sign');
	});

test('an assist is due a working day before its lead, where there is one', async () => {
	const appeal = await register(server, { category: '160101', area: 'A01' });
	const limit = { limit_class: 'LX', legal_basis: '《消防法》第五十二条' };
	const answer = await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ ...limit, department: 'CGJ', due: '2026-03-02T20:00:00+08:00' }, { expect: 200 });
	const lead = leadOf(answer.json);
	await sign(server, lead);
	await ask(lead, ['GAJ']);
	const assist = (await appealNow(server, lead.appeal)).tasks.at(-1);
	assert.equal(assist.due, lead.due, 'a lead due today leaves no day before it');
	const water = leadOf(await register(server, row(server, 'L1')));
	await sign(server, water);
	await ask(water, ['GAJ']);
	assertSameTime((await appealNow(server, water.appeal)).tasks.at(-1).due,
		'2026-03-02 23:59:59', 'of a lead due tomorrow');
});

test('an assist that closes moves neither the lead nor the appeal', async () => {
	const { lead, assist } = await withAssist();
	await close(server, assist);
	assert.equal((await taskNow(server, lead)).state, 'in_hand');
	assert.equal((await appealNow(server, lead.appeal)).state, 'dispatched');
	await contact(server, lead);
	await complete(server, lead);
	await review(server, lead);
	assert.equal((await appealNow(server, lead.appeal)).state, 'closed');
});

test('the lead asks in known departments that take tasks, not itself', async () => {
	const lead = await inHand();
	for (const departments of [['NOPE'], ['YHQ'], ['CGJ'], [], ['GAJ', 'NOPE']])
		await assertUnmoved(lead, () => ask(lead, departments, 422));
	await assertUnmoved(lead, () => post(lead_unit, lead, 'assist', {}, 422));
});

test('who has a task of the appeal already is not asked in again', async () => {
	const { lead } = await withAssist();
	const answer = await assertUnmoved(lead, () => ask(lead, ['ZJJ', 'GAJ'], 409));
	assert.equal(answer.json.code, 'assists_already');
	const twice = await assertUnmoved(lead, () => ask(lead, ['ZJJ', 'ZJJ'], [409, 422]));
	assert.ok(twice.json.code);
});

test('recusal: the accused department is not asked in as an assist', async () => {
	const lead = await inHand({ accused: { department: 'GAJ' } });
	const answer = await assertUnmoved(lead, () => ask(lead, ['ZJJ', 'GAJ'], 409));
	assert.equal(answer.json.code, 'recused');
});

test('grassroots guard: a department pushes no kept matter down to a street', async () => {
	const lead = leadOf(await register(server, { category: '020501', area: 'A01' }));
	await sign(server, lead);
	const answer = await assertUnmoved(lead, () => ask(lead, ['BHJD'], 409));
	assert.equal(answer.json.code, 'department_only');
	await ask(lead, ['GAJ']);
});

test('only a lead in hand asks others in', async () => {
	const task = await fresh();
	const early = await assertUnmoved(task, () => ask(task, ['GAJ'], 409));
	assert.ok(!early.json.allowed.includes('assist'));
	const { assist } = await withAssist();
	await sign(server, assist);
	const answer = await assertUnmoved(assist, () => ask(assist, ['ZJJ'], 409));
	assert.equal(answer.json.code, 'illegal_step');
	await post(dispatcher, task, 'assist', { departments: ['GAJ'] }, 403);
	await post(server.department('JTJ'), task, 'assist', { departments: ['GAJ'] }, 404);
});

/* ---- reports ---- */

test('interim reply of an assist: a stage report with the next date reaches the lead',
	async () => {
		const { lead, assist } = await withAssist();
		await sign(server, assist);
		const body = { text: '已现场核查，\n"两处"待整改', next_on: '2026-03-05' };
		const answer = await post(server.department('GAJ'), assist, 'report', body);
		assert.equal(answer.json.state, 'in_hand');
		await post(server.department('GAJ'), assist, 'report', { text: '整改完成' });
		const events = ofType(await eventsOf(server, lead.appeal), 'task.reported');
		assert.deepEqual(events.map((event) => [event.task, event.data.text]),
			[[assist.id, body.text], [assist.id, '整改完成']]);
		for (const client of [lead_unit, supervisor, server.as('leader')]) {
			const [item, ...more] = await assistsOf(lead, client);
			assert.deepEqual(more, []);
			assert.equal(item.task.id, assist.id);
			assert.equal(item.task.state, 'in_hand');
			assert.deepEqual(item.reports.map((one) => one.text), [body.text, '整改完成']);
			assertSameTime(item.reports[0].next_on, '2026-03-05 00:00');
			assert.equal(item.reports[1].next_on, null);
			assertSameTime(item.reports[0].at, '2026-03-02 09:00');
			assert.deepEqual(item.delays, []);
		}
		const seen = await lead_unit.all(`/appeals/${lead.appeal}/events`);
		assert.equal(ofType(seen, 'task.reported').length, 2, 'in its history too');
	});

test('a stage report is the assist\'s, says something and names no day gone by', async () => {
	const { lead, assist } = await withAssist();
	const own = server.department('GAJ');
	await assertUnmoved(lead, () => post(own, assist, 'report', { text: '已核查' }, 409));
	await sign(server, assist);
	for (const body of [{}, { text: ' ' }, { text: '已核查', next_on: '2026-03-01' },
		{ text: '已核查', next_on: 'soon' }])
		await assertUnmoved(lead, () => post(own, assist, 'report', body, 422));
	await assertUnmoved(lead, () => post(lead_unit, lead, 'report', { text: '已核查' }, 409));
	await post(lead_unit, assist, 'report', { text: '已核查' }, 404);
	await post(supervisor, assist, 'report', { text: '已核查' }, 403);
	await post(own, assist, 'report', { text: '已核查', next_on: '2026-03-02' });
});

/* ---- delays ---- */

test('assist delay: the lead puts on record who keeps it waiting', async () => {
	const { lead, assist } = await withAssist();
	const before = await taskNow(server, assist);
	const answer = await post(lead_unit, lead, 'assist-delay',
		{ assist: assist.id, note: '三次催促未到场' });
	assert.equal(answer.json.id, lead.id);
	const events = ofType(await eventsOf(server, lead.appeal), 'task.assist_delayed');
	assert.deepEqual(events.map((event) => [event.task, event.data]),
		[[assist.id, { note: '三次催促未到场' }]]);
	assert.deepEqual(await taskNow(server, assist), before, 'a mark changes no task');
	const [item] = await assistsOf(lead);
	assert.deepEqual(item.delays.map((one) => one.note), ['三次催促未到场']);
	assert.deepEqual(item.reports, []);
	const seen = await server.department('GAJ').all(`/appeals/${lead.appeal}/events`);
	assert.equal(ofType(seen, 'task.assist_delayed').length, 1, 'the assist is told');
});

test('a delay is logged by a lead about an open assist of the same appeal', async () => {
	const { lead, assist } = await withAssist();
	const strange = (await withAssist()).assist;
	const note = '未到场';
	for (const id of ['nonsense', lead.id, strange.id, `${lead.appeal}-9`]) {
		const answer = await assertUnmoved(lead, () =>
			post(lead_unit, lead, 'assist-delay', { assist: id, note }, 422));
		assert.deepEqual(answer.json.errors.map((one) => one.pointer), ['#/assist']);
	}
	await assertUnmoved(lead, () =>
		post(lead_unit, lead, 'assist-delay', { assist: assist.id }, 422));
	await close(server, assist);
	await assertUnmoved(lead, () =>
		post(lead_unit, lead, 'assist-delay', { assist: assist.id, note }, 422));
	await post(server.department('GAJ'), lead, 'assist-delay', { assist: assist.id, note },
		404);
});

test('what a lead sees of its assists no other department sees', async () => {
	const { lead, assist } = await withAssist();
	await server.department('GAJ').get(`/tasks/${lead.id}/assists`, { expect: 404 });
	await server.department('JTJ').get(`/tasks/${lead.id}/assists`, { expect: 404 });
	assert.deepEqual(await assistsOf(assist, server.department('GAJ')), []);
	await server.as('admin').get(`/tasks/${lead.id}/assists`, { expect: 403 });
	await lead_unit.get(`/tasks/${assist.id}`, { expect: 404 });
});

/* ---- an assist goes back ---- */

test('request return: of an assist, decided like any other, the lead goes on', async () => {
	const { lead, assist } = await withAssist();
	await post(server.department('GAJ'), assist, 'return',
		{ reason: 'not_my_area', basis: '不在辖区', propose: 'ZJJ' });
	await post(dispatcher, assist, 'return/accept', { redispatch_to: 'ZJJ' });
	const appeal = await appealNow(server, lead.appeal);
	assert.equal(appeal.state, 'dispatched');
	assert.deepEqual(appeal.tasks.map((one) => [one.department, one.role, one.state]),
		[['CGJ', 'lead', 'in_hand'], ['GAJ', 'assist', 'returned'],
			['ZJJ', 'assist', 'awaiting_sign']]);
	assertSameTime(appeal.tasks[2].due, '2026-03-06 23:59:59');
	const again = await assertUnmoved(lead, () => ask(lead, ['GAJ'], 409));
	assert.equal(again.json.code, 'returned_before');
});

test('returns of assists make no ruling of the lead\'s', async () => {
	const { lead, assist } = await withAssist();
	await post(server.department('GAJ'), assist, 'return',
		{ reason: 'not_my_duty', basis: '三定', propose: null });
	await post(dispatcher, assist, 'return/accept', {});
	assert.equal((await appealNow(server, lead.appeal)).state, 'dispatched');
	await post(lead_unit, lead, 'return', { reason: 'not_my_duty', basis: '三定' });
	await post(dispatcher, lead, 'return/accept', { redispatch_to: 'JTJ' });
	const next = (await appealNow(server, lead.appeal)).tasks.at(-1);
	assert.deepEqual([next.department, next.return_standing], ['JTJ', null]);
	assert.deepEqual(await assistsOf(lead), [], 'who leads no more sees no assists');
});

test('a refused assist does not dispute: the lead and the centre settle it', async () => {
	const { assist } = await withAssist();
	await post(server.department('GAJ'), assist, 'return',
		{ reason: 'not_my_duty', basis: '三定', propose: null });
	await post(dispatcher, assist, 'return/refuse', { reason: '需要配合' });
	for (const [client, action, body] of [
		[server.department('GAJ'), 'dispute', { reason: '不' }],
		[supervisor, 'ruling', { department: 'ZJJ', basis: '三定' }]])
		await assertUnmoved(assist, () => post(client, assist, action, body, 409));
});

async function closeInHand(lead) {
	await contact(server, lead);
	await complete(server, lead);
	await review(server, lead);
}

/* Asked in by a lead that then gave back, or closed, its own task; the assist wants to give back. */
async function withLeftAssist(leave) {
	const { lead, assist } = await withAssist();
	await leave(lead);
	await post(server.department('GAJ'), assist, 'return',
		{ reason: 'not_my_area', basis: '不在辖区', propose: 'ZJJ' });
	await post(dispatcher, assist, 'return/accept', { redispatch_to: 'ZJJ' });
	return appealNow(server, lead.appeal);
}

test('given on while nobody leads, an assist stays one and the appeal waits for its lead',
	async () => {
		const appeal = await withLeftAssist(async (lead) => {
			await post(lead_unit, lead, 'return', { reason: 'not_my_duty', basis: '三定' });
			await post(dispatcher, lead, 'return/accept', {});
		});
		assert.equal(appeal.state, 'accepted');
		assert.deepEqual(appeal.tasks.map((one) => [one.department, one.role, one.state]),
			[['CGJ', 'lead', 'returned'], ['GAJ', 'assist', 'returned'],
				['ZJJ', 'assist', 'awaiting_sign']]);
		assertSameTime(appeal.tasks[2].due, '2026-03-09 23:59:59', 'its own limit, whole');
		const given = await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
			{ department: 'JTJ', assist: [], limit_class: 'L3' }, { expect: 200 });
		assert.deepEqual([given.json.state, given.json.tasks[3].department,
			given.json.tasks[3].role], ['dispatched', 'JTJ', 'lead']);
	});

test('given on after its lead has closed, an assist leaves the appeal closed', async () => {
	const appeal = await withLeftAssist(closeInHand);
	assert.equal(appeal.state, 'closed');
	assert.deepEqual(appeal.tasks.map((one) => [one.department, one.role, one.state]),
		[['CGJ', 'lead', 'closed'], ['GAJ', 'assist', 'returned'],
			['ZJJ', 'assist', 'awaiting_sign']]);
});

test('an assist has warnings and overdue marks of its own', async () => {
	const { lead, assist } = await withAssist();
	await moveTo(server, '2026-03-07 00:00:01');
	const overdue = ofType(await eventsOf(server, lead.appeal), 'task.overdue')
		.filter((event) => event.data.limit === 'done');
	assert.deepEqual(overdue.map((event) => event.task), [assist.id], 'not the lead\'s');
});

endsCleanly(server);
