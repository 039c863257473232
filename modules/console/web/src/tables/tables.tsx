/* The district's rules as versioned tables: read by dispatchers, changed by administrators after a preview. */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime, monthOf } from "../lib/time";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Empty, Notice } from "../parts/notice";
import { Asked, Card, Page, Tabs } from "../parts/page";
import { Table, type Column } from "../parts/table";
import { now } from "../state/clock";
import { language } from "../state/prefs";
import { areaName, categoryPath, departmentName, loadReference } from "../state/reference";
import { CalendarYear } from "./calendar_year";
import { TableChange } from "./table_change";
import { documentOf, kinds, sheetOf, type Document, type Kind } from "./table_kinds";
import { t, tMaybe } from "./words";

const shownAtMost = 300;

/** A cell as a person reads it: names for codes, words for what the tables abbreviate. */
function cellText(column: string, value: string, kind: Kind): string {
	if (value === "-" || value === "")
		return "—";
	if (value === "*")
		return t("tables.every");
	const named = column === "department" || column === "parent" && kind === "departments" ? departmentName(value) : column === "area" ? areaName(value)
		: column === "category" ? categoryPath(value) : value;
	if (named !== value)
		return `${value} ${named}`;
	if (value === "0" || value === "1")
		return column.endsWith("allowed") || column.endsWith("only") || column === "reached" || column === "takes_tasks"
			? t(value === "1" ? "tables.yes" : "tables.no") : value;
	const amount = /^(\d+) (\w+)$/.exec(value);
	if (amount)
		return `${amount[1]} ${tMaybe(`unit.${amount[2]}`) ?? amount[2]}`;
	return value.split(",").map(part => tMaybe(`cell.${part}`) ?? tMaybe(`content_class.${part}`)
		?? tMaybe(`channel.${part}`) ?? tMaybe(`result.${part}`) ?? part).join(t("list.comma"));
}

/** One language's name of the two that a table carries. */
function isOther(column: string): boolean {
	return column.endsWith(language.value === "en" ? "_zh" : "_en");
}

function Sheet({ kind, document }: { kind: Kind; document: Document }): JSX.Element {
	const [typed, setTyped] = useState("");
	const sheet = useMemo(() => sheetOf(document.text), [document]);
	const all = sheet.rows.map((cells, at) => ({ at: String(at),
		cells: sheet.columns.map((column, i) => cellText(column, cells[i] ?? "", kind)) }));
	const word = typed.trim().toLowerCase();
	const found = word ? all.filter(row => row.cells.some(cell => cell.toLowerCase().includes(word))) : all;
	const columns: Column<typeof all[number]>[] = sheet.columns.flatMap((column, i) =>
		isOther(column) ? [] : [{ key: column, cell: row => row.cells[i], by: row => row.cells[i] ?? "",
			head: tMaybe(`column.${column.replace(/_(zh|en)$/, "")}`) ?? column }]);
	return (
		<Card id="rows" title={t("tables.rows")} count={found.length}
			aside={<TextField id="rows-find" label={t("tables.find")} value={typed} onInput={setTyped} />}>
			{found.length === 0 ? <Empty title={t("tables.none")} next={t("tables.none_next")} />
				: <Table caption={t(`table.${kind}`)} columns={columns} rows={found.slice(0, shownAtMost)}
					rowKey={row => row.at} />}
			{found.length > shownAtMost && <p class="more">{t("tables.most", { n: shownAtMost })}</p>}
			{sheet.notes.length > 0 && <details class="padded notes"><summary>{t("tables.notes")}</summary>
				<p>{sheet.notes.join(" ")}</p></details>}
		</Card>
	);
}

function Versions({ kind, document, shown }: { kind: Kind; document: Document; shown: number | null }) {
	return (
		<Card id="versions" class="versions" title={t("tables.versions")} count={document.versions.length}>
			<Table caption={t("tables.versions")} rows={[...document.versions].sort((a, b) => b.version - a.version)}
				rowKey={row => String(row.version)} current={String(shown ?? document.version)}
				to={row => href(["tables", kind], { version: String(row.version) })} columns={[
					{ key: "version", head: t("tables.version"), cell: row => t("tables.version_n", { n: row.version }) },
					{ key: "at", head: t("tables.recorded_at"), cell: row => dateTime(row.recorded_at) },
					{ key: "source", head: t("tables.source"), cell: row => row.source },
				]} />
		</Card>
	);
}

function Year(): JSX.Element {
	const asked = Number(route.value.query.get("year"));
	const year = asked || Number(monthOf(now.value).slice(0, 4));
	const show = (by: number) => go(href(["tables", "calendar"], { year: String(year + by) }), true);
	return (
		<Card id="year" title={t("calendar.year", { year })} aside={<>
			<Button onClick={() => show(-1)} label={t("calendar.before")}>←</Button>
			<Button onClick={() => show(1)} label={t("calendar.after")}>→</Button></>}>
			<CalendarYear key={year} year={year} />
		</Card>
	);
}

export function TablesScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const { path, query } = route.value;
	const kind = kinds.find(one => one === path[1]) ?? "catalogue";
	const version = Number(query.get("version")) || null;
	const [changing, setChanging] = useState<Kind | null>(null);
	const loaded = useLoaded(() => documentOf(kind, version), `${kind} ${version}`);
	const mayChange = me.role === "admin" || me.role === "system";
	const newest = Math.max(0, ...(loaded.value?.versions ?? []).map(one => one.version));
	const old = loaded.value !== null && loaded.value.version < newest;
	return (
		<Page title={`${title} · ${t(`table.${kind}`)}`} line={loaded.value && (kind === "departments" ? t("tables.units_line") : t("tables.line", {
			version: loaded.value.version, at: dateTime(loaded.value.recorded_at), source: loaded.value.source }))}
			acts={mayChange ? !old && changing !== kind && <Button kind="primary"
				onClick={() => setChanging(kind)}>{t(kind === "departments" ? "change.begin_units" : "change.begin")}</Button>
				: <span class="row-note">{t("tables.who_changes")}</span>}>
			<Tabs<Kind> label={t("tables.kinds")} chosen={kind}
				onChoose={one => { setChanging(null); go(href(["tables", one])); }}
				tabs={kinds.map(key => ({ key, label: t(`table.${key}`) }))} />
			<Asked loaded={loaded}>{document => <>
				{old && <Notice tone="warn"><span>{t("tables.old", { n: document.version, newest })}</span>
					<a href={href(["tables", kind])}>{t("tables.to_newest")}</a></Notice>}
				{mayChange && changing === kind && <TableChange key={`${kind} ${document.version}`} kind={kind}
					document={document} onCancel={() => setChanging(null)}
					onAdded={() => { setChanging(null); void loaded.reload(); void loadReference(); }} />}
				{kind === "calendar" && !old && <Year key={document.version} />}
				{document.versions.length > 0 && <Versions kind={kind} document={document} shown={version} />}
				<Sheet key={`${kind} ${document.version}`} kind={kind} document={document} />
			</>}</Asked>
		</Page>
	);
}
