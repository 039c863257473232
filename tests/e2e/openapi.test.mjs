/* The description of the interface is valid OpenAPI 3.1, and live answers keep to it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { codeOf, PASSWORD } from './lib/accounts.mjs';
import { cookieOf, signIn, trySignIn } from './lib/api.mjs';
import { moveTo } from './lib/clock.mjs';
import { Scribe } from './lib/exchange.mjs';
import { makeWitness } from './lib/ledger.mjs';
import { pushJson, ringing } from './lib/pbx.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { startGateway } from './lib/sms_gateway.mjs';
import { followed } from './lib/stream.mjs';
import { png, put } from './lib/uploads.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, close, complete, contact, leadOf, register, rowOf, sign, visit }
	from './lib/world.mjs';

const gateway = await startGateway(fs.mkdtempSync(path.join(os.tmpdir(), 'sms-')));
const witness = makeWitness('witness.test/openapi');
const server = await startServer({ clock: MONDAY,
	env: { LIANDONG_LEDGER_WITNESSES: witness.vkey, LIANDONG_REPORT_RANKING: 'true',
		LIANDONG_SECURITY_CONTACT: 'mailto:security@hotline.example',
		LIANDONG_SMS_GATEWAY_FILE: gateway.file, LIANDONG_PUBLIC_URL: 'https://hotline.example' } });
const described = (await server.anonymous().get('/api/openapi.json', { expect: 200 })).json;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
ajv.addSchema({ $id: 'https://liandong.test/openapi', ...described });
const done = new Set();		/* operations of which a success was judged */
const told = new Set();		/* kinds of events that were judged */
const KINDS = ['areas', 'categories', 'catalogue', 'limits', 'grounds', 'checklist', 'handover',
	'quiet-days', 'four-acts', 'retention'];

const USCC = '91350100M000100Y43';
let filing;		/* one that was filed */
let observation;	/* one that was made */
let attachment;		/* one that was made */
let call;		/* one that rang */
const drafts = '0123456789abcdef'.repeat(2);

const pointer = (...parts) => 'https://liandong.test/openapi#/' + parts.map((part) =>
	encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

/* Where a possibly referenced response stands in the document. */
function place(path, method, status) {
	const responses = described.paths[path]?.[method]?.responses;
	assert.ok(responses, `${method} ${path} is described`);
	const name = status in responses ? status : 'default' in responses ? 'default' : undefined;
	assert.ok(name !== undefined, `${method} ${path} describes ${status}`);
	const reference = responses[name].$ref;
	return reference ? reference.slice(2).split('/') :
		['paths', path, method, 'responses', name];
}

/* Judges one answer: status, content type and body against the description. */
function judge(path, method, answer) {
	const at = place(path, method.toLowerCase(), String(answer.status));
	const response = at.reduce((node, part) => node[part], described);
	if (answer.status < 300)
		done.add(`${method.toUpperCase()} ${path}`);
	if (answer.text === '')
		return;
	const type = answer.type.split(';')[0];
	assert.ok(response.content?.[type], `${method} ${path} ${answer.status} describes ${type}`);
	if (!response.content[type].schema || answer.json === undefined)
		return;
	const validate = ajv.compile({ $ref: pointer(...at, 'content', type, 'schema') });
	assert.ok(validate(answer.json), `${method} ${path} ${answer.status}: ` +
		JSON.stringify(validate.errors, null, 1) + answer.text.slice(0, 1500));
}

test('the description is valid OpenAPI 3.1', async () => {
	assert.match(described.openapi, /^3\.1\./);
	const validator = new Validator();
	const result = await validator.validate(structuredClone(described));
	assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
});

test('every schema in it can be compiled', () => {
	for (const name of Object.keys(described.components?.schemas ?? {}))
		ajv.compile({ $ref: pointer('components', 'schemas', name) });
});

test('every operation has an id of its own, a summary, and describes its refusals', () => {
	const ids = [];
	for (const [path, item] of Object.entries(described.paths))
		for (const [method, operation] of Object.entries(item)) {
			if (!['get', 'post', 'put', 'delete'].includes(method))
				continue;
			assert.ok(operation.operationId && operation.summary, `${method} ${path}`);
			ids.push(operation.operationId);
			if (path.startsWith('/api/v1/'))
				assert.ok('401' in operation.responses || 'default' in operation.responses,
					`${method} ${path}`);
		}
	assert.equal(new Set(ids).size, ids.length);
});

test('answers of the whole main job keep to the description', async () => {
	const operator = server.as('operator');
	const where = rowOf(server, 'CGJ');
	const made = await operator.register(anAppeal(where), { expect: 201 });
	judge('/api/v1/appeals', 'POST', made);
	const task = leadOf(made.json);
	const own = server.department('CGJ');
	const steps = [[own, 'sign', {}], [own, 'contact', { channel: 'phone', outcome: 'reached',
		note: '好' }], [own, 'progress', { text: '好' }], [own, 'complete', { result: 'solved',
		reply: '好', attachments: [] }], [server.as('reviewer'), 'review', { pass: true,
		reason: '好' }], [server.as('visitor'), 'visits', { channel: 'phone', reached: true,
		contacted: true, solved: 'yes', result: 'satisfied', attitude: 'satisfied',
		truthful: true, reason: null, note: '' }]];
	for (const [client, action, body] of steps)
		judge(`/api/v1/tasks/{id}/${action}`, 'POST',
			await client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 }));
	const waiting = await register(server, { category: '160101', area: 'A01' });
	judge('/api/v1/appeals/{id}/dispatch', 'GET', await server.as('dispatcher').get(
		`/appeals/${waiting.id}/dispatch`, { expect: 200 }));
	judge('/api/v1/appeals/{id}/dispatch', 'POST', await server.as('dispatcher').post(
		`/appeals/${waiting.id}/dispatch`, { department: 'JTJ', assist: ['CGJ'], advice: '好' },
		{ expect: 200 }));
	const confidential = leadOf(await register(server, rowOf(server, 'CGJ'),
		{ caller: { name: '周小舟', phone: '13800002222', secret: true } }));
	await sign(server, confidential);
	await onTask(server.department('CGJ'), 'callback', confidential, { question: '几楼漏水？' });
	await judgedList(operator, '/api/v1/callbacks');
	const [callback] = await operator.all('/callbacks');
	await judged(operator, '/api/v1/callbacks/{id}/answer', callback.id,
		{ reached: true, answer: '三楼' });
	await judgeHistory(confidential);
	judge('/api/v1/appeals/{id}/reveal', 'POST', await operator.post(
		`/appeals/${made.json.id}/reveal`, { fields: ['phone'], purpose: '核实' },
		{ expect: 200 }));
	judge('/api/v1/appeals/search', 'POST', await operator.post('/appeals/search',
		{ phone: '13800001111' }, { expect: 200 }));
	await judgeHistory(task);
});

