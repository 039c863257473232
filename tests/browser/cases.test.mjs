/*
 * The list and search of appeals, an appeal as a whole, its files, what may be done with it, the
 * palette, and the ready answers.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { access, account, address, as, closeBrowser, fetchJson, openBrowser, ordinaryRow, press,
	request, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();
const key = role => access.keys.find(one => one.role === role).key;

function registered(changes = {}) {
	return request('POST', '/api/v1/appeals', key('operator'), { channel: '12345', content_class: 'help',
		category: row.category, area: row.area, title: uniqueText('工单页'), text: uniqueText('工单页的内容'),
		...changes, caller: { name: '欧阳小明', phone: '13912345678', address: '滨河路9号', ...changes.caller } },
	{ 'idempotency-key': uniqueText('case').replace(/\s/g, '-') });
}

const open = async (page, id) => {
	await page.goto(`${address}/#/appeals/${id}`);
	await page.waitForSelector('.case-grid');
};

test('words, a phone and a number find an appeal, none of them in the address, and filters do stand there', async () => {
	const words = uniqueText('独一无二的窨井盖');
	const phone = '13587654321';
	const appeal = await registered({ text: words, caller: { phone } });
	await as(operator, async page => {
		await page.goto(`${address}/#/appeals`);
		for (const typed of [words, phone, appeal.id.slice(-6)]) {
			await page.fill('#case-words', typed);
			await page.keyboard.press('Enter');
			await page.waitForSelector(`.cases a[href="#/appeals/${appeal.id}"]`);
			assert.ok(!decodeURIComponent(page.url()).includes(typed), page.url());
		}
		await page.fill('#case-words', '');
		await page.keyboard.press('Enter');
		await page.selectOption('#case-state', 'accepted');
		await page.waitForFunction(() => /state=accepted/.test(location.hash));
		await page.waitForFunction(() => [...document.querySelectorAll('.cases tbody .tag')].every(one => one.textContent === '待派单'));
		await page.fill('#case-words', appeal.id);
		await page.keyboard.press('Enter');
		await page.waitForSelector(`.page-head :text("${appeal.id}")`);
	});
});

test('R16: category, area and days narrow the list, stand in the address, and a link with them opens the same list', async () => {
	const { categories } = await request('GET', '/api/v1/catalogue', key('operator'));
	const branch = categories.find(one => one.code === row.category.slice(0, 2));
	const appeal = await registered({ text: uniqueText('按类按地按日') });
	const today = (await request('GET', `/api/v1/appeals/${appeal.id}`, key('operator'))).received_at.slice(0, 10);
	const wanted = async more => (await request('GET', `/api/v1/appeals?limit=50&count=true&category=${branch.code}&area=${row.area}`
		+ `&received_from=${today}&received_until=${today}${more}`, key('operator')));
	const shown = (page, { items, count }) => page.waitForFunction(([ids, n]) =>
		JSON.stringify([...document.querySelectorAll('.cases tbody th a')].map(one => one.textContent)) === ids
		&& document.querySelector('.page-head p').textContent.includes(` ${n} `), [JSON.stringify(items.map(one => one.id)), count]);
	let link = '';
	await as(operator, async page => {
		await page.goto(`${address}/#/appeals`);
		await page.waitForSelector('.cases tbody tr');
		const all = await page.textContent('.page-head p');
		/* R6: by pinyin initials, with the path, and what was taken is offered first the next time */
		await page.focus('#case-category');
		await page.keyboard.type(branch.initials);
		await page.waitForSelector(`#case-category-list li:first-child small:has-text("${branch.code}")`);
		await page.keyboard.press('Enter');
		await page.waitForFunction(code => new URLSearchParams(location.hash.split('?')[1]).get('category') === code, branch.code);
		await page.focus('#case-area');
		await page.keyboard.type(row.area);
		await page.keyboard.press('Enter');
		await page.fill('#case-from', today);
		await page.fill('#case-until', today);
		await page.waitForFunction(day => new URLSearchParams(location.hash.split('?')[1]).get('until') === day, today);
		const found = await wanted('');
		assert.ok(found.items.some(one => one.id === appeal.id));
		await shown(page, found);
		assert.notEqual(await page.textContent('.page-head p'), all, 'it is narrower than all');
		await page.fill('#case-words', '按类按地按日');
		await page.keyboard.press('Enter');
		await page.waitForFunction(id => [...document.querySelectorAll('.cases tbody th a')].map(one => one.textContent).join() === id, appeal.id);
		assert.ok(!decodeURIComponent(page.url()).includes('按类'), 'words do not stand there');
		await page.fill('#case-words', '');
		await page.keyboard.press('Enter');
		await shown(page, found);
		link = page.url();
		await page.selectOption('#case-state', 'archived');
		await shown(page, await wanted('&state=archived'));
		await page.click(".filters .button:text-is('清除条件')");
		await page.waitForFunction(() => location.hash === '#/appeals');
		assert.equal(await page.inputValue('#case-category'), '');
		await page.focus('#case-category');
		await page.keyboard.press('ArrowDown');
		await page.waitForSelector(`#case-category-list li:first-child small:has-text("${branch.code}")`);
	});
	await as(account('supervisor'), async page => {
		await page.goto(link);
		await page.waitForSelector('.cases tbody tr');
		await shown(page, await wanted(''));
		assert.match(await page.inputValue('#case-category'), new RegExp(branch.name));
		assert.deepEqual([await page.inputValue('#case-from'), await page.inputValue('#case-until')], [today, today]);
	});
});

