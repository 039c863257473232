/* Reading from the server into a screen: last answer kept while a new one is under way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { signedOut, unattended } from "../api/client";
import { useCounter } from "../state/counters";
import { useLive } from "../state/live";
import { whenChanged } from "./changed";

export interface Loaded<T> {
	value: T | null;
	error: unknown;
	reload: () => Promise<void>;
	/** Asks again by itself, unattended; what fails changes nothing. Gives what came. */
	refresh: () => Promise<T | null>;
}

/** With `about`, the number of an appeal, it is asked again when that one changed. */
export function useLoaded<T>(load: () => Promise<T>, key: string,
	about: string | null = null): Loaded<T> {
	const [state, setState] = useState<{ key: string; value: T | null; error: unknown }>(
		{ key, value: null, error: null });
	const asked = useRef(0);
	/* what is shown answers to this question; one that failed by itself is none */
	const shown = useRef(0);

	function isNewer(ticket: number): boolean {
		shown.current = Math.max(shown.current, ticket);
		return shown.current === ticket;
	}

	async function reload() {
		const ticket = ++asked.current;
		try {
			const value = await load();
			if (isNewer(ticket))
				setState({ key, value, error: null });
		} catch (error) {
			if (isNewer(ticket))
				setState(old => ({ key, value: old.key === key ? old.value : null, error }));
		}
	}

	async function refresh() {
		const ticket = ++asked.current;
		const value = await unattended(load).catch(() => null);
		if (value === null || !isNewer(ticket))
			return null;
		setState({ key, value, error: null });
		return value;
	}

	useEffect(() => { void reload(); }, [key]);
	useLive("change", change => {
		if (about !== null && !signedOut.value && (change === null || change.appeal === about))
			void refresh();
	});
	/* what failed for want of a session is asked again once there is one */
	useEffect(() => {
		if (!signedOut.value && state.error)
			void reload();
	}, [signedOut.value]);

	/* an answer to the question before must not show under the new one */
	return state.key === key ? { value: state.value, error: state.error, reload, refresh }
		: { value: null, error: null, reload, refresh };
}

export interface Worklist<T> extends Loaded<T[]> {
	/** How many entries the server has that the screen does not show yet. */
	waiting: number;
	showWaiting: () => void;
}

interface Versioned {
	id: string;
	version: number;
}

/**
 * A list that is asked again when something changed. New entries wait behind a counted pill, so
 * that no row moves under a pointer or a focus; an empty list has none and shows them. With
 * `counter`, the address of its screen, its number stands on the rail.
 */
export function useWorklist<T extends Versioned>(load: () => Promise<T[]>, key: string,
	counter: string | null = null): Worklist<T> {
	const shown = useLoaded(load, key);
	const [waiting, setWaiting] = useState(0);
	const [number, setNumber] = useState<number | null>(null);
	const newest = useRef(load);
	newest.current = load;
	const have = useRef(new Set<string>());
	const entry = (item: Versioned) => `${item.id} ${item.version}`;
	have.current = new Set((shown.value ?? []).map(entry));
	const refresh = useRef(shown.refresh);
	refresh.current = shown.refresh;

	useEffect(() => setNumber(shown.value?.length ?? null), [shown.value]);
	useCounter(counter, number);
	useEffect(() => {
		setWaiting(0);
		return whenChanged(async () => {
			const items = await unattended(newest.current)
				.catch(() => null);	/* the next news or the person's own action will tell */
			if (items === null)
				return;
			if (have.current.size === 0 && items.length > 0) {
				await refresh.current();
				return;
			}
			setNumber(items.length);
			setWaiting(items.filter(item => !have.current.has(entry(item))).length);
		});
	}, [key]);

	async function reload() {
		setWaiting(0);
		await shown.reload();
	}

	return { ...shown, reload, waiting, showWaiting: () => void reload() };
}
