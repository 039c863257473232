/* Items of accountability about the department: what was found, until when it can say its word. */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../../api/ask";
import { t } from "./words";
import { useLoaded } from "../../lib/load";
import { usePaged } from "../../lib/paged";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { DueBadge } from "../../parts/due";
import { ActionForm } from "../../parts/form";
import { Asked, Card, Listed } from "../../parts/page";
import { Table } from "../../parts/table";
import { Facts } from "../../parts/task_text";
import { say } from "../../parts/toast";
import { language } from "../../state/prefs";

type Head = Schemas["AccountabilityHead"];

const decisionName = ({ decision }: Pick<Head, "decision">) =>
	decision && (language.value === "en" ? decision.name_en : decision.name);

function Item({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
	const loaded = useLoaded(() => read("/accountability/{id}", { path: { id } }), id);
	return (
		<Card id="item" title={t("accountability.item", { id })}>
			<Asked loaded={loaded}>{item => <div class="padded">
				<Facts facts={[
					[t("accountability.title"), item.title],
					[t("accountability.state"), t(`accountability.${item.state}`)],
					[t("accountability.source"), t(`accountability.by_${item.source}`)],
					[t("accountability.leader"), item.leader],
					[t("objections.task"), item.task && <a href={href(["inbox", item.task])} class="number">{item.task}</a>],
					[t("accountability.until"), item.statement_until && dateTime(item.statement_until)],
					[t("accountability.decision"), decisionName(item)],
				]} />
				<ol class="acts">{item.acts.map(act => (
					<li key={act.n}><span class="number">{dateTime(act.at)}</span> <strong>{t(`act.${act.act}`)}</strong>{" "}
						{act.by} {(act as { text?: string }).text}</li>
				))}</ol>
				{item.state === "evidence" && <ActionForm id="statement" title={t("accountability.say")} keepAs={id}
					submit={t("accountability.say")} initial={{}} consequence={() => t("accountability.consequence")}
					fields={[{ name: "text", kind: "lines", rows: 4, label: t("accountability.text"), required: true, max: 2000 }]}
					onSubmit={values => ask.post("/accountability/{id}/statement", { path: { id },
						body: { text: String(values.text).trim() } })}
					onDone={() => { say(t("accountability.said")); void loaded.reload(); onDone(); }} />}
			</div>}</Asked>
		</Card>
	);
}

export function Accountability({ item, onOpen }: { item: string | null; onOpen: (id: string) => void }) {
	const list = usePaged(async cursor => {
		const page = await read("/accountability", { query: { list: "items", limit: 100,
			...cursor === null ? {} : { cursor } } });
		return { items: page.items as Head[], next_cursor: page.next_cursor };
	}, "accountability");
	return (
		<>
			<Card id="accountability" title={t("figures.view_accountability")}>
				<Listed list={list} empty={t("accountability.none")} emptyNext={t("accountability.none_next")}>{items =>
					<Table caption={t("figures.view_accountability")} rows={items} rowKey={one => String(one.id)} current={item}
						onOpen={one => onOpen(String(one.id))} columns={[
							{ key: "title", head: t("accountability.title"), cell: one => one.title },
							{ key: "at", head: t("accountability.raised"), cell: one => dateTime(one.raised_at) },
							{ key: "state", head: t("accountability.state"), cell: one => <span class="tag">{t(`accountability.${one.state}`)}</span> },
							{ key: "until", head: t("accountability.until"), cell: one => one.state === "evidence"
								? <DueBadge due={one.statement_until} start={one.raised_at} /> : dateTime(one.statement_until) },
							{ key: "decision", head: t("accountability.decision"), cell: one => decisionName(one) ?? "—" },
						]} />}</Listed>
			</Card>
			{item !== null && <Item key={item} id={item} onDone={() => void list.reload()} />}
		</>
	);
}
