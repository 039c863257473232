/* A button that prints its shortcut and, while busy, ignores clicks without losing focus. */
import type { ComponentChildren, JSX, Ref } from "preact";
import { keysPrinted } from "../lib/keys";

export interface ButtonProps {
	kind?: "plain" | "primary" | "danger" | "quiet";
	keys?: string;
	busy?: boolean;
	disabled?: boolean;
	submit?: boolean;
	label?: string;
	pressed?: boolean;
	class?: string;
	buttonRef?: Ref<HTMLButtonElement>;
	onClick?: () => void;
	children: ComponentChildren;
}

export function Kbd({ keys }: { keys: string }): JSX.Element {
	return <kbd class="kbd" aria-hidden="true">{keysPrinted(keys)}</kbd>;
}

export function Button(props: ButtonProps): JSX.Element {
	const { kind = "plain", busy = false, onClick } = props;
	return (
		<button
			type={props.submit ? "submit" : "button"}
			class={`button button-${kind} ${props.class ?? ""}`}
			disabled={props.disabled}
			aria-busy={busy ? "true" : undefined}
			aria-label={props.label}
			aria-pressed={props.pressed}
			aria-keyshortcuts={props.keys?.replace("Ctrl", "Control")}
			title={props.label}
			ref={props.buttonRef ?? null}
			onClick={() => { if (!busy) onClick?.(); }}
		>
			{props.children}
			{props.keys && <Kbd keys={props.keys} />}
		</button>
	);
}
