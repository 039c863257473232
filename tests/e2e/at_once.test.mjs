/*
 * Two at the same moment. Whoever decides something decides on what is true when it is written: one
 * transaction is stopped between its statements, the other let in there, and then both may go on.
 * Where chance does as well, many ask at once.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { trySignIn } from './lib/api.mjs';
import { startBeside } from './lib/beside.mjs';
import { holdRows, keepFrom, Watch } from './lib/between.mjs';
import { local, moveTo, ms } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { idOf } from './lib/envelope.mjs';
import { newKey } from './lib/keys.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { put } from './lib/uploads.mjs';
import { close, complete, contact, eventsOf, leadOf, ofType, register, rowOf, sign, taskNow,
	visit } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-02 09:00'),
	env: { LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const where = rowOf(server, 'CGJ');
const supervisor = server.as('supervisor'), leader = server.as('leader');
const own = server.department('CGJ');
const guest = server.anonymous();
const head = (id) => `SELECT version FROM history_appeal WHERE appeal_id = ${idOf(id)}`;
const taskId = (task) => idOf(task.appeal) + task.id.split('-')[1].padStart(2, '0');
const minutesBefore = (moment, n) => new Date(ms(moment) - n * 60_000).toISOString();
const minutesAfter = (moment, n) => minutesBefore(moment, -n);
const statuses = (answers) => answers.map((one) => one.status).sort();
const asMany = (n, ask) => Promise.all(Array.from({ length: n }, (_, i) => ask(i)));

test('who signs in time is not overdue, though the limit runs out while it is stored', async (t) => {
	const watch = new Watch(t, server);
	const task = leadOf(await register(server, where));
	await moveTo(server, minutesBefore(task.sign_due, 1));
	const row = await holdRows(t, server, head(task.appeal));
	const signing = sign(server, task);
	await watch.untilRows(1);
	const table = await keepFrom(t, server, 'callers_caller');
	/* What is due is read, its appeal is not yet. */
	const moving = moveTo(server, minutesAfter(task.sign_due, 1));
	await watch.untilStopped('wanted%STRAIGHT_JOIN intake_appeal');
	await row.release();
	await signing;
	await table.release();
	await moving;
	const events = await eventsOf(server, task.appeal);
	assert.deepEqual(ofType(events, 'task.overdue').filter((one) => one.data.limit === 'sign'), []);
	assert.equal(sql(server, `SELECT next_at FROM deadlines_deadline
		WHERE task_id = ${taskId(task)} AND limit_kind = 0`)[0][0], '0', 'the limit is stopped');
});

test('a caller is put on the list once by jobs that look at the same moment', async (t) => {
	const watch = new Watch(t, server);
	const task = leadOf(await register(server, where));
	await sign(server, task);
	await contact(server, task);
	await complete(server, task);
	const due = (await taskNow(server, task)).due;
	await moveTo(server, minutesBefore(due, 1));
	const table = await keepFrom(t, server, 'visits_due', 'READ');
	/* The clock runs the jobs on its way, and one comes by itself: both have looked. */
	const moving = moveTo(server, minutesAfter(due, 1));
	await watch.until(async () => await watch.rows() + await watch.tables() >= 2, 'two jobs');
	await table.release();
	await moving;
	const rows = () => sql(server, `SELECT state, cause FROM visits_due
		WHERE task_id = ${taskId(task)}`);
	await until(() => rows().length > 0);
	assert.deepEqual(rows(), [['1', '1']]);
});

