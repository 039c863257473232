/*
 * liandong-verify on files that were made by other code in another language: months, receipts
 * and checkpoints hold when they are as they should be, and each change of one is found.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dice } from '../recount/histories.mjs';
import { contentOf, fileOf, invent, keyOfBundle, seal } from '../verify/bundles.mjs';
import { figureRows } from '../verify/figures.mjs';
import { checkpointOf, checkpointText, cosignatureOf, entryOf, keyOf, noteOf, witnessKeyOf }
	from '../verify/notes.mjs';
import { PROGRAM, verify } from '../verify/program.mjs';
import { consistency, rootOf, sha256 } from '../verify/tree.mjs';
import { inParallel } from './lib/until.mjs';

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'verify-'));
test.after(() => fs.rmSync(dir, { recursive: true }));

let files = 0;
function put(text) {
	const file = path.join(dir, `file${files++}`);
	fs.writeFileSync(file, text);
	return file;
}

const check = (bundle, file, key = keyOfBundle(bundle).vkey) =>
	verify(['bundle', '-', ...(key ? ['--key', key] : [])], { input: file });
/* Statuses 1 and 2 are findings; a signal or a sanitizer's status is not. */
const isFound = ({ status, out }) => status === 1 || (status === 2 && /line \d+:/.test(out));

test('every figure of 200 invented months follows from their rows', async () => {
	await inParallel(SEEDS, 2, async (seed) => {
		const bundle = invent(seed);
		const result = await check(bundle, fileOf(bundle));
		assert.equal(result.status, 0, `seed ${seed}: ${result.out}${result.error}`);
		assert.match(result.out, /^OK figures: \d+ recomputed/m);
		assert.match(result.out, /^OK content: .*\nOK entry: .*\nOK inclusion: .*\nOK checkpoint: /m);
	});
});

test('a changed byte anywhere in a bundle is found, with the key given and without', async () => {
	await inParallel(SEEDS, 2, async (seed) => {
		const d = dice(seed);
		const bundle = invent(seed, 12);
		const bytes = Buffer.from(fileOf(bundle));
		const at = d.below(bytes.length), was = bytes[at];
		bytes[at] = (was + 1 + d.below(255)) % 256;
		const result = await check(bundle, bytes, seed % 2 ? undefined : null);
		assert.ok(isFound(result), `seed ${seed}: byte ${at} was ${was}, now ${bytes[at]}: ` +
			`${result.status} ${result.out}`);
	});
});

test('a row that is missing, twice or in another place is found', async () => {
	await inParallel(SEEDS, 2, async (seed) => {
		const d = dice(seed);
		const bundle = invent(seed, 12);
		const lines = fileOf(bundle).split('\n').slice(0, -1);
		const from = d.below(lines.length), to = d.below(lines.length - 1);
		const line = lines.splice(from, 1)[0];
		if (seed % 3 === 0)
			lines.splice(from, 0, line, line);
		else if (seed % 3 === 1 && (to !== from && lines[from] !== line))
			lines.splice(to, 0, line);
		const result = await check(bundle, `${lines.join('\n')}\n`);
		assert.ok(isFound(result), `seed ${seed}: ${line}: ${result.status} ${result.out}`);
	});
});

/* Sealed over what it says, so that only recomputing can tell. */
test('a printed figure that does not follow is named with scope, department and measure',
	async () => {
		await inParallel(SEEDS, 2, async (seed) => {
			const d = dice(seed);
			const bundle = invent(seed, 12);
			const rows = figureRows(bundle);
			const at = d.below(rows.length);
			const cells = rows[at].split('\t');
			const column = 4 + d.below(4);
			cells[column] = column === 7 ? (cells[7] === '1' ? '0' : '1') :
				column === 6 ? `${Number(cells[6].replace('-', '0')) + 0.01}` :
					Number(cells[column]) + 1;
			rows[at] = cells.join('\t');
			const result = await check(bundle, seal(bundle, contentOf(bundle, rows)));
			assert.equal(result.status, 1, `seed ${seed}: ${result.out}`);
			const [scope, kind, department, name] = cells;
			const found = result.out.split('\n').filter((line) => /printed/.test(line));
			assert.equal(found.length, 1, result.out);
			assert.ok(found[0].includes(`scope ${scope}, ${kind}, department ${department}, ` +
				`${name}: printed ${cells[4]}/${cells[5]} rate ${cells[6]}`), found[0]);
		});
	});

