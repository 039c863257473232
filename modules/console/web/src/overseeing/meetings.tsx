/* Joint meetings (联席会议): what was agreed becomes items with a department and a day. */
import type { JSX } from "preact";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { departments } from "../state/reference";
import { Docket } from "../parts/docket";
import { day, dayAhead, given, line, lines, useList } from "../parts/described";
import { Steps } from "../parts/steps";
import { t } from "./words";

/** A line of what was agreed: department, day and demand, with blanks between. */
function agreedIn(text: string) {
	return text.split("\n").filter(one => one.trim()).map(one => {
		const [who = "", due = "", ...demand] = one.trim().split(/\s+/);
		const unit = departments.value.find(d => d.code === who || d.name === who || d.name_en === who);
		return { department: unit?.code ?? who, due, demand: demand.join(" ") };
	});
}

const agreedLine = /^\S+\s+\d{4}-\d{2}-\d{2}\s+\S/;

export function Meetings({ me }: { me: Me }): JSX.Element {
	const list = useList("/meetings");
	return (
		<Docket id="meetings" title={t("meetings.title")} list={list} rowKey={one => one.id}
			empty={t("meetings.empty")} heading={one => one.title}
			columns={[
				[t("field.number"), one => one.id, "nowrap"],
				[t("field.title"), one => one.title],
				[t("meetings.held_on"), one => dateTime(one.held_on).slice(0, 10)],
				[t("meetings.items"), one =>
					<a href={href(["supervision"], { meeting: one.id })}>{one.items}</a>, "number"],
				[t("meetings.open"), one => String(one.items_open), "number"],
				[t("meetings.present"), one => one.present, "aside"],
				[t("field.by"), one => one.by, "aside"],
			]}>
			<Steps id="meetings" keepAs="new" onDone={list.reload} steps={[
				me.role === "supervisor" && { key: "n", name: "add", label: t("meetings.add"), primary: true, initial: { held_on: dayAhead(0) }, consequence: t("consequence.meeting"),
					fields: [line("title", t("field.title")), day("held_on", t("meetings.held_on")),
						lines("present", t("meetings.present")),
						{ kind: "lines", name: "items", label: t("meetings.agreed"), required: true, rows: 5,
							placeholder: `CGJ ${dayAhead(5)} …`,
							check: text => text.split("\n").filter(one => one.trim()).every(one => agreedLine.test(one.trim()))
								? null : t("meetings.agreed_form") }],
					run: v => ask.post("/meetings", { body: { title: given(v, "title"), held_on: given(v, "held_on"),
						present: given(v, "present"), items: agreedIn(given(v, "items")) } }) },
			]} />
		</Docket>
	);
}
