/* The cases behind a number, page by page to the end or to as many as are wanted. */
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/endpoints";
import type { ReportTask, Scope } from "../api/types";
import { categoryTop } from "./classes";
import type { Shown } from "./figures";

export interface Behind {
	items: ReportTask[];
	cursor: string | null;
	ended: boolean;
}

export async function readBehind(period: string, scope: Scope,
	{ department, measure, part }: Shown, most: number): Promise<Behind> {
	const read: Behind = { items: [], cursor: null, ended: false };
	while (!read.ended && read.items.length < most) {
		const page = await api.reportTasks(period, scope, department, measure, part, read.cursor);
		read.items.push(...page.items);
		read.cursor = page.next_cursor;
		read.ended = page.next_cursor === null;
	}
	return read;
}

/** Those of the rules and of the class that the address asks for. */
export function chosenOf(items: readonly ReportTask[], { why, category }: Shown): ReportTask[] {
	const whys = why?.split(",");
	return items.filter(task => (!whys || whys.includes(task.why))
		&& (!category || categoryTop(task.category) === category));
}

/* Beyond this a person asks for more by hand: a month's base can be thousands. */
const readUnasked = 1000;

export interface Reading extends Behind {
	failure: unknown;
	retry: () => void;
	/** Null unless a person has to ask for more. */
	more: (() => void) | null;
}

/** Shows each page as it comes. The caller gives the component a key of the question. */
export function useBehind(period: string, scope: Scope, { department, measure, part }: Shown): Reading {
	const [read, setRead] = useState<Behind>({ items: [], cursor: null, ended: false });
	const [limit, setLimit] = useState(readUnasked);
	const [failure, setFailure] = useState<unknown>(null);
	const { items, cursor, ended } = read;
	useEffect(() => {
		if (ended || items.length >= limit || failure !== null)
			return undefined;
		let dropped = false;
		api.reportTasks(period, scope, department, measure, part, cursor).then(page => {
			if (!dropped)
				setRead({ items: [...items, ...page.items], cursor: page.next_cursor,
					ended: page.next_cursor === null });
		}, error => { if (!dropped) setFailure(error); });
		return () => { dropped = true; };
	}, [read, limit, failure]);
	return { ...read, failure, retry: () => setFailure(null),
		more: !ended && items.length >= limit ? () => setLimit(limit + readUnasked) : null };
}
