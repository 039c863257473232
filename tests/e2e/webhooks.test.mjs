/* Webhooks as a receiver sees them, judged by the published libraries. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { HTTP } from 'cloudevents';
import { startBot } from './lib/bots.mjs';
import { advance, moveTo } from './lib/clock.mjs';
import { isSignedBy, startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { slowness, until } from './lib/until.mjs';
import { close, leadOf, register, rowOf, sign, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const admin = server.as('admin');
const cgj = server.department('CGJ');
const RETRY_MS = 30_000;	/* the second attempt follows after five seconds */

async function subscribe(receiver, changes = {}, client = admin) {
	const answer = await client.post('/webhooks', { department: 'CGJ', url: receiver.url,
		events: ['*'], format: 'standard', ...changes }, { expect: 201 });
	receiver.secrets?.push(answer.json.secret);
	return answer.json;
}

async function withReceiver(work, options = {}, changes = {}) {
	const receiver = await startReceiver(options);
	const endpoint = await subscribe(receiver, changes);
	try {
		await work(receiver, endpoint);
	} finally {
		await admin.delete(`/webhooks/${endpoint.id}`);
		await receiver.stop();
	}
}

const arrived = (receiver, count, type) => until(() => {
	const list = type ? receiver.ofType(type) : receiver.requests;
	return list.length >= count ? list : undefined;
}, { what: `${count} webhooks ${type ?? ''}` });
const deliveries = (endpoint, state = '') =>
	admin.all(`/webhooks/${endpoint.id}/deliveries${state && `?state=${state}`}`);
const settled = (endpoint, state, count = 1) => until(async () => {
	const list = await deliveries(endpoint, state);
	return list.length >= count ? list : undefined;
}, { what: `${count} ${state} deliveries` });

test('a dispatch reaches the department, signed so that the reference library agrees', () =>
	withReceiver(async (receiver) => {
		const appeal = await register(server, rowOf(server, 'CGJ'));
		const [hook] = await arrived(receiver, 1, 'task.dispatched');
		assert.equal(hook.method, 'POST');
		assert.ok(hook.is_signed);
		assert.match(hook.id, /^[^.]+$/);
		assert.ok(Math.abs(Number(hook.headers['webhook-timestamp']) * 1000 - Date.now()) <
			60_000, 'the stamp is real time, whatever the test clock says');
		assert.match(hook.headers['content-type'], /^application\/json/);
		assert.deepEqual(Object.keys(hook.json).sort(), ['data', 'timestamp', 'type']);
		assert.equal(Date.parse(hook.json.timestamp), Date.parse(MONDAY));
		assert.equal(hook.json.data.appeal.id ?? hook.json.data.appeal, appeal.id);
		assert.equal(hook.json.data.task.id ?? hook.json.data.task, leadOf(appeal).id);
		assert.equal(hook.json.data.department.code ?? hook.json.data.department, 'CGJ');
		assert.equal(typeof hook.json.data.version, 'number');
		assert.equal(isSignedBy('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', hook), false);
	}));

test('a changed body does not verify', () => withReceiver(async (receiver) => {
	await register(server, rowOf(server, 'CGJ'));
	const [hook] = await arrived(receiver, 1);
	const forged = { ...hook, body: hook.body.replace('CGJ', 'JTJ') };
	assert.equal(isSignedBy(receiver.secrets[0], forged), false);
}));

test('seq counts 1, 2, 3 for each appeal, in order of arrival', () =>
	withReceiver(async (receiver) => {
		const appeals = [];
		for (let i = 0; i < 5; i++)
			appeals.push(await register(server, rowOf(server, 'CGJ')));
		await moveTo(server, '2026-03-20 09:00');
		await until(() => appeals.every((appeal) => receiver.requests.some((hook) =>
			hook.json.type === 'task.overdue' && hook.json.data.limit === 'done' &&
			(hook.json.data.appeal.id ?? hook.json.data.appeal) === appeal.id)),
		{ what: 'the marks of all five' });
		for (const appeal of appeals) {
			const seqs = receiver.requests.filter((hook) =>
				(hook.json.data.appeal.id ?? hook.json.data.appeal) === appeal.id)
				.map((hook) => hook.json.data.seq);
			assert.ok(seqs.length >= 3);
			assert.deepEqual(seqs, seqs.map((_, i) => i + 1));
		}
	}));

