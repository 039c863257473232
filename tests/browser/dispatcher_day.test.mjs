/*
 * A dispatcher's day, from sign-in to sign-out: what the catalogue could not place, what
 * departments ask for, hand-overs of 110, and the ping-pong meter. Each consequence that the
 * screen told before the click is compared with what the interface says after it (R21).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { access, account, address, as, closeBrowser, openBrowser, press, rowOf } from './harness.mjs';
import { settled } from './every_screen.mjs';
import { appealNow, eventsOf, get, givenBack, inHand, keyOf, post, registered, rowFor, taskNow,
	unrouted } from './prepared.mjs';

before(openBrowser);
after(closeBrowser);

const dispatcher = account('dispatcher');
const saysDone = page => page.waitForSelector('.toast');

/** "2026-03-09T23:59:59+08:00" as the console writes it. */
const shown = at => at.slice(0, 16).replace('T', ' ');

const openAt = async (page, path) => {
	await page.goto(`${address}/#/${path}`);
	await settled(page);
	await page.waitForSelector('.detail .facts');
};

/** The consequence that stands before the button of the open form. */
const consequence = page => page.textContent('.action-form .consequence');

test('the day begins with what waits longest, and says why the catalogue did not place it', async () => {
	const none = await registered(unrouted);
	const accused = await registered(rowFor('CGJ'), { accused: { department: 'CGJ' } });
	await as(dispatcher, async page => {
		await rowOf(page, none.title).waitFor();
		assert.match(await rowOf(page, none.title).textContent(), /等候/);
		await openAt(page, `dispatch/${none.id}`);
		await page.waitForSelector('.placement strong');
		assert.match(await page.textContent('.placement strong'), /没有“.*无人机扰民.*”/);
		await openAt(page, `dispatch/${accused.id}`);
		await page.waitForFunction(() => /被诉单位/.test(document.querySelector('.placement')?.textContent ?? ''));
		assert.match(await page.textContent('.placement'), /城市管理局.*回避/s);
		/* who is barred is not offered */
		await page.fill('#dispatch-department', 'CGJ');
		await page.waitForSelector('#dispatch-department-list .combo-none');
	});
});

test('R15: what a dispatch lacks is said in a summary that takes the focus with each try and leads to the field', async () => {
	const appeal = await registered(unrouted);
	await as(dispatcher, async page => {
		await openAt(page, `dispatch/${appeal.id}`);
		await page.waitForSelector('#dispatch-department');
		for (const at of ['#dispatch-advice', '#dispatch-class']) {
			await page.focus(at);
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector('.summary:focus');
		}
		await page.click('.summary .link');
		await page.waitForSelector('#dispatch-department:focus');
	});
});

test('by keyboard alone an appeal goes to a lead with an assist and advice', async () => {
	const appeal = await registered(unrouted);
	await as(dispatcher, async page => {
		await openAt(page, `dispatch/${appeal.id}`);
		await page.waitForSelector('#dispatch-department');
		await page.keyboard.press('d');
		await page.waitForSelector('#dispatch-department:focus');
		await page.keyboard.type('GAJ');
		await page.keyboard.press('Enter');
		await page.focus('#dispatch-assist');
		await page.keyboard.type('CGJ');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.chips li');
		await page.focus('#dispatch-advice');
		await page.keyboard.type('请核实飞行许可');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		await rowOf(page, appeal.title).waitFor({ state: 'detached' });
	});
	const { state, tasks } = await appealNow(appeal.id);
	assert.equal(state, 'dispatched');
	assert.deepEqual(tasks.map(task => [task.department, task.role, task.advice]),
		[['GAJ', 'lead', '请核实飞行许可'], ['CGJ', 'assist', '请核实飞行许可']]);
});

test('R10: a dispatch is taken back by one key, and waits again', async () => {
	const appeal = await registered(unrouted);
	await as(dispatcher, async page => {
		await openAt(page, `dispatch/${appeal.id}`);
		await page.focus('#dispatch-department');
		await page.keyboard.type('GAJ');
		await page.keyboard.press('Enter');
		const answered = page.waitForResponse(answer => answer.url().endsWith('/dispatch')
			&& answer.request().method() === 'POST');
		await page.keyboard.press('Control+Enter');
		const { state, undo_until } = await (await answered).json();
		assert.equal(state, 'dispatched');
		assert.ok(undo_until, 'the answer says until when');
		await page.waitForSelector('.toast button[aria-keyshortcuts="Alt+z"]');
		await page.keyboard.press('Alt+z');
		await page.waitForSelector('.toast:has-text("已撤销")');
		await rowOf(page, appeal.title).waitFor();
		assert.equal((await appealNow(appeal.id)).state, 'accepted');
	});
});

