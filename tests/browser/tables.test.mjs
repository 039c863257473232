/*
 * The district's tables: dispatchers read them in all their versions, administrators add one after
 * a preview. What the preview says will move is compared, row by row, with what then moved.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../e2e/lib/until.mjs';
import { account, address, as, closeBrowser, openBrowser } from './harness.mjs';
import { get, inHand, keyOf, taskNow } from './prepared.mjs';

before(openBrowser);
after(closeBrowser);

const documentOf = (kind) => get(`/documents/${kind}`, keyOf('admin'));
const shown = (at) => at.slice(0, 16).replace('T', ' ');

async function openTable(page, kind) {
	await page.goto(`${address}/#/tables/${kind}`);
	await page.waitForSelector('#rows-title');
}

/** The new version's form with this text in it, tried. */
async function tried(page, kind, text) {
	await openTable(page, kind);
	await page.click('.page-acts .button-primary');
	await page.fill('#change-text', text);
	await page.keyboard.press('Alt+v');
	await page.waitForSelector('.said');
}

const previewRows = (page) => page.locator('.said .table-scroll').first().locator('tbody tr')
	.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

test('a dispatcher reads every table and its versions, and cannot change any', async () => {
	await as(account('dispatcher'), async (page) => {
		for (const kind of ['catalogue', 'calendar', 'limits', 'grounds', 'checklist', 'handover', 'quiet-days']) {
			await openTable(page, kind);
			await page.waitForSelector('#rows-title >> xpath=ancestor::section >> tbody tr');
			assert.ok(await page.locator('#versions-title >> xpath=ancestor::section >> tbody tr').count() > 0, kind);
			assert.equal(await page.locator('.page-acts .button-primary').count(), 0, kind);
		}
		await openTable(page, 'limits');
		assert.match(await page.locator('tbody tr:has-text("L3")').textContent(), /5 工作日/);
	});
});

test('the calendar is a year of twelve months whose days say in words and shape what they are', async () => {
	await as(account('dispatcher'), async (page) => {
		await page.goto(`${address}/#/tables/calendar?year=2026`);
		await page.waitForSelector('.month');
		assert.equal(await page.locator('.month').count(), 12);
		const { days } = await get('/calendar/2026', keyOf('supervisor'));
		const weekend = (day) => [0, 6].includes(new Date(`${day.date}T00:00:00Z`).getUTCDay());
		const count = (kind) => page.locator(`.month .day-${kind}`).count();
		assert.equal(await count('holiday'), days.filter((day) => !day.working && !weekend(day)).length);
		assert.equal(await count('made_up'), days.filter((day) => day.working && weekend(day)).length);
		assert.equal(await count('rest'), days.filter((day) => !day.working && weekend(day)).length);
		assert.equal(Number(await page.getAttribute('.year', 'data-working')), days.filter((day) => day.working).length);
		/* each mark has its word for who hears it, and the occasion stands under the month */
		assert.match(await page.locator('.month .day-made_up').first().textContent(), /班.*调休上班/);
		assert.match(await page.locator('.month').nth(1).textContent(), /春节/);
	});
});

