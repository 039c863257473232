/* What came of the registration: number, department and the three deadlines to tell the caller. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Appeal, Task } from "../api/types";
import { t } from "./words";
import { useShortcuts } from "../lib/keys";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { DueBadge } from "../parts/due";
import { Icon } from "../parts/icons";
import { departmentName } from "../state/reference";

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

export function ResultCard({ appeal, onNext }: { appeal: Appeal; onNext: () => void }): JSX.Element {
	const next = useRef<HTMLButtonElement>(null);
	useEffect(() => { next.current?.focus(); }, []);
	useShortcuts([{ keys: "Ctrl+Enter", label: t("register.next"), run: onNext }]);
	return (
		<section class="card intake" aria-labelledby="result-title">
			<div class="card-scroll padded result">
				<div class="result-head" role="status">
					<span class="result-mark"><Icon name="check" size={28} /></span>
					<div>
						<h2 id="result-title">{t("result.title")}</h2>
						<p class="result-id number">{appeal.id}</p>
					</div>
				</div>
				<p class="result-subject">{appeal.title}</p>
				{appeal.tasks.map(task =>
					<Dispatched key={task.id} task={task} start={appeal.received_at} />)}
				{appeal.tasks.length === 0 && <div class="expected"><div>
					<strong>{t("expected.dispatcher")}</strong>
					<small>{t("result.accepted")}</small></div></div>}
				<p class="hint">{t("result.tell_caller")}</p>
			</div>
			<div class="card-foot actions">
				<span class="consequence">{t("result.received", { at: dateTime(appeal.received_at) })}</span>
				<Button kind="primary" keys="Ctrl+Enter" buttonRef={next} onClick={onNext}>
					{t("register.next")}</Button>
			</div>
		</section>
	);
}
