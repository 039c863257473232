/*
 * The enterprises' side: the register, what is filed beforehand, what a complaint finds against
 * it, and the monthly table of the four arbitrary acts. No caller is shown anywhere in it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import test from 'node:test';
import { signIn } from './lib/api.mjs';
import { moveTo, local } from './lib/clock.mjs';
import { sql } from './lib/database.mjs';
import { startServer, endsCleanly } from './lib/server.mjs';
import { verify } from '../verify/program.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, register, rowOf } from './lib/world.mjs';

const server = await startServer({ clock: local('2026-03-12 09:00') });
const admin = server.as('admin');
const supervisor = server.as('supervisor');
const dispatcher = server.as('dispatcher');
const body = server.department('SCJ');
const USCC = '91350100M000100Y43';
const CANARY = { name: '金丝雀', phone: '13899990000' };
const seen = [];	/* every answer of this file that could show a caller */

const enterprise = (uscc, changes = {}) => ({ uscc, name: '云河甲公司', area: 'A01', ...changes });
const filing = (changes = {}) => ({ uscc: USCC, kind: 'inspection', basis: '2026年度检查计划第3项',
	first_day: '2026-03-12', last_day: '2026-03-13', ...changes });
const content = (changes = {}) => {
	const { uscc, ...rest } = filing(changes);
	return rest;
};
const file = async (changes, by = body) =>
	(await by.post('/filings', filing(changes), { expect: 201 })).json;
const pointers = (answer) => answer.json.errors.map((one) => one.pointer).sort();

async function complain(changes = {}, category = '130203') {
	return register(server, { category, area: 'A01' }, {
		channel: 'enterprise', content_class: 'complaint', title: '入企检查', text: '频繁检查',
		caller: CANARY, accused: { department: 'SCJ', person: CANARY.name },
		enterprise: { uscc: USCC, name: '云河甲公司' },
		occurred_at: '2026-03-12T08:00:00+08:00', ...changes });
}

async function findings(appeal, client = dispatcher) {
	const answer = await client.get(`/appeals/${appeal.id}/enterprise-findings`,
		{ expect: 200 });
	seen.push(answer.text);
	return answer.json;
}
const kinds = async (appeal) => (await findings(appeal)).findings.map((one) => one.kind);

/* ---- the register ---- */

test('an enterprise is entered by its code, and entering it again replaces what it says', async () => {
	const made = await admin.post('/enterprises', enterprise(USCC, { contact_leader: 'leader1' }),
		{ expect: 201 });
	assert.equal(made.headers.location, `/api/v1/enterprises/${USCC}`);
	await admin.post('/enterprises', enterprise(USCC, { name: '云河甲有限公司',
		contact_leader: 'leader1' }), { expect: 201 });
	const { json } = await body.get(`/enterprises/${USCC}`, { expect: 200 });
	assert.equal(json.name, '云河甲有限公司');
	assert.equal(json.contact_leader, 'leader1');
	assert.deepEqual(sql(server, 'SELECT uscc, name FROM enterprises_enterprise'),
		[[USCC, '云河甲有限公司']]);
	await body.get('/enterprises/91410100MA0000029Q', { expect: 404 });
	await body.get('/enterprises/x', { expect: 404 });
});

test('a code with a wrong check character, a strange area or leader is told by its member', async () => {
	for (const [changes, pointer] of [[{ uscc: '91350100M000100Y44' }, '#/uscc'],
		[{ area: 'Z99' }, '#/area'], [{ contact_leader: 'operator1' }, '#/contact_leader'],
		[{ contact_leader: 'nobody' }, '#/contact_leader']])
		assert.deepEqual(pointers(await admin.post('/enterprises',
			enterprise(USCC, changes), { expect: 422 })), [pointer]);
});

