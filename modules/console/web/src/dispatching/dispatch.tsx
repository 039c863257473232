/* The dispatchers' list: appeals the catalogue could not place, sent on by a person. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { ask, read } from "../api/ask";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal, LimitClass } from "../api/types";
import { t } from "./words";
import { enterMovesOn } from "../lib/focus";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { useLoaded, useWorklist } from "../lib/load";
import { fieldErrors } from "../lib/problem_text";
import { go, href, route } from "../lib/route";
import { span } from "../lib/time";
import { AppealText } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { Combo } from "../parts/combo";
import { Select, TextField } from "../parts/field";
import { Findings } from "../parts/findings";
import { History } from "../parts/history";
import { Notice, ProblemNotice, Skeleton } from "../parts/notice";
import { Presence } from "../parts/presence";
import { Summary } from "../parts/summary";
import { offerUndo, say } from "../parts/toast";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { areaName, categoryPath, departmentName } from "../state/reference";
import { useDepartmentOptions } from "./options";
import { HandOvers, PlacementNotice, type Placement } from "./placement";

function Row({ appeal }: { appeal: Appeal }): JSX.Element {
	const returned = appeal.tasks.filter(task => task.role === "lead" && task.state === "returned").length;
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{appeal.title}</strong>
				<span class="tags">
					{appeal.urgent && <span class="tag tag-red">{t("appeal.urgent")}</span>}
					{returned > 0 && <span class="tag tag-amber">{t("dispatch.returned", { n: returned })}</span>}
				</span>
			</span>
			<span class="row-line row-note">
				<span>{areaName(appeal.area)} · {categoryPath(appeal.category)}</span>
				<span class="number">{t("dispatch.waited",
					{ span: span(Math.max(0, now.value - Date.parse(appeal.received_at))) })}</span>
			</span>
		</>
	);
}

/** "" is what the catalogue or the content class gives. */
const classes = ["", "L0", "L1", "L2", "L3", "L4", "L5", "LX"] as const;

interface Choice {
	department: string | null;
	assist: readonly string[];
	advice: string;
	limit_class: LimitClass | "";
	due: string;
	legal_basis: string;
}

const nothing: Choice = { department: null, assist: [], advice: "", limit_class: "", due: "",
	legal_basis: "" };

function send(id: string, tag: string | null, choice: Choice, department: string) {
	return ask.post("/appeals/{id}/dispatch", { path: { id }, etag: tag, body: {
		department, assist: [...choice.assist], advice: choice.advice,
		...choice.limit_class ? { limit_class: choice.limit_class } : {},
		...choice.limit_class === "LX" ? { due: choice.due, legal_basis: choice.legal_basis } : {},
	} });
}

const undo = ({ id, version }: Appeal) =>
	ask.post("/appeals/{id}/undo", { path: { id }, body: { version } });

interface FormProps {
	appeal: Appeal;
	tag: string | null;
	placement: Placement;
	form: Choice;
	change: (change: Partial<Choice>) => void;
	forget: () => void;
	onStale: () => void;
	onSent: () => void;
}

function Assists({ chosen, options, onChange, error }: {
	chosen: readonly string[];
	options: ReturnType<typeof useDepartmentOptions>;
	onChange: (assist: readonly string[]) => void;
	error: string | undefined;
}): JSX.Element {
	return (
		<div>
			<Combo id="dispatch-assist" label={t("dispatch.assist")} value={null} error={error}
				options={options.filter(one => !chosen.includes(one.value))}
				placeholder={t("dispatch.department_hint")}
				onChange={code => { if (code) onChange([...chosen, code]); }} />
			{chosen.length > 0 && <ul class="chips">{chosen.map(code => (
				<li key={code}><button type="button" class="button"
					aria-label={t("dispatch.assist_off", { name: departmentName(code) })}
					onClick={() => onChange(chosen.filter(one => one !== code))}>
					{departmentName(code)} ×</button></li>))}</ul>}
		</div>
	);
}

