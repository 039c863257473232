/*
 * The main job through the screens alone: an operator registers, the department signs, contacts
 * and completes, a reviewer passes, a visitor records the answers, and the leader's report counts
 * it and opens into it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, account, address, as, closeBrowser, emptyForm, openBrowser, ordinaryRow, press,
	registerAppeal, rowOf, typeAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const row = ordinaryRow();
let appeal = '';

test('an operator registers an appeal and sees its department and three deadlines', async () => {
	await as(account('operator'), async page => {
		await emptyForm(page);
		await page.fill('#caller-name', '王秀英');
		await page.fill('#caller-phone', '13800001111');
		await page.focus('#appeal-text');
		appeal = await registerAppeal(page, { ...row, text: uniqueText('路边窨井盖破损，行人经过很危险') });
		assert.match(appeal, /^LD\d+$/);
		const shown = await page.locator('.result-task .deadline strong').allTextContents();
		assert.equal(shown.length, 3);
		for (const due of shown)
			assert.match(due, /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
		await page.click('.queue .tab:text-is("最近登记")');
		await page.waitForSelector(`.recent .number:text-is("${appeal}")`);
	});
});

test('the department signs, logs the contact and completes it', async () => {
	await as(row.account, async page => {
		await rowOf(page, appeal).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${appeal}")`);
		await page.waitForSelector(".detail .tag:text-is('待签收')");
		await page.waitForSelector('.limit[open] .steps .counted');
		await press(page, 's');
		await page.waitForSelector(".detail .tag:text-is('办理中')");
		await press(page, 'c');
		await page.click('label[for=contact-outcome-reached]');
		await page.fill('#contact-note', '已电话联系，说明处理时间');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".history strong:text-is('联系群众')");
		await press(page, 'e');
		await page.fill('#complete-reply', '井盖已于当日更换，现场已复核。');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".detail .tag:text-is('待审核')");
		await rowOf(page, appeal).waitFor({ state: 'detached' });
	});
});

test('a step that somebody else took first is explained, and the task shown as it now is', async () => {
	const number = await as(account('operator'), page =>
		registerAppeal(page, { ...row, text: uniqueText('两人同时签收') }));
	await as(row.account, async late => {
		await rowOf(late, number).click();
		await late.waitForSelector(`.detail .facts .number:text-is("${number}")`);
		const sooner = async early => {
			await rowOf(early, number).click();
			await early.waitForSelector(`.detail .facts .number:text-is("${number}")`);
			await press(early, 's');
			await early.waitForSelector(".detail .tag:text-is('办理中')");
		};
		/* on its way when the other one's arrives: a page that learns of that has no such key */
		await late.route(/\/sign$/, async route => {
			await as(row.account, sooner);
			await route.continue();
		});
		await press(late, 's');
		await late.waitForSelector(".notice-warn li:has-text('待签收 → 办理中')");
		await late.waitForSelector(".detail .tag:text-is('办理中')");
	}, { expected: /\b412\b/ });
});

test('a reviewer reads the reply and passes it', async () => {
	await as(account('reviewer'), async page => {
		await rowOf(page, appeal).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${appeal}")`);
		assert.match(await page.textContent('.submission'), /井盖已于当日更换/);
		await press(page, 'Control+Enter');
		await page.waitForSelector(".detail .tag:text-is('待回访')");
	});
});

test('a call that nobody answers is recorded and the task stays to be visited', async () => {
	await as(account('visitor'), async page => {
		await rowOf(page, appeal).click();
		await page.waitForSelector(`.context .facts .number:text-is("${appeal}")`);
		const listAgain = page.waitForResponse(/\/tasks\?state=closed/);
		await page.keyboard.press('Alt+n');
		await listAgain;
		await rowOf(page, appeal).click();
		await page.waitForSelector(`.context .facts .number:text-is("${appeal}")`);
		await page.waitForSelector(".history strong:text-is('回访')");
	});
});