test('only the events of the own department arrive', () => withReceiver(async (receiver) => {
	await register(server, rowOf(server, 'JTJ'));
	const appeal = await register(server, rowOf(server, 'CGJ'));
	await arrived(receiver, 1, 'task.dispatched');
	assert.ok(receiver.requests.every((hook) =>
		(hook.json.data.appeal.id ?? hook.json.data.appeal) === appeal.id));
}));

test('only the events asked for arrive', () => withReceiver(async (receiver) => {
	const appeal = await register(server, rowOf(server, 'CGJ'));
	await sign(server, leadOf(appeal));
	await moveTo(server, '2026-04-20 09:00');
	await arrived(receiver, 1, 'task.card');
	assert.deepEqual([...new Set(receiver.requests.map((hook) => hook.json.type))],
		['task.card']);
}, {}, { events: ['task.card'] }));

test('no personal data goes out', () => withReceiver(async (receiver) => {
	await register(server, rowOf(server, 'CGJ'),
		{ caller: { name: '司徒慕容', phone: '13987654321' } });
	const [hook] = await arrived(receiver, 1);
	assert.ok(!hook.body.includes('13987654321') && !hook.body.includes('司徒慕容'));
}));

/* ---- what is decided about a task is told to its department ---- */

const dispatcher = server.as('dispatcher');
const supervisor = server.as('supervisor');
const CALLER = { name: '司徒慕容', phone: '13987654321' };
const act = async (client, task, action, body = {}) =>
	(await client.post(`/tasks/${task.id}/${action}`, body, { expect: 200 })).json;

/* Exactly these messages about the appeal were written and have arrived, each once and in this
 * order; gives what they say. */
async function told({ receiver, endpoint }, task, types) {
	const about = () => receiver.requests.filter((hook) => hook.json.data.appeal === task.appeal);
	const written = (await deliveries(endpoint)).filter((one) => one.appeal === task.appeal);
	assert.deepEqual(written.sort((a, b) => a.seq - b.seq).map((one) => one.type), types);
	await until(() => about().length >= types.length, { what: `${types}` });
	assert.deepEqual(about().map((hook) => hook.json.type), types);
	assert.deepEqual(about().map((hook) => hook.json.data.seq), types.map((_, i) => i + 1));
	for (const hook of about()) {
		assert.ok(hook.is_signed);
		assert.ok(!hook.body.includes(CALLER.phone) && !hook.body.includes(CALLER.name));
	}
	return about().map((hook) => hook.json.data);
}
const TASKS_ONLY = { events: ['task.*'] };
const mine = async () => leadOf(await register(server, rowOf(server, 'CGJ'), { caller: CALLER }));

test('urging, supervising and escalating are told with what was said', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const task = await mine();
		await act(supervisor, task, 'supervise', { demand: '三日内修复', due: '2026-12-31' });
		await act(supervisor, task, 'escalate', { reason: '反复投诉', to: 'JTJ' });
		await act(dispatcher, task, 'urge', { note: '请尽快办理' });
		const [, supervised, escalated, urged] = await told(hooks, task, ['task.dispatched',
			'task.supervised', 'task.escalated', 'task.urged']);
		assert.deepEqual(supervised.details, { demand: '三日内修复',
			due: '2026-12-31T23:59:59+08:00' });
		assert.deepEqual(escalated.details, { reason: '反复投诉', to: 'JTJ' });
		assert.deepEqual(urged.details, { note: '请尽快办理', urges: 1 });
		assert.equal(urged.task, task.id);
		assert.equal(urged.department, 'CGJ');
	}, {}, TASKS_ONLY));

