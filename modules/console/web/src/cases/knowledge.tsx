/*
 * Ready answers: found by words and category, with the days they hold; written by those who
 * answer for them. An entry that somebody else changed meanwhile is merged field by field.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { candidateOf, candidateOfCategory } from "../lib/match";
import { usePaged } from "../lib/paged";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Check } from "../parts/field";
import { ActionForm, type FormField, type Values } from "../parts/form";
import { useMerge } from "../parts/merging";
import { Empty } from "../parts/notice";
import { Asked, Card, Listed, Page } from "../parts/page";
import { say } from "../parts/toast";
import { useLoaded } from "../lib/load";
import { catalogue, categoryPath, departmentName, departments, nameOf } from "../state/reference";
import { t } from "./words";

type Entry = Schemas["Knowledge"];
type Form = Schemas["KnowledgeForm"];

const writers = ["dispatcher", "supervisor", "admin", "system"];
const names = ["title", "text", "category", "department", "valid_from", "valid_to", "source"] as const;

function formFields(): FormField[] {
	return [
		{ kind: "text", name: "title", label: t("appeal.title"), required: true, max: 200 },
		{ kind: "lines", name: "text", label: t("knowledge.text"), required: true, rows: 8, max: 10_000 },
		{ kind: "pick", name: "category", label: t("appeal.category"), options: (catalogue.value?.categories ?? []).map(one => ({
			value: one.code, label: categoryPath(one.code), note: one.code, candidate: candidateOfCategory(one) })) },
		{ kind: "pick", name: "department", label: t("knowledge.department"), options: departments.value.map(one => ({
			value: one.code, label: nameOf(one), note: one.code, candidate: candidateOf(one) })) },
		{ kind: "date", name: "valid_from", label: t("knowledge.from"), required: true },
		{ kind: "date", name: "valid_to", label: t("knowledge.to") },
		{ kind: "text", name: "source", label: t("knowledge.source"), max: 200 },
	];
}

function valuesOf(entry: Entry): Values {
	return Object.fromEntries(names.map(name => [name, entry[name] ?? ""]));
}

function formOf(values: Values): Form {
	return Object.fromEntries(names.map(name => [name, String(values[name] ?? "").trim() || null])) as unknown as Form;
}

function words(field: string, value: unknown): string {
	const text = String(value ?? "");
	return text === "" ? "—" : field === "department" ? departmentName(text) : field === "category" ? categoryPath(text) : text;
}

function Edit({ entry, etag, onDone }: { entry: Entry; etag: string | null; onDone: () => void }): JSX.Element {
	/* what the form began with stays the base, whatever is read meanwhile */
	const [begun] = useState({ values: valuesOf(entry), etag });
	const path = { id: String(entry.id) };
	const merge = useMerge<Values>(path.id, formFields().map(({ name, label }) => ({ name, label })), async () => {
		const fresh = await ask.get("/knowledge/{id}", { path });
		return { value: valuesOf(fresh.body), etag: fresh.etag };
	}, words);
	return (
		<ActionForm id="knowledge" title={t("knowledge.edit")} keepAs={path.id} fields={formFields()} initial={begun.values}
			submit={t("knowledge.save")} onCancel={onDone} onStale={merge.onStale} onDone={() => { merge.forget(); onDone(); }}
			consequence={() => t("knowledge.consequence")}
			onSubmit={async values => {
				await ask.put("/knowledge/{id}", { path, etag: merge.etag ?? begun.etag,
					body: formOf(merge.result(begun.values, values)) });
				say(t("knowledge.saved"));
			}}>
			{values => merge.view(begun.values, values)}
		</ActionForm>
	);
}

