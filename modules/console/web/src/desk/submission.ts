/*
 * Sending a draft. What is sent is fixed at the first press and sent again unchanged, with the
 * same key, until the server has answered: a double press, a lost answer or a 503 cannot make a
 * second appeal. While the service is away appeals wait in a queue, in the order they were
 * typed, sealed in this browser; the form is free for the next one.
 */
import { effect, signal } from "@preact/signals";
import { ask } from "../api/ask";
import { Problem, signedOut } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal } from "../api/types";
import { beforeSignOut, whenForgotten } from "../lib/kept";
import { dropSealed, keepSealed, keptSealed } from "../lib/sealed_store";
import { offerUndo, say } from "../parts/toast";
import { isAway, noting, online } from "./connection";
import { appealOf, derivedTitle, draft, forgetDraft, isBegun, reviseDraft, type Draft } from "./draft";
import { t } from "./words";

/** What follows the registration at once: an answer, or the joining to another appeal. */
export type Then = { kind: "answer" } | { kind: "merge"; into: string } | null;

interface Entry {
	order: number;
	draft: Draft;
	then: Then;
	/** Set when the server refused it: a person must look. */
	failure: { code: string; detail: string } | null;
}

export type Submission =
	| { step: "editing"; failure: unknown }
	| { step: "sending" }
	| { step: "queued"; key: string; title: string }
	| { step: "done"; appeal: Appeal; then: Then; failure: unknown };

export const submission = signal<Submission>({ step: "editing", failure: null });
export const queue = signal<readonly Entry[]>([]);
/** Since the sign-in: how many, and how long they took together. */
export const tally = signal({ count: 0, milliseconds: 0 });
let begunAt = 0;

const record = "queued ";
const retrySeconds = 2;
let draining = false;
let timer = 0;

const keyOf = (entry: Entry) => entry.draft.idempotencyKey;
const titleOf = (one: Draft) => one.title.trim() || derivedTitle(one.text);

/** A person has begun the words of the next appeal. */
export function noteBegin() {
	begunAt = begunAt || Date.now();
}

function counted() {
	tally.value = { count: tally.value.count + 1,
		milliseconds: tally.value.milliseconds + (begunAt ? Date.now() - begunAt : 0) };
	begunAt = 0;
}

async function followed(entry: Entry, appeal: Appeal): Promise<Appeal> {
	const path = { id: appeal.id };
	const etag = `"a-${appeal.version}"`;
	const idempotencyKey = `${keyOf(entry)}-then`;
	if (entry.then?.kind === "answer")
		return (await ask.post("/appeals/{id}/answer", { path, etag, idempotencyKey,
			body: { text: entry.draft.answer.trim() } })).body;
	if (entry.then?.kind === "merge")
		return (await ask.post("/appeals/{id}/merge", { path, etag, idempotencyKey,
			body: { into: entry.then.into } })).body;
	return appeal;
}

interface Sent {
	appeal: Appeal;
	/** Of what should have followed: the appeal itself is registered. */
	failure: unknown;
}

async function sent(entry: Entry): Promise<Sent> {
	const appeal = await noting(api.register(
		appealOf(entry.draft, entry.then?.kind === "answer"), keyOf(entry)));
	try {
		return { appeal: await noting(followed(entry, appeal)), failure: null };
	} catch (failure) {
		if (isAway(failure))
			throw failure;
		return { appeal, failure };
	}
}

function tell(entry: Entry, { appeal, failure }: Sent) {
	const done = failure !== null ? t("desk.then_failed", { id: appeal.id })
		: t(`desk.done_${entry.then?.kind ?? "register"}`, { id: appeal.id,
			into: entry.then?.kind === "merge" ? entry.then.into : "" });
	if (appeal.undo_until)
		offerUndo(done, () => ask.post("/appeals/{id}/undo",
			{ path: { id: appeal.id }, body: { version: appeal.version } }));
	else
		say(done);
}

