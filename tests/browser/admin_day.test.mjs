/*
 * An administrator's day, from sign-in to sign-out: somebody new gets an account and is at work with a
 * second factor, two administrators change one account at once, and who leaves is out.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { codeOf, PASSWORD } from '../e2e/lib/accounts.mjs';
import { soAfter, until } from '../e2e/lib/until.mjs';
import { access, account, closeBrowser, openBrowser, openPage, press, request, signIn } from './harness.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'admin-day-'));
const REFUSED = /\b(401|412|422)\b/;
const key = access.keys.find((one) => one.role === 'admin').key;
const login = 'li.hua';
let admin;
let person;
let slip;
let secret;
let recovery;

before(async () => {
	await openBrowser();
	admin = await openPage({ expected: REFUSED });
	person = await openPage({ expected: REFUSED });
});
after(async () => {
	await closeBrowser();
	rmSync(folder, { recursive: true, force: true });
});

const box = () => admin.page.locator('.once');
const secretShown = async () => (await box().locator('dd code').last().textContent()).trim();
const idOf = async () => (await request('GET', '/api/v1/accounts?limit=200', key)).items
	.find((one) => one.login === login).id;

test('an account is added by keyboard, and its first password is shown once, on a slip for the printer', async () => {
	const { page } = admin;
	await signIn(page, account('admin'));
	await page.waitForSelector('.rail a:first-child[href="#/health"][aria-current=page]');
	await page.click('.rail a[href="#/accounts"]');
	await page.waitForSelector('.table tbody tr');
	await press(page, 'a');
	await page.waitForSelector('#account-add-login:focus');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.summary:focus');
	assert.equal(await page.locator('.summary li').count(), 2, 'R15: the summary leads to login and name');
	await page.click('.summary li:first-child .link');
	await page.waitForSelector('#account-add-login:focus');
	await page.keyboard.type(login);
	await page.keyboard.press('Enter');
	await page.waitForSelector('#account-add-name:focus');
	await page.keyboard.type('李华');
	await page.keyboard.press('Control+Enter');
	await box().waitFor();
	slip = { login, password: await secretShown() };
	assert.match(await box().innerText(), /li\.hua/);
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.locator('.rail').isVisible() || await page.locator('.table').first().isVisible(), false,
		'R28: the slip alone is printed');
	assert.ok(await box().isVisible());
	await page.emulateMedia({ media: null });
	await page.keyboard.press('Escape');
	await box().waitFor({ state: 'detached' });
	assert.ok(!(await page.content()).includes(slip.password), 'it cannot be seen again');
	assert.equal((await request('GET', `/api/v1/accounts/${await idOf()}`, key)).initial_password_pending, true);
});

test('the newcomer must change the password, and scans the second factor', async () => {
	const { page } = person;
	const asked = [];
	page.on('request', (one) => asked.push(one.url()));
	await signIn(page, slip);
	await page.waitForSelector('#password-current');
	assert.equal(await page.locator('.rail').count(), 0, 'nothing else may be done before');
	await page.fill('#password-current', slip.password);
	await page.fill('#password-next', PASSWORD);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.rail');
	await page.click('.own');
	await page.fill('#factor-password', PASSWORD);
	await page.keyboard.press('Enter');
	const image = path.join(folder, 'qr.png');
	await page.locator('svg.qr').screenshot({ path: image });
	const read = execFileSync('zbarimg', ['--quiet', '--raw', image], { encoding: 'utf8' }).trim();
	assert.equal(read, await page.getAttribute('a.secret', 'href'), 'the code says what the address says');
	secret = new URL(read).searchParams.get('secret');
	await page.fill('#factor-code', codeOf(secret, -1));
	await page.keyboard.press('Enter');
	await page.waitForSelector('.recovery li');
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.locator('#account-password').isVisible(), false);
	assert.equal(await page.locator('.recovery li').count(), 10);
	assert.ok(await page.locator('.recovery').isVisible(), 'the codes alone are printed');
	await page.emulateMedia({ media: null });
	await page.click('[aria-labelledby=account-factor] .button-primary');
	await page.waitForSelector('#factor-totp');
	assert.ok(!asked.some((url) => url.includes(secret)) && !page.url().includes(secret), 'in no address');
	assert.ok(!readFileSync(`${path.dirname(process.env.LIANDONG_ACCESS)}.log`, 'utf8').includes(secret), 'in no log');
});

test('the sign-in with the scanned factor, and new recovery codes', async () => {
	const { page } = person;
	await page.click(`.top [aria-label="退出登录"]`);
	await page.waitForSelector('#login');
	await page.fill('#login', login);
	await page.fill('#password', PASSWORD);
	await page.keyboard.press('Enter');
	await page.waitForSelector('#totp:focus');
	await page.keyboard.type(codeOf(secret));
	await page.keyboard.press('Enter');
	await page.waitForSelector('.shell:not([hidden]) .top');
	await page.click('.own');
	await page.fill('#factor-password', PASSWORD);
	await page.fill('#factor-totp', codeOf(secret, 1));
	await page.click('text=换一组恢复码');
	await page.waitForSelector('.recovery li');
	assert.equal(await page.locator('.recovery li').count(), 10);
	recovery = (await page.textContent('.recovery li')).trim();
});

test('R11: two administrators change one account; what does not clash is merged, the rest is chosen', async () => {
	const { page } = admin;
	const id = await idOf();
	await page.reload();
	await page.waitForSelector('.detail .sessions li');
	await press(page, 'e');
	await page.waitForSelector('#account-change-name:focus');
	await page.fill('#account-change-name', '李华（夜班）');
	await request('PUT', `/api/v1/accounts/${id}`, key,
		{ name: '李华同志', role: 'operator', valid_until: '2031-12-31' });
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.merge');
	assert.equal(await page.inputValue('#account-change-name'), '李华（夜班）', 'nothing typed is lost');
	const rows = await page.locator('.merge tbody tr').allInnerTexts();
	assert.equal(rows.length, 2, rows.join());
	assert.match(rows.join(), /2031-12-31/);
	assert.equal(await page.locator('.merge [type=radio]').count(), 2, 'only the name clashes');
	await page.click('.merge [type=radio] >> nth=0');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.merge', { state: 'detached' });
	const after = await until(async () => {
		const found = await request('GET', `/api/v1/accounts/${id}`, key);
		return found.name === '李华（夜班）' ? found : undefined;
	});
	assert.equal(after.valid_until.slice(0, 10), '2031-12-31', 'the other change is kept');
});

test('who is disabled is out within five seconds', async (t) => {
	const { page } = admin;
	/* other rights have ended the session, which the page hears; a recovery code stands for the factor */
	await person.page.waitForSelector('#login');
	await person.page.fill('#password', PASSWORD);
	await person.page.keyboard.press('Enter');
	await person.page.waitForSelector('#totp:focus');
	await person.page.keyboard.type(recovery);
	await person.page.keyboard.press('Enter');
	await person.page.waitForSelector('.shell:not([hidden]) .top');
	assert.equal(await person.page.evaluate(async () => (await fetch('/api/v1/me')).status), 200);
	await page.waitForSelector('.detail .actions');
	await press(page, 'd');
	await page.waitForSelector('#account-disable-reason:focus');
	await page.keyboard.type('离岗');
	await page.keyboard.press('Control+Enter');
	const began = Date.now();
	await soAfter(5000, () => person.page.evaluate(async () => (await fetch('/api/v1/me')).status === 401),
		{ began, what: 'the session over' });
	t.diagnostic(`${Date.now() - began} ms`);
	await page.waitForSelector('.detail .tag-red');
	await person.page.reload();
	await person.page.waitForSelector('#login');
	await person.page.fill('#login', login);
	await person.page.fill('#password', PASSWORD);
	await person.page.keyboard.press('Enter');
	await person.page.waitForSelector('.notice-bad .code');
});