test('answers about files keep to the description', async () => {
	const operator = server.as('operator'), path = '/api/v1/appeals/{id}/attachments';
	const appeal = await register(server, rowOf(server, 'CGJ'));
	const sent = await put(operator, png(3, 2), 'image/png', { expect: 201 });
	judge('/api/v1/uploads/{id}', 'PUT', sent);
	judge('/api/v1/uploads/{id}', 'PUT',
		await put(operator, png(3, 2), 'image/png', { id: sent.id, expect: 200 }));
	for (const [type, status] of [['image/gif', 415], ['image/jpeg', 422]])
		judge('/api/v1/uploads/{id}', 'PUT', await put(operator, png(3, 2), type, { expect: status }));
	const made = await operator.post(`/appeals/${appeal.id}/attachments`,
		{ upload: sent.id, name: '灯.png', kind: 'caller' }, { expect: 201 });
	judge(path, 'POST', made);
	attachment = made.json.id;
	await judgedList(operator, path, appeal.id);
	judge('/api/v1/attachments/{id}', 'GET',
		await operator.get(`/attachments/${made.json.id}`, { expect: 200 }));
	await judgeHistory(leadOf(appeal));
});

/* What an address cannot be asked without. */
const QUERIES = { '/api/v1/notices/replies': '?state=unread',
	'/api/v1/reports/{period}/tasks': '?measure=on_time&part=den',
	'/api/v1/ledger/proof': '?seq=0', '/api/v1/ledger/consistency': '?from=1&to=2',
	'/api/v1/audit/sightings': '?by=key:1' };

/* Accounts, and what a person does in a session. */
async function judgeAccounts() {
	const admin = server.as('admin'), path = '/api/v1/accounts';
	const on = async (method, rest, body) => judge(`${path}/{id}${rest}`, method,
		await admin.request(method, `/accounts/${made.json.id}${rest}`, { body }));
	const made = await admin.post('/accounts', { login: 'described', name: '李华',
		role: 'reviewer' }, { expect: 201 });
	judge(path, 'POST', made);
	await judgedList(admin, path);
	const account = { login: 'described', password: made.json.initial_password };
	judge('/api/v1/session', 'POST', await trySignIn(server, account, { expect: 200 }));
	const session = await signIn(server, account);
	const own = async (method, rest, body) => {
		const answer = await session.request(method, rest, { body });
		const which = rest.replace(/\d+$/, '{id}');
		judge(`/api/v1${which}`, method, answer);
		if (answer.headers['set-cookie'] && answer.json)
			Object.assign(session, { cookie: cookieOf(answer), csrf: answer.json.csrf_token });
		return answer.json;
	};
	await own('POST', '/me/password', { current: account.password, new: PASSWORD });
	const { secret } = await own('POST', '/me/factor', { password: PASSWORD });
	await own('POST', '/me/factor/confirm', { totp: codeOf(secret, -1) });
	await own('POST', '/me/recovery-codes', { password: PASSWORD, totp: codeOf(secret) });
	await trySignIn(server, { ...account, password: PASSWORD, totp: codeOf(secret, 1) },
		{ expect: 200 });
	const { items } = await own('GET', '/sessions');
	await own('DELETE', `/sessions/${items.find((one) => !one.current).id}`);
	await own('DELETE', '/sessions');
	await on('GET', '/sessions');
	await own('DELETE', '/session');
	await on('GET', '');
	await on('PUT', '', { name: '李华', role: 'department', department: 'CGJ' });
	for (const act of ['disable', 'enable', 'reset-password', 'reset-factor'])
		await on('POST', `/${act}`, { reason: '离岗' });
	await on('DELETE', '/sessions');
}

/* Does a step, and judges its answer. */
async function judged(client, path, id, body, expect = 200) {
	const answer = await client.post(path.replace('/api/v1', '').replace(/\{(id|period)\}/, id),
		body, { expect });
	judge(path, 'POST', answer);
	return answer.json;
}
const onTask = (client, action, task, body) =>
	judged(client, `/api/v1/tasks/{id}/${action}`, task.id, body);
async function judgedList(client, path, id = '', query = '') {
	const answer = await client.get(path.replace('/api/v1', '').replace(/\{(id|period)\}/, id) +
		query, { expect: 200 });
	judge(path, 'GET', answer);
	assert.ok(answer.json.items.length > 0, `${path} shows something to judge`);
}
const fresh = async (department = 'CGJ') =>
	leadOf(await register(server, rowOf(server, department)));

test('answers of those who watch over a task keep to the description', async () => {
	const task = await fresh();
	const dispatcher = server.as('dispatcher');
	const supervisor = server.as('supervisor');
	await onTask(dispatcher, 'urge', task, { note: '诉求人再次来电' });
	await onTask(supervisor, 'supervise', task, { demand: '三日内修复', due: '2026-03-05' });
	await onTask(supervisor, 'escalate', task, { reason: '反复投诉' });
	const asked = { ground: 'G4', evidence: '录音显示评价的是另一件' };
	await onTask(dispatcher, 'exclude', task, asked);
	await judgedList(dispatcher, '/api/v1/exclusions', '', '?state=asked');
	await onTask(supervisor, 'exclude/refuse', task, { reason: '证据不足' });
	await onTask(dispatcher, 'exclude', task, asked);
	await onTask(supervisor, 'exclude/approve', task, { published: '评价对象有误' });
	await judgedList(server.department('JTJ'), '/api/v1/exclusions', '', '?month=2026-03');
	await judgeHistory(task);
});

test('answers of the supervision ledger keep to the description', async () => {
	const supervisor = server.as('supervisor');
	const own = server.department('CGJ');
	const base = '/api/v1/supervised';
	const task = await fresh();
	await close(server, task);
	await visit(server, task, 'dissatisfied', { reason: 'speed', solved: 'no' });
	const item = await judged(supervisor, base, '', { kind: 'demand', source: 'appeal',
		department: 'CGJ', demand: '书面反馈', due: '2026-03-20', task: task.id });
	for (const [client, step, body] of [[own, 'progress', { text: '在办' }],
		[supervisor, 'urge', { text: '请尽快' }],
		[supervisor, 'due', { due: '2026-03-25', text: '配件停产' }],
		[own, 'proof', { text: '已办' }], [supervisor, 'refuse', { text: '不清楚' }],
		[own, 'proof', { text: '已补' }], [supervisor, 'sign-off', { text: '属实' }]])
		await judged(client, `${base}/{id}/${step}`, item.id, body);
	await judgedList(own, base);
	for (const rest of ['', '/notice.pdf'])
		judge(`${base}/{id}${rest}`, 'GET',
			await supervisor.get(`/supervised/${item.id}${rest}`, { expect: 200 }));
	await judged(supervisor, '/api/v1/meetings', '', { title: '联席会议', held_on: '2026-03-02',
		present: '城管局', items: [{ department: 'CGJ', demand: '移交台账', due: '2026-03-20' }] });
	await judgedList(supervisor, '/api/v1/meetings');
	await judgedList(supervisor, `${base}/risks`);
	await judged(supervisor, `${base}/draw`, '', { count: 1, due: '2026-03-20', demand: '核查' });
	await judgedList(supervisor, base, '', '?kind=inspection');
	const promised = await sign(server, await fresh());
	await onTask(own, 'progress', promised, { text: '在修', promise_on: '2026-03-01' });
	await onTask(supervisor, 'promises/check', promised, { kept: true, note: '看过' });
	for (const path of ['/api/v1/tasks/{id}/promises', '/api/v1/promises',
		'/api/v1/promises/figures'])
		await judgedList(own, path, promised.id);
	judge('/api/v1/rhythm/{period}/freeze', 'POST', await supervisor.post(
		'/rhythm/2026-W10/freeze', { findings: [{ text: '排查', owner: '张局长',
			due: '2026-04-30' }] }, { expect: 200 }));
	for (const period of ['2026-W10', '2026-03', '2026-Q1'])
		judge('/api/v1/rhythm/{period}', 'GET', await supervisor.get(`/rhythm/${period}`,
			{ expect: 200 }));
});

