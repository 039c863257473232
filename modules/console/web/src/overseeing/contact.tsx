/* A contact leader's own enterprises: what they asked for, how it stands, and an urge. */
import type { JSX } from "preact";
import { ask, read, type AnswerOf } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { DueBadge } from "../parts/due";
import { Asked, Card, Listed, Page } from "../parts/page";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { areaName, departmentName } from "../state/reference";
import { Docket } from "../parts/docket";
import { given, lines, useList, word, type ItemOf } from "../parts/described";
import { t } from "./words";

type EnterpriseAppeal = ItemOf<"/enterprises/{uscc}/appeals">;
type Figures = AnswerOf<"get", "/enterprises/{uscc}/figures">;

function AppealFacts({ id }: { id: string }): JSX.Element {
	const loaded = useLoaded(() => read("/appeals/{id}", { path: { id } }), id);
	return <Asked loaded={loaded}>{appeal => (
		<><p class="citizen-text">{appeal.text}</p>
			{appeal.tasks.map(task => <Facts key={task.id} facts={[
				[t("appeal.department"), departmentName(task.department)],
				[t("field.state"), t(`task_state.${task.state}`)],
				[t("field.due"), <>{dateTime(task.due)} <DueBadge due={task.due} start={task.dispatched_at} /></>],
				[t("field.urges"), task.urges]]} />)}</>
	)}</Asked>;
}

async function urge(id: string, note: string) {
	const appeal = await read("/appeals/{id}", { path: { id } });
	const lead = appeal.tasks.find(task => task.role === "lead") ?? appeal.tasks[0];
	return ask.post("/tasks/{id}/urge", { path: { id: lead?.id ?? id }, body: { note } });
}

function Appeals({ uscc }: { uscc: string }): JSX.Element {
	const list = useList("/enterprises/{uscc}/appeals", {}, { uscc });
	const figures = useLoaded(() => read("/enterprises/{uscc}/figures", { path: { uscc } }), uscc);
	return (
		<Docket id="appeals" title={t("contact.appeals")} list={list} rowKey={(one: EnterpriseAppeal) => one.appeal}
			empty={t("contact.no_appeals")} heading={one => one.title}
			columns={[
				[t("appeal.id"), one => one.appeal, "nowrap"],
				[t("appeal.title"), one => one.title],
				[t("field.state"), one => word("appeal_state", one.state)],
				[t("appeal.received_at"), one => dateTime(one.received_at), "nowrap"],
			]}
			body={one => <AppealFacts key={one.appeal} id={one.appeal} />}
			steps={one => [{ key: "u", name: "urge", label: t("step.urge"), primary: true,
				fields: [lines("note", t("field.note"))], initial: { note: t("proposed.urge") },
				consequence: t("consequence.mark"), run: v => urge(one.appeal, given(v, "note")) }]}>
			<Asked loaded={figures}>{(all: Figures) => <Facts facts={(["received", "open", "overdue", "ended"] as const)
				.map(name => [t(`contact.${name}`), String(all[name])])} />}</Asked>
		</Docket>
	);
}

export function ContactScreen({ title }: { me: Me; title: string }): JSX.Element {
	const list = useList("/enterprises");
	const uscc = route.value.path[1] ?? list.items?.[0]?.uscc ?? null;
	return (
		<Page title={title} line={t("contact.line")}>
			<Card id="enterprises" title={t("contact.enterprises")} {...list.items ? { count: list.items.length } : {}}>
				<Listed list={list} empty={t("contact.empty")} emptyNext={t("contact.empty_next")}>
					{items => <Table caption={t("contact.enterprises")} rows={items} rowKey={one => one.uscc} current={uscc}
						onOpen={one => go(href(["contact", one.uscc]))} columns={[
							{ key: "name", head: t("enterprise.name"), cell: one => one.name },
							{ key: "uscc", head: t("enterprise.uscc"), class: "nowrap", cell: one => one.uscc },
							{ key: "area", head: t("appeal.area"), cell: one => areaName(one.area) },
						]} />}
				</Listed>
			</Card>
			{uscc !== null && <Appeals key={uscc} uscc={uscc} />}
		</Page>
	);
}
