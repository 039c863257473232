/*
 * The list and search of appeals. What is filtered by stands in the address; words, numbers and
 * phones do not: they stay in memory. Who comes back from a case finds the list where it was.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import type { Appeal, AppealState, Channel, Me } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { recentCodes, rememberCode } from "../lib/recent";
import { go, href, route } from "../lib/route";
import { shortDateTime } from "../lib/time";
import { listAddress, sought } from "../lib/sought";
import { whenForgotten } from "../lib/kept";
import { Button } from "../parts/button";
import { Combo } from "../parts/combo";
import { DueBadge } from "../parts/due";
import { Check, Select, TextField } from "../parts/field";
import { Empty, ProblemNotice, Skeleton } from "../parts/notice";
import { areaOption, categoryOption, unitOption } from "../parts/options";
import { Card, Page } from "../parts/page";
import { Table, type Column } from "../parts/table";
import { now } from "../state/clock";
import { areaName, catalogue, categoryPath, departmentName, departments } from "../state/reference";
import { CasePage } from "./case";
import { t } from "./words";

const states: readonly AppealState[] = ["accepted", "dispatched", "closed", "archived", "answered", "refused",
	"transferred", "merged", "withdrawn"];
const channels: readonly Channel[] = ["12345", "110", "enterprise", "window", "web", "app", "letter", "leader"];
const pageLimit = 50;
/** Who may look for words and phones; the others have the filters. */
const searchers = ["operator", "dispatcher", "reviewer", "visitor", "supervisor", "leader", "auditor"];

interface Found {
	key: string;
	items: Appeal[];
	next: string | null;
	count: number | string | null;
	narrow: boolean;
	scroll: number;
	last: string | null;
}

let kept: Found | null = null;
whenForgotten(() => { kept = null; });

/** A phone, the end of a number, or words. */
function meant(text: string): Record<string, string> {
	const plain = text.replace(/[\s-]/g, "");
	if (/^\+?\d{7,20}$/.test(plain))
		return { phone: plain };
	return /^\d{4,6}$/.test(plain) ? { number: plain } : text ? { q: text } : {};
}

/** As they stand in the address, each under its name; what is not there is null. */
const filterNames = ["state", "channel", "department", "category", "area", "from", "until", "overdue"] as const;
type Filters = Record<typeof filterNames[number], string | null>;
const filtersNow = () => Object.fromEntries(filterNames.map(name => [name, route.value.query.get(name)])) as Filters;

/** A day that is typed is none yet while its year begins by zeros. */
const isDay = (text: string) => text === "" || /^(199|20)\d/.test(text);

async function find(filters: Filters, words: string, mayLook: boolean, cursor: string | null) {
	const common = { limit: pageLimit, count: true, ...cursor ? { cursor } : {} };
	const by = { ...filters.state ? { state: filters.state as AppealState } : {},
		...filters.channel ? { channel: filters.channel as Channel } : {},
		...filters.department ? { department: filters.department } : {},
		...filters.category ? { category: filters.category } : {},
		...filters.area ? { area: filters.area } : {},
		...filters.from ? { received_from: filters.from } : {},
		...filters.until ? { received_until: filters.until } : {},
		...filters.overdue ? { overdue: true } : {} };
	return mayLook ? (await ask.post("/appeals/search", { query: common, body: { ...by, ...meant(words) } })).body
		: (await ask.get("/appeals", { query: { ...common, ...by } })).body;
}

function useFound(filters: Filters, words: string, mayLook: boolean) {
	const key = JSON.stringify([filters, words]);
	const [found, setFound] = useState<Found | null>(kept?.key === key ? kept : null);
	const [error, setError] = useState<unknown>(null);
	const newest = useRef(key);
	newest.current = key;
	async function load(cursor: string | null) {
		try {
			const page = await find(filters, words, mayLook, cursor);
			if (newest.current !== key)
				return;
			setError(null);
			setFound(old => ({ key, next: page.next_cursor, narrow: page.narrow ?? false, scroll: 0, last: null,
				items: [...cursor && old ? old.items : [], ...page.items], count: page.count ?? null }));
		} catch (failure) {
			if (newest.current === key)
				setError(failure);
		}
	}
	useEffect(() => {
		if (found?.key !== key) {
			setFound(null);
			setError(null);
			void load(null);
		}
	}, [key]);
	const mine = found?.key === key ? found : null;
	if (mine)
		kept = { ...mine, scroll: kept?.key === key ? kept.scroll : 0, last: kept?.key === key ? kept.last : null };
	return { found: mine, error, more: mine?.next ? () => void load(mine.next) : null, reload: () => void load(null) };
}

/** Made anew with each drawing: the language may change. */
const columnsNow = (): Column<Appeal>[] => [
	{ key: "id", head: t("appeal.id"), cell: one => <span class="number">{one.id}</span> },
	{ key: "title", head: t("appeal.title"), cell: one => <span class="clip">{one.title}</span> },
	{ key: "state", head: t("case.state"), cell: one => <span class="tag">{t(`appeal_state.${one.state}`)}</span> },
	{ key: "due", head: t("case.due"), cell: one => {
		const lead = one.tasks.find(task => task.role === "lead" && ["awaiting_sign", "in_hand", "return_requested"].includes(task.state));
		return lead ? <DueBadge due={lead.due} start={lead.dispatched_at} /> : null;
	} },
	{ key: "department", head: t("appeal.department"), cell: one =>
		one.tasks.filter(task => task.role === "lead").map(task => departmentName(task.department))[0] ?? "—" },
	{ key: "category", head: t("appeal.category"), cell: one => <span class="clip">{categoryPath(one.category).split(" / ").pop()}</span> },
	{ key: "area", head: t("appeal.area"), cell: one => areaName(one.area) },
	{ key: "channel", head: t("appeal.channel"), cell: one => t(`channel.${one.channel}`) },
	{ key: "at", head: t("appeal.received_at"), cell: one => <span class="number">{shortDateTime(one.received_at, now.value)}</span> },
];

