/*
 * R30: a sound and a desktop notice for my new call, my red case and my reply that somebody takes
 * over, and for nothing else; each can be muted by itself, all of them for a meeting, and one
 * browser says a thing once. What the browser itself would do is written down instead: it is asked
 * for permission, shows a notice, sounds.
 *
 * demo clock: 2026-03-02T09:00:00+08:00
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signIn as signInApi } from '../e2e/lib/api.mjs';
import { ownAccount } from '../e2e/lib/accounts.mjs';
import { aCall } from '../e2e/lib/pbx.mjs';
import { register, rowOf as catalogueRow, leadOf, sign } from '../e2e/lib/world.mjs';
import { moveTo } from '../e2e/lib/clock.mjs';
import { until } from '../e2e/lib/until.mjs';
import { check } from './axe.mjs';
import { account, closeBrowser, demo, openBrowser, openPage, press, rowOf, signIn } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

/* In place of the browser's own: what it would show and sound, and what it was asked. */
function record() {
	window.alerted = { notices: [], sounds: 0, tones: 0, asked: 0 };
	const { alerted } = window;
	window.Notification = class {
		static permission = localStorage.getItem('granted') ?? 'default';
		static async requestPermission() {
			alerted.asked += 1;
			localStorage.setItem('granted', 'granted');
			return this.permission = 'granted';
		}
		constructor(title, { body, tag }) {
			alerted.notices.push({ title, body, tag });
			window.newestNotice = this;
		}
		close() {}
	};
	const node = () => ({ connect() {}, gain: { setValueAtTime() {}, linearRampToValueAtTime() {} } });
	window.AudioContext = class {
		state = 'running';
		currentTime = 0;
		destination = {};
		constructor() {
			alerted.gesture = navigator.userActivation.hasBeenActive;
		}
		createGain() { return node(); }
		createOscillator() {
			alerted.tones += 1;
			const first = alerted.tones === 1 || alerted.ended;
			alerted.ended = false;
			if (first)
				alerted.sounds += 1;
			queueMicrotask(() => { alerted.ended = true; });
			return { ...node(), frequency: {}, start() {}, stop() {} };
		}
	};
}

/* One person's browser with the recorder in each of its pages. */
async function alertedAs(who, work, options = {}) {
	const opened = await openPage(options);
	try {
		await opened.page.context().addInitScript(record);
		await opened.page.reload();
		await opened.page.waitForSelector('#login');
		await signIn(opened.page, who);
		await opened.page.waitForSelector('.bell');
		await opened.page.waitForSelector('.top .live-live');
		await work(opened.page);
		assert.deepEqual(opened.complaints, [], 'the page logged no error and broke no policy');
	} finally {
		await opened.close();
	}
}

const alertedOf = (page) => page.evaluate(() => window.alerted);

/* Waits until this many notices and sounds came, and says which. */
async function heard(page, notices, sounds) {
	await page.waitForFunction(([n, s]) => window.alerted.notices.length >= n && window.alerted.sounds >= s,
		[notices, sounds]);
	const { notices: shown, sounds: sounded } = await alertedOf(page);
	assert.deepEqual([shown.length, sounded], [notices, sounds], JSON.stringify(shown));
	return shown;
}

/* On the own account, as a person chooses; every box by its kind and way. */
async function choose(page, wanted) {
	const back = await page.evaluate(() => location.hash);
	await page.click('.own');
	await page.waitForSelector('.alerts-table');
	for (const [name, on] of Object.entries(wanted)) {
		const box = name === 'quiet' ? page.locator('.alerts-card .check input')
			: page.locator(`tr[data-kind=${name.replace(/_(sound|notice)$/, '')}] input`).nth(name.endsWith('sound') ? 0 : 1);
		if (await box.isChecked() !== on) {
			const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/me/alerts')
				&& one.request().method() === 'PUT'), box.click()]);
			assert.equal(answer.status(), 200);
		}
	}
	/* the choice is the account's, the permission the browser's */
	const allow = page.locator('.alerts-card .notice button');
	if (await allow.count() > 0)
		await allow.click();
	await page.evaluate((to) => { location.hash = to; }, back);
}

