/*
 * The enterprise side: the register and its search, an enterprise as its contact leader sees it,
 * what was filed about it, and the four arbitrary acts, each count with its cases.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, account, address, as, closeBrowser, fetchJson, openBrowser, request } from './harness.mjs';

const keyOf = name => access.keys.find(key => key.name === name).key;
const own = { uscc: '91350100M000100Y43', name: '云河甲机械公司' };
const other = { uscc: '91410100MAWYPGR4GY', name: '云河乙食品公司' };
const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);

before(async () => {
	await openBrowser();
	await request('POST', '/api/v1/enterprises', keyOf('admin'), { ...own, area: 'A01', contact_leader: 'leader1' });
	await request('POST', '/api/v1/enterprises', keyOf('admin'), { ...other, area: 'A02', contact_leader: 'contact1' });
	await request('POST', '/api/v1/appeals', keyOf('operator'), { channel: 'enterprise', content_class: 'complaint',
		category: '130203', area: 'A01', title: '进厂检查未出示备案', text: '执法人员未出示备案就进厂检查。',
		accused: { department: 'YSB' }, enterprise: own, external_no: 'QY-1', caller: { name: '陈一', phone: '13800002222' } });
});
after(closeBrowser);

test('the register is searched by name, code and area, and a code that is typed whole opens', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/enterprises`);
		await page.waitForSelector('[aria-labelledby=register-title] tbody tr');
		const names = () => page.locator('[aria-labelledby=register-title] tbody th').allTextContents();
		assert.deepEqual((await names()).sort(), [own.name, other.name].sort());
		await page.fill('#enterprise-search', '乙食品');
		assert.deepEqual(await names(), [other.name]);
		await page.fill('#enterprise-search', own.uscc.toLowerCase());
		assert.deepEqual(await names(), [own.name]);
		await page.click('[aria-labelledby=register-title] .button-primary');
		await page.waitForSelector(`h1:text-is("${own.name}")`);
		assert.match(await page.evaluate(() => location.hash), new RegExp(`#/enterprises/${own.uscc}$`));
	});
});

test('a contact leader sees figures and open appeals of the own enterprise, and only that there are others', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/enterprises/${own.uscc}`);
		await page.waitForSelector('#enterprise-figures-title');
		const figures = await fetchJson(page, `/enterprises/${own.uscc}/figures`);
		assert.equal(figures.open, 1);
		await page.waitForSelector('.pilot-facts');
		assert.deepEqual((await page.locator('.pilot-facts b').allTextContents()).map(Number),
			[figures.received, figures.open, figures.overdue, figures.ended]);
		await page.waitForFunction(n => document.querySelectorAll('[aria-labelledby=enterprise-appeals-title] tbody tr').length === n,
			figures.open);
		await page.goto(`${address}/#/enterprises/${other.uscc}`);
		await page.waitForSelector(`h1:text-is("${other.name}")`);
		await page.waitForSelector('[aria-labelledby=enterprise-figures-title] .empty');
		assert.match(await page.textContent('[aria-labelledby=enterprise-figures-title]'), /不由你联系.*联系领导、督办员和审计员/);
	}, { expected: /\b404\b/ });
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/enterprises`);
		await page.waitForSelector('#register-title');
		await page.click('.check:has-text("只看我联系的")');
		await page.waitForFunction(() => document.querySelectorAll('[aria-labelledby=register-title] tbody tr').length === 1);
		assert.equal(await page.textContent('[aria-labelledby=register-title] tbody th'), own.name);
	});
});

test('what was filed about an enterprise is listed with its basis, days and amount', async () => {
	await request('POST', '/api/v1/filings', keyOf('dept-YSB'), { uscc: own.uscc, kind: 'fee', basis: '收费目录第 3 项',
		amount: 1200.5, first_day: `${month}-01`, last_day: `${month}-02` });
	await as(account('supervisor'), async page => {
		await page.goto(`${address}/#/enterprises/${own.uscc}`);
		await page.waitForSelector('[aria-labelledby=filings-title] tbody tr');
		const row = await page.textContent('[aria-labelledby=filings-title] tbody tr');
		assert.match(row, /收费.*营商环境服务中心.*收费目录第 3 项.*1,200.5/);
	});
});

test('R16: every count of the four acts opens exactly its complaints', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/report/${month}/four-acts`);
		await page.waitForSelector('#four-acts-title');
		const table = await fetchJson(page, `/reports/${month}/four-acts`);
		assert.ok(table.total.inspection.appeals > 0, 'the complaint is among them');
		const counts = page.locator('[data-part]');
		await counts.first().waitFor();
		assert.ok(await counts.count() >= 2);
		for (let at = 0; at < await counts.count(); at++) {
			const number = Number(await counts.nth(at).textContent());
			await counts.nth(at).click();
			await page.waitForSelector('.drawer-count[data-ended=true]');
			assert.equal(await page.locator('.drawer-task').count(), number);
			await page.keyboard.press('Escape');
			await page.waitForSelector('.drawer', { state: 'detached' });
		}
		assert.equal(await page.getAttribute('[aria-labelledby=four-acts-title] a[download]', 'href'),
			`/api/v1/reports/${month}/four-acts.csv`);
	});
});

test('a department finds the register without what is for leaders', async () => {
	await as(account('department', 'YSB'), async page => {
		await page.goto(`${address}/#/enterprises/${own.uscc}`);
		await page.waitForSelector('#filings-title');
		assert.equal(await page.locator('#enterprise-figures-title, #enterprise-appeals-title').count(), 0);
	});
});
