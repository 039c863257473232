import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "dispatch", icon: "dispatch", title: { zh: "派单", en: "Dispatch" },
		roles: ["dispatcher"], view: async () => (await import("./index")).DispatchScreen },
];
