/*
 * A telephone exchange that tells a server of calls, as those in the field do: one posts a form
 * without any Content-Type and says numbers with the first event alone, another posts JSON.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

export const tokenOf = (server) => fs.readFileSync(path.join(server.dir, 'cti.token'), 'utf8').trim();

/* One push; headers are exactly those given. { status, text, json, ms } */
export function push(server, body, { token = tokenOf(server), type } = {}) {
	const bytes = Buffer.from(body);
	const headers = { 'content-length': bytes.length, ...(type ? { 'content-type': type } : {}) };
	const begun = performance.now();
	return new Promise((resolve, reject) => {
		const request = https.request({ host: server.host, port: server.port, method: 'POST',
			path: `/api/v1/cti/${encodeURIComponent(token)}`, headers, agent: server.agent,
			ca: server.ca }, (response) => {
			const parts = [];
			response.on('data', (part) => parts.push(part));
			response.on('error', reject);
			response.on('end', () => {
				const text = Buffer.concat(parts).toString();
				resolve({ status: response.statusCode, text, ms: performance.now() - begun,
					json: /json/.test(response.headers['content-type']) ? JSON.parse(text) :
						undefined });
			});
		});
		request.on('error', reject);
		request.end(bytes);
	});
}

/* As the queue bridge of Asterisk does: urlencoded, no Content-Type, lists as user[]. */
export function pushForm(server, event, options) {
	const pairs = Object.entries(event).flatMap(([name, value]) => Array.isArray(value) ?
		value.map((one) => [`${name}[]`, one]) : [[name, value]]);
	return push(server, pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
		options);
}

export const pushJson = (server, event, options) =>
	push(server, JSON.stringify(event), { type: 'application/json', ...options });

/* Events of one call, each taken. */
export function aCall(server, callId, changes = {}) {
	const told = async (event) => {
		const answer = await pushJson(server, { direction: 'in', callId, ...event });
		assert.deepEqual([answer.status, answer.json], [200, {}], answer.text);
		return answer;
	};
	return {
		ring: (more) => told({ event: 'newCall', from: '13800001111', to: '12345', ...changes,
			...more }),
		answer: (more) => told({ event: 'answer', ...more }),
		hangup: (cause = 'normalClearing') => told({ event: 'hangup', cause }),
	};
}

/* Rings and gives the call as this client sees it. */
export async function ringing(server, client, number, callId = `ring-${number}-${Math.random()}`) {
	await aCall(server, callId).ring({ from: number });
	const { items } = (await client.get('/calls', { expect: 200 })).json;
	return { ...items[0], callId };
}
