/*
 * Every change that somebody with the database's password could make to the ledger is told
 * with its position by liandong-verify, which has only the dump. LIANDONG_DUMP names a dump
 * of a real ledger to be changed instead of the invented ones.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { copyOf, digestOf, inventLedger, logKeyOf, parseDump, printDump, rebuild,
	receiptKeyOf }
	from '../verify/ledgers.mjs';
import { checkpointOf, entryOf, keyOf, noteOf } from '../verify/notes.mjs';
import { verify } from '../verify/program.mjs';
import { TAMPERINGS, tellsOf } from '../verify/tampering.mjs';
import { sha256 } from '../verify/tree.mjs';
import { inParallel } from './lib/until.mjs';

const SEED = Number(process.env.TEST_SEED ?? 1);
const CHANGES = Array.from({ length: 200 }, (_, i) => SEED + i);
const REAL = process.env.LIANDONG_DUMP;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tamper-'));
test.after(() => fs.rmSync(dir, { recursive: true }));

let files = 0;
function put(text) {
	const file = path.join(dir, `file${files++}`);
	fs.writeFileSync(file, text);
	return file;
}

/* An entry and its event as if they had been recorded then. */
function moveTo(one, at) {
	one.row.at = at;
	if (!one.event)
		return;
	one.event.recorded_at = at;
	one.event.digest = digestOf(one.event).toString('hex');
	one.row.digest = one.event.digest;
}

const real = REAL && parseDump(fs.readFileSync(REAL, 'utf8'));
/* Nodes are stored from 256 entries on. */
const ledgerOf = (seed, has_nodes = seed % 5 === 0) => real ? copyOf(real) :
	inventLedger(seed, has_nodes ? 520 + seed % 9 : null);
/* As long after it was made that everything in it has to be signed. */
function check(model, ...more) {
	const dump = put(printDump(model)), later = Date.now() / 1000 + 3600;
	fs.utimesSync(dump, later, later);
	return verify(['ledger', dump, '--key', model.key, ...more]);
}

test('a ledger as it was signed has nothing to be told of', async () => {
	await inParallel(CHANGES.slice(0, 50), 2, async (seed) => {
		const model = ledgerOf(seed);
		const result = await check(model);
		assert.equal(result.status, 0, `seed ${seed}: ${result.out}${result.error}`);
		assert.doesNotMatch(result.out, /^position/m);
		assert.match(result.out, /^OK every entry, event, node and checkpoint fits$/m);
		/* What is taken apart and put together again is the same dump. */
		assert.equal(printDump(parseDump(printDump(model))), printDump(model));
	});
});

const names = Object.keys(TAMPERINGS);
for (const [i, name] of names.entries())
	test(`it is told with its position: ${name}`, async () => {
		const seeds = CHANGES.filter((_, n) => n % names.length === i || n < 3);
		await inParallel(seeds, 2, async (seed) => {
			const model = ledgerOf(seed, / node /.test(name) || undefined);
			const touched = TAMPERINGS[name](model, dice(seed));
			if (!touched)
				return;
			const held = touched.held ? ['--held', put(touched.held)] : [];
			const result = await check(model, ...held);
			assert.equal(result.status, 1, `seed ${seed}: ${result.out}${result.error}`);
			for (const position of touched.positions)
				assert.ok(result.out.split('\n').some((line) => tellsOf(line, position)),
					`seed ${seed}: nothing of position ${position}:\n${result.out}`);
		});
	});

test('a change that follows another one is told as well', async () => {
	const model = inventLedger(7, 60);
	model.entries[10].event.data = Buffer.from('{}').toString('base64');
	model.entries[40].row.leaf = sha256('forged').toString('hex');
	const { out } = await check(model);
	assert.match(out, /^position 10: the event row/m);
	assert.match(out, /^position 40: the stored leaf/m);
	assert.equal(out.match(/^position/gm).length, 2, out);
});

test('a fork by somebody who has the signing key is told by a checkpoint held outside',
	async () => {
		const seed = 5, model = inventLedger(seed, 30), size = model.entries.length;
		const forged = inventLedger(seed, 30);
		const one = forged.entries[12];
		one.event.data = Buffer.from('{"forged":1}').toString('base64');
		one.event.digest = digestOf(one.event).toString('hex');
		one.row.digest = one.event.digest;
		rebuild(forged, [size], logKeyOf(seed));
		assert.equal((await check(forged)).status, 0, 'by itself it cannot be told');
		const note = Buffer.from(model.checkpoints.at(-1).note, 'base64').toString();
		const found = await check(forged, '--held', put(note));
		assert.equal(found.status, 1);
		assert.match(found.out, new RegExp(`the first ${size} entries are not those that`));
	});

test('the state of the signer is held against the ledger in any of its forms', async () => {
	const model = inventLedger(6, 20);
	const last = model.checkpoints.at(-1);
	const note = Buffer.from(last.note, 'base64').toString();
	const forms = [note, `${last.size}\nroot\n${note}`, `${last.size} root ${last.note}\n`,
		`${last.size}\n${last.note}`];
	for (const form of forms)
		assert.equal((await check(model, '--signer-state', put(form))).status, 0, form);
	model.checkpoints.pop();
	for (const form of forms) {
		const found = await check(model, '--signer-state', put(form));
		assert.equal(found.status, 1);
		assert.match(found.out, new RegExp(`^position ${last.size}: the checkpoint of this ` +
			'size that .* has is missing', 'm'));
	}
	const none = await check(model, '--signer-state', put('nothing\n'));
	assert.equal(none.status, 2);
	assert.match(none.error, /there is no checkpoint in it/);
});

