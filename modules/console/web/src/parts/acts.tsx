/*
 * What can be done with a thing now: a row of buttons, each with its key; pressed, it opens its
 * form, which says the consequence before it is sent. What cannot be done says why, in words.
 */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useShortcuts } from "../lib/keys";
import { Button } from "./button";
import { ActionForm, type FormField, type Values } from "./form";
import { say } from "./toast";

export interface ActChoice {
	id: string;
	keys: string;
	label: string;
	kind?: "primary" | "danger";
	fields?: readonly FormField[];
	initial?: Values;
	consequence: (values: Values) => ComponentChildren;
	run: (values: Values) => Promise<unknown>;
	/** Said when it is done; left out where the act speaks for itself, as an undo does. */
	done?: string;
}

interface ActsProps {
	/** Names the thing, so that each keeps what was typed about it. */
	of: string;
	acts: readonly ActChoice[];
	/** Said beside the buttons, or instead of them. */
	line?: ComponentChildren;
	onDone: () => void;
	onStale: () => void;
}

export function Acts({ of, acts, line, onDone, onStale }: ActsProps): JSX.Element {
	const [open, setOpen] = useState<string | null>(null);
	const act = acts.find(one => one.id === open);
	useShortcuts(act ? [] : acts.map(one => ({
		keys: one.keys, label: one.label, run: () => setOpen(one.id) })));

	function close() {
		setOpen(null);
		/* back to where the form was opened from, which is drawn after this event */
		requestAnimationFrame(() => document.querySelector<HTMLElement>(
			`#act-${open} button`)?.focus());
	}
	if (act) {
		return (
			<ActionForm key={act.id} id={act.id} title={act.label} keepAs={of}
				fields={act.fields ?? []} initial={act.initial ?? {}} submit={act.label}
				consequence={act.consequence} kind={act.kind === "danger" ? "danger" : "primary"}
				onSubmit={act.run} onCancel={close} onStale={onStale}
				onDone={() => {
					setOpen(null);
					if (act.done)
						say(act.done);
					onDone();
				}} />
		);
	}
	return (
		<div class="card-foot actions">
			<span class={line ? "consequence" : "push-right"}>{line}</span>
			{acts.map(one => (
				<span key={one.id} id={`act-${one.id}`}><Button keys={one.keys} kind={one.kind ?? "plain"}
					onClick={() => setOpen(one.id)}>{one.label}</Button></span>
			))}
		</div>
	);
}
