/* Keys of programs: what each may, from where, until when, and which of its secrets is in use. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import type { Channel, Role } from "../api/types";
import { useAct } from "../lib/act";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Select, TextField } from "../parts/field";
import { ActionForm, trimmed, type FormField, type Values } from "../parts/form";
import { Empty, ProblemNotice } from "../parts/notice";
import { Once, type Given } from "../parts/once";
import { Asked } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { departmentName } from "../state/reference";
import { Directory, endOfDay, everything, hasUnit, linesOf, roleOptions, unitOptions, useMerge }
	from "./shared";
import { t } from "./words";

type Key = Schemas["Key"];
type Credential = Schemas["KeySecret"]["credential"];
interface Rights {
	name: string;
	scopes: string[];
	addresses: string[];
	expires_at: string | null;
	outsourced: boolean;
}

const credentials: readonly Credential[] = ["bearer", "signature", "certificate"];
const channels: readonly Channel[] = ["110", "12345", "enterprise", "window", "web", "app", "letter", "leader"];
const states = ["enabled", "disabled", "expired"] as const;

function rightsOf({ name, scopes, addresses, expires_at, outsourced }: Key): Rights {
	return { name, scopes, addresses, expires_at, outsourced };
}

function rightsTyped(values: Values, before: string | null): Rights {
	const day = trimmed(values.expires_at);
	return { name: String(values.name).trim(), scopes: linesOf(values.scopes), addresses: linesOf(values.addresses),
		/* a day that was not touched keeps its hour */
		expires_at: day !== null && before?.slice(0, 10) === day ? before : endOfDay(day ?? ""),
		outsourced: values.outsourced === true };
}

const rightsFields = (): FormField[] => [
	{ name: "scopes", kind: "lines", label: t("key.scopes"), rows: 2, placeholder: t("key.scopes_hint") },
	{ name: "addresses", kind: "lines", label: t("key.addresses"), rows: 2, placeholder: t("key.addresses_hint") },
	{ name: "expires_at", kind: "date", label: t("key.expires_at") },
	{ name: "outsourced", kind: "check", label: t("account.outsourced") },
];

const credentialFields = (): FormField[] => [
	{ name: "credential", kind: "choice", label: t("key.credential"),
		options: credentials.map(value => ({ value, label: t(`key.credential_${value}`) })) },
	{ name: "certificate_spki", kind: "text", label: t("key.spki"), placeholder: t("key.spki_hint"), required: true,
		when: values => values.credential === "certificate" },
];

function credentialTyped(values: Values) {
	const credential = values.credential as Credential;
	return { credential, certificate_spki: credential === "certificate" ? trimmed(values.certificate_spki) : null };
}

function told(made: Schemas["KeyWithSecret"]): Given | null {
	const secret = made.key ?? made.secret;
	return secret === undefined ? null : { title: t("key.once"), note: t("once.note"),
		lines: [[t("key.name"), made.name], [t("key.id"), made.key_id], [t("word.secret"), secret]] };
}

function StateTag({ item }: { item: Key }): JSX.Element {
	return <span class={`tag ${item.state === "enabled" ? "tag-brand" : "tag-red"}`}>
		{t(`key.state_${item.state}`)}</span>;
}

/* ---- acts ---- */

interface ActProps {
	item: Key;
	etag: string | null;
	onDone: () => void;
	onCancel: () => void;
	onGiven: (given: Given | null) => void;
}

