/*
 * Invented lives, played through the interface with the test clock: each seed has a caller with
 * one phone, who comes again and again, and takes its own turns. What was done is written down
 * as facts of the recount; whether a step is possible is left to the server, which refuses what
 * is not, and only what it did counts.
 */
import assert from 'node:assert/strict';
import { local, moveTo } from '../e2e/lib/clock.mjs';
import { rowOf } from '../e2e/lib/world.mjs';
import { DAY, nameOf, dayNamed } from './calendar.mjs';
import { dice } from './histories.mjs';

const DEPARTMENTS = ['CGJ', 'JTJ', 'GSGS'];
const REFUSED = [403, 404, 409, 422];
const LEVELS = ['very_satisfied', 'satisfied', 'basically_satisfied', 'neutral',
	'dissatisfied', 'very_dissatisfied'];
const REDO_FOR = ['result', 'attitude', 'speed'];
const isRedo = ({ result, reason }) => /dissatisfied$/.test(result ?? '') &&
	REDO_FOR.includes(reason);

/* Every third day's morning and afternoon, and the last minute of each month. */
export function moments(from, to) {
	const list = [];
	for (let day = dayNamed(from); day < dayNamed(to); day++) {
		const is_last = nameOf(day + 1).endsWith('-01');
		if (day % 2 === 0)
			list.push(`${nameOf(day)} 09:30`, `${nameOf(day)} 16:00`);
		if (is_last)
			list.push(`${nameOf(day)} 23:59:59`, `${nameOf(day + 1)} 00:00`);
	}
	return list;
}

/* One seed: its dice, its caller, its appeals. */
class Life {
	constructor(server, seed, index) {
		this.server = server;
		this.d = dice(seed);
		this.index = index;
		this.phone = `139${String(10000000 + index)}`;
		this.own = [];
		this.done = {};
	}

	/* True when the server took the step, which is counted. */
	async try(client, path, body, what) {
		const answer = await client.post(path, body, { expect: [200, ...REFUSED] });
		if (answer.status !== 200)
			return null;
		this.done[what] = (this.done[what] ?? 0) + 1;
		return answer.json;
	}

	async register(now) {
		const { d, server } = this;
		const where = rowOf(server, d.pick(DEPARTMENTS));
		const earlier = d.chance(0.5) && this.own.length > 0 ? d.pick(this.own).where : where;
		const body = {
			channel: d.pick(['110', '12345', 'enterprise', 'web']), content_class: 'help',
			category: earlier.category, area: earlier.area, title: `生活 ${this.index}`,
			text: `第 ${this.index} 位来电人的第 ${this.own.length + 1} 件诉求。`,
			caller: { name: '来电人', phone: this.phone, visit_wanted: !d.chance(0.1) },
		};
		const appeal = (await server.as('operator').register(body, { expect: 201 })).json;
		const [task] = appeal.tasks;
		for (const one of this.own)
			if (one.where.category === earlier.category)
				one.fact.again.push(now);
		this.own.push({ where: earlier, appeal: appeal.id, task: task.id, state: task.state,
			fact: { id: task.id, department: task.department, channel: body.channel,
				dispatched: now, sign_due: Date.parse(task.sign_due), signed: null,
				contact_due: Date.parse(task.contact_due), contacted: null,
				due: Date.parse(task.due), original_due: Date.parse(task.due), close: null,
				is_extended: false, left: null, excluded: null,
				is_visitable: body.caller.visit_wanted, visits: [], redos: [],
				submissions: [], returns: [], again: [] } });
		/* The window to give back is short, and so are the limits to sign and to call. */
		const one = this.own.at(-1);
		for (let n = d.below(5); n > 0; n--)
			await d.pick(STEPS[one.state] ?? [async () => {}])(this, one, now);
	}

	/* Some steps of one appeal, all in one moment. */
	async turn(now) {
		const { d } = this;
		if (this.own.length === 0 || (this.own.length < 4 && d.chance(0.12)))
			return this.register(now);
		const one = d.pick(this.own);
		for (let n = d.below(4); n > 0; n--)
			await d.pick(STEPS[one.state] ?? [async () => {}])(this, one, now);
	}
}

const inTask = (one, action) => `/tasks/${one.task}/${action}`;
const department = (life, one) => life.server.department(one.fact.department);
const take = (one, json) => {
	one.state = json.state;
	return json;
};