test('a table is entered whole or not at all, and every bad line is named', async () => {
	const good = '91410100MA0000010U\t云河乙公司\tA02\tleader1\n91410100MA0000029Q\t丙\tA03\t-\n';
	const head = 'uscc\tname\tarea\tcontact_leader\n# 名录\n';
	const answer = await admin.post('/enterprises/import',
		{ text: `${head}${good}91410100MA0000028Q\t丁\tA03\t-\n91410100MA0000029Q\t丁\n` },
		{ expect: 422 });
	assert.deepEqual(answer.json.errors.map((one) => /^Line \d+/.exec(one.detail)[0]),
		['Line 5', 'Line 6']);
	assert.equal((await supervisor.all('/enterprises')).length, 1);
	const done = await admin.post('/enterprises/import', { text: head + good }, { expect: 200 });
	assert.deepEqual(done.json, { enterprises: 2 });
	assert.deepEqual((await supervisor.all('/enterprises', 1)).map((one) => one.uscc),
		[USCC, '91410100MA0000010U', '91410100MA0000029Q']);
	assert.deepEqual((await supervisor.all('/enterprises?contact_leader=leader1'))
		.map((one) => one.uscc), [USCC, '91410100MA0000010U']);
});

test('the contact leader sees the open appeals of his enterprises, and no secret one', async () => {
	const leader = await signIn(server, server.access.accounts.find((one) =>
		one.login === 'leader1'));
	const open = await complain();
	const secret = await complain({ caller: { ...CANARY, secret: true } });
	const answered = await complain({ content_class: 'consultation' }, '160101');
	await server.as('operator').post(`/appeals/${answered.id}/answer`, { text: '已答复' },
		{ expect: 200 });
	const answer = await leader.get(`/enterprises/${USCC}/appeals`, { expect: 200 });
	assert.deepEqual(answer.json.items.map((one) => one.appeal), [open.id]);
	assert.ok(!answer.text.includes(secret.id));
	seen.push(answer.text);
	await leader.get('/enterprises/91410100MA0000029Q/appeals', { expect: 404 });
	await server.as('leader').get(`/enterprises/${USCC}/appeals`, { expect: 404 });
	await supervisor.get('/enterprises/91410100MA0000029Q/appeals', { expect: 200 });
});

/* ---- filings ---- */

test('every version of a filing stays, and is in the ledger as it was shown', async () => {
	const made = await file({ kind: 'fine', amount: 5000.5 });
	assert.equal(made.version, 1);
	assert.equal(made.body, 'SCJ');
	assert.equal(made.amount, 5000.5);
	assert.equal(made.late, false);
	assert.equal(made.revoked, false);
	const revised = (await body.post(`/filings/${made.id}/revise`,
		content({ kind: 'fine', amount: 4000 }), { expect: 200 })).json;
	assert.equal(revised.version, 2);
	const { json } = await supervisor.get(`/filings/${made.id}`, { expect: 200 });
	assert.deepEqual(json.versions, [made, revised]);
	assert.deepEqual(json.filing, revised);
	for (const version of [made, revised]) {
		const [[bytes]] = sql(server, `SELECT HEX(bytes) FROM ledger_content WHERE kind = 9
			AND subject = ${made.id} AND number = ${version.version}`);
		const kept = Buffer.from(bytes, 'hex');
		assert.deepEqual(JSON.parse(kept), version);
		const [[digest]] = sql(server, `SELECT HEX(digest) FROM (
			SELECT seals AS digest FROM ledger_waiting WHERE kind = 9 AND
				subject = ${made.id} AND number = ${version.version}
			UNION SELECT digest FROM ledger_entry WHERE kind = 9 AND
				subject = ${made.id} AND number = ${version.version}) found`);
		assert.equal(digest, createHash('sha256').update(kept).digest('hex').toUpperCase());
	}
});

