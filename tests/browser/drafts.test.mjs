/*
 * What is typed is not lost: through a browser that is killed, at another machine, without a
 * connection, and while the server is away; and none of it stands readable in the browser.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { slowness, until } from '../e2e/lib/until.mjs';
import { account, address, appealsWithText, as, browserOptions, closeBrowser, emptyForm, fetchJson, have,
	openBrowser, ordinaryRow, signIn, typeAppeal, uniqueText } from './harness.mjs';

before(openBrowser);
after(closeBrowser);

const operator = account('operator');
const row = ordinaryRow();
const away = /net::ERR_|\b50\d\b/;
const profile = mkdtempSync(join(tmpdir(), 'liandong-profile-'));
after(() => rmSync(profile, { recursive: true, force: true }));

/* Every process of the browser that has this profile, by what its command line says. */
function processesOf(folder) {
	return readdirSync('/proc').filter(name => /^\d+$/.test(name)).filter(pid => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
		} catch {
			return false;
		}
	}).map(Number).filter(pid => pid !== process.pid);
}

async function openProfile() {
	const context = await chromium.launchPersistentContext(profile, { ...browserOptions, ignoreHTTPSErrors: true,
		viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
	const page = context.pages()[0] ?? await context.newPage();
	page.setDefaultTimeout(browserOptions.timeout);
	await page.goto(`${address}/`);
	await page.waitForSelector('#login');
	await signIn(page, operator);
	return { context, page };
}

/* Everything that the profile has on disk, searched for words in the encodings of a browser. */
function onDisk(words) {
	const encodings = words.flatMap(word => [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]);
	const found = [];
	const walk = folder => {
		for (const name of readdirSync(folder)) {
			const path = join(folder, name);
			const entry = statSync(path, { throwIfNoEntry: false });
			if (entry?.isDirectory())
				walk(path);
			else if (entry?.isFile() && encodings.some(one => readFileSync(path).includes(one)))
				found.push(path);
		}
	};
	walk(profile);
	return found;
}

test('R9: a browser killed while typing gives everything back, caller too, with the time; the disk holds none of it in clear', async () => {
	const { context, page } = await openProfile();
	await emptyForm(page);
	const text = uniqueText('打到一半断电了，工地渣土车');
	await page.fill('#caller-name', '赵铁柱');
	await page.fill('#caller-phone', '13900002222');
	await page.fill('#appeal-address', '滨河路东段88号');
	await page.focus('#appeal-text');
	await page.keyboard.insertText(text);
	await page.waitForSelector('.saved:has-text("已存")');
	await page.waitForFunction(() => window.indexedDB.databases().then(all => all.length === 1));
	for (const pid of processesOf(profile))
		process.kill(pid, 'SIGKILL');
	await until(() => processesOf(profile).length === 0, { what: 'the browser to be gone' });
	await context.close().catch(() => undefined);
	assert.deepEqual(onDisk(['打到一半断电了', '赵铁柱', '13900002222', '滨河路东段88号']), []);
	for (const name of ['SingletonLock', 'SingletonSocket', 'SingletonCookie'])
		rmSync(join(profile, name), { force: true });
	const again = await openProfile();
	await again.page.waitForSelector('.restored');
	assert.match(await again.page.textContent('.restored'), /已恢复 \d\d:\d\d 的草稿/);
	for (const [field, value] of [['#appeal-text', text], ['#caller-name', '赵铁柱'],
		['#caller-phone', '13900002222'], ['#appeal-address', '滨河路东段88号']])
		assert.equal(await again.page.inputValue(field), value, field);
	/* the twin: what does stand there is found */
	await again.page.evaluate(() => localStorage.setItem('leak', '13900002222'));
	await again.context.close();
	assert.notDeepEqual(onDisk(['13900002222']), []);
});

test('R9: another machine gets the draft from the server; typed on at both, they are merged field by field', async () => {
	await as(operator, async first => {
		await emptyForm(first);
		const text = uniqueText('两台机器');
		await first.keyboard.type(text);
		await first.keyboard.press('Control+s');
		await first.waitForSelector('.saved:has-text("草稿已存")');
		await as(operator, async second => {
			await second.waitForSelector('.restored');
			assert.equal(await second.inputValue('#appeal-text'), text);
			await second.fill('#appeal-address', '第二台写的地址');
			await second.fill('#appeal-title', '第二台的标题');
			await second.keyboard.press('Control+s');
			await second.waitForSelector('.saved:has-text("草稿已存")');
		});
		await first.fill('#caller-name', '第一台写的');
		await first.keyboard.press('Control+s');
		await first.waitForFunction(() => document.querySelector('#appeal-address').value === '第二台写的地址');
		assert.equal(await first.inputValue('#caller-name'), '第一台写的', 'R11: what does not clash is merged');
		/* what the first saves by itself after ten seconds waits until both have changed the title */
		let letGo;
		const changed = new Promise(resolve => { letGo = resolve; });
		await first.route(/\/api\/v1\/drafts/, route => changed.then(() => route.continue()));
		await as(operator, async second => {
			await second.waitForSelector('.restored');
			await second.fill('#appeal-title', '第二台又改了');
			await second.click('label[for=appeal-class-complaint]');
			await second.keyboard.press('Control+s');
			await second.waitForSelector('.saved:has-text("草稿已存")');
		});
		await first.fill('#appeal-title', '第一台也改了');
		letGo();
		await first.keyboard.press('Control+s');
		await first.waitForSelector('.clash');
		const cells = await first.locator('.clash tr:has-text("标题") td').allTextContents();
		assert.deepEqual(cells, ['第一台也改了', '第二台又改了', '第一台也改了'], 'R11: yours, theirs, result');
		assert.deepEqual(await first.locator('.clash tr:has-text("诉求性质") td').allTextContents(), ['求助', '投诉', '投诉'],
			'in words, not as codes');
		await first.locator('.clash tr:has-text("标题") input').nth(1).check();
		await first.click('.clash .button-primary');
		assert.equal(await first.inputValue('#appeal-title'), '第二台又改了');
		await first.click('.intake .actions .button-quiet');
	});
});

test('R14: without a connection a banner comes within 5 s, registering goes on, and each goes out once, in order', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		await page.context().setOffline(true);
		const begun = Date.now();
		await page.waitForSelector('.offline');
		assert.ok(Date.now() - begun < 5000 * slowness());
		const texts = ['甲', '乙', '丙'].map(one => uniqueText(`断网登记${one}`));
		for (const [at, text] of texts.entries()) {
			await typeAppeal(page, { ...row, text });
			await page.keyboard.press('Control+Enter');
			await page.waitForSelector(`[data-waiting="${at + 1}"]`);
			await page.keyboard.press('Control+Enter');
		}
		await page.click('button[aria-label=退出登录]');
		await page.waitForSelector('.toast:has-text("3 件")');
		await page.context().setOffline(false);
		await page.waitForSelector('.offline', { state: 'detached' });
		const found = await Promise.all(texts.map(text => appealsWithText(page, text)));
		assert.deepEqual(found.map(one => one.length), [1, 1, 1]);
		const ids = found.map(one => one[0].id);
		assert.deepEqual(ids, [...ids].sort(), 'in the order they were typed');
	}, { expected: away });
});

