/*
 * A task in every state that its table knows, and in every variant that changes what may be
 * done; an appeal likewise. Each is made by the steps that lead there, judged on the way.
 */
import { anAppeal, row, rowOf } from '../lib/world.mjs';
import { newKey } from '../lib/keys.mjs';
import { Twin } from './twin.mjs';

export const UNROUTED = { category: '160101', area: 'A01' };
let pair = 0;

/* Persons: a second one where the same may not do both. */
export async function persons(server) {
	const all = { server, CGJ: server.department('CGJ'), JTJ: server.department('JTJ'),
		GAJ: server.department('GAJ') };
	for (const role of ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor',
		'leader', 'auditor', 'admin'])
		all[role] = server.as(role);
	all.intake = server.as('intake', { channel: '110' });
	all.enterprise = server.as('intake', { channel: 'enterprise' });
	for (const role of ['dispatcher', 'supervisor'])
		all[role + '2'] = await newKey(server, `second-${role}`, role);
	return all;
}

export async function register(who, changes = {}, where = rowOf(who.server, 'CGJ')) {
	const client = changes.channel === '110' ? who.intake : who.operator;
	const answer = await client.register(anAppeal(where, changes), { expect: 201 });
	const asked = changes.caller?.visit_wanted !== false &&
		!['suggestion', 'praise'].includes(changes.content_class);
	return new Twin(who.server, answer.json, { asked, accused: changes.accused?.department });
}

/* A pair of codes that nothing is known of, so that a ruling changes no other test. */
export function freshPair() {
	const area = `A0${2 + (pair >> 2) % 8}`;	/* A01 stays as it is */
	return { category: `16010${1 + pair++ % 4}`, area };
}

const DISSATISFIED = { channel: 'phone', reached: true, contacted: true, solved: 'no',
	result: 'dissatisfied', attitude: 'neutral', truthful: true, reason: 'result', note: '' };

/* Steps in words: "sign" by whoever does that; with a body where it matters. */
const BY = { review: 'reviewer', visits: 'visitor', redo: 'reviewer',
	'return/accept': 'supervisor2', 'return/refuse': 'supervisor2', ruling: 'supervisor2',
	'extend/approve': 'dispatcher2', 'extend/refuse': 'dispatcher2', pause: 'dispatcher',
	resume: 'dispatcher', account: 'dispatcher', unaccount: 'dispatcher',
	exclude: 'reviewer', 'exclude/approve': 'supervisor', 'exclude/refuse': 'supervisor',
	urge: 'dispatcher', supervise: 'supervisor', escalate: 'supervisor' };
export const doer = (who, task, action) => who[BY[action] ?? task.department];

export async function walk(who, twin, task, steps, now) {
	for (const step of steps) {
		const [action, body] = Array.isArray(step) ? step : [step];
		await twin.task(task, action, doer(who, task, action), { body, now });
	}
	return { twin, task };
}

const CLOSED = ['sign', 'contact', 'complete', 'review'];
/* name -> steps, from a task that awaits its signature */
const STEPS = {
	awaiting_sign: [],
	in_hand: ['sign', 'contact'],
	'return_requested (unsigned)': ['return'],
	'return_requested (signed)': ['sign', 'return'],
	'awaiting_sign, return refused': ['return', 'return/refuse'],
	'in_hand, return refused': ['sign', 'contact', 'return', 'return/refuse'],
	'return_requested, disputed': ['sign', 'return', 'return/refuse', 'dispute'],
	'in_hand, ruled': ['sign', 'contact', 'ruling'],
	'in_hand, extension asked': ['sign', 'contact', 'extend'],
	'in_hand, extended': ['sign', 'contact', 'extend', 'extend/approve'],
	paused: ['sign', 'contact', 'pause'],
	on_account: ['sign', 'contact', 'account'],
	review_pending: ['sign', 'contact', 'complete'],
	'review_pending, extension asked': ['sign', 'contact', 'extend', 'complete'],
	closed: CLOSED,
	'closed, extension asked': ['sign', 'contact', 'extend', 'complete', 'review'],
	visited: [...CLOSED, 'visits'],
	'in_hand, round 2': [...CLOSED, ['visits', DISSATISFIED], 'contact'],
	'review_pending, round 2': [...CLOSED, 'redo', 'contact', 'complete'],
	'closed, round 2': [...CLOSED, 'redo', 'contact', 'complete', 'review'],
	'visited, round 2': [...CLOSED, 'redo', 'contact', 'complete', 'review', 'visits'],
	'in_hand, exclusion asked': ['sign', 'contact', 'exclude'],
	'in_hand, excluded': ['sign', 'contact', 'exclude', 'exclude/approve'],
	returned: ['sign', 'return', 'return/accept'],
	'returned, exclusion asked': ['return', 'return/accept', 'exclude'],
};
/* An assist may not outlast its lead, so none is extended alone. */
const LEAD_ONLY = /disputed|ruled|on_account|extended/;

