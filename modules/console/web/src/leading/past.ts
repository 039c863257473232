/*
 * The twelve months that end with the shown period, one after the other so that the server's slow
 * lane stays free for others. What is frozen does not change and is asked for once.
 */
import { useEffect, useState } from "preact/hooks";
import { api } from "../api/endpoints";
import type { Report, Scope } from "../api/types";
import { me } from "../state/session";
import { monthsUntil } from "./period";

const shownMonths = 12;
const keptMost = 60;
const kept = new Map<string, Report>();

async function monthOf(month: string, scope: Scope): Promise<Report> {
	const key = `${me.peek()?.login} ${month} ${scope}`;
	const found = kept.get(key);
	if (found)
		return found;
	const report = await api.report(month, scope);
	if (report.state === "frozen") {
		if (kept.size >= keptMost)
			kept.clear();
		kept.set(key, report);
	}
	return report;
}

/** Forgets a month that has just got a correction or another state. */
export function forgetMonths() {
	kept.clear();
}

export interface Months {
	months: Report[];
	unread: string[];
	/** None is on its way any longer. */
	all: boolean;
}

/** Those that have come so far, oldest first, and which could not be read. */
export function useMonths(last: string, scope: Scope): Months {
	const [state, setState] = useState<Months & { key: string }>({ key: "", months: [], unread: [], all: false });
	const key = `${last} ${scope}`;
	useEffect(() => {
		let dropped = false;
		void (async () => {
			const months: Report[] = [];
			const unread: string[] = [];
			for (const month of monthsUntil(last, shownMonths).reverse()) {
				const report = await monthOf(month, scope).catch(() => null);
				if (dropped)
					return;
				if (report)
					months.unshift(report);
				else
					unread.unshift(month);
				setState({ key, months: [...months], unread: [...unread], all: false });
			}
			setState({ key, months, unread, all: true });
		})();
		return () => { dropped = true; };
	}, [key]);
	return state.key === key ? state : { months: [], unread: [], all: false };
}
