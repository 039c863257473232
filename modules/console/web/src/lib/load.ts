/* Reading from the server into a screen: last answer kept while a new one is under way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { signedOut, unattended } from "../api/client";

export interface Loaded<T> {
	value: T | null;
	error: unknown;
	reload: () => Promise<void>;
}

export function useLoaded<T>(load: () => Promise<T>, key: string): Loaded<T> {
	const [state, setState] = useState<{ key: string; value: T | null; error: unknown }>(
		{ key, value: null, error: null });
	const latest = useRef(0);

	async function reload() {
		const ticket = ++latest.current;
		try {
			const value = await load();
			if (ticket === latest.current)
				setState({ key, value, error: null });
		} catch (error) {
			if (ticket === latest.current)
				setState(old => ({ key, value: old.key === key ? old.value : null, error }));
		}
	}

	useEffect(() => { void reload(); }, [key]);
	/* what failed for want of a session is asked again once there is one */
	useEffect(() => {
		if (!signedOut.value && state.error)
			void reload();
	}, [signedOut.value]);

	/* an answer to the question before must not show under the new one */
	return state.key === key ? { value: state.value, error: state.error, reload }
		: { value: null, error: null, reload };
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

const pollMilliseconds = 30_000;

/**
 * A list that is asked again every half minute. New entries wait behind a counted pill, so that
 * no row moves under a pointer or a focus.
 */
export function useWorklist<T extends Versioned>(load: () => Promise<T[]>, key: string): Worklist<T> {
	const shown = useLoaded(load, key);
	const [waiting, setWaiting] = useState(0);
	const have = useRef(new Set<string>());
	const entry = (item: Versioned) => `${item.id} ${item.version}`;
	have.current = new Set((shown.value ?? []).map(entry));

	useEffect(() => {
		setWaiting(0);
		const timer = setInterval(() => {
			if (document.hidden || signedOut.value)
				return;
			unattended(load).then(items => {
				setWaiting(items.filter(item => !have.current.has(entry(item))).length);
			}, () => { /* the next poll or the person's own action will tell */ });
		}, pollMilliseconds);
		return () => clearInterval(timer);
	}, [key]);

	async function reload() {
		setWaiting(0);
		await shown.reload();
	}

	return { ...shown, reload, waiting, showWaiting: () => void reload() };
}
