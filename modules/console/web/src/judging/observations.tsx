/* What outside supervisors observe and suggest: they write their own, supervisors answer. */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Page } from "../parts/page";
import { Docket, Sections } from "../parts/docket";
import { byWhom, given, line, lines, options, orNull, useList, word } from "../parts/described";
import { Steps } from "../parts/steps";
import { rulingLinks } from "./links";
import { t } from "./words";

function Observations({ me }: { me: Me }): JSX.Element {
	const list = useList("/observations");
	return (
		<Docket id="observations" title={t("observations.title")} list={list} rowKey={one => String(one.id)}
			empty={t("observations.empty")}
			columns={[
				[t("field.number"), one => `№${one.id}`],
				[t("field.kind"), one => word("observation", one.kind)],
				[t("field.text"), one => one.text, "clip"],
				[t("appeal.id"), one => one.appeal && <a href={href(["appeals", one.appeal])}>{one.appeal}</a>, "nowrap"],
				[t("field.raised_at"), one => dateTime(one.made_at), "nowrap"],
				[t("field.state"), one => word("answer_state", one.state)],
				[t("field.by"), one => one.made_by, "aside"],
				[t("field.answer"), one => one.answer, "aside"],
				[t("field.answered_by"), one => byWhom(one.answered_by, one.answered_at), "aside"],
			]}
			steps={one => [me.role === "supervisor" && one.state === "open" && { key: "a", name: "answer",
				label: t("step.answer_it"), primary: true, fields: [lines("answer", t("field.answer"))],
				consequence: t("consequence.answer"),
				run: v => ask.post("/observations/{id}/answer", { path: { id: one.id }, body: { answer: given(v, "answer") } }) }]}>
			<Steps id="observations" keepAs="new" onDone={list.reload} steps={[
				me.role === "observer" && { key: "n", name: "write", label: t("observations.write"), primary: true, consequence: t("consequence.observation"),
					initial: { kind: "suggestion" },
					fields: [{ kind: "choice", name: "kind", label: t("field.kind"), required: true,
						options: options("observation", ["observation", "suggestion"]) },
					{ ...line("appeal", t("appeal.id")), when: v => v.kind === "observation" }, lines("text", t("field.text"))],
					run: v => ask.post("/observations", { body: { kind: given(v, "kind") as "suggestion",
						appeal: orNull(v, "appeal"), text: given(v, "text") } }) },
			]} />
		</Docket>
	);
}

export function ObservationsScreen({ me }: { me: Me; title: string }): JSX.Element {
	return (
		<Page title={t("observations.title")} line={t("observations.line")}>
			{me.role !== "observer" && <Sections label={t("rulings.title")} links={rulingLinks()} />}
			<Observations me={me} />
		</Page>
	);
}
