/* The tree of departments: each with what stands under it, its acts and its leaders. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, read } from "../api/ask";
import type { Department, Me } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { candidateOf, matchRank } from "../lib/match";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Select, TextField } from "../parts/field";
import { ActionForm, trimmed } from "../parts/form";
import { Empty } from "../parts/notice";
import { Asked, Card, Page } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { departmentName, departments, nameOf } from "../state/reference";
import { endOfDay, everything } from "./shared";
import { AddUnit, ChangeUnit, kindWords, SwitchUnit, type Unit } from "./unit_forms";
import { t } from "./words";

interface Placed {
	unit: Department;
	depth: number;
}

const depthMost = 8;

/** Each below its parent; what a broken table hangs nowhere stands at the end. */
function treeOf(all: readonly Department[]): Placed[] {
	const placed: Placed[] = [];
	const codes = new Set(all.map(unit => unit.code));
	const below = (parent: string | null, depth: number) => {
		for (const unit of all.filter(one => (one.parent !== null && codes.has(one.parent) ? one.parent : null) === parent)) {
			placed.push({ unit, depth });
			if (depth < depthMost)
				below(unit.code, depth + 1);
		}
	};
	below(null, 0);
	return placed;
}

const tables = ["departments", "areas", "categories", "catalogue", "calendar", "limits", "grounds", "checklist",
	"handover", "quiet-days", "four-acts"] as const;

const states = { used: (unit: Department) => !unit.disabled, off: (unit: Department) => unit.disabled,
	takes: (unit: Department) => unit.takes_tasks };
type State = keyof typeof states;

function Leaders({ unit }: { unit: Department }): JSX.Element {
	const leaders = useLoaded(async () => (await everything(cursor => read("/leaders",
		{ query: { limit: 200, ...cursor === undefined ? {} : { cursor } } })))
		.filter(one => one.department === unit.code), unit.code);
	const [adding, setAdding] = useState(false);
	useShortcuts([{ keys: "l", label: t("units.leader_add"), run: () => setAdding(true), enabled: !adding }]);
	return (
		<Card id="leaders" title={t("units.leaders", { name: nameOf(unit) })}
			aside={<Button keys="l" onClick={() => setAdding(true)}>{t("units.leader_add")}</Button>}>
			<Asked loaded={leaders}>{items => items.length === 0
				? <Empty title={t("units.no_leader")} next={t("units.no_leader_next")} />
				: <Table caption={t("units.leaders", { name: nameOf(unit) })} rows={items} rowKey={row => String(row.id)}
					columns={[
						{ key: "name", head: t("account.name"), cell: row => row.name },
						{ key: "account", head: t("sign_in.login"), cell: row => row.account ?? "—" },
						{ key: "from", head: t("units.from"), cell: row => dateTime(row.valid_from).slice(0, 10) },
						{ key: "until", head: t("account.valid_until"), cell: row => dateTime(row.valid_until).slice(0, 10) },
					]} />}</Asked>
			{adding && <ActionForm id="leader-add" keepAs={unit.code} title={t("units.leader_add")}
				fields={[
					{ name: "name", kind: "text", label: t("account.name"), required: true, max: 50 },
					{ name: "account", kind: "text", label: t("units.account"), max: 64 },
					{ name: "valid_from", kind: "date", label: t("units.from"), required: true },
					{ name: "valid_until", kind: "date", label: t("account.valid_until") },
				]} initial={{ name: "", account: "", valid_from: "", valid_until: "" }}
				submit={t("units.leader_add")} consequence={() => t("units.then_leader")}
				onCancel={() => setAdding(false)} onDone={() => { setAdding(false); void leaders.reload(); }}
				onSubmit={async values => {
					await ask.post("/leaders", { body: { department: unit.code, name: String(values.name).trim(),
						account: trimmed(values.account), valid_from: String(values.valid_from),
						valid_until: endOfDay(values.valid_until) } });
					say(t("units.leader_added"));
				}} />}
		</Card>
	);
}

const uses = ["open_tasks", "settled_tasks", "below", "catalogue_rows", "areas", "accounts", "keys", "webhooks"] as const;
const forms = { e: "change", d: "switch" } as const;
type FormName = typeof forms[keyof typeof forms];

function Tag({ unit }: { unit: Department }): JSX.Element {
	return unit.disabled ? <span class="tag tag-red">{t("units.state_off")}</span>
		: <span class="tag">{t(unit.takes_tasks ? "units.takes" : "units.takes_none")}</span>;
}

/** What is counted under its code, and the way to those of it that this person may open. */
function Uses({ unit, me }: { unit: Unit; me: Me }): JSX.Element {
	const found = uses.filter(name => unit.uses[name] > 0);
	const to: Partial<Record<typeof uses[number], string>> = {
		...me.role === "admin" ? { accounts: href(["accounts"], { unit: unit.code }), keys: href(["keys"]) } : {},
		catalogue_rows: href(["tables", "catalogue"]), areas: href(["tables", "areas"]) };
	return (
		<section aria-labelledby="uses-title">
			<h3 id="uses-title">{t("units.uses")}</h3>
			{found.length === 0 ? <p class="hint">{t("units.no_uses")}</p>
				: <ul class="uses">{found.map(name => <li key={name}>{to[name]
					? <a href={to[name]}>{t(`units.use_${name}`, { n: unit.uses[name] })}</a>
					: t(`units.use_${name}`, { n: unit.uses[name] })}</li>)}</ul>}
		</section>
	);
}

