/* What a task is about: title, tags, where and when, and the citizen's own words. */
import type { ComponentChildren, JSX } from "preact";
import type { FullTask, Task } from "../api/types";
import { t } from "../i18n";
import { dateTime } from "../lib/time";
import { areaName, categoryPath, departmentName } from "../state/reference";

export function Facts({ facts }: { facts: [string, ComponentChildren][] }): JSX.Element {
	return (
		<dl class="facts">
			{facts.filter(([, value]) => value !== null && value !== undefined && value !== "")
				.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
		</dl>
	);
}

export function TaskTags({ task, urgent }: { task: Task; urgent: boolean }): JSX.Element {
	return (
		<span class="tags">
			<span class="tag tag-brand">{t(`task_state.${task.state}`)}</span>
			<span class="tag">{t(`limit_class.${task.limit_class}`)}</span>
			{task.role === "assist" && <span class="tag">{t("task.assist")}</span>}
			{urgent && <span class="tag tag-red">{t("appeal.urgent")}</span>}
			{task.round > 1 && <span class="tag tag-amber">{t("task.round", { n: task.round })}</span>}
		</span>
	);
}

export function TaskText({ task }: { task: FullTask }): JSX.Element {
	return (
		<>
			<div class="subject">
				<h2>{task.title}</h2>
				<TaskTags task={task} urgent={task.urgent} />
			</div>
			<Facts facts={[
				[t("appeal.id"), <span class="number">{task.appeal}</span>],
				[t("appeal.department"), departmentName(task.department)],
				[t("appeal.category"), categoryPath(task.category)],
				[t("appeal.area"), areaName(task.area)],
				[t("appeal.address"), task.address],
				[t("appeal.received_at"), dateTime(task.received_at)],
				[t("dispatch.advice"), task.advice],
			]} />
			<p class="citizen-text">{task.text}</p>
		</>
	);
}
