/* An appeal as a dispatcher or a visitor reads it: facts, masked caller, the citizen's words. */
import type { JSX } from "preact";
import type { Appeal } from "../api/types";
import { t } from "../i18n";
import { dateTime } from "../lib/time";
import { areaName, categoryPath, departmentName } from "../state/reference";
import { Facts } from "./task_text";

export function callerLine(appeal: Appeal): string {
	const caller = appeal.caller;
	if (!caller || caller.anonymous)
		return t("caller.anonymous");
	if (caller.erased)
		return t("caller.erased");
	return [caller.name, caller.phone, caller.id_number, caller.address].filter(Boolean).join(" · ");
}

export function AppealText({ appeal }: { appeal: Appeal }): JSX.Element {
	return (
		<>
			<div class="subject">
				<h2>{appeal.title}</h2>
				<span class="tags">
					<span class="tag tag-brand">{t(`appeal_state.${appeal.state}`)}</span>
					<span class="tag">{t(`content_class.${appeal.content_class}`)}</span>
					{appeal.urgent && <span class="tag tag-red">{t("appeal.urgent")}</span>}
					{appeal.caller?.secret && <span class="tag tag-amber">{t("caller.secret")}</span>}
				</span>
			</div>
			<Facts facts={[
				[t("appeal.id"), <span class="number">{appeal.id}</span>],
				[t("appeal.channel"), t(`channel.${appeal.channel}`)],
				[t("appeal.category"), categoryPath(appeal.category)],
				[t("appeal.area"), areaName(appeal.area)],
				[t("appeal.address"), appeal.address],
				[t("appeal.received_at"), dateTime(appeal.received_at)],
				[t("caller.caller"), callerLine(appeal)],
				[t("appeal.accused"), appeal.accused?.department
					? departmentName(appeal.accused.department) : null],
				[t("enterprise.name"), appeal.enterprise?.name],
			]} />
			<p class="citizen-text">{appeal.text}</p>
		</>
	);
}
