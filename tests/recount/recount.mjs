/*
 * The figures of a period once more, straight from the definitions: from a list of facts to
 * numerators and denominators, with nothing taken over from the server but the facts.
 *
 * A fact is one task as it is known at last:
 *	id, department, channel, is_assist,
 *	dispatched, sign_due, signed, contact_due, contacted, due, original_due, is_extended,
 *	close (submit time of the first submission that passed),
 *	left { how: returned|withdrawn|merged|on_account, at, is_confirmed }, excluded,
 *	is_visitable, visits [{ at, reached, contacted, solved, result }],
 *	redos [{ from, passed }], submissions [{ at, is_refused }] of the first rounds,
 *	returns [{ is_refused }], again: when the same caller came about the same category.
 * Moments are milliseconds, null where the thing did not happen; lists may be left out.
 */

const SECOND = 1000;
const DAY = 86_400_000;
const SATISFIED = ['very_satisfied', 'satisfied', 'basically_satisfied'];
const STRICTLY = ['very_satisfied', 'satisfied'];

const isIn = (moment, { t0, end }) => moment !== null && moment >= t0 && moment < end;
const isSet = (moment) => moment !== null && moment !== undefined;
/* In time until the last second of the limit is over. */
const isKept = (moment, due) => isSet(moment) && moment < due + SECOND;

/* ---- where a task stands ---- */

/* In the period: N1 N2 N3 of its base, O1 O2 carried into it, W within the limit, or null. */
export function place({ dispatched, due, close }, t0, end) {
	const is_closed = isSet(close) && close < end;
	const mature = isKept(close, due) ? Math.min(close, due) : due;

	if (mature >= t0 && mature < end) {
		if (isKept(close, due))
			return 'N1';
		return is_closed ? 'N2' : 'N3';
	}
	if (due < t0 && !isKept(close, due) && (!isSet(close) || close >= t0))
		return is_closed ? 'O1' : 'O2';
	if (dispatched < end && !is_closed && due >= end)
		return 'W';
	return null;
}

/*
 * The task as the rates see it, or null where it left for good: then it is in no base but that
 * of what was received. A withdrawal after the signature that nothing confirms closes it.
 */
function seen(fact, { end, now }) {
	const { left } = fact;
	if (!left || left.at > now || (isSet(fact.close) && fact.close <= left.at))
		return fact;
	if (left.how === 'on_account')
		return left.at >= end ? fact : null;
	if (left.how === 'withdrawn' && isSet(fact.signed) && fact.signed <= left.at &&
	    !left.is_confirmed)
		return { ...fact, close: left.at, is_given_up: true };
	return null;
}

/* ---- what the caller says ---- */

const runsAt = (fact, moment) => (fact.redos ?? []).some((redo) => redo.from <= moment &&
	(!isSet(redo.passed) || redo.passed > moment));

const visitsOf = (fact, freeze) => (fact.visits ?? []).filter((one) => one.at >= fact.close &&
	one.at <= freeze).sort((a, b) => a.at - b.at);

/* { first, counted } answers to one question, null without one; a running redo keeps the first. */
export function answer(fact, question, freeze) {
	const given = visitsOf(fact, freeze).map((one) => one[question]).filter((one) =>
		one !== null && one !== undefined);
	if (given.length === 0)
		return { first: null, counted: null };
	return { first: given[0], counted: runsAt(fact, freeze) ? given[0] : given.at(-1) };
}

/* Sent back because of the caller: done again after an answer since the close. */
const isSentBack = (fact, freeze) => (fact.redos ?? []).some((redo) => redo.from <= freeze &&
	visitsOf(fact, redo.from).some((one) => one.result));

/* ---- limits of single steps ---- */

/* null: not in the period; otherwise whether the step was in time. */
function stepIn(fact, done, due, span) {
	if (!isSet(due))
		return null;
	const over = Math.min(done ?? Infinity, fact.close ?? Infinity);
	const matures = isKept(over, due) ? over : due;
	return isIn(matures, span) ? isKept(done, due) : null;
}

/* ---- figures ---- */

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

const share = (list, holds) => ratio(list.filter(holds).length, list.length);