test('of an exclusion the department is told the ground and what is published, once decided', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const EVIDENCE = '诉求人司徒慕容的来电录音';
		const task = await mine();
		await act(dispatcher, task, 'exclude', { ground: 'G4', evidence: EVIDENCE });
		await act(supervisor, task, 'exclude/refuse', { reason: '证据不足' });
		await act(dispatcher, task, 'exclude', { ground: 'G5', evidence: EVIDENCE });
		await act(supervisor, task, 'exclude/approve', { published: '恶意诉求' });
		const [, excluded] = await told(hooks, task, ['task.dispatched', 'task.excluded']);
		assert.deepEqual(excluded.details, { ground: 'G5', published: '恶意诉求' });
		assert.ok(receiver.requests.every((hook) => !hook.body.includes(EVIDENCE) &&
			!hook.body.includes('证据不足')));
	}, {}, TASKS_ONLY));

test('a return that is refused, disputed and ruled is told at each decision', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const task = await mine();
		await act(cgj, task, 'return', { reason: 'not_my_duty', basis: '三定方案' });
		await act(dispatcher, task, 'return/refuse', { reason: '属于职责清单' });
		await act(cgj, task, 'dispute', { reason: '产权不在本单位' });
		await act(supervisor, task, 'ruling', { department: 'CGJ', basis: '会议纪要' });
		const [, refused, ruled] = await told(hooks, task, ['task.dispatched',
			'task.return_refused', 'task.ruled']);
		assert.equal(refused.details.reason, '属于职责清单');
		assert.equal(refused.state, 'awaiting_sign');
		assert.equal(ruled.details.department, 'CGJ');
	}, {}, TASKS_ONLY));

test('who gave a task back is told so, and nothing of the task that follows it', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const next = await startReceiver();
		const theirs = await subscribe(next, { department: 'JTJ', ...TASKS_ONLY });
		const task = await mine();
		await act(cgj, task, 'return', { reason: 'not_my_duty', basis: '三定方案' });
		await act(dispatcher, task, 'return/accept', { redispatch_to: 'JTJ' });
		const tasks = (await supervisor.get(`/appeals/${task.appeal}`)).json.tasks;
		const follows = tasks.find((one) => one.department === 'JTJ');
		const [dispatched] = await told({ receiver: next, endpoint: theirs }, task,
			['task.dispatched']);
		assert.equal(dispatched.task, follows.id);
		const about = await told(hooks, task, ['task.dispatched', 'task.return_accepted']);
		assert.deepEqual(about.map((one) => one.task), [task.id, task.id]);
		assert.equal(about[1].state, 'returned');
		await admin.delete(`/webhooks/${theirs.id}`);
		await next.stop();
	}, {}, TASKS_ONLY));

test('extensions, pauses and stays on account are told with the due time that follows', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const task = await sign(server, await mine());
		const ASKED = { days: 5, reason: '需更换电缆', caller_informed: true };
		await act(cgj, task, 'extend', ASKED);
		await act(supervisor, task, 'extend/refuse', { reason: '理由不充分' });
		await act(cgj, task, 'extend', ASKED);
		const extended = await act(supervisor, task, 'extend/approve');
		await act(dispatcher, task, 'pause', { ground: 'disaster',
			until: extended.due.slice(0, 10) });
		await act(dispatcher, task, 'resume');
		await act(dispatcher, task, 'account', { plan: '列入明年计划',
			review_on: extended.due.slice(0, 10) });
		await act(dispatcher, task, 'unaccount');
		const all = await told(hooks, task, ['task.dispatched', 'task.extension_decided',
			'task.extension_decided', 'task.paused', 'task.resumed', 'task.on_account',
			'task.off_account']);
		assert.equal(all[1].details.approved, false);
		assert.equal(all[2].details.due, extended.due);
		assert.equal(all[2].due, extended.due);
		assert.equal(all[3].state, 'paused');
		assert.equal(all[5].state, 'on_account');
	}, {}, TASKS_ONLY));