test('a dump of another log, under another key or without one is said to be', async () => {
	const model = inventLedger(8, 20);
	const other = await verify(['ledger', '-', '--key', keyOf(model.origin, 99).vkey],
		{ input: printDump(model) });
	assert.equal(other.status, 1);
	assert.match(other.out, /^key: the dump names/m);
	assert.match(other.out, /the checkpoint of this size has no good signature of the log/);
	const own = await verify([put(printDump(model))]);
	assert.equal(own.status, 0);
	assert.match(own.out, /the key was taken from the dump itself/);
});

test('a ledger that nobody has signed yet says so', async () => {
	const model = { ...inventLedger(8, 20), key: '' };
	const result = await verify(['ledger', '-'], { input: printDump(model) });
	assert.equal(result.status, 2);
	assert.match(result.out, /names no key, since nothing was signed yet; give one by --key/);
});

test('a dump that was cut or changed after it was made is not read on', async () => {
	const text = printDump(inventLedger(9, 20));
	const cuts = Array.from({ length: 40 }, (_, i) => Math.floor(text.length * i / 40));
	await inParallel(cuts, 2, async (cut) => {
		const result = await verify(['ledger', '-'], { input: text.slice(0, cut) });
		assert.equal(result.status, 2, `cut at ${cut}: ${result.out}`);
	});
	const changed = await verify(['ledger', '-'],
		{ input: text.replace(/^end\t(\d+)\t./m, (_, size) => `end\t${size}\tz`) });
	assert.notEqual(changed.status, 0);
	const behind = await verify(['ledger', '-'], { input: `${text}more\n` });
	assert.equal(behind.status, 2);
	assert.match(behind.out, /something stands behind the end/);
});

test('a month is frozen once, corrected by number and published as it was frozen', async () => {
	const cases = [
		[(model, n) => { model.entries[n].row.number = 2; }, /is frozen a second time/, -3],
		[(model, n) => { model.entries[n].row.number = 2; }, /correction 2 of month 202602/, -1],
		[(model, n) => { model.entries[n].row.subject = 202601; }, /was not frozen before/, -1],
		[(model, n) => {
			model.entries[n].content = Buffer.from('other').toString('base64');
			model.entries[n].row.digest = sha256('other').toString('hex');
		}, /published with another digest/, -2],
	];
	for (const [change, line, behind] of cases) {
		const model = inventLedger(11, 20);
		const n = model.entries.length + behind;
		change(model, n);
		rebuild(model, [model.entries.length], logKeyOf(11));
		const result = await check(model);
		assert.equal(result.status, 1);
		assert.match(result.out, line);
		assert.ok(result.out.startsWith(`position ${n}: `), result.out);
	}
});

test('what was recorded less than a minute before the dump may still wait for its signature',
	async () => {
		const seed = 12, model = inventLedger(seed, 20);
		const made = Date.now() * 1000;
		const last = model.entries.at(-1);
		model.checkpoints.pop();
		const signed = Number(model.checkpoints.at(-1).size);
		for (const one of model.entries.slice(signed))
			moveTo(one, made - 5_000_000);
		rebuild(model);
		const dump = put(printDump(model));
		const young = await verify(['ledger', dump, '--key', model.key]);
		assert.equal(young.status, 0, young.out);
		/* The same file, an hour later than it says: now it is late. */
		fs.utimesSync(dump, made / 1e6 + 3600, made / 1e6 + 3600);
		const late = await verify(['ledger', dump, '--key', model.key]);
		assert.equal(late.status, 1);
		assert.match(late.out, new RegExp(`^position ${signed}: the entries from here to ` +
			`${last.row.position} stand under no checkpoint that holds`, 'm'));
	});

test('a month that is published needs no content of its own', async () => {
	const model = inventLedger(14, 20);
	const published = model.entries.find((one) => one.row.kind === 4);
	delete published.content;
	published.missing = 'content';
	assert.equal((await check(model)).status, 0);
});

test('a receipt is held against the ledger: its entry is there, or the promise was broken',
	async () => {
		const seed = 13, model = inventLedger(seed, 40);
		const one = model.entries.find((each) => each.event?.seq === 1);
		const receiptOf = (row) => put(noteOf(`liandong-receipt/1\n${model.origin}\n` +
			`LD260302${String(row.subject % 1e7).padStart(6, '0')}\n2026-03-02T09:00:00+08:00\n` +
			`${entryOf({ ...row, digest: Buffer.from(row.digest, 'hex') }).toString('base64')}\n` +
			'60\n', receiptKeyOf(seed)));
		const dump = put(printDump(model));
		const kept = await verify(['receipt', receiptOf(one.row), '--ledger', dump]);
		assert.equal(kept.status, 0, kept.out + kept.error);
		assert.match(kept.out, new RegExp(`in the ledger at position ${one.row.position}\\n`));
		assert.match(kept.out, /first signed by the checkpoint of size \d+, made 2026-03-02T/);
		const lost = await verify(['receipt', receiptOf({ ...one.row,
			digest: sha256('lost').toString('hex') }), '--ledger', dump, '--key',
		receiptKeyOf(seed).vkey]);
		assert.equal(lost.status, 1);
		assert.match(lost.out, /is not in the ledger, where it had to be 60 seconds/);
	});

test('an empty ledger is a ledger', async () => {
	const model = { ...inventLedger(1, 1), entries: [], nodes: [], checkpoints: [] };
	assert.equal((await check(model)).status, 0);
	model.checkpoints = [{ size: 0, at: 1, note: Buffer.from(
		checkpointOf(logKeyOf(1), 0, sha256())).toString('base64') }];
	assert.equal((await check(model)).status, 0);
});

