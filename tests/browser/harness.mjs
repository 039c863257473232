/*
 * What the browser tests share: the running server's access file, one Chromium, signed-in pages,
 * and the complaints of a page. A page that logged an error or broke the content policy fails
 * the test that used it, whatever else the test looked at.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { dirname } from 'node:path';
import { chromium } from 'playwright-core';
import { Client } from '../e2e/lib/api.mjs';

const accessPath = process.env.LIANDONG_ACCESS;
if (!accessPath)
	throw new Error('LIANDONG_ACCESS must name the access.json of a running server');

export const access = JSON.parse(readFileSync(accessPath, 'utf8'));
export const address = access.base_url;

/** The running demo, as the tools and words of the end-to-end tests know a server. */
export const demo = { dir: dirname(accessPath), host: '127.0.0.1', port: new URL(address).port, base: address,
	ca: readFileSync(access.ca_file), access, agent: new https.Agent({ keepAlive: true }),
	key: (role) => access.keys.find((key) => key.role === role),
	as: (role) => new Client(demo, { name: role, key: demo.key(role).key }),
	department: (code) => new Client(demo, { name: code,
		key: access.keys.find((key) => key.department === code).key }) };

/** Has the demo 'stop' or 'start' again; done when it has. */
export async function have(word) {
	const done = new Promise(resolve => { process.once('message', resolve); });
	process.send(word);
	process.channel.ref();
	await done;
	process.channel.unref();
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';
const flags = process.env.CHROMIUM_FLAGS?.split(' ') ?? ['--headless', '--no-sandbox',
	'--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync'];

let browser = null;

/* How long to wait for what never comes; a machine that does much else at once is slow. */
const PATIENT_MS = 120_000;

export const browserOptions = { executablePath, args: flags, timeout: PATIENT_MS };

/* Playwright starts each browser on a new, empty profile directory and removes it at the end. */
export async function openBrowser() {
	browser = await chromium.launch(browserOptions);
	assert.ok(browser.version().startsWith(process.env.CHROMIUM_VERSION ?? ''),
		`the engine is ${browser.version()}`);
}

export async function closeBrowser() {
	await browser?.close();
	browser = null;
}

export function account(role, department = null) {
	const found = access.accounts.find(a => a.role === role
		&& (department === null || a.department === department));
	assert.ok(found, `the demo has an account of role ${role} ${department ?? ''}`);
	return found;
}

/* Being asked to sign in is the normal answer to the first request of a new browser. */
const signInAsked = /Failed to load resource: .*\b401\b/;

/* A page of an empty browser, and what it complains of. */
async function openContext({ expected = null, ...options }) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 }, locale: 'zh-CN',
		reducedMotion: 'reduce', ...options,
	});
	const page = await context.newPage();
	const complaints = [];
	page.setDefaultTimeout(PATIENT_MS);
	page.on('console', message => {
		if (message.type() === 'error' && !signInAsked.test(message.text())
			&& !(expected?.test(message.text()) && /Failed to load resource/.test(message.text())))
			complaints.push(`console: ${message.text()}`);
	});
	page.on('pageerror', error => complaints.push(`script: ${error.message}`));
	await page.addInitScript(() => document.addEventListener('securitypolicyviolation', event =>
		console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
	return { context, page, complaints };
}

/** Runs work on a page outside of the console, and fails on whatever it complained of. */
export async function openPlain(options, work) {
	const { context, page, complaints } = await openContext(options);
	try {
		await work(page);
		assert.deepEqual(complaints, [], 'the page logged no error and broke no policy');
	} finally {
		await context.close();
	}
}

/** Asks the interface as a program with this key does. */
export function request(method, path, key, body, headers = {}) {
	return new Promise((resolve, reject) => {
		const sent = https.request(address + path, { method, ca: readFileSync(access.ca_file),
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers } }, answer => {
			const parts = [];
			answer.on('data', part => parts.push(part));
			answer.on('end', () => {
				const text = Buffer.concat(parts).toString('utf8');
				if (answer.statusCode >= 300)
					reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
				else
					resolve(JSON.parse(text));
			});
		});
		sent.on('error', reject);
		sent.end(JSON.stringify(body));
	});
}

