/* One person's first day: first password, second factor, sign-in with a code, sessions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { addAccount, codeOf, PASSWORD } from '../e2e/lib/accounts.mjs';
import { Client, trySignIn } from '../e2e/lib/api.mjs';
import { access, address, as, closeBrowser, openBrowser, openPage } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const url = new URL(address);
const server = { base: address, host: url.hostname, port: url.port,
	ca: readFileSync(access.ca_file),
	as: (role) => new Client(server, { name: role,
		key: access.keys.find((key) => key.role === role).key }) };
const made = await addAccount(server, { login: 'first-day', role: 'operator' });
const REFUSED = /\b(401|422)\b/;
let secret;

test('the first sign-in leads to a new password, and a bad one is told at its field', () =>
	as({ login: 'first-day', password: made.initial_password }, async (page) => {
		await page.waitForSelector('.notice-warn');
		assert.equal(await page.locator('.rail').count(), 0);
		await page.fill('#password-current', made.initial_password);
		await page.fill('#password-next', 'password1');
		await page.click('.account-card button[type=submit]');
		await page.waitForSelector('#password-next-error');
		await page.fill('#password-next', PASSWORD);
		await page.click('.account-card button[type=submit]');
		await page.waitForSelector('.rail');
	}, { expected: REFUSED }));

test('a second factor is set up, and its recovery codes are shown until they are kept', () =>
	as({ login: 'first-day', password: PASSWORD }, async (page) => {
		await page.click('.own');
		await page.fill('#factor-password', PASSWORD);
		await page.click('[aria-labelledby=account-factor] button[type=submit]');
		secret = await page.textContent('code.secret');
		assert.match(await page.getAttribute('a.secret', 'href'), /^otpauth:\/\/totp\//);
		await page.fill('#factor-code', codeOf(secret, -1));
		await page.click('[aria-labelledby=account-factor] button[type=submit]');
		await page.waitForSelector('.recovery li');
		assert.equal(await page.locator('.recovery li').count(), 10);
		await page.click('[aria-labelledby=account-factor] .button-primary');
		await page.waitForSelector('#factor-totp');
	}));

test('the sign-in asks for the code once the password was right, and other sessions are ended', async () => {
	const { page, complaints, close } = await openPage({ expected: REFUSED });
	const account = { login: 'first-day', password: PASSWORD };
	await page.fill('#login', account.login);
	await page.fill('#password', account.password);
	assert.equal(await page.locator('#totp').count(), 0);
	await page.keyboard.press('Enter');
	await page.waitForSelector('#totp:focus');
	await page.fill('#totp', codeOf(secret, 5));
	await page.keyboard.press('Enter');
	await page.waitForSelector('.notice-bad');
	await page.fill('#totp', codeOf(secret));
	await page.keyboard.press('Enter');
	await page.waitForSelector('.shell:not([hidden]) .top');
	await trySignIn(server, { ...account, totp: codeOf(secret, 1) }, { expect: 200 });
	await page.click('.own');
	await page.waitForSelector('.sessions li .button');
	await page.click('[aria-labelledby=account-sessions] > .button');
	await page.waitForFunction(() => document.querySelectorAll('.sessions li').length === 1);
	assert.deepEqual(complaints, []);
	await close();
});
