/* Accounts: who may sign in and as what. What is shown once is printed as a slip. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Me, Role } from "../api/types";
import { useAct } from "../lib/act";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Select, TextField } from "../parts/field";
import { ActionForm, trimmed, type FormField, type Values } from "../parts/form";
import { useMerge } from "../parts/merging";
import { Empty, ProblemNotice } from "../parts/notice";
import { Once, type Given } from "../parts/once";
import { Asked } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { departmentName, departments, nameOf } from "../state/reference";
import { Directory, everything, hasUnit, roleOptions, roles, unitOptions } from "./shared";
import { t } from "./words";

type Account = Schemas["Account"];
interface Rights {
	name: string;
	role: Role;
	department: string | null;
	outsourced: boolean;
	valid_until: string | null;
}

const states = ["active", "waiting", "no_factor", "outsourced", "disabled"] as const;
type State = typeof states[number];

const is: Record<State, (account: Account) => boolean> = {
	active: account => !account.disabled,
	waiting: account => account.initial_password_pending && !account.disabled,
	no_factor: account => !account.second_factor && !account.disabled,
	outsourced: account => account.outsourced,
	disabled: account => account.disabled,
};

function rightsOf(account: Account): Rights {
	const { name, role, department, outsourced, valid_until } = account;
	return { name, role, department, outsourced, valid_until: valid_until?.slice(0, 10) ?? null };
}

function rightsTyped(values: Values): Rights {
	return { name: String(values.name).trim(), role: values.role as Role,
		department: hasUnit(values.role) ? trimmed(values.department) : null,
		outsourced: values.outsourced === true, valid_until: trimmed(values.valid_until) };
}

function valuesOf(rights: Rights): Values {
	return { ...rights, department: rights.department ?? "", valid_until: rights.valid_until ?? "" };
}

const rightsFields = (): FormField[] => [
	{ name: "name", kind: "text", label: t("account.name"), required: true, max: 200 },
	{ name: "role", kind: "select", label: t("account.role"), options: roleOptions() },
	{ name: "department", kind: "pick", label: t("word.unit"), options: unitOptions(),
		placeholder: t("account.unit_hint"), when: values => hasUnit(values.role) },
	{ name: "valid_until", kind: "date", label: t("account.valid_until") },
	{ name: "outsourced", kind: "check", label: t("account.outsourced") },
];

function slip(made: Schemas["AccountWithPassword"], title: string): Given {
	return { title, note: t("slip.note"), lines: [[t("product.name"), location.host],
		[t("account.name"), made.name], [t("sign_in.login"), made.login],
		[t("slip.password"), made.initial_password]] };
}

function Tags({ account }: { account: Account }): JSX.Element {
	return (
		<span class="tags">
			{account.disabled && <span class="tag tag-red">{t("account.state_disabled")}</span>}
			{account.initial_password_pending && <span class="tag tag-amber">{t("account.state_waiting")}</span>}
			{account.outsourced && <span class="tag tag-brand">{t("account.state_outsourced")}</span>}
			<span class="tag">{t(account.second_factor ? "account.with_factor" : "account.state_no_factor")}</span>
		</span>
	);
}

/* ---- acts ---- */

const acts = { p: "password", f: "factor", d: "disable", n: "enable" } as const;
type ActName = typeof acts[keyof typeof acts];
const routes = {
	password: "/accounts/{id}/reset-password", factor: "/accounts/{id}/reset-factor",
	disable: "/accounts/{id}/disable", enable: "/accounts/{id}/enable",
} as const;

function may(act: ActName, account: Account): boolean {
	return act === "disable" ? !account.disabled : act === "enable" ? account.disabled
		: act === "factor" ? account.second_factor : true;
}

