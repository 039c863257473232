import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "tables", icon: "tables", title: { zh: "规则表", en: "Tables" },
		roles: ["dispatcher", "admin", "system"], view: async () => (await import("./index")).TablesScreen },
	{ path: "deadlines", icon: "deadline", title: { zh: "时限", en: "Limits" },
		roles: ["dispatcher", "supervisor"], whole: true, view: async () => (await import("./index")).DeadlinesScreen },
];
