/* Departments that can get a task, to choose from. */
import { candidateOf } from "../lib/match";
import type { ComboOption } from "../parts/combo";
import { departments, nameOf } from "../state/reference";

export function receivers(but: string): ComboOption[] {
	return departments.value.filter(one => one.takes_tasks && one.code !== but)
		.map(one => ({ value: one.code, label: nameOf(one), note: one.code, candidate: candidateOf(one) }));
}
