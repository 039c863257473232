/*
 * R27: where the system chooses the colours, and at 200 % zoom, every main screen still works: the
 * focus is seen wherever it goes and nothing covers it, what is chosen differs by more than its
 * ground, and bars, charts and icons stand out from what they are on.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, isEachLook } from './axe.mjs';
import { account, as, address, closeBrowser, openBrowser } from './harness.mjs';
import { settled } from './every_screen.mjs';

before(openBrowser);
after(closeBrowser);

/* A screen of each kind: a form, worklists, boards, charts, tables, cards. */
const screens = [['operator', 'register', '.deadlines .due-bar i'], ['department', 'inbox', '.worklist .row', 'ZJJ'],
	['visitor', 'visit', '.worklist .row'], ['reviewer', 'review', '.worklist .row'],
	['dispatcher', 'dispatch', '.worklist .row'], ['supervisor', 'warnings', '.worklist .due-bar i'],
	['leader', 'report', "tr[data-department=''], .kpi"], ['admin', 'health', '.page h1'], ['operator', 'appeals', '.cases tbody tr'],
	['operator', 'account', '.alerts-table']];
const tabs = 14;
const palettes = [['light', { width: 1440, height: 900 }], ['dark', { width: 720, height: 450 }]];

/* Whether the focus is drawn, in the window and under nothing else: what is wrong, or null. */
function focusFault() {
	const one = document.activeElement;
	if (!one || one === document.body)
		return null;
	/* a choice that is drawn by its label */
	const drawn = one.matches('.segment input') ? one.nextElementSibling : one;
	const style = getComputedStyle(drawn), box = drawn.getBoundingClientRect();
	const name = `${one.tagName} ${one.id || one.className || one.textContent.slice(0, 20)}`;
	if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)
		return `${name} shows no focus: ${style.outline}`;
	const canvas = getComputedStyle(document.body).backgroundColor;
	if (style.outlineColor === canvas)
		return `${name} has its focus in the colour of the ground`;
	const [x, y] = [Math.max(box.left, 0) + Math.min(box.width, 40) / 2, Math.max(box.top, 0) + Math.min(box.height, 24) / 2];
	if (box.width === 0 || x < 0 || y < 0 || x > innerWidth || y > innerHeight)
		return `${name} is out of the window at ${Math.round(x)},${Math.round(y)}`;
	const top = document.elementFromPoint(x, y);
	return top && (drawn.contains(top) || top.contains(drawn)) ? null : `${name} is covered by ${top?.className}`;
}

/* What is chosen but looks like its neighbour that is not; icons, bars and lines that are not seen. */
function lost() {
	const faults = [];
	const canvas = getComputedStyle(document.body).backgroundColor;
	const seen = (element) => element.getClientRects().length > 0;
	const look = (element) => {
		const { outlineStyle, borderTopWidth, textDecorationLine, fontWeight, outlineWidth } = getComputedStyle(element);
		return [outlineStyle, outlineWidth, borderTopWidth, textDecorationLine, fontWeight].join();
	};
	for (const chosen of document.querySelectorAll('[aria-current]:not([aria-current=false]), [aria-pressed=true], [aria-selected=true]')) {
		const other = [...chosen.parentElement.parentElement.querySelectorAll(chosen.tagName)].find((one) => seen(one)
			&& one.className.split(' ')[0] === chosen.className.split(' ')[0] && !one.matches('[aria-current], [aria-pressed=true]'));
		if (seen(chosen) && other && look(chosen) === look(other))
			faults.push(`${chosen.textContent.slice(0, 20)} looks as if it were not chosen`);
	}
	for (const icon of document.querySelectorAll('svg.icon'))
		if (seen(icon) && getComputedStyle(icon).stroke === canvas)
			faults.push(`an icon of ${icon.parentElement.textContent.slice(0, 20)} is not seen`);
	for (const bar of document.querySelectorAll('.due-bar i, .bar, .breakdown-bar i')) {
		const { backgroundColor, borderTopStyle } = getComputedStyle(bar);
		if (seen(bar) && bar.getBoundingClientRect().width > 0 && backgroundColor === canvas && borderTopStyle === 'none')
			faults.push(`a bar (${bar.className || bar.parentElement.className}) is not seen`);
	}
	for (const track of document.querySelectorAll('.due-bar'))
		if (seen(track) && getComputedStyle(track).borderTopStyle === 'none')
			faults.push('where a bar would end is not seen');
	for (const line of document.querySelectorAll('.trend-chart path, .trend-chart line, .meter rect')) {
		const { stroke, fill } = getComputedStyle(line);
		if (seen(line) && [stroke, fill].every((colour) => colour === 'none' || colour === canvas))
			faults.push(`a line (${line.getAttribute('class')}) is not seen`);
	}
	for (const mark of document.querySelectorAll('.tag, .due'))
		if (seen(mark) && !mark.textContent.trim())
			faults.push(`a mark without a word: ${mark.className}`);
	return faults;
}

for (const [i, [scheme, size]] of palettes.entries())
	for (const [role, screen, shown, department] of screens.filter((_, j) => isEachLook || j % palettes.length === i))
		test(`R27: forced colours, ${scheme}, ${size.width} px: ${screen} shows its focus, what is chosen, bars and icons`, async () => {
			await as(account(role, department ?? null), async (page) => {
				await page.setViewportSize(size);
				await page.emulateMedia({ forcedColors: 'active', colorScheme: scheme });
				await page.goto(`${address}/#/${screen}`);
				await page.waitForSelector(shown, { state: 'attached' });
				await settled(page);
				/* the style of forced colours has come */
				await page.waitForFunction(() => document.adoptedStyleSheets.some((sheet) =>
					[...sheet.cssRules].some((rule) => rule.media?.mediaText.includes('forced-colors'))));
				assert.deepEqual(await page.evaluate(lost), []);
				await page.evaluate(() => document.activeElement.blur());
				const faults = [];
				for (let n = 0; n < tabs; n += 1) {
					await page.keyboard.press('Tab');
					const fault = await page.evaluate(focusFault);
					if (fault)
						faults.push(fault);
				}
				assert.deepEqual(faults, []);
				if (process.env.TEST_PICTURES)
					await page.screenshot({ path: `${process.env.TEST_PICTURES}/forced-${scheme}-${screen}.png` });
			}, { theme: scheme });
		});

test('R27: axe finds nothing in forced colours, either', async () => {
	await as(account('operator'), async (page) => {
		await page.emulateMedia({ forcedColors: 'active' });
		await page.waitForSelector('.deadlines .row');
		await check(page, 'register, forced colours');
	}, { bypassCSP: true });
});

test('R27: a screen whose focus and choice are grounds alone is found out', async () => {
	await as(account('operator'), async (page) => {
		await page.emulateMedia({ forcedColors: 'active' });
		await page.waitForSelector('.deadlines .row');
		await page.waitForFunction(() => document.adoptedStyleSheets.length > 1);
		await page.evaluate(() => { document.adoptedStyleSheets = []; });
		await page.evaluate(() => document.querySelectorAll('.rail a[aria-current]').forEach((one) => { one.style.fontWeight = 'inherit'; }));
		const faults = await page.evaluate(lost);
		assert.ok(faults.some((one) => /looks as if/.test(one)), faults.join());
		assert.ok(faults.some((one) => /bar .* is not seen/.test(one)), faults.join());
		await page.focus('#caller-name');
		assert.match(await page.evaluate(focusFault), /shows no focus/);
	});
});
