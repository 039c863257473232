/*
 * A department's receivers through the screen, against a real one: added, tested, seen to fail with
 * what was answered, paused, replayed, given another secret, removed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isSignedBy, startReceiver } from '../e2e/lib/receiver.mjs';
import { until } from '../e2e/lib/until.mjs';
import { access, account, as, closeBrowser, openBrowser, ordinaryRow, press, request, uniqueText } from './harness.mjs';

const row = ordinaryRow();
const key = name => access.keys.find(one => one.name === name).key;
const own = key(`dept-${row.department}`);
const list = async () => (await request('GET', '/api/v1/webhooks', own)).items;
const register = () => request('POST', '/api/v1/appeals', key('operator'), { channel: '12345', content_class: 'help',
	category: row.category, area: row.area, title: uniqueText('推送'), text: '路灯不亮' });

let receiver;
before(async () => {
	receiver = await startReceiver();
	await openBrowser();
});
after(async () => {
	await closeBrowser();
	await receiver.stop();
});

async function opened(work, options) {
	await as(row.account, async page => {
		await page.goto(`${access.base_url}/#/webhooks`);
		await page.waitForSelector('#hooks-title');
		await work(page);
	}, options);
}

const secretOf = async page => {
	const text = (await page.locator('.secret').innerText()).trim();
	await page.keyboard.press('Escape');
	await page.locator('.secret').waitFor({ state: 'detached' });
	return text;
};

test('a receiver is added by keyboard, its secret shown once, and a test arrives signed by it', async () => {
	await opened(async page => {
		await press(page, 'n');
		await page.waitForSelector('#hook-format:focus');
		await page.keyboard.press('Tab');
		await page.keyboard.type(receiver.url);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.secret');
		const secret = await secretOf(page);
		receiver.secrets.push(secret);
		assert.doesNotMatch(await page.content(), new RegExp(secret.replace(/[+/]/g, '\\$&')), 'never again');
		await page.waitForSelector('#hook-title');
		await press(page, 't');
		const [hook] = await until(() => receiver.ofType('endpoint.test').length > 0 && receiver.ofType('endpoint.test'),
			{ what: 'the test' });
		assert.ok(hook.is_signed);
		await until(async () => {
			await page.keyboard.press('r');
			return await page.locator("td:has-text('已送达')").count() > 0;
		}, { what: 'the delivery in the log' });
		await page.waitForSelector(".tag:text-is('正常')");
	});
	const [one] = await list();
	assert.deepEqual([one.url, one.events, one.format], [receiver.url, ['*'], 'standard']);
});

test('an address that may not be dialled is refused in words, and what was typed stays', async () => {
	for (const [language, words] of [['zh', /地址不允许访问/], ['en', /may not be dialled/]]) {
		await opened(async page => {
			await press(page, 'n');
			await page.fill('#hook-url', 'https://10.0.0.7/hook');
			await page.keyboard.press('Control+Enter');
			assert.match(await page.locator('#hook-url-error').innerText(), words);
			assert.match(await page.locator('.summary').innerText(), words);
			assert.equal(await page.inputValue('#hook-url'), 'https://10.0.0.7/hook');
		}, { language, expected: /\b422\b/ });
	}
	assert.equal((await list()).length, 1, 'nothing was added');
});

test('a failing receiver shows what it answered, and a single message is sent again', async () => {
	receiver.answer = () => ({ status: 500, body: 'database is locked' });
	const { id } = await register();
	const from = receiver.requests.length;
	await until(() => receiver.requests.some(one => JSON.stringify(one.json).includes(id)), { what: 'the attempt' });
	await opened(async page => {
		await page.click('[aria-labelledby=hooks-title] tbody th button');
		await page.click("[aria-labelledby=hook-title] .tab:text-is('将重试')");
		await page.click(`[aria-labelledby=hook-title] tr:has-text('${id}') th button`);
		await page.waitForSelector(".acts .bad-word:text-is('500')");
		assert.equal(await page.locator('.answer').first().innerText(), 'database is locked');
		receiver.answer = () => ({ status: 204 });
		await page.click(".drawer .button-primary");
		await page.locator('.drawer').waitFor({ state: 'detached' });
		await until(() => receiver.requests.slice(from).filter(one => JSON.stringify(one.json).includes(id)).length > 1,
			{ what: 'the same message again' });
	});
	const ids = receiver.requests.filter(one => JSON.stringify(one.json).includes(id)).map(one => one.id);
	assert.equal(new Set(ids).size, 1, 'the same id');
});

test('paused nothing comes; enabled, a replay brings what was missed', async () => {
	await opened(async page => {
		await page.click('[aria-labelledby=hooks-title] tbody th button');
		await page.waitForSelector('#hook-title');
		await press(page, 'p');
		await page.waitForSelector(".tag:text-is('已暂停')");
		assert.ok(await page.isDisabled('.hook-acts button >> nth=0'), 'no test meanwhile');
		const from = receiver.requests.length;
		const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
		const { id } = await register();
		const [{ id: hook }] = await list();
		await until(async () => (await request('GET', `/api/v1/webhooks/${hook}/deliveries?state=dead`, own)).items
			.some(one => one.appeal === id), { what: 'the missed one in the log' });
		assert.ok(!receiver.requests.slice(from).some(one => JSON.stringify(one.json).includes(id)), 'it was not sent');
		await press(page, 'p');
		await page.waitForSelector('.hook-acts button:has-text("暂停")');
		await press(page, 'l');
		await page.fill('#replay-since', today);
		await page.keyboard.press('Control+Enter');
		await until(() => receiver.requests.slice(from).some(one => JSON.stringify(one.json).includes(id)),
			{ what: 'the missed message' });
	});
});

test('another secret is shown once, and says until when both sign', async () => {
	const old = receiver.secrets[0];
	await opened(async page => {
		await page.click('[aria-labelledby=hooks-title] tbody th button');
		await page.click(".hook-acts button:text-is('更换密钥')");
		await page.waitForSelector('.secret');
		assert.match(await page.locator('.secret-box').innerText(), /都签名，至 \d{4}-\d\d-\d\d \d\d:\d\d 止/);
		const secret = await secretOf(page);
		assert.notEqual(secret, old);
		const from = receiver.requests.length;
		await press(page, 't');
		const hook = await until(() => receiver.requests.slice(from).find(one => one.json?.type === 'endpoint.test'),
			{ what: 'the test' });
		assert.ok(isSignedBy(old, hook) && isSignedBy(secret, hook), 'both sign');
	});
});

test('a bot is added with its keyword, and an administrator sees the receivers of all', async () => {
	await opened(async page => {
		await press(page, 'n');
		await page.selectOption('#hook-format', 'feishu');
		await page.fill('#hook-url', `${receiver.url}/bot/abc`);
		await page.click('label[for="hook-which-task.*"]');
		await page.fill('#hook-prefix', '联动');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector("td:has-text('飞书')");
		assert.ok(await page.isDisabled(".hook-acts button:text-is('更换密钥')"), 'the secret is the group\'s');
	});
	await as(account('admin'), async page => {
		await page.goto(`${access.base_url}/#/webhooks`);
		await page.waitForSelector("td:has-text('飞书')");
		assert.equal(await page.locator('[aria-labelledby=hooks-title] tbody tr').count(),
			(await request('GET', '/api/v1/webhooks', key('admin'))).items.length);
	});
});

test('removing asks for the host to be typed, and then it is gone', async () => {
	const many = (await list()).length;
	await opened(async page => {
		await page.click('[aria-labelledby=hooks-title] tbody th button');
		await page.click('.hook-acts .button-danger');
		await page.waitForSelector('#remove-confirm');
		assert.ok(await page.isDisabled('.form-foot .button-danger'));
		await page.fill('#remove-confirm', `127.0.0.1:${receiver.port}`);
		await page.keyboard.press('Control+Enter');
		await page.waitForFunction(n => document.querySelectorAll('[aria-labelledby=hooks-title] tbody tr').length === n,
			many - 1);
	});
	assert.equal((await list()).length, many - 1);
});