test('a calendar is tried before it is added: every due that the preview moves is then where it said', async () => {
	const task = await inHand('CGJ');
	const { limits } = await get(`/tasks/${task.id}/deadline`, keyOf('supervisor'));
	const { steps } = limits.find((one) => one.limit === 'done');
	const off = steps.find((step) => step.counted).date;
	const { text, version } = await documentOf('calendar');
	const lines = text.split('\n').filter((line) => !line.startsWith(`${off}\t`));
	const changed = `${lines.join('\n').trimEnd()}\n${off}\toff\t临时放假\n`;
	await as(account('admin'), async (page) => {
		await tried(page, 'calendar', changed);
		const words = await page.textContent('.change-moves');
		const rows = await previewRows(page);
		const mine = rows.find((row) => row[0] === task.id);
		assert.ok(mine, 'the open task is among those that move');
		assert.equal(mine[2], shown(task.due));
		const count = Number(/(\d+) 件在办任务/.exec(words)[1]);
		assert.equal(rows.length, count, 'the sentence counts the rows');
		/* nothing moved by looking */
		assert.equal((await taskNow(task.id)).due, task.due);
		assert.equal((await documentOf('calendar')).version, version);
		/* it needs a source, and the number typed in */
		const add = page.locator('.action-form .button-danger');
		await page.fill('#add-source', '应急通告 1 号');
		assert.equal(await add.isDisabled(), true);
		await page.fill('#add-confirm', String(count + 1));
		assert.equal(await add.isDisabled(), true);
		await page.fill('#add-confirm', String(count));
		await add.click();
		await page.waitForSelector('.toast:has-text("已添加")');
		/* each open task is computed again behind the answer */
		for (const [id, , , due] of rows)
			await until(async () => shown((await taskNow(id)).due) === due, { what: `${id} due ${due}` });
		await page.waitForSelector(`#versions-title >> xpath=ancestor::section >> tr:has-text("应急通告 1 号")`);
	});
	const now = await documentOf('calendar');
	assert.deepEqual([now.version, now.source], [version + 1, '应急通告 1 号']);
});

test('a table with mistakes says their lines and cannot be added', async () => {
	const { text, version } = await documentOf('limits');
	await as(account('admin'), async (page) => {
		await tried(page, 'limits', text.replace(/5 working_days/, '5 wochentage'));
		assert.match(await page.textContent('.said .notice-bad'), /第 \d+ 行/);
		assert.equal(await page.locator('#add-source').count(), 0);
	});
	assert.equal((await documentOf('limits')).version, version);
});

test('limits move no open task, and the preview says so; a file is read like a pasted table', async () => {
	const task = await inHand('CGJ');
	const { text, version } = await documentOf('limits');
	const file = path.join(os.tmpdir(), `limits-${process.pid}.tsv`);
	writeFileSync(file, text.replace(/^(L3\t.*\t)5 working_days(\t5 working_days\tonce)/m, '$16 working_days$2'));
	await as(account('admin'), async (page) => {
		await openTable(page, 'limits');
		await page.click('.page-acts .button-primary');
		await page.setInputFiles('#change-file', file);
		await page.waitForFunction(() => /6 working_days/.test(document.querySelector('#change-text').value));
		await page.keyboard.press('Alt+v');
		await page.waitForSelector('.said');
		assert.match(await page.textContent('.said'), /没有在办任务的到期会变动/);
		assert.match(await page.textContent('.said'), /修改 1 行/);
		assert.equal(await page.locator('#add-confirm').count(), 0, 'nothing moves, nothing is typed in');
		await page.fill('#add-source', '年度调整');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已添加")');
		/* the version before stays readable */
		await page.goto(`${address}/#/tables/limits?version=${version}`);
		await page.waitForSelector('.notice-warn');
		assert.match(await page.locator('tbody tr:has-text("L3")').textContent(), /5 工作日/);
	});
	assert.equal((await taskNow(task.id)).due, task.due);
	assert.equal((await documentOf('limits')).version, version + 1);
});

test('two administrators at once: who comes second is told, and the text stays', async () => {
	const { text } = await documentOf('quiet-days');
	const changed = text.replace(/^month\t1-25/m, 'month\t1-24');
	await as(account('admin'), async (page) => {
		await tried(page, 'quiet-days', changed);
		await page.fill('#add-source', '甲');
		await as(account('admin'), async (other) => {
			await tried(other, 'quiet-days', text.replace(/^month\t1-25/m, 'month\t1-23'));
			await other.fill('#add-source', '乙');
			await other.keyboard.press('Control+Enter');
			await other.waitForSelector('.toast');
		});
		await page.focus('#add-source');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.notice-bad .code:text-is("version_moved")');
		assert.equal(await page.inputValue('#change-text'), changed);
	}, { expected: /\b409\b/ });
	assert.equal((await documentOf('quiet-days')).source, '乙');
});
