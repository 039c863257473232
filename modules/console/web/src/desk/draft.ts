/*
 * The appeal being typed. Every 2 seconds it is kept in this browser, sealed, and every 10 at the
 * server, so that a crash, a power cut or another machine loses nothing. Its key makes every
 * retry of one draft the same registration for the server. Typed on at two machines at once, the
 * two are merged field by field.
 */
import { signal } from "@preact/signals";
import { ask, read } from "../api/ask";
import { randomKey, signedOut } from "../api/client";
import { api } from "../api/endpoints";
import type { Channel, ContentClass, NewAppeal } from "../api/types";
import { beforeSignOut, whenForgotten } from "../lib/kept";
import { differences, merged } from "../lib/merge";
import { dropSealed, isKeyDraft, keepSealed, keptSealed, openStore } from "../lib/sealed_store";
import { now } from "../state/clock";

export interface Draft {
	channel: Channel;
	externalNo: string;
	text: string;
	title: string;
	category: string | null;
	area: string | null;
	contentClass: ContentClass;
	urgent: boolean;
	address: string;
	callerName: string;
	callerPhone: string;
	callerIdNumber: string;
	callerAddress: string;
	anonymous: boolean;
	secret: boolean;
	visitWanted: boolean;
	accused: string | null;
	enterpriseName: string;
	enterpriseCode: string;
	/** The call it is about: the server takes the number from it. */
	call: string | null;
	/** What was proposed last, and whether it was taken. */
	rule: string | null;
	ruleAccepted: boolean;
	/** For who answers at once. */
	answer: string;
	idempotencyKey: string;
}

/** What two machines may both change. */
export const mergedFields = ["text", "title", "category", "area", "address", "contentClass", "urgent",
	"callerName", "callerPhone", "callerIdNumber", "callerAddress", "anonymous", "secret", "visitWanted",
	"channel", "externalNo", "accused", "enterpriseName", "enterpriseCode", "answer"] as const;

interface Kept {
	draft: Draft;
	savedAt: number;
}

const record = "draft";
const localMilliseconds = 2000;
const serverMilliseconds = 10_000;

function emptyDraft(channel: Channel): Draft {
	return {
		channel, externalNo: "", text: "", title: "", category: null, area: null,
		contentClass: "help", urgent: false, address: "", callerName: "", callerPhone: "",
		callerIdNumber: "", callerAddress: "", anonymous: false, secret: false, visitWanted: true,
		accused: null, enterpriseName: "", enterpriseCode: "", call: null, rule: null,
		ruleAccepted: false, answer: "", idempotencyKey: randomKey(),
	};
}

export const draft = signal<Draft>(emptyDraft("12345"));
/** Domain time of the last save here and at the server; null while there is nothing to save. */
export const draftSavedAt = signal<{ here: number | null; server: number | null }>({ here: null, server: null });
/** When the draft was saved that came back; null when none did. */
export const draftRestored = signal<number | null>(null);
/** Another machine changed the same draft, and the same fields of it. */
export const draftClash = signal<{ base: Draft; theirs: Draft } | null>(null);
/** The form waits for what may come back. */
export const draftReady = signal(false);

let localTimer = 0;
let serverTimer = 0;
let unsavedHere = false;
let unsavedThere = false;
/** What the server had last, and when: another time there is another machine's. */
let base: { draft: Draft; at: string } | null = null;

export function isBegun(one: Draft): boolean {
	return [one.text, one.title, one.address, one.callerName, one.callerPhone, one.callerIdNumber,
		one.callerAddress, one.answer, one.externalNo, one.enterpriseName, one.enterpriseCode]
		.some(text => text.trim() !== "") || one.category !== null;
}

async function saveHere() {
	unsavedHere = false;
	const at = now.peek();
	if (await keepSealed(record, { draft: draft.value, savedAt: at } satisfies Kept))
		draftSavedAt.value = { ...draftSavedAt.value, here: at };
}

async function theirsBefore(id: string): Promise<void> {
	const { items } = await read("/drafts");
	const there = items.find(one => one.id === id);
	if (!there || !base || there.saved_at === base.at)
		return;
	const { content } = await read("/drafts/{id}", { path: { id } });
	const theirs = { ...emptyDraft("12345"), ...content as Partial<Draft> };
	if (draft.value.idempotencyKey !== id)
		return;
	const found = differences(mergedFields, base.draft, draft.value, theirs);
	if (found.some(one => one.clash))
		draftClash.value = { base: base.draft, theirs };
	else if (found.length > 0)
		draft.value = { ...merged(mergedFields, base.draft, draft.value, theirs), idempotencyKey: id };
	base = { draft: theirs, at: there.saved_at };
}

async function saveThere() {
	const id = draft.value.idempotencyKey;
	unsavedThere = false;
	if (!isBegun(draft.value) || draftClash.value)
		return;
	if (signedOut.value) {
		unsavedThere = true;
		return;
	}
	try {
		await theirsBefore(id);
		if (draftClash.value)
			return;
		const sent = draft.value;
		const { saved_at } = await api.keepDraft(id, sent);
		if (draft.value.idempotencyKey !== id)
			return;
		base = { draft: sent, at: saved_at };
		draftSavedAt.value = { ...draftSavedAt.value, server: Date.parse(saved_at) };
	} catch {
		unsavedThere = true;
	}
}

