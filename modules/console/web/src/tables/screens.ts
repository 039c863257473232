import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "tables", icon: "tables", title: { zh: "规则表", en: "Tables" },
		roles: ["dispatcher", "admin", "system"], view: async () => (await import("./index")).TablesScreen },
];
