/*
 * The ledger as those see it who do not trust the server: every answer is verified by an
 * independent implementation (lib/ledger.mjs).
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { sql } from './lib/database.mjs';
import { checkpointOf, entryBytes, entryOf, includes, isConsistent, isSigned, leafHash,
	makeWitness, parseKey, parseNote, publicOfSeed, readDump, receiptOf, rootOf }
	from './lib/ledger.mjs';
import { startReceiver } from './lib/receiver.mjs';
import { startServer, endsCleanly, MONDAY } from './lib/server.mjs';
import { until } from './lib/until.mjs';
import { anAppeal, appealNow, close, eventsOf, leadOf, newKey, register, rowOf, sign, visit }
	from './lib/world.mjs';

const witnesses = [makeWitness('witness.test/one'), makeWitness('witness.test/two')];
const env = {
	LIANDONG_LEDGER_WITNESSES: witnesses.map(({ vkey }) => vkey).join(','),
	LIANDONG_SIGNER_ORIGIN: 'ledger.test/liandong',
};
const server = await startServer({ clock: MONDAY, env });
const auditor = server.as('auditor');
const where = rowOf(server, 'CGJ');
const b64 = (text) => Buffer.from(text, 'base64');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

const headNow = async (client = auditor) =>
	(await client.get('/ledger/head', { expect: 200 })).json;
const number = (text) => Number(sql(server, text)[0][0]);
const waiting = () => number('SELECT COUNT(*) FROM ledger_waiting;');
const size = () => number('SELECT COUNT(*) FROM ledger_entry;');
/* Until everything done so far is in a signed tree. */
const settled = () => until(async () => waiting() === 0 && (await headNow()).size === size(),
	{ what: 'all entries to be signed' });

const idNumber = (id) => Number(id.slice(2, 8)) * 1e7 + Number(id.slice(8));
const proofOf = async (query, client = auditor) =>
	(await client.get(`/ledger/proof?${query}`, { expect: 200 })).json;

/* Whether an answer of /ledger/proof holds, against a checkpoint when it is of that size. */
function holds(proof, keyText) {
	const leaf = b64(proof.leaf);
	if (proof.entry !== null)
		assert.deepEqual(leafHash(b64(proof.entry)), leaf, 'the leaf is of the entry');
	const checkpoint = checkpointOf(proof.checkpoint, keyText);
	if (checkpoint.size === proof.size)
		assert.deepEqual(checkpoint.root, b64(proof.root), 'the root is the signed one');
	return includes(leaf, proof.seq, proof.size, proof.proof.map(b64), b64(proof.root));
}

/* ---- receipts ---- */

test('a registration answers with a receipt that is signed and keeps its promise', async () => {
	const answer = await server.as('operator').register(anAppeal(where), { expect: 201 });
	const { keys, origin } = await until(async () => {
		const head = await headNow();
		return head.size > 0 && head;
	}, { what: 'the first checkpoint' });
	const receipt = receiptOf(answer.json.receipt, keys.receipt);
	assert.equal(parseKey(keys.receipt).name, 'ledger.test/liandong/receipt');
	assert.deepEqual([receipt.origin, receipt.id, receipt.received_at, receipt.seconds],
		[origin, answer.json.id, answer.json.received_at, 60]);
	const { digest, ...entry } = entryOf(receipt.entry);
	assert.deepEqual(entry, { kind: 1, subject: idNumber(answer.json.id), number: 1,
		at: Date.parse(answer.json.received_at) * 1000 });
	assert.equal(sql(server, `SELECT HEX(digest) FROM history_event WHERE seq = 1
		AND appeal_id = ${entry.subject};`)[0][0], digest.toString('hex').toUpperCase());
	const proof = await until(() => proofOf(`appeal=${answer.json.id}`),
		{ ms: receipt.seconds * 1000, what: 'the entry to be in the tree' });
	assert.deepEqual(b64(proof.entry), receipt.entry);
	assert.ok(holds(proof, keys.checkpoint));
});

test('a repeat under its Idempotency-Key brings the same receipt, byte by byte', async () => {
	const idem = newKey();
	const body = anAppeal(where);
	const [first, again] = [await server.as('operator').register(body, { idem, expect: 201 }),
		await server.as('operator').register(body, { idem, expect: 201 })];
	assert.equal(again.headers['idempotency-replayed'], 'true');
	assert.ok(first.bytes.equals(again.bytes));
	assert.match(first.json.receipt, /^liandong-receipt\/1\n/);
});

