/*
 * A department's own figures before they are published, on a service of its own with a test clock:
 * each number opens exactly its cases, objections, the right of reply, and what else is counted.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { local, moveTo } from '../e2e/lib/clock.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { close, leadOf, register, rowOf, sign, visit } from '../e2e/lib/world.mjs';

const server = await startServer({ clock: local('2026-02-02 09:00') });
process.env.LIANDONG_ACCESS = path.join(server.dir, 'access.json');
const { account, as, closeBrowser, openBrowser, press } = await import('./harness.mjs');

const own = server.department('CGJ');
const supervisor = server.as('supervisor');
const leader = server.as('leader');
const USCC = '91350100M000100Y43';
const tasks = {};
let item;

before(async () => {
	for (const name of ['kept', 'late', 'never'])
		tasks[name] = leadOf(await register(server, rowOf(server, 'CGJ')));
	await sign(server, tasks.never);
	await own.post(`/tasks/${tasks.never.id}/progress`, { text: '已报修', promise_on: '2026-02-10' }, { expect: 200 });
	await moveTo(server, '2026-02-04 09:00');
	await close(server, tasks.kept);
	await visit(server, tasks.kept, 'satisfied');
	await moveTo(server, '2026-02-24 09:00');
	await close(server, tasks.late);
	await visit(server, tasks.late, 'dissatisfied', { reason: 'policy', solved: 'no' });
	await moveTo(server, '2026-03-04 09:00');
	await supervisor.post('/reports/2026-02/preview', {}, { expect: 200 });
	item = (await supervisor.post('/accountability', { department: 'CGJ', title: '一件超期未办', text: '催办无回应' },
		{ expect: 201 })).json;
	await supervisor.post(`/accountability/${item.id}/evidence`, { statement_until: '2026-03-20' }, { expect: 200 });
	await openBrowser();
});
after(async () => {
	await closeBrowser();
	await server.stop();
});

const opened = (where, work, options) => as(account('department', 'CGJ'), async page => {
	await page.goto(`${server.base}/#/figures${where}`);
	await page.waitForSelector('.page h1');
	await work(page);
}, options);
const report = async () => (await own.get('/reports/2026-02', { expect: 200 })).json;

test('R16: every number of the month opens exactly the cases behind it', async () => {
	await opened('', async page => {
		await page.waitForSelector("h1 .tag:text-is('预览')");
		assert.match(await page.textContent('h1'), /2026年2月/);
		const { measures } = (await report()).departments.find(one => one.department === 'CGJ');
		const numbers = page.locator('[data-measure]');
		await numbers.first().waitFor();
		let seen = 0;
		for (let at = 0; at < await numbers.count(); at++) {
			const cell = numbers.nth(at);
			const [measure, part] = [await cell.getAttribute('data-measure'), await cell.getAttribute('data-part')];
			const value = measures[measure];
			const expected = typeof value === 'number' ? value : value[part];
			assert.equal(await cell.innerText(), String(expected), `${measure} ${part}`);
			if (expected === 0)
				continue;
			await cell.click();
			await page.waitForSelector(`.drawer-count[data-ended=true][data-expected="${expected}"]`);
			const list = await own.all(`/reports/2026-02/tasks?measure=${measure}&part=${part}&department=CGJ`);
			assert.deepEqual(await page.locator('.cases li').evaluateAll(all => all.map(li => li.dataset.task)),
				list.map(one => one.task), `${measure} ${part}`);
			assert.equal(list.length, expected);
			seen += 1;
			await page.keyboard.press('Escape');
			await page.locator('.drawer').waitFor({ state: 'detached' });
		}
		assert.ok(seen > 20, `${seen} numbers`);
		assert.ok(await page.evaluate(() => document.activeElement.matches('[data-measure]')), 'the focus is back');
	});
});

test('R16: the address of an open number shows another person of the department the same', async () => {
	await opened('/2026-02?open=completion&part=den', async page => {
		await page.waitForSelector('.drawer-count[data-ended=true]');
		assert.match(await page.textContent('.drawer'), new RegExp(tasks.never.appeal));
	});
});

test('cases are objected to with a reason, and the answer is seen', async () => {
	await opened('/2026-02?open=on_time&part=den', async page => {
		await page.check(`[data-task="${tasks.never.id}"] input`);
		await page.check(`[data-task="${tasks.late.id}"] input`);
		assert.match(await page.locator('.drawer .consequence').innerText(), /不改数字/);
		await page.fill('#objection-text', '诉求人始终联系不上');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".toast:has-text('已提出 2 条异议')");
		await page.keyboard.press('Escape');
		const list = (await supervisor.all('/reports/2026-02/objections')).filter(one => one.department === 'CGJ');
		assert.deepEqual(list.map(one => [one.task, one.measure, one.text]).sort(), [tasks.late, tasks.never]
			.map(task => [task.id, 'on_time', '诉求人始终联系不上']).sort());
		await supervisor.post(`/reports/2026-02/objections/${list[0].n}/answer`, { accepted: false, answer: '可短信联系' },
			{ expect: 200 });
		await page.click(".tab:text-is('异议')");
		await page.waitForSelector("tr:has-text('不成立'):has-text('可短信联系')");
		await page.waitForSelector("tr:has-text('待答复')");
	});
});

test('a word of at most 200 characters stands beside a figure that misses the target', async () => {
	await opened('/2026-02', async page => {
		await page.waitForSelector('[data-measure]');
		const line = name => page.locator('tbody tr', { has: page.locator(`strong:text-is("${name}")`) });
		assert.equal(await line('有效回访率').locator('button:text-is("申辩")').count(), 0, 'it meets the target');
		assert.equal(await line('延期率').locator('button:text-is("申辩")').count(), 0, 'no target is set for it');
		await line('办结率').locator('button:text-is("申辩")').click();
		await page.fill('#reply-text', '两'.repeat(230));
		assert.equal((await page.inputValue('#reply-text')).length, 200);
		assert.match(await page.locator('.box .hint').innerText(), /200 \/ 200/);
		await page.fill('#reply-text', '两件因施工审批延误，已说明。');
		assert.match(await page.locator('.box .hint').innerText(), /14 \/ 200/);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector("q:text-is('两件因施工审批延误，已说明。')");
	});
	const { statements } = (await report()).departments.find(one => one.department === 'CGJ');
	assert.deepEqual(statements.map(one => [one.measure, one.text]), [['completion', '两件因施工审批延误，已说明。']]);
});

test('promises: each number is the length of its list', async () => {
	await opened('/2026-02?view=promises', async page => {
		await page.waitForSelector('tbody tr');
		for (const tab of await page.locator('[aria-labelledby=promises-title] .tab').all()) {
			const count = Number(await tab.locator('.number').innerText());
			await tab.click();
			await page.waitForFunction(n => n === 0 ? document.querySelector('.empty')
				: document.querySelectorAll('tbody tr').length === n, count);
		}
		await page.click(".tab:has-text('待核查')");
		await page.waitForSelector(`tr:has-text("2026-02-10") a:text-is("${tasks.never.id}")`);
	});
});

test('a filing is made and revised, and both versions stay', async () => {
	await server.as('admin').post('/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01' }, { expect: [200, 201] });
	await opened('?view=filings', async page => {
		await press(page, 'n');
		await page.waitForSelector('#filing-uscc:focus');
		await page.keyboard.type(USCC);
		await page.click('label[for=filing-kind-fine]');
		await page.fill('#filing-basis', '行政处罚决定书');
		await page.fill('#filing-amount', '5000');
		await page.fill('#filing-first_day', '2026-03-10');
		await page.fill('#filing-last_day', '2026-03-12');
		assert.match(await page.locator('.drawer .consequence').innerText(), /第 1 版/);
		await page.keyboard.press('Control+Enter');
		await page.click('tbody th button');
		assert.equal(await page.inputValue('#filing-amount'), '5000');
		await page.fill('#filing-amount', '4000');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector("td:text-is('4000')");
	});
	const [{ id, version, amount }] = await own.all('/filings');
	assert.deepEqual([version, amount], [2, 4000]);
	assert.equal((await own.get(`/filings/${id}`)).json.versions.length, 2);
});

test('an item of accountability that waits for a word gets it, once', async () => {
	await opened(`?view=accountability&item=${item.id}`, async page => {
		await page.waitForSelector('#statement-text');
		assert.match(await page.locator('.action-form .consequence').innerText(), /不能再改/);
		await page.fill('#statement-text', '因汛期抢险延误，已整改');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".acts li:has-text('单位陈述')");
		await page.waitForSelector('#statement-text', { state: 'detached' });
	});
	assert.equal((await supervisor.get(`/accountability/${item.id}`)).json.state, 'stated');
});

test('a frozen month takes no more objections, and what came later stands beside it', async () => {
	for (const one of (await supervisor.all('/reports/2026-02/objections')).filter(o => o.decision === null))
		await supervisor.post(`/reports/2026-02/objections/${one.n}/answer`, { accepted: false, answer: '核实无误' }, { expect: 200 });
	await server.as('dispatcher').post(`/tasks/${tasks.kept.id}/exclude`, { ground: 'G1', evidence: '重复登记' },
		{ expect: 200 });
	await leader.post('/reports/2026-02/freeze', {}, { expect: 200 });
	await supervisor.post(`/tasks/${tasks.kept.id}/exclude/approve`, {}, { expect: 200 });
	await leader.post('/reports/2026-02/corrections', {}, { expect: [200, 201] });
	await opened('/2026-02?open=on_time&part=den', async page => {
		await page.waitForSelector("h1 .tag:text-is('已固化')");
		await page.waitForSelector('.drawer-count[data-ended=true]');
		assert.equal(await page.locator('.cases input').count(), 0);
		await page.keyboard.press('Escape');
		await page.waitForSelector('#corrections-title');
		await page.click('[aria-labelledby=corrections-title] tbody th button >> nth=0');
		await page.waitForSelector(`[aria-labelledby=corrections-title] a:text-is("${tasks.kept.id}")`);
	});
});

test('R21: a letter of supervision is answered, and the proof stops its clock as it says', async () => {
	const letter = (await supervisor.post('/supervised', { kind: 'recommendation', source: 'leader', department: 'CGJ',
		owner: '张局长', demand: '完善巡查制度', due: '2026-03-20' }, { expect: 200 })).json;
	await as(account('department', 'CGJ'), async page => {
		await page.click('.demands');
		await page.click(`th button:has-text("${letter.id}")`);
		await page.waitForSelector('.card-foot.actions');
		await press(page, 'p');
		await page.fill('#supervised-progress-text', '方案已拟');
		assert.match(await page.locator('.action-form .consequence').innerText(), /期限照常计算/);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".acts li:has-text('方案已拟')");
		await press(page, 'e');
		await page.fill('#supervised-proof-text', '制度已印发，附后');
		assert.match(await page.locator('.action-form .consequence').innerText(), /期限停在此刻/);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector(".facts dd:text-is('待销号')");
	});
	const now = (await supervisor.get(`/supervised/${letter.id}`)).json;
	assert.deepEqual([now.state, now.overdue], ['proved', false]);
	await moveTo(server, '2026-03-23 09:00');
	assert.equal((await supervisor.get(`/supervised/${letter.id}`)).json.overdue, false, 'its clock stands');
});

test('R21: a return whose window is over is offered no more, with the reason', async () => {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await sign(server, task);
	await moveTo(server, '2026-03-25 09:00');
	await as(account('department', 'CGJ'), async page => {
		await page.goto(`${server.base}/#/inbox/${task.id}`);
		await page.waitForSelector('.barred');
		assert.match(await page.locator('.barred').innerText(), /退回\s*退回窗口已于 2026-03-24 23:59 关闭/);
		await page.keyboard.press('b');
		assert.equal(await page.locator('.action-form').count(), 0);
	});
	const late = await own.post(`/tasks/${task.id}/return`, { reason: 'not_my_duty', basis: '三定方案' }, { expect: 409 });
	assert.equal(late.json.code, 'return_window_closed');
	assert.match(late.json.detail, /2026-03-24T23:59:59/);
});
