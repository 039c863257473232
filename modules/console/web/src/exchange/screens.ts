import { read } from "../api/ask";
import type { Screen } from "../screens";

/* what is late waits for an answer as well */
const offered = async () => (await Promise.all((["offered", "overdue"] as const).map(state =>
	read("/exchange", { query: { state, limit: 200 } })))).reduce((n, page) => n + page.items.length, 0);

const exchange = {
	path: "exchange", icon: "exchange", title: { zh: "移交", en: "110" }, count: offered,
	whole: true,
	view: async () => (await import("./index")).ExchangeScreen,
} as const;

export const screens: readonly Screen[] = [{ ...exchange, roles: ["dispatcher"] }];

/** For roles that begin elsewhere: behind their own screens on the rail. */
export const further: readonly Screen[] = [{ ...exchange, roles: ["operator", "supervisor"] }];
