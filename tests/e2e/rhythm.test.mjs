/* The rhythm of supervision: weekly list, monthly analysis, quarterly summary. Every number is
 * the length of its list of cases; what was frozen is what was sealed, and stays. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { assertSameTime, local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { close, contact, eventsOf, leadOf, ofType, register, rowOf, sign, visit }
	from './lib/world.mjs';

const CANARY = { name: '欧阳秘密', phone: '13987654321' };
const server = await startServer({ clock: local('2026-03-02 09:00'),
	env: { LIANDONG_RHYTHM_BY_ITSELF: 'true', LIANDONG_REPORT_BY_ITSELF: 'publish' } });
const supervisor = server.as('supervisor');
const leader = server.as('leader');
const own = server.department('CGJ');
const other = server.department('JTJ');
const tasks = {};

const fresh = async (department = 'CGJ', changes = {}) => leadOf(await register(server,
	rowOf(server, department), { caller: CANARY, ...changes }));
const signed = async (department) => {
	const task = await fresh(department);
	await sign(server, task);
	return task;
};
const show = async (period) => (await supervisor.get(`/rhythm/${period}`, { expect: 200 })).json;
const casesOf = (section) => section.groups.flatMap((group) => group.cases);
const tasksOf = (section) => casesOf(section).map((one) => one.task).sort();
const ids = (...names) => names.map((name) => tasks[name].id).sort();

/* Every count of a list is what it opens into. */
function assertOpens(list) {
	for (const [name, section] of Object.entries(list.sections)) {
		assert.equal(section.count, casesOf(section).length, name);
		for (const group of section.groups)
			assert.equal(group.count, group.cases.length, `${name} ${group.key}`);
		assert.equal(new Set(section.groups.map((one) => one.key)).size, section.groups.length);
	}
}

/* What was sealed of a period, checked against the digest of its entry. */
async function sealed(kind, ends) {
	const [[digest, hex]] = await until(() => {
		const rows = sql(server, `SELECT HEX(e.digest), HEX(c.bytes) FROM ledger_entry e
			JOIN ledger_content c USING (kind, subject, number)
			WHERE e.kind = 7 AND e.subject = ${ends} AND e.number = ${kind}`);
		return rows.length > 0 && rows;
	}, { what: `the entry of ${ends}` });
	const bytes = Buffer.from(hex, 'hex');
	assert.equal(createHash('sha256').update(bytes).digest('hex').toUpperCase(), digest);
	return JSON.parse(bytes);
}

test('a week lists what is late, soon due, unsigned, disputed, on account, and the cards', async () => {
	tasks.late = await signed();
	tasks.unsigned = await fresh('JTJ');
	tasks.disputed = await fresh('JTJ');
	await other.post(`/tasks/${tasks.disputed.id}/return`, { reason: 'not_my_duty',
		basis: '三定方案', propose: null }, { expect: 200 });
	await server.as('dispatcher').post(`/tasks/${tasks.disputed.id}/return/refuse`,
		{ reason: '属于职责' }, { expect: 200 });
	await other.post(`/tasks/${tasks.disputed.id}/dispute`, { reason: '产权不在' },
		{ expect: 200 });
	tasks.submitted = await signed();
	tasks.done = await fresh();
	await close(server, tasks.done);
	tasks.promised = await signed();
	await own.post(`/tasks/${tasks.promised.id}/progress`, { text: '修好', promise_on: '2026-03-03' },
		{ expect: 200 });
	for (const kind of ['demand', 'inspection'])
		await supervisor.post('/supervised', { kind, source: 'leader', department: 'CGJ',
			demand: '书面反馈', due: '2026-03-10', task: tasks.late.id }, { expect: 200 });
	const early = await show('2026-W10');
	assertOpens(early);
	assert.equal(early.frozen_at, null);
	assert.deepEqual(tasksOf(early.sections.overdue), []);
	assert.ok(ids('late', 'submitted', 'promised').every((id) =>
		tasksOf(early.sections.due_soon).includes(id)));
	await contact(server, tasks.submitted);
	await own.post(`/tasks/${tasks.submitted.id}/complete`, { result: 'solved',
		reply: '您好，已经修好，请您放心使用，感谢反映。', attachments: [] }, { expect: 200 });
	await server.as('visitor').post(`/tasks/${tasks.promised.id}/promises/check`,
		{ kept: false, note: '未修' }, { expect: 409 });
	await moveTo(server, '2026-03-13 10:00');
	await server.as('visitor').post(`/tasks/${tasks.promised.id}/promises/check`,
		{ kept: false, note: '未修' }, { expect: 200 });
	const list = await show('2026-W11');
	assertOpens(list);
	const { sections } = list;
	assert.deepEqual(tasksOf(sections.overdue).filter((id) => ids('late', 'promised')
		.includes(id)), ids('late', 'promised'));
	assert.ok(!tasksOf(sections.overdue).includes(tasks.done.id), 'what is closed is not late');
	assert.ok(!tasksOf(sections.overdue).includes(tasks.submitted.id),
		'what was submitted in time waits for the reviewer');
	const late = casesOf(sections.overdue).find((one) => one.task === tasks.late.id);
	assertSameTime(late.at, (await supervisor.get(`/tasks/${tasks.late.id}`)).json.due);
	assert.ok(late.working_days > 0, 'its age');
	assert.deepEqual(tasksOf(sections.unsigned), ids('unsigned'));
	assert.deepEqual(tasksOf(sections.disputes), ids('disputed'));
	assert.deepEqual(tasksOf(sections.promises_broken), ids('promised'));
	assert.deepEqual(casesOf(sections.supervised_overdue).map((one) => [one.item, one.task]),
		[['DC-2026-0001', tasks.late.id]], 'no inspection is told of');
	assert.deepEqual(early.sections.supervised_overdue.groups, []);
	for (const [colour, section] of [['yellow', sections.yellow_cards],
		['red', sections.red_cards]]) {
		const expected = [];
		for (const task of Object.values(tasks))
			for (const event of ofType(await eventsOf(server, task.appeal), 'task.card'))
				if (event.data.colour === colour && event.at >= '2026-03-09')
					expected.push(task.id);
		assert.deepEqual(tasksOf(section), expected.sort(), colour);
	}
	assert.ok(sections.yellow_cards.count + sections.red_cards.count > 0);
});

