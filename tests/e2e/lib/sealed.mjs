/*
 * The whole ledger of a running server: the wait until all of it is signed, and what the separate
 * verifier says of its dump.
 */
import { verify } from '../../verify/program.mjs';
import { sql } from './database.mjs';
import { until } from './until.mjs';

/* The ledger's head, once nothing waits and the signed size is the number of entries. */
export function allSigned(server) {
	const auditor = server.as('auditor');
	const count = (table) => Number(sql(server, `SELECT COUNT(*) FROM ${table}`)[0][0]);
	return until(async () => {
		const { json } = await auditor.get('/ledger/head', { expect: 200 });
		return count('ledger_waiting') === 0 && json.size === count('ledger_entry') && json;
	}, { what: 'everything to be signed' });
}

export const judged = (server, key, { program, words = [] } = {}) => verify(
	[...words, 'ledger', '-', '--key', key],
	{ input: server.command(['ledger', 'dump'], { expect: 0 }).stdout, program });
