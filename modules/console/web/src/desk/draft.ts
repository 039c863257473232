/*
 * The appeal being typed. It survives a reload through the tab's session storage, but never with
 * who calls or the exact place: those live in memory only. The key makes every retry of one draft
 * the same registration for the server.
 */
import { signal } from "@preact/signals";
import { randomKey } from "../api/client";
import type { Channel, ContentClass, NewAppeal } from "../api/types";
import { whenForgotten } from "../lib/kept";
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
	idempotencyKey: string;
}

const storageKey = "draft";

function emptyDraft(channel: Channel): Draft {
	return {
		channel, externalNo: "", text: "", title: "", category: null, area: null,
		contentClass: "help", urgent: false, address: "", callerName: "", callerPhone: "",
		callerIdNumber: "", callerAddress: "", anonymous: false, secret: false, visitWanted: true, accused: null, enterpriseName: "",
		enterpriseCode: "", idempotencyKey: randomKey(),
	};
}

export const draft = signal<Draft>(emptyDraft("12345"));

/** Domain time of the last save, null while there is nothing to save. */
export const draftSavedAt = signal<number | null>(null);

/** True when the draft came back from storage and the person should be told. */
export const draftRestored = signal(false);

let saveTimer = 0;
const saveDelayMilliseconds = 400;

function save() {
	const { callerName: _name, callerPhone: _phone, callerIdNumber: _number,
		callerAddress: _home, address: _place, ...kept } = draft.value;
	try {
		sessionStorage.setItem(storageKey, JSON.stringify(kept));
		draftSavedAt.value = now.peek();
	} catch {
		/* without storage the draft lives as long as the tab */
	}
}

export function changeDraft(change: Partial<Draft>) {
	draft.value = { ...draft.value, ...change };
	draftRestored.value = false;
	clearTimeout(saveTimer);
	saveTimer = window.setTimeout(save, saveDelayMilliseconds);
}

export function forgetDraft() {
	clearTimeout(saveTimer);
	try {
		sessionStorage.removeItem(storageKey);
	} catch {
		/* nothing was stored then */
	}
	draftSavedAt.value = null;
	draftRestored.value = false;
	draft.value = emptyDraft(draft.value.channel);
}

whenForgotten(forgetDraft);

export function restoreDraft() {
	try {
		const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? "null");
		if (typeof stored === "object" && stored !== null && !draft.value.text) {
			draft.value = { ...draft.value, ...stored as Partial<Draft> };
			draftRestored.value = draft.value.text !== "";
		}
	} catch {
		/* an unreadable draft is no draft */
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

export function appealOf(from: Draft): NewAppeal {
	return {
		channel: from.channel,
		content_class: from.contentClass,
		category: from.category ?? "",
		area: from.area ?? "",
		title: from.title.trim() || derivedTitle(from.text),
		text: from.text.trim(),
		urgent: from.urgent,
		...filled({ external_no: from.externalNo, address: from.address }),
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
