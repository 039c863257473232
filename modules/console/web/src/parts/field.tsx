/* A labelled control with its hint and error; the error is announced and tied to the control. */
import type { ComponentChildren, JSX, RefObject } from "preact";

export interface Tied {
	id: string;
	"aria-describedby": string | undefined;
	"aria-invalid": "true" | undefined;
}

interface FieldProps {
	id: string;
	label: string;
	error?: string | undefined;
	/** Shown at the right of the label: a count, a shortcut, an example. */
	aside?: ComponentChildren;
	class?: string;
	children: (tied: Tied) => ComponentChildren;
}

export function Field({ id, label, error, aside, class: extra, children }: FieldProps): JSX.Element {
	const errorId = `${id}-error`;
	return (
		<div class={`field ${extra ?? ""}`}>
			<div class="field-head">
				<label for={id}>{label}</label>
				{aside !== undefined && <span class="field-aside">{aside}</span>}
			</div>
			{children({
				id,
				"aria-describedby": error ? errorId : undefined,
				"aria-invalid": error ? "true" : undefined,
			})}
			{error && <p class="field-error" id={errorId}>{error}</p>}
		</div>
	);
}

interface TextProps {
	id: string;
	label: string;
	value: string;
	onInput: (value: string) => void;
	error?: string | undefined;
	aside?: ComponentChildren;
	class?: string;
	/** Lines of a text area; a single-line input without it. */
	rows?: number;
	maxLength?: number;
	required?: boolean;
	placeholder?: string;
	type?: "text" | "password" | "tel" | "date";
	autocomplete?: string;
	inputRef?: RefObject<HTMLTextAreaElement & HTMLInputElement>;
}

export function TextField(props: TextProps): JSX.Element {
	const { rows, value, onInput, inputRef } = props;
	const common = {
		class: "control",
		value,
		required: props.required,
		maxLength: props.maxLength,
		placeholder: props.placeholder,
		ref: inputRef ?? null,
		onInput: (event: Event) =>
			onInput((event.currentTarget as HTMLInputElement | HTMLTextAreaElement).value),
	};
	return (
		<Field id={props.id} label={props.label} error={props.error} aside={props.aside}
			class={props.class ?? ""}>
			{tied => rows !== undefined
				/* else the browser writes it to its disk, to bring it back by itself */
				? <textarea {...tied} {...common} rows={rows} autocomplete="off" />
				: <input {...tied} {...common} type={props.type ?? "text"}
					autocomplete={props.autocomplete ?? "off"} />}
		</Field>
	);
}

interface CheckProps {
	label: string;
	checked: boolean;
	onChange: (checked: boolean) => void;
	disabled?: boolean;
}

export function Check({ label, checked, onChange, disabled = false }: CheckProps): JSX.Element {
	return (
		<label class="check">
			<input type="checkbox" checked={checked} disabled={disabled}
				onChange={event => onChange(event.currentTarget.checked)} />
			<span>{label}</span>
		</label>
	);
}

interface SelectProps<T extends string> {
	id: string;
	label: string;
	value: T;
	options: readonly { value: T; label: string }[];
	onChange: (value: T) => void;
	class?: string;
}

export function Select<T extends string>(props: SelectProps<T>): JSX.Element {
	return (
		<Field id={props.id} label={props.label} class={props.class ?? ""}>
			{tied => (
				<select {...tied} class="control" value={props.value}
					onChange={event => props.onChange(event.currentTarget.value as T)}>
					{props.options.map(option =>
						<option key={option.value} value={option.value}
							selected={option.value === props.value}>{option.label}</option>)}
				</select>
			)}
		</Field>
	);
}
