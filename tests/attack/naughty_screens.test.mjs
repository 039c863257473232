/*
 * The strings of lib/naughty.mjs on the screens: as titles in the department's list, as texts in
 * the detail, as replies before the reviewer, in the visitor's form, in history. Chromium shows
 * them as they are, opens no dialog, loads nothing, breaks no policy, and grows no element.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { startServer, endsCleanly, MONDAY } from '../e2e/lib/server.mjs';
import { inParallel } from '../e2e/lib/until.mjs';
import { anAppeal, complete, contact, leadOf, review, rowOf, sign } from '../e2e/lib/world.mjs';
import { strings } from './lib/naughty.mjs';

const server = await startServer({ clock: MONDAY });
process.env.LIANDONG_ACCESS = path.join(server.dir, 'access.json');
const { account, as, closeBrowser, openBrowser } = await import('../browser/harness.mjs');

const operator = server.as('operator');
const where = rowOf(server, 'CGJ');
const TITLES = 190;		/* one page of a list */
const isShort = (text) => [...text].length <= 190;

/* Appeals whose titles are the strings; those that the server refuses are left out. */
async function titled(texts) {
	const answers = await inParallel(texts, 8, (title) => operator.register(
		anAppeal(where, { title, text: `${title}\n尾` })));
	return answers.flatMap((answer) => answer.status === 201 ? [answer.json] : []);
}

/* Appeals whose texts hold the strings, as many as fit, each on a line of its own. */
async function packed(texts) {
	const bodies = [];
	for (let rest = texts; rest.length > 0; rest = rest.slice(60))
		bodies.push(rest.slice(0, 60).join('\n'));
	return inParallel(bodies, 4, async (text, i) =>
		(await operator.register(anAppeal(where, { title: `集 ${i}`, text }), { expect: 201 })).json);
}

/* What Chromium makes of a string that a text node holds: nothing but its own line ends. */
const shown = (text) => text.replaceAll('\r\n', '\n');

const seen = { dialogs: 0, foreign: [] };
function watch(page) {
	page.on('dialog', (dialog) => {
		seen.dialogs += 1;
		dialog.dismiss();
	});
	page.on('request', (request) => {
		if (!request.url().startsWith(`${server.base}/`) && !/^(data|blob):/.test(request.url()))
			seen.foreign.push(request.url());
	});
	page.on('popup', (popup) => seen.foreign.push(`popup ${popup.url()}`));
}

/* Elements that only a string could have made. */
const grown = (page) => page.evaluate(() => [...document.querySelectorAll(
	'script:not([src]), iframe, object, embed, base, img, math, template, form[action], ' +
	'meta[http-equiv=refresh], [onload], [onerror], [onfocus], [onclick], a[href^="javascript:"]')]
	.map((node) => node.outerHTML.slice(0, 200)));

async function assertTame(page) {
	assert.deepEqual(await grown(page), []);
	assert.equal(seen.dialogs, 0, 'no dialog was opened');
	assert.deepEqual(seen.foreign, [], 'nothing was asked of anybody else');
	assert.match(await page.title(), /\S/);
	assert.equal(await page.evaluate(() => document.compatMode), 'CSS1Compat');
}

test('the browser is open', openBrowser);

test('the inbox shows every title and text as it is', async () => {
	/* Strings are spread over lists of one page each, done with before the next begins. */
	const usable = strings.filter(isShort);
	let listed = 0;
	for (let from = 0; from < usable.length; from += TITLES) {
		const appeals = await titled(usable.slice(from, from + TITLES));
		await as(account('department', 'CGJ'), async (page) => {
			watch(page);
			await page.reload();
			await page.waitForSelector('.worklist .row');
			await page.waitForFunction((n) => document.querySelectorAll('.worklist .row').length >= n,
				appeals.length);
			const titles = await page.locator('.worklist .row-title').allTextContents();
			for (const { title } of appeals)
				assert.ok(titles.includes(shown(title)), `the list shows ${JSON.stringify(title)}`);
			listed += appeals.length;
			for (const appeal of appeals.slice(0, 12)) {
				await page.locator('.worklist .row', { hasText: appeal.id }).click();
				await page.waitForFunction((text) =>
					document.querySelector('.citizen-text')?.textContent === text, shown(appeal.text));
				assert.equal(await page.textContent('.subject h2'), shown(appeal.title));
			}
			await assertTame(page);
		});
		await inParallel(appeals, 4, async (appeal) => operator.post(
			`/appeals/${appeal.id}/withdraw`, { reason: '测试', confirmed_by: 'recording' },
			{ expect: 200 }));
	}
	assert.ok(listed > 600, `${listed} titles were listed`);
});

test('long texts that hold every string are shown whole', async () => {
	const lines = strings.filter((text) => !/[\0-\x1f\x7f-\x9f]/.test(text));
	const appeals = await packed(lines);
	await as(account('department', 'CGJ'), async (page) => {
		watch(page);
		await page.reload();
		for (const appeal of appeals) {
			await page.locator('.worklist .row', { hasText: appeal.id }).click();
			await page.waitForFunction((text) =>
				document.querySelector('.citizen-text')?.textContent === text, shown(appeal.text));
		}
		await assertTame(page);
	});
});

test('replies and notes with strings are shown to the reviewer, the visitor and in history',
	async () => {
		const few = strings.filter((text) => /<|javascript|\{\{|\u202e|\u200d|𠀀|'|`/.test(text) &&
			isShort(text) && !/[\0-\x1f\x7f-\x9f]/.test(text)).slice(0, 40);
		const reply = few.join('\n');
		const [first, second] = [leadOf((await titled(['审核']))[0]), leadOf((await titled(['回访']))[0])];
		for (const task of [first, second]) {
			await sign(server, task);
			await contact(server, task, { note: reply });
			await complete(server, task, { reply });
		}
		await review(server, second);
		for (const [role, task] of [['reviewer', first], ['visitor', second]])
			await as(account(role), async (page) => {
				watch(page);
				await page.reload();
				await page.locator('.worklist .row', { hasText: task.appeal }).click();
				await page.waitForFunction((text) => document.body.textContent.includes(text),
					few[0]);
				const all = await page.evaluate(() => document.body.textContent);
				assert.deepEqual(few.filter((text) => !all.includes(text)), [], `${role} sees them`);
				await assertTame(page);
			});
	});

test('a string in the address of a screen does nothing', async () => {
	await as(account('operator'), async (page) => {
		watch(page);
		for (const word of ['javascript:alert(1)', '<img src=x onerror=alert(1)>', '"><script>alert(1)</script>',
			'//evil.example/', '{{7*7}}', '__proto__[x]=1', '%00', '\u202e']) {
			await page.goto(`${server.base}/#${encodeURIComponent(word)}`);
			await page.goto(`${server.base}/#/inbox?task=${encodeURIComponent(word)}`);
			await page.waitForSelector('.top');
			assert.equal(await page.evaluate(() => ({}).x), undefined);
		}
		await assertTame(page);
	}, { expected: /\b(403|404|422)\b/ });
});

test('what opens a dialog and loads from elsewhere would have been seen', async () => {
	await as(account('operator'), async (page) => {
		watch(page);
		await page.evaluate(() => {
			document.body.append(document.createElement('iframe'));
			alert('1');
		});
		assert.equal(seen.dialogs, 1);
		assert.equal((await grown(page)).length, 1);
	});
});

test('the browser is closed', closeBrowser);

endsCleanly(server);