test('answers about returns, rulings and assists keep to the description', async () => {
	const [own, other] = [server.department('CGJ'), server.department('GSGS')];
	const [dispatcher, supervisor] = [server.as('dispatcher'), server.as('supervisor')];
	const ASKED = { reason: 'not_my_duty', basis: '三定方案', propose: 'SZZX' };
	const first = await fresh('GSGS');	/* nobody else's: the catalogue is changed */
	await onTask(other, 'return', first, ASKED);
	await judgedList(other, '/api/v1/returns');
	await onTask(dispatcher, 'return/refuse', first, { reason: '属于职责清单' });
	await onTask(other, 'dispute', first, { reason: '产权不在本单位' });
	await onTask(supervisor, 'ruling', first, { department: 'SZZX', basis: '会议纪要' });
	await judgeHistory(first);
	const second = await fresh('JTJ');
	await onTask(server.department('JTJ'), 'return', second, { ...ASKED, propose: null });
	await onTask(dispatcher, 'return/accept', second, { redispatch_to: 'CGJ', reason: '属实' });
	await judgeHistory(second);
	const lead = await sign(server, await fresh('JTJ'));
	await onTask(server.department('JTJ'), 'assist', lead, { departments: ['CGJ'] });
	const assist = (await supervisor.get(`/appeals/${lead.appeal}`)).json.tasks
		.find((task) => task.role === 'assist');
	await sign(server, assist);
	await onTask(own, 'report', assist, { text: '正在更换', next_on: '2026-03-05' });
	await onTask(server.department('JTJ'), 'assist-delay', lead, { assist: assist.id,
		note: '两次催问未答复' });
	await judgedList(server.department('JTJ'), '/api/v1/tasks/{id}/assists', lead.id);
	await judgeHistory(lead);
	await judgedList(supervisor, '/api/v1/returns', '', '?state=decided');
	await judgedList(supervisor, '/api/v1/returns/pairs');
});

test('answers about more time and time that stands still keep to the description', async () => {
	const own = server.department('CGJ');
	const [dispatcher, supervisor] = [server.as('dispatcher'), server.as('supervisor')];
	const task = await sign(server, await fresh());
	const ASKED = { days: 5, reason: '需更换地下电缆', caller_informed: true };
	await onTask(own, 'extend', task, ASKED);
	await judgedList(dispatcher, '/api/v1/extensions');
	await onTask(supervisor, 'extend/refuse', task, { reason: '理由不充分' });
	await onTask(own, 'extend', task, ASKED);
	await onTask(supervisor, 'extend/approve', task, {});
	await judgedList(own, '/api/v1/tasks/{id}/extensions', task.id);
	await onTask(dispatcher, 'pause', task, { ground: 'caller_material', until: '2026-03-10' });
	await onTask(dispatcher, 'resume', task, {});
	await onTask(dispatcher, 'account', task, { plan: '列入明年计划', review_on: '2026-08-31' });
	judge('/api/v1/tasks/{id}/deadline', 'GET', await own.get(`/tasks/${task.id}/deadline`));
	await onTask(dispatcher, 'unaccount', task, {});
	await judgedList(own, '/api/v1/tasks/{id}/pauses', task.id);
	judge('/api/v1/tasks/{id}/deadline', 'GET', await own.get(`/tasks/${task.id}/deadline`));
	await judgeHistory(task);
});

test('answers about another calendar keep to the description', async () => {
	const [admin, task] = [server.as('admin'), await fresh()];
	const { text } = (await admin.get('/documents/calendar', { expect: 200 })).json;
	const changed = `${text}2026-03-06\toff\t抗洪停工\n`;
	const shown = await judged(admin, '/api/v1/calendar/preview', '', { text: changed });
	assert.ok(shown.tasks.some((one) => one.task === task.id));
	await judged(admin, '/api/v1/calendar', '', { source: '市政府公告', text: changed }, 201);
	await moveTo(server, '2026-03-02 09:01');
	await judgeHistory(task);
});

test('answers about what the desk does keep to the description', async () => {
	const operator = server.as('operator');
	const onAppeal = (action, appeal, body, client = operator) =>
		judged(client, `/api/v1/appeals/{id}/${action}`, appeal.id, body);
	const nowhere = { category: '160101', area: 'A01' };
	const waiting = () => register(server, nowhere, { content_class: 'consultation' });
	const answered = await waiting();
	await onAppeal('answer', answered, { text: '您好，医保年度为自然年。' });
	await onAppeal('reopen', answered, { reason: '诉求人提供新事实' });
	await onAppeal('refuse', answered, { reason: 'litigation', told: '请向法院起诉' });
	await judgeHistory({ appeal: answered.id });
	const handed = await waiting();
	const SENT = { to: '110', reason: '正在打斗', item: 'T01' };
	await onAppeal('transfer', handed, SENT, server.as('dispatcher'));
	await onAppeal('transfer/refuse', handed, { reason: '对方称不属警务' });
	await onAppeal('transfer', handed, SENT);
	await onAppeal('transfer/acknowledge', handed, { their_no: 'J17', by: '李警官' });
	await judgeHistory({ appeal: handed.id });
	const [parent, child] = [await fresh(), await fresh()];
	await onAppeal('merge', { id: child.appeal }, { into: parent.appeal });
	await judgedList(operator, '/api/v1/appeals/{id}/merged', parent.appeal);
	await onAppeal('unmerge', { id: child.appeal }, { reason: '不是同一处' });
	await onAppeal('withdraw', { id: child.appeal }, { reason: '已自行解决',
		confirmed_by: 'recording' });
	await judgeHistory(child);
	await judgeHistory(parent);
	const archived = await visitedTask();
	await moveTo(server, '2026-04-20 09:00');
	await onAppeal('reopen', { id: archived.appeal }, { reason: '又不亮了' });
	await judgeHistory(archived);
});

