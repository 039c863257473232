/*
 * The one place that speaks HTTP. Every answer that is not a success becomes a Problem, also
 * when no answer came at all (status 0), so that screens handle a single kind of failure.
 */
import { signal } from "@preact/signals";

export interface FieldError {
	/** JSON Pointer to the field, with or without the leading "#". */
	pointer: string;
	code: string;
	detail: string;
}

export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly detail: string,
		readonly errors: FieldError[] = [],
		readonly allowed: string[] = [],
		/** Seconds until a new try makes sense; null when a retry would change nothing. */
		readonly retryAfter: number | null = null,
	) {
		super(detail || code);
	}
}

export interface Reply<T> {
	body: T;
	etag: string | null;
}

export interface CallOptions {
	body?: unknown;
	/** A file as it is, in place of a body; sent with the digest of its bytes. */
	file?: Blob;
	etag?: string | null;
	idempotencyKey?: string;
	/** Milliseconds until an answer that does not come counts as none. */
	patience?: number;
}

/** True once the server has said 401: the sign-in covers the screens, which stay as they are. */
export const signedOut = signal(false);

/** Server time minus this machine's time, in milliseconds. */
export const clockOffset = signal(0);

/** The language of the server's own words; kept by the preferences. */
export const answerLanguage = signal("zh-CN");

/** What proves to the server that this page asks; kept by the session. */
export const csrfToken = signal<string | null>(null);

let attended = true;

/* Whatever asks: a page that nobody touched for so long asks by itself. */
const leftMilliseconds = 60_000;
let touchedAt = performance.now();
for (const kind of ["keydown", "input", "click"])
	addEventListener(kind, () => { touchedAt = performance.now(); }, true);

/**
 * A call that the page makes by itself, which does not keep the session alive. What it asks behind
 * its first answer counts as the person's, as long as there was one a short time ago.
 */
export function unattended<T>(ask: () => Promise<T>): Promise<T> {
	attended = false;
	try {
		return ask();
	} finally {
		attended = true;
	}
}

/** Id of the newest answer's request, as the server's log has it. */
export const newestRequest = signal("");

const retryDefaultSeconds = 3;
const patienceMilliseconds = 15_000;

export function randomKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}

function retryAfterOf(response: Response): number | null {
	if (response.status !== 503 && response.status !== 429)
		return null;
	const seconds = Number(response.headers.get("Retry-After"));
	return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : retryDefaultSeconds;
}

function problemOf(response: Response, body: string): Problem {
	let said: Record<string, unknown> = {};
	try {
		const parsed: unknown = JSON.parse(body);
		if (typeof parsed === "object" && parsed !== null)
			said = parsed as Record<string, unknown>;
	} catch {
		/* a proxy's page is no problem document; the status alone must do */
	}
	const text = (name: string) => typeof said[name] === "string" ? said[name] as string : "";
	return new Problem(response.status, text("code") || `http_${response.status}`,
		text("detail") || text("title"),
		Array.isArray(said.errors) ? said.errors as FieldError[] : [],
		Array.isArray(said.allowed) ? said.allowed.map(String) : [],
		retryAfterOf(response));
}

/* the clock of the header minus this machine's, and how far ahead of it the domain's is */
let real = 0, ahead = 0;

/** The header's whole second lies between sending and receiving; within that nothing is corrected. */
function readServerClock(response: Response, sentAt: number) {
	const date = Date.parse(response.headers.get("Date") ?? "");
	if (!Number.isNaN(date)) {
		real = Math.min(Math.max(real, date - Date.now()), date + 1000 - sentAt);
		clockOffset.value = real + ahead;
	}
}

/** A server on a test clock tells its own time, which the Date header does not follow. */
export function useDomainClock(now: string) {
	ahead = Date.parse(now) - Date.now() - real;
	clockOffset.value = real + ahead;
}

async function digestOf(file: Blob): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
	return `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(digest)))}:`;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

async function send<T>(method: Method, path: string, options: CallOptions, isAttended: boolean): Promise<Reply<T>> {
	const headers: Record<string, string> = {
		"Accept": "application/json, application/problem+json",
		"Accept-Language": answerLanguage.value,
	};
	if (options.body !== undefined)
		headers["Content-Type"] = "application/json";
	if (options.file) {
		headers["Content-Type"] = options.file.type || "application/octet-stream";
		headers["Content-Digest"] = await digestOf(options.file);
	}
	if (method !== "GET" && csrfToken.value)
		headers["X-CSRF-Token"] = csrfToken.value;
	if (!isAttended)
		headers["X-Unattended"] = "1";
	if (options.etag)
		headers["If-Match"] = options.etag;
	if (method === "POST" && path !== "/session")
		headers["Idempotency-Key"] = options.idempotencyKey ?? randomKey();
	const sentAt = Date.now();
	const control = new AbortController();
	/* a file takes as long as it takes */
	const timer = options.file ? 0 : setTimeout(() => control.abort(), options.patience ?? patienceMilliseconds);
	let response: Response, text: string;
	try {
		response = await fetch(`/api/v1${path}`, {
			method,
			headers,
			credentials: "same-origin",
			cache: "no-store",
			signal: control.signal,
			/* what a page says when it is closed shall still arrive */
			keepalive: path === "/presence",
			...(options.file ? { body: options.file }
				: options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
		});
		text = await response.text();
	} catch {
		throw new Problem(0, "unreachable", "", [], [], retryDefaultSeconds);
	} finally {
		clearTimeout(timer);
	}
	readServerClock(response, sentAt);
	newestRequest.value = response.headers.get("X-Request-Id") ?? newestRequest.value;
	if (!response.ok)
		throw problemOf(response, text);
	return { body: (text ? JSON.parse(text) : null) as T, etag: response.headers.get("ETag") };
}

/** Changes under way: a new password or factor brings a new session with its answer. */
const changing = new Set<Promise<unknown>>();

/** Whether a 401 was only for the session before the one that such a change has brought. */
async function isSignedInAnew(): Promise<boolean> {
	await Promise.allSettled(changing);
	return send("GET", "/me", {}, false).then(() => true, () => false);
}

export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<Reply<T>> {
	const isAttended = attended && performance.now() - touchedAt < leftMilliseconds;
	const sent = send<T>(method, path, options, isAttended);
	if (method !== "GET")
		changing.add(sent);
	try {
		return await sent;
	} catch (failure) {
		changing.delete(sent);
		if (!(failure instanceof Problem) || failure.status !== 401 || path === "/session")
			throw failure;
		if (await isSignedInAnew())
			return await send<T>(method, path, options, isAttended);
		signedOut.value = true;
		throw failure;
	} finally {
		changing.delete(sent);
	}
}
