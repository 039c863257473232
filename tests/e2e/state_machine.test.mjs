/*
 * Every action as every role in every state, against the model: what is legal there is done on
 * a fresh object and compared, everything else is refused as the model says and moves nothing.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTo, ms } from './lib/clock.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { eventsOf } from './lib/world.mjs';
import { TASK_PLACES, APPEAL_PLACES, doer, persons, register, walk }
	from './model/places.mjs';
import * as model from './model/states.mjs';
import { APPEAL_BODIES, TASK_BODIES } from './model/twin.mjs';

const server = await startServer({ clock: MONDAY });
const who = await persons(server);
const NOW = ms(MONDAY);
const STAFF = ['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor', 'leader',
	'auditor', 'admin'];

/* All that a refused step must leave as it was. */
async function picture({ appeal }) {
	const read = await who.supervisor.get(`/appeals/${appeal.id}`, { expect: 200 });
	return { json: read.json, etag: read.headers.etag,
		events: await eventsOf(server, appeal.id) };
}

/* [client, role, what the model expects before the state is asked] */
function askers(task, appeal) {
	const other = task?.department === 'JTJ' ? 'GAJ' : 'JTJ';
	const own = task?.department ?? 'CGJ';
	return [
		...STAFF.map((role) => ({ name: role, client: who[role], role })),
		{ name: 'own department', client: who[own], role: 'department',
			is_blind: !model.isSeenBy(appeal, own) },
		{ name: 'other department', client: who[other], role: 'department',
			is_blind: !appeal.tasks.some((one) => one.department === other) },
		{ name: 'own intake', client: who.intake, role: 'intake',
			is_blind: appeal.channel !== '110' },
		{ name: 'other intake', client: who.enterprise, role: 'intake', is_blind: true },
	];
}

const statusOf = (asker, may, is_legal) => !may ? 403 : asker.is_blind ? 404 :
	is_legal ? null : 409;

function assertProblem(answer, expected, names, story) {
	assert.equal(answer.status, expected, `${story}: ${answer.status} ${answer.text}`);
	if (expected !== 409)
		return;
	assert.equal(answer.json.code, 'illegal_step', story);
	assert.deepEqual(answer.json.allowed, names, `${story}: allowed`);
}

const done = { task: 0, appeal: 0 };

for (const [name, place] of Object.entries(TASK_PLACES))
	test(`${name}: every action by every role is refused as the model says, or done`,
		async () => {
			const { twin, task } = await place(who, NOW);
			await twin.assertSame();
			const before = await picture(twin);
			for (const action of model.TASK_ACTIONS)
				for (const asker of askers(task, twin.appeal)) {
					const may = model.mayTask(asker.role, action);
					const expected = statusOf(asker, may, model.isLegal(task, action));
					if (expected === null)
						continue;
					const answer = await asker.client.post(`/tasks/${task.id}/${action}`,
						TASK_BODIES[action](task, NOW, twin.appeal));
					/* Whether a role or the secrecy of the task is told first is one. */
					assertProblem(answer, expected === 403 && answer.status === 404 &&
						asker.is_blind ? 404 : expected, model.allowed(task),
					`${name}, ${action} by ${asker.name}`);
					done.task += 1;
				}
			assert.deepEqual(await picture(twin), before, 'nothing moved');
		});

/* An assist's delay needs an assist, an assist a department that has none. */
async function prepare(twin, action, task) {
	if (action === 'assist-delay')
		await twin.task(task, 'assist', doer(who, task, 'assist'), { now: NOW });
}

for (const [name, place] of Object.entries(TASK_PLACES))
	test(`${name}: every legal action leads where the model says`, async () => {
		const { task: sample } = await place(who, NOW);
		for (const action of model.allowed(sample)) {
			const { twin, task } = await place(who, NOW);
			await prepare(twin, action, task);
			const client = action.startsWith('extend/') ? who.dispatcher2 :
				doer(who, task, action);
			if (action === 'extend' && task.extensions > 0) {
				const answer = await client.post(`/tasks/${task.id}/extend`,
					TASK_BODIES.extend(), { expect: 409 });
				assert.equal(answer.json.code, 'extension_used');
				continue;
			}
			if (action === 'extend/approve' && task.role === 'assist') {
				const answer = await client.post(`/tasks/${task.id}/extend/approve`, {},
					{ expect: 409 });
				assert.equal(answer.json.code, 'after_the_lead');
				continue;
			}
			/* A ruling writes the catalogue: another receiver only where it is nobody's. */
			const body = action === 'ruling' && name.includes('disputed') ?
				{ department: 'JTJ', basis: '研究决定' } : undefined;
			await twin.task(task, action, client, { body, now: NOW });
			await twin.assertSame();
			done.task += 1;
		}
	});