/** base: of another server than the one of LIANDONG_ACCESS. */
export async function openPage({ language = 'zh', theme = 'light', bypassCSP = false,
	expected = null, base = address } = {}) {
	const { context, page, complaints } = await openContext({ bypassCSP, expected });
	await page.addInitScript(choice => {
		localStorage.setItem('language', choice.language);
		localStorage.setItem('theme', choice.theme);
	}, { language, theme });
	await page.goto(`${base}/`);
	await page.waitForSelector('#login');
	return { page, complaints, close: () => context.close() };
}

export async function signIn(page, { login, password }) {
	await page.fill('#login', login);
	await page.fill('#password', password);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.shell:not([hidden]) .top');
}

/* What a person would tell of a page that did not do as expected. */
async function shownBy({ page, complaints }) {
	const seen = await page.evaluate(() => [location.hash, `focus ${document.activeElement?.id}`,
		...[...document.querySelectorAll('.notice, .summary, .toast, main')].map(one => one.innerText.slice(0, 400)),
	].join('\n')).catch(() => 'nothing, it is closed');
	return `\n--- the page showed\n${seen}\n${complaints.join('\n')}`;
}

/**
 * Runs one person's work in a browser of their own, and fails on whatever the page complained of.
 * options.expected: pattern of the failed answers that the work provokes.
 */
export async function as(who, work, options = {}) {
	const opened = await openPage(options);
	try {
		await signIn(opened.page, who);
		const result = await work(opened.page);
		assert.deepEqual(opened.complaints, [], 'the page logged no error and broke no policy');
		return result;
	} catch (error) {
		error.message += await shownBy(opened);
		throw error;
	} finally {
		await opened.close();
	}
}

/** Presses keys as soon as they are printed somewhere on the page, as a person does. */
export async function press(page, keys) {
	await page.waitForSelector(`[aria-keyshortcuts="${keys}"]`);
	await page.keyboard.press(keys);
}

/** Asks the interface with the page's own session. */
export function fetchJson(page, path) {
	return page.evaluate(async asked => {
		const response = await fetch(`/api/v1${asked}`, { headers: { Accept: 'application/json' } });
		return response.json();
	}, path);
}

/** The appeals whose text is exactly this, as the signed-in person sees them. */
export async function appealsWithText(page, text) {
	const { items } = await fetchJson(page, '/appeals?limit=200');
	return items.filter(appeal => appeal.text === text);
}

let serial = 0;

/** A text no other appeal has, so that a test finds its own among the samples. */
export function uniqueText(words) {
	serial += 1;
	return `${words} ${process.pid}-${serial}`;
}

/** A catalogue row with an ordinary working-day limit, and the department's own account. */
export function ordinaryRow() {
	const row = access.catalogue.find(r => r.limit_class === 'L3') ?? access.catalogue[0];
	return { ...row, account: account('department', row.department) };
}

/** The desk's form, empty: what an earlier test of the same operator left is thrown away. */
export async function emptyForm(page) {
	await page.waitForSelector('#appeal-text:focus');
	if (await page.locator('.start-afresh').count() > 0)
		await page.click('.start-afresh');
	await page.waitForFunction(() => document.activeElement.id === 'appeal-text'
		&& document.activeElement.value === '');
}

/**
 * Types an appeal as an operator does, from the content field to the chosen area. What was typed
 * elsewhere in the form stays.
 */
export async function typeAppeal(page, { text, category, area }) {
	/* a form that has just come takes the focus: what was typed before would go elsewhere */
	await page.waitForSelector('.intake-body :focus');
	if (await page.locator('.start-afresh').count() > 0)
		await emptyForm(page);
	await page.focus('#appeal-text');
	await page.keyboard.type(text);
	await page.focus('#appeal-category');
	await page.keyboard.type(category);
	await page.keyboard.press('Enter');
	await page.waitForSelector('#appeal-area:focus');
	await page.keyboard.type(area);
	await page.keyboard.press('Enter');
}

/** Registers and returns the number shown. */
export async function registerAppeal(page, appeal) {
	await typeAppeal(page, appeal);
	await page.keyboard.press('Control+Enter');
	return (await page.textContent('.result-id')).trim();
}

export function rowOf(page, appeal) {
	return page.locator('.worklist .row', { hasText: appeal });
}