/* A task's row changed under figures that stayed. */
const CHANGES = [
	(task, d, month) => { task.closed_at = task.closed_at ? 0 : month.t0 + 1; },
	(task, d, month) => { task.due = task.due < month.t1 ? month.t1 + 86_400e6 : month.t0; },
	(task) => { task.channel = task.channel === '110' ? '12345' : '110'; },
	(task) => { task.role = task.role === 'lead' ? 'assist' : 'lead'; },
	(task, d, month) => { task.excluded_at = task.excluded_at ? 0 : month.t0; },
	(task) => { task.bar = task.bar === '-' ? 'anonymous' : '-'; },
	(task) => { task.return_asked = !task.return_asked; },
	(task) => { task.recomplaint = !task.recomplaint; },
	(task) => { task.sent_back = !task.sent_back; },
	(task) => { task.visits = task.visits.slice(1); },
	(task) => { task.submissions = task.submissions.slice(1); },
	(task, d, month) => { task.signed_at = task.signed_at ? 0 : month.t0; },
];

test('a changed fact under unchanged figures is found as exactly those that change', async () => {
	let changed = 0;
	await inParallel(SEEDS, 2, async (seed) => {
		const d = dice(seed);
		const bundle = invent(seed, 40);
		const printed = figureRows(bundle);
		d.pick(CHANGES)(d.pick(bundle.tasks), d, bundle.month);
		const name = (row) => row.split('\t').slice(0, 4).join('\t');
		const now = new Map(figureRows(bundle).map((row) => [name(row), row]));
		/* Who has no tasks any more has figures of nothing. */
		const differ = printed.filter((row) =>
			row !== (now.get(name(row)) ?? `${name(row)}\t0\t0\t-\t-`));
		const result = await check(bundle, seal(bundle, contentOf(bundle, printed)));
		const found = result.out.split('\n').filter((line) => line.includes(': printed '));
		const missing = [...now.keys()].filter((key) =>
			!printed.some((row) => name(row) === key)).length;
		assert.equal(result.status, differ.length + missing ? 1 : 0, `seed ${seed}`);
		assert.equal(found.length, differ.length, `seed ${seed}: ${result.out}`);
		for (const row of differ) {
			const [scope, kind, department, measure] = row.split('\t');
			assert.ok(found.some((line) => line.includes(
				`scope ${scope}, ${kind}, department ${department}, ${measure}: printed`)),
			`seed ${seed}: ${row}\n${result.out}`);
		}
		changed += differ.length > 0;
	});
	assert.ok(changed > 80, `only ${changed} of the changes touched a figure`);
});

test('figures that are left out are missed', async () => {
	const bundle = invent(5, 30);
	const rows = figureRows(bundle);
	for (const [kind, name] of [['total', '-'], ['own', bundle.tasks[0].department]]) {
		const kept = rows.filter((row) => !row.startsWith(`all\t${kind}\t${name}\t`));
		assert.notEqual(kept.length, rows.length);
		const result = await check(bundle, seal(bundle, contentOf(bundle, kept)));
		assert.equal(result.status, 1);
		assert.match(result.out, new RegExp(`scope all, .*${kind === 'own' ? name : 'total'}` +
			'.*figures are missing|scope all: the figures of the total are missing'));
	}
	const roll_up = rows.filter((row) => !row.startsWith('all\troll_up\t'));
	const result = await check(bundle, seal(bundle, contentOf(bundle, roll_up)));
	assert.equal(result.status, 1);
	assert.match(result.out, /scope all, roll_up, department D\d: the figures are missing/);
});

