/* The running month: where it stands, between what it can end, and what that takes. */
import type { JSX } from "preact";
import { read, type AnswerOf } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { dateTime, timeLeft } from "../../lib/time";
import { Asked, Card } from "../../parts/page";
import { Table } from "../../parts/table";
import { now } from "../../state/clock";
import { departmentName } from "../../state/reference";
import { count, percent, rateWords } from "../figure_words";
import type { PageProps } from "../view";
import { t } from "./words";

type PilotAnswer = AnswerOf<"get", "/reports/{period}/pilot">;
type Outlook = PilotAnswer["on_time"];

/** From the worst to the best end, with a tick at today's rate and a line at the target. */
function Span({ outlook, target }: { outlook: Outlook; target: number }): JSX.Element {
	const at = (rate: Outlook["today"]) => rate.den ? rate.num / rate.den * 100 : 0;
	return (
		<svg class="span" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
			<rect class="meter-ground" width="100" height="8" />
			<rect class="meter-fill" x={at(outlook.worst)} width={Math.max(0.4, at(outlook.best) - at(outlook.worst))} height="8" />
			<rect class="meter-tick" x={at(outlook.today) - 0.2} width="0.4" height="8" />
			<rect class="span-target" x={target - 0.2} width="0.4" height="8" />
		</svg>
	);
}

function neededWords({ needed, best }: Outlook, target: number): string {
	return best.den === 0 ? t("report.no_base") : needed === null ? t("pilot.out_of_reach", { target })
		: needed === 0 ? t("pilot.safe", { target }) : t("pilot.needed", { n: count(needed), target });
}

function OutlookCard({ name, outlook, target }: {
	name: "on_time" | "completion";
	outlook: Outlook;
	target: number;
}): JSX.Element {
	return (
		<Card id={`pilot-${name}`} title={t(`measure.${name}`)}>
			<div class="padded pilot">
				<p class="pilot-needed">{neededWords(outlook, target)}</p>
				<Span outlook={outlook} target={target} />
				<dl class="pilot-facts">
					{(["today", "worst", "best"] as const).map(end => (
						<div key={end}><dt>{t(`pilot.${end}`)}</dt><dd><b>{rateWords(outlook[end])}</b>{" "}
							<small>{count(outlook[end].num)} / {count(outlook[end].den)}</small></dd></div>
					))}
					{(["maturing", "within_reach", "early"] as const).map(part => (
						<div key={part}><dt>{t(`pilot.${part}`)}</dt><dd><b>{count(outlook[part])}</b></dd></div>
					))}
				</dl>
			</div>
		</Card>
	);
}

function Shown({ pilot }: { pilot: PilotAnswer }): JSX.Element {
	const { target } = pilot;
	const ends = ({ worst, best }: Outlook) => worst.den + best.den === 0 ? "—"
		: `${worst.rate === null ? t("report.no_base") : percent(worst.rate)} – ${percent(best.rate)}`;
	return (
		<>
			<p class="hint">{t("pilot.promise", { at: dateTime(pilot.as_of), until: dateTime(pilot.until) })}</p>
			<div class="cards-2">
				{(["on_time", "completion"] as const).map(name =>
					<OutlookCard key={name} name={name} outlook={pilot[name]} target={target} />)}
			</div>
			<Card id="pilot-departments" title={t("pilot.departments")}>
				<Table caption={t("pilot.departments")} rows={pilot.departments} rowKey={row => row.department}
					columns={[
						{ key: "department", head: t("appeal.department"), cell: row => departmentName(row.department) },
						...(["on_time", "completion"] as const).flatMap(name => [
							{ key: `${name} today`, head: `${t(`measure.${name}`)} · ${t("pilot.today")}`, number: true,
								cell: (row: PilotAnswer["departments"][number]) => rateWords(row[name].today),
								by: (row: PilotAnswer["departments"][number]) => Number(row[name].today.rate ?? -1) },
							{ key: `${name} ends`, head: t("pilot.ends"), number: true,
								cell: (row: PilotAnswer["departments"][number]) => ends(row[name]) },
							{ key: `${name} needed`, head: t("pilot.still"), cell:
								(row: PilotAnswer["departments"][number]) => neededWords(row[name], target) },
						]),
					]} />
			</Card>
			<Card id="pilot-tasks" title={t("pilot.tasks")} count={pilot.tasks.length}>
				<Table caption={t("pilot.tasks")} rows={pilot.tasks} rowKey={task => task.task}
					to={task => href(["appeals", task.task.split("-")[0] ?? ""])} columns={[
						{ key: "task", head: t("appeal.id"), cell: task => task.task },
						{ key: "department", head: t("appeal.department"), cell: task => departmentName(task.department) },
						{ key: "state", head: t("cases.state"), cell: task => t(`task_state.${task.state}`) },
						{ key: "due", head: t("cases.due"), number: true, cell: task => dateTime(task.due) },
						{ key: "left", head: t("pilot.left"), cell: task => timeLeft(task.due, now.value) },
					]} />
			</Card>
		</>
	);
}

export function Pilot({ view }: PageProps): JSX.Element {
	const loaded = useLoaded(() => read("/reports/{period}/pilot", { path: { period: view.period },
		query: { scope: view.scope } }), `${view.period} ${view.scope}`);
	return <Asked loaded={loaded}>{pilot => <Shown pilot={pilot} />}</Asked>;
}