test('hints and their reasons keep to the description', async () => {
	const body = anAppeal(rowOf(server, 'CGJ'), { address: '滨河路12号' });
	await server.as('operator').register(body, { expect: 201 });
	const hints = await judged(server.as('operator'), '/api/v1/appeals/hints', '', {
		phone: body.caller.phone, category: body.category, area: body.area,
		address: body.address, title: body.title, text: body.text });
	assert.ok(hints.items.length > 0);
});

test('answers about calls, suggestions, ready answers and drafts keep to the description', async () => {
	const [operator, person] = [server.as('operator'), await server.signedIn('operator')];
	const where = rowOf(server, 'CGJ'), base = '/api/v1/calls';
	const told = { from: '13912340044', direction: 'in', callId: 'described' };
	judge('/api/v1/cti/{token}', 'POST', await pushJson(server, { event: 'newCall', ...told })
		.then((answer) => ({ ...answer, type: 'application/json' })));
	for (const [event, options] of [[told, { token: 'wrong' }], [{ ...told, direction: 'up' }]])
		judge('/api/v1/cti/{token}', 'POST', { ...await pushJson(server, event, options),
			type: 'application/json' });
	await register(server, where, { caller: { name: '王', phone: told.from } });
	await judgedList(operator, base);
	const [{ id }] = (await operator.get('/calls')).json.items;
	call = id;
	judge(`${base}/{id}`, 'GET', await operator.get(`/calls/${id}`, { expect: 200 }));
	await judged(person, `${base}/{id}/take`, id, {});
	judge('/api/v1/me/seat', 'PUT', await person.put('/me/seat', { phone: '8001' },
		{ expect: 200 }));
	const alerts = await person.get('/me/alerts', { expect: 200 });
	judge('/api/v1/me/alerts', 'GET', alerts);
	judge('/api/v1/me/alerts', 'PUT', await person.put('/me/alerts', alerts.json, { expect: 200 }));
	const made = await person.register(anAppeal(where, { call: id,
		suggestion: { rule: `words.${where.category}`, accepted: true } }), { expect: 201 });
	judge('/api/v1/appeals', 'POST', made);
	judge(`${base}/{id}/take`, 'POST', await operator.post(`/calls/${id}/take`));
	await judged(person, `${base}/{id}/end`, id, {});
	judge(`${base}/{id}`, 'GET', await person.get(`/calls/${id}`, { expect: 200 }));
	const history = await judged(operator, '/api/v1/callers/history', '', { phone: told.from });
	assert.ok(history.history.length > 0);
	const { suggestions } = await judged(operator, '/api/v1/appeals/suggest', '', { text: '停水了',
		area: 'A01', category: where.category, content_class: 'help' });
	assert.ok(suggestions.length > 0);
	await judgedList(server.as('admin'), '/api/v1/suggestions/figures');
	const entry = { title: '绕行', text: '走云溪路。', valid_from: '2026-03-01' };
	const added = await judged(server.as('dispatcher'), '/api/v1/knowledge', '', entry, 201);
	judge('/api/v1/knowledge/{id}', 'PUT', await server.as('dispatcher').put(
		`/knowledge/${added.id}`, entry, { expect: 200 }));
	judge('/api/v1/knowledge/{id}', 'GET', await operator.get(`/knowledge/${added.id}`,
		{ expect: 200 }));
	await judgedList(operator, '/api/v1/knowledge');
	const draft = drafts, path = '/api/v1/drafts/{id}';
	judge(path, 'PUT', await person.put(`/drafts/${draft}`, { a: 1 }, { expect: 200 }));
	await judgedList(person, '/api/v1/drafts');
	judge(path, 'GET', await person.get(`/drafts/${draft}`, { expect: 200 }));
	judge(path, 'DELETE', await person.delete(`/drafts/${draft}`, { expect: 204 }));
	const undo = (version) => person.post(`/appeals/${made.json.id}/undo`, { version });
	judge('/api/v1/appeals/{id}/undo', 'POST', await undo(made.json.version));
	judge('/api/v1/appeals/{id}/undo', 'POST', await undo(made.json.version));
	await judgeHistory({ appeal: made.json.id });
});

test('what comes of time and of return visits keeps to the description', async () => {
	const [late, refused, silent, unhappy] = [await fresh(), await fresh(), await fresh(),
		await fresh()];
	await sign(server, refused);
	await contact(server, refused);
	await complete(server, refused);
	await onTask(server.as('reviewer'), 'review', refused, { pass: false, reason: '缺照片' });
	await close(server, unhappy);
	await visit(server, unhappy, 'dissatisfied', { reason: 'policy' });
	await onTask(server.as('supervisor'), 'redo', unhappy, { reason: '请再核实' });
	await close(server, silent);
	for (const moment of ['2026-04-20 10:00', '2026-04-20 14:00', '2026-04-21 19:00']) {
		await moveTo(server, moment);
		await visit(server, silent, null);
	}
	await moveTo(server, '2026-05-20 09:00');
	for (const task of [late, refused, silent, unhappy])
		await judgeHistory(task);
	const accused = await register(server, rowOf(server, 'CGJ'),
		{ accused: { department: 'CGJ', person: null } });
	await judgeHistory({ appeal: accused.id });
	await judgedList(server.as('visitor'), '/api/v1/visits');
});

test('answers about versioned tables keep to the description', async () => {
	const admin = server.as('admin');
	for (const kind of KINDS) {
		const { text, version } = (await admin.get(`/documents/${kind}`, { expect: 200 })).json;
		await judged(admin, `/api/v1/${kind}/preview`, '', { text });
		await judged(admin, `/api/v1/${kind}`, '', { source: '会议纪要', text,
			expected_version: version }, 201);
	}
	judge('/api/v1/limits', 'POST', await admin.post('/limits', { source: '会议纪要', text: 'L3' },
		{ expect: 422 }));
});

const onMonth = (client, month, action, body = {}) => judged(client,
	`/api/v1/reports/{period}/${action}`, month, body);

test('the life of a month keeps to the description', async () => {
	const [leader, supervisor] = [server.as('leader'), server.as('supervisor')];
	const own = server.department('CGJ');
	const late = (await supervisor.all('/reports/2026-03/tasks?measure=overdue_stock&part=num' +
		'&department=CGJ'))[0];
	await onMonth(supervisor, '2026-03', 'preview');
	await onMonth(own, '2026-03', 'statements', { measure: 'completion', text: '材料未到' });
	await onTask(server.as('reviewer'), 'exclude', { id: late.task },
		{ ground: 'G6', evidence: '气象台证明' });
	await onMonth(leader, '2026-03', 'freeze');
	await onTask(supervisor, 'exclude/approve', { id: late.task }, { published: '不可抗力' });
	await onMonth(supervisor, '2026-03', 'corrections');
	await onMonth(leader, '2026-03', 'publish');
	await judged(supervisor, '/api/v1/reports/laboratory', '', { months: ['2026-03'],
		rules: { target: 50, satisfied_levels: ['satisfied'], unrated_contents: [] } });
});

