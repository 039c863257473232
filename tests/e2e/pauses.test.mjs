/* Pauses and stays on account: intervals that neither invent time nor swallow any. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo, ms, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, contact, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow }
	from './lib/world.mjs';

/* On Monday; a limit of five working days ends on Monday the 9th. */
const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const own = server.department('CGJ');
const dispatcher = server.as('dispatcher');
const admin = server.as('admin');

const WATER = { category: '0101', area: 'A01' };	/* a utility: L1, day and night */

async function inHand(place = where, changes = {}) {
	const task = leadOf(await register(server, place, changes));
	await sign(server, task);
	return contact(server, task);
}

const act = (task, action, body, expect = 200, who = dispatcher) =>
	who.post(`/tasks/${task.id}/${action}`, body, { expect }).then((answer) => answer.json);
const pause = (task, until, expect = 200, who = dispatcher) =>
	act(task, 'pause', { ground: 'caller_material', until }, expect, who);
const resume = (task, expect = 200, who = dispatcher) => act(task, 'resume', {}, expect, who);
const account = (task, review_on, expect = 200, who = dispatcher) =>
	act(task, 'account', { plan: '列入明年改造计划', review_on }, expect, who);
const unaccount = (task, expect = 200, who = dispatcher) =>
	act(task, 'unaccount', {}, expect, who);
const receiptOf = async (task) => (await server.as('leader').get(`/tasks/${task.id}/deadline`,
	{ expect: 200 })).json;
const typed = async (task, type) => ofType(await eventsOf(server, task.appeal), type, task.id);
const overdueOf = async (task, limit = 'done') =>
	(await typed(task, 'task.overdue')).filter((event) => event.data.limit === limit);

function assertComplains(problem, pointer, code) {
	assert.ok(problem.errors.some((one) => one.pointer === pointer && one.code === code),
		JSON.stringify(problem.errors));
}

test('pause (挂起): a ground of the closed list and an end, no other', async () => {
	const task = await inHand();
	const until = '2026-03-06';
	assertComplains(await act(task, 'pause', { ground: 'busy', until }, 422),
		'#/ground', 'unknown_code');
	assertComplains(await act(task, 'pause', { ground: 'not_my_duty', until }, 422),
		'#/ground', 'unknown_code');
	assertComplains(await pause(task, '2026-03-01', 422), '#/until', 'not_in_future');
	assertComplains(await pause(task, local('2026-03-02 09:00'), 422),
		'#/until', 'not_in_future');
	assertComplains(await pause(task, '2026-08-29', 422), '#/until', 'too_long');
	await act(task, 'pause', { ground: 'disaster' }, 422);
	await act(task, 'pause', { ground: 'disaster', until: 'tomorrow' }, 422);
	assert.equal((await taskNow(server, task)).version, task.version);
	const held = await act(task, 'pause',
		{ ground: 'legal_procedure', until, note: '等待鉴定结论' });
	assert.equal(held.state, 'paused');
	assertSameTime(held.held_since, '2026-03-02 09:00');
	assertSameTime(held.held_until, '2026-03-06 23:59:59', 'a date is its last second');
	assert.equal(held.due, task.due, 'what it is worth is known when it ends');
	const [event] = await typed(task, 'task.paused');
	assert.deepEqual([event.data.ground, event.data.ground_name, event.data.note],
		['legal_procedure', '等待诉讼、鉴定等法定程序结果', '等待鉴定结论']);
	assertSameTime(event.data.until, '2026-03-06 23:59:59');
});

test('only a dispatcher of the centre pauses; a department reads its own', async () => {
	const task = await inHand();
	for (const role of ['operator', 'reviewer', 'supervisor', 'leader', 'auditor'])
		await pause(task, '2026-03-06', 403, server.as(role));
	await pause(task, '2026-03-06', 403, own);
	const outsourced = await newKey(server, 'dispatcher-2', 'dispatcher', '--outsourced');
	assert.equal((await pause(task, '2026-03-06', 403, outsourced)).code, 'outsourced');
	await pause(task, '2026-03-06');
	await resume(task, 403, own);
	await resume(task, 403, server.as('supervisor'));
	await own.get(`/tasks/${task.id}/pauses`, { expect: 200 });
	await server.department('JTJ').get(`/tasks/${task.id}/pauses`, { expect: 404 });
	await server.as('intake').get(`/tasks/${task.id}/pauses`, { expect: [403, 404] });
});

