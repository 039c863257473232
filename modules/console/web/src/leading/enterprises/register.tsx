/* The enterprise side: the register, and of one enterprise its figures, appeals and what was filed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem } from "../../api/client";
import { read, type AnswerOf } from "../../api/ask";
import type { Me, Role } from "../../api/types";
import { useLoaded } from "../../lib/load";
import { usePaged, type Paged } from "../../lib/paged";
import { go, href, route } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { Check, TextField } from "../../parts/field";
import { Empty } from "../../parts/notice";
import { Asked, Card, Listed, Page } from "../../parts/page";
import { Table } from "../../parts/table";
import { areaName, categoryPath, departmentName } from "../../state/reference";
import { count } from "../numbers";
import { t } from "./words";

type Enterprise = AnswerOf<"get", "/enterprises/{uscc}">;
type Filing = AnswerOf<"get", "/enterprises/{uscc}/filings">["items"][number];

const pageSize = 200;
const figuresFor: readonly Role[] = ["supervisor", "leader", "auditor", "contact"];
const filingsFor: readonly Role[] = ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor",
	"leader", "auditor"];
const usccForm = /^[0-9A-Z]{18}$/;

function matches(one: Enterprise, words: string): boolean {
	return `${one.uscc} ${one.name} ${areaName(one.area)} ${one.contact_leader ?? ""}`.toLowerCase()
		.includes(words.trim().toLowerCase());
}

function Register({ me, title }: { me: Me; title: string }): JSX.Element {
	const [words, setWords] = useState("");
	const [mine, setMine] = useState(me.role === "contact");
	const list = usePaged(cursor => read("/enterprises", { query: { limit: pageSize,
		...mine ? { contact_leader: me.login } : {}, ...cursor === null ? {} : { cursor } } }), String(mine));
	const code = words.trim().toUpperCase();
	return (
		<Page title={title} line={t("enterprise.line")}>
			<Card id="register" title={t("enterprise.register")} {...list.items ? { count: list.items.length } : {}}
				aside={<>
					{(me.role === "leader" || me.role === "contact") && <Check label={t("enterprise.mine")} checked={mine}
						onChange={setMine} />}
					<TextField id="enterprise-search" class="inline-field" label={t("enterprise.search")} value={words}
						onInput={setWords} />
					{usccForm.test(code) && <Button kind="primary" onClick={() => go(href(["enterprises", code]))}>
						{t("enterprise.open")}</Button>}
				</>}>
				<Listed list={list} empty={t("enterprise.none")} emptyNext={t("enterprise.none_next")}>
					{items => <Table caption={t("enterprise.register")} rows={items.filter(one => matches(one, words))}
						rowKey={one => one.uscc} to={one => href(["enterprises", one.uscc])} columns={[
							{ key: "name", head: t("enterprise.name"), cell: one => one.name, by: one => one.name },
							{ key: "uscc", head: t("enterprise.uscc"), cell: one => one.uscc, by: one => one.uscc },
							{ key: "area", head: t("appeal.area"), cell: one => areaName(one.area), by: one => one.area },
							{ key: "leader", head: t("enterprise.leader"), cell: one => one.contact_leader ?? "—",
								by: one => one.contact_leader ?? "" },
							{ key: "changed", head: t("enterprise.changed"), cell: one => dateTime(one.changed_at), number: true,
								by: one => one.changed_at },
						]} />}
				</Listed>
			</Card>
		</Page>
	);
}

/** Missing to a leader who does not keep contact: said as it is, and who can see it. */
function kept(error: unknown): boolean {
	return error instanceof Problem && error.status === 404;
}

function Figures({ uscc }: { uscc: string }): JSX.Element {
	const loaded = useLoaded(() => read("/enterprises/{uscc}/figures", { path: { uscc } }), uscc);
	if (kept(loaded.error))
		return <Empty title={t("enterprise.not_contact")} next={t("enterprise.not_contact_next")} />;
	return (
		<Asked loaded={loaded}>{figures => (
			<dl class="pilot-facts padded">
				{(["received", "open", "overdue", "ended"] as const).map(key => (
					<div key={key}><dt>{t(key === "open" ? "enterprise.open_appeals" : `enterprise.${key}`)}</dt><dd><b class={key === "overdue" && figures.overdue > 0
						? "overdue-word" : ""}>{count(figures[key])}</b></dd></div>
				))}
			</dl>
		)}</Asked>
	);
}

