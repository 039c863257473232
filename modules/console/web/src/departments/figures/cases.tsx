/*
 * The cases behind one number of the own month. The list is read to its end, and the head says
 * whether its length is the number. While the preview is open to objections, cases are marked and
 * objected to from here.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read } from "../../api/ask";
import type { Report, ReportRow, ReportTask } from "../../api/types";
import { t } from "./words";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Dialog } from "../../parts/dialog";
import { ActionForm } from "../../parts/form";
import { Asked, Tabs } from "../../parts/page";
import { say } from "../../parts/toast";
import { now } from "../../state/clock";
import type { Shown } from "./figures";
import { count, named, percent, rateOf } from "./measures";

const pageLimit = 200;
const pagesMost = 50;

async function casesOf(period: string, department: string, { measure, part }: Shown) {
	const items: ReportTask[] = [];
	let cursor: string | null = null;
	for (let page = 0; page < pagesMost && (page === 0 || cursor !== null); page++) {
		const answer: { items: ReportTask[]; next_cursor: string | null } = await read("/reports/{period}/tasks", {
			path: { period }, query: { department, measure, part, limit: pageLimit,
				...cursor === null ? {} : { cursor } } });
		items.push(...answer.items);
		cursor = answer.next_cursor;
	}
	return { items, ended: cursor === null };
}

/** Until the end of the day that the month's life names; null when it is not or no longer possible. */
function objectionsUntil(report: Report): string | null {
	const until = report.life?.objections_until ?? null;
	return report.state === "preview" && until !== null && now.value <= Date.parse(until) ? until : null;
}

function ObjectionForm({ report, shown, marked, onSent }: {
	report: Report;
	shown: Shown;
	marked: readonly string[];
	onSent: (task: string) => void;
}): JSX.Element {
	async function send(text: string) {
		for (const task of marked) {
			await ask.post("/reports/{period}/objections", { path: { period: report.period },
				body: { task, measure: shown.measure, text } });
			onSent(task);
		}
		say(t("objections.sent", { n: marked.length }));
	}
	return (
		<ActionForm id="objection" title={t("objections.act")} keepAs={report.period}
			submit={t("objections.submit", { n: marked.length })} initial={{}}
			fields={[{ name: "text", kind: "lines", rows: 3, label: t("objections.reason"), required: true, max: 2000 }]}
			consequence={() => t("objections.consequence")}
			onSubmit={values => send(String(values.text).trim())} />
	);
}

export function FigureDrawer({ report, row, shown, onPart, onClose }: {
	report: Report;
	row: ReportRow;
	shown: Shown;
	onPart: (part: Shown["part"]) => void;
	onClose: () => void;
}): JSX.Element {
	const { measure, part } = shown;
	const value = row.measures[measure];
	const rate = rateOf(value);
	const expected = rate === null ? Number(value) : rate[part];
	const [marked, setMarked] = useState<readonly string[]>([]);
	const loaded = useLoaded(() => casesOf(report.period, row.department, shown), `${report.period} ${measure} ${part}`);
	const until = objectionsUntil(report);
	const toggle = (task: string) => setMarked(old => old.includes(task)
		? old.filter(one => one !== task) : [...old, task]);
	return (
		<Dialog id="figure" kind="drawer" title={named.t(`measure.${measure}`)} onClose={onClose}>
			<div class="drawer-summary">
				{rate && <strong class="drawer-rate">{percent(rate)}</strong>}
				<p class="hint">{named.t(`definition.${measure}`)}</p>
				{rate && <Tabs label={t("figures.part")} chosen={part} onChoose={onPart}
					tabs={(["num", "den"] as const).map(key => ({ key, label: t(`part.${key}`), count: rate[key] }))} />}
			</div>
			<div class="card-scroll drawer-body" tabIndex={0} role="group" aria-label={named.t(`measure.${measure}`)}>
				<Asked loaded={loaded}>{({ items, ended }) => <>
					<p class="drawer-count drawer-check" role="status" data-listed={items.length} data-expected={expected}
						data-ended={ended}>{t("figures.listed", { n: count(items.length), expected: count(expected) })}{" "}
						{items.length === expected ? <b class="good-word">✓ {t("figures.equal")}</b>
							: <b class="bad-word">✕ {t("figures.unequal")}</b>}</p>
					{items.length === 0 && <p class="empty">{t("figures.none_behind")}</p>}
					<ul class="cases">{items.map((one, at) => (
						<li key={`${one.task} ${at}`} data-task={one.task}>
							{until !== null && <label class="case-mark"><input type="checkbox" checked={marked.includes(one.task)}
								aria-label={t("objections.mark", { task: one.task })} onChange={() => toggle(one.task)} /></label>}
							<div><a class="number" href={href(["inbox", one.task])}>{one.appeal}</a> <strong>{one.title}</strong>
								<small><b>{named.tMaybe(`why.${one.why}`) ?? one.why}</b>
									{one.due && ` · ${t("figures.due", { at: dateTime(one.due) })}`}
									{one.closed_at && ` · ${t("figures.closed", { at: dateTime(one.closed_at) })}`}
									{one.last_answer && ` · ${t(`level.${one.last_answer}`)}`}</small></div>
						</li>
					))}</ul>
				</>}</Asked>
			</div>
			{until === null ? report.state === "preview" && <p class="consequence">{t("objections.over")}</p>
				: marked.length === 0 ? <p class="consequence">{t("objections.hint", { until: dateTime(until) })}</p>
					: <ObjectionForm report={report} shown={shown} marked={marked}
						onSent={task => setMarked(old => old.filter(one => one !== task))} />}
		</Dialog>
	);
}
