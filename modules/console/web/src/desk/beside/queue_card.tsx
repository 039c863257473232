/*
 * Who waits: calls that ring or are spoken, calls that nobody took, and appeals by net and letter
 * that no department has. While the pointer or the focus is in the list no row moves: what is
 * new waits behind a counted pill.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api/endpoints";
import { unattended } from "../../api/client";
import { whenChanged } from "../../lib/changed";
import type { Appeal, Channel } from "../../api/types";
import { useShortcuts } from "../../lib/keys";
import { useLoaded } from "../../lib/load";
import { go, href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Kbd } from "../../parts/button";
import { callerLine } from "../../parts/appeal_text";
import { DueBadge, DueBar } from "../../parts/due";
import { Icon, type IconName } from "../../parts/icons";
import { Empty, ProblemNotice, Skeleton } from "../../parts/notice";
import { Tabs } from "../../parts/page";
import { now } from "../../state/clock";
import { useCounter } from "../../state/counters";
import { departmentName } from "../../state/reference";
import { calls, callsFailure, missed, takeCall, type Call } from "../calls";
import { changeDraft } from "../draft";
import { minutes, useSeconds } from "../strip";
import { t } from "../words";

type Row = { id: string; gone?: true } & ({ kind: "call" | "missed"; call: Call } | { kind: "appeal"; appeal: Appeal });
type Tab = "all" | "calls" | "net" | "recent";

/** Channels whose appeals nobody has spoken with an operator about. */
const written: readonly Channel[] = ["web", "app", "letter", "leader"];
const longWait = 30;

/** What is shown stays as it is while held; the rest is counted. */
function useHeld(rows: readonly Row[], held: boolean, key: string) {
	const shown = useRef<{ key: string; rows: readonly Row[] }>({ key, rows });
	const [, redraw] = useState(0);
	if (!held || shown.current.key !== key || shown.current.rows.length === 0)
		shown.current = { key, rows };
	else
		shown.current = { key, rows: shown.current.rows.map(old =>
			rows.find(row => row.id === old.id) ?? { ...old, gone: true as const }) };
	const ids = new Set(shown.current.rows.map(row => row.id));
	return {
		rows: shown.current.rows,
		waiting: rows.filter(row => !ids.has(row.id)).length,
		show: () => { shown.current = { key, rows }; redraw(n => n + 1); },
	};
}

function CallRow({ call }: { call: Call }): JSX.Element {
	const ringing = call.state === "ringing";
	const seconds = useSeconds(ringing ? call.began_at : call.state === "answered" ? call.answered_at : null);
	const who = call.state === "missed" ? dateTime(call.began_at).slice(11)
		: call.mine ? t("desk.with_me") : call.answered_by?.name ?? call.queue;
	return (
		<>
			<span class="row-line"><strong class="number">{call.number ?? t("desk.withheld")}</strong>
				{call.state === "missed" ? <span class="tag tag-red">{t("call_state.missed")}</span>
					: <span class={`number ${ringing && seconds >= longWait ? "long-wait" : "row-note"}`}>
						{ringing ? t("desk.waits", { time: minutes(seconds) }) : minutes(seconds)}</span>}</span>
			<span class="row-line row-note"><span>{t(`desk.way_${call.direction}`)}{who ? ` · ${who}` : ""}</span>
				{call.open_appeals > 0 ? <span class="tag tag-amber">{t("desk.still_open", { n: call.open_appeals })}</span>
					: call.appeals > 0 && <span class="tag">{t("desk.nth", { n: call.appeals + 1 })}</span>}</span>
		</>
	);
}

function AppealRow({ appeal }: { appeal: Appeal }): JSX.Element {
	const waited = Math.max(0, Math.floor((now.value - Date.parse(appeal.received_at)) / 60_000));
	return (
		<>
			<span class="row-line"><strong>{callerLine(appeal)}</strong>
				<span class="row-note number" title={dateTime(appeal.received_at)}>{waited < 60 ? t("desk.minutes_ago", { n: waited })
					: dateTime(appeal.received_at).slice(5)}</span></span>
			<span class="row-line row-note"><span>{appeal.title}</span>
				{appeal.urgent ? <span class="tag tag-red">{t("appeal.urgent")}</span>
					: <span class="tag">{t(`channel.${appeal.channel}`)}</span>}</span>
		</>
	);
}

const iconOf = (row: Row): IconName => row.kind !== "appeal" ? "phone"
	: row.appeal.channel === "letter" || row.appeal.channel === "leader" ? "inbox" : "dispatch";

