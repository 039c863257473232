/* Acts of people and programs: what is recorded, who looks, that each is in the ledger, and that
 * nothing accountable is done where it cannot be entered. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { moveTo } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { checkpointOf, entryOf, includes, leafHash } from './lib/ledger.mjs';
import { allSigned, judged } from './lib/sealed.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, contact, eventsOf, leadOf, register, rowOf, sign } from './lib/world.mjs';

const server = await startServer({ clock: MONDAY });
const where = rowOf(server, 'CGJ');
const [operator, visitor, auditor] = ['operator', 'visitor', 'auditor']
	.map((role) => server.as(role));
const appeals = [await register(server, where), await register(server, where)];
const open = async (client, appeal) => client.post(`/appeals/${appeal.id}/reveal`,
	{ fields: ['phone'], purpose: '回拨核实' }, { expect: 200 });
const page = async (query) => (await auditor.get(`/audit?${query}`, { expect: 200 })).json;

test('acts are found by time, kind, person and subject, the newest first, page by page',
	async () => {
		await open(operator, appeals[0]);
		await moveTo(server, '2026-03-02 10:00');
		await open(visitor, appeals[0]);
		await moveTo(server, '2026-03-02 11:00');
		await open(operator, appeals[1]);
		const all = await auditor.all('/audit', 1);
		assert.deepEqual(all.map((one) => [one.at, one.by.role, one.subject]), [
			['2026-03-02T11:00:00+08:00', 'operator', appeals[1].id],
			['2026-03-02T10:00:00+08:00', 'visitor', appeals[0].id],
			['2026-03-02T09:00:00+08:00', 'operator', appeals[0].id]]);
		const ids = async (query) => (await auditor.all(`/audit?${query}`, 1)).map((one) => one.id);
		const [last, middle, first] = all.map((one) => one.id);
		const by = all[0].by.id;
		assert.deepEqual(await ids(`by=${by}`), [last, first]);
		assert.deepEqual(await ids(`by=${by}&subject=${appeals[0].id}`), [first]);
		assert.deepEqual(await ids(`subject=${appeals[0].id}`), [middle, first]);
		assert.deepEqual(await ids('kind=identity_revealed'), [last, middle, first]);
		assert.deepEqual(await ids('kind=signed_in'), []);
		assert.deepEqual(await ids(`kind=signed_in&by=${by}`), []);
		const from = encodeURIComponent('2026-03-02T10:00:00+08:00');
		const to = encodeURIComponent('2026-03-02T11:00:00+08:00');
		for (const more of ['', `&subject=${appeals[0].id}`, '&kind=identity_revealed'])
			assert.deepEqual(await ids(`from=${from}&to=${to}${more}`), [middle],
				'from is included, to is not');
		assert.deepEqual((await auditor.get(`/audit/${middle}`, { expect: 200 })).json, all[1]);
		await auditor.get('/audit/999999', { expect: 404 });
	});

test('a subject is an appeal, an account or a key, and a number of one is none of another',
	async () => {
		const id = sql(server, 'SELECT subject FROM audit_act LIMIT 1')[0][0];
		assert.deepEqual((await page(`subject=account:${id}`)).items, []);
		assert.deepEqual((await page(`subject=key:${id}`)).items, []);
	});

test('a question that makes no sense names its parameter', async () => {
	for (const [query, name] of [['kind=peeking', 'kind'], ['by=operator1', 'by'],
		['by=account:0', 'by'], ['subject=5', 'subject'], ['from=yesterday', 'from'],
		['to=2026-03-02', 'to'], ['limit=0', 'limit']]) {
		const { json } = await auditor.get(`/audit?${query}`, { expect: 422 });
		assert.deepEqual(json.errors.map((one) => one.pointer), [`#/query/${name}`]);
	}
});

test('nobody else looks, and nobody changes anything there', async () => {
	for (const client of [...['operator', 'dispatcher', 'reviewer', 'visitor', 'supervisor',
		'leader', 'admin', 'intake'].map((role) => server.as(role)), server.department('CGJ')])
		for (const path of ['/audit', '/audit/1', '/audit/1/proof'])
			await client.get(path, { expect: 403 });
	for (const [method, body] of [['POST', {}], ['PUT', {}], ['DELETE', undefined]])
		assert.equal((await auditor.request(method, '/audit', { body })).status, 405);
});

/* ---- in the ledger ---- */

