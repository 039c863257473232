/* Why the catalogue placed an appeal nowhere, who has such matters elsewhere, and whom it may not go to. */
import type { JSX } from "preact";
import type { AnswerOf } from "../api/ask";
import type { Appeal } from "../api/types";
import { shortDateTime } from "../lib/time";
import { Notice } from "../parts/notice";
import { now } from "../state/clock";
import { areaName, categoryPath, departmentName } from "../state/reference";
import { t } from "./words";

export type Placement = AnswerOf<"get", "/appeals/{id}/dispatch">;

export function PlacementNotice({ appeal, said, onChoose }: {
	appeal: Appeal;
	said: Placement;
	onChoose: (department: string) => void;
}): JSX.Element {
	const barred = new Set(said.barred.map(one => one.department));
	const elsewhere = [...new Map(said.elsewhere.filter(one => !barred.has(one.department))
		.map(one => [one.department, one])).values()].slice(0, 4);
	const values = { version: said.catalogue_version, area: areaName(appeal.area),
		category: categoryPath(appeal.category), n: said.hand_overs,
		department: said.row ? departmentName(said.row.department) : "" };
	return (
		<Notice tone="warn"><div class="placement">
			<strong>{t(`placement.${said.reason ?? "placed"}`, values)}</strong>
			{said.ruling && <p>{t("placement.ruling")}</p>}
			{elsewhere.length > 0 && said.reason === "no_row" && (
				<p class="placement-elsewhere">{t("placement.elsewhere")}
					{elsewhere.map(one => <button type="button" class="button" key={one.department}
						onClick={() => onChoose(one.department)}>
						{areaName(one.area) || one.area} → {departmentName(one.department)}</button>)}</p>)}
			{said.barred.length > 0 && <p>{t("placement.barred")}{" "}
				{said.barred.map(one => `${departmentName(one.department)} (${t(`barred.${one.reason}`)})`)
					.join(t("list.comma"))}</p>}
		</div></Notice>
	);
}

/** Through whose hands an appeal has gone: each lead in turn, and how it ended there. */
export function HandOvers({ appeal }: { appeal: Appeal }): JSX.Element | null {
	const leads = appeal.tasks.filter(task => task.role === "lead");
	const returned = leads.filter(task => task.state === "returned");
	return leads.length === 0 ? null : (
		<section class="hand-overs" aria-label={t("hand_overs.title", { n: returned.length })}>
			<h3>{t("hand_overs.title", { n: returned.length })}</h3>
			<ol>{leads.map(task => (
				<li key={task.id} class={task.state === "returned" ? "gone" : ""}>
					<b>{departmentName(task.department)}</b>
					<span>{task.state === "returned" ? t("hand_overs.returned",
						{ at: shortDateTime(task.left_at, now.value) }) : t(`task_state.${task.state}`)}</span>
				</li>))}</ol>
		</section>
	);
}
