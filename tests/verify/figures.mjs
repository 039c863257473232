/*
 * The measures of a month by their definitions, as pairs of conditions on a task, and the
 * figures of a bundle in the order in which they are printed. Moments are microseconds.
 */
const SECOND = 1_000_000;
const out = ['returned', 'withdrawn', 'merged', 'on_account'];

/* A task as it is known at the freeze, with everything the conditions ask for. */
export function known(task, month, rules) {
	const gone = task.left !== '-' && task.left_at <= month.freeze &&
		!(task.closed_at && task.closed_at <= task.left_at);
	const counts_as_closed = gone && task.left === 'withdrawn' && task.signed_at !== 0 &&
		!task.recorded;
	const is_out = gone && out.includes(task.left) && !counts_as_closed &&
		!(task.left === 'on_account' && task.left_at >= month.t1);
	const answers = task.visits.filter((visit) => task.closed_at &&
		visit.at >= task.closed_at && visit.at <= month.freeze)
		.map((visit, n) => ({ ...visit, n })).sort((a, b) => a.at - b.at || a.n - b.n);
	const asked = (name) => {
		const given = answers.map((visit) => visit[name]).filter((answer) => answer !== '-');
		return { first: given[0] ?? null,
			counted: (task.redo_running ? given[0] : given[given.length - 1]) ?? null };
	};
	const close = counts_as_closed ? task.left_at : task.closed_at || Infinity;
	const due = task.due || task.dispatched_at;
	return { ...task, close, d: due, d0: task.original_due || due, is_out,
		is_excluded: task.excluded_at !== 0 && task.excluded_at <= month.freeze,
		is_merged: gone && task.left === 'merged', answers,
		q1: asked('contacted'), q2: asked('solved'), q3: asked('result'),
		in_L: task.closed_at >= month.t0 && task.closed_at < month.t1 && task.bar === '-' &&
			!rules.unrated.includes(task.content) };
}

/* N1 N2 N3 O1 O2 W or null by the due moment d. */
function place(task, d, { t0, t1 }) {
	const kept = task.close < d + SECOND;
	const m = kept ? Math.min(task.close, d) : d;
	if (task.dispatched_at >= t1)
		return null;
	if (m >= t0 && m < t1)
		return kept ? 'N1' : task.close < t1 ? 'N2' : 'N3';
	if (d < t0 && !kept && task.close >= t0)
		return task.close < t1 ? 'O1' : 'O2';
	return task.close >= t1 && d >= t1 ? 'W' : null;
}

function firstRounds(task, month) {
	const passed = task.submissions.filter((one) => one.outcome === 'passed')
		.map((one) => one.at);
	const last = Math.min(...passed, task.closed_at || Infinity);
	return task.submissions.filter((one) => one.at <= last && one.at >= month.t0 &&
		one.at < month.t1);
}

/* Whether a step (signature, contact) came due in the month, and was kept. */
function step(task, done, due, month) {
	if (!due)
		return { num: 0, den: 0 };
	const m = Math.min(...[done, due, task.close].filter((at) => at));
	const den = m >= month.t0 && m < month.t1;
	return { num: Number(den && done !== 0 && done < due + SECOND), den: Number(den) };
}

const NOTHING = { num: 0, den: 0 };
const pair = (num, den) => ({ num: Number(Boolean(den && num)), den: Number(Boolean(den)) });
const bare = (num) => ({ num: Number(num), den: 0 });

