/*
 * Ranking and the rule laboratory over frozen months of imported histories, against the same
 * counted again from the months' bundles.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { histories } from '../recount/histories.mjs';
import { measure, known, rateText } from '../verify/figures.mjs';
import { bundleRead } from '../verify/frozen.mjs';
import { sql } from './lib/database.mjs';
import { compare, limitsOf, rankingOf, sum } from './lib/rankings.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const NOW = '2026-07-15T09:00:00+08:00';
const SEED = Number(process.env.TEST_SEED ?? 4711);
const ENFORCEMENT = ['CGJ', 'CGZF', 'GAJ', 'JJDD', 'ZADD'];
const BUREAUS = ['JTJ', 'HWZX', 'YLZX'];
const MONTHS = ['2025-08', '2025-07', '2025-06'];
const MEASURES = ['on_time', 'satisfaction'];

const server = await startServer({ clock: NOW, env: { LIANDONG_REPORT_RANKING: 'true' } });
const leader = server.as('leader');
const supervisor = server.as('supervisor');
const bundles = {};

const rankingAt = async (month, name, client = leader, scope = 'all') => (await client.get(
	`/reports/${month}/ranking?measure=${name}&scope=${scope}`, { expect: 200 })).json;
const groupOf = (ranking, name) => ranking.groups.find((one) => one.peer_group === name);
const pair = ({ num, den }) => ({ num, den });

function importLines(name, lines) {
	const file = `/tmp/liandong-ranking-${process.pid}-${name}`;
	fs.writeFileSync(file, lines.map((line) => JSON.stringify(line) + '\n').join(''));
	const done = server.command(['import', file]);
	fs.rmSync(file);
	assert.equal(done.status, 0, done.stderr.slice(-3000));
}

test('three months of histories are frozen', async (t) => {
	t.diagnostic(`seed ${SEED}`);
	const lines = [
		...histories(SEED, 1500, [...ENFORCEMENT, ...BUREAUS], Date.parse(NOW) - 3_600_000),
		...histories(SEED + 1, 60, ['XFDD'], Date.parse(NOW) - 3_600_000, 5000),
		...histories(SEED + 2, 700, ['YLZX'], Date.parse(NOW) - 3_600_000, 6000),
		...histories(SEED + 3, 400, ['ZADD'], Date.parse(NOW) - 3_600_000, 8000),
	];
	/* One never closes a thing, four hear every caller, one does not hear every second. */
	for (const [i, line] of lines.entries()) {
		const visited = line.events.findIndex((event) => event.type === 'visit');
		if (line.department === 'YLZX' && i % 2 && visited >= 0)
			line.events.length = visited;
		if (line.department === 'ZADD')
			line.events = [];
		if (['CGJ', 'GAJ', 'JTJ', 'HWZX'].includes(line.department))
			for (const event of line.events)
				if (event.type === 'visit')
					event.result ??= 'satisfied';
	}
	importLines('all', lines);
	for (const month of [...MONTHS].reverse()) {
		await leader.post(`/reports/${month}/freeze`, {}, { expect: 200 });
		const sealed = await until(async () => {
			const answer = await leader.get(`/reports/${month}/bundle`);
			return answer.status === 200 && answer;
		}, { what: 'the signature under the month' });
		bundles[month] = bundleRead(sealed.text);
		assert.ok(bundles[month].tasks.length > 50);
	}
});

/* ---- ranking ---- */

test('the recount has the limits and ranks of examples that can be followed by hand', () => {
	assert.deepEqual(limitsOf(20, { num: 9, den: 10 }), { low: 13, high: 20 });
	assert.deepEqual(limitsOf(10, { num: 1, den: 2 }), { low: 1, high: 9 });
	assert.deepEqual([compare({ num: 1, den: 3 }, { num: 2, den: 6 }),
		compare({ num: 1, den: 2 }, { num: 1, den: 3 })], [0, 1]);
});