test('freezing is once, by a person who may, and what was frozen stays', async () => {
	await own.post('/rhythm/2026-W11/freeze', {}, { expect: 403 });
	await server.as('dispatcher').post('/rhythm/2026-W11/freeze', {}, { expect: 403 });
	const findings = [{ text: '两件超期未办，逐件约见', owner: '张局长', due: '2026-03-20' }];
	const answers = await Promise.all([supervisor, leader, supervisor, leader].map((one) =>
		one.post('/rhythm/2026-W11/freeze', { findings }, { expect: [200, 409] })));
	assert.equal(answers.filter((one) => one.status === 200).length, 1);
	const frozen = answers.find((one) => one.status === 200).json;
	assertSameTime(frozen.frozen_at, '2026-03-13 10:00');
	assertSameTime(frozen.findings[0].due, '2026-03-20 23:59:59');
	await close(server, tasks.unsigned);
	assert.deepEqual(await show('2026-W11'), frozen);
	assert.deepEqual(await sealed(1, 20260315), frozen);
	const again = await supervisor.post('/rhythm/2026-W11/freeze', {}, { expect: 409 });
	assert.equal(again.json.code, 'already_frozen');
	assert.equal(sql(server, 'SELECT COUNT(*) FROM reports_rhythm WHERE ends = 20260315')[0][0],
		'1');
});

test('a period that is not over, too long ago or none is refused with its reason', async () => {
	for (const period of ['2026-W12', '2026-03', '2026-Q1'])
		assert.equal((await supervisor.post(`/rhythm/${period}/freeze`, {}, { expect: 409 }))
			.json.code, 'not_now');
	assert.equal((await supervisor.post('/rhythm/2026-W08/freeze', {}, { expect: 409 }))
		.json.code, 'not_now');
	for (const period of ['2026', '2026-03-05', '2026-W54', '2026-13'])
		await supervisor.get(`/rhythm/${period}`, { expect: 422 });
	const bad = await supervisor.post('/rhythm/2026-W12/freeze', { findings: [{ text: ' ',
		owner: '张', due: 'soon' }] }, { expect: 422 });
	assert.deepEqual(bad.json.errors.map((one) => one.pointer).sort(),
		['#/findings/0/due', '#/findings/0/text']);
});

test('a week is frozen by itself on the Monday behind it, once', async () => {
	await moveTo(server, '2026-03-16 05:59');
	assert.deepEqual(sql(server, `SELECT ends, made_by FROM reports_rhythm
		WHERE kind = 1 AND made_at > 0 ORDER BY ends`).map(([ends, by]) =>
		[ends, by === 'calendar']), [['20260301', true], ['20260308', true],
		['20260315', false]]);
	await moveTo(server, '2026-03-23 06:30');
	const frozen = await show('2026-W12');
	assertSameTime(frozen.frozen_at, '2026-03-23 06:00');
	assert.equal(frozen.frozen_by, 'calendar');
	assert.deepEqual(await sealed(1, 20260322), frozen);
});

