/*
 * Ten thousand random steps on some dozens of appeals at once, mostly legal ones, with a clock
 * that jumps from minutes to days and over the Spring Festival. After each step the answer is
 * what the model says: state, versions, due times, what is possible instead; and a random
 * reader sees what it may. TEST_STEPS (10000) and TEST_SEED say how many and which.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { moveTo, ms } from './lib/clock.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { inParallel } from './lib/until.mjs';
import { rowOf } from './lib/world.mjs';
import { dueOfClass } from './model/due.mjs';
import { doer, persons, register } from './model/places.mjs';
import * as model from './model/states.mjs';
import { APPEAL_BODIES, TASK_BODIES } from './model/twin.mjs';

const STEPS = Number(process.env.TEST_STEPS ?? 10_000);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
const START = '2026-02-09T09:00:00+08:00';
const LIVING = 36;
const AT_ONCE = 4;
const STEPS_A_TURN = 12;
const HOUR = 3_600_000;
/* Its choices between turns; within a turn each appeal has dice of its own, since turns run at
 * once and a seed must lead the same way again. */
const random = dice(SEED);
const server = await startServer({ clock: START });
const who = await persons(server);
const DEPARTMENTS = ['CGJ', 'JTJ', 'GAJ'];
const done = { steps: 0, refused: 0, reads: 0, jumps: 0 };
const by = {};
let now = ms(START);
const all = [];

/* ---- what else must hold beside the table, so that a step that is legal is also allowed ---- */

const unused = (appeal) => DEPARTMENTS.filter((code) =>
	!appeal.tasks.some((task) => task.department === code));
/* A supervisor who did not dispatch the task, a dispatcher likewise. */
const other = (task, role) => task.dispatched_by === who[role].name ? who[role + '2'] : who[role];

const NEEDS = {
	complete: (t) => t.is_contacted,
	return: (t) => now <= dueOfClass(t.limit_class, 'returning', t.dispatched_at),
	extend: (t) => t.extensions === 0 && now < t.due + 1000 && t.limit_class === 'L3',
	'extend/approve': (t) => t.role === 'lead',
	assist: (t, a) => unused(a).length > 0 && a.tasks.length < 9,
	'assist-delay': (t, a) => a.tasks.some((one) => one.role === 'assist' && model.isOpen(one)),
	redo: (t, a) => a.state !== 'withdrawn',
};

function bodyOf(task, action, { appeal, random }) {
	const free = unused(appeal);
	if (action === 'assist')
		return { departments: [random.pick(free)] };
	if (action === 'assist-delay')
		return { note: '催办', assist: random.pick(appeal.tasks.filter((one) =>
			one.role === 'assist' && model.isOpen(one))).id };
	if (action === 'return/accept' && free.length > 0 && random.chance(0.5))
		return { reason: '确非其职责', redispatch_to: random.pick(free) };
	if (action === 'ruling' && free.length > 0 && random.chance(0.5))
		return { department: random.pick(free), basis: '研究决定' };
	if (action === 'review')
		return { pass: random.chance(0.75), reason: '核对资料' };
	if (action === 'visits' && random.chance(0.35))
		return { ...TASK_BODIES.visits(), solved: 'no',
			result: random.pick(['neutral', 'dissatisfied', 'very_dissatisfied']),
			reason: random.pick(['result', 'policy', 'attitude']) };
	if (action === 'extend')
		return { ...TASK_BODIES.extend(), days: 1 + random.below(5) };
	return TASK_BODIES[action](task, now, appeal);
}

function personOf(task, action, random) {
	if (action === 'ruling' || action.startsWith('return/'))
		return other(task, 'supervisor');
	if (action.startsWith('extend/'))
		return other(task, 'dispatcher');
	if (action === 'exclude')
		return random.pick([who.reviewer, who.dispatcher, who.supervisor]);
	if (action.startsWith('exclude/'))
		return task.exclusion_by === who.supervisor.name ? who.supervisor2 : who.supervisor;
	return doer(who, task, action);
}

/* ---- steps ---- */

/* How often a step is chosen, against the others; 1 where nothing stands here. */
const WEIGHTS = { sign: 8, contact: 6, complete: 8, review: 8, visits: 1, urge: 0.4,
	supervise: 0.3, escalate: 0.2, progress: 0.6, exclude: 0.4, 'assist-delay': 0.4,
	account: 0.6, ruling: 0.4 };

function choose(list, random) {
	const weight = ([action, task]) => (WEIGHTS[action] ?? 1) *
		(task.state === 'visited' || (task.state === 'closed' && action !== 'visits') ? 0.1 : 1);
	let at = random.next() * list.reduce((sum, one) => sum + weight(one), 0);
	return list.find((one) => (at -= weight(one)) < 0) ?? list[0];
}

async function taskStep(twin) {
	const { appeal, random } = twin;
	/* What is settled is mostly left alone, so that it comes to the archive. */
	if (appeal.tasks.every((task) => !model.isOpen(task)) && random.chance(0.7))
		return false;
	const list = appeal.tasks.flatMap((task) => model.allowed(task).filter((action) =>
		!NEEDS[action] || NEEDS[action](task, appeal)).map((action) => [action, task]));
	if (list.length === 0)
		return false;
	const [action, task] = choose(list, random);
	await twin.task(task, action, personOf(task, action, random),
		{ body: bodyOf(task, action, twin), now });
	by[action] = (by[action] ?? 0) + 1;
	return true;
}

