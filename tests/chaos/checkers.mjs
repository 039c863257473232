/*
 * The judges of the chaos runs: pure functions from histories to lists of faults. Each is shown
 * to fail on spoilt twins in checkers.test.mjs.
 */
import { createHash } from 'node:crypto';

export const digest = (value) => createHash('sha256').update(
	typeof value === 'string' ? value : JSON.stringify(value)).digest('hex').slice(0, 24);

/* What identifies the matter of an appeal, in a request as in an answer. */
export const contentOf = (one) => digest([one.channel, one.external_no ?? null, one.title,
	one.text, one.category, one.area]);

/*
 * Intake. requests: one per attempt, { key, content, outcome: 201|200|other number|"cut", id,
 * body } (body: digest of the answer); stored: every appeal read at the end, { id, content }.
 * Nothing acknowledged may be missing, doubled or torn; nothing may be there that nobody sent;
 * all acknowledgements of one key are the same bytes.
 */
export function intakeFaults(requests, stored) {
	const faults = [];
	const by_id = new Map();
	const sent = new Map();		/* content -> key */
	const per_key = new Map();	/* key -> { ids, bodies } */

	for (const one of stored) {
		if (by_id.has(one.id))
			faults.push(`${one.id} is stored twice`);
		by_id.set(one.id, one.content);
	}
	for (const request of requests) {
		sent.set(request.content, request.key);
		if (request.outcome !== 201 && request.outcome !== 200)
			continue;
		const seen = per_key.get(request.key) ?? { ids: new Set(), bodies: new Set() };
		seen.ids.add(request.id);
		seen.bodies.add(request.body);
		per_key.set(request.key, seen);
		if (!by_id.has(request.id))
			faults.push(`${request.id} was acknowledged and is lost`);
		else if (by_id.get(request.id) !== request.content)
			faults.push(`${request.id} is not what was acknowledged`);
	}
	for (const [key, seen] of per_key) {
		if (seen.ids.size > 1)
			faults.push(`key ${key} made ${[...seen.ids]}`);
		if (seen.bodies.size > 1)
			faults.push(`key ${key} was answered in ${seen.bodies.size} ways`);
	}
	const contents = new Map();
	for (const { id, content } of stored) {
		if (!sent.has(content))
			faults.push(`${id} was never asked for`);
		if (contents.has(content))
			faults.push(`${id} and ${contents.get(content)} are the same matter`);
		contents.set(content, id);
	}
	return faults;
}

/* Every request has an end that the contract knows: 2xx, 4xx, 503, or a broken connection. */
export function outcomeFaults(requests, longest_ms) {
	return requests.filter(({ outcome, took }) => !(outcome === 'cut' || outcome === 503 ||
		(outcome >= 200 && outcome < 500)) || took > longest_ms)
		.map((one) => `${one.key}: ${one.outcome} after ${one.took} ms`);
}

/*
 * Deadlines. limits: [{ task, limit, due }] of what was never done; events: all events, with
 * task, type, at and data.limit. Each limit is marked overdue exactly once, not before its
 * due moment and within two seconds of domain time after it; no mark of any kind is doubled.
 */
export function deadlineFaults(limits, events, slack_ms = 2000) {
	const faults = [];
	const marks = new Map();

	for (const event of events.filter((one) => /^task\.(warned|overdue|card)$/.test(one.type))) {
		const name = [event.type, event.task, event.data?.limit, event.data?.card,
			event.data?.level, event.data?.stage, event.data?.colour,
			event.data?.reason].join('|');
		if (marks.has(name))
			faults.push(`${name} fired again at ${event.at}`);
		marks.set(name, event);
	}
	for (const { task, limit, due } of limits) {
		const fired = events.filter((event) => event.type === 'task.overdue' &&
			event.task === task && event.data.limit === limit);
		if (fired.length !== 1)
			faults.push(`${limit} of task ${task} fired ${fired.length} times`);
		for (const event of fired) {
			const late = Date.parse(event.at) - Date.parse(due);
			if (late < 0)
				faults.push(`${limit} of task ${task} fired ${-late} ms early`);
			else if (late > slack_ms)
				faults.push(`${limit} of task ${task} fired ${late} ms late`);
		}
	}
	return faults;
}

/*
 * Webhooks. received: every request that the receiver took in, in order of arrival, { id, topic
 * (appeal), seq, body, is_signed, is_taken }; expected: [{ topic, count }], how many messages
 * each appeal must have come to. A receiver that drops what it knows must end with each effect
 * once and in order: 1, 2, 3 per topic.
 */
export function effectFaults(received, expected) {
	const faults = [];
	const applied = new Map();	/* topic -> last seq */
	const bodies = new Map();	/* id -> body */
	const owners = new Map();	/* topic|seq -> id */

	for (const one of received) {
		if (!one.is_signed)
			faults.push(`${one.id} carries no valid signature`);
		if ((bodies.get(one.id) ?? one.body) !== one.body)
			faults.push(`${one.id} changed its body`);
		bodies.set(one.id, one.body);
		const place = `${one.topic}|${one.seq}`;
		if ((owners.get(place) ?? one.id) !== one.id)
			faults.push(`${place} belongs to ${owners.get(place)} and to ${one.id}`);
		owners.set(place, one.id);
		if (!one.is_taken)
			continue;
		const last = applied.get(one.topic) ?? 0;
		if (one.seq > last + 1)
			faults.push(`${one.topic}: ${one.seq} came after ${last}`);
		applied.set(one.topic, Math.max(last, one.seq));
	}
	for (const { topic, count } of expected)
		if ((applied.get(topic) ?? 0) !== count)
			faults.push(`${topic}: ${applied.get(topic) ?? 0} effects of ${count}`);
	return faults;
}

/*
 * Compare-and-set. acked: [{ task, version }], what each acknowledged change came to. No version
 * of a task is given out twice; with is_dense none is left out either.
 */
export function versionFaults(acked, { is_dense = false } = {}) {
	const faults = [];
	const chains = new Map();

	for (const { task, version } of acked) {
		const chain = chains.get(task) ?? new Set();
		if (chain.has(version))
			faults.push(`version ${version} of ${task} was given out twice`);
		chain.add(version);
		chains.set(task, chain);
	}
	for (const [task, chain] of chains) {
		const sorted = [...chain].sort((a, b) => a - b);
		for (let i = 1; is_dense && i < sorted.length; i++)
			if (sorted[i] !== sorted[i - 1] + 1)
				faults.push(`${task}: ${sorted[i]} follows ${sorted[i - 1]}`);
	}
	return faults;
}

/* Smallest value that at least `share` of the values do not exceed. */
export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}
