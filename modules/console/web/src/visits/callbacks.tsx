/*
 * What the centre owes callers besides visits: questions that departments ask through it, because
 * the caller wishes secrecy; and short messages of callers that only a person can read.
 */
import type { ComponentChildren, JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import { api } from "../api/endpoints";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime, shortDateTime } from "../lib/time";
import { Acts, type ActChoice } from "../parts/acts";
import { AppealText } from "../parts/appeal_text";
import { DueBadge } from "../parts/due";
import { Notice } from "../parts/notice";
import { Asked, Tabs } from "../parts/page";
import { Presence } from "../parts/presence";
import { Facts } from "../parts/task_text";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { CallStrip } from "./call_strip";
import { t } from "./words";

type Callback = Schemas["Callback"];
type Reply = Schemas["CallerReply"];

interface Owed {
	id: string;
	version: number;
	appeal: string | null;
	callback?: Callback;
	reply?: Reply;
}

const tabs = ["callbacks", "replies"] as const;
type Tab = typeof tabs[number];

const load: Record<Tab, () => Promise<Owed[]>> = {
	callbacks: async () => (await read("/callbacks", { query: { limit: 200 } })).items.map(callback =>
		({ id: String(callback.id), version: 1, appeal: callback.appeal, callback })),
	replies: async () => (await read("/notices/replies", { query: { limit: 200 } })).items.map(reply =>
		({ id: reply.id, version: 1, appeal: reply.appeal, reply })),
};

function Row({ owed: { callback, reply } }: { owed: Owed }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{callback?.question ?? reply?.content}</strong>
				{callback?.until && <DueBadge due={callback.until} start={callback.asked_at} />}
			</span>
			<span class="row-line row-note">
				<span>{callback ? departmentName(callback.department) : reply?.appeal ?? t("replies.no_appeal")}</span>
				<span class="number">{shortDateTime(callback?.asked_at ?? reply?.received_at, now.value)}</span>
			</span>
		</>
	);
}

function answerAct(callback: Callback): ActChoice {
	return {
		id: "answer", keys: "a", label: t("callbacks.answer"), kind: "primary",
		fields: [{ kind: "choice", name: "reached", label: t("callbacks.reached"), required: true, options: [
			{ value: "yes", label: t("plan.reached") }, { value: "no", label: t("plan.not_reached") }] },
		{ kind: "lines", name: "answer", label: t("callbacks.words"), required: true, max: 2000, rows: 3 }],
		consequence: () => t("callbacks.leads", { department: departmentName(callback.department) }),
		done: t("callbacks.answered"),
		run: values => ask.post("/callbacks/{id}/answer", { path: { id: String(callback.id) },
			body: { reached: values.reached === "yes", answer: String(values.answer).trim() } }),
	};
}

function doneAct(reply: Reply): ActChoice {
	return {
		id: "done", keys: "a", label: t("replies.done"), kind: "primary",
		consequence: () => t("replies.leads"), done: t("replies.was_done"),
		run: () => ask.post("/notices/replies/{id}/done", { path: { id: reply.id }, body: {} }),
	};
}

function Frame({ appeal, head, acts }: {
	appeal: string | null;
	head: ComponentChildren;
	acts: ComponentChildren;
}): JSX.Element {
	const loaded = useLoaded(async () => appeal === null ? { appeal: null }
		: { appeal: (await api.appeal(appeal)).body }, appeal ?? "");
	return (
		<section class="card detail callback" aria-label={t("callbacks.detail")}>
			{appeal !== null && <Presence key={`presence ${appeal}`} appeal={appeal} />}
			{loaded.value?.appeal && <CallStrip key={appeal ?? ""} appeal={loaded.value.appeal}
				purposeCode="call_back" />}
			<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("callbacks.detail")}>
				{head}
				<Asked loaded={loaded}>{({ appeal: said }) => said ? <AppealText appeal={said} />
					: <Notice tone="plain">{t("replies.no_appeal_line")}</Notice>}</Asked>
			</div>
			{acts}
		</section>
	);
}

function Detail({ owed, onDone }: { owed: Owed; onDone: () => void }): JSX.Element {
	const { callback, reply } = owed;
	return <Frame appeal={owed.appeal}
		head={callback ? <div class="asked">
			<h2>{t("callbacks.question")}</h2>
			<p class="citizen-text">{callback.question}</p>
			<Facts facts={[[t("appeal.department"), departmentName(callback.department)],
				[t("callbacks.asked"), `${callback.asked_by} · ${dateTime(callback.asked_at)}`],
				[t("callbacks.until"), callback.until && dateTime(callback.until)]]} />
		</div> : <div class="asked">
			<h2>{t("replies.title")}</h2>
			<p class="citizen-text">{reply?.content}</p>
			<Facts facts={[[t("replies.received_at"), dateTime(reply?.received_at)]]} />
		</div>}
		acts={<Acts of={owed.id} acts={callback ? [answerAct(callback)] : reply ? [doneAct(reply)] : []}
			line={callback ? t("callbacks.line") : t("replies.line")} onDone={onDone} onStale={onDone} />} />;
}

function List({ tab, title }: { tab: Tab; title: string }): JSX.Element {
	const list = useWorklist(load[tab], tab);
	const items = list.value ?? [];
	const asked = route.value.path[2];
	const selected = items.find(one => one.id === asked) ?? (asked ? null : items[0]) ?? null;
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<div class="panes">
				<WorklistPane title={t(`callbacks.${tab}`)} list={list} items={items}
					selected={selected?.id ?? null} onSelect={id => go(href(["callbacks", tab, id]), true)}
					head={<Tabs<Tab> label={t("callbacks.list")} chosen={tab}
						onChoose={one => go(href(["callbacks", one]), true)}
						tabs={tabs.map(key => ({ key, label: t(`callbacks.${key}`) }))} />}
					empty={t(`callbacks.empty_${tab}`)} emptyNext={t("callbacks.empty_next")}
					row={owed => <Row owed={owed} />} />
				{selected ? <Detail key={`${tab} ${selected.id}`} owed={selected}
					onDone={() => { go(href(["callbacks", tab]), true); void list.reload(); }} />
					: <NothingOpen list={list} title={t(`callbacks.empty_${tab}`)} next={t("callbacks.empty_next")} />}
			</div>
		</>
	);
}

export function CallbacksScreen({ title }: { title: string }): JSX.Element {
	const tab = tabs.find(one => one === route.value.path[1]) ?? "callbacks";
	return <List key={tab} tab={tab} title={title} />;
}
