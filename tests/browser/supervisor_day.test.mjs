/*
 * The supervisor's day from sign-in to sign-out, by keyboard.
 *
 * demo clock: 2026-11-02T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, as, closeBrowser, openBrowser, press } from './harness.mjs';
import { advance, dayFromNow, eventsOf, get, open, openRow, otherRow, post, postAs, register, row, step }
	from './overseen.mjs';
import { until } from '../e2e/lib/until.mjs';

const who = account('supervisor');
const LADDER = /^task\.(warned|overdue|card|urged|supervised|escalated)$/;
let late, asked, promised;

before(openBrowser);
after(closeBrowser);

/* What the ladder on the screen says: moment, author and text of each step. */
const ladderShown = page => page.locator('.ladder li').evaluateAll(all => all.map(one => ({
	seq: Number(one.dataset.seq), at: one.querySelector('time').dateTime,
	by: one.querySelector('.rung-by').textContent, text: one.querySelector('p')?.textContent ?? '',
})));
const ladderTold = async () => (await eventsOf(late.appeal)).filter(one => one.task === late.id && LADDER.test(one.type));

async function selectByKeys(page, id) {
	await page.waitForSelector('.worklist .row');
	const at = await page.locator('.worklist .row').evaluateAll((all, title) =>
		all.findIndex(one => one.textContent.includes(title)), late.title);
	assert.ok(at >= 0, 'the late task is on the board');
	for (let i = 0; i < at; i++)
		await page.keyboard.press('j');
	await page.waitForFunction(to => location.hash.includes(to), id);
}

/* Two keys: the letter, and Ctrl+Enter. Nothing else is pressed or clicked. */
async function takeStep(page, letter, type) {
	const was = (await ladderTold()).length;
	await press(page, letter);
	await page.waitForSelector('.action-form textarea:focus, .action-form input:focus');
	const words = await page.inputValue('.action-form textarea');
	await page.keyboard.press('Control+Enter');
	await page.waitForFunction(n => document.querySelectorAll('.ladder li').length === n, was + 1);
	const told = (await ladderTold()).at(-1);
	assert.equal(told.type, type);
	assert.equal(told.by.name, who.login, 'the author is who pressed the keys');
	assert.ok(words.length > 5 && Object.values(told.data).includes(words), 'with the text that was shown');
	return told;
}

async function aTaskOf(department) {
	for (const part of ['den', 'num', 'out']) {
		const { items } = await get('supervisor',
			`/reports/2026-10/tasks?measure=on_time&part=${part}&department=${department}&limit=1`);
		if (items.length > 0)
			return items[0].task;
	}
	throw new Error(`${department} has no task in October`);
}

test('the month’s preview is given, and an objection is answered', async () => {
	const department = (await get('supervisor', '/reports/2026-10')).departments[0].department;
	await as(who, async page => {
		await open(page, '#/rulings');
		await page.click('.sections a[href="#/report/2026-10/life"]');
		await page.click('.life-acts .button:text-is("开放预览")');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.life-done');
		await postAs(department, '/reports/2026-10/objections', { text: '该件为误派', task: await aTaskOf(department) });
		await page.reload();
		await page.click('label[for=objection-1-accepted-no]');
		await page.fill('#objection-1-answer', '经核实不属误派');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-objection="1"] .said:has-text("经核实不属误派")');
		const [objection] = (await get('supervisor', '/reports/2026-10/objections')).items;
		assert.deepEqual([objection.decision, objection.answer], ['refused', '经核实不属误派']);
	});
});

test('from a number of the report a supervision is issued: the ledger is that department’s, its form open and filled', async () => {
	const { department } = (await get('supervisor', '/reports/2026-10')).departments[0];
	await as(who, async page => {
		await open(page, `#/report/2026-10?open=completion&department=${department}&part=den`);
		await page.click('.drawer-foot .button-primary');
		await page.waitForSelector('#ledger-add-demand');
		assert.notEqual(await page.inputValue('#ledger-add-department'), '');
		assert.match(await page.textContent('.card-aside .tag'), /×/);
		const { items } = await get('supervisor', `/supervised?department=${department}&limit=200`);
		await page.waitForFunction(n => document.querySelector('#ledger-title + .count')?.textContent === String(n), items.length);
	});
});

