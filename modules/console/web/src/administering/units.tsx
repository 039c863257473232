/* The tree of departments with their leaders; the tables that say who gets what are imported. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read } from "../api/ask";
import type { Department, Me } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { ActionForm, trimmed } from "../parts/form";
import { Empty } from "../parts/notice";
import { Asked, Card, Page } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { departmentName, departments, nameOf } from "../state/reference";
import { endOfDay, everything } from "./shared";
import { t, tMaybe } from "./words";

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

const tables = ["areas", "categories", "catalogue", "calendar", "limits", "grounds", "checklist", "handover",
	"quiet-days", "four-acts"] as const;

const kindWords = (kind: string) => tMaybe(`unit_kind.${kind}`) ?? kind;

function Leaders({ unit }: { unit: Department }): JSX.Element {
	const leaders = useLoaded(async () => (await everything(cursor => read("/leaders",
		{ query: { limit: 200, ...cursor === undefined ? {} : { cursor } } })))
		.filter(one => one.department === unit.code), unit.code);
	const [adding, setAdding] = useState(false);
	useShortcuts([{ keys: "a", label: t("units.leader_add"), run: () => setAdding(true), enabled: !adding }]);
	return (
		<Card id="leaders" title={t("units.leaders", { name: nameOf(unit) })}
			aside={<Button keys="a" onClick={() => setAdding(true)}>{t("units.leader_add")}</Button>}>
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

export function UnitsScreen({ title, me }: { title: string; me: Me }): JSX.Element {
	const placed = treeOf(departments.value);
	const chosen = departments.value.find(unit => unit.code === route.value.path[1]);
	return (
		<Page title={title} line={t("units.line", { n: departments.value.length })}
			acts={<nav class="tabs" aria-label={t("units.tables")}>{tables.map(kind =>
				<a key={kind} class="tab" href={href(["tables", kind])}>{t(`table.${kind}`)}</a>)}</nav>}>
			<div class="cards-2">
				<Card id="units" title={t("units.tree")} count={placed.length}>
					<Table caption={t("units.tree")} rows={placed} rowKey={row => row.unit.code}
						current={chosen?.code ?? null} onOpen={row => go(href(["units", row.unit.code]))} columns={[
							{ key: "name", head: t("word.unit"), cell: ({ unit, depth }) =>
								<span class="indent" style={{ paddingLeft: `${depth * 16}px` }}>{nameOf(unit)}</span> },
							{ key: "code", head: t("word.code"), cell: row => <code>{row.unit.code}</code> },
							{ key: "kind", head: t("units.kind"), cell: row => kindWords(row.unit.kind) },
							{ key: "takes", head: t("units.takes"), cell: row => t(row.unit.takes_tasks ? "word.yes" : "word.no") },
						]} />
				</Card>
				<div class="stack">
					{chosen ? <>
						<Card id="unit" title={nameOf(chosen)} aside={me.role === "admin"
							&& <a href={href(["accounts"], { unit: chosen.code })}>{t("units.people")}</a>}><div class="padded"><Facts facts={[
							[t("word.code"), <code>{chosen.code}</code>],
							[t("units.parent"), chosen.parent ? departmentName(chosen.parent) : "—"],
							[t("units.kind"), kindWords(chosen.kind)], [t("units.group"), chosen.peer_group],
							[t("units.initials"), chosen.initials], [t("units.takes"), t(chosen.takes_tasks ? "word.yes" : "word.no")],
						]} /></div></Card>
						<Leaders key={chosen.code} unit={chosen} />
					</> : <section class="card"><Empty title={t("units.none")} next={t("units.none_next")} /></section>}
					<Card id="adding" title={t("units.add")}><div class="padded">
						<p>{t("units.add_how")}</p>
						<pre class="command">liandong department add CODE {t("units.name_word")} {chosen?.code ?? "PARENT"} bureau --config /etc/liandong/liandong.conf</pre>
						<p class="hint">{t("units.add_then")}</p>
					</div></Card>
				</div>
			</div>
		</Page>
	);
}
