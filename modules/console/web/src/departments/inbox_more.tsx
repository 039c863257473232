/* How a task stands beyond its state: what was asked for and answered, who helps, what is promised. */
import type { ComponentChildren, JSX } from "preact";
import { fileAddress, read, type Schemas } from "../api/ask";
import type { FullTask, HistoryEvent } from "../api/types";
import { t, tMaybe } from "./words";
import { useLoaded, type Loaded } from "../lib/load";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { DueBadge } from "../parts/due";
import { Asked } from "../parts/page";
import { departmentName } from "../state/reference";
import { size } from "./files";
import { newest, type Situation } from "./standing";

export type SupervisedEntry = Schemas["SupervisedEntry"];

const said = (value: unknown) => typeof value === "string" && value ? `${t("list.colon")}${value}` : "";

/** Each in one line; what was answered stands with the word that answered it. */
function linesOf({ task, history }: Situation): [tone: string, text: string][] {
	const lines: [string, string][] = [];
	const event = (type: string) => newest(history, task.id, type);
	const standing = task.return_standing;
	if (standing)
		lines.push([standing === "ruled" || standing === "refused" ? "warn" : "plain", t(`standing.${standing}`)
			+ (standing === "refused" ? said(event("task.return_refused")?.data.reason) : "")]);
	if (task.extension_asked_at)
		lines.push(["plain", t("standing.extension_asked", { at: dateTime(task.extension_asked_at) })]);
	const decided = event("task.extension_decided");
	if (decided && !task.extension_asked_at)
		lines.push(decided.data.approved === true
			? ["good", t("standing.extension_approved", { due: dateTime(String(decided.data.due)) })]
			: ["warn", t("standing.extension_refused") + said(decided.data.reason)]);
	if (task.held_until && (task.state === "paused" || task.state === "on_account"))
		lines.push(["plain", t("standing.held", { state: t(`task_state.${task.state}`),
			until: dateTime(task.held_until) })]);
	const supervised = event("task.supervised");
	if (supervised && task.closed_at === null)
		lines.push(["warn", t("standing.supervised", { due: dateTime(String(supervised.data.due)) })
			+ said(supervised.data.demand)]);
	if (task.urges > 0)
		lines.push(["warn", t("standing.urged", { n: task.urges })]);
	const [asked, answered] = [event("task.callback_asked"), event("task.callback_answered")];
	if (asked && (!answered || answered.seq < asked.seq))
		lines.push(["plain", t("standing.callback_asked") + said(asked.data.question)]);
	else if (answered)
		lines.push(["good", t("standing.callback_answered") + said(answered.data.answer)]);
	const failed = event("task.review_failed");
	if (failed && task.state === "in_hand")
		lines.push(["warn", t("standing.review_failed") + said(failed.data.reason)]);
	if (task.escalated_to)
		lines.push(["warn", t("standing.escalated", { to: departmentName(task.escalated_to) })]);
	if (task.secret)
		lines.push(["plain", t("standing.secret")]);
	return lines;
}

export function Standing({ situation }: { situation: Situation }): JSX.Element | null {
	const lines = linesOf(situation);
	return lines.length === 0 ? null : (
		<ul class="standing">{lines.map(([tone, text]) => <li key={text} class={`standing-${tone}`}>{text}</li>)}</ul>
	);
}

/** What hangs on a task; each only asked for where it can be. */
async function load(task: FullTask, history: readonly HistoryEvent[]) {
	const path = { id: task.id };
	const has = (type: string) => history.some(event => event.type === type);
	const [assists, promises, files] = await Promise.all([
		task.role === "lead" ? read("/tasks/{id}/assists", { path }).then(list => list.items) : [],
		has("task.progressed") ? read("/tasks/{id}/promises", { path }).then(list => list.items) : [],
		has("appeal.attached") ? read("/appeals/{id}/attachments", { path: { id: task.appeal } })
			.then(list => list.items) : [],
	]);
	return { assists, promises, files };
}

export type Hanging = Loaded<Awaited<ReturnType<typeof load>>>;

export function useHanging(task: FullTask, history: readonly HistoryEvent[]): Hanging {
	return useLoaded(() => load(task, history), `${task.id} ${task.version} ${history.length}`);
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
	return <><h2>{title}</h2><ul class="more-list">{children}</ul></>;
}

export function TaskMore({ hanging, supervised }: { hanging: Hanging; supervised: readonly SupervisedEntry[] }) {
	return (
		<Asked loaded={hanging}>{({ assists, promises, files }) => <>
			{supervised.length > 0 && <Section title={t("more.supervised")}>
				{supervised.map(item => <li key={item.id}>
					<a href={href(["figures"], { view: "supervised", item: item.id })}>{item.id}</a>{" "}
					{item.state === "open" ? <DueBadge due={item.due} start={item.made_at} />
						: <span class="tag">{t(`supervised_state.${item.state}`)}</span>}
					<p>{item.demand}</p></li>)}
			</Section>}
			{assists.length > 0 && <Section title={t("more.assists")}>
				{assists.map(one => <li key={one.task.id}>
					<strong>{departmentName(one.task.department)}</strong>{" "}
					<span class="tag">{t(`task_state.${one.task.state}`)}</span>{" "}
					{one.task.closed_at === null && <DueBadge due={one.task.due} start={one.task.dispatched_at} />}
					{one.reports.map(report => <p key={report.at}>{dateTime(report.at)} {report.text}
						{report.next_on && ` · ${t("more.next_on", { day: dateTime(report.next_on).slice(0, 10) })}`}</p>)}
					{one.delays.map(delay => <p key={delay.at} class="bad-word">{dateTime(delay.at)}{" "}
						{t("more.delay")} {delay.note}</p>)}</li>)}
			</Section>}
			{promises.length > 0 && <Section title={t("more.promises")}>
				{promises.map(one => <li key={one.seq}><span class="number">{dateTime(one.promise_on).slice(0, 10)}</span>{" "}
					<span class="tag">{tMaybe(`promise_state.${one.state}`) ?? one.state}</span> {one.note}</li>)}
			</Section>}
			{files.length > 0 && <Section title={t("more.files")}>
				{files.map(file => <li key={file.id}>
					<a href={fileAddress("/attachments/{id}", { id: file.id })} download={file.name}>{file.name}</a>{" "}
					<span class="number">{size(file.size)}</span>{" "}
					<span class="tag">{t(`file_kind.${file.kind}`)}</span></li>)}
			</Section>}
		</>}</Asked>
	);
}