/* Twelve days later a task is late, another should be excluded, and a promise is due. */
async function prepareDay() {
	late = await register(row, '路灯整条不亮');
	asked = await register(otherRow, '误登记的件');
	promised = await register(otherRow, '承诺修复的件');
	await postAs(promised.department, `/tasks/${promised.id}/sign`);
	await postAs(promised.department, `/tasks/${promised.id}/progress`,
		{ text: '配件已订', promise_on: await dayFromNow(3) });
	await advance(12);
	await post('supervisor', `/tasks/${late.id}/urge`, { note: '请三日内处置' });
	await post('dispatcher', `/tasks/${asked.id}/exclude`, { ground: 'G4', evidence: '录音可证所评另有其事' });
}

test('R23: a supervisor’s day by keyboard, the ladder as the history has it and the next step in two keys', async () => {
	await prepareDay();
	await as(who, async page => {
		await page.waitForSelector('.screen-warnings .board-counter');
		await page.waitForSelector('.worklist .row');

		/* Counters, department numbers and rows are the same numbers (R16). */
		const numbers = (await page.locator('.board-counter b').allTextContents()).map(Number);
		assert.ok(numbers[0] > 0, 'something is overdue');
		assert.match(await page.locator('.screen-warnings .hint').first().textContent(), /只计办理中.*周清单/);
		const board = await get('supervisor', '/board?limit=200');
		assert.equal(numbers.reduce((a, b) => a + b), board.items.length);
		assert.equal(await page.locator('.worklist .row').count(), board.items.length);
		const figure = page.locator('a.figure.due-late').first();
		const n = Number(await figure.textContent());
		await figure.click();
		await page.waitForFunction(to => document.querySelectorAll('.worklist .row').length === to, n);
		await open(page, '#/warnings');
		await page.waitForFunction(to => document.querySelectorAll('.worklist .row').length === to, board.items.length);

		/* R23: the ladder already climbed, with dates, is the history's. */
		await selectByKeys(page, late.id);
		await page.waitForSelector(`.context-wide h2:text-is("${late.title}")`);
		const shown = await ladderShown(page);
		const told = await ladderTold();
		assert.deepEqual(shown.map(({ seq, at }) => ({ seq, at })), told.map(({ seq, at }) => ({ seq, at })));
		for (const [i, one] of told.entries())
			assert.ok(shown[i].by.endsWith(one.by.name), `step ${i} has its author`);
		assert.equal(shown.at(-1).text, '请三日内处置');
		assert.ok(told.some(one => one.type === 'task.card' && one.data.colour === 'red'));
		const line = await page.locator('.worklist .row', { hasText: late.title }).textContent();
		for (const words of ['预警', '超期', '黄牌', '红牌', '催办'])
			assert.match(line, new RegExp(`${words}( ×\\d)? \\d\\d-\\d\\d`), `the row has ${words} with its day`);

		/* R23: the next step takes two keys and is in the ledger with author and text. */
		await takeStep(page, 'u', 'task.urged');
		await page.waitForFunction(() => document.activeElement.getAttribute('aria-keyshortcuts') === 'u');
		await takeStep(page, 'd', 'task.supervised');
		const escalated = await takeStep(page, 'e', 'task.escalated');
		const proof = await until(() => get('supervisor', `/ledger/proof?appeal=${late.appeal}&event=${escalated.seq}`)
			.catch(() => null), { what: 'the step to be in the ledger' });
		await page.locator(`.ladder li[data-seq="${escalated.seq}"] .proof .link`).click();
		await page.waitForSelector(`.proof:has-text("账本第 ${proof.seq} 条")`);

		/* Escape keeps what was typed. */
		await press(page, 'u');
		await page.fill('.action-form textarea', '第三次催办，请今天回复');
		await page.keyboard.press('Escape');
		await press(page, 'u');
		assert.equal(await page.inputValue('.action-form textarea'), '第三次催办，请今天回复');
		await page.keyboard.press('Escape');

		/* An exclusion that the dispatcher asked for is approved by this second person. */
		await open(page, '#/rulings/exclusions');
		await openRow(page, asked.id);
		await step(page, 'a', 'exclusions-approve', { published: '评价录音证明所评另有其事' });
		await page.waitForSelector('.drawer', { state: 'detached' });
		assert.notEqual((await get('supervisor', `/tasks/${asked.id}`)).excluded_at, null);

		/* A promise whose day is over is checked. */
		await open(page, '#/supervision/promises');
		await openRow(page, promised.id);
		await press(page, 'c');
		await page.click('label[for=promises-check-kept-no]');
		await page.fill('#promises-check-note', '现场仍不亮');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.drawer', { state: 'detached' });
		const [checked] = (await get('supervisor', `/tasks/${promised.id}/promises`)).items;
		assert.deepEqual([checked.state, checked.decided_by, checked.note], ['broken', who.login, '现场仍不亮']);

		/* The weekly list: its number opens its cases. */
		await open(page, '#/rhythm');
		const section = page.locator('section', { has: page.locator('#rhythm-overdue-title') });
		const week = await get('supervisor', `/rhythm/${(await page.textContent('.stepper b')).trim()}`);
		assert.equal(Number(await section.locator('.card-head .count').textContent()), week.sections.overdue.count);
		/* It counts otherwise than the board, and both say how. */
		const overdueNow = (await get('supervisor', '/board?limit=200&stage=overdue')).items.map(({ task }) => task);
		const lateIn = (await get('supervisor', '/tasks?state=review_pending&limit=200')).items
			.filter(task => Date.parse(task.submitted_at) > Date.parse(task.closed_at ? task.redo_due : task.due));
		assert.deepEqual(week.sections.overdue.groups.flatMap(group => group.cases.map(({ task }) => task)).sort(),
			[...overdueNow, ...lateIn].filter(task => !task.excluded_at).map(({ id }) => id).sort());
		assert.match(await section.locator('.hint').first().textContent(), /待审核.*不含已剔除/);
		await section.locator('.behind').evaluateAll(all => all.forEach(one => { one.open = true; }));
		await page.waitForFunction(n => document.querySelectorAll('section[aria-labelledby=rhythm-overdue-title] .behind a')
			.length === n, week.sections.overdue.count);

		await page.click('.top .icon-only:last-child');
		await page.waitForSelector('#login');
		assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)]), [[], []]);
	});
});

test('who reads along sees the ladder and no step', async () => {
	for (const role of ['leader', 'auditor']) {
		await as(account(role), async page => {
			await open(page, `#/warnings/${late.id}`);
			await page.waitForSelector('.ladder li');
			assert.equal(await page.locator('.next-steps').count(), 0, role);
			await page.keyboard.press('u');
			assert.equal(await page.locator('.action-form').count(), 0);
		});
	}
});

test('R11: a step that somebody else’s change made stale keeps its text and goes through after it', async () => {
	await as(who, async page => {
		await open(page, `#/warnings/${late.id}`);
		await page.waitForSelector('.ladder li');
		await press(page, 'u');
		await page.fill('.action-form textarea', '请今天回复进展');
		await postAs(late.department, `/tasks/${late.id}/sign`);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.action-form .notice-warn');
		assert.equal(await page.inputValue('.action-form textarea'), '请今天回复进展');
		await page.waitForSelector('.context-wide .tag:text-is("办理中")');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.ladder li:last-child p:text-is("请今天回复进展")');
	}, { expected: /\b412\b/ });
});
