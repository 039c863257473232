/* Where a line through months lies: values become places in a drawing, the axis round numbers. */

export interface TrendValue {
	month: string;
	/** Percent; null where there is no base. */
	value: number | null;
	/** What is not frozen may still change. */
	preliminary: boolean;
}

export interface Axis {
	from: number;
	to: number;
	ticks: number[];
}

export interface Point extends TrendValue {
	value: number;
	x: number;
	y: number;
}

export interface Line {
	points: Point[];
	/** Path of what is frozen, and of what leads to months that are not. */
	solid: string;
	dashed: string;
}

const steps = [1, 2, 5, 10, 20, 25];

/** Round numbers around the values and the target, between 0 and 100, at most five steps. */
export function axisOf(values: readonly number[], target: number | null): Axis {
	const all = target === null ? values : [...values, target];
	const lowest = all.length ? Math.min(...all) : 0;
	const highest = all.length ? Math.max(...all) : 100;
	const step = steps.find(s =>
		Math.ceil(highest / s) - Math.floor(lowest / s) <= 5) ?? 25;
	const from = Math.max(0, Math.min(Math.floor(lowest / step) * step, 100 - step));
	const to = Math.min(100, Math.max(from + step, Math.ceil(highest / step) * step));
	const ticks: number[] = [];
	for (let at = from; at <= to; at += step)
		ticks.push(at);
	return { from, to, ticks };
}

export function placeOf(axis: Axis, value: number, height: number): number {
	return height - (value - axis.from) / (axis.to - axis.from) * height;
}

/** A month without a base is a gap: no line is drawn over what is not known. */
export function lineOf(values: readonly TrendValue[], axis: Axis, width: number, height: number): Line {
	const step = values.length > 1 ? width / (values.length - 1) : 0;
	const line: Line = { points: [], solid: "", dashed: "" };
	let before: Point | null = null;
	values.forEach((one, at) => {
		if (one.value === null) {
			before = null;
			return;
		}
		const point: Point = { ...one, value: one.value, x: at * step, y: placeOf(axis, one.value, height) };
		const from: Point | null = before;
		if (from) {
			const path = `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
			if (point.preliminary || from.preliminary)
				line.dashed += path;
			else
				line.solid += path;
		}
		line.points.push(point);
		before = point;
	});
	return line;
}
