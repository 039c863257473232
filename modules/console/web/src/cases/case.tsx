/*
 * An appeal as a whole, for everybody who may see it: what was said and by whom, masked; who
 * works on it and until when; what happened; its files; and what can be done from here.
 */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read, type Schemas } from "../api/ask";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal, Me, Task } from "../api/types";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { listAddress } from "../lib/sought";
import { dateTime, shortDateTime } from "../lib/time";
import { Acts } from "../parts/acts";
import { AppealText } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { DueBadge, DueBar } from "../parts/due";
import { ActionForm } from "../parts/form";
import { Findings } from "../parts/findings";
import { History } from "../parts/history";
import { Empty, ProblemNotice } from "../parts/notice";
import { Asked, Card, Page } from "../parts/page";
import { Presence } from "../parts/presence";
import { usePrintedFoot } from "../parts/print";
import { ReceiptPanel } from "../parts/receipt";
import { TaskTags, Facts } from "../parts/task_text";
import { say } from "../parts/toast";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { actsOf, readLists } from "./acts";
import { Files } from "./files";
import { t, tMaybe } from "./words";

const centre = ["operator", "dispatcher", "reviewer", "visitor", "supervisor", "leader", "auditor"];
const may: Record<string, readonly string[]> = {
	history: [...centre, "department"], exchange: [...centre, "department"], files: [...centre, "department"], notices: centre, merged: centre,
	openings: ["operator", "visitor", "auditor"], attach: ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor"],
};

type Field = "name" | "phone" | "id_number" | "address";
const fields: readonly Field[] = ["name", "phone", "id_number", "address"];
const purposes = ["call_back", "verify_identity", "visit", "legal_request", "other"] as const;

/** One field at a time, for a purpose; who opened it stands in the audit before it is shown. */
function Reveal({ id, field, onShown, onClose }: { id: string; field: Field; onShown: (value: string) => void; onClose: () => void }): JSX.Element {
	return (
		<Dialog id="reveal" kind="box" title={t("reveal.title", { field: t(`caller.${field}`) })} onClose={onClose}>
			<ActionForm id="reveal" title={t("reveal.act")} keepAs={`${id} ${field}`} submit={t("reveal.act")} initial={{ purpose_code: "verify_identity" }}
				fields={[
					{ kind: "select", name: "purpose_code", label: t("reveal.purpose_code"), required: true,
						options: purposes.map(value => ({ value, label: t(`purpose.${value}`) })) },
					{ kind: "text", name: "purpose", label: t("reveal.purpose"), required: true, max: 200,
						check: value => value.length < 2 ? t("field_error.too_short") : null }]}
				consequence={() => t("reveal.consequence")} onCancel={onClose} onDone={onClose}
				onSubmit={async values => {
					const { body } = await ask.post("/appeals/{id}/reveal", { path: { id }, body: { fields: [field],
						purpose: String(values.purpose).trim(), purpose_code: values.purpose_code as typeof purposes[number] } });
					onShown(body[field] ?? "—");
				}} />
		</Dialog>
	);
}

function Caller({ appeal, me }: { appeal: Appeal; me: Me }): JSX.Element {
	const [shown, setShown] = useState<Partial<Record<Field, string>>>({});
	const [asking, setAsking] = useState<Field | null>(null);
	const { caller } = appeal;
	const allowed = me.role === "operator" ? fields : me.role === "visitor" ? ["phone"] : [];
	if (!caller || caller.anonymous || caller.erased)
		return <p class="row-note padded">{t(caller?.erased ? "caller.erased" : "caller.anonymous")}</p>;
	return (
		<>
			{caller.secret && <p class="notice notice-warn">{t("case.secret")}</p>}
			<dl class="facts caller-facts">{fields.filter(field => caller[field] !== null || shown[field]).map(field => (
				<div key={field}><dt>{t(`caller.${field}`)}</dt>
					<dd><span class="number" aria-live="polite">{shown[field] ?? caller[field]}</span>
						{allowed.includes(field) && shown[field] === undefined && <Button kind="quiet"
							label={t("reveal.title", { field: t(`caller.${field}`) })} onClick={() => setAsking(field)}>{t("reveal.act")}</Button>}</dd></div>
			))}</dl>
			<p class="row-note padded">{t(caller.visit_wanted ? "case.visit_wanted" : "case.no_visit")}</p>
			{asking && <Reveal id={appeal.id} field={asking} onClose={() => setAsking(null)}
				onShown={value => setShown({ ...shown, [asking]: value })} />}
		</>
	);
}

