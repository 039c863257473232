/* axe over the department's screens with the states that only work brings out, in every look. */
import { after, before, test } from 'node:test';
import { check, looks } from './axe.mjs';
import { access, account, as, closeBrowser, openBrowser, ordinaryRow, press, request, uniqueText } from './harness.mjs';
import { settled } from './every_screen.mjs';

const row = ordinaryRow();
const key = name => access.keys.find(one => one.name === name).key;
const own = key(`dept-${row.department}`);
const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
let task;

before(async () => {
	for (let n = 0; n < 2; n++) {
		task = (await request('POST', '/api/v1/appeals', key('operator'), { channel: '12345', content_class: 'help',
			category: row.category, area: row.area, title: uniqueText('无障碍'), text: '路灯不亮',
			caller: { phone: '13800001111', secret: true } })).tasks[0];
	}
	await request('POST', `/api/v1/tasks/${task.id}/sign`, own, {});
	const { id } = await request('POST', '/api/v1/webhooks', own, { url: 'http://127.0.0.1:49151/', events: ['task.*'] });
	await request('POST', `/api/v1/webhooks/${id}/test`, own, {});
	await request('POST', '/api/v1/supervised', key('supervisor'), { kind: 'demand', source: 'leader',
		department: row.department, owner: '张局长', demand: '三日内修复', due: `${Number(month.slice(0, 4)) + 1}-03-05` });
	await openBrowser();
});
after(closeBrowser);

const screens = {
	async inbox(page) {
		await page.goto(`${access.base_url}/#/inbox/${task.id}`);
		await page.waitForSelector('.receipt .limit');
		await page.keyboard.press('x');
		await check(page, 'inbox');
		for (const keys of ['b', 'd', 'e']) {
			await press(page, keys);
			await page.waitForSelector('.action-form');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector('.summary');
			await check(page, `inbox, form ${keys} with errors`);
			await page.keyboard.press('Escape');
			await page.waitForSelector('[data-step=complete]');
		}
	},
	async figures(page) {
		for (const view of ['figures', 'promises', 'supervised']) {
			await page.goto(`${access.base_url}/#/figures/${month}?view=${view}`);
			await settled(page);
			await page.waitForSelector('.page table, .page .empty');
			await check(page, `figures, ${view}`);
		}
		await page.click('tbody th button');
		await page.waitForSelector('.card-foot.actions');
		await press(page, 'e');
		await page.waitForSelector('.action-form');
		await check(page, 'supervised item, form');
		await page.goto(`${access.base_url}/#/figures/${month}?open=within_limit&part=num`);
		await page.waitForSelector('.drawer-count');
		await check(page, 'figures, drawer');
		await page.goto(`${access.base_url}/#/figures?view=filings`);
		await press(page, 'n');
		await page.waitForSelector('#filing-uscc');
		await check(page, 'filing');
	},
	async webhooks(page) {
		await page.goto(`${access.base_url}/#/webhooks`);
		await page.click('[aria-labelledby=hooks-title] tbody th button');
		await page.waitForSelector('.hook-acts');
		await check(page, 'webhooks');
		await page.click('[aria-labelledby=hook-title] tbody th button');
		await page.waitForSelector('.drawer');
		await check(page, 'webhooks, delivery');
		await page.keyboard.press('Escape');
		await press(page, 'n');
		await page.waitForSelector('#hook-url');
		await page.click('label[for=hook-which-some]');
		await check(page, 'webhooks, new');
	},
};

for (const look of looks) {
	for (const [screen, walk] of Object.entries(screens)) {
		/* axe draws into the page, which the console's policy forbids to everything but itself */
		test(`${screen} has no accessibility violation, ${look.language} ${look.theme}`, () =>
			as(account('department', row.department), walk, { ...look, bypassCSP: true }));
	}
}
