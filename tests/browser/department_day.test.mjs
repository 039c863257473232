/*
 * A department's day, from sign-in to sign-out by keyboard; and that every step says before the
 * click what then happens, here and to a receiver of webhooks alike.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startReceiver } from '../e2e/lib/receiver.mjs';
import { png } from '../e2e/lib/uploads.mjs';
import { access, account, as, closeBrowser, fetchJson, openBrowser, ordinaryRow, press, request,
	rowOf, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const row = ordinaryRow();
const key = name => access.keys.find(one => one.name === name).key;
const own = key(`dept-${row.department}`);
const other = access.catalogue.find(one => one.department !== row.department && one.limit_class === 'L3').department;
const post = (who, path, body = {}) => request('POST', `/api/v1${path}`, key(who), body);
const get = (who, path) => request('GET', `/api/v1${path}`, key(who));
const ownPost = (path, body = {}) => request('POST', `/api/v1${path}`, own, body);
const taskNow = id => get('supervisor', `/tasks/${id}`);

/** A lead task of the department, as a caller's words bring it. */
async function newTask(words, changes = {}) {
	const appeal = await post('operator', '/appeals', { channel: '12345', content_class: 'help',
		category: row.category, area: row.area, title: uniqueText(words), text: `${words}，请处理`,
		caller: { name: '王秀英', phone: '13800001111' }, ...changes });
	return { ...appeal.tasks[0], title: appeal.title };
}

async function inHand(words, changes) {
	const task = await newTask(words, changes);
	await ownPost(`/tasks/${task.id}/sign`);
	return task;
}

/** Opens a task by the keyboard: find, type its number, Enter. */
async function open(page, task) {
	await press(page, 'f');
	await page.keyboard.press('Control+A');
	await page.keyboard.type(task.appeal);
	await page.keyboard.press('Enter');
	await page.waitForSelector(`.detail .facts .number:text-is("${task.appeal}")`);
	await page.waitForSelector('.receipt .limit');
}

const consequence = page => page.locator('.action-form .consequence').innerText();
const tag = (page, words) => page.waitForSelector(`.detail .tag:text-is('${words}')`);
const done = (page, words) => page.waitForSelector(`.toast:has-text('${words}')`);
const inboxOf = (work, options) => as(row.account, async page => {
	await page.waitForSelector('.worklist .row, .worklist .empty');
	await work(page);
}, options);

test('a whole day by keyboard: sign, contact, extend, promise, complete with a file, sign out', async () => {
	const task = await newTask('路灯不亮');
	await inboxOf(async page => {
		await open(page, task);
		assert.match(await page.locator('.step-bar .consequence').innerText(), /签收后转为办理中/);
		await press(page, 's');
		await tag(page, '办理中');

		await press(page, 'c');
		await page.waitForSelector('#contact-channel-phone:focus, #contact-channel-visit:focus, .action-form input:focus');
		await page.keyboard.press('1');
		await page.keyboard.press('Tab');
		await page.keyboard.press('1');
		await page.keyboard.press('Tab');
		await page.keyboard.type('已说明当晚抢修');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".history strong:text-is('联系群众')");

		await press(page, 'd');
		await page.waitForSelector('#extend-days:focus');
		await page.keyboard.type('3');
		await page.keyboard.press('Enter');
		await page.waitForSelector('#extend-reason:focus');
		await page.keyboard.type('需更换地下电缆');
		await page.keyboard.press('Tab');
		await page.keyboard.press(' ');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".standing:has-text('等待审批')");
		assert.match(await page.locator('.barred').innerText(), /延期.*等待审批/);

		const promised = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
		await press(page, 'p');
		await page.waitForSelector('#progress-text:focus');
		await page.keyboard.type('电缆故障已定位');
		await page.fill('#progress-promise', promised);
		assert.match(await consequence(page), new RegExp(`承诺 ${promised}`));
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(`.more-list .number:text-is("${promised}")`);

		await press(page, 'e');
		await page.waitForSelector('#complete-reply:focus');
		const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press(page, 'Alt+f')]);
		await chooser.setFiles({ name: '完工.png', mimeType: 'image/png', buffer: png(4, 4, task.id) });
		await page.waitForSelector('.reply-files li[data-sent=true]');
		await page.focus('#complete-reply');
		await page.keyboard.type('故障电缆已更换，路灯全部恢复。');
		assert.equal(await page.locator('.checklist .bad-word').count(), 0, 'the checklist is complete');
		await page.keyboard.press('Control+Enter');
		await tag(page, '待审核');
		await page.waitForSelector(`.more-list a:has-text('.png')`);
		await page.focus('.top .icon-only:last-child');
		await page.keyboard.press('Enter');
		await page.waitForSelector('#login');
	});
	const now = await taskNow(task.id);
	assert.deepEqual([now.state, now.result, now.due], ['review_pending', 'solved', task.due]);
	assert.ok(now.extension_asked_at && now.contacted_at);
	const files = (await get('supervisor', `/appeals/${task.appeal}/attachments`)).items;
	assert.deepEqual(files.map(one => [one.kind, one.type, one.task]), [['reply', 'image/png', task.id]]);
});

