/* The errors of a form: a summary that takes the focus when it comes, each a link to its field. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

/** By the names of fields, whose ids begin with the prefix. Another try takes the focus again. */
export function Summary({ prefix, wrong, tried }: {
	prefix: string;
	wrong: readonly [string, string][];
	/** What the try left behind, anew with each. */
	tried: unknown;
}): JSX.Element {
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => box.current?.focus(), [tried]);
	return (
		<div class="notice notice-bad summary" role="alert" tabIndex={-1} ref={box}>
			<strong>{t("form.wrong", { n: wrong.length })}</strong>
			<ul>{wrong.map(([name, words]) => (
				<li key={name}><button type="button" class="link" onClick={() => {
					const target = document.getElementById(`${prefix}${name}`)
						?? document.querySelector<HTMLElement>(`[id^="${prefix}${name}-"]`);
					target?.focus();
				}}>{words}</button></li>
			))}</ul>
		</div>
	);
}
