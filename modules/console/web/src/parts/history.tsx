/* The history of an appeal as a time line, newest first; unknown event types show by their name. */
import type { JSX } from "preact";
import type { HistoryEvent } from "../api/types";
import { words } from "../i18n";
import { shortDateTime } from "../lib/time";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";

const { t, tMaybe } = words(async () => (await import("../i18n/events_zh")).zh,
	async () => (await import("../i18n/events_en")).en);

function textOf(data: Record<string, unknown>, name: string): string | null {
	const value = data[name];
	return typeof value === "string" && value !== "" ? value : null;
}

/* By their fields, what the texts of their values begin with. */
const choices = [
	["result", "result"], ["outcome", "outcome"], ["channel", "contact_channel"], ["limit", "limit"],
	["solved", "solved"], ["attitude", "level"], ["colour", "rung"],
] as const;

/** The few members of an event that a person wants to read, in the order of their weight. */
function detailsOf(data: Record<string, unknown>): string[] {
	const details: string[] = [];
	const department = textOf(data, "department");
	if (department)
		details.push(departmentName(department));
	const chosen = choices.flatMap(([field, prefix]) => {
		const value = textOf(data, field);
		return value ? tMaybe(`${prefix}.${value}`) ?? tMaybe(`level.${value}`) ?? [] : [];
	});
	if (chosen.length > 0)
		details.push(chosen.join(" · "));
	for (const field of ["advice", "note", "text", "reply", "reason", "basis", "demand", "question", "answer",
		"legal_basis", "purpose"]) {
		const value = textOf(data, field);
		if (value)
			details.push(tMaybe(`visit_reason.${value}`) ?? tMaybe(`ground.${value}`) ?? value);
	}
	return details;
}

function toneOf(event: HistoryEvent): string {
	if (event.type === "task.overdue" || event.type === "task.card"
		|| event.type === "task.review_failed")
		return "bad";
	return event.type === "task.review_passed" ? "good" : "plain";
}

export function History({ events }: { events: readonly HistoryEvent[] }): JSX.Element {
	return (
		<ol class="history">
			{[...events].reverse().map(event => (
				<li key={event.seq} class={`history-${toneOf(event)}`}>
					<div class="history-head">
						<strong>{tMaybe(`event.${event.type}`) ?? event.type}</strong>
						<time dateTime={event.at}>{shortDateTime(event.at, now.value)}</time>
					</div>
					{detailsOf(event.data).map((text, index) => <p key={index}>{text}</p>)}
					{event.by.name && <small>{t("history.by", { who: event.by.name })}</small>}
				</li>
			))}
		</ol>
	);
}
