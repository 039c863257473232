/*
 * The supervision ledger (督查台账): numbered demands with a day, from their opening over proof to
 * the sign-off by another person. Departments see their own, and tell how it goes.
 */
import type { JSX } from "preact";
import { ask, fileAddress, type Schemas } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Dialog } from "../parts/dialog";
import { DueBadge } from "../parts/due";
import { Segmented } from "../parts/segmented";
import { Asked, Page } from "../parts/page";
import type { Values } from "../parts/form";
import { Facts } from "../parts/task_text";
import { departmentName } from "../state/reference";
import { Docket, Sections } from "../parts/docket";
import { day, dayAhead, departmentField, given, line, lines, options, orNull, useList, word } from "../parts/described";
import { Meetings } from "./meetings";
import { Inspections } from "./inspections";
import { Promises } from "./promises";
import { Steps, type MaybeStep } from "../parts/steps";
import { t } from "./words";

export type Item = Schemas["SupervisedItem"];
type Entry = Schemas["SupervisedEntry"];

const kinds = ["demand", "decision", "recommendation", "inspection"] as const;
const sources = ["leader", "appeal", "policy", "inspection", "meeting"] as const;
const states = ["open", "proved", "signed_off"] as const;

function stepsOf(me: Me, item: Item, etag: string | null): MaybeStep[] {
	const whole = me.role === "supervisor";
	const own = me.role === "department";
	const path = { id: item.id };
	const say = (name: "progress" | "proof" | "refuse" | "sign-off" | "urge") => (v: Values) =>
		ask.post(`/supervised/{id}/${name}` as "/supervised/{id}/urge", { path, etag, body: { text: given(v, "text") } });
	const text = [lines("text", t("field.text"))];
	return [
		item.state === "open" && (whole || own) && { key: "p", name: "progress", label: t("item.progress"), fields: text, run: say("progress") },
		item.state === "open" && (whole || own) && { key: "f", name: "proof", label: t("item.proof"),
			primary: own, fields: text, consequence: t("consequence.proof"), run: say("proof") },
		item.state === "open" && whole && { key: "u", name: "urge", label: t("step.urge"), primary: true, fields: text, initial: { text: t("proposed.urge_item") }, run: say("urge") },
		item.state === "proved" && whole && { key: "s", name: "sign-off", label: t("item.sign_off"), primary: true, fields: text, consequence: t("consequence.sign_off"), run: say("sign-off") },
		item.state === "proved" && whole && { key: "r", name: "refuse", label: t("item.refuse"), danger: true, fields: text, consequence: t("consequence.refuse_proof"), run: say("refuse") },
		item.state === "open" && whole && { key: "m", name: "due", label: t("item.move_due"),
			fields: [day("due", t("field.due")), ...text], initial: { due: dayAhead(5) },
			consequence: t("consequence.move_due"),
			run: v => ask.post("/supervised/{id}/due", { path, etag,
				body: { due: given(v, "due"), text: given(v, "text") } }) },
	];
}

function Acts({ item }: { item: Item }): JSX.Element {
	return (
		<ol class="history">
			{item.acts.map(act => (
				<li key={act.n} class={`history-${act.kind === "overdue" || act.kind === "proof_refused" ? "bad"
					: act.kind === "signed_off" ? "good" : "plain"}`}>
					<div class="history-head"><strong>{word("item_act", act.kind)}</strong>
						<time dateTime={act.at}>{dateTime(act.at)}</time></div>
					{act.text && <p>{act.text}</p>}
					<small>{t("history.by", { who: act.by })}</small>
				</li>
			))}
		</ol>
	);
}

function Drawer({ me, id, onChanged }: { me: Me; id: string; onChanged: () => void }): JSX.Element {
	const loaded = useLoaded(() => ask.get("/supervised/{id}", { path: { id } }), id);
	const changed = async () => { await loaded.reload(); onChanged(); };
	return (
		<Dialog id="item" kind="drawer" title={<span class="number">{id}</span>}
			onClose={() => go(href(["supervision"], Object.fromEntries(route.value.query)), true)}>
			<div class="drawer-body" tabIndex={0} role="group" aria-label={id}>
				<Asked loaded={loaded}>{({ body: item }) => (
					<>
						<p class="citizen-text">{item.demand}</p>
						<Facts facts={[
							[t("field.kind"), word("item_kind", item.kind)],
							[t("field.source"), word("item_source", item.source)],
							[t("appeal.department"), departmentName(item.department)],
							[t("field.owner"), item.owner],
							[t("field.state"), word("item_state", item.state)],
							[t("field.due"), <>{dateTime(item.due)} {item.state === "open"
								&& <DueBadge due={item.due} start={item.made_at} />}</>],
							[t("field.overdue_at"), item.overdue_at && dateTime(item.overdue_at)],
							[t("field.task"), item.task && <a href={href(["warnings", item.task])}>{item.task}</a>],
							[t("field.meeting"), item.meeting],
						]} />
						<p><a class="button" href={fileAddress("/supervised/{id}/notice.pdf", { id })}
							download={`${id}.pdf`}>{t("item.notice")}</a></p>
						<h3>{t("item.acts")}</h3>
						<Acts item={item} />
					</>
				)}</Asked>
			</div>
			{loaded.value && <Steps id="item" keepAs={id} steps={stepsOf(me, loaded.value.body, loaded.value.etag)}
				onDone={changed} onStale={() => void changed()} />}
		</Dialog>
	);
}

