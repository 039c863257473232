/*
 * An operator's day at the desk, from sign-in to sign-out: calls pop up, an appeal is registered
 * by a handful of keys, likely duplicates and proposals come while it is typed, slips are told,
 * and what was done can be taken back.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { aCall } from '../e2e/lib/pbx.mjs';
import { access, account, appealsWithText, as, closeBrowser, demo, emptyForm, fetchJson, openBrowser,
	ordinaryRow, registerAppeal, request, typeAppeal, uniqueText } from './harness.mjs';
import { slowness } from '../e2e/lib/until.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();
const key = access.keys.find(one => one.role === 'operator').key;

let serial = 0;
const newCall = (from, more = {}) => {
	serial += 1;
	return aCall(demo, `day-${process.pid}-${serial}`, { from, queue: 'hotline', ...more });
};

function registered(changes) {
	return request('POST', '/api/v1/appeals', key, { channel: '12345', content_class: 'help',
		category: row.category, area: row.area, title: uniqueText('路灯'), ...changes,
		caller: { name: '王小明', phone: '13912345678', ...changes.caller } },
	{ 'idempotency-key': uniqueText('key').replace(/\s/g, '-') });
}

/* Counts every key that is not part of the words. */
function counted(page) {
	const keys = [];
	return { keys, press: async name => { keys.push(name); await page.keyboard.press(name); } };
}

const focused = page => page.evaluate(() => document.activeElement.id);

test('R1: a known caller\'s appeal takes at most 8 keys beyond its words, no mouse, and under 20 s', async () => {
	const phone = '13711112222';
	await registered({ text: uniqueText('楼道灯不亮'), caller: { name: '李女士', phone } });
	const call = newCall(phone);
	await as(operator, async page => {
		await emptyForm(page);
		const { keys, press } = counted(page);
		const begun = Date.now();
		await call.ring();
		await page.waitForSelector('.call-ringing');
		await press('F6');
		await page.waitForSelector('.call-end');
		await page.waitForFunction(name => document.querySelector('#appeal-area').value !== '', null);
		const text = uniqueText('工地夜里施工噪音很大，孩子没法睡');
		await page.keyboard.insertText(text);
		await page.waitForSelector('.suggestion');
		await press('Alt+a');
		await press('Control+Enter');
		await page.waitForSelector('.result-id');
		const spent = Date.now() - begun;
		assert.ok(keys.length <= 8, `${keys.length} keys: ${keys.join(' ')}`);
		assert.ok(spent < 20_000 * slowness(), `${spent} ms`);
		const [appeal] = await appealsWithText(page, text);
		assert.equal(appeal.area, row.area, 'the area is that of the caller\'s last appeal');
		assert.match(appeal.caller.phone, /^137\*{4}2222$/, 'the number came from the call');
		await press('F9');
		await page.waitForSelector('.call-end', { state: 'detached' });
	});
});

test('R1: without a call it takes at most 8 keys beyond what is typed', async () => {
	await as(operator, async page => {
		const { categories, areas } = await fetchJson(page, '/catalogue');
		const category = categories.find(c => c.code === row.category);
		const area = areas.find(a => a.code === row.area);
		await emptyForm(page);
		const { keys, press } = counted(page);
		const text = uniqueText('小区门口路灯不亮，晚上看不清路');
		await page.keyboard.type(text);
		while (await focused(page) !== 'appeal-category')
			await press('Tab');
		await page.keyboard.type(category.code);
		await press('Enter');
		await page.keyboard.type(area.initials);
		await press('Enter');
		await press('Tab');
		await press('2');
		await press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.ok(keys.length <= 8, `${keys.length} keys: ${keys.join(' ')}`);
		const [appeal] = await appealsWithText(page, text);
		assert.equal(appeal.content_class, 'complaint');
		assert.equal(appeal.category, row.category);
		await page.keyboard.press('Enter');
		await page.waitForSelector('#appeal-text:focus');
		assert.equal(await page.inputValue('#appeal-text'), '');
	});
});

