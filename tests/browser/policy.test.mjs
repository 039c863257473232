/*
 * The page's policy as the browser enforces it. Every other test of the screens fails on a report;
 * here it is shown that there would be one, and what a page of somebody else cannot do.
 */
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/until.mjs';
import { account, address, closeBrowser, openBrowser, openPage, signIn } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

test('signing in and looking at the first screen breaks no rule of the policy', async () => {
	const { page, complaints, close } = await openPage();
	await signIn(page, account('operator'));
	assert.deepEqual(complaints, []);
	await close();
});

test('words that became markup would run nothing: inline code is refused and reported', async () => {
	const { page, complaints, close } = await openPage();
	await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'window.wasRun = true';
		document.body.append(script);
		document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.wasRun = true">');
		document.body.insertAdjacentHTML('beforeend', '<b style="color: red">x</b>');
	});
	assert.equal(await page.evaluate(() => window.wasRun), undefined);
	for (const rule of [/script-src/, /style-src/])
		await until(() => complaints.some((one) => rule.test(one)), { what: `${rule} in ${complaints}` });
	await close();
});

test('a page of another site can neither frame it nor hold on to its window', async () => {
	const other = http.createServer((request, response) => response
		.writeHead(200, { 'content-type': 'text/html' })
		.end(`<iframe src="${address}/"></iframe><a id="go" target="_blank" href="${address}/">x</a>`))
		.listen(0, '127.0.0.1');
	await once(other, 'listening');
	const { page, close } = await openPage();
	await page.goto(`http://127.0.0.1:${other.address().port}/`);
	const framed = page.frames().find((frame) => frame.parentFrame());
	assert.equal(await framed.locator('#login').count(), 0);
	const opened = await page.evaluate(async (url) => {
		const held = window.open(url);
		for (let i = 0; i < 2400 && !held.closed; i++)
			await new Promise((resolve) => setTimeout(resolve, 25));
		return held.closed;
	}, `${address}/`);
	assert.ok(opened, 'the window is cut off from its opener');
	other.close();
	await close();
});
