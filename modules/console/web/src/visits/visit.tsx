/* Return visits: one card a call. Answers are asked one by one and none is filled in before. */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { api } from "../api/endpoints";
import type { Appeal, FullTask } from "../api/types";
import { t } from "./words";
import { useShortcuts } from "../lib/keys";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue } from "../lib/time";
import { callerLine } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { ConflictNotice } from "../parts/conflict";
import { TextField } from "../parts/field";
import { History } from "../parts/history";
import { Icon } from "../parts/icons";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { TaskText } from "../parts/task_text";
import { WorklistPane } from "../parts/worklist";
import { departmentName } from "../state/reference";
import { useOpenTask } from "../state/open_task";
import { VisitForm } from "./visit_form";

function Row({ task }: { task: FullTask }): JSX.Element {
	return (
		<>
			<span class="row-line"><strong class="row-title">{task.title}</strong></span>
			<span class="row-line row-note">
				<span>{departmentName(task.department)}</span>
				<span class="number">{task.appeal}</span>
			</span>
		</>
	);
}

/** The clear number is asked for with a purpose, shown until the card is left, and never kept. */
function CallStrip({ appeal }: { appeal: Appeal }): JSX.Element {
	const [phone, setPhone] = useState<string | null>(null);
	const [purpose, setPurpose] = useState(t("visit.purpose_default"));
	const [failure, setFailure] = useState<unknown>(null);
	const [busy, setBusy] = useState(false);
	async function reveal() {
		if (busy || phone !== null || !purpose.trim())
			return;
		setBusy(true);
		try {
			setPhone((await api.reveal(appeal.id, ["phone"], purpose.trim())).phone ?? "—");
			setFailure(null);
		} catch (error) {
			setFailure(error);
		} finally {
			setBusy(false);
		}
	}
	useShortcuts([{ keys: "Alt+p", label: t("visit.reveal"), run: () => void reveal() }]);
	return (
		<>
			<div class="call-strip">
				<span class="call-mark"><Icon name="phone" size={22} /></span>
				<div class="call-who">
					<strong class="number" aria-live="polite">{phone ?? callerLine(appeal)}</strong>
					<span>{phone === null ? t("visit.masked") : t("visit.revealed")}</span>
				</div>
				{phone === null && (
					<div class="call-reveal">
						<TextField id="reveal-purpose" label={t("visit.purpose")} value={purpose}
							maxLength={200} onInput={setPurpose} />
						<Button keys="Alt+p" busy={busy} onClick={() => void reveal()}>
							{t("visit.reveal")}</Button>
					</div>
				)}
			</div>
			{failure !== null && <ProblemNotice error={failure} />}
		</>
	);
}

function CallCard({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
	const open = useOpenTask(id);
	const task = open.opened?.task;
	const { value: appeal } = useLoaded(
		async () => task ? (await api.appeal(task.appeal)).body : null, task?.appeal ?? "");
	if (!open.opened || !task) {
		return <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} />
			: <Skeleton />}</section>;
	}
	return (
		<>
			<section class="card detail" aria-label={t("visit.card")}>
				<Presence appeal={task.appeal} />
				{appeal && <CallStrip key={id} appeal={appeal} />}
				{open.conflict && <ConflictNotice changes={open.conflict} />}
				{open.failure !== null && <ProblemNotice error={open.failure} />}
				<VisitForm key={`form ${id}`} task={task} open={open} onDone={onDone} />
			</section>
			<section class="card context" aria-label={t("task.context")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.context")}>
					<TaskText task={task} />
					<h2>{t("history.title")}</h2>
					<History events={open.opened.history} />
				</div>
			</section>
		</>
	);
}

export function VisitScreen({ title }: { title: string }): JSX.Element {
	/* who gave no number, or does not want a call, is closed without one */
	const list = useWorklist(async () =>
		(await api.tasks("closed")).items.filter(task => task.visit_wanted), "closed", "visit");
	/* who could not be reached goes behind those not yet called in this sitting */
	const [tried, setTried] = useState<readonly string[]>([]);
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		tried.indexOf(a.id) - tried.indexOf(b.id)
		|| byDue(a.due, b.due) || a.id.localeCompare(b.id)), [list.value, tried]);
	const selected = route.value.path[1] ?? items[0]?.id ?? null;
	function next(done: string) {
		const following = items.find(task => task.id !== done && !tried.includes(task.id));
		setTried(old => [...old.filter(id => id !== done), done]);
		go(href(following ? ["visit", following.id] : ["visit"]), true);
		void list.reload();
	}
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={t("visit.list")} list={list} items={items} selected={selected}
				onSelect={id => go(href(["visit", id]), true)} empty={t("visit.empty")}
				emptyNext={t("visit.empty_next")} row={task => <Row task={task} />} />
			{selected !== null ? <CallCard id={selected} onDone={() => next(selected)} />
				: <section class="card nothing"><Empty title={t("visit.empty")} next={t("visit.empty_next")} /></section>}
		</>
	);
}