test('R14: while the server is stopped appeals wait, and each is registered once when it is started again', async () => {
	await as(operator, async page => {
		const texts = ['甲', '乙'].map(one => uniqueText(`停机登记${one}`));
		await typeAppeal(page, { ...row, text: texts[0] });
		await have('stop');
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-waiting="1"]');
		await page.keyboard.press('Control+Enter');
		await typeAppeal(page, { ...row, text: texts[1] });
		await page.keyboard.press('Control+Enter');
		await page.waitForSelector('[data-waiting="2"]');
		await have('start');
		await page.waitForSelector('.offline', { state: 'detached' });
		await page.waitForSelector('.result-id');
		for (const text of texts)
			assert.equal((await appealsWithText(page, text)).length, 1, text);
	}, { expected: away });
});

test('signing out leaves nothing typed in any storage, and another person does not get the draft', async () => {
	await as(operator, async page => {
		await emptyForm(page);
		const words = uniqueText('退出清空的内容');
		await page.keyboard.type(words);
		await page.fill('#caller-phone', '13900003333');
		await page.waitForSelector('.saved:has-text("已存")');
		const stored = () => page.evaluate(async () => {
			const all = [];
			for (const { name } of await indexedDB.databases()) {
				const database = await new Promise(resolve => {
					const asked = indexedDB.open(name);
					asked.onsuccess = () => resolve(asked.result);
				});
				for (const table of database.objectStoreNames)
					all.push(await new Promise(resolve => {
						const asked = database.transaction(table).objectStore(table).getAll();
						asked.onsuccess = () => resolve(asked.result.map(one => new TextDecoder().decode(one.data)));
					}));
				database.close();
			}
			return JSON.stringify([all, { ...sessionStorage }, { ...localStorage }, document.cookie, location.href,
				document.referrer, history.state, await caches.keys()]);
		});
		const before = JSON.parse(await stored());
		assert.ok(before[0].flat().length > 0, 'something is kept while signed in');
		assert.doesNotMatch(JSON.stringify(before), /退出清空|13900003333/, 'and is sealed');
		await page.click('button[aria-label=退出登录]');
		await page.waitForSelector('#login');
		await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
		const left = JSON.parse(await stored());
		assert.deepEqual(left[0], []);
		assert.deepEqual(left[1], {});
		assert.doesNotMatch(JSON.stringify(left), /退出清空|13900003333/);
		await signIn(page, account('dispatcher'));
		await page.waitForSelector('.screen');
		assert.doesNotMatch(await page.textContent('body'), /退出清空/);
		assert.deepEqual((await fetchJson(page, '/drafts')).items, []);
	});
});
