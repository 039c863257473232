/*
 * The table of states and transitions, one test a row, named by it: from, action -> to; with
 * the guard of the row, what it does to the clocks, and its event. The appeals live in the
 * model as well, which compares state, versions and due times after each step.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, moveTo, ms } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { eventsOf, ofType, rowOf } from './lib/world.mjs';
import { UNROUTED, doer, freshPair, persons, register, walk } from './model/places.mjs';
import { allowed } from './model/states.mjs';
import { APPEAL_BODIES, TASK_BODIES } from './model/twin.mjs';

const server = await startServer({ clock: MONDAY });
const who = await persons(server);
const NOW = ms(MONDAY);
const CLOSED = ['sign', 'contact', 'complete', 'review'];

const waiting = (changes) => register(who, changes, UNROUTED);
async function at(...steps) {
	const twin = await register(who);
	await walk(who, twin, twin.lead, steps, NOW);
	return twin;
}
const act = (twin, action, body, client = doer(who, twin.lead, action)) =>
	twin.task(twin.lead, action, client, { body, now: NOW });
const whole = (twin, action, body, parent) => twin.whole(action,
	action === 'dispatch' ? who.dispatcher : who.operator, { body, parent, now: NOW });

async function refused(twin, action, body, status, code, client) {
	const before = await eventsOf(server, twin.appeal.id);
	const is_task = TASK_BODIES[action] !== undefined;
	const path = is_task ? `/tasks/${twin.lead.id}/${action}` :
		`/appeals/${twin.appeal.id}/${action}`;
	const by = client ?? (is_task ? doer(who, twin.lead, action) : who.operator);
	const answer = await by.post(path, body, { expect: status });
	if (code)
		assert.equal(answer.json.code, code);
	assert.deepEqual(await eventsOf(server, twin.appeal.id), before);
	await twin.assertSame();
}

/* The last event that is no mark, and that nothing else came with it. */
async function told(twin, type, more = 0) {
	await twin.assertSame();
	const events = await eventsOf(server, twin.appeal.id);
	assert.equal(ofType(events, type).length, 1 + more, type);
	return ofType(events, type).at(-1);
}
const clocks = ({ sign_due, contact_due, due, original_due }) =>
	({ sign_due, contact_due, due, original_due });

test('-, register (登记) -> accepted: required fields; the citizen\'s clock starts', async () => {
	await who.operator.register({ channel: '12345' }, { expect: 422 });
	const twin = await waiting();
	const event = await told(twin, 'appeal.received');
	assertSameTime(event.at, MONDAY);
	assert.equal(twin.appeal.state, 'accepted');
});

test('accepted, answer at desk (直接答复) -> answered: consultation, suggestion or praise, no task',
	async () => {
		await refused(await waiting({ content_class: 'complaint' }), 'answer',
			APPEAL_BODIES.answer(), 409, 'not_for_the_desk');
		const twin = await waiting({ content_class: 'consultation' });
		await whole(twin, 'answer');
		assert.equal(twin.appeal.tasks.length, 0);
		await told(twin, 'appeal.answered');
	});

test('accepted, refuse (不予受理) -> refused: reason code, and the proper channel is told',
	async () => {
		const twin = await waiting();
		await refused(twin, 'refuse', { reason: 'litigation' }, 422);
		await refused(twin, 'refuse', { reason: 'busy', told: '无' }, 422);
		await whole(twin, 'refuse');
		assert.equal((await told(twin, 'appeal.refused')).data.reason, 'litigation');
	});

test('accepted, transfer to 110/119/120/122 -> transferred: only when the other side acknowledged',
	async () => {
		const twin = await waiting();
		await whole(twin, 'transfer');
		assert.equal(twin.appeal.state, 'accepted', 'the first receiver is responsible');
		await told(twin, 'appeal.transfer_asked');
		await whole(twin, 'transfer/acknowledge');
		await told(twin, 'appeal.transferred');
	});

test('accepted, merge (并单) -> merged: the child follows, and is parted as it was', async () => {
	const [parent, child] = [await register(who), await register(who)];
	const was = clocks(child.lead);
	await whole(child, 'merge', undefined, parent);
	await told(child, 'appeal.merged');
	await told(parent, 'appeal.joined');
	await whole(child, 'unmerge');
	await told(child, 'task.restored');
	assert.deepEqual(clocks(child.lead), was);
});

test('accepted, dispatch (派单) -> awaiting sign: recusal guard; the unit clock starts',
	async () => {
		const twin = await waiting({ accused: { department: 'JTJ' } });
		await refused(twin, 'dispatch', { department: 'JTJ' }, 409, 'recused', who.dispatcher);
		await whole(twin, 'dispatch');
		const event = await told(twin, 'task.dispatched');
		assertSameTime(event.data.due, '2026-03-09 23:59:59');
	});

