/*
 * Whether the service can be reached, as the desk sees it: told by the browser, by any request
 * that gets no answer, and by the look at the calls that goes on all the time.
 */
import { signal } from "@preact/signals";
import { Problem } from "../api/client";

export const online = signal(navigator.onLine);

window.addEventListener("offline", () => { online.value = false; });

/** No answer, or one of a server that cannot serve now: another try makes sense. */
export function isAway(failure: unknown): failure is Problem {
	return failure instanceof Problem && (failure.status === 0 || failure.retryAfter !== null
		|| failure.status === 502 || failure.status === 504);
}

/** Notes what a request tells of the connection, and gives it on. */
export async function noting<T>(asked: Promise<T>): Promise<T> {
	try {
		const answer = await asked;
		online.value = true;
		return answer;
	} catch (failure) {
		online.value = !isAway(failure);
		throw failure;
	}
}
