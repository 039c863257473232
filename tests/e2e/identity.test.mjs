/*
 * Who called, and whom they accuse, through all that supervision shows: lives that make every
 * page, export and sealed content say something, and then every GET that is described, asked
 * for by everybody. What was said about the place stays with the case: its title goes where the
 * case goes, its text no further than its own pages.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { signIn } from './lib/api.mjs';
import { local, moveTo } from './lib/clock.mjs';
import { fileOf, pagesOf, run } from './lib/files.mjs';
import { newKey } from './lib/keys.mjs';
import { readDump } from './lib/ledger.mjs';
import { aCall } from './lib/pbx.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { attachPng } from './lib/uploads.mjs';
import { close, contact, leadOf, register, rowOf, sign, visit } from './lib/world.mjs';

const CALLER = { name: '鸑鷟龘靐', phone: '15912763498' };
const PERSON = '麤爨科长';
const TRACES = [CALLER.name, CALLER.phone, PERSON];
const STREET = '麒麟巷九十九号', DOOR = '三单元门口';
const PROBLEM = '移交前的灯杆无人维护';
const USCC = '91350100M000100Y43';
/* Where the text of a case may be read, and where its title. */
const TEXT_PAGES = /^\/api\/v1\/(appeals|tasks|visits|board)\b/;
const TITLE_PAGES = new RegExp(`${TEXT_PAGES.source}|^/api/v1/(${[
	'accountability/{id}', 'calls/{id}', 'enterprises/{uscc}/appeals', 'reports/{period}.xlsx',
	'reports/{period}/tasks', 'reports/{period}/tasks.csv'].map((one) =>
	one.replaceAll(/[.{}]/g, '\\$&')).join('|')})$`);

const server = await startServer({ clock: local('2026-03-02 09:00'), env: {
	LIANDONG_RHYTHM_BY_ITSELF: 'true', LIANDONG_REPORT_BY_ITSELF: 'publish',
	LIANDONG_REPORT_RANKING: 'true',
	LIANDONG_SECURITY_CONTACT: 'mailto:security@hotline.example' } });
const [supervisor, leader, auditor, admin, operator] = ['supervisor', 'leader', 'auditor',
	'admin', 'operator'].map((role) => server.as(role));
const own = server.department('CGJ');
const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;

const planted = async (where = rowOf(server, 'CGJ'), changes = {}) => register(server, where, {
	caller: CALLER, title: `${STREET}的路灯`, text: `${STREET}${DOOR}的路灯不亮`,
	accused: { department: 'SCJ', person: PERSON }, ...changes });
const post = async (client, path, body, expect = 200) =>
	(await client.post(path, body, { expect })).json;
const ids = {};

/* Words of an answer in whatever form it came, without what a line break could part. */
function wordsOf({ type, bytes, text }) {
	const words = type.startsWith('application/pdf') ? pagesOf(bytes).join('') :
		/spreadsheet/.test(type) ? run('unzip', ['-p', fileOf(bytes, 'xlsx')]) : text;
	return words.replace(/\s/g, '');
}
const shows = (words, traces = TRACES) => traces.filter((trace) => words.includes(trace));

/* ---- lives ---- */

test('cases of one caller go through all that supervision knows', async () => {
	await post(admin, '/enterprises', { uscc: USCC, name: '云河甲公司', area: 'A01',
		contact_leader: 'leader1' }, 201);
	ids.filings = (await post(server.department('SCJ'), '/filings', { uscc: USCC,
		kind: 'inspection', basis: '年度计划', first_day: '2026-03-12',
		last_day: '2026-03-13' }, 201)).id;
	ids.lotteries = (await post(supervisor, '/lotteries',
		{ from: '2026-03-01', until: '2026-04-01', count: 5 }, 201)).id;
	ids.leaders = (await post(supervisor, '/leaders',
		{ department: 'CGJ', name: '李局长', valid_from: '2026-01-01' }, 201)).id;
	ids.observations = (await post(server.as('observer'), '/observations',
		{ kind: 'suggestion', text: '公开报修电话' }, 201)).id;
	ids.accounts = (await admin.all('/accounts'))[0].id;
	ids.keys = (await admin.all('/keys'))[0].id;
	ids.webhooks = (await post(admin, '/webhooks', { department: 'CGJ', format: 'standard',
		url: 'http://127.0.0.1:49151/', events: ['*'] }, 201)).id;
	await post(admin, '/exchange/peers', { code: '110', name: '110', service: 'police',
		mode: 'live' }, 201);
	const police = server.as('intake', { channel: '110' });
	await post(police, '/exchange/110/messages', { messages: [{ sender: '110', offered_by: '110',
		number: 'J-1', sequence: 1, kind: 'offer', at: '2026-03-02T09:00:00+08:00',
		item: 'none', urgent: false, title: '噪声', text: '夜间施工',
		contact_name: CALLER.name, contact_phone: CALLER.phone }] });
	await post(police, '/exchange/110/batches', {}, 201);
	const complaint = await planted({ category: '130203', area: 'A01' }, {
		channel: 'enterprise', content_class: 'complaint',
		enterprise: { uscc: USCC, name: '云河甲公司' },
		occurred_at: '2026-03-02T08:00:00+08:00' });
	const late = leadOf(await planted());
	await sign(server, late);
	await contact(server, late);
	await post(own, `/tasks/${late.id}/progress`, { text: '三日内', promise_on: '2026-03-03' });
	const praised = [];
	for (let i = 0; i < 6; i++) {
		praised.push(leadOf(await planted()));
		await close(server, praised[i]);
		await visit(server, praised[i], 'very_satisfied');
	}
	const denied = leadOf(await planted());
	await close(server, denied);
	await visit(server, denied, 'dissatisfied', { contacted: false, reason: 'policy' });
	await post(operator, `/appeals/${complaint.id}/reveal`, { fields: ['phone'], purpose: '回拨' });
	ids.audit = (await auditor.all('/audit?kind=identity_revealed'))[0].id;
	Object.assign(ids, { cases: [late, praised[0], denied], complaint: complaint.id, late });
});

