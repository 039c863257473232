/* Problems of rules (制度废改立): raised from a task of the board, answered once by a leader. */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Docket } from "../parts/docket";
import { byWhom, given, lines, useList, word } from "../parts/described";
import { t } from "./words";

export function RuleProblems({ me }: { me: Me }): JSX.Element {
	const list = useList("/rule-problems");
	return (
		<Docket id="problems" title={t("rules.title")} list={list} rowKey={one => String(one.id)}
			empty={t("rules.empty")}
			columns={[
				[t("field.rule"), one => one.rule],
				[t("field.proposal"), one => word("proposal", one.proposal)],
				[t("field.problem"), one => one.problem, "clip"],
				[t("field.raised_at"), one => dateTime(one.made_at), "nowrap"],
				[t("field.state"), one => word("answer_state", one.state)],
				[t("appeal.id"), one => <a href={href(["appeals", one.appeal])}>{one.appeal}</a>, "aside"],
				[t("field.by"), one => one.made_by, "aside"],
				[t("rules.taken_up"), one => one.taken_up !== null && t(one.taken_up ? "answer.yes" : "answer.no"), "aside"],
				[t("field.answer"), one => one.answer, "aside"],
				[t("field.answered_by"), one => byWhom(one.answered_by, one.answered_at), "aside"],
			]}
			steps={one => [me.role === "leader" && one.state === "open" && { key: "a", name: "answer",
				label: t("step.answer_it"), primary: true, consequence: t("consequence.answer"),
				fields: [{ kind: "choice", name: "taken_up", label: t("rules.taken_up"), required: true,
					options: [{ value: "yes", label: t("answer.yes") }, { value: "no", label: t("answer.no") }] },
				lines("answer", t("field.answer"))],
				run: v => ask.post("/rule-problems/{id}/answer", { path: { id: one.id },
					body: { answer: given(v, "answer"), taken_up: given(v, "taken_up") === "yes" } }) }]} />
	);
}