test('a receipt is shown to who registered alone, not where the appeal is read', async () => {
	const appeal = await register(server, where);
	assert.equal('receipt' in await appealNow(server, appeal.id), false);
});

test('a changed receipt does not verify', async () => {
	const { receipt } = (await server.as('operator').register(anAppeal(where),
		{ expect: 201 })).json;
	const { keys } = await headNow();
	for (const [from, to] of [['\n60\n', '\n61\n'], ['liandong-receipt/1', 'liandong-receipt/2']])
		assert.throws(() => receiptOf(receipt.replace(from, to), keys.receipt));
});

/* ---- proofs ---- */

test('every event of a whole life is in the tree, in order', async () => {
	const task = leadOf(await register(server, where));
	await close(server, task);
	await visit(server, task, 'satisfied');
	await settled();
	const { keys } = await headNow();
	const events = await eventsOf(server, task.appeal);
	assert.ok(events.length >= 7);
	let before = -1;
	for (const { seq, recorded_at: at } of events) {
		const proof = await proofOf(`appeal=${task.appeal}&event=${seq}`);
		assert.ok(holds(proof, keys.checkpoint));
		const entry = entryOf(b64(proof.entry));
		assert.deepEqual([entry.subject, entry.number, entry.at],
			[idNumber(task.appeal), seq, Date.parse(at) * 1000]);
		assert.ok(proof.seq > before, 'later events stand behind earlier ones');
		before = proof.seq;
	}
});

test('entries are proven in trees of every size, and a wrong proof does not hold', async () => {
	await settled();
	const { size: all, keys } = await headNow();
	for (const n of [1, 2, 3, 7, 8, all - 1, all])
		for (const seq of new Set([0, n >> 1, n - 1])) {
			const proof = await proofOf(`seq=${seq}&size=${n}`);
			assert.deepEqual([proof.seq, proof.size], [seq, n]);
			assert.ok(holds(proof, keys.checkpoint), `${seq} of ${n}`);
			const wrong = { ...proof, entry: null, leaf: proof.root };
			assert.equal(n > 1 && holds(wrong, keys.checkpoint), false, 'another leaf');
			assert.equal(n > 1 && holds({ ...proof, proof: proof.proof.slice(1) },
				keys.checkpoint), false, 'a hash too few');
		}
});

test('what cannot be proven is said so, by the field', async () => {
	const { size: all } = await headNow();
	const refused = async (query, status, pointer) => {
		const { json } = await auditor.get(`/ledger/${query}`, { expect: status });
		assert.equal(json.errors?.[0].pointer, pointer, query);
	};
	await refused('proof', 422, '#/query/seq');
	await refused('proof?seq=0&appeal=LD260302000001', 422, '#/query/seq');
	await refused('proof?seq=x', 422, '#/query/seq');
	await refused(`proof?seq=0&size=${all + 1000}`, 422, '#/query/size');
	await refused(`proof?seq=${all + 1000}`, 422, '#/query/seq');
	await refused('proof?seq=3&size=3', 422, '#/query/seq');
	await refused('proof?appeal=LD990101000001', 404, undefined);
	await refused('consistency?from=1', 422, '#/query/from');
	await refused('consistency?from=2&to=1', 422, '#/query/to');
	await refused(`consistency?from=1&to=${all + 1000}`, 422, '#/query/to');
});

test('every pair of checkpoints that was ever signed is consistent', async () => {
	for (let i = 0; i < 3; i++) {
		await register(server, where);
		await settled();
	}
	const { keys } = await headNow();
	const kept = (await auditor.all('/ledger/checkpoints', 2)).map(({ size: n, checkpoint }) => {
		const read = checkpointOf(checkpoint, keys.checkpoint);
		assert.equal(read.size, n);
		return read;
	}).reverse();
	assert.ok(kept.length >= 4, `${kept.length} checkpoints are kept`);
	for (const [i, old] of kept.entries())
		for (const fresh of kept.slice(i)) {
			const { proof } = (await auditor.get(
				`/ledger/consistency?from=${old.size}&to=${fresh.size}`,
				{ expect: 200 })).json;
			const hashes = proof.map(b64);
			assert.ok(isConsistent(old.size, old.root, fresh.size, fresh.root, hashes));
			if (old !== fresh)
				assert.equal(isConsistent(old.size, sha256('x'), fresh.size, fresh.root,
					hashes), false, 'another old tree');
		}
});