test('R21: a return says that it goes back and the clock runs on; screen and webhook agree on what came', async () => {
	const receiver = await startReceiver();
	const { id, secret } = await ownPost('/webhooks', { url: receiver.url, events: ['task.*'] });
	receiver.secrets.push(secret);
	const task = await inHand('噪声扰民');
	try {
		await inboxOf(async page => {
			await open(page, task);
			await press(page, 'b');
			await page.waitForSelector('#return-reason:focus');
			await page.selectOption('#return-reason', 'not_my_duty');
			const said = await consequence(page);
			assert.match(said, /退给派单员审定/);
			assert.match(said, /时限不停，继续计算/);
			assert.match(said, /可申请至 \d{4}-\d\d-\d\d \d\d:\d\d（剩 /);
			await page.fill('#return-basis', '三定方案');
			await page.focus('#return-propose');
			await page.keyboard.type(other);
			await page.keyboard.press('Enter');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector(".standing:has-text('等待派单员审定')");
			const asked = await taskNow(task.id);
			assert.deepEqual([asked.state, asked.due, asked.contact_due],
				['return_requested', task.due, task.contact_due], 'the clock runs on');
			await tag(page, '申请退回');
			assert.equal(await page.locator('[data-step=complete]').count(), 0, 'no other step meanwhile');
			await post('dispatcher', `/tasks/${task.id}/return/refuse`, { reason: '由城管核发许可' });
			await page.keyboard.press('r');
			await page.goto(`${access.base_url}/#/inbox/${(await newTask('另一件')).id}`);
			await page.goto(`${access.base_url}/#/inbox/${task.id}`);
			await page.waitForSelector(".standing:has-text('退回未获准：由城管核发许可')");
			await tag(page, '办理中');

			await press(page, 'u');
			await page.waitForSelector('#dispute-reason:focus');
			assert.match(await consequence(page), /送督办裁定/);
			await page.keyboard.type('产权不在本单位');
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector(".standing:has-text('等待督办裁定')");
		});
		assert.equal((await taskNow(task.id)).return_standing, 'disputed');
		const hook = await until(() => receiver.ofType('task.return_refused')[0]);
		assert.ok(hook.is_signed);
		const { data } = hook.json;
		assert.deepEqual([data.task, data.state, data.details.reason], [task.id, 'in_hand', '由城管核发许可'],
			'the receiver reads what the screen shows');
	} finally {
		await ownPost(`/webhooks/${id}/pause`);
		await receiver.stop();
	}
});

async function until(found) {
	const ends = Date.now() + 90_000;
	while (Date.now() < ends) {
		const value = found();
		if (value)
			return value;
		await new Promise(resolve => setImmediate(resolve));
	}
	assert.fail('it did not come');
}

test('R21: an extension shows the due time that an approval then sets', async () => {
	const task = await inHand('道路塌陷');
	await inboxOf(async page => {
		await open(page, task);
		await press(page, 'd');
		await page.fill('#extend-days', '5');
		await page.fill('#extend-reason', '需更换管道');
		await page.check('.action-form .check input');
		const [, from, to] = /(\d{4}-\d\d-\d\d \d\d:\d\d) → (\d{4}-\d\d-\d\d \d\d:\d\d)/.exec(await consequence(page));
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".standing:has-text('等待审批')");
		assert.equal((await taskNow(task.id)).due, task.due, 'until then the old due counts');
		const local = text => text.slice(0, 16).replace('T', ' ');
		assert.equal(local(task.due), from);
		const approved = await post('dispatcher', `/tasks/${task.id}/extend/approve`);
		assert.equal(local(approved.due), to);
		assert.equal(approved.original_due, task.due, 'the first one never changes');
		await page.waitForSelector(".barred li:has-text('只延一次')");
	});
});