function Ledger({ me, id }: { me: Me; id: string | null }): JSX.Element {
	const { query } = route.value;
	const state = query.get("state") ?? "";
	const department = query.get("department");
	const list = useList("/supervised", { state: state === "overdue" ? "open" : state,
		overdue: state === "overdue" ? "yes" : null, meeting: query.get("meeting"), department });
	const add: MaybeStep = me.role === "supervisor" && {
		key: "n", name: "add", label: t("item.add"), primary: true,
		fields: [
			{ kind: "choice", name: "kind", label: t("field.kind"), required: true, options: options("item_kind", kinds) },
			{ kind: "select", name: "source", label: t("field.source"), options: options("item_source", sources) },
			departmentField(), lines("demand", t("field.demand")), day("due", t("field.due")),
			line("owner", t("field.owner"), false), line("task", t("field.task"), false),
		],
		initial: { kind: "demand", source: "leader", department: department ?? "", due: dayAhead(3) }, consequence: t("consequence.added"),
		run: async v => {
			const item = (await ask.post("/supervised", { body: {
				kind: given(v, "kind") as Entry["kind"], source: given(v, "source") as Entry["source"],
				department: given(v, "department"), demand: given(v, "demand"), due: given(v, "due"),
				owner: orNull(v, "owner"), task: orNull(v, "task") } })).body;
			go(href(["supervision", item.id]));
		},
	};
	return (
		<>
			<Docket id="ledger" title={t("supervision.ledger")} list={list} rowKey={item => item.id}
				empty={t("supervision.empty")}
				to={item => href(["supervision", item.id], Object.fromEntries(query))} current={id}
				aside={<>{department && <a class="tag tag-brand" href={href(["supervision"], { state })}
					aria-label={t("supervision.all_of", { who: departmentName(department) })}>{departmentName(department)} ×</a>}
				<Segmented id="ledger-state" class="legend-unseen" legend={t("supervision.ledger")} value={state}
					options={[{ value: "", label: t("list.all") }, ...options("item_state", states),
						{ value: "overdue", label: t("stage.overdue") }]}
					onChange={value => go(href(["supervision"], { state: value, department }))} /></>}
				columns={[
					[t("field.number"), item => item.id, "nowrap"],
					[t("field.kind"), item => word("item_kind", item.kind)],
					[t("appeal.department"), item => departmentName(item.department)],
					[t("field.demand"), item => item.demand, "clip"],
					[t("field.state"), item => word("item_state", item.state)],
					[t("field.due"), item => item.state === "open" ? <DueBadge due={item.due} start={item.made_at} />
							: dateTime(item.due), "nowrap"],
					[t("field.urges"), item => item.urges || "·", "number"],
				]}>
				<Steps key={department} id="ledger" keepAs={`new ${department ?? ""}`} steps={[add]} begin={query.get("step")}
					onDone={list.reload} />
			</Docket>
			{id !== null && <Drawer key={id} me={me} id={id} onChanged={() => void list.reload()} />}
		</>
	);
}

export function SupervisionScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const at = route.value.path[1] ?? null;
	return (
		<Page title={title} line={t("supervision.line")}>
			{me.role !== "department" && <Sections label={title} links={[
				[["supervision"], t("supervision.ledger")],
				...me.role === "supervisor" ? [[["supervision", "inspections"], t("inspections.title")] as const] : [],
				[["supervision", "meetings"], t("meetings.title")],
				[["supervision", "promises"], t("promises.title")],
			]} />}
			{at === "meetings" ? <Meetings me={me} /> : at === "inspections" ? <Inspections />
				: at === "promises" ? <Promises me={me} /> : <Ledger me={me} id={at} />}
		</Page>
	);
}
