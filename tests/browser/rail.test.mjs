/*
 * The rail: how many entries wait on a screen that is not open, as that screen would count them,
 * and the keys that it promises.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { aCall } from '../e2e/lib/pbx.mjs';
import { account, as, closeBrowser, demo, openBrowser } from './harness.mjs';
import { everyRole } from './every_screen.mjs';

before(openBrowser);
after(closeBrowser);

const countOf = (path) => `.rail a[href="#/${path}"] .rail-count`;
const counts = (page, path, n) => page.waitForFunction(([selector, text]) =>
	document.querySelector(selector)?.textContent === text, [countOf(path), String(n)]);

/* Answers these lists with so many entries, and opens another screen of the same person anew. */
async function countsOf(who, away, path, lists, wanted) {
	await as(who, async (page) => {
		await page.waitForSelector('.rail a');
		for (const [pattern, items] of lists)
			await page.route(pattern, (route) => route.fulfill({ json: { items, next_cursor: null } }));
		await page.evaluate((to) => { location.hash = `#/${to}`; }, away);
		await page.reload();
		await page.waitForSelector(`.rail a[href="#/${away}"][aria-current=page]`);
		await counts(page, path, wanted);
		await page.unrouteAll({ behavior: 'wait' });
	});
}

const one = (more) => ({ id: 'x', version: 1, ...more });

test('R13: while the inbox is not open the rail counts every state that it lists', () =>
	countsOf(account('department'), 'supervision', 'inbox', [[/\/api\/v1\/tasks\?state=/, [one()]]], 5));

test('R13: an operator sees on the rail how many replies the centre owes', () =>
	countsOf(account('operator'), 'appeals', 'callbacks', [[/\/api\/v1\/callbacks\?/, [one(), one()]],
		[/\/api\/v1\/notices\/replies\?/, [one()]]], 3));

test('R13: a supervisor sees what needs a ruling and what is to be left out, a leader the long extensions', async () => {
	const lead = { task: { role: 'lead' } };
	await countsOf(account('supervisor'), 'appeals', 'decisions', [
		[/\/api\/v1\/returns\?/, [one({ ...lead, dispute: true, hand_overs: 0 }), one({ ...lead, dispute: false, hand_overs: 1 }),
			one({ ...lead, dispute: false, hand_overs: 0 })]],
		[/\/api\/v1\/exclusions\?/, [one()]]], 3);
	await countsOf(account('leader'), 'appeals', 'decisions', [
		[/\/api\/v1\/extensions\?/, [one({ leader_decides: true }), one({ leader_decides: false })]]], 1);
});

test('R13: the rail goes on counting who waits at the desk while another screen is open', async () => {
	await as(account('operator'), async (page) => {
		await page.waitForSelector('.queue .count');
		await page.waitForSelector('.live-live');
		const before = Number(await page.textContent('.queue .count'));
		await page.evaluate(() => { location.hash = '#/appeals'; });
		await page.waitForSelector('.rail a[href="#/appeals"][aria-current=page]');
		const call = aCall(demo, `rail-${process.pid}`, { from: '13688880001', queue: 'hotline' });
		await call.ring();
		await counts(page, 'register', before + 1);
		await call.hangup('originatorCancel');
	});
});

test('no screen of the rail names a key that does not work', async () => {
	let most = 0;
	for (const who of everyRole) {
		await as(who, async (page) => {
			await page.waitForSelector('.top');
			const titles = await page.locator('.rail a').evaluateAll((all) => all.map(({ title }) => title));
			most = Math.max(most, titles.length);
			assert.deepEqual(titles.map((title) => /\(Alt\+(\d+)\)/.exec(title)?.[1] ?? ''),
				titles.map((_, at) => at < 9 ? String(at + 1) : ''));
		});
	}
	assert.ok(most > 9, `the longest rail has ${most}`);
});