test('objections and their answers keep to the description', async () => {
	await moveTo(server, '2026-06-01 09:00');
	const task = (await server.department('CGJ').all('/tasks'))[0];
	await onMonth(server.as('supervisor'), '2026-05', 'preview');
	const made = await onMonth(server.department('CGJ'), '2026-05', 'objections',
		{ task: task.id, measure: null, text: '应予核减' });
	judge('/api/v1/reports/{period}/objections/{n}/answer', 'POST',
		await server.as('supervisor').post(`/reports/2026-05/objections/${made.n}/answer`,
			{ accepted: true, answer: '已核实' }, { expect: 200 }));
	await judgedList(server.department('CGJ'), '/api/v1/reports/{period}/objections', '2026-05');
});

/* What every kind of event says is judged by what it is described to say. */
async function judgeHistory(task) {
	const own = task.department ? [server.department(task.department)] : [];
	for (const client of [server.as('supervisor'), ...own]) {
		const answer = await client.get(`/appeals/${task.appeal}/events?limit=200`,
			{ expect: 200 });
		judge('/api/v1/appeals/{id}/events', 'GET', answer);
		for (const event of answer.json.items)
			told.add(event.type);
	}
}

test('answers about the ledger keep to the description', async () => {
	const auditor = server.as('auditor');
	const { checkpoint } = await until(async () => {
		const { json } = await auditor.get('/ledger/head', { expect: 200 });
		return json.checkpoint && json;
	}, { what: 'a checkpoint' });
	await judged(auditor, '/api/v1/ledger/cosignatures', '',
		{ checkpoint: witness.cosign(checkpoint) });
	await judgedList(auditor, '/api/v1/ledger/checkpoints');
	judge('/api/v1/ledger/proof', 'GET', await auditor.get('/ledger/proof?seq=x',
		{ expect: 422 }));
	judge('/api/v1/ledger/cosignatures', 'POST', await auditor.post('/ledger/cosignatures',
		{ checkpoint }, { expect: 422 }));
});

test('answers about hand-overs keep to the description', async () => {
	const [admin, operator] = [server.as('admin'), server.as('operator')];
	const program = server.as('intake', { channel: '110' });
	const form = { code: '110', name: '110', service: 'police', mode: 'live' };
	await judged(admin, '/api/v1/exchange/peers', '', form, 201);
	await judged(admin, '/api/v1/exchange/peers', '', { ...form,
		url: 'http://127.0.0.1:49151/' }, 200);
	const at = (path, number = '') => path.replace('/api/v1', '').replace('{peer}', '110')
		.replace('{number}', number);
	const offer = (number, changes = {}) => ({ sender: '110', offered_by: '110', number,
		sequence: 1, kind: 'offer', at: '2026-03-02T09:00:00+08:00', item: 'F04', urgent: false,
		title: '夜间施工', text: '噪声', category: rowOf(server, 'CGJ').category, area: 'A01',
		...changes });
	const messages = '/api/v1/exchange/{peer}/messages';
	const { json: taken } = await program.post(at(messages), { messages: [offer('J-1',
		{ content_class: 'help' }), offer('J-2'), offer('J-3')] }, { expect: 200 });
	judge(messages, 'POST', await program.post(at(messages), { messages: [offer('J-1',
		{ content_class: 'help' })] }, { expect: 200 }));
	judge(messages, 'POST', await program.post(at(messages), { messages: [offer('J-1')] },
		{ expect: 409 }));
	judge(messages, 'GET', await program.get(at(messages), { expect: 200 }));
	const decide = async (number, act, body) => {
		const path = `/api/v1/exchange/{peer}/offers/{number}/${act}`;
		judge(path, 'POST', await operator.post(at(path, number), body, { expect: 200 }));
	};
	await decide('J-2', 'accept', { content_class: 'help' });
	await decide('J-3', 'refuse', { reason: 'not_ours', text: '不属热线' });
	const batches = '/api/v1/exchange/{peer}/batches';
	judge(batches, 'POST', await program.post(at(batches), {}, { expect: 201 }));
	judge(batches, 'GET', await program.get(at(batches), { expect: 200 }));
	judge(`${batches}/{number}`, 'GET', await program.get(at(`${batches}/1`), { expect: 200 }));
	const scribe = new Scribe('110', '12345');
	await admin.post('/exchange/peers', { ...form, public_key: scribe.key }, { expect: 200 });
	judge(`${batches}/{number}`, 'PUT', await program.put(at(`${batches}/1`),
		{ batch: scribe.batch([]) }, { expect: 200 }));
	judge(`${batches}/{number}`, 'PUT', await program.put(at(`${batches}/1`), { batch: 'x' },
		{ expect: 422 }));
	await judgeHistory({ appeal: taken.items[0].own_no });
	const answer = await server.as('supervisor').get(`/appeals/${taken.items[0].own_no}`,
		{ expect: 200 });
	assert.equal(answer.json.exchange.number, 'J-1');
	judge('/api/v1/appeals/{id}', 'GET', answer);
	judge('/api/v1/appeals/{id}/exchange', 'GET', await operator.get(
		`/appeals/${taken.items[0].own_no}/exchange`, { expect: 200 }));
	for (const path of ['/api/v1/exchange', '/api/v1/exchange/peers'])
		await judgedList(operator, path);
});

test('answers about enterprises keep to the description', async () => {
	const [admin, own] = [server.as('admin'), server.department('CGJ')];
	await judged(admin, '/api/v1/enterprises', '', { uscc: USCC, name: '云河甲公司', area: 'A01',
		contact_leader: 'leader1' }, 201);
	await judged(admin, '/api/v1/enterprises/import', '',
		{ text: `${USCC}\t云河甲公司\tA01\tleader1\n` });
	const filed = await judged(own, '/api/v1/filings', '', { uscc: USCC, kind: 'fine',
		basis: '行政处罚决定书', amount: 3000, first_day: '2026-06-01',
		last_day: '2026-06-02' }, 201);
	judge('/api/v1/filings/{id}/revise', 'POST', await own.post(`/filings/${filed.id}/revise`,
		{ kind: 'fine', basis: '行政处罚决定书', amount: 2000, first_day: '2026-06-01',
			last_day: '2026-06-02' }, { expect: 200 }));
	const complaint = await register(server, { category: '130202', area: 'A01' }, {
		text: '罚款5000元', enterprise: { uscc: USCC, name: '云河甲公司' } });
	judge('/api/v1/appeals/{id}/enterprise-findings', 'GET', await server.as('dispatcher')
		.get(`/appeals/${complaint.id}/enterprise-findings`, { expect: 200 }));
	judge('/api/v1/reports/{period}/four-acts', 'GET', await server.as('supervisor')
		.get('/reports/2026-06/four-acts', { expect: 200 }));
	for (const path of ['/api/v1/enterprises', '/api/v1/enterprises/{uscc}/appeals',
		'/api/v1/enterprises/{uscc}/filings']) {
		const answer = await server.as('supervisor').get(path.replace('{uscc}', USCC),
			{ expect: 200 });
		assert.ok(answer.json.items.length > 0, path);
		judge(path, 'GET', answer);
	}
	judge('/api/v1/filings', 'GET', await own.get('/filings', { expect: 200 }));
	judge('/api/v1/reports/{period}/four-acts/appeals', 'GET', await server.as('supervisor')
		.get('/reports/2026-06/four-acts/appeals', { expect: 200 }));
	filing = filed.id;
});

