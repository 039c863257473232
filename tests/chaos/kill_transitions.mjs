/*
 * Every kind of transition, each on an object of its own, all sent at once, and a kill -9 while
 * they are on their way. Afterwards each object is as it was before or as it is after, and the
 * same request with its key leads to the one same end.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { moveTo, now } from '../e2e/lib/clock.mjs';
import { sql } from '../e2e/lib/database.mjs';
import { inParallel } from '../e2e/lib/until.mjs';
import { anAppeal, close, complete, contact, leadOf, review, rowOf, sign, visit }
	from '../e2e/lib/world.mjs';

const UNROUTED = { category: '160101', area: 'A01' };
const ANSWER = { channel: 'phone', reached: true, contacted: true, solved: 'no',
	result: 'satisfied', attitude: 'satisfied', truthful: true, reason: null, note: '' };

const AREAS = 11;

/* What is prepared before a kill. A ruling changes who gets the next appeal of its category and
 * area, so each round rules on another area. */
function maker(server, round = 0) {
	const where = rowOf(server, 'CGJ');
	const unruled = server.access.catalogue.filter((row) => row.department !== 'JTJ');
	const operator = server.as('operator');
	const own = server.department('CGJ');
	const post = (role, path, body = {}) => server.as(role).post(path, body, { expect: 200 });
	const step = async (task, action, body, client = own) =>
		(await client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 })).json;
	const appeal = async (place = where, changes = {}) =>
		(await operator.register(anAppeal(place, changes), { expect: 201 })).json;
	const fresh = async () => leadOf(await appeal());
	const inHand = async () => {
		const task = await fresh();
		await sign(server, task);
		return contact(server, task);
	};
	const returning = async () => step(await fresh(), 'return',
		{ reason: 'not_my_duty', basis: '三定规定', propose: 'JTJ' });
	const merged = async () => {
		const child = await appeal();
		const parent = await appeal();
		return (await post('operator', `/appeals/${child.id}/merge`, { into: parent.id })).json;
	};
	const dispatcher = server.as('dispatcher');
	const supervisor = server.as('supervisor');
	return {
		appeal, fresh, inHand, returning, merged,
		quarrel: async () => leadOf(await appeal({ area: `A${String(2 + round % AREAS)
			.padStart(2, '0')}`, category: unruled[Math.floor(round / AREAS)].category })),
		pending: async () => complete(server, await inHand()),
		closed: async () => close(server, await fresh()),
		unrouted: () => appeal(UNROUTED, { content_class: 'consultation' }),
		disputable: async () => {
			const task = await returning();
			return step(task, 'return/refuse', { reason: '职责明确' }, dispatcher);
		},
		extending: async () => step(await inHand(), 'extend',
			{ days: 3, reason: '需采购', caller_informed: true }),
		paused: async (until = '2026-03-20') => step(await inHand(), 'pause',
			{ ground: 'disaster', until }, dispatcher),
		onAccount: async () => step(await inHand(), 'account',
			{ plan: '列入年度计划', review_on: '2026-06-01' }, dispatcher),
		excluding: async () => step(await fresh(), 'exclude',
			{ ground: 'G6', evidence: '停电通知' }, dispatcher),
		answered: async () => (await post('operator', `/appeals/${(await appeal(UNROUTED,
			{ content_class: 'consultation' })).id}/answer`, { text: '已答复' })).json,
		transferring: async () => (await post('operator', `/appeals/${(await appeal(UNROUTED))
			.id}/transfer`, { to: '110', reason: '涉及治安' })).json,
		visited: async () => visit(server, await close(server, await fresh()), 'satisfied'),
		supervisor,
	};
}

