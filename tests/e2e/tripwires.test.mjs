/*
 * Tripwires: frauds of every kind planted among two thousand honest histories are all found,
 * and what is found among the honest ones is counted; both facts stand side by side.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { NATIONAL, dueOf } from '../recount/calendar.mjs';
import { dice } from '../recount/histories.mjs';
import { advance, local, moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { close, contact, leadOf, register, rowOf, sign, visit } from './lib/world.mjs';

const HONEST = Number(process.env.TEST_HISTORIES ?? 2000);
const seed = Number(process.env.TEST_SEED ?? 20260301);
const server = await startServer({ clock: local('2026-06-01 09:00') });
const supervisor = server.as('supervisor');
const d = dice(seed);
/* A caller whose name and number stand nowhere else. */
const CANARY = { name: '鸑鷟龘靐', phone: '13811112222' };
const HOUR = 3_600_000, MINUTE = 60_000, DAY = 24 * HOUR;
const stamp = (moment) => new Date(moment + 8 * HOUR).toISOString().slice(0, 19) + '+08:00';
const at = (text) => Date.parse(local(text));
const catalogue = server.access.catalogue.filter((row) => row.limit_class === 'L3');
const categories = [...new Set(catalogue.map((row) => row.category))];
const lines = [];

/* A history of a morning, whose steps are given as hours after the receipt. */
function tell(external_no, where, received, steps) {
	lines.push({ channel: '12345', external_no, content_class: 'help', category: where.category,
		area: null, title: `诉求 ${external_no}`, text: `第 ${external_no} 件`,
		department: where.department, limit_class: 'L3', received_at: stamp(received),
		events: steps.map(([hours, type, more = {}]) =>
			({ at: stamp(received + Math.round(hours * HOUR)), type, ...more })) });
}

const GOOD = { reached: true, contacted: true, solved: 'yes', result: 'satisfied', truthful: true };
const BAD = { reached: true, contacted: true, solved: 'partly', result: 'dissatisfied',
	truthful: true, reason: 'policy' };
const spoke = { channel: 'phone', outcome: 'reached' };
const done = (no, more = {}) => ({ result: 'solved', reply: `您好，您反映的第${no}号事项已经处理完毕。`,
	...more });

/* What honest people do: they use a template within their category, close on the last evening,
 * are refused and write better, find things untrue after a call; a few have one template for
 * everything, and now and then a caller forgets or sees it otherwise. Returns whether the last
 * two can be told from a fraud only by a person. */
function honest(n) {
	const is_general = d.chance(0.03);
	const where = { ...d.pick(catalogue), ...(is_general && { category: d.pick(categories) }) };
	const no = `H-${n}`;
	const start = at('2026-01-05 08:30') + d.below(100) * DAY + d.below(8 * 60) * MINUTE;
	const template = is_general ? '您好，您反映的事项本单位已经依法依规办理完毕。' :
		d.chance(0.3) ? `您好，${where.category}类事项已按规定办理完毕。` : undefined;
	const steps = [[0.3, 'sign'], [0.5 + d.next(), 'contact', spoke]];
	let hours = d.chance(0.1) ? (dueOf(NATIONAL, 'L3', start) - start) / HOUR - d.next() * 0.9 :
		3 + d.below(60);
	if (d.chance(0.3))
		steps.push([2.5, 'progress', { text: '已到现场' }]);
	const result = d.pick(['solved', 'solved', 'solved', 'explained', 'partly', 'untrue']);
	const says = done(no, { result, ...(template && { reply: template }) });
	if (d.chance(0.1)) {
		steps.push([hours, 'complete', says], [hours + 1, 'review_refuse', { reason: '缺照片' }]);
		hours += 20;
		steps.push([hours, 'complete', { ...says, reply: `${says.reply}现补充照片与签字。` }]);
	} else {
		steps.push([hours, 'complete', says]);
	}
	steps.push([hours + 4, 'review_pass']);
	const otherwise = d.chance(0.01);
	const rated = d.chance(0.8) ? GOOD : BAD;
	if (otherwise)
		steps.push([hours + 30, 'visit', d.pick([{ ...BAD, contacted: false },
			{ ...BAD, solved: 'no' }, { ...BAD, truthful: false }])]);
	else if (d.chance(0.85))
		steps.push([hours + 30, 'visit', rated]);
	tell(no, where, start, steps);
	return otherwise || is_general;
}

let disputes = 0;
for (let n = 0; n < HONEST; n++)
	disputes += honest(n) ? 1 : 0;

/* ---- the frauds; each names what must be found of it ---- */

const planted = [];
function plant(kind, steps, { where = d.pick(catalogue), start = at('2026-03-03 10:00'),
	no = `F-${kind}-${planted.length}` } = {}) {
	tell(no, where, start, steps(no));
	planted.push([kind, no]);
}
const usual = (no, visit_answer = GOOD, more = {}) => [[0.3, 'sign'], [1, 'contact', spoke],
	[20, 'complete', done(no, more)], [22, 'review_pass'], [44, 'visit', visit_answer]];