function One({ id, me, onChanged }: { id: string; me: Me; onChanged: () => void }): JSX.Element {
	const loaded = useLoaded(() => ask.get("/knowledge/{id}", { path: { id } }), id);
	const [editing, setEditing] = useState(false);
	useShortcuts([{ keys: "e", label: t("knowledge.edit"), run: () => setEditing(true),
		enabled: writers.includes(me.role) && !editing && loaded.value !== null }]);
	return (
		<Asked loaded={loaded}>{({ body: entry, etag }) => editing
			? <Edit entry={entry} etag={etag} onDone={() => { setEditing(false); void loaded.reload(); onChanged(); }} />
			: <div class="padded">
				<div class="subject"><h2>{entry.title}</h2><span class="tags">
					{entry.expired && <span class="tag tag-red">{t("knowledge.expired")}</span>}
					{entry.category && <span class="tag">{categoryPath(entry.category)}</span>}</span></div>
				<p class="citizen-text">{entry.text}</p>
				<p class="row-note">{[entry.department && departmentName(entry.department), entry.source,
					t("knowledge.valid", { from: entry.valid_from, to: entry.valid_to ?? "—" }),
					t("knowledge.changed", { who: entry.changed_by, at: dateTime(entry.changed_at) })].filter(Boolean).join(" · ")}</p>
				{writers.includes(me.role) && <Button keys="e" onClick={() => setEditing(true)}>{t("knowledge.edit")}</Button>}
			</div>}</Asked>
	);
}

export function KnowledgeScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const id = route.value.path[1] ?? null;
	const [typed, setTyped] = useState("");
	const [q, setQ] = useState("");
	const [expired, setExpired] = useState(false);
	const mayWrite = writers.includes(me.role);
	useEffect(() => {
		const timer = setTimeout(() => setQ(typed.trim()), 300);
		return () => clearTimeout(timer);
	}, [typed]);
	const list = usePaged(cursor => read("/knowledge", { query: { limit: 50, ...cursor ? { cursor } : {}, ...q ? { q } : {},
		...expired ? { expired: "true" as const } : {} } }), `${q} ${expired}`);
	return (
		<Page title={title} line={t("knowledge.line")} acts={mayWrite && <Button kind="primary" onClick={() => go(href(["knowledge", "new"]))}>{t("knowledge.new")}</Button>}>
			<div class="knowledge">
				<Card id="entries" title={t("knowledge.entries")}>
					<div class="ready-words"><input class="control" type="search" autocomplete="off" aria-label={t("knowledge.find")} placeholder={t("knowledge.find")}
						value={typed} maxLength={60} onInput={event => setTyped(event.currentTarget.value)} />
					{mayWrite && <Check label={t("knowledge.with_expired")} checked={expired} onChange={setExpired} />}</div>
					<Listed list={list} empty={t("knowledge.none")} emptyNext={t("knowledge.none_next")}>{items => (
						<ul class="rows">{items.map(one => (
							<li key={one.id}><a class="row" href={href(["knowledge", String(one.id)])} aria-current={id === String(one.id) ? "true" : undefined}>
								<span class="row-line"><strong>{one.title}</strong>{one.expired && <span class="tag tag-red">{t("knowledge.expired")}</span>}</span>
								<span class="row-note">{one.category ? categoryPath(one.category) : t("knowledge.general")}</span></a></li>
						))}</ul>
					)}</Listed>
				</Card>
				<Card id="entry" title={t("knowledge.entry")}>
					{id === null ? <Empty title={t("knowledge.choose")} next={t("knowledge.choose_next")} />
						: id === "new" ? <ActionForm id="knowledge" title={t("knowledge.new")} keepAs="new" fields={formFields()} initial={{}}
							submit={t("knowledge.save")} onCancel={() => go(href(["knowledge"]))} consequence={() => t("knowledge.consequence")}
							onSubmit={async values => {
								const { body } = await ask.post("/knowledge", { body: formOf(values) });
								say(t("knowledge.saved"));
								await list.reload();
								go(href(["knowledge", String(body.id)]));
							}} />
							: <One key={id} id={id} me={me} onChanged={() => void list.reload()} />}
				</Card>
			</div>
		</Page>
	);
}
