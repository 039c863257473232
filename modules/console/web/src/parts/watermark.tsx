/*
 * Whose screen this is, faintly all over it and over what it prints, so that a photograph of it
 * says who had it open: login, minute, and the beginning of the newest answer's request id, which
 * stands in the server's log with who asked. It takes no pointer and no selection, and is nothing
 * to who listens.
 */
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { newestRequest } from "../api/client";
import { dateTime } from "../lib/time";
import { now } from "../state/clock";

const times = 60;
const codeLength = 6;

/* Follows the minute alone: a mark that moves with every answer would draw the eye. */
const minuteText = computed(() => dateTime(new Date(now.value).toISOString()));
const code = computed(() => {
	void minuteText.value;
	return newestRequest.peek().slice(0, codeLength);
});

export function Watermark({ login }: { login: string }): JSX.Element {
	const words = `${login} ${minuteText.value} ${code.value}`;
	return (
		<div class="watermark" aria-hidden="true">
			{Array.from({ length: times }, (_, i) => <span key={i} data-words={words} />)}
		</div>
	);
}