for (const [name, place] of Object.entries(APPEAL_PLACES))
	test(`appeal ${name}: every action by every role is refused as the model says`,
		async () => {
			const twin = await place(who, NOW);
			const { appeal } = twin;
			const parent = await register(who);
			const before = await picture(twin);
			for (const action of model.APPEAL_ACTIONS)
				for (const asker of askers(twin.lead, appeal)) {
					const may = model.mayAppeal(asker.role, action);
					/* A supervisor dispatches in the fast lane alone. */
					const is_slow = asker.role === 'supervisor' && action === 'dispatch';
					const expected = is_slow ? 403 :
						statusOf(asker, may, model.isAppealLegal(appeal, action));
					if (expected === null)
						continue;
					const answer = await asker.client.post(
						`/appeals/${appeal.id}/${action}`,
						APPEAL_BODIES[action](parent.appeal));
					assertProblem(answer, expected === 403 && answer.status === 404 &&
						asker.is_blind ? 404 : expected, model.appealAllowed(appeal),
					`${name}, ${action} by ${asker.name}`);
					done.appeal += 1;
				}
			assert.deepEqual(await picture(twin), before, 'nothing moved');
		});

/* The lead that there is takes assists alone; who returned the appeal does not get it again. */
function dispatchBody({ appeal }) {
	const lead = model.leadOf(appeal);
	if (lead)
		return { department: lead.department, assist: ['GAJ'] };
	return appeal.tasks.length > 0 ? { department: 'JTJ', limit_class: 'L3' } : undefined;
}

for (const [name, place] of Object.entries(APPEAL_PLACES))
	test(`appeal ${name}: every legal action leads where the model says`, async () => {
		const sample = await place(who, NOW);
		for (const action of model.appealAllowed(sample.appeal)) {
			const twin = await place(who, NOW);
			const parent = action === 'merge' ? await register(who) : undefined;
			const client = action === 'dispatch' ? who.dispatcher : who.operator;
			const body = action === 'dispatch' ? dispatchBody(twin) : undefined;
			await twin.whole(action, client, { parent, body, now: NOW });
			await twin.assertSame();
			await parent?.assertSame();
			done.appeal += 1;
		}
	});

test('an archived task and appeal take what the model says, and nothing else', async () => {
	const twins = [];
	for (let i = 0; i < 4; i++) {
		const twin = await register(who, {}, undefined);
		await walk(who, twin, twin.lead, ['sign', 'contact', 'complete', 'review', 'visits'],
			NOW);
		twins.push(twin);
	}
	const later = ms('2026-03-10 09:00');
	await moveTo(server, '2026-03-10 09:00');
	for (const twin of twins) {
		twin.clockTo(later);
		await twin.assertSame();
		assert.equal(twin.appeal.state, 'archived');
	}
	const [first, ...fresh] = twins;
	const before = await picture(first);
	for (const action of model.TASK_ACTIONS)
		for (const asker of askers(first.lead, first.appeal)) {
			const expected = statusOf(asker, model.mayTask(asker.role, action),
				model.isLegal(first.lead, action));
			if (expected === null)
				continue;
			const answer = await asker.client.post(`/tasks/${first.lead.id}/${action}`,
				TASK_BODIES[action](first.lead, later, first.appeal));
			assertProblem(answer, expected === 403 && answer.status === 404 &&
				asker.is_blind ? 404 : expected, model.allowed(first.lead),
			`archived, ${action} by ${asker.name}`);
		}
	assert.deepEqual(await picture(first), before);
	await fresh[0].task(fresh[0].lead, 'exclude', who.reviewer, { now: later });
	await fresh[0].assertSame();
	await fresh[1].whole('reopen', who.operator, { now: later });
	await fresh[1].assertSame();
	for (const action of model.APPEAL_ACTIONS.filter((one) => one !== 'reopen')) {
		const client = action === 'dispatch' ? who.dispatcher : who.operator;
		const answer = await client.post(`/appeals/${fresh[2].appeal.id}/${action}`,
			APPEAL_BODIES[action](first.appeal));
		assertProblem(answer, 409, ['reopen'], `archived, ${action}`);
	}
	await fresh[2].assertSame();
});

test('the walk was a long one', (t) => {
	t.diagnostic(`${done.task} steps on tasks, ${done.appeal} on appeals`);
	assert.ok(done.task > 8000 && done.appeal > 800, JSON.stringify(done));
});

endsCleanly(server);