test('R2: a call pops up with number, name, place and its cases, open ones first, and blocks nothing', async () => {
	const phone = '13622223333';
	const open = await registered({ text: uniqueText('井盖破损'), caller: { name: '陈先生', phone } });
	const known = newCall(phone);
	const unknown = newCall('15900001234');
	await as(operator, async page => {
		await emptyForm(page);
		await page.keyboard.type('先写几个字');
		await page.waitForSelector('.live-live');
		await page.evaluate(() => {
			new MutationObserver((_, watch) => {
				if (/136\*{4}3333/.test(document.querySelector('.call-who strong')?.textContent ?? '')) {
					window.poppedAt = Date.now();
					watch.disconnect();
				}
			}).observe(document.body, { childList: true, subtree: true, characterData: true });
		});
		const told = Date.now();
		await known.ring();
		await page.waitForSelector('.call-strip[data-call]');
		const milliseconds = await page.evaluate(() => window.poppedAt) - told;
		assert.ok(milliseconds < 500 * slowness(), `${milliseconds} ms from the event to the strip`);
		await page.waitForSelector(`.past a[href="#/appeals/${open.id}"]`);
		const strip = await page.textContent('.call-who');
		assert.match(strip, /136\*{4}3333/);
		assert.match(strip, /陈/);
		assert.equal(await focused(page), 'appeal-text', 'the focus stays where it is');
		assert.equal(await page.inputValue('#appeal-text'), '先写几个字');
		await known.hangup();
		await unknown.ring();
		await page.waitForSelector('.call-who strong:text-is("159****1234")');
		await page.keyboard.press('F6');
		await page.waitForSelector('.call-end');
		await unknown.hangup();
		await page.waitForSelector('.call-end', { state: 'detached' });
	});
});

test('R13: no row moves while the pointer is on the list; what is new waits behind a counted pill', async () => {
	const first = newCall('13655550001');
	const second = newCall('13655550002');
	await as(operator, async page => {
		await emptyForm(page);
		await first.ring();
		await page.waitForSelector('.queue strong:text-is("136****0001")');
		const places = () => page.locator('.queue .row').evaluateAll(rows =>
			rows.map(one => [one.dataset.row, one.getBoundingClientRect().top]));
		await page.hover('.queue .row');
		const before = await places();
		await second.ring();
		await page.waitForSelector('.queue .pill:has-text("1")');
		assert.deepEqual(await places(), before);
		await page.click('.queue .pill');
		await page.waitForSelector('.queue strong:text-is("136****0002")');
		await page.mouse.move(700, 400);
		await first.hangup();
		await second.hangup();
	});
});

test('R3: the content has the focus, Tab follows the eye, and Enter in a line never submits', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		const order = await page.evaluate(() => {
			const stops = [...document.querySelectorAll('.intake-body input, .intake-body textarea, .intake-body select')];
			return stops.map(one => { const { top, left } = one.closest('.field, .segmented, .check').getBoundingClientRect();
				return { top: Math.round(top), left: Math.round(left) }; });
		});
		for (let at = 1; at < order.length; at++)
			assert.ok(order[at].top > order[at - 1].top - 8 || order[at].left > order[at - 1].left,
				`stop ${at} lies after the one before it`);
		await page.focus('#appeal-title');
		await page.keyboard.press('Enter');
		assert.equal(await focused(page), 'appeal-external-no');
		assert.equal(await page.locator('.summary').count(), 0, 'nothing was submitted');
		await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
			{ key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true })));
		assert.equal(await page.locator('.summary').count(), 0, 'an input method that composes owns its Enter');
	});
});

