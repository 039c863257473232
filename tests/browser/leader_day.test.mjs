/*
 * The leader's day on a district with months behind it: every number opens into exactly its
 * cases, peers are compared with peers, small bases are marked, a month is previewed, objected to,
 * frozen once, published, and corrected beside what was frozen.
 *
 * demo clock: 2026-11-06T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, address, as, closeBrowser, fetchJson, openBrowser, openPage, request, signIn } from './harness.mjs';
import { falling, freezeMonths, importPast, keyOf, last, monthShifted, running, small, waiting }
	from './past_months.mjs';

const shown = monthShifted(last, -1);
const quarter = `${shown.slice(0, 4)}-Q${Math.ceil(Number(shown.slice(5)) / 3)}`;

let desk = null;

before(async () => {
	await openBrowser();
	await freezeMonths(importPast().slice(0, -1));
	desk = await openPage({ expected: /\b409\b/ });
	await signIn(desk.page, account('leader'));
});
after(async () => {
	await desk.close();
	await closeBrowser();
});

/* The leader's one day: the same window from test to test, which may complain of nothing. */
async function leading(work) {
	await work(desk.page);
	assert.deepEqual(desk.complaints, [], 'the page logged no error and broke no policy');
}

async function open(page, path) {
	await page.goto(`${address}/#/report/${path}`);
	await page.waitForSelector(`.report[data-period="${path.slice(0, 7)}"] tr[data-department='']`);
}

/* Every number that the table shows: of which department, measure and part. */
function numbersOf(page) {
	return page.locator('[data-part]').evaluateAll(all => all.map(button => ({
		department: button.closest('tr').dataset.department, measure: button.closest('td').dataset.measure,
		part: button.dataset.part, number: Number(button.textContent.replace(/\D/g, '')) })));
}

/* The list behind a column that is no measure of the interface. */
const listOf = { received: ['returned', 'den'], carried: ['completion', 'den'] };

/* The cases behind a number, to the end, as the signed-in person reads them. */
function listed(page, period, measure, part) {
	return page.evaluate(async path => {
		const items = [];
		let cursor = '';
		do {
			const answer = await (await fetch(`/api/v1${path}${cursor}`)).json();
			items.push(...answer.items);
			cursor = answer.next_cursor && `&cursor=${answer.next_cursor}`;
		} while (cursor);
		return items;
	}, `/reports/${period}/tasks?measure=${measure}&part=${part}&limit=200`);
}

/* Counts once more, by the lists of the interface, what the screen shows of a period. */
async function recount(page, period, numbers) {
	const columns = [...new Set(numbers.map(({ measure, part }) => `${measure} ${part}`))];
	for (const column of columns) {
		const [measure, part] = column.split(' ');
		const items = (await listed(page, period, ...listOf[measure] ?? [measure, part]))
			.filter(({ why }) => measure !== 'carried' || /^O[12]$/.test(why));
		for (const one of numbers.filter(number => `${number.measure} ${number.part}` === column)) {
			const behind = one.department === '' ? items : items.filter(({ department }) => department === one.department);
			assert.equal(one.number, behind.length, `${period} ${one.department} ${column}`);
		}
	}
	return columns.length;
}

async function closeDrawer(page) {
	await page.keyboard.press('Escape');
	await page.waitForSelector('.drawer', { state: 'detached' });
}

/* Opens a number and reads what the drawer says of its list. */
async function opens(page, button, number) {
	await button.click();
	const count = page.locator('.drawer-count[data-ended=true]');
	await count.waitFor();
	assert.equal(Number(await count.getAttribute('data-listed')), number, 'the list is as long as the number');
	assert.equal(Number(await count.getAttribute('data-expected')), number);
	assert.equal(await page.locator('.drawer-task').count(), number);
	await closeDrawer(page);
}

