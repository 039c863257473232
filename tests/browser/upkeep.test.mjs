/* Texts, retention, the vault, erasures, services and leaders through their screens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, account, as, closeBrowser, fetchJson, openBrowser, press, request, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const keyOf = (role) => access.keys.find((one) => one.role === role).key;
const open = async (page, screen, tab) => {
	await page.click(`.rail a[href="#/${screen}"]`);
	if (tab)
		await page.click(`.page-acts .tab:text-is("${tab}")`);
};

test('a text of short messages is previewed before it becomes a version, and a fault names its line', () =>
	as(account('system'), async (page) => {
		await open(page, 'upkeep', '短信文本');
		await page.waitForSelector('#version-text-notices');
		const before = await fetchJson(page, '/documents/notices');
		await page.fill('#version-text-notices', `${before.text}bad line\n`);
		await page.click('text=预览变化');
		await page.waitForSelector('.notice-bad li');
		assert.match(await page.innerText('.notice-bad li'), new RegExp(`第 ${before.text.split('\n').length} 行`));
		await page.fill('#version-source-notices', '会议纪要 3 号');
		assert.ok(await page.locator('.button:text-is("发布新版本")').isDisabled(), 'a version with faults is not published');
		await page.fill('#version-text-notices', before.text.replace('您的诉求已受理', '您的来电已受理'));
		await page.click('text=预览变化');
		await page.waitForSelector('.notice-bad', { state: 'detached' });
		assert.match(await page.innerText('.table tbody'), /修改[^]*您的诉求已受理[^]*您的来电已受理/);
		await page.click('.button:text-is("发布新版本")');
		await page.waitForSelector(`.card-aside:has-text("第 ${before.version + 1} 版")`);
		const now = await fetchJson(page, '/documents/notices');
		assert.deepEqual([now.version, now.source], [before.version + 1, '会议纪要 3 号']);
		assert.ok(now.text.includes('您的来电已受理'));
	}));

test('how many identities are kept, and which line of the key file wraps them, are the interface\'s figures', () =>
	as(account('admin'), async (page) => {
		await open(page, 'upkeep', '保存期限');
		await page.waitForSelector('#version-text-retention');
		const counts = await fetchJson(page, '/vault/retention');
		const facts = await page.innerText('.facts');
		for (const [words, name] of [['在库', 'kept'], ['依法留存', 'held'], ['申请已删', 'erased']])
			assert.match(facts, new RegExp(`${words}\\s+${counts[name]}\\b`));
		await open(page, 'upkeep', '加密密钥');
		await page.waitForSelector('.table tbody tr:has-text("现用")');
		const { keys, wraps } = await fetchJson(page, '/vault/keys');
		assert.equal(await page.locator('.table tbody tr').count(), keys.length);
		assert.match(await page.innerText(`.table tbody tr:has-text("现用")`), new RegExp(`^${wraps}\\b`));
	}));

test('an erasure is approved by typing what cannot be taken back, by another than who asked', async () => {
	const phone = '13800138777';
	const row = access.catalogue[0];
	const made = await request('POST', '/api/v1/appeals', keyOf('operator'), { channel: '12345',
		title: '测试', text: uniqueText('删除个人信息'), content_class: 'help', category: row.category,
		area: row.area, address: '滨河路 1 号', caller: { name: '钱七', phone } });
	await request('POST', `/api/v1/appeals/${made.id}/withdraw`, keyOf('operator'),
		{ reason: '自行解决', confirmed_by: 'recording' });
	const asked = await request('POST', '/api/v1/callers/erase', keyOf('supervisor'),
		{ appeals: [made.id], reason: '本人申请删除' });
	await as(account('admin'), async (page) => {
		await open(page, 'upkeep', '删除申请');
		await page.waitForSelector('.table tbody tr');
		await page.locator('.table tbody tr', { hasText: made.id }).locator('.button:text-is("同意删除")').click();
		await page.waitForSelector('#erasure-approve-confirm');
		assert.ok(await page.locator('.action-form .button-danger').isDisabled());
		await page.fill('#erasure-approve-confirm', `删除 ${asked.id}`);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.action-form', { state: 'detached' });
		await page.locator('.table tbody tr', { hasText: made.id }).locator('.tag:text-is("已删除")').waitFor();
	});
	assert.equal((await request('GET', `/api/v1/appeals/${made.id}`, keyOf('operator'))).caller.erased, true);
});

test('a service is added with its secret shown once, and stands in the list', () =>
	as(account('system'), async (page) => {
		await open(page, 'upkeep', '对接平台');
		await page.click('.card-aside .button-primary');
		await page.waitForSelector('#peer-code:focus');
		await page.keyboard.type('PS1');
		await page.fill('#peer-name', '县公安局 110');
		await page.fill('#peer-url', 'http://127.0.0.1:49151/');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.once');
		assert.match((await page.locator('.once dd code').last().textContent()).trim(), /^whsec_/);
		await page.keyboard.press('Escape');
		await page.locator('.table tbody tr', { hasText: '县公安局 110' }).waitFor();
		const { items } = await fetchJson(page, '/exchange/peers');
		assert.ok(items.some((one) => one.code === 'PS1'));
	}));

test('a unit shows its leaders, a new one is added, and the tables of dispatching are a step away', () =>
	as(account('admin'), async (page) => {
		await open(page, 'units');
		await page.waitForSelector('.table tbody tr');
		const { items } = await fetchJson(page, '/departments?limit=200');
		assert.equal(await page.locator('.table tbody tr').count(), items.length, 'every unit stands in the tree');
		await page.locator('.table tbody tr', { has: page.locator('code:text-is("CGJ")') }).locator('.link').click();
		await page.waitForSelector('#leaders-title');
		await press(page, 'l');
		await page.waitForSelector('#leader-add-name:focus');
		await page.keyboard.type('李局长');
		await page.fill('#leader-add-valid_from', '2026-01-01');
		await page.keyboard.press('Control+Enter');
		await page.locator('.table tbody tr', { hasText: '李局长' }).waitFor();
		assert.equal(await page.locator('.page-acts a[href="#/tables/catalogue"]').count(), 1);
	}));
