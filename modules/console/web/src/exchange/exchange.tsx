/* Hand-overs between 110 and the hotline: offers that wait for our word, danger first, each with its time. */
import type { JSX } from "preact";
import { ask, read, type Schemas } from "../api/ask";
import type { ContentClass, Me } from "../api/types";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime } from "../lib/time";
import { Acts, type ActChoice } from "../parts/acts";
import { DueBadge } from "../parts/due";

import { Asked, Tabs } from "../parts/page";
import { Presence } from "../parts/presence";
import { Table } from "../parts/table";
import { Facts } from "../parts/task_text";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { areaName, categoryPath } from "../state/reference";
import { areaOptions, categoryOptions } from "./options";
import { t } from "./words";

type HandOver = Schemas["ExchangeHandover"];
type Offer = HandOver & { id: string; version: number };

const states = ["offered", "overdue", "accepted", "refused", "done"] as const;
type State = typeof states[number];

const reasons = ["not_in_list", "missing_facts", "not_ours", "other"] as const;
const contentClasses = ["help", "complaint", "consultation", "report", "suggestion", "praise"] as const;

/* what is late is still to be answered, and first of all */
async function waiting(): Promise<Offer[]> {
	const [late, offered] = await Promise.all((["overdue", "offered"] as const).map(ofState));
	return [...late ?? [], ...offered ?? []];
}

async function ofState(state: State): Promise<Offer[]> {
	return (await read("/exchange", { query: { state, limit: 200 } })).items.map(one => ({ ...one,
		id: `${one.peer}.${one.direction}.${one.number}`, version: states.indexOf(state) }));
}

function isOpen(offer: HandOver): boolean {
	return offer.direction === "theirs" && (offer.state === "offered" || offer.state === "overdue");
}

/** Late from the second on that it is: the server's own mark comes with its next round. */
function stateOf(offer: HandOver): HandOver["state"] {
	return offer.state === "offered" && Date.parse(offer.accept_by) < now.value ? "overdue" : offer.state;
}

function Row({ offer }: { offer: Offer }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{offer.offer?.title ?? offer.item_name ?? offer.item}</strong>
				{offer.answered_at === null && <DueBadge due={offer.accept_by} start={offer.offered_at} />}
			</span>
			<span class="row-line row-note">
				<span>{offer.direction === "theirs" ? t("exchange.from", { peer: offer.peer })
					: t("exchange.to", { peer: offer.peer })} · {offer.item_name ?? offer.item}</span>
				<span class="tags">
					{offer.danger && <span class="tag tag-red">{t("exchange.danger")}</span>}
					{offer.urgent && <span class="tag tag-amber">{t("appeal.urgent")}</span>}
					{stateOf(offer) === "overdue" && <span class="tag tag-red">{t("exchange.late")}</span>}
				</span>
			</span>
		</>
	);
}

function actsOf(offer: Offer): ActChoice[] {
	const path = { peer: offer.peer, number: offer.number };
	const said = offer.offer;
	return [{
		id: "accept", keys: "a", label: t("exchange.accept"), kind: "primary",
		fields: [
			{ kind: "pick", name: "category", label: t("appeal.category"), options: categoryOptions() },
			{ kind: "pick", name: "area", label: t("appeal.area"), options: areaOptions() },
			{ kind: "select", name: "content_class", label: t("appeal.content_class"),
				options: contentClasses.map(value => ({ value, label: t(`content_class.${value}`) })) },
			{ kind: "check", name: "urgent", label: t("appeal.urgent") },
		],
		initial: { category: said?.category ?? "", area: said?.area ?? "",
			content_class: said?.content_class ?? "help", urgent: offer.urgent },
		consequence: () => t("exchange.accept_leads", { peer: offer.peer }),
		done: t("exchange.was_accepted"),
		run: values => ask.post("/exchange/{peer}/offers/{number}/accept", { path, body: {
			category: String(values.category) || null, area: String(values.area) || null,
			content_class: values.content_class as ContentClass, urgent: values.urgent === true } }),
	}, {
		id: "refuse", keys: "x", label: t("exchange.refuse"), kind: "danger",
		fields: [{ kind: "choice", name: "reason", label: t("exchange.reason"), required: true,
			options: reasons.map(value => ({ value, label: t(`exchange_reason.${value}`) })) },
		{ kind: "lines", name: "text", label: t("exchange.text"), required: true, max: 2000 }],
		consequence: () => t("exchange.refuse_leads", { peer: offer.peer }),
		done: t("exchange.was_refused"),
		run: values => ask.post("/exchange/{peer}/offers/{number}/refuse", { path, body: {
			reason: values.reason as typeof reasons[number], text: String(values.text).trim() } }),
	}];
}

