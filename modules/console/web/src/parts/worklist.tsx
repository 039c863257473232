/* The list at the left of a work screen: J and K move, new entries wait behind a pill. */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { useShortcuts } from "../lib/keys";
import type { Worklist } from "../lib/load";
import { Kbd } from "./button";
import { Icon } from "./icons";
import { Empty, ProblemNotice, Skeleton } from "./notice";

interface WorklistProps<T extends { id: string }> {
	title: string;
	list: Worklist<T>;
	/** In the order shown. */
	items: readonly T[];
	selected: string | null;
	onSelect: (id: string) => void;
	row: (item: T) => ComponentChildren;
	head?: ComponentChildren;
	empty: string;
	emptyNext: string;
	/** Rows that can be marked, to do something with all of them at once. */
	marking?: Marking<T> | undefined;
}

interface Marking<T> {
	may: (item: T) => boolean;
	marked: ReadonlySet<string>;
	toggle: (id: string) => void;
	label: (item: T) => string;
	/** What can be done with the marked ones. */
	foot: ComponentChildren;
}

export function WorklistPane<T extends { id: string }>(props: WorklistProps<T>): JSX.Element {
	const { list, items, selected, onSelect, marking } = props;
	const ul = useRef<HTMLUListElement>(null);

	function move(by: number) {
		const at = items.findIndex(item => item.id === selected);
		const to = Math.min(items.length - 1, Math.max(0, at + by));
		const item = items[to];
		if (item) {
			onSelect(item.id);
			ul.current?.children[to]?.querySelector<HTMLElement>(".row")?.focus();
		}
	}

	function toggle() {
		const row = document.activeElement?.closest(".worklist li");
		const item = row ? items[Array.from(ul.current?.children ?? []).indexOf(row)]
			: items.find(one => one.id === selected);
		if (item && marking?.may(item))
			marking.toggle(item.id);
	}

	useShortcuts([
		...marking ? [{ keys: "x", label: t("keys.mark"), run: toggle }] : [],
		{ keys: "j", label: t("keys.next_row"), run: () => move(1) },
		{ keys: "k", label: t("keys.previous_row"), run: () => move(-1) },
		{ keys: "r", label: t("keys.refresh"), run: () => void list.reload() },
	]);

	return (
		<section class="card worklist" aria-labelledby="worklist-title">
			<div class="card-head">
				<h2 id="worklist-title">{props.title}</h2>
				{list.value !== null && <span class="count">{items.length}</span>}
				{/* in the head, where it moves no row */}
				{list.waiting > 0 && (
					<button type="button" class="pill" onClick={list.showWaiting}>
						{t("worklist.waiting", { n: list.waiting })}</button>
				)}
				<button type="button" class="button button-quiet icon-only push-right"
					aria-label={t("keys.refresh")} title={t("keys.refresh")}
					onClick={() => void list.reload()}><Icon name="refresh" size={15} /></button>
			</div>
			{props.head}
			<div class="card-scroll">
				{list.error !== null && <ProblemNotice error={list.error}
					onRetry={() => void list.reload()} />}
				{list.value === null && list.error === null && <Skeleton />}
				{list.value !== null && items.length === 0
					&& <Empty title={props.empty} next={props.emptyNext} />}
				<ul class="rows" ref={ul}>
					{items.map(item => (
						<li key={item.id} class={marking?.may(item) ? `row-marking ${item.id === selected ? "row-current" : ""}` : ""}>
							{marking?.may(item) && <label class="row-mark"><input type="checkbox"
								aria-label={marking.label(item)} checked={marking.marked.has(item.id)}
								onChange={() => marking.toggle(item.id)} /></label>}
							<button type="button" class="row"
								aria-current={item.id === selected ? "true" : undefined}
								onClick={() => onSelect(item.id)}>{props.row(item)}</button>
						</li>
					))}
				</ul>
			</div>
			{marking?.foot}
			<div class="card-foot hints">
				<Kbd keys="j" /><Kbd keys="k" /><span>{t("keys.move")}</span>
				{marking && <><Kbd keys="x" /><span>{t("keys.mark")}</span></>}
				<Kbd keys="r" /><span>{t("keys.refresh")}</span>
			</div>
		</section>
	);
}

/** Beside a list of which nothing is open. Nothing is said to be missing before the list is here. */
export function NothingOpen({ list, title, next }: { list: Worklist<unknown>; title: string; next: string }): JSX.Element {
	return (
		<section class="card nothing">
			{list.value !== null ? <Empty title={title} next={next} /> : list.error === null && <Skeleton />}
		</section>
	);
}
