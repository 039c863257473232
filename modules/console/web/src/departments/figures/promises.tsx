/* What the department promised for days of the month, and what became of it; each number opens its list. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { read } from "../../api/ask";
import { t, tMaybe } from "./words";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Asked, Card, Listed, Tabs } from "../../parts/page";
import { Table } from "../../parts/table";

const states = ["made", "kept", "broken", "due", "pending", "lapsed"] as const;
type State = typeof states[number];
const none = { made: 0, kept: 0, broken: 0, due: 0, pending: 0, lapsed: 0, kept_rate: { num: 0, den: 0 } };

export function Promises({ month, unit }: { month: string; unit: string }): JSX.Element {
	const [state, setState] = useState<State>("made");
	const figures = useLoaded(async () => (await read("/promises/figures", { query: { period: month } }))
		.items.find(one => one.department === unit) ?? none, month);
	const list = usePaged(cursor => read("/promises", { query: { period: month, limit: 100,
		...state === "made" ? {} : { state }, ...cursor === null ? {} : { cursor } } }), `${month} ${state}`);
	return (
		<Card id="promises" title={t("figures.view_promises")} aside={<Asked loaded={figures}>{({ kept_rate: { num, den } }) =>
			<span>{t("promises.rate")} <strong>{den === 0 ? "—" : t("figures.of", { num, den })}</strong></span>}</Asked>}>
			<Asked loaded={figures}>{found => <Tabs label={t("figures.view_promises")} chosen={state} onChoose={setState}
				tabs={states.map(key => ({ key, label: tMaybe(`promise_state.${key}`) ?? key, count: found[key] }))} />}</Asked>
			<Listed list={list} empty={t("promises.none")} emptyNext={t("promises.none_next")}>{items =>
				<Table caption={t("figures.view_promises")} rows={items} rowKey={one => `${one.task} ${one.seq}`} columns={[
					{ key: "task", head: t("objections.task"), cell: one =>
						<a href={href(["inbox", one.task])} class="number">{one.task}</a> },
					{ key: "day", head: t("promises.day"), cell: one => dateTime(one.promise_on).slice(0, 10) },
					{ key: "made", head: t("promises.made"), cell: one => dateTime(one.made_at) },
					{ key: "check", head: t("promises.check"), cell: one => dateTime(one.check_on).slice(0, 10) },
					{ key: "state", head: t("batch.outcome"), cell: one => <>
						<span class={`tag ${one.state === "broken" ? "tag-red" : one.state === "due" ? "tag-amber" : ""}`}>
							{tMaybe(`promise_state.${one.state}`)}</span> {one.note}</> },
				]} />}</Listed>
		</Card>
	);
}
