/*
 * Invented months as sealed bundles, the same ones for the same seed. Moments crowd the edges:
 * starts and ends of the month, the freeze, the due second, closes and answers at one moment.
 */
import { dice } from '../recount/histories.mjs';
import { figureRows } from './figures.mjs';
import { checkpointOf, entryOf, keyOf } from './notes.mjs';
import { inclusion, leafOf, rootOf, sha256 } from './tree.mjs';

const SECOND = 1_000_000, DAY = 86_400 * SECOND;
const local = (text) => (Date.parse(`${text}T00:00:00Z`) - 8 * 3600 * 1000) * 1000;

export const RULES = { version: '2026-1', target: 90, unrated: ['suggestion', 'praise'],
	satisfied: ['very_satisfied', 'satisfied', 'basically_satisfied'],
	strict: ['very_satisfied', 'satisfied'] };
const LEVELS = [...RULES.satisfied, 'neutral', 'dissatisfied', 'very_dissatisfied'];
const CONTENTS = ['consultation', 'help', 'complaint', 'report', 'suggestion', 'praise'];
const CHANNELS = ['110', '110', '12345', '12345', 'enterprise', 'window', 'web', 'app', 'letter'];
const COLUMNS = { departments: 'code name parent peer_group',
	tasks: 'task department channel role content limit_class state dispatched_at sign_due ' +
		'signed_at contact_due contacted_at due original_due extended closed_at left left_at ' +
		'recorded excluded_at bar redo_running sent_back return_asked return_refused ' +
		'recomplaint',
	visits: 'task at reached contacted solved result', submissions: 'task at outcome',
	figures: 'scope kind department measure num den rate meets' };

function monthOf(d) {
	const start = d.below(36);
	const name = (n) => `${2024 + Math.floor(n / 12)}-${String(n % 12 + 1).padStart(2, '0')}`;
	const t1 = local(`${name(start + 1)}-01`);
	return { name: name(start), t0: local(`${name(start)}-01`), t1,
		freeze: t1 + d.below(15) * DAY };
}

function moment(d, { t0, t1, freeze }) {
	const edge = d.pick([t0, t1, t0 + 5 * DAY, t1 - 5 * DAY, freeze]);
	return d.chance(0.3) ? edge + d.pick([-SECOND, -1, 0, 1, SECOND, 999_999 - SECOND]) :
		t0 - 40 * DAY + d.below(100) * DAY + d.below(86_400) * SECOND + d.below(SECOND);
}

/* A due moment is a last second; now and then it is absent. */
const dueMoment = (d, month) => Math.floor(moment(d, month) / SECOND) * SECOND;

function departmentsOf(d) {
	const n = 2 + d.below(6);
	return Array.from({ length: n }, (_, i) => ({ code: `D${i}`, name: `单位${i}`,
		parent: i > 0 && d.chance(0.6) ? `D${d.below(i)}` : '', peer_group: d.pick(['a', 'b']) }))
		.reverse();
}

function visitOf(d, month, close) {
	const reached = d.chance(0.8);
	const maybe = (list) => reached && d.chance(0.7) ? d.pick(list) : '-';
	return { at: close && d.chance(0.6) ? close + d.pick([-1, 0, 0, DAY, 2 * DAY]) :
		moment(d, month), reached, contacted: maybe(['yes', 'no']),
	solved: maybe(['yes', 'partly', 'no']), result: maybe(LEVELS) };
}