function DispatchForm(props: FormProps): JSX.Element {
	const { appeal, tag, placement, form, change } = props;
	const [failure, setFailure] = useState<unknown>(null);
	const [missing, setMissing] = useState(false);
	const [busy, setBusy] = useState(false);
	const input = useRef<HTMLInputElement>(null);
	const options = useDepartmentOptions(placement.barred.map(one => one.department));
	const [tries, setTries] = useState(0);
	const errors = new Map([...fieldErrors(failure), ...missing && form.department === null
		? [["department", t("field_error.choose")] as const] : []]);

	async function submit() {
		setTries(tries + 1);
		setMissing(form.department === null);
		if (form.department === null)
			return;
		if (busy)
			return;
		setBusy(true);
		try {
			const sent = (await send(appeal.id, tag, form, form.department)).body;
			props.forget();
			const done = t("dispatch.done", { id: appeal.id, department: departmentName(form.department) });
			/* not of what is in a hurry: that has gone out */
			if (sent.undo_until)
				offerUndo(done, () => undo(sent).then(props.onSent));
			else
				say(done);
			props.onSent();
		} catch (error) {
			setFailure(error);
			if (error instanceof Problem && error.status === 412)
				props.onStale();
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
			{errors.size > 0 ? <Summary prefix="dispatch-" wrong={[...errors]} tried={`${tries} ${busy}`} />
				: failure !== null && <ProblemNotice error={failure} />}
			<div class="pair">
				<Combo id="dispatch-department" label={t("dispatch.department")} value={form.department}
					options={options} placeholder={t("dispatch.department_hint")} inputRef={input}
					error={errors.get("department")}
					onChange={department => change({ department })} />
				<Select id="dispatch-class" label={t("dispatch.class")} value={form.limit_class}
					options={classes.map(value => ({ value, label: value === ""
						? t("dispatch.class_given") : t(`limit_class.${value}`) }))}
					onChange={limit_class => change({ limit_class })} />
				<Assists chosen={form.assist} error={errors.get("assist")}
					options={options.filter(one => one.value !== form.department)}
					onChange={assist => change({ assist })} />
				<TextField id="dispatch-advice" label={t("dispatch.advice")} value={form.advice}
					maxLength={2000} error={errors.get("advice")}
					onInput={advice => change({ advice })} />
				{form.limit_class === "LX" && <>
					<TextField id="dispatch-due" label={t("dispatch.due")} type="date" value={form.due}
						error={errors.get("due")} onInput={due => change({ due })} />
					<TextField id="dispatch-legal_basis" label={t("dispatch.legal_basis")} value={form.legal_basis}
						error={errors.get("legal_basis")} onInput={legal_basis => change({ legal_basis })} />
				</>}
			</div>
			<div class="form-foot">
				<span class="consequence">{placement.ruling ? t("dispatch.consequence_ruling")
					: t("dispatch.consequence")}</span>
				<Button kind="primary" keys="Ctrl+Enter" busy={busy} onClick={() => void submit()}>
					{t("step.dispatch")}</Button>
			</div>
		</form>
	);
}

async function open(id: string) {
	const [reply, history, placement] = await Promise.all([api.appeal(id), api.history(id),
		read("/appeals/{id}/dispatch", { path: { id } })]);
	const isEnterprise = reply.body.channel === "enterprise" || reply.body.enterprise?.uscc;
	return { appeal: reply.body, tag: reply.etag, history, placement,
		found: isEnterprise ? await api.findings(id) : null };
}

function Detail({ id, onSent }: { id: string; onSent: () => void }): JSX.Element {
	const { value, error, reload } = useLoaded(() => open(id), id, id);
	const [form, change, forget] = useKept(`dispatch ${id}`, nothing);
	if (!value) {
		return <section class="card">{error !== null
			? <ProblemNotice error={error} onRetry={() => void reload()} /> : <Skeleton />}</section>;
	}
	const { appeal, tag, history, placement, found } = value;
	const waits = appeal.state === "accepted";
	return (
		<>
			<section class="card detail" aria-label={t("appeal.detail")}>
				<Presence appeal={id} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("appeal.detail")}>
					{!waits && <Notice tone="warn">
						{t("dispatch.not_waiting", { state: t(`appeal_state.${appeal.state}`) })}</Notice>}
					{waits && <PlacementNotice appeal={appeal} said={placement}
						onChoose={department => change({ department })} />}
					<AppealText appeal={appeal} />
					{found && <Findings found={found} />}
				</div>
				{waits && <DispatchForm key={id} appeal={appeal} tag={tag} placement={placement}
					form={form} change={change} forget={forget}
					onStale={() => void reload()} onSent={() => { void reload(); onSent(); }} />}
			</section>
			<section class="card context" aria-label={t("history.title")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("history.title")}>
					<HandOvers appeal={appeal} />
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
				? <Detail key={selected} id={selected} onSent={() => { select(selected); void list.reload(); }} />
				: <NothingOpen list={list} title={t("appeal.none")} next={t("task.none_next")} />}
		</>
	);
}