for (let i = 0; i < 3; i++) {
	plant('closed_without_contact', (no) => usual(no).filter(([, type]) => type !== 'contact'));
	plant('contact_denied', (no) => usual(no, { ...GOOD, contacted: false }));
	plant('solved_denied', (no) => usual(no, { ...BAD, solved: 'no' }));
	plant('reply_denied', (no) => usual(no, { ...BAD, truthful: false }));
	plant('rating_against_answers', (no) => usual(no, { ...GOOD, contacted: false, solved: 'no' }));
	plant('closed_in_minutes', (no) => [[0.02, 'sign'], [0.04, 'contact', spoke],
		[0.1, 'complete', done(no)], [4, 'review_pass']]);
	plant('contact_at_night', (no) => [[0.3, 'sign'], [16.5, 'contact', spoke],
		[20, 'complete', done(no)], [22, 'review_pass']]);
	plant('untrue_unheard', (no) => [[0.3, 'sign'], [1, 'contact', { channel: 'phone',
		outcome: 'no_answer' }], [20, 'complete', done(no, { result: 'untrue' })],
	[22, 'review_pass']]);
	plant('unchanged_submission', (no) => [[0.3, 'sign'], [1, 'contact', spoke],
		[20, 'complete', done(no)], [21, 'review_refuse', { reason: '缺照片' }],
		[22, 'complete', done(no)], [23, 'review_pass']]);
	plant('rating_turned', (no) => [[0.3, 'sign'], [1, 'contact', spoke], [24, 'visit', BAD],
		[26, 'contact', spoke], [40, 'visit', GOOD], [44, 'complete', done(no)],
		[46, 'review_pass']]);
	/* The same words to two matters of different categories: the later look sees both. */
	const one = catalogue[i];
	const two = { ...one, category: categories.find((each) => each !== one.category) };
	const words = `您好，第${i}批事项均已办结，感谢您的支持。`;
	tell(`F-first-${i}`, one, at('2026-03-03 10:00'), usual('x', GOOD, { reply: words }));
	plant('same_reply', () => usual('x', GOOD, { reply: words }),
		{ where: two, start: at('2026-03-05 10:00') });
}
/* Six closings within the last half hour of one limit: five working days, at 23:59:59. */
for (let i = 0; i < 6; i++) {
	const start = at('2026-03-02 10:00');
	const hours = (at('2026-03-09 23:30') - start) / HOUR + i * 0.08;
	tell(`F-burst-${i}`, rowOf(server, 'CGJ'), start,
		[[0.3, 'sign'], [1, 'contact', spoke], [hours, 'complete', done(`b${i}`)],
			[hours + 12, 'review_pass'], [hours + 34, 'visit', GOOD]]);
}
planted.push(['closing_burst', 'F-burst-5']);

/* What was found, by the number its history came with. */
async function findings() {
	const numbers = new Map(sql(server, 'SELECT id, external_no FROM intake_appeal')
		.map(([id, no]) => [id, no]));
	return (await supervisor.all('/tripwires')).map((one) => {
		const [, day, count] = /^LD(\d{6})(\d+)-/.exec(one.task);
		return { ...one, no: numbers.get(day + count.padStart(7, '0')) };
	});
}

let found;

test('all planted frauds are found the night after, and none was before', async (t) => {
	const file = path.join(server.dir, 'histories.jsonl');
	fs.writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n') + '\n');
	server.command(['import', file], { expect: 0 });
	await moveTo(server, '2026-06-02 03:59');
	assert.deepEqual(await supervisor.all('/tripwires'), []);
	await moveTo(server, '2026-06-02 04:00');
	found = await findings();
	const seen = new Set(found.map((one) => `${one.kind} ${one.no}`));
	const missed = planted.filter(([kind, no]) => !seen.has(`${kind} ${no}`));
	assert.deepEqual(missed, [], `seed ${seed}`);
	const kinds = new Set(planted.map(([kind]) => kind));
	assert.ok(kinds.size >= 10, [...kinds].join(' '));
	t.diagnostic(`${planted.length} frauds of ${kinds.size} kinds, all found; seed ${seed}`);
});

test('false alarms among the honest are counted: those that only a person can tell apart', (t) => {
	const alarms = found.filter((one) => one.no.startsWith('H-'));
	const tasks = new Set(alarms.map((one) => one.no)).size;
	const counts = {};
	for (const one of alarms)
		counts[one.kind] = (counts[one.kind] ?? 0) + 1;
	t.diagnostic(`${tasks} of ${HONEST} honest histories alarm: ${JSON.stringify(counts)}; ` +
		`${disputes} looked like one`);
	assert.ok(tasks <= HONEST * 0.05, `seed ${seed}: ${JSON.stringify(counts)}`);
	assert.deepEqual(Object.keys(counts).filter((kind) =>
		!['contact_denied', 'solved_denied', 'reply_denied', 'same_reply'].includes(kind)), [],
	`seed ${seed}`);
	assert.ok(tasks <= disputes);
});