test('what is on hold is taken up first: every other step is 409 and names that', async () => {
	const paused = await inHand();
	await pause(paused, '2026-03-06');
	for (const [action, body] of [['progress', { text: '仍在等待' }], ['extend',
		{ days: 1, reason: '材料未到', caller_informed: true }]]) {
		const problem = await act(paused, action, body, 409, own);
		assert.equal(problem.code, 'illegal_step');
		assert.ok(problem.allowed.includes('resume'), problem.allowed.join());
		assert.ok(!problem.allowed.includes('unaccount'), problem.allowed.join());
	}
	await pause(paused, '2026-03-07', 409);
	await account(paused, '2026-03-07', 409);
	await unaccount(paused, 409);
	const fresh = leadOf(await register(server, where));
	assert.equal((await pause(fresh, '2026-03-06', 409)).code, 'illegal_step');
	await resume(fresh, 409);
	await close(server, fresh);
	await pause(fresh, '2026-03-06', 409);
});

/* Registered on Monday morning, on hold through the steps below. */
const long = await inHand();	/* paused in one piece from Tuesday 10:00 */
const cut = await inHand();	/* in many, one behind the other */
const plain = await inHand();	/* never */
const uncalled = leadOf(await register(server, where));	/* signed, the caller not called */
const water = await inHand(WATER);
const accounted = await inHand();

test('the clock of a paused task stands: no warning, no mark, however long', async () => {
	await sign(server, uncalled);
	await moveTo(server, '2026-03-02 10:00');
	await pause(water, '2026-03-20');
	await moveTo(server, '2026-03-03 10:00');
	for (const task of [long, cut, uncalled])
		await pause(task, '2026-03-31');
	await account(accounted, '2026-06-30');
	for (const moment of ['2026-03-03 11:30', '2026-03-04 09:00', '2026-03-05 14:00',
		'2026-03-07 12:00', '2026-03-08 20:00', '2026-03-10 08:00']) {
		await moveTo(server, moment);
		await resume(cut);
		await pause(cut, '2026-03-31');
	}
	await moveTo(server, '2026-03-11 16:00');
	for (const task of [long, cut, accounted]) {
		assert.deepEqual(await overdueOf(task), []);
		assert.deepEqual(await typed(task, 'task.warned'), []);
	}
	assert.equal((await overdueOf(plain)).length, 1, 'another one is overdue since the 9th');
});

test('a contact is not owed while it cannot be made; what remained of its time goes on', async () => {
	assert.deepEqual(await overdueOf(uncalled, 'contact'), []);
	assert.equal((await taskNow(server, uncalled)).state, 'paused');
	const taken = await resume(uncalled);
	assert.ok(ms(taken.contact_due) > ms(uncalled.contact_due));
	assert.equal(taken.contacted_at, null);
});

test('many short pauses are worth as much as a long one', async () => {
	const one = await resume(long);
	const many = await resume(cut);
	/* Seven working days began between Tuesday the 3rd and Wednesday the 11th. */
	assertSameTime(one.due, '2026-03-17 23:59:59');
	assert.equal(many.due, one.due);
	assert.equal(one.original_due, long.due);
	assert.equal(many.original_due, cut.due);
	assert.equal(one.state, 'in_hand');
	const whole = (await own.get(`/tasks/${long.id}/pauses`, { expect: 200 })).json;
	const pieces = (await own.get(`/tasks/${cut.id}/pauses`, { expect: 200 })).json;
	assert.equal(whole.items.length, 1);
	assert.equal(pieces.items.length, 7);
	const seconds = (ms('2026-03-11 16:00') - ms('2026-03-03 10:00')) / 1000;
	assert.equal(whole.total_paused_seconds, seconds);
	assert.equal(pieces.total_paused_seconds, seconds, 'one behind the other without a gap');
	assert.equal(whole.total_on_account_seconds, 0);
	const receipt = await receiptOf(cut);
	assert.equal(receipt.changes.length, 7);
	assert.equal(receipt.changes[0].due_before, cut.due);
	assert.equal(receipt.changes[6].due_after, many.due);
	for (let i = 1; i < 7; i++)
		assert.equal(receipt.changes[i].due_before, receipt.changes[i - 1].due_after);
	assert.match(receipt.changes[0].reason, /挂起/);
	assert.match(receipt.changes[0].reason_en, /paused/);
});