/* By the bell, and kept: quiet or not. */
async function toggle(page, quiet) {
	await Promise.all([page.waitForResponse((one) => one.url().endsWith('/me/alerts')
		&& one.request().method() === 'PUT' && one.ok()), page.click('.bell')]);
	await page.waitForSelector(`.bell[aria-pressed=${quiet}]`);
}

let serial = 0;
const newCall = (more = {}) => aCall(demo, `alerts-${process.pid}-${serial += 1}`,
	{ from: '13798765432', queue: 'hotline', ...more });
const personal = /137|9876|王|小明/;

test('R30: my new call sounds and is noticed once; others\' calls, and mine that I take by hand, are not', async () => {
	const mine = await ownAccount(demo, { login: 'wang.lei', role: 'operator' });
	const other = await ownAccount(demo, { login: 'zhao.min', role: 'operator' });
	await alertedAs(mine, async (page) => {
		assert.equal((await alertedOf(page)).asked, 0, 'the browser is not asked by itself');
		await choose(page, { call_notice: true });
		assert.equal((await alertedOf(page)).asked, 1, 'but when a notice is wanted');
		await page.waitForSelector('#appeal-text');
		const sit = async (seat) => {
			await page.click('.call-idle button');
			await page.fill('#seat', seat);
			await page.keyboard.press('Enter');
			await page.waitForSelector(`.call-idle button:has-text('${seat}')`);
		};
		/* at no telephone: the queue is nobody's in particular */
		const unheard = newCall();
		await unheard.ring();
		await page.waitForSelector('.call-ringing');
		await unheard.hangup();
		await page.waitForSelector('.call-idle');
		await sit('8801');
		const session = await signInApi(demo, other);
		await session.put('/me/seat', { phone: '8802' }, { expect: 200 });
		const [atMine, atOther, inQueue] = [newCall({ to: '8801' }), newCall({ to: '8802' }), newCall({ to: '12345' })];
		await atOther.ring();
		await page.waitForSelector('.queue .row-call');
		await atMine.ring();
		const [notice] = await heard(page, 1, 1);
		assert.equal(notice.title, '有新来电');
		assert.doesNotMatch(JSON.stringify(notice), personal);
		await atOther.hangup();
		await atMine.ring();
		await atMine.answer({ answeringNumber: '8801' });
		await page.waitForSelector('.call-end');
		/* while I speak the queue rings for somebody else */
		await inQueue.ring();
		await page.waitForFunction(() => document.querySelectorAll('.queue .row-call').length === 2);
		await heard(page, 1, 1);
		await atMine.hangup();
		/* and for me as soon as I am free */
		await heard(page, 2, 2);
		await page.click('.queue .row:has(.row-call)');
		await page.waitForSelector('.queue .row[aria-current=true]');
		await inQueue.hangup();
		await page.waitForSelector('.queue .row-gone');
		await heard(page, 2, 2);
	});
});

/* Departments of which the demo has no cases: nothing else of theirs turns red. */
const [MINE, OTHER] = ['JTJ', 'WJW'].map((code) => catalogueRow(demo, code));
const at = (task, share) => new Date(Date.parse(task.dispatched_at)
	+ share * (Date.parse(task.due) - Date.parse(task.dispatched_at))).toISOString();
const urge = (task) => demo.as('supervisor').post(`/tasks/${task.id}/urge`, { note: '请尽快' }, { expect: 200 });

/*
 * The page has asked what is red since this task was urged: the clock first, and then the cases, of
 * which one answer has the urge.
 */
async function asked(page, urged) {
	const rounds = [];
	const hear = async (response) => {
		const { pathname, searchParams } = new URL(response.url());
		if (response.request().headers()['x-unattended'] !== '1')
			return;
		if (pathname.endsWith('/me'))
			rounds.push([]);
		else if (pathname.endsWith('/tasks') && searchParams.get('limit') === '200')
			rounds.at(-1)?.push(...(await response.json().catch(() => ({ items: [] }))).items, searchParams.get('state'));
	};
	page.on('response', hear);
	await urge(urged);
	const { urges } = (await demo.as('supervisor').get(`/tasks/${urged.id}`, { expect: 200 })).json;
	await until(() => rounds.some((round) => ['awaiting_sign', 'in_hand', 'return_requested'].every((one) => round.includes(one))
		&& round.some((one) => one.id === urged.id && one.urges >= urges)), { what: 'the page to ask what is red' });
	page.off('response', hear);
}