test('an entry is shown to who may know of its appeal, its proof to everybody', async () => {
	const appeal = await register(server, rowOf(server, 'JTJ'));
	await settled();
	const { keys } = await headNow();
	const seen = await proofOf(`appeal=${appeal.id}`);
	for (const [client, isSeen] of [[server.department('JTJ'), true],
		[server.department('CGJ'), false], [server.as('admin'), false],
		[server.as('intake', { channel: '110' }), false]]) {
		const proof = await proofOf(`seq=${seen.seq}`, client);
		assert.equal(proof.entry, isSeen ? seen.entry : null, client.name);
		assert.equal(proof.leaf, seen.leaf);
		assert.ok(holds(proof, keys.checkpoint));
		await client.get(`/ledger/proof?appeal=${appeal.id}`, { expect: isSeen ? 200 : 404 });
	}
});

/* ---- signer, witnesses, webhooks ---- */

test('the key is the signer\'s, which nobody but its own user can read', async () => {
	const folder = path.join(server.dir, 'signer');
	const { keys } = await headNow();
	assert.equal(fs.readFileSync(path.join(folder, 'vkey'), 'utf8'), `${keys.checkpoint}\n`);
	assert.deepEqual(parseKey(keys.checkpoint).raw,
		publicOfSeed(fs.readFileSync(path.join(folder, 'key'), 'utf8')));
	assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
	assert.equal(fs.statSync(path.join(folder, 'key')).mode & 0o777, 0o600);
	if (process.getuid() === 0) {
		const owner = fs.statSync(folder).uid;
		assert.notEqual(owner, 0);
		assert.notEqual(owner, fs.statSync(path.join(server.dir, 'mysql')).uid);
	}
	assert.equal(number(`SELECT COUNT(*) FROM ledger_checkpoint
		WHERE note LIKE '%${fs.readFileSync(path.join(folder, 'key'), 'utf8').trim()}%';`), 0);
});

test('cosignatures of known witnesses are taken and shown, of others refused', async () => {
	await settled();
	const head = await headNow();
	assert.deepEqual(head.keys.witnesses, witnesses.map(({ vkey }) => vkey));
	const post = (checkpoint, expect, client = auditor) =>
		client.post('/ledger/cosignatures', { checkpoint }, { expect });
	const code = async (checkpoint) => (await post(checkpoint, 422)).json.errors[0].code;
	assert.equal(await code('no note'), 'bad_note');
	assert.equal(await code(head.checkpoint), 'no_witness');
	assert.equal(await code(makeWitness('witness.test/one').cosign(head.checkpoint)),
		'no_witness');
	assert.equal(await code(witnesses[0].cosign(head.checkpoint
		.replace(`\n${head.size}\n`, `\n${head.size + 1}\n`))), 'unknown_checkpoint');
	await post(witnesses[0].cosign(head.checkpoint), 403, server.as('operator'));
	assert.deepEqual((await post(witnesses[0].cosign(head.checkpoint), 200)).json,
		{ size: head.size, cosignatures: 1 });
	await post(witnesses[0].cosign(head.checkpoint), 200);
	await post(witnesses[1].cosign(head.checkpoint), 200, server.as('supervisor'));
	const note = parseNote((await headNow()).checkpoint);
	assert.equal(note.signatures.length, 3);
	for (const vkey of [head.keys.checkpoint, ...head.keys.witnesses])
		assert.ok(isSigned(note, vkey), vkey);
	const [newest] = (await auditor.get('/ledger/checkpoints?limit=1')).json.items;
	assert.equal(newest.checkpoint, (await headNow()).checkpoint);
});

test('every webhook attempt carries the newest checkpoint', async () => {
	const receiver = await startReceiver({ answer: (entry, attempt) =>
		({ status: attempt === 1 ? 503 : 204, headers: { 'retry-after': '0' } }) });
	const hook = (await server.as('admin').post('/webhooks', { department: 'CGJ',
		url: receiver.url, events: ['task.*'], format: 'standard' }, { expect: 201 })).json;
	receiver.secrets.push(hook.secret);
	await settled();
	const { keys, size: least } = await headNow();
	await register(server, where);
	const attempts = await until(() => receiver.requests.length >= 2 && receiver.requests,
		{ what: 'two attempts' });
	for (const { headers, is_signed: isWebhookSigned } of attempts) {
		const read = checkpointOf(b64(headers['x-ledger-checkpoint']).toString(),
			keys.checkpoint);
		assert.ok(read.size >= least);
		assert.ok(isWebhookSigned);
	}
	await server.as('admin').delete(`/webhooks/${hook.id}`);
	await receiver.stop();
});

