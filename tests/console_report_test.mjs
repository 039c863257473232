/*
 * The rules of the report's screens without a screen: which three things are told first, where the
 * trend's line lies, what a period is called and what comes before it, how a figure stands.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTypeScript } from './typescript.mjs';

const { threeThings, classBehind } = await importTypeScript('leading/three_things.ts');
const { axisOf, lineOf, placeOf } = await importTypeScript('leading/trend.ts');
const period = await importTypeScript('leading/period.ts');
const figures = await importTypeScript('leading/figures.ts');

const target = 90;
const rate = (num, den) => ({ num, den, rate: den === 0 ? null : (num / den * 100).toFixed(2),
	meets: den === 0 ? null : 100 * num >= target * den });
const whole = { total: { overdue_stock: 50, extension: rate(10, 200), redo: rate(4, 100) } };
const of = (name, departments) => ({ ...whole, period: name, departments: new Map(Object.entries(departments)) });
const done = (num, den, more = {}) => ({ completion: rate(num, den), ...more });

/* ---- three things ---- */

test('the longest run below the target is told, not the lowest rate', () => {
	const now = of('2026-10', { A: done(10, 20), B: done(17, 20), C: done(19, 20) });
	const before = [of('2026-09', { A: done(20, 20), B: done(17, 20), C: done(1, 20) }),
		of('2026-08', { A: done(1, 20), B: done(16, 20), C: done(1, 20) }), of('2026-07', { B: done(20, 20) })];
	const [run] = threeThings(now, before);
	assert.deepEqual({ ...run, rate: Math.round(run.rate) }, { kind: 'run', department: 'B', measure: 'completion',
		part: 'missed', count: 3, rate: 85, size: 3 });
});

test('a run of one period is none, and a base below ten ends it', () => {
	const one = threeThings(of('2026-10', { A: done(10, 20) }), [of('2026-09', { A: done(19, 20) })]);
	assert.ok(!one.some(({ kind }) => kind === 'run'));
	const small = threeThings(of('2026-10', { A: done(10, 20) }),
		[of('2026-09', { A: done(1, 9) }), of('2026-08', { A: done(1, 20) })]);
	assert.ok(!small.some(({ kind }) => kind === 'run'));
});

test('of equally long runs the lower rate is told', () => {
	const months = [{ A: done(16, 20), B: done(15, 20) }, { A: done(15, 20), B: done(16, 20) }];
	const [run] = threeThings(of('2026-10', months[0]), [of('2026-09', months[1])]);
	assert.equal(run.department, 'B');
});

test('the biggest fall is of any of three rates, in points, and one late case of seven is not told', () => {
	const now = of('2026-10', { A: done(19, 20, { on_time: rate(18, 20) }), B: done(19, 20, { satisfaction: rate(15, 20) }),
		C: done(19, 20, { on_time: rate(1, 7) }) });
	const before = [of('2026-09', { A: done(20, 20, { on_time: rate(20, 20) }),
		B: done(20, 20, { satisfaction: rate(20, 20) }), C: done(20, 20, { on_time: rate(7, 7) }) })];
	const [fall] = threeThings(now, before);
	assert.deepEqual([fall.kind, fall.department, fall.measure, fall.size, fall.count],
		['fall', 'B', 'satisfaction', 25, 5]);
});

test('less than a point is no fall', () => {
	const things = threeThings(of('2026-10', { A: done(995, 1000) }), [of('2026-09', { A: done(1000, 1000) })]);
	assert.deepEqual(things, []);
});

test('the largest stock is told with its share of the whole', () => {
	const now = of('2026-10', { A: done(19, 20, { overdue_stock: 4 }), B: done(19, 20, { overdue_stock: 20 }) });
	assert.deepEqual(threeThings(now, []), [{ kind: 'stock', department: 'B', measure: 'overdue_stock', part: 'num',
		count: 20, rate: null, size: 40 }]);
});

test('where less is found, extensions, redone ones and the silent are told, and never more than three', () => {
	const own = done(19, 20, { extension: rate(5, 20), redo: rate(6, 20), visit_coverage: rate(8, 20) });
	const things = threeThings(of('2026-10', { A: own }), []);
	assert.deepEqual(things.map(({ kind, size }) => [kind, size]), [['extension', 5], ['redo', 4], ['silence', 60]]);
	const all = threeThings(of('2026-10', { A: { ...own, completion: rate(1, 20), overdue_stock: 3 } }),
		[of('2026-09', { A: done(15, 20) })]);
	assert.deepEqual(all.map(({ kind }) => kind), ['run', 'fall', 'stock']);
});

test('the same numbers give the same three, in whatever order the departments stand', () => {
	const rows = [['A', done(10, 20)], ['B', done(10, 20)], ['C', done(10, 20)]];
	const told = list => threeThings({ ...whole, period: '2026-10', departments: new Map(list) },
		[{ ...whole, period: '2026-09', departments: new Map(list) }])[0].department;
	assert.equal(told(rows), 'A');
	assert.equal(told([...rows].reverse()), 'A');
});

test('the class behind a number is its largest group, and behind a fall the one that grew most', () => {
	assert.deepEqual(classBehind(['04', '04', '02'], null), { category: '04', count: 2, more: null });
	assert.deepEqual(classBehind(['04', '04', '04', '02', '02'], ['04', '04', '04']),
		{ category: '02', count: 2, more: 2 });
	assert.equal(classBehind([], null), null);
});

