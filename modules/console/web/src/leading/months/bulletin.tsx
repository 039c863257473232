/*
 * The public figures of a published month, to print and to put up: rates by peer group with their
 * bases, small ones marked, what departments say, every correction, and how to recompute it.
 * Nothing in it is about a caller or a case.
 */
import type { JSX } from "preact";
import { api } from "../../api/endpoints";
import type { RateMeasure, Report, ReportRow } from "../../api/types";
import { useLoaded } from "../../lib/load";
import { href, route } from "../../lib/route";
import { dateTime, monthOf, monthTitle } from "../../lib/time";
import { Button } from "../../parts/button";
import { Empty } from "../../parts/notice";
import { Asked } from "../../parts/page";
import { usePrintedFoot } from "../../parts/print";
import { now } from "../../state/clock";
import { carriedOver, partCount, rateOf, smallBase, standingOf, type Measures } from "../figures";
import { count, noBaseWords, rateWords } from "../figure_words";
import { Corrections, Proof, Statements } from "./life";
import { countedLine } from "../period_words";
import { kindOf, shifted } from "../period";
import { nameThen } from "../names";
import { t, tMaybe } from "./words";

const published: readonly RateMeasure[] = ["on_time", "completion", "satisfaction", "satisfaction_strict",
	"visit_coverage"];

function Cells({ report, measures }: { report: Report; measures: Measures }): JSX.Element {
	return (
		<>
			{published.map(measure => {
				const rate = rateOf(measures, measure);
				const standing = standingOf(rate, report.target, measure);
				return (
					<td key={measure} class={`number value-${standing}`} data-measure={measure}>
						{rate.rate === null ? noBaseWords(measure) : <>{rateWords(rate)}
							{rate.den < smallBase ? <small> {t("bulletin.small")}</small>
								: <small> {count(rate.num)} / {count(rate.den)}</small>}</>}</td>
				);
			})}
			<td class="number">{count(carriedOver(measures))}</td>
			<td class="number">{count(partCount(measures, "overdue_stock", "num"))}</td>
		</>
	);
}

function Sheet({ report }: { report: Report }): JSX.Element {
	const groups = new Map<string, ReportRow[]>();
	for (const row of report.departments)
		groups.set(row.peer_group ?? "", [...groups.get(row.peer_group ?? "") ?? [], row]);
	const title = t("bulletin.title", { month: monthTitle(report.period) });
	usePrintedFoot(`${title} · ${countedLine(report)}`, true);
	return (
		<article class="bulletin">
			<div class="report-head">
				<div class="report-title"><h1>{title}</h1>
					<p>{countedLine(report)} {t("bulletin.published", { at: dateTime(report.life?.published_at) })}</p></div>
				<div class="downloads"><a class="button button-plain" href={href(["report", report.period])}>{t("action.back")}</a>
					<Button kind="primary" onClick={() => window.print()}>{t("report.print")}</Button></div>
			</div>
			<section class="card report-table">
				<div class="table-scroll" tabIndex={0} role="group" aria-label={title}>
					<table>
						<caption class="unseen">{title}</caption>
						<thead><tr><th scope="col">{t("appeal.department")}</th>
							{published.map(measure => <th scope="col" key={measure}>{t(`measure.${measure}`)}</th>)}
							<th scope="col">{t("measure.carried")}</th><th scope="col">{t("measure.overdue_stock")}</th></tr></thead>
						<tbody><tr class="total"><th scope="row">{t("report.total")}</th>
							<Cells report={report} measures={report.total.measures} /></tr></tbody>
						{[...groups].map(([group, rows]) => (
							<tbody key={group}>
								<tr class="group-row"><th scope="rowgroup" colSpan={published.length + 3}>
									{tMaybe(`peer_group.${group}`) ?? group}</th></tr>
								{rows.map(row => (
									<tr key={row.department} data-department={row.department}><th scope="row">
										{nameThen(report.departments, row.department)}</th>
									<Cells report={report} measures={row.measures} /></tr>
								))}
							</tbody>
						))}
					</table>
				</div>
				<p class="padded hint">{t("bulletin.notes", { target: report.target, least: smallBase })}</p>
			</section>
			<Statements report={report} />
			<Corrections report={report} withTasks={false} />
			<Proof report={report} />
		</article>
	);
}

export function BulletinScreen(): JSX.Element {
	const asked = route.value.path[1] ?? "";
	const month = kindOf(asked) === "month" ? asked : shifted(monthOf(now.peek()), -1);
	const loaded = useLoaded(() => api.report(month, "all"), month);
	return (
		<div class="report">
			<Asked loaded={loaded}>{report => report.life?.published_at ? <Sheet report={report} />
				: <section class="card"><Empty title={t("bulletin.unpublished", { month: monthTitle(month) })}
					next={t("bulletin.unpublished_next")} /></section>}</Asked>
		</div>
	);
}