test('R21: completing says when it counts as closed, and a checklist that is not complete says what is missing', async () => {
	const task = await inHand('垃圾未清运');
	await inboxOf(async page => {
		await open(page, task);
		await press(page, 'e');
		await page.waitForSelector('#complete-reply:focus');
		await page.keyboard.type('已清运');
		assert.match(await consequence(page), /以提交时间为办结时间/);
		assert.match(await page.locator('.checklist .bad-word').innerText(), /本轮已联系群众/);
		await page.keyboard.press('Control+Enter');
		const told = await page.locator('.action-form .notice-bad').innerText();
		assert.match(told, /要件|联系/);
		assert.match(told, /可.*联系群众|联系群众/, 'what is possible now, in words');
		assert.doesNotMatch(told, /contact|return\b/, told);
		assert.equal(await page.inputValue('#complete-reply'), '已清运', 'the text stays');
		await ownPost(`/tasks/${task.id}/contact`, { channel: 'phone', outcome: 'reached' });
		await page.waitForSelector(".checklist .good-word:has-text('本轮已联系群众')");
		await page.keyboard.press('Control+Enter');
		await tag(page, '待审核');
	}, { expected: /\b(409|412)\b/ });
	const submitted = await taskNow(task.id);
	const passed = await post('reviewer', `/tasks/${task.id}/review`, { pass: true });
	assert.deepEqual([passed.state, passed.closed_at], ['closed', submitted.submitted_at]);
});

test('R11: what somebody else changed is named, and the text stays until it can be sent', async () => {
	const task = await inHand('污水横流');
	const { items } = await get('supervisor', '/grounds');
	const ground = items.find(one => one.list === 'pause' && !one.needs.includes('evidence')) ?? items.find(one => one.list === 'pause');
	await inboxOf(async page => {
		await open(page, task);
		await press(page, 'p');
		await page.waitForSelector('#progress-text:focus');
		await page.keyboard.type('正在疏通');
		/* on its way when the pause comes: a page that learns of that first would not send it */
		await page.route(/\/progress$/, async route => {
			await post('dispatcher', `/tasks/${task.id}/pause`, { ground: ground.code,
				until: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10), note: '等待配件' });
			await route.continue();
		}, { times: 1 });
		const refused = page.waitForResponse(one => /\/progress$/.test(one.url()) && one.status() >= 400);
		await page.keyboard.press('Control+Enter');
		await refused;
		await page.waitForSelector(".notice-warn li:has-text('办理中 → 已暂停'), .notice-warn li:has-text('办理中 → 暂停')");
		assert.equal(await page.inputValue('#progress-text'), '正在疏通');
		await post('dispatcher', `/tasks/${task.id}/resume`);
		await page.waitForSelector(".notice-warn li:has-text('→ 办理中')");
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".history p:text-is('正在疏通')");
		assert.equal(await page.locator('.action-form').count(), 0);
	}, { expected: /\b(409|412)\b/ });
});

test('R13: a task that comes moves no row, and waits behind a pill that counts', async () => {
	await newTask('先来的一件');
	await inboxOf(async page => {
		await page.clock.install();
		await page.click('.tabs .tab:nth-child(2)');
		await page.click('.tabs .tab:nth-child(1)');
		await page.waitForSelector('.worklist .row');
		await page.keyboard.press('j');
		await page.waitForSelector('.worklist .row:focus');
		const where = () => page.evaluate(() => {
			const { top } = document.activeElement.getBoundingClientRect();
			return { top, text: document.activeElement.querySelector('.row-note .number').textContent };
		});
		const was = await where();
		const urgent = await newTask('后来的一件');
		await page.clock.fastForward(31_000);
		const pill = page.locator('.worklist .pill');
		await pill.waitFor();
		assert.deepEqual(await where(), was, 'the row under focus stands where it stood');
		assert.equal(await rowOf(page, urgent.appeal).count(), 0);
		assert.match(await pill.innerText(), /1/);
		await pill.click();
		await rowOf(page, urgent.appeal).waitFor();
	});
});