test('answers about problems of rules keep to the description', async () => {
	const { id } = await register(server, rowOf(server, 'CGJ'));
	const raised = await server.as('operator').post(`/appeals/${id}/rule-problem`,
		{ rule: '照明办法', problem: '无人维护', proposal: 'make' }, { expect: 200 });
	judge('/api/v1/appeals/{id}/rule-problem', 'POST', raised);
	judge('/api/v1/rule-problems/{id}/answer', 'POST', await server.as('leader').post(
		`/rule-problems/${raised.json.id}/answer`, { answer: '采纳', taken_up: true },
		{ expect: 200 }));
	await judgedList(server.as('auditor'), '/api/v1/rule-problems');
});

test('answers about observations keep to the description', async () => {
	const { id } = await register(server, rowOf(server, 'CGJ'));
	const made = await judged(server.as('observer'), '/api/v1/observations', '',
		{ kind: 'observation', appeal: id, text: '现场仍未修复' }, 201);
	observation = made.id;
	judge('/api/v1/observations/{id}/answer', 'POST', await server.as('supervisor').post(
		`/observations/${made.id}/answer`, { answer: '已转承办单位' }, { expect: 200 }));
	await judgedList(server.as('observer'), '/api/v1/observations');
	await judgeHistory({ appeal: id });
});

test('answers about accountability, tripwires and draws keep to the description', async () => {
	const [supervisor, leader] = [server.as('supervisor'), server.as('leader')];
	const draw = await judged(supervisor, '/api/v1/lotteries', '',
		{ from: '2026-06-01', until: '2026-06-03', count: 2 }, 201);
	await judged(supervisor, '/api/v1/leaders', '',
		{ department: 'CGJ', name: '李局长', valid_from: '2026-01-01' }, 201);
	const denied = [];
	for (let i = 0; i < 3; i++) {
		denied.push(leadOf(await register(server, rowOf(server, 'CGJ'))));
		await close(server, denied[i]);
		await visit(server, denied[i], 'dissatisfied', { contacted: false, reason: 'policy' });
	}
	await moveTo(server, '2026-06-03 05:00');
	const found = (await supervisor.all('/tripwires')).filter((one) =>
		denied.some((task) => task.id === one.task));
	await judged(supervisor, '/api/v1/tripwires/{id}/dismiss', found[0].id, { reason: '已核实' });
	const { item } = await judged(supervisor, '/api/v1/tripwires/{id}/clue', found[1].id,
		{ text: '请核实' });
	for (const state of ['open', 'clue', 'dismissed'])
		judge('/api/v1/tripwires', 'GET', await supervisor.get(`/tripwires?state=${state}`,
			{ expect: 200 }));
	await judged(supervisor, '/api/v1/accountability', '',
		{ task: denied[2].id, title: '核实', text: '来源于投诉' }, 201);
	const onItem = (client, action, body) => judged(client,
		`/api/v1/accountability/{id}/${action}`, item, body);
	await onItem(supervisor, 'evidence', { tasks: [denied[0].id], statement_until: '2026-06-30' });
	await onItem(server.department('CGJ'), 'statement', { text: '已联系' });
	await onItem(leader, 'decision', { kind: 'no_action', body: '区效能办', text: '查无实据' });
	await onItem(supervisor, 'publication', { text: '不予追究', takedown_on: '2027-01-01' });
	for (const list of ['published', 'items'])
		judge('/api/v1/accountability', 'GET', await supervisor.get(`/accountability?list=${list}`,
			{ expect: 200 }));
	await judged(server.as('auditor'), '/api/v1/lotteries/{id}/open', draw.id, {});
});

test('answers about what is kept of callers keep to the description', async () => {
	const supervisor = server.as('supervisor'), leader = server.as('leader');
	const over = async () => {
		const { id } = await register(server, rowOf(server, 'CGJ'));
		await server.as('operator').post(`/appeals/${id}/withdraw`,
			{ reason: '自行解决', confirmed_by: 'recording' }, { expect: 200 });
		return id;
	};
	const held = await over();
	await judged(supervisor, '/api/v1/appeals/{id}/hold', held,
		{ until: '2028-01-01', reason: '诉讼' });
	await judged(supervisor, '/api/v1/appeals/{id}/release', held, { reason: '终结' });
	await judged(supervisor, '/api/v1/appeals/{id}/hold', held,
		{ until: '2028-01-01', reason: '诉讼' });
	const ask = async () => (await judged(supervisor, '/api/v1/callers/erase', '',
		{ appeals: [await over()], reason: '本人申请' }, 201)).id;
	await judged(leader, '/api/v1/callers/erasures/{id}/approve', await ask(), {});
	await judged(leader, '/api/v1/callers/erasures/{id}/refuse', await ask(),
		{ reason: '材料不全' });
	await judged(server.as('operator'), '/api/v1/callers/export', '',
		{ phone: '13800001111', purpose: '本人申请' });
});

