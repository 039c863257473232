/* A department's inbox: its tasks by the time left of the next limit, and the work on one. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { read } from "../api/ask";
import type { FullTask, Task, TaskState } from "../api/types";
import { t } from "./words";
import { isComposing, useShortcuts } from "../lib/keys";
import { useLoaded, useWorklist } from "../lib/load";
import { go, href, route } from "../lib/route";
import { byDue, dateTime } from "../lib/time";
import { ConflictNotice } from "../parts/conflict";
import { DueBadge, DueBar } from "../parts/due";
import { History } from "../parts/history";
import { ProblemNotice, Skeleton } from "../parts/notice";
import { Tabs } from "../parts/page";
import { Presence } from "../parts/presence";
import { ReceiptPanel, runningLimits } from "../parts/receipt";
import { TaskText } from "../parts/task_text";
import { NothingOpen, WorklistPane } from "../parts/worklist";
import { now } from "../state/clock";
import { useOpenTask, type OpenTask } from "../state/open_task";
import { TaskActionsBar } from "./inbox_actions";
import { BatchFoot, BatchResult, type Outcome } from "./inbox_batch";
import { Standing, TaskMore, useHanging, type SupervisedEntry } from "./inbox_more";
import type { Situation, Tables } from "./standing";

const tabs = {
	todo: ["awaiting_sign", "in_hand", "return_requested", "paused", "on_account"],
	review: ["review_pending"],
	done: ["closed", "visited"],
} as const satisfies Record<string, readonly TaskState[]>;

type Tab = keyof typeof tabs;

function nextDue(task: Task): string | null {
	const first = runningLimits(task)[0] ?? "done";
	const done = task.redo_due ?? task.due;
	return { sign: task.sign_due, contact: task.contact_due, done }[first] ?? done;
}

const marks = {
	all: () => true,
	awaiting_sign: task => task.state === "awaiting_sign",
	in_hand: task => task.state === "in_hand",
	urgent: task => task.urgent,
	overdue: task => Date.parse(nextDue(task) ?? "") < now.peek(),
	returned: task => task.return_standing !== null,
	extension: task => task.extension_asked_at !== null,
	held: task => task.held_since !== null,
	assist: task => task.role === "assist",
} satisfies Record<string, (task: FullTask) => boolean>;

type Mark = keyof typeof marks;
const classes = ["L0", "L1", "L2", "L3", "L4", "L5", "LX"] as const;

function oneOf<T extends string>(values: readonly T[], text: string | null, otherwise: T): T {
	return values.find(value => value === text) ?? otherwise;
}

const pageLimit = 200;
const pagesMost = 5;

async function tasksOf(state: TaskState): Promise<FullTask[]> {
	const items: FullTask[] = [];
	let cursor: string | null = null;
	for (let page = 0; page < pagesMost && (page === 0 || cursor !== null); page++) {
		const answer: { items: FullTask[]; next_cursor: string | null } = await read("/tasks",
			{ query: { state, limit: pageLimit, ...cursor === null ? {} : { cursor } } });
		items.push(...answer.items);
		cursor = answer.next_cursor;
	}
	return items;
}

export async function loadTab(tab: Tab): Promise<FullTask[]> {
	return (await Promise.all(tabs[tab].map(tasksOf))).flat();
}

/** The days of this year and the next; what is not published yet is left out. */
async function loadTables(): Promise<Tables> {
	const year = Number(dateTime(new Date(now.peek()).toISOString()).slice(0, 4));
	const [limits, grounds, checklist, ...calendars] = await Promise.all([
		read("/limits"), read("/grounds"), read("/checklist"),
		...[year - 1, year, year + 1].map(one => read("/calendar/{year}", { path: { year: one } })
			.then(found => found.days, () => [])),
	]);
	return { limits: limits.items, grounds: grounds.items, checklist: checklist.items,
		days: new Map(calendars.flat().map(day => [day.date, day.working])) };
}

function matches(task: FullTask, words: readonly string[]): boolean {
	const text = [task.id, task.title, task.text, task.address, task.category_name, task.area_name]
		.join(" ").toLowerCase();
	return words.every(word => text.includes(word));
}

