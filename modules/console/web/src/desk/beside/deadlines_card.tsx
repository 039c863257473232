/* What is due next in the whole district: three counters, and the rows behind them, as the board has them. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/ask";
import { unattended } from "../../api/client";
import { whenChanged } from "../../lib/changed";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { DueBadge, DueBar } from "../../parts/due";
import { Empty } from "../../parts/notice";
import { Asked } from "../../parts/page";
import { shares } from "../../lib/time";
import { departmentName } from "../../state/reference";
import { t } from "../words";
import { useHeld } from "./held";

/** The board's stages, and what the card calls them. */
const stages = { overdue: "late", red: "red", amber: "amber" } as const;
type Stage = keyof typeof stages;
const rowsShown = 60;

export function DeadlinesCard(): JSX.Element {
	const [only, setOnly] = useState<Stage | null>(null);
	const board = useLoaded(() => read("/board", { query: { limit: rowsShown, ...only && { stage: only } } }), `due ${only}`);
	useEffect(() => whenChanged(() => unattended(() => board.reload())), [only]);
	const { rows, pill, holding } = useHeld((board.value?.items ?? []).map(row => ({ ...row, id: row.task.id })), `${only}`);
	return (
		<section class="card deadlines" aria-labelledby="deadlines-title">
			<div class="card-head"><h2 id="deadlines-title">{t("desk.deadlines")}</h2>
				<span class="push-right row-note">{t("desk.deadlines_of")}</span></div>
			<Asked loaded={board}>{({ departments }) => (
				<>
					<div class="counters" role="group" aria-label={t("desk.deadlines")}>{(Object.keys(stages) as Stage[]).map(stage => (
						<button key={stage} type="button" class={`counter counter-${stages[stage]}`} aria-pressed={only === stage}
							onClick={() => setOnly(only === stage ? null : stage)}>
							<b class="number">{departments.reduce((sum, one) => sum + one[stage], 0)}</b>
							<span>{t(`desk.stage_${stages[stage]}`)}</span></button>
					))}</div>
					<div class="queue-body" {...holding}>{pill}<div class="card-scroll" tabIndex={0} role="group" aria-labelledby="deadlines-title">
						{rows.length === 0 && <Empty title={t("desk.deadlines_none")}
							next={t("desk.deadlines_none_next", { n: Math.round(shares.value.amber * 100) })} />}
						<ul class="rows">{rows.map(({ task, start, due, gone }) => (
							<li key={task.id} class={gone ? "row-gone" : ""}><a class="row" href={href(["appeals", task.appeal])}>
								<span class="row-line"><strong>{task.title ?? task.appeal}</strong>
									<DueBadge due={due} start={start} bare /></span>
								<span class="row-line row-note"><span>{departmentName(task.department)} · {t(`task_state.${task.state}`)}</span>
									<span class="number">{task.appeal.slice(2)}</span></span>
								<DueBar due={due} start={start} />
							</a></li>
						))}</ul>
					</div></div>
				</>
			)}</Asked>
		</section>
	);
}
