/*
 * An administrator's walk through the units: one is added, gets an account and a case, is renamed by
 * two at once, another is switched off once nothing stands under it any more, and a list from a
 * spreadsheet is taken over after a look at what it would change.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/until.mjs';
import { access, account, as, closeBrowser, fetchJson, openBrowser, openPage, press, request, signIn } from './harness.mjs';

const REFUSED = /\b(409|412|422)\b/;
const keyOf = (role) => access.keys.find((one) => one.role === role).key;
const key = keyOf('admin');
const ask = (method, path, body, by = key) => request(method, `/api/v1${path}`, by, body);
const unit = (code) => ask('GET', `/departments/${code}`);
let admin;

before(async () => {
	await openBrowser();
	admin = await openPage({ expected: REFUSED });
	await signIn(admin.page, account('admin'));
});
after(closeBrowser);

async function to(page, address, ready) {
	await page.evaluate((at) => { location.hash = at; }, address);
	await page.waitForSelector(ready);
}
const shows = (page, n) => page.waitForFunction((rows) =>
	document.querySelectorAll('[aria-labelledby=units-title] tbody tr').length === rows, n);
const row = (page, code) => page.locator('[aria-labelledby=units-title] tbody tr', { has: page.locator(`code:text-is("${code}")`) });
const consequence = (page, id) => page.locator(`form[aria-label]:has(#${id}) .consequence`).innerText();

test('R21, R15: a unit is added by keyboard; its code stays, which is said before, and what is wrong is said at the field', async () => {
	const { page } = admin;
	await page.click('.rail a[href="#/units"]');
	await page.waitForSelector('.table tbody tr');
	const before = (await fetchJson(page, '/departments')).items.length;
	assert.equal(await page.locator('.table tbody tr').count(), before, 'every unit stands in the tree');
	await press(page, 'a');
	await page.waitForSelector('#unit-add-code:focus');
	await page.keyboard.type('CGJ');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.summary:focus');
	await page.fill('#unit-add-name', '市政设施管理处');
	await page.fill('#unit-add-parent', 'cgj');
	await page.keyboard.press('Enter');
	await page.fill('#unit-add-initials', 'szssglc');
	await page.fill('#unit-add-phone', '0399-0000333');
	assert.match(await consequence(page, 'unit-add-code'), /CGJ 此后不能改/);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.summary:has-text("已有单位用这个编码")');
	assert.equal(await page.inputValue('#unit-add-name'), '市政设施管理处', 'nothing typed is lost');
	await page.fill('#unit-add-code', 'SZC');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('#unit .facts, [aria-labelledby=unit-title] .facts');
	const made = await unit('SZC');
	assert.deepEqual([made.name, made.name_en, made.parent, made.kind, made.takes_tasks, made.phone],
		['市政设施管理处', '市政设施管理处', 'CGJ', 'bureau', true, '0399-0000333']);
	await shows(page, before + 1);
	await page.locator('.uses, [aria-labelledby=uses-title]', { hasText: '没有任务' }).first().waitFor();
});

test('the new unit gets an account, is found by its initials, and takes a case that a dispatcher sends', async () => {
	const { page } = admin;
	await page.fill('#unit-find', 'szssglc');
	await shows(page, 1);
	await page.click('[aria-labelledby=unit-title] a[href^="#/accounts"]');
	await page.waitForSelector('#account-find');
	await press(page, 'a');
	await page.waitForSelector('#account-add-login:focus');
	assert.match(await page.inputValue('#account-add-department'), /市政设施管理处/, 'the unit is filled in');
	await page.keyboard.type('szc1');
	await page.fill('#account-add-name', '周工');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.once');
	const login = { login: 'szc1', password: (await page.locator('.once dd code').last().textContent()).trim() };
	await page.keyboard.press('Escape');
	await page.waitForSelector('.once', { state: 'detached' });

	const appeal = await request('POST', '/api/v1/appeals', keyOf('operator'), { channel: '12345', content_class: 'help',
		category: '160101', area: 'A01', title: '护栏损坏', text: '人行道护栏损坏', address: '滨河路', caller: { name: '李女士',
			phone: '13711112222' } }, { 'idempotency-key': 'units-walk-1' });
	await ask('POST', `/appeals/${appeal.id}/dispatch`, { department: 'SZC' }, keyOf('dispatcher'));
	const staff = await openPage();
	await staff.page.fill('#login', login.login);
	await staff.page.fill('#password', login.password);
	await staff.page.keyboard.press('Enter');
	await staff.page.waitForSelector('#password-current');
	await staff.page.fill('#password-current', login.password);
	await staff.page.fill('#password-next', 'four plain words together');
	await staff.page.keyboard.press('Enter');
	await staff.page.waitForSelector('.rail');
	await staff.page.locator('.worklist .row, main tbody tr', { hasText: '护栏损坏' }).first().waitFor();
	assert.deepEqual(staff.complaints, []);
	await staff.close();
	await to(page, '#/units/SZC', '.uses');
	await until(async () => /在办任务 1 件/.test(await page.innerText('.uses')) && /账号 1 个/.test(await page.innerText('.uses')));
});

test('R11, R21: two administrators change one unit; what moves with it is said, and what clashes is chosen', async () => {
	const { page } = admin;
	await press(page, 'e');
	await page.waitForSelector('#unit-change-name:focus');
	await page.fill('#unit-change-name', '市政处');
	assert.match(await consequence(page, 'unit-change-name'), /已冻结月份的通报保留当时的名称/);
	await page.fill('#unit-change-parent', 'jtj');
	await page.keyboard.press('Enter');
	assert.match(await consequence(page, 'unit-change-name'), /督办员立即看到其 1 件在办任务/);
	const { code, disabled, uses, ...set } = await unit('SZC');
	await ask('PUT', '/departments/SZC', { ...set, name: '市政管理处', phone: '0399-0000444' });
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.merge');
	assert.equal(await page.inputValue('#unit-change-name'), '市政处', 'nothing typed is lost');
	assert.equal(await page.locator('.merge [type=radio]').count(), 2, 'only the name clashes');
	await page.click('.merge [type=radio] >> nth=0');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.merge', { state: 'detached' });
	const after_both = await until(async () => {
		const one = await unit('SZC');
		return one.name === '市政处' && one;
	});
	assert.deepEqual([after_both.parent, after_both.phone], ['JTJ', '0399-0000444'], 'the other change is kept');
});

test('R21: what still stands under a unit is listed before it is switched off, and keeps it on', async () => {
	const { page } = admin;
	await page.waitForSelector('.uses');
	await press(page, 'd');
	await page.waitForSelector('#unit-switch-reason:focus');
	const blocked = await page.innerText('form:has(#unit-switch-reason) .notice');
	assert.match(blocked, /在办任务 1 件/);
	assert.match(blocked, /可登录账号 1 个/);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('form:has(#unit-switch-reason) .notice-bad');
	assert.equal((await unit('SZC')).disabled, false);
	await page.keyboard.press('Escape');
	await page.waitForSelector('#unit-switch-reason', { state: 'detached' });
});

test('a unit with nothing under it is switched off with its reason, is shown as such, and comes back', async () => {
	const { page } = admin;
	await ask('POST', '/departments', { code: 'YSD', name: '园林设计室', name_en: 'Garden Design', parent: 'CGJ', kind: 'bureau',
		peer_group: 'departments', takes_tasks: true });
	await page.reload();
	await to(page, '#/units/YSD', '[aria-labelledby=uses-title]');
	await press(page, 'd');
	await page.waitForSelector('#unit-switch-reason:focus');
	await page.keyboard.type('机构改革');
	assert.match(await consequence(page, 'unit-switch-reason'), /可随时恢复/);
	assert.equal(await page.locator('form:has(#unit-switch-reason) .notice').count(), 0);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('[aria-labelledby=unit-title] .tag-red');
	await row(page, 'YSD').filter({ hasText: '已停用' }).waitFor();
	await page.selectOption('#unit-filter-state', 'off');
	await shows(page, 1);
	const refused = await ask('POST', '/accounts', { login: 'ysd1', name: '无', role: 'department', department: 'YSD' })
		.catch((error) => error.message);
	assert.match(refused, /422/);
	const [act] = (await ask('GET', '/audit?kind=department&limit=1', undefined, keyOf('audit'))).items;
	assert.deepEqual([act.detail.deed, act.detail.code, act.reason], ['disabled', 'YSD', '机构改革']);
	await press(page, 'd');
	await page.waitForSelector('#unit-switch-reason:focus');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('[aria-labelledby=unit-title] .tag-red', { state: 'detached' });
	assert.equal((await unit('YSD')).disabled, false);
});

test('a list from a spreadsheet is tried, its wrong lines are named, and then what it says is taken over', async () => {
	const { page } = admin;
	await to(page, '#/tables/departments', '.page-acts .button-primary');
	await page.click('.page-acts .button-primary');
	await page.waitForSelector('#change-text');
	const csv = (lines) => ({ name: '单位.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) });
	const head = 'code,name,name_en,parent,kind,peer_group,takes_tasks,initials,phone';
	await page.setInputFiles('#change-file', csv([head, 'XZ1,"新镇, 东",New Town East,YHQ,street,streets,1,xzd,', 'XZ2,新镇西,New Town West,NOBODY,street,streets,1,xzx,']));
	await page.waitForFunction(() => document.querySelector('#change-text').value.includes('XZ1\t新镇, 东\tNew Town East'));
	await page.keyboard.press('Alt+v');
	await page.locator('.said .notice-bad', { hasText: 'XZ2, parent' }).waitFor();
	assert.equal(await page.locator('#add-source').count(), 0, 'what is wrong cannot be sent');
	/* as a spreadsheet program in China saves it */
	const gbk = Buffer.concat([Buffer.from(`${head}\r\nXZ1,`), Buffer.from([0xd0, 0xc2, 0xd5, 0xf2]),
		Buffer.from(',New Town,YHQ,street,streets,1,xz,\r\n')]);
	await page.setInputFiles('#change-file', { name: 'units.csv', mimeType: 'text/csv', buffer: gbk });
	await page.waitForFunction(() => document.querySelector('#change-text').value.includes('XZ1\t新镇\tNew Town'));
	await page.keyboard.press('Alt+v');
	await page.waitForSelector('#add-source');
	assert.match(await page.innerText('.said'), /新增 1 行，删除 0 行，修改 0 行/);
	assert.match(await page.innerText('.said'), /表中没有的单位保持不变/);
	await page.fill('#add-source', '编办文件〔2026〕7号');
	assert.match(await consequence(page, 'add-source'), /单位不会被删除/);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('#add-source', { state: 'detached' });
	assert.deepEqual([(await unit('XZ1')).name, (await unit('XZ1')).parent], ['新镇', 'YHQ']);
	await page.locator('[aria-labelledby=rows-title] tbody tr', { hasText: 'XZ1' }).waitFor();
});

test('the system administrator may, too; the page complained of nothing', async () => {
	const { page, complaints, close } = admin;
	assert.deepEqual(complaints, []);
	await page.click('.top [aria-label="退出登录"]');
	await page.waitForSelector('#login');
	await close();
	await as(account('system'), async (own) => {
		await to(own, '#/units/YSD', '[aria-labelledby=uses-title]');
		await press(own, 'e');
		await own.waitForSelector('#unit-change-name:focus');
		await own.fill('#unit-change-name', '园林设计所');
		await own.keyboard.press('Control+Enter');
		await own.waitForSelector('#unit-change-name', { state: 'detached' });
		assert.equal((await unit('YSD')).name, '园林设计所');
		assert.equal(await own.locator('[aria-labelledby=unit-title] a[href^="#/accounts"]').count(), 0, 'accounts are not its own');
	});
});
