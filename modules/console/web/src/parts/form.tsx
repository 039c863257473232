/*
 * A form from a description. What is typed is kept in memory under its key until it is sent, so
 * that Escape or a look at something else loses nothing; Ctrl+Enter sends; the consequence stands
 * before the button. Errors come first in a summary that takes the focus and leads to the fields.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api/client";
import { t } from "../i18n";
import { useAct } from "../lib/act";
import { enterMovesOn } from "../lib/focus";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { fieldErrors } from "../lib/problem_text";
import { Button } from "./button";
import { Combo, type ComboOption } from "./combo";
import { Check, Select, TextField } from "./field";
import { Notice, ProblemNotice } from "./notice";
import { Segmented, type Option } from "./segmented";
import { Summary } from "./summary";

/** Texts and choices by name; "" is nothing typed or chosen. */
export type Values = Record<string, string | boolean>;

/** What is typed into a field, without the blanks around it; null when that is nothing. */
export function trimmed(value: string | boolean | undefined): string | null {
	return typeof value === "string" && value.trim() ? value.trim() : null;
}

interface Common {
	name: string;
	label: string;
	required?: boolean;
	/** Not drawn, nor asked for, while this says false. */
	when?: (values: Values) => boolean;
	/** What is wrong with it, told when the field is left; null when nothing is. */
	check?: (value: string) => string | null;
	class?: string;
}

export type FormField = Common & (
	| { kind: "text"; type?: "tel" | "password"; max?: number; placeholder?: string; aside?: string }
	| { kind: "date" }
	| { kind: "lines"; rows?: number; max?: number; placeholder?: string }
	| { kind: "choice"; options: readonly Option<string>[] }
	| { kind: "select"; options: readonly Option<string>[] }
	| { kind: "pick"; options: readonly ComboOption[]; placeholder?: string }
	| { kind: "check" });

interface FormProps {
	id: string;
	title: string;
	fields: readonly FormField[];
	initial: Values;
	/** Names the thing the form is about, so that each keeps its own text. */
	keepAs: string;
	/** In plain words what pressing the button does; shown before it is pressed. */
	consequence?: (values: Values) => ComponentChildren;
	submit: string;
	/** What must be typed for an act that cannot be taken back. */
	confirm?: string;
	kind?: "primary" | "danger";
	onSubmit: (values: Values) => Promise<unknown>;
	onDone?: (() => void) | undefined;
	onCancel?: (() => void) | undefined;
	/** Somebody else was faster (412): the thing is to be read again; the text stays. */
	onStale?: (() => void) | undefined;
	/** Between the fields and the button; a function is given what is typed. */
	children?: ComponentChildren | ((values: Values) => ComponentChildren);
}

function shown(fields: readonly FormField[], values: Values): FormField[] {
	return fields.filter(field => field.when?.(values) ?? true);
}

function wrongWith(field: FormField, values: Values): string | null {
	const value = values[field.name];
	if (typeof value === "boolean")
		return null;
	const text = (value ?? "").trim();
	if (!text)
		return field.required ? t("form.needed", { field: field.label }) : null;
	return field.check?.(text) ?? null;
}

function Control({ id, field, value, error, onChange, onLeave }: {
	id: string;
	field: FormField;
	value: string | boolean;
	error: string | undefined;
	onChange: (value: string | boolean) => void;
	onLeave: () => void;
}): JSX.Element {
	const common = { id, label: field.label, error, class: field.class ?? "" };
	const text = typeof value === "string" ? value : "";
	switch (field.kind) {
	case "check":
		return <Check label={field.label} checked={value === true} onChange={onChange} />;
	case "choice":
		return <Segmented id={id} legend={field.label} options={field.options} error={error}
			class={field.class ?? ""} value={text || null} onChange={onChange} />;
	case "select":
		return <Select {...common} value={text} options={field.options} onChange={onChange} />;
	case "pick":
		return <Combo {...common} options={field.options} value={text || null}
			placeholder={field.placeholder ?? ""} onChange={code => onChange(code ?? "")} />;
	default:
		return (
			<div onFocusOut={onLeave}>
				<TextField {...common} value={text} onInput={onChange} required={field.required ?? false}
					{...field.kind === "lines" ? { rows: field.rows ?? 3 } : {}}
					{...field.kind === "date" ? { type: "date" as const } : {}}
					{...field.kind === "text" && field.type ? { type: field.type } : {}}
					{...field.kind === "text" && field.aside ? { aside: field.aside } : {}}
					{...field.kind !== "date" && field.placeholder ? { placeholder: field.placeholder } : {}}
					{...field.kind !== "date" && field.max ? { maxLength: field.max } : {}} />
			</div>
		);
	}
}

