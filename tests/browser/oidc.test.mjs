/*
 * Signing in by a provider in a real browser, which alone decides what a cookie is sent with.
 * The provider is another site: localhost, where this service is 127.0.0.1.
 */
import '../e2e/lib/oidc_bin.mjs';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { sql } from '../e2e/lib/database.mjs';
import { startProvider } from '../e2e/lib/provider.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { until } from '../e2e/lib/until.mjs';
import { browserOptions } from './harness.mjs';

const provider = await startProvider({ host: 'localhost' });
const server = await startServer({ env: (base) => provider.settings(base) });
let browser;

before(async () => { browser = await chromium.launch(browserOptions); });
after(async () => {
	await browser.close();
	await server.stop();
	await provider.stop();
});
test.beforeEach(() => {
	provider.reset();
	provider.claims = (payload) => { payload.sub = 'u-1'; };
});

async function aPage() {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'zh-CN' });
	const page = await context.newPage();
	page.setDefaultTimeout(browserOptions.timeout);
	page.complaints = [];
	page.on('pageerror', (error) => page.complaints.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error' && !/\b401\b/.test(message.text()))
			page.complaints.push(message.text());
	});
	return page;
}

const cookies = async (page) => Object.fromEntries((await page.context().cookies(server.base))
	.map((cookie) => [cookie.name, cookie]));

test('the button leads through another site and back to the page that was open, signed in', async () => {
	const id = sql(server, "SELECT id FROM auth_account WHERE login = 'operator1'")[0][0];
	await server.as('admin').put(`/accounts/${id}/oidc`, { claim: 'sub', value: 'u-1' },
		{ expect: 200 });
	const page = await aPage();
	const sites = [];
	page.on('request', (request) => {
		if (request.isNavigationRequest())
			sites.push(new URL(request.url()).hostname);
	});
	await page.goto(`${server.base}/#/report`);
	const button = page.getByRole('link', { name: '使用区统一认证登录' });
	await button.waitFor();
	assert.equal((await cookies(page))['__Host-oidc'], undefined, 'nothing is kept before');
	await button.click();
	await page.waitForSelector('.shell:not([hidden]) .top');
	assert.deepEqual(sites, ['127.0.0.1', '127.0.0.1', 'localhost', '127.0.0.1', '127.0.0.1']);
	assert.equal(page.url(), `${server.base}/#/report`);
	await page.waitForFunction(() => document.title.startsWith('月报'));
	const kept = await cookies(page);
	assert.deepEqual(Object.keys(kept), ['__Host-session'], 'the flow\'s cookie is gone');
	assert.ok(kept['__Host-session'].httpOnly && kept['__Host-session'].secure);
	assert.ok(['Lax', 'Strict'].includes(kept['__Host-session'].sameSite));
	const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage },
		{ ...sessionStorage }, document.cookie, location.href]));
	assert.doesNotMatch(stored, /eyJ|state=|code=/, 'nothing of the flow is kept by the page');
	/* The session stays over a reload, and works for what changes something. */
	await page.reload();
	await page.waitForSelector('.shell:not([hidden]) .top');
	await page.click('button[aria-label=退出登录]');
	await page.waitForSelector('#login');
	assert.equal((await cookies(page))['__Host-session'], undefined);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

/* A page of the provider, as most have one, from which the person goes on by a click. */
function askFirst(at, response, request) {
	if (at !== '/authorize' || request.url.includes('confirmed'))
		return false;
	response.setHeader('content-type', 'text/html');
	response.end(`<a id="go" href="${request.url.replaceAll('&', '&amp;')}&amp;confirmed=1">go</a>`);
	return true;
}

test('the flow\'s cookie comes back from a page of another site, as a strict one would not', async () => {
	provider.answer = askFirst;
	const page = await aPage();
	await page.context().addCookies([{ name: 'strict', value: '1', url: server.base, secure: true,
		sameSite: 'Strict' }]);
	let sent;
	page.on('request', (request) => {
		if (request.url().includes('/oidc/callback'))
			sent = request.allHeaders();
	});
	await page.goto(`${server.base}/api/v1/oidc/start`);
	await page.click('#go');
	await page.waitForSelector('.shell:not([hidden]) .top');
	const headers = await sent;
	assert.equal(headers['sec-fetch-site'], 'cross-site');
	assert.match(headers.cookie, /^__Host-oidc=[^;]*$/, 'it, and no strict one');
	await page.context().close();
});

test('who is not linked is shown a page that says so and leads back', async () => {
	provider.claims = (payload) => { payload.sub = 'stranger'; };
	const page = await aPage();
	await page.goto(`${server.base}/`);
	await page.getByRole('link', { name: '使用区统一认证登录' }).click();
	await page.getByText('还没有关联本系统的账号').waitFor();
	assert.equal((await cookies(page))['__Host-session'], undefined);
	await page.getByRole('link', { name: /返回登录页/ }).click();
	await page.waitForSelector('#login');
	await page.context().close();
});

test('an administrator links an account on its page, and takes the link away again', async () => {
	const page = await aPage();
	const admin = server.access.accounts.find((one) => one.role === 'admin');
	const [[id]] = sql(server, "SELECT id FROM auth_account WHERE login = 'visitor1'");
	await page.goto(`${server.base}/#/accounts/${id}`);
	await page.fill('#login', admin.login);
	await page.fill('#password', admin.password);
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: '设置关联' }).click();
	await page.selectOption('#account-link-claim', 'sub');
	await page.fill('#account-link-value', 'u-7');
	await page.keyboard.press('Control+Enter');
	await page.locator('code:text-is("u-7")').waitFor();
	provider.claims = (payload) => { payload.sub = 'u-7'; };
	const linked = await aPage();
	await linked.goto(`${server.base}/`);
	await linked.getByRole('link', { name: '使用区统一认证登录' }).click();
	await linked.locator('.who', { hasText: 'visitor1' }).waitFor();
	await page.getByRole('button', { name: '取消关联' }).click();
	await page.getByText('未关联。').waitFor();
	await server.as('admin').get(`/accounts/${id}/oidc`, { expect: 404 });
	for (const one of [page, linked])
		await one.context().close();
});

test('the provider\'s own session can be ended from the sign-in page', async () => {
	const page = await aPage();
	await page.goto(`${server.base}/`);
	await page.getByRole('link', { name: '同时退出区统一认证' }).click();
	await until(() => provider.count('/endsession') > 0);
	await page.waitForURL(`${server.base}/`);
	await page.waitForSelector('#login');
	assert.equal(provider.count('/endsession'), 1);
	await page.context().close();
});