test('a finding shows both facts with the events behind them', () => {
	const denied = found.find((one) => one.kind === 'contact_denied');
	assert.deepEqual([denied.said.type, denied.against.type], ['task.contacted', 'task.visited']);
	assert.equal(denied.said.data.outcome, 'reached');
	assert.equal(denied.against.data.contacted, false);
	const same = found.find((one) => one.kind === 'same_reply');
	assert.notEqual(same.said.task, same.against.task);
	assert.equal(same.said.data.reply, same.against.data.reply);
	const burst = found.find((one) => one.kind === 'closing_burst');
	assert.ok(burst.count >= 5 && burst.against === null);
	for (const one of found)
		assert.ok(one.state === 'open' && one.item === null && one.said.task === one.task);
});

test('a look finds nothing twice, and nights without anything new find nothing', async () => {
	await moveTo(server, '2026-06-03 05:00');
	assert.equal((await supervisor.all('/tripwires')).length, found.length);
	assert.deepEqual(sql(server, 'SELECT * FROM accountability_waiting'), []);
});

test('a withdrawal right after a bad rating is found', async () => {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await sign(server, task);
	await contact(server, task);
	await visit(server, task, 'dissatisfied', { solved: 'no' });
	await server.as('operator').post(`/appeals/${task.appeal}/withdraw`,
		{ reason: '诉求人来电撤单', confirmed_by: 'recording' }, { expect: 200 });
	await advance(server, { days: 1 });
	const one = (await supervisor.all('/tripwires')).find((each) => each.task === task.id &&
		each.kind === 'withdrawn_after_rating');
	assert.deepEqual([one?.said.type, one?.against.type], ['task.visited', 'task.withdrawn']);
});

test('many matters from one number, all rated well, are found; four are not', async () => {
	const rated = async () => {
		const task = leadOf(await register(server, rowOf(server, 'JTJ'), { caller: CANARY }));
		await close(server, task);
		return visit(server, task, 'satisfied');
	};
	const shared = async () => (await supervisor.all('/tripwires'))
		.filter((one) => one.kind === 'shared_number');
	for (let i = 0; i < 4; i++)
		await rated();
	await advance(server, { days: 1 });
	assert.deepEqual(await shared(), []);
	const last = await rated();
	await advance(server, { days: 1 });
	const [one] = await shared();
	assert.deepEqual([one.task, one.count], [last.id, 5]);
});

test('a supervisor makes a clue of a finding; its evidence holds the finding', async () => {
	const one = found.find((each) => each.kind === 'contact_denied');
	const answers = await Promise.all([1, 2, 3].map(() => supervisor.post(
		`/tripwires/${one.id}/clue`, { text: '请核实联系记录' }, { expect: [200, 409] })));
	const [{ json }, ...more] = answers.filter((each) => each.status === 200);
	assert.equal(more.length, 0);
	assert.equal(json.state, 'clue');
	const item = (await supervisor.post(`/accountability/${json.item}/evidence`,
		{ tasks: [one.task], statement_until: '2026-07-30' }, { expect: 200 })).json;
	assert.equal(item.source, 'tripwire');
	assert.equal(item.acts[1].finding.id, one.id);
	assert.deepEqual(item.acts[1].finding.said, one.said);
	assert.ok(!(await supervisor.all('/tripwires')).some((each) => each.id === one.id));
});

test('a finding is dismissed with a reason, once, and the ledger keeps both', async () => {
	const one = found.find((each) => each.kind === 'solved_denied');
	const acts = () => Number(sql(server, 'SELECT COUNT(*) FROM ledger_content WHERE kind = 5')[0][0]);
	const before = acts();
	await supervisor.post(`/tripwires/${one.id}/dismiss`, { reason: ' ' }, { expect: 422 });
	const gone = (await supervisor.post(`/tripwires/${one.id}/dismiss`, { reason: '录音证实' },
		{ expect: 200 })).json;
	assert.deepEqual([gone.state, gone.reason, gone.item], ['dismissed', '录音证实', null]);
	await supervisor.post(`/tripwires/${one.id}/clue`, { text: '再议' }, { expect: 409 });
	assert.equal(acts(), before + 1);
	assert.deepEqual((await supervisor.all('/tripwires?state=dismissed')).map((each) => each.id),
		[one.id]);
});

test('no finding shows who called', async () => {
	for (const state of ['open', 'clue', 'dismissed']) {
		const text = JSON.stringify(await supervisor.all(`/tripwires?state=${state}`));
		assert.ok(!text.includes(CANARY.name) && !text.includes(CANARY.phone), state);
		assert.ok(text.includes('"kind"'), state);
	}
	const kept = sql(server, 'SELECT HEX(bytes) FROM ledger_content WHERE kind = 5')
		.map(([hex]) => Buffer.from(hex, 'hex').toString());
	assert.ok(kept.length >= 3);
	assert.ok(kept.every((text) => !text.includes(CANARY.name) && !text.includes(CANARY.phone)));
});

test('findings are for those who watch alone', async () => {
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'admin', 'department'])
		await server.as(role).get('/tripwires', { expect: 403 });
});

endsCleanly(server);