test('who comes back from a case finds the list where it was, with the focus on that case', async () => {
	await as(operator, async page => {
		await page.goto(`${address}/#/appeals?department=${row.department}`);
		await page.waitForSelector('.cases tbody tr');
		await page.locator('.cases th a').first().click();
		await page.waitForSelector('.case-grid');
		await page.keyboard.press('Escape');
		await page.waitForSelector('.cases tbody tr');
		assert.ok(page.url().endsWith(`?department=${row.department}`), 'the filter is still there');
		await page.goto(`${address}/#/appeals`);
		await page.waitForSelector('.cases tbody tr:nth-child(40)');
		const link = page.locator('.cases th a').nth(38);
		const id = await link.textContent();
		await link.scrollIntoViewIfNeeded();
		await page.locator('.page').evaluate(one => { one.scrollTop = 260; one.dispatchEvent(new Event('scroll')); });
		await link.click();
		await page.waitForSelector('.case-grid');
		await page.keyboard.press('Escape');
		await page.waitForSelector('.cases tbody tr');
		assert.equal(await page.evaluate(() => document.activeElement.textContent), id);
		assert.ok(await page.locator('.page').evaluate(one => one.scrollTop) > 100);
	});
});

test('R24: numbers are masked; one field is shown for a purpose, which is on record before, and said so', async () => {
	const appeal = await registered();
	await as(operator, async page => {
		await open(page, appeal.id);
		const text = await page.textContent('.case-grid');
		assert.doesNotMatch(text, /13912345678|欧阳小明/);
		assert.match(text, /139\*{4}5678/);
		await page.click('.caller-facts button[aria-label="查看来电号码"]');
		await page.waitForSelector('.box .consequence:has-text("先记入审计")');
		await page.fill('#reveal-purpose', '核对来电人');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.caller-facts span:text-is("13912345678")');
		assert.doesNotMatch(await page.textContent('.case-grid'), /欧阳小明/, 'one field at a time');
		const { items } = await fetchJson(page, `/appeals/${appeal.id}/events`);
		const event = items.find(one => one.type === 'identity.revealed');
		assert.match(JSON.stringify(event.data), /核对来电人/);
		assert.doesNotMatch(page.url(), /139/);
	});
	await as(row.account, async page => {
		await open(page, appeal.id);
		assert.equal(await page.locator('.caller-facts button').count(), 0, 'a department opens nothing');
	});
});

test('R24: a confidential caller is not shown to the department, and the page says why', async () => {
	const appeal = await registered({ caller: { secret: true } });
	await as(operator, async page => {
		await open(page, appeal.id);
		await page.waitForSelector('.notice:has-text("要求保密")');
	});
	await as(row.account, async page => {
		await open(page, appeal.id);
		assert.doesNotMatch(await page.textContent('.case-grid'), /139\*{4}5678|欧\*/);
	});
});

test('an appeal that is not one\'s to see says who can', async () => {
	const appeal = await registered();
	const other = access.accounts.find(one => one.role === 'department' && one.department !== row.department);
	await as(other, async page => {
		await page.goto(`${address}/#/appeals/${appeal.id}`);
		await page.waitForSelector('.empty:has-text("中心的受理员")');
		await page.waitForSelector('.notice .code');
	}, { expected: /\b40[34]\b/ });
});

test('a file is added, listed and saved again byte for byte', async () => {
	const appeal = await registered();
	const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
	await as(operator, async page => {
		await open(page, appeal.id);
		await page.setInputFiles('input[type=file]', { name: '现场.png', mimeType: 'image/png', buffer: png });
		await page.waitForSelector('.files a:text-is("现场.png")');
		const [download] = await Promise.all([page.waitForEvent('download'), page.click('.files a')]);
		assert.deepEqual(readFileSync(await download.path()), png);
	});
});

