/*
 * The sending side under receivers as they are: busy, gone, slow, broken, untrusted. Schedule,
 * breaker and watch are shortened by settings; what is asked of them is the same.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { isSignedBy, startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { inParallel, slowness, until } from './lib/until.mjs';
import { register, rowOf } from './lib/world.mjs';

const TRUSTED = fs.mkdtempSync(path.join(os.tmpdir(), 'liandong-ca-'));
process.once('exit', () => fs.rmSync(TRUSTED, { recursive: true, force: true }));

function makeCertificate(name) {
	const [key, cert] = [path.join(TRUSTED, `${name}.key`), path.join(TRUSTED, `${name}.pem`)];
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
		'-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
	{ stdio: 'ignore' });
	return { key: fs.readFileSync(key), cert: fs.readFileSync(cert), file: cert };
}

const known = makeCertificate('known');
const unknown = makeCertificate('unknown');
const server = await startServer({ clock: MONDAY, env: {
	LIANDONG_WEBHOOK_SCHEDULE: '0,1,1,1',
	LIANDONG_WEBHOOK_TIMEOUT: '2',
	LIANDONG_WEBHOOK_BREAKER_OPEN: '2',
	LIANDONG_WEBHOOK_SILENT_AFTER: '3',
	LIANDONG_WEBHOOK_CA_FILE: known.file,
} });
const admin = server.as('admin');

async function subscribe(url, changes = {}) {
	return (await admin.post('/webhooks', { department: 'CGJ', url, events: ['*'],
		format: 'standard', ...changes }, { expect: 201 })).json;
}

async function withReceiver(work, options = {}, changes = {}) {
	const receiver = await startReceiver(options);
	const endpoint = await subscribe(receiver.url, changes);
	receiver.secrets.push(endpoint.secret);
	try {
		await work(receiver, endpoint);
	} finally {
		await admin.delete(`/webhooks/${endpoint.id}`);
		await receiver.stop();
	}
}

const send = (department = 'CGJ') => register(server, rowOf(server, department));
const deliveries = (endpoint, state = '') =>
	admin.all(`/webhooks/${endpoint.id}/deliveries${state && `?state=${state}`}`);
const settled = (endpoint, state, count = 1) => until(async () => {
	const list = await deliveries(endpoint, state);
	return list.length >= count ? list : undefined;
}, { what: `${count} ${state} deliveries` });
const requests = (receiver, count) =>
	until(() => receiver.requests.length >= count && receiver.requests,
		{ what: `${count} requests, ${receiver.requests.length} so far` });
const endpointNow = async (endpoint) =>
	(await admin.get(`/webhooks/${endpoint.id}`, { expect: 200 })).json;
const errorsOf = (delivery) => delivery.attempts.map((attempt) => attempt.error);
const statusesOf = (delivery) => delivery.attempts.map((attempt) => attempt.status);

for (const [how, value] of [['seconds', () => '3'],
	['a date', () => new Date(Date.now() + 3500).toUTCString()]])
	test(`a Retry-After in ${how} is waited for`, () => withReceiver(async (receiver) => {
		await send();
		const [first, second] = await requests(receiver, 2);
		const waited = second.at - first.at;
		assert.ok(waited > 2400 && waited < 6500 * slowness(), `waited ${waited} ms`);
	}, { answer: (hook, attempt) => attempt === 1 ?
		{ status: 429, headers: { 'retry-after': value() } } : { status: 204 } }));

test('every attempt has the same id and body, its own stamp, and a valid signature', () =>
	withReceiver(async (receiver, endpoint) => {
		await send();
		await settled(endpoint, 'delivered');
		const hooks = receiver.requests;
		assert.equal(hooks.length, 4);
		assert.equal(new Set(hooks.map((hook) => hook.id)).size, 1);
		assert.equal(new Set(hooks.map((hook) => hook.body)).size, 1);
		assert.ok(hooks.every((hook) => hook.is_signed));
		const stamps = hooks.map((hook) => Number(hook.headers['webhook-timestamp']));
		assert.ok(stamps[3] > stamps[0]);
		hooks.forEach((hook, i) => assert.ok(Math.abs(stamps[i] - hook.at / 1000) < 3));
	}, { answer: (hook, attempt) => ({ status: attempt < 4 ? 500 : 204 }) }));

test('after the last attempt a message is dead, seen as such, and the next one goes out', () =>
	withReceiver(async (receiver, endpoint) => {
		const appeal = await send();
		const [dead] = await settled(endpoint, 'dead');
		assert.deepEqual(statusesOf(dead), [500, 500, 500, 500]);
		assert.equal(dead.appeal, appeal.id);
		await moveTo(server, '2026-03-09 09:00');
		const seqs = await until(() => {
			const list = receiver.requests.filter((hook) => hook.json.data.seq > 1);
			return list.length >= 2 && list.map((hook) => hook.json.data.seq);
		}, { what: 'the ones behind the dead one' });
		assert.deepEqual(seqs.slice(0, 2), [2, 3]);
		receiver.answer = () => ({ status: 204 });
		await admin.post(`/webhooks/${endpoint.id}/deliveries/${dead.id}/replay`, {},
			{ expect: 200 });
		const [again] = await until(async () => {
			const list = await deliveries(endpoint, 'delivered');
			return list.some((one) => one.id === dead.id) &&
				list.filter((one) => one.id === dead.id);
		}, { what: 'the dead one to be delivered' });
		assert.equal(again.attempts.length, 5);
		assert.equal(again.attempts[4].trigger, 'manual');
	}, { answer: (hook) => ({ status: hook.json.data.seq === 1 ? 500 : 204 }) }));

for (const [how, error] of [['reset', 'reset'], ['hang', 'timeout']])
	test(`a receiver that answers by a ${how} is told of as ${error} and tried again`, () =>
		withReceiver(async (receiver, endpoint) => {
			await send();
			const [delivery] = await settled(endpoint, 'delivered');
			assert.deepEqual(errorsOf(delivery), [error, null]);
			assert.deepEqual(statusesOf(delivery), [null, 204]);
		}, { answer: (hook, attempt) => attempt === 1 ? how : { status: 204 } }));

test('nobody at the port is told of as connect', async () => {
	const receiver = await startReceiver();
	const endpoint = await subscribe(receiver.url);
	await receiver.stop();
	await send();
	const [delivery] = await settled(endpoint, 'failed');
	assert.equal(delivery.attempts[0].error, 'connect');
	await admin.delete(`/webhooks/${endpoint.id}`);
});

test('what is no HTTP, and a name that does not exist, are told of as such', async () => {
	const babble = net.createServer((socket) => socket.on('error', () => {}).resume()
		.end('SSH-2.0-none\r\n'));
	babble.unref();
	await new Promise((resolve) => babble.listen(0, '127.0.0.1', resolve));
	const one = await subscribe(`http://127.0.0.1:${babble.address().port}/`);
	const other = await subscribe('http://no-such-host.invalid/');
	await send();
	assert.equal((await settled(one, 'failed'))[0].attempts[0].error, 'http');
	assert.equal((await settled(other, 'failed'))[0].attempts[0].error, 'dns');
	for (const endpoint of [one, other])
		await admin.delete(`/webhooks/${endpoint.id}`);
	babble.close();
});

test('the first bytes of an answer are kept as text, and no flood of it is read', () =>
	withReceiver(async (receiver, endpoint) => {
		await send();
		const [listed] = await settled(endpoint, 'failed');
		assert.equal(listed.attempts[0].answer.length, 1000);
		const { json } = await admin.get(
			`/webhooks/${endpoint.id}/deliveries/${listed.id}`, { expect: 200 });
		assert.match(json.attempts[0].answer, /^坏\uFFFDx+$/);
		assert.ok(Buffer.byteLength(json.attempts[0].answer) <= 20_000 + 4);
		assert.equal(json.attempts[0].status, 500);
	}, { answer: () => ({ status: 500, body: Buffer.concat([Buffer.from('坏'),
		Buffer.from([0xff]), Buffer.alloc(4_000_000, 'x')]) }) }));

test('a dead receiver delays nobody', async () => {
	const quick = await startReceiver();
	const endpoint = await subscribe(quick.url, { department: 'JTJ' });
	await withReceiver(async (receiver) => {
		await inParallel(Array(20).fill(), 4, () => send());
		await requests(receiver, 5);
		const sent = Date.now();
		await inParallel(Array(5).fill(), 5, () => send('JTJ'));
		await requests(quick, 5);
		assert.ok(quick.requests[4].at - sent < 2000 * slowness(),
			`took ${quick.requests[4].at - sent} ms`);
	}, { answer: () => 'hang' });
	await admin.delete(`/webhooks/${endpoint.id}`);
	await quick.stop();
});

test('after five failures in a row deliveries are held, then one probe decides for all', () =>
	withReceiver(async (receiver, endpoint) => {
		await inParallel(Array(12).fill(), 4, () => send());
		await until(async () => (await endpointNow(endpoint)).held,
			{ what: 'the endpoint to be held' });
		const held = (await deliveries(endpoint)).filter((one) => one.held);
		assert.equal(held.length, 12, 'all are held');
		const tried = receiver.requests.length;
		assert.ok(tried >= 5 && tried <= 12, `${tried} were tried`);
		const attempts = (list) => list.reduce((sum, one) => sum + one.attempts.length, 0);
		const before = attempts(await deliveries(endpoint));
		assert.equal(attempts(await deliveries(endpoint)), before);
		/* The first probe fails and doubles the pause, the second one succeeds. */
		const [probe] = await until(() => receiver.requests.slice(tried, tried + 1)
			.filter(Boolean).length && receiver.requests.slice(tried), { what: 'a probe' });
		receiver.answer = () => ({ status: 204 });
		await until(() => receiver.requests.length > tried + 1, { what: 'the second probe' });
		const pause = receiver.requests[tried + 1].at - probe.at;
		assert.ok(pause > 3000, `the pause had doubled: ${pause} ms`);
		await settled(endpoint, 'delivered', 12);
		const now = await endpointNow(endpoint);
		assert.equal(now.held, false);
		assert.equal(now.state, 'enabled');
	}, { answer: () => ({ status: 503 }) }));

