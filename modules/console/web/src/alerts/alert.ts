/*
 * One alert: a sound, and a notice of the desktop, as the person chose. What is alerted has a name,
 * by which no tab alerts of it again. The text says what happened and the number of the appeal,
 * never anything of a person: the desktop shows it to whoever stands by.
 */
import { signal } from "@preact/signals";
import { ask, read, type Schemas } from "../api/ask";
import { unattended } from "../api/client";
import { whenForgotten } from "../lib/kept";
import type { AlertKind } from "../state/alert_kinds";
import { leads, listen, tellTabs } from "../state/live";
import { sound } from "./sound";
import { t } from "./words";

export type Choices = Schemas["Alerts"];

/** Null until the server has said them: nothing sounds before. */
export const choices = signal<Choices | null>(null);

export async function readChoices() {
	choices.value = await unattended(() => read("/me/alerts"));
}

export async function choose(change: Partial<Choices>) {
	if (!choices.value)
		return;
	const before = choices.value;
	const wanted = { ...before, ...change };
	tellTabs("alerts", wanted);
	try {
		await ask.put("/me/alerts", { body: wanted });
	} catch (failure) {
		tellTabs("alerts", before);
		throw failure;
	}
}

/* ---- what is known already ---- */

const namesKept = 5000;
const known = new Set<string>();

/** Which of these nobody was alerted of. */
export const unknownOf = (names: readonly string[]) => names.filter(name => !known.has(name));

export function know(names: readonly string[]) {
	for (const name of names) {
		known.add(name);
		if (known.size > namesKept)
			known.delete([...known][0] ?? name);
	}
}

whenForgotten(() => {
	known.clear();
	choices.value = null;
});

/* ---- alerting ---- */

const soundHeldMilliseconds = 5000;

/** A tab that may sound does so for the one that may not; one of several. */
function soundInstead({ kind, key }: { kind: string; key: string }) {
	if (!leads.value)
		void navigator.locks?.request(`liandong-sound ${key}`, { ifAvailable: true }, async lock => {
			if (lock && sound(kind as AlertKind))
				await new Promise(resolve => setTimeout(resolve, soundHeldMilliseconds));
		});
}

export const mayNotify = () => typeof Notification === "function" && Notification.permission === "granted";

/** `to`: the address of what it is about. */
export function notify(tag: string, text: string, to: string) {
	const notice = new Notification(text, { tag, lang: document.documentElement.lang, silent: true,
		body: t("product.name") });
	notice.onclick = () => {
		window.focus();
		location.hash = to;
		notice.close();
	};
}

/** Alerts once of all these together, in the tab that leads and in no other. */
export function raise(kind: AlertKind, names: readonly string[], text: string, to: string) {
	const fresh = unknownOf(names), chosen = choices.value, [key] = fresh;
	if (!leads.value || key === undefined)
		return;
	tellTabs("known", fresh);
	if (!chosen || chosen.quiet)
		return;
	if (chosen[`${kind}_sound`] && !sound(kind))
		tellTabs("sound", { kind, key });
	if (chosen[`${kind}_notice`] && mayNotify())
		notify(key, text, to);
}

/** Follows what other tabs say; gives what ends it. */
export function followTabs(): () => void {
	const stops = [
		listen("known", names => { if (names) know(names); }),
		listen("alerts", wanted => { choices.value = wanted; }),
		listen("sound", wanted => { if (wanted) soundInstead(wanted); }),
	];
	return () => stops.forEach(stop => stop());
}
