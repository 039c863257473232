/* Files to go with a reply: each is sent at once, and named when the reply is submitted. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { call, randomKey } from "../api/client";
import type { Schemas } from "../api/ask";
import { t } from "./words";
import { problemText } from "../lib/problem_text";
import { Button } from "../parts/button";

interface Sent {
	key: string;
	name: string;
	size: number;
	id: string | null;
	failure: unknown;
}

export interface Files {
	list: readonly Sent[];
	/** Of those that arrived. */
	ids: string[];
	busy: boolean;
	add: (files: Iterable<File>) => void;
	remove: (key: string) => void;
}

/* An upload's id is the sender's to make up: a UUID of version 4. */
function newId(): string {
	const hex = randomKey();
	return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`,
		hex.slice(20)].join("-");
}

export function useFiles(): Files {
	const [list, setList] = useState<readonly Sent[]>([]);
	const change = (key: string, to: Partial<Sent>) =>
		setList(old => old.map(one => one.key === key ? { ...one, ...to } : one));
	function add(files: Iterable<File>) {
		for (const file of files) {
			const key = newId();
			setList(old => [...old, { key, name: file.name, size: file.size, id: null, failure: null }]);
			call<Schemas["Upload"]>("PUT", `/uploads/${key}`, { file }).then(
				({ body }) => change(key, { id: body.id }), (failure: unknown) => change(key, { failure }));
		}
	}
	return {
		list, add,
		ids: list.flatMap(one => one.id ?? []),
		busy: list.some(one => one.id === null && one.failure === null),
		remove: key => setList(old => old.filter(one => one.key !== key)),
	};
}

export function size(bytes: number): string {
	return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function FileList({ files }: { files: Files }): JSX.Element {
	const input = useRef<HTMLInputElement>(null);
	return (
		<div class="reply-files">
			<input ref={input} type="file" multiple class="unseen" tabIndex={-1} id="complete-files"
				aria-label={t("files.add")} onChange={event => {
					files.add(Array.from(event.currentTarget.files ?? []));
					event.currentTarget.value = "";
				}} />
			<Button keys="Alt+f" onClick={() => input.current?.click()}>{t("files.add")}</Button>
			<small class="hint">{t("files.kinds")}</small>
			<ul role="status">
				{files.list.map(one => (
					<li key={one.key} data-sent={one.id !== null}>
						<span>{one.name} <span class="number">{size(one.size)}</span></span>
						{one.failure !== null ? <b class="bad-word">✕ {problemText(one.failure)}</b>
							: one.id !== null ? <b class="good-word">✓ {t("files.sent")}</b>
								: <span>{t("files.sending")}</span>}
						<Button kind="quiet" label={t("files.remove", { name: one.name })}
							onClick={() => files.remove(one.key)}>✕</Button>
					</li>
				))}
			</ul>
		</div>
	);
}
