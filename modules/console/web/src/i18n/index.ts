/* The message catalogue's door: t("key", {values}), checked against the catalogue when compiled. */
import { language } from "../state/prefs";
import { en } from "./en";
import { zh } from "./zh";
import type { Key, Placeholders, Zh } from "./types";

type Values<K extends Key> = [Placeholders<Zh[K]>] extends [never]
	? []
	: [Record<Placeholders<Zh[K]>, string | number>];

export type { Key };

export function t<K extends Key>(key: K, ...values: Values<K>): string {
	const text: string = (language.value === "zh" ? zh : en)[key];
	const given = values[0] as Record<string, string | number> | undefined;
	return given ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name])) : text;
}

/** For names that come from the server (event types, codes): null where the catalogue has none. */
export function tMaybe(key: string): string | null {
	const texts: Partial<Record<string, string>> = language.value === "zh" ? zh : en;
	return Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] ?? null : null;
}