/* ---- steps of the department ---- */

async function sign(life, one, now) {
	const json = await life.try(department(life, one), inTask(one, 'sign'), {}, 'sign');
	if (json)
		one.fact.signed = take(one, json) && now;
}

async function contact(life, one, now) {
	const json = await life.try(department(life, one), inTask(one, 'contact'),
		{ channel: 'phone', outcome: 'reached', note: '已联系' }, 'contact');
	if (json)
		one.fact.contacted ??= now;
}

async function complete(life, one, now) {
	const json = await life.try(department(life, one), inTask(one, 'complete'),
		{ result: 'solved', reply: '您好，问题已经处理完毕，感谢反映。', attachments: [] },
		'complete');
	if (!json)
		return;
	take(one, json);
	one.submitted = now;
	if (one.fact.close === null)
		one.fact.submissions.push({ at: now, is_refused: false });
}

async function giveBack(life, one) {
	const json = await life.try(department(life, one), inTask(one, 'return'),
		{ reason: 'not_my_duty', basis: '三定方案', propose: null }, 'return');
	if (json)
		one.fact.returns.push({ is_refused: !take(one, json) });
}

async function extend(life, one) {
	const json = await life.try(department(life, one), inTask(one, 'extend'),
		{ days: 3, reason: '需要备件', caller_informed: true }, 'extend');
	if (!json || life.d.chance(0.3))
		return;
	const approved = await life.try(life.server.as('dispatcher'), inTask(one, 'extend/approve'),
		{}, 'extend/approve');
	if (approved) {
		one.fact.due = Date.parse(approved.due);
		one.fact.is_extended = true;
	}
}

/* ---- steps of the centre ---- */

async function review(life, one, now) {
	const pass = life.d.chance(0.65);
	const json = await life.try(life.server.as('reviewer'), inTask(one, 'review'),
		{ pass, reason: '审核意见' }, pass ? 'pass' : 'refuse');
	if (!json)
		return;
	take(one, json);
	if (pass && one.fact.redos.length > 0)
		one.fact.redos[0].passed ??= now;
	else if (!pass && one.fact.close === null)
		one.fact.submissions.at(-1).is_refused = true;
	if (pass)
		one.fact.close ??= one.submitted;
}

async function visit(life, one, now) {
	const { d } = life;
	const maybe = (values) => (d.chance(0.2) ? null : d.pick(values));
	const reached = d.chance(0.8);
	const body = { channel: 'phone', reached, contacted: null, solved: null, result: null,
		attitude: null, truthful: null, reason: null, note: '回访' };
	if (reached)
		Object.assign(body, { contacted: maybe([true, false]), result: maybe(LEVELS),
			solved: maybe(['yes', 'partly', 'no']), reason: maybe([...REDO_FOR, 'policy']) });
	const was_answerable = ['closed', 'visited'].includes(one.state);
	const json = await life.try(life.server.as('visitor'), inTask(one, 'visits'), body, 'visit');
	if (!json)
		return;
	one.fact.visits.push({ at: now, ...body });
	if (was_answerable && isRedo(body) && one.fact.redos.length === 0) {
		one.fact.redos.push({ from: now, passed: null });
		life.done.redo = (life.done.redo ?? 0) + 1;
	}
	take(one, (await life.server.as('supervisor').get(`/tasks/${one.task}`,
		{ expect: 200 })).json);
}

async function redo(life, one, now) {
	const json = await life.try(life.server.as('reviewer'), inTask(one, 'redo'),
		{ reason: '复查不合格' }, 'redo by hand');
	if (json)
		one.fact.redos.push({ from: now, passed: take(one, json) && null });
}

async function accept(life, one, now) {
	const json = await life.try(life.server.as('dispatcher'), inTask(one, 'return/accept'), {},
		'return/accept');
	if (json)
		one.fact.left = { how: 'returned', at: take(one, json) && now };
}

async function refuse(life, one) {
	const json = await life.try(life.server.as('dispatcher'), inTask(one, 'return/refuse'),
		{ reason: '属于职责范围' }, 'return/refuse');
	if (json)
		one.fact.returns.at(-1).is_refused = take(one, json) && true;
}

