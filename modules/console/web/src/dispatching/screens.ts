import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Screen } from "../screens";

/** What a dispatcher is asked for and has not decided. */
const asked = async () => (await Promise.all((["/returns", "/extensions"] as const).map(path =>
	read(path, { query: { limit: 200 } })))).reduce((n, page) => n + page.items.length, 0);

const decisions = {
	path: "decisions", icon: "decide", title: { zh: "审批", en: "Decide" }, whole: true,
	view: async () => (await import("./index")).DecisionsScreen,
} as const;

export const screens: readonly Screen[] = [
	{ path: "dispatch", icon: "dispatch", title: { zh: "派单", en: "Dispatch" },
		roles: ["dispatcher"], count: async () => (await api.appeals("accepted")).items.length,
		view: async () => (await import("./index")).DispatchScreen },
	{ ...decisions, roles: ["dispatcher"], count: asked },
];

/** For roles that begin elsewhere: behind their own screens on the rail. */
export const further: readonly Screen[] = [{ ...decisions, roles: ["supervisor", "leader"] }];
