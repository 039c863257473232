/* Due moments, their derivation, and warnings, overdue marks and cards that come once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo, ms, now } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, contact, eventsOf, leadOf, ofType, register, row, sign, taskNow }
	from './lib/world.mjs';

/* Friday; Saturday the 14th is a made-up working day, the Spring Festival lasts until the 23rd. */
const server = await startServer({ clock: local('2026-02-13 10:00') });
const WATER = { category: '0101', area: 'A01' };	/* a utility: L1, L0 when urgent */
const admin = server.as('admin');

/* An event fires once per task, kind, limit, stage and reason. */
const mark = (event) => [event.type, event.task, event.data?.limit, event.data?.card,
	event.data?.colour, event.data?.color, event.data?.level, event.data?.stage,
	event.data?.reason].join('|');

function assertOnce(events) {
	const marks = events.filter((event) => /^task\.(warned|overdue|card)$/.test(event.type))
		.map(mark);
	assert.deepEqual(marks, [...new Set(marks)], 'nothing fires twice');
}

const overdue = (events, limit) => ofType(events, 'task.overdue')
	.filter((event) => event.data.limit === limit);

/* A mark stands at its due moment: not before it and within two seconds of domain time. */
function assertFiredAt(event, due) {
	const late = ms(event.at) - ms(due);
	assert.ok(late >= 0 && late <= 2000, `${event.type} at ${event.at}, due ${due}`);
}

async function derivation(task) {
	const answer = await server.as('leader').get(`/tasks/${task.id}/deadline`,
		{ expect: 200 });
	return answer.json;
}

let spring;	/* registered on the 13th */

test('a limit of five working days steps over a holiday and counts a made-up day', async () => {
	spring = leadOf(await register(server, row(server, 'L3')));
	assertSameTime(spring.due, '2026-02-27 23:59:59');
	assertSameTime(spring.sign_due, '2026-02-14 23:59:59');
	assertSameTime(spring.contact_due, '2026-02-14 23:59:59');
});

test('the receipt shows every day, counted or skipped, with its reason', async () => {
	const receipt = await derivation(spring);
	assertSameTime(receipt.due, spring.due);
	assertSameTime(receipt.start, '2026-02-13 10:00');
	const done = receipt.limits?.find((one) => one.limit === 'done') ?? receipt;
	assert.ok(done.rule);
	assertSameTime(done.due, spring.due);
	const days = done.days ?? done.steps;
	assert.ok(Array.isArray(days), JSON.stringify(receipt));
	const dates = days.map((one) => String(one.date ?? one.day).slice(0, 10));
	for (let day = 14; day <= 27; day++)
		assert.ok(dates.includes(`2026-02-${day}`), `2026-02-${day} in ${dates}`);
	const reasons = days.map((one) => JSON.stringify(one));
	assert.equal(reasons.filter((text) => /春节|Spring/.test(text)).length >= 9, true,
		'nine days of the festival and the made-up day name it');
});

test('a supervisor and the department itself read the receipt, other departments do not',
	async () => {
		await server.as('supervisor').get(`/tasks/${spring.id}/deadline`, { expect: 200 });
		await server.department(spring.department).get(`/tasks/${spring.id}/deadline`,
			{ expect: 200 });
		const other = server.access.keys.find((key) => key.role === 'department' &&
			key.department !== spring.department);
		await server.department(other.department).get(`/tasks/${spring.id}/deadline`,
			{ expect: 404 });
	});

test('utility limits run day and night in minutes and hours', async () => {
	const task = leadOf(await register(server, WATER));
	assert.equal(task.limit_class, 'L1');
	assertSameTime(task.sign_due, '2026-02-13 10:30');
	assertSameTime(task.contact_due, '2026-02-13 12:00');
	assertSameTime(task.due, '2026-02-14 10:00');
});

test('urgent limits are five minutes, fifteen minutes and a day', async () => {
	const task = leadOf(await register(server, WATER, { urgent: true }));
	assert.equal(task.limit_class, 'L0');
	assertSameTime(task.sign_due, '2026-02-13 10:05');
	assertSameTime(task.contact_due, '2026-02-13 10:15');
	assertSameTime(task.due, '2026-02-14 10:00');
});

