/* Review: what the citizen asked beside what the department answers; pass it or send it back. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api/endpoints";
import type { FullTask } from "../api/types";
import { t } from "./words";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue, dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { ConflictNotice } from "../parts/conflict";
import { DueBadge } from "../parts/due";
import { TextField } from "../parts/field";
import { History } from "../parts/history";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { Facts, TaskText } from "../parts/task_text";
import { WorklistPane } from "../parts/worklist";
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

function Decision({ task, open, onDone }: { task: FullTask; open: OpenTask; onDone: () => void }) {
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
				<Button kind="danger" keys="Alt+r" busy={open.busy} onClick={() => void decide(false)}>
					{t("review.refuse")}</Button>
				<Button kind="primary" keys="Ctrl+Enter" busy={open.busy} onClick={() => void decide(true)}>
					{t("review.pass")}</Button>
			</div>
		</form>
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
					<h3>{t("review.submission")}</h3>
					<Submission task={task} />
				</div>
				{open.failure !== null && <ProblemNotice error={open.failure} />}
				{task.state === "review_pending"
					? <Decision key={id} task={task} open={open} onDone={onDone} />
					: <div class="card-foot"><span class="consequence">
						{t("inbox.nothing_to_do", { state: t(`task_state.${task.state}`) })}</span></div>}
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

export function ReviewScreen({ title }: { title: string }): JSX.Element {
	const list = useWorklist(async () => (await api.tasks("review_pending")).items, "review",
		"review");
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		byDue(a.due, b.due) || a.id.localeCompare(b.id)), [list.value]);
	const selected = route.value.path[1] ?? items[0]?.id ?? null;
	const select = (id: string) => go(href(["review", id]), true);
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={t("review.list")} list={list} items={items} selected={selected}
				onSelect={select} empty={t("review.empty")} emptyNext={t("review.empty_next")}
				row={task => <Row task={task} />} />
			{selected !== null
				? <Detail id={selected} onDone={() => { select(selected); void list.reload(); }} />
				: <section class="card nothing"><Empty title={t("task.none")} next={t("task.none_next")} /></section>}
		</>
	);
}