test('awaiting sign, sign (签收) -> in hand: the sign time is fixed', async () => {
	const twin = await at();
	await act(twin, 'sign');
	await refused(twin, 'sign', {}, 409, 'illegal_step');
	assertSameTime((await told(twin, 'task.signed')).at, MONDAY);
});

for (const steps of [[], ['sign']])
	test(`${steps.length ? 'in hand' : 'awaiting sign'}, request return (退单申请) -> ` +
		'return under review: basis needed; the unit clock keeps running', async () => {
		const twin = await at(...steps);
		const was = clocks(twin.lead);
		await refused(twin, 'return', { reason: 'not_my_duty', propose: 'JTJ' }, 422);
		await act(twin, 'return');
		assert.deepEqual(clocks(twin.lead), was);
		await told(twin, 'task.return_requested');
	});

test('return under review, accept return -> accepted: void; a new unit gets its own clock',
	async () => {
		const twin = await at('return');
		await act(twin, 'return/accept', { redispatch_to: 'JTJ' });
		assert.equal(twin.lead.department, 'JTJ');
		await told(twin, 'task.return_accepted');
		const plain = await at('return');
		await act(plain, 'return/accept');
		assert.equal(plain.appeal.state, 'accepted');
		await told(plain, 'task.return_accepted');
	});

test('return under review, refuse return -> in hand: reason; nothing was stopped', async () => {
	const twin = await at('sign', 'return');
	const was = clocks(twin.lead);
	await refused(twin, 'return/refuse', {}, 422);
	await act(twin, 'return/refuse');
	assert.deepEqual([twin.lead.state, clocks(twin.lead)], ['in_hand', was]);
	await told(twin, 'task.return_refused');
});

test('after a dispute, duty ruling (指定承办) -> awaiting sign, non-returnable', async () => {
	const twin = await register(who, {}, freshPair());
	await whole(twin, 'dispatch');
	await walk(who, twin, twin.lead, ['sign', 'return', 'return/refuse', 'dispute'], NOW);
	await act(twin, 'ruling', { department: 'JTJ', basis: '研究决定' });
	assert.deepEqual([twin.lead.state, twin.lead.standing], ['awaiting_sign', 'ruled']);
	assert.ok((await told(twin, 'task.ruled')).data.catalogue_version > 0);
	await refused(twin, 'return', { ...TASK_BODIES.return(), propose: 'GAJ' }, 409);
});

test('in hand, add assist (协办) -> in hand + assist task: due a working day before the lead',
	async () => {
		const twin = await at('sign');
		await act(twin, 'assist');
		assertSameTime(new Date(twin.appeal.tasks[1].due).toISOString(),
			'2026-03-06 23:59:59');
		await told(twin, 'task.dispatched', 1);
	});

test('in hand, contact caller (联系) -> in hand: the first contact is fixed once', async () => {
	const twin = await at('sign');
	await refused(twin, 'contact', { channel: 'phone' }, 422);
	await act(twin, 'contact');
	await act(twin, 'contact');
	await told(twin, 'task.contacted', 1);
});

test('in hand, ask extension (延期申请) -> in hand, pending: caller informed; runs until approved',
	async () => {
		const twin = await at('sign');
		const was = clocks(twin.lead);
		await refused(twin, 'extend', { ...TASK_BODIES.extend(), caller_informed: false }, 422);
		await act(twin, 'extend');
		assert.deepEqual(clocks(twin.lead), was);
		await told(twin, 'task.extension_requested');
		await act(twin, 'extend/approve');
		assert.equal(twin.lead.original_due, was.original_due);
		await told(twin, 'task.extension_decided');
	});

test('in hand, interim reply (阶段性答复) -> in hand: the next date becomes a promise', async () => {
	const twin = await at('sign');
	await act(twin, 'progress', { text: '灯具在途', promise_on: '2026-03-06' });
	assert.ok(JSON.stringify((await told(twin, 'task.progressed')).data).includes('promise'));
});

test('in hand, pause (挂起) -> paused: closed list of grounds, the centre only', async () => {
	const twin = await at('sign');
	await refused(twin, 'pause', { ground: 'busy', until: '2026-03-05' }, 422);
	await refused(twin, 'pause', TASK_BODIES.pause(null, NOW), 403, undefined, who.CGJ);
	await act(twin, 'pause');
	await told(twin, 'task.paused');
	await act(twin, 'resume');
	await told(twin, 'task.resumed');
});

test('in hand, move to difficult ledger (挂账) -> on account: plan and next review date',
	async () => {
		const twin = await at('sign');
		await refused(twin, 'account', { review_on: '2026-03-05' }, 422);
		await act(twin, 'account');
		await told(twin, 'task.on_account');
		await act(twin, 'unaccount');
		await told(twin, 'task.off_account');
	});

test('in hand, submit result (办结申请) -> review pending: the checklist of the class',
	async () => {
		const twin = await at('sign');
		await refused(twin, 'complete', TASK_BODIES.complete(), 409, 'checklist_incomplete');
		await act(twin, 'contact');
		await act(twin, 'complete');
		await told(twin, 'task.completed');
	});

