/* Whether what is shown follows what happens: a dot with its word, in the top bar. */
import type { JSX } from "preact";
import { t } from "../i18n";
import { clockTime } from "../lib/time";
import { clockOffset } from "../api/client";
import { live } from "../state/live";

export function LiveDot(): JSX.Element | null {
	const now = live.value;
	if (now.state === "off")
		return null;
	const word = now.state === "stale"
		? t("live.stale", { time: clockTime(now.since + clockOffset.value).slice(0, 5) })
		: t(`live.${now.state}`);
	return <span class={`live live-${now.state}`} role="status" title={t("live.what")}>{word}</span>;
}