function taskOf(d, month, departments, n) {
	const closed_at = d.chance(0.65) ? moment(d, month) : 0;
	const left = d.chance(0.25) ?
		d.pick(['returned', 'withdrawn', 'withdrawn', 'merged', 'on_account']) : '-';
	const due = d.chance(0.03) ? 0 : dueMoment(d, month);
	const near = (at, p) => at && d.chance(p) ? at + d.pick([-1, 0, 999_999, SECOND]) : 0;
	const sign_due = d.chance(0.9) ? dueMoment(d, month) : 0;
	const contact_due = d.chance(0.9) ? dueMoment(d, month) : 0;
	const task = { id: `LD2603020${String(n).padStart(5, '0')}-1`,
		department: d.pick(departments).code, channel: d.pick(CHANNELS),
		role: d.chance(0.9) ? 'lead' : 'assist', content: d.pick(CONTENTS), limit_class: 'L3',
		state: 'closed', dispatched_at: moment(d, month), sign_due,
		signed_at: near(sign_due, 0.5) || (d.chance(0.5) ? moment(d, month) : 0), contact_due,
		contacted_at: near(contact_due, 0.5) || (d.chance(0.5) ? moment(d, month) : 0), due,
		original_due: d.chance(0.3) ? dueMoment(d, month) : d.chance(0.5) ? due : 0,
		extended: d.chance(0.2), closed_at: near(due, 0.2) || closed_at, left,
		left_at: left === '-' ? 0 : moment(d, month), recorded: d.chance(0.4),
		excluded_at: d.chance(0.1) ? moment(d, month) : 0,
		bar: d.chance(0.8) ? '-' : d.pick(['anonymous', 'no_contact', 'not_wanted', 'legal']),
		redo_running: d.chance(0.2), sent_back: d.chance(0.3), return_asked: d.chance(0.3),
		return_refused: d.chance(0.3), recomplaint: d.chance(0.2) };
	task.visits = Array.from({ length: d.below(4) }, () => visitOf(d, month, task.closed_at));
	task.submissions = Array.from({ length: d.below(4) }, () => ({ outcome:
		d.pick(['-', 'passed', 'refused', 'refused']),
	at: task.closed_at && d.chance(0.5) ? task.closed_at + d.pick([-DAY, -1, 0, 1]) :
		moment(d, month) })).sort((a, b) => a.at - b.at);
	return task;
}

/* { month, rules, departments, tasks, origin, seed }: everything a bundle says. */
export function invent(seed, size = null) {
	const d = dice(seed);
	const month = monthOf(d);
	const departments = departmentsOf(d);
	const n = size ?? d.below(60);
	return { seed, origin: `county.example/ledger-${seed % 7}`, month, departments,
		rules: { ...RULES, target: d.pick([90, 90, 85, 100]) },
		tasks: Array.from({ length: n }, (_, i) => taskOf(d, month, departments, i + 1)) };
}

const cell = (value) => typeof value === 'boolean' ? Number(value) : value;
const rows = (list, columns) => list.map((one) => columns.split(' ')
	.map((name) => cell(name === 'task' ? one.id : one[name])).join('\t'));

/* The sections' lines; figures may be given to print others than follow from the rows. */
export function contentOf(bundle, figures = figureRows(bundle)) {
	const { month, rules, departments, tasks } = bundle;
	const spread = (name) => tasks.flatMap((task) =>
		task[name].map((one) => ({ ...one, id: task.id })));
	const section = (name, lines) =>
		[`[${name}]`, COLUMNS[name].split(' ').join('\t'), ...lines];
	return [
		'liandong-bundle/1',
		['period', month.name, month.t0, month.t1].join('\t'),
		`frozen\t${month.freeze}`,
		`origin\t${bundle.origin}`,
		['rules', rules.version, rules.target, `satisfied=${rules.satisfied}`,
			`strict=${rules.strict}`, `unrated=${rules.unrated}`].join('\t'),
		`calendar\t3\t${sha256('calendar').toString('hex')}`,
		...section('departments', rows(departments, COLUMNS.departments)),
		...section('tasks', rows(tasks, COLUMNS.tasks)),
		...section('visits', rows(spread('visits'), COLUMNS.visits)),
		...section('submissions', rows(spread('submissions'), COLUMNS.submissions)),
		...section('figures', figures),
		''].join('\n');
}

/* The file: content and a seal over it, in a ledger of other entries around it. */
export function seal(bundle, content, change = {}) {
	const d = dice(bundle.seed + 1);
	const key = change.key ?? keyOf(bundle.origin, bundle.seed);
	const size = 1 + d.below(40), position = d.below(size);
	const entry = entryOf({ kind: 2, subject: Number(bundle.month.name.replace('-', '')),
		number: 1, at: bundle.month.freeze, digest: sha256(content), ...change.entry });
	const leaves = Array.from({ length: size }, (_, i) =>
		i === position ? leafOf(entry) : sha256(`${bundle.seed} ${i}`));
	const proof = inclusion(leaves, position).map((hash) => hash.toString('base64'));
	const note = checkpointOf(key, size, rootOf(leaves));
	return `${content}[seal]\ndigest\t${sha256(content).toString('hex')}\n` +
		`entry\t${position}\t${entry.toString('base64')}\nproof\t${proof.join(',') || '-'}\n` +
		`checkpoint\t${Buffer.from(note).toString('base64')}\nkey\t${key.vkey}\n`;
}

export const fileOf = (bundle) => seal(bundle, contentOf(bundle));
export const keyOfBundle = (bundle) => keyOf(bundle.origin, bundle.seed);
