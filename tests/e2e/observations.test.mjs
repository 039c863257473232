/*
 * Those outside: what an outside supervisor writes and who learns of it, and what a contact
 * leader sees of the enterprises it keeps contact with.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, signIn } from './lib/api.mjs';
import { moveTo } from './lib/clock.mjs';
import { inForce, newKey } from './lib/keys.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { anAppeal, eventsOf, leadOf, ofType, register, rowOf, taskNow } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const observer = server.as('observer'), supervisor = server.as('supervisor');
const contact = server.as('contact'), admin = server.as('admin');

test('the demo has an account and a key of every role, and each signs in', async () => {
	for (const role of ['system', 'security', 'audit', 'observer', 'contact']) {
		assert.equal((await server.as(role).get('/me', { expect: 200 })).json.role, role);
		const session = await server.signedIn(role);
		assert.equal((await session.get('/me', { expect: 200 })).json.role, role);
	}
});

/* ---- outside supervisors ---- */

const seen = await register(server, rowOf(server, 'CGJ'));
const write = (body, expect, client = observer) => client.post('/observations', body, { expect });

test('an observation reaches the supervisors, its appeal\'s history, and nobody else', async () => {
	const before = (await eventsOf(server, seen.id)).length;
	const made = await write({ kind: 'observation', appeal: seen.id, text: '灯还没亮' }, 201);
	assert.equal(made.headers.location, `/api/v1/observations/${made.json.id}`);
	assert.deepEqual([made.json.kind, made.json.appeal, made.json.text, made.json.state,
		made.json.answer], ['observation', seen.id, '灯还没亮', 'open', null]);
	const events = await eventsOf(server, seen.id);
	const [event, ...others] = ofType(events, 'appeal.observed');
	assert.deepEqual([events.length, others], [before + 1, []]);
	assert.deepEqual([event.data, event.task],
		[{ kind: 'observation', observation: made.json.id }, null]);
	assert.ok(!JSON.stringify(events).includes('灯还没亮'), 'the text is not in the history');
	for (const client of [server.department('CGJ'),
		await newKey(server, 'supervisor-CGJ', 'supervisor', 'CGJ')])
		assert.deepEqual(ofType(await client.all(`/appeals/${seen.id}/events`),
			'appeal.observed'), []);
	for (const client of [supervisor, server.as('leader'), server.as('auditor'), observer])
		assert.deepEqual((await client.all('/observations')).map(({ id }) => id),
			[made.json.id]);
	for (const role of ['operator', 'admin', 'system', 'contact'])
		await server.as(role).get('/observations', { expect: 403 });
	const appeal = (await supervisor.get(`/appeals/${seen.id}`)).json;
	assert.equal(appeal.state, seen.state, 'it moves nothing');
	assert.deepEqual(appeal.tasks, seen.tasks);
});

test('a suggestion needs no appeal; an observation does, and one that exists', async () => {
	const made = (await write({ kind: 'suggestion', text: '公开报修电话' }, 201)).json;
	assert.equal(made.appeal, null);
	for (const [body, pointer] of [
		[{ kind: 'observation', text: '看到' }, '#/appeal'],
		[{ kind: 'observation', appeal: null, text: '看到' }, '#/appeal'],
		[{ kind: 'suggestion', appeal: 'LD990101000001', text: '看到' }, '#/appeal'],
		[{ kind: 'complaint', text: '看到' }, '#/kind'],
		[{ kind: 'suggestion', text: ' ' }, '#/text']]) {
		const { json } = await write(body, 422);
		assert.deepEqual(json.errors.map((one) => one.pointer), [pointer]);
	}
	assert.equal((await observer.all('/observations')).length, 2, 'nothing else was kept');
});

test('an observer sees its own; a supervisor answers once, contracted people do not', async () => {
	const second = await newKey(server, 'observer-2', 'observer');
	const [first] = await observer.all('/observations');
	assert.deepEqual(await second.all('/observations'), []);
	await second.get(`/observations/${first.id}`, { expect: 404 });
	const hired = await newKey(server, 'hired', 'supervisor', '--outsourced');
	const path = `/observations/${first.id}/answer`;
	assert.equal((await hired.post(path, { answer: '好' }, { expect: 403 })).json.code,
		'outsourced');
	await observer.post(path, { answer: '好' }, { expect: 403 });
	await supervisor.post(path, { answer: '' }, { expect: 422 });
	const answered = (await supervisor.post(path, { answer: '已督办' }, { expect: 200 })).json;
	assert.deepEqual([answered.state, answered.answer, answered.answered_by],
		['answered', '已督办', 'supervisor']);
	assert.equal((await supervisor.post(path, { answer: '又' }, { expect: 409 })).json.code,
		'already_answered');
	assert.deepEqual((await observer.get(`/observations/${first.id}`)).json, answered);
	assert.deepEqual((await supervisor.all('/observations?state=answered')).map(({ id }) => id),
		[first.id]);
	assert.deepEqual((await supervisor.all('/observations?state=open')).length, 1);
	await supervisor.post('/observations/999999999/answer', { answer: '好' }, { expect: 404 });
});

test('an outside supervisor reads masked, and of a secret caller neither name nor words', async () => {
	const secret = await register(server, rowOf(server, 'CGJ'), { title: '秘题', text: '秘文',
		caller: { name: '麤爨', phone: '15812763497', secret: true } });
	const shown = (await observer.get(`/appeals/${secret.id}`, { expect: 200 })).json;
	assert.deepEqual([shown.title, shown.text, shown.caller.name, shown.caller.phone],
		[null, null, null, null]);
	assert.equal(shown.caller.secret, true);
	const open = (await observer.get(`/appeals/${seen.id}`, { expect: 200 })).json;
	assert.deepEqual([open.title, open.caller.name], [seen.title, '王**']);
	assert.deepEqual([open.address, open.accused], [null, null]);
});

