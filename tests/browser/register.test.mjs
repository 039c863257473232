/* Registering: by keyboard alone, once whatever happens, and without leaving the caller behind. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, appealsWithText, as, closeBrowser, fetchJson, openBrowser, ordinaryRow, signIn,
	typeAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();

test('the keyboard alone registers, with at most eight keys beyond the words', async () => {
	await as(operator, async page => {
		const { categories, areas } = await fetchJson(page, '/catalogue');
		const category = categories.find(c => c.code === row.category);
		const area = areas.find(a => a.code === row.area);
		let keys = 0;
		const press = async key => { keys += 1; await page.keyboard.press(key); };
		await page.waitForSelector('#appeal-text:focus');
		const text = uniqueText('小区门口路灯不亮，晚上看不清路');
		await page.keyboard.type(text);
		while (!await page.evaluate(() => document.activeElement.id === 'appeal-category'))
			await press('Tab');
		await page.keyboard.type(category.code);
		await press('Enter');
		await page.keyboard.type(area.initials);
		await press('Enter');
		await press('2');
		await press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.ok(keys <= 8, `${keys} keys`);
		const [appeal] = await appealsWithText(page, text);
		assert.equal(appeal.content_class, 'complaint');
		assert.equal(appeal.category, row.category);
		await page.keyboard.press('Enter');
		await page.waitForSelector('#appeal-text:focus');
		assert.equal(await page.inputValue('#appeal-text'), '');
	});
});

test('pinyin initials find a category', async () => {
	await as(operator, async page => {
		const { categories } = await fetchJson(page, '/catalogue');
		const leaf = categories.find(c => c.leaf && c.initials.length >= 3);
		await page.focus('#appeal-category');
		await page.keyboard.type(leaf.initials);
		const notes = page.locator('#appeal-category-list small');
		await notes.first().waitFor();
		assert.ok((await notes.allTextContents()).some(note => note.includes(leaf.code)));
	});
});

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
		await page.waitForSelector('.notice-warn');
		assert.equal(await page.inputValue('#appeal-text'), text, 'the draft is still there');
		await page.waitForSelector('.result-id');
		assert.equal(keys.length, 2);
		assert.equal(keys[0], keys[1], 'both tries carry one key');
		assert.equal((await appealsWithText(page, text)).length, 1);
	}, { expected: /\b503\b/ });
});

test('a draft survives a reload; who calls and the exact place touch no storage', async () => {
	await as(operator, async page => {
		const text = uniqueText('草稿恢复');
		await typeAppeal(page, { ...row, text });
		await page.fill('#caller-name', '赵铁柱');
		await page.fill('#caller-phone', '13900002222');
		await page.fill('#caller-id-number', '11010519491231002X');
		await page.fill('#caller-address', '庙后巷7号院');
		await page.fill('#appeal-address', '滨河路东段88号');
		await page.waitForFunction(wanted => (sessionStorage.getItem('draft') ?? '').includes(wanted), text);
		const stored = async () => page.evaluate(async () => JSON.stringify([
			{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href,
			document.referrer, history.state, await caches.keys(), await indexedDB.databases()]));
		const CANARIES = /赵铁柱|13900002222|11010519491231002X|庙后巷|88号/;
		assert.doesNotMatch(await stored(), CANARIES);
		await page.reload();
		await page.waitForSelector('#appeal-text');
		await page.waitForFunction(wanted => document.querySelector('#appeal-text').value === wanted, text);
		for (const field of ['#caller-phone', '#caller-id-number', '#caller-address', '#appeal-address'])
			assert.equal(await page.inputValue(field), '', field);
		assert.doesNotMatch(await stored(), CANARIES);
		/* The twin: the search finds what does stand there. */
		await page.evaluate(() => sessionStorage.setItem('leak', '13900002222'));
		assert.match(await stored(), CANARIES);
	});
});

test('signing out leaves no draft behind', async () => {
	await as(operator, async page => {
		await typeAppeal(page, { ...row, text: uniqueText('退出清空') });
		await page.waitForFunction(() => sessionStorage.getItem('draft') !== null);
		await page.click('button[aria-label=退出登录]');
		await page.waitForSelector('#login');
		assert.equal(await page.evaluate(() => sessionStorage.length), 0);
	});
});

test('an empty form shows each missing field and puts the focus on the first', async () => {
	await as(operator, async page => {
		await page.waitForSelector('#appeal-text:focus');
		await page.focus('#caller-name');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#appeal-text:focus');
		for (const field of ['appeal-text', 'appeal-category', 'appeal-area'])
			await page.waitForSelector(`#${field}[aria-invalid=true]`);
	}, { expected: /\b422\b/ });
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
		await page.focus('#appeal-title');
		await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
			{ key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true })));
		await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
			{ key: 'Enter', keyCode: 229, bubbles: true, cancelable: true })));
		assert.equal(await page.evaluate(() => document.activeElement.id), 'appeal-title');
		assert.equal(await page.locator('.notice-bad').count(), 0);
	});
});
