/* The judges themselves: silent on a good history, loud on every spoilt twin of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { deadlineFaults, effectFaults, intakeFaults, outcomeFaults, percentile, versionFaults }
	from './checkers.mjs';

const clone = (value) => JSON.parse(JSON.stringify(value));

/* Each twin: a name and what to do to a copy of the good history. */
function twins(name, good, judge, list) {
	test(`${name}: the good history passes`, () => assert.deepEqual(judge(clone(good)), []));
	for (const [what, spoil] of list)
		test(`${name}: ${what} is seen`, () => {
			const twin = clone(good);
			spoil(twin);
			assert.ok(judge(twin).length > 0);
		});
}

twins('intake', {
	requests: [
		{ key: 'k1', content: 'a', outcome: 201, id: 'LD1', body: 'x' },
		{ key: 'k1', content: 'a', outcome: 201, id: 'LD1', body: 'x' },
		{ key: 'k2', content: 'b', outcome: 'cut' },
		{ key: 'k3', content: 'c', outcome: 503 },
		{ key: 'k4', content: 'd', outcome: 201, id: 'LD4', body: 'z' },
	],
	stored: [{ id: 'LD1', content: 'a' }, { id: 'LD2', content: 'b' },
		{ id: 'LD4', content: 'd' }],
}, (h) => intakeFaults(h.requests, h.stored), [
	['an acknowledged appeal that is lost', (h) => h.stored.shift()],
	['an appeal stored twice under two numbers', (h) => h.stored.push({ id: 'LD9', content: 'a' })],
	['a number stored twice', (h) => h.stored.push({ id: 'LD1', content: 'a' })],
	['an appeal that nobody sent', (h) => h.stored.push({ id: 'LD8', content: 'ghost' })],
	['a torn appeal', (h) => { h.stored[0].content = 'a-torn'; }],
	['a second number for one key', (h) => {
		h.requests[1].id = 'LD7';
		h.stored.push({ id: 'LD7', content: 'a' });
	}],
	['two answers for one key', (h) => { h.requests[1].body = 'y'; }],
	['an unacknowledged key that made two', (h) => h.stored.push({ id: 'LD3', content: 'b' })],
]);

twins('outcomes', [{ key: 'a', outcome: 201, took: 5 }, { key: 'b', outcome: 'cut', took: 5 },
	{ key: 'c', outcome: 503, took: 9 }, { key: 'd', outcome: 422, took: 1 }],
(h) => outcomeFaults(h, 30_000), [
	['an internal error', (h) => { h[0].outcome = 500; }],
	['a bad gateway', (h) => { h[0].outcome = 502; }],
	['a request without an end', (h) => { h[1].took = 31_000; }],
]);

const overdue = (task, limit, at) =>
	({ type: 'task.overdue', task, at, data: { limit } });
twins('deadlines', {
	limits: [{ task: '1', limit: 'sign', due: '2026-03-02T09:30:00+08:00' },
		{ task: '1', limit: 'done', due: '2026-03-03T09:00:00+08:00' }],
	events: [overdue('1', 'sign', '2026-03-02T09:30:01+08:00'),
		overdue('1', 'done', '2026-03-03T09:00:01+08:00'),
		{ type: 'task.card', task: '1', at: '2026-03-03T09:00:01+08:00', data: { card: 'yellow' } },
		{ type: 'task.card', task: '1', at: '2026-03-03T21:00:01+08:00', data: { card: 'red' } },
		{ type: 'task.card', task: '1', at: '2026-03-03T09:00:01+08:00',
			data: { card: 'red', reason: 'two_yellow' } }],
}, (h) => deadlineFaults(h.limits, h.events), [
	['a mark that never came', (h) => h.events.shift()],
	['a mark that came twice', (h) => h.events.push(h.events[0])],
	['an early mark', (h) => { h.events[0].at = '2026-03-02T09:29:59+08:00'; }],
	['a late mark', (h) => { h.events[1].at = '2026-03-03T09:00:09+08:00'; }],
	['a card given twice', (h) => h.events.push(h.events[2])],
	['a red card given twice for one reason', (h) => h.events.push(h.events.at(-1))],
	['the mark of another limit', (h) => { h.events[1].data.limit = 'contact'; }],
]);

const hook = (id, topic, seq, more = {}) =>
	({ id, topic, seq, body: id, is_signed: true, is_taken: true, ...more });
twins('webhook effects', {
	received: [hook('m1', 'LD1', 1, { is_taken: false }), hook('m1', 'LD1', 1),
		hook('m2', 'LD2', 1), hook('m3', 'LD1', 2), hook('m3', 'LD1', 2)],
	expected: [{ topic: 'LD1', count: 2 }, { topic: 'LD2', count: 1 }],
}, (h) => effectFaults(h.received, h.expected), [
	['a lost webhook', (h) => h.received.splice(2, 1)],
	['a missing last one', (h) => h.received.splice(3)],
	['a wrong order', (h) => { [h.received[0].seq, h.received[1].seq] = [2, 2]; }],
	['a changed body', (h) => { h.received[4].body = 'other'; }],
	['one place for two messages', (h) => { h.received[4].id = 'm9'; }],
	['an attempt without signature', (h) => { h.received[0].is_signed = false; }],
	['an effect too many', (h) => h.received.push(hook('m4', 'LD1', 3))],
]);

twins('versions', [{ task: '1', version: 1 }, { task: '1', version: 3 }, { task: '2', version: 1 },
	{ task: '1', version: 2 }], (h) => versionFaults(h, { is_dense: true }), [
	['a fork', (h) => { h[1].version = 2; }],
	['a gap', (h) => { h[1].version = 4; }],
]);

test('percentiles are taken from the values themselves', () => {
	const values = Array.from({ length: 100 }, (_, i) => 100 - i);
	assert.equal(percentile(values, 0.5), 50);
	assert.equal(percentile(values, 0.99), 99);
	assert.equal(percentile([7], 0.99), 7);
});
