/*
 * The texts' door: t("key", {values}), checked when compiled. Here are the texts of the frame and
 * of what all screens share; a group of screens has its own, which come with its code:
 * export const { t, tMaybe } = words(zh, en).
 */
import { language } from "../state/prefs";
import { en } from "./en";
import type { Texts, TranslationOf, ValuesOf } from "./types";
import { zh } from "./zh";

type Zh = typeof zh;
export type Key = keyof Zh & string;
/** What words() asks of a group's translation, of the frame's. */
type English = TranslationOf<Zh, typeof en>;

function filled(text: string, values: unknown): string {
	const given = values as Record<string, string | number> | undefined;
	return given ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name])) : text;
}

function found(texts: Texts, key: string): string | null {
	return Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] ?? null : null;
}

export function t<K extends Key>(key: K, ...values: ValuesOf<Zh[K]>): string {
	return filled((language.value === "zh" ? zh : en satisfies English)[key], values[0]);
}

/* Of the groups that are loaded: what the server names there is said in their words by all parts. */
const groups: ((key: string) => string | null)[] = [];

/** For names that come from the server (event types, codes): null where there is no text. */
export function tMaybe(key: string): string | null {
	let text = found(language.value === "zh" ? zh : en, key);
	for (let at = 0; text === null && at < groups.length; at++)
		text = groups[at]?.(key) ?? null;
	return text;
}

type TextOf<Z extends Texts, K> = K extends keyof Z ? Z[K] : K extends Key ? Zh[K] : never;

/** The texts of a group, with those of the frame behind them. */
export function words<const Z extends Texts, const E extends Texts>(
	own: Z, english: E & TranslationOf<Z, E>) {
	const now = (): Texts => language.value === "zh" ? own : english;
	groups.push(key => found(now(), key));
	return {
		t<K extends (keyof Z & string) | Key>(key: K, ...values: ValuesOf<TextOf<Z, K>>): string {
			return filled(found(now(), key) ?? tMaybe(key) ?? key, values[0]);
		},
		tMaybe: (key: string): string | null => found(now(), key) ?? tMaybe(key),
	};
}
