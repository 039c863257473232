/* What a department can do with a task now: sign, log a contact, report progress, complete. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CompletionResult, ContactChannel, ContactOutcome, Task } from "../api/types";
import { t } from "./words";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { Button } from "../parts/button";
import { Select, TextField } from "../parts/field";
import { Segmented } from "../parts/segmented";
import type { OpenTask } from "../state/open_task";

type Form = "contact" | "progress" | "complete";

interface FormProps {
	task: Task;
	open: OpenTask;
	onSent: () => void;
	onCancel: () => void;
}

const channels: readonly ContactChannel[] = ["phone", "visit", "sms"];
const outcomes: readonly ContactOutcome[] = ["reached", "no_answer", "refused"];
const results: readonly CompletionResult[] = ["solved", "partly", "explained", "promised", "untrue",
	"no_jurisdiction"];

function FormFrame({ title, consequence, busy, onSubmit, onCancel, children }: {
	title: string;
	consequence: string;
	busy: boolean;
	onSubmit: () => void;
	onCancel: () => void;
	children: JSX.Element | JSX.Element[];
}): JSX.Element {
	useShortcuts([
		{ keys: "Ctrl+Enter", label: title, run: onSubmit },
		{ keys: "Escape", label: t("action.back"), run: onCancel },
	]);
	return (
		<form class="action-form" aria-label={title}
			onSubmit={event => { event.preventDefault(); onSubmit(); }}>
			{children}
			<div class="form-foot">
				<span class="consequence">{consequence}</span>
				<Button onClick={onCancel} keys="Escape">{t("action.back")}</Button>
				<Button kind="primary" submit busy={busy} keys="Ctrl+Enter">{title}</Button>
			</div>
		</form>
	);
}

function ContactForm({ task, open, onSent, onCancel }: FormProps): JSX.Element {
	const [form, change, forget] = useKept(`contact ${task.id}`,
		{ channel: "phone" as ContactChannel, outcome: null as ContactOutcome | null, note: "" });
	const [missing, setMissing] = useState(false);
	async function submit() {
		if (form.outcome === null) {
			setMissing(true);
		} else if (await open.act("contact", { ...form, outcome: form.outcome })) {
			forget();
			onSent();
		}
	}
	return (
		<FormFrame title={t("step.contact")} consequence={t("inbox.contact_consequence")}
			busy={open.busy} onSubmit={() => void submit()} onCancel={onCancel}>
			<div class="pair">
				<Segmented id="contact-channel" legend={t("contact.channel")} value={form.channel}
					options={channels.map(value => ({ value, label: t(`contact_channel.${value}`) }))}
					onChange={channel => change({ channel })} />
				<Segmented id="contact-outcome" legend={t("contact.outcome")} value={form.outcome}
					options={outcomes.map(value => ({ value, label: t(`outcome.${value}`) }))}
					error={missing && form.outcome === null ? t("field_error.choose") : undefined}
					onChange={outcome => change({ outcome })} />
			</div>
			<TextField id="contact-note" label={t("contact.note")} value={form.note} rows={2}
				onInput={note => change({ note })} />
		</FormFrame>
	);
}

function ProgressForm({ task, open, onSent, onCancel }: FormProps): JSX.Element {
	const [form, change, forget] = useKept(`progress ${task.id}`, { text: "", promise_on: "" });
	const [missing, setMissing] = useState(false);
	async function submit() {
		const promise = form.promise_on ? { promise_on: form.promise_on } : {};
		if (!form.text.trim()) {
			setMissing(true);
		} else if (await open.act("progress", { text: form.text, ...promise })) {
			forget();
			onSent();
		}
	}
	return (
		<FormFrame title={t("step.progress")} consequence={t("inbox.progress_consequence")}
			busy={open.busy} onSubmit={() => void submit()} onCancel={onCancel}>
			<TextField id="progress-text" label={t("progress.text")} value={form.text} rows={3}
				error={missing && !form.text.trim() ? t("field_error.required") : undefined}
				onInput={text => change({ text })} />
			<TextField id="progress-promise" label={t("progress.promise_on")} type="date"
				value={form.promise_on} onInput={promise_on => change({ promise_on })} />
		</FormFrame>
	);
}

function CompleteForm({ task, open, onSent, onCancel }: FormProps): JSX.Element {
	const [form, change, forget] = useKept(`complete ${task.id}`,
		{ result: "solved" as CompletionResult, reply: "", legal_basis: "" });
	const [missing, setMissing] = useState(false);
	async function submit() {
		const basis = form.legal_basis.trim() ? { legal_basis: form.legal_basis.trim() } : {};
		if (!form.reply.trim()) {
			setMissing(true);
		} else if (await open.act("complete",
			{ result: form.result, reply: form.reply, attachments: [], ...basis })) {
			forget();
			onSent();
		}
	}
	return (
		<FormFrame title={t("step.complete")} consequence={t("inbox.complete_consequence")}
			busy={open.busy} onSubmit={() => void submit()} onCancel={onCancel}>
			<TextField id="complete-reply" label={t("complete.reply")} value={form.reply} rows={5}
				maxLength={20000} aside={`${form.reply.length} / 20000`}
				error={missing && !form.reply.trim() ? t("field_error.required") : undefined}
				onInput={reply => change({ reply })} />
			<div class="pair">
				<Select id="complete-result" label={t("complete.result")} value={form.result}
					options={results.map(value => ({ value, label: t(`result.${value}`) }))}
					onChange={result => change({ result })} />
				<TextField id="complete-basis" label={t("complete.legal_basis")} value={form.legal_basis}
					onInput={legal_basis => change({ legal_basis })} />
			</div>
		</FormFrame>
	);
}

const forms = { contact: ContactForm, progress: ProgressForm, complete: CompleteForm };
const keysOf = { contact: "c", progress: "p", complete: "e" } as const;

export function TaskActionsBar({ task, open, onDone }: {
	task: Task;
	open: OpenTask;
	onDone: () => void;
}): JSX.Element {
	const [shown, setShown] = useState<Form | null>(null);
	const mayAct = task.state === "in_hand";
	const maySign = task.state === "awaiting_sign";
	async function sign() {
		if (await open.act("sign", {}))
			onDone();
	}
	function show(form: Form) {
		setShown(form);
		/* the form is drawn after this event; its first control is where the work begins */
		requestAnimationFrame(() => document.querySelector<HTMLElement>(
			".action-form textarea, .action-form input")?.focus());
	}
	useShortcuts([
		{ keys: "s", label: t("step.sign"), run: () => void sign(), enabled: maySign },
		...(Object.keys(forms) as Form[]).map(form => ({
			keys: keysOf[form], label: t(`step.${form}`), run: () => show(form), enabled: mayAct,
		})),
	]);

	if (shown !== null && mayAct) {
		const FormView = forms[shown];
		return <FormView task={task} open={open} onCancel={() => setShown(null)}
			onSent={() => { setShown(null); onDone(); }} />;
	}
	if (!maySign && !mayAct) {
		return <div class="card-foot"><span class="consequence">
			{t("inbox.nothing_to_do", { state: t(`task_state.${task.state}`) })}</span></div>;
	}
	return (
		<div class="card-foot actions">
			<span class="consequence">{maySign ? t("inbox.sign_consequence") : ""}</span>
			{maySign && <Button kind="primary" keys="s" busy={open.busy}
				onClick={() => void sign()}>{t("step.sign")}</Button>}
			{mayAct && (Object.keys(forms) as Form[]).map(form => (
				<Button key={form} keys={keysOf[form]} kind={form === "complete" ? "primary" : "plain"}
					onClick={() => show(form)}>{t(`step.${form}`)}</Button>
			))}
		</div>
	);
}
