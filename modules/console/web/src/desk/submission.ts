/*
 * Sending a draft. What is sent is fixed at the first press and sent again unchanged, with the
 * same key, until the server has answered: a double press, a lost answer or a 503 cannot make a
 * second appeal. While it waits the form is locked, so that screen and record never differ.
 */
import { signal } from "@preact/signals";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal, NewAppeal } from "../api/types";
import { appealOf, draft, forgetDraft } from "./draft";

export type Submission =
	| { step: "editing"; failure: unknown }
	| { step: "sending" }
	| { step: "waiting"; failure: Problem; seconds: number }
	| { step: "done"; appeal: Appeal };

export const submission = signal<Submission>({ step: "editing", failure: null });

let pending: { appeal: NewAppeal; key: string } | null = null;
let timer = 0;

function waitThenRetry(failure: Problem, seconds: number) {
	submission.value = { step: "waiting", failure, seconds };
	timer = window.setTimeout(() => {
		if (seconds > 1)
			waitThenRetry(failure, seconds - 1);
		else
			void send();
	}, 1000);
}

async function send() {
	clearTimeout(timer);
	if (!pending)
		return;
	submission.value = { step: "sending" };
	try {
		const appeal = await api.register(pending.appeal, pending.key);
		pending = null;
		forgetDraft();
		submission.value = { step: "done", appeal };
	} catch (failure) {
		if (failure instanceof Problem && failure.retryAfter !== null) {
			waitThenRetry(failure, failure.retryAfter);
		} else {
			pending = null;
			submission.value = { step: "editing", failure };
		}
	}
}

export function submitDraft() {
	if (submission.value.step !== "editing")
		return;
	pending = { appeal: appealOf(draft.value), key: draft.value.idempotencyKey };
	void send();
}

export function retryNow() {
	if (submission.value.step === "waiting")
		void send();
}

/** Back to the form; the key stays, so an appeal that did get through is found, not doubled. */
export function stopRetrying() {
	if (submission.value.step !== "waiting")
		return;
	clearTimeout(timer);
	pending = null;
	submission.value = { step: "editing", failure: submission.value.failure };
}

export function nextAppeal() {
	submission.value = { step: "editing", failure: null };
}
