/*
 * What is kept and how long, what callers are told, who hand-overs go to: each tab for whom it is
 * for. New versions of a text are previewed before they are added.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import type { Me, Role } from "../api/types";
import { useAct } from "../lib/act";
import { useKept } from "../lib/kept";
import { useLoaded } from "../lib/load";
import { usePaged } from "../lib/paged";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { ActionForm, trimmed } from "../parts/form";
import { Empty, Notice, ProblemNotice } from "../parts/notice";
import { Once, type Given } from "../parts/once";
import { Asked, Card, Listed, Page, Tabs } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { t } from "./words";

const limit = 50;
type Preview = Schemas["Preview"];

/* ---- versioned texts ---- */

const routes = {
	notices: { preview: "/notices/texts/preview", add: "/notices/texts" },
	retention: { preview: "/retention/preview", add: "/retention" },
} as const;

function Changes({ preview }: { preview: Preview }): JSX.Element {
	const { rows, problems } = preview;
	return (
		<>
			{problems.length > 0 && <Notice tone="bad"><div><strong>{t("version.problems", { n: problems.length })}</strong>
				<ul>{problems.map(one => <li key={one.line}>{t("version.line", { n: one.line })} {one.text}</li>)}</ul></div></Notice>}
			<p>{t("version.changes", { added: rows.added, changed: rows.changed, removed: rows.removed })}</p>
			{rows.items.length > 0 && <Table caption={t("version.rows")} rows={rows.items} columns={[
				{ key: "change", head: t("version.change"), cell: row => t(`version.change_${row.change}`) },
				{ key: "before", head: t("version.before"), class: "line", cell: row => row.line_before ?? "—" },
				{ key: "after", head: t("version.after"), class: "line", cell: row => row.line_after ?? "—" },
			]} rowKey={row => `${row.line_before ?? ""} ${row.line_after ?? ""}`} />}
		</>
	);
}

function VersionEditor({ kind }: { kind: keyof typeof routes }): JSX.Element {
	const current = useLoaded(() => read("/documents/{kind}", { path: { kind } }), kind);
	return <Asked loaded={current}>{document => <Editor key={`${kind} ${document.version}`} kind={kind} document={document}
		onAdded={() => void current.reload()} />}</Asked>;
}

function Editor({ kind, document, onAdded }: {
	kind: keyof typeof routes; document: Schemas["Document"]; onAdded: () => void;
}): JSX.Element {
	const [form, change, forget] = useKept(`version ${kind} ${document.version}`, { text: document.text, source: "" });
	const [preview, setPreview] = useState<{ of: string; found: Preview } | null>(null);
	const act = useAct();
	const shown = preview?.of === form.text ? preview.found : null;
	const ready = shown !== null && shown.problems.length === 0 && form.source.trim() !== "";
	return (
		<Card id={`version-${kind}`} title={t(`version.title_${kind}`)}
			aside={<span class="hint">{t("version.current", { n: document.version, at: dateTime(document.recorded_at),
				source: document.source })}</span>}>
			<div class="padded stack">
				<p class="hint">{t(`version.about_${kind}`)}</p>
				<TextField id={`version-text-${kind}`} label={t("version.text")} rows={14} value={form.text}
					class="mono" onInput={text => change({ text })} />
				{act.failure !== null && <ProblemNotice error={act.failure} />}
				{shown && <Changes preview={shown} />}
				{shown && <TextField id={`version-source-${kind}`} label={t("version.source")} value={form.source}
					onInput={source => change({ source })} maxLength={200} />}
				{shown && <p class="consequence">{t(`version.then_${kind}`)}</p>}
				<div class="form-foot">
					<Button kind={shown ? "plain" : "primary"} busy={act.busy} disabled={form.text === document.text}
						onClick={() => void act.run(async () => setPreview({ of: form.text,
							found: (await ask.post(routes[kind].preview, { body: { text: form.text } })).body }))}>
						{t("version.preview")}</Button>
					{shown && <Button kind="primary" busy={act.busy} disabled={!ready} onClick={() => void act.run(async () => {
						await ask.post(routes[kind].add, { body: { source: form.source.trim(), text: form.text,
							expected_version: document.version } });
						forget();
						say(t("version.added"));
						onAdded();
					})}>{t("version.add")}</Button>}
				</div>
			</div>
		</Card>
	);
}

/* ---- peers ---- */

type Peer = Schemas["ExchangePeer"];

