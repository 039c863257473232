/*
 * What watches over others through the screens: a draw that anybody can repeat from what is shown,
 * an item of the supervision ledger up to its sign-off by another person, contradicting facts,
 * outside supervisors, contact leaders, and the two levels of supervision.
 *
 * demo clock: 2026-11-02T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD } from '../e2e/lib/accounts.mjs';
import { account, as, closeBrowser, fetchJson, openBrowser, openPage, press, request, signIn } from './harness.mjs';
import { advance, close, dayFromNow, eventsOf, get, keyOf, open, openRow, post, register, row, step }
	from './overseen.mjs';

const supervisor = account('supervisor');
const department = account('department', row.department);
const folder = mkdtempSync(path.join(os.tmpdir(), 'overseeing-'));

before(openBrowser);
after(async () => {
	await closeBrowser();
	rmSync(folder, { recursive: true });
});

async function addItem(page, demand, due) {
	await open(page, '#/supervision');
	await press(page, 'n');
	await page.fill('#ledger-add-department', row.department);
	await page.keyboard.press('Enter');
	await page.fill('#ledger-add-demand', demand);
	await page.fill('#ledger-add-due', due);
	await page.fill('#ledger-add-owner', '张局长');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.drawer .history li');
	return (await page.textContent('.drawer h2')).trim();
}

test('a demand is numbered, proved by the department and signed off by another person', async () => {
	const demand = '三日内修复东门路灯并书面反馈';
	let id;
	await as(supervisor, async page => {
		id = await addItem(page, demand, await dayFromNow(3));
		assert.match(id, /^DC-2026-\d{4}$/);
		const [notice] = await Promise.all([page.waitForEvent('download'), page.click('.drawer a[download]')]);
		await notice.saveAs(path.join(folder, 'notice.pdf'));
		assert.equal(readFileSync(path.join(folder, 'notice.pdf')).subarray(0, 5).toString(), '%PDF-');
		await step(page, 'u', 'item-urge');
		assert.equal(await page.locator('.next-steps [aria-keyshortcuts=s]').count(), 0, 'nothing to sign off yet');
	});
	await as(department, async page => {
		await open(page, `#/supervision/${id}`);
		await page.waitForSelector('.drawer .history li');
		await step(page, 'p', 'item-progress', { text: '已派人查看' });
		await step(page, 'f', 'item-proof', { text: '已修复，附照片' });
		await page.waitForFunction(() => document.querySelectorAll('.drawer .history li').length === 4);
		assert.equal(await page.locator('.next-steps').count(), 0, 'the sign-off is not the department’s');
	});
	await as(supervisor, async page => {
		await open(page, `#/supervision/${id}`);
		await page.waitForSelector('.next-steps [aria-keyshortcuts=s]');
		await step(page, 's', 'item-sign-off', { text: '现场核实已亮' });
		await page.waitForFunction(() => document.querySelectorAll('.drawer .history li').length === 5);
	});
	const item = await get('supervisor', `/supervised/${id}`);
	assert.equal(item.state, 'signed_off');
	assert.deepEqual(item.acts.map(one => [one.kind, one.by]), [['opened', supervisor.login],
		['urged', supervisor.login], ['progressed', department.login], ['proved', department.login],
		['signed_off', supervisor.login]]);
});

test('a joint meeting becomes items, each line one', async () => {
	await as(supervisor, async page => {
		await open(page, '#/supervision/meetings');
		await press(page, 'n');
		await page.fill('#meetings-add-title', '十一月联席会议');
		await page.fill('#meetings-add-present', '城管局、交通局');
		await page.fill('#meetings-add-items', '随便写的一行');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		await page.fill('#meetings-add-items', `${row.department} ${await dayFromNow(6)} 清理积水点\n${row.department} ${await dayFromNow(9)} 更换井盖`);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.table tbody tr');
		const [meeting] = (await get('supervisor', '/meetings')).items;
		assert.equal(meeting.items, 2);
		await page.locator('.table td.number a').first().click();
		await page.waitForFunction(() => document.querySelectorAll('#ledger-title ~ .count').length === 1
			&& document.querySelectorAll('.table tbody tr').length === 2);
	});
});

test('a hidden inspection is drawn from the risks, and the department sees none of it', async () => {
	const task = await register();
	await close(task);
	await post('visitor', `/tasks/${task.id}/visits`, { channel: 'phone', reached: true, contacted: true,
		solved: 'no', result: 'dissatisfied', attitude: 'satisfied', truthful: true, reason: 'result', note: '仍不亮' });
	await as(supervisor, async page => {
		await open(page, '#/supervision/inspections');
		const risks = (await get('supervisor', '/supervised/risks')).items;
		assert.equal(await page.locator('.table tbody tr').count(), risks.length);
		await step(page, 'n', 'draw-draw');
		await page.waitForSelector('.table tbody tr:has-text("暗访")');
	});
	assert.equal((await get('supervisor', '/supervised?kind=inspection')).items.length, 1);
	await as(department, async page => {
		await open(page, '#/supervision');
		await page.waitForSelector('.table tbody tr');
		assert.equal(await page.locator('.table tbody tr:has-text("暗访")').count(), 0);
	});
});

test('contradicting facts stand side by side; one is dismissed with a reason, one becomes a clue', async () => {
	for (let i = 0; i < 2; i++) {
		const task = await register();
		await close(task);
		await post('visitor', `/tasks/${task.id}/visits`, { channel: 'phone', reached: true, contacted: false,
			solved: 'no', result: 'dissatisfied', attitude: 'dissatisfied', truthful: false, reason: 'policy', note: '无人联系' });
	}
	await advance(1);
	const found = (await get('supervisor', '/tripwires?state=open')).items;
	assert.ok(found.length >= 2, 'the night found contradictions');
	const both = found.find(one => one.kind === 'contact_denied' && one.said && one.against);
	assert.ok(both, 'a denied contact among them');
	const other = found.find(one => one.id !== both.id && one.kind === 'contact_denied');
	await as(supervisor, async page => {
		await open(page, '#/tripwires');
		const openFinding = async finding => {
			await page.locator('.table tbody tr', { hasText: finding.task }).filter({ hasText: '记录已联系' }).locator('.link').click();
			await page.waitForSelector('.against .history');
		};
		await openFinding(both);
		const [said, against] = await page.locator('.against section').all();
		assert.match(await said.textContent(), /联系群众/);
		assert.match(await against.textContent(), /回访/);
		assert.equal(await page.locator('.drawer .action-form').count(), 0, 'no verdict is filled in');
		await step(page, 'd', 'tripwires-dismiss', { reason: '录音证明已联系' });
		await page.waitForSelector('.drawer', { state: 'detached' });
		await openFinding(other);
		await step(page, 'c', 'tripwires-clue', { text: '联系记录与群众说法相反' });
		await page.waitForSelector('.drawer', { state: 'detached' });
	});
	const decided = await Promise.all(['dismissed', 'clue'].map(state => get('supervisor', `/tripwires?state=${state}`)));
	const of = id => decided.flatMap(one => one.items).find(one => one.id === id);
	assert.deepEqual([of(both.id).state, of(both.id).reason, of(both.id).decided_by],
		['dismissed', '录音证明已联系', supervisor.login]);
	assert.equal(of(other.id).state, 'clue');
	const item = await get('supervisor', `/accountability/${of(other.id).item}`);
	assert.equal(item.source, 'tripwire');
});

/* The draw once more, from what the screen shows and nothing else. */
function repeat({ seed, tasks, count }) {
	const key = Buffer.from(seed, 'hex');
	return tasks.map(task => [createHmac('sha256', key).update(task).digest('hex'), task])
		.sort(([a], [b]) => a < b ? -1 : 1).slice(0, count).map(([, task]) => task);
}

