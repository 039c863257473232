/*
 * What departments ask of the centre: to give a task back, more time, to leave the figures; and
 * the tasks whose clock stands. One list a kind, the thing with its consequence, its times beside it.
 */
import type { JSX } from "preact";
import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Me } from "../api/types";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { dateTime, shortDateTime } from "../lib/time";
import { Acts } from "../parts/acts";
import { DueBadge } from "../parts/due";
import { History } from "../parts/history";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Asked, Tabs } from "../parts/page";
import { Presence } from "../parts/presence";
import { ReceiptPanel } from "../parts/receipt";
import { Facts, TaskText } from "../parts/task_text";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { useGrounds } from "../state/grounds";
import { useOpenTask } from "../state/open_task";
import { language } from "../state/prefs";
import { areaName, categoryPath, departmentName } from "../state/reference";
import { actsFor, whoDecides, type Circumstances } from "./decision_acts";
import { useDepartmentOptions } from "./options";
import { PingPong } from "./ping_pong";
import { HandOvers } from "./placement";
import { kindsOf, load, type Kind, type Waiting } from "./waiting";
import { t, tMaybe } from "./words";

function Row({ item }: { item: Waiting }): JSX.Element {
	const { task, returned, extension, exclusion } = item;
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{task ? task.title : exclusion?.ground_name}</strong>
				{task && !returned?.decision && <DueBadge due={task.due} start={task.dispatched_at} />}
				{returned?.decision && <span class="tag">{t(`decision.${returned.decision}`)}</span>}
			</span>
			<span class="row-line row-note">
				<span>{departmentName(task?.department ?? exclusion?.department ?? "")}
					{returned?.propose ? ` → ${departmentName(returned.redispatched_to ?? returned.propose)}` : ""}
					{extension ? ` · +${extension.days}` : ""}</span>
				<span class="number">{shortDateTime(item.askedAt ?? task?.due, now.value)}</span>
			</span>
			{returned && (returned.dispute || returned.ruling || returned.hand_overs > 0) && (
				<span class="tags">
					{returned.dispute && <span class="tag tag-red">{t("returns.dispute")}</span>}
					{returned.ruling && <span class="tag tag-brand">{t("returns.ruling")}</span>}
					{returned.hand_overs > 0 && <span class="tag tag-amber">
						{t("dispatch.returned", { n: returned.hand_overs })}</span>}
				</span>)}
		</>
	);
}

function Request({ item }: { item: Waiting }): JSX.Element | null {
	const { task, returned, extension, exclusion } = item;
	if (returned) {
		return (
			<div class="request">
				<h3>{returned.dispute ? t("returns.disputed") : t("returns.asked")}</h3>
				<Facts facts={[
					[t("returns.ground"), tMaybe(`return_reason.${returned.reason}`) ?? returned.reason_name],
					[t("returns.propose"), returned.propose && departmentName(returned.propose)],
					[t("returns.by"), `${returned.asked_by} · ${dateTime(returned.asked_at)}`],
					[t("returns.window"), returned.window_until && <>{dateTime(returned.window_until)}{" "}
						<DueBadge due={returned.window_until} start={returned.task.dispatched_at} /></>],
					[t("returns.decision"), returned.decision && <>{t(`decision.${returned.decision}`)}
						{returned.redispatched_to ? ` → ${departmentName(returned.redispatched_to)}` : ""}
						{" · "}{returned.decided_by} · {dateTime(returned.decided_at)}</>],
					[t("returns.reason"), returned.decided_reason],
					[t("returns.ruling"), returned.ruling ? t("ruling.catalogue", {
						category: categoryPath(returned.task.category), area: areaName(returned.task.area),
						to: departmentName(returned.redispatched_to ?? returned.task.department) }) : null],
				]} />
				<p class="citizen-text">{returned.basis}</p>
			</div>
		);
	}
	if (extension) {
		return (
			<div class="request">
				<h3>{t("extensions.asked")}</h3>
				<p class="moves"><span>{dateTime(extension.due)}</span>
					<b>{t(`extensions.unit_${extension.unit}`, { n: extension.days })} →</b>
					<strong>{dateTime(extension.due_if_approved)}</strong></p>
				<Facts facts={[[t("returns.by"), `${extension.asked_by} · ${dateTime(extension.asked_at)}`],
					[t("work.plan"), extension.plan]]} />
				<p class="citizen-text">{extension.reason}</p>
			</div>
		);
	}
	if (exclusion) {
		return (
			<div class="request">
				<h3>{t("exclusions.asked")}</h3>
				<Facts facts={[[t("work.ground"), `${exclusion.ground} ${(language.value === "en"
					? exclusion.ground_name_en : exclusion.ground_name) ?? ""}`],
				[t("returns.by"), dateTime(exclusion.asked_at)]]} />
				<p class="citizen-text">{exclusion.evidence}</p>
			</div>
		);
	}
	return task?.held_since ? <Held id={task.id} /> : null;
}