function Appeals({ list }: { list: Paged<AnswerOf<"get", "/enterprises/{uscc}/appeals">["items"][number]> }): JSX.Element {
	if (kept(list.error))
		return <p class="padded hint">{t("enterprise.not_contact_next")}</p>;
	return (
		<Listed list={list} empty={t("enterprise.no_appeals")} emptyNext={t("enterprise.no_appeals_next")}>
			{items => <Table caption={t("enterprise.appeals")} rows={items} rowKey={one => one.appeal}
				to={one => href(["appeals", one.appeal])} columns={[
					{ key: "appeal", head: t("appeal.id"), cell: one => one.appeal },
					{ key: "title", head: t("appeal.title"), cell: one => one.title },
					{ key: "category", head: t("appeal.category"), cell: one => categoryPath(one.category) },
					{ key: "state", head: t("enterprise.state"), cell: one => t(`appeal_state.${one.state as "closed"}`) },
					{ key: "received", head: t("appeal.received_at"), cell: one => dateTime(one.received_at), number: true },
				]} />}
		</Listed>
	);
}

function filingWords(one: Filing): string {
	return [one.exception && t(`filing_exception.${one.exception}`), one.late && t("filing.late"),
		one.revoked && t("filing.revoked"), one.version > 1 && t("filing.version", { n: one.version })]
		.filter(Boolean).join(" · ");
}

function Filings({ uscc }: { uscc: string }): JSX.Element {
	const list = usePaged(cursor => read("/enterprises/{uscc}/filings", { path: { uscc }, query: { limit: pageSize,
		...cursor === null ? {} : { cursor } } }), uscc);
	return (
		<Card id="filings" title={t("filing.title")} {...list.items ? { count: list.items.length } : {}}>
			<Listed list={list} empty={t("filing.none")} emptyNext={t("filing.none_next")}>
				{items => <Table caption={t("filing.title")} rows={items} rowKey={one => `${one.id} ${one.version}`} columns={[
					{ key: "kind", head: t("filing.kind"), cell: one => t(`filing_kind.${one.kind}`) },
					{ key: "body", head: t("filing.body"), cell: one => departmentName(one.body) },
					{ key: "basis", head: t("filing.basis"), cell: one => one.basis },
					{ key: "days", head: t("filing.days"), cell: one => one.first_day === one.last_day ? one.first_day
						: `${one.first_day} – ${one.last_day}`, by: one => one.first_day },
					{ key: "amount", head: t("filing.amount"), number: true, cell: one => one.amount === null ? "—" : count(one.amount),
						by: one => one.amount ?? 0 },
					{ key: "notes", head: t("filing.notes"), cell: filingWords },
					{ key: "filed", head: t("filing.filed"), number: true, cell: one => dateTime(one.filed_at) },
				]} />}
			</Listed>
		</Card>
	);
}

function One({ me, uscc }: { me: Me; uscc: string }): JSX.Element {
	const loaded = useLoaded(() => read("/enterprises/{uscc}", { path: { uscc } }), uscc);
	const sees = figuresFor.includes(me.role);
	const appeals = usePaged(cursor => sees ? read("/enterprises/{uscc}/appeals", { path: { uscc }, query: { limit: pageSize,
		...cursor === null ? {} : { cursor } } }) : Promise.resolve({ items: [], next_cursor: null }), uscc);
	return (
		<Asked loaded={loaded}>{one => (
			<Page title={one.name} line={`${one.uscc} · ${areaName(one.area)} · ${one.contact_leader
				? t("enterprise.kept_by", { who: one.contact_leader }) : t("enterprise.kept_by_nobody")}`}
			acts={<a class="button button-plain" href={href(["enterprises"])}>{t("enterprise.all")}</a>}>
				{sees && <Card id="enterprise-figures" title={t("enterprise.figures")}><Figures uscc={uscc} /></Card>}
				{sees && <Card id="enterprise-appeals" title={t("enterprise.appeals")}><Appeals list={appeals} /></Card>}
				{filingsFor.includes(me.role) && <Filings uscc={uscc} />}
			</Page>
		)}</Asked>
	);
}

export function EnterprisesScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const uscc = route.value.path[1];
	return uscc ? <One key={uscc} me={me} uscc={uscc} /> : <Register me={me} title={title} />;
}
