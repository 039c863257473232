/*
 * Dumps of a ledger: invented ones, and any dump taken apart into rows and put together again,
 * so that a row can be changed as somebody with the database's password would.
 */
import { dice } from '../recount/histories.mjs';
import { checkpointOf, entryOf, keyOf } from './notes.mjs';
import { leafOf, nodesOf, rootOf, sha256 } from './tree.mjs';

const START = 1772413200_000000;
export const TYPES = ['appeal.received', 'task.dispatched', 'task.signed', 'task.contacted',
	'task.progressed', 'task.completed', 'task.review_failed', 'task.review_passed',
	'task.visited', 'task.redo', 'task.warned', 'task.overdue', 'task.card'];

const number = (value) => {
	const bytes = Buffer.alloc(12);
	bytes.writeUInt32BE(8);
	bytes.writeBigUInt64BE(BigInt(value), 4);
	return bytes;
};
const text = (value) => {
	const bytes = Buffer.from(value);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(bytes.length);
	return Buffer.concat([length, bytes]);
};

/* The digest of an event's canonical bytes. */
export const digestOf = (e) => sha256(Buffer.concat([Buffer.from([1]), number(e.appeal),
	number(e.seq), text(TYPES[e.kind - 1]), number(e.at), number(e.recorded_at),
	number(e.by_kind), number(e.by_id), text(Buffer.from(e.by_name, 'base64')), number(e.task),
	text(Buffer.from(e.data, 'base64'))]));

const EVENT = ['appeal', 'seq', 'kind', 'at', 'recorded_at', 'by_kind', 'by_id', 'by_name',
	'task', 'data', 'digest'];
const ENTRY = ['position', 'kind', 'subject', 'number', 'at', 'digest', 'leaf'];
const fieldsOf = (names, values) =>
	Object.fromEntries(names.map((name, i) => [name, values[i]]));

export const leafOfRow = (row) => leafOf(entryOf({ ...row,
	digest: Buffer.from(row.digest, 'hex') })).toString('hex');

function eventEntry(d, appeal, seq, at) {
	const event = { appeal, seq, kind: seq === 1 ? 1 : 2 + d.below(TYPES.length - 1),
		at: at - d.below(3) * 1000, recorded_at: at, by_kind: 1 + d.below(3),
		by_id: d.below(50), task: seq === 1 ? 0 : appeal * 100 + 1,
		by_name: Buffer.from(d.pick(['operator1', '城管局', ''])).toString('base64'),
		data: Buffer.from(JSON.stringify({ n: d.below(1e6), text: '路灯'.repeat(d.below(9)) }))
			.toString('base64') };
	event.digest = digestOf(event).toString('hex');
	return { row: { kind: 1, subject: appeal, number: seq, at, digest: event.digest }, event };
}

function monthEntry(d, kind, at, content) {
	return { content: content.toString('base64'), row: { kind, subject: 202602, number: 1, at,
		digest: sha256(content).toString('hex') } };
}

/* Rows in order, positions and leaves filled in; nodes and checkpoints made for them. */
export function rebuild(model, sizes, key) {
	model.entries.forEach((one, position) => {
		one.row.position = position;
		one.row.leaf = leafOfRow(one.row);
	});
	const leaves = model.entries.map((one) => Buffer.from(one.row.leaf, 'hex'));
	model.nodes = nodesOf(leaves).map((node) => ({ ...node, hash: node.hash.toString('hex') }));
	if (sizes)
		model.checkpoints = sizes.map((size) => ({ size,
			at: Number(model.entries[size - 1].row.at) + 1000,
			note: Buffer.from(checkpointOf(key, size, rootOf(leaves, 0, size)))
				.toString('base64') }));
	return model;
}

export const logKeyOf = (seed) => keyOf('county.example/ledger', seed);
export const receiptKeyOf = (seed) => keyOf('county.example/ledger/receipt', seed);

/* The same ledger for the same seed; `size` entries or so many as it happens to have. */
export function inventLedger(seed, size = null) {
	const d = dice(seed);
	const key = logKeyOf(seed), n = size ?? 10 + d.below(60);
	const model = { origin: key.name, key: key.vkey, receipt_key: receiptKeyOf(seed).vkey,
		entries: [], unsequenced: [], nodes: [], checkpoints: [] };
	const seqs = new Map();
	for (let i = 0; i < n; i++) {
		const appeal = 2603020000001 + d.below(12);
		seqs.set(appeal, (seqs.get(appeal) ?? 0) + 1);
		model.entries.push(eventEntry(d, appeal, seqs.get(appeal), START + i * 1_500_000));
	}
	const frozen = Buffer.from(`liandong-bundle/1\n${'行'.repeat(d.below(400))}`);
	const at = START + n * 1_500_000;
	const published = Buffer.from('liandong-publication/1\nperiod\t2026-02\ndigest\t' +
		`${sha256(frozen).toString('hex')}\n`);
	model.entries.push(monthEntry(d, 2, at, frozen), monthEntry(d, 4, at + 1, published),
		monthEntry(d, 3, at + 2, Buffer.from('更正')));
	const total = model.entries.length;
	const sizes = [...new Set([1, ...Array.from({ length: 6 }, () => 1 + d.below(total)), total])]
		.sort((a, b) => a - b);
	return rebuild(model, sizes, key);
}

/* A dump's text as { origin, key, receipt_key, entries, unsequenced, nodes, checkpoints }. */
export function parseDump(dump) {
	const model = { entries: [], unsequenced: [], nodes: [], checkpoints: [] };
	const last = () => model.entries[model.entries.length - 1];
	for (const line of dump.split('\n')) {
		const [name, ...fields] = line.split('\t');
		if (['origin', 'key', 'receipt-key'].includes(name))
			model[name.replace('-', '_')] = fields[0];
		else if (name === 'entry')
			model.entries.push({ row: fieldsOf(ENTRY, fields) });
		else if (name === 'event')
			last().event = fieldsOf(EVENT, fields);
		else if (name === 'content' || name === 'missing')
			last()[name] = fields[0];
		else if (name === 'unsequenced')
			model.unsequenced.push(fields);
		else if (name === 'node')
			model.nodes.push(fieldsOf(['level', 'index', 'hash'], fields));
		else if (name === 'checkpoint')
			model.checkpoints.push(fieldsOf(['size', 'at', 'note'], fields));
	}
	return model;
}

const line = (name, names, row) => [name, ...names.map((field) => row[field])].join('\t');

function entryLines(one) {
	const behind = one.event ? line('event', EVENT, one.event) :
		one.content !== undefined ? `content\t${one.content}` : `missing\t${one.missing}`;
	return [line('entry', ENTRY, one.row), behind];
}

export function printDump(model) {
	const body = ['liandong-ledger/1', `origin\t${model.origin}`, `key\t${model.key}`,
		`receipt-key\t${model.receipt_key}`, ...model.entries.flatMap(entryLines),
		...model.unsequenced.map((fields) => ['unsequenced', ...fields].join('\t')),
		...model.nodes.map((row) => line('node', ['level', 'index', 'hash'], row)),
		...model.checkpoints.map((row) => line('checkpoint', ['size', 'at', 'note'], row)),
		''].join('\n');
	const last = model.entries[model.entries.length - 1];
	const size = last ? Number(last.row.position) + 1 : 0;
	return `${body}end\t${size}\t${sha256(body).toString('hex')}\n`;
}

export const copyOf = (model) => JSON.parse(JSON.stringify(model));