export function ActionForm(props: FormProps): JSX.Element {
	const { id, fields, onCancel } = props;
	const [values, change, forget] = useKept<Values>(`${id} ${props.keepAs}`, props.initial);
	const [wrong, setWrong] = useState<ReadonlyMap<string, string>>(new Map());
	const [summary, setSummary] = useState<readonly [string, string][]>([]);
	const [typed, setTyped] = useState("");
	const act = useAct();
	const form = useRef<HTMLFormElement>(null);
	const visible = shown(fields, values);
	const unconfirmed = props.confirm !== undefined && typed.trim() !== props.confirm;

	useEffect(() => {
		const first = form.current?.querySelector<HTMLElement>("input, textarea, select")
			?? form.current?.querySelector("button");
		first?.focus();
	}, []);

	function tell(found: ReadonlyMap<string, string>) {
		setWrong(found);
		setSummary([...found]);
	}

	function mark(field: string, words: string | null) {
		setWrong(old => new Map([...[...old].filter(([name]) => name !== field),
			...words === null ? [] : [[field, words] as const]]));
	}

	async function send() {
		if (unconfirmed)
			return;
		const found = new Map(visible.flatMap(field => {
			const words = wrongWith(field, values);
			return words === null ? [] : [[field.name, words] as const];
		}));
		tell(found);
		if (found.size > 0)
			return;
		const sent = Object.fromEntries(visible.map(field =>
			[field.name, values[field.name] ?? ""] as const));
		const done = await act.run(() => props.onSubmit(sent).catch((failure: unknown) => {
			const known = new Map([...fieldErrors(failure)].filter(([name]) =>
				visible.some(field => field.name === name)));
			tell(known);
			if (failure instanceof Problem && failure.status === 412)
				props.onStale?.();
			if (known.size === 0)
				throw failure;
			throw new Problem(422, "fields", "");
		}));
		if (done) {
			forget();
			props.onDone?.();
		}
	}

	useShortcuts([
		{ keys: "Ctrl+Enter", label: props.submit, run: () => void send() },
		...onCancel ? [{ keys: "Escape", label: t("action.back"), run: onCancel }] : [],
	]);

	return (
		<form class="action-form" autocomplete="off" aria-label={props.title} ref={form} onKeyDown={enterMovesOn}
			onSubmit={event => event.preventDefault()}>
			{summary.length > 0 && <Summary prefix={`${id}-`} wrong={summary} tried={summary} />}
			{visible.map(field => (
				<Control key={field.name} id={`${id}-${field.name}`} field={field}
					value={values[field.name] ?? ""} error={wrong.get(field.name)}
					onChange={value => {
						change({ [field.name]: value });
						mark(field.name, null);
					}}
					onLeave={() => {
						/* what the server found wrong stands until it is mended */
						const words = wrongWith({ ...field, required: false }, values);
						if (words !== null)
							mark(field.name, words);
					}} />
			))}
			{typeof props.children === "function" ? props.children(values) : props.children}
			{props.confirm !== undefined && <TextField id={`${id}-confirm`} value={typed}
				label={t("form.confirm", { word: props.confirm })} onInput={setTyped} />}
			{act.failure !== null && summary.length === 0 && (
				act.failure instanceof Problem && act.failure.status === 412
					? <Notice tone="warn">{t("conflict.other")} {t("conflict.next")}</Notice>
					: <ProblemNotice error={act.failure} />)}
			{props.consequence && <p class="consequence">{props.consequence(values)}</p>}
			<div class="form-foot">
				<Button kind={props.kind ?? "primary"} keys="Ctrl+Enter" busy={act.busy}
					disabled={unconfirmed} onClick={() => void send()}>{props.submit}</Button>
				{onCancel && <Button keys="Escape" onClick={onCancel}>{t("action.back")}</Button>}
			</div>
		</form>
	);
}
