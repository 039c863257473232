/* What is due next in the whole district: three counters, and the rows behind them. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/ask";
import { unattended } from "../../api/client";
import { whenChanged } from "../../lib/changed";
import type { FullTask } from "../../api/types";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { byDue, urgencyOf, type Urgency } from "../../lib/time";
import { DueBadge, DueBar } from "../../parts/due";
import { Empty } from "../../parts/notice";
import { Asked } from "../../parts/page";
import { now } from "../../state/clock";
import { departmentName } from "../../state/reference";
import { t } from "../words";

const stages = ["late", "red", "amber"] as const;
const aheadMilliseconds = 5 * 24 * 3600 * 1000;
const pageLimit = 100;

/** A page of each state that a limit runs in, the earliest due first. */
async function dueNext(): Promise<{ tasks: FullTask[]; more: boolean }> {
	const due_before = new Date(now.peek() + aheadMilliseconds).toISOString();
	const pages = await Promise.all((["awaiting_sign", "in_hand", "return_requested"] as const).map(state =>
		read("/tasks", { query: { state, due_before, limit: pageLimit } })));
	return { tasks: pages.flatMap(page => page.items).sort((a, b) => byDue(a.due, b.due)),
		more: pages.some(page => page.next_cursor !== null) };
}

export function DeadlinesCard(): JSX.Element {
	const list = useLoaded(dueNext, "due");
	const [only, setOnly] = useState<Urgency | null>(null);
	useEffect(() => whenChanged(() => unattended(() => list.reload())), []);
	return (
		<section class="card deadlines" aria-labelledby="deadlines-title">
			<div class="card-head"><h2 id="deadlines-title">{t("desk.deadlines")}</h2>
				<span class="push-right row-note">{t("desk.deadlines_of")}</span></div>
			<Asked loaded={list}>{({ tasks, more }) => {
				const staged = tasks.map(task => ({ task, stage: urgencyOf(task.dispatched_at, task.due ?? "", now.value) }));
				const shown = staged.filter(one => only === null ? one.stage !== "calm" : one.stage === only);
				return (
					<>
						<div class="counters" role="group" aria-label={t("desk.deadlines")}>{stages.map(stage => {
							const n = staged.filter(one => one.stage === stage).length;
							return (
								<button key={stage} type="button" class={`counter counter-${stage}`} aria-pressed={only === stage}
									onClick={() => setOnly(only === stage ? null : stage)}>
									<b class="number">{n}{more && stage !== "late" ? "+" : ""}</b><span>{t(`desk.stage_${stage}`)}</span></button>
							);
						})}</div>
						<div class="card-scroll" tabIndex={0} role="group" aria-labelledby="deadlines-title">
							{shown.length === 0 && <Empty title={t("desk.deadlines_none")} next={t("desk.deadlines_none_next")} />}
							<ul class="rows">{shown.slice(0, 60).map(({ task }) => (
								<li key={task.id}><a class="row" href={href(["appeals", task.appeal])}>
									<span class="row-line"><strong>{task.title ?? task.appeal}</strong>
										<DueBadge due={task.due} start={task.dispatched_at} /></span>
									<span class="row-line row-note"><span>{departmentName(task.department)} · {t(`task_state.${task.state}`)}</span>
										<span class="number">{task.appeal.slice(2)}</span></span>
									<DueBar due={task.due} start={task.dispatched_at} />
								</a></li>
							))}</ul>
						</div>
					</>
				);
			}}</Asked>
		</section>
	);
}