function TaskCard({ task }: { task: Task }): JSX.Element {
	const running = ["awaiting_sign", "in_hand", "return_requested"].includes(task.state);
	return (
		<div class="case-task">
			<div class="row-line"><strong>{departmentName(task.department)}</strong>
				{running && <DueBadge due={task.due} start={task.dispatched_at} bare />}</div>
			<TaskTags task={task} urgent={false} />
			{running && <DueBar due={task.due} start={task.dispatched_at} />}
			<Facts facts={[
				[t("step.dispatch"), dateTime(task.dispatched_at)], [t("limit.sign"), task.signed_at && dateTime(task.signed_at)],
				[t("limit.contact"), task.contacted_at && dateTime(task.contacted_at)], [t("limit.done"), task.closed_at && dateTime(task.closed_at)],
				[t("dispatch.advice"), task.advice], [t("complete.result"), task.result && tMaybe(`result.${task.result}`)],
				[t("case.outcome"), task.outcome && (tMaybe(`outcome.${task.outcome}`) ?? tMaybe(`level.${task.outcome}`))],
			]} />
			{task.reply && <p class="citizen-text submission">{task.reply}</p>}
			<details class="case-receipt"><summary>{t("receipt.title")}</summary><ReceiptPanel task={task} /></details>
		</div>
	);
}

/** A part of the page that is asked for by itself; nothing is drawn where there is nothing. */
function Part<T>({ id, title, load, of, children }: { id: string; title: string; load: () => Promise<T>; of: string;
	children: (value: T) => ComponentChildren | null }): JSX.Element | null {
	const loaded = useLoaded(load, of);
	const drawn = loaded.value === null ? null : children(loaded.value);
	if (loaded.value !== null && drawn === null)
		return null;
	return <Card id={id} title={title}><div class="case-part">
		{loaded.value !== null ? drawn : <Asked loaded={loaded}>{() => null}</Asked>}</div></Card>;
}

const kinds = { offer: "offer", accept: "accepted", refuse: "refused", timeout: "overdue", progress: "progress", result: "done", visited: "visited" } as const;

/** What was said of it in both directions, newest first: what they did stands nowhere else. */
function Said({ items }: Schemas["ExchangeSaid"]): JSX.Element {
	const word = (one: Schemas["ExchangeSaidMessage"]) => one.result ? tMaybe(`exchange_result.${one.result}`) ?? tMaybe(`result.${one.result}`)
		: one.level ? tMaybe(`level.${one.level}`) : one.reason ? t(`exchange_reason.${one.reason}`) : one.own_no;
	return (
			<ul class="plain-list exchanged">{items.map(one => <li key={`${one.offered_by} ${one.number} ${one.direction} ${one.sequence}`}>
				<div class="row-line"><span><strong>{one.direction === "sent" ? t("exchange.sent") : one.peer} · {t(`exchange.${kinds[one.kind]}`)}</strong> {word(one)}</span>
				<time class="number row-note">{shortDateTime(one.at, now.value)}</time></div>
				{one.erased ? <p class="row-note">{t("exchange.erased")}</p>
					: one.text && one.kind !== "offer" && <p class="citizen-text submission">{one.text}</p>}
			</li>)}</ul>
	);
}

function Exchange({ id, of, version, reads }: { id: string; of: Schemas["AppealExchange"]; version: string; reads: boolean }): JSX.Element {
	const said = useLoaded(async () => reads ? read("/appeals/{id}/exchange", { path: { id } }) : null, version);
	return <Card id="exchange" title={t("case.exchange")}><div class="case-part">
		<Facts facts={[
		[t("case.peer"), `${of.peer} · ${t(`exchange_way.${of.direction}`)}`], [t("case.state"), t(`exchange.${of.state}`)],
		[t("act.their_no"), of.their_no], [t("case.offered_at"), dateTime(of.offered_at)], [t("case.accept_by"), dateTime(of.accept_by)],
		[t("case.answered_at"), of.answered_at && dateTime(of.answered_at)], [t("case.arrived_at"), of.arrived_at && dateTime(of.arrived_at)]]} />
		{reads && <Asked loaded={said}>{found => found && <Said {...found} />}</Asked>}</div></Card>;
}

/** Where a role does its own work with this appeal. */
function Elsewhere({ appeal, me }: { appeal: Appeal; me: Me }): JSX.Element | null {
	const own = appeal.tasks.filter(task => me.role !== "department" || task.department === me.department);
	const task = (states: readonly string[]) => own.find(one => states.includes(one.state))?.id;
	const to: Record<string, readonly (string | undefined)[]> = {
		dispatcher: ["dispatch", appeal.id], department: ["inbox", own[0]?.id], supervisor: ["supervision"],
		reviewer: ["review", task(["review_pending"])], visitor: ["visit", task(["closed"])], operator: [],
	};
	const path = to[me.role]?.filter(Boolean) as string[] | undefined;
	if (!path || path.length === 0 || (["department", "reviewer", "visitor"].includes(me.role) && path.length < 2))
		return null;
	return <a class="button button-plain" href={href(path)}>{t("case.elsewhere")}</a>;
}

