/*
 * What can be done with the open task: the steps that are possible, with their keys; those that
 * are barred, with the reason; and the form of the one that was chosen. A form stays with its text
 * when somebody else changes the task under it.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "./words";
import { useShortcuts } from "../lib/keys";
import { Button } from "../parts/button";
import { ActionForm, type Values } from "../parts/form";
import { Notice } from "../parts/notice";
import { say } from "../parts/toast";
import type { OpenTask } from "../state/open_task";
import { FileList, useFiles, type Files } from "./files";
import { barTo, contactsOf, needsOf, type Situation, type StepName } from "./standing";
import { stepForms } from "./steps";

type FormStep = Exclude<StepName, "sign">;
const formSteps = Object.keys(stepForms) as FormStep[];
const main: readonly StepName[] = ["contact", "progress", "complete", "report"];

/** Each point of the checklist that the result asks for, and whether it is there yet. */
function Checklist({ situation, values, files }: { situation: Situation; values: Values; files: Files }) {
	const typed = (name: string) => String(values[name] ?? "").trim() !== "";
	const have: Record<string, boolean> = { ...contactsOf(situation), reply: typed("reply"),
		legal_basis: typed("legal_basis"), attachment: files.ids.length > 0 };
	return (
		<ul class="checklist" aria-label={t("checklist.title")}>
			{needsOf(situation, String(values.result)).map(need => (
				<li key={need} class={have[need] ? "good-word" : "bad-word"}>
					{have[need] ? "✓" : "○"} {t(`checklist.${need}` as "checklist.reply")}</li>
			))}
		</ul>
	);
}

function StepView({ step, situation, open, files, onClose, onDone }: {
	step: FormStep;
	situation: Situation;
	open: OpenTask;
	files: Files;
	onClose: () => void;
	onDone: () => void;
}): JSX.Element {
	const { task } = situation;
	const described = stepForms[step];
	const bar = barTo(step, situation);
	const name = t(`step.${step}`);
	return (
		<ActionForm id={step} title={name} keepAs={task.id} submit={name} initial={described.initial ?? {}}
			fields={described.fields(situation)}
			consequence={values => described.consequence(situation, values)}
			onSubmit={values => open.send(tag => described.send(task.id, values, tag, files.ids))}
			onCancel={onClose} onDone={() => { say(t("inbox.step_done", { step: name })); onDone(); }}>
			{values => <>
				{bar !== null && <Notice tone="warn">{bar ?? t("inbox.no_longer",
					{ state: t(`task_state.${task.state}`) })}</Notice>}
				{step === "complete" && <>
					<FileList files={files} />
					<Checklist situation={situation} values={values} files={files} />
				</>}
			</>}
		</ActionForm>
	);
}

export function TaskActionsBar({ situation, open, onDone, onForm }: {
	situation: Situation;
	open: OpenTask;
	onDone: () => void;
	/** Told which form is open, so that a failure is shown once: in it. */
	onForm: (open: boolean) => void;
}): JSX.Element {
	const [shown, setShown] = useState<FormStep | null>(null);
	const bar = useRef<HTMLDivElement>(null);
	const left = useRef<FormStep | null>(null);
	const files = useFiles();
	const maySign = barTo("sign", situation) === null;
	const offered = formSteps.map(step => ({ step, why: barTo(step, situation) }))
		.filter(one => one.why !== undefined);

	async function sign() {
		if (await open.act("sign", {}))
			onDone();
	}
	function show(step: FormStep | null) {
		left.current = shown;
		setShown(step);
		onForm(step !== null);
	}
	/* the focus goes back to where the form was opened, or to what can be done next */
	useEffect(() => {
		if (shown === null && left.current !== null) {
			const back = bar.current?.querySelector<HTMLElement>(`[data-step=${left.current}] button`);
			(back ?? bar.current?.querySelector<HTMLElement>("button") ?? bar.current)?.focus();
			left.current = null;
		}
	}, [shown]);
	useShortcuts([
		{ keys: "s", label: t("step.sign"), run: () => void sign(), enabled: maySign && shown === null },
		...formSteps.map(step => ({
			keys: stepForms[step].keys, label: t(`step.${step}`), run: () => show(step),
			enabled: shown === null && barTo(step, situation) === null,
		})),
		{ keys: "Alt+f", label: t("files.add"), enabled: shown === "complete",
			run: () => document.getElementById("complete-files")?.click() },
	]);

	if (shown !== null) {
		return <StepView key={shown} step={shown} situation={situation} open={open} files={files}
			onClose={() => show(null)}
			onDone={() => { show(null); for (const one of files.list) files.remove(one.key); onDone(); }} />;
	}
	const barred = offered.filter(one => one.why !== null);
	return (
		<div class="card-foot actions step-bar" ref={bar} tabIndex={-1}>
			{!maySign && offered.length === 0 && <span class="consequence">
				{t("inbox.nothing_to_do", { state: t(`task_state.${situation.task.state}`) })}</span>}
			{maySign && <>
				<span class="consequence">{t("inbox.sign_consequence")}</span>
				<Button kind="primary" keys="s" busy={open.busy} onClick={() => void sign()}>{t("step.sign")}</Button>
			</>}
			{offered.filter(one => one.why === null).map(({ step }) => (
				<span key={step} data-step={step}><Button keys={stepForms[step].keys}
					kind={step === "complete" ? "primary" : main.includes(step) ? "plain" : "quiet"}
					onClick={() => show(step)}>{t(`step.${step}`)}</Button></span>
			))}
			{barred.length > 0 && <ul class="barred">
				{barred.map(({ step, why }) => <li key={step}>
					<button type="button" class="button button-quiet" disabled
						aria-describedby={`bar-${step}`}>{t(`step.${step}`)}</button>
					<span id={`bar-${step}`}>{why}</span></li>)}
			</ul>}
		</div>
	);
}
