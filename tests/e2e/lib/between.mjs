/*
 * Stopping transactions of the server between two of their statements, to let another one in there:
 * a session of the database's own client holds a row, or a table against newcomers, and what runs
 * into it is seen waiting. So what two may do to each other is no matter of chance.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { clientOf } from './database.mjs';
import { until } from './until.mjs';

class Session {
	#child;
	#out = '';
	#done = 0;

	constructor(server) {
		this.#child = spawn('mariadb', [...clientOf(server), '--unbuffered'],
			{ stdio: ['pipe', 'pipe', 'inherit'] });
		this.#child.stdout.on('data', (bytes) => this.#out += bytes);
	}

	/* Sends statements; gives the waiting for their end, with what they gave. */
	start(text) {
		const mark = `done ${this.#done += 1}\n`;
		const from = this.#out.length;
		this.#child.stdin.write(`${text};\nSELECT '${mark.trim()}';\n`);
		return async () => {
			await until(() => this.#out.includes(mark, from), { what: text, every: 5 });
			return this.#out.slice(from, this.#out.indexOf(mark, from)).trim();
		};
	}

	/* What was held is free. */
	async end() {
		this.#child.stdin.end();
		if (this.#child.exitCode === null && this.#child.signalCode === null)
			await once(this.#child, 'exit');
	}

	kill() {
		this.#child.kill();
	}
}

/* A session of a test, with which it is over whatever happens. */
function sessionOf(t, server) {
	const session = new Session(server);
	t.after(() => session.kill());
	return session;
}

/*
 * What waits in the database, by a session of its own: a wait of the server for a row ends after
 * seconds, and who is to find it there may not be late.
 */
export class Watch {
	#session;

	constructor(t, server) {
		this.#session = sessionOf(t, server);
	}

	async count(text) {
		return Number(await this.#session.start(`SELECT COUNT(*) FROM information_schema.${text}`)());
	}

	rows() {
		return this.count("innodb_trx WHERE trx_state = 'LOCK WAIT'");
	}

	tables(words = '') {
		return this.count(`processlist WHERE state LIKE 'Waiting for table%lock'
			AND info LIKE '%${words}%' AND id <> CONNECTION_ID()`);
	}

	untilRows(n) {
		return this.until(async () => await this.rows() >= n, `${n} to wait`);
	}

	/* Until a statement with these words waits for a table. */
	untilStopped(words) {
		return this.until(async () => await this.tables(words) > 0, `${words} to wait`);
	}

	/* The database shows again what it showed before where it is asked within a tenth of a second. */
	until(probe, what, ms = 20_000) {
		return until(probe, { ms, every: 150, what });
	}
}

/* Holds what a SELECT finds until release(). */
export async function holdRows(t, server, select) {
	const session = sessionOf(t, server);
	await session.start(`BEGIN;\n${select} FOR UPDATE`)();
	return { release: () => session.end() };
}

/*
 * Keeps from a table everybody who has not used it in a transaction that is still open: how, "WRITE"
 * or "READ" (then they may read). It has the table itself when all these have ended.
 */
export async function keepFrom(t, server, table, how = 'WRITE') {
	const session = sessionOf(t, server);
	const isLocked = session.start(`LOCK TABLES ${table} ${how}`);
	if (how === 'READ')
		await isLocked();
	else
		await new Watch(t, server).untilStopped(`LOCK TABLES ${table}`);
	return { release: async () => {
		await isLocked();
		await session.end();
	} };
}