test('a consultation is signed for within four working hours, over the noon break', async () => {
	const task = leadOf(await register(server, row(server, 'L3'),
		{ content_class: 'consultation' }));
	assert.equal(task.limit_class, 'L2');
	assertSameTime(task.sign_due, '2026-02-13 15:30');
	assertSameTime(task.due, '2026-02-14 23:59:59');
});

test('the clock stands still between two moves and does not go back', async () => {
	const before = await now(server);
	assert.equal(await now(server), before);
	const answer = await moveTo(server, '2026-02-13 09:59', 409);
	assert.match(answer.type, /problem\+json/);
	assert.equal(await now(server), before);
	await moveTo(server, '2026-02-13 10:00');
	for (const body of [{}, { now: 'tomorrow' }, { now: '2026-02-14' },
		{ now: before, speed: 2 }])
		await admin.put('/test/clock', body, { expect: 422 });
	for (const role of ['operator', 'supervisor', 'leader', 'auditor'])
		await server.as(role).put('/test/clock', { now: before }, { expect: 403 });
});

let urgent;

test('an unsigned urgent task is marked as its limits pass, each once', async () => {
	const appeal = await register(server, WATER, { urgent: true });
	urgent = { id: appeal.id, task: leadOf(appeal) };
	await moveTo(server, '2026-02-13 10:04');
	assert.equal(overdue(await eventsOf(server, appeal.id), 'sign').length, 0);
	await moveTo(server, '2026-02-13 10:06');
	let events = await eventsOf(server, appeal.id);
	assert.equal(overdue(events, 'sign').length, 1);
	assertFiredAt(overdue(events, 'sign')[0], urgent.task.sign_due);
	assert.equal(overdue(events, 'contact').length, 0);
	await moveTo(server, '2026-02-13 10:20');
	await moveTo(server, '2026-02-13 10:40');
	events = await eventsOf(server, appeal.id);
	assert.equal(overdue(events, 'sign').length, 1);
	assert.equal(overdue(events, 'contact').length, 1);
	assert.equal(overdue(events, 'done').length, 0);
	assertOnce(events);
});

test('a restart between the limits fires nothing again and forgets nothing', async () => {
	const before = await eventsOf(server, urgent.id);
	const clock = await now(server);
	await server.kill();
	await server.restart();
	assert.equal(await now(server), clock, 'the test clock goes on');
	assert.deepEqual(await eventsOf(server, urgent.id), before);
	await moveTo(server, '2026-02-14 10:00');
	assert.equal(overdue(await eventsOf(server, urgent.id), 'done').length, 0,
		'the due moment itself is in time');
	await server.kill();
	await server.restart();
	await moveTo(server, '2026-02-14 10:01');
	const events = await eventsOf(server, urgent.id);
	assert.equal(overdue(events, 'done').length, 1);
	assertFiredAt(overdue(events, 'done')[0], urgent.task.due);
	assertOnce(events);
});

test('a warning comes before the due moment, once', async () => {
	const events = await eventsOf(server, urgent.id);
	const warned = ofType(events, 'task.warned').filter((event) =>
		(event.data.limit ?? 'done') === 'done');
	assert.equal(warned.length, 1);
	assert.ok(ms(warned[0].at) > ms('2026-02-13 10:00') &&
		ms(warned[0].at) <= ms(urgent.task.due));
});

test('an overdue task gets a yellow card', async () => {
	const cards = ofType(await eventsOf(server, urgent.id), 'task.card');
	assert.ok(cards.length >= 1);
	assert.ok(cards.some((event) => JSON.stringify(event.data).includes('yellow')));
});

test('what is done in time is never marked late', async () => {
	const appeal = await register(server, row(server, 'L3'));	/* Saturday, a working day */
	const task = leadOf(appeal);
	assertSameTime(task.due, '2026-02-28 23:59:59');
	await sign(server, task);
	await contact(server, task);
	await moveTo(server, '2026-02-26 11:00');
	await close(server, leadOf(await register(server, WATER)));
	const worked = await taskNow(server, task);
	assert.equal(worked.state, 'in_hand');
	await server.department(task.department).post(`/tasks/${task.id}/complete`,
		{ result: 'solved', reply: '已处理完毕。', attachments: [] }, { expect: 200 });
	await server.as('reviewer').post(`/tasks/${task.id}/review`,
		{ pass: true, reason: '' }, { expect: 200 });
	await moveTo(server, '2026-03-03 09:00');
	const events = await eventsOf(server, appeal.id);
	assert.deepEqual(ofType(events, 'task.overdue'), []);
	assert.deepEqual(ofType(events, 'task.card'), []);
});

