/* Who did what to whom, who saw an appeal, how often an identity was opened: asked, not browsed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fileAddress, read, type Schemas } from "../api/ask";
import { useLoaded } from "../lib/load";
import { usePaged } from "../lib/paged";
import { go, href, route } from "../lib/route";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Select, TextField } from "../parts/field";
import { Empty, Notice } from "../parts/notice";
import { Asked, Card, Listed, Page, Tabs } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { departmentName } from "../state/reference";
import { t, tMaybe } from "./words";

type Act = Schemas["Act"];
type Sighting = Schemas["Sighting"];

const kinds: readonly Act["kind"][] = ["signed_in", "sign_in_refused", "signed_out", "sessions_ended",
	"password_changed", "password_reset", "factor_added", "factor_removed", "recovery_used", "account_added",
	"account_changed", "account_disabled", "account_enabled", "key_added", "key_changed", "key_rotated", "key_ended",
	"identity_revealed", "reveals_many", "identity_held", "identity_retired", "person_exported", "erasure_asked",
	"erasure_refused", "person_erased", "exported", "keys_rotated", "settings_changed", "exchange_peer",
	"department"];

const pages = ["acts", "sightings", "openings"] as const;
type PageName = typeof pages[number];
const names = ["kind", "by", "subject", "appeal", "from", "to"] as const;
type Question = Record<typeof names[number], string>;

const pageLimit = 50;

function asked(): Question {
	const { query } = route.value;
	return Object.fromEntries(names.map(name => [name, query.get(name) ?? ""])) as Question;
}

const day = (text: string, end = false) =>
	text ? `${end ? new Date(Date.parse(`${text}T00:00:00Z`) + 864e5).toISOString().slice(0, 10) : text}T00:00:00+08:00` : "";

/** Only what was filled in; the interface knows no empty parameter. */
function filled<T extends Record<string, string>>(question: T): Partial<T> {
	return Object.fromEntries(Object.entries(question).filter(([, value]) => value)) as Partial<T>;
}

function Person({ who, page }: { who: Schemas["Actor"]; page: PageName }): JSX.Element {
	if (who.id === null)
		return <span>{t("audit.system")}</span>;
	return (
		<span><a href={href(["audit", page], { by: who.id })}>{who.name ?? who.id}</a>
			<small> {who.role && t(`role.${who.role}`)} {who.department && departmentName(who.department)}</small></span>
	);
}

function Subject({ of }: { of: string | null }): JSX.Element {
	if (of === null)
		return <>—</>;
	return <a href={of.startsWith("LD") ? href(["appeals", of]) : href(["audit", "acts"], { subject: of })}>{of}</a>;
}

/** To the second, as the server writes it. */
const exact = (at: string) => at.replace("T", " ").slice(0, 19);

