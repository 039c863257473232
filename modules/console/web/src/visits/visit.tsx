/*
 * Return visits: one card a call, answered by four big keys and the questions behind them; none is
 * filled in before. Who cannot be reached comes back by the plan, which is shown.
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "./words";
import { useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue, dateTime, shortDateTime } from "../lib/time";
import { ConflictNotice } from "../parts/conflict";
import { History } from "../parts/history";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { TaskText } from "../parts/task_text";
import { say } from "../parts/toast";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { useOpenTask } from "../state/open_task";
import { CallStrip } from "./call_strip";
import { fetchAhead, notBefore, takeCard, toVisit, type Attempt, type Planned, type ToVisit } from "./card";
import { VisitForm } from "./visit_form";

/** When the plan has the next try, and of what kind it is. */
function nextTry(plan: Planned): string {
	const later = notBefore(plan, now.value) > 0;
	return later ? t(`later.${plan.next ?? "none"}`, { at: shortDateTime(plan.not_before, now.value) })
		: t(`next.${plan.next ?? "none"}`);
}

function Row({ item }: { item: ToVisit }): JSX.Element {
	const later = notBefore(item.plan, now.value) > 0;
	return (
		<>
			<span class="row-line"><strong class="row-title">{item.task.title}</strong>
				{(item.plan?.attempts ?? 0) > 0 && <span class="tag tag-amber">
					{t("visit.attempts", { n: item.plan?.attempts ?? 0 })}</span>}</span>
			<span class="row-line row-note">
				<span>{departmentName(item.task.department)}</span>
				<span class="number">{item.task.appeal}</span>
			</span>
			{item.plan && later && <span class="row-note">{nextTry(item.plan)}</span>}
		</>
	);
}

/** What was tried, and the slots that follow by themselves. */
function Plan({ plan, attempts }: { plan: Planned | null; attempts: readonly Attempt[] }): JSX.Element {
	return (
		<section class="plan" aria-label={t("plan.title")}>
			<h2>{t("plan.title")}</h2>
			<ol>
				{attempts.map(one => (
					<li key={one.n}><b>{dateTime(one.at)}</b> {t(`visit_channel.${one.channel}`)}{" · "}
						{one.reached ? t("plan.reached") : t("plan.not_reached")}</li>))}
				<li class="plan-next"><b>{t("plan.next")}</b> {plan ? nextTry(plan) : t("next.call")}</li>
			</ol>
			<p class="row-note">{plan ? t(`cause.${plan.cause}`) : ""} {t("plan.rule")}</p>
		</section>
	);
}

function CallCard({ id, plan, onDone }: {
	id: string;
	plan: Planned | null;
	onDone: (reached: boolean) => void;
}): JSX.Element {
	const open = useOpenTask(id, takeCard);
	const shown = open.opened?.task.id ?? null;
	useEffect(() => {
		if (shown)
			performance.mark("visit-card", { detail: shown });
	}, [shown]);
	if (!open.opened) {
		return <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} />
			: <Skeleton />}</section>;
	}
	const { task, appeal, attempts, openings, history } = open.opened;
	return (
		<>
			<section class="card detail" aria-label={t("visit.card")}>
				<Presence appeal={task.appeal} />
				<CallStrip key={id} appeal={appeal} purposeCode="visit" openings={openings} />
				{open.conflict && <ConflictNotice changes={open.conflict} />}
				{open.failure !== null && <ProblemNotice error={open.failure} />}
				<VisitForm key={`form ${id}`} task={task} open={open} onDone={onDone} />
			</section>
			<section class="card context" aria-label={t("task.context")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.context")}>
					<TaskText task={task} />
					{task.reply && <div class="submission"><h3>{t("review.submission")}</h3>
						<p class="citizen-text">{task.reply}</p></div>}
					<Plan plan={plan} attempts={attempts} />
					<h2>{t("history.title")}</h2>
					<History events={history} />
				</div>
			</section>
		</>
	);
}

export function VisitScreen({ title }: { title: string }): JSX.Element {
	const newest = useRef<ToVisit[]>([]);
	const list = useWorklist(async () => newest.current = await toVisit(), "closed",
		"visit");
	/* who could not be reached goes behind those not yet called in this sitting */
	const [tried, setTried] = useState<readonly string[]>([]);
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		tried.indexOf(a.id) - tried.indexOf(b.id)
		|| notBefore(a.plan, now.value) - notBefore(b.plan, now.value)
		|| byDue(a.task.due, b.task.due) || a.id.localeCompare(b.id)), [list.value, tried]);
	const selected = route.value.path[1] ?? items[0]?.id ?? null;
	const callable = items.filter(item => item.id !== selected && !tried.includes(item.id)
		&& notBefore(item.plan, now.value) === 0);
	const following = callable[0]?.id ?? null;
	useEffect(() => {
		if (following)
			fetchAhead(following);
	}, [following]);

	async function next(done: string, reached: boolean) {
		performance.mark("visit-recorded", { detail: done });
		setTried(old => [...old.filter(id => id !== done), done]);
		go(href(following ? ["visit", following] : ["visit"]), true);
		await list.reload();
		const plan = newest.current.find(item => item.id === done)?.plan;
		say(reached || !plan ? t("visit.recorded") : t("visit.retry", { next: nextTry(plan) }));
	}
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={t("visit.list")} list={list} items={items} selected={selected}
				onSelect={id => go(href(["visit", id]), true)} empty={t("visit.empty")}
				emptyNext={t("visit.empty_next")} row={item => <Row item={item} />} />
			{selected !== null ? <CallCard id={selected}
				plan={items.find(item => item.id === selected)?.plan ?? null}
				onDone={reached => void next(selected, reached)} />
				: <NothingOpen list={list} title={t("visit.empty")} next={t("visit.empty_next")} />}
		</>
	);
}