function Row({ task, running }: { task: FullTask; running: boolean }): JSX.Element {
	const held = task.state === "paused" || task.state === "on_account";
	const tags: [string, boolean][] = [
		[t("mark.return_asked"), task.return_standing === "asked" || task.return_standing === "disputed"],
		[t("mark.return_refused"), task.return_standing === "refused" || task.return_standing === "ruled"],
		[t("mark.extension_asked"), task.extension_asked_at !== null],
		[t(`task_state.${task.state}`), held],
		[t("task.assist"), task.role === "assist"],
		[t("task.round", { n: task.round }), task.round > 1],
		[t("mark.urged", { n: task.urges }), task.urges > 0],
		[t("caller.secret"), task.secret],
	];
	return (
		<>
			<span class="row-line">
				<strong class="row-title">{task.title}</strong>
				{running && !held ? <DueBadge due={nextDue(task)} start={task.dispatched_at} bare />
					: <span class="tag">{t(`task_state.${task.state}`)}</span>}
			</span>
			<span class="row-line row-note">
				<span>{running ? t("inbox.next", { limit: t(`limit.${runningLimits(task)[0] ?? "done"}`) })
					: t(`limit_class.${task.limit_class}`)}
				{task.urgent && <b class="urgent-word"> · {t("appeal.urgent")}</b>}</span>
				<span class="number">{task.appeal}</span>
			</span>
			{tags.some(([, on]) => on) && <span class="tags">
				{tags.filter(([, on]) => on).map(([text]) => <span key={text} class="tag tag-amber">{text}</span>)}</span>}
			{running && !held && <DueBar due={nextDue(task)} start={task.dispatched_at} />}
		</>
	);
}

function Opened({ open, opened, tables, supervised, onDone }: {
	open: OpenTask;
	opened: NonNullable<OpenTask["opened"]>;
	tables: Tables;
	supervised: readonly SupervisedEntry[];
	onDone: () => void;
}): JSX.Element {
	const { task, history } = opened;
	const [inForm, setInForm] = useState(false);
	const hanging = useHanging(task, history);
	const situation: Situation = { task, history, tables, now: now.value, assists: hanging.value?.assists ?? [] };
	return (
		<>
			<section class="card detail" aria-label={t("task.detail")}>
				<Presence appeal={task.appeal} />
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.detail")}>
					{open.conflict && <ConflictNotice changes={open.conflict} />}
					<Standing situation={situation} />
					<TaskText task={task} />
				</div>
				{open.failure !== null && !inForm && <ProblemNotice error={open.failure} />}
				<TaskActionsBar key={task.id} situation={situation} open={open} onDone={onDone} onForm={setInForm} />
			</section>
			<section class="card context" aria-label={t("task.context")}>
				<div class="card-scroll padded" tabIndex={0} role="group" aria-label={t("task.context")}>
					<h2>{t("receipt.title")}</h2>
					<ReceiptPanel task={task} />
					<TaskMore hanging={hanging} supervised={supervised.filter(item => item.task === task.id)} />
					<h2>{t("history.title")}</h2>
					<History events={history} />
				</div>
			</section>
		</>
	);
}

function Detail({ id, ...rest }: { id: string; tables: Tables; supervised: readonly SupervisedEntry[];
	onDone: () => void }): JSX.Element {
	const open = useOpenTask(id);
	return open.opened !== null ? <Opened key={id} open={open} opened={open.opened} {...rest} />
		: <section class="card">{open.error !== null
			? <ProblemNotice error={open.error} onRetry={() => void open.reload()} /> : <Skeleton />}</section>;
}

interface Filter {
	tab: Tab;
	limit: string;
	mark: Mark;
}

function FilterBar({ filter, demands, show, typed, onType, onEnter }: {
	filter: Filter;
	/** Open items of supervision, which are answered on a page of their own. */
	demands: number;
	show: (change: Partial<Filter>) => void;
	typed: string;
	onType: (text: string) => void;
	/** From the words that were typed to the first row that has them. */
	onEnter: () => void;
}): JSX.Element {
	const input = useRef<HTMLInputElement>(null);
	useShortcuts([{ keys: "f", label: t("filter.search"), run: () => input.current?.focus() }]);
	const select = <T extends string>(label: string, value: T, of: readonly [T, string][], pick: (to: T) => void) => (
		<select class="control" aria-label={label} value={value}
			onChange={event => pick(event.currentTarget.value as T)}>
			{of.map(([code, words]) => <option key={code} value={code} selected={code === value}>{words}</option>)}
		</select>
	);
	return (
		<>
			<Tabs label={t("inbox.tabs")} chosen={filter.tab} onChoose={tab => show({ tab })}
				tabs={(Object.keys(tabs) as Tab[]).map(key => ({ key, label: t(`inbox.tab_${key}`) }))} />
			{demands > 0 && <a class="demands" href={href(["figures"], { view: "supervised" })}>
				{t("inbox.demands", { n: demands })}</a>}
			<div class="filter-bar">
				<input class="control" type="search" aria-label={t("filter.search")} placeholder={t("filter.placeholder")}
					aria-keyshortcuts="f" value={typed} ref={input} onInput={event => onType(event.currentTarget.value)}
					onKeyDown={event => {
						if (event.key === "Enter" && !isComposing(event)) {
							event.preventDefault();
							onEnter();
						} else if (event.key === "Escape" && typed) {
							event.stopPropagation();
							onType("");
						}
					}} />
				{select(t("filter.limit"), filter.limit, [["", t("filter.all_limits")],
					...classes.map((code): [string, string] => [code, t(`limit_class.${code}`)])], limit => show({ limit }))}
				{select(t("filter.mark"), filter.mark, (Object.keys(marks) as Mark[])
					.map((mark): [Mark, string] => [mark, t(`filter.${mark}`)]), mark => show({ mark }))}
			</div>
		</>
	);
}

