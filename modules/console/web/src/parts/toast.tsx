/*
 * What was done, said at the foot of the screen; where it can be taken back, for as long as it
 * can, with the key that does it. It takes no focus, so that typing goes on.
 */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { useShortcuts } from "../lib/keys";
import { problemCode, problemText } from "../lib/problem_text";
import { Button } from "./button";

interface Toast {
	id: number;
	text: string;
	undo: (() => Promise<unknown>) | null;
	seconds: number;
}

const toasts = signal<readonly Toast[]>([]);
let serial = 0;

const shownSeconds = 5;
/** As long as the server holds back what follows from the act. */
export const undoSeconds = 8;

function remove(id: number) {
	toasts.value = toasts.value.filter(toast => toast.id !== id);
}

function put(text: string, undo: Toast["undo"], seconds: number) {
	serial += 1;
	toasts.value = [...toasts.value.slice(-2), { id: serial, text, undo, seconds }];
}

export function say(text: string) {
	put(text, null, shownSeconds);
}

export function offerUndo(text: string, undo: () => Promise<unknown>) {
	put(text, undo, undoSeconds);
}

function Line({ toast, newest }: { toast: Toast; newest: boolean }): JSX.Element {
	const [left, setLeft] = useState(toast.seconds);
	const { undo } = toast;
	useEffect(() => {
		if (left <= 0) {
			remove(toast.id);
			return undefined;
		}
		const timer = setTimeout(() => setLeft(left - 1), 1000);
		return () => clearTimeout(timer);
	}, [left]);
	function takeBack() {
		remove(toast.id);
		undo?.().then(() => say(t("undo.done")), (error: unknown) =>
			say(`${t("undo.failed")} ${problemText(error)} (${problemCode(error)})`));
	}
	useShortcuts(undo && newest ? [{ keys: "Alt+z", label: t("undo.act"), run: takeBack }] : []);
	return (
		<div class="toast">
			<span>{toast.text}</span>
			{undo && <Button {...newest ? { keys: "Alt+z" } : {}} onClick={takeBack}>
				{t("undo.act")}<span class="number undo-left" aria-hidden="true">{left}</span></Button>}
		</div>
	);
}

export function Toasts(): JSX.Element {
	const all = toasts.value;
	/* what says only what was done takes the key from nobody */
	const undoable = all.filter(toast => toast.undo).pop();
	return (
		<div class="toasts" role="status" aria-live="polite">
			{all.map(toast => <Line key={toast.id} toast={toast} newest={toast === undoable} />)}
		</div>
	);
}