/* ---- the dump ---- */

const TYPES = ['appeal.received', 'task.dispatched', 'task.signed', 'task.contacted',
	'task.progressed', 'task.completed', 'task.review_failed', 'task.review_passed',
	'task.visited'];

/* The canonical bytes of an event, from the fields of its line. */
function canonical([appeal, seq, kind, at, recordedAt, byKind, byId, byName, task, data]) {
	const numeric = (text) => {
		const bytes = Buffer.alloc(8);
		bytes.writeBigInt64BE(BigInt(text));
		return bytes;
	};
	const fields = [numeric(appeal), numeric(seq), Buffer.from(TYPES[Number(kind) - 1]),
		numeric(at), numeric(recordedAt), numeric(byKind), numeric(byId), b64(byName),
		numeric(task), b64(data)];
	return Buffer.concat([Buffer.of(1), ...fields.flatMap((field) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(field.length);
		return [length, field];
	})]);
}

const dumpNow = () => readDump(server.command(['ledger', 'dump'], { expect: 0,
	env: { ...process.env, ...env } }).stdout);

function verifyDump(dump) {
	const leaves = dump.entries.map(({ leaf }) => leaf);
	for (const [i, entry] of dump.entries.entries()) {
		assert.equal(entry.position, i, 'positions are dense');
		assert.deepEqual(leafHash(entryBytes(entry)), entry.leaf, `leaf of ${i}`);
		if (entry.kind === 1 && Number(entry.event[2]) <= TYPES.length)
			assert.deepEqual(sha256(canonical(entry.event)), entry.digest, `event of ${i}`);
		if (entry.kind !== 1)
			assert.deepEqual(sha256(entry.content), entry.digest, `content of ${i}`);
	}
	for (const { size: n, note } of dump.checkpoints)
		assert.deepEqual(checkpointOf(note, dump.head.key).root, rootOf(leaves.slice(0, n)),
			`root of ${n}`);
	for (const { level, place, hash } of dump.nodes) {
		const width = 256 ** level;
		assert.equal(hash, rootOf(leaves.slice(place * width, (place + 1) * width))
			.toString('hex'), `node ${level} ${place}`);
	}
	return leaves;
}

test('a dump recomputes: events, entries, nodes and the root of every checkpoint', async () => {
	const content = Buffer.alloc(2.5 * (1 << 20), 'month\n');
	const parts = [0, 1, 2].map((i) => content.subarray(i << 20, (i + 1) << 20));
	sql(server, parts.map((part, i) => `INSERT INTO ledger_content VALUES
			(2, 202602, 1, ${i}, x'${part.toString('hex')}');`).join('\n') +
		`INSERT INTO ledger_waiting VALUES (2, 202602, 1, 0, 1772000000000000,
			x'${sha256(content).toString('hex')}');`);
	for (let i = 0; i < 130; i++)
		await register(server, where);
	await settled();
	const dump = dumpNow();
	const { keys, size: n } = await headNow();
	assert.deepEqual([dump.head.origin, dump.head.key, dump.head['receipt-key'], dump.size],
		['ledger.test/liandong', keys.checkpoint, keys.receipt, n]);
	assert.equal(dump.entries.length, n);
	verifyDump(dump);
	assert.ok(dump.nodes.length >= 1 && dump.checkpoints.length >= 4);
	assert.deepEqual(dump.unsequenced, []);
	const month = dump.entries.filter(({ kind }) => kind === 2);
	assert.deepEqual(month.map(({ subject, at }) => [subject, at]),
		[[202602, 1772000000000000]]);
	assert.ok(month[0].content.equals(content));
	assert.equal(dump.entries.filter(({ kind }) => kind === 1).length,
		number('SELECT COUNT(*) FROM history_event;'));
});