test('they are demanded, met about, promised, drawn and answered for', async () => {
	const { late } = ids;
	await moveTo(server, '2026-03-05 10:00');
	await post(server.as('visitor'), `/tasks/${late.id}/promises/check`,
		{ kept: false, note: '现场查看' });
	const item = await post(supervisor, '/supervised', { kind: 'demand', source: 'leader',
		department: 'CGJ', demand: '书面反馈', due: '2026-03-20', task: late.id });
	ids.supervised = item.id;
	await post(own, `/supervised/${item.id}/progress`, { text: '已到货' });
	await post(supervisor, '/meetings', { title: '联席会议', held_on: '2026-03-05',
		present: '城管局', items: [{ department: 'CGJ', demand: '移交台账',
			due: '2026-03-26', task: late.id }] });
	ids.attachments = (await attachPng(operator, ids.complaint)).id;
	const problem = await post(operator, `/appeals/${ids.complaint}/rule-problem`,
		{ rule: '照明办法', problem: PROBLEM, proposal: 'amend' });
	await post(leader, `/rule-problems/${problem.id}/answer`, { answer: '采纳', taken_up: true });
	await moveTo(server, '2026-03-27 09:00');
	await post(supervisor, '/supervised/draw', { count: 1, due: '2026-04-13', demand: '走访' });
	const clue = await post(supervisor, '/accountability',
		{ task: late.id, title: '逾期', text: '多次催办' }, 201);
	ids.accountability = clue.id;
	await post(supervisor, `/accountability/${clue.id}/evidence`,
		{ tasks: ids.cases.map((one) => one.id), statement_until: '2026-04-10' });
	await post(own, `/accountability/${clue.id}/statement`, { text: '因汛期' });
	await post(leader, `/accountability/${clue.id}/decision`,
		{ kind: 'talk', body: '区效能办', text: '约谈' });
	await post(supervisor, `/accountability/${clue.id}/publication`,
		{ text: '予以谈话提醒', takedown_on: '2027-01-01' });
	await moveTo(server, '2026-04-20 09:00');
	await post(auditor, `/lotteries/${ids.lotteries}/open`, {});
	const found = await supervisor.all('/tripwires');
	assert.ok(found.length > 0, 'a tripwire has found something');
	await post(supervisor, `/tripwires/${found[0].id}/clue`, { text: '请核实' });
});

/* ---- pages ---- */

const QUERIES = { '/api/v1/reports/{period}/tasks': ['?measure=on_time&part=den'],
	'/api/v1/ledger/proof': ['?seq=0'], '/api/v1/ledger/consistency': ['?from=1&to=2'],
	'/api/v1/audit/sightings': ['?by=key:1'],
	'/api/v1/accountability': ['?list=items', '?list=published'],
	'/api/v1/tripwires': ['', '?state=clue'] };

/* The addresses at which a path of the description shows something of those cases. */
function addressesOf(path) {
	const kind = path.split('/')[3];
	const named = kind === 'appeals' ?
		[...ids.cases.map((one) => one.appeal), ids.complaint] :
		kind === 'tasks' ? ids.cases.map((one) => one.id) : [ids[kind]];
	const periods = kind === 'rhythm' ? ['2026-W10', '2026-03', '2026-Q1'] :
		path.endsWith('/pilot') ? ['2026-04'] : ['2026-03'];
	const wholes = path.includes('{id}') ? named.map((id) => path.replace('{id}', id)) :
		path.includes('{period}') ? periods.map((one) => path.replace('{period}', one)) :
			[path];
	return wholes.flatMap((whole) => (QUERIES[path] ?? ['']).map((query) =>
		whole.replace('{year}', '2026').replace('{kind}', 'limits').replace('{uscc}', USCC)
			.replace('{unit}', 'CGJ').replace('{code}', 'CGJ').replace('{n}', '1')
			.replace('{peer}', '110').replace('{number}', '1')
			.replace('{delivery}', ids.delivery) + query));
}

