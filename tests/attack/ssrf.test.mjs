/*
 * Webhooks as a way into the own machine and network: every spelling of a forbidden address is
 * refused when it is registered, and is not dialled either where somebody wrote it into the
 * database, where a name resolves to it, where it does so only later, or where a redirect points.
 * Listeners on every address of the machine see no connection.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { startBeside } from '../e2e/lib/beside.mjs';
import { sql } from '../e2e/lib/database.mjs';
import { startReceiver } from '../e2e/lib/receiver.mjs';
import { startServer, endsCleanly } from '../e2e/lib/server.mjs';
import { inParallel, until } from '../e2e/lib/until.mjs';
import { NAMES, URLS } from './lib/spellings.mjs';

const WRAPPER = '/usr/lib/x86_64-linux-gnu/libnss_wrapper.so';
const FINE = 'https://example.com/';	/* registered, and replaced before anything is sent */

const server = await startServer({});
/* The demo may dial its loopback; a server of a district may not. Its database stays. */
await server.kill();
const hosts = path.join(server.dir, 'hosts');
const resolve = (address) => fs.writeFileSync(hosts,
	NAMES.map((name) => `${address} ${name}\n`).join(''));
resolve('8.8.8.8');
const resolver = { LD_PRELOAD: WRAPPER, NSS_WRAPPER_HOSTS: hosts };

/* On every address of both families; whoever comes is counted and sent away. */
const listener = net.createServer((socket) => {
	listener.seen.push(`${socket.localAddress} from ${socket.remoteAddress}`);
	socket.destroy();
});
listener.seen = [];
listener.listen({ host: '::', port: 0 });
await once(listener, 'listening');
const { port } = listener.address();
listener.unref();
const urls = URLS.map((url) => url.replaceAll('PORT', String(port)));
let district = await startBeside(server, { webhook_allow_http: 'true' }, { env: resolver });

const admin = () => district.as('admin');
const subscribe = (url, expect) => admin().post('/webhooks', { department: 'CGJ', url,
	events: ['endpoint.test'], format: 'standard' }, { expect });
const plant = (id, url) => sql(server, `UPDATE outbox_endpoint SET url =
	x'${Buffer.from(url).toString('hex')}' WHERE id = ${id}`);

/* Sends a test to each and gives the attempts that came of it. */
async function attemptsOf(endpoints) {
	await inParallel(endpoints, 8, ({ id }) =>
		admin().post(`/webhooks/${id}/test`, {}, { expect: [200, 202] }));
	return inParallel(endpoints, 8, ({ id }) => until(async () => {
		const list = await admin().all(`/webhooks/${id}/deliveries`);
		const attempts = list.flatMap((one) => one.attempts);
		return attempts.length > 0 && attempts;
	}, { what: `an attempt on ${id}` }));
}

const isUnanswered = (attempts) => attempts.every((one) => !(Number(one.status) >= 100));

test('there are more than a hundred and fifty spellings, and no two alike', () => {
	assert.ok(new Set(urls).size > 150, `${new Set(urls).size}`);
});

test('a spelling of an address that is closed is refused when it is registered', async () => {
	const taken = [];
	for (const url of urls) {
		const answer = await subscribe(url, [201, 400, 422]);
		if (answer.status === 201) {
			taken.push(url);
			await admin().delete(`/webhooks/${answer.json.id}`, { expect: [200, 204] });
		} else if (answer.status === 422) {
			assert.ok(answer.json.errors.some((error) => error.pointer === '#/url'), url);
		}
	}
	/* Names: what they stand for is judged when it is dialled. The last is a query, to all. */
	assert.deepEqual(taken.filter((url) => !/^https?:\/\/(localhost\.localdomain|ip6-\w+):\d+\/$/
		.test(url) && !url.startsWith('http://example.com?@')), []);
	assert.deepEqual(listener.seen, []);
});

