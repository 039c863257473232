/* axe over the screens of administration and audit, in both languages and both themes, with their forms. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, looks } from './axe.mjs';
import { access, account, as, closeBrowser, openBrowser, openPage, press, request } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const keyOf = (role) => access.keys.find((one) => one.role === role).key;
const [appeal] = (await request('GET', '/api/v1/appeals?limit=1', keyOf('operator'))).items;
const to = async (page, address, ready) => {
	await page.evaluate((at) => { location.hash = at; }, address);
	await page.waitForSelector(ready);
};

const pages = {
	admin: [
		['#/accounts/2?role=leader', '.detail .facts', 'e p d'],
		['#/accounts/new?role=leader', '#account-add-login', ''],
		['#/keys/3', '.detail .table', 'e r d'],
		['#/keys/new?state=expired', '#key-add-name', ''],
		['#/units/CGJ', '.uses', 'e d l'],
		['#/units/+', '#unit-add-code', ''],
		['#/tables/departments', '.table tbody tr', ''],
		['#/health', '.check-row', ''],
		['#/upkeep/texts', '#version-text-notices', ''],
		['#/upkeep/retention', '#version-text-retention', ''],
		['#/upkeep/vault', '.table tbody tr', ''],
		['#/upkeep/erasures', '.empty, .table tbody tr', ''],
		['#/upkeep/peers', '.table, .empty', ''],
	],
	audit: [
		['#/audit', '.table tbody tr', ''],
		['#/audit/acts/1', '.drawer .facts', ''],
		[`#/audit/sightings?appeal=${appeal.id}`, '.table tbody tr', ''],
		[`#/audit/openings?appeal=${appeal.id}`, '.padded', ''],
		['#/upkeep/holds', '.empty, .table tbody tr', ''],
	],
};

/* One session walks through all; the looks are changed as people do. */
async function dress(page, { language, theme }) {
	const now = await page.evaluate(() => [document.documentElement.lang.slice(0, 2), document.documentElement.dataset.theme]);
	const buttons = page.locator('.top .button, .sign-in-tools .button');
	if (now[0] !== language)
		await buttons.filter({ hasText: /^(EN|中文)$/ }).click();
	if (now[1] !== theme)
		await buttons.and(page.locator('[aria-label*="切换到"], [aria-label^="Switch to"]')).click();
	await page.waitForFunction(([l, th]) => document.documentElement.lang.startsWith(l)
		&& document.documentElement.dataset.theme === th, [language, theme]);
}

for (const [role, list] of Object.entries(pages)) {
	test(`screens of ${role} have no accessibility violation in any look`, () => as(account(role), async (page) => {
		for (const [address, ready, keys] of list) {
			await to(page, address, ready);
			for (const look of looks) {
				await dress(page, look);
				await check(page, `${address} ${look.language} ${look.theme}`);
			}
			for (const key of keys.split(' ').filter(Boolean)) {
				await press(page, key);
				await page.waitForSelector('.action-form');
				for (const look of looks) {
					await dress(page, look);
					await check(page, `${address}, ${key} ${look.language} ${look.theme}`, '.action-form');
				}
				await page.keyboard.press('Escape');
				await page.waitForSelector('.action-form', { state: 'detached' });
			}
		}
	}, { bypassCSP: true }));
}

test('an incomplete sign-in has no accessibility violation in any look', async () => {
	const { page, complaints, close } = await openPage({ bypassCSP: true });
	await page.waitForSelector('#login:focus');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.summary:focus');
	for (const look of looks) {
		await dress(page, look);
		await check(page, `sign-in, incomplete ${look.language} ${look.theme}`, '.sign-in');
	}
	assert.deepEqual(complaints, []);
	await close();
});