test('R21: a return shows its consequence; accepted, the task goes to the department that was named', async () => {
	const task = await givenBack('CGJ', 'JTJ');
	await as(dispatcher, async page => {
		await openAt(page, `decisions/returns/${task.id}`);
		assert.match(await page.textContent('.request'), /退单窗口至/);
		await press(page, 'a');
		await page.waitForSelector('#accept-redispatch_to');
		assert.match(await consequence(page), /城市管理局 的任务作废；交通运输局 得到自己的完整时限/);
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	assert.equal((await taskNow(task.id)).state, 'returned');
	const { tasks } = await appealNow(task.appeal);
	assert.deepEqual(tasks.map(one => one.department), ['CGJ', 'JTJ']);
	assert.equal(tasks[1].state, 'awaiting_sign');
});

test('R21: a refused return goes on where it was, and the reason must be given (R15)', async () => {
	const task = await givenBack('CGJ', 'JTJ');
	await as(dispatcher, async page => {
		await openAt(page, `decisions/returns/${task.id}`);
		await press(page, 'x');
		await page.waitForSelector('#refuse-reason');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.fill('#refuse-reason', '属于你单位职责');
		assert.match(await consequence(page), /时限从未停止/);
		/* Escape loses no text */
		await page.focus('#refuse-reason');
		await page.keyboard.press('Escape');
		await page.waitForSelector('#act-refuse');
		await press(page, 'x');
		assert.equal(await page.inputValue('#refuse-reason'), '属于你单位职责');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	const after_ = await taskNow(task.id);
	assert.deepEqual([after_.state, after_.due], ['awaiting_sign', task.due]);
});

test('a second return is not the dispatcher\'s: a supervisor rules, and the catalogue says so from then on', async () => {
	const task = await givenBack('GSGS', 'SZZX');
	await post(`/tasks/${task.id}/return/accept`, keyOf('supervisor'), { redispatch_to: 'SZZX' });
	const second = (await appealNow(task.appeal)).tasks[1];
	await post(`/tasks/${second.id}/return`, keyOf('department', 'SZZX'),
		{ reason: 'not_my_duty', basis: '产权不在本单位', propose: 'JTJ' });
	await as(dispatcher, async page => {
		await openAt(page, `decisions/returns/${second.id}`);
		await page.waitForSelector('.hand-overs .gone');
		assert.match(await page.textContent('.card-foot.actions'), /由督办裁定/);
		assert.equal(await page.locator('#act-accept').count(), 0);
		assert.equal(await page.locator('#act-refuse').count(), 1);
	});
	const before_ = (await get('/catalogue', keyOf('supervisor'))).version;
	await as(account('supervisor'), async page => {
		await openAt(page, `decisions/returns/${second.id}`);
		await press(page, 'a');
		await page.waitForSelector('#accept-redispatch_to');
		assert.match(await consequence(page), /写入派单目录新版本：.*今后派给 交通运输局/);
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	const { version, rows } = await get('/catalogue', keyOf('supervisor'));
	assert.equal(version, before_ + 1);
	const where = rowFor('GSGS');
	assert.equal(rows.find(row => row.category === where.category && row.area === where.area).department, 'JTJ');
	await as(dispatcher, async page => {
		await openAt(page, `decisions/decided/${second.id}`);
		assert.match(await page.textContent('.request'), /裁定写入派单目录/);
	});
});

test('R21: an extension shows from when to when the due moves, and that is where it then is', async () => {
	const task = await inHand('CGJ');
	await post(`/tasks/${task.id}/extend`, keyOf('department', 'CGJ'),
		{ days: 3, reason: '配件需从外地采购', caller_informed: true });
	await as(dispatcher, async page => {
		await openAt(page, `decisions/extensions/${task.id}`);
		const [from, to] = [await page.textContent('.moves span'), await page.textContent('.moves strong')];
		assert.equal(from, shown(task.due));
		await press(page, 'a');
		await page.waitForSelector('.action-form');
		assert.ok((await consequence(page)).includes(`由 ${from} 改为 ${to}`));
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		assert.equal(shown((await taskNow(task.id)).due), to);
	});
	const other = await inHand('CGJ');
	await post(`/tasks/${other.id}/extend`, keyOf('department', 'CGJ'),
		{ days: 2, reason: '人手不足', caller_informed: true });
	await as(dispatcher, async page => {
		await openAt(page, `decisions/extensions/${other.id}`);
		await press(page, 'x');
		await page.fill('#refuse-reason', '理由不充分');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	const refused = await taskNow(other.id);
	assert.deepEqual([refused.due, refused.extension_asked_at], [other.due, null]);
});

test('a task is paused and resumed, put on account and taken off, and an exclusion asked for', async () => {
	const task = await inHand('CGJ');
	await as(dispatcher, async page => {
		await openAt(page, `decisions/work/${task.id}`);
		await press(page, 'p');
		await page.selectOption('#pause-ground', 'caller_material');
		await page.fill('#pause-until', task.due.slice(0, 10));
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		assert.equal((await taskNow(task.id)).state, 'paused');
		await openAt(page, `decisions/held/${task.id}`);
		await page.waitForSelector('.request .facts');
		await press(page, 'a');
		await page.waitForFunction(() => !/—/.test(document.querySelector('.action-form .consequence')?.textContent ?? '—'));
		const due = /办结时限为 (.{16})/.exec(await consequence(page))[1];
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已恢复计时")');
		const resumed = await taskNow(task.id);
		assert.deepEqual([resumed.state, shown(resumed.due)], ['in_hand', due]);
		await openAt(page, `decisions/work/${task.id}`);
		await press(page, 'g');
		await page.selectOption('#exclude-ground', 'G4');
		await page.fill('#exclude-evidence', '录音显示评价的是另一件');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已申请剔除")');
		assert.equal((await taskNow(task.id)).exclusion_asked, true);
		await openAt(page, `decisions/exclusions/${task.id}`);
		assert.match(await page.textContent('.card-foot.actions'), /由督办决定/);
	});
	await as(account('supervisor'), async page => {
		await openAt(page, `decisions/exclusions/${task.id}`);
		await press(page, 'a');
		await page.waitForSelector('#approve-published');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	assert.notEqual((await taskNow(task.id)).excluded_at, null);
});

test('the ping-pong meter and its table twin say what the interface says (R27)', async () => {
	await as(dispatcher, async page => {
		const month = (await page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).now))?.slice(0, 7);
		await page.goto(`${address}/#/decisions/pairs${month ? `?month=${month}` : ''}`);
		await page.waitForSelector('.duels');
		const rows = await page.locator('#pairs-title >> xpath=ancestor::section >> tbody tr').evaluateAll(all =>
			all.map(row => [...row.children].map(cell => cell.textContent)));
		const { items } = await get('/returns/pairs', keyOf('supervisor'));
		assert.deepEqual(rows.map(row => row.slice(2).map(Number)),
			items.map(one => [one.asked, one.accepted, one.refused, one.open]));
		const drawn = (await page.locator('.meter-number').allTextContents()).filter(Boolean).map(Number);
		const named = items.filter(one => one.to !== null);
		assert.equal(drawn.reduce((sum, n) => sum + n, 0), named.reduce((sum, one) => sum + one.asked, 0));
	});
});

test('what 110 offers is taken on by its time, or refused with a reason', async () => {
	await post('/exchange/peers', keyOf('admin'), { code: '110', name: '110', service: 'police', mode: 'live' });
	const intake = access.keys.find(one => one.role === 'intake' && one.channel === '110').key;
	const offer = (number, title) => ({ sender: '110', offered_by: '110', number, sequence: 1, kind: 'offer',
		at: new Date().toISOString(), item: 'F04', urgent: false, title, text: '民警到场后认为属城市管理事项。' });
	await post('/exchange/110/messages', intake, { messages: [offer('D-1', '夜间施工'), offer('D-2', '家庭纠纷')] });
	await as(dispatcher, async page => {
		await openAt(page, 'exchange/offered/110.theirs.D-1');
		assert.match(await page.textContent('.detail .facts'), /答复时限/);
		await press(page, 'a');
		await page.focus('#accept-category');
		await page.keyboard.type(rowFor('CGJ').category);
		await page.keyboard.press('Enter');
		await page.focus('#accept-area');
		await page.keyboard.type('A01');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		await openAt(page, 'exchange/offered/110.theirs.D-2');
		await press(page, 'x');
		await page.click('label[for=refuse-reason-not_ours]');
		await page.fill('#refuse-text', '属治安纠纷');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已退还对方")');
	});
	const { items } = await get('/exchange', keyOf('supervisor'));
	const [taken, refused] = ['D-1', 'D-2'].map(number => items.find(one => one.number === number));
	assert.equal(taken.state, 'accepted');
	assert.equal(refused.state, 'refused');
	assert.equal((await eventsOf(taken.appeal))[0].type, 'appeal.received');
});

test('deadline tools: the receipt of a task, its versions, and the nightly check; then sign-out', async () => {
	const task = await inHand('CGJ');
	await as(dispatcher, async page => {
		await page.goto(`${address}/#/deadlines`);
		await page.fill('#deadline-task', task.id);
		await page.keyboard.press('Enter');
		await page.waitForSelector('.limit[open] .steps .counted');
		assert.match(await page.textContent('.facts'), /日历第 \d+ 版/);
		await page.waitForSelector('#check-title');
		await page.fill('#deadline-task', task.appeal);
		await page.keyboard.press('Enter');
		await page.waitForSelector(`#task-${task.id}-title`);
		await page.click('.top .icon-only:last-child');
		await page.waitForSelector('#login');
		assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
	});
});
