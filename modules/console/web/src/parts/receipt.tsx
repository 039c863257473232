/* The deadline receipt: each limit with its time left, and the days counted or skipped, and why. */
import type { JSX } from "preact";
import { api } from "../api/endpoints";
import type { ReceiptLimit, ReceiptStep, Task } from "../api/types";
import { t } from "../i18n";
import { useLoaded } from "../lib/load";
import { clockTime, dateTime, weekday } from "../lib/time";
import { language } from "../state/prefs";
import { DueBadge, DueBar } from "./due";
import { ProblemNotice, Skeleton } from "./notice";

function hours(at: string): string {
	return clockTime(Date.parse(at)).slice(0, 5);
}

function Step({ step }: { step: ReceiptStep }): JSX.Element {
	const mark = step.from && step.to ? `${hours(step.from)}–${hours(step.to)}`
		: step.counted ? t("receipt.counted", { n: step.n }) : "";
	return (
		<li class={step.counted ? "counted" : "skipped"}>
			<span class="number">{step.date}</span>
			<span>{weekday(step.date)}</span>
			<span>{language.value === "zh" ? step.reason : step.reason_en}</span>
			<span class="number">{mark}</span>
		</li>
	);
}

function Limit({ limit, open, running }: { limit: ReceiptLimit; open: boolean; running: boolean }) {
	return (
		<details class="limit" open={open}>
			<summary>
				<span class="limit-name">{t(`limit.${limit.limit}`)}</span>
				<span class="number">{dateTime(limit.due)}</span>
				{running ? <DueBadge due={limit.due} start={limit.start} bare />
					: <span class="tag">{t("limit.no_longer_running")}</span>}
				{running && <DueBar due={limit.due} start={limit.start} />}
			</summary>
			<p class="rule">{t("receipt.start", { at: dateTime(limit.start) })} ·{" "}
				{language.value === "zh" ? limit.rule : limit.rule_en}</p>
			<ol class="steps">{limit.steps.map((step, index) =>
				<Step key={index} step={step} />)}</ol>
		</details>
	);
}

/** Which of the three limits can still be missed, given where the task stands. */
export function runningLimits(task: Task): ReceiptLimit["limit"][] {
	if (task.state === "awaiting_sign")
		return ["sign", "contact", "done"];
	if (task.state === "in_hand")
		return task.contacted_at === null && task.round === 1 ? ["contact", "done"] : ["done"];
	return task.state === "return_requested" ? ["done"] : [];
}

export function ReceiptPanel({ task }: { task: Task }): JSX.Element {
	const { value, error, reload } = useLoaded(() => api.receipt(task.id), `${task.id} ${task.version}`);
	if (error !== null)
		return <ProblemNotice error={error} onRetry={() => void reload()} />;
	if (!value)
		return <Skeleton rows={3} />;
	const running = runningLimits(task);
	return (
		<div class="receipt">
			{value.limits.map(limit => <Limit key={limit.limit} limit={limit}
				open={limit.limit === (running[0] ?? "done")} running={running.includes(limit.limit)} />)}
		</div>
	);
}