test('a missed target is never shown as met', async () => {
	const bundle = invent(9, 0);
	const { t0 } = bundle.month;
	bundle.rules.target = 90;
	const base = { ...invent(10, 1).tasks[0], department: bundle.departments[0].code,
		role: 'lead', left: '-', left_at: 0, excluded_at: 0, dispatched_at: t0, visits: [],
		submissions: [], channel: '110', original_due: 0, sign_due: 0, contact_due: 0 };
	bundle.tasks = Array.from({ length: 20000 }, (_, i) => ({ ...base,
		id: `LD2603020${String(i + 1).padStart(5, '0')}-1`, due: t0 + 10 * 86_400e6,
		closed_at: i < 17999 ? t0 + 1 : 0 }));
	const rows = figureRows(bundle);
	assert.ok(rows.includes('110\ttotal\t-\ton_time\t17999\t20000\t89.995\t0'), rows[0]);
	const result = await check(bundle, fileOf(bundle));
	assert.equal(result.status, 0, result.out);
	assert.match(result.out, /^on_time +89\.995% \(17999\/20000\), misses the target$/m);
	const wrong = rows.map((row) => row.replace('\t89.995\t', '\t90.00\t'));
	const found = await check(bundle, seal(bundle, contentOf(bundle, wrong)));
	assert.match(found.out, /on_time: printed 17999\/20000 rate 90\.00 meets 0, recomputed .* 89\.995 /);
});

test('without a key the file\'s own is used and said to be; another one is refused', async () => {
	const bundle = invent(3);
	const own = await check(bundle, fileOf(bundle), null);
	assert.equal(own.status, 0);
	assert.match(own.out, /the key was taken from the file itself/);
	assert.ok(own.out.includes(keyOfBundle(bundle).vkey));
	const other = await check(bundle, fileOf(bundle), keyOf(bundle.origin, 'other').vkey);
	assert.equal(other.status, 1);
	assert.match(other.out, /no good signature/);
	const bad = await check(bundle, fileOf(bundle), 'no-key');
	assert.equal(bad.status, 2);
	assert.match(bad.error, /--key: no-key is no verifier key/);
});

test('a seal over another month, of another kind or of another log is no seal', async () => {
	const bundle = invent(3);
	const content = contentOf(bundle);
	const cases = [
		[{ entry: { subject: 199901 } }, /entry: it is not the freeze of/],
		[{ entry: { kind: 3 } }, /entry: it is not the freeze of/],
		[{ entry: { digest: sha256('other') } }, /the ledger holds another digest/],
		[{ key: keyOf('elsewhere.example', 1) }, /checkpoint: it is of the log elsewhere/],
	];
	for (const [change, line] of cases) {
		const result = await check(bundle, seal(bundle, content, change), null);
		assert.equal(result.status, 1);
		assert.match(result.out, line);
	}
});

test('a department that stands below itself is said, and nothing hangs', async () => {
	const bundle = invent(3);
	const content = contentOf(bundle);
	bundle.departments[0].parent = bundle.departments[1].code;
	bundle.departments[1].parent = bundle.departments[0].code;
	const figures = content.slice(content.indexOf('scope\tkind')).split('\n').slice(1, -1);
	const result = await check(bundle, seal(bundle, contentOf(bundle, figures)));
	assert.equal(result.status, 1);
	assert.match(result.out, /departments stand below themselves/);
});

test('a bundle cut off at any place is unreadable, and says where', async () => {
	const bundle = invent(4, 20);
	const file = fileOf(bundle);
	const cuts = Array.from({ length: 60 }, (_, i) => Math.floor(file.length * i / 60));
	await inParallel(cuts, 2, async (cut) => {
		const result = await check(bundle, file.slice(0, cut));
		assert.equal(result.status, 2, `cut at ${cut}: ${result.out}`);
		assert.match(result.out, /^line \d+: /m);
	});
});

