/* What waits for a ruling: disputed returns, exclusions, objections, rules, identities. */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import { taskTag } from "../api/endpoints";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Page } from "../parts/page";
import { Segmented } from "../parts/segmented";
import { language } from "../state/prefs";
import { departmentName } from "../state/reference";
import { Docket, Sections } from "../parts/docket";
import { Identities } from "./holds";
import { byWhom, departmentField, given, lines, options, orNull, useList, word } from "../parts/described";
import { rulingLinks } from "./links";
import { RuleProblems } from "./rule_problems";
import type { MaybeStep } from "../parts/steps";
import { t } from "./words";

type Return = Schemas["Return"];

function returnSteps(me: Me, one: Return): MaybeStep[] {
	if (me.role !== "supervisor" || one.decision !== null)
		return [];
	const path = { id: one.task.id };
	const etag = taskTag({ body: one.task, etag: null });
	return [
		{ key: "g", name: "ruling", label: t("returns.ruling"), primary: one.dispute,
			consequence: t("consequence.ruling"), initial: { department: one.propose ?? "" },
			fields: [departmentField(), lines("basis", t("field.basis"))],
			run: v => ask.post("/tasks/{id}/ruling", { path, etag,
				body: { department: given(v, "department"), basis: given(v, "basis") } }) },
		{ key: "a", name: "accept", label: t("returns.accept"), primary: !one.dispute,
			consequence: t("consequence.return_accept"), initial: { redispatch_to: one.propose ?? "" },
			fields: [departmentField(false, "redispatch_to"), lines("reason", t("field.reason"), false)],
			run: v => ask.post("/tasks/{id}/return/accept", { path, etag,
				body: { redispatch_to: orNull(v, "redispatch_to"), reason: orNull(v, "reason") } }) },
		{ key: "r", name: "refuse", label: t("step.refuse"), danger: true,
			consequence: t("consequence.return_refuse"), fields: [lines("reason", t("field.reason"))],
			run: v => ask.post("/tasks/{id}/return/refuse", { path, etag, body: { reason: given(v, "reason") } }) },
	];
}

function Returns({ me }: { me: Me }): JSX.Element {
	const state = route.value.query.get("state") ?? "open";
	const list = useList("/returns", { state });
	return (
		<Docket id="returns" title={t("returns.title")} list={list} rowKey={one => `${one.task.id} ${one.n}`}
			empty={t("returns.empty")} heading={one => one.task.title ?? one.task.appeal}
			aside={<Segmented id="return-state" class="legend-unseen" legend={t("returns.title")} value={state} options={options("return_state", ["open", "decided"])}
				onChange={value => go(href(["rulings"], { state: value }))} />}
			columns={[
				[t("field.task"), one => one.task.id, "nowrap"],
				[t("field.kind"), one => <span class={one.dispute ? "tag tag-red" : "tag"}>
					{t(one.dispute ? "returns.dispute" : "returns.return")} {one.n}</span>],
				[t("returns.from"), one => departmentName(one.task.department)],
				[t("returns.propose"), one => one.propose && departmentName(one.propose)],
				[t("field.reason"), one => one.reason_name ?? one.reason],
				[t("field.raised_at"), one => dateTime(one.asked_at), "nowrap"],
				[t("field.state"), one => one.decision && word("return_decision", one.decision)
					+ (one.ruling ? ` · ${t("returns.ruling")}` : "")],
				[t("appeal.id"), one => <a href={href(["appeals", one.task.appeal])}>{one.task.appeal}</a>, "aside"],
				[t("field.basis"), one => one.basis, "aside"],
				[t("field.by"), one => one.asked_by, "aside"],
				[t("field.answered_by"), one => byWhom(one.decided_by, one.decided_at), "aside"],
				[t("field.answer"), one => one.decided_reason, "aside"],
				[t("returns.redispatched"), one => one.redispatched_to && departmentName(one.redispatched_to), "aside"],
			]}
			body={one => <p class="citizen-text">{one.task.text}</p>}
			steps={one => returnSteps(me, one)} />
	);
}

function groundName(one: { ground: string; ground_name: string | null; ground_name_en: string | null }): string {
	return `${one.ground} ${(language.value === "en" ? one.ground_name_en : one.ground_name) ?? ""}`;
}

function Exclusions({ me }: { me: Me }): JSX.Element {
	const state = route.value.query.get("state") ?? "asked";
	const list = useList("/exclusions", { state });
	const may = me.role === "supervisor";
	/* the tag of the task as it is now, whoever has touched it since */
	const current = async (id: string) => taskTag(await ask.get("/tasks/{id}", { path: { id } }));
	return (
		<Docket id="exclusions" title={t("exclusions.title")} list={list} empty={t("exclusions.empty")}
			rowKey={one => `${one.task ?? ""} ${"asked_at" in one ? one.asked_at : one.decided_at}`}
			aside={<Segmented id="exclusion-state" class="legend-unseen" legend={t("exclusions.title")} value={state}
				options={options("exclusion_state", ["asked", "approved"])}
				onChange={value => go(href(["rulings", "exclusions"], { state: value }))} />}
			columns={[
				[t("field.ground"), groundName],
				[t("field.task"), one => one.task && <a href={href(["warnings", one.task])}>{one.task}</a>, "nowrap"],
				[t("appeal.department"), one => departmentName(one.department)],
				[t("field.raised_at"), one => dateTime("asked_at" in one ? one.asked_at : one.decided_at), "nowrap"],
				[t("field.evidence"), one => "evidence" in one && one.evidence, "aside"],
				[t("exclusions.published"), one => "published" in one && one.published, "aside"],
			]}
			steps={one => {
				const id = one.task;
				return may && id && "asked_at" in one ? [
					{ key: "a", name: "approve", label: t("step.approve"), primary: true,
						consequence: t("consequence.exclusion"), fields: [lines("published", t("exclusions.published"), false)],
						run: async v => ask.post("/tasks/{id}/exclude/approve", { path: { id }, etag: await current(id),
							body: { published: orNull(v, "published") } }) },
					{ key: "r", name: "refuse", label: t("step.refuse"), danger: true,
						fields: [lines("reason", t("field.reason"))],
						run: async v => ask.post("/tasks/{id}/exclude/refuse", { path: { id }, etag: await current(id),
							body: { reason: given(v, "reason") } }) },
				] : [];
			}} />
	);
}

/** How often tasks go back and forth between two departments. */
function Pairs(): JSX.Element {
	const loaded = useLoaded(() => read("/returns/pairs"), "pairs");
	const items = loaded.value?.items ?? [];
	return <>{items.length > 0 && <p class="padded hint">{t("returns.pairs")}{" "}
		{items.slice(0, 6).map(one => `${departmentName(one.from)} → ${one.to ? departmentName(one.to) : "—"} ${one.asked}`).join(" · ")}
	</p>}</>;
}

export function RulingsScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const at = route.value.path[1] ?? "returns";
	return (
		<Page title={title} line={t("rulings.line")}>
			<Sections label={title} links={rulingLinks()} />
			{at === "exclusions" ? <Exclusions me={me} />
				: at === "rules" ? <RuleProblems me={me} /> : at === "identities" ? <Identities me={me} /> : <><Returns me={me} /><Pairs /></>}
		</Page>
	);
}