function ReasonAct({ act, account, onDone, onCancel, onSlip }: {
	act: ActName; account: Account; onDone: () => void; onCancel: () => void; onSlip: (given: Given) => void;
}): JSX.Element {
	return (
		<ActionForm id={`account-${act}`} keepAs={String(account.id)} title={t(`account.act_${act}`)}
			fields={[{ name: "reason", kind: "text", label: t("word.reason"), max: 200 }]}
			initial={{ reason: "" }} kind={act === "enable" ? "primary" : "danger"}
			consequence={() => t(`account.then_${act}`, { name: account.name })}
			submit={t(`account.act_${act}`)} onCancel={onCancel} onDone={onDone}
			onSubmit={async values => {
				const given = { path: { id: String(account.id) }, body: { reason: trimmed(values.reason) } };
				if (act === "password")
					onSlip(slip((await ask.post(routes.password, given)).body, t("slip.title")));
				else
					await ask.post(routes[act], given);
				say(t(`account.did_${act}`, { name: account.name }));
			}} />
	);
}

function ChangeForm({ account, etag, onDone, onCancel }: {
	account: Account; etag: string | null; onDone: () => void; onCancel: () => void;
}): JSX.Element {
	const path = { id: String(account.id) };
	/* what the form began with stays the base, whatever is read meanwhile */
	const [begun] = useState({ rights: rightsOf(account), etag });
	const merge = useMerge<Rights>(path.id, rightsFields().map(({ name, label }) =>
		({ name: name as keyof Rights, label })), async () => {
		const fresh = await ask.get("/accounts/{id}", { path });
		return { value: rightsOf(fresh.body), etag: fresh.etag };
	}, (field, value) => field === "role" ? t(`role.${value as Role}`)
		: field === "department" && value ? departmentName(String(value))
			: field === "outsourced" ? t(value ? "word.yes" : "word.no") : String(value ?? "—"));
	return (
		<ActionForm id="account-change" keepAs={path.id} title={t("account.change")} fields={rightsFields()}
			initial={valuesOf(begun.rights)} submit={t("word.save")} onCancel={onCancel}
			consequence={values => rightsTyped(values).role !== account.role ? t("account.then_role")
				: t("account.then_change")}
			onStale={merge.onStale} onDone={() => { merge.forget(); onDone(); }}
			onSubmit={async values => {
				await ask.put("/accounts/{id}", { path, etag: merge.etag ?? begun.etag,
					body: merge.result(begun.rights, rightsTyped(values)) });
				say(t("account.changed_rights", { name: account.name }));
			}}>
			{values => merge.view(begun.rights, rightsTyped(values))}
		</ActionForm>
	);
}

/* ---- one account ---- */

function Sessions({ id }: { id: string }): JSX.Element {
	const list = useLoaded(async () => (await read("/accounts/{id}/sessions", { path: { id } })).items, id);
	const act = useAct();
	return (
		<section aria-labelledby="sessions-title">
			<h3 id="sessions-title">{t("account.sessions_of")}</h3>
			<Asked loaded={list}>{items => items.length === 0 ? <p class="hint">{t("account.no_sessions")}</p> : <>
				<ul class="sessions">{items.map(one => (
					<li key={one.id}><span>{one.agent || "—"}, {one.source}
						<small>{t("account.session_seen", { at: dateTime(one.seen_at) })}</small></span></li>
				))}</ul>
				<Button busy={act.busy} onClick={() => void act.run(async () => {
					await ask.delete("/accounts/{id}/sessions", { path: { id } });
					say(t("account.sessions_ended"));
					await list.reload();
				})}>{t("account.end_sessions")}</Button>
			</>}</Asked>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
		</section>
	);
}

const claims = ["preferred_username", "email", "sub"] as const;

/** Who signs in to it by the provider; drawn only where there is one. */
function ProviderLink({ id }: { id: string }): JSX.Element | null {
	const ways = useLoaded(api.ways, "ways");
	const provider = ways.value?.provider;
	return provider ? <LinkOf id={id} name={provider.name} /> : null;
}