test('what a caller says while the archive looks is not lost', async (t) => {
	const watch = new Watch(t, server);
	const task = leadOf(await register(server, where));
	const { id: child } = await register(server, where);
	await server.as('operator').post(`/appeals/${child}/merge`, { into: task.appeal },
		{ expect: 200 });
	await close(server, task);
	await visit(server, task, null, { reached: true });
	const at = Number(sql(server, `SELECT archive_at FROM tasks_task
		WHERE id = ${taskId(task)}`)[0][0]) / 1000;
	assert.ok(at > 0, 'the other caller is to be asked still, and the task waits for the archive');
	await moveTo(server, new Date(at - 60_000).toISOString());
	const row = await holdRows(t, server, `SELECT archive_at FROM tasks_task WHERE id = ${taskId(task)}`);
	const visiting = visit(server, task, 'satisfied');
	await watch.untilRows(1);
	const moving = moveTo(server, new Date(at + 60_000).toISOString());
	await watch.untilRows(2);
	await row.release();
	await Promise.all([visiting, moving]);
	assert.equal((await taskNow(server, task)).outcome, 'satisfied');
});

/* ---- the end of an identity ---- */

const withdrawn = async () => {
	const { id } = await register(server, where);
	await server.as('operator').post(`/appeals/${id}/withdraw`, { reason: '自行解决',
		confirmed_by: 'recording' }, { expect: 200 });
	return id;
};
const hold = (id) => supervisor.post(`/appeals/${id}/hold`,
	{ until: '2028-03-02', reason: '行政诉讼' });
const isErased = (id) => sql(server, `SELECT record_key IS NULL FROM callers_caller
	WHERE appeal_id = ${idOf(id)}`)[0][0] === '1';
const identity = (id) => `SELECT erased_at FROM callers_caller WHERE appeal_id = ${idOf(id)}`;

test('an identity is erased or held, not both, when both are decided at once', async (t) => {
	const watch = new Watch(t, server);
	const id = await withdrawn();
	const asked = (await supervisor.post('/callers/erase', { appeals: [id],
		reason: '本人申请删除' }, { expect: 201 })).json;
	const row = await holdRows(t, server, identity(id));
	const erasing = leader.post(`/callers/erasures/${asked.id}/approve`, {});
	await watch.untilRows(1);
	let held = null;
	const holding = hold(id).then((answer) => held = answer);
	await watch.until(async () => held || await watch.rows() >= 2, 'the hold');
	await row.release();
	const [erased] = await Promise.all([erasing, holding]);
	/* Whoever came first. */
	assert.deepEqual([erased.status, held.status].sort(), [200, 409], held.text);
	assert.equal((erased.json.code ?? held.json.code), erased.status === 200 ?
		'identity_erased' : 'on_hold');
	assert.equal(isErased(id), erased.status === 200);
});

test('an appeal that is reopened while its caller is erased is reopened or erased first', async (t) => {
	const watch = new Watch(t, server);
	const id = await withdrawn();
	const asked = (await supervisor.post('/callers/erase', { appeals: [id],
		reason: '本人申请删除' }, { expect: 201 })).json;
	/* The reopening is decided on, and not stored. */
	const row = await holdRows(t, server, head(id));
	const reopening = server.as('operator').post(`/appeals/${id}/reopen`, { reason: '有新情况' });
	await watch.untilRows(1);
	let erased = null;
	const erasing = leader.post(`/callers/erasures/${asked.id}/approve`, {})
		.then((answer) => erased = answer);
	await watch.until(async () => erased || await watch.rows() >= 2, 'the erasure');
	await row.release();
	const [reopened] = await Promise.all([reopening, erasing]);
	assert.deepEqual([reopened.status, erased.status], [200, 409], erased.text);
	assert.equal(erased.json.code, 'still_open');
	assert.ok(!isErased(id), 'who waits for an answer can be reached');
});

test('an identity whose time is over is retired or held, not both', async (t) => {
	const watch = new Watch(t, server);
	const id = await withdrawn();
	sql(server, `UPDATE vault_retirement SET retire_at = ${ms('2026-04-20 09:00') * 1000}
		WHERE appeal_id = ${idOf(id)}`);
	const row = await holdRows(t, server, identity(id));
	const moving = moveTo(server, '2026-04-20 09:01');
	await watch.untilRows(1);
	let held = null;
	const holding = hold(id).then((answer) => held = answer);
	await watch.until(async () => held || await watch.rows() >= 3, 'the hold', 2500)
		.catch(() => undefined);
	await row.release();
	await Promise.all([moving, holding]);
	assert.equal(held.status === 200, !isErased(id), `${held.status} ${held.text}`);
});

