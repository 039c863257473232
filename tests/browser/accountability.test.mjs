/*
 * Accountability through the screens: a clue from a card, evidence frozen side by side, the
 * department's word, a person's decision from the closed list, publication and its takedown.
 *
 * demo clock: 2026-11-02T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, as, closeBrowser, openBrowser, press } from './harness.mjs';
import { advance, dayFromNow, eventsOf, get, open, openRow, post, register, row, step } from './overseen.mjs';

const [supervisor, leader, department] = [account('supervisor'), account('leader'),
	account('department', row.department)];
const DECISIONS = ['no_action', 'talk', 'rectification', 'inspection', 'criticism', 'to_appointing_body',
	'to_discipline'];
let late, id;

before(async () => {
	late = await register(row, '路灯整条不亮');
	await advance(14);
	await openBrowser();
});
after(closeBrowser);

const item = () => get('supervisor', `/accountability/${id}`);
const actsShown = page => page.locator('.item-acts li').evaluateAll(all => all.map(one => one.dataset.act));
const openItem = async (page, acts) => {
	await open(page, `#/accountability/${id}`);
	await page.waitForFunction(n => document.querySelectorAll('.item-acts li').length === n, acts);
};

test('a red card becomes a clue by one letter, and nothing is proposed', async () => {
	await as(supervisor, async page => {
		await open(page, `#/warnings/${late.id}`);
		await page.waitForSelector('.ladder li');
		await press(page, 'c');
		assert.equal(await page.inputValue('#step-clue-title'), late.title);
		await page.fill('#step-clue-text', '超期达时限一半，催办无回应');
		await page.keyboard.press('Control+Enter');
		await page.waitForFunction(() => /accountability\/\d+/.test(location.hash));
		id = Number(await page.evaluate(() => location.hash.split('/').at(-1)));
		await page.waitForSelector('.item-acts li');
		assert.deepEqual(await actsShown(page), ['clue']);
		const { source, state, decision, acts } = await item();
		assert.deepEqual([source, state, decision], ['card', 'clue', null]);
		assert.equal(acts[0].text, '超期达时限一半，催办无回应');
	});
});

test('the evidence stands beside what was said, as it was when it was frozen', async () => {
	await as(supervisor, async page => {
		await openItem(page, 1);
		await step(page, 'e', 'case-evidence', { 'statement_until': await dayFromNow(5), note: '附任务全部经过' });
		await page.waitForSelector('.evidence .history li');
		const packed = (await item()).acts[1].tasks[0];
		assert.equal(packed.task, late.id);
		assert.equal(await page.locator('.evidence .history li').count(), packed.events.length);
		const left = await page.locator('section[aria-labelledby=evidence-title]').boundingBox();
		const right = await page.locator('section[aria-labelledby=acts-title]').boundingBox();
		assert.ok(left.x + left.width <= right.x && Math.abs(left.y - right.y) < 2, 'side by side');
		const was = await page.textContent('.evidence');
		await post('supervisor', `/tasks/${late.id}/urge`, { note: '事后的催办' });
		await page.reload();
		await openItem(page, 2);
		assert.equal(await page.textContent('.evidence'), was, 'what came later is not in it');
		assert.ok((await eventsOf(late.appeal)).some(one => one.data.note === '事后的催办'));
		assert.equal(await page.locator('.next-steps').count(), 0, 'the next word is the department’s');
	});
});

test('the department says its word once, and sees no other item', async () => {
	await as(department, async page => {
		await open(page, '#/accountability');
		await page.waitForSelector('.table tbody tr');
		const mine = await page.locator('.table tbody tr').count();
		const all = (await get('supervisor', '/accountability?list=items')).items;
		assert.equal(mine, all.filter(one => one.department === row.department).length);
		await openItem(page, 2);
		await step(page, 's', 'case-statement', { text: '因汛期抢险延误' });
		await page.waitForSelector('.item-acts li[data-act=statement]');
		assert.equal(await page.locator('.next-steps').count(), 0);
	});
	const said = (await item()).acts[2];
	assert.deepEqual([said.act, said.text, said.by], ['statement', '因汛期抢险延误', department.login]);
});

test('a leader decides from the closed list, of which nothing is chosen beforehand', async () => {
	await as(leader, async page => {
		await openItem(page, 3);
		await press(page, 'd');
		await page.waitForSelector('#case-decision-kind');
		assert.equal(await page.inputValue('#case-decision-kind'), '');
		assert.deepEqual(await page.locator('#case-decision-kind option').evaluateAll(all =>
			all.map(one => one.value).filter(Boolean)), DECISIONS);
		await page.fill('#case-decision-body', '区效能办');
		await page.fill('#case-decision-text', '约谈分管负责人');
		assert.ok(await page.locator('.action-form .button-primary').isDisabled(), 'R10: what is for good is typed first');
		await page.fill('#case-decision-confirm', String(id));
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		assert.equal((await item()).state, 'stated', 'without a choice nothing is decided');
		await page.selectOption('#case-decision-kind', 'talk');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.item-acts li[data-act=decision]');
	});
	const { state, decision, acts } = await item();
	assert.deepEqual([state, decision.kind, acts[3].by, acts[3].text],
		['decided', 'talk', leader.login, '约谈分管负责人']);
});

test('it is published without a name, and taken down by itself on its day', async () => {
	await as(supervisor, async page => {
		await openItem(page, 4);
		await press(page, 'p');
		await page.fill('#case-publication-text', `编号${late.appeal}谈话提醒`);
		await page.fill('#case-publication-takedown_on', await dayFromNow(3));
		assert.ok(await page.locator('.action-form .button-primary').isDisabled(), 'R10: what is for good is typed first');
		await page.fill('#case-publication-confirm', String(id));
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#case-publication-text-error');
		await page.fill('#case-publication-text', '对一起久拖不办问题予以谈话提醒');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.item-acts li[data-act=publication]');
		await open(page, '#/accountability/published');
		await page.waitForSelector('.table td:text-is("对一起久拖不办问题予以谈话提醒")');
		await advance(3);
		await openItem(page, 6);
		assert.deepEqual(await actsShown(page),
			['clue', 'evidence', 'statement', 'decision', 'publication', 'takedown']);
		await open(page, '#/accountability/published');
		await page.waitForSelector('.empty');
	}, { expected: /\b422\b/ });
	assert.equal((await item()).state, 'taken_down');
	assert.deepEqual((await get('operator', '/accountability')).items, []);
});

test('who is in charge of a department has the warnings that nobody acted on', async () => {
	await as(supervisor, async page => {
		await open(page, '#/accountability/leaders');
		await press(page, 'n');
		await page.fill('#leaders-add-department', row.department);
		await page.keyboard.press('Enter');
		await page.fill('#leaders-add-name', '李局长');
		await page.fill('#leaders-add-valid_from', '2026-11-01');
		await page.keyboard.press('Control+Enter');
		await openRow(page, '李局长');
		const [entered] = (await get('supervisor', '/leaders')).items;
		assert.ok(entered.unacted > 0);
		await page.waitForFunction(n => document.querySelectorAll('.drawer .history li').length === n, entered.unacted);
	});
});
