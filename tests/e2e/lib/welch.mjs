/*
 * Whether two kinds of requests can be told apart by their time: Welch's t over two samples
 * that were taken in turn. |t| below 4.5 is the bound usual for side channels.
 */
export const WELCH_BOUND = 4.5;

function moments(sample) {
	const mean = sample.reduce((sum, one) => sum + one, 0) / sample.length;
	const variance = sample.reduce((sum, one) => sum + (one - mean) ** 2, 0) /
		(sample.length - 1);
	return { mean, variance, n: sample.length };
}

export function welch(a, b) {
	const x = moments(a);
	const y = moments(b);
	return (x.mean - y.mean) / Math.sqrt(x.variance / x.n + y.variance / y.n);
}

/* Without the slowest part of either, which is the machine's noise and not the server's. */
function trimmed(sample, share = 0.1) {
	return [...sample].sort((a, b) => a - b).slice(0, Math.ceil(sample.length * (1 - share)));
}

/*
 * Asks `first` and `second` n times each, now one before, now the other, and gives
 * { t, first, second }: microseconds, trimmed alike.
 */
export async function compare(first, second, n) {
	const times = [[], []];
	const both = [first, second];
	for (let i = 0; i < n; i++)
		for (const which of i % 2 ? [1, 0] : [0, 1]) {
			const start = process.hrtime.bigint();
			await both[which]();
			times[which].push(Number(process.hrtime.bigint() - start) / 1000);
		}
	const [a, b] = times.map((sample) => trimmed(sample));
	return { t: welch(a, b), first: a, second: b };
}