function assertGroup(group, counted, name, bundle) {
	const target = bundle.rules.target;
	assert.deepEqual(pair(group.rate), counted.group);
	for (const one of group.departments) {
		const want = counted.found.get(one.department);
		const where = `${name} ${one.department}`;
		for (const [got, part] of [['pooled', 'rate'], ['coverage', 'coverage'],
			['exclusion', 'exclusion'], ['extension', 'extension']])
			assert.deepEqual(pair(one[got]), want[part], `${where} ${got}`);
		assert.deepEqual(one.limits, want.limits, where);
		assert.equal(one.adjusted, want.adjusted === null ? null :
			rateText(Number(want.adjusted), 1_000_000, target), where);
		assert.deepEqual([one.rank, one.adjusted_rank, one.unranked],
			[want.rank, want.adjusted_rank, want.unranked], where);
		const month = measure(name, bundle.tasks.filter((task) =>
			task.department === one.department).map((task) =>
			known(task, bundle.month, bundle.rules)), bundle.month, bundle.rules);
		assert.deepEqual(pair(one.month), month, `${where} month`);
	}
	const outside = [...counted.found].filter(([, one]) => one.rate.num < one.limits.low ||
		one.rate.num > one.limits.high);
	assert.deepEqual(group.outside.map(({ department, side }) => [department, side]),
		outside.map(([code, one]) => [code, one.rate.num < one.limits.low ? 'below' :
			'above']));
	assert.equal(group.inside, group.departments.length - outside.length);
}

test('ranks, limits, adjusted rates and what stands beside agree with the recount', async () => {
	const reasons = new Set(), all = MONTHS.map((month) => bundles[month]);
	let ranked = 0;
	for (const name of MEASURES) {
		const ranking = await rankingAt(MONTHS[0], name);
		assert.deepEqual(ranking.months, MONTHS);
		for (const [group, codes] of [['enforcement', ENFORCEMENT],
			['departments', BUREAUS], ['emergency_utilities', ['XFDD']]]) {
			const shown = groupOf(ranking, group);
			assert.deepEqual(shown.departments.map((one) => one.department).sort(),
				[...codes].sort());
			const in_order = shown.departments.map((one) => one.department);
			assertGroup(shown, rankingOf(name, all, in_order), name, bundles[MONTHS[0]]);
			for (const one of shown.departments) {
				reasons.add(one.unranked);
				ranked += one.rank !== null;
			}
		}
	}
	assert.ok(ranked >= 8, `${ranked} ranks`);
	assert.ok(reasons.has('small_base') && reasons.has('coverage'), [...reasons].join());
});

/* Ways in which a ranking may be wrong by the least. */
const TWINS = [
	['a rank', (group) => { group.departments[0].rank += 1; }],
	['a tie by rounding', (group) => { group.departments[1].rank = group.departments[0].rank; }],
	['an adjusted rate', (group) => { group.departments[0].adjusted = '50.00'; }],
	['a limit', (group) => { group.departments[0].limits.low -= 1; }],
	['a pooled case', (group) => { group.departments[0].pooled.num += 1; }],
	['a name outside', (group) => { group.outside.pop(); }],
	['a gate', (group) => { group.departments[0].unranked = 'coverage'; }],
	['the group', (group) => { group.rate.den += 1; }],
];

test('the recount sees a rank, a limit, a case or a name that is wrong by the least', async () => {
	const right = groupOf(await rankingAt(MONTHS[0], 'on_time'), 'enforcement');
	const counted = rankingOf('on_time', MONTHS.map((month) => bundles[month]),
		right.departments.map((one) => one.department));
	assertGroup(right, counted, 'on_time', bundles[MONTHS[0]]);
	for (const [what, spoil] of TWINS) {
		const twin = structuredClone(right);
		spoil(twin);
		assert.throws(() => assertGroup(twin, counted, 'on_time', bundles[MONTHS[0]]), what);
	}
});

test('who never closes a thing lies below the limits, and is named', async () => {
	const group = groupOf(await rankingAt(MONTHS[0], 'on_time'), 'enforcement');
	assert.deepEqual(group.outside.find((one) => one.department === 'ZADD'),
		{ department: 'ZADD', name: '治安管理大队', side: 'below' });
	assert.equal(group.departments.find((one) => one.department === 'ZADD').rank, 5);
});

test('months that are not frozen are not pooled', async () => {
	const ranking = await rankingAt('2025-06', 'on_time');
	assert.deepEqual(ranking.months, ['2025-06']);
	const group = groupOf(ranking, 'enforcement');
	assertGroup(group, rankingOf('on_time', [bundles['2025-06']],
		group.departments.map((one) => one.department)), 'on_time', bundles['2025-06']);
});

test('a scope is ranked by its own tasks', async () => {
	const all = MONTHS.map((month) => ({ ...bundles[month],
		tasks: bundles[month].tasks.filter((task) => task.channel === '110') }));
	const group = groupOf(await rankingAt(MONTHS[0], 'on_time', leader, '110'), 'enforcement');
	assertGroup(group, rankingOf('on_time', all, group.departments.map((one) =>
		one.department)), 'on_time', all[0]);
});