function LinkOf({ id, name }: { id: string; name: string }): JSX.Element {
	const path = { id };
	const [open, setOpen] = useState(false);
	const link = useLoaded(() => read("/accounts/{id}/oidc", { path }).then(found => [found], (failure: unknown) => {
		if (failure instanceof Problem && failure.status === 404)
			return [];
		throw failure;
	}), id);
	const act = useAct();
	const found = link.value?.[0];
	return (
		<section aria-labelledby="link-title">
			<h3 id="link-title">{t("account.link", { name })}</h3>
			<Asked loaded={link}>{() => <p>{found ? <><code>{found.claim}</code> = <code>{found.value}</code></> : t("account.no_link")}</p>}</Asked>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
			{open ? <ActionForm id="account-link" keepAs={id} title={t("account.link", { name })}
				fields={[
					{ name: "claim", kind: "select", label: t("account.claim"),
						options: claims.map(value => ({ value, label: value })) },
					{ name: "value", kind: "text", label: t("account.claim_value"), required: true, max: 255 },
				]} initial={{ claim: "preferred_username", value: "" }} submit={t("account.link_set")}
				consequence={() => t("account.then_link")} onCancel={() => setOpen(false)}
				onDone={() => { setOpen(false); void link.reload(); }}
				onSubmit={values => ask.put("/accounts/{id}/oidc", { path,
					body: { claim: values.claim as typeof claims[number], value: String(values.value).trim() } })} />
				: <div class="form-foot"><Button onClick={() => setOpen(true)}>{t("account.link_set")}</Button>
					{found && <Button busy={act.busy} onClick={() => void act.run(async () => {
						await ask.delete("/accounts/{id}/oidc", { path });
						await link.reload();
					})}>{t("account.link_remove")}</Button>}</div>}
		</section>
	);
}

function Detail({ id, me, onChanged, onSlip }: {
	id: string; me: Me; onChanged: () => void; onSlip: (given: Given) => void;
}): JSX.Element {
	const one = useLoaded(() => ask.get("/accounts/{id}", { path: { id } }), id);
	const [form, setForm] = useState<ActName | "change" | null>(null);
	const account = one.value?.body;
	const own = account?.login === me.login;
	const isFree = account !== undefined && !own && form === null;
	useEffect(() => setForm(null), [id]);
	useShortcuts([
		{ keys: "e", label: t("account.change"), run: () => setForm("change"), enabled: isFree },
		...Object.entries(acts).map(([keys, act]) => ({ keys, label: t(`account.act_${act}`),
			run: () => setForm(act), enabled: isFree && may(act, account) })),
	]);
	function done() {
		setForm(null);
		void one.reload();
		onChanged();
	}
	return (
		<Asked loaded={one}>{({ body, etag }) => <>
			<div class="card-scroll padded stack" tabIndex={0} role="group" aria-label={body.login}>
				<div class="subject"><h2>{body.name}</h2><Tags account={body} /></div>
				<Facts facts={[
					[t("sign_in.login"), body.login], [t("account.role"), t(`role.${body.role}`)],
					[t("word.unit"), body.department ? departmentName(body.department) : "—"],
					[t("account.valid_until"), dateTime(body.valid_until)],
					[t("account.created_at"), dateTime(body.created_at)],
					[t("account.password_at"), dateTime(body.password_at)],
				]} />
				{form === null && <><Sessions key={`s${id}`} id={id} /><ProviderLink key={`l${id}`} id={id} /></>}
			</div>
			{own ? <div class="card-foot"><span class="consequence">{t("account.own")}</span></div>
				: form === "change" ? <ChangeForm key={id} account={body} etag={etag} onDone={done}
					onCancel={() => setForm(null)} />
					: form !== null ? <ReasonAct key={form} act={form} account={body} onDone={done} onSlip={onSlip}
						onCancel={() => setForm(null)} />
						: <div class="card-foot actions wrap">
							<Button kind="primary" keys="e" onClick={() => setForm("change")}>{t("account.change")}</Button>
							{Object.entries(acts).filter(([, act]) => may(act, body)).map(([keys, act]) =>
								<Button key={act} keys={keys} onClick={() => setForm(act)}>{t(`account.act_${act}`)}</Button>)}
						</div>}
		</>}</Asked>
	);
}

function AddForm({ unit, onDone, onCancel, onSlip }: {
	unit: string; onDone: (id: number) => void; onCancel: () => void; onSlip: (given: Given) => void;
}): JSX.Element {
	const made = useRef(0);
	return (
		<ActionForm id="account-add" keepAs={`new ${unit}`} title={t("account.add")} submit={t("account.add")}
			fields={[{ name: "login", kind: "text", label: t("sign_in.login"), required: true, max: 64,
				placeholder: t("account.login_hint") }, ...rightsFields()]}
			initial={{ login: "", name: "", role: unit ? "department" : "operator", department: unit, valid_until: "", outsourced: false }}
			consequence={() => t("account.then_add")} onCancel={onCancel} onDone={() => onDone(made.current)}
			onSubmit={async values => {
				const { body } = await ask.post("/accounts",
					{ body: { login: String(values.login).trim(), ...rightsTyped(values) } });
				made.current = body.id;
				onSlip(slip(body, t("slip.title")));
			}} />
	);
}

