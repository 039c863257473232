/*
 * A bundle's text as the tasks, the month and the rules that figures.mjs takes. What is not a
 * number there stays the word it is.
 */
const NUMBERS = ['dispatched_at', 'sign_due', 'signed_at', 'contact_due', 'contacted_at', 'due',
	'original_due', 'closed_at', 'left_at', 'excluded_at', 'at'];
const FLAGS = ['extended', 'recorded', 'redo_running', 'sent_back', 'return_asked',
	'return_refused', 'recomplaint', 'reached'];

function cell(name, text) {
	if (NUMBERS.includes(name))
		return Number(text);
	return FLAGS.includes(name) ? text === '1' : text;
}

function section(lines, name) {
	const from = lines.indexOf(`[${name}]`);
	const columns = lines[from + 1].split('\t');
	const rows = [];
	for (let i = from + 2; i < lines.length && !lines[i].startsWith('['); i++)
		if (lines[i] !== '')
			rows.push(Object.fromEntries(lines[i].split('\t').map((text, k) =>
				[columns[k], cell(columns[k], text)])));
	return rows;
}

const listOf = (text) => text.slice(text.indexOf('=') + 1).split(',').filter(Boolean);

/* { departments, tasks, month, rules } */
export function bundleRead(text) {
	const lines = text.split('\n');
	const head = Object.fromEntries(lines.slice(1, lines.indexOf('[departments]'))
		.map((line) => [line.split('\t')[0], line.split('\t').slice(1)]));
	const [name, t0, t1] = head.period;
	const [version, target, satisfied, strict, unrated] = head.rules;
	const tasks = section(lines, 'tasks').map((task) => ({ ...task, id: task.task,
		visits: [], submissions: [] }));
	const of = new Map(tasks.map((task) => [task.id, task]));
	for (const part of ['visits', 'submissions'])
		for (const one of section(lines, part))
			of.get(one.task)[part].push(one);
	return { departments: section(lines, 'departments'), tasks,
		month: { name, t0: Number(t0), t1: Number(t1), freeze: Number(head.frozen[0]) },
		rules: { version, target: Number(target), satisfied: listOf(satisfied),
			strict: listOf(strict), unrated: listOf(unrated) } };
}