/* ---- counts, and what is not there yet ---- */

test('of wrong codes guessed at once no more are judged than of those guessed in a row', async () => {
	for (let round = 0; round < 4; round++) {
		const { json } = await server.as('operator').register({ channel: '12345',
			content_class: 'help', category: where.category, area: where.area,
			title: '路灯不亮', text: `路灯三天不亮，第${round}件` }, { expect: 201 });
		const code = String((Number(json.caller_code) + 1) % 10000).padStart(4, '0');
		const answers = await asMany(16, () => guest.post('/public/progress',
			{ number: json.id, code }));
		const judged = answers.filter((one) => one.status === 404).length;
		assert.equal(judged, 5, `${statuses(answers)}`);
		assert.equal(answers.filter((one) => one.status === 429).length, 11);
		sql(server, 'DELETE FROM caller_codes_miss');
	}
});

test('no more uploads wait than may, however many are sent at once', async (t) => {
	const watch = new Watch(t, server);
	const key = await newKey(server, 'uploader', 'operator');
	const send = (options) => put(key, Buffer.from('一行字\n'), 'text/plain', options);
	await send({ expect: 201 });
	const [[by_kind, by_id, remove_at]] = sql(server, `SELECT uploaded_by_kind, uploaded_by,
		remove_at FROM attachments_file ORDER BY id DESC LIMIT 1`);
	sql(server, `INSERT INTO attachments_file (id, upload, sha256, size, type, width, height,
			standing, uploaded_at, uploaded_by_kind, uploaded_by, remove_at, appeal_id, task_id,
			purpose, attached_at)
		SELECT 9000000000 + seq, UUID(), REPEAT('x', 32), 1, 12, 0, 0, 0, 0, ${by_kind}, ${by_id},
			${remove_at}, 0, 0, 0, 0 FROM seq_1_to_98`);
	/* Some have counted, none is stored. */
	const table = await keepFrom(t, server, 'attachments_file', 'READ');
	const sending = asMany(8, () => send());
	await watch.until(async () => await watch.rows() + await watch.tables() >= 2, 'two uploads');
	await table.release();
	const answers = await sending;
	assert.equal(answers.filter((one) => one.status === 201).length, 1, `${statuses(answers)}`);
	assert.ok(answers.every((one) => one.status === 201 || one.json.code === 'too_many_uploads'));
	assert.equal(sql(server, `SELECT COUNT(*) FROM attachments_file WHERE appeal_id = 0
		AND uploaded_by_kind = ${by_kind} AND uploaded_by = ${by_id}`)[0][0], '100');
});

test('a department has one leader in charge, however many are entered at once', async () => {
	for (const department of ['CGJ', 'JTJ', 'GAJ', 'ZJJ']) {
		const answers = await asMany(8, (i) => supervisor.post('/leaders',
			{ department, name: `局长${i}`, valid_from: '2026-05-01' }));
		assert.equal(answers.filter((one) => one.status === 201).length, 1, `${statuses(answers)}`);
		assert.ok(answers.every((one) => one.status === 201 || one.json.errors[0].code === 'overlap'));
	}
});

test('of inspections drawn at once none goes where another is under way', async () => {
	for (const department of ['CGJ', 'JTJ']) {
		const task = leadOf(await register(server, rowOf(server, department)));
		await close(server, task);
		await visit(server, task, 'dissatisfied', { reason: 'speed', solved: 'no' });
	}
	const answers = await asMany(6, () => supervisor.post('/supervised/draw',
		{ count: 1, due: '2026-06-13', demand: '现场核查' }, { expect: 200 }));
	const drawn = answers.flatMap((one) => one.json.items.map((item) => item.department));
	assert.ok(drawn.length >= 2, `${drawn}`);
	assert.deepEqual(drawn.sort(), [...new Set(drawn)].sort());
});

