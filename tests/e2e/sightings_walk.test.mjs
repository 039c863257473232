/*
 * Every described GET is walked: words that occur nowhere else are planted in cases by all who write
 * in them, and whoever is shown one of them has left a trace at that case. Which pages show what is
 * not written here: it is found by looking.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAccess, relationOf } from './lib/access.mjs';
import { sql } from './lib/database.mjs';
import { ABSENT, OF_PEOPLE, makeWorld, targetOf } from './lib/matrix.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { complete, contact, leadOf, register, review, rowOf, sign, visit } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const world = await makeWorld(server);
const [dispatcher, supervisor, operator] = ['dispatcher', 'supervisor', 'operator']
	.map((role) => server.as(role));
const cgj = server.department('CGJ');
const post = (client, path, body, expect = 200) => client.post(path, body, { expect });

/* What is planted: the number of the case -> its word. */
const words = new Map();
const wordOf = (appeal) => words.get(appeal.id);

async function plant(changes = {}) {
	const word = `鸑鷟${String.fromCharCode(0x4e00 + words.size)}龘`;
	const appeal = await register(server, where, { title: word, text: `${word}路灯不亮`, ...changes });
	words.set(appeal.id, word);
	return appeal;
}

/* Closed, with words at every step; its exclusion waits. */
async function lived() {
	const appeal = await plant({ enterprise: { uscc: '91350100M000100Y43', name: '云河公司' } });
	const word = wordOf(appeal), task = leadOf(appeal);
	await sign(server, task);
	await contact(server, task, { note: word });
	await post(cgj, `/tasks/${task.id}/progress`, { text: word, promise_on: '2026-03-04' });
	await post(operator, `/appeals/${appeal.id}/rule-problem`,
		{ rule: word, problem: word, proposal: 'amend' });
	await complete(server, task, { reply: `您好，${word}路灯已于今日修好，感谢您的反映。` });
	await review(server, task, true, word);
	await visit(server, task, 'satisfied', { note: word });
	await post(dispatcher, `/tasks/${task.id}/exclude`, { ground: 'G4', evidence: word });
	return { appeal, task };
}

/* In hand, with a wish for more time; another is given back; a third is a secret caller's. */
async function waiting() {
	const asked = await plant(), given = await plant();
	await sign(server, leadOf(asked));
	await contact(server, leadOf(asked));
	await post(cgj, `/tasks/${leadOf(asked).id}/extend`,
		{ days: 5, reason: wordOf(asked), caller_informed: true });
	await post(cgj, `/tasks/${leadOf(given).id}/return`,
		{ reason: 'not_my_duty', basis: wordOf(given), propose: null });
	const secret = await plant({ caller: { name: '王小明', phone: '13800009999', secret: true } });
	await sign(server, leadOf(secret));
	await post(cgj, `/tasks/${leadOf(secret).id}/callback`, { question: wordOf(secret) });
	const observed = (await post(server.as('observer'), '/observations',
		{ kind: 'observation', appeal: asked.id, text: wordOf(asked) }, 201)).json.id;
	return { cases: [asked, given, secret], observed };
}

/* An item of the department with the closed task for its evidence. */
async function evidence(task) {
	const { id } = (await post(supervisor, '/accountability',
		{ department: 'CGJ', title: '多件逾期', text: '无回应' }, 201)).json;
	await post(supervisor, `/accountability/${id}/evidence`,
		{ tasks: [task.id], statement_until: '2026-04-10' });
	return id;
}

const closed = await lived(), open = await waiting();
const pack = await evidence(closed.task);
const { rows } = readAccess();

/* Where a page shows more when it is asked for it. */
const ASKED = { '/api/v1/exclusions': '?state=asked', '/api/v1/notices/replies': '?state=unread' };

/* Addresses of a row: of each planted case, or of the one thing that tells of one. */
function addressesOf(row) {
	if (row.path === '/api/v1/accountability/{id}')
		return [`/api/v1/accountability/${pack}`];
	if (row.path === '/api/v1/observations/{id}')
		return [`/api/v1/observations/${open.observed}`];
	const cases = /^\/api\/v1\/(appeals|tasks)\/\{id\}/.test(row.path) ?
		[closed.appeal, ...open.cases] : [closed.appeal];
	return cases.map((own) => targetOf({ ...world, appeal: { ...world.appeal, own } }, row.path, 'own') +
		(ASKED[row.path] ?? ''));
}

/* One who sees all and one who sees its own, where there are such. */
function readersOf(row) {
	return ['all', 'own'].flatMap((cell) => Object.keys(row.cells).filter((role) =>
		role !== 'intake' && relationOf(row, role) === cell).slice(0, 1))
		.map((role) => (role === 'department' ? cgj : server.as(role)));
}

/* Traces of a case; those of before are taken away, so that the next look leaves its own. */
function tracesAt(id) {
	const number = sql(server, `SELECT id FROM intake_appeal WHERE title = '${words.get(id)}'`)[0][0];
	return Number(sql(server, `SELECT (SELECT COUNT(*) FROM sightings_seen WHERE appeal_id = ${number}) +
		(SELECT COUNT(*) FROM sightings_list WHERE ids LIKE '%${number}%')`)[0][0]);
}
const forget = () => sql(server, 'DELETE FROM sightings_seen; DELETE FROM sightings_list');
const shownIn = (answer) => [...words].filter(([, word]) => (answer.text ?? '').includes(word))
	.map(([id]) => id);

test('whoever is shown a word of a case by a GET has left a trace at that case', async () => {
	const untraced = [], showing = new Set();
	for (const row of rows.filter((one) => one.method === 'GET' && !one.is_public &&
		!OF_PEOPLE.test(one.path) && !ABSENT.test(one.path) && one.handler !== 'changes_follow'))
		for (const reader of readersOf(row))
			for (const address of addressesOf(row)) {
				if (shownIn(await reader.get(address)).length === 0)
					continue;
				forget();
				for (const id of shownIn(await reader.get(address, { expect: 200 }))) {
					showing.add(row.handler);
					if (tracesAt(id) === 0)
						untraced.push(`${reader.name} GET ${address}: ${id}`);
				}
			}
	assert.deepEqual(untraced, []);
	/* The walk comes by where words are known to stand. */
	for (const handler of ['intake_show', 'history_list', 'tasks_show', 'tasks_list', 'search_list',
		'callbacks_list', 'exclusions_list', 'items_show', 'observations_show',
		'observations_list', 'problems_list', 'extensions_asked', 'extensions_list', 'visits_list'])
		assert.ok(showing.has(handler), `${handler} shows nothing: ${[...showing]}`);
});

endsCleanly(server);
