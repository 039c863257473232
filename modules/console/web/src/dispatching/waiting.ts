/*
 * What waits for a decision, of all kinds in one shape, so that one screen lists, opens and decides
 * it. What was asked for stands beside its task.
 */
import { read, type Schemas } from "../api/ask";
import type { FullTask, Role } from "../api/types";

export type Return = Schemas["Return"];
export type Extension = Schemas["ExtensionAsked"];
export type Exclusion = Schemas["ExclusionRequest"];

export const kinds = ["returns", "extensions", "exclusions", "work", "held", "decided"] as const;
export type Kind = typeof kinds[number];

/** What a role may look at here, in the order of the tabs. */
export const kindsOf: Partial<Record<Role, readonly Kind[]>> = {
	dispatcher: kinds,
	supervisor: kinds,
	leader: ["extensions"],
};

export interface Waiting {
	id: string;
	version: number;
	/** An exclusion's request tells no more of its task than the number. */
	task: FullTask | null;
	taskId: string;
	askedAt: string | null;
	returned?: Return;
	extension?: Extension;
	exclusion?: Exclusion;
}

const limit = 200;

function ofTask(task: FullTask): Waiting {
	return { id: task.id, version: task.version, task, taskId: task.id, askedAt: task.held_since };
}

function ofReturn(returned: Return): Waiting {
	return { ...ofTask(returned.task), id: `${returned.task.id}.${returned.n}`,
		askedAt: returned.asked_at, returned };
}

const tasksIn = async (state: "in_hand" | "paused" | "on_account") =>
	(await read("/tasks", { query: { state, limit } })).items.map(ofTask);

export const load: Record<Kind, () => Promise<Waiting[]>> = {
	returns: async () => (await read("/returns", { query: { state: "open", limit } })).items.map(ofReturn),
	decided: async () => (await read("/returns", { query: { state: "decided", limit } })).items.map(ofReturn),
	extensions: async () => (await read("/extensions", { query: { limit } })).items.map(extension =>
		({ ...ofTask(extension.task), askedAt: extension.asked_at, extension })),
	exclusions: async () => (await read("/exclusions", { query: { state: "asked", limit } })).items
		.flatMap(exclusion => "evidence" in exclusion ? [{ id: exclusion.task, version: 1, task: null,
			taskId: exclusion.task, askedAt: exclusion.asked_at, exclusion }] : []),
	work: () => tasksIn("in_hand"),
	held: async () => (await Promise.all([tasksIn("paused"), tasksIn("on_account")])).flat(),
};