/* name -> what a task adds: (known task, month, rules) -> { num, den }. */
const inB = (task, month) => ['N1', 'N2', 'N3'].includes(place(task, task.d, month));
const is = (task, month, ...places) => places.includes(place(task, task.d, month));
const good = (answer, set) => answer !== null && set.includes(answer);
const MEASURES = {
	on_time: (t, m) => pair(is(t, m, 'N1'), inB(t, m)),
	completion: (t, m) => pair(is(t, m, 'N1', 'N2', 'O1'), inB(t, m) || is(t, m, 'O1', 'O2')),
	original_limit: (t, m) => pair(place(t, t.d0, m) === 'N1',
		['N1', 'N2', 'N3'].includes(place(t, t.d0, m))),
	extension: (t, m) => pair(t.extended, inB(t, m)),
	satisfaction: (t, m, r) => pair(good(t.q3.counted, r.satisfied), t.in_L && t.q3.counted),
	satisfaction_strict: (t, m, r) => pair(good(t.q3.counted, r.strict),
		t.in_L && t.q3.counted),
	satisfaction_first: (t, m, r) => pair(good(t.q3.first, r.satisfied),
		t.in_L && t.q3.counted),
	solved: (t) => pair(t.q2.counted === 'yes', t.in_L && t.q2.counted),
	contacted: (t) => pair(t.q1.counted === 'yes', t.in_L && t.q1.counted),
	double_yes: (t, m, r) => pair(t.q2.counted === 'yes' && good(t.q3.counted, r.satisfied),
		t.in_L && t.q2.counted && t.q3.counted),
	visit_attempted: (t) => pair(t.answers.length > 0, t.in_L),
	visit_coverage: (t) => pair(t.q3.counted, t.in_L),
	satisfaction_low: (t, m, r) => pair(good(t.q3.counted, r.satisfied), t.in_L),
	satisfaction_high: (t, m, r) => pair(!t.q3.counted || good(t.q3.counted, r.satisfied),
		t.in_L),
	redo: (t) => pair(t.sent_back, t.in_L && t.q3.counted),
	review_refused: (t, m) => {
		const all = firstRounds(t, m);
		return { num: all.filter((one) => one.outcome === 'refused').length,
			den: all.length };
	},
	returned: (t, m) => pair(t.return_asked, t.dispatched_at >= m.t0 && t.dispatched_at < m.t1),
	return_invalid: (t, m) => pair(t.return_refused,
		t.return_asked && t.dispatched_at >= m.t0 && t.dispatched_at < m.t1),
	exclusion: (t, m) => pair(t.is_excluded, inB(t, m)),
	sign_on_time: (t, m) => step(t, t.signed_at, t.sign_due, m),
	contact_on_time: (t, m) => step(t, t.contacted_at, t.contact_due, m),
	recomplaint: (t, m) => pair(t.recomplaint, t.closed_at >= m.t0 && t.closed_at < m.t1),
	overdue_stock: (t, m) => bare(is(t, m, 'N3', 'O2')),
	within_limit: (t, m) => bare(is(t, m, 'W')),
};

/* Who counts at all: every measure but these leaves out what left and what was excluded. */
function takesPart(name, task) {
	if (task.role !== 'lead')
		return false;
	if (name === 'returned' || name === 'return_invalid')
		return !task.is_merged && !task.is_excluded;
	return !task.is_out && (name === 'exclusion' || !task.is_excluded);
}

export function measure(name, tasks, month, rules) {
	return tasks.filter((task) => takesPart(name, task))
		.map((task) => MEASURES[name](task, month, rules) ?? NOTHING)
		.reduce((sum, one) => ({ num: sum.num + one.num, den: sum.den + one.den }),
			{ num: 0, den: 0 });
}

/* "57.14": half up from integers; more digits where two would show a missed target as met. */
export function rateText(num, den, target) {
	if (den === 0)
		return '-';
	const is_met = 100 * num >= target * den;
	for (let digits = 2; ; digits++) {
		const scale = 10n ** BigInt(digits);
		const scaled = (200n * scale * BigInt(num) + BigInt(den)) / (2n * BigInt(den));
		if (is_met || scaled !== BigInt(target) * scale)
			return `${scaled / scale}.${String(scaled % scale).padStart(digits, '0')}`;
	}
}

function rowsOf(scope, kind, department, tasks, month, rules) {
	return Object.keys(MEASURES).map((name) => {
		const { num, den } = measure(name, tasks, month, rules);
		const meets = den === 0 ? '-' : Number(100 * num >= rules.target * den);
		return [scope, kind, department, name, num, den, rateText(num, den, rules.target),
			meets].join('\t');
	});
}

/* Codes below a department, itself not among them. */
function below(departments, code) {
	return departments.filter((one) => one.parent === code)
		.flatMap((one) => [one.code, ...below(departments, one.code)]);
}

/* All lines of [figures]. */
export function figureRows({ departments, tasks, month, rules }) {
	const all = tasks.map((task) => known(task, month, rules));
	return ['all', '110', '12345', 'enterprise'].flatMap((scope) => {
		const inside = all.filter((task) => scope === 'all' || task.channel === scope);
		const of = (codes) => inside.filter((task) => codes.includes(task.department));
		return [
			...rowsOf(scope, 'total', '-', inside, month, rules),
			...departments.filter((one) => of([one.code]).length)
				.flatMap((one) => rowsOf(scope, 'own', one.code, of([one.code]), month,
					rules)),
			...departments.filter((one) => of(below(departments, one.code)).length)
				.flatMap((one) => rowsOf(scope, 'roll_up', one.code,
					of([one.code, ...below(departments, one.code)]), month, rules)),
		];
	});
}
