/* Ends and edges of an appeal's life at which a caller, a department or a rule could get lost. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { appealNow, close, contact, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow,
	visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const operator = server.as('operator');
const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const admin = server.as('admin');
const UNROUTED = { category: '160101', area: 'A01' };
const post = (client, id, action, body, expect = 200) =>
	client.post(`/appeals/${id}/${action}`, body, { expect });
const step = (client, task, action, body, expect = 200) =>
	client.post(`/tasks/${task.id}/${action}`, body, { expect });

const ENDS = {
	refuse: (id) => post(operator, id, 'refuse', { reason: 'litigation', told: '请向法院起诉' }),
	answer: (id) => post(operator, id, 'answer', { text: '已答复' }),
	transfer: async (id) => {
		await post(operator, id, 'transfer', { to: '110', reason: '涉及治安' });
		return post(operator, id, 'transfer/acknowledge', { by: '接警员' });
	},
	withdraw: (id) => post(operator, id, 'withdraw', { reason: '已解决',
		confirmed_by: 'recording' }),
};

for (const [how, end] of Object.entries(ENDS))
	test(`${how} of a parent parts those who were merged into it`, async () => {
		const parent = await register(server, UNROUTED, { content_class: 'consultation' });
		const child = await register(server, where);
		const before = leadOf(child);
		await post(operator, child.id, 'merge', { into: parent.id });
		await end(parent.id);
		const now = await appealNow(server, child.id);
		assert.equal(now.state, 'dispatched');
		assert.equal(now.merged_into, null);
		assert.deepEqual([leadOf(now).state, leadOf(now).due], [before.state, before.due]);
		assert.equal(ofType(await eventsOf(server, child.id), 'appeal.unmerged').length, 1);
	});

test('nothing is merged into what is over: its caller would never be asked', async () => {
	const parent = await register(server, UNROUTED, { content_class: 'consultation' });
	await ENDS.answer(parent.id);
	const child = await register(server, where);
	const answer = await post(operator, child.id, 'merge', { into: parent.id }, 409);
	assert.equal(answer.json.code, 'not_mergeable');
	assert.equal((await appealNow(server, child.id)).state, 'dispatched');
});

test('an appeal that ends at the desk takes the assists of a returned lead along', async () => {
	const appeal = await register(server, where);
	const lead = leadOf(appeal);
	await post(dispatcher, appeal.id, 'dispatch', { department: 'CGJ', assist: ['JTJ'],
		advice: '' });
	await step(server.department('CGJ'), lead, 'return',
		{ reason: 'not_my_duty', basis: '三定规定', propose: null });
	await step(dispatcher, lead, 'return/accept', {});
	await ENDS.refuse(appeal.id);
	const now = await appealNow(server, appeal.id);
	assert.deepEqual(now.tasks.map((task) => task.state), ['returned', 'withdrawn']);
});

test('who returned an appeal does not get it again by a dispatcher, however often it went round',
	async () => {
		const appeal = await register(server, where);
		const lead = leadOf(appeal);
		const back = (department) => ({ reason: 'not_my_duty', basis: '三定规定',
			propose: department });
		await step(server.department('CGJ'), lead, 'return', back('JTJ'));
		const sent = await step(dispatcher, lead, 'return/accept', { redispatch_to: 'JTJ' });
		assert.equal(sent.json.state, 'returned');
		const second = (await appealNow(server, appeal.id)).tasks[1];
		await step(server.department('JTJ'), second, 'return', back('CGJ'));
		const denied = await step(dispatcher, second, 'return/accept', {}, 403);
		assert.equal(denied.json.code, 'ruling_needed');
		await step(supervisor, second, 'return/accept', {});
		const refused = await post(dispatcher, appeal.id, 'dispatch',
			{ department: 'CGJ', assist: [], advice: '' }, 409);
		assert.equal(refused.json.code, 'returned_before');
		const given = await post(dispatcher, appeal.id, 'dispatch',
			{ department: 'GAJ', assist: [], advice: '' });
		assert.equal(leadOf({ tasks: given.json.tasks.slice(2) }).return_standing, 'ruled');
	});

test('whoever stands below the accused is recused like it', async () => {
	const below = rowOf(server, 'JJDD');		/* parent: GAJ */
	const appeal = await register(server, below, { accused: { department: 'GAJ' } });
	assert.equal(appeal.state, 'accepted');
	assert.deepEqual(appeal.tasks, []);
	assert.equal(ofType(await eventsOf(server, appeal.id), 'appeal.fast_lane').length, 1);
	const answer = await post(dispatcher, appeal.id, 'dispatch',
		{ department: 'JJDD', assist: [], advice: '' }, 409);
	assert.equal(answer.json.code, 'recused');
	await post(supervisor, appeal.id, 'dispatch', { department: 'CGJ', assist: [], advice: '' });
});

