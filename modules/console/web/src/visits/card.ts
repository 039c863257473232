/*
 * A card of a return visit: the task with its history, the appeal with its masked caller, what was
 * tried before. The next one is fetched while this one is talked through, so that it is drawn
 * without a request.
 */
import { read, type Schemas } from "../api/ask";
import { unattended } from "../api/client";
import { api } from "../api/endpoints";
import type { Appeal, FullTask } from "../api/types";
import { whenForgotten } from "../lib/kept";
import { openTask, type Opened } from "../state/open_task";

export type Attempt = Schemas["Visit"];
export type Planned = Schemas["DueVisit"];

export interface Card extends Opened {
	appeal: Appeal;
	attempts: readonly Attempt[];
	/** How often the caller's identity was opened so far. */
	openings: number;
}

async function fetchCard(id: string): Promise<Card> {
	const opened = await openTask(id);
	const [appeal, visits, openings] = await Promise.all([api.appeal(opened.task.appeal),
		read("/tasks/{id}/visits", { path: { id } }),
		read("/appeals/{id}/openings", { path: { id: opened.task.appeal } })]);
	return { ...opened, appeal: appeal.body, attempts: visits.items, openings: openings.total };
}

const ahead = new Map<string, Promise<Card>>();

whenForgotten(() => ahead.clear());

export function fetchAhead(id: string) {
	if (ahead.has(id))
		return;
	const coming = unattended(() => fetchCard(id));
	ahead.set(id, coming);
	coming.then(() => performance.mark("visit-ahead", { detail: id }), () => ahead.delete(id));
}

/** What was fetched ahead is good once: a second look reads it anew. */
export function takeCard(id: string): Promise<Card> {
	const coming = ahead.get(id);
	ahead.delete(id);
	return coming ?? fetchCard(id);
}

export interface ToVisit {
	id: string;
	version: number;
	task: FullTask;
	plan: Planned | null;
}

const limit = 200;

/** Whom to visit: what is closed and what the plan has open; who wants no call is left alone. */
export async function toVisit(): Promise<ToVisit[]> {
	const [closed, planned] = await Promise.all([api.tasks("closed"), read("/visits", { query: { limit } })]);
	const plans = new Map(planned.items.map(plan => [plan.task.id, plan]));
	const tasks = new Map([...planned.items.map(plan => plan.task), ...closed.items]
		.map(task => [task.id, task]));
	return [...tasks.values()].filter(task => task.visit_wanted).map(task =>
		({ id: task.id, version: task.version, task, plan: plans.get(task.id) ?? null }));
}

/* the page's clock goes by quarters of a minute */
const clockStep = 15_000;

/** From when on the next call is due by the plan; 0 where it is now. */
export function notBefore(plan: Planned | null, now: number): number {
	const at = Date.parse(plan?.not_before ?? "");
	return Number.isNaN(at) || at <= now + clockStep ? 0 : at;
}
