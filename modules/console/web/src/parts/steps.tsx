/*
 * What can be done about the thing in view: a letter opens the form of a step, Ctrl+Enter takes
 * it, Escape leaves it with its text kept. Focus returns to the step's button.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useShortcuts } from "../lib/keys";
import { t } from "./case_words";
import { Button } from "./button";
import { ActionForm, type FormField, type Values } from "./form";
import { say } from "./toast";

export interface Step {
	/** The letter that opens it. */
	key: string;
	name: string;
	label: string;
	fields: readonly FormField[];
	initial?: Values;
	/** What pressing the button does; shown before it is pressed. */
	consequence?: ComponentChildren;
	/** What must be typed before what cannot be taken back. */
	confirm?: string;
	danger?: boolean;
	primary?: boolean;
	run: (values: Values) => Promise<unknown>;
}

/** Nothing where the step is not for this person or state. */
export type MaybeStep = Step | false | null;

interface StepsProps {
	id: string;
	/** Names the thing, so that each keeps its own text. */
	keepAs: string;
	steps: readonly MaybeStep[];
	/** Reads the thing again; the form stays until it is here, so that the next step has its tag. */
	onDone: () => Promise<unknown> | void;
	onStale?: () => void;
	/** Shown before the buttons: which step is next, and why. */
	note?: ComponentChildren;
	/** The step whose form is open from the beginning. */
	begin?: string | null;
}

export function Steps({ id, keepAs, steps, onDone, onStale, note, begin }: StepsProps): JSX.Element | null {
	const [open, setOpen] = useState(begin ?? null);
	const bar = useRef<HTMLDivElement>(null);
	const left = useRef<string | null>(null);
	const known = steps.filter((step): step is Step => !!step);
	const current = known.find(step => step.name === open) ?? null;

	useShortcuts(known.map(step => ({ keys: step.key, label: step.label, enabled: current === null,
		run: () => setOpen(step.name) })));
	useEffect(() => {
		if (current === null && left.current !== null) {
			const button = bar.current?.querySelector<HTMLElement>(`[aria-keyshortcuts=${left.current}]`);
			(button ?? bar.current)?.focus();
		}
		left.current = current?.key ?? null;
	}, [current]);

	if (known.length === 0)
		return null;
	if (current) {
		return (
			<ActionForm key={current.name} id={`${id}-${current.name}`} keepAs={keepAs}
				title={current.label} fields={current.fields} initial={current.initial ?? {}}
				submit={current.label} kind={current.danger ? "danger" : "primary"}
				{...current.confirm === undefined ? {} : { confirm: current.confirm }}
				{...current.consequence === undefined ? {} : { consequence: () => current.consequence }}
				onSubmit={async values => {
					await current.run(values);
					await onDone();
				}}
				onStale={onStale} onCancel={() => setOpen(null)}
				onDone={() => {
					say(t("step.done", { what: current.label }));
					setOpen(null);
				}} />
		);
	}
	return (
		<div class="next-steps" ref={bar} tabIndex={-1}>
			{note !== undefined && <p>{note}</p>}
			{known.map(step => (
				<Button key={step.name} keys={step.key} onClick={() => setOpen(step.name)}
					kind={step.primary ? "primary" : step.danger ? "danger" : "plain"}>
					{step.label}</Button>
			))}
		</div>
	);
}
