/*
 * A visitor's and a reviewer's day: R22, one card a call with four big keys, a quote of who is not
 * satisfied, retries by the plan, and the next card without a request; call-backs for departments;
 * replies that a person reads; the checklist, redo and exclusion of a reviewer.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, address, as, closeBrowser, openBrowser, press, rowOf } from './harness.mjs';
import { appealNow, closed, eventsOf, get, keyOf, post, registered, rowFor, submitted,
	taskNow } from './prepared.mjs';
import { slowness } from '../e2e/lib/until.mjs';

before(openBrowser);
after(closeBrowser);

const visitor = account('visitor'), reviewer = account('reviewer');

async function card(page, task) {
	await page.goto(`${address}/#/visit/${task.id}`);
	await page.waitForSelector(`.context .facts .number:text-is("${task.appeal}")`);
	await page.waitForSelector('.overall button:focus');
}

const visitsOf = async (task) => (await get(`/tasks/${task.id}/visits`, keyOf('supervisor'))).items;
const pressed = (page) => page.locator('.overall [aria-pressed=true]').allTextContents();

test('R22: key 1 says satisfied, the questions behind it follow, and nothing was filled in before', async () => {
	const task = await closed('CGJ');
	await as(visitor, async (page) => {
		await card(page, task);
		assert.deepEqual(await pressed(page), []);
		assert.equal(await page.locator('.questions input:checked').count(), 0);
		await page.keyboard.press('1');
		await page.waitForSelector('#visit-contacted-yes:focus');
		for (const key of ['1', '1', '2', '1'])
			await page.keyboard.press(key);
		await page.waitForFunction(() => document.querySelectorAll('.questions input:checked').length === 5);
		assert.match((await pressed(page))[0], /^满意/);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast');
		await rowOf(page, task.appeal).waitFor({ state: 'detached' });
	});
	const [visit] = await visitsOf(task);
	assert.deepEqual([visit.reached, visit.contacted, visit.solved, visit.result, visit.attitude, visit.truthful],
		[true, true, 'yes', 'satisfied', 'satisfied', true]);
	assert.equal((await taskNow(task.id)).state, 'visited');
});

test('R22: key 2 says partly, and a digit inside a question answers that question alone', async () => {
	const task = await closed('CGJ');
	await as(visitor, async (page) => {
		await card(page, task);
		await page.keyboard.press('2');
		await page.waitForSelector('#visit-contacted-yes:focus');
		/* this question has two answers: 3 is none of them, and no big key either */
		await page.keyboard.press('3');
		assert.match((await pressed(page))[0], /^部分满意/);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast');
	});
	const [visit] = await visitsOf(task);
	assert.deepEqual([visit.reached, visit.result, visit.contacted], [true, 'basically_satisfied', null]);
});

test('R22: key 3 says not satisfied: reason and quote are required, and it opens a redo', async () => {
	const task = await closed('CGJ');
	await as(visitor, async (page) => {
		await card(page, task);
		await page.keyboard.press('3');
		await page.waitForSelector('#visit-reason-result:focus');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#visit-reason-error');
		await page.keyboard.press('1');
		await page.waitForSelector('#visit-note:focus');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#visit-note-error');
		assert.deepEqual(await visitsOf(task), [], 'nothing was sent without the quote');
		await page.keyboard.type('灯还是不亮');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast');
	});
	const [visit] = await visitsOf(task);
	assert.deepEqual([visit.result, visit.reason, visit.note], ['dissatisfied', 'result', '灯还是不亮']);
	const now = await taskNow(task.id);
	assert.deepEqual([now.state, now.round], ['in_hand', 2]);
});