test('410 makes what was waiting dead; enabled again, a replay of the range brings it', () =>
	withReceiver(async (receiver, endpoint) => {
		const since = new Date(Date.now() - 1000).toISOString();
		await send();
		await settled(endpoint, 'dead');
		const now = await endpointNow(endpoint);
		assert.deepEqual([now.state, now.disabled_for], ['disabled', 'gone']);
		await send();
		await settled(endpoint, 'dead', 2);
		assert.equal(receiver.requests.length, 1, 'no request after the 410');
		const refused = await admin.post(`/webhooks/${endpoint.id}/test`, {}, { expect: 409 });
		assert.deepEqual(refused.json.allowed, ['enable']);
		receiver.answer = () => ({ status: 200, body: 'ok' });
		await admin.post(`/webhooks/${endpoint.id}/enable`, {}, { expect: 200 });
		const answer = await admin.post(`/webhooks/${endpoint.id}/replay`, { since },
			{ expect: 200 });
		assert.equal(answer.json.replayed, 2);
		const list = await settled(endpoint, 'delivered', 2);
		assert.ok(list.every((one) => one.attempts.at(-1).trigger === 'recover'));
	}, { answer: () => ({ status: 410 }) }));

test('three secrets sign at most; a fourth waits for the first to run out', () =>
	withReceiver(async (receiver, endpoint) => {
		const rotate = (expect) => admin.post(`/webhooks/${endpoint.id}/rotate`, {}, { expect });
		const secrets = [endpoint.secret, (await rotate(200)).json.secret,
			(await rotate(200)).json.secret];
		await rotate(409);
		await send();
		const [hook] = await requests(receiver, 1);
		const signatures = hook.headers['webhook-signature'].split(' ');
		assert.equal(signatures.length, 3);
		signatures.forEach((signature, i) => assert.ok(isSignedBy(secrets[2 - i], {
			body: hook.body,
			headers: { ...hook.headers, 'webhook-signature': signature } })));
	}));