test('every pooled number opens into as many tasks of its months', async () => {
	const group = groupOf(await rankingAt(MONTHS[0], 'satisfaction'), 'enforcement');
	const { department, pooled } = group.departments[0];
	for (const part of ['num', 'den']) {
		const lists = [];
		for (const month of MONTHS)
			lists.push(...await leader.all(`/reports/${month}/tasks?measure=satisfaction` +
				`&part=${part}&department=${department}`));
		assert.equal(lists.length, pooled[part]);
	}
});

test('a department sees its own line, and of the others how many', async () => {
	const whole = groupOf(await rankingAt(MONTHS[0], 'on_time'), 'enforcement');
	const own = await rankingAt(MONTHS[0], 'on_time', server.department('CGJ'));
	assert.deepEqual(own.groups.map((one) => one.peer_group), ['enforcement']);
	assert.deepEqual(own.groups[0].departments,
		whole.departments.filter((one) => one.department === 'CGJ'));
	assert.ok(own.groups[0].outside.every((one) => one.department === 'CGJ'));
	assert.equal(own.groups[0].inside, whole.inside);
});

test('only a frozen month is ranked, and nothing but a month', async () => {
	const open = await leader.get('/reports/2025-09/ranking', { expect: 409 });
	assert.equal(open.json.code, 'month_not_frozen');
	for (const period of ['2025-Q3', '2025', '2025-W30', 'x'])
		assert.equal((await leader.get(`/reports/${period}/ranking`,
			{ expect: 422 })).json.errors[0].code, 'bad_period');
	await leader.get(`/reports/${MONTHS[0]}/ranking?measure=completion`, { expect: 422 });
});

/* ---- laboratory ---- */

const laboratory = async (body, expect = 200) =>
	(await supervisor.post('/reports/laboratory', body, { expect })).json;

