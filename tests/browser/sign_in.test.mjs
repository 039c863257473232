/* The sign-in: what is wrong leads to its field, Caps Lock is told of, language and theme are chosen here. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, closeBrowser, openBrowser, openPage, signIn } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

async function opened(options, work) {
	const { page, complaints, close } = await openPage(options);
	await page.waitForSelector('#login:focus');
	await work(page);
	assert.deepEqual(complaints, []);
	await close();
}

test('R15: what is missing is listed in a summary that has the focus, and each line leads to its field', () =>
	opened({}, async (page) => {
		await page.keyboard.press('Enter');
		await page.waitForSelector('.summary:focus');
		assert.deepEqual(await page.locator('.summary li').allInnerTexts(), ['请填写账号', '请填写密码']);
		assert.deepEqual(await page.locator('.field-error').allInnerTexts(), ['请填写账号', '请填写密码'], 'the same words');
		await page.click('.summary li:last-child .link');
		await page.waitForSelector('#password:focus');
		assert.equal(await page.getAttribute('#password', 'aria-invalid'), 'true');
	}));

test('R15: a refusal has a code to quote, and does not say which of the two was wrong', () =>
	opened({ expected: /\b401\b/ }, async (page) => {
		const told = [];
		for (const login of ['nobody', account('operator').login]) {
			await page.fill('#login', login);
			await page.fill('#password', 'not the password');
			await page.keyboard.press('Enter');
			await page.waitForSelector('#password:focus');
			await page.waitForFunction(() => document.querySelector('#password').value === '');
			told.push(await page.innerText('.notice-bad'));
			assert.ok((await page.textContent('.notice-bad .code')).length > 3);
		}
		assert.equal(told[0], told[1]);
	}));

test('Caps Lock is told of while it is on', () =>
	opened({}, async (page) => {
		const press = (on) => page.evaluate((caps) => document.getElementById('password').dispatchEvent(
			new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock: caps })), on);
		assert.equal(await page.locator('.caps').count(), 0);
		await press(true);
		await page.waitForSelector('.caps[role=status]');
		await press(false);
		await page.waitForSelector('.caps', { state: 'detached' });
	}));

test('R25: language and theme change without a new page, keep what is typed, and last', () =>
	opened({}, async (page) => {
		await page.fill('#login', account('leader').login);
		await page.click('.sign-in-tools .button:text-is("EN")');
		await page.waitForSelector('label[for=login]:text-is("Account")');
		assert.equal(await page.inputValue('#login'), account('leader').login);
		await page.click('.sign-in-tools [aria-label="Switch to dark"]');
		assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
		assert.equal(await page.locator('.sign-in-provider').count(), 0, 'no way that there is not');
		await signIn(page, account('leader'));
		assert.equal(await page.getAttribute('html', 'lang'), 'en');
	}));

/* What was asked with the session before is answered 401 behind the change that brought another one. */
test('an answer to the session before signs nobody out, and what was asked is asked again', { timeout: 60_000 }, () =>
	opened({ expected: /\b401\b/ }, async (page) => {
		await signIn(page, account('reviewer'));
		await page.waitForSelector('.worklist');
		let asked = 0;
		const again = new Promise((resolve) => page.route(/\/api\/v1\/tasks\?/, async (route) => {
			asked += 1;
			if (asked === 1)
				return route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"code":"no_session"}' });
			await route.continue();
			return resolve();
		}));
		await page.keyboard.press('r');
		await again;
		await page.waitForSelector('.worklist');
		assert.equal(await page.locator('.shell[hidden], #login').count(), 0);
	}));

test('who is signed out elsewhere is asked to sign in, over the screens', () =>
	opened({ expected: /\b401\b/ }, async (page) => {
		await signIn(page, account('reviewer'));
		await page.waitForSelector('.worklist');
		await page.context().clearCookies();
		await page.keyboard.press('r');
		await page.waitForSelector('#login');
		assert.equal(await page.locator('.shell[hidden]').count(), 1);
	}));
