/*
 * What the screens show by themselves: R12 (a colleague is viewing, or replying, and can be taken
 * over from), R13 (nothing moves under pointer or focus; what is new waits behind a counted pill;
 * numbers on the rail and in the title at once), one stream for a browser however many tabs it
 * has, and a server that was away.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, account, address, as, closeBrowser, demo, openBrowser, openPage, openPlain, press,
	rowOf, signIn } from './harness.mjs';
import { check } from './axe.mjs';
import { ownAccount, PASSWORD } from '../e2e/lib/accounts.mjs';
import { startBeside } from '../e2e/lib/beside.mjs';
import { slowness, until } from '../e2e/lib/until.mjs';
import { leadOf, register, rowOf as catalogueRow, sign } from '../e2e/lib/world.mjs';

before(openBrowser);
after(closeBrowser);

const CGJ = catalogueRow(demo, 'CGJ');
const inbox = account('department', 'CGJ');
const registered = () => register(demo, CGJ);
const isLive = async (page) => {
	await page.waitForSelector('.top .live-live');
	await page.waitForSelector('.worklist .row, .worklist .empty');
};
const titled = (page, pattern) => page.waitForFunction((text) => new RegExp(text).test(document.title),
	pattern.source);

/* Requests for the stream that pages of a context make. */
function streamsOf(context) {
	const asked = [];
	context.on('request', (request) => {
		if (request.url().endsWith('/api/v1/stream'))
			asked.push(request.headers()['last-event-id'] ?? '');
	});
	return asked;
}

test('R13: what is new waits behind a pill and moves no row; rail and title count it at once', async () => {
	await as(inbox, async (page) => {
		await isLive(page);
		const first = page.locator('.worklist .row').first();
		await first.focus();
		/* by its number: how much time is left goes on by itself */
		const numbered = first.locator('.row-note .number');
		const [number, place] = [await numbered.innerText(), await first.boundingBox()];
		const count = Number(await page.textContent('.rail-count'));
		await titled(page, new RegExp(`^\\(${count}\\) `));
		const unattended = [];
		page.on('request', (request) => {
			if (request.url().includes('/api/v1/tasks?'))
				unattended.push(request.headers()['x-unattended']);
		});
		const began = Date.now();
		const made = [await registered(), await registered()];
		await page.waitForSelector('.pill');
		assert.ok(Date.now() - began < 5000 * slowness(), `${Date.now() - began} ms`);
		await page.waitForFunction((n) => document.querySelector('.rail-count')?.textContent === n,
			String(count + 2));
		await titled(page, new RegExp(`^\\(${count + 2}\\) `));
		await page.waitForFunction(() => /\b2\b/.test(document.querySelector('.pill').textContent));
		assert.equal(await numbered.innerText(), number);
		const now = await first.boundingBox();
		assert.deepEqual([now.x, now.y], [place.x, place.y]);
		assert.equal(await rowOf(page, made[0].id).count(), 0, 'it waits');
		assert.equal(await page.evaluate(() => document.activeElement.className), 'row', 'focus stays');
		assert.ok(unattended.length > 0 && unattended.every((one) => one === '1'),
			'nobody asked for it: the session may idle out');
		await page.click('.pill');
		for (const { id } of made)
			await rowOf(page, id).waitFor();
	});
});

test('R13: the row under the pointer is where it was when the pill appears', async () => {
	await as(inbox, async (page) => {
		await isLive(page);
		const row = page.locator('.worklist .row').nth(1);
		await row.hover();
		const hovered = () => page.evaluate(() => document.querySelector('.worklist .row:hover .row-note .number')?.textContent);
		const before = await hovered();
		assert.ok(before);
		await registered();
		await page.waitForSelector('.pill');
		assert.equal(await hovered(), before);
	});
});

test('what somebody else does to the open task is shown at once, and what was typed stays', async () => {
	const appeal = await registered();
	await sign(demo, leadOf(appeal));
	await as(inbox, async (page) => {
		await rowOf(page, appeal.id).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${appeal.id}")`);
		await isLive(page);
		await press(page, 'c');
		await page.fill('#contact-note', '约好明天上门');
		await demo.as('supervisor').post(`/tasks/${leadOf(appeal).id}/urge`, { note: '请尽快' },
			{ expect: 200 });
		await page.waitForSelector(".history strong:text-is('催办')");
		await demo.department('CGJ').post(`/tasks/${leadOf(appeal).id}/return`,
			{ reason: 'not_my_duty', basis: '三定方案', propose: 'SZZX' }, { expect: 200 });
		await page.waitForSelector('.notice-warn');
		assert.match(await page.locator('.notice-warn').first().innerText(), /办理中|待签收|申请退回/);
	});
});

test('R12: who else has it open and who is replying is named, and taken over from', async () => {
	const appeal = await registered();
	await sign(demo, leadOf(appeal));
	const colleague = await ownAccount(demo, { login: '钱亮', role: 'department', department: 'CGJ' });
	const show = async (page) => {
		await rowOf(page, appeal.id).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${appeal.id}")`);
		await isLive(page);
	};
	await as(inbox, async (mine) => {
		await show(mine);
		assert.equal(await mine.locator('.presence').isVisible(), false, 'alone');
		await as({ ...colleague, password: PASSWORD }, async (theirs) => {
			await show(theirs);
			await mine.waitForSelector(".presence:has-text('钱亮 正在查看')");
			await theirs.waitForSelector(`.presence:has-text('${inbox.login} 正在查看')`);
			await press(theirs, 'c');
			await theirs.fill('#contact-note', '已联系');
			await mine.waitForSelector(".presence-replying:has-text('钱亮 正在处理')");
			await press(mine, 'c');
			await mine.fill('#contact-note', '我也在写');
			await mine.waitForSelector(".presence-replying:has-text('钱亮 正在处理')");
			await mine.click('.presence button');
			await theirs.waitForSelector(`.presence-replying:has-text('${inbox.login} 正在处理')`);
			await mine.waitForSelector(".presence:not(.presence-replying):has-text('钱亮 正在查看')");
			assert.equal(await theirs.inputValue('#contact-note'), '已联系', 'nothing typed is lost');
			await check(theirs, 'with presence');
		});
		/* a browser that ends without a word is forgotten after a while */
		await mine.waitForFunction(() => document.querySelector('.presence').textContent === '');
	});
});

