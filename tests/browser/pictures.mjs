/*
 * The three pictures of README: the operator's desk with a caller on the line, a department's inbox in
 * English on dark, and a month's report with the cases behind a number. Taken of a demo of its own,
 * with months behind it:
 *
 *     node tests/e2e/lib/with_server.mjs tests/browser/pictures.mjs
 *
 * demo clock: 2026-11-06T10:42:00+08:00
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { aCall } from '../e2e/lib/pbx.mjs';
import { access, account, address, as, closeBrowser, demo, emptyForm, openBrowser, press, request } from './harness.mjs';
import { freezeMonths, importPast, last, monthShifted } from './past_months.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../modules/console/pictures');
const key = access.keys.find(one => one.role === 'operator').key;

before(async () => {
	mkdirSync(folder, { recursive: true });
	await openBrowser();
	await freezeMonths(importPast().slice(0, -1));
});
after(closeBrowser);

/* A department that no imported month has, so that its inbox is that of an ordinary morning. */
const unheard = 'SZZX';

const shot = (page, name) => page.screenshot({ path: path.join(folder, `${name}.png`) });

/* What the centre has just been told, so that the desk is as on a working morning. */
const told = [
	['0203', 'A01', '路灯三天不亮', '滨河路东段路灯三天不亮，晚上看不清路', '滨河路东段', '13711112222'],
	['040103', 'A01', '锦绣家园北门夜间施工', '昨晚锦绣家园北门工地一直施工到凌晨，夜里很吵', '汇园路 32 号锦绣家园北门', '13711112222'],
	['020101', 'A02', '占道经营', '菜市场门口占道经营，车过不去', '三里桥市场', '13612340001'],
];

test('an operator\'s desk, with a caller on the line', async () => {
	for (const [category, area, title, text, place, phone] of told)
		await request('POST', '/api/v1/appeals', key, { channel: '12345', content_class: 'help', category, area,
			title, text, address: place, caller: { name: '李女士', phone } }, { 'idempotency-key': `picture-${title.length}-${phone}-${category}` });
	await as(account('operator'), async page => {
		await emptyForm(page);
		const call = aCall(demo, 'picture-1', { from: '13711112222', queue: 'hotline' });
		await call.ring();
		await aCall(demo, 'picture-2', { from: '18600000937', queue: 'hotline' }).ring();
		await page.waitForSelector('.call-ringing');
		await page.keyboard.press('F6');
		await page.waitForSelector('.call-end');
		await page.keyboard.insertText('昨晚 11 点到今早 2 点，锦绣家园北门工地一直施工，夜里很吵，孩子没法睡。希望晚上 10 点后停工。');
		await page.waitForSelector('.suggestion');
		await page.waitForSelector('.duplicate');
		await shot(page, 'desk');
		await call.hangup();
	});
});

test('a department\'s inbox, in English and on dark', async () => {
	await as(account('department', unheard), async page => {
		await page.waitForSelector('.limit[open] .steps');
		await press(page, 's');
		await page.waitForSelector('[aria-keyshortcuts=e]');
		await shot(page, 'inbox');
	}, { language: 'en', theme: 'dark' });
});

test('a month\'s report, opened into the cases behind a number', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/report/${monthShifted(last, -1)}`);
		await page.waitForSelector("tr[data-department='']");
		await page.click("tr[data-department='BHJD'] [data-measure=completion] [data-part]:last-of-type");
		await page.waitForSelector('.drawer-count[data-ended=true]');
		await page.evaluate(() => document.querySelectorAll('main, main *').forEach(one => { one.scrollTop = 0; }));
		assert.equal(await page.locator('.drawer').count(), 1);
		await shot(page, 'report');
	});
});
