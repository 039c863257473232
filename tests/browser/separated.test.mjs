/* Three administrators apart (三员分立): each sees its own screens and is refused the others'. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { closeBrowser, openBrowser, openPage, signIn } from './harness.mjs';

const server = await startServer({ env: { LIANDONG_ADMINISTRATORS: 'separated' } });
before(openBrowser);
after(async () => {
	await closeBrowser();
	await server.stop();
});

const own = {
	system: ['health', 'units', 'upkeep'],
	security: ['accounts', 'health', 'keys', 'upkeep'],
	audit: ['audit', 'health', 'upkeep'],
};
const tabs = {
	system: ['短信文本', '保存期限', '加密密钥', '对接平台'],
	security: ['保存期限', '加密密钥', '删除申请'],
	audit: ['保存期限', '删除申请', '依法留存'],
};
const ours = ['accounts', 'audit', 'health', 'keys', 'units', 'upkeep'];
const asked = { accounts: '/accounts', keys: '/keys', audit: '/audit', health: '/health',
	upkeep: '/vault/retention', units: '/leaders' };
const person = (role) => server.access.accounts.find((one) => one.role === role);

for (const role of Object.keys(own)) {
	test(`${role}: what the rail offers is what the interface answers`, async () => {
		const { page, complaints, close } = await openPage({ base: server.base, expected: /\b403\b/ });
		await signIn(page, person(role));
		const offered = await page.$$eval('.rail a', (links) => links.map((link) =>
			link.getAttribute('href').slice(2)));
		assert.deepEqual(offered.filter((path) => ours.includes(path)).sort(), own[role]);
		for (const path of ours) {
			const status = await page.evaluate(async (at) => (await fetch(`/api/v1${at}`)).status, asked[path]);
			assert.equal(status, own[role].includes(path) ? 200 : 403, `${role} ${path}`);
			await page.evaluate((at) => { location.hash = `#/${at}`; }, path);
			await page.waitForFunction((to) => document.querySelector(`main.screen-${to}`) !== null,
				own[role].includes(path) ? path : offered[0]);
		}
		await page.click('.rail a[href="#/upkeep"]');
		await page.waitForSelector('.page-acts .tab');
		assert.deepEqual(await page.locator('.page-acts .tab').allInnerTexts(), tabs[role]);
		for (const tab of tabs[role]) {
			await page.click(`.page-acts .tab:text-is("${tab}")`);
			await page.waitForSelector('.page .card .table, .page .card .facts, .page .card textarea, .page .card .empty');
			assert.equal(await page.locator('.notice-bad').count(), 0, tab);
		}
		assert.deepEqual(complaints, []);
		await close();
	});
}

test('the one administrator of all cannot sign in', async () => {
	const { page, close } = await openPage({ base: server.base });
	await page.fill('#login', person('admin').login);
	await page.fill('#password', person('admin').password);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.notice-bad .code');
	await close();
});