function completion(lead, is_out, { t0, end }) {
	const all = lead.map((fact) => ({ fact, where: place(fact, t0, end) }));
	const count = (...names) => all.filter(({ fact, where }) =>
		!is_out(fact) && names.includes(where)).length;
	const base = count('N1', 'N2', 'N3');
	const excluded = all.filter(({ fact, where }) => is_out(fact) &&
		['N1', 'N2', 'N3'].includes(where)).length;
	const extended = all.filter(({ fact, where }) => !is_out(fact) && fact.is_extended &&
		['N1', 'N2', 'N3'].includes(where)).length;
	const original = all.filter(({ fact }) => !is_out(fact)).map(({ fact }) =>
		place({ ...fact, due: fact.original_due ?? fact.due }, t0, end))
		.filter((where) => ['N1', 'N2', 'N3'].includes(where));
	return {
		on_time: ratio(count('N1'), base),
		completion: ratio(count('N1', 'N2', 'O1'), base + count('O1', 'O2')),
		original_limit: share(original, (where) => where === 'N1'),
		extension: ratio(extended, base),
		exclusion: ratio(excluded, base + excluded),
		overdue_stock: count('N3', 'O2'),
		within_limit: count('W'),
	};
}

function visiting(closed, now) {
	const L = closed.filter((fact) => fact.is_visitable && !fact.is_given_up);
	const said = (question) => L.map((fact) => ({ fact, ...answer(fact, question, now) }))
		.filter(({ counted }) => counted !== null);
	const E = said('result');
	const S = E.filter(({ counted }) => SATISFIED.includes(counted));
	const both = E.map(({ fact, counted }) => ({ is_satisfied: SATISFIED.includes(counted),
		solved: answer(fact, 'solved', now).counted })).filter(({ solved }) => solved !== null);
	return {
		satisfaction: ratio(S.length, E.length),
		satisfaction_strict: share(E, ({ counted }) => STRICTLY.includes(counted)),
		satisfaction_first: share(E, ({ first }) => SATISFIED.includes(first)),
		solved: share(said('solved'), ({ counted }) => counted === 'yes'),
		contacted: share(said('contacted'), ({ counted }) => counted === true),
		double_yes: share(both, (one) => one.solved === 'yes' && one.is_satisfied),
		visit_attempted: share(L, (fact) => visitsOf(fact, now).length > 0),
		visit_coverage: ratio(E.length, L.length),
		satisfaction_low: ratio(S.length, L.length),
		satisfaction_high: ratio(S.length + L.length - E.length, L.length),
		redo: share(E, ({ fact }) => isSentBack(fact, now)),
	};
}

function returning(received) {
	const asked = received.filter((fact) => (fact.returns ?? []).length > 0);
	return {
		returned: ratio(asked.length, received.length),
		return_invalid: share(asked, (fact) => fact.returns.some((one) => one.is_refused)),
	};
}

function stepping(lead, span) {
	const judged = (done, due) => lead.map((fact) => stepIn(fact, fact[done], fact[due], span))
		.filter((one) => one !== null);
	return {
		sign_on_time: share(judged('signed', 'sign_due'), Boolean),
		contact_on_time: share(judged('contacted', 'contact_due'), Boolean),
	};
}

/* Figures of one set of facts in [t0, min(t1, now)) as known at now. */
export function figures(facts, { t0, t1, now }) {
	const span = { t0, end: Math.min(t1, now), now };
	const isOut = (fact) => isSet(fact.excluded) && fact.excluded <= now;
	/* A period that has not begun is empty. */
	const known = span.end <= t0 ? [] :
		facts.filter((fact) => !fact.is_assist && fact.dispatched < span.end);
	const lead = known.map((fact) => seen(fact, span)).filter((fact) => fact !== null);
	const counted = lead.filter((fact) => !isOut(fact));
	const closed = counted.filter((fact) => isIn(fact.close ?? null, span));
	const submissions = counted.flatMap((fact) => fact.submissions ?? [])
		.filter((one) => isIn(one.at, span));
	return {
		...completion(lead, isOut, span),
		...visiting(closed, now),
		review_refused: share(submissions, (one) => one.is_refused),
		...returning(known.filter((fact) => isIn(fact.dispatched, span) && !isOut(fact) &&
			(fact.left?.how !== 'merged' || seen(fact, span) !== null))),
		...stepping(counted, span),
		recomplaint: share(closed.filter((fact) => !fact.is_given_up), (fact) =>
			(fact.again ?? []).some((at) => at > fact.close && at <= fact.close + 30 * DAY)),
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

/* ---- comparing ---- */

function compareMeasures(where, expected, actual, differences) {
	for (const [name, want] of Object.entries(expected)) {
		const got = actual?.[name] ?? (typeof want === 'number' ? 0 : ratio(0, 0));
		const is_same = typeof want === 'number' ? got === want :
			['num', 'den', 'rate', 'meets'].every((part) => got[part] === want[part]);
		if (!is_same)
			differences.push(`${where} ${name}: reported ${JSON.stringify(got)}, ` +
				`recounted ${JSON.stringify(want)}`);
	}
	for (const name of Object.keys(actual ?? {}))
		if (!(name in expected))
			differences.push(`${where} ${name}: reported, and recounted nowhere`);
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