test('the first line tells what a file is', async () => {
	const bundle = invent(3);
	const whole = await verify([put(fileOf(bundle))]);
	assert.equal(whole.status, 0);
	assert.match(whole.out, /every figure follows/);
	const none = await verify([put('something else\n')]);
	assert.equal(none.status, 2);
	assert.match(none.error, /none of this program's formats/);
	assert.equal((await verify([path.join(dir, 'missing')])).status, 2);
});

test('control characters of a file do not reach the terminal', async () => {
	const result = await verify(['bundle', '-'],
		{ input: 'liandong-bundle/1\nperiod\t\u001b[2J\u009b\u0007\t1\t2\n' });
	assert.equal(result.status, 2);
	assert.doesNotMatch(result.out, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

/* ---- receipts ---- */

const ORIGIN = 'county.example/ledger';
const receiptKey = keyOf(`${ORIGIN}/receipt`, 1);
const entry = { kind: 1, subject: 2603020000017, number: 1, at: 1772413200000000,
	digest: sha256('event') };

function receipt(change = {}) {
	const { key = receiptKey, reference = 'LD260302000017', received =
		'2026-03-02T09:00:00+08:00', seconds = '60', ...rest } = change;
	return noteOf(`liandong-receipt/1\n${ORIGIN}\n${reference}\n${received}\n` +
		`${entryOf({ ...entry, ...rest }).toString('base64')}\n${seconds}\n`, key);
}

test('a receipt holds under the log\'s key for receipts, and under no other', async () => {
	const good = await verify([put(receipt()), '--key', receiptKey.vkey]);
	assert.equal(good.status, 0, good.out + good.error);
	assert.match(good.out, /receipt of LD260302000017, .*\nOK signature/);
	const other = await verify([put(receipt()), '--key', keyOf(`${ORIGIN}/receipt`, 2).vkey]);
	assert.equal(other.status, 1);
	const log = await verify([put(receipt({ key: keyOf(ORIGIN, 1) })), '--key',
		keyOf(ORIGIN, 1).vkey]);
	assert.equal(log.status, 1);
	assert.match(log.out, /receipt: it is of .*, the key of/);
	const none = await verify([put(receipt())]);
	assert.equal(none.status, 2);
	assert.match(none.error, /needs --key VKEY/);
});

test('a receipt that says two things is none', async () => {
	const cases = [
		[{ reference: 'LD260302000018' }, /of another appeal than its reference/],
		[{ number: 2 }, /not the first event/], [{ kind: 2 }, /not the first event/],
		[{ received: 'yesterday' }, /no moment/], [{ seconds: 'soon' }, /no number of seconds/],
	];
	for (const [change, line] of cases) {
		const result = await verify([put(receipt(change)), '--key', receiptKey.vkey]);
		assert.equal(result.status, 2, result.out);
		assert.match(result.out, line);
	}
});

test('a changed byte of a receipt is found', async () => {
	const whole = receipt();
	await inParallel(SEEDS, 2, async (seed) => {
		const d = dice(seed);
		const bytes = Buffer.from(whole);
		const at = d.below(bytes.length);
		bytes[at] = (bytes[at] + 1 + d.below(255)) % 256;
		const result = await verify(['receipt', '-', '--key', receiptKey.vkey],
			{ input: bytes });
		assert.ok(result.status === 1 || result.status === 2, `seed ${seed}: byte ${at}`);
	});
});

/* ---- checkpoints ---- */

const logKey = keyOf(ORIGIN, 1), witness = witnessKeyOf('oversight.example', 1);
const leaves = Array.from({ length: 70 }, (_, i) => sha256(`leaf ${i}`));
const rootAt = (size) => rootOf(leaves, 0, size);
const proofFile = (from, to, proof = consistency(leaves, from, to)) => put(JSON.stringify(
	{ from, to, proof: proof.map((hash) => hash.toString('base64')) }));
const checkpointFile = (size, root = rootAt(size)) => put(checkpointOf(logKey, size, root));
const checkpoints = (...args) => verify(['checkpoint', '--key', logKey.vkey, ...args]);

test('every pair of sizes of one log is consistent by its proof', async () => {
	const pairs = [];
	for (let from = 1; from < 18; from++)
		for (let to = from + 1; to < 18; to++)
			pairs.push([from, to]);
	pairs.push([1, 70], [32, 64], [33, 70], [64, 70], [69, 70]);
	await inParallel(pairs, 2, async ([from, to]) => {
		const result = await checkpoints(checkpointFile(from), checkpointFile(to), '--proof',
			proofFile(from, to));
		assert.equal(result.status, 0, `${from} ${to}: ${result.out}`);
		assert.match(result.out, /goes on from/);
		const proof = consistency(leaves, from, to);
		for (const bad of [[...proof, sha256('')], proof.slice(1),
			proof.map((hash, i) => i ? hash : sha256(hash))]) {
			const found = await checkpoints(checkpointFile(to), checkpointFile(from), '--proof',
				proofFile(from, to, bad));
			assert.equal(found.status, 1, `${from} ${to}`);
			assert.match(found.out, /is not shown to go on from/);
		}
	});
});

test('two trees of one size are a fork, and sizes without a proof are said to be unproven',
	async () => {
		const fork = await checkpoints(checkpointFile(9), checkpointFile(9, sha256('fork')));
		assert.equal(fork.status, 1);
		assert.match(fork.out, /^FORK: /m);
		const unproven = await checkpoints(checkpointFile(9), checkpointFile(20));
		assert.equal(unproven.status, 0);
		assert.match(unproven.out, /was not checked: give --proof/);
		const other = await checkpoints(checkpointFile(9), checkpointFile(20), '--proof',
			proofFile(9, 21));
		assert.equal(other.status, 1);
		assert.match(other.out, /the proof is from 9 to 21, not from 9 to 20/);
	});

test('a cosignature is asked for by its key: good, bad or not there', async () => {
	const text = checkpointText(ORIGIN, 20, rootAt(20));
	const note = noteOf(text, logKey);
	const good = await checkpoints(put(note + cosignatureOf(witness, text, 1772413200)),
		'--witness', witness.vkey);
	assert.equal(good.status, 0, good.out);
	assert.match(good.out, /cosignature of oversight\.example, 2026-03-02T09:00:00\+08:00/);
	const bad = await checkpoints(put(note + cosignatureOf(witness, `${text}x\n`, 1)),
		'--witness', witness.vkey);
	assert.equal(bad.status, 1);
	assert.match(bad.out, /the cosignature of oversight\.example is not good/);
	const absent = await checkpoints(put(note), '--witness', witness.vkey);
	assert.equal(absent.status, 1);
	assert.match(absent.out, /no cosignature of oversight\.example/);
	/* A cosignature is no signature of the log, whoever made it. */
	const only = await checkpoints(put(`${text}\n${cosignatureOf(witnessKeyOf(ORIGIN, 1), text, 1)}`));
	assert.equal(only.status, 1);
	assert.match(only.out, /no signature of/);
});

/* ---- the program ---- */

test('liandong verify starts the program from beside it, without a configuration', async () => {
	const liandong = path.join(path.dirname(PROGRAM), 'liandong');
	const bundle = invent(3);
	const result = await verify(['verify', put(fileOf(bundle))], { program: liandong });
	assert.equal(result.status, 0, result.error);
	assert.match(result.out, /every figure follows/);
	assert.equal((await verify(['witness'], { program: liandong })).status, 2);
});

test('the program alone runs in an empty folder with an empty environment', async () => {
	const alone = path.join(dir, 'alone');
	fs.mkdirSync(alone);
	fs.copyFileSync(PROGRAM, path.join(alone, 'checker'));
	fs.chmodSync(path.join(alone, 'checker'), 0o755);
	const file = put(fileOf(invent(3)));
	const result = await verify(['-i', path.join(alone, 'checker'), file],
		{ program: '/usr/bin/env' });
	assert.equal(result.status, 0, result.error);
	assert.deepEqual(fs.readdirSync(alone), ['checker'], 'it leaves nothing behind');
});

test('liandong verify says what is missing where the program is not there', async () => {
	const alone = path.join(dir, 'liandong');
	fs.copyFileSync(path.join(path.dirname(PROGRAM), 'liandong'), alone);
	fs.chmodSync(alone, 0o755);
	const result = await verify(['verify', 'bundle', 'x'], { program: alone,
		env: { PATH: dir } });
	assert.equal(result.status, 127);
	assert.match(result.error, /liandong-verify cannot be started .* `make` builds it/);
	fs.symlinkSync(PROGRAM, path.join(dir, 'liandong-verify-elsewhere'));
	fs.mkdirSync(path.join(dir, 'bin'));
	fs.symlinkSync(PROGRAM, path.join(dir, 'bin', 'liandong-verify'));
	const found = await verify(['verify', '--help'], { program: alone,
		env: { PATH: path.join(dir, 'bin') } });
	assert.equal(found.status, 0);
});