/* kind -> [what to prepare, who, the action on it, its body, the events that it makes]. */
const TASK_KINDS = {
	sign: ['fresh', 'own', 'sign', {}, ['task.signed']],
	complete: ['inHand', 'own', 'complete', { result: 'solved', reply: '已修好。',
		attachments: [] }, ['task.completed']],
	'review, pass': ['pending', 'reviewer', 'review', { pass: true, reason: '' },
		['task.review_passed']],
	'review, refuse': ['pending', 'reviewer', 'review', { pass: false, reason: '不完整' },
		['task.review_failed']],
	visit: ['closed', 'visitor', 'visits', ANSWER, ['task.visited']],
	'visit that asks a redo': ['closed', 'visitor', 'visits', { ...ANSWER,
		result: 'dissatisfied', reason: 'result' }, ['task.visited', 'task.redo']],
	redo: ['visited', 'reviewer', 'redo', { reason: '未修好' }, ['task.redo']],
	return: ['fresh', 'own', 'return', { reason: 'not_my_duty', basis: '三定规定',
		propose: 'JTJ' }, ['task.return_requested']],
	'return accepted': ['returning', 'dispatcher', 'return/accept', { redispatch_to: 'JTJ' },
		['task.return_accepted', 'task.dispatched']],
	'return refused': ['returning', 'dispatcher', 'return/refuse', { reason: '职责明确' },
		['task.return_refused']],
	dispute: ['disputable', 'own', 'dispute', { reason: '坚持意见' }, ['task.disputed']],
	ruling: ['quarrel', 'supervisor', 'ruling', { department: 'JTJ', basis: '联席会议' },
		['task.ruled', 'task.dispatched']],
	extend: ['inHand', 'own', 'extend', { days: 2, reason: '需采购', caller_informed: true },
		['task.extension_requested']],
	'extension approved': ['extending', 'dispatcher', 'extend/approve', {},
		['task.extension_decided']],
	pause: ['inHand', 'dispatcher', 'pause', { ground: 'disaster', until: '2026-03-20' },
		['task.paused']],
	resume: ['paused', 'dispatcher', 'resume', {}, ['task.resumed']],
	account: ['inHand', 'dispatcher', 'account', { plan: '列入计划', review_on: '2026-06-01' },
		['task.on_account']],
	unaccount: ['onAccount', 'dispatcher', 'unaccount', {}, ['task.off_account']],
	exclude: ['fresh', 'dispatcher', 'exclude', { ground: 'G2', evidence: '法院受理通知' },
		['task.exclusion_requested']],
	'exclusion approved': ['excluding', 'supervisor', 'exclude/approve', {},
		['task.excluded']],
	assist: ['inHand', 'own', 'assist', { departments: ['JTJ', 'GAJ'] },
		['task.dispatched', 'task.dispatched']],
	urge: ['fresh', 'dispatcher', 'urge', {}, ['task.urged']],
	escalate: ['fresh', 'supervisor', 'escalate', { reason: '反复投诉' }, ['task.escalated']],
};
const APPEAL_KINDS = {
	dispatch: ['unrouted', 'dispatcher', 'dispatch', { department: 'CGJ', assist: ['JTJ'],
		advice: '' }, ['task.dispatched', 'task.dispatched']],
	answer: ['unrouted', 'operator', 'answer', { text: '已答复' }, ['appeal.answered']],
	refuse: ['unrouted', 'operator', 'refuse', { reason: 'litigation', told: '请向法院起诉' },
		['appeal.refused']],
	transfer: ['unrouted', 'operator', 'transfer', { to: '110', reason: '涉及治安' },
		['appeal.transfer_asked']],
	'transfer acknowledged': ['transferring', 'operator', 'transfer/acknowledge',
		{ by: '110值班员' }, ['appeal.transferred']],
	withdraw: ['appeal', 'operator', 'withdraw', { reason: '已解决',
		confirmed_by: 'recording' }, ['task.withdrawn', 'appeal.withdrawn']],
	merge: ['appeal', 'operator', 'merge', null, ['task.withdrawn', 'appeal.merged']],
	unmerge: ['merged', 'operator', 'unmerge', { reason: '并错' },
		['task.restored', 'appeal.unmerged']],
	reopen: ['answered', 'operator', 'reopen', { reason: '有新情况' }, ['appeal.reopened']],
};
export const KINDS = [...Object.keys(TASK_KINDS), ...Object.keys(APPEAL_KINDS)];

/* Everything about an appeal that an answer or a row shows, but what a retry may not repeat. */
async function stateOf(server, appeal_id) {
	const supervisor = server.as('supervisor');
	const appeal = (await supervisor.get(`/appeals/${appeal_id}`, { expect: 200 })).json;
	const events = await supervisor.all(`/appeals/${appeal_id}/events`);
	const tasks = appeal.tasks.map((task) => BigInt(task.id.slice(2).replace('-', '')
		.replace(/(\d)$/, '0$1')));
	const deadlines = tasks.length === 0 ? [] : sql(server, `SELECT task_id, limit_kind, stage,
		next_at, due FROM deadlines_deadline WHERE task_id IN (${tasks.join(',')})
		ORDER BY task_id, limit_kind`);
	return { appeal, events, deadlines };
}

