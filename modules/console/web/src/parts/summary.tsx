/* The errors of a form: a summary that takes the focus when it comes, each a link to its field. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

/** By the names of fields, whose ids begin with the prefix. */
export function Summary({ prefix, wrong }: { prefix: string; wrong: readonly [string, string][] }): JSX.Element {
	const box = useRef<HTMLDivElement>(null);
	const names = wrong.map(([name]) => name).join();
	useEffect(() => box.current?.focus(), [names]);
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
