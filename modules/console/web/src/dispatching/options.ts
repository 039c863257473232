/* What the forms of dispatching offer: departments, grounds, and the words of limits. */
import { useMemo } from "preact/hooks";
import { candidateOf, candidateOfCategory } from "../lib/match";
import type { ComboOption } from "../parts/combo";
import { language } from "../state/prefs";
import { catalogue, categoryPath, departments, nameOf } from "../state/reference";

/** Departments that take tasks, without those a dispatch would refuse. */
export function useDepartmentOptions(barred: readonly string[]): ComboOption[] {
	const units = departments.value;
	const without = barred.join(" ");
	return useMemo(() => units.filter(unit => unit.takes_tasks && !barred.includes(unit.code))
		.map(unit => ({ value: unit.code, label: nameOf(unit), note: unit.code,
			candidate: candidateOf(unit) })), [units, without, language.value]);
}

export function categoryOptions(): ComboOption[] {
	return (catalogue.value?.categories ?? []).filter(one => one.leaf).map(one => ({ value: one.code,
		label: nameOf(one), note: categoryPath(one.code), candidate: candidateOfCategory(one) }));
}

export function areaOptions(): ComboOption[] {
	return (catalogue.value?.areas ?? []).map(one => ({ value: one.code, label: nameOf(one),
		note: one.code, candidate: candidateOf(one) }));
}