test('review pending, refuse (审核退回) -> in hand: reason; as if not submitted', async () => {
	const twin = await at('sign', 'contact', 'complete');
	await refused(twin, 'review', { pass: false, reason: '' }, 422);
	await act(twin, 'review', { pass: false, reason: '缺照片' });
	assert.deepEqual([twin.lead.state, twin.lead.closed_at], ['in_hand', 0]);
	await told(twin, 'task.review_failed');
});

test('review pending, pass -> closed: the clock stopped at the submit time', async () => {
	const twin = await at('sign', 'contact', 'complete');
	await act(twin, 'review');
	assert.equal(twin.lead.closed_at, twin.lead.submitted_at);
	await told(twin, 'task.review_passed');
});

test('awaiting visit, visit (回访) -> visited; before the close it is recorded only', async () => {
	const early = await at('sign');
	await act(early, 'visits');
	assert.equal(early.lead.state, 'in_hand');
	const twin = await at(...CLOSED);
	await act(twin, 'visits');
	assert.deepEqual([twin.lead.state, twin.lead.outcome], ['visited', 'satisfied']);
	await told(twin, 'task.visited');
});

test('visited dissatisfied, redo (重办) -> in hand, round 2: half of the limit, once', async () => {
	const twin = await at(...CLOSED);
	const { due, closed_at } = twin.lead;
	await act(twin, 'visits', { ...TASK_BODIES.visits(), solved: 'no',
		result: 'dissatisfied', reason: 'result' });
	assert.deepEqual([twin.lead.round, twin.lead.due, twin.lead.closed_at],
		[2, due, closed_at]);
	assertSameTime(new Date(twin.lead.redo_due).toISOString(), '2026-03-05 23:59:59');
	await told(twin, 'task.redo');
	const policy = await at(...CLOSED);
	await act(policy, 'visits', { ...TASK_BODIES.visits(), result: 'dissatisfied',
		reason: 'policy' });
	assert.equal(policy.lead.state, 'visited', 'not within the department\'s power');
});

for (const [name, make] of [['accepted', () => waiting()], ['in hand', () => at('sign')],
	['return under review', () => at('return')], ['review pending',
		() => at('sign', 'contact', 'complete')], ['closed', () => at(...CLOSED)]])
	test(`${name}, withdraw (撤诉) -> withdrawn: the centre, never the department`, async () => {
		const twin = await make();
		await refused(twin, 'withdraw', APPEAL_BODIES.withdraw(), [403, 404], undefined,
			who.JTJ);
		await whole(twin, 'withdraw');
		await told(twin, 'appeal.withdrawn');
	});

test('any, urge (催办), supervise (督办), escalate (提级) -> same state and clocks, a mark',
	async () => {
		for (const steps of [[], ['sign'], CLOSED]) {
			const twin = await at(...steps);
			const was = [twin.lead.state, clocks(twin.lead)];
			for (const action of ['urge', 'supervise', 'escalate'])
				await act(twin, action);
			assert.deepEqual([twin.lead.state, clocks(twin.lead)], was);
			assert.ok(allowed(twin.lead).includes('urge'));
			for (const type of ['task.urged', 'task.supervised', 'task.escalated'])
				await told(twin, type);
		}
	});

/* The clock moves from here on. */

test('visited, archive (归档) -> archived: five working days after the last event; ' +
	'archived, reopen (重启) -> in hand, a new round', async () => {
	const twin = await at(...CLOSED, 'visits');
	await moveTo(server, '2026-03-09 23:59:58');
	twin.clockTo(ms('2026-03-09 23:59:58'));
	await twin.assertSame();
	assert.equal(twin.appeal.state, 'closed');
	const now = ms('2026-03-10 09:00');
	await moveTo(server, '2026-03-10 09:00');
	twin.clockTo(now);
	assert.equal(twin.appeal.state, 'archived');
	assertSameTime((await told(twin, 'task.archived')).at, '2026-03-09 23:59:59');
	await twin.whole('reopen', who.operator, { now });
	assert.deepEqual([twin.lead.state, twin.lead.round], ['in_hand', 2]);
	await told(twin, 'appeal.reopened');
});

test('awaiting sign, request return after its window of one working day is refused', async () => {
	const twin = await register(who, {}, rowOf(server, 'CGJ'));
	await moveTo(server, '2026-03-12 09:00');
	await refused(twin, 'return', TASK_BODIES.return(), 409, 'return_window_closed');
});

test('paused until its last second -> in hand by itself, the working days given back',
	async () => {
		const now = ms('2026-03-12 09:00');
		const twin = await register(who);
		await walk(who, twin, twin.lead, ['sign', 'pause'], now);
		await moveTo(server, '2026-03-16 09:00');
		twin.clockTo(ms('2026-03-16 09:00'));
		assert.equal(twin.lead.state, 'in_hand');
		await told(twin, 'task.resumed');
	});

endsCleanly(server);
