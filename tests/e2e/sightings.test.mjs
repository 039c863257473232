/* Who saw which appeal: every answer that shows a case leaves its trace, once, and the question is
 * answered from both ends at once however many traces there are. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { signIn } from './lib/api.mjs';
import { advance, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { inParallel, slowness, until } from './lib/until.mjs';
import { leadOf, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const [operator, dispatcher, visitor, supervisor, auditor] = ['operator', 'dispatcher', 'visitor',
	'supervisor', 'auditor'].map((role) => server.as(role));
const cgj = server.department('CGJ');
const appeal = await register(server, where), task = leadOf(appeal);
const other = await register(server, where);
const seen = async (query) => auditor.all(`/audit/sightings?${query}`);
const ofAppeal = async (kind, id = appeal.id) => (await seen(`appeal=${id}`))
	.filter((one) => one.kind === kind);
const count = () => Number(sql(server, 'SELECT COUNT(*) FROM sightings_seen')[0][0]);
const unpacked = () => until(() => sql(server,
	'SELECT 1 FROM sightings_list WHERE is_waiting').length === 0, { what: 'lists to become rows' });

test('each answer that shows a case leaves who, when, from where and what kind', async () => {
	assert.deepEqual(await seen(`appeal=${appeal.id}`), [], 'registering is an event');
	await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	await dispatcher.get(`/appeals/${appeal.id}/events`, { expect: 200 });
	await cgj.get(`/tasks/${task.id}`, { expect: 200 });
	await cgj.get(`/tasks/${task.id}/ticket.pdf`, { expect: 200 });
	await visitor.post(`/appeals/${appeal.id}/reveal`, { fields: ['phone'], purpose: '回访' },
		{ expect: 200 });
	const found = await seen(`appeal=${appeal.id}`);
	assert.deepEqual(found.map((one) => [one.by.role, one.by.department, one.kind]).sort(), [
		['department', 'CGJ', 'printed'], ['department', 'CGJ', 'task'],
		['dispatcher', null, 'appeal'], ['operator', null, 'appeal'], ['visitor', null, 'reveal']]);
	for (const one of found)
		assert.deepEqual([one.appeal, one.at, one.until, one.source], [appeal.id,
			'2026-03-02T09:00:00+08:00', '2026-03-02T09:10:00+08:00', '127.0.0.1']);
	assert.deepEqual(await seen(`appeal=${other.id}`), []);
});

test('the export of a person is a trace at each of the cases in it', async () => {
	const caller = { name: '周小舟', phone: '13755550001' };
	const cases = [await register(server, where, { caller }),
		await register(server, where, { caller })];
	await supervisor.post('/callers/export', { phone: caller.phone, purpose: '本人申请查阅' },
		{ expect: 200 });
	for (const one of cases)
		assert.deepEqual((await ofAppeal('person', one.id)).map(({ by }) => by.role),
			['supervisor']);
});

test('who looks again within ten minutes writes nothing, and later does', async () => {
	const before = count();
	for (let i = 0; i < 3; i++)
		await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	await advance(server, { minutes: 9 });
	await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	assert.equal(count(), before);
	await advance(server, { minutes: 1 });
	await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
	assert.equal(count(), before + 1);
	assert.deepEqual((await ofAppeal('appeal')).filter((one) => one.by.role === 'operator')
		.map((one) => one.at), ['2026-03-02T09:00:00+08:00', '2026-03-02T09:10:00+08:00']);
});

test('many looks at the same moment are all answered and leave one trace', async () => {
	const before = count();
	await Promise.all(Array.from({ length: 24 }, () =>
		supervisor.get(`/appeals/${appeal.id}`, { expect: 200 })));
	assert.equal(count(), before + 1);
});

test('what is refused or not to be known leaves nothing', async () => {
	const before = count();
	await server.department('JTJ').get(`/appeals/${appeal.id}`, { expect: 404 });
	await server.as('admin').get(`/appeals/${appeal.id}`, { expect: 403 });
	await server.anonymous().get(`/appeals/${appeal.id}`, { expect: 401 });
	await operator.get('/appeals/LD990101000001', { expect: 404 });
	assert.equal(count(), before);
});

test('lists, searches and files of cases are traces, too', async () => {
	const roles = async (kind) => (await ofAppeal(kind, other.id)).map((one) => one.by.role).sort();
	await dispatcher.get('/appeals', { expect: 200 });
	await operator.post('/appeals/search', { state: 'dispatched' }, { expect: 200 });
	await cgj.get('/tasks', { expect: 200 });
	await supervisor.get('/reports/2026-03/tasks.csv?department=CGJ', { expect: 200 });
	await server.as('leader').get('/reports/2026-03.xlsx', { expect: 200 });
	await server.as('reviewer').get('/reports/2026-03/tasks?measure=within_limit&part=num',
		{ expect: 200 });
	await unpacked();
	assert.deepEqual(await roles('list'), ['department', 'dispatcher', 'operator', 'reviewer']);
	assert.deepEqual(await roles('export'), ['leader', 'supervisor']);
	const [one] = await ofAppeal('export', other.id);
	assert.deepEqual([one.at, one.until],
		['2026-03-02T09:10:00+08:00', '2026-03-02T10:00:00+08:00'], 'a list counts by the hour');
	const lists = () => sql(server, 'SELECT COUNT(*), SUM(LENGTH(ids)) FROM sightings_list')[0];
	const before = lists();
	assert.equal(before[1], '0', 'the ids of a list do not stay twice');
	await dispatcher.get('/appeals', { expect: 200 });
	assert.deepEqual(lists(), before, 'the same list within the hour writes nothing');
});

test('the question is asked for a time, and from the other end', async () => {
	await moveTo(server, '2026-03-02 12:00');
	const account = await signIn(server, server.access.accounts.find((one) =>
		one.login === 'visitor1'));
	await account.get(`/appeals/${appeal.id}`, { expect: 200 });
	await account.get(`/tasks/${leadOf(other).id}`, { expect: 200 });
	const between = (from, to) => `from=${encodeURIComponent(`2026-03-02T${from}:00+08:00`)}` +
		`&to=${encodeURIComponent(`2026-03-02T${to}:00+08:00`)}`;
	const [mine, ...none] = await seen(`appeal=${appeal.id}&${between('12:05', '12:06')}`);
	assert.deepEqual([mine.by.name, mine.kind, none], ['visitor1', 'appeal', []],
		'seen before, and maybe again until the end of the ten minutes');
	assert.match(mine.by.id, /^account:\d+$/);
	assert.deepEqual(await seen(`appeal=${appeal.id}&${between('12:10', '13:00')}`), []);
	assert.deepEqual(await seen(`appeal=${appeal.id}&${between('10:30', '12:00')}`), []);
	assert.deepEqual((await seen(`by=${mine.by.id}`)).map((one) => [one.appeal, one.kind]).sort(),
		[[appeal.id, 'appeal'], [other.id, 'task']].sort());
	assert.deepEqual(await seen(`by=${mine.by.id}&${between('13:00', '14:00')}`), []);
	const paged = await auditor.all(`/audit/sightings?appeal=${appeal.id}`, 2);
	assert.deepEqual(paged, await seen(`appeal=${appeal.id}`));
	assert.deepEqual(paged.map((one) => one.at), paged.map((one) => one.at).sort());
});

test('a question without an end, or with both, names its parameter', async () => {
	for (const [query, name] of [['', 'appeal'], [`appeal=${appeal.id}&by=key:1`, 'appeal'],
		['appeal=5', 'appeal'], ['by=visitor1', 'by'], [`appeal=${appeal.id}&from=x`, 'from']])
		assert.deepEqual((await auditor.get(`/audit/sightings?${query}`, { expect: 422 }))
			.json.errors.map((one) => one.pointer), [`#/query/${name}`]);
	for (const role of ['operator', 'supervisor', 'leader', 'admin'])
		await server.as(role).get(`/audit/sightings?appeal=${appeal.id}`, { expect: 403 });
});

test('where a trace cannot be kept the case is not shown', async () => {
	sql(server, 'CREATE TRIGGER no_trace BEFORE INSERT ON sightings_seen FOR EACH ROW ' +
		"SIGNAL SQLSTATE '45000'");
	try {
		await advance(server, { minutes: 10 });
		const answer = await operator.get(`/appeals/${appeal.id}`, { expect: [500, 503] });
		assert.ok(!answer.text.includes(appeal.title));
	} finally {
		sql(server, 'DROP TRIGGER no_trace');
	}
	await operator.get(`/appeals/${appeal.id}`, { expect: 200 });
});

test('among hundreds of thousands of traces both questions are answered within a second',
	async () => {
		const rows = Number(process.env.TEST_ROWS ?? 200_000);
		const [[id, by]] = sql(server, `SELECT appeal_id, by_id FROM sightings_seen
			WHERE kind = 1 AND by_kind = 2 LIMIT 1`);
		/* One appeal of very many looks, one reader of very many appeals, and the rest. */
		sql(server, `INSERT INTO sightings_seen SELECT
			CASE seq % 4 WHEN 0 THEN ${id} ELSE 26010100000000 + seq END, 2900000 + seq % 1000,
			2, IF(seq % 4 = 1, ${by}, 500000 + seq), 1, (2900000 + seq % 1000) * 600000000 + seq,
			(2900001 + seq % 1000) * 600000000, 'somebody', 2, '', '127.0.0.1'
			FROM seq_1_to_${rows}`);
		for (const query of [`appeal=${appeal.id}`, `by=account:${by}`, `appeal=${other.id}`]) {
			const begun = performance.now();
			const { json } = await auditor.get(`/audit/sightings?${query}&limit=200`,
				{ expect: 200 });
			assert.ok(json.items.length > 0);
			assert.ok(performance.now() - begun < 1000 * slowness(), `${query}: ${performance.now() - begun} ms`);
		}
	});

test('traces older than the audit keeps are forgotten', async () => {
	sql(server, `INSERT INTO sightings_seen VALUES (1, 1, 1, 1, 1, 1, 2, '', 2, '', '')`);
	await server.stop();
	await server.restart();
	await until(() => sql(server, 'SELECT 1 FROM sightings_seen WHERE slot = 1').length === 0,
		{ what: 'the old trace to go' });
	assert.ok(count() > 10);
});

test('one person who looks in many windows at once is answered in each, and kept once', async () => {
	const over = { is: false };
	const looks = async () => {
		const seen = new Set();
		while (!over.is)
			seen.add((await dispatcher.get('/appeals?limit=20')).status);
		return [...seen];
	};
	const windows = Array.from({ length: 24 }, looks);
	await inParallel(Array.from({ length: 80 }), 4, () => register(server, where));
	over.is = true;
	assert.deepEqual([...new Set((await Promise.all(windows)).flat())], [200]);
});

endsCleanly(server);