function OperatorActs({ appeal, etag, onChanged }: { appeal: Appeal; etag: string | null; onChanged: () => void }): JSX.Element {
	const lists = useLoaded(readLists, "lists");
	const [code, setCode] = useState<string | null>(null);
	const acts = lists.value ? actsOf(appeal, etag, lists.value, onChanged) : [];
	return (
		<div class="card case-acts">
			<Acts of={appeal.id} acts={[...acts, {
				id: "code", keys: "c", label: t("act.code"), consequence: () => t("consequence.code"),
				run: async () => setCode((await ask.post("/appeals/{id}/caller-code", { path: { id: appeal.id }, body: {} })).body.caller_code),
			}]} line={t("case.acts")} onDone={onChanged} onStale={onChanged} />
			{code !== null && <Dialog id="code" kind="box" title={t("act.code")} onClose={() => { setCode(null); say(t("act.code_gone")); }}>
				<div class="padded"><p class="result-id number">{code}</p><p class="hint">{t("act.code_once")}</p></div></Dialog>}
		</div>
	);
}

function Whole({ appeal, etag, me, reload }: { appeal: Appeal; etag: string | null; me: Me; reload: () => void }): JSX.Element {
	const id = appeal.id;
	const of = `${id} ${appeal.version}`;
	const can = (what: string) => may[what]?.includes(me.role) ?? false;
	usePrintedFoot(`${id} · ${t("product.name")} · ${me.name}`);
	return (
		<Page title={<>{appeal.title ?? id}</>} line={<span class="number">{id} · {t("result.received", { at: dateTime(appeal.received_at) })}</span>}
			acts={<><a class="button button-quiet" href={listAddress.value}>{t("case.back")}</a><Elsewhere appeal={appeal} me={me} />
				<Button onClick={() => window.print()}>{t("case.print")}</Button></>}>
			<Presence appeal={id} />
			{appeal.merged_into && <div class="notice">{t("case.merged_into")} <a href={href(["appeals", appeal.merged_into])}>{appeal.merged_into}</a></div>}
			{me.role === "operator" && <OperatorActs appeal={appeal} etag={etag} onChanged={reload} />}
			<div class="case-grid">
				<div class="case-column">
					<div class="card case-text padded"><AppealText appeal={appeal} /></div>
					<Card id="caller" title={t("case.caller")}><Caller appeal={appeal} me={me} /></Card>
					{appeal.channel === "enterprise" && can("notices") && <Part id="findings" title={t("case.findings")} of={of}
						load={() => api.findings(id)}>{found => found.compared ? <Findings found={found} /> : null}</Part>}
					<Card id="tasks" title={t("case.tasks")} count={appeal.tasks.length}>
						{appeal.tasks.length === 0 && <Empty title={t("expected_none")} next={t("result.accepted")} />}
						{appeal.tasks.map(task => <TaskCard key={task.id} task={task} />)}</Card>
					{can("files") && <Files id={id} of={of} mayAdd={can("attach")} />}
				</div>
				<div class="case-column">
					{can("history") && <Part id="history" title={t("history.title")} of={of} load={() => api.history(id)}>{events => <History events={events} />}</Part>}
					{appeal.exchange && <Exchange id={id} of={appeal.exchange} version={of} reads={can("exchange")} />}
					{can("merged") && <Part id="merged" title={t("case.merged")} of={of} load={() => read("/appeals/{id}/merged", { path: { id } })}>
						{page => page.items.length === 0 ? null : <ul class="rows">{page.items.map(one => <li key={one.id}>
							<a class="row" href={href(["appeals", one.id])}><span class="row-line"><strong>{one.title}</strong><span class="number">{one.id}</span></span></a></li>)}</ul>}</Part>}
					{can("notices") && <Part id="notices" title={t("case.notices")} of={of} load={() => read("/appeals/{id}/notices", { path: { id } })}>
						{page => page.items.length === 0 ? null : <ul class="plain-list">{page.items.map((one, at) => <li key={at} class="row-line">
							<span>{t(`occasion.${one.occasion}`)} · {t(`notice.${one.state}`)}{one.dropped_for ? `（${t(`dropped.${one.dropped_for}`)}）` : ""}</span>
							<time class="number row-note">{shortDateTime(one.posted_at ?? one.at, now.value)}</time></li>)}</ul>}</Part>}
					{can("openings") && <Part id="openings" title={t("case.openings")} of={of} load={() => read("/appeals/{id}/openings", { path: { id } })}>
						{found => found.items.length === 0 ? null : <ul class="plain-list">{found.items.map((one, at) => <li key={at} class="row-line">
							<span>{[one.department_name ?? (one.role ? t(`role.${one.role}`) : t("case.centre")), tMaybe(`caller.${one.field}`) ?? one.field].join(" · ")}</span>
							<span class="number row-note">{one.day} · {t("case.times", { n: one.count })}</span></li>)}</ul>}</Part>}
				</div>
			</div>
		</Page>
	);
}

export function CasePage({ id, me }: { id: string; me: Me }): JSX.Element {
	const loaded = useLoaded(() => api.appeal(id), id, id);
	if (loaded.error instanceof Problem && [403, 404].includes(loaded.error.status))
		return <Page title={id}><ProblemNotice error={loaded.error} /><Empty title={t("case.not_seen")} next={t("case.not_seen_next")} /></Page>;
	return <Asked loaded={loaded}>{reply => <Whole appeal={reply.body} etag={reply.etag} me={me} reload={() => void loaded.reload()} />}</Asked>;
}
