/*
 * One item of accountability: facts frozen at the left, what people said and decided at the
 * right, and the step that is theirs to take. The machine proposes no decision.
 */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { Asked, Card, Page } from "../parts/page";
import { departmentName } from "../state/reference";
import { Acts, Evidence, HeadFacts, type Act } from "./accountability_acts";
import { day, dayAhead, given, line, lines, options, orNull, several } from "../parts/described";
import { Steps, type MaybeStep } from "../parts/steps";
import { t } from "./words";

type Item = Schemas["AccountabilityItem"];

const decisions = ["no_action", "talk", "rectification", "inspection", "criticism", "to_appointing_body",
	"to_discipline"] as const satisfies readonly Schemas["DecisionKind"][];

function packedTasks(item: Item): string[] {
	return (item.acts as Act[]).flatMap(act => (act.tasks as { task: string }[] | undefined ?? []).map(one => one.task));
}

function stepsOf(me: Me, item: Item): MaybeStep[] {
	const path = { id: String(item.id) };
	const { state } = item;
	const may = (...roles: string[]) => roles.includes(me.role);
	return [
		state === "clue" && may("supervisor", "auditor") && { key: "e", name: "evidence", label: t("act.evidence"),
			primary: true, consequence: t("consequence.evidence"),
			fields: [{ ...line("tasks", t("field.tasks"), false), max: 600, kind: "text" },
				line("months", t("field.months"), false), day("statement_until", t("field.statement_until")),
				lines("note", t("field.note"), false)],
			initial: { tasks: item.task ?? "", statement_until: dayAhead(10) },
			run: v => ask.post("/accountability/{id}/evidence", { path, body: { tasks: several(v, "tasks"),
				months: several(v, "months"), statement_until: given(v, "statement_until"), note: orNull(v, "note") } }) },
		state === "evidence" && may("department") && { key: "s", name: "statement", label: t("act.statement"),
			primary: true, fields: [lines("text", t("field.statement"))],
			consequence: t("consequence.statement"),
			run: v => ask.post("/accountability/{id}/statement", { path, body: { text: given(v, "text") } }) },
		(state === "stated" || state === "evidence") && may("leader") && { key: "d", name: "decision",
			label: t("act.decision"), primary: true, confirm: path.id, consequence: t("consequence.decision"),
			fields: [{ kind: "select", name: "kind", label: t("field.decision"), required: true,
				options: [{ value: "", label: "—" }, ...options("decision", decisions)] },
			line("body", t("field.body")), lines("text", t("field.grounds")),
			...packedTasks(item).length > 0 ? [{ kind: "check", name: "fraud", label: t("field.fraud") } as const] : []],
			run: v => ask.post("/accountability/{id}/decision", { path, body: {
				kind: given(v, "kind") as "talk", body: given(v, "body"), text: given(v, "text"),
				...v.fraud === true ? { fraud: true, tasks: packedTasks(item) } : {} } }) },
		state === "decided" && may("supervisor", "leader") && { key: "p", name: "publication",
			label: t("act.publication"), primary: true, confirm: path.id,
			consequence: t("consequence.publication"),
			fields: [lines("text", t("field.published_text")), day("takedown_on", t("field.takedown_on"))],
			run: v => ask.post("/accountability/{id}/publication", { path, body: { text: given(v, "text"),
				takedown_on: given(v, "takedown_on") } }) },
	];
}

export function ItemScreen({ me, id }: { me: Me; id: string }): JSX.Element {
	const loaded = useLoaded(() => read("/accountability/{id}", { path: { id } }), id);
	return (
		<Asked loaded={loaded}>{item => (
			<Page title={`№${item.id} ${item.title}`} line={t("accountability.item_line", { who: departmentName(item.department) })}
				acts={<a class="button" href={href(["accountability"])}>{t("accountability.items")}</a>}>
				<div class="cards-2">
					<Card id="evidence" title={t("evidence.title")}>
						<div class="padded"><Evidence item={item} /></div>
					</Card>
					<Card id="acts" title={t("acts.title")} count={item.acts.length}>
						<div class="padded"><HeadFacts item={item} /><Acts item={item} /></div>
						<Steps id="case" keepAs={id} steps={stepsOf(me, item)}
							onDone={loaded.reload} onStale={() => void loaded.reload()} />
					</Card>
				</div>
			</Page>
		)}</Asked>
	);
}