test('each act says its consequence before it is done; a merge is undone, a withdrawal reopened', async () => {
	const [appeal, parent] = [await registered(), await registered()];
	await as(operator, async page => {
		await open(page, appeal.id);
		await press(page, 'm');
		await page.waitForSelector('.consequence:has-text("24 小时内可取消")');
		await page.fill('#merge-into', '不是编号');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.fill('#merge-into', parent.id);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(`.notice a:text-is("${parent.id}")`);
		await press(page, 'u');
		await page.fill('#unmerge-reason', '不是同一件事');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.case-text .tag:text-is("已派单")');
		await press(page, 'w');
		await page.waitForSelector('.consequence:has-text("抽查")');
		await page.fill('#withdraw-reason', '来电人说已经解决');
		await page.click('label[for=withdraw-confirmed_by-recording]');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.case-text .tag:text-is("已撤回")');
		await press(page, 'o');
		await page.fill('#reopen-reason', '来电人又来反映');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.case-text .tag:text-is("待派单")');
		await page.waitForSelector('.history strong:text-is("重新打开")');
		const told = await page.locator('.history strong').allTextContents();
		for (const step of ['受理登记', '并案', '取消并案', '撤诉', '重新打开'])
			assert.ok(told.includes(step), `${step} among ${told}`);
		await press(page, 'x');
		await page.selectOption('#refuse-reason', { index: 1 });
		await page.fill('#refuse-told', '请向人民法院起诉');
		await page.keyboard.press('Escape');
		await press(page, 'x');
		assert.equal(await page.inputValue('#refuse-told'), '请向人民法院起诉', 'Escape loses no text');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.case-text .tag:text-is("不予受理")');
		await press(page, 'c');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.box .result-id');
	});
});

test('danger is called in before it is handed over, and what 110 answers stands on the page', async () => {
	await request('POST', '/api/v1/exchange/peers', key('admin'), { code: '110', name: '县公安局 110', service: 'police', mode: 'live' });
	const appeal = await registered({ category: '160101', area: 'A01' });
	await as(operator, async page => {
		await open(page, appeal.id);
		await press(page, 't');
		await page.selectOption('#transfer-to', '110');
		await page.fill('#transfer-reason', '正在打架');
		assert.equal(await page.locator('#transfer-called').count(), 0);
		await page.selectOption('#transfer-item', 'T01');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		assert.match(await page.textContent('.summary'), /已电话通知110的时间/);
		await page.fill('#transfer-called', '25:00');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.error-text:has-text("不能晚于现在"), [id^="transfer-called"]:has-text("不能晚于现在")');
		const { now } = await fetchJson(page, '/me');
		await page.fill('#transfer-called', (now ?? new Date(Date.now() + 8 * 3600_000).toISOString()).slice(11, 16));
		await page.fill('#transfer-recording', 'REC-9');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.exchanged li');
		const handed = await request('GET', `/api/v1/appeals/${appeal.id}`, key('supervisor'));
		assert.deepEqual([handed.exchange.state, handed.exchange.danger], ['offered', true]);
		/* neither by hand nor a second time while it waits for the message */
		assert.deepEqual(await page.locator('.case-acts button:has-text("对方"), .case-acts button:has-text("移交")').allTextContents(), []);
		const intake = access.keys.find(one => one.role === 'intake' && one.channel === '110').key;
		const at = new Date().toISOString();
		const said = (sequence, kind, more) => ({ sender: '110', offered_by: '12345', number: handed.exchange.number, sequence, kind, at, ...more });
		await request('POST', '/api/v1/exchange/110/messages', intake, { messages: [said(1, 'accept', { own_no: 'J77' }),
			said(2, 'progress', { text: '已派两名民警', on_scene_at: at }), said(3, 'result', { result: 'explained', text: '夫妻争吵，已调解' }),
			said(4, 'visited', { level: 'satisfied' })] });
		await page.reload();
		await page.waitForSelector('.exchanged li >> nth=4');
		assert.match(await page.textContent('#exchange-title >> xpath=ancestor::section'), /到场时间/);
		const lines = await page.locator('.exchanged li').allTextContents();
		assert.deepEqual(lines.map(line => [/110 · 已回访.*满意/, /110 · 已办结.*已解释说明.*夫妻争吵，已调解/s, /110 · 办理进展.*已派两名民警/s,
			/110 · 已接收.*J77/, /我方 · 移交/].some(one => one.test(line))), lines.map(() => true), lines.join(' | '));
	});
	await as(account('supervisor'), async page => {
		await open(page, appeal.id);
		await page.waitForSelector('.exchanged li:has-text("夫妻争吵，已调解")');
	});
	await as(operator, async page => {
		await open(page, appeal.id);
		await page.waitForSelector('.exchanged li:has-text("done Explained")');
	}, { language: 'en' });
});

