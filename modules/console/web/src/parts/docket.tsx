/*
 * A list of things to decide: a table, and at the right the one that was opened, with what can be
 * done about it. And the links between the screens of a subject.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Paged } from "../lib/paged";
import { href, route } from "../lib/route";
import { Dialog } from "./dialog";
import { Card, Listed } from "./page";
import { Table, type Column } from "./table";
import { Facts } from "./task_text";
import { Steps, type MaybeStep } from "./steps";
import { t } from "./case_words";

export function Sections({ label, links }: {
	label: string;
	links: readonly (readonly [path: readonly string[], label: string])[];
}): JSX.Element {
	const at = route.value.path.join("/");
	/* what is opened below a screen belongs to it */
	const exact = links.some(([path]) => path.join("/") === at);
	const isHere = (path: readonly string[]) => exact ? path.join("/") === at
		: path.length === 1 && path[0] === route.value.path[0];
	return (
		<nav class="tabs sections" aria-label={label}>
			{links.map(([path, words]) => (
				<a key={words} class="tab" href={href([...path])}
					aria-current={isHere(path) ? "page" : undefined}>{words}</a>
			))}
		</nav>
	);
}

/**
 * A column by its heading, its cell, and how it looks. What is opened shows all of them: the first
 * as its heading, what is clipped in the list as its text, the others as facts, and those aside
 * only there.
 */
type Tuple<T> = readonly [head: string, cell: (row: T) => ComponentChildren,
	look?: "number" | "nowrap" | "clip" | "aside"];

function columnsOf<T>(tuples: readonly Tuple<T>[]): Column<T>[] {
	return tuples.filter(([, , look]) => look !== "aside").map(([head, cell, look], at) => ({
		key: String(at), head, class: look ?? "", number: look === "number", cell: row => cell(row) || "·" }));
}

/** A number that opens into what it counts. */
export function Behind({ count, children }: { count: number; children: ComponentChildren }): JSX.Element {
	const [open, setOpen] = useState(false);
	return (
		<details class="behind" onToggle={event => setOpen(event.currentTarget.open)}>
			<summary>{count}</summary>{open && children}
		</details>
	);
}

interface DocketProps<T> {
	id: string;
	title: string;
	list: Paged<T>;
	columns: readonly Tuple<T>[];
	rowKey: (row: T) => string;
	empty: string;
	emptyNext?: string;
	aside?: ComponentChildren;
	/** Heading of what is opened, where the first column is none. */
	heading?: (row: T) => ComponentChildren;
	/** Of the opened one, below its facts. */
	body?: (row: T) => ComponentChildren;
	/** Nothing opens. */
	still?: true;
	/** Opens an address instead; current is the row that it shows. */
	to?: (row: T) => string;
	current?: string | null;
	steps?: (row: T) => readonly MaybeStep[];
	children?: ComponentChildren;
}

export function Docket<T>(props: DocketProps<T>): JSX.Element {
	const { id, list, rowKey } = props;
	const [open, setOpen] = useState<string | null>(null);
	const [round, setRound] = useState(0);
	const rest = useRef<HTMLDivElement>(null);
	const row = open === null ? undefined : list.items?.find(item => rowKey(item) === open);

	/* what was decided leaves the list: the focus goes back to what is left of it */
	useEffect(() => {
		if (open !== null && list.items !== null && row === undefined) {
			setOpen(null);
			rest.current?.focus();
		}
	}, [open, list.items, row]);

	return (
		<Card id={id} title={props.title} aside={props.aside}
			{...list.items ? { count: `${list.items.length}${list.more ? "+" : ""}` } : {}}>
			{props.children}
			<div ref={rest} tabIndex={-1}>
				<Listed list={list} empty={props.empty} emptyNext={props.emptyNext ?? t("docket.empty_next")}>
					{items => <Table caption={props.title} columns={columnsOf(props.columns)} rows={items} rowKey={rowKey}
						current={props.current ?? open} {...props.to ? { to: props.to }
							: !props.still ? { onOpen: (item: T) => setOpen(rowKey(item)) } : {}} />}
				</Listed>
			</div>
			{row !== undefined && (
				<Dialog id={`${id}-open`} kind="drawer" onClose={() => setOpen(null)}
					title={props.heading?.(row) ?? props.columns[0]?.[1](row)}>
					<div class="drawer-body" tabIndex={0} role="group" aria-label={props.title} key={round}>
						{props.columns.map(([, cell, look], at) => look === "clip"
							&& <p class="citizen-text" key={at}>{cell(row)}</p>)}
						<Facts facts={props.columns.slice(1).flatMap(([head, cell, look]) => look === "clip"
							? [] : [[head, cell(row) || null]])} />
						{props.body?.(row)}</div>
					{props.steps && <Steps key={rowKey(row)} id={id} keepAs={rowKey(row)}
						steps={props.steps(row)} onDone={() => list.reload().then(() => setRound(round + 1))} onStale={() => void list.reload()} />}
				</Dialog>
			)}
		</Card>
	);
}
