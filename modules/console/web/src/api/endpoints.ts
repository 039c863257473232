/* What several screens ask for, by name. Screens ask for the rest themselves: ask.ts. */
import { ask, read, type AnswerOf } from "./ask";
import type { Reply } from "./client";
import type { Department, Measure, NewAppeal, Part, Scope, Task, TaskActions, TaskState } from "./types";

const listLimit = 200;

/** The tag to send back as If-Match; the header where the server sent it, else by the version. */
export function taskTag(reply: Reply<Task>): string {
	return reply.etag ?? `"t-${reply.body.version}"`;
}

const steps = {
	sign: "/tasks/{id}/sign",
	contact: "/tasks/{id}/contact",
	progress: "/tasks/{id}/progress",
	complete: "/tasks/{id}/complete",
	review: "/tasks/{id}/review",
	visits: "/tasks/{id}/visits",
} as const satisfies Record<keyof TaskActions, string>;

export const api = {
	signIn: (login: string, password: string, totp: string | null) =>
		ask.post("/session", { body: { login, password, totp } }),
	signOut: () => ask.delete("/session"),
	ways: () => read("/session/ways"),
	me: () => read("/me"),
	changePassword: (current: string, next: string, totp: string | null) =>
		ask.post("/me/password", { body: { current, new: next, totp } }),
	startFactor: async (password: string, totp: string | null) =>
		(await ask.post("/me/factor", { body: { password, totp } })).body,
	confirmFactor: async (totp: string) =>
		(await ask.post("/me/factor/confirm", { body: { totp } })).body,
	sessions: async () => (await read("/sessions")).items,
	endSession: (id: number) => ask.delete("/sessions/{id}", { path: { id: String(id) } }),
	endOtherSessions: () => ask.delete("/sessions"),
	catalogue: () => read("/catalogue"),
	departments: async () => {
		const all: Department[] = [];
		let cursor: string | null = null;
		do {
			const page: AnswerOf<"get", "/departments"> = await read("/departments",
				{ query: { limit: 200, ...cursor === null ? {} : { cursor } } });
			all.push(...page.items);
			cursor = page.next_cursor;
		} while (cursor !== null);
		return all;
	},

	register: async (appeal: NewAppeal, idempotencyKey: string) =>
		(await ask.post("/appeals", { body: appeal, idempotencyKey })).body,
	appeal: (id: string) => ask.get("/appeals/{id}", { path: { id } }),
	appeals: (state: string | null, limit = listLimit) =>
		read("/appeals", { query: { ...state === null ? {} : { state: state as "accepted" }, limit } }),
	history: async (id: string) =>
		(await read("/appeals/{id}/events", { path: { id }, query: { limit: listLimit } })).items,
	findings: (id: string) => read("/appeals/{id}/enterprise-findings", { path: { id } }),
	dispatch: (id: string, department: string, advice: string, etag: string | null) =>
		ask.post("/appeals/{id}/dispatch",
			{ path: { id }, body: { department, assist: [], advice }, etag }),
	reveal: async (id: string, fields: ["phone"], purpose: string) =>
		(await ask.post("/appeals/{id}/reveal", { path: { id }, body: { fields, purpose } })).body,

	/** Any object: the description names no members of it. */
	keepDraft: async (id: string, content: object) =>
		(await ask.put("/drafts/{id}", { path: { id }, body: content as Record<string, never> })).body,

	tasks: (state: TaskState) => read("/tasks", { query: { state, limit: listLimit } }),
	task: (id: string) => ask.get("/tasks/{id}", { path: { id } }),
	receipt: (id: string) => read("/tasks/{id}/deadline", { path: { id } }),
	act: <A extends keyof TaskActions>(id: string, action: A, body: TaskActions[A],
		etag: string | null) =>
		ask.post(steps[action] as "/tasks/{id}/complete",
			{ path: { id }, body: body as TaskActions["complete"], etag }),

	report: (period: string, scope: Scope) =>
		read("/reports/{period}", { path: { period }, query: { scope } }),
	reportTasks: (period: string, scope: Scope, department: string | null,
		measure: Measure, part: Part, cursor: string | null) =>
		read("/reports/{period}/tasks", { path: { period }, query: {
			...department === null ? {} : { department }, ...cursor === null ? {} : { cursor },
			measure, part, scope, limit: listLimit } }),
};
