/*
 * Two people changed the same thing: what was read, what each made of it, and what comes out.
 * Pure, so that the screen only draws it.
 */
export interface Difference<T> {
	field: keyof T & string;
	base: unknown;
	mine: unknown;
	theirs: unknown;
	/** Only where both changed it, and not to the same: a person must choose. */
	clash: boolean;
}

function same(a: unknown, b: unknown): boolean {
	return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** Every field that either side changed, in the order of the fields given. */
export function differences<T extends object>(fields: readonly (keyof T & string)[],
	base: T, mine: T, theirs: T): Difference<T>[] {
	return fields.flatMap(field => {
		const [b, m, h] = [base[field], mine[field], theirs[field]];
		const [byMe, byThem] = [!same(b, m), !same(b, h)];
		return byMe || byThem
			? [{ field, base: b, mine: m, theirs: h, clash: byMe && byThem && !same(m, h) }] : [];
	});
}

/** What does not clash is taken from whoever changed it; what clashes stays mine until chosen. */
export function merged<T extends object>(fields: readonly (keyof T & string)[],
	base: T, mine: T, theirs: T, chosen: Partial<Record<keyof T, "mine" | "theirs">> = {}): T {
	const result = { ...theirs };
	for (const { field, base: before, mine: own, clash } of differences(fields, base, mine, theirs)) {
		if (clash ? chosen[field] !== "theirs" : !same(own, before))
			result[field] = mine[field];
	}
	return result;
}