test('a later calendar that moves the due time is told', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const task = await mine();
		const { text } = (await admin.get('/documents/calendar', { expect: 200 })).json;
		const day = task.due.slice(0, 10);
		await admin.post('/calendar', { source: '公告', text: `${text}${day}\toff\t停工\n` },
			{ expect: 201 });
		await until(async () => (await supervisor.get(`/tasks/${task.id}`)).json.due !== task.due,
			{ what: 'the due time to move' });
		const [, moved] = await told(hooks, task, ['task.dispatched', 'task.due_moved']);
		assert.equal(moved.details.from, task.due);
		assert.equal(moved.details.to, moved.due);
		assert.ok(moved.due > task.due);
}, {}, TASKS_ONLY));

test('withdrawing, restoring and reopening are told, and not why', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const operator = server.as('operator');
		const [task, parent] = [await mine(), await mine()];
		const onAppeal = (action, body) =>
			operator.post(`/appeals/${task.appeal}/${action}`, body, { expect: 200 });
		await onAppeal('merge', { into: parent.appeal });
		await onAppeal('unmerge', { reason: '司徒慕容说不是同一处' });
		await onAppeal('withdraw', { reason: '司徒慕容已撤回', confirmed_by: 'form' });
		const all = await told(hooks, task, ['task.dispatched', 'task.withdrawn',
			'task.restored', 'task.withdrawn']);
		assert.deepEqual(all.map((one) => one.state), ['awaiting_sign', 'withdrawn',
			'awaiting_sign', 'withdrawn']);
		assert.deepEqual(all.slice(1).map((one) => one.details.cause ?? one.details.state),
			['merged', 'awaiting_sign', 'withdrawn']);
	}, {}, TASKS_ONLY));

test('a failed attempt is repeated with the same id and body and a fresh signature', () =>
	withReceiver(async (receiver, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await settled(endpoint, 'failed');
		const hooks = await arrived(receiver, 2, 'task.dispatched', RETRY_MS);
		assert.equal(hooks[0].id, hooks[1].id);
		assert.equal(hooks[0].body, hooks[1].body);
		assert.ok(hooks[1].is_signed);
		assert.notEqual(hooks[0].headers['webhook-timestamp'],
			hooks[1].headers['webhook-timestamp']);
		const [delivery] = await settled(endpoint, 'delivered');
		assert.deepEqual(delivery.attempts.map((attempt) => attempt.status), [500, 204]);
		assert.ok(JSON.stringify(delivery.attempts[0]).includes('kaputt'),
			'the first bytes of the answer are kept');
	}, { answer: (hook, attempt) => attempt === 1 ?
		{ status: 500, body: 'kaputt' } : { status: 204 } }));

test('the next of an appeal waits for the one before; another receiver does not', async () => {
	const quick = await startReceiver();
	const endpoint = await subscribe(quick, { department: 'JTJ' });
	await withReceiver(async (receiver) => {
		await register(server, rowOf(server, 'CGJ'));
		await arrived(receiver, 1);
		await moveTo(server, '2026-06-01 09:00');	/* many marks queue up behind it */
		const began = Date.now();
		await register(server, rowOf(server, 'JTJ'));
		await arrived(quick, 1, 'task.dispatched');
		assert.ok(Date.now() - began < 3000 * slowness(), `${Date.now() - began} ms`);
		assert.ok(receiver.requests.every((hook) => hook.json.data.seq === 1),
			'only the first was tried');
	}, { answer: () => 'hang' });
	await admin.delete(`/webhooks/${endpoint.id}`);
	await quick.stop();
});

