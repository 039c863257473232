/* The files of an appeal: saved by the browser as they are, added one at a time. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ask, fileAddress, read, type Schemas } from "../api/ask";
import { call, randomKey } from "../api/client";
import { useAct } from "../lib/act";
import { useLoaded } from "../lib/load";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Select } from "../parts/field";
import { ProblemNotice } from "../parts/notice";
import { Asked, Card } from "../parts/page";
import { say } from "../parts/toast";
import { t } from "./words";

const kinds = ["caller", "site"] as const;
type Kind = Schemas["AttachmentForm"]["kind"];

/** The sender's to make up: a UUID of version 4. */
function newId(): string {
	const hex = randomKey();
	return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

function size(bytes: number): string {
	return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function Files({ id, of, mayAdd }: { id: string; of: string; mayAdd: boolean }): JSX.Element {
	const list = useLoaded(async () => (await read("/appeals/{id}/attachments", { path: { id } })).items, of);
	const [kind, setKind] = useState<Kind>("caller");
	const input = useRef<HTMLInputElement>(null);
	const act = useAct();
	async function add(file: File) {
		const upload = newId();
		await call("PUT", `/uploads/${upload}`, { file });
		await ask.post("/appeals/{id}/attachments", { path: { id }, body: { upload, name: file.name, kind } });
		say(t("files.added", { name: file.name }));
		await list.reload();
	}
	return (
		<Card id="files" title={t("files.title")} count={list.value?.length ?? ""}>
			<Asked loaded={list}>{items => (
				<ul class="plain-list files">{items.map(one => (
					<li key={one.id} class="row-line">
						{one.scan === "infected" || one.scan === "scanning" ? <span>{one.name}</span>
							: <a href={fileAddress("/attachments/{id}", { id: one.id })} download={one.name}>{one.name}</a>}
						<span class="row-note number">{t(`files.${one.kind}`)} · {size(one.size)} · {t(`scan.${one.scan}`)} · {dateTime(one.attached_at)}</span>
					</li>
				))}{items.length === 0 && <li class="row-note">{t("files.none")}</li>}</ul>
			)}</Asked>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
			{mayAdd && (
				<div class="files-add">
					<Select id="file-kind" label={t("files.kind")} value={kind} onChange={setKind}
						options={kinds.map(value => ({ value, label: t(`files.${value}`) }))} />
					<input ref={input} type="file" class="unseen" tabIndex={-1} aria-label={t("files.add")} onChange={event => {
						const file = event.currentTarget.files?.[0];
						event.currentTarget.value = "";
						if (file)
							void act.run(() => add(file));
					}} />
					<Button busy={act.busy} onClick={() => input.current?.click()}>{t("files.add")}</Button>
				</div>
			)}
		</Card>
	);
}