test('R22: key 4 says no answer: the next try is planned by itself and shown with its time', async () => {
	const task = await closed('CGJ');
	await as(visitor, async (page) => {
		await card(page, task);
		await page.keyboard.press('4');
		await page.waitForSelector('.visit-form .consequence:has-text("系统按规则安排下一次")');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("未接通")');
		const plan = (await get('/visits?limit=200', keyOf('supervisor'))).items.find((one) => one.task.id === task.id);
		assert.equal(plan.attempts, 1);
		assert.notEqual(plan.not_before, null);
		const when = plan.not_before.slice(5, 16).replace('T', ' ');
		assert.ok((await page.textContent('.toast')).includes(when), 'the time of the next try is said');
		await rowOf(page, task.appeal).locator(`text=${when}`).waitFor();
		await page.goto(`${address}/#/visit/${task.id}`);
		await page.waitForSelector('.plan li:has-text("未接通")');
		assert.ok((await page.textContent('.plan-next')).includes(when));
		assert.match(await page.textContent('.plan'), /至少隔 2 小时/);
	});
});

/* The rule says 200 ms; a machine that does much else at once is given more. */
const nextCardMost = 1000;

test('R22: the next card is at hand: drawn at once, without a request', async (t) => {
	const tasks = [await closed('CGJ'), await closed('CGJ')];
	await as(visitor, async (page) => {
		await card(page, tasks[0]);
		/* the card that follows was asked for while this one is open */
		await page.waitForFunction(() => performance.getEntriesByName('visit-ahead').length > 0);
		const asked = [];
		page.on('request', (sent) => asked.push(`${sent.method()} ${new URL(sent.url()).pathname}`));
		await page.keyboard.press('1');
		await page.waitForSelector('#visit-contacted-yes:focus');
		await page.keyboard.press('Control+Enter');
		await page.waitForFunction((id) => {
			const marks = performance.getEntriesByName('visit-card');
			return marks.length > 1 && marks[marks.length - 1].detail !== id;
		}, tasks[0].id);
		const { took, next } = await page.evaluate(() => {
			const last = (name) => performance.getEntriesByName(name).pop();
			return { took: last('visit-card').startTime - last('visit-recorded').startTime,
				next: last('visit-card').detail };
		});
		t.diagnostic(`${Math.round(took)} ms`);
		assert.ok(took < nextCardMost * slowness(), `${took} ms`);
		assert.notEqual(next, tasks[0].id);
		const appeal = next.split('-')[0];
		assert.deepEqual(asked.filter((one) => one === `GET /api/v1/tasks/${next}`
			|| one === `GET /api/v1/appeals/${appeal}`), [], 'the card was at hand');
		await page.waitForSelector(`.context .facts .number:text-is("${appeal}")`);
	});
});

test('R24: the number is masked; looking needs a purpose, is recorded, and the card says so', async () => {
	const task = await closed('CGJ');
	await as(visitor, async (page) => {
		await card(page, task);
		assert.match(await page.textContent('.call-who'), /138\*{4}1111.*留下记录.*已被查看 0 次/s);
		await page.keyboard.press('Alt+p');
		await page.waitForSelector(".call-who strong:text-is('13800001111')");
		assert.match(await page.textContent('.call-who'), /已被查看 1 次/);
		assert.ok(!page.url().includes('1380000'), 'no number in the address');
	});
	const revealed = (await eventsOf(task.appeal)).filter((event) => event.type === 'identity.revealed');
	assert.deepEqual(revealed.map((event) => event.data.purpose), ['回访核实']);
});

test('a department\'s question to a confidential caller is answered through the centre', async () => {
	const appeal = await registered(rowFor('CGJ'), { caller: { name: '周小舟', phone: '13800002222', secret: true } });
	const [task] = appeal.tasks;
	await post(`/tasks/${task.id}/sign`, keyOf('department', 'CGJ'), {});
	const asked = await post(`/tasks/${task.id}/callback`, keyOf('department', 'CGJ'), { question: '漏水点在几楼？' });
	await as(visitor, async (page) => {
		await page.goto(`${address}/#/callbacks`);
		await rowOf(page, '漏水点在几楼？').click();
		await page.waitForSelector('.call-who strong:has-text("138****2222")');
		await page.keyboard.press('Alt+p');
		await page.waitForSelector(".call-who strong:text-is('13800002222')");
		await press(page, 'a');
		await page.waitForSelector('#answer-answer');
		assert.match(await page.textContent('.action-form .consequence'), /去除姓名和号码/);
		await page.click('label[for=answer-reached-yes]');
		await page.fill('#answer-answer', '三楼东户');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast');
		await rowOf(page, '漏水点在几楼？').waitFor({ state: 'detached' });
		await page.click('.tab:has-text("短信回复")');
		await page.waitForSelector('.empty:has-text("没有需要人看的回复")');
	});
	const answered = (await get('/callbacks?state=answered', keyOf('department', 'CGJ'))).items
		.find((one) => one.task === task.id);
	assert.deepEqual([asked.id, answered.reached, answered.answer], [task.id, true, '三楼东户']);
});

