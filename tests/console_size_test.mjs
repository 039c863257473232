/*
 * What the console costs a browser to load, as brotli, in either language: the first load (the
 * frame, signing in, and any one bundle of screens), and everything. build/console/sizes.json is
 * written with the files.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const built = join(dirname(fileURLToPath(import.meta.url)), '../build/console');
const FIRST_MOST = 60 * 1024;
/* Nobody loads all of it: what each role does is measured in a browser (every_screen). */
const WHOLE_MOST = 179 * 1024;

const { sizes, languages } = JSON.parse(readFileSync(join(built, 'sizes.json'), 'utf8'));
const sum = (urls) => [...new Set(urls)].reduce((total, url) => total + sizes[url], 0);
const every = ({ first, groups }) => [...first, ...Object.values(groups).flat()];

test('the sizes told are those of the files', () => {
	for (const url of new Set(Object.values(languages).flatMap(every))) {
		const file = join(built, url === '/' ? 'index.html' : `${url.slice(1)}.br`);
		assert.ok(existsSync(file), `${url} is there`);
		assert.equal(sizes[url], statSync(file).size, url);
	}
});

for (const [language, loads] of Object.entries(languages)) {
	test(`${language}: the first load, with signing in and any one bundle of screens, is at most 60 KB`, (t) => {
		for (const [group, urls] of Object.entries(loads.groups)) {
			const size = sum([...loads.first, ...loads.groups.sign_in, ...urls]);
			t.diagnostic(`${group}: ${size} bytes`);
			assert.ok(size <= FIRST_MOST, `${group}: ${size} bytes`);
		}
	});

	test(`${language}: the whole console is at most 179 KB`, (t) => {
		const size = sum(every(loads));
		t.diagnostic(`${size} bytes`);
		assert.ok(size <= WHOLE_MOST, `${size} bytes`);
	});
}

test('every script and style of the console belongs to the first load or to a group', () => {
	const known = new Set(Object.values(languages).flatMap(every));
	const left = Object.keys(sizes).filter((url) => /^\/assets\/(?!public|icon).*\.(js|css)$/.test(url) && !known.has(url));
	assert.deepEqual(left, []);
});
