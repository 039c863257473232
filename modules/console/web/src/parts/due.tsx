/* A due time as words, tone and bar together, so that colour never speaks alone. */
import type { JSX } from "preact";
import { dateTime, shareUsed, timeLeft, urgencyOf } from "../lib/time";
import { now } from "../state/clock";

interface DueProps {
	/** null where no such limit runs: nothing is drawn then. */
	due: string | null;
	start: string | undefined;
}

export function DueBadge({ due, start }: DueProps): JSX.Element | null {
	return due === null ? null : (
		<span class={`due due-${urgencyOf(start, due, now.value)}`} title={dateTime(due)}>
			{timeLeft(due, now.value)}
		</span>
	);
}

export function DueBar({ due, start }: DueProps): JSX.Element | null {
	if (due === null)
		return null;
	const percent = Math.round(shareUsed(start, due, now.value) * 100);
	return (
		<span class={`due-bar due-bar-${urgencyOf(start, due, now.value)}`} aria-hidden="true">
			<i style={{ width: `${percent}%` }} />
		</span>
	);
}
