/* The cases behind a number as a page: every fact that the rule looked at, to read, print and save. */
import type { JSX } from "preact";
import type { Report, ReportTask } from "../api/types";
import { fileAddress } from "../api/ask";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Card } from "../parts/page";
import { Table, type Column } from "../parts/table";
import { categoryPath } from "../state/reference";
import { chosenOf, useBehind } from "./behind";
import { topName } from "./classes";
import { expectedOf, type Shown } from "./figures";
import { CountCheck, shownTitle, whyWords } from "./report_drawer";
import { nameThen } from "./names";
import { addressOf, type View } from "./view";
import { t } from "./words";

const columnsOf = (report: Report): Column<ReportTask>[] => [
	{ key: "appeal", head: t("appeal.id"), cell: task => task.appeal, by: task => task.appeal },
	{ key: "title", head: t("appeal.title"), cell: task => task.title ?? t("drawer.no_title") },
	{ key: "category", head: t("appeal.category"), cell: task => <span title={categoryPath(task.category)}>{categoryPath(task.category).split(" / ").pop()}</span>,
		by: task => task.category ?? "" },
	{ key: "department", head: t("appeal.department"), cell: task => nameThen(report.departments, task.department),
		by: task => task.department },
	{ key: "why", head: t("cases.why"), cell: task => whyWords(task.why), by: task => task.why },
	{ key: "state", head: t("cases.state"), cell: task => t(`task_state.${task.state}`), by: task => task.state },
	{ key: "dispatched", head: t("cases.dispatched"), cell: task => dateTime(task.dispatched_at), number: true,
		by: task => task.dispatched_at },
	{ key: "due", head: t("cases.due"), cell: task => dateTime(task.due), number: true, by: task => task.due ?? "" },
	{ key: "closed", head: t("cases.closed"), cell: task => dateTime(task.closed_at), number: true,
		by: task => task.closed_at ?? "" },
	{ key: "answer", head: t("cases.answer"),
		cell: task => task.last_answer === null ? "—" : t(`level.${task.last_answer}`) },
];

export function ReportCases({ view, report, shown }: { view: View; report: Report; shown: Shown }): JSX.Element {
	const read = useBehind(report.period, report.scope, shown);
	const tasks = chosenOf(read.items, shown);
	const narrowed = [shown.why && shown.why.split(",").map(whyWords).join(t("list.comma")),
		shown.category && topName(shown.category)].filter(Boolean).join(" · ");
	return (
		<Card id="cases" title={<>{shownTitle(shown, report)} · {t(`part.${shown.part}`)}{narrowed && ` · ${narrowed}`}</>}
			aside={<>
				<CountCheck listed={tasks.length} whole={read} expected={expectedOf(report, shown)} />
				<a class="button button-plain" href={addressOf({ ...view, page: "" })}>{t("action.back")}</a>
				<a class="button button-plain" download href={fileAddress("/reports/{period}/tasks.csv",
					{ period: view.period }, { scope: view.scope, department: shown.department })}>
					{t("cases.csv")}</a>
				<Button onClick={() => window.print()}>{t("report.print")}</Button>
			</>}>
			{read.failure !== null && <ProblemNotice error={read.failure} onRetry={read.retry} />}
			<Table caption={shownTitle(shown, report)} columns={columnsOf(report)} rows={tasks}
				rowKey={task => `${task.task} ${task.submitted_at}`} to={task => href(["appeals", task.appeal])} />
			{!read.ended && read.failure === null && !read.more && <Skeleton />}
			{read.more && <div class="more"><Button onClick={read.more}>{t("report.more")}</Button></div>}
		</Card>
	);
}
