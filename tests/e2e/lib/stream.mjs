/*
 * A reader of GET /api/v1/stream with a parser of its own, by the words of the WHATWG standard
 * (HTML, section 9.2.6): what a browser would have dispatched, and the id it would resume behind.
 */
import assert from 'node:assert/strict';
import https from 'node:https';
import { until } from './until.mjs';

export class Parser {
	constructor() {
		Object.assign(this, { rest: '', events: [], comments: [], last_id: '', retry: undefined,
			id: '', data: [], type: '' });
	}

	/* Text as it arrives, in pieces of any length. */
	feed(text) {
		this.rest += text;
		for (;;) {
			const end = this.rest.search(/\r\n|\n|\r(?!$)/);
			if (end < 0)
				return;
			const line = this.rest.slice(0, end);
			this.rest = this.rest.slice(end + (this.rest.startsWith('\r\n', end) ? 2 : 1));
			this.#line(line);
		}
	}

	#line(line) {
		if (line === '')
			return this.#dispatch();
		const colon = line.indexOf(':');
		if (colon === 0)
			return void this.comments.push(line.slice(1).trim());
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
		if (field === 'data')
			this.data.push(value);
		else if (field === 'event')
			this.type = value;
		else if (field === 'id' && !value.includes('\0'))
			this.id = value;
		else if (field === 'retry' && /^[0-9]+$/.test(value))
			this.retry = Number(value);
	}

	#dispatch() {
		this.last_id = this.id;
		if (this.data.length > 0)
			this.events.push({ type: this.type || 'message', id: this.last_id,
				data: JSON.parse(this.data.join('\n')) });
		this.data = [];
		this.type = '';
	}
}

/*
 * Follows the stream as this client; resolves when the head has come. options: last_id (as the
 * header), query ("?last_event_id=7"), headers, agent. What it has: status, headers, events,
 * comments, retry, last_id, text, is_over; wait(), cut(), pause(), over().
 */
export function follow(client, { last_id, query = '', headers = {} } = {}) {
	return new Promise((resolve, reject) => {
		const fields = { accept: 'text/event-stream', ...headers };
		if (client.key)
			fields.authorization ??= `Bearer ${client.key}`;
		if (client.cookie)
			fields.cookie ??= client.cookie;
		if (last_id !== undefined)
			fields['last-event-id'] = last_id;
		const request = https.request({ host: client.server.host, port: client.server.port,
			path: `/api/v1/stream${query}`, headers: fields, ca: client.server.ca,
			agent: false }, (response) => resolve(new Stream(request, response)));
		request.on('error', reject);
		request.end();
	});
}

class Stream {
	constructor(request, response) {
		Object.assign(this, { request, response, status: response.statusCode,
			headers: response.headers, text: '', is_over: false });
		this.parser = new Parser();
		response.setEncoding('utf8');
		response.on('data', (text) => {
			this.text += text;
			if (this.status === 200)
				this.parser.feed(text);
		});
		response.on('error', () => { this.is_over = true; });
		response.on('close', () => { this.is_over = true; });
		request.on('error', () => { this.is_over = true; });
	}

	get events() {
		return this.parser.events;
	}

	get last_id() {
		return this.parser.last_id;
	}

	get retry() {
		return this.parser.retry;
	}

	get comments() {
		return this.parser.comments;
	}

	of(type) {
		return this.events.filter((event) => event.type === type);
	}

	/* The first event for which `fits` is true, now or later. */
	wait(fits, what = 'an event') {
		return until(() => this.events.find(fits), { every: 10, what: `${what}; heard: ` +
			JSON.stringify(this.events.slice(-5)) });
	}

	/* The end of the stream by the server. */
	over() {
		return until(() => this.is_over, { every: 10, what: 'the stream to end' });
	}

	/* As a network does it: without a word. */
	cut() {
		this.request.destroy();
		this.is_over = true;
	}

	/* Reads nothing any more, until resume(). */
	pause() {
		this.response.pause();
	}

	resume() {
		this.response.resume();
	}
}

export const changeOf = (appeal) => (event) =>
	event.type === 'change' && event.data.appeal === appeal;

/* Follows and asserts that it may. */
export async function followed(client, options) {
	const stream = await follow(client, options);
	assert.equal(stream.status, 200, `${client.name} may follow: ${stream.text}`);
	await until(() => stream.last_id !== '', { what: 'the place at which the stream begins' });
	return stream;
}