test('the verifier recomputes what was filed from a dump, and finds a version changed by SQL', async () => {
	const made = await file({ basis: '年度检查计划' });
	const position = await until(() => sql(server, `SELECT position FROM ledger_entry
		WHERE kind = 9 AND subject = ${made.id}`)[0]?.[0], { what: 'a position' });
	const { size, keys } = await until(async () => {
		const { json } = await server.as('auditor').get('/ledger/head', { expect: 200 });
		return json.size > Number(position) && json;
	}, { what: 'a checkpoint above it' });
	assert.ok(size > Number(position));
	const judged = () => verify(['ledger', '-', '--key', keys.checkpoint, '--signer-state',
		path.join(server.dir, 'signer/state')],
	{ input: server.command(['ledger', 'dump'], { expect: 0 }).stdout });
	const good = await judged();
	assert.equal(good.status, 0, good.out + good.error);
	const change = (from, to) => sql(server, `UPDATE ledger_content
		SET bytes = REPLACE(bytes, '${from}', '${to}') WHERE kind = 9 AND subject = ${made.id}`);
	change('2026-03-13', '2026-03-23');
	const bad = await judged();
	change('2026-03-23', '2026-03-13');
	assert.notEqual(bad.status, 0);
	assert.match(bad.out + bad.error, new RegExp(`\\b${position}\\b`));
	assert.equal((await judged()).status, 0);
});

test('several who revise at once all get in, one after the other, unless they name the version', async () => {
	const made = await file();
	const answers = await Promise.all([3, 4, 5].map((day) => body.post(
		`/filings/${made.id}/revise`, content({ last_day: `2026-03-1${day}` }),
		{ expect: 200 })));
	assert.deepEqual(answers.map((one) => one.json.version).sort(), [2, 3, 4]);
	await body.post(`/filings/${made.id}/revise`, content(), { etag: '"f-1"', expect: 412 });
	await body.post(`/filings/${made.id}/revise`, content({ revoked: true }),
		{ etag: '"f-4"', expect: 200 });
});

test('a body lists what it filed, newest filings first, each in its newest version', async () => {
	const [first, second] = [await file(), await file({ kind: 'fine', amount: 300 })];
	const revised = (await body.post(`/filings/${first.id}/revise`, content({ revoked: true }),
		{ expect: 200 })).json;
	const list = await body.all('/filings', 2);
	assert.deepEqual(list.slice(0, 2), [second, revised]);
	assert.equal(new Set(list.map((one) => one.id)).size, list.length, 'no filing twice');
	await supervisor.get('/filings', { expect: 403 });
});

test('a body files for itself, and another one neither sees nor revises it', async () => {
	const made = await file();
	const other = server.department('XFDD');
	await other.get(`/filings/${made.id}`, { expect: 404 });
	await other.post(`/filings/${made.id}/revise`, content(), { expect: 404 });
	assert.deepEqual(await other.all(`/enterprises/${USCC}/filings`), []);
	assert.deepEqual(await other.all('/filings'), []);
	const own = await body.all(`/enterprises/${USCC}/filings`, 2);
	assert.deepEqual(await supervisor.all(`/enterprises/${USCC}/filings`), own);
	assert.equal(new Set(own.map((one) => `${one.id}.${one.version}`)).size, own.length);
});

test('a filing without a lawful form is told what is wrong with it', async () => {
	for (const [changes, pointer] of [
		[{ uscc: '91410100MAWYPGR4GY' }, '#/uscc'], [{ kind: 'apportionment' }, '#/kind'],
		[{ kind: 'fine' }, '#/amount'], [{ kind: 'fee', amount: 0 }, '#/amount'],
		[{ amount: 5 }, '#/amount'], [{ last_day: '2026-03-09' }, '#/last_day'],
		[{ last_day: '2027-03-13' }, '#/last_day'], [{ exception: 'complaint' }, '#/ticket'],
		[{ exception: 'safety', ticket: 'LD260312000001' }, '#/ticket'],
		[{ exception: 'complaint', ticket: 'LD260312999999' }, '#/ticket'],
		[{ exception: 'because' }, '#/exception'], [{ basis: ' ' }, '#/basis']])
		assert.deepEqual(pointers(await body.post('/filings', filing(changes),
			{ expect: 422 })), [pointer], JSON.stringify(changes));
});

test('a complaint is a ground to enter for the body that has it, and for no other', async () => {
	const where = rowOf(server, 'SCJ');
	const appeal = (await server.as('operator').register(anAppeal(where), { expect: 201 })).json;
	const excepted = { exception: 'complaint', ticket: appeal.id, first_day: '2026-04-01',
		last_day: '2026-04-01' };
	assert.equal((await file(excepted)).ticket, appeal.id);
	assert.deepEqual(pointers(await server.department('XFDD').post('/filings',
		filing(excepted), { expect: 422 })), ['#/ticket']);
});

