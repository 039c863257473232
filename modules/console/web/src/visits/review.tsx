/*
 * Review: what the citizen asked beside what the department answers, against the checklist; pass it
 * or send it back. What was passed can be had done again once, and what ought not to count can be
 * put before a supervisor.
 */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import { api } from "../api/endpoints";
import type { FullTask, HistoryEvent } from "../api/types";
import { t } from "./words";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue, dateTime } from "../lib/time";
import { Acts, type ActChoice } from "../parts/acts";
import { Button } from "../parts/button";
import { ConflictNotice } from "../parts/conflict";
import { DueBadge } from "../parts/due";
import { TextField } from "../parts/field";
import { ActionForm } from "../parts/form";
import { History } from "../parts/history";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { Asked, Tabs } from "../parts/page";
import { Facts, TaskText } from "../parts/task_text";
import { say } from "../parts/toast";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { useGrounds } from "../state/grounds";
import { departmentName } from "../state/reference";
import { useOpenTask, type OpenTask } from "../state/open_task";

function Row({ task }: { task: FullTask }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{task.title}</strong>
				<DueBadge due={task.redo_due ?? task.due} start={task.dispatched_at} />
			</span>
			<span class="row-line row-note">
				<span>{departmentName(task.department)}</span>
				<span class="number">{task.appeal}</span>
			</span>
		</>
	);
}

function Submission({ task }: { task: FullTask }): JSX.Element {
	return (
		<div class="submission">
			<Facts facts={[
				[t("complete.result"), task.result && t(`result.${task.result}`)],
				[t("review.submitted_at"), dateTime(task.submitted_at)],
				[t("review.legal_basis"), task.legal_basis],
			]} />
			<p class="citizen-text">{task.reply}</p>
		</div>
	);
}

type Need = Schemas["ChecklistRow"]["needs"][number];

/** Whether the task shows what a line of the checklist asks for. */
function isShown(need: Need, task: FullTask, history: readonly HistoryEvent[], files: number): boolean {
	switch (need) {
	case "reply": return Boolean(task.reply);
	case "contact": return task.contacted_at !== null;
	case "reached": return history.some(event => event.type === "task.contacted"
		&& event.task === task.id && event.data.outcome === "reached");
	case "legal_basis": return Boolean(task.legal_basis);
	default: return files > 0;
	}
}

/** What the checklist asks of this submission: of all lines that fit it. */
function Checklist({ task, history }: { task: FullTask; history: readonly HistoryEvent[] }) {
	const loaded = useLoaded(async () => ({ rows: (await read("/checklist")).items,
		files: (await read("/appeals/{id}/attachments", { path: { id: task.appeal } })).items.length }), task.id);
	const needsOf = (rows: readonly Schemas["ChecklistRow"][]) => [...new Set(rows.filter(row =>
		(row.content_class === null || row.content_class === task.content_class)
		&& (row.result === null || row.result === task.result)).flatMap(row => row.needs))];
	return (
		<section class="review-checklist" aria-label={t("checklist.title")}>
			<h3>{t("checklist.title")}</h3>
			<Asked loaded={loaded}>{value => <ul>{needsOf(value.rows).map(need => {
				const shown = isShown(need, task, history, value.files);
				return <li key={need} class={shown ? "shown" : "missing"}>
					<b aria-hidden="true">{shown ? "✓" : "✗"}</b> {t(`need.${need}`)}{" "}
					<span>{shown ? t("checklist.shown") : t("checklist.missing")}</span></li>;
			})}</ul>}</Asked>
		</section>
	);
}

function useExclude(task: FullTask, tag: string): ActChoice {
	const grounds = useGrounds("exclusion");
	return {
		id: "exclude", keys: "g", label: t("review.exclude"),
		fields: [{ kind: "select", name: "ground", label: t("review.ground"), required: true,
			options: [{ value: "", label: t("review.choose") }, ...grounds] },
		{ kind: "lines", name: "evidence", label: t("review.evidence"), required: true, max: 2000 }],
		consequence: () => t("review.exclude_leads"), done: t("review.exclude_done"),
		run: values => ask.post("/tasks/{id}/exclude", { path: { id: task.id }, etag: tag, body: {
			ground: String(values.ground), evidence: String(values.evidence).trim() } }),
	};
}

function ExcludeForm({ task, tag, onDone, onStale, onCancel }: {
	task: FullTask;
	tag: string;
	onDone: () => void;
	onStale: () => void;
	onCancel: () => void;
}): JSX.Element {
	const { run, ...act } = useExclude(task, tag);
	return <ActionForm id={act.id} title={act.label} keepAs={task.id} fields={act.fields ?? []} initial={{}}
		consequence={act.consequence} submit={act.label} onSubmit={run} onCancel={onCancel} onStale={onStale}
		onDone={() => { say(t("review.exclude_done")); onDone(); }} />;
}

/** What is left to do once it has passed: have it done again, or ask to leave it out. */
function Passed({ task, tag, onDone, onStale }: {
	task: FullTask;
	tag: string;
	onDone: () => void;
	onStale: () => void;
}): JSX.Element {
	const exclude = useExclude(task, tag);
	const redo: ActChoice = {
		id: "redo", keys: "o", label: t("review.redo"), kind: "danger",
		fields: [{ kind: "lines", name: "reason", label: t("review.redo_reason"), required: true, max: 2000 }],
		consequence: () => t("review.redo_leads", { department: departmentName(task.department) }),
		done: t("review.redo_done"),
		run: values => ask.post("/tasks/{id}/redo", { path: { id: task.id }, etag: tag,
			body: { reason: String(values.reason).trim() } }),
	};
	const mayRedo = (task.state === "closed" || task.state === "visited") && task.round === 1;
	const mayExclude = !task.exclusion_asked && !task.excluded_at;
	return <Acts of={task.id} acts={[...mayRedo ? [redo] : [], ...mayExclude ? [exclude] : []]}
		line={task.excluded_at ? t("review.excluded") : task.exclusion_asked ? t("review.exclusion_waits")
			: mayRedo ? "" : t("inbox.nothing_to_do", { state: t(`task_state.${task.state}`) })}
		onDone={onDone} onStale={onStale} />;
}