test('after five failures in a row what follows is held and counts no attempt', () =>
	withReceiver(async (receiver, endpoint) => {
		for (let i = 0; i < 5; i++) {
			await register(server, rowOf(server, 'CGJ'));
			await settled(endpoint, 'failed', i + 1);
		}
		const before = receiver.requests.length;
		const appeal = await register(server, rowOf(server, 'CGJ'));
		const [held] = await settled(endpoint, 'pending');
		assert.equal(held.held, true);
		assert.deepEqual(held.attempts, []);
		assert.ok(receiver.requests.slice(before).every((hook) =>
			(hook.json.data.appeal.id ?? hook.json.data.appeal) !== appeal.id));
	}, { answer: () => ({ status: 500 }) }));

test('410 disables the endpoint until it is enabled again', () =>
	withReceiver(async (receiver, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await arrived(receiver, 1);
		await until(async () => {
			const one = (await admin.all('/webhooks')).find((e) => e.id === endpoint.id);
			return one.enabled === false || one.state === 'disabled';
		}, { what: 'the endpoint to be disabled' });
		receiver.answer = () => ({ status: 204 });
		const before = receiver.requests.length;
		await register(server, rowOf(server, 'CGJ'));
		await admin.post(`/webhooks/${endpoint.id}/enable`, {}, { expect: [200, 204] });
		const next = await register(server, rowOf(server, 'CGJ'));
		await until(() => receiver.requests.slice(before).some((hook) =>
			(hook.json.data.appeal.id ?? hook.json.data.appeal) === next.id),
		{ what: 'the webhook after enabling' });
	}, { answer: () => ({ status: 410 }) }));

test('a paused endpoint gets nothing; enabled again, a replay brings what came meanwhile', () =>
	withReceiver(async (receiver, endpoint) => {
		const since = new Date().toISOString();
		const paused = (await admin.post(`/webhooks/${endpoint.id}/pause`, {}, { expect: 200 })).json;
		assert.deepEqual([paused.state, paused.disabled_for], ['disabled', 'paused']);
		const missed = await register(server, rowOf(server, 'CGJ'));
		await settled(endpoint, 'dead');
		assert.equal(receiver.requests.length, 0);
		const test = await admin.post(`/webhooks/${endpoint.id}/test`, {}, { expect: 409 });
		assert.equal(test.json.code, 'endpoint_disabled');
		const again = (await admin.post(`/webhooks/${endpoint.id}/enable`, {}, { expect: 200 })).json;
		assert.deepEqual([again.state, again.disabled_for], ['enabled', null]);
		await admin.post(`/webhooks/${endpoint.id}/replay`, { since }, { expect: 200 });
		await until(() => receiver.requests.some((hook) =>
			(hook.json.data.appeal.id ?? hook.json.data.appeal) === missed.id),
		{ what: 'the webhook after the replay' });
	}));

test('pausing what is disabled already leaves the reason', () =>
	withReceiver(async (receiver, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await until(async () => (await admin.get(`/webhooks/${endpoint.id}`)).json.state === 'disabled',
			{ what: 'the endpoint to be disabled' });
		const paused = (await admin.post(`/webhooks/${endpoint.id}/pause`, {}, { expect: 200 })).json;
		assert.equal(paused.disabled_for, 'gone');
	}, { answer: () => ({ status: 410 }) }));

test('a redirect is not followed', async () => {
	const target = await startReceiver();
	await withReceiver(async (receiver, endpoint) => {
		await register(server, rowOf(server, 'CGJ'));
		await settled(endpoint, 'failed');
		assert.equal(target.requests.length, 0);
	}, { answer: () => ({ status: 307, headers: { location: target.url } }) });
	await target.stop();
});