test('the same question is answered as a file, over all pages, and taking it out is an act with its id in the name',
	async () => {
		const take = (query) => auditor.get(`/audit.csv?${query}`, { expect: 200 });
		const ids = (answer) => answer.text.trim().split('\r\n').slice(1, -1).map((line) => Number(line.split(',')[0]));
		const listed = async (query) => (await auditor.all(`/audit?${query}`, 1)).map((one) => one.id);
		for (const query of ['', 'kind=identity_revealed', `subject=${appeals[0].id}`,
			`from=${encodeURIComponent('2026-03-02T10:00:00+08:00')}`]) {
			const before = await listed(query);
			const answer = await take(query);
			assert.deepEqual(ids(answer), before, query);
			const text = answer.text;
			const end = text.trimEnd().lastIndexOf('\r\n') + 2;
			assert.equal(text.slice(end).split(',')[3], createHash('sha256').update(text.slice(0, end)).digest('hex'));
			const id = /filename="?audit-A(\d+)\.csv/.exec(answer.headers['content-disposition'])[1];
			const [heads, ...lines] = text.trim().split('\r\n').slice(0, -1);
			assert.match(heads, /,detail,copy$/);
			assert.ok(lines.length > 0 && lines.every((line) => line.endsWith(`,A${id}`)), 'in each row');
			const act = (await auditor.get(`/audit/${id}`, { expect: 200 })).json;
			assert.deepEqual([act.kind, act.by.role, act.detail.file], ['exported', 'auditor', 'audit']);
		}
		await auditor.get('/audit.csv?kind=nothing', { expect: 422 });
		await auditor.get('/audit.csv?limit=5', { expect: 422 });
		for (const role of ['admin', 'system', 'security', 'operator', 'leader'])
			await server.as(role).get('/audit.csv', { expect: 403 });
	});

test('each act is proved by its content, its entry and a signed tree', async () => {
	await allSigned(server);
	const key = (await auditor.get('/ledger/head', { expect: 200 })).json.keys.checkpoint;
	for (const act of await auditor.all('/audit')) {
		const proof = (await auditor.get(`/audit/${act.id}/proof`, { expect: 200 })).json;
		assert.deepEqual(JSON.parse(proof.content), { format: 'liandong-act/1', ...act });
		const bytes = Buffer.from(proof.entry, 'base64');
		const entry = entryOf(bytes);
		assert.deepEqual([entry.kind, entry.subject, entry.number], [10, act.id, 1]);
		assert.equal(createHash('sha256').update(proof.content).digest('hex'),
			entry.digest.toString('hex'));
		assert.equal(proof.key, key);
		const checkpoint = checkpointOf(proof.checkpoint, key);
		const path = proof.proof.map((one) => Buffer.from(one, 'base64'));
		assert.ok(includes(leafHash(bytes), proof.seq, checkpoint.size, path, checkpoint.root));
		const other = Buffer.from(bytes);
		other[57] ^= 1;
		assert.ok(!includes(leafHash(other), proof.seq, checkpoint.size, path, checkpoint.root),
			'another entry is not proved');
	}
});

test('the separate verifier takes the ledger with acts, and finds one that was rewritten',
	async () => {
		const { json: { keys } } = await auditor.get('/ledger/head', { expect: 200 });
		const good = await judged(server, keys.checkpoint);
		assert.equal(good.status, 0, good.out + good.error);
		const where_ = 'WHERE kind = 10 ORDER BY subject LIMIT 1';
		const [[hex]] = sql(server, `SELECT HEX(bytes) FROM ledger_content ${where_}`);
		sql(server, `UPDATE ledger_content SET bytes = REPLACE(bytes, '回拨', '核实') ${where_}`);
		const found = await judged(server, keys.checkpoint);
		assert.notEqual(found.status, 0);
		assert.match(found.out + found.error, /does not have the digest/);
		sql(server, `UPDATE ledger_content SET bytes = UNHEX('${hex}') ${where_}`);
		assert.equal((await judged(server, keys.checkpoint)).status, 0);
	});

test('the bytes of an entry of an act are for the audit alone', async () => {
	const [[seq]] = sql(server, 'SELECT MIN(position) FROM ledger_entry WHERE kind = 10');
	assert.ok((await auditor.get(`/ledger/proof?seq=${seq}`, { expect: 200 })).json.entry);
	assert.equal((await operator.get(`/ledger/proof?seq=${seq}`, { expect: 200 })).json.entry,
		null);
});

/* ---- refused sign-ins ---- */