/* Those who know of those cases, each in part. */
async function knowing() {
	const roles = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
		'auditor', 'admin', 'system', 'security', 'audit', 'observer', 'contact']
		.map((role) => server.as(role));
	const account = server.access.accounts.find((one) => one.login === 'leader1');
	return [...roles, own, await signIn(server, account),
		await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ')];
}

test('no page or export shows the caller or the accused person to anybody', async (t) => {
	await aCall(server, 'identity').ring({ from: CALLER.phone });
	ids.calls = (await operator.get('/calls?state=live', { expect: 200 })).json.items[0].id;
	ids.knowledge = (await operator.get('/knowledge', { expect: 200 })).json.items[0].id;
	const typist = await signIn(server, server.access.accounts.find((one) => one.login === 'operator1'));
	ids.drafts = 'd'.repeat(32);
	await typist.put(`/drafts/${ids.drafts}`, { title: '路灯' }, { expect: 200 });
	ids.delivery = (await until(async () => (await admin.all(
		`/webhooks/${ids.webhooks}/deliveries`))[0], { what: 'a delivery' })).id;
	const answered = new Set(), titles = new Set(), texts = new Set(), wrong = [];
	/* The accused body, a body without a task, another channel, and the street. */
	const strangers = [server.department('SCJ'), server.department('JTJ'),
		server.as('intake', { channel: '110' }), server.anonymous()];
	const readers = [...strangers, ...await knowing(), typist];
	/* An option of the build is not in this server. */
	const paths = Object.entries(described.paths).filter(([path, item]) => item.get &&
		!item.get['x-option'] && path !== '/assets/{file}').map(([path]) => path);
	let pages = 0;
	for (const path of paths)
		for (const address of addressesOf(path))
			for (const reader of readers) {
				const answer = await reader.get(address);
				const words = wordsOf(answer);
				pages++;
				if (answer.status === 200)
					answered.add(path);
				if (words.includes(STREET))
					titles.add(path);
				if (words.includes(DOOR))
					texts.add(path);
				const secrets = strangers.includes(reader) ? [...TRACES, STREET] : TRACES;
				wrong.push(...shows(words, secrets).map((trace) =>
					`${trace}: ${reader.name} ${address}`));
			}
	t.diagnostic(`${pages} answers of ${paths.length} paths`);
	assert.deepEqual(wrong, []);
	assert.deepEqual(paths.filter((path) => !answered.has(path)),
		['/api/v1/reports/{period}/corrections/{n}'], 'every page was seen by somebody');
	assert.deepEqual([...titles].filter((path) => !TITLE_PAGES.test(path)), []);
	assert.deepEqual([...texts].filter((path) => !TEXT_PAGES.test(path)), []);
	/* What was said is the twin: the search finds it in each form. */
	for (const path of ['/api/v1/appeals/{id}', '/api/v1/tasks/{id}/ticket.pdf',
		'/api/v1/reports/{period}/tasks.csv', '/api/v1/reports/{period}.xlsx'])
		assert.ok(titles.has(path), `the search finds what ${path} shows`);
});

test('neither does the laboratory', async () => {
	const answer = await supervisor.post('/reports/laboratory', { months: ['2026-03'], rules: {
		target: 50, satisfied_levels: ['satisfied'], unrated_contents: [] } }, { expect: 200 });
	assert.deepEqual(shows(wordsOf(answer), [...TRACES, STREET, DOOR]), []);
});

test('only a reveal says it, and the search finds it there', async () => {
	let words = '';
	for (const field of ['name', 'phone', 'accused_person'])
		words += wordsOf(await operator.post(`/appeals/${ids.complaint}/reveal`,
			{ fields: [field], purpose: '核实' }, { expect: 200 }));
	assert.deepEqual(shows(words), TRACES);
});

test('nothing in the ledger says it or tells the text, in no event and in no content', async () => {
	const dump = readDump(server.command(['ledger', 'dump'], { expect: 0 }).stdout);
	const contents = dump.entries.filter((one) => one.content);
	const kinds = new Set(contents.map((one) => one.kind));
	for (const kind of [2, 4, 5, 6, 7, 8, 9, 10])
		assert.ok(kinds.has(kind), `a content of kind ${kind}`);
	const events = dump.entries.filter((one) => one.event)
		.map((one) => one.event.map((field) => field + Buffer.from(field, 'base64')).join(' '));
	assert.ok(events.length > 50);
	const words = [...contents.map((one) => one.content.toString()), ...events]
		.map((one) => one.replace(/\s/g, ''));
	assert.deepEqual(words.flatMap((one) => shows(one, [...TRACES, DOOR])), []);
	assert.equal(words.filter((one) => one.includes(PROBLEM)).length, 2,
		'the search finds what a content says');
	assert.ok(words.some((one) => one.includes('三日内')), 'and what an event says');
});

endsCleanly(server);
