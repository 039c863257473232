/* Identities: holds until a day, and erasures, which one asks for and another person approves. */
import type { JSX } from "preact";
import { ask, read } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Asked } from "../parts/page";
import { Facts } from "../parts/task_text";
import { Docket } from "../parts/docket";
import { day, dayAhead, given, line, lines, orNull, several, useList, word } from "../parts/described";
import { Steps } from "../parts/steps";
import { t } from "./words";

function Holds({ me }: { me: Me }): JSX.Element {
	const list = useList("/vault/holds");
	const may = me.role === "supervisor";
	return (
		<Docket id="holds" title={t("holds.title")} list={list} rowKey={one => one.appeal} empty={t("holds.empty")}
			columns={[
				[t("appeal.id"), one => one.appeal, "nowrap"],
				[t("holds.until"), one => dateTime(one.until).slice(0, 10), "nowrap"],
				[t("field.reason"), one => one.reason],
				[t("appeal.id"), one => <a href={href(["appeals", one.appeal])}>{one.appeal}</a>, "aside"],
			]}
			steps={one => [may && { key: "l", name: "release", label: t("holds.release"),
				fields: [lines("reason", t("field.reason"))],
				run: v => ask.post("/appeals/{id}/release", { path: { id: one.appeal }, body: { reason: given(v, "reason") } }) }]}>
			<Steps id="holds" keepAs="new" onDone={list.reload} steps={[may && { key: "h", name: "hold",
				label: t("holds.set"), consequence: t("consequence.hold"),
				fields: [line("appeal", t("appeal.id")), day("until", t("holds.until")), lines("reason", t("field.reason"))],
				initial: { until: dayAhead(60) },
				run: v => ask.post("/appeals/{id}/hold", { path: { id: given(v, "appeal") },
					body: { until: given(v, "until"), reason: given(v, "reason") } }) }]} />
		</Docket>
	);
}

/** The phone number goes in the body and is kept nowhere, nor is the form's text. */
function Erasures({ me }: { me: Me }): JSX.Element {
	const list = useList("/callers/erasures");
	const may = me.role === "supervisor" || me.role === "leader";
	return (
		<Docket id="erasures" title={t("erasures.title")} list={list} rowKey={one => String(one.id)}
			empty={t("erasures.empty")} heading={one => t("erasures.number", { n: one.id })}
			columns={[
				[t("field.number"), one => `№${one.id}`],
				[t("field.state"), one => word("erasure", one.state)],
				[t("field.reason"), one => one.reason, "clip"],
				[t("erasures.appeals"), one => one.appeals.join(" "), "aside"],
				[t("field.raised_at"), one => dateTime(one.asked_at), "nowrap"],
				[t("erasures.decided"), one => one.decided_at && dateTime(one.decided_at), "aside"],
				[t("field.answer"), one => one.answer, "aside"],
			]}
			steps={one => one.state !== "asked" || !may ? [] : [
				{ key: "a", name: "approve", label: t("erasures.approve"), danger: true, fields: [],
					confirm: `№${one.id}`, consequence: t("consequence.erase"),
					run: () => ask.post("/callers/erasures/{id}/approve", { path: { id: one.id }, body: {} }) },
				{ key: "r", name: "refuse", label: t("step.refuse"),
					fields: [lines("reason", t("field.reason"))],
					run: v => ask.post("/callers/erasures/{id}/refuse", { path: { id: one.id },
						body: { reason: given(v, "reason") } }) },
			]}>
			<Steps id="erasures" keepAs="new" onDone={list.reload} steps={[me.role === "supervisor" && {
				key: "n", name: "ask", label: t("erasures.ask"),
				consequence: t("consequence.ask_erasure"),
				fields: [line("appeals", t("erasures.appeals"), false),
					{ kind: "text", type: "tel", name: "phone", label: t("erasures.phone") },
					lines("reason", t("field.reason"))],
				run: v => ask.post("/callers/erase", { body: { reason: given(v, "reason"),
					...orNull(v, "phone") ? { phone: given(v, "phone") } : {},
					...several(v, "appeals").length > 0 ? { appeals: several(v, "appeals") } : {} } }) }]} />
		</Docket>
	);
}

function Kept(): JSX.Element {
	const loaded = useLoaded(() => read("/vault/retention"), "retention");
	return <Asked loaded={loaded}>{one => <Facts facts={(["kept", "waiting", "held", "retired", "erased"] as const)
		.map(name => [t(`retention.${name}`), String(one[name])])} />}</Asked>;
}

export function Identities({ me }: { me: Me }): JSX.Element {
	return <>{me.role !== "leader" && <Kept />}<Erasures me={me} /><Holds me={me} /></>;
}
