/* The faint mark over the screens and what they print: whose it is, and in nobody's way. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { account, as, closeBrowser, openBrowser } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const leader = account('leader');
const words = page => page.locator('.watermark span').first().getAttribute('data-words');

test('every screen bears its login, the minute, and a request of it', async () => {
	for (const role of ['leader', 'operator', 'visitor'])
		await as(account(role), async page => {
			await page.waitForSelector('.watermark');
			assert.match(await words(page),
				new RegExp(`^${account(role).login} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d [0-9a-f]{6}$`));
			assert.ok(await page.locator('.watermark span').count() > 20);
		});
});

test('nothing below it is covered for pointer, selection or who listens', async () => {
	await as(leader, async page => {
		await page.waitForSelector('.watermark');
		const found = await page.evaluate(() => {
			const mark = document.querySelector('.watermark');
			const hit = [];
			for (let x = 10; x < innerWidth; x += 50)
				for (let y = 10; y < innerHeight; y += 50)
					hit.push(mark.contains(document.elementFromPoint(x, y)));
			getSelection().selectAllChildren(document.body);
			const { opacity, color } = getComputedStyle(mark);
			return { isHit: hit.some(Boolean), selected: getSelection().toString(), opacity, color,
				hidden: mark.getAttribute('aria-hidden') };
		});
		assert.equal(found.isHit, false);
		assert.ok(!found.selected.includes(await words(page)), found.selected);
		assert.ok(found.selected.length > 50, 'the screen itself is selected');
		assert.equal(found.hidden, 'true');
		assert.ok(Number(found.opacity) <= 0.1);
	});
});

test('what is printed bears it, too', async () => {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'liandong-print-'));
	try {
		await as(leader, async page => {
			await page.waitForSelector('.watermark');
			const file = path.join(folder, 'page.pdf');
			writeFileSync(file, await page.pdf({ format: 'A4' }));
			const text = execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8' });
			const letters = [...text.matchAll(/\S/g)].map(one => one[0]).join('');
			assert.ok(letters.includes(leader.login), letters.slice(0, 500));
		});
	} finally {
		rmSync(folder, { recursive: true });
	}
});
