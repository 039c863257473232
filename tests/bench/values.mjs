/*
 * From samples of one column to a rule for further values, in the words of bench_rows.c: what
 * is the same in all samples is copied, what differs gets fresh values of the same shape.
 */

/* A value longer than this is content, which a procedure's caller brings along. */
const LITERAL_BYTES = 32;
/* So many digits hold every number of a bench; fewer would repeat. */
const DIGITS_MIN = 8;
const DIGITS_MAX = 10;
/* Steps beyond this are no steps: the numbers are random. */
const STEP_MAX = 1n << 32n;
/* The same of a column of four bytes that holds no count. */
const HALF_STEP_MAX = 1n << 20n;

const TEXT_TYPE = 'MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

function compare(a, b) {
	if (a === b)
		return 0;
	return a < b ? -1 : 1;
}

/* Numbers go on from the largest by the smallest step seen. */
function describeInteger(samples, column) {
	const numbers = samples.map(BigInt);
	const last = numbers[numbers.length - 1];
	const sorted = [...new Set(numbers)].sort(compare);
	if (sorted.length === 1 || sorted.length < numbers.length || sorted[0] < 0n) {
		const kind = column.isUnsigned ? 'u' : 'i';
		return { line: `${kind} ${BigInt.asUintN(64, last)}`, type: 'BIGINT',
			literal: String(last) };
	}
	const steps = sorted.slice(1).map((number, i) => number - sorted[i]).sort(compare);
	if (column.isHalf && numbers[0] > HALF_STEP_MAX)
		return { line: 'h', type: 'BIGINT UNSIGNED' };
	if (steps[0] > STEP_MAX)
		return { line: 'r', type: 'BIGINT UNSIGNED' };
	return { line: `u ${sorted[sorted.length - 1]} ${steps[0]}`, type: 'BIGINT UNSIGNED' };
}

/* Runs of positions at which the samples differ, as [from, to]. */
function differences(buffers) {
	const last = buffers[buffers.length - 1];
	const runs = [];
	for (let i = 0; i < last.length; i++) {
		if (buffers.every((buffer) => buffer[i] === last[i]))
			continue;
		const run = runs[runs.length - 1];
		if (run && run[1] === i)
			run[1] = i + 1;
		else
			runs.push([i, i + 1]);
	}
	return runs;
}

function isWordByte(byte) {
	return /[0-9A-Za-z]/.test(String.fromCharCode(byte));
}

/* Runs in one word become one: a number is written into a word once. */
function joinWithinWords(runs, bytes) {
	const joined = [];
	for (const [from, to] of runs) {
		const before = joined[joined.length - 1];
		if (before && bytes.subarray(before[1], from).every(isWordByte))
			before[1] = to;
		else
			joined.push([from, to]);
	}
	return joined;
}

/* Widens a run to the left within its word, so that the number in it does not repeat. */
function placeOfDigits([from, to], bytes) {
	let at = from;
	while (to - at < DIGITS_MIN && at > 0 && isWordByte(bytes[at - 1]))
		at--;
	at = Math.max(at, to - DIGITS_MAX);
	return `${at}:${to - at}`;
}

function describeText(samples) {
	const hex = samples[samples.length - 1];
	const bytes = Buffer.from(hex, 'hex');
	const runs = differences(samples.map((sample) => Buffer.from(sample, 'hex')));
	const places = joinWithinWords(runs, bytes).map((run) => placeOfDigits(run, bytes));
	const value = { line: ['t', hex, ...places].join(' '), type: TEXT_TYPE };
	if (!places.length && bytes.length <= LITERAL_BYTES)
		value.literal = hex ? `_utf8mb4 0x${hex}` : "''";
	return value;
}

function describeBinary(samples) {
	const hex = samples[samples.length - 1];
	const runs = differences(samples.map((sample) => Buffer.from(sample, 'hex')));
	const places = runs.map(([from, to]) => `${from}:${to - from}`);
	const value = { line: ['b', hex, ...places].join(' '), type: 'MEDIUMBLOB' };
	if (!places.length && hex.length <= 2 * LITERAL_BYTES)
		value.literal = hex ? `0x${hex}` : "''";
	return value;
}

/*
 * { line, type, literal? }: the rule, the type of a procedure's parameter for it, and where the
 * value is always the same and short, its text in SQL.
 */
export function describeValue(samples, column) {
	const given = samples.filter((sample) => sample !== null);
	if (!given.length)
		return { line: 'n', type: 'BIGINT', literal: 'NULL' };
	if (column.isInteger)
		return describeInteger(given, column);
	return column.isBinary ? describeBinary(given) : describeText(given);
}

/* Bytes of a sample: 8 for a number. */
export function sizeOfValue(sample, column) {
	if (sample === null)
		return 0;
	return column.isInteger ? 8 : sample.length / 2;
}
