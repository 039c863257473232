/* How long the answers to hand-overs between 110 and the hotline took: spans, in both directions. */
import type { JSX } from "preact";
import { read, type AnswerOf } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { Asked, Card } from "../../parts/page";
import { count } from "../figure_words";
import { firstDay, shifted } from "../period";
import type { PageProps } from "../view";
import { t } from "./words";

type Figures = AnswerOf<"get", "/exchange/figures">;
type Side = Figures["ours"];

function SideCard({ name, side }: { name: "theirs" | "ours"; side: Side }): JSX.Element {
	const spans = Object.entries(side.sign_for);
	return (
		<Card id={`exchange-${name}`} title={t(`exchange.${name}`)} count={side.answered}>
			<table class="table">
				<caption class="unseen">{t(`exchange.${name}`)}</caption>
				<thead><tr><th scope="col">{t("exchange.span")}</th><th scope="col"><span class="unseen">{t("report.share")}</span></th>
					<th scope="col" class="number">{t("exchange.answers")}</th></tr></thead>
				<tbody>{spans.map(([span, n]) => (
					<tr key={span}>
						<th scope="row">{span.replace(" s", ` ${t("exchange.seconds")}`)}</th>
						<td class="exchange-bar"><span class="breakdown-bar"><i style={{ width: `${side.answered
							? n / side.answered * 100 : 0}%` }} /></span></td>
						<td class="number">{count(n)}</td>
					</tr>
				))}</tbody>
			</table>
			<p class="padded hint">{(["in_time", "refused", "arrived"] as const).map(key =>
				`${t(`exchange.${key}`)} ${count(side[key])}`).join(" · ")}</p>
		</Card>
	);
}

export function ExchangeFigures({ view: { period: month } }: PageProps): JSX.Element {
	const since = `${firstDay(month)}T00:00:00+08:00`;
	const until = `${firstDay(shifted(month, 1))}T00:00:00+08:00`;
	const loaded = useLoaded(() => read("/exchange/figures", { query: { since, until } }), month);
	return (
		<Asked loaded={loaded}>{figures => <>
			<p class="hint">{t("exchange.how")}</p>
			<div class="cards-2">
				<SideCard name="theirs" side={figures.theirs} />
				<SideCard name="ours" side={figures.ours} />
			</div>
		</>}</Asked>
	);
}
