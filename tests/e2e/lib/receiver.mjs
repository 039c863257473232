/*
 * A department's webhook receiver on loopback: it keeps every request as it came, judges the
 * signature with the published library, and answers as its script says.
 */
import http from 'node:http';
import { Webhook } from 'standardwebhooks';

/*
 * answer(delivery, attempt) gives { status, headers, body, until: a promise to wait for }, "hang", or "reset" (the connection is
 * torn after the request was read); the default is 204. attempt counts per webhook-id from 1.
 */
export async function startReceiver({ secrets = [], answer = () => ({ status: 204 }) } = {}) {
	const receiver = { requests: [], secrets, answer, attempts: new Map() };
	const held = new Set();
	const server = http.createServer((request, response) => {
		const parts = [];
		request.on('data', (part) => parts.push(part));
		request.on('error', () => {});
		request.on('end', () => {
			const entry = keep(receiver, request, Buffer.concat(parts));
			reply(receiver.answer(entry, entry.attempt), response, held);
		});
	});
	server.keepAliveTimeout = 1000;
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	server.unref();	/* a failed test must not keep its file from ending */
	receiver.port = server.address().port;
	receiver.url = `http://127.0.0.1:${receiver.port}/hook`;
	receiver.stop = () => new Promise((resolve) => {
		for (const response of held)
			response.destroy();
		server.closeAllConnections();
		server.close(resolve);
	});
	receiver.ofType = (type) => receiver.requests.filter((one) => one.json?.type === type);
	return receiver;
}

function keep(receiver, request, body) {
	const id = request.headers['webhook-id'];
	const attempt = (receiver.attempts.get(id) ?? 0) + 1;
	receiver.attempts.set(id, attempt);
	const entry = { id, attempt, at: Date.now(), method: request.method, url: request.url,
		headers: request.headers, body: body.toString('utf8'), is_signed: false };
	try {
		entry.json = JSON.parse(entry.body);
	} catch {
		entry.json = undefined;
	}
	entry.is_signed = receiver.secrets.some((secret) => isSignedBy(secret, entry));
	receiver.requests.push(entry);
	return entry;
}

/* By the reference library: signature and freshness. */
export function isSignedBy(secret, { body, headers }) {
	try {
		new Webhook(secret).verify(body, headers);
		return true;
	} catch {
		return false;
	}
}

function reply(how, response, held) {
	if (how === 'hang') {
		held.add(response);
	} else if (how === 'reset') {
		response.socket.resetAndDestroy?.();
		response.destroy();
	} else {
		Promise.resolve(how.until).then(() => {
			response.writeHead(how.status, how.headers);
			response.end(how.body);
		});
	}
}