/** The pauses of a task, the running one first. */
function Held({ id }: { id: string }): JSX.Element {
	const loaded = useLoaded(() => read("/tasks/{id}/pauses", { path: { id } }), id);
	const pauses = useGrounds("pause");
	return (
		<div class="request">
			<h3>{t("held.title")}</h3>
			<Asked loaded={loaded}>{({ items }) => [...items].reverse().map(one => (
				<Facts key={one.n} facts={[
					[t("work.ground"), one.kind === "account" ? t("task_state.on_account")
						: pauses.find(ground => ground.value === one.ground)?.label ?? one.ground],
					[t("held.span"), `${dateTime(one.from)} – ${dateTime(one.to ?? one.until)}`],
					[t("work.plan"), one.plan], [t("work.note"), one.note], [t("returns.by"), one.by],
				]} />))}</Asked>
		</div>
	);
}

function Detail({ item, kind, me, onDone }: {
	item: Waiting;
	kind: Kind;
	me: Me;
	onDone: () => void;
}): JSX.Element {
	const open = useOpenTask(item.taskId);
	const task = open.opened?.task;
	const { value: appeal } = useLoaded(async () => task ? (await api.appeal(task.appeal)).body : null,
		task ? `${task.appeal} ${task.version}` : "");
	const { value: placement } = useLoaded(async () => task && kind === "returns"
		? read("/appeals/{id}/dispatch", { path: { id: task.appeal } }) : null, task?.appeal ?? "");
	const { value: receipt } = useLoaded(async () => task && kind === "held" ? api.receipt(task.id) : null,
		task ? `${task.id} ${task.version}` : "");
	/* who accepts a return that needs a ruling may name a department that gave it back before */
	const barred = (placement?.barred ?? []).filter(one => one.reason !== "returned_before"
		|| (placement?.hand_overs ?? 0) === 0).map(one => one.department);
	const departments = useDepartmentOptions([...barred, task?.department ?? ""]);
	const [pauseGrounds, exclusionGrounds] = [useGrounds("pause"), useGrounds("exclusion")];
	if (!open.opened || !task) {
		return <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} /> : <Skeleton />}</section>;
	}
	const about: Circumstances = { item, kind, task, tag: open.opened.tag, role: me.role, departments,
		pauseGrounds, exclusionGrounds, receipt };
	const acts = actsFor(about);
	return (
		<>
			<section class="card detail" aria-label={t("task.detail")}>
				<Presence appeal={task.appeal} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.detail")}>
					<Request item={item.task ? item : { ...item, task }} />
					<TaskText task={task} />
				</div>
				<Acts key={`${kind} ${item.id}`} of={item.id} acts={acts}
					line={whoDecides(about) || (acts.length === 0
						? t("decisions.nothing", { state: t(`task_state.${task.state}`) }) : "")}
					onStale={() => void open.reload()}
					onDone={() => { void open.reload(); onDone(); }} />
			</section>
			<section class="card context" aria-label={t("task.context")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.context")}>
					{appeal && <HandOvers appeal={appeal} />}
					<h2>{t("receipt.title")}</h2>
					<ReceiptPanel task={task} />
					<h2>{t("history.title")}</h2>
					<History events={open.opened.history} />
				</div>
			</section>
		</>
	);
}

type Shown = Kind | "pairs";

function Kinds({ me, shown }: { me: Me; shown: Shown }): JSX.Element {
	const all: Shown[] = [...kindsOf[me.role] ?? []];
	if (me.role !== "leader")
		all.push("pairs");
	return <Tabs<Shown> label={t("decisions.kinds")} chosen={shown}
		onChoose={kind => go(href(["decisions", kind]), true)}
		tabs={all.map(key => ({ key, label: t(`kind.${key}`) }))} />;
}

function Decide({ me, title, kind }: { me: Me; title: string; kind: Kind }): JSX.Element {
	const list = useWorklist(load[kind], kind);
	const items = list.value ?? [];
	const [, , asked] = route.value.path;
	/* an address names the item, or the task alone */
	const selected = items.find(item => item.id === asked || item.taskId === asked)
		?? (asked ? null : items[0]) ?? null;
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<div class="panes panes-3">
				<WorklistPane title={t(`kind.${kind}`)} list={list} items={items} selected={selected?.id ?? null}
					onSelect={id => go(href(["decisions", kind, id]), true)}
					head={<Kinds me={me} shown={kind} />}
					empty={t(`empty.${kind}`)} emptyNext={t("decisions.empty_next")}
					row={item => <Row item={item} />} />
				{selected
					? <Detail key={selected.id} item={selected} kind={kind} me={me}
						onDone={() => void list.reload()} />
					: <NothingOpen list={list} title={t(asked ? "decisions.decided" : `empty.${kind}`)}
						next={t("decisions.empty_next")} />}
			</div>
		</>
	);
}

export function DecisionsScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const asked = route.value.path[1];
	const mine = kindsOf[me.role] ?? [];
	if (asked === "pairs" && me.role !== "leader")
		return <PingPong title={title} head={<Kinds me={me} shown="pairs" />} />;
	const kind = mine.find(one => one === asked) ?? mine[0] ?? "extensions";
	return <Decide key={kind} me={me} title={title} kind={kind} />;
}
