/* The caller's page in a browser: by keyboard alone, in both languages and looks, large and on paper. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { access, address, closeBrowser, openBrowser, openPlain, request } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const key = (name) => access.keys.find((one) => one.name === name).key;
const post = (name, path, body) => request('POST', `/api/v1${path}`, key(name), body);
const row = access.catalogue.find((one) => one.department === 'CGJ');

async function registered() {
	const appeal = await post('operator', '/appeals', { channel: '12345', content_class: 'help',
		category: row.category, area: row.area, title: '路灯不亮', text: '三天不亮',
		caller: { name: '王小明', phone: '13800001111' } });
	return { number: appeal.id, code: appeal.caller_code, task: appeal.tasks[0].id };
}

async function closed() {
	const mine = await registered();
	await post('dept-CGJ', `/tasks/${mine.task}/sign`, {});
	await post('dept-CGJ', `/tasks/${mine.task}/contact`, { channel: 'phone', outcome: 'reached' });
	await post('dept-CGJ', `/tasks/${mine.task}/complete`, { result: 'solved', reply: '已修复。' });
	await post('reviewer', `/tasks/${mine.task}/review`, { pass: true });
	return mine;
}

async function check(page, where) {
	if (!await page.evaluate(() => 'axe' in window))
		await page.evaluate(axeSource);
	const { violations } = await page.evaluate((chosen) => window.axe.run(document, chosen), rules);
	assert.deepEqual(violations.flatMap((v) => v.nodes.map((node) =>
		`${where}: ${v.id} ${node.target.join(' ')} ${node.failureSummary}`)), []);
}

async function ask(page, { number, code }) {
	await page.waitForSelector('#number:focus');
	await page.keyboard.type(number.toLowerCase());
	await page.keyboard.press('Tab');
	await page.keyboard.type(code);
	await page.keyboard.press('Enter');
}

for (const locale of ['zh-CN', 'en'])
	for (const colorScheme of ['light', 'dark'])
		test(`axe finds nothing: ${locale}, ${colorScheme}`, () => openPlain({ locale, colorScheme,
			bypassCSP: true, expected: /\b(404|429)\b/ }, async (page) => {
			await page.goto(`${address}/progress`);
			await page.waitForSelector('#number:focus');
			await check(page, 'form');
			await ask(page, { number: 'LD991231000001', code: '1234' });
			await page.waitForSelector('#message:not(:empty)');
			await check(page, 'refused');
			/* Told apart by its words: the number is closed, to the right code too. */
			const shut = await registered();
			await page.evaluate(async (number) => {
				for (let i = 0; i < 5; i++)
					await fetch('/api/v1/public/progress', { method: 'POST',
						headers: { 'content-type': 'application/json' },
						body: JSON.stringify({ number, code: 'none' }) });
			}, shut.number);
			await page.fill('#number', '');
			await ask(page, shut);
			await page.waitForFunction((words) => document.querySelector('#message')?.textContent
				.includes(words), locale === 'en' ? 'too many wrong codes' : '输错次数过多');
			await check(page, 'wait');
			await page.fill('#number', '');
			await ask(page, await closed());
			await page.waitForSelector('#answer');
			await check(page, 'progress and question');
		}));

test('a caller reads and answers by keyboard alone', () => openPlain({}, async (page) => {
	await page.goto(`${address}/progress`);
	await ask(page, await closed());
	await page.waitForSelector('#answer');
	assert.match(await page.textContent('#standing'), /已办结[\s\S]*城市管理局[\s\S]*已修复。/);
	assert.match(await page.textContent('#openings'), /没有人查看过/);
	while (await page.evaluate(() => document.activeElement?.getAttribute('name')) !== 'result')
		await page.keyboard.press('Tab');
	await page.keyboard.press('Space');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Tab');
	await page.keyboard.type('很快');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await page.waitForSelector('#message.done:not(:empty)');
	assert.match(await page.textContent('#message'), /已记录/);
	assert.equal(await page.$('#answer'), null);
}));

test('a link opens at once and leaves no token in the address', () => openPlain({ expected: /\b404\b/ },
	async (page) => {
		await page.goto(`${address}/r/AAAAAAAAAAAA`);
		await page.waitForSelector('#message:not(:empty)');
		assert.match(await page.textContent('#message'), /链接已失效/);
		assert.equal(new URL(page.url()).pathname, '/progress');
	}));

test('nothing of the appeal stays in the browser', () => openPlain({}, async (page) => {
	const mine = await registered();
	await page.goto(`${address}/progress`);
	await ask(page, mine);
	await page.waitForSelector('#standing');
	await page.click('#size');
	const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage },
		document.cookie, location.href]));
	assert.ok(!kept.includes(mine.number) && !kept.includes(mine.code), kept);
	assert.deepEqual(JSON.parse(kept)[0], { 'print-size': 'large' });
}));

test('large print on a narrow screen needs no scrolling to the side', () => openPlain(
	{ viewport: { width: 320, height: 640 } }, async (page) => {
		await page.goto(`${address}/progress`);
		await page.click('#size');
		await ask(page, await closed());
		await page.waitForSelector('#answer');
		assert.ok(await page.evaluate(() =>
			document.documentElement.scrollWidth <= document.documentElement.clientWidth));
	}));

test('language changes without a reload and keeps what is shown', () => openPlain({}, async (page) => {
	const mine = await registered();
	await page.goto(`${address}/progress`);
	await ask(page, mine);
	await page.waitForSelector('#standing');
	await page.click('#language');
	await page.waitForSelector('#standing:has-text("being worked on")');
	assert.match(await page.textContent('#standing'), /being worked on/);
	assert.equal(await page.getAttribute('html', 'lang'), 'en');
	assert.match(await page.textContent('#standing'), new RegExp(mine.number));
}));

test('what was typed outlasts another language, another size, and a failure, which is no success', () => openPlain(
	{ expected: /\b503\b/ }, async (page) => {
		await page.goto(`${address}/progress`);
		await page.fill('#number', 'LD26');
		await page.click('#language');
		assert.equal(await page.inputValue('#number'), 'LD26');
		await page.click('#language');
		await page.fill('#number', '');
		await ask(page, await closed());
		await page.waitForSelector('#answer');
		await page.check('#result-dissatisfied');
		await page.check('#reason-speed');
		await page.fill('#note', '等了太久');
		const kept = async () => [await page.isChecked('#result-dissatisfied'), await page.isChecked('#reason-speed'),
			await page.isVisible('#reason'), await page.inputValue('#note')];
		for (const tool of ['#language', '#size', '#language']) {
			await page.click(tool);
			assert.deepEqual(await kept(), [true, true, true, '等了太久'], tool);
		}
		await page.route('**/api/v1/public/answer', (route) => route.fulfill({ status: 503, json: { code: 'database' } }));
		await page.click('#answer .main');
		await page.waitForSelector('#message[role=alert]:not(.done):not(:empty)');
		assert.deepEqual(await kept(), [true, true, true, '等了太久']);
		await page.unrouteAll({ behavior: 'wait' });
		await page.click('#answer .main');
		await page.waitForSelector('#message.done:not(:empty)');
	}));

test('paper has the facts and none of the buttons', () => openPlain({}, async (page) => {
	await page.goto(`${address}/progress`);
	await ask(page, await closed());
	await page.waitForSelector('#answer');
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.isVisible('#standing'), true);
	for (const hidden of ['.tools', '#answer', '#again'])
		assert.equal(await page.isVisible(hidden), false, hidden);
}));
