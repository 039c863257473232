/* Two levels of supervision: what the supervisors of units left undone. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { read } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Dialog } from "../parts/dialog";
import { Empty } from "../parts/notice";
import { Asked, Card, Listed, Page } from "../parts/page";
import { Table } from "../parts/table";
import { departmentName } from "../state/reference";
import { Sections } from "../parts/docket";
import { useList, word } from "../parts/described";
import { warningLinks } from "./warnings";
import { t } from "./words";

function Undone({ unit }: { unit: string }): JSX.Element {
	const list = useList("/levels/{unit}/tasks", {}, { unit });
	return (
		<Listed list={list} empty={t("levels.none")} emptyNext="">
			{items => <Table caption={t("levels.undone")} rows={items} rowKey={one => one.task}
				to={one => href(["warnings", one.task])} columns={[
					{ key: "task", head: t("field.task"), cell: one => one.task },
					{ key: "department", head: t("appeal.department"), cell: one => departmentName(one.department) },
					{ key: "state", head: t("field.state"), cell: one => word("task_state", one.state) },
					{ key: "due", head: t("field.due"), cell: one => dateTime(one.due), class: "nowrap" },
				]} />}
		</Listed>
	);
}

export function LevelsScreen({ title }: { me: Me; title: string }): JSX.Element {
	const loaded = useLoaded(() => read("/levels"), "levels");
	const [unit, setUnit] = useState<string | null>(null);
	return (
		<Page title={title} line={t("levels.line")}>
			<Sections label={t("warnings.title")} links={warningLinks()} />
			<Card id="levels" title={t("levels.units")}>
				<Asked loaded={loaded}>
					{({ items }) => items.length === 0 ? <Empty title={t("levels.empty")} next={t("levels.empty_next")} />
						: <Table caption={t("levels.units")} rows={items} rowKey={one => one.unit}
						onOpen={one => setUnit(one.unit)} current={unit} columns={[
							{ key: "unit", head: t("levels.unit"), cell: one => departmentName(one.unit) },
							{ key: "supervisors", head: t("levels.supervisors"), number: true, cell: one => one.supervisors },
							{ key: "undone", head: t("levels.undone"), number: true, by: one => -one.overdue_untouched,
								cell: one => <button type="button" class="link" onClick={() => setUnit(one.unit)}>
									{one.overdue_untouched}{one.complete ? "" : "+"}</button> },
							{ key: "objections", head: t("levels.objections"), cell: one => one.objections_unanswered.map(o =>
								`${o.month} №${o.n} ${departmentName(o.department)}`).join("; ") || "·" },
						]} />}
				</Asked>
			</Card>
			{unit !== null && <Dialog id="undone" kind="drawer" onClose={() => setUnit(null)}
				title={departmentName(unit)}><div class="drawer-body"><Undone key={unit} unit={unit} /></div></Dialog>}
		</Page>
	);
}
