import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "review", icon: "review", title: { zh: "审核", en: "Review" },
		roles: ["reviewer"], view: async () => (await import("./index")).ReviewScreen },
	{ path: "visit", icon: "visit", title: { zh: "回访", en: "Visits" },
		roles: ["visitor"], view: async () => (await import("./index")).VisitScreen },
];
