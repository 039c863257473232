/*
 * Every operation of the interface description with every kind of actor, on what is its own,
 * what is somebody else's and what is not there. What a cell shall answer follows from a table
 * of rights alone; this file knows no role's rights but what makes a thing somebody's own.
 *
 * Allowed bodies carry one unknown field, so that who has the right gets as far as 422 and
 * nothing changes.
 */
import assert from 'node:assert/strict';
import { relationOf } from './access.mjs';
import { Client, signIn } from './api.mjs';
import { sql } from './database.mjs';
import { newKey } from './keys.mjs';
import { ringing } from './pbx.mjs';
import { patiently, until } from './until.mjs';
import { attachPng } from './uploads.mjs';
import { anAppeal, askErasure, leadOf, rowOf } from './world.mjs';

export const RELATIONS = ['own', 'other', 'missing'];
const USCC = { own: '91350100M000100Y43', other: '91350100M000100Y56' };
const MISSING = { appeal: 'LD990101000001', task: 'LD990101000001-1', number: '999999999',
	item: 'DC-2026-9999', uscc: '91350100MA0000000L' };

/* ---- what is asked for ---- */

/* An object of each kind of CGJ and one of JTJ, of two intake keys, of two enterprises. */
export async function makeWorld(server) {
	const admin = server.as('admin'), supervisor = server.as('supervisor');
	const made = async (path, body) => (await supervisor.post(path, body, { expect: 201 })).json.id;
	const pair = async (make) => ({ own: await make('CGJ', 'own'), other: await make('JTJ', 'other') });

	for (const relation of ['own', 'other'])
		await admin.post('/enterprises', { uscc: USCC[relation], name: `云河${relation}公司`,
			area: 'A01', ...(relation === 'own' ? { contact_leader: 'contact1' } : {}) },
		{ expect: 201 });
	const world = {
		appeal: await pair(async (department, relation) => {
			const channel = relation === 'own' ? '110' : 'enterprise';
			return (await server.as('intake', { channel }).register(anAppeal(
				rowOf(server, department), { channel, enterprise: {
					uscc: USCC[relation], name: '云河公司' } }), { expect: 201 })).json;
		}),
		filing: await pair(async (department) => (await server.department(department)
			.post('/filings', { uscc: USCC.own, kind: 'inspection', basis: '年度计划',
				first_day: '2026-03-26', last_day: '2026-03-27' }, { expect: 201 })).json.id),
		item: await pair(async (department) => (await supervisor.post('/supervised', {
			kind: 'demand', source: 'policy', department, demand: '书面反馈',
			due: '2026-03-20' }, { expect: 200 })).json.id),
		accountability: await pair((department) => made('/accountability',
			{ department, title: '逾期', text: '多次催办无回应' })),
		leader: await pair((department) => made('/leaders',
			{ department, name: '李局长', valid_from: '2026-01-01' })),
		observation: await pair(async (department, relation) => (await (relation === 'own' ?
			server.as('observer') : await newKey(server, 'observer-2', 'observer')).post(
			'/observations', { kind: 'suggestion', text: '公开电话' }, { expect: 201 })).json.id),
		draw: await made('/lotteries', { from: '2026-03-01', until: '2026-04-01', count: 1 }),
	};
	world.attachment = {};
	for (const relation of ['own', 'other'])
		world.attachment[relation] = (await attachPng(server.as('operator'),
			world.appeal[relation].id)).id;
	world.account = (await admin.post('/accounts', { login: 'matrix', name: 'matrix',
		role: 'visitor' }, { expect: 201 })).json.id;
	world.erasure = await askErasure(server);
	world.call = (await ringing(server, server.as('operator'), '13912340042')).id;
	world.knowledge = (await server.as('dispatcher').get('/knowledge?limit=1', { expect: 200 }))
		.json.items[0].id;
	world.hook = await pair((department) => makeHook(server, department));
	await makeHandovers(server);
	world.problem = (await supervisor.post(`/appeals/${world.appeal.own.id}/rule-problem`,
		{ rule: '维护办法', problem: '无人维护', proposal: 'amend' }, { expect: 200 })).json.id;
	const page = await server.anonymous().get('/', { expect: 200 });
	world.asset = /assets\/([^"'?]+)/.exec(page.text)?.[1] ?? 'none';
	return world;
}

/* A service of either channel, each with an offer that waits and a batch of ours. */
export async function makeHandovers(server) {
	for (const [code, service, channel, item] of [['110', 'police', '110', 'F04'],
		['12346', 'hotline', '12345', 'T08']]) {
		await server.as('admin').post('/exchange/peers', { code, name: code, service,
			mode: 'live' }, { expect: 201 });
		const offer = (number, changes) => ({ sender: code, offered_by: code, number,
			sequence: 1, kind: 'offer', at: '2026-03-02T09:00:00+08:00', item, urgent: false,
			title: '移交', text: '夜间施工', ...changes });
		const program = server.as('intake', { channel });
		await program.post(`/exchange/${code}/messages`, { messages: [offer('M-1'),
			offer('M-2', { item: 'none' })] }, { expect: 200 });
		await program.post(`/exchange/${code}/batches`, {}, { expect: 201 });
	}
}

export async function makeHook(server, department) {
	return (await server.as('admin').post('/webhooks', { department,
		url: 'http://127.0.0.1:49151/', events: ['report.frozen'], format: 'standard' },
	{ expect: 201 })).json.id;
}

/* Whose object a path names: the kinds that differ by relation. */
const OBJECTS = [
	[/^\/api\/v1\/appeals\/\{id\}/, (w, rel) => w.appeal[rel]?.id ?? MISSING.appeal],
	[/^\/api\/v1\/tasks\/\{id\}/, (w, rel) =>
		w.appeal[rel] ? leadOf(w.appeal[rel]).id : MISSING.task],
	[/^\/api\/v1\/supervised\/\{id\}/, (w, rel) => w.item[rel] ?? MISSING.item],
	[/^\/api\/v1\/filings\/\{id\}/, (w, rel) => w.filing[rel] ?? MISSING.number],
	[/^\/api\/v1\/accountability\/\{id\}/, (w, rel) => w.accountability[rel] ?? MISSING.number],
	[/^\/api\/v1\/leaders\/\{id\}/, (w, rel) => w.leader[rel] ?? MISSING.number],
	[/^\/api\/v1\/webhooks\/\{id\}/, (w, rel) => w.hook[rel] ?? MISSING.number],
	[/^\/api\/v1\/accounts\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number : w.account],
	[/^\/api\/v1\/sessions\/\{id\}/, () => MISSING.number],
	[/^\/api\/v1\/attachments\/\{id\}/, (w, rel) => w.attachment[rel] ?? MISSING.number],
	[/^\/api\/v1\/observations\/\{id\}/, (w, rel) => w.observation[rel] ?? MISSING.number],
	[/^\/api\/v1\/keys\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number : '1'],
	[/^\/api\/v1\/lotteries\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number : w.draw],
	[/^\/api\/v1\/callers\/erasures\/\{id\}/, (w, rel) => rel === 'missing' ?
		MISSING.number : w.erasure],
	[/^\/api\/v1\/calls\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number : w.call],
	[/^\/api\/v1\/knowledge\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number :
		w.knowledge],
	[/^\/api\/v1\/rule-problems\/\{id\}/, (w, rel) => rel === 'missing' ? MISSING.number :
		w.problem],
	[/\{code\}/, (w, rel) => ({ own: 'CGJ', other: 'JTJ' })[rel] ?? 'NOBODY'],
	[/\{peer\}/, (w, rel) => ({ own: '110', other: '12346' })[rel] ?? 'nobody'],
	[/\{uscc\}/, (w, rel) => USCC[rel] ?? MISSING.uscc],
];
/* These are nobody's, whatever is filed below them: own and other are the same. */
const SHARED = /accounts\/\{id\}|keys\/\{id\}|sessions\/\{id\}|lotteries\/\{id\}|erasures\/\{id\}|rule-problems\/\{id\}|calls\/\{id\}|knowledge\/\{id\}|\{uscc\}\/filings/;
/* The id is the sender's to make up: nobody's yet. */
const MADE = /^PUT \/api\/v1\/(uploads|drafts)\/\{id\}$/;
const objectOf = (path) => OBJECTS.find(([pattern]) => pattern.test(path));
export const hasObject = (path) => objectOf(path) !== undefined;

export function targetOf(world, path, relation) {
	const object = objectOf(path)?.[1](world, relation) ?? MISSING.number;
	const done = path.replace('{id}', object).replace('{code}', object).replace('{uscc}', object).replace('{peer}', object)
		.replace('offers/{number}', 'offers/M-1').replace('batches/{number}', 'batches/1')
		.replace('{delivery}', '999999999').replace('{file}', world.asset)
		.replace('{period}', '2026-03').replace('{year}', '2026').replace('{unit}', 'CGJ')
		.replace('{kind}', 'limits').replace('{n}', '1').replace('{number}', '999999999');
	const department = `department=${relation === 'other' ? 'JTJ' : 'CGJ'}`;
	if (done.endsWith('/reports/2026-03/tasks.csv'))
		return `${done}?${department}`;
	return done.endsWith('/reports/2026-03/tasks') ?
		`${done}?measure=on_time&part=den&${department}` : done;
}

/* ---- who asks ---- */

/* A session that has signed out, one of a disabled account, one that is over by its age. */
async function deadSessions(server) {
	const sessions = {};
	for (const [name, role] of [['signed_out', 'visitor'], ['expired', 'reviewer'],
		['disabled', 'dispatcher']])
		sessions[name] = await server.signedIn(role);
	await sessions.signed_out.delete('/session', { expect: 204 });
	sql(server, `UPDATE auth_session SET created_at = created_at - 30 * 86400 * 1000000
		WHERE account_id = (SELECT id FROM auth_account WHERE login = 'reviewer1');
		UPDATE auth_account SET is_disabled = 1 WHERE login = 'dispatcher1';`);
	/* Any change of keys or accounts makes servers read them anew. */
	await newKey(server, 'another', 'visitor');
	await until(async () => (await sessions.disabled.get('/me')).status === 401,
		{ what: 'the disabled account to be known as such' });
	return sessions;
}

async function deadKey(server) {
	const key = await newKey(server, 'ended', 'supervisor');
	sql(server, "UPDATE auth_key SET is_disabled = 1 WHERE name = 'ended';");
	await newKey(server, 'one-more', 'visitor');
	await until(async () => (await key.get('/me')).status === 401,
		{ what: 'the disabled key to be known as such' });
	return key;
}

/*
 * [{ name, role (null: nobody), client, is_of_unit, is_outsourced }]: nobody in every way, one
 * of each role, and those who are a role with a difference.
 */
export async function makeActors(server, roles) {
	const nobody = (name, client) => ({ name, role: null, client });
	const dead = await deadSessions(server);
	const actors = [
		nobody('anonymous', server.anonymous()),
		nobody('bad_key', new Client(server, { name: 'bad key', key: 'ldk_' + 'A'.repeat(43) })),
		nobody('disabled_key', await deadKey(server)),
		nobody('signed_out_session', dead.signed_out),
		nobody('expired_session', dead.expired),
		nobody('disabled_session', dead.disabled),
	];
	for (const role of roles)
		actors.push({ name: role, role, client: role === 'intake' ?
			server.as('intake', { channel: '110' }) : role === 'department' ?
				server.department('CGJ') : server.as(role) });
	actors.push({ name: 'unit_supervisor', role: 'supervisor', is_of_unit: true,
		client: await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ') });
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader'])
		actors.push({ name: `outsourced_${role}`, role, is_outsourced: true,
			client: await newKey(server, `outsourced-${role}`, role, '--outsourced') });
	actors.push({ name: 'operator_session', role: 'operator',
		client: await server.signedIn('operator') });
	return actors;
}

/* ---- what is answered ---- */

export async function ask(server, actor, method, path) {
	const is_body = method !== 'GET' && method !== 'DELETE';
	/* Signing out is real: each time another session. */
	const client = actor.role && actor.client.account && path === '/api/v1/session' ?
		await signIn(server, actor.client.account) : actor.client;
	const idem = is_body ? `matrix-${Math.random()}` : undefined;
	/* Printing is given up under load; that says nothing of who may. */
	return patiently(() => client.request(method, path,
		{ body: is_body ? { no_such_field: 1 } : undefined, headers: { origin: server.base },
			idem }));
}

/*
 * A right that ends in "not there" although the actor may ask: nothing was sent, found or
 * frozen in this world, ranking is off. These answers are the handler's own, by their code.
 */
const EMPTY = /sessions\/\{id\}|\{delivery\}$|secrets\/\{number\}$|corrections\/\{n\}|\/bundle$|\/ranking$/;
/* So do things of which this world has none: there is no such number. */
const isEmpty = (path) => EMPTY.test(path) || (path.includes('{id}') && !hasObject(path));
/* A password, a second factor, sessions and an open screen are a person's: keys have none. */
export const OF_PEOPLE = /^\/api\/v1\/(me\/|sessions|presence)/;
/* An option of the build and a gateway, both of which this server is without. */
export const ABSENT = /\/oidc(\/|$)|\/sms\//;
/* By a token in the path, which nobody of these has. */
const PUSHED = /\/cti\//;
/* Which appeals a supervisor dispatches is a rule of the step: those of the fast lane. */
const isFastLaneOnly = (row, actor) =>
	row.handler === 'tasks_dispatch' && actor.role === 'supervisor';
/* Roles that are told what is public behind "own", because nothing belongs to this one of them. */
const OWNERS = ['intake', 'department', 'observer', 'contact'];

export function verdictOf(answer) {
	const { status, json } = answer;
	if (status === 403)
		return json?.code === 'forbidden' ? '403' : `403 ${json?.code}`;
	if (status === 401 || status === 404)
		return String(status);
	/* Bytes without a digest: asked for before anything is looked at. */
	if (json?.code === 'digest_required')
		return 'ok';
	return [200, 204, 422].includes(status) ? 'ok' : `status ${status}`;
}

/* What the table makes of a cell: ok, 401, 403, "403 own_unit_only", "403 outsourced", 404. */
export function expected(row, actor, relation) {
	if (row.is_public)
		return ABSENT.test(row.path) ? '404' : PUSHED.test(row.path) ? '401' : 'ok';
	if (!actor.role)
		return '401';
	const cell = relationOf(row, actor.role, actor.is_of_unit);
	if (cell === '-')
		return actor.is_of_unit && relationOf(row, actor.role) !== '-' ?
			'403 own_unit_only' : '403';
	if (row.is_staff_only && actor.is_outsourced)
		return '403 outsourced';
	if (OF_PEOPLE.test(row.path) && !actor.client.account)
		return '403 accounts_only';
	if (MADE.test(row.name))
		return 'ok';
	if (isEmpty(row.path) || ABSENT.test(row.path))
		return '404';
	if (relation === 'missing' && hasObject(row.path))
		return '404';
	if (isFastLaneOnly(row, actor))
		return '403';
	/* Somebody else's: a thing, or the tasks behind another's figures. */
	const is_thing = hasObject(row.path) && !SHARED.test(row.path);
	const is_others = relation === 'other' || (is_thing && cell === 'own' &&
		!OWNERS.includes(actor.role));
	if (cell === 'all' || !is_others)
		return 'ok';
	return is_thing || /reports\/\{period\}\/tasks(\.csv)?$/.test(row.path) ? '404' : 'ok';
}

/* ---- one row ---- */

/* Deleting is real where it is allowed: each time a webhook of its own. */
async function targetFor({ server, world }, row, actor, relation) {
	if (row.name !== 'DELETE /api/v1/webhooks/{id}' || expected(row, actor, relation) !== 'ok')
		return targetOf(world, row.path, relation);
	const id = await makeHook(server, relation === 'own' ? 'CGJ' : 'JTJ');
	return row.path.replace('{id}', id);
}

/* What tells a stranger one 404 from another: all but the request's own number and the hour. */
function seen({ status, headers, json }) {
	const { request_id, ...body } = json ?? {};
	const names = Object.keys(headers).filter((name) => name !== 'date').sort();
	assert.equal(typeof request_id, 'string');
	return { status, body, names, type: headers['content-type'],
		length: headers['content-length'] };
}

async function judgeCells(all, row, actor) {
	const answers = {}, wrong = [];
	for (const relation of RELATIONS) {
		const path = await targetFor(all, row, actor, relation);
		const answer = answers[relation] = await ask(all.server, actor, row.method, path);
		all.cells.asked++;
		all.cells.by_relation[relation]++;
		const found = verdictOf(answer), wanted = expected(row, actor, relation);
		if (found !== wanted)
			wrong.push(`${actor.name} (${relation}): ${found}, the table says ${wanted}: ` +
				answer.text.slice(0, 200));
	}
	/* What is missing and what is another's look alike, to the last header. */
	if (hasObject(row.path) && answers.other.status === 404)
		assert.deepEqual(seen(answers.other), seen(answers.missing), actor.name);
	return wrong;
}

/* Every actor and relation on one row; the cells in which the server is not as the row says. */
export async function judgeRow(all, row) {
	return (await Promise.all(all.actors.map((actor) => judgeCells(all, row, actor)))).flat();
}