function Detail({ offer, onDone }: { offer: Offer; onDone: () => void }): JSX.Element {
	const said = offer.offer;
	return (
		<section class="card detail" aria-label={t("exchange.detail")}>
			{offer.appeal && <Presence appeal={offer.appeal} />}
			<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("exchange.detail")}>
				<div class="subject">
					<h2>{said?.title ?? offer.item_name ?? offer.item}</h2>
					<span class="tags">
						<span class="tag tag-brand">{t(`exchange_state.${stateOf(offer)}`)}</span>
						{offer.danger && <span class="tag tag-red">{t("exchange.danger_long")}</span>}
						{offer.urgent && <span class="tag tag-amber">{t("appeal.urgent")}</span>}
					</span>
				</div>
				<Facts facts={[
					[t("exchange.number"), <span class="number">{offer.peer} · {offer.number}</span>],
					[t("exchange.item"), `${offer.item} ${offer.item_name ?? ""}`],
					[t("exchange.offered_at"), dateTime(offer.offered_at)],
					[t("exchange.accept_by"), <>{dateTime(offer.accept_by)}{" "}
						{offer.answered_at === null && <DueBadge due={offer.accept_by} start={offer.offered_at} />}</>],
					[t("appeal.category"), said?.category && categoryPath(said.category)],
					[t("appeal.area"), said?.area && areaName(said.area)],
					[t("appeal.address"), said?.place],
					[t("exchange.answered_at"), offer.answered_at && dateTime(offer.answered_at)],
					[t("exchange.arrived_at"), offer.arrived_at && dateTime(offer.arrived_at)],
					[t("appeal.id"), offer.appeal && <a href={href(["appeals", offer.appeal])}>{offer.appeal}</a>],
				]} />
				{said?.text && <p class="citizen-text">{said.text}</p>}
			</div>
			<Acts key={offer.id} of={offer.id} acts={isOpen(offer) ? actsOf(offer) : []}
				line={isOpen(offer) ? "" : t("exchange.nothing", { state: t(`exchange_state.${offer.state}`) })}
				onDone={onDone} onStale={onDone} />
		</section>
	);
}

const sides = ["theirs", "ours"] as const;

/** How fast offers were answered, in the last 31 days. */
function Figures(): JSX.Element {
	const figures = useLoaded(() => read("/exchange/figures"), "figures");
	const counts = ["answered", "in_time", "refused", "arrived"] as const;
	const spans = ["0-30 s", "30-60 s", "60-120 s", "120-180 s", "180+ s"] as const;
	return (
		<section class="card context" aria-label={t("exchange.figures")}>
			<div class="card-head"><h2>{t("exchange.figures")}</h2></div>
			<div class="card-scroll" tabIndex={0} role="group" aria-label={t("exchange.figures")}>
				<Asked loaded={figures}>{value => <><Table caption={t("exchange.figures")} rows={counts} rowKey={row => row} columns={[
					{ key: "count", head: t("exchange.count"), cell: row => t(`exchange_count.${row}`) },
					...sides.map(side => ({ key: side, head: t(`exchange.${side}`), number: true,
						cell: (row: typeof counts[number]) => value[side][row] ?? 0 })),
				]} />
				<Table caption={t("exchange.spans")} shownCaption rows={spans} rowKey={row => row} columns={[
					{ key: "span", head: t("exchange.span"), cell: row => row },
					...sides.map(side => ({ key: side, head: t(`exchange.${side}`),
						number: true, cell: (row: typeof spans[number]) => value[side].sign_for[row] ?? 0 })),
				]} /></>}</Asked>
			</div>
		</section>
	);
}

export function ExchangeScreen({ title }: { me: Me; title: string }): JSX.Element {
	const [, tab, asked] = route.value.path;
	const shown = states.find(state => state === tab && state !== "overdue") ?? "offered";
	const list = useWorklist(() => shown === "offered" ? waiting() : ofState(shown), shown);
	const items = list.value ?? [];
	const selected = items.find(one => one.id === asked) ?? (asked ? null : items[0]) ?? null;
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<div class="panes panes-3">
				<WorklistPane title={t("exchange.list")} list={list} items={items} selected={selected?.id ?? null}
					onSelect={id => go(href(["exchange", shown, id]), true)}
					head={<Tabs<State> label={t("exchange.list")} chosen={shown}
						onChoose={state => go(href(["exchange", state]), true)}
						tabs={states.filter(state => state !== "overdue").map(key => ({ key,
							label: t(`exchange_tab.${key}`) }))} />}
					empty={t("exchange.empty")} emptyNext={t("exchange.empty_next")}
					row={offer => <Row offer={offer} />} />
				{selected ? <Detail key={selected.id} offer={selected}
					onDone={() => { go(href(["exchange", shown]), true); void list.reload(); }} />
					: <NothingOpen list={list} title={t("exchange.empty")} next={t("exchange.empty_next")} />}
				<Figures />
			</div>
		</>
	);
}