const words = (value: unknown): string => value === null || value === undefined ? "—"
	: Array.isArray(value) ? value.map(words).join(" ")
		: typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name}: ${words(one)}`).join(" · ") : String(value);

/* ---- the question ---- */

function Ask({ page, fields }: { page: PageName; fields: readonly (typeof names[number])[] }): JSX.Element {
	const [typed, setTyped] = useState(asked());
	const send = () => go(href(["audit", page], { ...filled(typed) as Record<string, string> }));
	return (
		<form class="filters" aria-label={t("audit.ask")} onSubmit={event => { event.preventDefault(); send(); }}>
			{fields.map(name => name === "kind"
				? <Select key={name} id="audit-kind" label={t("audit.kind")} value={typed.kind}
					options={[{ value: "", label: t("word.all") }, ...kinds.map(value => ({ value: value as string, label: t(`act.${value}`) }))]}
					onChange={kind => setTyped(old => ({ ...old, kind }))} />
				: <TextField key={name} id={`audit-${name}`} label={t(`audit.${name}`)} value={typed[name]}
					{...name === "from" || name === "to" ? { type: "date" as const } : { placeholder: t(`audit.hint_${name}`) }}
					onInput={value => setTyped(old => ({ ...old, [name]: value.trim() }))} />)}
			<Button kind="primary" submit>{t("audit.ask")}</Button>
		</form>
	);
}

/* ---- one act ---- */

const digestBytes = 32;

async function proofOf(id: number) {
	const proof = await read("/audit/{id}/proof", { path: { id: String(id) } });
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(proof.content)));
	const entry = Uint8Array.from(atob(proof.entry), char => char.charCodeAt(0));
	const tail = entry.slice(entry.length - digestBytes);
	return { proof, holds: digest.every((byte, at) => byte === tail[at]) };
}

function Proof({ id }: { id: number }): JSX.Element {
	const loaded = useLoaded(() => proofOf(id), String(id));
	return (
		<Asked loaded={loaded}>{({ proof, holds }) => <>
			<Notice tone={holds ? "good" : "bad"}>{t(holds ? "audit.digest_holds" : "audit.digest_broken")}</Notice>
			<Facts facts={[[t("audit.seq"), <b class="number">{proof.seq}</b>],
				[t("audit.proof_length"), proof.proof.length]]} />
			<pre class="command">{proof.checkpoint}</pre>
			<p class="hint">{t("audit.verify")}</p>
			<p><a href={fileAddress("/audit/{id}/proof", { id })} download={`act-${id}-proof.json`}>{t("audit.proof_file")}</a></p>
		</>}</Asked>
	);
}

function ActDrawer({ id, onClose }: { id: number; onClose: () => void }): JSX.Element {
	const loaded = useLoaded(() => read("/audit/{id}", { path: { id: String(id) } }), String(id));
	const [shown, setShown] = useState(false);
	return (
		<Dialog id="act" kind="drawer" title={t("audit.act_n", { id })} onClose={onClose}>
			<div class="card-scroll padded stack" tabIndex={0} role="group" aria-label={t("audit.act_n", { id })}>
				<Asked loaded={loaded}>{act => <>
					<Facts facts={[
						[t("audit.kind"), t(`act.${act.kind}`)], [t("audit.at"), exact(act.at)],
						[t("audit.by"), <Person who={act.by} page="acts" />], [t("audit.subject"), <Subject of={act.subject} />],
						[t("audit.source"), act.source ?? "—"], [t("word.reason"), act.reason ?? "—"],
						...Object.entries(act.detail ?? {}).map(([name, value]): [string, string] =>
							[tMaybe(`detail.${name}`) ?? name, words(value)]),
					]} />
					{shown ? <Proof id={act.id} />
						: <Button onClick={() => setShown(true)}>{t("audit.proof")}</Button>}
				</>}</Asked>
			</div>
		</Dialog>
	);
}

/* ---- the three lists ---- */

function Acts({ question }: { question: Question }): JSX.Element {
	const { kind, by, subject } = question;
	const query = filled({ kind, by, subject, from: day(question.from), to: day(question.to, true) }) as
		{ kind?: Act["kind"] };
	const list = usePaged(cursor => read("/audit", { query: { ...query, limit: pageLimit,
		...cursor === null ? {} : { cursor } } }), JSON.stringify(query));
	const open = Number(route.value.path[2]) || null;
	const at = (id: string | null) => href(["audit", "acts", ...id === null ? [] : [id]],
		filled(question) as Record<string, string>);
	return (
		<Card id="acts" title={t("audit.page_acts")} aside={<a class="button" download
			href={fileAddress("/audit.csv", {}, query)}>{t("audit.export")}</a>}>
			<Ask key={JSON.stringify(question)} page="acts" fields={["kind", "by", "subject", "from", "to"]} />
			<Listed list={list} empty={t("audit.empty")} emptyNext={t("audit.empty_next")}>{items =>
				<Table caption={t("audit.page_acts")} rows={items} rowKey={row => String(row.id)} current={open === null ? null : String(open)}
					onOpen={row => go(at(String(row.id)))} columns={[
						{ key: "at", head: t("audit.at"), cell: row => <span class="number">{exact(row.at)}</span> },
						{ key: "kind", head: t("audit.kind"), cell: row => t(`act.${row.kind}`) },
						{ key: "by", head: t("audit.by"), cell: row => <Person who={row.by} page="acts" /> },
						{ key: "subject", head: t("audit.subject"), cell: row => <Subject of={row.subject} /> },
						{ key: "source", head: t("audit.source"), cell: row => row.source ?? "—" },
						{ key: "reason", head: t("word.reason"), cell: row => row.reason ?? "—" },
					]} />}</Listed>
			{open !== null && <ActDrawer key={open} id={open} onClose={() => go(at(null))} />}
		</Card>
	);
}

function Sightings({ question }: { question: Question }): JSX.Element {
	const { appeal, by } = question;
	const query = filled({ appeal, by, from: day(question.from), to: day(question.to, true) });
	return (
		<Card id="sightings" title={t("audit.page_sightings")}>
			<Ask key={JSON.stringify(question)} page="sightings" fields={["appeal", "by", "from", "to"]} />
			{!appeal === !by ? <Empty title={t("audit.name_one")} next={t("audit.name_one_next")} />
				: <Seen key={JSON.stringify(query)} query={query} />}
		</Card>
	);
}

function Seen({ query }: { query: Partial<Record<"appeal" | "by" | "from" | "to", string>> }): JSX.Element {
	const list = usePaged<Sighting>(cursor => read("/audit/sightings", { query: { ...query, limit: pageLimit,
		...cursor === null ? {} : { cursor } } }), JSON.stringify(query));
	return (
		<Listed list={list} empty={t("audit.unseen")} emptyNext={t("audit.unseen_next")}>{items =>
			<Table caption={t("audit.page_sightings")} rows={items} rowKey={row => `${row.appeal} ${row.at} ${row.by.id} ${row.kind}`}
				columns={[
					{ key: "at", head: t("audit.at"), cell: row => <span class="number">{exact(row.at)}</span> },
					{ key: "until", head: t("audit.until"), cell: row => <span class="number">{exact(row.until)}</span> },
					{ key: "appeal", head: t("appeal.id"), cell: row => <a href={href(["audit", "sightings"], { appeal: row.appeal })}>
						{row.appeal}</a> },
					{ key: "by", head: t("audit.by"), cell: row => <Person who={row.by} page="sightings" /> },
					{ key: "kind", head: t("audit.how"), cell: row => t(`sighting.${row.kind}`) },
					{ key: "source", head: t("audit.source"), cell: row => row.source },
				]} />}</Listed>
	);
}

function Openings({ question }: { question: Question }): JSX.Element {
	return (
		<Card id="openings" title={t("audit.page_openings")}>
			<Ask key={question.appeal} page="openings" fields={["appeal"]} />
			{question.appeal ? <Opened key={question.appeal} appeal={question.appeal} />
				: <Empty title={t("audit.name_appeal")} next={t("audit.openings_about")} />}
		</Card>
	);
}

function Opened({ appeal }: { appeal: string }): JSX.Element {
	const loaded = useLoaded(() => read("/appeals/{id}/openings", { path: { id: appeal } }), appeal);
	return (
		<Asked loaded={loaded}>{({ items, total }) => <>
			<p class="padded">{t("audit.opened", { n: total })} <span class="hint">{t("audit.openings_about")}</span></p>
			{items.length > 0 && <Table caption={t("audit.page_openings")} rows={items}
				rowKey={row => `${row.day} ${row.field} ${row.role} ${row.department}`} columns={[
					{ key: "day", head: t("audit.day"), cell: row => row.day },
					{ key: "field", head: t("audit.field"), cell: row => tMaybe(`caller.${row.field}`) ?? row.field },
					{ key: "who", head: t("audit.by"), cell: row => row.department_name ?? (row.role ? t(`role.${row.role}`) : "—") },
					{ key: "count", head: t("audit.count"), number: true, cell: row => row.count },
				]} />}
		</>}</Asked>
	);
}

const views = { acts: Acts, sightings: Sightings, openings: Openings };

export function AuditScreen({ title }: { title: string }): JSX.Element {
	const page = pages.find(name => name === route.value.path[1]) ?? "acts";
	const View = views[page];
	return (
		<Page title={title} line={t("audit.line")} acts={<Tabs label={title} chosen={page}
			tabs={pages.map(key => ({ key, label: t(`audit.page_${key}`) }))}
			onChoose={key => go(href(["audit", key]))} />}>
			<View question={asked()} />
		</Page>
	);
}
