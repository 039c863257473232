/*
 * Domain time of a server with a test clock. Moments are written as people read them,
 * "2026-03-02 09:00", in the one legal time of China.
 */
import assert from 'node:assert/strict';

/* RFC 3339 of a local moment; seconds may be left out. */
export function local(text) {
	const [day, time = '00:00'] = text.split(' ');
	return `${day}T${time.length === 5 ? time + ':00' : time}+08:00`;
}

/* Milliseconds of an RFC 3339 text or of a local moment. */
export function ms(text) {
	assert.equal(typeof text, 'string', `a time as text, not ${JSON.stringify(text)}`);
	return Date.parse(text.includes('T') ? text : local(text));
}

export function assertSameTime(actual, expected, message) {
	assert.equal(ms(actual), ms(expected),
		`${message ?? 'time'}: ${actual}, expected ${expected}`);
}

export async function now(server) {
	const answer = await server.as('admin').get('/test/clock', { expect: 200 });
	return answer.json.now;
}

/* Moves the clock to a local moment; answers when every domain job until then has run. */
export async function moveTo(server, moment, expect = 200) {
	const to = moment.includes('T') ? moment : local(moment);
	return server.as('admin').put('/test/clock', { now: to },
		{ expect, timeout: 240_000 });
}

export async function advance(server, { days = 0, hours = 0, minutes = 0, seconds = 0 }) {
	const step = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
	return moveTo(server, new Date(Date.parse(await now(server)) + step).toISOString());
}