/* ---- what a complaint finds ---- */

test('an inspection on a quiet day without a filing is found unfiled, on a quiet day', async () => {
	const appeal = await complain({ enterprise: { uscc: '91410100MA0000010U', name: null } });
	const found = await findings(appeal);
	assert.deepEqual(found.findings.map((one) => one.kind), ['unfiled', 'quiet_day']);
	assert.equal(found.act, 'inspection');
	assert.equal(found.body, 'SCJ');
	assert.equal(found.day, '2026-03-12');
	assert.equal(found.quiet_day.note, '每月1日至25日');
	assert.equal(found.complete, true);
	const later = await complain({ enterprise: { uscc: '91410100MA0000010U', name: null },
		occurred_at: '2026-02-26T10:00:00+08:00' });
	assert.deepEqual(await kinds(later), ['unfiled']);
});

test('a filing with an exception is shown beside the quiet day', async () => {
	const uscc = '91410100MA0000029Q';
	const made = await file({ uscc, exception: 'safety' });
	const found = await findings(await complain({ enterprise: { uscc, name: null } }));
	assert.deepEqual(found.findings.map((one) => one.kind), ['filed', 'quiet_day_excepted']);
	assert.deepEqual(found.findings[1].filing, made);
});

test('a fine above its filing is shown with both amounts, and raising it later helps nobody', async () => {
	const uscc = '91410100MA0000010U';
	const made = await file({ uscc, kind: 'fine', amount: 5000, first_day: '2026-03-12',
		last_day: '2026-03-12' });
	const appeal = await complain({ enterprise: { uscc, name: null }, text: '开口罚款1.2万元',
		occurred_at: '2026-03-12T08:00:00+08:00' }, '130202');
	const found = await findings(appeal);
	assert.deepEqual(found.findings.map((one) => one.kind), ['filed', 'above_filing']);
	assert.equal(found.findings[1].amount_named, 12000);
	assert.equal(found.findings[1].filing.amount, 5000);
	await moveTo(server, '2026-03-13 09:00');
	await body.post(`/filings/${made.id}/revise`, content({ kind: 'fine', amount: 12000,
		first_day: '2026-03-12', last_day: '2026-03-12' }), { expect: 200 });
	assert.deepEqual(await kinds(appeal), ['filed', 'changed_afterwards', 'above_filing']);
	const late = await file({ uscc, kind: 'fee', amount: 10, first_day: '2026-03-12',
		last_day: '2026-03-12' });
	assert.equal(late.late, true);
	assert.deepEqual(await kinds(await complain({ enterprise: { uscc, name: null },
		occurred_at: '2026-03-12T08:00:00+08:00' }, '130201')),
	['filed_afterwards', 'unfiled']);
});

test('unknown enterprises, complaints that accuse nobody and other matters are said to be so', async () => {
	assert.deepEqual(await kinds(await complain({ accused: null,
		enterprise: { uscc: '91410100MAWYPGR4GY', name: null } })),
	['unknown_enterprise', 'no_body_named', 'unfiled', 'quiet_day']);
	const odd = await findings(await complain({ enterprise: { uscc: '91350100M000100Y44',
		name: null } }, '130301'));
	assert.equal(odd.uscc_valid, false);
	assert.deepEqual(odd.findings.map((one) => one.kind), ['unknown_enterprise', 'no_act']);
	const street = await findings(await register(server, rowOf(server, 'CGJ')));
	assert.equal(street.compared, false);
	assert.deepEqual(street.findings, []);
});