test('answers about short messages and to callers keep to the description', async () => {
	const phone = '13900009999', guest = server.anonymous();
	await moveTo(server, '2026-06-03 08:59');
	const appeal = await register(server, rowOf(server, 'CGJ'), { caller: { phone } });
	const [message] = await until(() => gateway.to(phone).length > 0 && gateway.to(phone),
		{ ms: 15_000, what: 'a message' });
	judge('/api/v1/sms/{provider}/{token}/report', 'POST',
		await gateway.report(server, [{ id: message.id }]));
	judge('/api/v1/sms/{provider}/{token}/reply', 'POST',
		await gateway.reply(server, [{ id: 'r1', mobile: phone, content: '路灯还是不亮' }]));
	await judgedList(server.as('operator'), '/api/v1/appeals/{id}/notices', appeal.id);
	await judgedList(server.as('operator'), '/api/v1/notices/replies', '', '?state=unread');
	const [reply] = await server.as('operator').all('/notices/replies?state=unread');
	await judged(server.as('operator'), '/api/v1/notices/replies/{id}/done', reply.id, {}, 204);
	const resume = '/api/v1/appeals/{id}/notices/resume', again = { reason: '本人来电要求恢复' };
	await judged(server.as('operator'), resume, appeal.id, again, 409);
	judge('/api/v1/sms/{provider}/{token}/reply', 'POST',
		await gateway.reply(server, [{ id: 'r2', mobile: phone, content: 'TD' }]));
	await judged(server.as('operator'), resume, appeal.id, again, 204);
	const { caller_code } = await judged(server.as('operator'), '/api/v1/appeals/{id}/caller-code',
		appeal.id, {});
	const proof = { number: appeal.id, code: caller_code };
	await judged(guest, '/api/v1/public/progress', '', proof);
	await judged(guest, '/api/v1/public/answer', '', { ...proof, result: 'satisfied' }, 409);
	await close(server, leadOf(appeal));
	await judged(guest, '/api/v1/public/progress', '', proof);
	await judged(guest, '/api/v1/public/answer', '', { ...proof, result: 'satisfied' });
	await judged(server.as('admin'), '/api/v1/notices/texts/preview', '',
		{ text: 'receipt\t*\t*\t您的诉求已受理，编号{number}。\n' });
	await judged(server.as('admin'), '/api/v1/notices/texts', '', { source: '联席会议纪要〔2026〕3号',
		text: 'receipt\t*\t*\t您的诉求已受理，编号{number}。\n', expected_version: 1 }, 201);
});

test('every GET keeps to the description', async () => {
	const task = await visitedTask();
	const hook = (await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: 'http://127.0.0.1:49151/', events: ['*'], format: 'standard' }, { expect: 201 }));
	judge('/api/v1/webhooks', 'POST', hook);
	await register(server, rowOf(server, 'CGJ'));
	const delivery = await until(async () => (await server.as('admin').all(
		`/webhooks/${hook.json.id}/deliveries`))[0], { what: 'a delivery' });
	const first = async (list) => (await server.as('supervisor').all(list))[0].id;
	const numbers = { accountability: await first('/accountability?list=items'),
		accounts: (await server.as('admin').all('/accounts'))[0].id,
		leaders: await first('/leaders'), lotteries: await first('/lotteries'),
		audit: (await server.as('auditor').all('/audit'))[0].id, attachments: attachment,
		calls: call, knowledge: (await server.as('operator').all('/knowledge'))[0].id, drafts };
	await server.as('supervisor').put(`/drafts/${drafts}`, { a: 1 }, { expect: 200 });
	for (const [path, item] of Object.entries(described.paths)) {
		if (!item.get || item.get['x-option'] || path.includes('stream') || path.startsWith('/assets/') ||
		    ['/api/v1/sessions', '/api/v1/me/alerts', '/api/v1/filings'].includes(path) ||
		    path.includes('{peer}'))
			continue;
		const id = path.includes('/appeals/') ? task.appeal :
			path.includes('/tasks/') ? task.id :
			path.includes('/supervised/') ? 'DC-2026-0001' :
			path.includes('/filings/') ? filing :
			path.includes('/observations/') ? observation :
				numbers[path.split('/')[3]] ?? hook.json.id;
		const target = path.replace('{id}', id).replace('{delivery}', delivery.id)
			.replace('{period}', path.endsWith('/pilot') ? '2026-06' : '2026-03')
			.replace('{year}', '2026').replace('{kind}', 'limits').replace('{n}', '1')
			.replace('{uscc}', USCC).replace('{unit}', 'CGJ').replace('{code}', 'CGJ') +
			(QUERIES[path] ?? '');
		const role = /webhooks|accounts|keys|test|departments\/\{/.test(path) || path === '/metrics' ? 'admin' :
			/\/audit|\/openings$|\/health$/.test(path) ? 'auditor' :
			/\/calls/.test(path) ? 'operator' : 'supervisor';
		/* The ledger signs what was frozen a moment later. */
		const answer = await until(async () => {
			const one = await server.as(role).get(target);
			return ![503, 409].includes(one.status) && one;
		}, { what: target });
		assert.equal(answer.status, 200, `${target}: ${answer.text}`);
		judge(path, 'GET', answer);
	}
});

async function visitedTask() {
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	await close(server, task);
	return visit(server, task, 'satisfied');
}

test('answers about webhooks and sessions keep to the description', async () => {
	const admin = server.as('admin');
	const receiver = await startReceiver();
	const { id } = (await admin.post('/webhooks', { department: 'CGJ', url: receiver.url,
		events: ['*'], format: 'standard' }, { expect: 201 })).json;
	const on = (action, body = {}) => judged(admin, `/api/v1/webhooks/{id}/${action}`, id, body);
	const since = new Date(Date.now() - 60_000).toISOString();
	await on('rotate');
	await on('pause');
	await on('enable');
	await on('test');
	const [delivery] = await until(async () => {
		const list = await admin.all(`/webhooks/${id}/deliveries?state=delivered`);
		return list.length > 0 && list;
	}, { what: 'the test to arrive' });
	judge('/api/v1/webhooks/{id}/deliveries/{delivery}/replay', 'POST', await admin.post(
		`/webhooks/${id}/deliveries/${delivery.id}/replay`, {}, { expect: 200 }));
	await on('replay', { since, until: new Date(Date.now() + 60_000).toISOString() });
	judge('/api/v1/webhooks/{id}', 'DELETE', await admin.delete(`/webhooks/${id}`));
	await receiver.stop();
	await judgeAccounts();
	judge('/api/v1/test/clock', 'PUT', await moveTo(server, '2026-06-03 09:01'));
});

test('answers about keys of programs keep to the description', async () => {
	const admin = server.as('admin');
	const path = '/api/v1/keys/{id}';
	const made = await admin.post('/keys', { name: '公安110', role: 'intake', channel: '110',
		scopes: ['appeals:add'], addresses: ['10.0.0.0/8'] }, { expect: 201 });
	judge('/api/v1/keys', 'POST', made);
	const { id } = made.json;
	const signing = await judged(admin, `${path}/rotate`, id, { credential: 'signature' });
	assert.match(signing.secret, /^whsec_/);
	await judged(admin, `${path}/rotate`, id, { credential: 'certificate',
		certificate_spki: 'ab'.repeat(32) });
	const two = await judged(admin, `${path}/rotate`, id,
		{ old_ends_at: '2099-01-01T00:00:00+08:00' });
	assert.deepEqual(two.secrets.map((one) => one.number), [1, 2, 3, 4]);
	judge(path, 'PUT', await admin.put(`/keys/${id}`, { name: '公安110', scopes: [],
		addresses: [], expires_at: '2099-01-01T00:00:00+08:00' }, { expect: 200 }));
	judge(`${path}/rotate`, 'POST', await admin.post(`/keys/${id}/rotate`, {}, { expect: 409 }));
	judge(path, 'PUT', await admin.put(`/keys/${id}`, { name: 'x', scopes: [], addresses: [] },
		{ etag: '"key-1"', expect: 412 }));
	await judged(admin, `${path}/disable`, id, {});
	await judged(admin, `${path}/enable`, id, {});
	judge(`${path}/secrets/{number}`, 'DELETE',
		await admin.delete(`/keys/${id}/secrets/1`, { expect: 204 }));
});