/* ---- contact leaders ---- */

const USCC = { own: '91350100M000100Y43', other: '91350100M000100Y56' };
const about = async (relation, changes = {}) => (await server.as('intake',
	{ channel: 'enterprise' }).register(anAppeal(rowOf(server, 'CGJ'), { channel: 'enterprise',
	enterprise: { uscc: USCC[relation], name: '云河公司' }, ...changes }), { expect: 201 })).json;

test('the register names contact leaders by login, leaders and contacts only', async () => {
	for (const [contact_leader, expect] of [['operator1', 422], ['nobody', 422], ['leader1', 201],
		['contact1', 201]])
		await admin.post('/enterprises', { uscc: USCC.own, name: '云河甲公司', area: 'A01',
			contact_leader }, { expect });
	await admin.post('/enterprises', { uscc: USCC.other, name: '云河乙公司', area: 'A01',
		contact_leader: 'leader1' }, { expect: 201 });
});

test('a contact leader sees its own enterprises, their appeals and figures, by key and session', async () => {
	const own = await about('own'), other = await about('other');
	const secret = await about('own', { caller: { name: '李四', phone: '13900001111',
		secret: true } });
	const none = await register(server, rowOf(server, 'CGJ'));
	for (const client of [contact, await server.signedIn('contact')]) {
		assert.deepEqual((await client.all('/enterprises')).map(({ uscc }) => uscc), [USCC.own]);
		await client.get(`/enterprises/${USCC.own}`, { expect: 200 });
		assert.deepEqual((await client.all('/appeals')).map(({ id }) => id), [own.id]);
		assert.equal((await client.get('/appeals?count=true')).json.count, 1);
		assert.deepEqual((await client.all(`/enterprises/${USCC.own}/appeals`))
			.map(({ appeal }) => appeal), [own.id]);
		await client.get(`/appeals/${own.id}`, { expect: 200 });
		await client.get(`/tasks/${leadOf(own).id}`, { expect: 200 });
		const hidden = [`/enterprises/${USCC.other}`, `/enterprises/${USCC.other}/appeals`,
			`/enterprises/${USCC.other}/figures`, ...[other, secret, none].flatMap((one) =>
				[`/appeals/${one.id}`, `/tasks/${leadOf(one).id}`])];
		for (const path of hidden)
			await client.get(path, { expect: 404 });
		assert.deepEqual((await client.all(`/appeals?q=${encodeURIComponent(other.title)}`)), []);
		for (const query of ['department=CGJ', 'state=dispatched', 'channel=enterprise',
			'due_before=2026-12-31T00:00:00%2B08:00'])
			assert.deepEqual((await client.all(`/appeals?${query}`)).map(({ id }) => id),
				[own.id], query);
		assert.deepEqual((await client.get(`/enterprises/${USCC.own}/figures`)).json,
			{ uscc: USCC.own, received: 1, open: 1, overdue: 0, ended: 0 });
	}
	await moveTo(server, '2026-05-06 10:00');
	assert.deepEqual((await contact.get(`/enterprises/${USCC.own}/figures`)).json,
		{ uscc: USCC.own, received: 1, open: 1, overdue: 1, ended: 0 });
});

test('a contact leader urges its own, and does nothing else to a task', async () => {
	const [{ id }] = await contact.all('/appeals');
	const task = leadOf((await contact.get(`/appeals/${id}`)).json);
	const urged = (await contact.post(`/tasks/${task.id}/urge`, { note: '请尽快' },
		{ expect: 200 })).json;
	assert.equal(urged.urges, 1);
	const [event] = ofType(await eventsOf(server, id), 'task.urged');
	assert.deepEqual([event.by.name, event.by.kind], ['contact', 'key']);
	const strange = leadOf(await about('other'));
	await contact.post(`/tasks/${strange.id}/urge`, { note: '请尽快' }, { expect: 404 });
	assert.equal((await taskNow(server, strange)).urges, 0);
	for (const action of ['supervise', 'escalate', 'redo', 'sign'])
		await contact.post(`/tasks/${task.id}/${action}`, {}, { expect: 403 });
});

test('whom the register does not name sees nothing, and a changed register is heeded at once', async () => {
	const added = server.command(['key', 'add', 'nobody', 'contact', 'nobody'], { expect: 0 });
	const nobody = new Client(server, { name: 'nobody', key: added.stdout.trim() });
	await inForce(nobody);
	const keyless = await newKey(server, 'keyless', 'contact');
	for (const client of [nobody, keyless]) {
		assert.deepEqual(await client.all('/appeals'), []);
		assert.deepEqual(await client.all('/enterprises'), []);
	}
	await admin.post('/enterprises', { uscc: USCC.own, name: '云河甲公司', area: 'A01' },
		{ expect: 201 });
	assert.deepEqual(await contact.all('/appeals'), []);
	await contact.get(`/enterprises/${USCC.own}`, { expect: 404 });
	const leader = await signIn(server, server.access.accounts.find(({ login }) =>
		login === 'leader1'));
	await leader.get(`/enterprises/${USCC.other}/figures`, { expect: 200 });
	await leader.get(`/enterprises/${USCC.own}/figures`, { expect: 404 });
});

endsCleanly(server);
