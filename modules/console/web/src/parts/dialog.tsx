/*
 * A panel over the screen: a modal box in the middle, or a drawer from the right beside which the
 * screen stays usable. Escape closes, focus returns to where it was opened from.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { keepFocusInside } from "../lib/focus";
import { Depth, useShortcuts } from "../lib/keys";
import { Button } from "./button";

interface DialogProps {
	id: string;
	title: ComponentChildren;
	kind: "drawer" | "box";
	onClose: () => void;
	children: ComponentChildren;
}

export function Dialog({ id, title, kind, onClose, children }: DialogProps): JSX.Element {
	const panel = useRef<HTMLDivElement>(null);
	const depth = useShortcuts([{ keys: "Escape", label: t("action.close"), run: onClose }], kind === "box" ? 1 : 0);
	/* as it is before anything inside takes the focus */
	const openedFrom = useRef(document.activeElement).current;
	useEffect(() => {
		if (!panel.current?.contains(document.activeElement))
			panel.current?.focus();
		return () => { if (openedFrom instanceof HTMLElement) openedFrom.focus(); };
	}, []);
	return (
		<div class={`veil veil-${kind}`}
			onMouseDown={event => { if (event.target === event.currentTarget) onClose(); }}>
			<div class={kind} role="dialog" aria-modal={kind === "box"} aria-labelledby={`${id}-title`}
				tabIndex={-1} ref={panel}
				onKeyDown={event => { if (kind === "box") keepFocusInside(event.currentTarget, event); }}>
				<div class="dialog-head">
					<h2 id={`${id}-title`}>{title}</h2>
					<Button keys="Escape" onClick={onClose} label={t("action.close")}>
						{t("action.close")}</Button>
				</div>
				<Depth.Provider value={depth}>{children}</Depth.Provider>
			</div>
		</div>
	);
}