test('a spelling that stands in the database is not dialled', async () => {
	const planted = urls.filter((url) => /^[\x20-\x7e]+$/.test(url));
	const endpoints = await inParallel(planted, 4, async () => (await subscribe(FINE, 201)).json);
	endpoints.forEach(({ id }, i) => plant(id, planted[i]));
	const attempts = await attemptsOf(endpoints);
	const answered = planted.filter((url, i) => !isUnanswered(attempts[i]));
	assert.deepEqual(answered, []);
	assert.deepEqual(listener.seen, []);
	await inParallel(endpoints, 8, ({ id }) => admin().delete(`/webhooks/${id}`));
});

test('a name is judged by what it resolves to when it is dialled', async () => {
	for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '0.0.0.0']) {
		/* When it was registered it was somewhere public. */
		resolve('8.8.8.8');
		const endpoints = [];
		for (const name of NAMES)
			for (const scheme of ['http', 'https'])
				endpoints.push((await subscribe(`${scheme}://${name}:${port}/`, 201)).json);
		resolve(address);
		const attempts = await attemptsOf(endpoints);
		assert.ok(attempts.every(isUnanswered), address);
		assert.ok(attempts.flat().some((one) => /may not|refused|address/.test(one.error)),
			JSON.stringify(attempts[0]));
		assert.deepEqual(listener.seen, [], address);
		await inParallel(endpoints, 8, ({ id }) => admin().delete(`/webhooks/${id}`));
	}
});

test('where its network is opened the listener is seen, so it would have been before', async () => {
	await district.stop();
	district = await startBeside(server, { webhook_allow_http: 'true',
		webhook_allow_cidr: '127.0.0.1/32' }, { env: resolver });
	resolve('127.0.0.1');
	const endpoints = [(await subscribe(`http://127.0.0.1:${port}/`, 201)).json,
		(await subscribe(`http://${NAMES[0]}:${port}/`, 201)).json];
	await attemptsOf(endpoints);
	assert.equal(listener.seen.length, 2, listener.seen.join());
	listener.seen.length = 0;
	await inParallel(endpoints, 2, ({ id }) => admin().delete(`/webhooks/${id}`));
});

test('no answer of a receiver leads anywhere else', async () => {
	const to = `http://127.0.0.1:${port}/stolen`;
	const ways = [...[300, 301, 302, 303, 305, 307, 308].map((status) =>
		({ status, headers: { location: to } })),
	{ status: 200, headers: { refresh: `0; url=${to}` } },
	{ status: 200, headers: { 'alt-svc': `http/1.1="127.0.0.1:${port}"` } },
	{ status: 407, headers: { 'proxy-authenticate': 'Basic realm="x"', location: to } }];
	for (const way of ways) {
		const receiver = await startReceiver({ answer: () => way });
		const endpoint = (await subscribe(receiver.url, 201)).json;
		await attemptsOf([endpoint]);
		assert.equal(receiver.requests.length, 1);
		assert.deepEqual(listener.seen, [], JSON.stringify(way));
		await admin().delete(`/webhooks/${endpoint.id}`);
		await receiver.stop();
	}
});

test('no proxy of the environment is asked', async () => {
	const proxy = `http://127.0.0.1:${port}`;
	await district.stop();
	district = await startBeside(server, { webhook_allow_http: 'true',
		webhook_allow_cidr: '127.0.0.1/32' }, { env: { http_proxy: proxy, https_proxy: proxy,
		HTTPS_PROXY: proxy, all_proxy: proxy, ALL_PROXY: proxy } });
	const receiver = await startReceiver();
	const endpoint = (await subscribe(receiver.url, 201)).json;
	await attemptsOf([endpoint]);
	assert.equal(receiver.requests.length, 1);
	assert.deepEqual(listener.seen, []);
	await receiver.stop();
});

test('the demo goes on with its database', async () => {
	assert.equal(await district.stop(), 0);
	listener.close();
	await server.restart();
});

endsCleanly(server);
