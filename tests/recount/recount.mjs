/*
 * The month's figures once more, straight from the definitions: from a list of facts to
 * numerators and denominators, with nothing taken over from the server but the facts.
 *
 * A fact is one lead task: { id, department, channel, received, due, close, is_visitable,
 * answers: [{ at, result }], redos: [{ from, passed }] }. Moments are milliseconds;
 * close is the submit time of the first submission that passed, null while there is none.
 */

const SECOND = 1000;
const SATISFIED = ['very_satisfied', 'satisfied', 'basically_satisfied'];
const STRICTLY = ['very_satisfied', 'satisfied'];

/* Where a task stands in the period [t0, end): N1 N2 N3, O1 O2, W (within limit) or null. */
export function place(fact, t0, end) {
	const { due, close } = fact;
	const is_closed = close !== null && close < end;
	const is_in_time = close !== null && close < due + SECOND;
	const mature = is_in_time ? Math.min(close, due) : due;

	if (mature >= t0 && mature < end) {
		if (is_in_time)
			return 'N1';
		return is_closed ? 'N2' : 'N3';
	}
	if (due < t0 && !is_in_time && (close === null || close >= t0))
		return is_closed ? 'O1' : 'O2';
	if (fact.received < end && !is_closed && due >= end)
		return 'W';
	return null;
}

/* The answers that rates may use at the moment F, oldest first. */
function answersOf(fact, freeze) {
	return fact.answers.filter((one) => one.result !== null && one.at >= fact.close &&
		one.at <= freeze).sort((a, b) => a.at - b.at);
}

/* { first, counted } results at F, null without an answer; a running redo keeps the first. */
export function rating(fact, freeze) {
	const answers = answersOf(fact, freeze);
	const running = fact.redos.some((redo) => redo.from <= freeze &&
		(redo.passed === null || redo.passed > freeze));
	if (answers.length === 0)
		return { first: null, counted: null };
	return { first: answers[0].result,
		counted: (running ? answers[0] : answers[answers.length - 1]).result };
}

/* "57.14": half up from integers; more digits where two would show a missed target as met. */
export function rateText(num, den) {
	if (den === 0)
		return null;
	const is_met = 100n * BigInt(num) >= 90n * BigInt(den);
	for (let digits = 2; ; digits++) {
		const scale = 10n ** BigInt(digits);
		const scaled = (2n * 100n * scale * BigInt(num) + BigInt(den)) / (2n * BigInt(den));
		if (is_met || scaled < 90n * scale)
			return `${scaled / scale}.${String(scaled % scale).padStart(digits, '0')}`;
	}
}

function ratio(num, den) {
	return { num, den, rate: rateText(num, den),
		meets: den === 0 ? null : 100 * num >= 90 * den };
}

/* Figures of one set of facts in [t0, min(t1, now)) as known at now. */
export function figures(facts, { t0, t1, now }) {
	const end = Math.min(t1, now);
	const n = { N1: 0, N2: 0, N3: 0, O1: 0, O2: 0, W: 0 };
	const visit = { L: 0, E: 0, S: 0, strict: 0, first: 0 };

	for (const fact of facts) {
		const where = place(fact, t0, end);
		if (where)
			n[where] += 1;
		if (fact.close === null || fact.close < t0 || fact.close >= end ||
		    !fact.is_visitable)
			continue;
		const { first, counted } = rating(fact, now);
		visit.L += 1;
		if (counted === null)
			continue;
		visit.E += 1;
		visit.S += SATISFIED.includes(counted) ? 1 : 0;
		visit.strict += STRICTLY.includes(counted) ? 1 : 0;
		visit.first += SATISFIED.includes(first) ? 1 : 0;
	}
	const base = n.N1 + n.N2 + n.N3;
	const carried = n.O1 + n.O2;
	return {
		on_time: ratio(n.N1, base),
		completion: ratio(n.N1 + n.N2 + n.O1, base + carried),
		satisfaction: ratio(visit.S, visit.E),
		satisfaction_strict: ratio(visit.strict, visit.E),
		satisfaction_first: ratio(visit.first, visit.E),
		visit_coverage: ratio(visit.E, visit.L),
		satisfaction_low: ratio(visit.S, visit.L),
		satisfaction_high: ratio(visit.S + visit.L - visit.E, visit.L),
		overdue_stock: n.N3 + n.O2,
		within_limit: n.W,
	};
}

/* { total, departments: Map(code -> measures) }; scope is a channel or "all". */
export function recount(facts, period, scope = 'all') {
	const wanted = facts.filter((fact) => scope === 'all' || fact.channel === scope);
	const groups = new Map();
	for (const fact of wanted) {
		if (!groups.has(fact.department))
			groups.set(fact.department, []);
		groups.get(fact.department).push(fact);
	}
	return { total: figures(wanted, period), departments: new Map(
		[...groups].map(([code, group]) => [code, figures(group, period)])) };
}

function compareMeasures(where, expected, actual, differences) {
	for (const [name, want] of Object.entries(expected)) {
		const got = actual?.[name] ?? (typeof want === 'number' ? 0 : ratio(0, 0));
		const is_same = typeof want === 'number' ? got === want :
			['num', 'den', 'rate', 'meets'].every((part) => got[part] === want[part]);
		if (!is_same)
			differences.push(`${where} ${name}: reported ${JSON.stringify(got)}, ` +
				`recounted ${JSON.stringify(want)}`);
	}
}

/* What a report says otherwise than the recount, as sentences; [] when they agree. */
export function differences(report, counted) {
	const found = [];
	const reported = new Map(report.departments.map((one) => [one.department, one.measures]));
	const codes = new Set([...reported.keys(), ...counted.departments.keys()]);
	const nothing = figures([], { t0: 0, t1: 0, now: 0 });

	compareMeasures(`${report.period} total`, counted.total, report.total.measures, found);
	for (const code of [...codes].sort())
		compareMeasures(`${report.period} ${code}`, counted.departments.get(code) ?? nothing,
			reported.get(code), found);
	return found;
}