async function account(life, one, now) {
	const json = await life.try(life.server.as('dispatcher'), inTask(one, 'account'),
		{ plan: '列入计划', review_on: nameOf(Math.floor(now / DAY) + 100) }, 'account');
	if (json)
		one.fact.left = { how: 'on_account', at: take(one, json) && now };
}

async function unaccount(life, one) {
	const json = await life.try(life.server.as('dispatcher'), inTask(one, 'unaccount'), {},
		'unaccount');
	if (!json)
		return;
	one.fact.left = null;
	one.fact.due = Date.parse(take(one, json).due);
	one.fact.contact_due = Date.parse(json.contact_due);
}

async function exclude(life, one, now) {
	if (!life.d.chance(0.2) || !await life.try(life.server.as('dispatcher'),
		inTask(one, 'exclude'), { ground: 'G6', evidence: '证明' }, 'exclude'))
		return;
	if (await life.try(life.server.as('supervisor'), inTask(one, 'exclude/approve'), {},
		'exclude/approve'))
		one.fact.excluded = now;
}

function restore(one) {
	Object.assign(one, { state: one.before.state, parent: undefined });
	one.fact.left = one.before.left;
}

/* One caller's word; who was merged into the appeal goes on alone. */
async function withdraw(life, one, now) {
	const confirmed_by = life.d.pick(['recording', 'none']);
	if (!life.d.chance(0.3) || !await life.try(life.server.as('operator'),
		`/appeals/${one.appeal}/withdraw`, { reason: '诉求人撤回', confirmed_by },
		`withdraw ${confirmed_by}`))
		return;
	life.own.filter((other) => other.parent === one).forEach(restore);
	one.fact.left = { how: 'withdrawn', at: now, is_confirmed: confirmed_by !== 'none' };
	one.state = 'withdrawn';
}

/* Into another appeal of the same caller, and sometimes apart again at once. */
async function merge(life, one, now) {
	const parent = life.d.pick(life.own);
	if (parent === one || life.own.some((other) => other.parent === one) || parent.parent ||
	    !await life.try(life.server.as('operator'), `/appeals/${one.appeal}/merge`,
		    { into: parent.appeal }, 'merge'))
		return;
	Object.assign(one, { parent, before: { left: one.fact.left, state: one.state },
		state: 'withdrawn' });
	one.fact.left = { how: 'merged', at: now };
	if (life.d.chance(0.5) && await life.try(life.server.as('operator'),
		`/appeals/${one.appeal}/unmerge`, { reason: '不是同一件事' }, 'unmerge'))
		restore(one);
}

const STEPS = {
	awaiting_sign: [sign, sign, sign, sign, giveBack, giveBack, withdraw, merge, exclude],
	in_hand: [contact, contact, complete, complete, complete, extend, giveBack, account,
		withdraw, merge, exclude],
	return_requested: [accept, refuse, refuse],
	review_pending: [review, review, review, visit],
	on_account: [unaccount],
	closed: [visit, visit, visit, redo, exclude],
	visited: [visit, visit, redo, exclude],
	returned: [exclude],
};

/* What must have been done, or the lives say nothing of it. */
const LEAST = { sign: 100, contact: 100, complete: 100, pass: 60, refuse: 20, visit: 60, redo: 3,
	'redo by hand': 5, return: 20, 'return/accept': 5, 'return/refuse': 5, account: 5,
	unaccount: 3, 'extend/approve': 5, 'exclude/approve': 5, 'withdraw none': 5,
	'withdraw recording': 5, merge: 3, unmerge: 1 };

/* Plays them all from one day to another; facts and how often each step was taken. */
export async function live(server, seed, count, from, to) {
	const lives = Array.from({ length: count }, (_, i) => new Life(server, seed + i, i));
	const done = {};
	for (const moment of moments(from, to)) {
		await moveTo(server, moment);
		/* Side by side: each life touches its own appeals only. */
		const now = Date.parse(local(moment));
		await Promise.all(lives.filter((life) => life.d.chance(0.4))
			.map((life) => life.turn(now)));
	}
	for (const life of lives)
		for (const [what, n] of Object.entries(life.done))
			done[what] = (done[what] ?? 0) + n;
	for (const [what, n] of Object.entries(LEAST))
		assert.ok((done[what] ?? 0) >= n, `${what}: ${done[what] ?? 0} of ${n}; seed ${seed}`);
	return { facts: lives.flatMap((life) => life.own.map((one) => one.fact)), done };
}
