/* Hidden inspections (暗访): what speaks for one, each figure with its tasks, and the draw. */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import { useLoaded } from "../lib/load";
import { go, href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Behind } from "../parts/docket";
import { Asked, Card } from "../parts/page";
import { Empty } from "../parts/notice";
import { Table } from "../parts/table";
import { departmentName } from "../state/reference";
import { day, dayAhead, given, lines } from "../parts/described";
import { Steps } from "../parts/steps";
import { t } from "./words";

type Risk = Schemas["Risks"]["items"][number];

const figures = ["repeats", "dissatisfied", "returns", "redos"] as const;

function Figure({ figure }: { figure: Schemas["RiskFigure"] }): JSX.Element {
	return figure.count === 0 ? <>·</> : (
		<Behind count={figure.count}>{figure.tasks.map(task =>
			<a key={task} href={href(["warnings", task])}>{task}</a>)}</Behind>
	);
}

export function Inspections(): JSX.Element {
	const loaded = useLoaded(() => read("/supervised/risks"), "risks");
	return (
		<Card id="risks" title={t("inspections.risks")}>
			<p class="hint padded">{t("inspections.line")}</p>
			<Asked loaded={loaded}>{({ items }) => items.length === 0
				? <Empty title={t("inspections.empty")} next={t("docket.empty_next")} />
				: <Table caption={t("inspections.risks")} rows={items} rowKey={one => one.department} columns={[
					{ key: "department", head: t("appeal.department"), cell: one => departmentName(one.department) },
					{ key: "sum", head: t("inspections.sum"), number: true, by: one => -one.sum, cell: one => <b>{one.sum}</b> },
					...figures.map(name => ({ key: name, head: t(`risk.${name}`), number: true,
						cell: (one: Risk) => <Figure figure={one.figures[name]} /> })),
					{ key: "since", head: t("inspections.since"), cell: one =>
						`${dateTime(one.since).slice(0, 10)} – ${dateTime(one.until).slice(0, 10)}` },
				]} />}</Asked>
			<Steps id="draw" keepAs="draw" onDone={loaded.reload} steps={[
				{ key: "n", name: "draw", label: t("inspections.draw"), primary: true,
					fields: [{ kind: "text", name: "count", label: t("inspections.count"), required: true, max: 2,
						check: text => /^([1-9]|1\d|20)$/.test(text) ? null : t("inspections.count_form") },
					day("due", t("field.due")), lines("demand", t("field.demand"))],
					initial: { count: "1", due: dayAhead(5), demand: t("proposed.inspection") },
					consequence: t("consequence.draw"),
					run: async v => {
						await ask.post("/supervised/draw", { body: { count: Number(given(v, "count")),
							due: given(v, "due"), demand: given(v, "demand") } });
						go(href(["supervision"]));
					} },
			]} />
		</Card>
	);
}
