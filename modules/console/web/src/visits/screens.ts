import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Screen } from "../screens";

const callbacks = {
	path: "callbacks", icon: "answers", title: { zh: "代回拨", en: "Replies" },
	count: async () => (await Promise.all([read("/callbacks", { query: { limit: 200 } }),
		read("/notices/replies", { query: { limit: 200 } })])).reduce((n, { items }) => n + items.length, 0),
	view: async () => (await import("./index")).CallbacksScreen,
} as const;

export const screens: readonly Screen[] = [
	{ path: "review", icon: "review", title: { zh: "审核", en: "Review" },
		roles: ["reviewer"], count: async () => (await api.tasks("review_pending")).items.length,
		view: async () => (await import("./index")).ReviewScreen },
	{ path: "visit", icon: "visit", title: { zh: "回访", en: "Visits" },
		roles: ["visitor"], count: async () => (await (await import("./index")).toVisit()).length,
		view: async () => (await import("./index")).VisitScreen },
	{ ...callbacks, roles: ["visitor"] },
];

/** For roles that begin elsewhere: behind their own screens on the rail. */
export const further: readonly Screen[] = [
	{ ...callbacks, roles: ["operator"] },
];
