/*
 * Ctrl+K or "/": go to a case by its number, to a screen, to an act; words, phones and ends of
 * numbers are looked for in the list of cases, and stand in no address.
 */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { isComposing } from "../lib/keys";
import { go, href } from "../lib/route";
import { sought } from "../lib/sought";
import { Dialog } from "../parts/dialog";

export interface Place {
	title: string;
	note: string;
	run: () => void;
}

const caseNumber = /^(LD)?(\d{12})$/i;

function found(places: readonly Place[], typed: string, mayLook: boolean): readonly Place[] {
	const text = typed.trim();
	const lower = text.toLowerCase();
	const number = caseNumber.exec(text.replace(/\s/g, ""));
	const asked: Place[] = [];
	if (number)
		asked.push({ title: `LD${number[2]}`, note: t("palette.case"), run: () => go(href(["appeals", `LD${number[2]}`])) });
	const fitting = places.filter(place => `${place.title} ${place.note}`.toLowerCase().includes(lower));
	if (text && !number && mayLook)
		fitting.push({ title: text, note: t("palette.look"), run: () => { sought.value = text; go(href(["appeals"])); } });
	return [...asked, ...fitting];
}

export function Palette({ places, mayLook, onClose }: {
	places: readonly Place[];
	mayLook: boolean;
	onClose: () => void;
}): JSX.Element {
	const [typed, setTyped] = useState("");
	const [active, setActive] = useState(0);
	const input = useRef<HTMLInputElement>(null);
	/* before the next key, which would go to the screen behind */
	useLayoutEffect(() => input.current?.focus(), []);
	const all = found(places, typed, mayLook);
	const at = Math.min(active, all.length - 1);
	function take(place: Place | undefined) {
		if (place) {
			onClose();
			place.run();
		}
	}
	function onKeyDown(event: KeyboardEvent) {
		if (isComposing(event))
			return;
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			setActive((at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % Math.max(1, all.length));
		} else if (event.key === "Enter") {
			event.preventDefault();
			take(all[at]);
		}
	}
	return (
		<Dialog id="palette" kind="box" title={t("palette.title")} onClose={onClose}>
			<div class="palette">
				<input class="control" type="text" role="combobox" autocomplete="off" spellcheck={false} value={typed} ref={input}
					aria-label={t("palette.title")} placeholder={t("palette.hint")} aria-expanded="true" aria-controls="palette-list"
					aria-activedescendant={at >= 0 ? `palette-${at}` : undefined} maxLength={100}
					onInput={event => { setTyped(event.currentTarget.value); setActive(0); }} onKeyDown={onKeyDown} />
				<ul id="palette-list" role="listbox" aria-label={t("palette.title")}>
					{all.map((place, n) => (
						<li key={`${place.note} ${place.title}`} id={`palette-${n}`} role="option" aria-selected={n === at}
							onMouseDown={event => { event.preventDefault(); take(place); }}>
							<span>{place.title}</span><small>{place.note}</small></li>
					))}
					{all.length === 0 && <li role="option" aria-selected="false" aria-disabled="true" class="combo-none">{t("combo.none")}</li>}
				</ul>
			</div>
		</Dialog>
	);
}
