/*
 * axe over every screen, in both languages and both themes, with the states that only work
 * brings out: forms, results, drawers, overlays.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, looks } from './axe.mjs';
import { account, as, closeBrowser, openBrowser, openPage, ordinaryRow, press, registerAppeal,
	typeAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const row = ordinaryRow();

const screens = {
	async register(look) {
		await as(account('operator'), async page => {
			await page.waitForSelector('#appeal-text');
			await check(page, 'register, empty');
			await page.focus('#appeal-category');
			await page.keyboard.type(row.category.slice(0, 2));
			await page.waitForSelector('#appeal-category-list li');
			await check(page, 'register, combo open');
			await page.keyboard.press('Escape');
			await page.focus('#appeal-text');
			await registerAppeal(page, { ...row, text: uniqueText('无障碍检查') });
			await check(page, 'register, result');
			await page.waitForSelector('.intake-result .button:focus');
			await page.keyboard.press('?');
			await page.waitForSelector('.box');
			await check(page, 'shortcuts');
		}, look);
	},
	async 'register errors'(look) {
		await as(account('operator'), async page => {
			await page.waitForSelector('#appeal-text:focus');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector('.field-error');
			await check(page, 'register, errors');
		}, { ...look, expected: /\b422\b/ });
	},
	async dispatch(look) {
		await as(account('operator'), async page => {
			await typeAppeal(page, { ...row, text: uniqueText('待派单检查') });
			await page.focus('#appeal-accused');
			await page.keyboard.type(row.department);
			await page.keyboard.press('Enter');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector('.result-id');
		}, look);
		await as(account('dispatcher'), async page => {
			await page.waitForSelector('#dispatch-department');
			await check(page, 'dispatch');
		}, look);
	},
	async inbox(look) {
		await as(row.account, async page => {
			await page.waitForSelector('.limit[open] .steps, .empty');
			await check(page, 'inbox');
			const toSign = page.locator('.actions .button-primary[aria-keyshortcuts=s]');
			if (await toSign.count() > 0) {
				await press(page, 's');
				await page.waitForSelector('[aria-keyshortcuts=e]');
			}
			for (const key of ['c', 'p', 'e']) {
				await press(page, key);
				await page.waitForSelector('.action-form');
				await check(page, `inbox, form ${key}`);
				await page.keyboard.press('Escape');
				await page.waitForSelector('[aria-keyshortcuts=e]');
			}
		}, look);
	},
	async review(look) {
		await as(account('reviewer'), async page => {
			await page.waitForSelector('#review-reason, .empty');
			await check(page, 'review');
		}, look);
	},
	async visit(look) {
		await as(account('visitor'), async page => {
			await page.waitForSelector('#visit-note, .empty');
			await check(page, 'visit');
			if (await page.locator('#visit-result-dissatisfied').count() > 0) {
				await page.click('label[for=visit-result-dissatisfied]');
				await page.waitForSelector('#visit-reason-result');
				await check(page, 'visit, reason asked');
			}
		}, look);
	},
	async report(look) {
		await as(account('leader'), async page => {
			await page.waitForSelector("tr[data-department='']");
			await check(page, 'report');
			await page.click("tr[data-department=''] [data-measure=completion] [data-part=den]");
			await page.waitForSelector('.drawer-count[data-ended=true]');
			await check(page, 'report, drawer');
		}, look);
	},
	async 'own account'(look) {
		const { password } = account('leader');
		await as(account('leader'), async page => {
			await page.click('.own');
			await page.waitForSelector('.sessions li');
			await check(page, 'account');
			await page.fill('#factor-password', password);
			await page.click('[aria-labelledby=account-factor] button[type=submit]');
			await page.waitForSelector('#factor-code');
			await check(page, 'account, secret');
			await page.fill('#factor-code', '000000');
			await page.click('[aria-labelledby=account-factor] button[type=submit]');
			await page.waitForSelector('#factor-code-error');
			await check(page, 'account, errors');
		}, { ...look, expected: /\b422\b/ });
	},
};

for (const look of looks) {
	const name = `${look.language} ${look.theme}`;
	test(`sign-in has no accessibility violation, ${name}`, async () => {
		const { page, complaints, close } = await openPage({ ...look, bypassCSP: true });
		await check(page, 'sign-in');
		assert.deepEqual(complaints, []);
		await close();
	});
	for (const [screen, walk] of Object.entries(screens)) {
		/* axe draws into the page, which the console's policy forbids to everything but itself */
		test(`${screen} has no accessibility violation, ${name}`, () => walk({ ...look, bypassCSP: true }));
	}
}
