/*
 * What somebody with the database's password could do to a ledger: each takes a dump's rows
 * apart and changes them, and says which positions were touched. `held` is a checkpoint that
 * someone kept outside, for what no dump can show by itself.
 */
import { digestOf, leafOfRow, rebuild, TYPES } from './ledgers.mjs';
import { nodesOf } from './tree.mjs';

const other = (hex) => (hex[0] === '0' ? 'f' : '0') + hex.slice(1);
const more = (value) => String(BigInt(value) + 1n);
const base64 = (value) => Buffer.from(value).toString('base64');

const events = (model) => model.entries.filter((one) => one.event);
const contents = (model) => model.entries.filter((one) => one.content !== undefined);
const at = (one) => ({ positions: [Number(one.row.position)] });

/* Every row behind has a new position, as a careful hand would leave it. */
function renumber(model) {
	model.entries.forEach((one, position) => { one.row.position = position; });
}

function cut(model, size) {
	model.entries.length = size;
	model.nodes = model.nodes.filter((node) =>
		(Number(node.index) + 1) * 256 ** Number(node.level) <= size);
}

/* Its digest, its entry and its leaf changed along with it; how far further, the caller says. */
function rewriteEvent(model, d) {
	const one = d.pick(events(model).filter((each) => each.event.kind <= TYPES.length));
	one.event.data = base64(`{"forged":${d.below(1e6)}}`);
	one.event.digest = digestOf(one.event).toString('hex');
	one.row.digest = one.event.digest;
	one.row.leaf = leafOfRow(one.row);
	return one;
}

const newest = (model) => model.checkpoints[model.checkpoints.length - 1];
const held = (model) => Buffer.from(newest(model).note, 'base64').toString();

/*
 * name -> (model, dice) => { positions, held? }, or null where there is nothing of the kind;
 * the model is changed in place.
 */
export const TAMPERINGS = {
	...Object.fromEntries([
		['at', more], ['recorded_at', more], ['by_kind', (v) => Number(v) === 1 ? 2 : 1],
		['by_id', more], ['by_name', () => base64('somebody')], ['task', more],
		['data', () => base64('{}')], ['seq', more], ['appeal', more],
		['kind', (v) => Number(v) % TYPES.length + 1], ['digest', other],
	].map(([field, change]) => [`an event's ${field} changed`, (model, d) => {
		const one = d.pick(events(model));
		one.event[field] = change(one.event[field]);
		return at(one);
	}])),
	'an event row missing': (model, d) => {
		const one = d.pick(events(model));
		delete one.event;
		one.missing = 'event';
		return at(one);
	},
	...Object.fromEntries([['subject', more], ['number', more], ['at', more],
		['digest', other], ['leaf', other], ['kind', (v) => Number(v) % 4 + 1],
	].map(([field, change]) => [`an entry's ${field} changed`, (model, d) => {
		const one = d.pick(model.entries);
		one.row[field] = change(one.row[field]);
		return at(one);
	}])),
	'an entry missing': (model, d) => {
		const n = d.below(model.entries.length - 1);
		model.entries.splice(n, 1);
		return { positions: [n] };
	},
	'an entry missing, the others numbered anew': (model, d) => {
		const n = d.below(model.entries.length - 1);
		model.entries.splice(n, 1);
		renumber(model);
		return { positions: [n] };
	},
	'an entry more': (model, d) => {
		const n = d.below(model.entries.length);
		model.entries.splice(n, 0, JSON.parse(JSON.stringify(d.pick(model.entries))));
		renumber(model);
		return { positions: [n] };
	},
	'two entries in each other\'s place': (model, d) => {
		const n = d.below(model.entries.length - 1);
		const m = n + 1 + d.below(model.entries.length - n - 1);
		[model.entries[n], model.entries[m]] = [model.entries[m], model.entries[n]];
		renumber(model);
		return { positions: [n, m] };
	},
	'the tail cut off': (model, d) => {
		const size = 1 + d.below(model.entries.length - 1);
		cut(model, size);
		return { positions: [size] };
	},
	'the tail cut off with its checkpoints': (model, d) => {
		const kept = held(model), size = 1 + d.below(model.entries.length - 1);
		cut(model, size);
		model.checkpoints = model.checkpoints.filter((one) => Number(one.size) <= size);
		return { positions: [size], held: kept };
	},
	'an event rewritten with its digest, entry and leaf': (model, d) =>
		at(rewriteEvent(model, d)),
	'an event rewritten with everything but the signatures': (model, d) => {
		const one = rewriteEvent(model, d);
		model.nodes = nodesOf(model.entries.map((each) => Buffer.from(each.row.leaf, 'hex')))
			.map((node) => ({ ...node, hash: node.hash.toString('hex') }));
		return at(one);
	},
	'an entry removed with everything but the signatures': (model, d) => {
		const n = d.below(model.entries.length - 1);
		model.entries.splice(n, 1);
		rebuild(model);
		return { positions: [n] };
	},
	'a node changed': (model, d) => {
		const node = d.pick(model.nodes);
		node.hash = other(node.hash);
		return { positions: [Number(node.index) * 256 ** Number(node.level)] };
	},
	'a node missing': (model, d) => {
		const [node] = model.nodes.splice(d.below(model.nodes.length), 1);
		return { positions: [Number(node.index) * 256 ** Number(node.level)] };
	},
	'a checkpoint\'s note changed': (model, d) => {
		const one = d.pick(model.checkpoints);
		const bytes = Buffer.from(one.note, 'base64');
		const n = d.below(bytes.length);
		bytes[n] = (bytes[n] + 1 + d.below(255)) % 256;
		one.note = bytes.toString('base64');
		return { positions: [Number(one.size)] };
	},
	'a checkpoint\'s size changed': (model, d) => {
		const one = d.pick(model.checkpoints);
		one.size = more(one.size);
		return { positions: [Number(one.size)] };
	},
	'the newest checkpoint missing': (model) => {
		model.checkpoints.pop();
		return { positions: [model.checkpoints.length ? Number(newest(model).size) : 0] };
	},
	'a checkpoint missing that somebody holds': (model, d) => {
		const [one] = model.checkpoints.splice(d.below(model.checkpoints.length), 1);
		return { positions: [Number(one.size)],
			held: Buffer.from(one.note, 'base64').toString() };
	},
	'the content of a month changed': (model, d) => {
		const one = d.pick(contents(model));
		if (!one)
			return null;
		one.content = base64('another month');
		return at(one);
	},
	'the content of a month missing': (model, d) => {
		const one = d.pick(contents(model).filter((each) => Number(each.row.kind) !== 4));
		if (!one)
			return null;
		delete one.content;
		one.missing = 'content';
		return at(one);
	},
	'an event in no entry': (model, d) => {
		model.unsequenced.push([d.pick(events(model)).event.appeal, 99]);
		return { positions: [model.entries.length] };
	},
};

/* Whether a line of the verifier tells of that position: by itself or in a span. */
export function tellsOf(line, position) {
	const [, from, rest] = /^position (\d+): (.*)$/.exec(line) ?? [];
	if (from === undefined)
		return false;
	const span = /from here to (\d+)/.exec(rest);
	const gap = /^(\d+) entries are missing/.exec(rest);
	const last = span ? Number(span[1]) : gap ? Number(from) + Number(gap[1]) - 1 :
		Number(from);
	return position >= Number(from) && position <= last;
}
