/* What the screens of administration share: lists read whole, and their panes. */
import type { ComponentChildren, JSX } from "preact";
import type { Role } from "../api/types";
import { candidateOf } from "../lib/match";
import type { ComboOption } from "../parts/combo";
import { trimmed } from "../parts/form";
import { departments, nameOf } from "../state/reference";
import { t } from "./words";

export const roles: readonly Role[] = ["operator", "dispatcher", "department", "reviewer", "visitor",
	"supervisor", "leader", "auditor", "observer", "contact", "admin", "system", "security", "audit",
	"intake"];

export const roleOptions = () => roles.map(value => ({ value, label: t(`role.${value}`) }));

/** Roles that belong to a unit: a department always, a supervisor perhaps. */
export const hasUnit = (role: unknown) => role === "department" || role === "supervisor";

export function unitOptions(): ComboOption[] {
	return departments.value.filter(unit => !unit.disabled).map(unit =>
		({ value: unit.code, label: nameOf(unit), note: unit.code, candidate: candidateOf(unit) }));
}

const pagesMost = 50;

/** A list that is searched as it is typed must be here whole. */
export async function everything<T>(
	page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor: string | null }>) {
	const all: T[] = [];
	let cursor: string | undefined;
	for (let n = 0; n < pagesMost; n++) {
		const { items, next_cursor } = await page(cursor);
		all.push(...items);
		if (next_cursor === null)
			break;
		cursor = next_cursor;
	}
	return all;
}

export const linesOf = (text: unknown) => String(text).split(/[\s,，、]+/).filter(Boolean);
/** The whole of a local day, as an instant. */
export const endOfDay = (day: string | boolean | undefined) => trimmed(day) && `${String(day)}T23:59:59+08:00`;

/** Two panes: what there is, and the one that was chosen or is being added. */
export function Directory({ id, title, count, aside, filters, list, side, label }: {
	id: string;
	title: string;
	count: number | undefined;
	aside: ComponentChildren;
	filters: ComponentChildren;
	list: ComponentChildren;
	side: ComponentChildren;
	label: string;
}): JSX.Element {
	return (
		<div class="panes panes-wide">
			<h1 class="unseen">{title}</h1>
			<section class="card" aria-labelledby={`${id}-title`}>
				<div class="card-head"><h2 id={`${id}-title`}>{title}</h2>
					{count !== undefined && <span class="count">{count}</span>}
					<div class="push-right card-aside">{aside}</div></div>
				<div class="filters">{filters}</div>
				<div class="card-scroll" tabIndex={0} role="group" aria-label={title}>{list}</div>
			</section>
			<section class="card detail" aria-label={label}>{side}</section>
		</div>
	);
}