function ChangeForm({ item, etag, onDone, onCancel }: ActProps): JSX.Element {
	const path = { id: item.id };
	const [begun] = useState({ rights: rightsOf(item), etag });
	const fields: FormField[] = [{ name: "name", kind: "text", label: t("key.name"), required: true, max: 100 },
		...rightsFields()];
	const { rights } = begun;
	const merge = useMerge<Rights>(item.id, fields.map(({ name, label }) =>
		({ name: name as keyof Rights, label })), async () => {
		const fresh = await ask.get("/keys/{id}", { path });
		return { value: rightsOf(fresh.body), etag: fresh.etag };
	}, (field, value) => field === "outsourced" ? t(value ? "word.yes" : "word.no")
		: field === "expires_at" ? dateTime(value as string | null) : [value].flat().join("  ") || "—");
	const typed = (values: Values) => rightsTyped(values, rights.expires_at);
	return (
		<ActionForm id="key-change" keepAs={item.id} title={t("key.change")} fields={fields}
			initial={{ name: rights.name, scopes: rights.scopes.join("\n"), addresses: rights.addresses.join("\n"),
				expires_at: rights.expires_at?.slice(0, 10) ?? "", outsourced: rights.outsourced }}
			submit={t("word.save")} onCancel={onCancel} consequence={values =>
				t(linesOf(values.scopes).length > 0 ? "key.then_scoped" : "key.then_open")}
			onStale={merge.onStale} onDone={() => { merge.forget(); onDone(); }}
			onSubmit={values => ask.put("/keys/{id}", { path, etag: merge.etag ?? begun.etag,
				body: merge.result(rights, typed(values)) })}>
			{values => merge.view(rights, typed(values))}
		</ActionForm>
	);
}

function RotateForm({ item, etag, onDone, onCancel, onGiven }: ActProps): JSX.Element {
	return (
		<ActionForm id="key-rotate" keepAs={item.id} title={t("key.rotate")} submit={t("key.rotate")}
			fields={[...credentialFields(), { name: "old_ends_at", kind: "date", label: t("key.old_ends_at") }]}
			initial={{ credential: item.secrets[0]?.credential ?? "bearer", certificate_spki: "", old_ends_at: "" }}
			consequence={values => t(trimmed(values.old_ends_at) ? "key.then_rotate_until" : "key.then_rotate")}
			onCancel={onCancel} onDone={onDone} onSubmit={async values => onGiven(told((await ask.post(
				"/keys/{id}/rotate", { path: { id: item.id }, etag, body: { ...credentialTyped(values),
					old_ends_at: endOfDay(values.old_ends_at) } })).body))} />
	);
}

function SwitchForm({ item, etag, onDone, onCancel }: ActProps): JSX.Element {
	const act = item.state === "disabled" ? "enable" : "disable";
	return (
		<ActionForm id="key-switch" keepAs={item.id} title={t(`key.act_${act}`)} submit={t(`key.act_${act}`)}
			fields={[]} initial={{}} kind={act === "enable" ? "primary" : "danger"}
			consequence={() => t(`key.then_${act}`, { name: item.name })} onCancel={onCancel} onDone={onDone}
			onSubmit={() => ask.post(act === "enable" ? "/keys/{id}/enable" : "/keys/{id}/disable",
				{ path: { id: item.id }, etag, body: {} })} />
	);
}

const forms = { change: ChangeForm, rotate: RotateForm, disable: SwitchForm } as const;
const keysOf = { e: "change", r: "rotate", d: "disable" } as const;
type FormName = keyof typeof forms;

const formLabel = (form: FormName, item: Key | undefined) => form === "disable"
	? t(item?.state === "disabled" ? "key.act_enable" : "key.act_disable") : t(`key.${form}`);

