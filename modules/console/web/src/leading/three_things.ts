/*
 * What to look at first, by plain rules over the numbers of the shown period and those before it,
 * in this order; the first three that find something are told.
 *
 *   run        the longest unbroken row of periods, two at least, in which a department misses the
 *              target of the completion; of equally long ones the lowest rate now
 *   fall       the greatest loss of points since the period before, one at least, of on time,
 *              completion or satisfaction
 *   stock      the largest stock of overdue cases
 *   extension  the largest share of extended cases, three cases at least, above the whole's
 *   redo       the largest share sent back after a visit, three cases at least, above the whole's
 *   silence    the lowest visit coverage, below 60 %
 *
 * A rate with a base below ten says nothing here, and no rule passes judgement on a person.
 */
import type { Measure, Part, RateMeasure } from "../api/types";
import { rateOf, smallBase, type Measures } from "./figures";

export interface PeriodFigures {
	period: string;
	total: Measures;
	departments: ReadonlyMap<string, Measures>;
}

export type ThingKind = "run" | "fall" | "stock" | "extension" | "redo" | "silence";

export interface Thing {
	kind: ThingKind;
	department: string;
	/** The number that it is about: opens into as many cases as `count`. */
	measure: Measure;
	part: Part;
	count: number;
	/** Percent now; null for a stock. */
	rate: number | null;
	/** Periods of the run, points of the fall, percent of the whole's stock or the whole's rate. */
	size: number;
}

const fewest = 3;
const shortestRun = 2;
const leastFall = 1;
const quietBelow = 60;

interface Candidate extends Thing {
	/** Greatest first; then by `tie`, then by code. */
	order: number;
	tie?: number;
}

function percentOf(measures: Measures | undefined, measure: RateMeasure): number | null {
	const { num, den } = rateOf(measures ?? {}, measure);
	return den < smallBase ? null : num / den * 100;
}

function misses(measures: Measures | undefined): boolean {
	return percentOf(measures, "completion") !== null && rateOf(measures ?? {}, "completion").meets === false;
}

function missed(measures: Measures, measure: RateMeasure): number {
	const { num, den } = rateOf(measures, measure);
	return den - num;
}

type Rule = (now: PeriodFigures, before: readonly PeriodFigures[], code: string, own: Measures) => Candidate[];

/** `before`: the period directly before first. */
const run: Rule = (_now, before, code, own) => {
	if (!misses(own))
		return [];
	const end = before.findIndex(period => !misses(period.departments.get(code)));
	const size = 1 + (end < 0 ? before.length : end);
	const rate = percentOf(own, "completion") ?? 0;
	return size < shortestRun ? [] : [{ kind: "run", department: code, measure: "completion", part: "missed",
		count: missed(own, "completion"), rate, size, order: size, tie: -rate }];
};

const fall: Rule = (_now, before, code, own) => (["on_time", "completion", "satisfaction"] as const)
	.flatMap(measure => {
		const rate = percentOf(own, measure);
		const was = percentOf(before[0]?.departments.get(code), measure);
		if (rate === null || was === null)
			return [];
		const size = Math.round((was - rate) * 10) / 10;
		return size < leastFall ? [] : [{ kind: "fall" as const, department: code, measure, part: "missed" as const,
			count: missed(own, measure), rate, size, order: was - rate }];
	});

const stock: Rule = (now, _before, code, own) => {
	const n = own.overdue_stock ?? 0;
	return n === 0 ? [] : [{ kind: "stock", department: code, measure: "overdue_stock", part: "num", count: n,
		rate: null, size: Math.round(n / (now.total.overdue_stock || n) * 100), order: n }];
};

function share(kind: "extension" | "redo"): Rule {
	return (now, _before, code, own) => {
		const rate = percentOf(own, kind);
		const whole = percentOf(now.total, kind);
		const { num } = rateOf(own, kind);
		return rate === null || whole === null || num < fewest || rate <= whole ? []
			: [{ kind, department: code, measure: kind, part: "num", count: num, rate,
				size: Math.round(whole * 10) / 10, order: rate }];
	};
}

const silence: Rule = (_now, _before, code, own) => {
	const rate = percentOf(own, "visit_coverage");
	return rate === null || rate >= quietBelow ? [] : [{ kind: "silence", department: code,
		measure: "visit_coverage", part: "missed", count: missed(own, "visit_coverage"), rate, size: quietBelow,
		order: -rate }];
};

const rules: readonly Rule[] = [run, fall, stock, share("extension"), share("redo"), silence];

function inOrder(a: Candidate, b: Candidate): number {
	return b.order - a.order || (b.tie ?? 0) - (a.tie ?? 0) || (a.department < b.department ? -1 : 1);
}

/** `before`: the periods before the shown one, the nearest first; fewer than there are is no harm. */
export function threeThings(now: PeriodFigures, before: readonly PeriodFigures[]): Thing[] {
	return rules.flatMap(rule => {
		const found = [...now.departments].flatMap(([code, own]) => rule(now, before, code, own)).sort(inOrder)[0];
		if (!found)
			return [];
		const { order: _order, tie: _tie, ...thing } = found;
		return [thing];
	}).slice(0, 3);
}

export interface ClassShare {
	category: string;
	count: number;
	/** How many more than in the period before; null where that is not asked. */
	more: number | null;
}

/**
 * The class of appeals that made a number: the largest group of its cases, or with those of the
 * period before the one that grew most. Null without cases.
 */
export function classBehind(now: readonly (string | null)[],
	before: readonly (string | null)[] | null): ClassShare | null {
	const tally = (list: readonly (string | null)[]) => {
		const counts = new Map<string, number>();
		for (const category of list)
			counts.set(category ?? "", (counts.get(category ?? "") ?? 0) + 1);
		return counts;
	};
	const was = tally(before ?? []);
	const found = [...tally(now)].map(([category, count]) =>
		({ category, count, more: before === null ? null : count - (was.get(category) ?? 0) }));
	found.sort((a, b) => (b.more ?? b.count) - (a.more ?? a.count) || b.count - a.count
		|| (a.category < b.category ? -1 : 1));
	return found[0] ?? null;
}