/* What the table refuses is refused with what is possible instead, and moves nothing. */
async function illegalStep(twin) {
	const { random } = twin;
	const task = random.pick(twin.appeal.tasks);
	const action = random.pick(model.TASK_ACTIONS);
	if (!task || model.isLegal(task, action))
		return;
	const client = action.startsWith('exclude/') ? who.supervisor : doer(who, task, action);
	const answer = await client.post(`/tasks/${task.id}/${action}`,
		TASK_BODIES[action](task, now, twin.appeal), { expect: 409 });
	assert.deepEqual(answer.json.allowed, model.allowed(task),
		`${action} of ${task.id}: ${twin.story()}`);
	done.refused += 1;
}

async function appealStep(twin) {
	const { appeal, random } = twin;
	const free = unused(appeal);
	const actions = model.appealAllowed(appeal).filter((action) =>
		!['merge', 'unmerge', 'answer'].includes(action) &&
		(action !== 'dispatch' || (appeal.state === 'accepted' && free.length > 0)) &&
		(action !== 'reopen' || model.leadOf(appeal) || free.length > 0) &&
		(!['withdraw', 'refuse', 'transfer'].includes(action) || random.chance(0.1)) &&
		(!['withdraw', 'refuse', 'transfer/acknowledge'].includes(action) ||
			appeal.children.length === 0));
	if (actions.length === 0)
		return false;
	const action = random.pick(actions);
	const body = action === 'dispatch' ? { department: random.pick(free), limit_class: 'L3' } :
		APPEAL_BODIES[action](appeal);
	await twin.whole(action, action === 'dispatch' ? who.dispatcher : who.operator,
		{ body, now });
	by[action] = (by[action] ?? 0) + 1;
	return true;
}

/* A department knows of what it has, or had, a task of; others find nothing there. */
async function read(twin) {
	const code = twin.random.pick(DEPARTMENTS);
	const answer = await who[code].get(`/appeals/${twin.appeal.id}`,
		{ expect: model.isSeenBy(twin.appeal, code) ? 200 : 404 });
	if (answer.status === 200)
		assert.ok(answer.json.tasks.every((task) => task.department === code));
	done.reads += 1;
}

async function turn(twin) {
	const { random } = twin;
	twin.clockTo(now);
	for (let i = 0; i < STEPS_A_TURN; i++) {
		const moved = random.chance(0.12) || twin.appeal.tasks.length === 0 ?
			await appealStep(twin) : await taskStep(twin) || await appealStep(twin);
		done.steps += moved ? 1 : 0;
		if (random.chance(0.12) && twin.appeal.tasks.length > 0)
			await illegalStep(twin);
		if (random.chance(0.08))
			await read(twin);
		if (!moved || random.chance(0.35))
			break;
	}
}

async function moveBy(step) {
	now += step;
	await moveTo(server, new Date(now).toISOString());
}

/* Two appeals at once: one after the other, since both move. */
async function mergeStep(living) {
	const child = random.pick(living);
	if (child.appeal.state === 'merged') {
		await child.whole('unmerge', who.operator, { now });
		/* What ran out meanwhile happens with the next step of the clock. */
		await moveBy(60_000);
	} else {
		const parent = random.pick(living.filter((one) => one !== child &&
			['accepted', 'dispatched'].includes(one.appeal.state)));
		if (!parent || child.appeal.asked || child.appeal.children.length > 0 ||
		    !model.isAppealLegal(child.appeal, 'merge'))
			return;
		await child.whole('merge', who.operator, { now, parent });
	}
	by.merging = (by.merging ?? 0) + 1;
	done.steps += 1;
}

async function newcomer() {
	const changes = { caller: { name: '王小明', phone: '13800001234',
		visit_wanted: random.chance(0.7) } };
	const where = random.chance(0.15) ? { category: '160101', area: 'A01' } :
		rowOf(server, 'CGJ');
	const twin = await register(who, changes, where);
	twin.random = dice(SEED + all.length);
	all.push(twin);
	return twin;
}

async function jump() {
	await moveBy(random.pick([10 * 60_000, HOUR, 5 * HOUR, 15 * HOUR, 24 * HOUR, 70 * HOUR]));
	done.jumps += 1;
}

const isOver = ({ appeal }) => ['withdrawn', 'refused', 'transferred', 'archived']
	.includes(appeal.state) && !random.chance(0.02);

test(`${STEPS} random steps lead where the model says (seed ${SEED})`, async (t) => {
	let living = [];
	while (done.steps < STEPS) {
		living = living.filter((twin) => !isOver(twin) || twin.appeal.children.length > 0);
		while (living.length < LIVING)
			living.push(await newcomer());
		if (random.chance(0.6))
			await jump();
		for (const twin of living)
			twin.clockTo(now);
		await inParallel(living, AT_ONCE, turn);
		await mergeStep(living);
		if (random.chance(0.1)) {
			const one = random.pick(living);
			one.clockTo(now);
			await one.assertSame();
		}
	}
	t.diagnostic(JSON.stringify(done));
	t.diagnostic(JSON.stringify(by));
});

test('at the end every appeal has the history that the model has', async () => {
	for (const twin of all)
		twin.clockTo(now);
	await inParallel(all, 8, (twin) => twin.assertSame());
	assert.deepEqual(all.filter(({ appeal }) => appeal.state === 'dispatched' &&
		!model.leadOf(appeal)).map(({ appeal }) => appeal.id), [], 'dispatched without a lead');
	assert.ok(done.refused > STEPS / 100 && done.reads > STEPS / 100);
});

endsCleanly(server);
