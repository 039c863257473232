/*
 * What an operator typed, set and sees stays true: nothing is thrown away that cannot be brought
 * back, nothing is shown as done that was refused, no call goes to another appeal, no row moves,
 * and the keys of the desk do not leave it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { aCall } from '../e2e/lib/pbx.mjs';
import { account, as, closeBrowser, demo, emptyForm, openBrowser, ordinaryRow, registerAppeal,
	typeAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();
const refusal = (status, code) => ({ status, contentType: 'application/problem+json',
	body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: '' }) });
const text = (page) => page.inputValue('#appeal-text');
const typed = (page, words) => page.waitForFunction((wanted) =>
	document.querySelector('#appeal-text')?.value === wanted, words);
const registerBeside = () => as(operator, async (page) => {
	await emptyForm(page);
	await registerAppeal(page, { ...row, text: uniqueText('另一处登记的') });
});
const missedCall = async (name, from) => {
	const id = `holds-${process.pid}-${name}`;
	const call = aCall(demo, id, { from, queue: 'hotline' });
	await call.ring();
	await call.hangup('originatorCancel');
};

test('R10: a form that was cleared comes back whole, and what was typed after it is not lost by that either', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		const [first, second] = [uniqueText('先写的'), uniqueText('后写的')];
		await page.keyboard.insertText(first);
		await page.fill('#appeal-address', '滨河路1号');
		await page.keyboard.press('Control+s');
		await page.waitForSelector('.saved:has-text("草稿已存")');
		await page.click('.intake .actions .button-quiet');
		await typed(page, '');
		await page.keyboard.press('Alt+z');
		await typed(page, first);
		assert.equal(await page.inputValue('#appeal-address'), '滨河路1号');
		await page.click('.intake .actions .button-quiet');
		await typed(page, '');
		await page.focus('#appeal-text');
		await page.keyboard.insertText(second);
		await page.keyboard.press('Alt+z');
		await typed(page, first);
		await page.click('.toast .undo-left');
		await typed(page, second);
		await page.click('.intake .actions .button-quiet');
	});
});

test('R14: an appeal that was refused waits to be mended while another is typed', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		await page.context().setOffline(true);
		await page.waitForSelector('.offline');
		const [sent, begun] = [uniqueText('要被退回的'), uniqueText('正在写的')];
		await typeAppeal(page, { ...row, text: sent });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-waiting="1"]');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#appeal-text:focus');
		await page.keyboard.insertText(begun);
		await page.route('**/api/v1/appeals', (route) => route.request().method() === 'POST'
			? route.fulfill(refusal(409, 'category_closed')) : route.continue());
		await page.context().setOffline(false);
		const revise = page.locator('.standing .notice-bad button');
		await revise.waitFor();
		assert.ok(await revise.isDisabled(), 'it would take the place of what is typed');
		assert.match(await page.textContent('.standing .notice-bad small'), /登记或清空/);
		assert.equal(await text(page), begun);
		await page.click('.intake .actions .button-quiet');
		await typed(page, '');
		await revise.click();
		await typed(page, sent);
		await page.click('.intake .actions .button-quiet');
	}, { expected: /net::ERR_|\b409\b|\b50\d\b/ });
});

test('a seat that the server refused is not shown as set', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		await page.route('**/api/v1/me/seat', (route) => route.fulfill(refusal(409, 'seat_taken')));
		await page.click('.call-idle .button-quiet');
		await page.fill('#seat', '8999');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.call-idle .notice-bad');
		assert.equal(await page.inputValue('#seat'), '8999', 'and what was typed is there to be mended');
		assert.doesNotMatch(await page.textContent('.call-idle'), /话机 8999/);
	}, { expected: /\b409\b/ });
});

test('a missed call goes to an empty form at once, to a begun one only when that is asked for', async () => {
	await missedCall('a', '13677770001');
	await missedCall('b', '13677770002');
	await as(operator, async (page) => {
		await emptyForm(page);
		const missed = (number) => page.locator('.queue .row', { hasText: number });
		const from = (number) => page.waitForFunction((wanted) =>
			document.querySelector('#caller-phone').placeholder === wanted, number);
		await missed('136****0001').click();
		await from('136****0001');
		await page.keyboard.insertText(uniqueText('第一个来电人说的'));
		await missed('136****0002').click();
		const attach = page.locator('.queue .row-offer');
		await attach.waitFor();
		await from('136****0001');
		await attach.click();
		await from('136****0002');
		await page.click('.intake .actions .button-quiet');
	});
});

