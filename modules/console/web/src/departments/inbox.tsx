/* A department's inbox: its tasks by the time left of the next limit, and the work on one. */
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { api } from "../api/endpoints";
import type { FullTask, Task, TaskState } from "../api/types";
import { t } from "./words";
import { useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue } from "../lib/time";
import { ConflictNotice } from "../parts/conflict";
import { DueBadge, DueBar } from "../parts/due";
import { History } from "../parts/history";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { ReceiptPanel, runningLimits } from "../parts/receipt";
import { TaskText } from "../parts/task_text";
import { WorklistPane } from "../parts/worklist";
import { useOpenTask } from "../state/open_task";
import { TaskActionsBar } from "./inbox_actions";

const tabs = {
	todo: ["awaiting_sign", "in_hand", "return_requested"],
	review: ["review_pending"],
	done: ["closed", "visited"],
} as const satisfies Record<string, readonly TaskState[]>;

type Tab = keyof typeof tabs;

function isTab(text: string | null): text is Tab {
	return text !== null && text in tabs;
}

function nextDue(task: Task): string | null {
	const first = runningLimits(task)[0] ?? "done";
	const done = task.redo_due ?? task.due;
	return { sign: task.sign_due, contact: task.contact_due, done }[first] ?? done;
}

async function loadTab(tab: Tab): Promise<FullTask[]> {
	const pages = await Promise.all(tabs[tab].map(state => api.tasks(state)));
	return pages.flatMap(page => page.items);
}

function Row({ task, running }: { task: FullTask; running: boolean }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{task.title}</strong>
				{running ? <DueBadge due={nextDue(task)} start={task.dispatched_at} />
					: <span class="tag">{t(`task_state.${task.state}`)}</span>}
			</span>
			<span class="row-line row-note">
				<span>{running ? t("inbox.next", { limit: t(`limit.${runningLimits(task)[0] ?? "done"}`) })
					: t(`limit_class.${task.limit_class}`)}
				{task.urgent && <b class="urgent-word"> · {t("appeal.urgent")}</b>}</span>
				<span class="number">{task.appeal}</span>
			</span>
			{running && <DueBar due={nextDue(task)} start={task.dispatched_at} />}
		</>
	);
}

function Detail({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
	const open = useOpenTask(id);
	if (open.opened === null) {
		return <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} />
			: <Skeleton />}</section>;
	}
	const { task, history } = open.opened;
	return (
		<>
			<section class="card detail" aria-label={t("task.detail")}>
				<Presence appeal={task.appeal} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.detail")}>
					{open.conflict && <ConflictNotice changes={open.conflict} />}
					<TaskText task={task} />
				</div>
				{open.failure !== null && <ProblemNotice error={open.failure} />}
				<TaskActionsBar key={id} task={task} open={open} onDone={onDone} />
			</section>
			<section class="card context" aria-label={t("task.context")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.context")}>
					<h2>{t("receipt.title")}</h2>
					<ReceiptPanel task={task} />
					<h2>{t("history.title")}</h2>
					<History events={history} />
				</div>
			</section>
		</>
	);
}

export function InboxScreen({ title }: { title: string }): JSX.Element {
	const wanted = route.value.query.get("tab");
	const tab = isTab(wanted) ? wanted : "todo";
	const list = useWorklist(() => loadTab(tab), tab, tab === "todo" ? "inbox" : null);
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		byDue(nextDue(a), nextDue(b)) || a.id.localeCompare(b.id)), [list.value]);
	const chosen = route.value.path[1] ?? null;
	/* whatever stood open stays open when the list comes back in another order: a form in it would
	   be lost */
	const shown = useRef<string | null>(null);
	const open = items.find(one => one.id === shown.current) ?? items[0];
	const selected = chosen ?? open?.id ?? null;
	shown.current = selected;
	const select = (id: string) => go(href(["inbox", id], { tab }), true);

	const tabBar = (
		<div class="tabs" role="group" aria-label={t("inbox.tabs")}>
			{(Object.keys(tabs) as Tab[]).map(name => (
				<button type="button" key={name} class="tab" aria-pressed={name === tab}
					onClick={() => go(href(["inbox"], { tab: name }), true)}>{t(`inbox.tab_${name}`)}</button>
			))}
		</div>
	);
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={title} list={list} items={items} selected={selected}
				onSelect={select} head={tabBar} empty={t("inbox.empty")}
				emptyNext={t("inbox.empty_next")}
				row={task => <Row task={task} running={tab === "todo"} />} />
			{selected !== null ? <Detail id={selected}
				onDone={() => { select(selected); void list.reload(); }} />
				: <section class="card nothing"><Empty title={t("task.none")} next={t("task.none_next")} /></section>}
		</>
	);
}
