/*
 * How fast the console shows and follows, in a browser whose processor is slowed to a quarter:
 * the time to the first paint and to a drawn screen of work, each beside the caller's plain page in the same run
 * and by turns, and the time from a key to its paint in the form of the desk, beside a bare text
 * area. Writes build/bench-console.json.
 *
 *	node tests/e2e/lib/with_server.mjs tests/bench/console.mjs
 *	BENCH_RUNS=3	of each kind, instead of 15
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { address, account, closeBrowser, openBrowser, openPage, signIn } from '../browser/harness.mjs';
import { median, rounded } from './summary.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 15);
const SLOWER = 4;
const KEYS = 40;
/* Milliseconds that the console aims at, on a desk of 2014. */
const AIMS = { paint: 1500, key: 50 };

await openBrowser();
after(closeBrowser);

async function slowed(page, rate = SLOWER) {
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate });
}

/* Milliseconds from the navigation to the first paint, and to when `wanted` is drawn. */
async function opened(page, path, wanted) {
	await page.goto('about:blank');
	await page.goto(`${address}${path}`);
	await page.waitForSelector(wanted);
	return page.evaluate(() => new Promise((resolve) => {
		requestAnimationFrame(() => setTimeout(() => resolve({
			paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now(),
			drawn: performance.now(),
		})));
	}));
}

/* Milliseconds from each key to the frame that shows it. */
async function keyed(page, selector) {
	await page.focus(selector);
	await page.evaluate(() => {
		window.keyTimes = [];
		document.addEventListener('keydown', (event) => {
			const begun = event.timeStamp;
			requestAnimationFrame(() => setTimeout(() => window.keyTimes.push(performance.now() - begun)));
		}, true);
	});
	for (let i = 0; i < KEYS; i++)
		await page.keyboard.type('路');
	await page.keyboard.type('x'.repeat(KEYS), { delay: 30 });
	return page.evaluate(() => window.keyTimes);
}

const figures = {};
const tell = (t, name, value) => {
	figures[name] = rounded(value);
	t.diagnostic(`${name}: ${rounded(value)}`);
};

test('first paint and drawn screen, beside the plain page', async (t) => {
	const { page, close } = await openPage();
	await signIn(page, account('operator'));
	await slowed(page);
	const sides = { console: [], plain: [] };
	for (let i = 0; i < RUNS; i++) {
		sides.console.push(await opened(page, '/', 'main h1'));
		sides.plain.push(await opened(page, '/progress', 'h1'));
	}
	for (const kind of ['paint', 'drawn']) {
		const [own, plain] = ['console', 'plain'].map((side) => median(sides[side].map((one) => one[kind])));
		tell(t, `${kind} ms, processor / ${SLOWER}`, own);
		tell(t, `${kind}, times the plain page`, own / plain);
	}
	t.diagnostic(`aim: first paint ${AIMS.paint} ms`);
	await close();
});

test('from a key to its paint, beside a bare text area', async (t) => {
	const { page, close } = await openPage();
	await signIn(page, account('operator'));
	await page.waitForSelector('#appeal-text');
	await slowed(page);
	const own = await keyed(page, '#appeal-text');
	await page.goto('data:text/html,<textarea id=bare></textarea>');
	const bare = await keyed(page, '#bare');
	tell(t, `key ms, processor / ${SLOWER}`, median(own));
	tell(t, 'key, times a bare text area', median(own) / median(bare));
	t.diagnostic(`aim: ${AIMS.key} ms`);
	await close();
});

after(() => {
	mkdirSync('build', { recursive: true });
	writeFileSync('build/bench-console.json', `${JSON.stringify({ runs: RUNS, aims: AIMS, figures }, null, '\t')}\n`);
});
