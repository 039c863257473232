/*
 * Accounts made through the interface, with a password of their owner's; and codes of second
 * factors from `oathtool`, which knows nothing of our own arithmetic.
 */
import { execFileSync } from 'node:child_process';
import { signIn } from './api.mjs';

export const PASSWORD = 'four plain words together';

/* POST /accounts; fields: login, role and whatever else. The answer's body. */
export async function addAccount(server, fields) {
	return (await server.as('admin').post('/accounts', { name: fields.login, ...fields },
		{ expect: 201 })).json;
}

/* An account that has changed its first password to PASSWORD: { id, login, password }. */
export async function ownAccount(server, fields) {
	const { id, login, initial_password: password } = await addAccount(server, fields);
	const session = await signIn(server, { login, password });
	await session.post('/me/password', { current: password, new: PASSWORD }, { expect: 200 });
	return { id, login, password: PASSWORD };
}

/* The six digits of a base32 secret, `steps` half minutes from now. */
export function codeOf(secret, steps = 0) {
	const at = Math.floor(Date.now() / 1000) + steps * 30;
	return execFileSync('oathtool', ['--totp', '--base32', `--now=@${at}`, secret],
		{ encoding: 'utf8' }).trim();
}

/* Gives a signed-in account a second factor: { secret, uri, codes, session }. */
export async function enrol(session, password = PASSWORD) {
	const { secret, uri } = (await session.post('/me/factor', { password },
		{ expect: 200 })).json;
	const answer = await session.post('/me/factor/confirm', { totp: codeOf(secret, -1) },
		{ expect: 200 });
	session.cookie = answer.headers['set-cookie'][0].split(';')[0];
	session.csrf = answer.json.csrf_token;
	return { secret, uri, codes: answer.json.recovery_codes };
}
