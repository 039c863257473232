/* Types that make a missing key, or a translation with other placeholders, a compile error. */
import type { zh } from "./zh";

export type Zh = typeof zh;
export type Key = keyof Zh;

export type Placeholders<S extends string> =
	S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** What a translation must be: every key, each text with no placeholder the original lacks. */
export type Translation<T extends Record<Key, string>> = {
	[K in Key]: [Placeholders<T[K]>] extends [Placeholders<Zh[K]>] ? string : never;
} & Record<Exclude<keyof T, Key>, never>;

export function translation<const T extends Record<Key, string>>(texts: T & Translation<T>): T {
	return texts;
}
