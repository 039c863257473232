/* Three things to look at: what the rules found, in sentences, each a way to its cases. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Report, Scope } from "../api/types";
import { useLoaded } from "../lib/load";
import { Skeleton } from "../parts/notice";
import { categoryTop, topName } from "./classes";
import { count, percent } from "./figure_words";
import { readBehind } from "./behind";
import { nameThen } from "./names";
import { classBehind, threeThings, type ClassShare, type PeriodFigures, type Thing } from "./three_things";
import { addressOf, type View } from "./view";
import { t } from "./words";

function figuresOf(report: Report): PeriodFigures {
	return { period: report.period, total: report.total.measures,
		departments: new Map(report.departments.map(row => [row.department, row.measures])) };
}

/* Enough to say which class is behind a number; more would only make the page wait. */
const readMost = 600;

async function classOf(thing: Thing, now: string, before: string | null, scope: Scope):
	Promise<ClassShare | null> {
	const read = async (period: string) => (await readBehind(period, scope, thing, readMost)).items
		.map(task => categoryTop(task.category));
	return classBehind(await read(now), thing.kind === "fall" && before ? await read(before) : null);
}

function headline(thing: Thing, report: Report): string {
	const values = { name: nameThen(report.departments, thing.department), measure: t(`measure.${thing.measure}`),
		size: thing.size, rate: thing.rate === null ? "" : percent(String(thing.rate)), n: count(thing.count) };
	return t(`thing.${thing.kind}`, values);
}

function detail(thing: Thing, found: ClassShare | null | undefined): string {
	const first = thing.rate === null ? t("thing.share", { size: thing.size })
		: t("thing.cases", { rate: percent(String(thing.rate)), n: count(thing.count) });
	if (!found)
		return first;
	const values = { first, category: topName(found.category), n: count(found.count) };
	return found.more !== null && found.more > 0
		? t("thing.class_more", { ...values, more: count(found.more) })
		: t("thing.class", { ...values, share: Math.round(found.count / Math.max(1, thing.count) * 100) });
}

export function ReportThings({ view, report, before, ready, opens }: {
	view: View;
	report: Report;
	/** Nearest first. */
	before: readonly Report[];
	ready: boolean;
	/** The cases behind a number may be asked for. */
	opens: boolean;
}): JSX.Element {
	const things = useMemo(() => threeThings(figuresOf(report), before.map(figuresOf)), [report, before.length]);
	const key = `${ready} ${view.period} ${view.scope} ${things.map(({ kind, department }) => kind + department).join()}`;
	const classes = useLoaded(async () => ready && opens ? Promise.all(things.map(thing =>
		classOf(thing, view.period, before[0]?.period ?? null, view.scope).catch(() => null))) : [], key);
	return (
		<section class="card things" aria-labelledby="things-title">
			<div class="card-head">
				<h2 id="things-title">{t("thing.title")}</h2>
				{report.state !== "frozen" && <span class="tag">{t("trend.preliminary")}</span>}
			</div>
			{!ready ? <Skeleton rows={3} /> : things.length === 0 && <p class="empty">{t("thing.none")}</p>}
			<ol>
				{ready && things.map((thing, at) => {
					const found = classes.value?.[at];
					return (
						<li key={thing.kind}>
							<b class="thing-number" aria-hidden="true">{at + 1}</b>
							<div>
								<a data-thing={thing.kind} href={addressOf({ ...view, shown: { department: thing.department,
									measure: thing.measure, part: thing.part } })}>{headline(thing, report)}</a>
								<small>{detail(thing, found)}</small>
							</div>
						</li>
					);
				})}
			</ol>
			<details class="twin">
				<summary>{t("thing.rules")}</summary>
				<ol class="thing-rules">
					{(["run", "fall", "stock", "extension", "redo", "silence"] as const).map(kind =>
						<li key={kind}>{t(`thing_rule.${kind}`)}</li>)}
				</ol>
			</details>
		</section>
	);
}
