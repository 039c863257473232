/*
 * axe over the report's pages, the bulletin and the enterprise side, in both languages and themes.
 *
 * demo clock: 2026-11-06T09:00:00+08:00
 */
import { after, before, test } from 'node:test';
import { check, looks } from './axe.mjs';
import { access, account, address, as, closeBrowser, openBrowser, request } from './harness.mjs';
import { freezeMonths, importPast, keyOf, last, monthShifted, running } from './past_months.mjs';

const shown = monthShifted(last, -1);
const uscc = '91350100M000100Y43';

before(async () => {
	await openBrowser();
	await freezeMonths(importPast(2).slice(0, -1));
	await request('POST', `/api/v1/reports/${shown}/publish`, keyOf('leader'), {});
	await request('POST', '/api/v1/enterprises', access.keys.find(key => key.name === 'admin').key,
		{ uscc, name: '云河甲机械公司', area: 'A01', contact_leader: 'leader1' });
});
after(closeBrowser);

/* Where, what shows that it is there, and what is opened on it. */
const places = [
	['overview', `report/${last}`, '.trend[aria-busy=false]', ['.trend summary', '.things .twin summary', '.chooser summary']],
	['burden from zero', `report/${shown}-07?measure=redo&zero=1`, '.trend[aria-busy=false]', []],
	['drawer', `report/${shown}-08?open=completion&part=den`, '.drawer-count[data-ended=true]', ['.drawer-define summary']],
	['definitions', `report/${shown}-09?define=satisfaction`, '[data-definition]', []],
	['cases', `report/${shown}-10/cases?open=completion&part=den`, '.drawer-count[data-ended=true]', []],
	['life', `report/${last}/life`, '.proof .definition', ['.life-acts .button-danger']],
	['pilot', `report/${running}/pilot`, '#pilot-on_time-title', []],
	['ranking', `report/${shown}/ranking`, '.empty', []],
	['laboratory', `report/${shown}/laboratory`, '.choices input:checked', ['.laboratory .button-primary']],
	['four acts', `report/${last}/four-acts`, '#four-acts-title', []],
	['exchange', `report/${last}/exchange`, '#exchange-ours-title', []],
	['week', 'report/2026-W37', '.kpis', []],
	['bulletin', `bulletin/${shown}`, '.bulletin tbody tr[data-department]', []],
	['bulletin to come', `bulletin/${last}`, '.empty', []],
	['register', 'enterprises', '#register-title', []],
	['enterprise', `enterprises/${uscc}`, '.pilot-facts', []],
];

for (const look of looks) {
	test(`the leader's pages have no accessibility violation, ${look.language} ${look.theme}`, async () => {
		await as(account('leader'), async page => {
			for (const [name, path, ready, opened] of places) {
				await page.goto(`${address}/#/${path}`);
				await page.waitForSelector(ready);
				for (const press of opened)
					await page.locator(press).first().click();
				await check(page, name);
			}
		}, { ...look, bypassCSP: true, expected: /\b404\b/ });
	});
}