test('a draw is repeated from what its screen shows, by other code and by the command it shows', async () => {
	const [from, until] = [await dayFromNow(0), await dayFromNow(2)];
	await as(supervisor, async page => {
		await open(page, '#/lotteries');
		await step(page, 'n', 'lotteries-commit', { from, until, count: '3' });
		await openRow(page, from);
		assert.equal(await page.locator('[data-value=seed]').count(), 0, 'the seed is closed');
	});
	for (let i = 0; i < 7; i++)
		await close(await register());
	await advance(3);
	const [committed] = (await get('supervisor', '/lotteries')).items;
	await as(account('auditor'), async page => {
		await open(page, '#/lotteries');
		await openRow(page, from);
		assert.equal((await page.textContent('[data-value=commitment]')).trim(), committed.commitment);
		await press(page, 'o');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-value=seed]');
		const text = async name => (await page.textContent(`[data-value=${name}]`)).trim();
		const shown = { seed: await text('seed'), count: committed.count,
			tasks: await page.locator('[data-value=tasks] li').allTextContents() };
		const drawn = await page.locator('.drawn li').allTextContents();
		assert.equal(createHash('sha256').update(Buffer.from(shown.seed, 'hex')).digest('hex'), await text('commitment'));
		assert.equal(shown.tasks.length, 7);
		assert.deepEqual(repeat(shown), drawn);
		const [saved] = await Promise.all([page.waitForEvent('download'), page.click('.drawer a[download]')]);
		await saved.saveAs(path.join(folder, 'opened.txt'));
		const said = execFileSync('bash', ['-c', await page.textContent('.command')], { cwd: folder, encoding: 'utf8' })
			.trim().split('\n');
		assert.ok(said[0].startsWith(committed.commitment), 'the command gives the commitment');
		assert.deepEqual(said.slice(1), drawn, 'and the same draw');
	});
});

