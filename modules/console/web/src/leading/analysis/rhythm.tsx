/*
 * The rhythm: weekly list, monthly analysis, quarterly summary. Each section is a count that opens
 * into its cases; it is frozen once, with what people conclude.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read, type AnswerOf } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { ActionForm } from "../../parts/form";
import { Asked, Card } from "../../parts/page";
import { say } from "../../parts/toast";
import { areaName, categoryPath, departmentName } from "../../state/reference";
import { count } from "../figure_words";
import type { PageProps } from "../view";
import { t, tMaybe } from "./words";

type RhythmAnswer = AnswerOf<"get", "/rhythm/{period}">;
type SectionName = keyof RhythmAnswer["sections"];
type Section = NonNullable<RhythmAnswer["sections"][SectionName]>;
interface Finding {
	text: string;
	owner: string;
	due: string;
}

const groupsShown = 8;

function groupName(by: Section["grouped_by"], key: string): string {
	switch (by) {
	case "department": return departmentName(key);
	case "category": return categoryPath(key).split(" / ").pop() ?? key;
	case "area": return areaName(key);
	case "reason": return tMaybe(`visit_reason.${key}`) ?? key;
	default: return key || "—";
	}
}

function SectionCard({ name, section }: { name: SectionName; section: Section }): JSX.Element {
	const largest = Math.max(1, ...section.groups.map(group => group.count));
	return (
		<Card id={`section-${name}`} title={t(`rhythm.${name}`)} count={section.count}>
			{section.count === 0 && <p class="padded hint">{t("rhythm.none")}</p>}
			<ul class="breakdown">
				{section.groups.slice(0, groupsShown).map(group => (
					<li key={group.key}>
						<details>
							<summary class="breakdown-row">
								<span>{groupName(section.grouped_by, group.key)}</span>
								<span class="breakdown-bar"><i style={{ width: `${group.count / largest * 100}%` }} /></span>
								<span class="number">{count(group.count)}</span>
							</summary>
							<ul class="rhythm-cases">{group.cases.map((one, at) => (
								<li key={`${one.task ?? one.item} ${at}`}>
									{one.task ? <a href={href(["appeals", one.task.split("-")[0] ?? ""])}>{one.task}</a> : one.item}
									{" "}<small>{departmentName(one.department)}{one.at && ` · ${dateTime(one.at)}`}</small>
								</li>
							))}</ul>
						</details>
					</li>
				))}
				{section.groups.length > groupsShown && <li class="hint">{t("drawer.others", { n: count(section.groups
					.slice(groupsShown).reduce((sum, group) => sum + group.count, 0)) })}</li>}
			</ul>
		</Card>
	);
}

/** What people conclude is theirs to write; it is frozen with the figures. */
function Conclude({ period, onDone }: { period: string; onDone: () => void }): JSX.Element {
	const [findings, setFindings] = useState<readonly Finding[]>([]);
	const [doing, setDoing] = useState<"add" | "freeze" | null>(null);
	return (
		<Card id="conclude" title={t("rhythm.conclude")} count={findings.length}>
			<ul class="objections">{findings.map((one, at) => (
				<li key={at}><p><b>{one.owner}</b> · {one.due}{" "}<Button kind="quiet" onClick={() =>
					setFindings(findings.filter((_, other) => other !== at))}>{t("rhythm.remove")}</Button></p>
				<p>{one.text}</p></li>
			))}</ul>
			<div class="padded">
				{doing === "freeze" && <ActionForm id="rhythm-freeze" title={t("rhythm.freeze")} keepAs={period} fields={[]} initial={{}}
					confirm={period} kind="danger" submit={t("rhythm.freeze")} consequence={() => t("rhythm.consequence")}
					onSubmit={() => ask.post("/rhythm/{period}/freeze", { path: { period }, body: { findings: [...findings] } })}
					onDone={onDone} onCancel={() => setDoing(null)} />}
				{doing === "add" && <ActionForm key={findings.length} id="rhythm-finding" title={t("rhythm.add")} keepAs={`${period} ${findings.length}`}
						fields={[
							{ kind: "lines", name: "text", label: t("rhythm.text"), required: true, max: 500 },
							{ kind: "text", name: "owner", label: t("rhythm.owner"), required: true, max: 50 },
							{ kind: "date", name: "due", label: t("rhythm.due"), required: true },
						]} initial={{ text: "", owner: "", due: "" }} submit={t("rhythm.add")} onCancel={() => setDoing(null)}
						onSubmit={async values => setFindings([...findings, { text: String(values.text),
							owner: String(values.owner), due: String(values.due) }])}
						onDone={() => setDoing(null)} />}
				{doing === null && <div class="life-acts">
					<Button onClick={() => setDoing("add")}>{t("rhythm.add")}</Button>
					<Button kind="danger" onClick={() => setDoing("freeze")}>{t("rhythm.freeze")}</Button>
				</div>}
			</div>
		</Card>
	);
}

export function Rhythm({ me, view: { period } }: PageProps): JSX.Element {
	const loaded = useLoaded(() => read("/rhythm/{period}", { path: { period } }), period);
	return (
		<Asked loaded={loaded}>{rhythm => <>
			<p class="hint">{t(`rhythm.kind_${rhythm.kind}`)} · {rhythm.frozen_at
				? t("rhythm.frozen", { at: dateTime(rhythm.frozen_at), by: rhythm.frozen_by ?? "" })
				: t("rhythm.live", { at: dateTime(rhythm.as_of) })}</p>
			{rhythm.findings.length > 0 && <Card id="findings" title={t("rhythm.findings")} count={rhythm.findings.length}>
				<ul class="objections">{rhythm.findings.map(one => (
					<li key={one.text}><p><b>{one.owner}</b> · {dateTime(one.due)}</p><p>{one.text}</p></li>
				))}</ul></Card>}
			<div class="cards-3">
				{(Object.entries(rhythm.sections) as [SectionName, Section][]).map(([name, section]) =>
					<SectionCard key={name} name={name} section={section} />)}
			</div>
			{rhythm.months && <p class="hint">{rhythm.months.map(month => t("rhythm.month", { month: month.month,
				state: t(`report_state.${month.state}`), n: month.corrections })).join(t("list.comma"))}</p>}
			{!rhythm.frozen_at && (me.role === "leader" || me.role === "supervisor") && <Conclude key={period}
				period={period} onDone={() => { say(t("rhythm.done")); void loaded.reload(); }} />}
		</>}</Asked>
	);
}