test('R4: a proposal says why, is applied by one key and not before, and its fate is recorded', async () => {
	const figures = async () => request('GET', '/api/v1/suggestions/figures',
		access.keys.find(one => one.role === 'supervisor').key);
	const sums = ({ items }) => items.reduce((all, one) => [all[0] + one.shown, all[1] + one.accepted], [0, 0]);
	await as(operator, async page => {
		const before = sums(await figures());
		await emptyForm(page);
		await page.keyboard.insertText(uniqueText('工地渣土车夜里施工'));
		await page.waitForSelector('.suggestion');
		assert.match(await page.textContent('.suggestion small'), /内容含 “.*(夜里施工|工地).*”/);
		assert.equal(await page.inputValue('#appeal-category'), '', 'nothing is applied by itself');
		await page.keyboard.press('Alt+a');
		await page.waitForFunction(() => document.querySelector('#appeal-category').value !== '');
		await page.focus('#appeal-area');
		await page.keyboard.type(row.area);
		await page.keyboard.press('Enter');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.deepEqual(sums(await figures()), [before[0] + 1, before[1] + 1]);
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('#appeal-text:focus');
		await page.keyboard.insertText(uniqueText('工地渣土车夜里施工'));
		await page.waitForSelector('.suggestion');
		await page.focus('#appeal-category');
		await page.keyboard.type(row.category);
		await page.keyboard.press('Enter');
		await page.keyboard.type(row.area);
		await page.keyboard.press('Enter');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		assert.deepEqual(sums(await figures()), [before[0] + 2, before[1] + 1]);
	});
});

test('R5: a likely duplicate shows while typing; it is viewed, kept apart, or merged and unmerged', async () => {
	const words = uniqueText('锦绣家园北门工地昨晚十一点以后一直施工到凌晨');
	const phone = '13533334444';
	const other = await registered({ text: words, title: '锦绣家园北门夜间施工', caller: { phone } });
	await as(operator, async page => {
		await emptyForm(page);
		await page.focus('#caller-phone');
		await page.keyboard.type(phone);
		await page.keyboard.press('Tab');
		await page.focus('#appeal-text');
		await page.keyboard.insertText(`${words}，很吵`);
		await page.waitForSelector(`.duplicate .number:text-is("${other.id}")`);
		assert.match(await page.textContent('.duplicate small'), /同号/);
		assert.equal(await focused(page), 'appeal-text', 'it takes no focus');
		await page.keyboard.press('Alt+1');
		await page.waitForSelector('.drawer .citizen-text');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Alt+3');
		await page.waitForFunction(id => !document.querySelector('.duplicate')?.textContent.includes(id), other.id);
		await page.keyboard.press('Control+a');
		await page.click('.intake .actions .button-quiet');
		await page.waitForFunction(() => document.querySelector('#appeal-text').value === '');
		await page.focus('#caller-phone');
		await page.keyboard.type(phone);
		await page.focus('#appeal-text');
		const text = `${words}，还是很吵`;
		await page.keyboard.insertText(text);
		await page.waitForSelector(`.duplicate .number:text-is("${other.id}")`);
		await page.keyboard.press('Alt+2');
		await page.waitForSelector('.result-id');
		const [joined] = await appealsWithText(page, text);
		assert.deepEqual([joined.state, joined.merged_into], ['merged', other.id]);
		await page.keyboard.press('Alt+z');
		await page.waitForSelector('.toast:has-text("已撤销")');
		assert.deepEqual((({ state, merged_into }) => [state, merged_into])(
			await fetchJson(page, `/appeals/${joined.id}`)), ['dispatched', null]);
	});
});

