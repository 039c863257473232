/* The health page: what is bad stands first, in words and a mark beside its colour, and goes away by itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/until.mjs';
import { account, as, closeBrowser, fetchJson, openBrowser, press } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const signer = Number(spawnSync('pgrep', ['-f',
	`^\\S*liandong-signer --dir ${path.dirname(process.env.LIANDONG_ACCESS)}/`], { encoding: 'utf8' }).stdout.trim());
process.once('exit', () => { if (signer > 1) process.kill(signer, 'SIGCONT'); });
const first = (page) => page.locator('.check-row').first();

test('every check of the interface is a row, and the tiles count them', () =>
	as(account('admin'), async (page) => {
		await page.click('.rail a[href="#/health"]');
		await page.waitForSelector('.check-row');
		const { checks } = await fetchJson(page, '/health');
		assert.deepEqual(await page.$$eval('.check-row', (rows) => rows.map((row) => row.dataset.check).sort()),
			checks.map((one) => one.name).sort());
		for (const state of ['bad', 'warn', 'ok'])
			assert.deepEqual(...await page.evaluate((one) => [Number(document.querySelector(`.tile-${one} b`).textContent),
				document.querySelectorAll(`.check-row[data-state=${one}]`).length], state));
		const words = await page.$$eval('.check-row .tag', (tags) => tags.map((tag) => tag.textContent));
		assert.ok(words.every((word) => ['正常', '注意', '异常'].includes(word)), 'a word stands beside the colour');
	}));

test('a signer that hangs stands first with what to do, until it answers again', () =>
	as(account('system'), async (page) => {
		await page.click('.rail a[href="#/health"]');
		await page.waitForSelector('.check-row[data-check=signer][data-state=ok]');
		assert.ok(signer > 1);
		process.kill(signer, 'SIGSTOP');
		try {
			await press(page, 'r');
			await page.waitForSelector('.check-row[data-check=signer][data-state=bad]');
			assert.equal(await first(page).getAttribute('data-check'), 'signer', 'the worst is first');
			assert.match(await first(page).innerText(), /没有应答[^]*liandong-signer/);
			assert.ok(Number(await page.textContent('.tile-bad b')) >= 1);
		} finally {
			process.kill(signer, 'SIGCONT');
		}
		/* by itself: nobody presses a key */
		await page.waitForSelector('.check-row[data-check=signer][data-state=ok]');
	}));

test('who may not look sees no such page', () =>
	as(account('operator'), async (page) => {
		assert.equal(await page.locator('.rail a[href="#/health"]').count(), 0);
		await page.goto(`${page.url().split('#')[0]}#/health`);
		assert.equal(await page.locator('.check-row').count(), 0);
		const answer = await until(() => page.evaluate(async () => (await fetch('/api/v1/health')).status));
		assert.equal(answer, 403);
	}, { expected: /\b403\b/ }));
