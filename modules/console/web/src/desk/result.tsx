/* What came of the registration: number, department and the deadlines to tell the caller. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Appeal, Task } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { DueBadge } from "../parts/due";
import { Icon } from "../parts/icons";
import { ProblemNotice } from "../parts/notice";
import { departmentName } from "../state/reference";
import { nextAppeal, type Submission, type Then } from "./submission";
import { t } from "./words";

function Deadline({ name, due, start }: { name: string; due: string | null; start: string }) {
	return (
		<div class="deadline">
			<span>{name}</span>
			<strong class="number">{dateTime(due)}</strong>
			{due && <DueBadge due={due} start={start} />}
		</div>
	);
}

function Dispatched({ task, start }: { task: Task; start: string }): JSX.Element {
	return (
		<div class="expected result-task">
			<div>
				<span class="expected-name">{t("expected.department")}</span>
				<strong>{departmentName(task.department)}</strong>
				<small>{t(`limit_class.${task.limit_class}`)}</small>
			</div>
			<Deadline name={t("limit.sign")} due={task.sign_due} start={start} />
			<Deadline name={t("limit.contact")} due={task.contact_due} start={start} />
			<Deadline name={t("limit.done")} due={task.due} start={start} />
		</div>
	);
}

function Told({ appeal, then }: { appeal: Appeal; then: Then }): JSX.Element {
	const live = appeal.tasks.filter(task => task.state === "awaiting_sign");
	if (then?.kind === "merge" && appeal.state === "merged")
		return <p class="hint">{t("desk.done_merge", { id: appeal.id, into: then.into })}</p>;
	if (appeal.state === "answered")
		return <p class="hint">{t("desk.done_answer", { id: appeal.id })}</p>;
	return (
		<>
			{live.map(task => <Dispatched key={task.id} task={task} start={appeal.received_at} />)}
			{live.length === 0 && <div class="expected"><div>
				<strong>{t("expected.dispatcher")}</strong><small>{t("result.accepted")}</small></div></div>}
			<p class="hint">{t("result.tell_caller")}</p>
		</>
	);
}

export function ResultCard({ state }: { state: Extract<Submission, { step: "done" | "queued" }> }): JSX.Element {
	const next = useRef<HTMLButtonElement>(null);
	useEffect(() => { next.current?.focus(); }, []);
	useShortcuts([{ keys: "Ctrl+Enter", label: t("register.next"), run: nextAppeal }]);
	const done = state.step === "done";
	return (
		<section class="intake-result" aria-labelledby="result-title">
			<div class="card-scroll padded result">
				<div class="result-head" role="status">
					<span class={`result-mark ${done ? "" : "result-waits"}`}><Icon name={done ? "check" : "refresh"} size={28} /></span>
					<div>
						<h2 id="result-title">{t(done ? "result.title" : "desk.queued")}</h2>
						{done && <p class="result-id number">{state.appeal.id}</p>}
					</div>
				</div>
				<p class="result-subject">{done ? state.appeal.title : state.title}</p>
				{done && state.failure !== null && <ProblemNotice error={state.failure} />}
				{done ? <Told appeal={state.appeal} then={state.then} /> : <p class="hint">{t("desk.queued_next")}</p>}
				{done && <p><a href={href(["appeals", state.appeal.id])}>{t("desk.open_whole")}</a></p>}
			</div>
			<div class="card-foot actions">
				<span class="consequence">{done && t("result.received", { at: dateTime(state.appeal.received_at) })}</span>
				<Button kind="primary" keys="Ctrl+Enter" buttonRef={next} onClick={nextAppeal}>{t("register.next")}</Button>
			</div>
		</section>
	);
}