test('answers about departments keep to the description', async () => {
	const admin = server.as('admin');
	const path = '/api/v1/departments/{code}';
	const set = { name: '市政管理局', name_en: 'Municipal Works', parent: 'YHQ', kind: 'bureau',
		peer_group: 'departments', takes_tasks: true, initials: null, phone: null };
	judge('/api/v1/departments', 'POST', await admin.post('/departments', { code: 'SZJ', ...set }, { expect: 201 }));
	judge('/api/v1/departments', 'POST', await admin.post('/departments', { code: 'SZJ', ...set }, { expect: 409 }));
	judge('/api/v1/departments', 'POST', await admin.post('/departments', { ...set }, { expect: 422 }));
	judge(path, 'PUT', await admin.put('/departments/SZJ', { ...set, initials: 'szj' }, { expect: 200 }));
	judge(path, 'PUT', await admin.put('/departments/SZJ', set, { expect: 412, etag: '"unit-1"' }));
	judge(path, 'GET', await admin.get('/departments/NOBODY', { expect: 404 }));
	judge(`${path}/disable`, 'POST', await admin.post('/departments/CGJ/disable', {}, { expect: 409 }));
	judge(`${path}/disable`, 'POST', await admin.post('/departments/SZJ/disable', { reason: '撤并' }, { expect: 200 }));
	judge(`${path}/enable`, 'POST', await admin.post('/departments/SZJ/enable', {}, { expect: 200 }));
	const { text } = (await admin.get('/department-table', { expect: 200 })).json;
	judge('/api/v1/department-table/preview', 'POST', await admin.post('/department-table/preview',
		{ text: 'bad' }, { expect: 200 }));
	judge('/api/v1/department-table', 'POST', await admin.post('/department-table', { source: '编办', text }, { expect: 200 }));
	judge('/api/v1/department-table', 'POST', await admin.post('/department-table',
		{ source: '编办', text, expected_version: 1 }, { expect: 409 }));
	judge('/api/v1/department-table', 'POST', await admin.post('/department-table', { source: '编办', text: 'bad' },
		{ expect: 422 }));
});

test('the stream, its messages and what is said of presence keep to the description', async () => {
	const stream = await followed(server.as('operator'));
	done.add('GET /api/v1/stream');
	place('/api/v1/stream', 'get', '429');
	assert.ok(described.paths['/api/v1/stream'].get.responses[200].content['text/event-stream']);
	const { id } = await register(server, rowOf(server, 'CGJ'));
	const people = [await server.signedIn('supervisor'), await server.signedIn('visitor')];
	for (const person of people)
		judge('/api/v1/presence', 'POST', await person.post('/presence',
			{ appeal: id, doing: 'replying' }, { expect: 200 }));
	await stream.wait((event) => event.data.people?.length === 2);
	await ringing(server, server.as('operator'), '13912340045');
	await stream.wait((event) => event.type === 'call');
	const seen = new Set(stream.events.map(({ type }) => type));
	assert.deepEqual([...seen].sort(), ['call', 'change', 'presence']);
	const schemas = { call: 'StreamCall', change: 'StreamChange', presence: 'StreamPresence' };
	for (const { type, data } of stream.events) {
		const validate = ajv.compile({ $ref: pointer('components', 'schemas', schemas[type]) });
		assert.ok(validate(data), JSON.stringify([data, validate.errors]));
	}
	stream.cut();
});

test('every operation was judged when it succeeded, and every kind of event', () => {
	/* What is an option of the build is not there in this server; its own tests judge it. */
	const operations = Object.entries(described.paths).flatMap(([path, item]) =>
		Object.keys(item).filter((method) => !item[method]['x-option'])
			.map((method) => `${method.toUpperCase()} ${path}`));
	const kinds = described.components.schemas.EventType.enum;
	assert.deepEqual(operations.filter((one) => !done.has(one)), ['GET /assets/{file}']);
	assert.deepEqual(kinds.filter((kind) => !told.has(kind)), []);
});

test('refusals keep to the description', async () => {
	const operator = server.as('operator');
	judge('/api/v1/appeals', 'POST', await operator.register({}, { expect: 422 }));
	judge('/api/v1/appeals', 'POST', await server.anonymous().register({}, { expect: 401 }));
	judge('/api/v1/appeals', 'POST', await server.as('leader').register({}, { expect: 403 }));
	judge('/api/v1/appeals', 'POST', await operator.request('POST', '/appeals',
		{ raw: '{', expect: 400 }));
	judge('/api/v1/appeals/{id}', 'GET', await operator.get('/appeals/LD990101000001',
		{ expect: 404 }));
	const task = leadOf(await register(server, rowOf(server, 'CGJ')));
	judge('/api/v1/tasks/{id}/complete', 'POST', await server.department('CGJ').post(
		`/tasks/${task.id}/complete`, { result: 'solved', reply: '好', attachments: [] },
		{ expect: 409 }));
	judge('/api/v1/tasks/{id}/sign', 'POST', await server.department('CGJ').post(
		`/tasks/${task.id}/sign`, {}, { etag: '"stale"', expect: 412 }));
});

/* Every example in the document, with the schema beside it. */
function* examples(node, at) {
	if (typeof node !== 'object' || node === null)
		return;
	if ('example' in node && node.schema)
		yield [[...at, 'schema'], node.example];
	for (const [name, part] of Object.entries(node))
		if (name !== 'example')
			yield* examples(part, [...at, name]);
}

test('every example keeps to the schema beside it', () => {
	const wrong = [];
	for (const [at, example] of examples(described, [])) {
		const validate = ajv.compile({ $ref: pointer(...at) });
		if (!validate(example))
			wrong.push([at.join(' '), ajv.errorsText(validate.errors)]);
	}
	assert.deepEqual(wrong, []);
});

test('every example of a body has its schema and every body an example', () => {
	for (const [path, item] of Object.entries(described.paths))
		for (const [method, operation] of Object.entries(item)) {
			const json = operation.requestBody?.content['application/json'];
			const is_bytes = operation.requestBody?.content['image/png'];
			assert.ok(!operation.requestBody || is_bytes || (json.schema && 'example' in json),
				`${method} ${path}`);
		}
});

test('the webhooks of the interface are described', () => {
	const names = Object.keys(described.webhooks ?? {});
	for (const name of ['task.dispatched', 'task.overdue', 'endpoint.test'])
		assert.ok(names.includes(name), `${name} in ${names}`);
});

test.after(() => gateway.stop());
endsCleanly(server);
