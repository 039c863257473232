/* Where an offer belongs: categories and areas to choose from. */
import { candidateOf, candidateOfCategory } from "../lib/match";
import type { ComboOption } from "../parts/combo";
import { catalogue, categoryPath, nameOf } from "../state/reference";

export function categoryOptions(): ComboOption[] {
	return (catalogue.value?.categories ?? []).filter(one => one.leaf).map(one => ({ value: one.code,
		label: nameOf(one), note: categoryPath(one.code), candidate: candidateOfCategory(one) }));
}

export function areaOptions(): ComboOption[] {
	return (catalogue.value?.areas ?? []).map(one => ({ value: one.code, label: nameOf(one),
		note: one.code, candidate: candidateOf(one) }));
}
