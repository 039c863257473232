/* A due time as words, tone and bar together, so that colour never speaks alone. */
import type { JSX } from "preact";
import { dateTime, shareUsed, timeLeft, urgencyOf } from "../lib/time";
import { now } from "../state/clock";

interface DueProps {
	/** null where no such limit runs: nothing is drawn then. */
	due: string | null;
	start: string | undefined;
}

function shareOf(start: string | undefined, due: string) {
	return <i style={{ width: `${Math.round(shareUsed(start, due, now.value) * 100)}%` }} />;
}

/** Bare where a bar of its own stands beside it. */
export function DueBadge({ due, start, bare }: DueProps & { bare?: true }): JSX.Element | null {
	return due === null ? null : (
		<span class={`due due-${urgencyOf(start, due, now.value)}`} title={dateTime(due)}>
			{timeLeft(due, now.value)}{!bare && shareOf(start, due)}
		</span>
	);
}

export function DueBar({ due, start }: DueProps): JSX.Element | null {
	return due === null ? null : (
		<span class={`due-bar due-bar-${urgencyOf(start, due, now.value)}`} aria-hidden="true">
			{shareOf(start, due)}
		</span>
	);
}
