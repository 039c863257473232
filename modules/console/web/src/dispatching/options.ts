/* What the forms of dispatching offer. */
import { useMemo } from "preact/hooks";
import { candidateOf } from "../lib/match";
import type { ComboOption } from "../parts/combo";
import { language } from "../state/prefs";
import { departments, nameOf } from "../state/reference";

/** Departments that take tasks, without those a dispatch would refuse. */
export function useDepartmentOptions(barred: readonly string[]): ComboOption[] {
	const units = departments.value;
	const without = barred.join(" ");
	return useMemo(() => units.filter(unit => unit.takes_tasks && !barred.includes(unit.code))
		.map(unit => ({ value: unit.code, label: nameOf(unit), note: unit.code,
			candidate: candidateOf(unit) })), [units, without, language.value]);
}