test('an outside supervisor writes, and a supervisor answers once', async () => {
	await as(account('observer'), async page => {
		await open(page, '#/observations');
		await step(page, 'n', 'observations-write', { text: '建议公布路灯检修计划' });
		await page.waitForSelector('.table tbody tr');
	});
	await as(supervisor, async page => {
		await open(page, '#/observations');
		await openRow(page, '建议公布路灯检修计划');
		await step(page, 'a', 'observations-answer', { answer: '下月起每周公布' });
		await page.waitForSelector('.drawer dd:text-is("下月起每周公布")');
		assert.equal(await page.locator('.next-steps').count(), 0);
	});
	await as(account('observer'), async page => {
		await open(page, '#/observations');
		await openRow(page, '建议公布路灯检修计划');
		await page.waitForSelector('.drawer dd:text-is("下月起每周公布")');
	});
});

test('a contact leader sees the own enterprises alone, and urges', async () => {
	const uscc = '91350100M000100Y43';
	await post('admin', '/enterprises', { uscc, name: '云河机械有限公司', area: row.area, contact_leader: account('contact').login });
	const text = '厂区门前道路积水';
	const appeal = await post('operator', '/appeals', { channel: 'enterprise', content_class: 'help', category: row.category,
		area: row.area, title: text, text, enterprise: { uscc, name: '云河机械有限公司' },
		caller: { name: '王秀英', phone: '13800001111', anonymous: false, secret: false, visit_wanted: true } });
	await as(account('contact'), async page => {
		await open(page, '#/contact');
		await page.waitForSelector(`.table tbody tr:has-text("${uscc}")`);
		await openRow(page, text);
		await step(page, 'u', 'appeals-urge', { note: '请本周内排水' });
	});
	const urged = (await eventsOf(appeal.id)).filter(one => one.type === 'task.urged');
	assert.deepEqual(urged.map(one => [one.by.name, one.data.note]), [[account('contact').login, '请本周内排水']]);
});

test('a supervisor of a unit has the board of its tree and no screen of the whole', async () => {
	const made = await request('POST', '/api/v1/accounts', keyOf('admin'),
		{ login: 'unit-supervisor', name: '单位督办员', role: 'supervisor', department: row.department });
	const units = (await get('supervisor', '/departments')).items;
	const isBelow = code => units.find(one => one.code === code).parent === row.department;
	const levels = (await get('supervisor', '/levels')).items;
	assert.deepEqual(levels.map(one => one.unit), [row.department]);
	await as(supervisor, async page => {
		await open(page, '#/levels');
		await page.waitForSelector('.table tbody tr');
		await page.locator('.table .link').first().click();
		await page.waitForSelector('.drawer');
	});
	const { page, complaints, close: leave } = await openPage();
	await signIn(page, { login: 'unit-supervisor', password: made.initial_password });
	await page.fill('#password-current', made.initial_password);
	await page.fill('#password-next', PASSWORD);
	await page.click('.account-card button[type=submit]');
	await page.waitForSelector('.rail');
	assert.deepEqual(await page.locator('.rail a').evaluateAll(all => all.map(one => one.getAttribute('href'))),
		['#/warnings', '#/report']);
	await open(page, '#/supervision');
	await page.waitForSelector('.screen-warnings .board-counter b');
	const board = await fetchJson(page, '/board');
	assert.ok(board.departments.length > 0);
	assert.equal((await page.locator('.board-counter b').allTextContents()).map(Number).reduce((a, b) => a + b),
		board.items.length);
	assert.ok(board.items.every(one => one.task.department === row.department
		|| isBelow(one.task.department)), 'its tree alone');
	assert.deepEqual(complaints, []);
	await leave();
});
