import { api } from "../api/endpoints";
import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "dispatch", icon: "dispatch", title: { zh: "派单", en: "Dispatch" },
		roles: ["dispatcher"], count: async () => (await api.appeals("accepted")).items.length,
		view: async () => (await import("./index")).DispatchScreen },
];
