/* In the bar: whether it is quiet, and the press that makes it so. It watches as long as it is there. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Me } from "../api/types";
import { problemText } from "../lib/problem_text";
import { say } from "../parts/toast";
import { choices, choose } from "./alert";
import { watch } from "./watch";
import { t } from "./words";

const bell = "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zM10 21h4";
const struck = "M3 3l18 18";

export function Bell({ who }: { who: Me }): JSX.Element | null {
	useEffect(() => watch(who), []);
	if (!choices.value)
		return null;
	const { quiet } = choices.value;
	return (
		<button type="button" class={`button button-quiet bell${quiet ? " bell-quiet" : " icon-only"}`} aria-pressed={quiet}
			aria-label={t("alerts.quiet")} title={t(quiet ? "alerts.quiet_end" : "alerts.quiet_start")}
			onClick={() => void choose({ quiet: !quiet }).catch((failure: unknown) => say(problemText(failure)))}>
			<svg class="icon" width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">
				<path d={bell + (quiet ? struck : "")} /></svg>{quiet && <span>{t("alerts.quiet")}</span>}
		</button>
	);
}