test('several are signed at once, and one list says what came of each', async () => {
	const tasks = [await newTask('多选一'), await newTask('多选二'), await newTask('多选三')];
	await inboxOf(async page => {
		for (const task of tasks) {
			await open(page, task);
			await page.keyboard.press('x');
		}
		await ownPost(`/tasks/${tasks[1].id}/sign`);
		await press(page, 'f');
		await page.keyboard.press('Control+A');
		await page.keyboard.type('多选');
		await page.keyboard.press('Alt+s');
		await page.waitForSelector("#batch-title:text-is('已签收 2 / 3 件')");
		const lines = await page.locator('.box tbody tr').allInnerTexts();
		assert.equal(lines.length, 3);
		assert.match(lines.find(line => line.includes(tasks[1].appeal)), /✕.*(别人|修改|412|更新|stale)/s);
		await page.keyboard.press('Escape');
	}, { expected: /\b412\b/ });
	for (const task of tasks)
		assert.equal((await taskNow(task.id)).state, 'in_hand');
});

test('another department is asked in, reports a stage, and a delay is logged', async () => {
	const task = await inHand('管线产权不明');
	await inboxOf(async page => {
		await open(page, task);
		await press(page, 'a');
		await page.waitForSelector('#assist-department1:focus');
		await page.keyboard.type(other);
		await page.keyboard.press('Enter');
		assert.match(await consequence(page), /早一个工作日/);
		await page.fill('#assist-advice', '请核实产权');
		await page.keyboard.press('Control+Enter');
		await done(page, '请协办');
	});
	const [{ task: assist }] = (await get('supervisor', `/tasks/${task.id}/assists`)).items;
	assert.deepEqual([assist.department, assist.role], [other, 'assist']);
	assert.ok(Date.parse(assist.due) < Date.parse(task.due), 'due before the lead');
	await request('POST', `/api/v1/tasks/${assist.id}/sign`, key(`dept-${other}`), {});
	await as(account('department', other), async page => {
		await page.waitForSelector('.worklist .row');
		await open(page, task);
		await press(page, 'o');
		await page.waitForSelector('#report-text:focus');
		await page.keyboard.type('产权已查明');
		await page.keyboard.press('Control+Enter');
		await done(page, '阶段报告');
	});
	await inboxOf(async page => {
		await open(page, task);
		await page.waitForSelector(".more-list p:has-text('产权已查明')");
		await press(page, 'w');
		await page.click(`label[for="assist-delay-assist-${assist.id}"]`);
		await page.fill('#assist-delay-note', '两次催问未答复');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".more-list p:has-text('两次催问未答复')");
	});
	const [{ reports, delays }] = (await get('supervisor', `/tasks/${task.id}/assists`)).items;
	assert.deepEqual([reports[0].text, delays[0].note], ['产权已查明', '两次催问未答复']);
});

test('a caller who wishes secrecy is called by the centre, and nothing of the caller is shown', async () => {
	const task = await inHand('举报占道', { caller: { name: '赵保密', phone: '13911112222', secret: true } });
	await inboxOf(async page => {
		await open(page, task);
		await page.waitForSelector(".standing:has-text('要求信息保密')");
		await press(page, 'g');
		await page.waitForSelector('#callback-question:focus');
		await page.keyboard.type('占道在几号门？');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".standing:has-text('已请中心回拨：占道在几号门？')");
		assert.match(await page.locator('.barred').innerText(), /回拨.*尚未答复/);
		assert.doesNotMatch(await page.content(), /赵保密|13911112222/);
	});
	assert.deepEqual((await fetchOpen()).map(one => one.question), ['占道在几号门？']);
	async function fetchOpen() {
		return (await get('supervisor', '/callbacks')).items.filter(one => one.task === task.id);
	}
});

test('the list is searched and filtered, and the address keeps the filter but not the words', async () => {
	const urgent = await newTask('井盖破损特征词');
	await post('supervisor', `/tasks/${(await inHand('催办过的')).id}/urge`);
	await inboxOf(async page => {
		await open(page, urgent);
		assert.equal(await page.locator('.worklist .row').count(), 1);
		assert.doesNotMatch(page.url(), /特征词/);
		await press(page, 'f');
		await page.keyboard.press('Escape');
		await page.selectOption('.filter-bar select >> nth=1', 'extension');
		await page.waitForFunction(() => location.hash.includes('mark=extension'));
		await page.waitForFunction(() => [...document.querySelectorAll('.worklist .row')].every(one => /延期待批/.test(one.textContent)));
		const { items } = await fetchJson(page, '/tasks?state=in_hand&limit=200');
		assert.equal(await page.locator('.worklist .row').count(), items.filter(one => one.extension_asked_at).length);
	});
});
