/* A month as the supervisor has it: the preview that the departments may object to, and answers. */
import type { JSX } from "preact";
import { ask, read } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime, monthOf, monthShifted, monthTitle } from "../lib/time";
import { Asked } from "../parts/page";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { Docket } from "../parts/docket";
import { byWhom, given, lines, useList, word } from "../parts/described";
import { Stepper } from "../parts/stepper";
import { Steps } from "../parts/steps";
import { t } from "./words";

export function Objections({ me }: { me: Me }): JSX.Element {
	const period = route.value.query.get("month") ?? monthShifted(monthOf(now.value), -1);
	const report = useLoaded(() => read("/reports/{period}", { path: { period } }), period);
	const list = useList("/reports/{period}/objections", {}, { period });
	const to = (month: string) => go(href(["rulings", "objections"], { month }));
	const may = me.role === "supervisor";
	return (
		<Docket id="objections" title={t("objections.title")} list={list} rowKey={one => String(one.n)}
			empty={t("objections.empty")}
			aside={<Stepper title={monthTitle(period)} onPrevious={() => to(monthShifted(period, -1))}
				onNext={() => to(monthShifted(period, 1))} />}
			columns={[
				[t("field.number"), one => `№${one.n}`],
				[t("appeal.department"), one => departmentName(one.department)],
				[t("field.task"), one => <a href={href(["warnings", one.task])}>{one.task}</a>, "nowrap"],
				[t("field.text"), one => one.text, "clip"],
				[t("field.state"), one => word("objection", one.decision ?? "open")],
				[t("field.measure"), one => one.measure, "aside"],
				[t("field.by"), one => byWhom(one.by, one.at), "aside"],
				[t("field.answer"), one => one.answer, "aside"],
				[t("field.answered_by"), one => byWhom(one.decided_by, one.decided_at), "aside"],
			]}
			steps={one => [may && one.decision === null && { key: "a", name: "answer", label: t("step.answer_it"),
				primary: true, consequence: t("consequence.objection"),
				fields: [{ kind: "choice", name: "accepted", label: t("objections.decision"), required: true,
					options: [{ value: "yes", label: t("objection.accepted") }, { value: "no", label: t("objection.refused") }] },
				lines("answer", t("field.answer"))],
				run: v => ask.post("/reports/{period}/objections/{n}/answer", { path: { period, n: String(one.n) },
					body: { accepted: given(v, "accepted") === "yes", answer: given(v, "answer") } }) }]}>
			<Asked loaded={report}>{one => (
				<p class="padded">{t("objections.month", { state: word("month_state", one.state), at: dateTime(one.as_of) })}{" "}
					<a href={href(["report", period])}>{t("objections.report")}</a></p>
			)}</Asked>
			<Steps key={period} id="month" keepAs={period} steps={[
				may && report.value?.state === "open" && period < monthOf(now.value) && { key: "v", name: "preview",
					label: t("objections.preview"), fields: [],
					consequence: t("consequence.preview"),
					run: () => ask.post("/reports/{period}/preview", { path: { period }, body: {} }) },
			]} onDone={() => Promise.all([report.reload(), list.reload()])} />
		</Docket>
	);
}
