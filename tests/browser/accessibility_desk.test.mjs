/* axe over the desk, the cases, the palette and the ready answers, with what work brings out. */
import { after, before, test } from 'node:test';
import { aCall } from '../e2e/lib/pbx.mjs';
import { check, looks } from './axe.mjs';
import { account, address, as, closeBrowser, demo, emptyForm, openBrowser, ordinaryRow, press,
	registerAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();

const pages = {
	async desk(look) {
		const call = aCall(demo, `axe-${process.pid}-${look.language}-${look.theme}`, { from: '13700009999' });
		await as(operator, async page => {
			await emptyForm(page);
			await call.ring();
			await page.waitForSelector('.call-ringing');
			await page.keyboard.insertText(uniqueText('锦绣家园北门工地夜里施工，渣土车很吵'));
			await page.waitForSelector('.suggestion');
			await page.waitForSelector('.queue .rows');
			await check(page, 'desk, ringing');
			await page.keyboard.press('F6');
			await page.waitForSelector('.call-end');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector('.summary');
			await check(page, 'desk, errors');
			await page.click('.queue .tab >> nth=3');
			await page.waitForSelector('.recent li, .empty');
			await page.context().setOffline(true);
			await page.waitForSelector('.offline');
			await check(page, 'desk, offline');
			await page.context().setOffline(false);
			await page.waitForSelector('.offline', { state: 'detached' });
			await page.click('.intake .actions .button-quiet');
			const id = await registerAppeal(page, { ...row, text: uniqueText('锦绣家园北门工地夜里施工，渣土车很吵') });
			await check(page, 'desk, result');
			await call.hangup();
			await page.goto(`${address}/#/appeals/${id}`);
			await page.waitForSelector('.history li');
			await check(page, 'case');
			await press(page, 'w');
			await page.waitForSelector('.action-form');
			await check(page, 'case, act');
			await page.keyboard.press('Escape');
			await page.click('.caller-facts .button, .case-grid h2');
			await page.keyboard.press('Control+k');
			await page.waitForSelector('.palette');
			await check(page, 'palette');
			await page.keyboard.press('Escape');
			await page.goto(`${address}/#/appeals`);
			await page.waitForSelector('.cases tbody tr');
			await check(page, 'cases');
		}, { ...look, expected: /net::ERR_/ });
	},
	async knowledge(look) {
		await as(account('dispatcher'), async page => {
			await page.goto(`${address}/#/knowledge`);
			await page.click('.knowledge .rows a');
			await page.waitForSelector('.knowledge [aria-keyshortcuts=e]');
			await check(page, 'knowledge');
			await press(page, 'e');
			await page.waitForSelector('#knowledge-text');
			await check(page, 'knowledge, form');
		}, look);
	},
};

for (const look of looks)
	for (const [name, walk] of Object.entries(pages))
		test(`${name} has no accessibility violation, ${look.language} ${look.theme}`, () => walk({ ...look, bypassCSP: true }));