test('R16: every number of a frozen month, the running one and a quarter is the length of its list', async () => {
	await leading(async page => {
		for (const period of [shown, running, quarter]) {
			await open(page, `${period}?columns=received,carried,${(await measuresOf(period)).join()}`);
			const numbers = await numbersOf(page);
			assert.ok(numbers.length > 200, `${numbers.length} numbers`);
			const { measures } = (await fetchJson(page, `/reports/${period}`)).total;
			const made = Object.values(measures).filter(one => typeof one === 'number' || one.den > 0)
				.map(one => typeof one === 'number' ? 1 : 2).reduce((a, b) => a + b);
			assert.ok(made > 40, 'nearly all 24 measures have a base');
			assert.equal(await recount(page, period, numbers), 2 + made, 'all that have a base are shown');
		}
	});
});

async function measuresOf(period) {
	return Object.keys((await request('GET', `/api/v1/reports/${period}`, keyOf('leader'))).total.measures);
}

test('R16: on the screen every number of the cards and of a row opens into as many cases', async () => {
	await leading(async page => {
		for (const period of [shown, running, quarter]) {
			await open(page, period);
			const cards = page.locator('.kpis .number-link:not(.kpi-value), .kpis [data-kpi=received]');
			for (let at = 0; at < (period === shown ? await cards.count() : 3); at++)
				await opens(page, cards.nth(at), Number((await cards.nth(at).textContent()).replace(/\D/g, '')));
		}
		await open(page, shown);
		const row = page.locator(`tr[data-department=${falling.department}] [data-part=num]`);
		for (let at = 0; at < await row.count(); at++)
			await opens(page, row.nth(at), Number((await row.nth(at).textContent()).replace(/\D/g, '')));
	});
});

