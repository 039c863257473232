/*
 * Form contents that outlive their form: a person may look at another task and come back. Kept in
 * memory only, so nothing personal reaches the browser's storage; what must outlive the browser
 * stands sealed in one database (lib/sealed_store.ts), which goes with the rest at sign-out.
 */
import { useState } from "preact/hooks";

/** Of the browser; deleted whole when a person signs out or another one signs in. */
export const keptDatabase = "kept";

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
	try {
		indexedDB.deleteDatabase(keptDatabase);
	} catch {
		/* a browser that forbids storage has kept nothing */
	}
}

type Holding = () => string | null | Promise<null>;
const holding: Holding[] = [];

/** Says why a person should not sign out yet, or null, also after what is still to be saved. */
export function beforeSignOut(reason: Holding) {
	holding.push(reason);
}

export async function reasonToStay(): Promise<string | null> {
	for (const reason of holding) {
		const found = await reason();
		if (found !== null)
			return found;
	}
	return null;
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
