/* The "?" overlay, made from the very table that handles the keys. */
import type { JSX } from "preact";
import { t } from "../i18n";
import { activeShortcuts, keysPrinted, type Shortcut } from "../lib/keys";
import { Dialog } from "./dialog";

export function ShortcutOverlay({ onClose }: { onClose: () => void }): JSX.Element {
	const rows = new Map<string, Shortcut>();
	for (const group of activeShortcuts.value) {
		for (const shortcut of group.current)
			rows.set(shortcut.keys, shortcut);
	}
	return (
		<Dialog id="shortcuts" kind="box" title={t("help.title")} onClose={onClose}>
			<div class="shortcuts" tabIndex={0} role="group" aria-label={t("help.title")}><dl>
				{[...rows.values()].map(shortcut => (
					<div key={shortcut.keys}>
						<dt><kbd class="kbd">{keysPrinted(shortcut.keys)}</kbd></dt>
						<dd>{shortcut.label}</dd>
					</div>
				))}
				<div><dt><kbd class="kbd">1 … 9</kbd></dt><dd>{t("help.digits")}</dd></div>
			</dl></div>
		</Dialog>
	);
}
