/*
 * What readers wait for when a year of appeals lies in the database: each kind of request over
 * HTTPS on one connection, one after the other, none of them prepared for.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { query } from './database.mjs';
import { idOf, referenceOf } from './large_fill.mjs';
import { rounded } from './summary.mjs';

const PAGE_BOUND_MS = 50;
const SEARCH_BOUND_MS = 200;
const COUNT_MOST = 1000;
const LATER_PAGE = 5;
const KIND_SECONDS = 20;
const KEY_SECONDS = 10;
const REQUESTS_LEAST = 10;
const REGULARS = 2000;
const REGULARS_ASKED = 50;
const DAY = 24 * 3600 * 1000;
/* Words that callers use, and pairs that never stand together. */
const COMMON_WORDS = ['漏水', '噪音', '物业', '小区', '电梯', '停车', '垃圾', '暖气'];
const ABSENT_WORDS = ['龘靐', '卍卐', '犇猋', '氼氽'];

/* The same numbers in each run. */
function makeDice(seed) {
	let state = seed;
	return (n) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * n);
	};
}

function percentile(sorted, permille) {
	return sorted[Math.max(0, Math.ceil((sorted.length * permille) / 1000) - 1)];
}

/* Times one kind of request and tells the figure; a slow kind is asked less often. */
async function measure({ requests, tell }, name, bound, ask) {
	const times = [];
	const until = Date.now() + KIND_SECONDS * 1000;
	for (let i = 0; i < requests && (i < REQUESTS_LEAST || Date.now() < until); i++) {
		const startedAt = process.hrtime.bigint();
		await ask(i);
		times.push(Number(process.hrtime.bigint() - startedAt) / 1e6);
	}
	times.sort((a, b) => a - b);
	const p99 = rounded(percentile(times, 990));
	tell({ name, requests: times.length, p50_ms: rounded(percentile(times, 500)),
		p99_ms: p99, max_ms: rounded(times[times.length - 1]), at_most: bound,
		met: p99 <= bound });
}

const at = (milliseconds) => new Date(milliseconds).toISOString();

/*
 * The lists, as functions of the number of the request: paths with a filter that is another
 * one each time where that is possible. `rare` are those that match little or nothing.
 */
function listPaths({ filled, dice }) {
	const { until, departments } = filled;
	const all = '/api/v1/appeals';
	const department = () => departments[dice(departments.length)];
	const state = (names) => names[dice(names.length)];
	const channel = () => ['110', '12345', 'enterprise', 'window', 'leader'][dice(5)];
	const agoDays = (most) => at(until - dice(most * 86400) * 1000);
	return {
		appeals: () => all,
		appeals_of_state: () => `${all}?state=${state(['dispatched', 'closed',
			'archived', 'accepted', 'withdrawn', 'merged'])}`,
		appeals_of_department: () => `${all}?department=${department()}`,
		appeals_of_channel: () => `${all}?channel=${channel()}`,
		appeals_due_before: () => `${all}?due_before=${agoDays(-3)}`,
		appeals_overdue: () => `${all}?overdue=true`,
		appeals_overdue_of_department: () =>
			`${all}?overdue=true&department=${department()}`,
		appeals_of_state_and_department: () =>
			`${all}?state=dispatched&department=${department()}`,
		rare_channel: () => `${all}?channel=letter`,
		rare_state_of_channel: () => `${all}?state=archived&channel=letter`,
		rare_department: () => `${all}?department=LDZX`,
		rare_due_long_ago: () =>
			`${all}?due_before=${at(until - 364 * DAY - dice(DAY))}`,
		rare_state_and_channel: () => `${all}?state=accepted&channel=leader`,
		rare_open_of_department: () =>
			`${all}?state=accepted&department=${department()}`,
		rare_overdue_of_channel: () =>
			`${all}?overdue=true&channel=leader&department=${departments.at(-1)}`,
		tasks: () => '/api/v1/tasks',
		tasks_of_department: () => `/api/v1/tasks?department=${department()}`,
		tasks_of_inbox: () => `/api/v1/tasks?state=in_hand&department=${department()}`,
		tasks_of_state: () => `/api/v1/tasks?state=${state(['awaiting_sign', 'in_hand',
			'review_pending', 'closed', 'visited', 'on_account'])}`,
		tasks_due_before: () => `/api/v1/tasks?due_before=${agoDays(300)}`,
	};
}