test('after a rotation both secrets verify, and the new one signs first', () =>
	withReceiver(async (receiver, endpoint) => {
		const old = receiver.secrets[0];
		const answer = await admin.post(`/webhooks/${endpoint.id}/rotate`, {}, { expect: 200 });
		assert.notEqual(answer.json.secret, old);
		const left = Date.parse(answer.json.old_secrets_until) - Date.now();
		assert.ok(left > 86_000_000 && left <= 86_400_000, `the old one signs along for a day: ${left}`);
		receiver.secrets?.push(answer.json.secret);
		await register(server, rowOf(server, 'CGJ'));
		const [hook] = await arrived(receiver, 1);
		assert.equal(hook.headers['webhook-signature'].split(' ').length, 2);
		assert.ok(isSignedBy(old, hook));
		const [first] = hook.headers['webhook-signature'].split(' ');
		assert.ok(isSignedBy(answer.json.secret,
			{ body: hook.body, headers: { ...hook.headers, 'webhook-signature': first } }));
	}));

test('a test event reaches the endpoint', () => withReceiver(async (receiver, endpoint) => {
	await admin.post(`/webhooks/${endpoint.id}/test`, {}, { expect: [200, 201, 202, 204] });
	const [hook] = await arrived(receiver, 1, 'endpoint.test');
	assert.ok(hook.is_signed);
}));

test('one delivery and a time range can be sent again, unchanged', () =>
	withReceiver(async (receiver, endpoint) => {
		const since = new Date(Date.now() - 1000).toISOString();
		await register(server, rowOf(server, 'CGJ'));
		await register(server, rowOf(server, 'CGJ'));
		const list = await settled(endpoint, 'delivered', 2);
		const before = receiver.requests.map((hook) => hook.id);
		await admin.post(`/webhooks/${endpoint.id}/deliveries/${list[0].id}/replay`, {},
			{ expect: [200, 202, 204] });
		await arrived(receiver, 3);
		assert.ok(before.includes(receiver.requests[2].id));
		assert.equal(receiver.requests[2].body,
			receiver.requests.find((hook) => hook.id === receiver.requests[2].id).body);
		await settled(endpoint, 'delivered', 2);	/* the one sent again is done */
		await admin.post(`/webhooks/${endpoint.id}/replay`,
			{ since, until: new Date(Date.now() + 60_000).toISOString() },
			{ expect: [200, 202, 204] });
		await arrived(receiver, 5);
		assert.ok(receiver.requests.every((hook) => hook.is_signed));
	}));

test('the format cloudevents is read by the published library', () =>
	withReceiver(async (receiver) => {
		const appeal = await register(server, rowOf(server, 'CGJ'));
		const [hook] = await arrived(receiver, 1);
		assert.match(hook.headers['content-type'], /^application\/cloudevents\+json/);
		const event = HTTP.toEvent({ headers: hook.headers, body: hook.body });
		assert.equal(event.specversion, '1.0');
		assert.match(event.type, /task\.dispatched$/);
		assert.ok(event.validate());
		assert.equal(event.data.appeal.id ?? event.data.appeal, appeal.id);
		assert.ok(hook.is_signed);
	}, {}, { format: 'cloudevents' }));

test('a department keeps its own endpoints and sees no others', async () => {
	const receiver = await startReceiver();
	const mine = await subscribe(receiver, {}, cgj);
	const theirs = await subscribe(receiver, { department: 'JTJ' });
	assert.match(mine.secret, /^whsec_[A-Za-z0-9+/]+=*$/);
	const list = await cgj.all('/webhooks');
	assert.deepEqual(list.map((one) => one.id), [mine.id]);
	assert.ok(!JSON.stringify(list).includes(mine.secret), 'the secret was shown once');
	for (const [method, path] of [['GET', '/deliveries'], ['POST', '/rotate'], ['POST', '/test'],
		['POST', '/enable'], ['POST', '/pause'], ['DELETE', '']])
		await cgj.request(method, `/webhooks/${theirs.id}${path}`,
			{ body: method === 'POST' ? {} : undefined, expect: 404 });
	await cgj.post('/webhooks', { department: 'JTJ', url: receiver.url, events: ['*'],
		format: 'standard' }, { expect: [403, 404, 422] });
	await cgj.delete(`/webhooks/${mine.id}`, { expect: [200, 204] });
	await admin.delete(`/webhooks/${theirs.id}`, { expect: [200, 204] });
	assert.deepEqual(await cgj.all('/webhooks'), []);
	await receiver.stop();
});

