/*
 * The texts' door: t("key", {values}), checked when compiled. Here are the texts of the frame and
 * of what all screens share; a group of screens has its own, beside its code:
 *
 *	export const { t, tMaybe } = words(async () => (await import("./zh")).zh,
 *		async () => (await import("./en")).en);
 *
 * A browser fetches the language in use alone; the other comes when somebody switches to it.
 */
import { signal } from "@preact/signals";
import { chooseLanguage, language, type Language } from "../state/prefs";
import type { en } from "./en";
import type { Texts, TranslationOf, ValuesOf } from "./types";
import type { zh } from "./zh";

type Zh = typeof zh;
export type Key = keyof Zh & string;

/* One group's texts: what is here of them, and how the rest is fetched. */
interface Group {
	here: { value: Partial<Record<Language, Texts>> };
	load: Record<Language, () => Promise<Texts>>;
}

const groups: Group[] = [];

async function fetchTexts(group: Group, which: Language) {
	if (group.here.value[which] === undefined) {
		const texts = await group.load[which]();
		group.here.value = { ...group.here.value, [which]: texts };
	}
}

/** Resolves when all groups whose code is here have their texts in this language. */
export async function textsReady(which: Language = language.peek()) {
	await Promise.all(groups.map(group => fetchTexts(group, which)));
}

/** Changes the language once its texts are here; what cannot be fetched leaves it as it is. */
export async function switchLanguage(which: Language) {
	await textsReady(which);
	chooseLanguage(which);
}

function groupOf(zhTexts: () => Promise<Texts>, enTexts: () => Promise<Texts>): Group {
	const group = { here: signal<Partial<Record<Language, Texts>>>({}),
		load: { zh: zhTexts, en: enTexts } };
	groups.push(group);
	/* a failure shows where textsReady() is waited for */
	void fetchTexts(group, language.peek()).catch(() => undefined);
	return group;
}

function found(group: Group, key: string): string | null {
	const texts = group.here.value[language.value] ?? {};
	return Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] ?? null : null;
}

function filled(text: string, values: unknown): string {
	const given = values as Record<string, string | number> | undefined;
	return given ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name])) : text;
}

/** For names that come from the server (event types, codes): null where no group has a text. */
export function tMaybe(key: string): string | null {
	let text: string | null = null;
	for (let at = 0; text === null && at < groups.length; at++)
		text = found(groups[at] as Group, key);
	return text;
}

type TextOf<Z extends Texts, K> = K extends keyof Z ? Z[K] : K extends Key ? Zh[K] : never;

/** The texts of a group, with those of the frame behind them. */
export function words<const Z extends Texts, const E extends Texts>(
	own: () => Promise<Z>, english: () => Promise<E & TranslationOf<Z, E>>) {
	const group = groupOf(own, english);
	return {
		t<K extends (keyof Z & string) | Key>(key: K, ...values: ValuesOf<TextOf<Z, K>>): string {
			return filled(found(group, key) ?? tMaybe(key) ?? "", values[0]);
		},
		tMaybe: (key: string): string | null => found(group, key) ?? tMaybe(key),
	};
}

const frame = words<Zh, typeof en>(async () => (await import("./zh")).zh,
	async () => (await import("./en")).en);

export function t<K extends Key>(key: K, ...values: ValuesOf<Zh[K]>): string {
	return frame.t(key, ...values as ValuesOf<TextOf<Zh, K>>);
}
