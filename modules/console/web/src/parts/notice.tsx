/* Messages of a screen: what failed with its code, what worked, what is empty or loading. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { problemCode, problemText } from "../lib/problem_text";

interface NoticeProps {
	tone: "bad" | "warn" | "good" | "plain";
	children: ComponentChildren;
}

export function Notice({ tone, children }: NoticeProps): JSX.Element {
	return <div class={`notice notice-${tone}`} role={tone === "bad" ? "alert" : "status"}>{children}</div>;
}

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
	return (
		<Notice tone="bad">
			<span>{problemText(error)} <code class="code">{problemCode(error)}</code></span>
			{onRetry && <button type="button" class="button button-plain" onClick={onRetry}>
				{t("action.retry")}</button>}
		</Notice>
	);
}

/** Grey bars, and only after 300 ms: a quick answer must not flicker. */
export function Skeleton({ rows = 5 }: { rows?: number }): JSX.Element {
	const [shown, setShown] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setShown(true), 300);
		return () => clearTimeout(timer);
	}, []);
	return (
		<div class="skeleton" role="status" aria-label={t("state.loading")}>
			{shown && Array.from({ length: rows }, (_, row) => <i key={row} />)}
		</div>
	);
}

export function Empty({ title, next }: { title: string; next: string }): JSX.Element {
	return <div class="empty"><strong>{title}</strong><p>{next}</p></div>;
}