function Peers({ me }: { me: Me }): JSX.Element {
	const peers = useLoaded(async () => (await read("/exchange/peers")).items, "peers");
	const [form, setForm] = useState<Peer | "new" | null>(null);
	const [given, setGiven] = useState<Given | null>(null);
	const mayChange = me.role !== "auditor";
	const old = form === "new" ? null : form;
	return (
		<>
			<Card id="peers" title={t("peer.title")} aside={mayChange && form === null
				&& <Button kind="primary" onClick={() => setForm("new")}>{t("peer.add")}</Button>}>
				<Asked loaded={peers}>{items => items.length === 0
					? <Empty title={t("peer.empty")} next={t("peer.empty_next")} /> : <Table caption={t("peer.title")} rows={items} rowKey={row => row.code}
					{...mayChange ? { onOpen: setForm } : {}} columns={[
						{ key: "name", head: t("peer.name"), cell: row => row.name },
						{ key: "code", head: t("word.code"), cell: row => <code>{row.code}</code> },
						{ key: "service", head: t("peer.service"), cell: row => t(`peer.service_${row.service}`) },
						{ key: "mode", head: t("peer.mode"), cell: row => t(`peer.mode_${row.mode}`) },
						{ key: "url", head: t("peer.url"), class: "line", cell: row => row.url ?? "—" },
						{ key: "ours", head: t("peer.our_code"), cell: row => <code>{row.our_code}</code> },
						{ key: "key", head: t("peer.our_key"), class: "line", cell: row => <code>{row.our_key}</code> },
					]} />}</Asked>
				{form !== null && <ActionForm id="peer" keepAs={old?.code ?? "new"} title={t("peer.add")} submit={t("word.save")}
					fields={[
						...old ? [] : [{ name: "code", kind: "text" as const, label: t("word.code"), required: true }],
						{ name: "name", kind: "text", label: t("peer.name"), required: true, max: 200 },
						{ name: "service", kind: "choice", label: t("peer.service"), options: (["police", "hotline"] as const)
							.map(value => ({ value, label: t(`peer.service_${value}`) })) },
						{ name: "mode", kind: "choice", label: t("peer.mode"), options: (["live", "batch"] as const)
							.map(value => ({ value, label: t(`peer.mode_${value}`) })) },
						{ name: "public_key", kind: "text", label: t("peer.public_key") },
						{ name: "url", kind: "text", label: t("peer.url") },
						{ name: "key", kind: "text", label: t("peer.key"), max: 20 },
					]}
					initial={{ code: "", name: old?.name ?? "", service: old?.service ?? "police", mode: old?.mode ?? "live",
						public_key: old?.public_key ?? "", url: old?.url ?? "", key: old?.key ?? "" }}
					consequence={() => t("peer.then")} onCancel={() => setForm(null)}
					onDone={() => { setForm(null); void peers.reload(); }} onSubmit={async values => {
						const { body } = await ask.post("/exchange/peers", { body: { code: old?.code ?? String(values.code).trim(),
							name: String(values.name).trim(), service: values.service as Peer["service"],
							mode: values.mode as Peer["mode"], public_key: trimmed(values.public_key), url: trimmed(values.url),
							key: trimmed(values.key) } });
						if (body.secret)
							setGiven({ title: t("peer.once"), note: t("once.note"),
								lines: [[t("peer.name"), body.name], [t("word.secret"), body.secret]] });
						say(t("peer.saved"));
					}} />}
			</Card>
			{given && <Once given={given} onClose={() => setGiven(null)} />}
		</>
	);
}

/* ---- the vault ---- */

function Counts(): JSX.Element {
	const counts = useLoaded(() => read("/vault/retention"), "retention");
	return (
		<Card id="kept" title={t("vault.kept_title")}>
			<Asked loaded={counts}>{found => <div class="padded"><Facts facts={
				(["version", "kept", "waiting", "held", "retired", "erased"] as const).map(name =>
					[t(`vault.${name}`), <b class="number">{found[name]}</b>])} /></div>}</Asked>
		</Card>
	);
}

function VaultKeys(): JSX.Element {
	const keys = useLoaded(() => read("/vault/keys"), "vault keys");
	return (
		<Card id="vault-keys" title={t("vault.keys")}>
			<Asked loaded={keys}>{found => <>
				<Table caption={t("vault.keys")} rows={found.keys} rowKey={row => String(row.id)} columns={[
					{ key: "id", head: t("vault.key_line"), cell: row => row.id },
					{ key: "records", head: t("vault.records"), number: true, cell: row => row.records },
					{ key: "use", head: t("word.state"), cell: row => row.id === found.wraps
						? <span class="tag tag-brand">{t("vault.wraps")}</span> : row.records === 0
							? <span class="tag">{t("vault.unused")}</span> : <span class="tag tag-amber">{t("vault.rewrapping")}</span> },
				]} />
				<p class="padded hint">{t("vault.keys_waiting", { n: found.waiting })}</p>
			</>}</Asked>
		</Card>
	);
}

