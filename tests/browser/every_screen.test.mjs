/*
 * What holds of every screen of every role: it has a heading, complains of nothing, fits into the
 * windows people have, and leaves nothing of the person behind in the browser.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isEachLook } from './axe.mjs';
import { as, closeBrowser, openBrowser } from './harness.mjs';
import { eachScreen, everyRole, settled, unreachable } from './every_screen.mjs';

before(openBrowser);
after(closeBrowser);

/* A desk, the small old desk, and the desk at 200 % zoom. */
const windows = [{ width: 1440, height: 900 }, { width: 1366, height: 768 }, { width: 720, height: 450 }];

const tooWide = () => document.documentElement.scrollWidth - window.innerWidth;

/* Deadlines whose words do not fit into what they are drawn in; a box in a line has no width of its own. */
const cutDeadlines = () => [...document.querySelectorAll('.due')]
	.filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth).map((one) => one.textContent);

/* Brotli bytes of scripts and style that the page fetched so far; of the first load, until it says that this is over. */
const fetched = (page, isFirst = false) => page.evaluate((first) => {
	const [over] = first ? performance.getEntriesByName('first load') : [];
	return performance.getEntriesByType('resource')
		.filter(({ name, startTime }) => /\/assets\/.*\.(js|css)$/.test(name) && !(over && startTime >= over.startTime))
		.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}, isFirst);

const FIRST_MOST = 60 * 1024;
const ROLE_MOST = 150 * 1024;

/* What a browser keeps for this origin, as text. */
async function kept(page) {
	return page.evaluate(async () => {
		const entries = (storage) => Object.entries({ ...storage });
		const databases = await indexedDB.databases();
		const rows = [];
		for (const { name } of databases) {
			const database = await new Promise((resolve, reject) => {
				const opening = indexedDB.open(name);
				opening.onsuccess = () => resolve(opening.result);
				opening.onerror = () => reject(opening.error);
			});
			for (const store of database.objectStoreNames) {
				const all = database.transaction(store).objectStore(store).getAll();
				rows.push(...await new Promise((resolve) => { all.onsuccess = () => resolve(all.result); }));
			}
			database.close();
		}
		return { local: entries(localStorage), session: entries(sessionStorage), rows,
			caches: await caches.keys(), cookies: document.cookie };
	});
}

const languages = ['zh', 'en'];

for (const [i, language] of languages.entries()) {
	for (const who of everyRole.filter((_, j) => isEachLook || j % languages.length === i)) {
		test(`every screen of ${who.role} in ${language} has a heading and fits its window`, async (t) => {
			await as(who, async (page) => {
				await settled(page);
				const first = await fetched(page, true);
				assert.ok(first > 0 && first <= FIRST_MOST, `the first load is ${first} bytes`);
				const seen = await eachScreen(page, async (title) => {
					assert.ok((await page.locator('main h1').first().textContent()).trim(), `${title} has a heading`);
					for (const size of windows) {
						await page.setViewportSize(size);
						assert.ok(await page.evaluate(tooWide) <= 0, `${title} fits ${size.width}`);
					assert.deepEqual(await unreachable(page), [], `${title} at ${size.width}`);
					}
					await page.setViewportSize(windows[0]);
					assert.deepEqual(await page.evaluate(cutDeadlines), [], `${title} cuts no deadline`);
				});
				assert.ok(seen > 0, 'the role has a screen');
				const whole = await fetched(page);
				assert.ok(whole <= ROLE_MOST, `all screens of the role are ${whole} bytes`);
				t.diagnostic(`${who.role}: first ${first} bytes, all ${whole} bytes`);
			}, { language });
		});
	}
}

/* What counts, or says that there is nothing; a number in a table, too, where nothing came that it could be of. */
const said = '.card .count, .tab .number, .counter b, .board-counter b, .empty, .drawer-count, main td.number';
const saidOf = (page) => page.locator(said).evaluateAll((all) => all.filter((one) => one.getClientRects().length > 0)
	.map((one) => one.textContent.trim()).filter((text) => text !== ''));

/* That nothing was chosen is true. */
const knownBefore = /没有选中/;

async function eachWithout(answering, state) {
	let looked = 0;
	for (const who of everyRole) {
		await as(who, async (page) => {
			const screens = [];
			/* the list of cases shows what it found last, units come with the sign-in */
			await eachScreen(page, async (title, address) => { if (!/appeals|units/.test(address)) screens.push(address); });
			await page.click('.own');
			await page.waitForSelector('.sessions li');
			const letGo = await answering(page);
			for (const address of screens) {
				await page.evaluate((to) => { location.hash = to; }, address);
				await page.waitForSelector(`.rail a[href="${address}"][aria-current=page]`);
				await page.waitForSelector(state);
				assert.deepEqual((await saidOf(page)).filter((text) => !knownBefore.test(`${address} ${text}`)), [],
					`${who.role}: ${address}`);
				looked += 1;
			}
			await letGo();
			await page.unrouteAll({ behavior: 'wait' });
		}, { expected: /\b500\b/ });
	}
	return looked;
}

test('while what it asked for is on its way, a screen counts nothing and does not say that there is nothing', async () => {
	const looked = await eachWithout(async (page) => {
		let letGo;
		const held = new Promise((resolve) => { letGo = resolve; });
		await page.route('**/api/v1/**', (route) => held.then(() => route.continue()));
		return letGo;
	}, 'main .card, main .skeleton');
	assert.ok(looked >= 30, `${looked} screens were looked at`);
});

test('where nothing could be read, a screen tells the failure, counts nothing and does not say that there is nothing', async () => {
	const problem = { status: 500, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank',
		title: 'database', status: 500, code: 'database', detail: '' }) };
	const looked = await eachWithout(async (page) => {
		await page.route('**/api/v1/**', (route) => route.fulfill(problem));
		return () => {};
	}, 'main .notice-bad:visible');
	assert.ok(looked >= 30, `${looked} screens were looked at`);
});

test('after sign-out the browser keeps nothing', async () => {
	for (const role of ['operator', 'department', 'leader']) {
		await as(everyRole.find((one) => one.role === role), async (page) => {
			await eachScreen(page, async () => {});
			await page.click('.top .icon-only:last-child');
			await page.waitForSelector('#login');
			await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
			const left = await kept(page);
			assert.deepEqual(left, { local: [], session: [], rows: [], caches: [], cookies: '' });
		});
	}
});

test('a screen that does not exist leads to the first of the role', async () => {
	await as(everyRole.find((one) => one.role === 'leader'), async (page) => {
		await page.evaluate(() => { location.hash = '#/nothing'; });
		await page.waitForSelector('.rail a[aria-current=page]');
		await settled(page);
		assert.equal(await page.locator('.rail a[aria-current=page]').count(), 1);
	});
});