test('a dump shows what somebody with the database changed, and where', async () => {
	const victim = await register(server, where);
	await settled();
	const { seq } = await proofOf(`appeal=${victim.id}`);
	const id = idNumber(victim.id);
	const broken = (statement, repair) => {
		sql(server, statement);
		try {
			return dumpNow();
		} finally {
			sql(server, repair);
		}
	};
	let dump = broken(`UPDATE history_event SET at = at - 1 WHERE appeal_id = ${id} AND seq = 1;`,
		`UPDATE history_event SET at = at + 1 WHERE appeal_id = ${id} AND seq = 1;`);
	assert.throws(() => verifyDump(dump), new RegExp(`event of ${seq}`));
	dump = broken(`UPDATE ledger_entry SET number = 9 WHERE position = ${seq};`,
		`UPDATE ledger_entry SET number = 1 WHERE position = ${seq};`);
	assert.equal(dump.entries[seq].missing, 'event');
	assert.throws(() => verifyDump({ ...dump, entries: dump.entries.map((entry) =>
		({ ...entry, event: entry.event ?? [0, 0, 99] })) }), new RegExp(`leaf of ${seq}`));
	sql(server, `CREATE TABLE put_aside AS SELECT * FROM history_event WHERE appeal_id = ${id};`);
	dump = broken(`DELETE FROM history_event WHERE appeal_id = ${id};`,
		'INSERT INTO history_event SELECT * FROM put_aside; DROP TABLE put_aside;');
	assert.equal(dump.entries[seq].missing, 'event');
	verifyDump(dumpNow());
});

/* ---- commitments ---- */

test('a changed text, a changed caller and a moved one are named by ledger check', async () => {
	const [text, caller, moved, whole] = [await register(server, where),
		await register(server, where), await register(server, where),
		await register(server, where)];
	const check = () => server.command(['ledger', 'check']);
	assert.equal(check().status, 0, check().stdout);
	assert.match(check().stdout, /, 0 changed, 0 erased, 0 from before/);
	sql(server, `UPDATE intake_appeal SET text = CONCAT(text, '。') WHERE id = ${idNumber(text.id)};
		UPDATE intake_appeal SET is_secret = 1 WHERE id = ${idNumber(caller.id)};
		UPDATE callers_caller a JOIN callers_caller b ON b.appeal_id = ${idNumber(whole.id)}
			SET a.phone_sealed = b.phone_sealed WHERE a.appeal_id = ${idNumber(moved.id)};`);
	const { status, stdout } = check();
	assert.equal(status, 1);
	assert.match(stdout, new RegExp(`appeal ${text.id}: the text was changed`));
	assert.match(stdout, new RegExp(`appeal ${caller.id}: the caller was changed`));
	assert.match(stdout, new RegExp(`appeal ${moved.id}: a sealed value`));
	assert.ok(!stdout.includes(whole.id));
	assert.match(stdout, /, 3 changed,/);
	sql(server, `UPDATE intake_appeal SET text = TRIM(TRAILING '。' FROM text)
		WHERE id = ${idNumber(text.id)};`);
});

test('an erased person leaves the ledger whole, and commitments that tell nothing', async () => {
	const appeal = await register(server, where);
	const anonymous = await register(server, where, { caller: { anonymous: true } });
	await settled();
	const before = await proofOf(`appeal=${appeal.id}`);
	assert.equal(number(`SELECT COUNT(*) FROM callers_caller
		WHERE appeal_id = ${idNumber(anonymous.id)} AND salt_sealed IS NOT NULL;`), 1);
	sql(server, `DELETE FROM callers_caller WHERE appeal_id = ${idNumber(appeal.id)};`);
	const { keys } = await headNow();
	const after = await proofOf(`appeal=${appeal.id}`);
	assert.deepEqual([after.entry, after.seq], [before.entry, before.seq]);
	assert.ok(holds(after, keys.checkpoint));
	verifyDump(dumpNow());
	assert.match(server.command(['ledger', 'check']).stdout, /, 1 erased,/);
	const [received] = await eventsOf(server, appeal.id);
	for (const name of ['said', 'caller'])
		assert.match(received.data[name], /^[0-9a-f]{64}$/);
	assert.ok(!JSON.stringify(received).includes('王小明'));
});

/* ---- no act without its entry ---- */

