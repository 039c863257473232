/*
 * A ranking once more, in whole numbers of any size: ranks by fractions, control limits by the
 * binomial sum itself, the adjusted rate by what the group's rate of each class leads to.
 */
import { known, measure } from '../../verify/figures.mjs';

const MILLION = 1_000_000n;
const big = ({ num, den }) => ({ num: BigInt(num), den: BigInt(den) });

/* Positive where left is the higher rate. */
export const compare = (left, right) => {
	const [a, b] = [big(left), big(right)];
	const [x, y] = [a.num * b.den, b.num * a.den];
	return x > y ? 1 : x < y ? -1 : 0;
};

export const sum = (list) => list.reduce((all, one) => ({ num: all.num + one.num,
	den: all.den + one.den }), { num: 0, den: 0 });

/* Least and greatest number of hits whose tail, it included, is more than 1 in 1,000. */
export function limitsOf(base, group) {
	const [hits, misses] = [BigInt(group.num), BigInt(group.den - group.num)];
	const all = BigInt(group.den) ** BigInt(base);
	const weights = [];
	let choose = 1n;
	for (let k = 0; k <= base; k++) {
		weights.push(choose * hits ** BigInt(k) * misses ** BigInt(base - k));
		choose = choose * BigInt(base - k) / BigInt(k + 1);
	}
	const tail = (from, to) => weights.slice(from, to + 1).reduce((a, b) => a + b, 0n);
	let [low, high] = [0, base];
	while (tail(0, low) * 1000n <= all)
		low++;
	while (tail(high, base) * 1000n <= all)
		high--;
	return { low, high };
}

/* Millionths; null on a zero base. */
function adjustedOf(mix, group_mix, group) {
	const own = big(sum(Object.values(mix)));
	if (own.den === 0n)
		return null;
	const expected = Object.entries(mix).map(([content, one]) => {
		const whole = big(group_mix[content]);
		return whole.den === 0n ? 0n :
			BigInt(one.den) * (whole.den - whole.num) * MILLION / whole.den;
	}).reduce((a, b) => a + b, 0n);
	if (expected === 0n)
		return MILLION;
	const whole = big(group);
	const missed = (own.den - own.num) * MILLION * (whole.den - whole.num) * MILLION /
		(expected * whole.den);
	return missed < MILLION ? MILLION - missed : 0n;
}

const CONTENTS = ['consultation', 'help', 'complaint', 'report', 'suggestion', 'praise'];

/* What a department did in bundles (as bundleRead() gives them), by class of contents. */
function mixOf(name, bundles, code, rules_of) {
	const inBundle = (bundle, content) => {
		const rules = rules_of(bundle);
		return measure(name, bundle.tasks.filter((task) => task.department === code &&
			task.content === content).map((task) => known(task, bundle.month, rules)),
		bundle.month, rules);
	};
	return Object.fromEntries(CONTENTS.map((content) =>
		[content, sum(bundles.map((bundle) => inBundle(bundle, content)))]));
}

const rateOf = (name, bundles, code, rules_of) =>
	sum(Object.values(mixOf(name, bundles, code, rules_of)));

/*
 * Of one group, by code: { rate, coverage, exclusion, extension, limits, adjusted, rank,
 * adjusted_rank, unranked }, and the rate of the group.
 */
export function rankingOf(name, bundles, codes, { least = 20, coverage_least = 60,
	rules_of = (bundle) => bundle.rules } = {}) {
	const mixes = new Map(codes.map((code) =>
		[code, mixOf(name, bundles, code, rules_of)]));
	const group_mix = Object.fromEntries(CONTENTS.map((content) =>
		[content, sum([...mixes.values()].map((mix) => mix[content]))]));
	const group = sum(Object.values(group_mix));
	const found = new Map(codes.map((code) => {
		const rate = sum(Object.values(mixes.get(code)));
		const coverage = rateOf('visit_coverage', bundles, code, rules_of);
		const is_covered = coverage.den > 0 &&
			100 * coverage.num >= coverage_least * coverage.den;
		return [code, { rate, coverage,
			exclusion: rateOf('exclusion', bundles, code, rules_of),
			extension: rateOf('extension', bundles, code, rules_of),
			limits: group.den ? limitsOf(rate.den, group) : { low: 0, high: 0 },
			adjusted: adjustedOf(mixes.get(code), group_mix, group),
			unranked: rate.den < least ? 'small_base' :
				name === 'satisfaction' && !is_covered ? 'coverage' : null }];
	}));
	const ranked = [...found.values()].filter((one) => one.unranked === null);
	for (const one of found.values()) {
		const is_ranked = one.unranked === null && ranked.length > 1;
		if (one.unranked === null && !is_ranked)
			one.unranked = 'alone';
		one.rank = is_ranked ? 1 + ranked.filter((other) =>
			compare(other.rate, one.rate) > 0).length : null;
		one.adjusted_rank = is_ranked ? 1 + ranked.filter((other) =>
			other.adjusted > one.adjusted).length : null;
	}
	return { group, found };
}
