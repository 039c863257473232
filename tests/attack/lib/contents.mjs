/*
 * What the database of a demo holds, as a checksum for each table. Left out is what changes while
 * nobody asks for anything: leases, runs, blocks of sequences, lists of sightings that are still
 * taken apart, what the ledger and the search still have to take in and the streams to tell, steps
 * that can no longer be taken back and are forgotten a minute later. Of the secrets of keys all
 * counts but when they were last used, which is noted once a minute.
 */
import { sql } from '../../e2e/lib/database.mjs';

const RESTLESS = /^(server_lease|server_sequence|outbox_run|outbox_header|outbox_held|undo_step|search_|live_|ledger_|sightings_(list|seen)$|auth_secret$)/;
const SECRETS = `SELECT 'auth_secret', COUNT(*), SUM(CRC32(CONCAT_WS('|', key_id, number, kind,
	HEX(sha256), HEX(sealed), created_at, ends_at))) FROM auth_secret`;

/* { table: checksum }; without: names of tables that are left out besides. */
export function contents(server, without = []) {
	const tables = sql(server, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'liandong' AND table_type = 'BASE TABLE' ORDER BY 1`).flat()
		.filter((name) => !RESTLESS.test(name) && !without.includes(name));
	return Object.fromEntries([...sql(server, `CHECKSUM TABLE ${tables.join(', ')}`),
		...sql(server, SECRETS).map(([name, ...sums]) => [name, sums.join()])]);
}
