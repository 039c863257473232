/* How a receiver fares, in words with a tone. */
import type { Schemas } from "../../api/ask";
import { t } from "./words";
import { dateTime } from "../../lib/time";

export type Hook = Schemas["Webhook"];
export type HookSecret = Schemas["WebhookWithSecret"];
export type Delivery = Schemas["Delivery"];

export function healthOf(hook: Hook): { tone: string; words: string } {
	if (hook.state === "disabled")
		return { tone: hook.disabled_for === "paused" ? "" : "tag-red",
			words: t(`health.${hook.disabled_for ?? "paused"}`) };
	if (hook.held)
		return { tone: "tag-red", words: t("health.held", { at: dateTime(hook.held_until) }) };
	if (hook.failing_since)
		return { tone: "tag-amber", words: t("health.failing_since", { at: dateTime(hook.failing_since) }) };
	return { tone: hook.last_success_at ? "tag-green" : "",
		words: t(hook.last_success_at ? "health.good" : "health.untried") };
}

/** What is typed to confirm that a receiver goes: where it sends to. */
export function hostOf(url: string): string {
	return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? url;
}
