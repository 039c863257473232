/*
 * The ping-pong meter: which two departments push matters to each other. Each pair is one row with
 * its two directions from a middle line: what was accepted solid, the rest of what was asked open.
 */
import type { ComponentChildren, JSX } from "preact";
import { read, type Schemas } from "../api/ask";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { monthOf, monthShifted, monthTitle, shortDateTime } from "../lib/time";
import { Button } from "../parts/button";
import { Empty } from "../parts/notice";
import { Asked, Card, Page } from "../parts/page";
import { Table, type Column } from "../parts/table";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { t } from "./words";

type Pair = Schemas["ReturnPair"];
type Return = Schemas["Return"];

interface Duel {
	a: string;
	b: string;
	/** From a to b, and back. */
	there: { asked: number; accepted: number };
	back: { asked: number; accepted: number };
}

const none = { asked: 0, accepted: 0 };

/** Both directions of two departments together, those who do it to each other first. */
export function duelsOf(pairs: readonly Pair[]): Duel[] {
	const duels = new Map<string, Duel>();
	for (const { from, to, asked, accepted } of pairs) {
		if (to === null)
			continue;
		const [a, b] = from < to ? [from, to] : [to, from];
		const duel = duels.get(`${a} ${b}`) ?? { a, b, there: none, back: none };
		duels.set(`${a} ${b}`, { ...duel, [from === a ? "there" : "back"]: { asked, accepted } });
	}
	const both = (duel: Duel) => Math.min(duel.there.asked, duel.back.asked);
	return [...duels.values()].sort((x, y) => both(y) - both(x)
		|| y.there.asked + y.back.asked - x.there.asked - x.back.asked);
}

const [width, rowHeight, middle, reach, barHeight] = [760, 40, 380, 190, 14];

function Bar({ side, value, most }: { side: -1 | 1; value: Duel["there"]; most: number }): JSX.Element {
	const length = (n: number) => Math.round(n / most * reach);
	const box = (n: number) => ({ x: side < 0 ? middle - length(n) : middle, width: length(n),
		y: (rowHeight - barHeight) / 2, height: barHeight });
	return (
		<>
			<rect class="meter-asked" {...box(value.asked)} />
			<rect class="meter-accepted" {...box(value.accepted)} />
			<text class="meter-number" text-anchor={side < 0 ? "end" : "start"} y={rowHeight / 2 + 4}
				x={middle + side * (length(value.asked) + 6)}>{value.asked || ""}</text>
		</>
	);
}

function Meter({ duels }: { duels: readonly Duel[] }): JSX.Element {
	const most = Math.max(1, ...duels.flatMap(duel => [duel.there.asked, duel.back.asked]));
	return (
		<svg class="duels" viewBox={`0 0 ${width} ${duels.length * rowHeight}`} role="img"
			aria-label={t("pairs.meter")}>
			{duels.map((duel, at) => (
				<g key={`${duel.a} ${duel.b}`} transform={`translate(0 ${at * rowHeight})`}>
					<text class="meter-name" x={4} y={rowHeight / 2 + 4}>{departmentName(duel.a)}</text>
					<text class="meter-name" text-anchor="end" x={width - 4} y={rowHeight / 2 + 4}>
						{departmentName(duel.b)}</text>
					{/* to the right: a gave in favour of b */}
					<Bar side={1} value={duel.there} most={most} />
					<Bar side={-1} value={duel.back} most={most} />
					<line class="meter-middle" x1={middle} x2={middle} y1={4} y2={rowHeight - 4} />
				</g>
			))}
		</svg>
	);
}

const columns = (): Column<Pair>[] => [
	{ key: "from", head: t("pairs.from"), cell: row => departmentName(row.from), by: row => row.from },
	{ key: "to", head: t("pairs.to"), cell: row => row.to ? departmentName(row.to) : t("pairs.nobody"),
		by: row => row.to ?? "" },
	...(["asked", "accepted", "refused", "open"] as const).map(key => ({ key, head: t(`pairs.${key}`),
		cell: (row: Pair) => row[key], number: true, by: (row: Pair) => row[key] })),
];

/** Appeals that went through the most hands. */
function Travelled({ returns }: { returns: readonly Return[] }): JSX.Element {
	const most = [...new Map(returns.filter(one => one.hand_overs > 0).map(one =>
		[one.task.appeal, one])).values()].sort((a, b) => b.hand_overs - a.hand_overs).slice(0, 20);
	return (
		<Card id="travelled" title={t("pairs.travelled")} count={most.length}>
			{most.length === 0 ? <Empty title={t("pairs.none_travelled")} next={t("pairs.none_next")} />
				: <Table caption={t("pairs.travelled")} rows={most} rowKey={row => row.task.appeal}
					to={row => href(["appeals", row.task.appeal])} columns={[
						{ key: "appeal", head: t("appeal.id"), cell: row => row.task.appeal },
						{ key: "title", head: t("appeal.title"), cell: row => row.task.title },
						{ key: "n", head: t("pairs.hand_overs"), cell: row => row.hand_overs, number: true,
							by: row => row.hand_overs },
						{ key: "at", head: t("pairs.last"), cell: row => shortDateTime(row.asked_at, now.value) },
					]} />}
		</Card>
	);
}

export function PingPong({ title, head }: { title: string; head: ComponentChildren }): JSX.Element {
	const month = route.value.query.get("month") ?? monthOf(now.value);
	const pairs = useLoaded(() => read("/returns/pairs", { query: { since: `${month}-01T00:00:00+08:00`,
		until: `${monthShifted(month, 1)}-01T00:00:00+08:00` } }), month);
	const decided = useLoaded(() => read("/returns", { query: { state: "decided", limit: 200 } }), "decided");
	const show = (by: number) => go(href(["decisions", "pairs"], { month: monthShifted(month, by) }), true);
	return (
		<Page title={title} line={t("pairs.line")} acts={<>
			<Button onClick={() => show(-1)} label={t("pairs.before")}>←</Button>
			<strong class="month-shown">{monthTitle(month)}</strong>
			<Button onClick={() => show(1)} label={t("pairs.after")}>→</Button></>}>
			{head}
			<Card id="pairs" title={t("kind.pairs")}>
				<Asked loaded={pairs}>{({ items }) => items.length === 0
					? <Empty title={t("pairs.none")} next={t("pairs.none_next")} /> : <>
						<p class="meter-key"><i class="key-accepted" />{t("pairs.accepted")}
							<i class="key-asked" />{t("pairs.rest")}</p>
						<Meter duels={duelsOf(items)} />
						<Table caption={t("pairs.table")} shownCaption columns={columns()} rows={items}
							rowKey={row => `${row.from} ${row.to}`} /></>}</Asked>
			</Card>
			<Asked loaded={decided}>{({ items }) => <Travelled returns={items} />}</Asked>
		</Page>
	);
}