/* ---- the trend ---- */

const value = (month, percent, preliminary = false) => ({ month, value: percent, preliminary });

test('the axis is round, holds every value and the target, and has at most six ticks', () => {
	for (const [values, held] of [[[97.3, 88.1], 90], [[71.6, 95], 90], [[0, 100], 90], [[90], 90], [[], 90], [[3.2], null], [[100], null], [[0], null],
		[[99.9, 100], null]]) {
		const axis = axisOf(values, held);
		for (const one of [...values, ...held === null ? [] : [held]])
			assert.ok(one >= axis.from && one <= axis.to, `${one} in ${axis.from}..${axis.to}`);
		assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 6, axis.ticks.join());
		assert.ok(axis.from >= 0 && axis.to <= 100 && axis.from < axis.to);
	}
});

test('higher is higher: places fall from the height to zero', () => {
	const axis = { from: 80, to: 100, ticks: [] };
	assert.equal(placeOf(axis, 80, 170), 170);
	assert.equal(placeOf(axis, 100, 170), 0);
	assert.equal(placeOf(axis, 90, 170), 85);
});

test('a line leads through frozen months, is dashed to the running one, and stops at a gap', () => {
	const line = lineOf([value('2026-07', 90), value('2026-08', null), value('2026-09', 92), value('2026-10', 94),
		value('2026-11', 80, true)], { from: 80, to: 100, ticks: [] }, 400, 100);
	assert.deepEqual(line.points.map(({ month, x, y }) => [month, x, y]),
		[['2026-07', 0, 50], ['2026-09', 200, 40], ['2026-10', 300, 30], ['2026-11', 400, 100]]);
	assert.equal(line.solid, 'M200.0 40.0L300.0 30.0');
	assert.equal(line.dashed, 'M300.0 30.0L400.0 100.0');
});

/* ---- periods ---- */

test('periods are told apart by their form, and what is none is none', () => {
	const kinds = { '2026-10': 'month', '2026-Q4': 'quarter', '2026': 'year', '2026-W44': 'week', '2026-10-31': 'day',
		'2026-13': null, '2026-Q5': null, '2026-W54': null, '': null, 'life': null };
	for (const [name, kind] of Object.entries(kinds))
		assert.equal(period.kindOf(name), kind, name);
});

test('the period before and behind crosses years, and a week is the one with the Thursday', () => {
	const steps = [['2026-01', -1, '2025-12'], ['2026-Q1', -1, '2025-Q4'], ['2026', 1, '2027'], ['2026-W01', -1, '2025-W52'],
		['2026-W53', 1, '2027-W01'], ['2026-03-01', -1, '2026-02-28'], ['2024-02-28', 1, '2024-02-29']];
	for (const [from, by, to] of steps)
		assert.equal(period.shifted(from, by), to, `${from} ${by}`);
	assert.equal(period.periodOf('week', '2027-01-03'), '2026-W53');
	assert.equal(period.firstDay('2026-W01'), '2025-12-29');
	assert.equal(period.firstDay('2026-Q4'), '2026-10-01');
});

test('a period ends in its last month, and twelve months end with it', () => {
	assert.deepEqual(['2026-10', '2026-Q3', '2026', '2026-W01', '2026-10-31'].map(period.lastMonth),
		['2026-10', '2026-09', '2026-12', '2026-01', '2026-10']);
	const months = period.monthsUntil('2026-02', 12);
	assert.deepEqual([months.length, months[0], months[11]], [12, '2025-03', '2026-02']);
});

/* ---- figures ---- */

test('a base below ten is small, no base is none, and less is better where nothing is aimed at', () => {
	const standing = (num, den, measure = 'completion') => figures.standingOf(rate(num, den), target, measure);
	assert.deepEqual([standing(0, 0), standing(6, 7), standing(9, 10), standing(17, 20), standing(10, 20)],
		['none', 'small', 'meets', 'near', 'below']);
	assert.equal(standing(1, 20, 'redo'), 'plain');
	assert.equal(figures.partBehindRate(rate(1, 20), 'redo'), 'num');
	assert.equal(figures.partBehindRate(rate(17, 20), 'completion'), 'missed');
	assert.equal(figures.partBehindRate(rate(20, 20), 'completion'), 'den');
});

test('a small base stands behind every rate that can be compared, and none behind that', () => {
	const rows = [rate(0, 0), rate(0, 7), rate(7, 7), rate(2, 20), rate(20, 20)];
	const sorted = [...rows].sort((a, b) => figures.orderOf(b) - figures.orderOf(a));
	assert.deepEqual(sorted.map(({ num, den }) => `${num}/${den}`), ['20/20', '2/20', '7/7', '0/7', '0/0']);
});

test('what was carried over is in the base of the completion and in no other', () => {
	assert.equal(figures.carriedOver({ completion: rate(30, 45), on_time: rate(30, 40) }), 5);
	const report = { total: { measures: { completion: rate(30, 45), on_time: rate(30, 40) } }, departments: [] };
	assert.equal(figures.expectedOf(report, figures.countShown('carried', null)), 5);
	assert.equal(figures.expectedOf(report, { department: null, measure: 'completion', part: 'missed' }), 15);
	assert.equal(figures.expectedOf(report, { department: null, measure: 'completion', part: 'den', category: '04' }), null);
});