test('hours on hold within a day give no day', async () => {
	const task = await inHand();	/* Wednesday the 11th, due on the 18th */
	const short = await inHand(where, { content_class: 'consultation' });
	assertSameTime(short.due, '2026-03-12 23:59:59');
	for (const [from, to] of [['2026-03-12 09:00', '2026-03-12 12:00'],
		['2026-03-12 13:00', '2026-03-12 23:00'], ['2026-03-13 00:00', '2026-03-13 23:59']]) {
		await moveTo(server, from);
		await pause(task, '2026-03-31');
		if (from === '2026-03-12 13:00')
			await pause(short, '2026-03-31');
		await moveTo(server, to);
		assert.equal((await resume(task)).due, task.due);
		if (from === '2026-03-12 13:00')
			assert.equal((await resume(short)).due, short.due);
	}
	const warned = await typed(short, 'task.warned');
	assert.deepEqual(warned.map((event) => ms(event.at)), [ms('2026-03-12 23:00')],
		'three quarters were over at 16:00, on hold: it comes when the work goes on');
});

test('E34: what began on hold after the due time stays overdue', async () => {
	await pause(plain, '2026-03-20');
	await moveTo(server, '2026-03-16 09:00');
	const back = await resume(plain);
	assert.equal(back.due, plain.due);
	assert.equal((await overdueOf(plain)).length, 1);
});

test('a limit that runs day and night is moved by the time on hold, to the second', async () => {
	/* Registered on the 2nd at 09:00, due a day later, on hold from 10:00. */
	await moveTo(server, local('2026-03-16 13:25').replace(':00+', ':07+'));
	const back = await resume(water);
	const held = ms(await now(server)) - ms('2026-03-02 10:00');
	assert.equal(ms(back.due), ms(water.due) + held);
	assert.equal(back.original_due, water.due);
	assert.deepEqual(await overdueOf(water), []);
	/* An hour was used before: three quarters of a day are, seventeen hours from now. */
	await moveTo(server, local('2026-03-17 06:25').replace(':00+', ':06+'));
	assert.deepEqual(await typed(water, 'task.warned'), []);
	await moveTo(server, local('2026-03-17 06:25').replace(':00+', ':07+'));
	assert.equal((await typed(water, 'task.warned')).length, 1);
});

test('take up (恢复) on the day the pause ran out on is due that day: Friday goes to Monday',
	async () => {
		await moveTo(server, '2026-03-20 09:00');	/* Friday */
		const task = await inHand();
		assertSameTime(task.due, '2026-03-27 23:59:59', 'on a Friday again');
		await moveTo(server, '2026-03-27 15:00');
		await pause(task, '2026-03-30');
		await moveTo(server, '2026-03-30 08:30');
		const receipt = await receiptOf(task);
		assertSameTime(receipt.due_if_resumed_now, '2026-03-30 23:59:59');
		assertSameTime(receipt.due, '2026-03-27 23:59:59', 'nothing is stored before');
		assertSameTime((await resume(task)).due, '2026-03-30 23:59:59');
		assert.equal((await receiptOf(task)).due_if_resumed_now, null);
		await moveTo(server, '2026-03-31 00:00:00');
		const marks = await overdueOf(task);
		assert.equal(marks.length, 1);
		assertSameTime(marks[0].at, '2026-03-31 00:00:00');
	});

test('a pause ends by itself after its last second, and the system is on record', async () => {
	const task = await inHand();
	await pause(task, '2026-04-02');
	await moveTo(server, '2026-04-02 23:59:59');
	assert.equal((await taskNow(server, task)).state, 'paused');
	await moveTo(server, '2026-04-03 00:00:00');
	const back = await taskNow(server, task);
	assert.equal(back.state, 'in_hand');
	assert.deepEqual([back.held_since, back.held_until], [null, null]);
	const events = await typed(task, 'task.resumed');
	assert.equal(events.length, 1);
	assertSameTime(events[0].at, '2026-04-03 00:00:00');
	assert.equal(events[0].by.kind, 'system');
	assert.equal(events[0].data.automatic, true);
	/* Registered on Tuesday, due after Qingming on the 8th; three working days on hold. */
	assertSameTime(task.due, '2026-04-08 23:59:59');
	assertSameTime(back.due, '2026-04-13 23:59:59');
	assert.equal(events[0].data.due, back.due);
	await resume(task, 409);
});

test('a jump over many ends lets each end at its own second', async () => {
	const tasks = [];
	for (const until of ['2026-04-07', '2026-04-09', local('2026-04-08 12:00')]) {
		const task = await inHand();
		await pause(task, until);
		tasks.push(task);
	}
	await moveTo(server, '2026-04-20 09:00');
	const ends = [];
	for (const task of tasks) {
		const events = await typed(task, 'task.resumed');
		assert.equal(events.length, 1);
		ends.push(ms(events[0].at));
	}
	assert.deepEqual(ends, [ms('2026-04-08 00:00'), ms('2026-04-10 00:00'),
		ms('2026-04-08 12:00:01')]);
});