test('R13: what is due next does not move under the pointer either; what is new waits behind a pill', async () => {
	await as(operator, async (page) => {
		await page.waitForSelector('.deadlines .row');
		await page.waitForSelector('.live-live');
		const places = () => page.locator('.deadlines .row').evaluateAll((rows) =>
			rows.map((one) => [one.hash, one.getBoundingClientRect().top]));
		await page.hover('.deadlines .row');
		const before = await places();
		await page.route('**/api/v1/board?*', async (route) => {
			const response = await route.fetch();
			const board = await response.json();
			const [first] = board.items;
			await route.fulfill({ response, json: { ...board, items: [
				{ ...first, task: { ...first.task, id: `${first.task.id}9` } }, ...board.items.slice(1), first] } });
		});
		const answered = page.waitForResponse(/\/board\?/);
		await registerBeside();
		await answered;
		await page.waitForSelector('.deadlines .pill:has-text("1")');
		assert.deepEqual(await places(), before);
		await page.click('.deadlines .pill');
		await page.waitForFunction((n) => document.querySelectorAll('.deadlines .row').length === n, before.length + 1);
		await page.unrouteAll({ behavior: 'wait' });
	});
});

test('the keys of a likely duplicate do not leave the desk when there is none, or it cannot be merged into', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		const words = uniqueText('没有相似的一件');
		await page.keyboard.insertText(words);
		for (const keys of ['Alt+1', 'Alt+2', 'Alt+3'])
			await page.keyboard.press(keys);
		assert.match(await page.evaluate(() => location.hash), /^(#\/register)?$/);
		assert.equal(await text(page), words);
		await page.click('.intake .actions .button-quiet');
		await typed(page, '');
		await page.keyboard.press('Alt+2');
		await page.waitForFunction(() => !/^(#\/register)?$/.test(location.hash));
	});
});

test('the limit foretold is that of the table in force, and the words of amber those of the setting', async () => {
	await as(operator, async (page) => {
		await page.route('**/api/v1/limits', async (route) => {
			const response = await route.fetch();
			const { items, ...page_ } = await response.json();
			await route.fulfill({ response, json: { ...page_, items: items.map((one) => one.limit_class === row.limit_class
				? { ...one, done: { amount: 77, unit: 'working_days' } } : one) } });
		});
		await page.route('**/api/v1/board?*', async (route) => {
			const response = await route.fetch();
			await route.fulfill({ response, json: { ...await response.json(), items: [] } });
		});
		await page.reload();
		await emptyForm(page);
		await typeAppeal(page, { ...row, text: uniqueText('改过的时限') });
		await page.waitForFunction(() => document.querySelector('.expected strong + small, .expected')
			?.textContent.includes('77 个工作日'));
		assert.match(await page.textContent('.deadlines .empty'), /75%/);
		await page.click('.intake .actions .button-quiet');
		await page.unrouteAll({ behavior: 'wait' });
	});
});

test('R15: what is filled in is wrong no longer, and the same failure takes the focus again', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.waitForSelector('#appeal-text-error:not(:empty)');
		await page.focus('#appeal-text');
		await page.keyboard.insertText(uniqueText('补上的内容'));
		await page.waitForFunction(() => !document.querySelector('#appeal-text-error')?.textContent);
		assert.equal(await page.evaluate(() => document.activeElement.id), 'appeal-text');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.focus('#appeal-address');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.click('.intake .actions .button-quiet');
	});
});

test('what could not be asked for is told, and is no zero', async () => {
	await as(operator, async (page) => {
		await emptyForm(page);
		await page.route(/\/api\/v1\/(calls\?|calls$|appeals\/hints)/, (route) => route.fulfill(refusal(503, 'database')));
		await page.reload();
		await page.waitForSelector('.queue .notice-bad');
		assert.deepEqual(await page.locator('.queue .count, .queue .empty').allTextContents(), []);
		await page.unrouteAll({ behavior: 'wait' });
		await page.route('**/api/v1/appeals/hints', (route) => route.fulfill(refusal(422, 'fields')));
		await emptyForm(page);
		await page.keyboard.insertText(uniqueText('附近问不到'));
		await page.waitForSelector('[aria-labelledby=nearby-title] .notice-bad');
		assert.deepEqual(await page.locator('[aria-labelledby=nearby-title] :is(.count, .quiet-line)').allTextContents(), []);
		await page.click('.intake .actions .button-quiet');
	}, { expected: /\b(503|422)\b/ });
});
