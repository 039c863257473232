/* Another calendar (E42): due times that have not passed move later, never earlier; shown first. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertSameTime, local, moveTo, ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { inParallel, until } from './lib/until.mjs';
import { anAppeal, close, complete, contact, eventsOf, leadOf, ofType, register, rowOf, sign,
	taskNow } from './lib/world.mjs';

/* On Monday; a limit of five working days ends on Monday the 9th. */
const server = await startServer({ clock: local('2026-03-02 09:00') });
const where = rowOf(server, 'CGJ');
const admin = server.as('admin');
const dispatcher = server.as('dispatcher');

async function inHand() {
	const task = leadOf(await register(server, where));
	await sign(server, task);
	return contact(server, task);
}

const movedOf = async (task) => ofType(await eventsOf(server, task.appeal), 'task.due_moved',
	task.id);
const calendarText = async () => {
	const answer = await admin.get('/documents/calendar', { expect: 200 });
	return answer.json.text;
};
const preview = async (text) =>
	(await admin.post('/calendar/preview', { text }, { expect: 200 })).json;
const put = async (text, source) =>
	(await admin.post('/calendar', { source, text }, { expect: 201 })).json.version;
/* Until every open task follows the version. */
const followed = (version) => until(() => sql(server, `SELECT COUNT(*) FROM deadlines_deadline
	WHERE calendar_version > 0 AND calendar_version < ${version}`)[0][0] === '0',
{ what: 'the tasks to follow the calendar' });
const receiptOf = async (task) => (await server.as('leader').get(`/tasks/${task.id}/deadline`,
	{ expect: 200 })).json;
const checkedTonight = async (night) => {
	await moveTo(server, night);
	return (await server.as('auditor').get('/deadlines/check', { expect: 200 })).json;
};

const old = await calendarText();
const STORM = '2026-03-06\toff\t台风\n2026-03-11\toff\t台风\n2026-03-16\toff\t台风\n';
const stormy = old.trimEnd() + '\n' + STORM;
const story = {};
const before = {};
const names = (list) => list.map((one) => Object.keys(story)
	.find((name) => story[name].id === one.task)).sort();

test('tasks of every kind are open when the calendar changes', async () => {
	story.overdue = await inHand();
	story.held = await inHand();
	story.closed = leadOf(await register(server, where));
	await close(server, story.closed);
	await moveTo(server, '2026-03-04 10:00');
	await dispatcher.post(`/tasks/${story.held.id}/pause`,
		{ ground: 'disaster', until: '2026-03-31' }, { expect: 200 });
	await moveTo(server, '2026-03-10 09:00');
	story.unsigned = leadOf(await register(server, where));
	story.in_hand = await inHand();
	story.extended = await inHand();
	await server.department('CGJ').post(`/tasks/${story.extended.id}/extend`,
		{ days: 5, reason: '需协调', caller_informed: true }, { expect: 200 });
	await dispatcher.post(`/tasks/${story.extended.id}/extend/approve`, {}, { expect: 200 });
	story.submitted = await inHand();
	await complete(server, story.submitted);
	story.by_hours = leadOf(await register(server, { category: '0101', area: 'A01' }));
	const appeal = await register(server, { category: '160101', area: 'A01' });
	const sent = (await dispatcher.post(`/appeals/${appeal.id}/dispatch`,
		{ department: 'CGJ', assist: ['JTJ'], advice: '' }, { expect: 200 })).json;
	story.lead = sent.tasks.find((task) => task.role === 'lead');
	story.assist = sent.tasks.find((task) => task.role === 'assist');
	for (const name of Object.keys(story))
		before[name] = await taskNow(server, story[name]);
	assertSameTime(before.extended.due, '2026-03-24 23:59:59');
	assertSameTime(before.assist.due, '2026-03-16 23:59:59');
});

const MOVES = {	/* where the due goes */
	unsigned: '2026-03-19', in_hand: '2026-03-19', submitted: '2026-03-19',
	lead: '2026-03-19', extended: '2026-03-26', held: '2026-03-10', assist: '2026-03-17',
};
let shown;

