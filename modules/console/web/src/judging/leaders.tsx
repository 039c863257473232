/* Who is in charge of which department, with the warnings that nobody has acted on. */
import type { JSX } from "preact";
import { ask, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { Listed } from "../parts/page";
import { departmentName } from "../state/reference";
import { FactLine } from "./accountability_acts";
import { Docket } from "../parts/docket";
import { day, dayAhead, departmentField, given, line, orNull, useList } from "../parts/described";
import { Steps } from "../parts/steps";
import { t } from "./words";

function Unacted({ leader }: { leader: Schemas["Leader"] }): JSX.Element {
	const list = useList("/leaders/{id}/warnings", {}, { id: String(leader.id) });
	return (
		<Listed list={list} empty={t("leaders.none")} emptyNext="">
			{items => <>{items.map(fact => (
				<div key={`${fact.task} ${fact.seq}`}>
					<a class="number" href={href(["warnings", fact.task])}>{fact.task}</a><FactLine fact={fact} />
				</div>
			))}</>}
		</Listed>
	);
}

export function Leaders({ me }: { me: Me }): JSX.Element {
	const list = useList("/leaders");
	return (
		<Docket id="leaders" title={t("leaders.title")} list={list} rowKey={one => String(one.id)}
			empty={t("leaders.empty")} heading={one => `${one.name} · ${departmentName(one.department)}`}
			columns={[
				[t("leaders.name"), one => one.name],
				[t("appeal.department"), one => departmentName(one.department)],
				[t("leaders.since"), one => dateTime(one.valid_from).slice(0, 10), "nowrap"],
				[t("leaders.until"), one => one.valid_until && dateTime(one.valid_until).slice(0, 10), "nowrap"],
				[t("leaders.unacted"), one => one.unacted, "number"],
			]}
			body={one => <Unacted leader={one} />}>
			<Steps id="leaders" keepAs="new" onDone={list.reload} steps={[
				me.role === "supervisor" && { key: "n", name: "add", label: t("leaders.add"), primary: true, initial: { valid_from: dayAhead(0) },
					fields: [departmentField(), line("name", t("leaders.name")), line("account", t("leaders.account"), false),
						day("valid_from", t("leaders.since"))],
					run: v => ask.post("/leaders", { body: { department: given(v, "department"), name: given(v, "name"),
						account: orNull(v, "account"), valid_from: given(v, "valid_from") } }) },
			]} />
		</Docket>
	);
}