function unqueue(entry: Entry) {
	queue.value = queue.value.filter(one => keyOf(one) !== keyOf(entry));
	void dropSealed(record + keyOf(entry));
}

function enqueue(entry: Entry) {
	queue.value = [...queue.value, entry];
	void keepSealed(record + keyOf(entry), entry);
	submission.value = { step: "queued", key: keyOf(entry), title: titleOf(entry.draft) };
	drainLater(retrySeconds);
}

function refused(entry: Entry, failure: unknown) {
	const told = failure instanceof Problem ? { code: failure.code, detail: failure.detail }
		: { code: "console", detail: "" };
	queue.value = queue.value.map(one => keyOf(one) === keyOf(entry) ? { ...one, failure: told } : one);
	if (submission.value.step === "queued" && submission.value.key === keyOf(entry))
		submission.value = { step: "editing", failure: null };
}

function drainLater(seconds: number) {
	clearTimeout(timer);
	timer = window.setTimeout(() => void drain(), seconds * 1000);
}

/** Sends what waits, one after the other; the first that finds nobody ends the round. */
export async function drain() {
	if (draining || signedOut.value)
		return;
	draining = true;
	let again = 0;
	try {
		for (;;) {
			const entry = queue.value.find(one => one.failure === null);
			if (!entry)
				break;
			try {
				const result = await sent(entry);
				unqueue(entry);
				tell(entry, result);
				if (submission.value.step === "queued" && submission.value.key === keyOf(entry))
					submission.value = { step: "done", then: entry.then, ...result };
			} catch (failure) {
				if (isAway(failure)) {
					again = Math.min(failure.retryAfter ?? retrySeconds, 5);
					break;
				}
				if (failure instanceof Problem && failure.status === 401)
					break;
				refused(entry, failure);
			}
		}
	} finally {
		draining = false;
	}
	if (again)
		drainLater(again);
}

/* The connection or the session is back. */
effect(() => {
	if (online.value && !signedOut.value && queue.peek().length > 0)
		void drain();
});

export async function submitDraft(then: Then = null) {
	if (submission.value.step !== "editing")
		return;
	const entry: Entry = { order: Date.now(), draft: draft.value, then, failure: null };
	submission.value = { step: "sending" };
	if (!online.value || queue.value.some(one => one.failure === null)) {
		counted();
		forgetDraft(false);
		enqueue(entry);
		return;
	}
	try {
		const result = await sent(entry);
		counted();
		forgetDraft(false);
		tell(entry, result);
		submission.value = { step: "done", then, ...result };
	} catch (failure) {
		if (isAway(failure)) {
			counted();
			forgetDraft(false);
			enqueue(entry);
		} else {
			submission.value = { step: "editing", failure };
		}
	}
}

export function nextAppeal() {
	submission.value = { step: "editing", failure: null };
}

/** Thrown away, or another put in its place; that can be taken back, and so can the taking back. */
export function replaceDraft(by: Draft | null) {
	const before = draft.value;
	if (by)
		reviseDraft(by);
	else
		forgetDraft(true);
	if (isBegun(before))
		offerUndo(t("desk.cleared"), async () => replaceDraft(before));
}

/** Back into the empty form, to be mended; its key stays, for nothing was registered under it. */
export function revise(entry: Entry) {
	unqueue(entry);
	reviseDraft(entry.draft);
	submission.value = { step: "editing", failure: null };
}

export async function restoreQueue() {
	const kept = [...(await keptSealed(record)).values()] as Entry[];
	const known = new Set(queue.value.map(keyOf));
	queue.value = [...queue.value, ...kept.filter(one => !known.has(keyOf(one)))]
		.sort((a, b) => a.order - b.order);
	void drain();
}

beforeSignOut(() => queue.value.length > 0 ? t("desk.stay", { n: queue.value.length }) : null);
whenForgotten(() => {
	clearTimeout(timer);
	queue.value = [];
	tally.value = { count: 0, milliseconds: 0 };
	submission.value = { step: "editing", failure: null };
});