test('refused sign-ins of an hour become one act, with the accounts and sources most concerned',
	async () => {
		const hour = Math.floor(Date.parse('2026-03-02T11:00:00+08:00') / 3_600_000);
		sql(server, `INSERT INTO audit_refusal VALUES (${hour}, 7, '192.0.2.1', 40),
			(${hour}, 0, '192.0.2.1', 2), (${hour}, 7, '192.0.2.2', 1),
			(${hour + 1}, 7, '192.0.2.1', 3)`);
		await moveTo(server, '2026-03-02 11:59');
		assert.deepEqual((await page('kind=sign_in_refused')).items, []);
		await moveTo(server, '2026-03-02 14:00');
		const { items } = await page('kind=sign_in_refused');
		assert.deepEqual(items.map((one) => [one.by.id, one.at, one.detail.refusals,
			one.detail.pairs]), [[null, '2026-03-02T13:00:00+08:00', 3, 1],
			[null, '2026-03-02T12:00:00+08:00', 43, 3]]);
		assert.deepEqual(items[1].detail.most[0],
			{ account: 'account:7', source: '192.0.2.1', refusals: 40 });
		assert.deepEqual(items[1].detail.most[2].account, 'account:7');
		assert.equal(items[1].detail.most[1].account, null);
	});

test('counts older than the audit keeps are forgotten, their sums are not', async () => {
	sql(server, "INSERT INTO audit_refusal VALUES (1, 7, '192.0.2.9', 1)");
	await server.stop();
	await server.restart();
	await until(() => sql(server, 'SELECT 1 FROM audit_refusal WHERE hour = 1').length === 0,
		{ what: 'the old count to go' });
	assert.ok(Number(sql(server, 'SELECT COUNT(*) FROM audit_refusal')[0][0]) >= 4);
	const refused = server.command(['ledger', 'check'],
		{ env: { ...process.env, LIANDONG_AUDIT_MONTHS: '5' } });
	assert.notEqual(refused.status, 0, 'less than six months is against the law');
});

/* ---- no act without its entry ---- */

test('where no entry can be made, no accountable act is done', async () => {
	const appeal = await register(server, where), task = leadOf(appeal);
	const other = leadOf(await register(server, where));
	await sign(server, other);
	await contact(server, other);
	const clue = (await server.as('supervisor').post('/accountability',
		{ department: 'CGJ', title: '逾期', text: '多次催办' }, { expect: 201 })).json.id;
	await allSigned(server);
	const tables = sql(server, "SHOW TABLES").map(([name]) => name).filter((name) =>
		!/^server_|^auth_|^outbox_run|^ledger_(standing|checkpoint|node|cosignature)|^deadlines_check/
			.test(name));
	const everything = () => sql(server, tables.map((name) =>
		`CHECKSUM TABLE ${name};`).join('\n')).map((row) => row.join()).join('\n');
	const ACTS = [
		[operator, '/appeals', anAppeal(where)],
		[operator, `/appeals/${appeal.id}/reveal`, { fields: ['phone'], purpose: '核实' }],
		[operator, `/appeals/${appeal.id}/withdraw`, { reason: '自行解决', confirmed_by: 'form' }],
		[server.department('CGJ'), `/tasks/${task.id}/sign`, {}],
		[server.department('CGJ'), `/tasks/${other.id}/complete`,
			{ result: 'solved', reply: '已修复' }],
		[server.as('supervisor'), `/tasks/${task.id}/urge`, { note: '催办' }],
		[server.as('supervisor'), '/accountability',
			{ department: 'CGJ', title: '逾期', text: '多次催办' }],
		[server.as('supervisor'), `/accountability/${clue}/evidence`,
			{ tasks: [task.id], statement_until: '2026-04-10' }],
		[server.as('supervisor'), '/lotteries',
			{ from: '2026-03-01', until: '2026-04-01', count: 1 }],
		[server.as('supervisor'), '/supervised', { kind: 'demand', source: 'policy',
			department: 'CGJ', demand: '书面反馈', due: '2026-03-20' }],
		[operator, `/appeals/${appeal.id}/rule-problem`,
			{ rule: '办法', problem: '无人维护', proposal: 'amend' }],
	];
	const before = everything();
	sql(server, 'CREATE TRIGGER no_entry BEFORE INSERT ON ledger_waiting FOR EACH ROW ' +
		"SIGNAL SQLSTATE '45000'");
	try {
		for (const [client, path, body] of ACTS) {
			const { status } = await client.post(path, body);
			assert.ok([500, 503].includes(status), `${path}: ${status}`);
			assert.equal(everything(), before, path);
		}
	} finally {
		sql(server, 'DROP TRIGGER no_entry');
	}
	/* The twin: each of them is legal, and is done once it can be entered. */
	const before_events = (await eventsOf(server, appeal.id)).length;
	for (const [client, path, body] of ACTS.filter(([, path]) => !path.endsWith('/withdraw')))
		assert.ok([200, 201].includes((await client.post(path, body)).status), path);
	assert.ok((await eventsOf(server, appeal.id)).length > before_events);
});

endsCleanly(server);