/** The secrets side by side: which is in use is what the other end must have taken up. */
function Secrets({ item, etag, onDone }: { item: Key; etag: string | null; onDone: () => void }): JSX.Element {
	const act = useAct();
	const [asked, setAsked] = useState<number | null>(null);
	const newest = [...item.secrets].filter(one => one.last_used_at)
		.sort((a, b) => Date.parse(b.last_used_at ?? "") - Date.parse(a.last_used_at ?? ""))[0];
	return (
		<section aria-labelledby="secrets-title">
			<h3 id="secrets-title">{t("key.secrets")}</h3>
			<Table caption={t("key.secrets")} rows={item.secrets} rowKey={one => String(one.number)} columns={[
				{ key: "n", head: "#", cell: one => <b>{one.number}</b> },
				{ key: "kind", head: t("key.credential"), cell: one => <>{t(`key.credential_${one.credential}`)}
					{one.certificate_spki && <small class="spki">{one.certificate_spki}</small>}</> },
				{ key: "state", head: t("word.state"), cell: one => <span class="tags">
					<span class={`tag ${one.live ? "tag-brand" : ""}`}>{t(one.live ? "key.live" : "key.over")}</span>
					{one === newest && <span class="tag tag-amber">{t("key.in_use")}</span>}</span> },
				{ key: "used", head: t("key.last_used"), cell: one => dateTime(one.last_used_at) },
				{ key: "ends", head: t("key.ends"), cell: one => dateTime(one.ends_at) },
				{ key: "act", head: "", cell: one => <Button label={t("key.remove", { n: one.number })}
					onClick={() => setAsked(one.number)}>{t("key.remove_short")}</Button> },
			]} />
			{asked !== null && <ActionForm id="key-remove" keepAs={`${item.id} ${asked}`}
				title={t("key.remove", { n: asked })} fields={[]} initial={{}} confirm={String(asked)} kind="danger"
				submit={t("key.remove", { n: asked })} consequence={() => t("key.then_remove")}
				onCancel={() => setAsked(null)} onDone={() => { setAsked(null); onDone(); }}
				onSubmit={() => ask.delete("/keys/{id}/secrets/{number}",
					{ path: { id: item.id, number: String(asked) }, etag })} />}
			{act.failure !== null && <ProblemNotice error={act.failure} />}
		</section>
	);
}

function Detail({ id, onChanged, onGiven }: {
	id: string; onChanged: () => void; onGiven: (given: Given | null) => void;
}): JSX.Element {
	const one = useLoaded(() => ask.get("/keys/{id}", { path: { id } }), id);
	const [form, setForm] = useState<FormName | null>(null);
	const item = one.value?.body;
	useEffect(() => setForm(null), [id]);
	useShortcuts(Object.entries(keysOf).map(([keys, name]) => ({ keys, label: formLabel(name, item),
		run: () => setForm(name), enabled: item !== undefined && form === null })));
	function done() {
		setForm(null);
		say(t("key.saved"));
		void one.reload();
		onChanged();
	}
	const Form = form && forms[form];
	return (
		<Asked loaded={one}>{({ body, etag }) => <>
			<div class="card-scroll padded stack" tabIndex={0} role="group" aria-label={body.name}>
				<div class="subject"><h2>{body.name}</h2><StateTag item={body} /></div>
				<Facts facts={[
					[t("key.id"), <code>{body.key_id}</code>], [t("account.role"), t(`role.${body.role}`)],
					[t("word.unit"), body.department ? departmentName(body.department) : "—"],
					[t("appeal.channel"), body.channel ? t(`channel.${body.channel}`) : "—"],
					[t("key.scopes"), body.scopes.join("  ") || t("key.any_scope")],
					[t("key.addresses"), body.addresses.join("  ") || t("key.any_address")],
					[t("key.expires_at"), dateTime(body.expires_at)], [t("key.last_used"), dateTime(body.last_used_at)],
				]} />
				{form === null && <Secrets item={body} etag={etag} onDone={done} />}
			</div>
			{Form ? <Form key={form} item={body} etag={etag} onDone={done} onCancel={() => setForm(null)}
				onGiven={onGiven} />
				: <div class="card-foot actions wrap">{Object.entries(keysOf).map(([keys, name]) =>
					<Button key={name} keys={keys} kind={name === "change" ? "primary" : "plain"}
						onClick={() => setForm(name)}>{formLabel(name, body)}</Button>)}</div>}
		</>}</Asked>
	);
}