test('R30: a case of mine that turns red is told with its number; other departments\' are not', async () => {
	await alertedAs(account('department', MINE.department), async (page) => {
		await choose(page, { red_notice: true });
		const mine = leadOf(await register(demo, MINE)), other = leadOf(await register(demo, OTHER));
		await moveTo(demo, at(mine, 0.89));
		await asked(page, mine);
		await heard(page, 0, 0);
		await moveTo(demo, at(mine, 0.91));
		await asked(page, mine);
		const shown = await heard(page, 1, 1);
		assert.match(shown[0].title, new RegExp(`^${mine.appeal} .*红色`));
		assert.ok(!JSON.stringify(shown).includes(other.appeal));
		assert.doesNotMatch(JSON.stringify(shown), personal);
		await asked(page, mine);
		await heard(page, 1, 1);
		await page.evaluate(() => window.newestNotice.onclick());
		await page.waitForFunction((id) => location.hash.includes(id), mine.appeal);
	});
});

test('R30: two tabs of one browser tell a thing once, also when the one that told closes', async () => {
	await alertedAs(account('department', MINE.department), async (first) => {
		await choose(first, { red_notice: true });
		const second = await first.context().newPage();
		await second.goto(demo.base);
		await second.waitForSelector('.bell');
		await second.waitForSelector('.top .live-live');
		await second.keyboard.press('Tab');
		const both = async () => {
			const all = await Promise.all([first, second].map(alertedOf));
			return [all.reduce((n, one) => n + one.notices.length, 0), all.reduce((n, one) => n + one.sounds, 0)];
		};
		const one = leadOf(await register(demo, MINE));
		await moveTo(demo, at(one, 0.91));
		await asked(first, one);
		await heard(first, 1, 1);
		assert.deepEqual(await both(), [1, 1]);
		await first.close();
		await second.waitForSelector('.top .live-live');
		const two = leadOf(await register(demo, MINE));
		await asked(second, two);
		assert.deepEqual((await alertedOf(second)).notices, [], 'what the first told the second does not');
		await moveTo(demo, at(two, 0.91));
		await asked(second, two);
		const shown = await heard(second, 1, 1);
		assert.match(shown[0].title, new RegExp(two.appeal));
	});
});

test('R30: who takes over my reply is told of, without a name; looking on and my taking back are not', async () => {
	const appeal = await register(demo, MINE), task = leadOf(appeal);
	await sign(demo, task);
	const [me, colleague] = [account('department', MINE.department),
		await ownAccount(demo, { login: '钱亮', role: 'department', department: MINE.department })];
	const open = async (page) => {
		await rowOf(page, appeal.id).click();
		await page.waitForSelector(`.detail .facts .number:text-is("${appeal.id}")`);
	};
	await alertedAs(me, async (mine) => {
		await choose(mine, { taken_over_notice: true });
		await open(mine);
		await press(mine, 'c');
		await mine.fill('#contact-note', '已联系');
		await alertedAs(colleague, async (theirs) => {
			await open(theirs);
			await theirs.waitForSelector('.presence-replying');
			await mine.waitForSelector(".presence:has-text('钱亮 正在查看')");
			await heard(mine, 0, 0);
			await theirs.click('.presence button');
			const [notice] = await heard(mine, 1, 1);
			assert.match(notice.title, new RegExp(appeal.id));
			assert.ok(!JSON.stringify(notice).includes('钱亮'), 'the desktop names nobody');
			await mine.click('.presence button');
			await theirs.waitForSelector('.presence-replying');
			await theirs.waitForFunction(() => window.alerted.sounds === 1);
			assert.deepEqual((await alertedOf(theirs)).notices, [], 'who wants no notices has sound alone');
			await heard(mine, 1, 1);
		});
	});
});

