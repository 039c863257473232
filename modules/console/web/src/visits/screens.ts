import { api } from "../api/endpoints";
import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "review", icon: "review", title: { zh: "审核", en: "Review" },
		roles: ["reviewer"], count: async () => (await api.tasks("review_pending")).items.length,
		view: async () => (await import("./index")).ReviewScreen },
	{ path: "visit", icon: "visit", title: { zh: "回访", en: "Visits" },
		roles: ["visitor"], count: async () =>
			(await api.tasks("closed")).items.filter(task => task.visit_wanted).length,
		view: async () => (await import("./index")).VisitScreen },
];
