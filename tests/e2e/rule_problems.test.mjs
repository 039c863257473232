/* What a case shows to be wrong with a rule: raised in the centre, answered once by a leader,
 * both entered into the ledger. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { sql } from './lib/database.mjs';
import { allSigned, judged } from './lib/sealed.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { eventsOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const [leader, supervisor, auditor] = ['leader', 'supervisor', 'auditor']
	.map((role) => server.as(role));
const appeal = await register(server, rowOf(server, 'CGJ'));
const PROBLEM = { rule: '城市照明设施维护管理办法', problem: '移交前的灯杆无人维护',
	proposal: 'amend' };
const ANSWER = { answer: '列入本年度修订计划', taken_up: true };

const raise = async (changes = {}, role = 'operator', expect = 200) => (await server.as(role)
	.post(`/appeals/${appeal.id}/rule-problem`, { ...PROBLEM, ...changes }, { expect })).json;
const answer = async (problem, changes = {}, expect = 200) => (await leader.post(
	`/rule-problems/${problem.id}/answer`, { ...ANSWER, ...changes }, { expect })).json;
const idsOf = async (state) => (await supervisor.all(`/rule-problems${state}`, 1))
	.map((one) => one.id);
const rows = () => sql(server, 'SELECT * FROM rule_problems_problem ORDER BY id');

/* The contents entered about a problem, each checked against the digest of its entry. */
async function entered(problem, count) {
	const found = await until(() => {
		const list = sql(server, `SELECT e.number, HEX(e.digest), HEX(c.bytes)
			FROM ledger_entry e JOIN ledger_content c USING (kind, subject, number)
			WHERE e.kind = 8 AND e.subject = ${problem.id} ORDER BY e.number`);
		return list.length >= count && list;
	}, { what: `the entries of problem ${problem.id}` });
	return found.map(([number, digest, hex], i) => {
		const bytes = Buffer.from(hex, 'hex');
		assert.equal(Number(number), i + 1);
		assert.equal(createHash('sha256').update(bytes).digest('hex').toUpperCase(), digest);
		return JSON.parse(bytes);
	});
}

test('a problem is raised by who handles the case, and the case itself does not move', async () => {
	const before = await eventsOf(server, appeal.id);
	for (const role of ['operator', 'dispatcher', 'reviewer', 'supervisor']) {
		const made = await raise({}, role);
		assert.deepEqual([made.appeal, made.rule, made.problem, made.proposal, made.state,
			made.answer, made.taken_up, made.answered_at, made.answered_by],
		[appeal.id, PROBLEM.rule, PROBLEM.problem, 'amend', 'open', null, null, null, null]);
		assert.deepEqual(await entered(made, 1),
			[{ format: 'liandong-rule-problem/1', ...made }]);
	}
	assert.deepEqual(await eventsOf(server, appeal.id), before);
	for (const reader of [supervisor, leader, auditor])
		assert.equal((await reader.all('/rule-problems')).length, 4);
});

test('it is answered once, and the answer is entered behind it', async () => {
	const made = await raise({ proposal: 'abolish' });
	const done = await answer(made, { taken_up: false });
	assert.deepEqual([done.state, done.answer, done.taken_up, done.answered_by],
		['answered', ANSWER.answer, false, leader.name]);
	assert.deepEqual(await entered(made, 2), [{ format: 'liandong-rule-problem/1', ...made },
		{ format: 'liandong-rule-problem/1', ...done }]);
	const before = rows();
	assert.equal((await answer(made, {}, 409)).code, 'already_answered');
	assert.deepEqual(rows(), before);
	assert.deepEqual(await idsOf('?state=answered'), [made.id]);
	assert.ok(!(await idsOf('?state=open')).includes(made.id));
	assert.deepEqual((await idsOf('')).toSorted((a, b) => a - b), await idsOf(''));
});

test('of several answers at once one stands', async () => {
	const made = await raise({ proposal: 'make' });
	const statuses = (await Promise.all([1, 2, 3, 4].map((n) => leader.post(
		`/rule-problems/${made.id}/answer`, { ...ANSWER, answer: `第${n}个` },
		{ expect: [200, 409] })))).map((one) => one.status).sort();
	assert.deepEqual(statuses, [200, 409, 409, 409]);
	assert.equal((await entered(made, 2)).length, 2);
});

test('what is missing or wrong is told field by field, and nothing is kept', async () => {
	const before = rows();
	assert.deepEqual((await raise({ rule: ' ', problem: 'x'.repeat(2001), proposal: 'mend' },
		'operator', 422)).errors.map((one) => one.pointer).sort(),
	['#/problem', '#/proposal', '#/rule']);
	const open = (await supervisor.all('/rule-problems?state=open'))[0];
	for (const [changes, pointer] of [[{ taken_up: undefined }, '#/taken_up'],
		[{ answer: ' ' }, '#/answer']])
		assert.deepEqual((await answer(open, changes, 422)).errors.map((one) => one.pointer),
			[pointer]);
	await server.as('operator').post('/appeals/LD990101000001/rule-problem', PROBLEM,
		{ expect: 404 });
	for (const id of ['0', 'x', '999999999'])
		await answer({ id }, {}, 404);
	await supervisor.get('/rule-problems?state=closed', { expect: 422 });
	assert.deepEqual(rows(), before);
});

test('who raises does not answer, and a department raises nothing', async () => {
	const open = (await supervisor.all('/rule-problems?state=open'))[0];
	for (const role of ['operator', 'dispatcher', 'reviewer', 'supervisor', 'auditor'])
		await server.as(role).post(`/rule-problems/${open.id}/answer`, ANSWER, { expect: 403 });
	for (const client of [leader, auditor, server.department('CGJ')])
		await client.post(`/appeals/${appeal.id}/rule-problem`, PROBLEM, { expect: 403 });
	assert.equal((await supervisor.all('/rule-problems?state=open'))[0].id, open.id);
});

test('an independent program finds an answer that was changed later, and nothing before', async () => {
	const { keys } = await allSigned(server);
	const before = await judged(server, keys.checkpoint);
	assert.equal(before.status, 0, before.out + before.error);
	sql(server, `UPDATE ledger_content SET bytes = REPLACE(bytes, '"taken_up":false',
		'"taken_up":true') WHERE kind = 8`);
	assert.equal((await judged(server, keys.checkpoint)).status, 1);
});

endsCleanly(server);