test('R28: a case prints on A4 without navigation, with page numbers and the time of printing', async () => {
	const appeal = await registered();
	await as(operator, async page => {
		await open(page, appeal.id);
		await page.emulateMedia({ media: 'print' });
		for (const hidden of ['.top', '.rail', '.case-acts', '.page-acts'])
			assert.ok(!await page.locator(hidden).first().isVisible(), `${hidden} is not printed`);
		const sheets = await page.evaluate(() => document.adoptedStyleSheets.map(sheet =>
			[...sheet.cssRules].map(rule => rule.cssText).join('')).join(''));
		assert.match(sheets, /size: a4/i);
		const pdf = await page.pdf({ preferCSSPageSize: true });
		const text = pdf.toString('latin1');
		const pages = (text.match(/\/Type \/Page\b/g) ?? []).length;
		assert.ok(pages >= 1 && pages <= 3, `${pages} pages`);
		assert.match(text, /\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
	});
});

test('the palette goes to a case by its number, to a screen, and looks for words; "/" does not act while typing', async () => {
	const words = uniqueText('调色板要找的词');
	const appeal = await registered({ text: words });
	await as(operator, async page => {
		await page.waitForSelector('#appeal-text:focus');
		await page.keyboard.type('/');
		assert.equal(await page.locator('.palette').count(), 0);
		await page.fill('#appeal-text', '');
		await page.keyboard.press('Control+k');
		await page.waitForSelector('.palette');
		await page.keyboard.press('Tab');
		await page.fill('.palette input', appeal.id.slice(2));
		await page.focus('.palette input');
		await page.keyboard.press('Enter');
		await page.waitForSelector(`.page-head :text("${appeal.id}")`);
		await page.keyboard.press('/');
		await page.fill('.palette input', words);
		await page.keyboard.press('Enter');
		await page.waitForSelector(`.cases a[href="#/appeals/${appeal.id}"]`);
		assert.ok(!decodeURIComponent(page.url()).includes('调色板'));
		await page.keyboard.press('Control+k');
		await page.fill('.palette input', '知识');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.knowledge');
	});
});

test('ready answers: an operator reads those in force; a dispatcher changes one, and both changes are merged (R11)', async () => {
	const made = await request('POST', '/api/v1/knowledge', key('dispatcher'), { title: uniqueText('办证要带什么'),
		text: '带身份证。', valid_from: '2020-01-01', valid_to: null }, { 'idempotency-key': uniqueText('know').replace(/\s/g, '-') });
	const past = await request('POST', '/api/v1/knowledge', key('dispatcher'), { title: uniqueText('旧规定'),
		text: '已废止。', valid_from: '2020-01-01', valid_to: '2020-12-31' }, { 'idempotency-key': uniqueText('know').replace(/\s/g, '-') });
	await as(operator, async page => {
		await page.goto(`${address}/#/knowledge`);
		await page.waitForSelector(`.knowledge a[href="#/knowledge/${made.id}"]`);
		assert.equal(await page.locator(`.knowledge a[href="#/knowledge/${past.id}"]`).count(), 0);
		await page.click(`.knowledge a[href="#/knowledge/${made.id}"]`);
		await page.waitForSelector('.citizen-text:has-text("带身份证")');
		assert.equal(await page.locator('.knowledge [aria-keyshortcuts=e]').count(), 0);
	});
	await as(account('dispatcher'), async page => {
		await page.goto(`${address}/#/knowledge/${made.id}`);
		await page.check('.ready-words input[type=checkbox]');
		await page.waitForSelector(`.knowledge a[href="#/knowledge/${past.id}"] .tag-red`);
		await page.waitForSelector('.knowledge [aria-keyshortcuts=e]');
		await press(page, 'e');
		await page.fill('#knowledge-source', '办事指南');
		const change = changes => request('PUT', `/api/v1/knowledge/${made.id}`, key('dispatcher'), {
			title: made.title, text: '带身份证。', valid_from: '2020-01-01', ...changes });
		await change({ text: '带身份证和照片。' });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.citizen-text:has-text("照片")');
		await page.waitForSelector('.row-note:has-text("办事指南")');
		await press(page, 'e');
		await page.fill('#knowledge-text', '我的写法');
		await change({ text: '别人的写法', source: '办事指南' });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.clash td:has-text("别人的写法")');
		await page.locator('.clash input').nth(1).check();
		await page.click('.clash .button-primary');
		await page.waitForSelector('.citizen-text:has-text("别人的写法")');
	}, { expected: /\b412\b/ });
});
