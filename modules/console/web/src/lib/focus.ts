/* Where focus goes: on to the next field, and back to where a dialog was opened from. */
import { isComposing } from "./keys";

const focusable = "a[href], button, input, select, textarea, [tabindex='0']";

export function focusablesIn(root: ParentNode): HTMLElement[] {
	return Array.from(root.querySelectorAll<HTMLElement>(focusable)).filter(element =>
		!element.matches(":disabled") && element.tabIndex >= 0
		&& element.getClientRects().length > 0);
}

function isTabStop(element: HTMLElement, from: HTMLElement): boolean {
	if (!(element instanceof HTMLInputElement) || element.type !== "radio")
		return true;
	/* a group of radios is one stop: the chosen one, else the first */
	if (from instanceof HTMLInputElement && from.name === element.name)
		return false;
	const group = Array.from(document.getElementsByName(element.name)) as HTMLInputElement[];
	return element === (group.find(radio => radio.checked) ?? group[0]);
}

export function focusNext(from: HTMLElement) {
	const all = focusablesIn(from.closest("form") ?? document);
	const next = all.slice(all.indexOf(from) + 1).find(element => isTabStop(element, from));
	next?.focus();
}

/** For forms: Enter in a single-line field moves on instead of submitting. */
export function enterMovesOn(event: KeyboardEvent) {
	const target = event.target;
	if (event.key !== "Enter" || event.ctrlKey || event.metaKey || isComposing(event))
		return;
	if (target instanceof HTMLInputElement && target.type !== "submit") {
		event.preventDefault();
		focusNext(target);
	}
}

export function keepFocusInside(root: HTMLElement, event: KeyboardEvent) {
	if (event.key !== "Tab")
		return;
	const all = focusablesIn(root);
	const first = all[0];
	const last = all[all.length - 1];
	const leaving = event.shiftKey ? first : last;
	if (document.activeElement === leaving) {
		event.preventDefault();
		(event.shiftKey ? last : first)?.focus();
	}
}