test('a month has rates that are the report\'s, a trend, and its matters by place', async () => {
	tasks.again = await fresh();
	await close(server, tasks.again);
	await visit(server, tasks.again, 'dissatisfied', { reason: 'speed', solved: 'no' });
	tasks.out = await fresh('JTJ');
	await close(server, tasks.out);
	await server.as('dispatcher').post(`/tasks/${tasks.out.id}/exclude`, { ground: 'G4',
		evidence: '录音' }, { expect: 200 });
	await supervisor.post(`/tasks/${tasks.out.id}/exclude/approve`, {}, { expect: 200 });
	await moveTo(server, '2026-03-24 10:00');
	const month = await show('2026-03');
	assertOpens(month);
	const report = (await supervisor.get('/reports/2026-03', { expect: 200 })).json;
	assert.deepEqual(month.rates.total.measures, report.total.measures);
	assert.deepEqual(month.rates.departments.map((one) => [one.department, one.measures]),
		report.departments.map((one) => [one.department, one.measures]));
	const on_time = (list) => list.reduce((sum, one) => sum + one.measures.on_time.den, 0);
	assert.equal(on_time(month.rates.peer_groups), on_time(month.rates.departments));
	assert.deepEqual(month.trend.map((one) => one.month).slice(-3), ['2026-01', '2026-02',
		'2026-03']);
	assert.equal(month.trend.length, 13);
	assert.deepEqual(month.trend[12].measures, report.total.measures);
	const all = Object.values(tasks).map((task) => task.id).sort();
	assert.deepEqual(tasksOf(month.sections.categories), all);
	assert.deepEqual(tasksOf(month.sections.areas), all);
	const sizes = month.sections.categories.groups.map((one) => one.count);
	assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a), 'the largest first');
	assert.deepEqual(month.sections.redo_causes.groups.map((one) => [one.key, one.count]),
		[['speed', 1]]);
	assert.deepEqual(month.sections.exclusions.groups.map((one) => [one.key,
		...one.cases.map((two) => two.task)]), [['G4', tasks.out.id]]);
	assert.ok(tasksOf(month.sections.repeats).includes(tasks.done.id), 'the same caller again');
});

test('a month and a quarter are frozen by themselves after the figures of their months', async () => {
	await moveTo(server, '2026-04-01 12:00');
	assert.equal((await show('2026-03')).frozen_at, null, 'its figures are not frozen yet');
	await moveTo(server, '2026-04-20 12:00');
	const frozen = await show('2026-03');
	assert.equal(frozen.frozen_by, 'calendar');
	assert.deepEqual(await sealed(2, 20260331), frozen);
	const report = (await supervisor.get('/reports/2026-03', { expect: 200 })).json;
	assert.equal(report.state, 'frozen');
	assert.deepEqual(frozen.rates.total.measures, report.total.measures);
	const quarter = await show('2026-Q1');
	assertOpens(quarter);
	assert.deepEqual(quarter.months.map((one) => one.month), ['2026-01', '2026-02', '2026-03']);
	assert.equal(quarter.frozen_by, 'calendar');
	assert.equal(quarter.months[2].state, 'frozen', 'as it was when it was frozen');
	assert.deepEqual(tasksOf(quarter.sections.promises_broken), ids('promised'));
	assert.deepEqual(await sealed(3, 20260331), quarter);
	assert.equal((await leader.post('/rhythm/2026-Q1/freeze', {}, { expect: 409 })).json.code,
		'already_frozen');
});

test('no caller stands in any of it', async () => {
	const seen = [];
	for (const period of ['2026-W10', '2026-W11', '2026-W17', '2026-03', '2026-04', '2026-Q1'])
		seen.push((await supervisor.get(`/rhythm/${period}`, { expect: 200 })).text);
	seen.push(sql(server, 'SELECT HEX(bytes) FROM ledger_content WHERE kind = 7')
		.map(([hex]) => Buffer.from(hex, 'hex').toString()).join('\n'));
	for (const text of seen)
		for (const secret of Object.values(CANARY))
			assert.ok(!text.includes(secret));
	await server.as('intake', { channel: '110' }).get('/rhythm/2026-W10', { expect: 403 });
	await own.get('/rhythm/2026-W10', { expect: 403 });
});

endsCleanly(server);