test('a new version of the quiet days holds at once for what is compared', async () => {
	const appeal = await complain({ enterprise: { uscc: '91410100MAWYPGR4GY', name: null } });
	assert.ok((await kinds(appeal)).includes('quiet_day'));
	const { text, version } = (await supervisor.get('/documents/quiet-days')).json;
	await admin.post('/quiet-days', { source: '优化办〔2026〕4号', expected_version: version,
		text: `${text}open\t-\t2026-03-12\t2026-03-12\t集中检查日\n` }, { expect: 201 });
	assert.ok(!(await kinds(appeal)).includes('quiet_day'));
	assert.equal((await findings(appeal)).quiet_days_version, version + 1);
	const bad = await admin.post('/quiet-days', { source: 'x', text: 'month\t0-3\t2026-01-01\t-\tx\n' },
		{ expect: 422 });
	assert.match(bad.json.errors[0].detail, /^Line 1: the days/);
});

/* ---- the four acts ---- */

test('the table of the four acts adds up to its appeals, by act and by the accused body', async () => {
	await moveTo(server, '2026-04-02 09:00');
	const made = {};
	for (const [name, category, accused] of [['fee', '130201', 'SCJ'], ['fee', '130201', 'XFDD'],
		['apportionment', '130204', null], ['inspection', '130203', 'SCJ'],
		['fine', '130202', 'SCJ'], ['fine', '130202', 'SCJ']]) {
		const appeal = await complain({ occurred_at: null,
			accused: accused && { department: accused, person: null } }, category);
		(made[`${name} ${accused ?? 'none'}`] ??= []).push(appeal.id);
	}
	await complain({}, '130301');
	const child = await complain({ occurred_at: null, accused: { department: 'XFDD' } }, '130201');
	await server.as('operator').post(`/appeals/${child.id}/merge`, { into: made['fee XFDD'][0] },
		{ expect: 200 });
	const { json: table, text } = await supervisor.get('/reports/2026-04/four-acts',
		{ expect: 200 });
	seen.push(text);
	assert.equal(table.total.total.appeals, 6);
	assert.deepEqual(table.departments.map((one) => one.department ?? 'none').sort(),
		['SCJ', 'XFDD', 'none']);
	for (const line of table.departments)
		for (const act of ['fee', 'apportionment', 'inspection', 'fine']) {
			const department = line.department ?? 'none';
			const behind = await supervisor.all(
				`/reports/2026-04/four-acts/appeals?act=${act}&department=${department}`, 1);
			assert.deepEqual(behind.map((one) => one.appeal),
				made[`${act} ${department}`] ?? []);
			assert.equal(line[act].appeals, behind.length);
		}
	const all = await supervisor.get('/reports/2026-04/four-acts/appeals', { expect: 200 });
	seen.push(all.text);
	assert.deepEqual(all.json.items.map((one) => one.appeal).sort(),
		Object.values(made).flat().sort());
	assert.equal((await supervisor.get('/reports/2026-05/four-acts')).json.total.total.appeals, 0);
	for (const name of ['2026', '2026-Q1', '2026-W1', '2026-13'])
		await supervisor.get(`/reports/${name}/four-acts`, { expect: 422 });
});

test('the table as a file has the same counts, and its last line vouches for the rest', async () => {
	const { json: table } = await supervisor.get('/reports/2026-04/four-acts');
	const { bytes, text } = await supervisor.get('/reports/2026-04/four-acts.csv',
		{ expect: 200 });
	seen.push(text);
	const lines = text.replace(/^\ufeff/, '').trimEnd().split('\r\n').map((one) => one.split(','));
	const counts = (line) => [...['fee', 'apportionment', 'inspection', 'fine', 'total']
		.map((act) => String(line[act].appeals)), String(line.total.open)];
	assert.deepEqual(lines.slice(1, -1).map((one) => [one[2], ...one.slice(4)]),
		[...table.departments, table.total].map((line) => [line.department ?? '',
			...counts(line)]));
	const end = bytes.lastIndexOf('rows,');
	assert.equal(lines.at(-1)[3], createHash('sha256').update(bytes.subarray(0, end))
		.digest('hex'));
});

test('no caller is shown by any of this', () => {
	assert.ok(seen.length > 15);
	for (const text of seen) {
		assert.ok(!text.includes(CANARY.name) && !text.includes(CANARY.phone));
		assert.ok(!text.includes('金**') && !text.includes('9999'));
	}
});

endsCleanly(server);
