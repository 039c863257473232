/*
 * What the tests of the supervisor's screens prepare by the interface, as programs do: a task that
 * runs late, a closed one, and the test clock.
 */
import { access, press, request, uniqueText } from './harness.mjs';

export const keyOf = (role, department = null) => access.keys.find(one => one.role === role
	&& (department === null || one.department === department)).key;

export const get = (role, path) => request('GET', `/api/v1${path}`, keyOf(role));
export const post = (role, path, body = {}) => request('POST', `/api/v1${path}`, keyOf(role), body);
export const postAs = (department, path, body = {}) =>
	request('POST', `/api/v1${path}`, keyOf('department', department), body);

export const row = access.catalogue.find(one => one.limit_class === 'L3');

/* A catalogue row of another department. */
export const otherRow = access.catalogue.find(one => one.limit_class === 'L3' && one.department !== row.department);

export async function register(where = row, words = '路灯不亮') {
	const text = uniqueText(words);
	const appeal = await post('operator', '/appeals', { channel: '12345', content_class: 'help',
		category: where.category, area: where.area, title: text, text,
		caller: { name: '王秀英', phone: '13800001111', anonymous: false, secret: false, visit_wanted: true } });
	return { ...appeal.tasks.find(one => one.role === 'lead'), title: text };
}

export async function close(task) {
	await postAs(task.department, `/tasks/${task.id}/sign`);
	await postAs(task.department, `/tasks/${task.id}/contact`, { channel: 'phone', outcome: 'reached', note: '已电话联系' });
	await postAs(task.department, `/tasks/${task.id}/complete`, { result: 'solved',
		reply: `您好，您反映的${task.id}已经办理完毕。`, attachments: [] });
	await post('reviewer', `/tasks/${task.id}/review`, { pass: true, reason: '资料齐全' });
}

export const eventsOf = async appeal => (await get('supervisor', `/appeals/${appeal}/events?limit=200`)).items;

export const now = async () => (await get('admin', '/test/clock')).now;

export async function advance(days) {
	const to = new Date(Date.parse(await now()) + days * 86_400_000).toISOString();
	await request('PUT', '/api/v1/test/clock', keyOf('admin'), { now: to });
}

/* Local days from now on, as forms and the interface write them. */
export async function dayFromNow(days) {
	return new Date(Date.parse(await now()) + (days * 24 + 8) * 3_600_000).toISOString().slice(0, 10);
}

/** Opens an address within the console and waits for its heading. */
export async function open(page, address) {
	await page.evaluate(to => { location.hash = to; }, address);
	await page.waitForFunction(() => document.querySelector('main h1') !== null
		&& document.querySelector('.skeleton') === null);
}

/** Opens the row of a list whose line has this text, and waits for what it opens. */
export async function openRow(page, text) {
	const line = page.locator('.table tbody tr', { hasText: text }).first();
	await line.locator('.link, a').first().click();
	await page.waitForSelector('.drawer .facts, .drawer .history');
}

/** The step of a letter: opened, filled by names, and taken by Ctrl+Enter. */
export async function step(page, letter, form, fields = {}) {
	await press(page, letter);
	await page.waitForSelector(`.action-form`);
	for (const [name, value] of Object.entries(fields))
		await page.fill(`#${form}-${name}`, value);
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('.action-form', { state: 'detached' });
}
