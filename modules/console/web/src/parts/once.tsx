/* What the server tells once, such as a first password: to be printed or copied, and then gone. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { usePrintedAlone } from "../lib/printed_alone";
import { Button } from "./button";
import { Dialog } from "./dialog";

export interface Given {
	title: string;
	lines: readonly (readonly [string, string])[];
	note: string;
}

/** The last line is what is copied. */
export function Once({ given, onClose }: { given: Given; onClose: () => void }): JSX.Element {
	const [copied, setCopied] = useState(false);
	const secret = given.lines[given.lines.length - 1]?.[1] ?? "";
	usePrintedAlone();
	return (
		<Dialog id="once" kind="box" title={given.title} onClose={onClose}>
			<div class="once">
				<dl>{given.lines.map(([label, value]) =>
					<div key={label}><dt>{label}</dt><dd><code>{value}</code></dd></div>)}</dl>
				<p>{given.note}</p>
				<div class="form-foot">
					<Button kind="primary" onClick={() => window.print()}>{t("once.print")}</Button>
					<Button onClick={() => void navigator.clipboard.writeText(secret)
						.then(() => setCopied(true), () => setCopied(false))}>
						{copied ? t("once.copied") : t("once.copy")}</Button>
				</div>
			</div>
		</Dialog>
	);
}
