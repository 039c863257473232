/* Every call the console makes, typed; paths and names are those of the interface. */
import { call, type Reply } from "./client";
import type {
	Appeal, Catalogue, Department, EnterpriseFindings, FullTask, HistoryEvent, Me, NewAppeal, Page, Part, Measure, Receipt,
	Report, ReportTask, Scope, Session, Task, TaskActions, TaskState, Ways,
} from "./types";

const listLimit = 200;

function query(parameters: Record<string, string | number | null | undefined>): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters)) {
		if (value !== null && value !== undefined && value !== "")
			search.set(name, String(value));
	}
	const text = search.toString();
	return text ? `?${text}` : "";
}

const at = encodeURIComponent;

/** The tag to send back as If-Match; the header where the server sent it, else by the version. */
export function taskTag(reply: Reply<Task>): string {
	return reply.etag ?? `"t-${reply.body.version}"`;
}

export const api = {
	signIn: (login: string, password: string, totp: string | null) =>
		call<Me>("POST", "/session", { body: { login, password, totp } }),
	signOut: () => call<null>("DELETE", "/session"),
	ways: async () => (await call<Ways>("GET", "/session/ways")).body,
	me: async () => (await call<Me>("GET", "/me")).body,
	changePassword: (current: string, next: string, totp: string | null) =>
		call<Me>("POST", "/me/password", { body: { current, new: next, totp } }),
	startFactor: async (password: string, totp: string | null) =>
		(await call<{ secret: string; uri: string }>("POST", "/me/factor",
			{ body: { password, totp } })).body,
	confirmFactor: async (totp: string) =>
		(await call<{ recovery_codes: string[]; csrf_token: string }>("POST", "/me/factor/confirm",
			{ body: { totp } })).body,
	sessions: async () => (await call<{ items: Session[] }>("GET", "/sessions")).body.items,
	endSession: (id: number) => call<null>("DELETE", `/sessions/${id}`),
	endOtherSessions: () => call<null>("DELETE", "/sessions"),
	catalogue: async () => (await call<Catalogue>("GET", "/catalogue")).body,
	departments: async () => (await call<Page<Department>>("GET", "/departments")).body.items,

	register: async (appeal: NewAppeal, idempotencyKey: string) =>
		(await call<Appeal>("POST", "/appeals", { body: appeal, idempotencyKey })).body,
	appeal: (id: string) => call<Appeal>("GET", `/appeals/${at(id)}`),
	appeals: async (state: string | null, limit = listLimit) =>
		(await call<Page<Appeal>>("GET", `/appeals${query({ state, limit })}`)).body,
	history: async (id: string) =>
		(await call<Page<HistoryEvent>>("GET", `/appeals/${at(id)}/events${query({ limit: listLimit })}`)).body.items,
	findings: async (id: string) =>
		(await call<EnterpriseFindings>("GET", `/appeals/${at(id)}/enterprise-findings`)).body,
	dispatch: (id: string, department: string, advice: string, etag: string | null) =>
		call<Appeal>("POST", `/appeals/${at(id)}/dispatch`,
			{ body: { department, assist: [], advice }, etag }),
	reveal: async (id: string, fields: string[], purpose: string) =>
		(await call<{ phone?: string }>("POST", `/appeals/${at(id)}/reveal`,
			{ body: { fields, purpose } })).body,

	tasks: async (state: TaskState) =>
		(await call<Page<FullTask>>("GET", `/tasks${query({ state, limit: listLimit })}`)).body,
	task: (id: string) => call<FullTask>("GET", `/tasks/${at(id)}`),
	receipt: async (id: string) =>
		(await call<Receipt>("GET", `/tasks/${at(id)}/deadline`)).body,
	act: <A extends keyof TaskActions>(id: string, action: A, body: TaskActions[A],
		etag: string | null) =>
		call<FullTask>("POST", `/tasks/${at(id)}/${action}`, { body, etag }),

	report: async (period: string, scope: Scope) =>
		(await call<Report>("GET", `/reports/${at(period)}${query({ scope })}`)).body,
	reportTasks: async (period: string, scope: Scope, department: string | null,
		measure: Measure, part: Part, cursor: string | null) =>
		(await call<Page<ReportTask>>("GET", `/reports/${at(period)}/tasks`
			+ query({ department, measure, part, scope, limit: listLimit, cursor }))).body,
};