test('a TLS receiver of a known authority is told, one of an unknown is logged', async () => {
	const seen = [];
	const listen = async ({ key, cert }) => {
		const one = https.createServer({ key, cert }, (request, response) => {
			seen.push(request.headers['webhook-id']);
			request.resume().on('end', () => response.writeHead(204).end());
		});
		one.unref();
		await new Promise((resolve) => one.listen(0, '127.0.0.1', resolve));
		return one;
	};
	const [good, bad] = [await listen(known), await listen(unknown)];
	const trusted = await subscribe(`https://127.0.0.1:${good.address().port}/`);
	const untrusted = await subscribe(`https://127.0.0.1:${bad.address().port}/`);
	await send();
	await settled(trusted, 'delivered');
	assert.equal((await settled(untrusted, 'failed'))[0].attempts[0].error, 'tls');
	const told = server.log().match(/^.*outbox not_trusted .*$/gm);
	assert.deepEqual(told.map((line) => / endpoint=(\d+) delivery=\d+ error=tls$/.exec(line)[1]),
		[untrusted.id]);
	assert.equal(seen.length, 1);
	for (const endpoint of [trusted, untrusted])
		await admin.delete(`/webhooks/${endpoint.id}`);
	for (const one of [good, bad]) {
		one.closeAllConnections();
		one.close();
	}
});

