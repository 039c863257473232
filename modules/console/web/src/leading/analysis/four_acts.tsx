/* The four arbitrary acts of a month: complaints by act and accused department, each count with its cases. */
import type { JSX } from "preact";
import { fileAddress, read, type AnswerOf } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { go, href, route } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Dialog } from "../../parts/dialog";
import { Asked, Card, Listed } from "../../parts/page";
import { Table, type Column } from "../../parts/table";
import { categoryPath, departmentName } from "../../state/reference";
import { count } from "../figure_words";
import { oneOf, type PageProps } from "../view";
import { t } from "./words";

type Table4 = AnswerOf<"get", "/reports/{period}/four-acts">;
type Row = Table4["total"];
type Act = "fee" | "apportionment" | "inspection" | "fine";

const acts: readonly Act[] = ["fee", "apportionment", "inspection", "fine"];
const nobody = "none";

function rowName(row: Row, isTotal: boolean): string {
	return isTotal ? t("four_acts.total") : row.department === null ? t("four_acts.nobody")
		: departmentName(row.department);
}

function addressOfCount(month: string, act: Act | null, department: string | null): string {
	return href(["report", month, "four-acts"], { act, department });
}

function Cases({ month, act, department, expected }: {
	month: string;
	act: Act;
	department: string | null;
	expected: number;
}): JSX.Element {
	const list = usePaged(cursor => read("/reports/{period}/four-acts/appeals", { path: { period: month }, query: {
		act, limit: 200, ...department === null ? {} : { department }, ...cursor === null ? {} : { cursor } } }),
	`${month} ${act} ${department}`);
	return (
		<Dialog id="four-acts-cases" kind="drawer" onClose={() => go(addressOfCount(month, null, null))}
			title={`${department === null ? t("four_acts.total") : department === nobody ? t("four_acts.nobody")
				: departmentName(department)} · ${t(`four_acts.${act}`)}`}>
			<p class="drawer-check"><span class="drawer-count" role="status" data-ended={String(list.items !== null && !list.more)}
				data-listed={list.items?.length ?? 0} data-expected={expected}>
				{list.items && t("report.listed", { n: count(list.items.length), expected: count(expected) })}</span></p>
			<div class="card-scroll" tabIndex={0} role="group" aria-label={t("four_acts.title")}>
				<Listed list={list} empty={t("report.none_behind")} emptyNext="">{items => (
					<ul>{items.map(one => (
						<li key={one.appeal} class="drawer-task" data-task={one.appeal}>
							<a class="number drawer-id" href={href(["appeals", one.appeal])}>{one.appeal}</a>
							<div><strong>{categoryPath(one.category)}</strong><small>{t(`appeal_state.${one.state as "closed"}`)}{" · "}
								{dateTime(one.received_at)}</small></div>
						</li>
					))}</ul>
				)}</Listed>
			</div>
		</Dialog>
	);
}

export function FourActs({ view: { period: month } }: PageProps): JSX.Element {
	const loaded = useLoaded(() => read("/reports/{period}/four-acts", { path: { period: month } }), month);
	const { query } = route.value;
	const act = oneOf(acts, query.get("act"));
	const department = query.get("department");
	const number = (row: Row, one: Act, isTotal: boolean) => row[one].appeals === 0 ? "0"
		: <a class="number-link" data-part="num" href={addressOfCount(month, one, isTotal ? null : row.department ?? nobody)}>
			{count(row[one].appeals)}</a>;
	const columnsOf = (total: Row): Column<Row>[] => [
		{ key: "department", head: t("appeal.accused"), cell: row => rowName(row, row === total) },
		...acts.map(one => ({ key: one, head: t(`four_acts.${one}`), number: true, cell: (row: Row) =>
			<>{number(row, one, row === total)} <small>{t("four_acts.open", { n: row[one].open })}</small></> })),
		{ key: "sum", head: t("four_acts.sum"), number: true, cell: row => count(row.total.appeals) },
	];
	return (
		<Asked loaded={loaded}>{table => {
			const row = department === null ? table.total
				: table.departments.find(one => (one.department ?? nobody) === department);
			return (
				<>
					<Card id="four-acts" title={t("four_acts.title")} aside={<a class="button button-plain" download
						href={fileAddress("/reports/{period}/four-acts.csv", { period: month })}>CSV</a>}>
						<p class="padded hint">{t("four_acts.how", { version: table.four_acts_version })}</p>
						<Table caption={t("four_acts.title")} columns={columnsOf(table.total)}
							rows={[...table.departments, table.total]} rowKey={one => one === table.total ? "total" : one.department ?? nobody} />
						{table.departments.length === 0 && <p class="padded hint">{t("four_acts.none")}</p>}
					</Card>
					{act && row && <Cases key={`${act} ${department}`} month={month} act={act} department={department}
						expected={row[act].appeals} />}
				</>
			);
		}}</Asked>
	);
}