test('two servers, or a kill in between: a pause that ran out ends once', async () => {
	const task = await inHand();
	await pause(task, '2026-04-21');
	const move = moveTo(server, '2026-04-22 09:00').catch(() => undefined);
	await server.kill();
	await move;
	await server.restart();
	await moveTo(server, '2026-04-22 09:00');
	assert.equal((await taskNow(server, task)).state, 'in_hand');
	const events = await typed(task, 'task.resumed');
	assert.equal(events.length, 1);
	assertSameTime(events[0].at, '2026-04-22 00:00:00');
	assert.deepEqual(sql(server, 'SELECT COUNT(*) FROM pauses_pause p JOIN tasks_task t ' +
		'ON t.id = p.task_id WHERE p.to_at = 0 AND t.held_since <> p.from_at'), [['0']]);
});

test('two who take it up at once: one does', async () => {
	const task = await inHand();
	await pause(task, '2026-04-30');
	const both = await Promise.all([1, 2].map(() =>
		dispatcher.post(`/tasks/${task.id}/resume`, {})));
	assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
	assert.equal((await typed(task, 'task.resumed')).length, 1);
	assert.equal((await receiptOf(task)).changes.length, 1);
});

test('on account (挂账): with a plan, reviewed after at most six months', async () => {
	await moveTo(server, '2026-08-31 09:00');
	const task = await inHand();
	await act(task, 'account', { review_on: '2026-10-01' }, 422);
	await act(task, 'account', { plan: '列入计划' }, 422);
	assertComplains(await account(task, '2026-08-30', 422), '#/review_on', 'not_in_future');
	assertComplains(await account(task, '2027-03-01', 422), '#/review_on', 'too_long');
	const held = await account(task, '2027-02-28');
	assert.equal(held.state, 'on_account');
	assertSameTime(held.held_until, '2027-02-28 23:59:59');
	assertSameTime(held.left_at, '2026-08-31 09:00', 'out of the base from the decision');
	const [event] = await typed(task, 'task.on_account');
	assert.equal(event.data.plan, '列入明年改造计划');
	for (const role of ['supervisor', 'leader', 'reviewer'])
		await unaccount(task, 403, server.as(role));
	await resume(task, 409);
});

test('off account: back in the base, with the time that remained', async () => {
	/* On account since Tuesday the 3rd of March; it ended by itself after the 30th of June. */
	const back = await taskNow(server, accounted);
	assert.equal(back.state, 'in_hand');
	assert.equal(back.left_at, null);
	const [event] = await typed(accounted, 'task.off_account');
	assertSameTime(event.at, '2026-07-01 00:00:00');
	assert.equal(event.data.automatic, true);
	/* Five of six days remained on the 3rd, the 3rd itself among them. */
	assertSameTime(accounted.due, '2026-03-09 23:59:59');
	assertSameTime(back.due, '2026-07-07 23:59:59');
	assert.equal(back.original_due, accounted.due);
	const marks = await overdueOf(accounted);
	assert.deepEqual(marks.map((mark) => ms(mark.at)), [ms('2026-07-08 00:00')]);
	const list = (await own.get(`/tasks/${accounted.id}/pauses`, { expect: 200 })).json;
	assert.deepEqual(list.items.map((one) => [one.kind, one.ended_by]),
		[['account', 'system']]);
	assert.equal(list.total_paused_seconds, 0);
	const receipt = await receiptOf(accounted);
	assert.equal(receipt.changes[0].kind, 'on_account');
	assert.match(receipt.changes[0].reason, /挂账/);
});

test('off account by hand, the same day: nothing is won and nothing lost', async () => {
	const task = await inHand();
	await account(task, '2026-09-30');
	const back = await unaccount(task);
	assert.deepEqual([back.state, back.due, back.left_at], ['in_hand', task.due, null]);
	await unaccount(task, 409);
});