function One({ code, me }: { code: string; me: Me }): JSX.Element {
	const one = useLoaded(() => ask.get("/departments/{code}", { path: { code } }), code);
	const [form, setForm] = useState<FormName | null>(null);
	const unit = one.value?.body;
	const label = (name: FormName) => t(name === "change" ? "units.change"
		: unit?.disabled ? "units.act_enable" : "units.act_disable");
	/* what is said of it before the click is read at that moment */
	const open = (name: FormName) => { setForm(name); if (name === "switch") void one.reload(); };
	useEffect(() => setForm(null), [code]);
	useShortcuts(Object.entries(forms).map(([keys, name]) => ({ keys, label: label(name), run: () => open(name),
		enabled: unit !== undefined && form === null })));
	const Form = form === "change" ? ChangeUnit : SwitchUnit;
	return (
		<Card id="unit" title={departmentName(code)} aside={unit && <Tag unit={unit} />}>
			<Asked loaded={one}>{({ body, etag }) => <>
				{form !== "change" && <div class="padded stack">
					<Facts facts={[
						[t("word.code"), <code>{body.code}</code>], [t("units.name_en"), body.name_en],
						[t("units.parent"), body.parent ? departmentName(body.parent) : t("units.root")],
						[t("units.kind"), kindWords(body.kind)], [t("units.group"), body.peer_group],
						[t("units.initials"), body.initials], [t("units.phone"), body.phone],
						[t("units.takes"), t(body.takes_tasks ? "word.yes" : "word.no")],
					]} />
					{form === null && <Uses unit={body} me={me} />}
				</div>}
				{form !== null ? <Form key={`${code} ${form}`} unit={body} etag={etag} onCancel={() => setForm(null)}
					onDone={() => { setForm(null); void one.reload(); }} />
					: <div class="card-foot actions wrap">{Object.entries(forms).map(([keys, name]) =>
						<Button key={name} keys={keys} kind={name === "change" ? "primary" : "plain"}
							onClick={() => open(name)}>{label(name)}</Button>)}
					{me.role === "admin" && <a href={href(["accounts"], { unit: code })}>{t("units.people")}</a>}</div>}
			</>}</Asked>
		</Card>
	);
}

export function UnitsScreen({ title, me }: { title: string; me: Me }): JSX.Element {
	const { path, query } = route.value;
	const adding = path[1] === "+";
	const chosen = departments.value.find(unit => unit.code === path[1]);
	const state = query.get("state") ?? "";
	const [typed, setTyped] = useState("");
	const fits = (unit: Department) => (states[state as State]?.(unit) ?? true)
		&& (!typed.trim() || matchRank(typed, candidateOf(unit)) >= 0);
	const filtered = typed.trim() !== "" || state !== "";
	const placed = treeOf(departments.value).filter(({ unit }) => fits(unit));
	const at = (to: string) => href(["units", to], { state });
	useShortcuts([
		{ keys: "a", label: t("units.add"), run: () => go(at("+")) },
		{ keys: "/", label: t("units.find"), run: () => document.getElementById("unit-find")?.focus() },
	]);
	return (
		<Page title={title} line={t("units.line", { n: departments.value.length })}
			acts={<nav class="tabs" aria-label={t("units.tables")}>{tables.map(kind =>
				<a key={kind} class="tab" href={href(["tables", kind])}>{t(`table.${kind}`)}</a>)}</nav>}>
			<div class="cards-2">
				<Card id="units" title={t("units.tree")} count={placed.length}
					aside={<Button kind="primary" keys="a" onClick={() => go(at("+"))}>{t("units.add")}</Button>}>
					<div class="filters">
						<TextField id="unit-find" label={t("units.find")} value={typed} onInput={setTyped} aside="/" />
						<Select id="unit-filter-state" label={t("word.state")} value={state}
							options={[{ value: "", label: t("word.all") },
								...(["used", "takes", "off"] as const).map(value => ({ value: value as string, label: t(`units.state_${value}`) }))]}
							onChange={value => go(href(["units", ...path.slice(1)], { state: value }), true)} />
					</div>
					{placed.length === 0 ? <Empty title={t("units.empty")} next={t("units.empty_next")} />
						: <Table caption={t("units.tree")} rows={placed} rowKey={row => row.unit.code}
							current={chosen?.code ?? null} onOpen={row => go(at(row.unit.code))} columns={[
								{ key: "name", head: t("word.unit"), cell: ({ unit, depth }) =>
									<span class="indent" style={{ paddingLeft: `${filtered ? 0 : depth * 16}px` }}>{nameOf(unit)}</span> },
								{ key: "code", head: t("word.code"), cell: row => <code>{row.unit.code}</code> },
								...filtered ? [{ key: "parent", head: t("units.parent"), cell: ({ unit }: Placed) =>
									unit.parent ? departmentName(unit.parent) : "—" }] : [],
								{ key: "kind", head: t("units.kind"), cell: row => kindWords(row.unit.kind) },
								{ key: "state", head: t("word.state"), cell: row => <Tag unit={row.unit} /> },
							]} />}
				</Card>
				<div class="stack">
					{adding ? <Card id="adding" title={t("units.add")}>
						<AddUnit parent={query.get("below")} onCancel={() => go(at(""))} onDone={code => go(at(code))} />
					</Card> : chosen ? <>
						<One key={chosen.code} code={chosen.code} me={me} />
						<Leaders key={`l${chosen.code}`} unit={chosen} />
					</> : <section class="card"><Empty title={t("units.none")} next={t("units.none_next")} /></section>}
				</div>
			</div>
		</Page>
	);
}
