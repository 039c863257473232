/*
 * What is covered rests: keys act on the palette, the box or the sign-in that a person sees, and
 * never on the screen behind it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, as, closeBrowser, demo, openBrowser, press, rowOf, signIn } from './harness.mjs';
import { leadOf, register, rowOf as catalogueRow, sign, taskNow } from '../e2e/lib/world.mjs';

before(openBrowser);
after(closeBrowser);

const CGJ = catalogueRow(demo, 'CGJ');
const inbox = account('department', 'CGJ');

/* A task that waits to be signed, open in its department's inbox; "s" would sign it. */
async function unsigned(page) {
	const appeal = await register(demo, CGJ);
	await page.reload();
	await rowOf(page, appeal.id).click();
	await page.waitForSelector(`.detail .facts .number:text-is("${appeal.id}")`);
	await page.waitForSelector('[aria-keyshortcuts=s]');
	const acts = [];
	page.on('request', (request) => {
		if (/\/tasks\//.test(request.url()) && request.method() !== 'GET')
			acts.push(request.url());
	});
	return { appeal, acts, isUnsigned: async () => {
		assert.deepEqual(acts, []);
		assert.equal((await taskNow(demo, leadOf(appeal))).state, 'awaiting_sign');
	} };
}

test('what is typed behind Ctrl+K goes into the palette, also while its code is on its way', async () => {
	await as(inbox, async (page) => {
		const { isUnsigned } = await unsigned(page);
		await page.keyboard.press('Control+k');
		await page.keyboard.press('s');
		await page.waitForSelector('.palette input:focus');
		const before = await page.inputValue('.palette input');
		await page.keyboard.type('sjr?');
		assert.equal(await page.inputValue('.palette input'), `${before}sjr?`);
		await isUnsigned();
		await page.keyboard.press('Escape');
		await page.waitForSelector('.palette', { state: 'detached' });
		await page.keyboard.press('/');
		await page.waitForSelector('.palette input:focus');
		await page.keyboard.press('Control+a');
		await page.keyboard.type('账号');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.screen-account');
	});
});

test('while a box is open the keys of the screen behind it rest, and act again when it is closed', async () => {
	await as(inbox, async (page) => {
		const { appeal, isUnsigned } = await unsigned(page);
		const at = page.url();
		await page.keyboard.press('?');
		await page.waitForSelector('.shortcuts');
		for (const keys of ['s', 'j', 'Control+Enter', 'Alt+2', '/'])
			await page.keyboard.press(keys);
		await isUnsigned();
		assert.equal(page.url(), at);
		assert.equal(await page.locator('.palette').count(), 0);
		await page.keyboard.press('Escape');
		await page.waitForSelector('.shortcuts', { state: 'detached' });
		await page.keyboard.press('s');
		await page.waitForSelector('[aria-keyshortcuts=c]');
		assert.equal((await taskNow(demo, leadOf(appeal))).state, 'in_hand');
	});
});

test('while the sign-in covers the screens their keys rest, and what was typed is there after it', async () => {
	await as(inbox, async (page) => {
		const { appeal, acts } = await unsigned(page);
		await sign(demo, leadOf(appeal));
		await press(page, 'c');
		await page.fill('#contact-note', '约好明天');
		await page.context().clearCookies();
		await page.locator('.worklist [aria-label="刷新列表"], .worklist .push-right').first().click();
		await page.waitForSelector('#password:focus');
		await page.keyboard.type('no');
		for (const keys of ['Control+Enter', 'Alt+2', 'Control+k'])
			await page.keyboard.press(keys);
		assert.equal(await page.locator('.palette').count(), 0);
		assert.deepEqual(acts, []);
		await signIn(page, inbox);
		assert.equal(await page.inputValue('#contact-note'), '约好明天');
	}, { expected: /\b401\b/ });
});
