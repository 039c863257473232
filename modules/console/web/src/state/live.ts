/*
 * What the server tells by itself: one stream for the whole browser. The tab that holds a lock
 * reads it and hands everything on to the others; when it is closed the next one goes on behind
 * the last id. Without locks or channels each tab reads for itself.
 *
 * A message says what changed and nothing of it: what a screen shows it asks for, unattended.
 */
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Schemas } from "../api/ask";
import { signedOut, unattended } from "../api/client";
import { api } from "../api/endpoints";
import { me } from "./session";

export interface LiveData {
	change: Schemas["StreamChange"];
	presence: Schemas["StreamPresence"];
	call: { call: string; state: string; mine: boolean };
	/* what tabs tell each other */
	/** Somebody else replies where this person did. */
	taken_over: { appeal: string; since: string };
	/** Names of things that the person knows of, or was alerted of. */
	known: readonly string[];
	alerts: Schemas["Alerts"];
	/** The tab that reads may make no sound. */
	sound: { kind: string; key: string };
}

/** "off": nobody is signed in, or there is nothing for this role to follow. */
export type LiveState = { state: "off" | "connecting" | "live" } | { state: "stale"; since: number };

export const live = signal<LiveState>({ state: "off" });

/** Whether this tab is the one that reads, and that does what is done once for a browser. */
export const leads = signal(false);

type Listener = (data: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

/** Calls back with each message of the kind, and with null when any may have been missed. */
export function listen<K extends keyof LiveData>(kind: K, hear: (data: LiveData[K] | null) => void) {
	const all = listeners.get(kind) ?? new Set<Listener>();
	listeners.set(kind, all);
	all.add(hear as Listener);
	return () => { all.delete(hear as Listener); };
}

export function useLive<K extends keyof LiveData>(kind: K, hear: (data: LiveData[K] | null) => void) {
	const newest = useRef(hear);
	newest.current = hear;
	useEffect(() => listen(kind, data => newest.current(data)), [kind]);
}

/* ---- within a page, and between the tabs ---- */

/** One piece of news; kind is null for a sign of life. */
interface News {
	kind: string | null;
	data: unknown;
	id: string;
	now: LiveState;
}

const silenceMilliseconds = 45_000;	/* three beats of the server */
const retryMilliseconds = 3000;
const longestRetry = 60_000;

/** What one tab tells the others by itself. */
interface Told {
	told: keyof LiveData;
	data: unknown;
}

let lastId = "";
let heardAt = 0;
let channel: BroadcastChannel | null = null;

function spread(kind: string, data: unknown) {
	for (const hear of [...listeners.get(kind) ?? []])
		hear(data);
}

/** To all tabs of this browser, this one first. */
export function tellTabs<K extends keyof LiveData>(kind: K, data: LiveData[K]) {
	spread(kind, data);
	channel?.postMessage({ told: kind, data });
}

function take(news: News) {
	lastId = news.id;
	if (news.now.state === "live")
		heardAt = Date.now();
	if (JSON.stringify(news.now) !== JSON.stringify(live.value))
		live.value = news.now;
	if (news.kind === "reset")
		for (const kind of ["change", "presence", "call"])
			spread(kind, null);
	else if (news.kind !== null)
		spread(news.kind, news.data);
}

function tell(now: LiveState, kind: string | null = null, data: unknown = null) {
	const news = { kind, data, id: lastId, now };
	take(news);
	channel?.postMessage(news);
}

/* ---- reading ---- */

/** Lines of one stream into what they say (WHATWG HTML, 9.2.6), for what our server sends. */
function makeReader(say: (field: string, value: string) => void) {
	let rest = "";
	return (text: string) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) {
			const at = line.indexOf(": ");
			say(line && (at < 0 ? line : line.slice(0, at)), at < 0 ? "" : line.slice(at + 2));
		}
	};
}

let retry = retryMilliseconds;

function makeTeller() {
	let kind = "", data = "", id = lastId;
	return makeReader((field, value) => {
		if (field === "event")
			kind = value;
		else if (field === "data")
			data = value;
		else if (field === "id")
			id = value;
		else if (field === "retry")
			retry = Number(value) || retryMilliseconds;
		else if (field === "") {
			lastId = id;
			const parsed: unknown = data && kind ? JSON.parse(data) : null;
			tell({ state: "live" }, parsed === null ? null : kind, parsed);
			kind = data = "";
		}
	});
}