/* ---- the list ---- */

export function AccountsScreen({ title, me }: { title: string; me: Me }): JSX.Element {
	const { path, query } = route.value;
	const chosen = path[1] ?? null;
	const [typed, setTyped] = useState("");
	const [given, setGiven] = useState<Given | null>(null);
	const list = useLoaded(() => everything(cursor => read("/accounts",
		{ query: { limit: 200, ...cursor === undefined ? {} : { cursor } } })), "accounts");
	const filter = { role: query.get("role") ?? "", unit: query.get("unit") ?? "", state: query.get("state") ?? "" };
	const at = (to: string[], change: Partial<typeof filter> = {}) =>
		href(["accounts", ...to], { ...filter, ...change });
	const needle = typed.trim().toLowerCase();
	const shown = (list.value ?? []).filter(account =>
		(!filter.role || account.role === filter.role) && (!filter.unit || account.department === filter.unit)
		&& (is[filter.state as State]?.(account) ?? true)
		&& (!needle || `${account.login} ${account.name}`.toLowerCase().includes(needle)));
	const used = new Set((list.value ?? []).map(account => account.department));
	const filters = [
		["role", t("account.role"), roles.map(value => ({ value: value as string, label: t(`role.${value}`) }))],
		["unit", t("word.unit"), departments.value.filter(unit => used.has(unit.code))
			.map(unit => ({ value: unit.code, label: nameOf(unit) }))],
		["state", t("word.state"), states.map(value => ({ value: value as string, label: t(`account.state_${value}`) }))],
	] as const;
	useShortcuts([
		{ keys: "a", label: t("account.add"), run: () => go(at(["new"])) },
		{ keys: "/", label: t("account.find"), run: () => document.getElementById("account-find")?.focus() },
	]);
	return (
		<>
			<Directory id="accounts" title={title} count={list.value ? shown.length : undefined}
				aside={<Button kind="primary" keys="a" onClick={() => go(at(["new"]))}>{t("account.add")}</Button>}
				filters={<>
					<TextField id="account-find" label={t("account.find")} value={typed} onInput={setTyped} aside="/" />
					{filters.map(([name, label, options]) =>
						<Select key={name} id={`account-filter-${name}`} label={label} value={filter[name]}
							options={[{ value: "", label: t("word.all") }, ...options]}
							onChange={value => go(at(path.slice(1), { [name]: value }), true)} />)}
				</>}
				list={<Asked loaded={list}>{() => shown.length === 0
					? <Empty title={t("account.empty")} next={t("account.empty_next")} />
					: <Table caption={title} rows={shown} rowKey={row => String(row.id)} current={chosen}
						to={row => at([String(row.id)])} columns={[
							{ key: "login", head: t("sign_in.login"), cell: row => row.login, by: row => row.login },
							{ key: "name", head: t("account.name"), cell: row => row.name, by: row => row.name },
							{ key: "role", head: t("account.role"), cell: row => t(`role.${row.role}`), by: row => row.role },
							{ key: "unit", head: t("word.unit"), by: row => row.department ?? "",
								cell: row => row.department ? departmentName(row.department) : "—" },
							{ key: "state", head: t("word.state"), cell: row => <Tags account={row} /> },
						]} />}</Asked>}
				label={t("account.detail")}
				side={chosen === "new" ? <AddForm key={filter.unit} unit={filter.unit} onSlip={setGiven} onCancel={() => go(at([]))}
					onDone={id => { void list.reload(); go(at([String(id)])); }} />
					: chosen !== null ? <Detail id={chosen} me={me} onSlip={setGiven}
						onChanged={() => void list.reload()} />
						: <Empty title={t("account.none")} next={t("account.none_next")} />} />
			{given && <Once given={given} onClose={() => setGiven(null)} />}
		</>
	);
}