function keepSaving() {
	if (!localTimer) {
		localTimer = window.setTimeout(() => {
			localTimer = 0;
			if (unsavedHere)
				void saveHere();
		}, localMilliseconds);
	}
	if (!serverTimer) {
		serverTimer = window.setTimeout(() => {
			serverTimer = 0;
			void saveThere().then(() => { if (unsavedThere) keepSaving(); });
		}, serverMilliseconds);
	}
}

export function changeDraft(change: Partial<Draft>) {
	draft.value = { ...draft.value, ...change };
	unsavedHere = unsavedThere = true;
	keepSaving();
}

/** At once: what somebody presses Ctrl+S for. */
export async function saveDraft() {
	await Promise.all([saveHere(), saveThere()]);
}

beforeSignOut(async () => {
	if (unsavedThere)
		await saveThere();
	return null;
});

export function endClash(chosen: Partial<Record<keyof Draft, "mine" | "theirs">>) {
	const clash = draftClash.value;
	if (!clash)
		return;
	const result = merged(mergedFields, clash.base, draft.value, clash.theirs, chosen);
	draftClash.value = null;
	changeDraft({ ...result, idempotencyKey: draft.value.idempotencyKey });
}

function startAfresh(channel: Channel) {
	clearTimeout(localTimer);
	clearTimeout(serverTimer);
	localTimer = serverTimer = 0;
	unsavedHere = unsavedThere = false;
	base = null;
	draftClash.value = null;
	draftSavedAt.value = { here: null, server: null };
	draftRestored.value = null;
	draft.value = emptyDraft(channel);
}

/** Handed over to be sent, or thrown away by the person; the server's copy goes with the latter. */
export function forgetDraft(everywhere: boolean) {
	const id = draft.value.idempotencyKey;
	const wasThere = base !== null;
	startAfresh(draft.value.channel);
	void dropSealed(record);
	if (everywhere && wasThere)
		ask.delete("/drafts/{id}", { path: { id } }).catch(() => { /* it goes after seven days */ });
}

/** Back in the form, in the place of what stands there. */
export function reviseDraft(back: Draft) {
	startAfresh(back.channel);
	changeDraft(back);
}

whenForgotten(() => {
	startAfresh("12345");
	draftReady.value = false;
});

async function keptThere(): Promise<(Kept & { at: string }) | null> {
	const { items } = await read("/drafts");
	const newest = items.find(one => !isKeyDraft(one.id));
	if (!newest)
		return null;
	const { content, saved_at } = await read("/drafts/{id}", { path: { id: newest.id } });
	const theirs = content as Partial<Draft>;
	return typeof theirs.text !== "string" ? null : { at: saved_at, savedAt: Date.parse(saved_at),
		draft: { ...emptyDraft("12345"), ...theirs, idempotencyKey: newest.id } };
}

/** The newer of what this browser and the server have; once after sign-in. */
export async function restoreDraft(login: string) {
	if (draftReady.value)
		return;
	try {
		await openStore(login);
		const here = (await keptSealed(record)).get(record) as Kept | undefined;
		const there = await keptThere().catch(() => null);
		const newest = here && (!there || here.savedAt >= there.savedAt) ? here : there;
		if (newest && isBegun(newest.draft) && !isBegun(draft.value)) {
			draft.value = { ...emptyDraft("12345"), ...newest.draft };
			draftRestored.value = newest.savedAt;
			if (there?.draft.idempotencyKey === newest.draft.idempotencyKey)
				base = { draft: there.draft, at: there.at };
		}
	} finally {
		draftReady.value = true;
	}
}

const titleLength = 30;

/** The first sentence of the text, cut to a line. */
export function derivedTitle(text: string): string {
	const sentence = text.trim().split(/[。！？；!?;\n]|\. /)[0]?.trim() ?? "";
	return Array.from(sentence).slice(0, titleLength).join("");
}

function filled<K extends string>(members: Record<K, string>): Partial<Record<K, string>> {
	const entries = Object.entries<string>(members).map(([name, value]) => [name, value.trim()]);
	return Object.fromEntries(entries.filter(([, value]) => value !== "")) as Partial<Record<K, string>>;
}

/** Kept at the desk, where the operator who takes it answers it at once. */
export function appealOf(from: Draft, kept: boolean): NewAppeal {
	return {
		channel: from.channel,
		content_class: from.contentClass,
		category: from.category ?? "",
		area: from.area ?? "",
		title: from.title.trim() || derivedTitle(from.text),
		text: from.text.trim(),
		urgent: from.urgent,
		...filled({ external_no: from.externalNo, address: from.address }),
		...kept ? { at_desk: true } : {},
		...from.call ? { call: from.call } : {},
		...from.rule ? { suggestion: { rule: from.rule, accepted: from.ruleAccepted } } : {},
		caller: {
			...from.anonymous ? {} : filled({ name: from.callerName, phone: from.callerPhone,
				id_number: from.callerIdNumber, address: from.callerAddress }),
			anonymous: from.anonymous,
			secret: from.secret,
			visit_wanted: from.visitWanted,
		},
		...from.accused ? { accused: { department: from.accused, person: null } } : {},
		...from.channel === "enterprise"
			? { enterprise: filled({ name: from.enterpriseName, uscc: from.enterpriseCode }) } : {},
	};
}
