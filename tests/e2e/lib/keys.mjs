/* Further keys of a running server, for tests in which persons must differ. */
import { Client } from './api.mjs';
import { until } from './until.mjs';

/* Until the running server knows a key that another process added: within a second. */
export async function inForce(client) {
	return until(async () => {
		const answer = await client.get('/me', { expect: [200, 401] });
		return answer.status === 200 && answer.json;
	}, { what: `the key of ${client.name} to be in force` });
}

/* A new key made by the command; more: department or channel, --outsourced. */
export async function newKey(server, name, role, ...more) {
	const done = server.command(['key', 'add', name, role, ...more], { expect: 0 });
	const client = new Client(server, { name, key: done.stdout.trim() });
	client.me = await inForce(client);
	return client;
}
