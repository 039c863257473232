/*
 * Form contents that outlive their form: a person may look at another task and come back. Kept in
 * memory only, so nothing personal reaches the browser's storage.
 */
import { useState } from "preact/hooks";

const kept = new Map<string, unknown>();

const forgotten: (() => void)[] = [];

/** For what a group of screens keeps elsewhere: it too goes when somebody else signs in. */
export function whenForgotten(forget: () => void) {
	forgotten.push(forget);
}

export function forgetAllKept() {
	kept.clear();
	for (const forget of forgotten)
		forget();
}

export function useKept<T extends object>(key: string, initial: T):
	[T, (change: Partial<T>) => void, () => void] {
	const [, redraw] = useState(0);
	const value = (kept.get(key) as T | undefined) ?? initial;
	return [
		value,
		change => {
			kept.set(key, { ...(kept.get(key) as T | undefined ?? initial), ...change });
			redraw(n => n + 1);
		},
		() => {
			kept.delete(key);
			redraw(n => n + 1);
		},
	];
}