function Erasures({ me }: { me: Me }): JSX.Element {
	const list = usePaged(cursor => read("/callers/erasures",
		{ query: { limit, ...cursor === null ? {} : { cursor } } }), "erasures");
	const [open, setOpen] = useState<{ id: number; act: "approve" | "refuse" } | null>(null);
	const mayDecide = me.role === "admin" || me.role === "security";
	return (
		<Card id="erasures" title={t("vault.erasures")}>
			<Listed list={list} empty={t("vault.no_erasure")} emptyNext={t("vault.no_erasure_next")}>{items =>
				<Table caption={t("vault.erasures")} rows={items} rowKey={row => String(row.id)} columns={[
					{ key: "id", head: "#", cell: row => row.id },
					{ key: "state", head: t("word.state"), cell: row => <span class={`tag ${row.state === "asked"
						? "tag-amber" : ""}`}>{t(`vault.erasure_${row.state}`)}</span> },
					{ key: "reason", head: t("word.reason"), cell: row => row.reason },
					{ key: "at", head: t("vault.asked_at"), cell: row => dateTime(row.asked_at) },
					{ key: "appeals", head: t("vault.appeals"), cell: row => row.appeals.map(id =>
						<a key={id} href={href(["appeals", id])}>{id} </a>) },
					{ key: "answer", head: t("vault.answer"), cell: row => row.answer ?? "—" },
					{ key: "act", head: "", cell: row => mayDecide && row.state === "asked" && <span class="form-foot">
						{(["approve", "refuse"] as const).map(act => <Button key={act}
							onClick={() => setOpen({ id: row.id, act })}>{t(`vault.${act}`)}</Button>)}</span> },
				]} />}</Listed>
			{open?.act === "approve" && <ActionForm key={`a${open.id}`} id="erasure-approve" keepAs={String(open.id)}
				title={t("vault.approve")} fields={[]} initial={{}} kind="danger" confirm={t("vault.confirm", { id: open.id })}
				submit={t("vault.approve")} consequence={() => t("vault.then_approve")} onCancel={() => setOpen(null)}
				onDone={() => { setOpen(null); void list.reload(); }}
				onSubmit={() => ask.post("/callers/erasures/{id}/approve", { path: { id: open.id }, body: {} })} />}
			{open?.act === "refuse" && <ActionForm key={`r${open.id}`} id="erasure-refuse" keepAs={String(open.id)}
				title={t("vault.refuse")} initial={{ reason: "" }} submit={t("vault.refuse")}
				fields={[{ name: "reason", kind: "lines", label: t("word.reason"), required: true, max: 2000 }]}
				consequence={() => t("vault.then_refuse")} onCancel={() => setOpen(null)}
				onDone={() => { setOpen(null); void list.reload(); }} onSubmit={values =>
					ask.post("/callers/erasures/{id}/refuse", { path: { id: open.id }, body: { reason: String(values.reason).trim() } })} />}
		</Card>
	);
}

function Holds(): JSX.Element {
	const list = usePaged(cursor => read("/vault/holds",
		{ query: { limit, ...cursor === null ? {} : { cursor } } }), "holds");
	return (
		<Card id="holds" title={t("vault.holds")}>
			<Listed list={list} empty={t("vault.no_hold")} emptyNext={t("vault.no_hold_next")}>{items =>
				<Table caption={t("vault.holds")} rows={items} rowKey={row => row.appeal} to={row => href(["appeals", row.appeal])}
					columns={[
						{ key: "appeal", head: t("appeal.id"), cell: row => row.appeal },
						{ key: "until", head: t("vault.until"), cell: row => dateTime(row.until) },
						{ key: "reason", head: t("word.reason"), cell: row => row.reason },
						{ key: "at", head: t("vault.asked_at"), cell: row => dateTime(row.at) },
					]} />}</Listed>
		</Card>
	);
}

/* ---- who sees what: the rows of the access table ---- */

const tabs: { key: string; roles: readonly Role[]; view: (me: Me) => JSX.Element }[] = [
	{ key: "texts", roles: ["admin", "system"], view: () => <VersionEditor kind="notices" /> },
	{ key: "retention", roles: ["admin", "system", "security", "audit", "auditor"], view: me => <>
		<Counts />{(me.role === "admin" || me.role === "system") && <VersionEditor kind="retention" />}</> },
	{ key: "vault", roles: ["admin", "system", "security"], view: () => <VaultKeys /> },
	{ key: "erasures", roles: ["admin", "security", "audit", "auditor"], view: me => <Erasures me={me} /> },
	{ key: "holds", roles: ["audit", "auditor"], view: () => <Holds /> },
	{ key: "peers", roles: ["admin", "system", "auditor"], view: me => <Peers me={me} /> },
];

export function UpkeepScreen({ title, me }: { title: string; me: Me }): JSX.Element {
	const mine = tabs.filter(tab => tab.roles.includes(me.role));
	const chosen = mine.find(tab => tab.key === route.value.path[1]) ?? mine[0];
	return (
		<Page title={title} line={t("upkeep.line")} acts={<Tabs label={title} chosen={chosen?.key ?? ""}
			tabs={mine.map(({ key }) => ({ key, label: t(`upkeep.${key}` as "upkeep.texts") }))}
			onChoose={key => go(href(["upkeep", key]), true)} />}>
			{chosen?.view(me)}
		</Page>
	);
}
