/*
 * Accountability: clues, items and who is in charge. Facts only; nothing is proposed by the
 * machine, and every act stands in the ledger as it was entered.
 */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Page } from "../parts/page";
import { departmentName } from "../state/reference";
import { ItemScreen } from "./accountability_item";
import { Docket, Sections } from "../parts/docket";
import { Leaders } from "./leaders";
import { departmentField, given, line, lines, orNull, useList, word } from "../parts/described";
import { Steps } from "../parts/steps";
import { decisionName } from "./accountability_acts";
import { accountabilityLinks } from "./links";
import { t } from "./words";

function Items({ me }: { me: Me }): JSX.Element {
	const list = useList("/accountability", { list: "items" });
	return (
		<Docket id="items" title={t("accountability.items")} list={list} rowKey={one => String(one.id)}
			empty={t("accountability.empty")} to={one => href(["accountability", String(one.id)])}
			columns={[
				[t("field.number"), one => `№${one.id}`, "nowrap"],
				[t("appeal.department"), one => departmentName(one.department)],
				[t("field.title"), one => "title" in one ? one.title : ""],
				[t("field.state"), one => "state" in one ? word("case_state", one.state) : ""],
				[t("field.source"), one => "source" in one ? word("case_source", one.source) : ""],
				[t("field.raised_at"), one => "raised_at" in one ? dateTime(one.raised_at) : "", "nowrap"],
				[t("act.decision"), one => one.decision ? decisionName(one.decision) : "·"],
			]}>
			<Steps id="items" keepAs="new" onDone={list.reload} steps={[
				me.role !== "department" && { key: "n", name: "clue", label: t("step.clue"), primary: true, consequence: t("consequence.clue"),
					fields: [departmentField(), line("task", t("field.task"), false), line("title", t("field.title")),
						lines("text", t("field.facts"))],
					run: async v => {
						const item = (await ask.post("/accountability", { body: { department: given(v, "department"),
							task: orNull(v, "task"), title: given(v, "title"), text: given(v, "text") } })).body;
						go(href(["accountability", String(item.id)]));
					} },
			]} />
		</Docket>
	);
}

/** What everybody may read: without a name, a task or a title, and only until its day. */
function Published(): JSX.Element {
	const list = useList("/accountability");
	return (
		<Docket id="published" title={t("accountability.published")} list={list} rowKey={one => String(one.id)}
			empty={t("accountability.none_published")} still
			columns={[
				[t("appeal.department"), one => departmentName(one.department)],
				[t("act.decision"), one => one.decision ? decisionName(one.decision) : "·"],
				[t("field.text"), one => "text" in one ? one.text : ""],
				[t("field.takedown_on"), one => dateTime(one.takedown_at), "nowrap"],
			]} />
	);
}

export function AccountabilityScreen({ me }: { me: Me; title: string }): JSX.Element {
	const at = route.value.path[1] ?? null;
	if (at !== null && /^\d+$/.test(at))
		return <ItemScreen key={at} me={me} id={at} />;
	return (
		<Page title={t("accountability.title")} line={t("accountability.line")}>
			{me.role !== "department" && <Sections label={t("accountability.title")} links={accountabilityLinks()} />}
			{at === "leaders" ? <Leaders me={me} /> : at === "published" ? <Published /> : <Items me={me} />}
		</Page>
	);
}