async function prepare(server, kind, round) {
	const make = maker(server, round);
	const is_task = kind in TASK_KINDS;
	const [what, who, action, body, types] = (TASK_KINDS[kind] ?? APPEAL_KINDS[kind]);
	const object = await make[what]();
	const appeal_id = is_task ? object.appeal : object.id;
	const full = body ?? { into: (await make.appeal()).id };
	return { kind, types, appeal_id, key: randomUUID(), body: full,
		client: () => who === 'own' ? server.department('CGJ') : server.as(who),
		path: `/${is_task ? 'tasks' : 'appeals'}/${object.id}/${action}`,
		before: await stateOf(server, appeal_id) };
}

const send = (one, expect) => one.client().post(one.path, one.body,
	{ idem: one.key, expect, timeout: 60_000 });

/* The numbers of the events are the versions of the appeal, without a gap. */
function assertWhole(state, where) {
	assert.deepEqual(state.events.map((event) => event.seq),
		state.events.map((_, i) => i + 1), `${where}: numbers of the events`);
	assert.equal(state.appeal.version, state.events.length, `${where}: version`);
}

const caused = (one, state) => state.events.slice(one.before.events.length)
	.map((event) => event.type);

/* One kill: { before, after } counts how many of the transitions it found undone and done. */
export async function killAmongTransitions(server, { round, moment, is_database }) {
	const all = await inParallel(KINDS, 8, (kind) => prepare(server, kind, round));
	const sent = all.map((one) => send(one).catch(() => undefined));
	await new Promise((resolve) => { setTimeout(resolve, moment); });
	if (is_database)
		server.killDatabase();
	await server.kill();
	await Promise.all(sent);
	await server.restart();
	const counts = { before: 0, after: 0 };
	await inParallel(all, 8, async (one) => {
		const found = await stateOf(server, one.appeal_id);
		const types = caused(one, found);
		assertWhole(found, one.kind);
		if (types.length === 0)
			assert.deepEqual(found, one.before, `${one.kind}: nothing of it happened`);
		else
			assert.deepEqual(types, one.types, `${one.kind}: all of it happened`);
		counts[types.length === 0 ? 'before' : 'after'] += 1;
		const again = await send(one, 200);
		const end = await stateOf(server, one.appeal_id);
		assert.deepEqual(caused(one, end), one.types, `${one.kind}: it happened once`);
		if (types.length > 0)
			assert.deepEqual(end, found, `${one.kind}: the repeat changed nothing`);
		assertWhole(end, one.kind);
		assert.ok(again.json);
	});
	return counts;
}

/* Catalogue versions made by rulings, and rulings on record: always the same number. */
export function rulings(server) {
	const [[versions]] = sql(server, `SELECT COUNT(*) FROM reference_document
		WHERE kind = 3 AND source LIKE '指定承办%'`);
	const [[events]] = sql(server, `SELECT COUNT(*) FROM history_event
		WHERE JSON_VALUE(data, '$.catalogue_version') > 0
			AND kind IN (16, 17, 19)`);
	return { versions: Number(versions), events: Number(events) };
}

const DAYS_LATER = 60;

/* What happens by itself, with a kill while the clock is being moved over its moment. */
export async function killWhileTimePasses(server, { moment }) {
	const make = maker(server);
	const until = new Date(Date.parse(await now(server)) + 18 * 86_400_000).toISOString();
	const paused = await make.paused(until);
	const settled = await make.visited();
	const later = new Date(Date.parse(await now(server)) + DAYS_LATER * 86_400_000).toISOString();
	const moved = moveTo(server, later).catch(() => undefined);
	await new Promise((resolve) => { setTimeout(resolve, moment); });
	await server.kill();
	await moved;
	await server.restart();
	for (const id of [paused.appeal, settled.appeal])
		assertWhole(await stateOf(server, id), 'jobs');
	await moveTo(server, later);
	const once = async (id, type, n = 1) => assert.equal((await stateOf(server, id)).events
		.filter((event) => event.type === type).length, n, type);
	await once(paused.appeal, 'task.resumed');
	await once(paused.appeal, 'task.overdue', 1);
	await once(settled.appeal, 'task.archived');
	assert.equal((await stateOf(server, settled.appeal)).appeal.state, 'archived');
}