test('R30: each way of each kind is muted by itself, and a meeting mutes all, for anybody at any desk', async () => {
	const who = account('department', MINE.department);
	const turnsRed = async (page) => {
		const task = leadOf(await register(demo, MINE));
		await moveTo(demo, at(task, 0.91));
		await asked(page, task);
		await page.waitForFunction((id) => document.querySelector('.worklist, .pill')?.textContent.includes(id)
			|| document.querySelector('.pill'), task.appeal);
	};
	await alertedAs(who, async (page) => {
		await choose(page, { red_sound: false, red_notice: true });
		await turnsRed(page);
		await heard(page, 1, 0);
		await choose(page, { red_sound: true, red_notice: false });
		await turnsRed(page);
		await heard(page, 1, 1);
		await choose(page, { red_notice: true });
		await toggle(page, true);
		await page.waitForSelector('.bell:has-text("会议模式")');
	});
	/* at another desk it is still so: nothing of it stood in the browser */
	await alertedAs(who, async (page) => {
		await page.evaluate(() => Notification.requestPermission());
		assert.equal(await page.getAttribute('.bell', 'aria-pressed'), 'true');
		await turnsRed(page);
		await heard(page, 0, 0);
		await toggle(page, false);
		await turnsRed(page);
		await heard(page, 1, 1);
	});
	await alertedAs(account('leader'), async (page) => {
		await toggle(page, true);
		await toggle(page, false);
	});
});

test('R30: only who can act on something hears of it, and only after the person did something', async () => {
	for (const [role, kinds] of [['admin', []], ['visitor', ['taken_over']], ['leader', ['red', 'taken_over']],
		['operator', ['call', 'taken_over']]]) {
		const opened = await openPage();
		await signIn(opened.page, account(role));
		await opened.page.click('.own');
		await opened.page.waitForSelector('.sessions li');
		if (kinds.length > 0)
			await Promise.all(['.alerts-table', '.bell'].map((one) => opened.page.waitForSelector(one)));
		const rows = await opened.page.locator('.alerts-table tbody tr').evaluateAll((all) =>
			all.map((row) => row.dataset.kind));
		assert.deepEqual(rows, kinds, role);
		assert.equal(await opened.page.locator('.bell').count(), kinds.length > 0 ? 1 : 0);
		await opened.close();
	}
	await alertedAs(account('leader'), async (page) => {
		assert.equal((await alertedOf(page)).gesture, true);
	});
});

test('R30: the bell comes with its words, however late they are', async () => {
	const { page, complaints, close } = await openPage();
	let letGo;
	const held = new Promise((resolve) => { letGo = resolve; });
	const asked = new Promise((resolve) => page.route(/\/assets\/zh-\w+\.js$/, async (route) => {
		const response = await route.fetch();
		if ((await response.text()).includes('会议模式')) {
			resolve();
			await held;
		}
		await route.fulfill({ response });
	}));
	await signIn(page, account('visitor'));
	await asked;
	/* long enough for a page that does not wait for them */
	await page.evaluate(async () => {
		for (let i = 0; i < 5; i++) {
			await fetch('/api/v1/me/alerts');
			await new Promise(requestAnimationFrame);
		}
	});
	assert.equal(await page.locator('.bell').count(), 0, 'no button without a name');
	letGo();
	await page.waitForSelector('.bell[aria-label="会议模式"]');
	assert.deepEqual(complaints, []);
	await close();
});

for (const [language, theme] of [['zh', 'light'], ['en', 'dark']])
	test(`R30: the choices are shown without accessibility violation, ${language} ${theme}`, async () => {
		const opened = await openPage({ language, theme, bypassCSP: true });
		await signIn(opened.page, account('operator'));
		await opened.page.click('.own');
		await opened.page.waitForSelector('.alerts-table');
		await toggle(opened.page, true);
		await check(opened.page, 'account, alerts');
		await toggle(opened.page, false);
		assert.deepEqual(opened.complaints, []);
		await opened.close();
	});