const FORBIDDEN = ['ftp://127.0.0.1/x', 'http://user:pw@127.0.0.1/', 'gopher://127.0.0.1/',
	'file:///etc/passwd', 'not a url', '', 'https://', 'http://169.254.169.254/latest/',
	'http://10.0.0.1/', 'http://192.168.1.1/', 'http://0.0.0.0/', 'http://[::1]/',
	'http://[::ffff:10.0.0.1]/'];

for (const url of FORBIDDEN)
	test(`the receiver ${JSON.stringify(url)} is never dialled`, async () => {
		const answer = await admin.post('/webhooks', { department: 'CGJ', url, events: ['*'],
			format: 'standard' }, { expect: [201, 422] });
		if (answer.status === 422)
			return;
		await register(server, rowOf(server, 'CGJ'));
		const [delivery] = await settled(answer.json, 'failed');
		assert.ok(!delivery.attempts.some((attempt) => Number(attempt.status) >= 100),
			JSON.stringify(delivery.attempts));
		await admin.delete(`/webhooks/${answer.json.id}`, { expect: [200, 204] });
	});

test('a task that is reopened after the archive is told so', () =>
	withReceiver(async (receiver, endpoint) => {
		const hooks = { receiver, endpoint };
		const task = await close(server, await mine());
		await visit(server, task, 'satisfied');
		await until(async () => {
			await advance(server, { days: 10 });
			return (await supervisor.get(`/tasks/${task.id}`)).json.state === 'archived';
		}, { what: 'the archive' });
		await server.as('operator').post(`/appeals/${task.appeal}/reopen`,
			{ reason: '又不亮了' }, { expect: 200 });
		const all = await told(hooks, task, ['task.dispatched', 'task.review_passed',
			'task.visited', 'task.reopened']);
		assert.equal(all[3].round, 2);
		assert.equal(all[3].details.due, all[3].due);
	}, {}, TASKS_ONLY));

test('unknown events, formats, departments and fields are 422', async () => {
	const good = { department: 'CGJ', url: 'http://127.0.0.1:49151/', events: ['*'],
		format: 'standard' };
	for (const changes of [{ events: [] }, { events: ['task.exploded'] }, { events: 'task.*' },
		{ format: 'xml' }, { department: 'NOPE' }, { secret: 'whsec_AAAA' }])
		await admin.post('/webhooks', { ...good, ...changes }, { expect: 422 });
});

test('where the server does not know its address a bot is told so, and has the number of the task', async () => {
	const bot = await startBot('wecom');
	const { id } = await subscribe(bot, { events: ['task.dispatched', 'endpoint.test'], format: 'wecom' });
	try {
		await admin.post(`/webhooks/${id}/test`, {}, { expect: 200 });
		const task = leadOf(await register(server, rowOf(server, 'CGJ')));
		await until(() => bot.codes.length >= 2, { what: 'two messages' });
		const all = bot.said().map((one) => one.text).join('\n');
		assert.ok(all.includes('未设置 public\\_url，消息不带链接'), all);
		assert.ok(all.includes(`工单 ${task.id}`) && !all.includes(']('), all);
		assert.match(fs.readFileSync(server.log_file, 'utf8'),
			new RegExp(`bot_without_links .* endpoint=${id} `));
	} finally {
		await admin.delete(`/webhooks/${id}`);
		await bot.stop();
	}
});

endsCleanly(server);
