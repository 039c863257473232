/*
 * A browser's database whose contents nobody reads who is not signed in as the person who wrote
 * them: each record is sealed by AES-GCM under a key that lives in memory here, and at the server
 * as one of the person's drafts. After a crash the same person finds everything again, anybody
 * else finds noise. Sign-out deletes the database (lib/kept.ts).
 */
import { read } from "../api/ask";
import { api } from "../api/endpoints";
import { keptDatabase, whenForgotten } from "./kept";

const table = "sealed";

interface Sealed {
	iv: Uint8Array<ArrayBuffer>;
	data: ArrayBuffer;
}

let key: CryptoKey | null = null;
/** The draft at the server that holds the key: no text of anybody. */
let keyDraft: string | null = null;

whenForgotten(() => { key = null; keyDraft = null; });

function opened(): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const asked = indexedDB.open(keptDatabase, 1);
		asked.onupgradeneeded = () => asked.result.createObjectStore(table);
		asked.onsuccess = () => resolve(asked.result);
		asked.onerror = () => reject(asked.error);
	});
}

async function inTable<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const database = await opened();
	try {
		return await new Promise((resolve, reject) => {
			const transaction = database.transaction(table, mode);
			const asked = use(transaction.objectStore(table));
			transaction.oncomplete = () => resolve(asked.result);
			transaction.onabort = transaction.onerror = () => reject(transaction.error);
		});
	} finally {
		database.close();
	}
}

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}

async function keyText(id: string): Promise<string> {
	if ((await read("/drafts")).items.some(one => one.id === id)) {
		const { content } = await read("/drafts/{id}", { path: { id } });
		const text = (content as Record<string, unknown>).key;
		if (typeof text === "string")
			return text;
	}
	return hexOf(crypto.getRandomValues(new Uint8Array(32)));
}

/** False where nothing can be kept: an old browser, an insecure address, no server. */
export async function openStore(login: string): Promise<boolean> {
	try {
		const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`key of ${login}`));
		const id = hexOf(new Uint8Array(hash)).slice(0, 32);
		const text = await keyText(id);
		/* saved anew each time, so that it is never the oldest of the drafts */
		await api.keepDraft(id, { key: text });
		const raw = Uint8Array.from(text.match(/../g) ?? [], byte => parseInt(byte, 16));
		key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
		keyDraft = id;
		return true;
	} catch {
		return false;
	}
}

export function isKeyDraft(id: string): boolean {
	return id === keyDraft;
}

/** True when it is written. */
export async function keepSealed(name: string, value: unknown): Promise<boolean> {
	const with_key = key;
	if (!with_key)
		return false;
	try {
		const iv = crypto.getRandomValues(new Uint8Array(12));
		const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, with_key,
			new TextEncoder().encode(JSON.stringify(value)));
		if (key !== with_key)
			return false;	/* signed out meanwhile */
		await inTable("readwrite", store => store.put({ iv, data } satisfies Sealed, name));
		return true;
	} catch {
		return false;
	}
}

export async function dropSealed(name: string): Promise<void> {
	if (key)
		await inTable("readwrite", store => store.delete(name)).catch(() => undefined);
}

async function unsealed(sealed: Sealed): Promise<unknown> {
	const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key as CryptoKey, sealed.data);
	return JSON.parse(new TextDecoder().decode(plain));
}

/** Everything whose name begins so and that this key opens; what it does not open goes. */
export async function keptSealed(prefix: string): Promise<Map<string, unknown>> {
	const found = new Map<string, unknown>();
	if (!key)
		return found;
	const names = await inTable("readonly", store => store.getAllKeys()).catch(() => []);
	for (const name of names.map(String).filter(one => one.startsWith(prefix))) {
		try {
			found.set(name, await unsealed(
				await inTable("readonly", store => store.get(name)) as Sealed));
		} catch {
			await dropSealed(name);
		}
	}
	return found;
}
