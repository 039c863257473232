/*
 * R28: the report on paper. A4 across, each sheet with its number, how it was counted and when it
 * was printed; the table's head on every sheet of it, and no row cut in two.
 *
 * demo clock: 2026-11-06T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { account, address, as, closeBrowser, fetchJson, openBrowser, request } from './harness.mjs';
import { freezeMonths, importPast, keyOf, last, monthShifted } from './past_months.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'report-print-'));
const shown = monthShifted(last, -1);

before(async () => {
	await openBrowser();
	await freezeMonths(importPast(3).slice(0, -1));
	await request('POST', `/api/v1/reports/${shown}/publish`, keyOf('leader'), {});
});
after(async () => {
	await closeBrowser();
	rmSync(folder, { recursive: true });
});

async function printed(page, name) {
	/* the letters of the watermark would be read among the words */
	await page.evaluate(() => document.querySelector('.watermark').remove());
	const file = path.join(folder, `${name}.pdf`);
	writeFileSync(file, await page.pdf({ preferCSSPageSize: true, printBackground: false }));
	const facts = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
	const sheets = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).split('\f').slice(0, -1);
	return { file, facts, sheets };
}

/* The words of a row stand on one line of one sheet, in the order of its cells. */
function sheetOf(sheets, words) {
	return sheets.findIndex(sheet => sheet.split('\n').some(line => {
		let from = 0;
		return words.every(word => {
			const at = line.indexOf(word, from);
			from = at + word.length;
			return at >= 0;
		});
	}));
}

async function footed({ facts, sheets }, counted) {
	assert.match(facts, /Page size: +84[12](\.\d+)? x 59[45](\.\d+)? pts \(A4\)/, 'A4 across');
	assert.equal(sheets.length, Number(/Pages: +(\d+)/.exec(facts)[1]));
	assert.ok(sheets.length >= 2, `${sheets.length} sheets`);
	sheets.forEach((sheet, at) => {
		const text = sheet.replace(/\s+/g, ' ');
		assert.match(text, new RegExp(`\\b${at + 1} ?/ ?${sheets.length}\\s*$`), `sheet ${at + 1} ends in its number`);
		assert.ok(text.includes(counted), `sheet ${at + 1} says how it was counted`);
		assert.match(text, /打印时间 2026-11-06 (08:5|09:0)\d/, `sheet ${at + 1} says when it was printed`);
	});
}

/* Every row of the table is whole on a sheet that repeats the table's head. */
async function rowsWhole(page, { sheets }, heads) {
	const rows = await page.locator('.report-table tbody tr[data-department]').evaluateAll(all => all.map(row =>
		[row.querySelector('th').textContent.trim(), ...[...row.querySelectorAll('td[data-measure]')].flatMap(cell =>
			cell.textContent.match(/\d+ \/ \d+/g) ?? [])]));
	/* by a name alone a row could not be told from its bar */
	const told = rows.filter(row => row.length > 2);
	assert.ok(told.length >= 9, `${told.length} rows with figures`);
	const used = new Set();
	for (const row of told) {
		const at = sheetOf(sheets, row);
		assert.ok(at >= 0, `${row.join(' ')} stands on one line`);
		used.add(at);
	}
	for (const at of used)
		for (const head of heads)
			assert.ok(sheets[at].includes(head), `sheet ${at + 1} repeats ${head}`);
	return used;
}

test('R28: a month prints on A4 across, each sheet numbered, with counting rule and time of printing', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/report/${shown}`);
		await page.waitForSelector('.trend[aria-busy=false]');
		const paper = await printed(page, 'month');
		await footed(paper, '统计口径：按办结时间与期限中较早者归期');
		await rowsWhole(page, paper, ['承办单位', '按期办结率']);
		const text = paper.sheets.join('');
		for (const navigation of ['选择指标', '下一期', 'XLSX', '周月季通报'])
			assert.ok(!text.includes(navigation), `${navigation} is not printed`);
		const { total } = await fetchJson(page, `/reports/${shown}`);
		assert.ok(text.includes(`${Number(total.measures.completion.rate).toFixed(1)}%`));
	});
});

test('R28: a list longer than a sheet repeats its head on each, and cuts no row', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/report/${shown}/cases?open=completion&part=den`);
		await page.waitForSelector('.drawer-count[data-ended=true]');
		const paper = await printed(page, 'cases');
		await footed(paper, '统计口径：按办结时间与期限中较早者归期');
		const appeals = await page.locator('.table tbody th').allTextContents();
		assert.ok(appeals.length > 60 && paper.sheets.length > 2, `${appeals.length} cases on ${paper.sheets.length} sheets`);
		for (const appeal of appeals)
			assert.equal(paper.sheets.filter(sheet => sheet.includes(appeal)).length, 1, `${appeal} stands on one sheet`);
		for (const sheet of paper.sheets.filter(one => /LD\d{6}/.test(one)))
			assert.ok(sheet.includes('计入规则'), 'the head is on each sheet');
	});
});

test('R28: the bulletin of a published month prints alone', async () => {
	await as(account('leader'), async page => {
		await page.goto(`${address}/#/bulletin/${shown}`);
		await page.waitForSelector('.bulletin tbody tr[data-department]');
		await page.waitForSelector('.proof .definition');
		const paper = await printed(page, 'bulletin');
		await footed(paper, '统计口径：按办结时间与期限中较早者归期');
		await rowsWhole(page, paper, ['承办单位', '按期办结率']);
		assert.ok(!paper.sheets.join('').includes('返回'));
	});
});

test('the checker finds a row that is cut and a head that is not repeated', () => {
	const sheets = ['单位  办结率\n甲局   91.0%   80.0%\n', '乙局   70.0%\n 60.0%\n'];
	assert.equal(sheetOf(sheets, ['甲局', '91.0%', '80.0%']), 0);
	assert.equal(sheetOf(sheets, ['乙局', '70.0%', '60.0%']), -1, 'a row on two lines is none');
	assert.equal(sheetOf(sheets, ['甲局', '80.0%', '91.0%']), -1, 'nor one in another order');
});