test('while nothing can be entered nothing is done, and no identity leaves', async () => {
	const appeal = await register(server, where);
	const task = leadOf(appeal);
	await settled();
	const counts = () => sql(server, `SELECT (SELECT COUNT(*) FROM intake_appeal),
		(SELECT COUNT(*) FROM history_event), (SELECT COUNT(*) FROM callers_caller),
		(SELECT COUNT(*) FROM tasks_task), (SELECT COUNT(*) FROM outbox_delivery),
		(SELECT MAX(version) FROM tasks_task), (SELECT COUNT(*) FROM ledger_entry);`)[0].join();
	const before = counts();
	sql(server, 'RENAME TABLE ledger_waiting TO ledger_hidden;');
	try {
		const failed = [500, 503];
		await server.as('operator').register(anAppeal(where), { expect: failed });
		await server.department('CGJ').post(`/tasks/${task.id}/sign`, {}, { expect: failed });
		await server.as('supervisor').post(`/tasks/${task.id}/urge`, { note: '催办' },
			{ expect: failed });
		const revealed = await server.as('operator').post(`/appeals/${appeal.id}/reveal`,
			{ fields: ['name'], purpose: '核实' }, { expect: 503 });
		assert.doesNotMatch(revealed.text, /王小明|1380000/);
		assert.equal(counts(), before);
	} finally {
		sql(server, 'RENAME TABLE ledger_hidden TO ledger_waiting;');
	}
	await sign(server, task);
	assert.equal((await server.as('operator').post(`/appeals/${appeal.id}/reveal`,
		{ fields: ['name'], purpose: '核实' }, { expect: 200 })).json.name, '王小明');
	await settled();
	/* Besides the events the month and what is on record of the reveal. */
	assert.equal(size(), number('SELECT COUNT(*) FROM history_event;') + 2);
});

/* ---- what should not be ---- */

test('what was done before there was a ledger is entered from the history', async () => {
	const { id } = await register(server, where);
	const [old, lost] = [2501010000001, 2501010000002];
	sql(server, `INSERT INTO history_event SELECT ${old}, seq, kind, at, recorded_at, by_kind,
			by_id, by_name, task_id, data, digest FROM history_event
			WHERE appeal_id = ${idNumber(id)};
		INSERT INTO history_event SELECT ${lost}, seq, kind, at, recorded_at, by_kind, by_id,
			by_name, task_id, data, digest FROM history_event
			WHERE appeal_id = ${idNumber(id)} AND seq = 1;
		INSERT INTO ledger_waiting VALUES (1, ${old}, 2, 2, 0, ''), (1, ${lost}, 2, 2, 0, '');`);
	await settled();
	assert.deepEqual(sql(server, `SELECT l.number, l.digest = e.digest, l.at = e.recorded_at
		FROM ledger_entry l JOIN history_event e ON e.appeal_id = l.subject AND e.seq = l.number
		WHERE l.subject = ${old} ORDER BY l.position;`), [['1', '1', '1'], ['2', '1', '1']]);
	assert.equal(number(`SELECT COUNT(*) FROM ledger_entry WHERE subject = ${lost};`), 1);
	assert.match(server.log(), new RegExp(
		`error ledger events_missing .*appeal=${lost} up_to=2 events=2 found=1`));
});

test('events that no entry stands for are listed once their time is over', async () => {
	const forgotten = 2501010000003;
	sql(server, `INSERT INTO history_event SELECT ${forgotten}, seq, kind, at,
		recorded_at - 61000000 * (seq - 1), by_kind, by_id, by_name, task_id, data, digest
		FROM history_event WHERE appeal_id = 2501010000001;`);
	assert.deepEqual(dumpNow().unsequenced, [[forgotten, 2]]);
});

test('over a tree with a hole nothing is signed or proven, and somebody is told', async () => {
	/* Below a full tile its root stands for the leaves: the hole is in the open one. */
	do {
		await register(server, where);
		await settled();
	} while (size() % 256 < 3);
	const { size: signed } = await headNow();
	sql(server, `DELETE FROM ledger_entry WHERE position = ${signed - 2};`);
	await register(server, where);
	await until(() => /error signer tree_with_a_hole/.test(server.log()),
		{ what: 'the alarm' });
	assert.equal((await headNow()).size, signed);
	assert.equal((await auditor.get('/ledger/proof?seq=0', { expect: 500 })).json.code,
		'ledger_damaged');
	assert.match((await server.as('admin').get('/metrics')).text, /^liandong_signer_refused 1$/m);
});

endsCleanly(server);
