/*
 * A client of the HTTP interface: JSON over one pool of kept-alive TLS connections, with an
 * API key or a session cookie. It judges nothing but the expected status, and then says the
 * whole story: request, expectation, answer.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import https from 'node:https';

const TIMEOUT_MS = 300_000;

function full(path) {
	const is_root = path.startsWith('/api/') || path === '/' ||
		/^\/(livez|readyz|metrics|assets|progress|r|\.well-known)\b/.test(path);
	return is_root ? path : '/api/v1' + path;
}

function shorten(text) {
	return text === undefined ? '' :
		text.length > 1500 ? text.slice(0, 1500) + ' ...' : text;
}

export class Client {
	/* server: what startServer() gives; name: for messages, mostly the role. */
	constructor(server, { name, key, cookie, csrf, account } = {}) {
		Object.assign(this, { server, name: name ?? 'anonymous', key, cookie, csrf, account });
	}

	/*
	 * One exchange. options: body (to be JSON), raw (bytes as they are), headers, expect
	 * (status or list of them), idem (an Idempotency-Key), etag (If-Match), cut (destroy
	 * the connection once the request has been written), from (address to come from).
	 */
	async request(method, path, options = {}) {
		const headers = { accept: 'application/json', ...options.headers };
		let payload = options.raw;

		if (options.body !== undefined)
			payload = JSON.stringify(options.body);
		if (payload !== undefined) {
			payload = Buffer.from(payload);
			headers['content-type'] ??= 'application/json';
			headers['content-length'] = payload.length;
		} else if (method === 'POST' || method === 'PUT') {
			headers['content-length'] = 0;
		}
		if (this.key)
			headers.authorization ??= `Bearer ${this.key}`;
		if (this.cookie) {
			headers.cookie ??= this.cookie;
			headers.origin ??= this.server.base;
			if (this.csrf)
				headers['x-csrf-token'] ??= this.csrf;
		}
		if (options.idem)
			headers['idempotency-key'] = options.idem;
		if (options.etag)
			headers['if-match'] = options.etag;
		const answer = await this.#exchange(method, full(path), headers, payload, options);
		if (options.expect !== undefined)
			this.#judge(method, path, payload, answer, [].concat(options.expect));
		return answer;
	}

	#exchange(method, path, headers, payload, options) {
		return new Promise((resolve, reject) => {
			const request = https.request({
				host: this.server.host, port: this.server.port, method, path, headers,
				agent: options.agent ?? (options.from ? false : this.server.agent),
				ca: this.server.ca, localAddress: options.from,
				timeout: options.timeout ?? TIMEOUT_MS,
			}, (response) => {
				/* A stream has no end: its head is the answer (stream.mjs reads more). */
				if (response.headers['content-type'] === 'text/event-stream') {
					resolve(this.#answer(response, Buffer.alloc(0)));
					return request.destroy();
				}
				const parts = [];
				response.on('data', (part) => parts.push(part));
				response.on('error', reject);
				response.on('end', () => {
					if (!response.complete)
						return reject(new Error('the answer was cut off'));
					resolve(this.#answer(response, Buffer.concat(parts)));
				});
			});
			request.on('timeout', () =>
				request.destroy(new Error(`${method} ${path}: no answer in time`)));
			request.on('error', reject);
			request.end(payload, () => options.cut && request.destroy());
		});
	}

	#answer(response, bytes) {
		const text = bytes.toString('utf8');
		const type = response.headers['content-type'] ?? '';
		let json;
		if (/\bjson\b/.test(type) && text !== '')
			json = JSON.parse(text);
		return { status: response.statusCode, headers: response.headers, type, bytes, text,
			json };
	}

	#judge(method, path, payload, answer, expected) {
		if (expected.includes(answer.status))
			return;
		assert.fail(`${this.name}: ${method} ${path} ` +
			`${shorten(payload?.toString('utf8'))}\n` +
			`expected ${expected.join(' or ')}, got ${answer.status} ` +
			shorten(answer.text));
	}

	get(path, options) {
		return this.request('GET', path, options);
	}

	post(path, body = {}, options = {}) {
		return this.request('POST', path, { body, ...options });
	}

	put(path, body = {}, options = {}) {
		return this.request('PUT', path, { body, ...options });
	}

	delete(path, options) {
		return this.request('DELETE', path, options);
	}

	/* All items of a list, walked by its cursor. */
	async all(path, limit = 200) {
		const items = [];
		let cursor = '';
		do {
			const mark = path.includes('?') ? '&' : '?';
			const page = await this.get(`${path}${mark}limit=${limit}` +
				(cursor && `&cursor=${encodeURIComponent(cursor)}`), { expect: 200 });
			items.push(...page.json.items);
			cursor = page.json.next_cursor;
		} while (cursor);
		return items;
	}

	/* POST /appeals with a fresh Idempotency-Key unless one is given. */
	register(body, options = {}) {
		return this.post('/appeals', body, { idem: randomUUID(), ...options });
	}
}

/* The cookies that an answer sets, as a browser sends them back. */
export function cookieOf(answer) {
	const cookies = answer.headers['set-cookie'] ?? [];
	assert.ok(cookies.length > 0, 'a cookie is set');
	return cookies.map((one) => one.split(';')[0]).join('; ');
}

/* One try to sign in; account: { login, password, totp? }. */
export function trySignIn(server, { login, password, totp }, options = {}) {
	return new Client(server, { name: login }).post('/session', { login, password, totp },
		{ headers: { origin: server.base }, ...options });
}

/* Signs an account in and gives a client that carries its session. */
export async function signIn(server, account, options = {}) {
	const answer = await trySignIn(server, account, { expect: 200, ...options });
	return new Client(server, { name: `${account.login} (session)`, cookie: cookieOf(answer),
		csrf: answer.json.csrf_token, account });
}