test('a preview shows which open tasks move and by how much, and moves none', async () => {
	shown = await preview(stormy);
	assert.deepEqual(shown.problems, []);
	assert.deepEqual([shown.rows.added, shown.rows.removed, shown.rows.changed], [3, 0, 0]);
	assert.equal(shown.task_count, 7);
	assert.deepEqual(names(shown.tasks), Object.keys(MOVES).sort());
	for (const item of shown.tasks) {
		const [name] = names([item]);
		assert.equal(item.due, before[name].due);
		assertSameTime(item.new_due, `${MOVES[name]} 23:59:59`, name);
		assert.equal(item.days_later, (ms(item.new_due) - ms(item.due)) / 86_400_000);
		assert.equal(item.department, story[name].department);
	}
	const unsigned = shown.tasks.find((one) => one.task === story.unsigned.id);
	assertSameTime(unsigned.new_sign_due, '2026-03-12 23:59:59');
	const signed = shown.tasks.find((one) => one.task === story.in_hand.id);
	assert.deepEqual([signed.new_sign_due, signed.new_contact_due], [null, null]);
	for (const name of Object.keys(story))
		assert.deepEqual(await taskNow(server, story[name]), before[name], name);
	assert.equal(await calendarText(), old);
});

test('a preview of a bad table names its lines; only an administrator asks', async () => {
	const bad = await preview(old + '2026-03-32\toff\t台风\n');
	assert.equal(bad.problems.length, 1);
	assert.equal(bad.problems[0].line, old.split('\n').length);
	assert.deepEqual([bad.tasks, bad.task_count], [[], 0]);
	await admin.post('/calendar/preview', {}, { expect: 422 });
	for (const role of ['operator', 'dispatcher', 'supervisor', 'leader', 'auditor'])
		await server.as(role).post('/calendar/preview', { text: stormy }, { expect: 403 });
});

test('in force, each of them moves once, as the preview said, and on record', async () => {
	const version = await put(stormy, '台风停工通知');
	await followed(version);
	for (const [name, day] of Object.entries(MOVES)) {
		const task = await taskNow(server, story[name]);
		assertSameTime(task.due, `${day} 23:59:59`, name);
		assert.equal(task.original_due, before[name].original_due, name);
		assert.equal(task.state, before[name].state, name);
		assert.equal(task.version, before[name].version + 1, name);
		const events = await movedOf(story[name]);
		assert.equal(events.length, 1, name);
		assert.equal(events[0].by.kind, 'system');
		assert.deepEqual([events[0].data.from, events[0].data.to,
			events[0].data.calendar_version], [before[name].due, task.due, version], name);
		const change = (await receiptOf(task)).changes.at(-1);
		assert.deepEqual([change.kind, change.due_before, change.due_after,
			change.calendar_version], ['calendar', before[name].due, task.due, version]);
		assert.match(change.reason, /工作日历/);
	}
});

test('limits for signature and contact that are still owed move too', async () => {
	const unsigned = await taskNow(server, story.unsigned);
	assertSameTime(unsigned.sign_due, '2026-03-12 23:59:59');
	assertSameTime(unsigned.contact_due, '2026-03-12 23:59:59');
	const signed = await taskNow(server, story.in_hand);
	assert.deepEqual([signed.sign_due, signed.contact_due],
		[before.in_hand.sign_due, before.in_hand.contact_due]);
});

test('what is overdue, closed, or runs day and night stays as it was', async () => {
	for (const name of ['overdue', 'closed', 'by_hours']) {
		assert.deepEqual(await taskNow(server, story[name]), before[name], name);
		assert.deepEqual(await movedOf(story[name]), [], name);
	}
});