function Decision({ task, open, onDone, onExclude }: {
	task: FullTask;
	open: OpenTask;
	onDone: () => void;
	onExclude: () => void;
}) {
	const [form, change, forget] = useKept(`review ${task.id}`, { reason: "" });
	const [missing, setMissing] = useState(false);
	const input = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
	async function decide(pass: boolean) {
		const reason = form.reason.trim();
		if (!pass && !reason) {
			setMissing(true);
			input.current?.focus();
		} else if (await open.act("review", { pass, ...reason ? { reason } : {} })) {
			forget();
			onDone();
		}
	}
	useShortcuts([
		{ keys: "Ctrl+Enter", label: t("review.pass"), run: () => void decide(true) },
		{ keys: "Alt+r", label: t("review.refuse"), run: () => void decide(false) },
		{ keys: "Alt+g", label: t("review.exclude"), run: onExclude },
	]);
	return (
		<form class="action-form" aria-label={t("review.form")}
			onSubmit={event => event.preventDefault()}>
			<TextField id="review-reason" label={t("review.reason")} value={form.reason} rows={2}
				inputRef={input}
				error={missing && !form.reason.trim() ? t("review.reason_needed") : undefined}
				onInput={reason => change({ reason })} />
			<div class="form-foot">
				<span class="consequence">{t("review.consequence")}</span>
				<Button keys="Alt+g" onClick={onExclude}>{t("review.exclude")}</Button>
				<Button kind="danger" keys="Alt+r" busy={open.busy} onClick={() => void decide(false)}>
					{t("review.refuse")}</Button>
				<Button kind="primary" keys="Ctrl+Enter" busy={open.busy} onClick={() => void decide(true)}>
					{t("review.pass")}</Button>
			</div>
		</form>
	);
}

function Detail({ id, pending, onDone }: { id: string; pending: boolean; onDone: () => void }): JSX.Element {
	const open = useOpenTask(id);
	const [excluding, setExcluding] = useState(false);
	if (open.opened === null) {
		return <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} />
			: <Skeleton />}</section>;
	}
	const { task, history, tag } = open.opened;
	const again = () => { setExcluding(false); void open.reload(); onDone(); };
	return (
		<>
			<section class="card detail" aria-label={t("task.detail")}>
				<Presence appeal={task.appeal} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.detail")}>
					{pending && open.conflict && <ConflictNotice changes={open.conflict} />}
					<TaskText task={task} />
					<h3>{t("review.submission")}</h3>
					<Submission task={task} />
					<Checklist key={`${task.id} ${task.version}`} task={task} history={history} />
				</div>
				{open.failure !== null && <ProblemNotice error={open.failure} />}
				{task.state !== "review_pending"
					? <Passed key={id} task={task} tag={tag} onDone={again} onStale={() => void open.reload()} />
					: excluding ? <ExcludeForm task={task} tag={tag} onDone={again}
						onStale={() => void open.reload()} onCancel={() => setExcluding(false)} />
						: <Decision key={id} task={task} open={open} onDone={onDone}
							onExclude={() => setExcluding(true)} />}
			</section>
			<section class="card context" aria-label={t("history.title")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("history.title")}>
					<h2>{t("history.title")}</h2>
					<History events={history} />
				</div>
			</section>
		</>
	);
}

type Tab = "pending" | "passed";

const load: Record<Tab, () => Promise<FullTask[]>> = {
	pending: async () => (await api.tasks("review_pending")).items,
	passed: async () => (await Promise.all([api.tasks("closed"), api.tasks("visited")]))
		.flatMap(page => page.items),
};

/** A tab stands in the address before the task: #/review/passed/ID. */
export function ReviewScreen({ title }: { title: string }): JSX.Element {
	const [, first, second] = route.value.path;
	const tab: Tab = first === "passed" ? "passed" : "pending";
	const asked = tab === "passed" ? second : first;
	const list = useWorklist(load[tab], tab, tab === "pending" ? "review" : null);
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		byDue(a.due, b.due) || a.id.localeCompare(b.id)), [list.value]);
	const selected = asked ?? items[0]?.id ?? null;
	const select = (id: string) => go(href(tab === "passed" ? ["review", tab, id] : ["review", id]), true);
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={t("review.list")} list={list} items={items} selected={selected}
				head={<Tabs<Tab> label={t("review.list")} chosen={tab}
					onChoose={one => go(href(one === "passed" ? ["review", one] : ["review"]), true)}
					tabs={(["pending", "passed"] as const).map(key => ({ key, label: t(`review.${key}`) }))} />}
				onSelect={select} empty={t("review.empty")} emptyNext={t("review.empty_next")}
				row={task => <Row task={task} />} />
			{selected !== null
				? <Detail key={selected} id={selected} pending={tab === "pending"}
					onDone={() => { select(selected); void list.reload(); }} />
				: <NothingOpen list={list} title={t("task.none")} next={t("task.none_next")} />}
		</>
	);
}