function RecentList({ newest }: { newest: string }): JSX.Element {
	const { value, error, reload } = useLoaded(() => api.appeals(null, 30), `recent ${newest}`);
	const items = [...value?.items ?? []].sort((a, b) => Date.parse(b.received_at) - Date.parse(a.received_at));
	return (
		<>
			{error !== null && <ProblemNotice error={error} onRetry={() => void reload()} />}
			{!value && error === null && <Skeleton />}
			{value && items.length === 0 && <Empty title={t("recent.empty")} next={t("recent.empty_next")} />}
			<ul class="rows recent">{items.map(appeal => {
				const lead = appeal.tasks.find(task => task.role === "lead");
				const running = lead && (lead.state === "awaiting_sign" || lead.state === "in_hand");
				return (
					<li key={appeal.id}><a class="row" href={href(["appeals", appeal.id])}>
						<span class="row-line"><strong>{appeal.title}</strong>
							{running ? <DueBadge due={lead.due} start={appeal.received_at} />
								: <span class="tag">{t(`appeal_state.${appeal.state}`)}</span>}</span>
						<span class="row-line row-note"><span>{lead ? departmentName(lead.department) : t("expected.dispatcher")}</span>
							<span class="number">{appeal.id}</span></span>
						{running && <DueBar due={lead.due} start={appeal.received_at} />}
					</a></li>
				);
			})}</ul>
		</>
	);
}

function useWritten() {
	const list = useLoaded(async () => (await api.appeals("accepted", 200)).items
		.filter(appeal => written.includes(appeal.channel))
		.sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at)), "written");
	useEffect(() => whenChanged(() => unattended(() => list.reload())), []);
	return list;
}

export function QueueCard({ newest, onForm }: { newest: string; onForm: () => void }): JSX.Element {
	const net = useWritten();
	const [tab, setTab] = useState<Tab>("all");
	const [held, setHeld] = useState({ pointer: false, focus: false });
	const ul = useRef<HTMLUListElement>(null);
	const spoken: Row[] = [...calls.value.filter(call => call.state === "answered"),
		...[...calls.value].filter(call => call.state === "ringing").reverse()]
		.map(call => ({ id: `call ${call.id}`, kind: "call", call }));
	const lost: Row[] = missed.value.map(call => ({ id: `call ${call.id}`, kind: "missed", call }));
	const appeals: Row[] = (net.value ?? []).map(appeal => ({ id: appeal.id, kind: "appeal", appeal }));
	const of: Record<Tab, Row[]> = { all: [...spoken, ...lost, ...appeals], calls: [...spoken, ...lost], net: appeals, recent: [] };
	const { rows, waiting, show } = useHeld(of[tab], held.pointer || held.focus, tab);
	useCounter("register", of.all.length);
	const failure = net.error ?? callsFailure.value;

	function open(row: Row) {
		if (row.kind === "appeal")
			go(href(["appeals", row.id]));
		else if (row.kind === "missed")
			changeDraft({ call: row.call.id });
		else if (row.call.state === "ringing")
			void takeCall(row.call.id).catch(() => { /* somebody else has it: the list tells */ });
		if (row.kind !== "appeal")
			onForm();
	}
	function move(by: number) {
		const all = Array.from(ul.current?.querySelectorAll<HTMLElement>(".row") ?? []);
		const at = all.indexOf(document.activeElement as HTMLElement);
		all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
	}
	useShortcuts([
		{ keys: "j", label: t("keys.next_row"), run: () => move(1) },
		{ keys: "k", label: t("keys.previous_row"), run: () => move(-1) },
	]);
	return (
		<section class="card queue" aria-labelledby="queue-title">
			<div class="card-head"><h2 id="queue-title">{t("desk.queue")}</h2>
				<span class="count">{of.all.length}</span></div>
			<Tabs label={t("desk.queue")} chosen={tab} onChoose={setTab} tabs={[
				{ key: "all", label: t("desk.tab_all") },
				{ key: "calls", label: t("desk.tab_calls"), count: of.calls.length },
				{ key: "net", label: t("desk.tab_net"), count: of.net.length },
				{ key: "recent", label: t("desk.tab_recent") }]} />
			<div class="queue-body" onMouseEnter={() => setHeld({ ...held, pointer: true })}
				onMouseLeave={() => setHeld({ ...held, pointer: false })}
				onFocusIn={() => setHeld({ ...held, focus: true })} onFocusOut={() => setHeld({ ...held, focus: false })}>
				{/* over the rows, so that it moves none of them */}
				{waiting > 0 && <button type="button" class="pill" onClick={show}>{t("desk.new_rows", { n: waiting })}</button>}
				<div class="card-scroll">{tab === "recent" ? <RecentList newest={newest} /> : <>
					{failure !== null && <ProblemNotice error={failure} onRetry={() => void net.reload()} />}
					{net.value !== null && rows.length === 0 && <Empty title={t("desk.queue_empty")} next={t("desk.queue_empty_next")} />}
					<ul class="rows" ref={ul}>{rows.map(row => (
						<li key={row.id} class={row.gone ? "row-gone" : ""}>
							<button type="button" class="row row-icon" data-row={row.id}
								aria-current={row.kind === "call" && row.call.mine && row.call.state === "answered" ? "true" : undefined}
								onClick={() => open(row)}>
								<span class={`row-kind row-${row.kind}`}><Icon name={iconOf(row)} size={15} /></span>
								<span class="row-text">{row.kind === "appeal" ? <AppealRow appeal={row.appeal} />
									: <CallRow call={row.call} />}</span>
							</button></li>
					))}</ul></>}</div>
			</div>
			<div class="card-foot hints">
				<Kbd keys="j" /><Kbd keys="k" /><span>{t("keys.move")}</span>
				<Kbd keys="Enter" /><span>{t("desk.take_open")}</span>
			</div>
		</section>
	);
}
