/* Promises whose day has come (check), and what became of the others. */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Segmented } from "../parts/segmented";
import { departmentName } from "../state/reference";
import { Docket } from "../parts/docket";
import { given, lines, options, useList, word } from "../parts/described";
import { t } from "./words";

const states = ["due", "pending", "kept", "broken", "lapsed"] as const;

export function Promises({ me }: { me: Me }): JSX.Element {
	const state = route.value.query.get("state") ?? "due";
	const list = useList("/promises", { state });
	return (
		<Docket id="promises" title={t("promises.title")} list={list} rowKey={one => `${one.task} ${one.seq}`}
			empty={t("promises.empty")}
			aside={<Segmented id="promise-state" class="legend-unseen" legend={t("promises.title")} value={state} options={options("promise_state", states)}
				onChange={value => go(href(["supervision", "promises"], { state: value }))} />}
			columns={[
				[t("field.task"), one => one.task, "nowrap"],
				[t("appeal.department"), one => departmentName(one.department)],
				[t("promises.on"), one => dateTime(one.promise_on).slice(0, 10)],
				[t("field.state"), one => word("promise_state", one.state)],
				[t("field.task"), one => <a href={href(["warnings", one.task])}>{one.task}</a>, "aside"],
				[t("promises.made"), one => dateTime(one.made_at), "aside"],
				[t("field.note"), one => one.note, "aside"],
				[t("field.by"), one => one.decided_by, "aside"],
			]}
			steps={one => [me.role === "supervisor" && one.state === "due" && {
				key: "c", name: "check", label: t("promises.check"), primary: true,
				fields: [{ kind: "choice", name: "kept", label: t("promises.kept"), required: true,
					options: [{ value: "yes", label: t("promise_state.kept") },
						{ value: "no", label: t("promise_state.broken") }] }, lines("note", t("field.note"))],
				consequence: t("consequence.promise"),
				run: v => ask.post("/tasks/{id}/promises/check", { path: { id: one.task },
					body: { kept: given(v, "kept") === "yes", note: given(v, "note") } }),
			}]} />
	);
}
