/*
 * axe over the dispatcher's, the visitor's and the reviewer's screens and the tables, with the
 * states that only work brings out, in both languages and both themes.
 */
import { after, before, test } from 'node:test';
import { check, looks } from './axe.mjs';
import { account, address, as, closeBrowser, openBrowser, press } from './harness.mjs';
import { closed, givenBack, inHand, keyOf, post, registered, rowFor, submitted, unrouted } from './prepared.mjs';

const made = {};

before(async () => {
	await openBrowser();
	made.appeal = await registered(unrouted);
	made.back = await givenBack('CGJ', 'JTJ');
	made.work = await inHand('CGJ');
	await post(`/tasks/${made.work.id}/extend`, keyOf('department', 'CGJ'),
		{ days: 3, reason: '配件需从外地采购', caller_informed: true });
	made.paused = await inHand('CGJ');
	await post(`/tasks/${made.paused.id}/pause`, keyOf('dispatcher'), { ground: 'caller_material',
		until: made.paused.due.slice(0, 10) });
	made.pending = await submitted('CGJ');
	made.closed = await closed('CGJ');
	const secret = await registered(rowFor('CGJ'), { caller: { name: '周小舟', phone: '13800002222', secret: true } });
	await post(`/tasks/${secret.tasks[0].id}/sign`, keyOf('department', 'CGJ'), {});
	await post(`/tasks/${secret.tasks[0].id}/callback`, keyOf('department', 'CGJ'), { question: '漏水点在几楼？' });
});
after(closeBrowser);

/* [role, address, what is there when it is drawn, a key that brings out more, what then is there] */
const pages = [
	['dispatcher', () => `dispatch/${made.appeal.id}`, '.placement'],
	['dispatcher', () => `decisions/returns/${made.back.id}`, '.request', 'a', '#accept-redispatch_to'],
	['dispatcher', () => `decisions/extensions/${made.work.id}`, '.moves', 'x', '#refuse-reason'],
	['dispatcher', () => 'decisions/exclusions', '.worklist .empty'],
	['dispatcher', () => `decisions/work/${made.work.id}`, '#act-pause', 'p', '#pause-ground'],
	['dispatcher', () => `decisions/held/${made.paused.id}`, '.request .facts', 'a', '.action-form'],
	['dispatcher', () => 'decisions/pairs', '.duels'],
	['dispatcher', () => 'exchange', '.context .table'],
	['dispatcher', () => `deadlines/${made.work.id}`, '.limit[open]'],
	['dispatcher', () => 'tables/grounds', '#rows-title'],
	['admin', () => 'tables/calendar?year=2026', '.month'],
	['admin', () => 'tables/limits', '.page-acts .button-primary', 'click', '#change-text'],
	['visitor', () => `visit/${made.closed.id}`, '.overall button:focus', '3', '#visit-reason-result'],
	['visitor', () => 'callbacks', '.call-who', 'a', '#answer-answer'],
	['visitor', () => 'callbacks/replies', '.empty'],
	['reviewer', () => `review/${made.pending.id}`, '.review-checklist li', 'Alt+g', '#exclude-evidence'],
	['reviewer', () => `review/passed/${made.closed.id}`, '#act-redo', 'o', '#redo-reason'],
];

/* Forms in two looks, which between them have both languages and both themes. */
const withForms = ({ language, theme }) => (language === 'en') === (theme === 'dark');

for (const look of looks)
	for (const role of ['dispatcher', 'admin', 'visitor', 'reviewer'])
		test(`the ${role}'s pages have no accessibility violation, ${look.language} ${look.theme}`, () =>
			as(account(role), async (page) => {
				for (const [, where, drawn, key, then] of pages.filter(([whose]) => whose === role)) {
					await page.goto(`${address}/#/${where()}`);
					await page.waitForSelector(drawn);
					await check(page, where());
					if (!key || !withForms(look))
						continue;
					if (key === 'click')
						await page.click(drawn);
					else
						await press(page, key);
					await page.waitForSelector(then);
					await check(page, `${where()}, ${key}`);
					if (key !== 'click')
						await page.keyboard.press('Escape');
				}
			}, { ...look, bypassCSP: true }));
