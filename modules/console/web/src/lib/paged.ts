/* A list that the server gives a page at a time; more on demand, always from the server's cursor. */
import { useRef, useState } from "preact/hooks";
import { useLoaded } from "./load";

interface Page<T> {
	items: T[];
	next_cursor: string | null;
}

export interface Paged<T> {
	/** Null until the first page is here. */
	items: T[] | null;
	error: unknown;
	/** Null at the end of the list. */
	more: (() => Promise<void>) | null;
	reload: () => Promise<void>;
}

/** The key names the question: another key, another list. */
export function usePaged<T>(load: (cursor: string | null) => Promise<Page<T>>, key: string): Paged<T> {
	const first = useLoaded(() => load(null), key);
	const [rest, setRest] = useState<{ of: Page<T> | null; items: T[]; next: string | null; failure: unknown }>(
		{ of: null, items: [], next: null, failure: null });
	const loading = useRef(false);
	const mine = rest.of === first.value ? rest
		: { of: first.value, items: [], next: first.value?.next_cursor ?? null, failure: null };

	async function more() {
		if (loading.current || mine.next === null)
			return;
		loading.current = true;
		try {
			const page = await load(mine.next);
			setRest({ of: mine.of, items: [...mine.items, ...page.items], next: page.next_cursor, failure: null });
		} catch (failure) {
			setRest({ ...mine, failure });
		} finally {
			loading.current = false;
		}
	}
	return {
		items: first.value ? [...first.value.items, ...mine.items] : null,
		error: first.error ?? mine.failure,
		more: mine.next === null ? null : more,
		reload: first.reload,
	};
}
