/*
 * From runs to figures: medians, spreads and ratios. Two sides are always run by turns
 * (A B A B ...), so that what else happens on the machine meets both.
 */

export function median(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* Five digits are more than any figure here is good for. */
export function rounded(number) {
	return Number(number.toPrecision(5));
}

/* Microseconds of processor time that one piece cost each process; the median of the runs. */
export function processorTimeEach(runs) {
	const each = {};
	for (const name of Object.keys(runs[0].cpu)) {
		const costs = runs.map((run) => (run.cpu[name] / run.count) * 1e6);
		each[name] = Math.round(median(costs));
	}
	return each;
}

/* One side: what value(run) is over all runs. */
export function side(unit, runs, value) {
	const values = runs.map((run) => rounded(value(run)));
	const summary = {
		unit,
		median: rounded(median(values)),
		min: Math.min(...values),
		max: Math.max(...values),
		runs: values,
	};
	if (runs[0].cpu) {
		summary.cpu_us_each = processorTimeEach(runs);
		summary.foreign_cores = runs.map((run) => run.foreign_cores);
	}
	return summary;
}

/* Each of left and right resolves to a run. */
export async function byTurns(pairs, left, right) {
	const runs = { left: [], right: [] };
	for (let i = 0; i < pairs; i++) {
		runs.left.push(await left());
		runs.right.push(await right());
	}
	return runs;
}

/* The two sides stand in this order; notes are added to them. */
export function ratio(sides, notes) {
	const [left, right] = Object.values(sides);
	const pairs = left.runs.map((value, i) => rounded(value / right.runs[i]));
	return {
		value: rounded(left.median / right.median),
		sides: { ...sides, ratio_of_each_pair: pairs, ...notes },
	};
}
