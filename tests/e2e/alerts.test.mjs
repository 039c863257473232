/*
 * What a person's browser alerts of: chosen by the person, kept for the account, nobody else's.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startServer, endsCleanly } from './lib/server.mjs';

const server = await startServer();
const FIRST = { call_sound: true, call_notice: false, red_sound: true, red_notice: false,
	taken_over_sound: true, taken_over_notice: false, quiet: false };
const shown = async (client) => (await client.get('/me/alerts', { expect: 200 })).json;

test('until something is chosen there are sounds, no desktop notices, and no quiet', async () => {
	assert.deepEqual(await shown(await server.signedIn('leader')), FIRST);
});

test('each choice is kept by itself, over sign-out, for this account alone', async () => {
	const other = await server.signedIn('department', { department: 'CGJ' });
	let person = await server.signedIn('operator');
	for (const name of Object.keys(FIRST)) {
		const changed = { ...FIRST, [name]: !FIRST[name] };
		assert.deepEqual((await person.put('/me/alerts', changed, { expect: 200 })).json, changed);
		await person.delete('/session', { expect: 204 });
		person = await server.signedIn('operator');
		assert.deepEqual(await shown(person), changed);
	}
	assert.deepEqual(await shown(other), FIRST);
});

test('what is missing, of another kind or unknown is named, and nothing changes', async () => {
	const person = await server.signedIn('visitor');
	const { quiet, ...without } = FIRST;
	for (const [body, pointer] of [[without, '#/quiet'], [{ ...FIRST, quiet: 1 }, '#/quiet'],
		[{ ...FIRST, loud: true }, '#/loud']]) {
		const { json } = await person.put('/me/alerts', body, { expect: 422 });
		assert.deepEqual(json.errors.map((one) => one.pointer), [pointer]);
	}
	assert.equal(quiet, false);
	assert.deepEqual(await shown(person), FIRST);
});

test('a program has no browser to be alerted by', async () => {
	const { json } = await server.as('operator').get('/me/alerts', { expect: 403 });
	assert.equal(json.code, 'accounts_only');
	await server.as('operator').put('/me/alerts', FIRST, { expect: 403 });
	await server.anonymous().get('/me/alerts', { expect: 401 });
});

endsCleanly(server);
