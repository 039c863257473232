/*
 * What the server says of a draft while it is typed: appeals that may be the same, the category
 * and department it would propose and why, and by when it must be done. Asked for 300 ms after
 * the last key; nothing of it changes the draft.
 */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask, type Schemas } from "../api/ask";
import { signedOut } from "../api/client";
import { online } from "./connection";
import { draft, type Draft } from "./draft";

export type Hint = Schemas["HintList"]["items"][number];
export type Suggestion = Schemas["Suggestions"]["suggestions"][number];
export type Expected = NonNullable<Schemas["Suggestions"]["expected"]>;

interface Assist {
	of: string;
	/** Null until they are known. */
	hints: readonly Hint[] | null;
	/** Of the hints. */
	failure: unknown;
	suggestions: readonly Suggestion[];
	expected: Expected | null;
}

const nothing: Assist = { of: "", hints: null, failure: null, suggestions: [], expected: null };
const waitMilliseconds = 300;
const leastLength = 4;
const leastScore = 450;
/** Of a score: as much as can be. */
export const mostScore = 1000;

export const assist = signal<Assist>(nothing);
/** Appeals that the person said are another matter, by the draft's key. */
const different = signal<{ of: string; ids: readonly string[] }>({ of: "", ids: [] });

export function keepNew(id: string) {
	const of = draft.value.idempotencyKey;
	const before = different.value.of === of ? different.value.ids : [];
	different.value = { of, ids: [...before, id] };
}

/** The likeliest that is not set aside; not every matter of one caller is one matter. */
export const duplicate = computed<Hint | null>(() => {
	const aside = different.value.of === draft.value.idempotencyKey ? different.value.ids : [];
	return assist.value.hints?.find(hint => hint.score >= leastScore
		&& !aside.includes(hint.appeal.id)) ?? null;
});

export const offered = computed<Suggestion | null>(() => {
	const { category } = draft.value;
	const first = assist.value.suggestions[0];
	return first && first.category !== category ? first : null;
});

const or_null = (text: string) => text.trim() || null;

function questionOf(one: Draft) {
	const common = { title: or_null(one.title), area: one.area, address: or_null(one.address),
		category: one.category };
	return { hints: { ...common, text: or_null(one.text), phone: or_null(one.callerPhone),
		...one.call ? { call: one.call } : {} },
	suggest: { ...common, text: one.text.trim(), content_class: one.contentClass, urgent: one.urgent } };
}

export function useAssist() {
	const question = questionOf(draft.value);
	const key = JSON.stringify(question);
	const asked = online.value && !signedOut.value && (question.suggest.text.length >= leastLength
		|| (question.suggest.category !== null && question.suggest.area !== null));
	useEffect(() => {
		if (!asked) {
			assist.value = nothing;
			return undefined;
		}
		let isLatest = true;
		const timer = setTimeout(async () => {
			const [hints, proposed] = await Promise.all([
				ask.post("/appeals/hints", { body: question.hints }).then(a => ({ hints: a.body.items, failure: null }),
					(failure: unknown) => ({ hints: null, failure })),
				question.suggest.text === "" ? null
					: ask.post("/appeals/suggest", { body: question.suggest }).then(a => a.body, () => null)]);
			if (isLatest)
				assist.value = { of: key, ...hints, suggestions: proposed?.suggestions ?? [],
					expected: proposed?.expected ?? null };
		}, waitMilliseconds);
		return () => {
			isLatest = false;
			clearTimeout(timer);
		};
	}, [key, asked]);
}
