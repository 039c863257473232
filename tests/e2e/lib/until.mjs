/*
 * Waiting for something to become true: by asking again until a deadline, never by sleeping
 * for a guessed time.
 */
import { setTimeout as pause } from 'node:timers/promises';

/*
 * Asks `probe` until it gives something truthy and returns that. Errors of the probe count as
 * "not yet"; the last one is told when the deadline has passed.
 */
export async function until(probe, { ms = 10_000, every = 25, what = 'the condition' } = {}) {
	const end = Date.now() + ms;
	let last;

	for (;;) {
		try {
			const value = await probe();
			if (value)
				return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() >= end)
			throw new Error(`waited ${ms} ms in vain for ${what}` +
				(last ? `; last: ${last.message}` : ''), { cause: last });
		await pause(every);
	}
}

/*
 * Asks again, a bounded number of times, whoever was told to come back: 503 with Retry-After. The
 * last answer counts, whatever it is.
 */
export async function patiently(request) {
	let answer = await request();
	for (let i = 0; i < 20 && answer.status === 503 && answer.headers['retry-after']; i++) {
		await pause(100);
		answer = await request();
	}
	return answer;
}

/* Runs `work` over all items, at most `width` at a time, and gives the results in order. */
export async function inParallel(items, width, work) {
	const results = new Array(items.length);
	let next = 0;
	const lane = async () => {
		while (next < items.length) {
			const i = next++;
			results[i] = await work(items[i], i);
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
	return results;
}
