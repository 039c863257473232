/* A program's key through the screens: what it may, the change of its secret, and its end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { soAfter, until } from '../e2e/lib/until.mjs';
import { account, as, closeBrowser, openBrowser, press, request } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const audit = (key) => request('GET', '/api/v1/audit?limit=1', key);
const refused = (status) => new RegExp(`: ${status} `);
const shown = async (page) => {
	await page.waitForSelector('.once');
	const secret = (await page.locator('.once dd code').last().textContent()).trim();
	await page.keyboard.press('Escape');
	await page.waitForSelector('.once', { state: 'detached' });
	return secret;
};
const open = async (page, path) => {
	await page.click('.rail a[href="#/keys"]');
	await page.waitForSelector('.table tbody tr');
	if (path) {
		await page.fill('#key-find', path);
		await page.click(`.table a:text-is("${path}")`);
		await page.waitForSelector('.detail .actions');
	}
};
const NAME = 'audit-reader';
let first;
let second;

test('a key made in the screen works within its scopes, and its secret is shown once', () =>
	as(account('admin'), async (page) => {
		await open(page);
		await press(page, 'a');
		await page.waitForSelector('#key-add-name:focus');
		await page.keyboard.type(NAME);
		await page.selectOption('#key-add-role', 'auditor');
		assert.equal(await page.locator('#key-add-channel').count(), 0, 'only of an intake');
		await page.fill('#key-add-scopes', 'audit:read');
		await page.fill('#key-add-addresses', '127.0.0.0/8');
		await page.keyboard.press('Control+Enter');
		first = await shown(page);
		assert.ok(!(await page.content()).includes(first));
		await audit(first);
		await assert.rejects(request('GET', '/api/v1/health', first), refused(403), 'the scope is narrower than the role');
	}));

test('what is wrong with a scope or a network is told at its field', () =>
	as(account('admin'), async (page) => {
		await open(page, NAME);
		await press(page, 'e');
		await page.waitForSelector('#key-change-name:focus');
		await page.fill('#key-change-addresses', '300.1.1.1');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.action-form .notice-bad, #key-change-addresses-error');
		await page.fill('#key-change-addresses', '127.0.0.1');
		await page.fill('#key-change-expires_at', '2099-01-01');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.detail .facts :text("2099-01-01 23:59")');
	}, { expected: /\b422\b/ }));

test('a rotated key has two secrets until the old one is removed, and the one in use is marked', () =>
	as(account('admin'), async (page) => {
		await open(page, NAME);
		await press(page, 'r');
		await page.waitForSelector('#key-rotate-credential-bearer:focus');
		await page.keyboard.press('Control+Enter');
		second = await shown(page);
		await audit(first);
		await audit(second);
		await until(async () => {
			await page.reload();
			await page.waitForSelector('.detail .table tbody tr');
			return await page.locator('.detail .table .tag-amber').count() === 1;
		}, { every: 1000, what: 'the mark of the secret in use' });
		assert.equal(await page.locator('.detail .table tbody tr').count(), 2);
		await page.locator('.detail .table tbody tr', { has: page.locator('b:text-is("1")') })
			.locator('.button').click();
		await page.waitForSelector('#key-remove-confirm');
		assert.ok(await page.locator('.action-form .button-danger').isDisabled(), 'what is for good is typed first');
		await page.fill('#key-remove-confirm', '1');
		await page.keyboard.press('Control+Enter');
		await until(async () => await page.locator('.detail .table tbody tr').count() === 1);
		await soAfter(5000, () => audit(first).then(() => false, (error) => refused(401).test(error.message)),
			{ what: 'the old secret to be refused' });
		await audit(second);
	}));

test('a key that is switched off is refused, and works again when it is on', () =>
	as(account('admin'), async (page) => {
		await open(page, NAME);
		await press(page, 'd');
		await page.waitForSelector('.action-form .button-danger');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.detail .subject .tag-red');
		await soAfter(5000, () => audit(second).then(() => false, (error) => refused(401).test(error.message)),
			{ what: 'the key to be off' });
		await press(page, 'd');
		await page.waitForSelector('.action-form .button-primary');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.detail .subject .tag-red', { state: 'detached' });
		await soAfter(5000, () => audit(second).then(() => true, () => false), { what: 'the key to be on' });
	}));

test('a certificate is known by the hash of its key', () =>
	as(account('admin'), async (page) => {
		await open(page);
		await press(page, 'a');
		await page.waitForSelector('#key-add-name:focus');
		await page.keyboard.type('by-certificate');
		await page.selectOption('#key-add-role', 'auditor');
		await page.click('label[for=key-add-credential-certificate]');
		await page.fill('#key-add-certificate_spki', 'a1'.repeat(32));
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.spki');
		assert.equal(await page.textContent('.spki'), 'a1'.repeat(32));
		assert.equal(await page.locator('.once').count(), 0, 'there is no secret to show');
	}));