test('a day limit is kept until 23:59:59 and late one second after', async () => {
	const events = await eventsOf(server, spring.appeal);
	const late = overdue(events, 'done');
	assert.equal(late.length, 1);
	assertFiredAt(late[0], '2026-02-27 23:59:59');
	assertFiredAt(overdue(events, 'sign')[0], '2026-02-14 23:59:59');
});

test('one jump over weeks marks everything at its own time, in order', async () => {
	const appeal = await register(server, row(server, 'L3'));	/* Tuesday 3 March */
	await moveTo(server, '2026-04-30 12:00');
	const events = await eventsOf(server, appeal.id);
	assertOnce(events);
	assertFiredAt(overdue(events, 'sign')[0], '2026-03-04 23:59:59');
	assertFiredAt(overdue(events, 'contact')[0], '2026-03-04 23:59:59');
	assertFiredAt(overdue(events, 'done')[0], '2026-03-10 23:59:59');
	const times = events.map((event) => ms(event.at));
	assert.deepEqual(times, [...times].sort((a, b) => a - b), 'in order of their times');
	const red = ofType(events, 'task.card').filter((event) => event.data.colour === 'red' &&
		event.data.reason !== 'two_yellow');
	assert.deepEqual(red.map((event) => event.data.reason), ['overdue_half']);
});

test('overdue tasks are listed as such', async () => {
	const appeals = await server.as('supervisor').all('/appeals?overdue=true');
	assert.ok(appeals.some((one) => one.id === spring.appeal));
	const fresh = await register(server, row(server, 'L3'));
	const later = await server.as('supervisor').all('/appeals?overdue=true');
	assert.ok(!later.some((one) => one.id === fresh.id));
	const soon = await server.as('supervisor').all(
		`/tasks?due_before=${encodeURIComponent(local('2026-03-15'))}`);
	assert.ok(soon.some((one) => one.id === spring.id));
	assert.ok(soon.every((one) => ms(one.due) < ms('2026-03-15')));
});

test('the receipts of many start days agree with the published calendar', async () => {
	/* day of receipt, due of a limit of five working days */
	const vectors = [['2026-05-08', '2026-05-14'], ['2026-06-18', '2026-06-26'],
		['2026-09-18', '2026-09-24'], ['2026-09-30', '2026-10-13']];
	for (const [day, due] of vectors) {
		await moveTo(server, `${day} 16:00`);
		const task = leadOf(await register(server, row(server, 'L3')));
		assertSameTime(task.due, `${due} 23:59:59`, `received ${day}`);
	}
});

/* ---- E41: a task keeps the limits it was dispatched with ---- */

test('what was dispatched under older limits keeps them, to the last card', async () => {
	const limits = (await admin.get('/documents/limits', { expect: 200 })).json;
	const old = leadOf(await register(server, row(server, 'L3')));	/* Wednesday */
	assertSameTime(old.due, '2026-10-13 23:59:59');
	/* Half of two days, rounded up, is one: a red card would come sooner by these. */
	await admin.post('/limits', { source: 'two working days', text: limits.text.replace(
		/^(L3\t.*\t)5 working_days\t5 working_days/m,
		'$12 working_days\t1 working_days') }, { expect: 201 });
	const fresh = leadOf(await register(server, row(server, 'L3')));
	assertSameTime(fresh.due, '2026-10-09 23:59:59', 'new ones follow the new limits');
	await moveTo(server, '2026-10-30 09:00');
	const cards = async (task) => ofType(await eventsOf(server, task.appeal), 'task.card', task.id)
		.filter((event) => event.data.reason !== 'two_yellow')
		.map((event) => [event.data.colour, ms(event.at)]);
	assert.deepEqual(await cards(old), [['yellow', ms('2026-10-14 00:00')],
		['red', ms('2026-10-17 00:00')]]);
	assert.deepEqual(await cards(fresh), [['yellow', ms('2026-10-10 00:00')],
		['red', ms('2026-10-11 00:00')]], 'the 10th is a made-up working day');
	const receipt = await derivation(old);
	assert.equal(receipt.limits_version, limits.version);
	assertSameTime(receipt.due, old.due);
});

/* ---- the nightly check ---- */

const lastCheck = async () =>
	(await server.as('auditor').get('/deadlines/check', { expect: 200 })).json;
