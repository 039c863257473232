import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "audit", icon: "audit", title: { zh: "审计", en: "Audit" },
		roles: ["auditor", "audit"], view: async () => (await import("./index")).AuditScreen },
	{ path: "health", icon: "pulse", title: { zh: "运行", en: "Health" },
		roles: ["admin", "system", "security", "audit", "auditor"], begins: ["admin", "system"],
		view: async () => (await import("./index")).HealthScreen },
	{ path: "upkeep", icon: "keep", title: { zh: "维护", en: "Upkeep" },
		roles: ["admin", "system", "security", "audit", "auditor"],
		view: async () => (await import("./index")).UpkeepScreen },
];
