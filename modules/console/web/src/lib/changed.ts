/*
 * When to ask again for what may have changed: soon after the server says that something did, else
 * every half minute where it cannot say so. A burst of changes is one question, and pages do not
 * all ask at the same moment.
 */
import { effect } from "@preact/signals";
import { signedOut } from "../api/client";
import type { LiveData } from "../state/live";
import { listen, live } from "../state/live";

const soonMilliseconds = 150;
const gapMilliseconds = 1000;
const longestGapMilliseconds = 8000;	/* while changes do not cease */
const hiddenGapMilliseconds = 15_000;	/* only the number in its title is seen */
const pollMilliseconds = 30_000;
const longestMilliseconds = 300_000;

/** Calls `ask` again and again until the function it gives is called. */
export function whenChanged(ask: () => Promise<void>,
	matters: (change: LiveData["change"]) => boolean = () => true): () => void {
	let askedAt = Date.now(), gap = gapMilliseconds, wasLive = false;
	let timer: ReturnType<typeof setTimeout> | null = null;

	function run() {
		timer = null;
		if (signedOut.value)
			return;
		gap = Date.now() - askedAt < longestGapMilliseconds
			? Math.min(gap * 2, longestGapMilliseconds) : gapMilliseconds;
		askedAt = Date.now();
		void ask();
	}
	function soon() {
		const rest = askedAt + (document.hidden ? hiddenGapMilliseconds : gap) - Date.now();
		if (timer === null)
			timer = setTimeout(run, Math.max(soonMilliseconds * (1 + Math.random()), rest));
	}
	const stops = [
		listen("change", change => { if (change === null || matters(change)) soon(); }),
		/* what happened before the stream began is in nobody's news */
		effect(() => {
			const isLive = live.value.state === "live";
			if (isLive && !wasLive)
				soon();
			wasLive = isLive;
		}),
	];
	const poll = setInterval(() => {
		const rest = live.peek().state === "live" ? longestMilliseconds : pollMilliseconds - 1000;
		if (!document.hidden && Date.now() - askedAt >= rest)
			run();
	}, pollMilliseconds);
	return () => {
		clearInterval(poll);
		if (timer !== null)
			clearTimeout(timer);
		stops.forEach(stop => stop());
	};
}