test('a pause over noon moves a limit in working hours by the working time in it', async () => {
	const limits = (await admin.get('/documents/limits', { expect: 200 })).json;
	const text = limits.text.split('\n').map((line) => line.startsWith('L2\t') ?
		line.replace('\t1 working_days\t2 working_days\t',
			'\t4 working_hours\t2 working_days\t') : line).join('\n');
	assert.notEqual(text, limits.text);
	await admin.post('/limits', { source: '咨询四个工作小时', text }, { expect: 201 });
	await moveTo(server, '2026-09-01 10:00');	/* Tuesday; 09:00-12:00, 13:30-17:30 */
	const task = await inHand(where, { content_class: 'consultation' });
	assertSameTime(task.due, '2026-09-01 15:30');
	await moveTo(server, '2026-09-01 11:30');
	await pause(task, '2026-09-30');
	await moveTo(server, '2026-09-01 14:00');
	assertSameTime((await receiptOf(task)).due_if_resumed_now, '2026-09-01 16:30');
	assertSameTime((await resume(task)).due, '2026-09-01 16:30', 'noon itself is no time');
	await pause(task, '2026-09-30');
	await moveTo(server, '2026-09-02 08:00');
	assertSameTime((await resume(task)).due, '2026-09-02 11:30',
		'what remained at 14:00 are two and a half hours');
	await moveTo(server, '2026-09-03 09:00');
	assert.equal((await overdueOf(task)).length, 1);
});

test('an extension asked for before a pause is worth its days on top of it', async () => {
	const task = await inHand();	/* Thursday the 3rd, due on the 10th */
	await own.post(`/tasks/${task.id}/extend`,
		{ days: 3, reason: '需协调', caller_informed: true }, { expect: 200 });
	await pause(task, '2026-09-30');
	await moveTo(server, '2026-09-07 09:00');
	const longer = await act(task, 'extend/approve', {}, 200);
	assert.equal(longer.state, 'paused');
	assertSameTime(longer.due, '2026-09-15 23:59:59');
	await moveTo(server, '2026-09-16 09:00');
	assert.deepEqual(await overdueOf(task), [], 'it is on hold');
	/* On hold on nine working days: the 3rd, 4th, 7th to 11th, 14th, 15th; the 20th is one. */
	assertSameTime((await resume(task)).due, '2026-09-28 23:59:59');
	assert.deepEqual((await receiptOf(task)).changes.map((one) => one.kind),
		['extended', 'paused']);
});

const operator = server.as('operator');
const pausesOf = async (task) =>
	(await server.as('leader').get(`/tasks/${task.id}/pauses`, { expect: 200 })).json;

test('withdrawn while on hold: the pause ends with it, and nothing wakes the task', async () => {
	const task = await inHand();
	await pause(task, '2026-09-30');
	await operator.post(`/appeals/${task.appeal}/withdraw`,
		{ reason: '诉求人撤诉', confirmed_by: 'recording' }, { expect: 200 });
	const [row] = (await pausesOf(task)).items;
	assertSameTime(row.to, await now(server));
	assert.equal(row.due_after, null);
	await moveTo(server, '2026-10-09 09:00');
	assert.equal((await taskNow(server, task)).state, 'withdrawn');
	assert.deepEqual(await typed(task, 'task.resumed'), []);
	assert.deepEqual(await overdueOf(task), []);
});

test('merged while on hold and parted again: the pause goes on as if nothing had been',
	async () => {
		const parent = await register(server, where);
		const [child, late] = [await inHand(), await inHand()];
		await pause(child, '2026-10-31');
		await pause(late, '2026-10-12');
		for (const task of [child, late])
			await operator.post(`/appeals/${task.appeal}/merge`, { into: parent.id },
				{ expect: 200 });
		assertSameTime((await pausesOf(child)).items[0].to, '2026-10-09 09:00');
		await moveTo(server, '2026-10-14 09:00');
		for (const task of [child, late])
			await operator.post(`/appeals/${task.appeal}/unmerge`,
				{ reason: '不是同一件事' }, { expect: 200 });
		assert.equal((await pausesOf(child)).items[0].to, null);
		assert.equal((await taskNow(server, child)).state, 'paused');
		await moveTo(server, '2026-10-15 09:00');
		/* Its end lay in between: it comes with its own time. */
		assert.equal((await taskNow(server, late)).state, 'in_hand');
		const ends = await typed(late, 'task.resumed');
		assert.deepEqual(ends.map((event) => ms(event.at)), [ms('2026-10-13 00:00')]);
		/* On hold on the 9th, 10th and 12th of its six days; then from the 13th on. */
		assertSameTime(late.due, '2026-10-15 23:59:59');
		assertSameTime((await taskNow(server, late)).due, '2026-10-20 23:59:59');
		/* On the 9th, 10th, 12th, 13th and 14th. */
		assertSameTime((await resume(child)).due, '2026-10-22 23:59:59');
	});

endsCleanly(server);
