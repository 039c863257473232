/*
 * Refusals take equally long whether a login is known, unknown or disabled: sign-ins of the kinds
 * in random order, compared by Welch's t. What the machine does besides shows in the slowest of
 * all samples, so the slowest tenth of all kinds together is left out, as timing tests of
 * cryptography do. TEST_SIGN_INS: how many of each kind.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { addAccount } from './lib/accounts.mjs';
import { trySignIn } from './lib/api.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';

const N = Number(process.env.TEST_SIGN_INS ?? 220);
const T_MOST = 4.5;
const off = { LIANDONG_SIGN_IN_TRIES: '0', LIANDONG_SIGN_IN_SOURCE_TRIES: '0',
	LIANDONG_SIGN_IN_ACCOUNT_TRIES: '0' };
const server = await startServer({ env: off });

const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
const variance = (list, m = mean(list)) =>
	list.reduce((sum, one) => sum + (one - m) ** 2, 0) / (list.length - 1);

/* |t| of Welch's test on two lists without the slowest tenth of both together. */
function welch(a, b) {
	const all = [...a, ...b].sort((x, y) => x - y);
	const bound = all[Math.floor(all.length * 0.9)];
	const [x, y] = [a, b].map((list) => list.filter((one) => one <= bound));
	return Math.abs(mean(x) - mean(y)) /
		Math.sqrt(variance(x) / x.length + variance(y) / y.length);
}

function shuffled(list) {
	for (let i = list.length - 1; i > 0; i--) {
		const k = Math.floor(Math.random() * (i + 1));
		[list[i], list[k]] = [list[k], list[i]];
	}
	return list;
}

/* Microseconds of `n` refusals of each kind, in random order; ask(kind) makes one. */
async function measure(kinds, n, ask) {
	const times = Object.fromEntries(kinds.map((kind) => [kind, []]));
	for (const kind of shuffled(kinds.flatMap((one) => Array(n).fill(one)))) {
		const begun = process.hrtime.bigint();
		await ask(kind);
		times[kind].push(Number(process.hrtime.bigint() - begun) / 1000);
	}
	return times;
}

const disabled = await addAccount(server, { login: 'disabled-person', role: 'reviewer' });
await server.as('admin').post(`/accounts/${disabled.id}/disable`, {}, { expect: 200 });
const known = server.access.accounts.find((one) => one.role === 'operator').login;
const tries = {
	known: () => ({ login: known, password: 'not its password' }),
	unknown: () => ({ login: `nobody-${Math.floor(Math.random() * 1e6)}`,
		password: 'not its password' }),
	disabled: () => ({ login: 'disabled-person', password: disabled.initial_password }),
};
let samples;

test(`${N} refusals of each kind take equally long`, async (t) => {
	await measure(Object.keys(tries), 10, (kind) => trySignIn(server, tries[kind]()));
	samples = await measure(Object.keys(tries), N, (kind) =>
		trySignIn(server, tries[kind](), { expect: 401 }));
	for (const [name, list] of Object.entries(samples))
		t.diagnostic(`${name}: ${Math.round(mean(list))} us`);
	for (const other of ['unknown', 'disabled']) {
		const found = welch(samples.known, samples[other]);
		t.diagnostic(`known and ${other}: |t| = ${found.toFixed(2)}`);
		assert.ok(found < T_MOST, `known and ${other}: |t| = ${found}`);
	}
});

test('the same check catches refusals that hash nothing, and half a standard deviation in sixteen times the samples', async () => {
	const twin = await measure(['known', 'unhashed'], 20, (kind) => kind === 'known' ?
		trySignIn(server, tries.known(), { expect: 401 }) :
		trySignIn(server, { login: 'x', password: '' }, { expect: 422 }));
	assert.ok(welch(twin.known, twin.unhashed) > T_MOST);
	/* Halves by rank, so that they are alike but for what is added: what the check must see is then
	   the shift alone, not what chance put into two halves. */
	const sorted = [...samples.known].sort((x, y) => x - y).slice(0, Math.floor(N * 0.9));
	const shift = Math.sqrt(variance(sorted)) / 2;
	const halves = [0, 1].map((odd) => Array(16).fill(sorted.filter((_, i) => i % 2 === odd)).flat());
	assert.ok(welch(halves[0], halves[1]) < T_MOST / 2, 'the halves are alike');
	assert.ok(welch(halves[0], halves[1].map((one) => one + shift)) > T_MOST);
});

endsCleanly(server);