test('what is proved while its due passes is not marked overdue', async (t) => {
	const watch = new Watch(t, server);
	const item = (await supervisor.post('/supervised', { kind: 'demand', source: 'leader',
		department: 'CGJ', owner: '张局长', demand: '修复路灯', due: '2026-04-22' },
	{ expect: 200 })).json;
	const n = Number(item.id.split('-')[2]);
	await moveTo(server, minutesBefore(item.due, 1));
	const row = await holdRows(t, server, `SELECT id FROM supervised_item WHERE kind = 1 AND n = ${n}`);
	const proving = own.post(`/supervised/${item.id}/proof`, { text: '已修复' }, { expect: 200 });
	await watch.untilRows(1);
	const table = await keepFrom(t, server, 'supervised_meeting');
	const moving = moveTo(server, minutesAfter(item.due, 1));
	await watch.untilStopped('FROM supervised_item i');
	await row.release();
	await proving;
	await table.release();
	await moving;
	const now = (await supervisor.get(`/supervised/${item.id}`, { expect: 200 })).json;
	assert.deepEqual([now.state, now.overdue_at, now.acts.map((act) => act.kind)],
		['proved', null, ['opened', 'proved']]);
});

/* ---- a month ---- */

const month = async (t, name) => {
	const task = leadOf(await register(server, where));
	await moveTo(server, name === '2026-04' ? '2026-05-04 09:00' : '2026-06-04 09:00');
	await supervisor.post(`/reports/${name}/preview`, {}, { expect: 200 });
	const row = await holdRows(t, server, `SELECT month FROM reports_month
		WHERE month = ${name.replace('-', '')}`);
	return { row, freeze: () => leader.post(`/reports/${name}/freeze`, {}),
		object: () => own.post(`/reports/${name}/objections`, { task: task.id, text: '有异议' }) };
};

test('an objection that comes just before the freeze holds it up', async (t) => {
	const watch = new Watch(t, server);
	const { row, freeze, object } = await month(t, '2026-04');
	const objecting = object();
	await watch.untilRows(1);
	const freezing = freeze();
	await watch.untilRows(2);
	await row.release();
	const [objected, frozen] = await Promise.all([objecting, freezing]);
	assert.deepEqual([objected.status, frozen.status, frozen.json.code],
		[200, 409, 'objections_open'], frozen.text);
});

test('an objection that comes just behind the freeze is told that it is too late', async (t) => {
	const watch = new Watch(t, server);
	const { row, freeze, object } = await month(t, '2026-05');
	const freezing = freeze();
	await watch.untilRows(1);
	const objecting = object();
	await watch.untilRows(2);
	await row.release();
	const [frozen, objected] = await Promise.all([freezing, objecting]);
	assert.deepEqual([frozen.status, objected.status], [200, 409], objected.text);
	assert.deepEqual((await supervisor.all('/reports/2026-05/objections')), []);
});

/* ---- two servers: the last, as the clock of the other one runs ---- */

test('wrong passwords are counted together by two servers that are asked at once', async () => {
	const other = await startBeside(server);
	try {
		for (const login of ['operator1', 'dispatcher1', 'reviewer1', 'visitor1']) {
			const answers = await asMany(14, (i) => trySignIn(i % 2 ? server : other,
				{ login, password: `not this one ${i}` }));
			assert.equal(answers.filter((one) => one.status === 401).length, 5, `${statuses(answers)}`);
			assert.equal(answers.filter((one) => one.status === 429).length, 9);
		}
	} finally {
		assert.equal(await other.stop(), 0);
	}
});

endsCleanly(server);