test('one stream for three tabs; closing the one that reads hands over without loss', async () => {
	const { page, complaints, close } = await openPage();
	const context = page.context(), streams = streamsOf(context);
	await signIn(page, inbox);
	await isLive(page);
	const tabs = [page];
	for (let i = 0; i < 2; i++) {
		const tab = await context.newPage();
		await tab.goto(address);
		await isLive(tab);
		tabs.push(tab);
	}
	assert.equal(streams.length, 1, 'one stream');
	await registered();
	for (const tab of tabs)
		await tab.waitForSelector('.pill');
	await page.close();
	await until(() => streams.length === 2, { what: 'another tab to read' });
	assert.match(streams[1], /^\d+$/, 'behind the last id');
	for (const tab of tabs.slice(1))
		await isLive(tab);
	const count = Number(await tabs[1].textContent('.rail-count'));
	await registered();
	for (const tab of tabs.slice(1))
		await tab.waitForFunction((n) => Number(document.querySelector('.rail-count').textContent) === n,
			count + 1);
	assert.equal(streams.length, 2);
	assert.deepEqual(complaints, []);
	await close();
});

test('without locks or channels each tab reads for itself', async () => {
	for (const missing of ['locks', 'BroadcastChannel']) {
		const { page, close } = await openPage();
		const streams = streamsOf(page.context());
		await page.context().addInitScript((name) => {
			if (name === 'locks')
				Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
			else
				delete window.BroadcastChannel;
		}, missing);
		await page.goto(`${address}/`);
		await signIn(page, inbox);
		const tab = await page.context().newPage();
		await tab.goto(address);
		await isLive(page);
		await isLive(tab);
		assert.equal(streams.length, 2, missing);
		await close();
	}
});

test('where there is nothing to follow the page asks once and shows no dot', async () => {
	await as(account('admin'), async (page) => {
		const streams = streamsOf(page.context());
		await page.reload();
		await page.waitForSelector('.shell:not([hidden]) .top');
		await until(() => streams.length === 1);
		await page.waitForFunction(() => !document.querySelector('.top .live'));
		assert.equal(streams.length, 1);
	});
});

test('without a stream the list is asked for every half minute, and the bar says since when', async () => {
	const { page, close } = await openPage();
	await page.route('**/api/v1/stream', (route) => route.abort());
	await page.clock.install();
	await signIn(page, inbox);
	await page.waitForSelector('.top .live-stale');
	assert.match(await page.textContent('.top .live'), /^\d\d:\d\d 起未更新$/);
	await page.waitForSelector('.worklist .row');
	await registered();
	await page.clock.fastForward(31_000);
	await page.clock.runFor(1000);
	await page.waitForSelector('.pill');
	await close();
});

test('a person whose account is disabled is asked to sign in within 5 s, without a click', async () => {
	const gone = await ownAccount(demo, { login: '离职', role: 'reviewer' });
	await as({ ...gone, password: PASSWORD }, async (page) => {
		await isLive(page);
		await demo.as('admin').post(`/accounts/${gone.id}/disable`, {}, { expect: 200 });
		const began = Date.now();
		await page.waitForSelector('#login');
		assert.ok(Date.now() - began < 10_000 * slowness());
	}, { expected: /\b401\b/ });
});

test('a server that stops and starts again has told everything in the end', async () => {
	const beside = await startBeside(demo);
	try {
		await openPlain({ expected: /./ }, async (page) => {
			await page.goto(beside.base);
			await page.waitForSelector('#login');
			await signIn(page, inbox);
			await isLive(page);
			const count = Number(await page.textContent('.rail-count'));
			const counts = (n) => page.waitForFunction((text) =>
				document.querySelector('.rail-count').textContent === text, String(count + n));
			await registered();
			await counts(1);
			const streams = streamsOf(page.context());
			await beside.stop();
			await page.waitForSelector('.top .live-stale');
			for (let i = 0; i < 3; i++)
				await registered();
			await beside.restart();
			await isLive(page);
			await counts(4);
			assert.ok(streams.length > 0 && streams.every((id) => /^\d+$/.test(id)), streams.join());
		});
	} finally {
		await beside.stop();
	}
});

test('news whose answer fails leaves alone what is being read', async () => {
	const appeal = await register(demo, CGJ);
	await as(inbox, async (page) => {
		await isLive(page);
		const held = [];
		let fails = false;
		await page.route(`**/api/v1/appeals/${appeal.id}`, (route) => fails ? route.abort() : held.push(route));
		await page.evaluate((id) => { location.hash = `#/appeals/${id}`; }, appeal.id);
		await until(() => held.length > 0, { what: 'the case to be asked for' });
		fails = true;
		const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith(appeal.id));
		await sign(demo, leadOf(appeal));
		await failed;
		for (const route of held)
			await route.continue();
		await page.waitForSelector('.case-grid');
	}, { expected: /ERR_FAILED/ });
});
