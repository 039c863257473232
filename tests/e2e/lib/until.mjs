/*
 * Waiting for something to become true: by asking again until a deadline, never by sleeping
 * for a guessed time. A machine that does much else at once is slow: the deadline is only for what
 * never comes, and a time that is itself demanded is asserted by the test.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/*
 * Asks `probe` until it gives something truthy and returns that. Errors of the probe count as
 * "not yet"; the last one is told when the deadline has passed.
 */
export async function until(probe, { ms = 90_000, every = 25, what = 'the condition' } = {}) {
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
 * Asks until it is so. Who asks later than so many milliseconds after it began must find it so; how
 * long a busy machine then takes for the answer is not counted.
 */
export async function soAfter(ms, isSo, { began = Date.now(), what = 'the condition' } = {}) {
	for (;;) {
		const asked = Date.now() - began;
		if (await Promise.resolve().then(isSo).catch(() => false))
			return;
		assert.ok(asked < ms, `${asked} ms after it began: not yet ${what}`);
		await pause(25);
	}
}

/*
 * How many times longer than alone a process takes here and now, at least 1: its time by the clock
 * over its time on the processor. A demanded time is meant for a machine that does nothing else.
 */
export function slowness() {
	const began = performance.now(), before = process.cpuUsage();
	const used = () => {
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1000;
	};
	while (used() < 50)
		createHash('sha256').update(Buffer.alloc(100_000)).digest();
	return Math.max(1, (performance.now() - began) / used()) * Number(process.env.TEST_PATIENCE ?? 1);
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