function List({ me, title }: { me: Me; title: string }): JSX.Element {
	const { query } = route.value;
	const mayLook = searchers.includes(me.role);
	const filters = filtersNow();
	const [typed, setTyped] = useState(sought.value);
	const words = sought.value;
	const { found, error, more, reload } = useFound(filters, words, mayLook);
	const box = useRef<HTMLDivElement>(null);
	const narrowBy = (change: Partial<Filters>) => go(href(["appeals"], { ...filtersNow(), ...change }), true);
	const place = (name: "category" | "area") => (code: string | null) => {
		narrowBy({ [name]: code });
		if (code !== null)
			rememberCode(name === "area" ? "areas" : "categories", code);
	};
	const day = (name: "from" | "until") => (text: string) => { if (isDay(text)) narrowBy({ [name]: text || null }); };

	useEffect(() => {
		const page = box.current?.closest(".page");
		if (page && kept && found) {
			page.scrollTop = kept.scroll;
			if (kept.last)
				document.querySelector<HTMLElement>(`a[href="#/appeals/${kept.last}"]`)?.focus();
		}
		const keep = () => { if (kept && page) kept.scroll = page.scrollTop; };
		page?.addEventListener("scroll", keep);
		return () => page?.removeEventListener("scroll", keep);
	}, [found?.key]);
	useEffect(() => { setTyped(words); }, [words]);
	useEffect(() => { listAddress.value = location.hash || "#/appeals"; }, [query.toString()]);
	function look() {
		const text = typed.trim();
		if (/^LD\d{8,}$/i.test(text))
			go(href(["appeals", text.toUpperCase()]));
		else
			sought.value = text;
	}
	const nothing = { value: "", label: t("case.any") };
	return (
		<Page title={title} line={found && <>{t("case.found", { n: found.count ?? found.items.length })}{found.narrow && ` ${t("case.narrow")}`}</>}>
			<div class="card filters" ref={box}>
				{mayLook && (
					<form class="filter-words" role="search" autocomplete="off" onSubmit={event => { event.preventDefault(); look(); }}>
						<label for="case-words">{t("case.words")}</label>
						<input id="case-words" class="control" type="search" value={typed} maxLength={100}
							placeholder={t("case.words_hint")} onInput={event => setTyped(event.currentTarget.value)} />
						<Button kind="primary" submit>{t("case.look")}</Button>
					</form>
				)}
				<Select id="case-state" label={t("case.state")} value={filters.state ?? ""} onChange={state => narrowBy({ state })}
					options={[nothing, ...states.map(value => ({ value, label: t(`appeal_state.${value}`) }))]} />
				<Select id="case-channel" label={t("appeal.channel")} value={filters.channel ?? ""} onChange={channel => narrowBy({ channel })}
					options={[nothing, ...channels.map(value => ({ value, label: t(`channel.${value}`) }))]} />
				{me.role !== "department" && <Combo id="case-department" label={t("appeal.department")} value={filters.department}
					placeholder={t("case.any")} onChange={department => narrowBy({ department })}
					options={departments.value.map(unitOption)} />}
				<Combo id="case-category" label={t("appeal.category")} value={filters.category} placeholder={t("case.any")}
					recent={recentCodes("categories")} onChange={place("category")} options={(catalogue.value?.categories ?? []).map(categoryOption)} />
				<Combo id="case-area" label={t("appeal.area")} value={filters.area} placeholder={t("case.any")}
					recent={recentCodes("areas")} onChange={place("area")} options={(catalogue.value?.areas ?? []).map(areaOption)} />
				<TextField id="case-from" label={t("case.from")} type="date" value={filters.from ?? ""} onInput={day("from")} />
				<TextField id="case-until" label={t("case.until")} type="date" value={filters.until ?? ""} onInput={day("until")} />
				<Check label={t("case.overdue")} checked={filters.overdue === "1"} onChange={on => narrowBy({ overdue: on ? "1" : null })} />
				{filterNames.some(name => filters[name] !== null) && <Button kind="quiet" onClick={() => go(href(["appeals"]), true)}>{t("case.clear")}</Button>}
			</div>
			<Card id="cases" title={t("case.list")} class="cases">
				{error !== null && <ProblemNotice error={error} onRetry={reload} />}
				{!found && error === null && <Skeleton rows={8} />}
				{found && found.items.length === 0 && <Empty title={t("case.none")} next={t("case.none_next")} />}
				{found && found.items.length > 0 && (
					/* which one was opened is where the focus comes back to */
					<div onClick={event => {
						const link = (event.target as HTMLElement).closest("a");
						if (kept && link) kept.last = link.hash.split("/")[2] ?? null;
					}}><Table caption={t("case.list")} columns={columnsNow()}
						rows={found.items} rowKey={one => one.id} to={one => href(["appeals", one.id])} /></div>
				)}
				{more && <div class="more"><Button onClick={more}>{t("list.more")}</Button></div>}
			</Card>
		</Page>
	);
}

export function CasesScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const id = route.value.path[1] ?? null;
	useShortcuts([{ keys: "Escape", label: t("case.back"), enabled: id !== null, run: () => go(listAddress.value) }]);
	return id === null ? <List me={me} title={title} /> : <CasePage key={id} id={id} me={me} />;
}
