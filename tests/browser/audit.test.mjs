/* Looking for who did what, who saw an appeal, and how often an identity was opened. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/until.mjs';
import { access, account, as, closeBrowser, fetchJson, openBrowser, request } from './harness.mjs';
import { settled } from './every_screen.mjs';

before(openBrowser);
after(closeBrowser);

const keyOf = (role) => access.keys.find((one) => one.role === role).key;
const made = await request('POST', '/api/v1/accounts', keyOf('admin'),
	{ login: 'gone.soon', name: '赵六', role: 'visitor' });
await request('POST', `/api/v1/accounts/${made.id}/disable`, keyOf('admin'), { reason: '离岗审计' });
const [appeal] = (await request('GET', '/api/v1/appeals?limit=1', keyOf('operator'))).items;
await request('GET', `/api/v1/appeals/${appeal.id}`, keyOf('operator'));
await request('POST', `/api/v1/appeals/${appeal.id}/reveal`, keyOf('operator'), { fields: ['phone'], purpose: '回拨核实' });

const start = async (page, tab) => {
	await page.click('.rail a[href="#/audit"]');
	await page.waitForSelector('form.filters');
	if (tab)
		await page.click(`.page-acts .tab:text-is("${tab}")`);
};
const ask = async (page) => {
	await page.click('form.filters .button-primary');
	await settled(page);
};

test('who did what to whom is found by kind and subject, and the question stands in the address', () =>
	as(account('audit'), async (page) => {
		await start(page);
		await page.selectOption('#audit-kind', 'account_disabled');
		await page.fill('#audit-subject', `account:${made.id}`);
		await ask(page);
		await until(async () => await page.locator('.table tbody tr').count() === 1);
		assert.match(page.url(), /kind=account_disabled/);
		const row = await page.innerText('.table tbody tr');
		assert.match(row, /停用账号[^]*管理员[^]*离岗审计/);
		await page.reload();
		await page.waitForSelector('.table tbody tr');
		assert.equal(await page.inputValue('#audit-subject'), `account:${made.id}`, 'the link can be sent');
	}));

test('an act opens with its proof, whose digest the browser reckons itself', () =>
	as(account('auditor'), async (page) => {
		await start(page);
		await page.selectOption('#audit-kind', 'account_disabled');
		await ask(page);
		await page.waitForSelector('.table tbody .link');
		await page.focus('.table tbody .link');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.drawer .facts');
		await page.click('.drawer .stack > .button');
		await page.waitForSelector('.drawer .notice-good');
		const id = Number(/acts\/(\d+)/.exec(page.url())[1]);
		const proof = await fetchJson(page, `/audit/${id}/proof`);
		assert.match(await page.innerText('.drawer .command'), new RegExp(proof.checkpoint.split('\n')[0]));
		assert.ok((await page.innerText('.drawer')).includes(String(proof.seq)));
		await page.keyboard.press('Escape');
		await page.waitForSelector('.drawer', { state: 'detached' });
	}));

test('what was found is taken out as a file, which is an act itself', () =>
	as(account('audit'), async (page) => {
		await start(page);
		await page.selectOption('#audit-kind', 'account_disabled');
		await ask(page);
		await page.waitForSelector('.table tbody tr');
		const [file] = await Promise.all([page.waitForEvent('download'), page.click('.card-aside a[download]')]);
		const text = readFileSync(await file.path(), 'utf8');
		const lines = text.trim().split('\r\n');
		assert.match(lines[0], /id,at,kind,by,name,role,department,source,subject,reason,detail,copy$/);
		const [, copy] = /audit-(A\d+)\.csv/.exec(file.suggestedFilename());
		assert.ok(lines.slice(1, -1).every((line) => line.includes('account_disabled') && line.endsWith(`,${copy}`)));
		assert.ok(text.includes('离岗审计'));
		assert.match(lines.at(-1), new RegExp(`^rows,${lines.length - 2},sha256,`));
		const act = Number(/audit-A(\d+)\.csv/.exec(file.suggestedFilename())[1]);
		const found = await fetchJson(page, `/audit/${act}`);
		assert.equal(found.kind, 'exported');
		assert.equal(found.by.name, account('audit').login);
	}));

test('who saw an appeal between two days', () =>
	as(account('audit'), async (page) => {
		await start(page, '查阅痕迹');
		await page.waitForSelector('.empty');
		await page.fill('#audit-appeal', appeal.id);
		await ask(page);
		await page.waitForSelector('.table tbody tr');
		const rows = (await page.locator('.table tbody tr').allInnerTexts()).join('\n');
		assert.match(rows, /operator[^]*打开诉求/);
		const { items } = await fetchJson(page, `/audit/sightings?appeal=${appeal.id}&limit=50`);
		assert.equal(await page.locator('.table tbody tr').count(), items.length);
		await page.fill('#audit-from', '2001-01-01');
		await page.fill('#audit-to', '2001-01-02');
		await ask(page);
		await page.waitForSelector('.empty');
		await page.fill('#audit-by', 'account:1');
		await ask(page);
		/* one of them, and not both */
		await page.waitForSelector('.empty:has-text("二者选一")');
	}));

test('how often an identity was opened is told by day and role, without a name', () =>
	as(account('auditor'), async (page) => {
		await start(page, '身份调阅次数');
		await page.fill('#audit-appeal', appeal.id);
		await ask(page);
		await page.waitForSelector('.table tbody tr');
		const { total } = await fetchJson(page, `/appeals/${appeal.id}/openings`);
		assert.match(await page.innerText('#openings-title + *, .card'), new RegExp(`共调阅 ${total} 次`));
		assert.match(await page.innerText('.table'), /受理员/);
		assert.ok(!(await page.innerText('.table')).includes('operator1'));
	}));

test('a question that cannot be answered says what to mend', () =>
	as(account('audit'), async (page) => {
		await start(page);
		await page.fill('#audit-by', 'somebody');
		await ask(page);
		await page.waitForSelector('.notice-bad .code');
	}, { expected: /\b422\b/ }));
