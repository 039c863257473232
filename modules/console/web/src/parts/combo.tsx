/* A combo box after the ARIA pattern: type to narrow, arrows to move, Enter or Tab to take. */
import type { JSX, RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { isComposing } from "../lib/keys";
import { matchRank, type Candidate } from "../lib/match";
import { Field } from "./field";

export interface ComboOption {
	value: string;
	label: string;
	/** Shown small under or beside the label: the path, the code. */
	note: string;
	candidate: Candidate;
}

interface ComboProps {
	id: string;
	label: string;
	options: readonly ComboOption[];
	value: string | null;
	onChange: (value: string | null) => void;
	/** Offered first while nothing is typed: what this person took last. */
	recent?: readonly string[];
	placeholder?: string;
	error?: string | undefined;
	class?: string;
	inputRef?: RefObject<HTMLInputElement>;
}

const shownAtMost = 40;

function narrowed(options: readonly ComboOption[], typed: string, recent: readonly string[]) {
	if (!typed.trim()) {
		const last = recent.flatMap(value => options.filter(o => o.value === value));
		return [...last, ...options.filter(o => !recent.includes(o.value))].slice(0, shownAtMost);
	}
	return options
		.map((option, index) => ({ option, index, rank: matchRank(typed, option.candidate) }))
		.filter(found => found.rank >= 0)
		.sort((a, b) => a.rank - b.rank || a.index - b.index)
		.slice(0, shownAtMost)
		.map(found => found.option);
}

export function Combo(props: ComboProps): JSX.Element {
	const { id, options, value, onChange, recent = [] } = props;
	/* null: closed, the input shows the chosen entry; a text: open, the input shows what is typed */
	const [typed, setTyped] = useState<string | null>(null);
	const [active, setActive] = useState(0);
	const listRef = useRef<HTMLUListElement>(null);
	const chosen = options.find(option => option.value === value);
	const open = typed !== null;
	const found = useMemo(() => open ? narrowed(options, typed, recent) : [],
		[open, typed, options, recent]);

	useEffect(() => {
		listRef.current?.children[active]?.scrollIntoView({ block: "nearest" });
	}, [active, open]);

	function take(option: ComboOption | undefined) {
		if (option)
			onChange(option.value);
		setTyped(null);
	}

	function onInput(event: JSX.TargetedInputEvent<HTMLInputElement>) {
		const text = event.currentTarget.value;
		if (text === "")
			onChange(null);
		setTyped(text);
		setActive(0);
	}

	function move(by: number) {
		if (!open) {
			setTyped("");
			setActive(0);
		} else if (found.length > 0) {
			setActive((active + by + found.length) % found.length);
		}
	}

	function onKeyDown(event: KeyboardEvent) {
		if (isComposing(event) || event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			move(event.key === "ArrowDown" ? 1 : -1);
		} else if (open && (event.key === "Enter" || event.key === "Tab") && typed !== "") {
			take(found[active]);
		} else if (open && event.key === "Enter") {
			take(active > 0 || !chosen ? found[active] : chosen);
		} else if (open && event.key === "Escape") {
			event.preventDefault();
			event.stopPropagation();
			setTyped(null);
		}
	}

	const listId = `${id}-list`;
	return (
		<Field id={id} label={props.label} error={props.error} class={`combo ${props.class ?? ""}`}>
			{tied => (
				<>
					<input {...tied} class="control" type="text" role="combobox" autocomplete="off"
						spellcheck={false} placeholder={props.placeholder}
						aria-expanded={open} aria-controls={listId} aria-autocomplete="list"
						aria-activedescendant={open && found[active] ? `${id}-${active}` : undefined}
						value={typed ?? chosen?.label ?? ""}
						ref={props.inputRef ?? null}
						onFocus={event => event.currentTarget.select()}
						onClick={() => { if (!open) move(1); }}
						onInput={onInput} onKeyDown={onKeyDown}
						onBlur={() => setTyped(null)} />
					<ul id={listId} role="listbox" class="combo-list" hidden={!open}
						aria-label={props.label} ref={listRef}>
						{found.map((option, index) => (
							<li key={option.value} id={`${id}-${index}`} role="option"
								aria-selected={index === active}
								onMouseDown={event => { event.preventDefault(); take(option); }}>
								<span>{option.label}</span>
								<small>{option.note}</small>
							</li>
						))}
						{open && found.length === 0 && (
							<li role="option" aria-selected="false" aria-disabled="true"
								class="combo-none">{t("combo.none")}</li>
						)}
					</ul>
				</>
			)}
		</Field>
	);
}