test('a submission is held to the checklist its task was dispatched with', async () => {
	const old = leadOf(await register(server, where));
	await sign(server, old);
	await contact(server, old);
	const text = 'content_class\tresult\tneeds\n*\t*\treply,contact,legal_basis\n';
	await admin.post('/checklist', { source: '测试', text }, { expect: 201 });
	const fresh = leadOf(await register(server, where));
	await sign(server, fresh);
	await contact(server, fresh);
	const body = { result: 'solved', reply: '已修好。', attachments: [] };
	const own = server.department('CGJ');
	await step(own, old, 'complete', body);
	const refused = await step(own, fresh, 'complete', body, 409);
	assert.equal(refused.json.code, 'checklist_incomplete');
	assert.match(refused.json.detail, /legal_basis/);
	await step(own, fresh, 'complete', { ...body, legal_basis: '条例第三条' });
	await admin.post('/checklist', { source: '测试', text: text.replace(',legal_basis', '') },
		{ expect: 201 });
});

test('a transfer that is answered late is ended all the same', async () => {
	const appeal = await register(server, UNROUTED);
	await post(operator, appeal.id, 'transfer', { to: '110', reason: '涉及治安' });
	await post(dispatcher, appeal.id, 'dispatch', { department: 'CGJ', assist: [], advice: '' });
	const task = leadOf(await appealNow(server, appeal.id));
	await close(server, task);
	const done = await post(operator, appeal.id, 'transfer/acknowledge', { by: '接警员' });
	assert.deepEqual([done.json.state, done.json.transferring], ['closed', false]);
});

test('a former lead learns nothing of what the assists report to the next', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'));
	const lead = leadOf(appeal);
	await post(dispatcher, appeal.id, 'dispatch', { department: 'JTJ', assist: ['XNB'],
		advice: '' });
	const assist = (await appealNow(server, appeal.id)).tasks[1];
	await sign(server, assist);
	await step(server.department('XNB'), assist, 'report', { text: '前一报告' });
	await step(server.department('JTJ'), lead, 'return',
		{ reason: 'not_my_duty', basis: '三定规定', propose: 'GAJ' });
	await step(supervisor, lead, 'return/accept', { redispatch_to: 'GAJ' });
	await moveTo(server, '2026-03-02 10:00');
	await step(server.department('XNB'), assist, 'report', { text: '后一报告' });
	const reads = async (code) => (await server.department(code).get(
		`/appeals/${appeal.id}/events`, { expect: 200 })).text;
	assert.ok((await reads('JTJ')).includes('前一报告'));
	assert.ok(!(await reads('JTJ')).includes('后一报告'));
	assert.ok((await reads('GAJ')).includes('后一报告'));
	assert.equal((await taskNow(server, lead)).state, 'returned');
});

test('a withdrawn appeal whose closed task is visited badly is not done again', async () => {
	const task = await close(server, leadOf(await register(server,
		{ category: '0203', area: 'A02' })));
	await ENDS.withdraw(task.appeal);
	await visit(server, task, 'dissatisfied', { reason: 'result' });
	assert.deepEqual([(await taskNow(server, task)).state,
		(await appealNow(server, task.appeal)).state], ['visited', 'withdrawn']);
	await step(server.as('reviewer'), task, 'redo', { reason: '未修好' }, 409);
});

endsCleanly(server);
