/*
 * Shortcuts. One table of them serves the handlers and the "?" overlay, so that what is printed
 * is what works. A composing input method owns the keyboard: the Enter that commits a candidate
 * must never submit a form.
 */
import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { signedOut } from "../api/client";

export interface Shortcut {
	/** "Ctrl+Enter", "Alt+a", "j", "?", "Escape". */
	keys: string;
	label: string;
	run: () => void;
	enabled?: boolean;
}

type Group = { current: Shortcut[]; depth: number };

/** How many boxes a thing stands in: the keys of what a box covers rest until it is closed. */
export const Depth = createContext(0);

const groups: Group[] = [];

/** What the overlay lists; changes whenever a group of shortcuts comes or goes. */
export const activeShortcuts = signal<readonly Group[]>([]);

export function isComposing(event: KeyboardEvent): boolean {
	/* some input methods send 229 after the composition has formally ended */
	return event.isComposing || event.keyCode === 229;
}

export function isEditable(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement))
		return false;
	if (target instanceof HTMLInputElement)
		return !["radio", "checkbox", "button", "submit"].includes(target.type);
	return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
		|| target.isContentEditable;
}

function keysOf(event: KeyboardEvent): string {
	const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
	return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + key;
}

function onKeyDown(event: KeyboardEvent) {
	/* the screens stay mounted behind the sign-in */
	if (isComposing(event) || event.defaultPrevented || event.repeat || signedOut.value)
		return;
	const keys = keysOf(event);
	if (keys.length === 1 && isEditable(event.target))
		return;
	/* the newest group wins: a drawer's Escape comes before the screen's */
	const top = Math.max(...groups.map(group => group.depth));
	for (const group of [...groups].reverse()) {
		const found = group.depth === top && group.current.find(s => s.keys === keys && s.enabled !== false);
		if (found) {
			event.preventDefault();
			found.run();
			return;
		}
	}
}

document.addEventListener("keydown", onKeyDown);

/** Gives the depth at which they act; deeper: for the box itself, whose own keys belong to its inside. */
export function useShortcuts(shortcuts: Shortcut[], deeper = 0): number {
	const depth = useContext(Depth) + deeper;
	const group = useRef<Group>({ current: shortcuts, depth }).current;
	group.current = shortcuts;
	/* before the paint: what is drawn with a key on it must already answer to it */
	useLayoutEffect(() => {
		groups.push(group);
		activeShortcuts.value = [...groups];
		return () => {
			groups.splice(groups.indexOf(group), 1);
			activeShortcuts.value = [...groups];
		};
	}, []);
	return depth;
}

export function keysPrinted(keys: string): string {
	return keys.split("+").map(key => key === "Enter" ? "↵" : key === "Escape" ? "Esc"
		: key.length === 1 ? key.toUpperCase() : key).join(" ");
}