test('a visitor sees no score filled in, reveals the phone with a purpose and records answers', async () => {
	await as(account('visitor'), async page => {
		await rowOf(page, appeal).click();
		await page.waitForSelector(`.context .facts .number:text-is("${appeal}")`);
		assert.equal(await page.locator('.questions input:checked').count(), 0);
		assert.match(await page.textContent('.call-who strong'), /138\*{4}1111/);
		await page.waitForSelector('.overall button:focus');
		await page.keyboard.press('Alt+p');
		await page.waitForSelector(".call-who strong:text-is('13800001111')");
		await page.focus('#visit-contacted-yes');
		for (const digit of ['1', '1', '2', '2', '1'])
			await page.keyboard.press(digit);
		await page.waitForFunction(() => document.querySelectorAll('.questions input:checked').length === 5);
		await page.keyboard.press('Control+Enter');
		await rowOf(page, appeal).waitFor({ state: 'detached' });
	});
});

async function numberBehind(page, cell) {
	const number = Number((await cell.textContent()).replace(/\D/g, ''));
	await cell.click();
	const count = page.locator('.drawer-count[data-ended=true]');
	await count.waitFor();
	assert.equal(await page.locator('.drawer-task').count(), number, 'the list is as long as the number');
	assert.equal(Number(await count.getAttribute('data-expected')), number);
	return page.locator('.drawer-task').allTextContents();
}

test("the leader's report counts it, and every number of the row opens into as many tasks", async () => {
	await as(account('leader'), async page => {
		await page.waitForSelector("tr[data-department='']");
		const own = page.locator(`tr[data-department="${row.department}"]`);
		for (const measure of ['on_time', 'completion', 'satisfaction', 'visit_coverage']) {
			const behind = await numberBehind(page, own.locator(`[data-measure=${measure}] [data-part=num]`));
			assert.ok(behind.some(text => text.includes(appeal)), `${measure} counts ${appeal}`);
			await page.keyboard.press('Escape');
		}
	});
});

test("every number of the district's row equals its list", async () => {
	await as(account('leader'), async page => {
		await page.waitForSelector("tr[data-department='']");
		const numbers = page.locator("tr[data-department=''] [data-part]");
		for (let at = 0; at < await numbers.count(); at++) {
			await numberBehind(page, numbers.nth(at));
			await page.keyboard.press('Escape');
		}
	});
});

test('a dispatcher sees what an enterprise\'s complaint finds, and that it is no verdict', async () => {
	const body = { channel: 'enterprise', content_class: 'complaint', category: '130203', area: 'A01',
		title: '执法人员进厂检查', text: uniqueText('未出示备案就进厂检查'),
		accused: { department: 'YSB' }, occurred_at: '2026-01-07T10:00:00+08:00',
		enterprise: { uscc: '91350100M000100Y43', name: '云河甲公司' } };
	const id = await as(account('operator'), page => page.evaluate(async sent => {
		const me = await (await fetch('/api/v1/me')).json();
		const answer = await fetch('/api/v1/appeals', { method: 'POST', body: JSON.stringify(sent),
			headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token } });
		return (await answer.json()).id;
	}, body));
	await as(account('dispatcher'), async page => {
		await page.goto(`${address}/#/dispatch/${id}`);
		await page.waitForSelector(`.detail .facts .number:text-is("${id}")`);
		await page.waitForSelector('.findings li');
		const shown = await page.locator('.findings li').allTextContents();
		assert.deepEqual(shown, ['企业名录中没有该统一社会信用代码', '未见当日有效的备案',
			'当日为企业安静生产日，备案中未见例外情形']);
		assert.match(await page.textContent('.findings'), /由人核查认定/);
	});
});

test('an appeal whose receiver is the accused goes to a dispatcher, who sends it elsewhere', async () => {
	const text = uniqueText('反映该单位工作人员推诿');
	const other = access.catalogue.find(r => r.department !== row.department).department;
	const waiting = await as(account('operator'), async page => {
		await typeAppeal(page, { ...row, text });
		await page.focus('#appeal-accused');
		await page.keyboard.type(row.department);
		await page.keyboard.press('Enter');
		await page.keyboard.press('Control+Enter');
		const number = (await page.textContent('.result-id')).trim();
		assert.equal(await page.locator('.result-task').count(), 0, 'no task was made');
		return number;
	});
	await as(account('dispatcher'), async page => {
		await rowOf(page, text).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${waiting}")`);
		await page.focus('#dispatch-department');
		await page.keyboard.type(other);
		await page.keyboard.press('Enter');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".detail .tag:text-is('已派单')");
	});
});