function AddForm({ onDone, onCancel, onGiven }: {
	onDone: (id: string) => void; onCancel: () => void; onGiven: (given: Given | null) => void;
}): JSX.Element {
	const made = useRef("");
	return (
		<ActionForm id="key-add" keepAs="new" title={t("key.add")} submit={t("key.add")}
			fields={[
				{ name: "name", kind: "text", label: t("key.name"), required: true, max: 100 },
				{ name: "role", kind: "select", label: t("account.role"), options: roleOptions() },
				{ name: "department", kind: "pick", label: t("word.unit"), options: unitOptions(),
					when: values => hasUnit(values.role) },
				{ name: "channel", kind: "select", label: t("appeal.channel"), when: values => values.role === "intake",
					options: channels.map(value => ({ value, label: t(`channel.${value}`) })) },
				...credentialFields(), ...rightsFields(),
			]}
			initial={{ name: "", role: "intake", department: "", channel: "110", credential: "bearer",
				certificate_spki: "", scopes: "", addresses: "", expires_at: "", outsourced: false }}
			consequence={values => t(linesOf(values.scopes).length > 0 ? "key.then_scoped" : "key.then_open")}
			onCancel={onCancel} onDone={() => onDone(made.current)} onSubmit={async values => {
				const { body } = await ask.post("/keys", { body: { ...rightsTyped(values, null), ...credentialTyped(values),
					role: values.role as Role, department: hasUnit(values.role) ? trimmed(values.department) : null,
					channel: values.role === "intake" ? values.channel as Channel : null } });
				made.current = body.id;
				onGiven(told(body));
			}} />
	);
}

/* ---- the list ---- */

export function KeysScreen({ title }: { title: string }): JSX.Element {
	const { path, query } = route.value;
	const chosen = path[1] ?? null;
	const state = query.get("state") ?? "";
	const [typed, setTyped] = useState("");
	const [given, setGiven] = useState<Given | null>(null);
	const list = useLoaded(() => everything(cursor => read("/keys",
		{ query: { limit: 200, ...cursor === undefined ? {} : { cursor } } })), "keys");
	const at = (...to: string[]) => href(["keys", ...to], { state });
	const needle = typed.trim().toLowerCase();
	const shown = (list.value ?? []).filter(item => (!state || item.state === state)
		&& (!needle || `${item.name} ${item.key_id} ${item.department ?? ""}`.toLowerCase().includes(needle)));
	useShortcuts([
		{ keys: "a", label: t("key.add"), run: () => go(at("new")) },
		{ keys: "/", label: t("key.find"), run: () => document.getElementById("key-find")?.focus() },
	]);
	return (
		<>
			<Directory id="keys" title={title} count={list.value ? shown.length : undefined}
				aside={<Button kind="primary" keys="a" onClick={() => go(at("new"))}>{t("key.add")}</Button>}
				filters={<>
					<TextField id="key-find" label={t("key.find")} value={typed} onInput={setTyped} aside="/" />
					<Select id="key-filter-state" label={t("word.state")} value={state}
						options={[{ value: "", label: t("word.all") },
							...states.map(value => ({ value: value as string, label: t(`key.state_${value}`) }))]}
						onChange={value => go(href(["keys", ...path.slice(1)], { state: value }), true)} />
				</>}
				list={<Asked loaded={list}>{() => shown.length === 0
					? <Empty title={t("key.empty")} next={t("key.empty_next")} />
					: <Table caption={title} rows={shown} rowKey={row => row.id} current={chosen}
						to={row => at(row.id)} columns={[
							{ key: "name", head: t("key.name"), cell: row => row.name, by: row => row.name },
							{ key: "role", head: t("account.role"), cell: row => t(`role.${row.role}`), by: row => row.role },
							{ key: "of", head: t("key.of"), cell: row => row.department ? departmentName(row.department)
								: row.channel ? t(`channel.${row.channel}`) : "—" },
							{ key: "scopes", head: t("key.scopes"), number: true, by: row => row.scopes.length,
								cell: row => row.scopes.length || t("key.any_scope") },
							{ key: "used", head: t("key.last_used"), by: row => row.last_used_at ?? "",
								cell: row => dateTime(row.last_used_at) },
							{ key: "state", head: t("word.state"), cell: row => <StateTag item={row} /> },
						]} />}</Asked>}
				label={t("key.detail")}
				side={chosen === "new" ? <AddForm onGiven={setGiven} onCancel={() => go(at())}
					onDone={id => { void list.reload(); go(at(id)); }} />
					: chosen !== null ? <Detail id={chosen} onGiven={setGiven} onChanged={() => void list.reload()} />
						: <Empty title={t("key.none")} next={t("key.none_next")} />} />
			{given && <Once given={given} onClose={() => setGiven(null)} />}
		</>
	);
}