const TRIED = [
	['a lower target', { target: 55 }, (rules) => ({ ...rules, target: 55 })],
	['a neutral answer that satisfies', { satisfied_levels: ['very_satisfied', 'satisfied',
		'basically_satisfied', 'neutral'], strict_levels: ['very_satisfied'] },
	(rules) => ({ ...rules, strict: ['very_satisfied'],
		satisfied: ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral'] })],
	['consultations that are not asked', { unrated_contents: ['consultation', 'help'] },
		(rules) => ({ ...rules, unrated: ['consultation', 'help'] })],
	['everything asked', { unrated_contents: [] }, (rules) => ({ ...rules, unrated: [] })],
	['no other rules', {}, (rules) => rules],
];

function assertSide(got, tasks, month, rules, where) {
	for (const [name, one] of Object.entries(got.measures)) {
		const want = measure(name, tasks.map((task) => known(task, month, rules)), month,
			rules);
		if (typeof one === 'number') {
			assert.equal(one, want.num, `${where} ${name}`);
			continue;
		}
		const text = rateText(want.num, want.den, rules.target);
		assert.deepEqual(one, { ...want, rate: text === '-' ? null : text,
			meets: want.den === 0 ? null : 100 * want.num >= rules.target * want.den },
		`${where} ${name}`);
	}
}

const crossed = ({ before, after }) => Object.keys(before.measures).filter((name) =>
	typeof before.measures[name] === 'object' && before.measures[name].meets !== null &&
	after.measures[name].meets !== null &&
	before.measures[name].meets !== after.measures[name].meets)
	.map((name) => ({ measure: name, meets: after.measures[name].meets }));

for (const [what, rules, change] of TRIED)
	test(`the laboratory counts ${what} as the recount does`, async () => {
		const { months } = await laboratory({ months: MONTHS, rules });
		assert.deepEqual(months.map((one) => one.period), MONTHS);
		let moves = 0, crossings = 0;
		for (const one of months) {
			const bundle = bundles[one.period];
			const tried = change(bundle.rules);
			for (const place of [{ ...one.total, department: null }, ...one.departments]) {
				const tasks = bundle.tasks.filter((task) => place.department === null ||
					task.department === place.department);
				const where = `${one.period} ${place.department}`;
				assertSide(place.before, tasks, bundle.month, bundle.rules, where);
				assertSide(place.after, tasks, bundle.month, tried, where);
				assert.deepEqual(place.crosses, crossed(place), where);
				moves += JSON.stringify(place.before) !== JSON.stringify(place.after);
				crossings += place.crosses.length;
			}
		}
		assert.equal(moves > 0, Object.keys(rules).length > 0);
		assert.ok(crossings > 0 || what !== 'a lower target');
	});

/* Whether the better would not be that with a hit less, and the worse with one more. */
const isClose = (better, worse) => better.rank < worse.rank && compare(
	{ ...better.rate, num: better.rate.num - 1 },
	{ ...worse.rate, num: worse.rate.num + 1 }) <= 0;

const nextBetter = (found, code) => [...found.values()].filter((other) => other.rank !== null &&
	other.rank < found.get(code).rank).sort((a, b) => b.rank - a.rank)[0];

/* How a department's task counts in all months together. */
const standing = (name, id, code, rules_of) => sum(Object.values(bundles).map((bundle) =>
	measure(name, bundle.tasks.filter((row) => row.id === id && row.department === code)
		.map((row) => known(row, bundle.month, rules_of(bundle))), bundle.month,
	rules_of(bundle))));

test('the laboratory names the ranks that move, and the two cases that one hangs on', async () => {
	const [, rules, change] = TRIED[1];
	const all = MONTHS.map((month) => bundles[month]);
	const { ranks } = await laboratory({ months: MONTHS, rules });
	const rules_of = (bundle) => change(bundle.rules);
	let decided = 0;
	for (const heat of ranks) {
		const codes = heat.departments.map((one) => one.department);
		const before = rankingOf(heat.measure, all, codes);
		const after = rankingOf(heat.measure, all, codes, { rules_of });
		for (const one of heat.departments)
			for (const [side, counted] of [[one.before, before], [one.after, after]]) {
				const want = counted.found.get(one.department);
				assert.deepEqual([side.rank, side.unranked, pair(side.pooled)],
					[want.rank, want.unranked, want.rate]);
			}
		for (const one of heat.decided_by_two) {
			assert.ok(isClose(after.found.get(one.better), after.found.get(one.worse)));
			assert.deepEqual(standing(heat.measure, one.hit, one.better, rules_of),
				{ num: 1, den: 1 });
			assert.deepEqual(standing(heat.measure, one.miss, one.worse, rules_of),
				{ num: 0, den: 1 });
			decided++;
		}
		assert.deepEqual(heat.decided_by_two.map((one) => one.worse), codes.filter((code) =>
			nextBetter(after.found, code) !== undefined &&
			isClose(nextBetter(after.found, code), after.found.get(code))));
	}
	assert.ok(decided > 0, 'some rank hangs on two cases');
});

test('the laboratory changes nothing', async () => {
	const rows = () => sql(server, `SELECT (SELECT COUNT(*) FROM ledger_content),
		(SELECT COUNT(*) FROM reports_month), (SELECT COUNT(*) FROM history_event)`);
	const before = [rows(), (await leader.get(`/reports/${MONTHS[0]}`)).json];
	await laboratory({ months: MONTHS, rules: { target: 50 } });
	assert.deepEqual([rows(), (await leader.get(`/reports/${MONTHS[0]}`)).json], before);
});

test('the laboratory refuses months that are not frozen and rules that are none', async () => {
	const answer = await laboratory({ months: ['2025-08', '2025-09', 'x', '2025-08'],
		rules: {} }, 422);
	assert.deepEqual(answer.errors.map((one) => [one.pointer, one.code]),
		[['#/months/1', 'not_frozen'], ['#/months/2', 'bad_period'],
			['#/months/3', 'duplicate']]);
	const bad = await laboratory({ months: [], rules: { target: 101,
		satisfied_levels: ['glad'], colour: 1 } }, 422);
	assert.deepEqual(bad.errors.map((one) => one.pointer).sort(), ['#/months',
		'#/rules/colour', '#/rules/satisfied_levels/0', '#/rules/target']);
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'admin'])
		await server.as(role).post('/reports/laboratory', { months: MONTHS, rules: {} },
			{ expect: 403 });
	await server.department('CGJ').post('/reports/laboratory', { months: MONTHS, rules: {} },
		{ expect: 403 });
});

test('no answer of these shows a caller', async () => {
	for (const answer of [await rankingAt(MONTHS[0], 'on_time'),
		await laboratory({ months: MONTHS, rules: {} })])
		assert.doesNotMatch(JSON.stringify(answer), /历史诉求|1[3-9]\d{9}|caller|phone/);
});

test('where ranking is off there is none, and the laboratory keeps ranks to itself', async () => {
	await server.stop();
	server.options.env.LIANDONG_REPORT_RANKING = 'false';
	await server.start();
	const answer = await leader.get(`/reports/${MONTHS[0]}/ranking`, { expect: 404 });
	assert.equal(answer.json.code, 'ranking_off');
	assert.equal((await laboratory({ months: MONTHS, rules: {} })).ranks, null);
});

endsCleanly(server);