test('a message that only a person can read is shown with its appeal, and marked as done', async () => {
	const { id } = await registered(rowFor('CGJ'));
	/* a gateway would hand it over; the screen is what is looked at */
	let items = [{ id: '71', appeal: id, state: 'unread', received_at: new Date().toISOString(), content: '还没修好呢' }];
	const done = [];
	await as(visitor, async (page) => {
		await page.route(/\/notices\/replies\?/, (route) => route.fulfill({ json: { items, next_cursor: null } }));
		await page.route(/\/notices\/replies\/71\/done$/, (route) => {
			done.push(route.request().method());
			items = [];
			return route.fulfill({ status: 204 });
		});
		await page.goto(`${address}/#/callbacks/replies`);
		await rowOf(page, '还没修好呢').click();
		await page.waitForSelector(`.callback .facts .number:text-is("${id}")`);
		await press(page, 'a');
		await page.waitForSelector('.action-form .consequence');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已记为阅处")');
		await rowOf(page, '还没修好呢').waitFor({ state: 'detached' });
	});
	assert.deepEqual(done, ['POST']);
});

test('a reviewer sees what the checklist asks for, and what of it is there', async () => {
	const task = await submitted('CGJ');
	await as(reviewer, async (page) => {
		await page.goto(`${address}/#/review/${task.id}`);
		await page.waitForSelector('.review-checklist li');
		assert.deepEqual((await page.locator('.review-checklist li').allTextContents()).map((text) => text.trim()),
			['✓ 答复内容 有', '✓ 联系记录 有']);
		await press(page, 'Alt+r');
		await page.waitForSelector('#review-reason:focus');
		await page.keyboard.type('请补充照片');
		await page.keyboard.press('Alt+r');
		await page.waitForSelector(".detail .tag:text-is('办理中')");
	});
	assert.equal((await taskNow(task.id)).state, 'in_hand');
});

test('a reviewer has a passed task done again once, and asks to leave one out of the figures', async () => {
	const again = await closed('CGJ'), out = await closed('CGJ'), pending = await submitted('CGJ');
	await as(reviewer, async (page) => {
		await page.goto(`${address}/#/review/passed/${again.id}`);
		await page.waitForSelector('#act-redo');
		await press(page, 'o');
		assert.match(await page.textContent('.action-form .consequence'), /第 2 轮，时限为原来的一半/);
		await page.fill('#redo-reason', '答复与现场不符');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast');
		await page.goto(`${address}/#/review/passed/${out.id}`);
		await page.waitForSelector(`.detail .facts .number:text-is("${out.appeal}")`);
		await press(page, 'g');
		await page.selectOption('#exclude-ground', 'G4');
		await page.fill('#exclude-evidence', '录音显示评价的是另一件');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.card-foot:has-text("剔除申请待督办决定")');
		await page.goto(`${address}/#/review/${pending.id}`);
		await page.waitForSelector('#review-reason');
		await press(page, 'Alt+g');
		await page.waitForSelector('#exclude-evidence');
		await page.keyboard.press('Escape');
		await page.waitForSelector('#review-reason');
		await page.click('.top .icon-only:last-child');
		await page.waitForSelector('#login');
	});
	const redone = await taskNow(again.id);
	assert.deepEqual([redone.state, redone.round], ['in_hand', 2]);
	assert.deepEqual([(await taskNow(out.id)).exclusion_asked, (await taskNow(out.id)).state], [true, 'closed']);
	assert.equal((await appealNow(out.appeal)).tasks.length, 1);
});
