import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "register", icon: "register", title: { zh: "受理", en: "Register" },
		roles: ["operator"], count: async () => (await import("./index")).countWaiting(),
		view: async () => (await import("./index")).RegisterScreen },
];
