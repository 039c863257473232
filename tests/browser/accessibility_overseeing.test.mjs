/*
 * axe over each screen of those who watch over others, in light and dark, Chinese and English, with
 * what only work brings out: drawers, forms, errors, an item with its evidence, an opened draw.
 *
 * demo clock: 2026-11-02T09:00:00+08:00
 */
import { after, before, test } from 'node:test';
import { check } from './axe.mjs';
import { account, as, closeBrowser, openBrowser, press } from './harness.mjs';
import { advance, close, dayFromNow, open, post, postAs, register, row } from './overseen.mjs';

let late, item, demand;

before(async () => {
	const today = await dayFromNow(0);
	await post('supervisor', '/lotteries', { from: today, until: await dayFromNow(2), count: 1 });
	late = await register();
	const gone = await register();
	await close(gone);
	await post('visitor', `/tasks/${gone.id}/visits`, { channel: 'phone', reached: true, contacted: false, solved: 'no',
		result: 'dissatisfied', attitude: 'dissatisfied', truthful: false, reason: 'policy', note: '无人联系' });
	await advance(12);
	await post('supervisor', `/tasks/${late.id}/urge`, { note: '请三日内处置' });
	await post('dispatcher', `/tasks/${late.id}/exclude`, { ground: 'G4', evidence: '录音可证' });
	await post('auditor', '/lotteries/1/open');
	demand = await post('supervisor', '/supervised', { kind: 'demand', source: 'leader', department: row.department,
		demand: '三日内修复并书面反馈', due: await dayFromNow(3) });
	await post('supervisor', '/meetings', { title: '联席会议', held_on: today, present: '城管局',
		items: [{ department: row.department, demand: '清理积水点', due: await dayFromNow(6) }] });
	item = await post('supervisor', '/accountability', { department: row.department, title: '多件逾期', text: '连续三周逾期' });
	await post('supervisor', `/accountability/${item.id}/evidence`, { tasks: [late.id], statement_until: await dayFromNow(9) });
	await postAs(row.department, `/accountability/${item.id}/statement`, { text: '因汛期抢险延误' });
	await post('supervisor', '/leaders', { department: row.department, name: '李局长', valid_from: today });
	await post('observer', '/observations', { kind: 'suggestion', text: '建议公布检修计划' });
	await post('supervisor', `/appeals/${late.appeal}/rule-problem`, { rule: '路灯办法', problem: '无人管护', proposal: 'amend' });
	await openBrowser();
});
after(closeBrowser);

const first = page => page.locator('.table tbody .link').first().click();
const drawer = async page => {
	await first(page);
	await page.waitForSelector('.drawer .facts, .drawer .history, .drawer .empty');
};
/* A form with its complaints; of a step that is for good the word is typed first. */
const form = (letter, word = null) => async page => {
	await press(page, letter);
	await page.waitForSelector('.action-form');
	if (word)
		await page.fill('.action-form [id$=-confirm]', word);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.summary');
};

/* Address, and what is done there before axe looks. */
const pages = {
	supervisor: () => [
		[`#/warnings/${late.id}`, async page => {
			await page.waitForSelector('.ladder li');
			await press(page, 'x');
			await page.waitForSelector('.action-form');
		}],
		['#/levels'], [`#/supervision/${demand.id}`, page => page.waitForSelector('.drawer .history')],
		['#/supervision', form('n')], ['#/supervision/meetings'], ['#/supervision/inspections'], ['#/supervision/promises'],
		['#/rulings'], ['#/rulings/exclusions', drawer], ['#/rulings/rules', drawer],
		['#/rulings/identities'], ['#/observations', drawer], ['#/accountability', form('n')],
		[`#/accountability/${item.id}`, page => page.waitForSelector('.evidence .history')],
		['#/accountability/leaders', drawer], ['#/accountability/published'], ['#/tripwires', async page => {
			await first(page);
			await page.waitForSelector('.against .history');
		}],
		['#/lotteries', async page => {
			await first(page);
			await page.waitForSelector('.command');
		}],
		['#/rhythm'], ['#/rhythm/2026-10'], ['#/rhythm/2026-Q3'],
	],
	leader: () => [[`#/accountability/${item.id}`, async page => {
		await page.waitForSelector('.next-steps');
		await form('d', String(item.id))(page);
	}]],
	department: () => [['#/supervision'], ['#/accountability']],
	observer: () => [['#/observations', form('n')]],
	contact: () => [['#/contact']],
};

const languageOf = page => page.locator('html').getAttribute('lang');

/* The other language and the other theme, with what is open left as it is. */
async function turnOver(page) {
	const was = await languageOf(page);
	await page.evaluate(() => {
		const language = document.querySelector('.top > button[lang]');
		language.previousElementSibling.click();
		language.click();
	});
	await page.waitForFunction(before => document.documentElement.lang !== before
		&& document.querySelector('.shell:not([hidden]) main h1') !== null, was);
}

for (const [role, listed] of Object.entries(pages)) {
	test(`screens of oversight have no accessibility violation to a ${role}`, async () => {
		await as(account(role, role === 'department' ? row.department : null), async page => {
			for (const [address, act] of listed()) {
				await open(page, address);
				await act?.(page);
				await check(page, `${role} ${address}`);
				await turnOver(page);
				await check(page, `${role} ${address}, the other look`);
			}
		}, { bypassCSP: true });
	});
}