test('R6: category and area are found by initials, code or words, and the last ones come first', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		const { categories } = await fetchJson(page, '/catalogue');
		const leaf = categories.find(c => c.leaf && c.initials.length >= 3);
		for (const typed of [leaf.initials, leaf.code, leaf.name.slice(1)]) {
			await page.focus('#appeal-category');
			await page.keyboard.press('Control+a');
			await page.keyboard.insertText(typed);
			await page.locator(`#appeal-category-list small:has-text("${leaf.code}")`).first().waitFor();
			await page.keyboard.press('Escape');
		}
		await page.focus('#appeal-category');
		await page.keyboard.press('Control+a');
		await page.keyboard.insertText(leaf.code);
		await page.keyboard.press('Enter');
		await page.waitForFunction(name => document.querySelector('#appeal-category').value.includes(name), leaf.name);
		assert.match(await page.inputValue('#appeal-category'), / \/ /, 'the path is shown');
		await page.focus('#appeal-category');
		await page.keyboard.press('Control+a');
		await page.keyboard.press('Delete');
		await page.locator('#appeal-category-list li').first().waitFor();
		assert.match(await page.textContent('#appeal-category-list li'), new RegExp(leaf.code));
	});
});

test('R7: department and deadline are foretold in words with the time, as the registration then has them', async () => {
	await as(operator, async page => {
		await typeAppeal(page, { ...row, text: uniqueText('时限预告') });
		await page.waitForFunction(() => /\d{4}-\d\d-\d\d \d\d:\d\d.*剩/.test(document.querySelector('.expected')?.textContent));
		const foretold = (await page.textContent('.expected small')).match(/\d{4}-\d\d-\d\d \d\d:\d\d/)[0];
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.result-id');
		const told = await page.locator('.result-task .deadline strong').allTextContents();
		assert.ok(told.includes(foretold), `${foretold} is among ${told}`);
		for (const badge of await page.locator('.deadlines .due').all()) {
			assert.match(await badge.textContent(), /^(超|剩) /);
			assert.match(await badge.getAttribute('title'), /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
		}
	});
});

test('R8: the deadlines beside the form are those of the supervisor\'s board, number by number and row by row', async () => {
	const board = (query) => request('GET', `/api/v1/board?limit=200${query}`, access.keys.find(one => one.role === 'supervisor').key);
	const numbers = async () => (await board('')).departments.reduce((sum, one) =>
		['overdue', 'red', 'amber'].map((stage, at) => sum[at] + one[stage]), [0, 0, 0]);
	await as(operator, async page => {
		await page.waitForSelector('.deadlines .row');
		const wanted = await numbers();
		assert.ok(wanted[0] > 0, 'the demo has something overdue');
		assert.deepEqual((await page.locator('.counters b').allTextContents()).map(Number), wanted);
		for (const [at, stage] of ['overdue', 'red', 'amber'].entries()) {
			await page.locator('.counter').nth(at).click();
			const ids = (await board(`&stage=${stage}`)).items.map(({ task }) => task.appeal);
			await page.waitForFunction(all => JSON.stringify([...document.querySelectorAll('.deadlines .rows a')]
				.map(row => row.hash.split('/').pop())) === all, JSON.stringify(ids));
			await page.locator('.counter').nth(at).click();
		}
	});
});

test('the day\'s count is the operator\'s of the day, over sign-outs, and follows what is taken back', async () => {
	const shown = async (page, n) => page.waitForFunction(text =>
		document.querySelector('.top-figures b')?.textContent === text, String(n));
	let before = 0;
	await as(operator, async page => {
		await page.waitForSelector('.top-figures b');
		before = (await fetchJson(page, '/me')).registered_today;
		await shown(page, before);
		await registerAppeal(page, { ...row, text: uniqueText('今日第一件') });
		await shown(page, before + 1);
	});
	await as(operator, async page => {
		await shown(page, before + 1);
		await registerAppeal(page, { ...row, text: uniqueText('今日第二件') });
		await shown(page, before + 2);
		await page.waitForSelector('.toast .undo-left');
		await page.keyboard.press('Alt+z');
		await page.waitForSelector('.toast:has-text("已撤销")');
		await shown(page, before + 1);
	});
});

test('R10: a registration is taken back within 8 seconds, and history shows both', async () => {
	await as(operator, async page => {
		const id = await registerAppeal(page, { ...row, text: uniqueText('登记后撤销') });
		await page.waitForSelector('.toast .undo-left');
		await page.keyboard.press('Alt+z');
		await page.waitForSelector('.toast:has-text("已撤销")');
		assert.equal((await fetchJson(page, `/appeals/${id}`)).state, 'withdrawn');
		const types = (await fetchJson(page, `/appeals/${id}/events`)).items.map(one => one.type);
		assert.equal(types[0], 'appeal.received');
		assert.ok(types.length > 1, 'the undoing stands in the history');
	});
});

test('a question is answered at once: Ctrl+D opens the answer, a ready one goes in, Ctrl+D closes it', async () => {
	await as(operator, async page => {
		await typeAppeal(page, { ...row, text: uniqueText('请问反映的事情多久有结果') });
		assert.ok(await page.locator('[aria-keyshortcuts="Control+d"]').isDisabled(), 'help is not for the desk');
		await page.focus('#appeal-class-help');
		await page.keyboard.press('3');
		await page.keyboard.press('Control+d');
		await page.waitForSelector('#appeal-answer:focus');
		const { items: [fitting] } = await fetchJson(page, `/knowledge?q=${encodeURIComponent('多久')}&limit=6`);
		await page.fill('.ready-words input', '多久');
		const ready = page.locator('.ready li', { has: page.locator(`summary:text-is("${fitting.title}")`) });
		await ready.locator('summary').click();
		await ready.locator('.button').click();
		await page.waitForFunction(text => document.querySelector('#appeal-answer').value === text, fitting.text);
		await page.keyboard.press('Control+d');
		const id = (await page.textContent('.result-id')).trim();
		const appeal = await fetchJson(page, `/appeals/${id}`);
		assert.deepEqual([appeal.state, appeal.tasks], ['answered', []]);
	});
});

test('R15: what is wrong is a summary with the focus and links to the fields; slips are told on leaving', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		await page.focus('#caller-name');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('.summary:focus');
		for (const field of ['appeal-text', 'appeal-category', 'appeal-area'])
			await page.waitForSelector(`#${field}[aria-invalid=true]`);
		const first = page.locator('.summary .link').first();
		const words = await first.textContent();
		assert.equal(await page.textContent('#appeal-text-error'), words, 'the same words at the field');
		await first.click();
		assert.equal(await focused(page), 'appeal-text');
		await page.focus('#caller-phone');
		await page.keyboard.type('1380000');
		assert.equal(await page.locator('#caller-phone-error').count(), 0, 'nothing is said while it is typed');
		await page.keyboard.press('Tab');
		assert.match(await page.textContent('#caller-phone-error'), /11 位.*7 位/);
		await page.fill('#caller-id-number', '110105194912310021');
		await page.focus('#caller-address');
		assert.match(await page.textContent('#caller-id-number-error'), /校验位/);
		await page.fill('#caller-id-number', '11010519491231002X');
		await page.focus('#caller-address');
		await page.waitForSelector('#caller-id-number-error', { state: 'detached' });
	});
});

test('J and K move in the list and Enter opens; the day ends with nothing of it in the browser', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		const text = uniqueText('签退前的草稿');
		await page.keyboard.type(text);
		await page.waitForSelector('.saved .icon');
		await page.focus('#queue-title >> xpath=ancestor::section >> css=.tab >> nth=0');
		await page.keyboard.press('j');
		await page.waitForSelector('.queue .row:focus');
		await page.keyboard.press('j');
		await page.keyboard.press('k');
		await page.waitForSelector('.queue .row:focus');
		await page.click('button[aria-label=退出登录]');
		await page.waitForSelector('#login');
		await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
		const left = await page.evaluate(async () => JSON.stringify([{ ...sessionStorage }, { ...localStorage },
			document.cookie, location.href, await caches.keys()]));
		assert.ok(!left.includes('签退前'), left);
	});
});
