/* A page of cards: heading with its line and acts, cards below it, and lists from the server. */
import type { ComponentChildren, JSX } from "preact";
import { t } from "../i18n";
import type { Paged } from "../lib/paged";
import { Button } from "./button";
import { Empty, ProblemNotice, Skeleton } from "./notice";

export function Page({ title, line, acts, children }: {
	title: ComponentChildren;
	line?: ComponentChildren;
	/** Buttons and choices at the right of the heading. */
	acts?: ComponentChildren;
	children: ComponentChildren;
}): JSX.Element {
	return (
		<div class="page">
			<div class="page-head">
				<div><h1>{title}</h1>{line !== undefined && <p>{line}</p>}</div>
				{acts !== undefined && <div class="page-acts">{acts}</div>}
			</div>
			{children}
		</div>
	);
}

export function Card({ id, title, count, aside, class: extra, children }: {
	/** Unique in the page; names the card's heading. */
	id: string;
	title: ComponentChildren;
	count?: number | string;
	aside?: ComponentChildren;
	class?: string;
	children: ComponentChildren;
}): JSX.Element {
	return (
		<section class={`card ${extra ?? ""}`} aria-labelledby={`${id}-title`}>
			<div class="card-head">
				<h2 id={`${id}-title`}>{title}</h2>
				{count !== undefined && <span class="count">{count}</span>}
				{aside !== undefined && <div class="push-right card-aside">{aside}</div>}
			</div>
			{children}
		</section>
	);
}

/** Choices of which one is shown: pressed buttons, each with its count where it has one. */
export function Tabs<T extends string>({ label, tabs, chosen, onChoose }: {
	label: string;
	tabs: readonly { key: T; label: string; count?: number | undefined }[];
	chosen: T;
	onChoose: (key: T) => void;
}): JSX.Element {
	return (
		<div class="tabs" role="group" aria-label={label}>
			{tabs.map(tab => (
				<button type="button" key={tab.key} class="tab" aria-pressed={tab.key === chosen}
					onClick={() => onChoose(tab.key)}>
					{tab.label}{tab.count !== undefined && <span class="number"> {tab.count}</span>}</button>
			))}
		</div>
	);
}

/** A list in all its states: on its way, failed, empty, shown, and with more to come. */
export function Listed<T>({ list, empty, emptyNext, children }: {
	list: Paged<T>;
	empty: string;
	emptyNext: string;
	children: (items: T[]) => ComponentChildren;
}): JSX.Element {
	return (
		<>
			{list.error !== null && <ProblemNotice error={list.error} onRetry={() => void list.reload()} />}
			{list.items === null && list.error === null && <Skeleton />}
			{list.items !== null && (list.items.length === 0
				? <Empty title={empty} next={emptyNext} /> : children(list.items))}
			{list.more && <div class="more"><Button onClick={() => void list.more?.()}>
				{t("list.more")}</Button></div>}
		</>
	);
}

/** One thing that was asked for: on its way, failed, or here. */
export function Asked<T>({ loaded, children }: {
	loaded: { value: T | null; error: unknown; reload: () => Promise<void> };
	children: (value: T) => ComponentChildren;
}): JSX.Element {
	return (
		<>
			{loaded.error !== null && <ProblemNotice error={loaded.error}
				onRetry={() => void loaded.reload()} />}
			{loaded.value !== null ? children(loaded.value) : loaded.error === null && <Skeleton />}
		</>
	);
}
