/* Tripwires: two facts that contradict each other, side by side; never a verdict. */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Page } from "../parts/page";
import { Segmented } from "../parts/segmented";
import { departmentName } from "../state/reference";
import { accountabilityLinks } from "./links";
import { FactLine } from "./accountability_acts";
import { Docket, Sections } from "../parts/docket";
import { given, lines, options, useList, word } from "../parts/described";
import { t } from "./words";

const states = ["open", "clue", "dismissed"] as const;

export function TripwiresScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const state = route.value.query.get("state") ?? "open";
	const list = useList("/tripwires", { state });
	return (
		<Page title={title} line={t("tripwires.line")}>
			<Sections label={t("accountability.title")} links={accountabilityLinks()} />
			<Docket id="tripwires" title={t("tripwires.title")} list={list} rowKey={one => String(one.id)}
				empty={t("tripwires.empty")} emptyNext={t("tripwires.empty_next")}
				heading={one => `№${one.id} ${word("tripwire", one.kind)}`}
				aside={<Segmented id="tripwire-state" class="legend-unseen" legend={t("tripwires.title")} value={state} options={options("tripwire_state", states)}
					onChange={value => go(href(["tripwires"], { state: value }))} />}
				columns={[
					[t("tripwires.kind"), one => word("tripwire", one.kind)],
					[t("appeal.department"), one => departmentName(one.department)],
					[t("field.task"), one => <a href={href(["warnings", one.task])}>{one.task}</a>, "nowrap"],
					[t("tripwires.count"), one => one.count, "number"],
					[t("tripwires.found_at"), one => dateTime(one.found_at), "nowrap"],
				]}
				body={one => (
					<>
						<div class="cards-2 against">
							<section><h3>{t("tripwires.said")}</h3>{one.said ? <FactLine fact={one.said} /> : "—"}</section>
							<section><h3>{t("tripwires.against")}</h3>{one.against ? <FactLine fact={one.against} /> : "—"}</section>
						</div>
						{one.reason && <p>{t("tripwires.dismissed", { who: one.decided_by ?? "", reason: one.reason })}</p>}
						{one.item !== null && <a href={href(["accountability", String(one.item)])}>№{one.item}</a>}
					</>
				)}
				steps={one => [
					me.role === "supervisor" && one.state === "open" && { key: "c", name: "clue", label: t("step.clue"),
						primary: true, fields: [lines("text", t("field.facts"))],
						consequence: t("consequence.clue"),
						run: v => ask.post("/tripwires/{id}/clue", { path: { id: String(one.id) }, body: { text: given(v, "text") } }) },
					me.role === "supervisor" && one.state === "open" && { key: "d", name: "dismiss",
						label: t("tripwires.dismiss"), fields: [lines("reason", t("field.reason"))],
						consequence: t("consequence.dismiss"),
						run: v => ask.post("/tripwires/{id}/dismiss", { path: { id: String(one.id) },
							body: { reason: given(v, "reason") } }) },
				]} />
		</Page>
	);
}
