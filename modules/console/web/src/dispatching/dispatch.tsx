/* The dispatchers' list: appeals the catalogue could not place, sent on by a person. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal } from "../api/types";
import { t } from "./words";
import { enterMovesOn } from "../lib/focus";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { useLoaded, useWorklist } from "../lib/load";
import { candidateOf } from "../lib/match";
import { fieldErrors } from "../lib/problem_text";
import { go, href, route } from "../lib/route";
import { shortDateTime } from "../lib/time";
import { AppealText } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { Combo } from "../parts/combo";
import { TextField } from "../parts/field";
import { Findings } from "../parts/findings";
import { History } from "../parts/history";
import { Empty, Notice, ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { language } from "../state/prefs";
import { areaName, categoryPath, departments, nameOf } from "../state/reference";

function Row({ appeal }: { appeal: Appeal }): JSX.Element {
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{appeal.title}</strong>
				{appeal.urgent && <span class="tag tag-red">{t("appeal.urgent")}</span>}
			</span>
			<span class="row-line row-note">
				<span>{areaName(appeal.area)} · {categoryPath(appeal.category)}</span>
				<span class="number">{shortDateTime(appeal.received_at, now.value)}</span>
			</span>
		</>
	);
}

function useDepartmentOptions(excluded: string | null) {
	const units = departments.value;
	return useMemo(() => units.filter(unit => unit.takes_tasks && unit.code !== excluded)
		.map(unit => ({ value: unit.code, label: nameOf(unit), note: unit.code,
			candidate: candidateOf(unit) })), [units, excluded, language.value]);
}

interface FormProps {
	appeal: Appeal;
	tag: string | null;
	onStale: () => void;
	onSent: () => void;
}

function DispatchForm({ appeal, tag, onStale, onSent }: FormProps): JSX.Element {
	const [form, change, forget] = useKept(`dispatch ${appeal.id}`,
		{ department: null as string | null, advice: "" });
	const [failure, setFailure] = useState<unknown>(null);
	const [missing, setMissing] = useState(false);
	const [busy, setBusy] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	const options = useDepartmentOptions(appeal.accused?.department ?? null);
	const errors = fieldErrors(failure);

	async function submit() {
		if (form.department === null) {
			setMissing(true);
			input.current?.focus();
			return;
		}
		if (busy)
			return;
		setBusy(true);
		try {
			await api.dispatch(appeal.id, form.department, form.advice, tag);
			forget();
			onSent();
		} catch (error) {
			setFailure(error);
			if (error instanceof Problem && error.status === 412)
				onStale();
		} finally {
			setBusy(false);
		}
	}
	useShortcuts([
		{ keys: "Ctrl+Enter", label: t("step.dispatch"), run: () => void submit() },
		{ keys: "d", label: t("dispatch.department"), run: () => input.current?.focus() },
	]);
	return (
		<form class="action-form" aria-label={t("step.dispatch")} onKeyDown={enterMovesOn}
			onSubmit={event => event.preventDefault()}>
			{failure !== null && <ProblemNotice error={failure} />}
			<div class="pair">
				<Combo id="dispatch-department" label={t("dispatch.department")} value={form.department}
					options={options} placeholder={t("dispatch.department_hint")} inputRef={input}
					error={errors.get("department")
						?? (missing && form.department === null ? t("field_error.choose") : undefined)}
					onChange={department => change({ department })} />
				<TextField id="dispatch-advice" label={t("dispatch.advice")} value={form.advice}
					maxLength={2000} error={errors.get("advice")}
					onInput={advice => change({ advice })} />
			</div>
			<div class="form-foot">
				<span class="consequence">{t("dispatch.consequence")}</span>
				<Button kind="primary" keys="Ctrl+Enter" busy={busy} onClick={() => void submit()}>
					{t("step.dispatch")}</Button>
			</div>
		</form>
	);
}

async function open(id: string) {
	const reply = await api.appeal(id);
	const isEnterprise = reply.body.channel === "enterprise" || reply.body.enterprise?.uscc;
	return { appeal: reply.body, tag: reply.etag, history: await api.history(id),
		found: isEnterprise ? await api.findings(id) : null };
}

function Detail({ id, onSent }: { id: string; onSent: () => void }): JSX.Element {
	const { value, error, reload } = useLoaded(() => open(id), id, id);
	if (!value) {
		return <section class="card">{error !== null
			? <ProblemNotice error={error} onRetry={() => void reload()} /> : <Skeleton />}</section>;
	}
	const { appeal, tag, history, found } = value;
	return (
		<>
			<section class="card detail" aria-label={t("appeal.detail")}>
				<Presence appeal={id} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("appeal.detail")}>
					{appeal.state !== "accepted" && <Notice tone="warn">
						{t("dispatch.not_waiting", { state: t(`appeal_state.${appeal.state}`) })}</Notice>}
					<AppealText appeal={appeal} />
					{found && <Findings found={found} />}
				</div>
				{appeal.state === "accepted" && <DispatchForm key={id} appeal={appeal} tag={tag}
					onStale={() => void reload()} onSent={() => { void reload(); onSent(); }} />}
			</section>
			<section class="card context" aria-label={t("history.title")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("history.title")}>
					<h2>{t("history.title")}</h2>
					<History events={history} />
				</div>
			</section>
		</>
	);
}

export function DispatchScreen({ title }: { title: string }): JSX.Element {
	const list = useWorklist(async () => (await api.appeals("accepted")).items, "accepted",
		"dispatch");
	/* the urgent first, then the longest waiting */
	const items = useMemo(() => [...list.value ?? []].sort((a, b) =>
		Number(b.urgent) - Number(a.urgent)
		|| Date.parse(a.received_at) - Date.parse(b.received_at)), [list.value]);
	const selected = route.value.path[1] ?? items[0]?.id ?? null;
	const select = (id: string) => go(href(["dispatch", id]), true);
	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={t("dispatch.list")} list={list} items={items} selected={selected}
				onSelect={select} empty={t("dispatch.empty")} emptyNext={t("dispatch.empty_next")}
				row={appeal => <Row appeal={appeal} />} />
			{selected !== null
				? <Detail id={selected} onSent={() => { select(selected); void list.reload(); }} />
				: <section class="card nothing"><Empty title={t("appeal.none")} next={t("task.none_next")} /></section>}
		</>
	);
}
