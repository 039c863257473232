/*
 * The load of the chaos runs: writers that register appeals under keys, each request sent one
 * to four times, now and then cut off after it was sent; every attempt is one line of a
 * history file that is on disk before the writer goes on.
 */
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { anAppeal } from '../e2e/lib/world.mjs';
import { contentOf, digest } from './checkers.mjs';

export class History {
	constructor(file) {
		this.file = file;
		this.fd = fs.openSync(file, 'a');
		this.lines = [];
	}

	add(line) {
		this.lines.push(line);
		fs.writeSync(this.fd, JSON.stringify(line) + '\n');
		fs.fdatasyncSync(this.fd);
	}

	close() {
		fs.closeSync(this.fd);
	}

	/* What is on disk, which is what the judges use. */
	read() {
		return fs.readFileSync(this.file, 'utf8').split('\n').filter((line) => line !== '')
			.map((line) => JSON.parse(line));
	}
}

/* One attempt; never throws. */
async function attempt(client, body, key, is_cut, history) {
	const start = Date.now();
	let line = { key, content: contentOf(body), outcome: 'cut' };
	try {
		const answer = await client.register(body, { idem: key, cut: is_cut, timeout: 35_000 });
		line = { ...line, outcome: answer.status, id: answer.json?.id,
			body: answer.status === 201 ? digest(answer.text) : undefined };
		if (answer.status >= 500 && answer.status !== 503)
			line.said = answer.text.slice(0, 300);
	} catch (error) {
		line.why = error.code ?? error.message;
	}
	history.add({ ...line, took: Date.now() - start });
	return line;
}

/*
 * Writes until `state.is_over`. A refused or broken attempt is repeated under the same key, as
 * a feed does, until it was acknowledged or the run is over.
 */
async function writer(server, where, d, name, history, state) {
	const client = server.as('intake', { channel: '110' });
	for (let n = 0; !state.is_over; n++) {
		const key = `${name}-${String(n).padStart(6, '0')}`;
		const body = anAppeal(where, { channel: '110', external_no: `X-${key}`,
			text: `内容 ${key} ${d.next()}` });
		const copies = 1 + d.below(4);
		const sends = Array.from({ length: copies }, (_, i) =>
			attempt(client, body, key, i > 0 && d.chance(0.3), history));
		let lines = await Promise.all(sends);
		while (!lines.some((line) => line.outcome === 201) && !state.is_over) {
			await pause(20 + d.below(80));	/* a client's own patience */
			lines = [await attempt(client, body, key, false, history)];
		}
		state.acked += lines.some((line) => line.outcome === 201) ? 1 : 0;
	}
}

/* Starts the writers; stop() ends them and waits. */
export function startWriters(server, where, d, count, history, tag = 'w') {
	const state = { is_over: false, acked: 0 };
	const all = Promise.all(Array.from({ length: count }, (_, i) =>
		writer(server, where, d, `${tag}${i}`, history, state)));
	return {
		state,
		async stop() {
			state.is_over = true;
			await all;
		},
	};
}

/* Everything of a channel as stored, read through the interface. */
export async function readStored(server, channel) {
	const items = await server.as('supervisor').all(`/appeals?channel=${channel}`);
	return items.map((one) => ({ id: one.id, content: contentOf(one), appeal: one }));
}
