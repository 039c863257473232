/*
 * A page that is left alone keeps no session alive, a sign-out is one only when the server has
 * ended the session, and the clock is the server's whatever happens to the machine's.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, as, closeBrowser, demo, emptyForm, openBrowser, openPage, press, signIn,
	uniqueText } from './harness.mjs';
import { until } from '../e2e/lib/until.mjs';
import { leadOf, register, rowOf as catalogueRow, sign } from '../e2e/lib/world.mjs';
import { everyRole, settled } from './every_screen.mjs';

before(openBrowser);
after(closeBrowser);

const CGJ = catalogueRow(demo, 'CGJ');

/* Of a role: what it asks for by itself in the minutes after the last key, and how. */
async function askedAlone(who) {
	const { page, close } = await openPage();
	await page.clock.install();
	await signIn(page, who);
	await settled(page);
	await page.clock.runFor(3000);
	await page.clock.fastForward(61_000);
	const asked = [];
	const open = new Set();
	page.on('request', (request) => {
		if (request.url().includes('/api/v1/')) {
			asked.push(`${request.method()} ${request.url().split('/api/v1')[1]} ${request.headers()['x-unattended'] ?? 'attended'}`);
			if (!request.url().endsWith('/stream'))
				open.add(request);
		}
	});
	for (const over of ['requestfinished', 'requestfailed'])
		page.on(over, (request) => open.delete(request));
	await page.clock.fastForward(301_000);
	await page.clock.runFor(2000);
	if (['department', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'operator'].includes(who.role))
		await until(() => asked.length > 0, { what: `${who.role} to ask for something` });
	await until(() => open.size === 0, { what: `the answers of ${who.role}` });
	await close();
	return asked;
}

test('of a page that nobody touches every request says so, whatever the role', async () => {
	const attended = [];
	for (const who of everyRole)
		attended.push(...(await askedAlone(who)).filter((one) => one.endsWith(' attended')).map((one) => `${who.role}: ${one}`));
	assert.deepEqual(attended, []);
});

test('a sign-out that does not reach the server is none, says so, and loses nothing typed', async () => {
	const words = uniqueText('退出前刚输入');
	await as(account('operator'), async (page) => {
		await emptyForm(page);
		await page.keyboard.type(words);
		await page.route('**/api/v1/session', (route) => route.abort());
		const leave = '.top .icon-only:last-child';
		await page.click(leave);
		await page.waitForSelector('.toast:has-text("尚未退出")');
		assert.equal(await page.locator('#login').count(), 0);
		assert.equal(await page.inputValue('#appeal-text'), words);
		await page.unroute('**/api/v1/session');
		await page.focus('#appeal-text');
		await page.keyboard.press('End');
		await page.keyboard.type('！');
		await page.evaluate(() => localStorage.setItem('recent_areas', '["370100"]'));
		await page.click(leave);
		await page.waitForSelector('#login');
		assert.equal(await page.evaluate(() => localStorage.getItem('recent_areas')), null, 'nor what was chosen last');
		await page.reload();
		await page.waitForSelector('#login');
		await signIn(page, account('operator'));
		await page.waitForFunction((text) => document.querySelector('#appeal-text')?.value === text, `${words}！`);
		await emptyForm(page);
	}, { expected: /ERR_FAILED/ });
});

test('R14: a service that takes every question and answers none is away, and is back when it answers', async () => {
	await as(account('operator'), async (page) => {
		await emptyForm(page);
		await page.clock.install();
		await page.reload();
		await page.waitForSelector('#appeal-text:focus');
		await page.route(/\/api\/v1\/(?!stream|session)/, () => { /* never */ });
		for (let n = 0; n < 5 && await page.locator('.offline').count() === 0; n++)
			await page.clock.runFor(4000);
		await page.waitForSelector('.offline', { timeout: 2000 });
		await page.unrouteAll({ behavior: 'ignoreErrors' });
		for (let n = 0; n < 5 && await page.locator('.offline').count() > 0; n++)
			await page.clock.runFor(4000);
		await page.waitForSelector('.offline', { state: 'detached' });
	}, { expected: /ERR_/ });
});

test('a form whose service answers nothing is told so after 15 s, and can be sent again', async () => {
	const appeal = await register(demo, CGJ);
	await sign(demo, leadOf(appeal));
	await as(account('department', 'CGJ'), async (page) => {
		await page.clock.install();
		await page.reload();
		await page.click(`.worklist .row:has-text("${appeal.id}")`);
		await press(page, 'p');
		await page.fill('#progress-text', '约好明天');
		await page.route('**/api/v1/tasks/*/progress', () => { /* never */ });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.action-form [aria-busy=true]');
		await page.clock.runFor(16_000);
		await page.waitForSelector('.action-form .notice-bad');
		assert.equal(await page.inputValue('#progress-text'), '约好明天');
		await page.unrouteAll({ behavior: 'ignoreErrors' });
		await page.keyboard.press('Control+Enter');
		await page.waitForFunction(() => document.querySelector('.history')?.innerText.includes('约好明天'));
	}, { expected: /ERR_/ });
});

test('R7: the clock stays the server\'s when that of the machine is set right', async () => {
	const hour = 3_600_000;
	await as(account('reviewer'), async (page) => {
		const minutes = () => page.textContent('.top-clock');
		const right = await minutes();
		await page.clock.install({ time: Date.now() + 5 * hour });
		await page.reload();
		await page.waitForSelector('.shell:not([hidden]) .top');
		await settled(page);
		const apart = (a, b) => Math.abs(Number(a.slice(0, 2)) * 60 + Number(a.slice(3)) - Number(b.slice(0, 2)) * 60 - Number(b.slice(3)));
		assert.ok(apart(await minutes(), right) <= 3, `${await minutes()} for ${right}`);
		await page.clock.setSystemTime(Date.now());
		const answered = page.waitForResponse('**/api/v1/tasks?*');
		await page.keyboard.press('r');
		await answered;
		await page.clock.runFor(16_000);
		assert.ok(apart(await minutes(), right) <= 3, `${await minutes()} for ${right}`);
	});
});