export function InboxScreen({ title }: { title: string }): JSX.Element {
	const { path, query } = route.value;
	const filter: Filter = {
		tab: oneOf(Object.keys(tabs) as Tab[], query.get("tab"), "todo"),
		limit: oneOf(classes, query.get("limit"), "" as "L0"),
		mark: oneOf(Object.keys(marks) as Mark[], query.get("mark"), "all"),
	};
	const { tab, limit, mark } = filter;
	const [typed, setTyped] = useState("");
	const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
	const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
	const tables = useLoaded(loadTables, "tables");
	const list = useWorklist(() => loadTab(tab), tab, tab === "todo" ? "inbox" : null);
	const supervised = useLoaded(async () =>
		(await read("/supervised", { query: { state: "open", limit: pageLimit } })).items, "supervised");
	const demands = supervised.value ?? [];
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	const items = useMemo(() => (list.value ?? [])
		.filter(task => (!limit || task.limit_class === limit) && marks[mark](task) && matches(task, words))
		.sort((a, b) => byDue(nextDue(a), nextDue(b)) || a.id.localeCompare(b.id)),
	[list.value, limit, mark, typed]);
	const chosen = path[1] ?? null;
	/* whatever stood open stays open when the list comes back in another order: a form in it would
	   be lost */
	const shown = useRef<string | null>(null);
	const open = items.find(one => one.id === shown.current) ?? items[0];
	const selected = chosen ?? open?.id ?? null;
	shown.current = selected;
	const address = (to: Filter) => ({ tab: to.tab, limit: to.limit, mark: to.mark === "all" ? null : to.mark });
	const select = (id: string) => go(href(["inbox", id], address(filter)), true);
	const toSign = items.filter(task => marked.has(task.id) && task.state === "awaiting_sign");

	return (
		<>
			<h1 class="unseen">{title}</h1>
			<WorklistPane title={title} list={list} items={items} selected={selected} onSelect={select}
				head={<FilterBar filter={filter} demands={demands.length} typed={typed} onType={setTyped}
					onEnter={() => {
						if (items[0])
							select(items[0].id);
						document.querySelector<HTMLElement>(".worklist .row")?.focus();
					}}
					show={change => go(href(["inbox"], address({ ...filter, ...change })), true)} />}
				empty={t("inbox.empty")}
				emptyNext={t(typed || limit || mark !== "all" ? "filter.empty_next" : "inbox.empty_next")}
				row={task => <Row task={task} running={tab === "todo"} />}
				marking={tab !== "todo" ? undefined : {
					may: task => task.state === "awaiting_sign",
					marked, label: task => t("batch.mark", { id: task.appeal }),
					toggle: id => setMarked(old => new Set(old.has(id) ? [...old].filter(one => one !== id) : [...old, id])),
					foot: <BatchFoot tasks={toSign} onClear={() => setMarked(new Set())}
						onSigned={all => { setOutcomes(all); setMarked(new Set()); void list.reload(); }} />,
				}} />
			{selected === null
				? <NothingOpen list={list} title={t("task.none")} next={t("task.none_next")} />
				: tables.error !== null ? <section class="card nothing"><ProblemNotice error={tables.error}
					onRetry={() => void tables.reload()} /></section>
					: tables.value === null ? <section class="card nothing"><Skeleton /></section>
						: <Detail id={selected} tables={tables.value} supervised={demands}
							onDone={() => { select(selected); void list.reload(); }} />}
			{outcomes !== null && <BatchResult outcomes={outcomes} onClose={() => setOutcomes(null)} />}
		</>
	);
}