async function lead(who, now, where) {
	const twin = await register(who, {}, where);
	if (twin.appeal.tasks.length === 0)
		await twin.whole('dispatch', who.dispatcher, { now });
	return { twin, task: twin.lead };
}

async function assist(who, now) {
	const { twin, task } = await lead(who, now);
	await walk(who, twin, task, ['sign', 'contact', 'assist'], now);
	return { twin, task: twin.appeal.tasks[1] };
}

export const TASK_PLACES = {};
for (const [name, steps] of Object.entries(STEPS)) {
	TASK_PLACES[`lead: ${name}`] = async (who, now) => {
		const made = await lead(who, now, /ruled|disputed/.test(name) ? freshPair() : undefined);
		return walk(who, made.twin, made.task, steps, now);
	};
	if (!LEAD_ONLY.test(name))
		TASK_PLACES[`assist: ${name}`] = async (who, now) => {
			const made = await assist(who, now);
			return walk(who, made.twin, made.task, steps, now);
		};
}
for (const made of [lead, assist])
	TASK_PLACES[`${made.name}: withdrawn`] = async (who, now) => {
		const { twin, task } = await made(who, now);
		await twin.whole('withdraw', who.operator, { now });
		return { twin, task };
	};

export const APPEAL_PLACES = {
	accepted: (who) => register(who, { content_class: 'consultation', channel: '110' },
		UNROUTED),
	/* Its lead was returned, its assist goes on. */
	async 'accepted, an assist left'(who, now) {
		const twin = await APPEAL_PLACES.accepted(who);
		await twin.whole('dispatch', who.dispatcher, { now,
			body: { department: 'CGJ', limit_class: 'L3', assist: ['GAJ'] } });
		await walk(who, twin, twin.lead, ['return', 'return/accept'], now);
		return twin;
	},
	async 'accepted, an assist left, transferring'(who, now) {
		const twin = await APPEAL_PLACES['accepted, an assist left'](who, now);
		await twin.whole('transfer', who.operator, { now });
		return twin;
	},
	async 'accepted, transferring'(who, now) {
		const twin = await APPEAL_PLACES.accepted(who);
		await twin.whole('transfer', who.operator, { now });
		return twin;
	},
	async dispatched(who, now) {
		const twin = await APPEAL_PLACES.accepted(who);
		await twin.whole('dispatch', who.dispatcher, { now });
		return twin;
	},
	async 'dispatched, transferring'(who, now) {
		const twin = await APPEAL_PLACES['accepted, transferring'](who, now);
		await twin.whole('dispatch', who.dispatcher, { now });
		return twin;
	},
	async closed(who, now) {
		const twin = await APPEAL_PLACES.dispatched(who, now);
		await walk(who, twin, twin.lead, CLOSED, now);
		return twin;
	},
	async answered(who, now) {
		const twin = await APPEAL_PLACES.accepted(who);
		await twin.whole('answer', who.operator, { now });
		return twin;
	},
	async refused(who, now) {
		const twin = await APPEAL_PLACES.accepted(who);
		await twin.whole('refuse', who.operator, { now });
		return twin;
	},
	async transferred(who, now) {
		const twin = await APPEAL_PLACES['accepted, transferring'](who, now);
		await twin.whole('transfer/acknowledge', who.operator, { now });
		return twin;
	},
	async merged(who, now) {
		const parent = await register(who, {}, row(who.server, 'L3'));
		const twin = await APPEAL_PLACES.dispatched(who, now);
		await twin.whole('merge', who.operator, { parent, now });
		return twin;
	},
	async withdrawn(who, now) {
		const twin = await APPEAL_PLACES.dispatched(who, now);
		await twin.whole('withdraw', who.operator, { now });
		return twin;
	},
};
