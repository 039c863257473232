/*
 * axe over a page as it stands, after WCAG 2.2 A and AA; and the looks that every page is checked
 * in once: both languages and both themes.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };

/* Whether all is looked at in every look, not in one that differs from one thing to the next. */
export const isEachLook = process.env.TEST_LOOKS === 'all';

/* Both languages and both themes, once each; TEST_LOOKS=all: each of the one with each of the other. */
export const looks = isEachLook
	? ['zh', 'en'].flatMap(language => ['light', 'dark'].map(theme => ({ language, theme })))
	: [{ language: 'zh', theme: 'light' }, { language: 'en', theme: 'dark' }];

/** within: selector of the part that changed since the page was checked; the whole without it. */
export async function check(page, where, within = null) {
	if (!await page.evaluate(() => 'axe' in window))
		await page.evaluate(axeSource);
	const { violations } = await page.evaluate(([chosen, part]) =>
		window.axe.run(part ?? document, chosen), [rules, within]);
	const found = violations.flatMap(v => v.nodes.map(node =>
		`${where}: ${v.id} ${node.target.join(' ')} ${node.failureSummary}`));
	assert.deepEqual(found, []);
}
