/* Registering: once whatever happens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, appealsWithText, as, closeBrowser, openBrowser, ordinaryRow, signIn, typeAppeal,
	uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();

test('a double submit makes one appeal', async () => {
	await as(operator, async page => {
		const text = uniqueText('重复提交');
		await typeAppeal(page, { ...row, text });
		await page.evaluate(() => {
			const button = document.querySelector('.intake .button-primary');
			button.click();
			button.click();
		});
		await page.waitForSelector('.result-id');
		assert.equal((await appealsWithText(page, text)).length, 1);
	});
});

test('an answer lost on the way is asked for again and makes one appeal', async () => {
	await as(operator, async page => {
		const text = uniqueText('应答丢失');
		const keys = [];
		await page.route('**/api/v1/appeals', async route => {
			if (route.request().method() !== 'POST')
				return route.continue();
			keys.push(route.request().headers()['idempotency-key']);
			const response = await route.fetch();
			/* the server has saved it; the first answer is replaced as a broken gateway would */
			return keys.length > 1 ? route.fulfill({ response }) : route.fulfill({
				status: 503, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json',
				body: JSON.stringify({ code: 'unavailable', status: 503 }),
			});
		});
		await typeAppeal(page, { ...row, text });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-waiting="1"]');
		assert.match(await page.textContent('.result-subject'), /应答丢失/, 'what waits is shown');
		await page.waitForSelector('.result-id');
		assert.equal(await page.locator('[data-waiting]').count(), 0);
		assert.equal(keys.length, 2);
		assert.equal(keys[0], keys[1], 'both tries carry one key');
		assert.equal((await appealsWithText(page, text)).length, 1);
	}, { expected: /\b503\b/ });
});

test('what the server refuses after waiting comes back into the form, and nothing behind it is held up', async () => {
	await as(operator, async page => {
		const refused = uniqueText('排队后被拒绝');
		const next = uniqueText('排在后面');
		let posts = 0;
		await page.route('**/api/v1/appeals', async route => {
			if (route.request().method() !== 'POST')
				return route.continue();
			posts += 1;
			if (posts === 1)
				return route.abort();
			return posts > 2 ? route.continue() : route.fulfill({ status: 422, contentType: 'application/problem+json',
				body: JSON.stringify({ code: 'invalid', status: 422, errors: [] }) });
		});
		await typeAppeal(page, { ...row, text: refused });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-waiting="1"]');
		await page.keyboard.press('Control+Enter');
		await typeAppeal(page, { ...row, text: next });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.equal((await appealsWithText(page, next)).length, 1);
		await page.keyboard.press('Control+Enter');
		await page.click('.notice-bad .button');
		await page.waitForFunction(text => document.querySelector('#appeal-text').value === text, refused);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.equal((await appealsWithText(page, refused)).length, 1);
	}, { expected: /\b422\b|ERR_FAILED/ });
});

test('a session that ends gives the typed text back after the next sign-in', async () => {
	await as(operator, async page => {
		const text = uniqueText('会话失效');
		await typeAppeal(page, { ...row, text });
		await page.context().clearCookies();
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#password:focus');
		await signIn(page, operator);
		assert.equal(await page.inputValue('#appeal-text'), text);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.equal((await appealsWithText(page, text)).length, 1);
	});
});

test("the Enter that commits an input method's candidate neither submits nor moves on", async () => {
	await as(operator, async page => {
		await page.waitForSelector('#appeal-text:focus');
		await page.focus('#appeal-title');
		await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
			{ key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true })));
		await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
			{ key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })));
		assert.equal(await page.evaluate(() => document.activeElement.id), 'appeal-title');
		assert.equal(await page.locator('.summary').count(), 0);
	});
});
