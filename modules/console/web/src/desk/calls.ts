/*
 * The calls that ring or are spoken, as the PBX tells of them: asked for at once when the stream
 * says that a call changed, and every few seconds where there is no stream; the same question
 * tells whether the service can be reached at all.
 */
import { computed, signal } from "@preact/signals";
import { ask, read, type Schemas } from "../api/ask";
import { api } from "../api/endpoints";
import type { Channel } from "../api/types";
import { signedOut, unattended } from "../api/client";
import { whenForgotten } from "../lib/kept";
import { listen, live, tellTabs } from "../state/live";
import { noting } from "./connection";

export type Call = Schemas["Call"];
export type CallerHistory = Pick<Schemas["CallerHistory"], "caller" | "history">;

export const calls = signal<readonly Call[]>([]);
export const missed = signal<readonly Call[]>([]);
export const callsFailure = signal<unknown>(null);
/** As they were told last: else nobody knows how many there are. */
export const callsKnown = signal(false);

/** Channels whose appeals nobody has spoken with an operator about. */
const written: readonly Channel[] = ["web", "app", "letter", "leader"];

const pollMilliseconds = 3000;
/** A service that does not answer is away; the next question waits no longer for it. */
const patience = 4000;
/** While the stream lives it tells of every change; asking is for what it, or an answer, missed. */
const pollsSkipped = 4;
let asking: Promise<void> | null = null;
let askAgain = false;

async function readCalls() {
	try {
		const [live, lost] = await noting(unattended(() => Promise.all([
			read("/calls", { patience }), read("/calls", { query: { state: "missed", limit: 20 }, patience })])));
		calls.value = live.items;
		missed.value = lost.items;
		callsFailure.value = null;
		callsKnown.value = true;
	} catch (failure) {
		callsKnown.value = false;
		callsFailure.value = failure;
	}
}

/** One question at a time; one more after it where something changed meanwhile. */
export function refreshCalls() {
	if (asking) {
		askAgain = true;
		return;
	}
	asking = readCalls().finally(() => {
		asking = null;
		if (askAgain) {
			askAgain = false;
			refreshCalls();
		}
	});
}

/** What came by net and letter and no department has, the longest waiting first. */
export async function readWritten() {
	return (await api.appeals("accepted", 200)).items.filter(appeal => written.includes(appeal.channel))
		.sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at));
}

/** How many wait, for the rail while the desk is not open. */
export async function countWaiting(): Promise<number> {
	const [appeals] = await Promise.all([readWritten(), readCalls()]);
	if (callsFailure.value !== null)
		throw callsFailure.value;
	return calls.value.length + missed.value.length + appeals.length;
}

/** While the desk is open; gives what ends it. */
export function watchCalls(): () => void {
	let skipped = 0;
	callsKnown.value = false;
	refreshCalls();
	const stop = listen("call", refreshCalls);
	const timer = setInterval(() => {
		skipped = live.value.state === "live" && callsFailure.value === null && skipped < pollsSkipped
			? skipped + 1 : 0;
		if (!signedOut.value && skipped === 0)
			refreshCalls();
	}, pollMilliseconds);
	return () => {
		stop();
		clearInterval(timer);
	};
}

/** The one I speak with, else the one that rings longest: it is shown before anybody asks. */
export const popped = computed<Call | null>(() => {
	const live = calls.value;
	const ringing = live.filter(call => call.state === "ringing" && call.direction === "in" && call.line !== "other");
	return live.find(call => call.mine && call.state === "answered") ?? ringing[ringing.length - 1] ?? null;
});

export const callOf = async (id: string) => read("/calls/{id}", { path: { id } });

export async function takeCall(id: string) {
	/* it is no news to who takes it by hand */
	tellTabs("known", [`call ${id}`]);
	await ask.post("/calls/{id}/take", { path: { id }, body: {} });
	refreshCalls();
}

export async function endCall(id: string) {
	await ask.post("/calls/{id}/end", { path: { id }, body: {} });
	refreshCalls();
}

whenForgotten(() => {
	calls.value = [];
	missed.value = [];
	callsKnown.value = false;
});