test('R16: what is missed opens from the bar, and the filter stands in an address that can be sent', async () => {
	let sent = '';
	let number = 0;
	await leading(async page => {
		await open(page, shown);
		await page.click('[data-bar=CGJ]');
		const count = page.locator('.drawer-count[data-ended=true]');
		await count.waitFor();
		const { completion } = (await fetchJson(page, `/reports/${shown}`)).departments.find(one =>
			one.department === 'CGJ').measures;
		assert.equal(Number(await count.getAttribute('data-listed')), completion.den - completion.num);
		await page.click('.breakdown[aria-label="按类别"] .breakdown-row >> nth=0');
		await page.waitForSelector('.breakdown-row[aria-pressed=true]');
		number = await page.locator('.drawer-task').count();
		assert.equal(Number((await page.textContent('.breakdown-row[aria-pressed=true] .number')).replace(/\D/g, '')), number);
		assert.equal(await page.locator('.drawer-foot .button-primary').count(), 0, 'a leader has no step of supervision');
		sent = await page.evaluate(() => location.hash);
		assert.match(sent, /open=completion&department=CGJ&part=missed&category=\w+/);
	});
	await as(account('supervisor'), async page => {
		await page.goto(`${address}/${sent}`);
		await page.waitForSelector('.drawer-count[data-ended=true]');
		assert.equal(await page.locator('.drawer-task').count(), number, 'another person sees the same list');
		assert.match(await page.getAttribute('.drawer-foot .button-primary', 'href'), /^#\/supervision\?department=CGJ&step=add$/);
		await page.click('.drawer-foot .button-plain');
		await page.waitForSelector('#cases-title');
		await page.waitForSelector('.drawer-count[data-ended=true]');
		await page.waitForFunction(n => document.querySelectorAll('tbody tr').length === n, number);
	});
});

test('R17: peers stand in groups, and no appeals and nothing due are neither 0 % nor 100 %', async () => {
	await leading(async page => {
		await open(page, shown);
		const departments = (await fetchJson(page, '/departments')).items;
		const report = await fetchJson(page, `/reports/${shown}`);
		for (const bar of await page.locator('[data-bar]').evaluateAll(all => all.map(one =>
			[one.dataset.bar, one.closest('[data-group]').dataset.group])))
			assert.equal(departments.find(one => one.code === bar[0]).peer_group, bar[1]);
		const absent = departments.filter(one => one.takes_tasks
			&& !report.departments.some(row => row.department === one.code));
		const named = (await page.locator('.bar-without p').allTextContents()).join('、').split('、');
		assert.deepEqual(named.sort(), absent.map(one => one.name).sort());
		await open(page, running);
		const rows = (await fetchJson(page, `/reports/${running}`)).departments;
		const idle = rows.find(row => row.measures.completion.den === 0);
		if (idle)
			assert.match(await page.textContent(`[data-bar=${idle.department}]`), /无到期/);
		const silent = rows.find(row => row.measures.satisfaction.den === 0);
		assert.equal(await page.textContent(`tr[data-department=${silent.department}] [data-measure=satisfaction]`), '无回访回答');
	});
});

test('R18: below ten cases the rate is grey with its cases, and stands behind those that can be compared', async () => {
	await leading(async page => {
		await open(page, shown);
		const { num, den } = (await fetchJson(page, `/reports/${shown}`)).departments.find(one =>
			one.department === small).measures.completion;
		assert.ok(den > 0 && den < 10);
		assert.match(await page.textContent(`[data-bar=${small}] .bar-value-small`), new RegExp(`^${num} / ${den} 件$`));
		assert.equal((await page.textContent(`tr[data-department=${small}] [data-measure=completion]`)).replace(/\s+/g, ''),
			`${num}/${den}件`);
		const standing = await page.locator('.report-table tbody tr[data-department]:not(.total) td[data-measure=completion]')
			.evaluateAll(cells => cells.map(cell => cell.querySelector('.small-base, .no-base') ? 'small' : 'rate'));
		assert.ok(standing.indexOf('small') > standing.lastIndexOf('rate'), standing.join());
		assert.match(await page.textContent('.bars .legend'), /基数不足 10/);
	});
});

test('R20: what each number is stands one click away, in plain words with its own figures', async () => {
	await leading(async page => {
		await open(page, shown);
		const { on_time } = (await fetchJson(page, `/reports/${shown}`)).total.measures;
		await page.click('.kpi:has-text("按期办结率") .define');
		await page.waitForSelector('[data-definition=on_time]');
		const first = page.locator('[data-definition]').first();
		assert.equal(await first.getAttribute('data-definition'), 'on_time', 'the asked one comes first');
		assert.match(await first.textContent(), new RegExp(`分子 ${on_time.num}.*分母 ${on_time.den}.*不计入`));
		for (const column of [...await measuresOf(shown), 'received', 'carried']) {
			const words = await page.locator(`[data-definition=${column}] dd`).allTextContents();
			assert.ok(words.length >= 2 && words.every(text => text.trim() && !/(num|den|left_out)\./.test(text)), column);
		}
		await closeDrawer(page);
		await page.click('th:has-text("满意率") .define-mark >> nth=0');
		assert.equal(await page.locator('[data-definition]').first().getAttribute('data-definition'), 'satisfaction');
	});
});

test('three things are told in sentences, and each opens as many cases as it says', async () => {
	await leading(async page => {
		await open(page, last);
		await page.waitForFunction(() => [...document.querySelectorAll('.things li small')].filter(one => /类/.test(one.textContent)).length === 3);
		const told = await page.locator('.things [data-thing]').evaluateAll(all => all.map(one =>
			[one.dataset.thing, one.textContent, one.nextElementSibling.textContent]));
		assert.deepEqual(told.map(([kind]) => kind), ['run', 'fall', 'stock']);
		const name = (await fetchJson(page, '/departments')).items.find(one => one.code === falling.department).name;
		assert.match(told[1][1], new RegExp(`^${name}`), 'who falls over one class of appeals is the fall');
		const catalogue = await fetchJson(page, '/catalogue');
		const parent = catalogue.categories.find(one => one.code === falling.category).parent;
		const group = catalogue.categories.find(one => one.code === (parent ?? falling.category)).name;
		assert.match(told[1][2], new RegExp(`${group}类比上期多`), 'and the class is named');
		for (const [kind, , detail] of told) {
			await page.click(`[data-thing=${kind}]`);
			const count = page.locator('.drawer-count[data-ended=true]');
			await count.waitFor();
			const number = Number(await count.getAttribute('data-listed'));
			assert.equal(await page.locator('.drawer-task').count(), number);
			if (kind !== 'stock')
				assert.match(detail, new RegExp(`，${number} 件`));
			await closeDrawer(page);
		}
	});
});

test('R19: the trend stands on frozen months, and says which are preliminary', async () => {
	await leading(async page => {
		await open(page, running);
		await page.waitForSelector('.trend[aria-busy=false]');
		await page.click('.trend summary');
		const rows = await page.locator('[data-trend]').evaluateAll(all => all.map(row =>
			[row.dataset.trend, row.children[2].textContent, row.children[3].textContent]));
		assert.equal(rows.length, 12);
		for (const [month, made, state] of rows) {
			const { total, state: is } = await fetchJson(page, `/reports/${month}`);
			assert.equal(made, `${total.measures.completion.num} / ${total.measures.completion.den}`);
			assert.equal(state, is === 'frozen' ? '已固化' : '初步，未固化', month);
		}
		assert.equal(await page.locator('.trend-open').count(), 2, 'the running month and the one that is not frozen');
	});
});

async function life(page) {
	await page.goto(`${address}/#/report/${last}/life`);
	await page.reload();
	await page.waitForSelector('.life-steps');
}

async function act(page, name, confirm = null) {
	await page.click(`.life-acts .button:text-is("${name}")`);
	await page.waitForSelector('.action-form');
	if (confirm !== null) {
		assert.ok(await page.isDisabled('.form-foot .button >> nth=0'), 'nothing happens before it is typed');
		await page.fill('.action-form .control >> nth=-1', confirm);
	}
	await page.keyboard.press('Control+Enter');
}

const objection = '诉求人改期，请核对。';

test('a month is previewed, objected to, and not frozen over an objection that nobody has answered', async () => {
	await leading(async page => {
		await life(page);
		await act(page, '开放预览');
		await page.waitForSelector('.life-done');
		const task = (await listed(page, last, 'completion', 'missed')).find(one => one.department === 'CGJ');
		await request('POST', `/api/v1/reports/${last}/objections`, keyOf('dept-CGJ'),
			{ task: task.task, measure: 'completion', text: objection });
		await page.reload();
		await page.waitForSelector('[data-objection="1"] .tag-amber');
		assert.match(await page.textContent('[data-objection="1"]'), new RegExp(objection));
		await act(page, '固化本月', last);
		await page.waitForSelector('.notice-bad');
		assert.equal((await fetchJson(page, `/reports/${last}`)).state, 'preview');
	});
	await as(account('supervisor'), async page => {
		await life(page);
		await page.click('label[for=objection-1-accepted-no]');
		await page.fill('#objection-1-answer', '回访记录与统计一致。');
		await page.click('.objections .form-foot .button-primary');
		await page.waitForSelector('[data-objection="1"] .tag:text-is("不采纳")');
	});
});

test('the leader freezes by typing the month, once; a second one is told that it is frozen', async () => {
	await leading(async late => {
		await life(late);
		await late.click('.life-acts .button:text-is("固化本月")');
		await as(account('leader'), async page => {
			await life(page);
			await act(page, '固化本月', last);
			await page.waitForSelector(`.report-title .tag:text-is("已固化")`);
			assert.match(await page.textContent('.report-title p'), /规则版本 .*数据于 \d{4}-\d\d-\d\d \d\d:\d\d 固化/, 'R19');
		});
		await late.fill('.action-form .control >> nth=-1', last);
		await late.keyboard.press('Control+Enter');
		await late.waitForSelector('.action-form .notice-bad');
	});
	assert.equal((await request('GET', `/api/v1/reports/${last}`, keyOf('leader'))).state, 'frozen');
});

test('R19: what is decided later is a correction beside the frozen figure, with the case and its reason', async () => {
	const frozen = await request('GET', `/api/v1/reports/${last}`, keyOf('leader'));
	const was = frozen.departments.find(one => one.department === waiting).measures.completion;
	await leading(async page => {
		const late = (await listed(page, last, 'completion', 'missed')).find(one =>
			one.department === waiting && one.title.endsWith(' 1 件'));
		await request('POST', `/api/v1/tasks/${late.task}/review`, keyOf('reviewer'), { pass: true });
		await life(page);
		await act(page, '比对并登记更正');
		const row = page.locator('[data-correction="1"] tbody tr', { hasText: '办结率' })
			.filter({ hasText: `${was.num + 1} / ${was.den}` });
		await row.first().waitFor();
		assert.match(await row.first().textContent(), new RegExp(`${was.num} / ${was.den}`));
		await page.click('[data-correction="1"] .twin summary');
		await page.waitForSelector(`[data-correction="1"] a:text-is("${late.task}")`);
		await open(page, last);
		const cell = page.locator(`tr[data-department=${waiting}] [data-measure=completion]`);
		assert.equal(Number((await cell.locator('[data-part=num]').textContent()).trim()), was.num, 'the frozen figure stays');
		assert.match(await cell.locator('.corrected').textContent(), /更正/);
		assert.equal(await page.locator('th[scope=col]', { hasText: '上期结转' }).count(), 1, 'what was carried over is its own column');
	});
});

test('the right of reply stands beside the figure it is about', async () => {
	const report = await request('GET', `/api/v1/reports/${last}`, keyOf('leader'));
	const bad = report.departments.find(one => one.measures.completion.meets === false);
	await request('POST', `/api/v1/reports/${last}/statements`, keyOf(`dept-${bad.department}`),
		{ measure: 'completion', text: '因审批延误，已逐件说明。' });
	await leading(async page => {
		await open(page, last);
		await page.keyboard.press('r');
		assert.match(await page.textContent(`tr[data-department=${bad.department}] + .statement-row`), /因审批延误，已逐件说明。/);
	});
});

test('a bulletin exists once the month is published; it holds no case and nobody’s name', async () => {
	await leading(async page => {
		await page.goto(`${address}/#/bulletin/${last}`);
		await page.waitForSelector('.empty:has-text("尚未发布")');
		await life(page);
		await act(page, '发布通报', last);
		await page.waitForSelector(`.report-title .tag:text-is("已发布")`);
		assert.match(await page.textContent('.proof'), new RegExp(`liandong verify ${last}.bundle`));
		await page.click('.downloads >> text=公开通报');
		await page.waitForSelector('.bulletin tbody tr[data-department]');
		const text = await page.textContent('.bulletin');
		assert.match(text, /基数小，不作比较/);
		assert.match(text, /更正 1/);
		assert.doesNotMatch(text, /LD\d{6}|1[3-9]\d{9}|第 \d+ 件/, 'no case, no phone, no title');
		const objector = (await fetchJson(page, `/reports/${last}/objections`)).items[0];
		assert.ok(!text.includes(objector.text));
	});
});

test('the running month is piloted: today between the worst and the best end, and what it still takes', async () => {
	await leading(async page => {
		await page.goto(`${address}/#/report/${running}/pilot`);
		await page.waitForSelector('#pilot-on_time-title');
		const pilot = await fetchJson(page, `/reports/${running}/pilot`);
		const card = await page.textContent('[aria-labelledby=pilot-on_time-title]');
		for (const end of ['today', 'worst', 'best'])
			assert.ok(card.includes(`${pilot.on_time[end].num} / ${pilot.on_time[end].den}`), end);
		if (pilot.on_time.needed)
			assert.ok(card.includes(`还需按期办结 ${pilot.on_time.needed} 件`));
		assert.equal(await page.locator('[aria-labelledby=pilot-tasks-title] tbody tr').count(), pilot.tasks.length);
	});
});

test('the laboratory judges frozen months under other rules, before and after side by side', async () => {
	await leading(async page => {
		await page.goto(`${address}/#/report/${last}/laboratory`);
		await page.waitForSelector('.choices input:checked');
		await page.fill('#laboratory-target', '80');
		await page.click('.choices >> nth=1 >> text=基本满意');
		await page.click('.laboratory .button-primary');
		await page.waitForSelector(`#tried-${last}-title`);
		assert.match(await page.textContent(`#tried-${last}-title`), /90% → 80%/);
		assert.match(await page.textContent('.laboratory-results thead'), /固化时.*试算/);
		assert.equal((await fetchJson(page, `/reports/${last}`)).target, 90, 'nothing is changed');
	});
});

test('quarter, year, week and day are the same screen, by keyboard and by link', async () => {
	await leading(async page => {
		await open(page, shown);
		await page.keyboard.press(']');
		await page.waitForFunction(month => location.hash === `#/report/${month}`, last);
		await page.keyboard.press('[');
		await page.waitForFunction(month => location.hash === `#/report/${month}`, shown);
		for (const kind of ['quarter', 'year', 'week', 'day']) {
			await page.selectOption('.period-picker select >> nth=0', kind);
			const period = (await page.evaluate(() => location.hash)).split('/')[2];
			await page.waitForSelector(`.report[data-period="${period}"] .kpis`);
			const report = await fetchJson(page, `/reports/${period}`);
			assert.equal(Number((await page.textContent('[data-kpi=received]')).replace(/\D/g, '')),
				report.total.measures.returned.den, `${kind} ${period}`);
		}
	});
});

test('the rhythm and the hand-over with 110 show their counts, and files are offered to be saved', async () => {
	await leading(async page => {
		await page.goto(`${address}/#/report/${last}`);
		await page.click(`.report-tabs a[href="#/rhythm/${last}"]`);
		await page.waitForSelector('#rhythm-categories-title');
		const { sections } = await fetchJson(page, `/rhythm/${last}`);
		for (const [name, { count }] of Object.entries(sections))
			assert.equal(await page.textContent(`[aria-labelledby=rhythm-${name}-title] .count`), String(count), name);
		await page.goto(`${address}/#/report/${last}/exchange`);
		await page.waitForSelector('#exchange-ours-title');
		assert.equal(await page.locator('[aria-labelledby=exchange-ours-title] tbody tr').count(), 5);
		for (const form of ['csv', 'xlsx', 'pdf'])
			assert.equal(await page.getAttribute(`.downloads a:text-is("${form.toUpperCase()}")`, 'href'),
				`/api/v1/reports/${last}.${form}`);
	});
});

test('a department sees its own row, and nobody is said to have had no appeals', async () => {
	await as(account('department', falling.department), async page => {
		await open(page, shown);
		assert.deepEqual(await page.locator('tr[data-department]:not(.total)').evaluateAll(rows =>
			rows.map(row => row.dataset.department)), [falling.department]);
		assert.equal(await page.locator('.bar-without').count(), 0);
		assert.equal(await page.locator('.drawer-foot .button-primary').count(), 0);
	});
});

test('a unit that was renamed keeps its name in the months frozen before, and has the new one in the running month', () =>
	leading(async page => {
		const key = keyOf('admin');
		const { code, disabled, uses, ...set } = await request('GET', '/api/v1/departments/ZJJ', key);
		await request('PUT', '/api/v1/departments/ZJJ', key, { ...set, name: '城乡建设局' });
		const named = async (period) => {
			await open(page, period);
			const row = page.locator('tr[data-department=ZJJ] th').first();
			return [await row.innerText(), await page.locator('[data-bar=ZJJ] .bar-name span').first().innerText()];
		};
		await page.reload();
		assert.deepEqual(await named(shown), [set.name, set.name], 'the month as it was frozen');
		assert.deepEqual(await named(running), ['城乡建设局', '城乡建设局']);
		await request('PUT', '/api/v1/departments/ZJJ', key, set);
	}));

test('the day ends: after signing out nothing of it is left on the screen or in the browser', async () => {
	await leading(async page => {
		await page.click('.top .icon-only >> nth=-1');
		await page.waitForSelector('#login');
		assert.equal(await page.locator('.report').count(), 0);
		assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)]), [[], []]);
	});
});
