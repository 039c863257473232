/* Lists of the interface by their path, and what forms give. */
import { address, type AnswerOf, type Schemas } from "../api/ask";
import { call } from "../api/client";
import type { Page } from "../api/types";
import { candidateOf } from "../lib/match";
import { dateTime } from "../lib/time";
import { usePaged, type Paged } from "../lib/paged";
import type { FormField, Values } from "./form";
import { language } from "../state/prefs";
import { departments, nameOf } from "../state/reference";
import { now } from "../state/clock";
import { t, tMaybe } from "./case_words";

export type ItemOf<P extends string> = AnswerOf<"get", P> extends { items: (infer T)[] } ? T : never;

const pageLimit = 50;

/** A list by its path, a page at a time; the query names which. */
export function useList<P extends string>(path: P, query: Record<string, string | null> = {},
	parameters: Record<string, string> = {}): Paged<ItemOf<P>> {
	return usePaged(async cursor => (await call<Page<ItemOf<P>>>("GET",
		address(path, parameters, { ...query, cursor, limit: pageLimit }))).body,
	address(path, parameters, query));
}

export function given(values: Values, name: string): string {
	return String(values[name] ?? "").trim();
}

export function orNull(values: Values, name: string): string | null {
	return given(values, name) || null;
}

/** Texts separated by blanks or commas, as a person types several numbers. */
export function several(values: Values, name: string): string[] {
	return given(values, name).split(/[\s,，、]+/).filter(Boolean);
}

export function word(prefix: string, code: string): string {
	return tMaybe(`${prefix}.${code}`) ?? code;
}

export function options(prefix: string, codes: readonly string[]) {
	return codes.map(value => ({ value, label: word(prefix, value) }));
}

/** When, and who: as a fact of what was decided. */
export function byWhom(who: string | null, at: string | null): string | null {
	return who && `${who} ${dateTime(at)}`;
}

export function lines(name: string, label: string, required = true): FormField {
	return { kind: "lines", name, label, required, max: 2000 };
}

export function line(name: string, label: string, required = true): FormField {
	return { kind: "text", name, label, required, max: 200 };
}

export function day(name: string, label: string): FormField {
	return { kind: "date", name, label, required: true };
}

export function departmentField(required = true, name = "department"): FormField {
	return { kind: "pick", name, label: t("appeal.department"), required,
		options: departments.value.filter(unit => unit.takes_tasks).map(unit => ({ value: unit.code,
			label: nameOf(unit), note: unit.code, candidate: candidateOf(unit) })) };
}

/** The words of a closed list of grounds, by their codes. */
export function groundOptions(grounds: readonly Schemas["Ground"][], list: Schemas["Ground"]["list"]) {
	return grounds.filter(one => one.list === list).map(one => ({ value: one.code,
		label: `${one.code} ${language.value === "en" ? one.name_en : one.name}` }));
}

/** So many working days on, as a demand is usually given; without holidays, for a person to change. */
export function dayAhead(days: number): string {
	const at = new Date(now.value + 8 * 3600_000);
	for (let left = days; left > 0;) {
		at.setUTCDate(at.getUTCDate() + 1);
		if (at.getUTCDay() % 6 !== 0)
			left -= 1;
	}
	return at.toISOString().slice(0, 10);
}
