/*
 * How many entries wait on each screen, for the rail and the tab's title: at once when something
 * changed, else every half minute. A list that is open says its own number; of the others the
 * frame asks.
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { unattended } from "../api/client";
import { whenChanged } from "../lib/changed";

/** By the first part of the screen's address. */
export const counters = signal<Readonly<Record<string, number>>>({});

const mostShown = 99;

/** What these screens have together, as it is shown; empty for none. */
export function counterText(paths: readonly string[]): string {
	const n = paths.reduce((sum, path) => sum + (counters.value[path] ?? 0), 0);
	return n > mostShown ? `${mostShown}+` : n > 0 ? String(n) : "";
}

const told = new Set<string>();

export function setCounter(path: string, n: number) {
	if (counters.value[path] !== n)
		counters.value = { ...counters.value, [path]: n };
}

/** For the list that is open: its own number, as soon as it knows one. */
export function useCounter(path: string | null, n: number | null) {
	useEffect(() => {
		if (path === null)
			return undefined;
		told.add(path);
		return () => { told.delete(path); };
	}, [path]);
	useEffect(() => {
		if (path !== null && n !== null)
			setCounter(path, n);
	}, [path, n]);
}

interface Counted {
	path: string;
	count?: () => Promise<number>;
}

/** For the frame: of the screens that can be counted and are not open. */
export function useCounters(screens: readonly Counted[]) {
	useEffect(() => {
		const ask = async () => {
			for (const { path, count } of screens) {
				if (count && !told.has(path))
					await unattended(count).then(n => setCounter(path, n), () => { /* the next time */ });
			}
		};
		void ask();
		return whenChanged(ask);
	}, [screens.map(({ path }) => path).join()]);
}