test('enabled again, with a new first password and without the second factor', async () => {
	const { page } = admin;
	const id = await idOf();
	await press(page, 'n');
	await page.waitForSelector('#account-enable-reason:focus');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.detail .tag-red', { state: 'detached' });
	for (const [letter, act] of [['f', 'factor'], ['p', 'password']]) {
		await page.waitForSelector('.detail .actions');
		await page.keyboard.press(letter);
		await page.waitForSelector(`#account-${act}-reason:focus`);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(`#account-${act}-reason`, { state: 'detached' });
	}
	await box().waitFor();
	const password = await secretShown();
	assert.notEqual(password, slip.password);
	await page.keyboard.press('Escape');
	const found = await request('GET', `/api/v1/accounts/${id}`, key);
	assert.deepEqual([found.disabled, found.second_factor, found.initial_password_pending], [false, false, true]);
	await signIn(person.page, { login, password });
	await page.reload();
	await page.waitForSelector('.detail .sessions li');
	await page.click('.detail .stack section .button');
	await soAfter(5000, () => person.page.evaluate(async () => (await fetch('/api/v1/me')).status === 401),
		{ what: 'the session ended by hand' });
});

test('nobody changes their own rights, and filters stand in the address', async () => {
	const { page } = admin;
	await page.selectOption('#account-filter-role', 'admin');
	assert.match(page.url(), /role=admin/);
	await page.click('.table a:text-is("admin1")');
	await page.waitForSelector('.detail .card-foot .consequence');
	assert.equal(await page.locator('.detail .actions').count(), 0);
});

test('after the sign-out nothing personal is left in the browser', async () => {
	await admin.page.click(`.top [aria-label="退出登录"]`);
	await admin.page.waitForSelector('#login');
	for (const { page } of [admin, person]) {
		const kept = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
		assert.deepEqual(kept.filter((name) => !['language', 'theme'].includes(name)), []);
	}
	assert.deepEqual(admin.complaints, []);
	assert.deepEqual(person.complaints, []);
});
