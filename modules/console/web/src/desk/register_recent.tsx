/* The newest appeals beside the form, so that a caller's "did you get it?" has an answer. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { api } from "../api/endpoints";
import type { Appeal } from "../api/types";
import { t } from "./words";
import { useLoaded } from "../lib/load";
import { dateTime } from "../lib/time";
import { DueBadge, DueBar } from "../parts/due";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { departmentName } from "../state/reference";

const shown = 30;

function Recent({ appeal }: { appeal: Appeal }): JSX.Element {
	const lead = appeal.tasks.find(task => task.role === "lead");
	const running = lead && (lead.state === "awaiting_sign" || lead.state === "in_hand");
	return (
		<li class="row row-still">
			<span class="row-line">
				<strong class="row-title">{appeal.title}</strong>
				{running ? <DueBadge due={lead.due} start={appeal.received_at} />
					: <span class="tag">{t(`appeal_state.${appeal.state}`)}</span>}
			</span>
			<span class="row-line row-note">
				<span>{lead ? `${departmentName(lead.department)} · ${t(`task_state.${lead.state}`)}`
					: t("expected.dispatcher")}</span>
				<span class="number" title={dateTime(appeal.received_at)}>{appeal.id}</span>
			</span>
			{running && <DueBar due={lead.due} start={appeal.received_at} />}
		</li>
	);
}

export function RecentCard({ newest }: { newest: string }): JSX.Element {
	const { value, error, reload } = useLoaded(() => api.appeals(null, shown), "recent");
	useEffect(() => {
		if (newest)
			void reload();
	}, [newest]);
	const items = [...value?.items ?? []].sort((a, b) =>
		Date.parse(b.received_at) - Date.parse(a.received_at));
	return (
		<section class="card recent" aria-labelledby="recent-title">
			<div class="card-head"><h2 id="recent-title">{t("recent.title")}</h2></div>
			<div class="card-scroll" tabIndex={0} role="group" aria-labelledby="recent-title">
				{error !== null && <ProblemNotice error={error} onRetry={() => void reload()} />}
				{!value && error === null && <Skeleton />}
				{value && items.length === 0
					&& <Empty title={t("recent.empty")} next={t("recent.empty_next")} />}
				<ul class="rows">{items.map(appeal => <Recent key={appeal.id} appeal={appeal} />)}</ul>
			</div>
		</section>
	);
}
