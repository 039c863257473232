/*
 * What is decided on screens by who alone may: a department insists and a supervisor rules, a case is
 * placed on account and taken off, a leader gives a complex matter more time, an identity is held
 * for a court and its erasure waits for that.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, address, as, closeBrowser, openBrowser, press } from './harness.mjs';
import { settled } from './every_screen.mjs';
import { appealNow, eventsOf, get, givenBack, inHand, keyOf, post, registered, rowFor, taskNow, unrouted } from './prepared.mjs';

before(openBrowser);
after(closeBrowser);

const saysDone = page => page.waitForSelector('.toast');
const openAt = async (page, path) => {
	await page.goto(`${address}/#/${path}`);
	await settled(page);
	await page.waitForSelector('.detail .facts');
};
const consequence = page => page.textContent('.action-form .consequence');
const shown = at => at.slice(0, 16).replace('T', ' ');

test('a department insists on its return, the dispatcher may not decide it, and the ruling of a supervisor ends it', async () => {
	const task = await givenBack('GSGS', 'SZZX');
	await post(`/tasks/${task.id}/return/refuse`, keyOf('dispatcher'), { reason: '属于你单位职责' });
	await post(`/tasks/${task.id}/dispute`, keyOf('department', 'GSGS'), { reason: '管网产权不在本单位' });
	await as(account('dispatcher'), async page => {
		await openAt(page, `decisions/returns/${task.id}`);
		assert.match(await page.textContent('.card-foot.actions'), /由督办裁定/);
		assert.equal(await page.locator('#act-accept, #act-refuse').count(), 0);
	});
	const { version } = await get('/catalogue', keyOf('supervisor'));
	await as(account('supervisor'), async page => {
		await openAt(page, `decisions/returns/${task.id}`);
		await press(page, 'u');
		await page.waitForSelector('#rule-department:focus');
		await page.keyboard.type('SZZX');
		await page.keyboard.press('Enter');
		assert.match(await consequence(page), /今后派给 市政设施养护中心/, 'R21: what it writes into the catalogue is said before');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.fill('#rule-basis', '三定方案第四条');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
	});
	const { tasks } = await appealNow(task.appeal);
	assert.deepEqual(tasks.map(one => [one.department, one.state]), [['GSGS', 'returned'], ['SZZX', 'awaiting_sign']]);
	const { rows, version: now } = await get('/catalogue', keyOf('supervisor'));
	assert.equal(now, version + 1);
	const where = rowFor('GSGS');
	assert.equal(rows.find(one => one.category === where.category && one.area === where.area).department, 'SZZX');
	assert.equal((await eventsOf(task.appeal)).filter(one => one.type === 'task.ruled').length, 1);
	await assert.rejects(post(`/tasks/${tasks[1].id}/return`, keyOf('department', 'SZZX'),
		{ reason: 'not_my_duty', basis: '不服', propose: null }), /409/, 'what was ruled is not given back');
});

test('a task is placed on account with its plan and day of review, its limit stands, and it comes off where it was said to', async () => {
	const task = await inHand('CGJ');
	const day = task.due.slice(0, 10);
	await as(account('dispatcher'), async page => {
		await openAt(page, `decisions/work/${task.id}`);
		await press(page, 'o');
		await page.waitForSelector('#account-plan:focus');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		assert.equal(await page.locator('.summary li').count(), 2, 'R15: a plan and a day are needed');
		await page.fill('#account-plan', '列入明年管网改造，逐月报进度');
		await page.fill('#account-review_on', day);
		assert.ok((await consequence(page)).includes(day));
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		assert.equal((await taskNow(task.id)).state, 'on_account');
		await openAt(page, `decisions/held/${task.id}`);
		await page.waitForSelector('.request .facts');
		assert.match(await page.textContent('.request'), /列入明年管网改造/);
		await press(page, 'a');
		await page.waitForFunction(() => !/—/.test(document.querySelector('.action-form .consequence')?.textContent ?? '—'));
		const due = /办结时限为 (.{16})/.exec(await consequence(page))[1];
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.toast:has-text("已恢复计时")');
		const off = await taskNow(task.id);
		assert.deepEqual([off.state, shown(off.due)], ['in_hand', due]);
	});
	assert.deepEqual((await eventsOf(task.appeal)).map(one => one.type).filter(type => /account/.test(type)),
		['task.on_account', 'task.off_account']);
});

test('more time for a complex matter is the leader’s alone: others see who decides, the leader sees the plan and what moves', async () => {
	const { id } = await registered(unrouted);
	await post(`/appeals/${id}/dispatch`, keyOf('dispatcher'), { department: 'CGJ', limit_class: 'L5' });
	const [task] = (await appealNow(id)).tasks;
	const own = keyOf('department', 'CGJ');
	await post(`/tasks/${task.id}/sign`, own, {});
	await post(`/tasks/${task.id}/contact`, own, { channel: 'phone', outcome: 'reached', note: '已联系' });
	const { due } = await taskNow(task.id);
	await post(`/tasks/${task.id}/extend`, own, { days: 10, reason: '需多部门会商', caller_informed: true,
		plan: '第一周会商，第二周施工' });
	for (const role of ['dispatcher', 'supervisor'])
		await as(account(role), async page => {
			await openAt(page, `decisions/extensions/${task.id}`);
			assert.match(await page.textContent('.card-foot.actions'), /领导/);
			assert.equal(await page.locator('#act-approve, #act-refuse').count(), 0, role);
		});
	await as(account('leader'), async page => {
		await openAt(page, `decisions/extensions/${task.id}`);
		assert.match(await page.textContent('.request'), /第一周会商/);
		const to = await page.textContent('.moves strong');
		await press(page, 'a');
		await page.waitForSelector('.action-form');
		assert.ok((await consequence(page)).includes(`由 ${shown(due)} 改为 ${to}`), 'R21');
		await page.keyboard.press('Control+Enter');
		await saysDone(page);
		assert.equal(shown((await taskNow(task.id)).due), to);
	});
	assert.equal((await eventsOf(id)).filter(one => one.type === 'task.extension_decided').length, 1);
	const { items } = await get(`/tasks/${task.id}/extensions`, keyOf('supervisor'));
	assert.deepEqual(items.map(one => [one.decision, one.decided_by]), [['approved', account('leader').login]]);
});

test('an identity is held for a court until a day, is not erased meanwhile, and is released with a reason', async () => {
	const appeal = await registered(rowFor('CGJ'));
	await post(`/appeals/${appeal.id}/withdraw`, keyOf('operator'), { reason: '自行解决', confirmed_by: 'recording' });
	const holds = async () => (await get('/vault/holds', keyOf('supervisor'))).items.filter(one => one.appeal === appeal.id);
	await as(account('supervisor'), async page => {
		await page.goto(`${address}/#/rulings/identities`);
		await page.waitForSelector('#holds-title');
		await press(page, 'h');
		await page.waitForSelector('#holds-appeal:focus, #hold-appeal:focus, [id$=-appeal]:focus');
		await page.keyboard.type(appeal.id);
		await page.fill('[id$=-reason]', '法院调取（2026）闽01号');
		assert.ok((await consequence(page)).length > 10, 'R21: what a hold means is said before');
		await page.keyboard.press('Control+Enter');
		await page.locator('[aria-labelledby=holds-title] tbody tr', { hasText: appeal.id }).waitFor();
		const [held] = await holds();
		assert.equal(held.reason, '法院调取（2026）闽01号');
		await assert.rejects(post('/callers/erase', keyOf('supervisor'), { appeals: [appeal.id], reason: '本人申请' }), /409|422/,
			'what is held is not erased');
		await page.locator('[aria-labelledby=holds-title] tbody tr', { hasText: appeal.id }).locator('.link, a').first().click();
		await page.waitForSelector('.drawer .facts');
		await press(page, 'l');
		await page.fill('.drawer [id$=-reason]', '案件已结');
		await page.keyboard.press('Control+Enter');
		await page.locator('[aria-labelledby=holds-title] tbody tr', { hasText: appeal.id }).waitFor({ state: 'detached' });
	});
	assert.deepEqual(await holds(), []);
});