test('an operator is warned of a department that is not reached, until it is', () =>
	withReceiver(async (receiver, endpoint) => {
		const warnings = async () => (await server.as('supervisor').all('/warnings'))
			.filter((one) => one.webhook === endpoint.id);
		await send();
		const [warning] = await until(async () => {
			const list = await warnings();
			return list.length && list;
		}, { what: 'a warning' });
		assert.deepEqual([warning.code, warning.department], ['webhook_silent', 'CGJ']);
		/* what is still under way is not sent again */
		await settled(endpoint, 'dead');
		receiver.answer = () => ({ status: 204 });
		await admin.post(`/webhooks/${endpoint.id}/replay`,
			{ since: new Date(Date.now() - 60_000).toISOString() }, { expect: 200 });
		await settled(endpoint, 'delivered');
		await until(async () => (await warnings()).length === 0,
			{ what: 'the warning to end' });
	}, { answer: () => ({ status: 500 }) }));

test('killed in the middle of an attempt, the server tells again after its restart at once', () =>
	withReceiver(async (receiver, endpoint) => {
		const appeals = await inParallel(Array(6).fill(), 3, () => send());
		await requests(receiver, 6);
		await server.kill();
		receiver.answer = () => ({ status: 204 });
		const before = receiver.requests.length;
		await server.restart();
		await settled(endpoint, 'delivered', 6);
		const again = receiver.requests.slice(before);
		assert.deepEqual(new Set(again.map((hook) => hook.json.data.appeal)),
			new Set(appeals.map((appeal) => appeal.id)));
		const effects = new Map(receiver.requests.map((hook) => [hook.id, hook.body]));
		assert.equal(effects.size, 6, 'told twice, in effect once');
		assert.ok(receiver.requests.every((hook) =>
			hook.is_signed && effects.get(hook.id) === hook.body));
	}, { answer: () => 'hang' }));

test('a stopping server lets an attempt under way end', async () => {
	let let_go;
	const receiver = await startReceiver();
	const endpoint = await subscribe(receiver.url);
	const slow = https.createServer(known, (request, response) => {
		request.resume();
		let_go = () => response.writeHead(204).end();
	});
	slow.unref();
	await new Promise((resolve) => slow.listen(0, '127.0.0.1', resolve));
	const waiting = await subscribe(`https://127.0.0.1:${slow.address().port}/`);
	await send();
	await until(() => let_go, { what: 'the attempt' });
	process.kill(server.pid, 'SIGTERM');
	setTimeout(let_go, 300);
	await until(() => server.exit, { what: 'the server to end' });
	assert.deepEqual(server.exit, { code: 0, signal: null });
	await server.restart();
	const [delivery] = await settled(waiting, 'delivered');
	assert.deepEqual(statusesOf(delivery), [204], 'it was not told twice');
	for (const one of [endpoint, waiting])
		await admin.delete(`/webhooks/${one.id}`);
	await receiver.stop();
	slow.closeAllConnections();
	slow.close();
});

endsCleanly(server);
