/* Two people change one thing: what does not clash is merged, what clashes is asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTypeScript } from './typescript.mjs';

const { differences, merged } = await importTypeScript('lib/merge.ts');
const fields = ['title', 'text', 'until'];
const base = { title: 'a', text: 'b', until: null, version: 1 };

test('what only I changed is mine, what only they changed is theirs', () => {
	const mine = { ...base, title: 'A' };
	const theirs = { ...base, text: 'B', version: 2 };
	assert.deepEqual(merged(fields, base, mine, theirs), { title: 'A', text: 'B', until: null, version: 2 });
	assert.deepEqual(differences(fields, base, mine, theirs).map(({ field, clash }) => [field, clash]),
		[['title', false], ['text', false]]);
});

test('what both changed clashes, stays mine until theirs is chosen, and no other field moves', () => {
	const mine = { ...base, title: 'mine', until: '2026-03-01' };
	const theirs = { ...base, title: 'theirs', version: 2 };
	assert.equal(differences(fields, base, mine, theirs).find(({ field }) => field === 'title').clash, true);
	assert.equal(merged(fields, base, mine, theirs).title, 'mine');
	const chosen = merged(fields, base, mine, theirs, { title: 'theirs' });
	assert.deepEqual(chosen, { title: 'theirs', text: 'b', until: '2026-03-01', version: 2 });
});

test('both to the same is no clash, and what nobody changed is not shown', () => {
	const mine = { ...base, title: 'same' };
	const found = differences(fields, base, mine, { ...mine, version: 2 });
	assert.deepEqual(found.map(({ field, clash }) => [field, clash]), [['title', false]]);
	assert.deepEqual(differences(fields, base, base, base), []);
});

test('absent and null are one: no difference is made of them', () => {
	const { until: _until, ...without } = base;
	assert.deepEqual(differences(fields, base, without, base), []);
});

test('merging never takes back what either side wrote alone (2,000 random triples)', () => {
	let seed = 7;
	const dice = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; };
	const any = () => Object.fromEntries(fields.map((field) => [field, ['x', 'y', 'z', null][dice(4)]]));
	for (let i = 0; i < 2000; i++) {
		const [b, m, h] = [any(), any(), any()];
		const result = merged(fields, b, m, h);
		for (const field of fields) {
			if (h[field] === b[field])
				assert.equal(result[field], m[field]);
			else if (m[field] === b[field])
				assert.equal(result[field], h[field]);
			else
				assert.equal(result[field], m[field] === h[field] ? h[field] : m[field]);
		}
	}
});