/* A partner who has registered nothing yet; the server knows the key within a second. */
async function addIntakeKey({ demo, binary }) {
	const told = execFileSync(binary, ['key', 'add', 'bench', 'intake', 'letter',
		'--dir', demo.dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const until = Date.now() + KEY_SECONDS * 1000;
	for (;;) {
		try {
			await demo.call(told.trim(), 'GET', '/api/v1/me');
			return told.trim();
		} catch (error) {
			if (Date.now() > until)
				throw error;
			await delay(100);
		}
	}
}

/* The path with the cursor of its n-th page; null when there are not so many. */
async function laterPage(bench, key, path, n) {
	let next = path;
	for (let page = 1; page < n; page++) {
		const { next_cursor: cursor } = await bench.demo.call(key, 'GET', next);
		if (!cursor)
			return null;
		const sign = path.includes('?') ? '&' : '?';
		next = `${path}${sign}cursor=${encodeURIComponent(cursor)}`;
	}
	return next;
}

async function measureList(bench, key, name, path) {
	const { demo } = bench;
	await measure(bench, name, PAGE_BOUND_MS, () => demo.call(key, 'GET', path()));
	if (name.startsWith('rare'))
		return;
	const later = [];
	for (let i = 0; i < 4; i++)
		later.push(await laterPage(bench, key, path(), LATER_PAGE));
	const pages = later.filter((page) => page);
	if (pages.length)
		await measure(bench, `${name}_page_${LATER_PAGE}`, PAGE_BOUND_MS, (i) =>
			demo.call(key, 'GET', pages[i % pages.length]));
}

/* One appeal and what happened to it: any of the year. */
async function measurePages(bench) {
	const { demo, filled, dice } = bench;
	const key = demo.keyOf('supervisor');
	const path = () => `/api/v1/appeals/${referenceOf(filled, dice(filled.appeals))}`;
	await measure(bench, 'appeal', PAGE_BOUND_MS, () => demo.call(key, 'GET', path()));
	await measure(bench, 'events', PAGE_BOUND_MS, () =>
		demo.call(key, 'GET', `${path()}/events`));
}

async function measureLists(bench) {
	const { demo } = bench;
	const centre = demo.keyOf('supervisor');
	const own = (who, name) => measureList(bench, who.key, name, () => '/api/v1/appeals');
	const departments = demo.access.keys.filter(({ role }) => role === 'department');
	for (const [name, path] of Object.entries(listPaths(bench)))
		await measureList(bench, centre, name, path);
	const { departments: busy } = bench.filled;
	await own(departments.find(({ department }) => department === busy[0]),
		'own_appeals_of_largest_department');
	await own(departments.find(({ department }) => !busy.includes(department)),
		'rare_own_appeals_of_department');
	await own({ key: demo.keyOf('intake', '12345') }, 'own_appeals_of_intake');
	await own({ key: await addIntakeKey(bench) }, 'rare_own_appeals_of_intake');
	await measureList(bench, demo.keyOf('department'), 'own_tasks_of_department',
		() => '/api/v1/tasks');
}

async function measurePhones(bench) {
	const { demo, dice } = bench;
	const key = demo.keyOf('operator');
	const search = (body) => demo.call(key, 'POST', '/api/v1/appeals/search', body());
	const regular = () => String(13900000000 + dice(REGULARS));
	let found = 0;
	for (let i = 0; i < REGULARS_ASKED; i++)
		found += (await search(() => ({ phone: regular() }))).items.length;
	if (!found)
		throw new Error('no appeal is found by the phones of regular callers');
	const timed = (name, body) => measure(bench, name, PAGE_BOUND_MS, () => search(body));
	await timed('phone_of_regular', () => ({ phone: regular() }));
	await timed('phone_of_nobody', () => ({ phone: String(13700000000 + dice(REGULARS)) }));
	await timed('search_without_phone', () => ({ state: 'closed' }));
}

/* Two neighbouring characters of any appeal's text. */
function wordsOfTexts(bench, n) {
	const { demo, filled, dice } = bench;
	const ids = Array.from({ length: n }, () =>
		idOf(referenceOf(filled, dice(filled.appeals))));
	const rows = query(demo.database,
		`SELECT text FROM liandong.intake_appeal WHERE id IN (${ids.join()});`);
	return rows.flatMap(([text]) => {
		const pairs = text.match(/[一-龥]{2}/g) ?? [];
		return pairs.length ? [pairs[dice(pairs.length)]] : [];
	});
}

const searchPath = (word, more = '') => `/api/v1/appeals?q=${encodeURIComponent(word)}${more}`;

/* What LIKE finds must be the number told, up to the most that is counted. */
async function checkCounts(bench, words) {
	const { demo } = bench;
	for (const word of words) {
		const { count } = await demo.call(demo.keyOf('supervisor'), 'GET',
			searchPath(word, '&count=true'));
		const [[found]] = query(demo.database, `SELECT COUNT(*) FROM (SELECT 1
			FROM liandong.intake_appeal WHERE CONCAT_WS('\\n', title, text, address)
			LIKE '%${word}%' LIMIT ${COUNT_MOST + 1}) hits;`);
		const expected = Number(found) > COUNT_MOST ? `${COUNT_MOST}+` : found;
		if (String(count) !== expected)
			throw new Error(`${word}: told ${count}, LIKE finds ${expected}`);
	}
}

async function measureSearch(bench) {
	const { demo, requests } = bench;
	const key = demo.keyOf('supervisor');
	const texts = wordsOfTexts(bench, requests);
	const search = (name, words, more) => measure(bench, name, SEARCH_BOUND_MS, (i) =>
		demo.call(key, 'GET', searchPath(words[i % words.length], more)));
	await search('search_common', COMMON_WORDS);
	await search('search_of_texts', texts);
	await search('search_absent', ABSENT_WORDS);
	await search('search_counted', [...COMMON_WORDS, ...texts.slice(0, 40)], '&count=true');
	await checkCounts(bench, [...COMMON_WORDS.slice(0, 2), ...texts.slice(0, 6),
		ABSENT_WORDS[0]]);
}

/*
 * `bench` has demo, binary, filled, requests and tell(), which is called with each figure as
 * soon as it is there.
 */
export async function measureReading(bench) {
	const all = { ...bench, dice: makeDice(20260101) };
	await measurePages(all);
	await measureLists(all);
	await measurePhones(all);
	await measureSearch(all);
}
