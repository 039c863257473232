/*
 * One choice of a few, as native radios drawn as a segmented control. Digits choose while the
 * group has focus; nothing is chosen until a person does, where value is null.
 */
import type { JSX, RefObject } from "preact";
import { isComposing } from "../lib/keys";

export interface Option<T extends string> {
	value: T;
	label: string;
}

interface SegmentedProps<T extends string> {
	id: string;
	legend: string;
	options: readonly Option<T>[];
	value: T | null;
	onChange: (value: T) => void;
	error?: string | undefined;
	class?: string;
	groupRef?: RefObject<HTMLFieldSetElement>;
	/** Told after a digit has chosen, so that a questionnaire can go on to the next question. */
	onDigit?: () => void;
}

export function Segmented<T extends string>(props: SegmentedProps<T>): JSX.Element {
	const { id, options, value, onChange, error } = props;
	function onKeyDown(event: KeyboardEvent) {
		if (isComposing(event) || event.ctrlKey || event.altKey || event.metaKey)
			return;
		const option = options[Number(event.key) - 1];
		if (option && event.key >= "1" && event.key <= "9") {
			event.preventDefault();
			onChange(option.value);
			document.getElementById(`${id}-${option.value}`)?.focus();
			props.onDigit?.();
		}
	}
	return (
		<fieldset class={`segmented ${props.class ?? ""}`} ref={props.groupRef ?? null}
			onKeyDown={onKeyDown} aria-describedby={error ? `${id}-error` : undefined}>
			<legend>{props.legend}</legend>
			<div class="segments">
				{options.map((option, index) => (
					<span class="segment" key={option.value}>
						<input type="radio" name={id} id={`${id}-${option.value}`}
							checked={option.value === value}
							onChange={() => onChange(option.value)} />
						<label for={`${id}-${option.value}`}>
							{option.label}
							<span class="digit" aria-hidden="true">{index + 1}</span>
						</label>
					</span>
				))}
			</div>
			{error && <p class="field-error" id={`${id}-error`}>{error}</p>}
		</fieldset>
	);
}