test('the moved limits are marked at their new times, and only there', async () => {
	await moveTo(server, '2026-03-18 09:00');
	const marks = async (name, limit) => ofType(await eventsOf(server, story[name].appeal),
		'task.overdue', story[name].id).filter((event) => event.data.limit === limit)
		.map((event) => ms(event.at));
	assert.deepEqual(await marks('unsigned', 'sign'), [ms('2026-03-13 00:00')]);
	assert.deepEqual(await marks('unsigned', 'contact'), [ms('2026-03-13 00:00')]);
	assert.deepEqual(await marks('in_hand', 'done'), []);
	assert.deepEqual(await marks('assist', 'done'), [ms('2026-03-18 00:00')]);
	const warned = ofType(await eventsOf(server, story.in_hand.appeal), 'task.warned');
	assert.deepEqual(warned, []);
	await moveTo(server, '2026-03-20 09:00');
	assert.deepEqual(await marks('in_hand', 'done'), [ms('2026-03-20 00:00')]);
	const later = ofType(await eventsOf(server, story.in_hand.appeal), 'task.warned');
	assert.deepEqual(later.map((event) => ms(event.at)), [ms('2026-03-18 23:59:59')]);
	assert.deepEqual(await marks('submitted', 'done'), [], 'it was submitted in time');
});

test('a pause is reckoned by the calendar in force when it ends', async () => {
	const back = (await dispatcher.post(`/tasks/${story.held.id}/resume`, {},
		{ expect: 200 })).json;
	/* On hold on the 4th, 5th, 9th, 10th, 12th, 13th, 17th, 18th and 19th. */
	assertSameTime(back.due, '2026-03-25 23:59:59');
	assert.deepEqual((await receiptOf(back)).changes.map((one) => one.kind),
		['calendar', 'paused']);
});

test('the nightly check agrees with all that has moved', async () => {
	const check = await checkedTonight('2026-03-21 03:00');
	assert.ok(check.compared >= 8);
	assert.deepEqual([check.mismatches, check.items], [0, []]);
});

test('a calendar with fewer days off makes no due time earlier', async () => {
	assert.equal((await preview(old)).task_count, 0);
	const due = new Map();
	for (const name of Object.keys(story))
		due.set(name, await taskNow(server, story[name]));
	const version = await put(old, '台风未至');
	await followed(version);
	for (const name of Object.keys(story))
		assert.deepEqual(await taskNow(server, story[name]), due.get(name), name);
	const fresh = leadOf(await register(server, where));	/* Saturday the 21st */
	assertSameTime(fresh.due, '2026-03-27 23:59:59', 'new ones follow it at once');
	assert.deepEqual((await checkedTonight('2026-03-22 03:00')).items, []);
});

test('hundreds move in parts; a kill in between repeats none and forgets none', async () => {
	await moveTo(server, '2026-03-23 09:00');
	const places = Array.from({ length: 230 });
	const tasks = await inParallel(places, 8, async () => leadOf((await server.as('operator')
		.register(anAppeal(where), { expect: 201 })).json));
	const text = old.trimEnd() + '\n2026-03-25\toff\t停工\n';
	const said = await preview(text);
	assert.ok(said.task_count >= 230);
	assert.equal(said.tasks.length, 200);
	const version = await put(text, '停工通知');
	await server.kill();
	await server.restart();
	await followed(version);
	const rows = sql(server, `SELECT COUNT(*), COUNT(DISTINCT c.task_id), MIN(t.due = c.due_after)
		FROM deadlines_change c JOIN tasks_task t ON t.id = c.task_id
		WHERE c.calendar_version = ${version}`);
	assert.deepEqual(rows, [[String(said.task_count), String(said.task_count), '1']]);
	for (const task of [tasks[0], tasks[115], tasks[229]]) {
		assertSameTime((await taskNow(server, task)).due, '2026-03-31 23:59:59');
		assert.equal((await movedOf(task)).length, 1);
	}
	assert.deepEqual((await checkedTonight('2026-03-24 03:00')).items, []);
});

test('a due day that becomes a day of rest moves on, though the days before it became more',
	async () => {
		await moveTo(server, '2026-04-09 09:00');
		const task = leadOf(await register(server, where));
		assertSameTime(task.due, '2026-04-16 23:59:59');
		const version = await put(old.trimEnd() +
			'\n2026-04-12\twork\t调休\n2026-04-16\toff\t停工\n', '调休通知');
		await followed(version);
		assertSameTime((await taskNow(server, task)).due, '2026-04-17 23:59:59');
		assert.deepEqual((await checkedTonight('2026-04-10 03:00')).items, []);
	});

endsCleanly(server);