const mismatchesShown = async () => (await server.as('supervisor').all('/warnings'))
	.filter((one) => one.code === 'deadline_mismatch');

test('every night at three the due times of all open tasks are reckoned again', async () => {
	await moveTo(server, '2026-11-02 02:59:59');
	assertSameTime((await lastCheck()).night, '2026-11-01 03:00');
	await moveTo(server, '2026-11-02 03:00');
	const check = await lastCheck();
	assertSameTime(check.night, '2026-11-02 03:00');
	assertSameTime(check.ended_at, '2026-11-02 03:00');
	const open = sql(server, 'SELECT COUNT(*) FROM tasks_task WHERE closed_at = 0');
	assert.equal(check.compared, Number(open[0][0]));
	assert.ok(check.compared >= 10, `${check.compared} open tasks`);
	assert.equal(check.mismatches, 0);
	assert.deepEqual(check.items, []);
	assert.deepEqual(await mismatchesShown(), []);
	for (const role of ['operator', 'reviewer', 'visitor', 'leader'])
		await server.as(role).get('/deadlines/check', { expect: 403 });
	for (const role of ['dispatcher', 'supervisor', 'admin'])
		await server.as(role).get('/deadlines/check', { expect: 200 });
});

test('a due time that was changed in the database alarms the next night, naming the task',
	async () => {
		const tasks = [leadOf(await register(server, row(server, 'L3'))),
			leadOf(await register(server, row(server, 'L3')))];
		/* LD261102000017-1 is 261102 0000017 01. */
		const number = (task) => `${task.appeal.slice(2, 8)}0${task.appeal.slice(8)}01`;
		sql(server, `UPDATE tasks_task SET due = due + 86400000000
			WHERE id = ${number(tasks[0])};
			UPDATE tasks_task SET original_due = original_due - 1000000
			WHERE id = ${number(tasks[1])};`);
		assert.deepEqual((await lastCheck()).items, [], 'not before the night');
		await moveTo(server, '2026-11-03 03:00');
		const check = await lastCheck();
		assert.equal(check.mismatches, 2);
		const found = new Map(check.items.map((one) => [one.task, one]));
		assert.deepEqual([...found.keys()].sort(), tasks.map((task) => task.id).sort());
		const item = found.get(tasks[0].id);
		assert.equal(item.department, tasks[0].department);
		assert.equal(item.due_by_rows, tasks[0].due);
		assert.equal(ms(item.due), ms(tasks[0].due) + 86_400_000);
		assert.equal(found.get(tasks[1].id).original_due_by_rows, tasks[1].due);
		const shown = await mismatchesShown();
		assert.deepEqual(shown.map((one) => one.task).sort(),
			tasks.map((task) => task.id).sort());
		assert.match(server.log(), new RegExp(`mismatch .*task=${tasks[0].id}`));
		assert.equal((await taskNow(server, tasks[0])).due, item.due, 'it repairs nothing');
		sql(server, `UPDATE tasks_task SET due = due - 86400000000
			WHERE id = ${number(tasks[0])};`);
	});

test('an alarm lasts until the due time is right again', async () => {
	assert.equal((await mismatchesShown()).length, 2, 'until the next night');
	await moveTo(server, '2026-11-04 03:00');
	const check = await lastCheck();
	assert.deepEqual([check.mismatches, check.items.length], [1, 1]);
	const shown = await mismatchesShown();
	assert.equal(shown.length, 1);
	assertSameTime(shown[0].since, '2026-11-03 03:00', 'the first night stays');
	sql(server, 'UPDATE tasks_task SET original_due = due WHERE closed_at = 0 AND ' +
		'original_due = due - 1000000;');
	await moveTo(server, '2026-11-05 03:00');
	assert.deepEqual((await lastCheck()).items, []);
	assert.deepEqual(await mismatchesShown(), []);
});

test('a year of nights passes in one move of the clock', async () => {
	await moveTo(server, '2027-11-05 09:00');
	const check = await lastCheck();
	assertSameTime(check.night, '2027-11-05 03:00');
	assert.equal(check.mismatches, 0);
	assert.deepEqual(sql(server, `SELECT COUNT(*), MIN(ended_at) > 0, SUM(mismatches)
		FROM deadlines_check WHERE night_at > ${ms('2026-11-05 12:00')}000`),
	[['365', '1', '0']]);
});

endsCleanly(server);
