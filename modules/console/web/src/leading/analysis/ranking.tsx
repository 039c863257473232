/* Departments of a peer group side by side, where the district has ranking on: the news is who lies outside. */
import type { JSX } from "preact";
import { Problem } from "../../api/client";
import { read, type AnswerOf } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { Empty } from "../../parts/notice";
import { Asked, Card } from "../../parts/page";
import { Table } from "../../parts/table";
import { count, percent, rateWords } from "../figure_words";
import { nameThen } from "../names";
import { addressOf, type PageProps, type View } from "../view";
import { t, tMaybe } from "./words";

type Group = AnswerOf<"get", "/reports/{period}/ranking">["groups"][number];

function RankedGroup({ group, view }: { group: Group; view: View }): JSX.Element {
	const name = tMaybe(`peer_group.${group.peer_group}`) ?? group.peer_group;
	return (
		<Card id={`group-${group.peer_group}`} title={name} aside={<span>{rateWords(group.rate)}</span>}>
			<p class="padded hint">{group.outside.length === 0 ? t("ranking.all_inside", { n: group.inside })
				: t("ranking.outside", { inside: group.inside, names: group.outside.map(one =>
					`${nameThen(group.departments, one.department)}（${t(`ranking.${one.side}`)}）`).join(t("list.comma")) })}</p>
			<Table caption={name} rows={group.departments} rowKey={row => row.department}
				to={row => addressOf({ ...view, page: "", shown: { department: row.department, measure: "on_time",
					part: "missed" } })} columns={[
					{ key: "department", head: t("appeal.department"), cell: row => nameThen([row], row.department) },
					{ key: "rank", head: t("ranking.rank"), number: true, cell: row => row.rank
						?? (row.unranked ? t(`ranking.${row.unranked}`) : "—"), by: row => row.rank ?? 999 },
					{ key: "adjusted", head: t("ranking.adjusted"), number: true, cell: row => row.adjusted_rank ?? "—" },
					{ key: "pooled", head: t("ranking.pooled"), number: true, cell: row =>
						<>{rateWords(row.pooled)} <small>{count(row.pooled.num)} / {count(row.pooled.den)}</small></> },
					{ key: "limits", head: t("ranking.limits"), number: true, cell: row => `${row.limits.low} – ${row.limits.high}` },
					{ key: "adjusted-rate", head: t("ranking.adjusted_rate"), number: true, cell: row => percent(row.adjusted) },
					{ key: "exclusion", head: t("measure.exclusion"), number: true, cell: row => rateWords(row.exclusion) },
					{ key: "extension", head: t("measure.extension"), number: true, cell: row => rateWords(row.extension) },
				]} />
		</Card>
	);
}

export function Ranking({ view }: PageProps): JSX.Element {
	const loaded = useLoaded(() => read("/reports/{period}/ranking", { path: { period: view.period },
		query: { scope: view.scope } }), `${view.period} ${view.scope}`);
	const failure = loaded.error instanceof Problem ? loaded.error.code : null;
	if (failure === "ranking_off")
		return <section class="card"><Empty title={t("ranking.off")} next={t("ranking.off_next")} /></section>;
	if (failure === "month_not_frozen")
		return <section class="card"><Empty title={t("ranking.not_frozen")} next={t("ranking.not_frozen_next")} /></section>;
	return (
		<Asked loaded={loaded}>{ranking => <>
			<p class="hint">{t("ranking.how", { months: ranking.months.join(t("list.comma")), least: ranking.least })}</p>
			{ranking.groups.map(group => <RankedGroup key={group.peer_group} group={group} view={view} />)}
		</>}</Asked>
	);
}
