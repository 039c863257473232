/* Deadline tools: how a task's limits came to be, day by day; and what the nightly check found. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Me, Task } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Notice } from "../parts/notice";
import { Asked, Card, Page } from "../parts/page";
import { ReceiptPanel } from "../parts/receipt";
import { Table } from "../parts/table";
import { Facts, TaskTags } from "../parts/task_text";
import { departmentName } from "../state/reference";
import { t } from "./words";

/** An appeal's number stands for all its tasks. */
async function tasksOf(number: string): Promise<Task[]> {
	return number.includes("-") ? [(await api.task(number)).body] : (await api.appeal(number)).body.tasks;
}

function Changes({ task }: { task: Task }): JSX.Element | null {
	const { value } = useLoaded(() => api.receipt(task.id), `${task.id} ${task.version}`);
	return value === null ? null : (
		<>
			<Facts facts={[[t("deadlines.versions"), t("deadlines.versions_of", { calendar: value.calendar_version,
				limits: value.limits_version, catalogue: value.catalogue_version })]]} />
			{value.changes.length > 0 && <Table caption={t("deadlines.changes")} shownCaption
				rows={value.changes} rowKey={row => `${row.kind} ${row.at}`} columns={[
					{ key: "kind", head: t("deadlines.change"), cell: row => t(`due_change.${row.kind}`) },
					{ key: "at", head: t("deadlines.at"), cell: row => dateTime(row.at) },
					{ key: "before", head: t("deadlines.before"), cell: row => dateTime(row.due_before) },
					{ key: "after", head: t("deadlines.after"), cell: row => dateTime(row.due_after) },
				]} />}
		</>
	);
}

function Receipts({ number }: { number: string }): JSX.Element {
	const loaded = useLoaded(() => tasksOf(number), number);
	return <Asked loaded={loaded}>{tasks => tasks.length === 0
		? <Notice tone="plain">{t("deadlines.no_task")}</Notice>
		: <div class="cards-2">{tasks.map(task => (
			<Card key={task.id} id={`task-${task.id}`} title={`${departmentName(task.department)} · ${task.id}`}
				aside={<TaskTags task={task} urgent={false} />}>
				<div class="padded"><ReceiptPanel task={task} /><Changes task={task} /></div>
			</Card>))}</div>}</Asked>;
}

function NightlyCheck(): JSX.Element {
	const loaded = useLoaded(() => read("/deadlines/check"), "check");
	return (
		<Card id="check" title={t("deadlines.check")}>
			<Asked loaded={loaded}>{check => <>
				<Notice tone={check.mismatches > 0 ? "bad" : "plain"}>{check.night === null
					? t("deadlines.no_night") : t("deadlines.night", { night: check.night, n: check.compared,
						wrong: check.mismatches, at: dateTime(check.ended_at) })}</Notice>
				{check.items.length > 0 && <Table caption={t("deadlines.wrong")} rows={check.items}
					rowKey={row => row.task} to={row => href(["deadlines", row.task])} columns={[
						{ key: "task", head: t("deadlines.task"), cell: row => row.task },
						{ key: "department", head: t("appeal.department"), cell: row => departmentName(row.department) },
						{ key: "since", head: t("deadlines.since"), cell: row => dateTime(row.since) },
						{ key: "due", head: t("deadlines.stored"), cell: row => dateTime(row.due) },
						{ key: "rows", head: t("deadlines.derived"), cell: row => dateTime(row.due_by_rows) },
					]} />}
			</>}</Asked>
		</Card>
	);
}

export function DeadlinesScreen({ title }: { me: Me; title: string }): JSX.Element {
	const number = route.value.path[1] ?? "";
	const [typed, setTyped] = useState(number);
	return (
		<Page title={title} line={t("deadlines.line")}>
			<Card id="receipt" title={t("deadlines.receipt")}>
				<form class="find" onSubmit={event => {
					event.preventDefault();
					go(href(typed.trim() ? ["deadlines", typed.trim()] : ["deadlines"]));
				}}>
					<TextField id="deadline-task" label={t("deadlines.number")} value={typed} onInput={setTyped}
						placeholder="LD260302000017-1" />
					<Button kind="primary" submit>{t("deadlines.show")}</Button>
				</form>
			</Card>
			{number && <Receipts number={number} />}
			<NightlyCheck />
		</Page>
	);
}
