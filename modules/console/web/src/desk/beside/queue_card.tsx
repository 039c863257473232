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
import type { Appeal } from "../../api/types";
import { useShortcuts } from "../../lib/keys";
import { useLoaded } from "../../lib/load";
import { go, href } from "../../lib/route";
import { dateTime } from "../../lib/time";
import { Button, Kbd } from "../../parts/button";
import { callerLine } from "../../parts/appeal_text";
import { DueBadge, DueBar } from "../../parts/due";
import { Icon, type IconName } from "../../parts/icons";
import { Empty, ProblemNotice, Skeleton } from "../../parts/notice";
import { Tabs } from "../../parts/page";
import { now } from "../../state/clock";
import { useCounter } from "../../state/counters";
import { departmentName } from "../../state/reference";
import { calls, callsFailure, callsKnown, missed, readWritten, refreshCalls, takeCall, type Call } from "../calls";
import { changeDraft, draft, isBegun } from "../draft";
import { useHeld } from "./held";
import { minutes, useSeconds } from "../strip";
import { t } from "../words";

type Row = { id: string } & ({ kind: "call" | "missed"; call: Call } | { kind: "appeal"; appeal: Appeal });
type Tab = "all" | "calls" | "net" | "recent";

const longWait = 30;

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
							{running ? <DueBadge due={lead.due} start={appeal.received_at} bare />
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
	const list = useLoaded(readWritten, "written");
	useEffect(() => whenChanged(() => unattended(() => list.reload())), []);
	return list;
}

export function QueueCard({ newest, onForm }: { newest: string; onForm: () => void }): JSX.Element {
	const net = useWritten();
	const [tab, setTab] = useState<Tab>("all");
	/** The call that was pressed while another appeal is begun: it is only offered. */
	const [pressed, setPressed] = useState<string | null>(null);
	const ul = useRef<HTMLUListElement>(null);
	const spoken: Row[] = [...calls.value.filter(call => call.state === "answered"),
		...[...calls.value].filter(call => call.state === "ringing").reverse()]
		.map(call => ({ id: `call ${call.id}`, kind: "call", call }));
	const lost: Row[] = missed.value.map(call => ({ id: `call ${call.id}`, kind: "missed", call }));
	const appeals: Row[] = (net.value ?? []).map(appeal => ({ id: appeal.id, kind: "appeal", appeal }));
	const of: Record<Tab, Row[]> = { all: [...spoken, ...lost, ...appeals], calls: [...spoken, ...lost], net: appeals, recent: [] };
	const { rows, pill, holding } = useHeld(of[tab], tab);
	const failure = net.error ?? callsFailure.value;
	const known = net.value !== null && callsKnown.value;
	const count = (which: Tab, isKnown = known) => isKnown ? { count: of[which].length } : {};
	useCounter("register", known ? of.all.length : null);

	function open(row: Row) {
		if (row.kind === "appeal")
			go(href(["appeals", row.id]));
		else if (row.kind === "missed" && (isBegun(draft.value) || draft.value.call !== null))
			setPressed(row.call.id);
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
				{known && <span class="count">{of.all.length}</span>}</div>
			<Tabs label={t("desk.queue")} chosen={tab} onChoose={setTab} tabs={[
				{ key: "all", label: t("desk.tab_all") },
				{ key: "calls", label: t("desk.tab_calls"), ...count("calls", callsKnown.value) },
				{ key: "net", label: t("desk.tab_net"), ...count("net", net.value !== null) },
				{ key: "recent", label: t("desk.tab_recent") }]} />
			<div class="queue-body" {...holding}>
				{pill}
				<div class="card-scroll">{tab === "recent" ? <RecentList newest={newest} /> : <>
					{failure !== null && <ProblemNotice error={failure} onRetry={() => { refreshCalls(); void net.reload(); }} />}
					{!known && failure === null && <Skeleton />}
					{known && failure === null && rows.length === 0 && <Empty title={t("desk.queue_empty")} next={t("desk.queue_empty_next")} />}
					<ul class="rows" ref={ul}>{rows.map(row => (
						<li key={row.id} class={row.gone ? "row-gone" : ""}>
							<button type="button" class="row row-icon" data-row={row.id}
								aria-current={row.kind === "call" && row.call.mine && row.call.state === "answered" ? "true" : undefined}
								onClick={() => open(row)}>
								<span class={`row-kind row-${row.kind}`}><Icon name={iconOf(row)} size={15} /></span>
								<span class="row-text">{row.kind === "appeal" ? <AppealRow appeal={row.appeal} />
									: <CallRow call={row.call} />}</span>
							</button>
							{row.kind === "missed" && row.call.id === pressed && pressed !== draft.value.call
								&& <Button class="row-offer" onClick={() => changeDraft({ call: pressed })}>{t("desk.attach")}</Button>}
						</li>
					))}</ul></>}</div>
			</div>
			<div class="card-foot hints">
				<Kbd keys="j" /><Kbd keys="k" /><span>{t("keys.move")}</span>
				<Kbd keys="Enter" /><span>{t("desk.take_open")}</span>
			</div>
		</section>
	);
}