/** Reads until the stream ends. False: there is no use in coming back. */
async function follow(stop: AbortSignal): Promise<boolean> {
	const abort = new AbortController();
	const end = () => abort.abort();
	stop.addEventListener("abort", end);
	let watchdog = setTimeout(end, silenceMilliseconds);
	try {
		const response = await fetch("/api/v1/stream", {
			headers: { "Accept": "text/event-stream", "X-Unattended": "1", ...lastId && { "Last-Event-ID": lastId } },
			credentials: "same-origin", cache: "no-store", signal: abort.signal,
		});
		if (response.status === 204) {
			tell({ state: "off" });
			return false;
		}
		/* it puts the sign-in over the screens, unless the session is another one by now */
		if (response.status === 401)
			return await unattended(api.me).then(() => true, () => false);
		if (!response.ok || !response.body)
			throw new Error(String(response.status));
		const reader = response.body.getReader(), decoder = new TextDecoder();
		const hear = makeTeller();
		for (;;) {
			const { done, value } = await reader.read();
			if (done)
				return true;
			clearTimeout(watchdog);
			watchdog = setTimeout(end, silenceMilliseconds);
			hear(decoder.decode(value, { stream: true }));
		}
	} catch {
		retry = Math.min(longestRetry, retry * 2);
		return true;
	} finally {
		clearTimeout(watchdog);
		stop.removeEventListener("abort", end);
	}
}

/* Tabs and browsers come back at different times, not all at once. */
function pause(stop: AbortSignal): Promise<void> {
	return new Promise(resolve => {
		const timer = setTimeout(resolve, retry * (0.5 + Math.random()));
		stop.addEventListener("abort", () => { clearTimeout(timer); resolve(); });
	});
}

async function lead(stop: AbortSignal) {
	retry = retryMilliseconds;
	while (!stop.aborted) {
		if (!await follow(stop) || stop.aborted)
			return;
		if (live.value.state !== "stale")
			tell({ state: "stale", since: heardAt || Date.now() });
		await pause(stop);
	}
}

/* ---- electing ---- */

function ended(stop: AbortSignal): Promise<void> {
	return new Promise(resolve => stop.addEventListener("abort", () => resolve()));
}

function start(): () => void {
	const control = new AbortController(), stop = control.signal;
	const locks = typeof BroadcastChannel === "function" ? navigator.locks : undefined;
	live.value = { state: "connecting" };
	heardAt = 0;
	const work = async () => {
		if (stop.aborted)
			return;
		leads.value = true;
		await lead(stop);
		/* what one tab was told not to ask for no other shall ask for, either */
		if (!stop.aborted)
			await ended(stop);
	};
	if (locks) {
		channel = new BroadcastChannel("liandong-live");
		channel.onmessage = ({ data }: MessageEvent<News | Told | "hello">) => {
			if (data === "hello") {
				if (leads.value)
					channel?.postMessage({ kind: null, data: null, id: lastId, now: live.value });
			} else if ("told" in data) {
				spread(data.told, data.data);
			} else if (!leads.value) {
				take(data);
			}
		};
		channel.postMessage("hello");
		locks.request("liandong-live", { signal: stop }, work).catch(() => { /* stopped */ });
	} else {
		void work();
	}
	/* a tab that hears nothing of the one that reads shows that, too */
	const watch = setInterval(() => {
		if (!leads.value && live.value.state === "live" && Date.now() - heardAt > silenceMilliseconds)
			live.value = { state: "stale", since: heardAt };
	}, retryMilliseconds);
	return () => {
		clearInterval(watch);
		control.abort();
		channel?.close();
		channel = null;
		lastId = "";
		leads.value = false;
		live.value = { state: "off" };
	};
}

let stop: (() => void) | null = null;

effect(() => {
	const wanted = me.value !== null && me.value.duty === null && !signedOut.value;
	if (wanted && !stop)
		stop = start();
	else if (!wanted && stop) {
		stop();
		stop = null;
	}
});
