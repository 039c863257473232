/*
 * Proven fraud is a person's decision about tasks of the evidence: a red card, no rank in the
 * months pooled with it, and a void closing in corrections of frozen months. Nothing else moves.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { local, moveTo, ms } from './lib/clock.mjs';
import { endsCleanly, startServer } from './lib/server.mjs';
import { close, eventsOf, leadOf, ofType, register, rowOf, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-02-02 09:00'),
	env: { LIANDONG_REPORT_RANKING: 'true' } });
const [supervisor, leader, auditor] = ['supervisor', 'leader', 'auditor']
	.map((role) => server.as(role));
const own = server.department('CGJ');
const CANARY = { name: '金丝雀王', phone: '13987654321' };
const DECISION = { kind: 'to_discipline', body: '区效能办', text: '回复与实际处理情况不一致' };

const tasks = {};
for (const [name, code] of [['faked', 'CGJ'], ['beside', 'CGJ'], ['honest', 'CGJ'],
	['other', 'GAJ']])
	tasks[name] = leadOf(await register(server, rowOf(server, code), { caller: CANARY }));
/* Fewer than twenty cases are not ranked anyhow. */
for (let i = 0; i < 20; i++)
	for (const code of ['CGJ', 'GAJ'])
		tasks[code + i] = leadOf(await register(server, rowOf(server, code)));
await moveTo(server, '2026-02-04 09:00');
for (const task of Object.values(tasks))
	await close(server, task);

const act = (client, item, name, body, expect = 200) =>
	client.post(`/accountability/${item.id}/${name}`, body, { expect });
async function stated(evidence) {
	const item = (await supervisor.post('/accountability', { department: 'CGJ',
		title: '回复不实', text: '回复与现场不符' }, { expect: 201 })).json;
	await act(auditor, item, 'evidence', { tasks: evidence.map((one) => one.id),
		statement_until: '2026-03-30' });
	return (await act(own, item, 'statement', { text: '属实' })).json;
}
const faults = (answer) => answer.json.errors.map((one) => [one.pointer, one.code]);
const cardsOf = async (task) => ofType(await eventsOf(server, task.appeal), 'task.card');
const rankingOf = async (month) => (await leader.get(
	`/reports/${month}/ranking?measure=on_time&scope=all`, { expect: 200 })).json
	.groups.flatMap((one) => one.departments);

await moveTo(server, '2026-02-26 09:00');
const item = await stated([tasks.faked, tasks.beside]);

test('fraud is decided of tasks of the evidence alone, and named with the word', async () => {
	const refused = async (changes) => faults(await act(leader, item, 'decision',
		{ ...DECISION, ...changes }, 422));
	assert.deepEqual(await refused({ fraud: true }), [['#/tasks', 'required']]);
	assert.deepEqual(await refused({ tasks: [tasks.faked.id] }), [['#/tasks', 'not_expected']]);
	assert.deepEqual(await refused({ fraud: true, tasks: [tasks.faked.id, tasks.honest.id,
		tasks.other.id, tasks.faked.id] }), [['#/tasks/1', 'not_in_evidence'],
		['#/tasks/2', 'not_in_evidence'], ['#/tasks/3', 'duplicate']]);
	await act(supervisor, item, 'decision', { ...DECISION, fraud: true,
		tasks: [tasks.faked.id] }, 403);
	assert.deepEqual(await cardsOf(tasks.faked), []);
});

test('the decision shows a red card that says why, of that task alone', async () => {
	const before = await taskNow(server, tasks.faked);
	const done = (await act(leader, item, 'decision', { ...DECISION, fraud: true,
		tasks: [tasks.faked.id] })).json;
	const said = done.acts.at(-1);
	assert.deepEqual([said.act, said.fraud, said.tasks], ['decision', true, [tasks.faked.id]]);
	const cards = await cardsOf(tasks.faked);
	assert.deepEqual(cards.map((one) => [one.task, one.data.colour, one.data.reason, ms(one.at)]),
		[[tasks.faked.id, 'red', 'proven_fraud', ms('2026-02-26 09:00')]]);
	assert.doesNotMatch(JSON.stringify([done, cards]), /金丝雀王|13987654321/);
	for (const task of [tasks.beside, tasks.honest, tasks.other])
		assert.deepEqual(await cardsOf(task), []);
	const after = await taskNow(server, tasks.faked);
	assert.deepEqual([after.state, after.due, after.closed_at],
		[before.state, before.due, before.closed_at], 'the task itself stays as it is');
});

test('fraud of a task is proven once; a decision without it proves none', async () => {
	const again = await stated([tasks.faked, tasks.beside]);
	assert.deepEqual(faults(await act(leader, again, 'decision', { ...DECISION, fraud: true,
		tasks: [tasks.faked.id] }, 422)), [['#/tasks/0', 'already_proven']]);
	const plain = (await act(leader, again, 'decision', DECISION)).json;
	assert.equal('fraud' in plain.acts.at(-1), false);
	assert.equal((await cardsOf(tasks.faked)).length, 1);
	assert.deepEqual(await cardsOf(tasks.beside), []);
});

test('its department is not ranked by that month, and its figures are frozen as they were',
	async () => {
		await moveTo(server, '2026-03-10 09:00');
		await leader.post('/reports/2026-02/freeze', {}, { expect: 200 });
		const ranked = await rankingOf('2026-02');
		const find = (code) => ranked.find((one) => one.department === code);
		assert.deepEqual([find('CGJ').unranked, find('CGJ').rank], ['proven_fraud', null]);
		assert.equal(find('GAJ').unranked, 'alone');
		assert.deepEqual([find('CGJ').pooled.num, find('CGJ').pooled.den], [23, 23]);
		const tried = (await leader.post('/reports/laboratory', { months: ['2026-02'],
			rules: { target: 95 } }, { expect: 200 })).json;
		for (const one of tried.ranks.filter((heat) => heat.measure === 'on_time')
			.flatMap((heat) => heat.departments))
			assert.equal(one.after.unranked, one.department === 'CGJ' ? 'proven_fraud'
				: 'alone');
	});

test('in corrections its closing is void: the task stands overdue from its due (E24)', async () => {
	await moveTo(server, '2026-03-12 09:00');
	const report = (await leader.get('/reports/2026-02', { expect: 200 })).json;
	assert.equal(report.corrections.length, 1);
	const figure = (name) => report.corrections[0].figures.find((one) =>
		one.measure === name && one.kind === 'own' && one.department === 'CGJ');
	for (const name of ['completion', 'on_time']) {
		const { was_num, was_den, num, den } = figure(name);
		assert.deepEqual([was_num, was_den, num, den], [23, 23, 22, 23], name);
	}
	const whole = (await leader.get('/reports/2026-02/corrections/1', { expect: 200 })).json;
	assert.deepEqual([...new Set(whole.tasks.map((one) => one.task))], [tasks.faked.id]);
	const again = (await supervisor.post('/reports/2026-02/corrections', {}, { expect: 200 })).json;
	assert.equal(again.corrections.length, 1, 'once');
});

endsCleanly(server);
