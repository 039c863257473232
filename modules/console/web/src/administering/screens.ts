import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "accounts", icon: "people", title: { zh: "账号", en: "Accounts" },
		roles: ["admin", "security"], view: async () => (await import("./index")).AccountsScreen },
	{ path: "keys", icon: "key", title: { zh: "密钥", en: "Keys" },
		roles: ["admin", "security"], view: async () => (await import("./index")).KeysScreen },
	{ path: "units", icon: "tree", title: { zh: "单位", en: "Units" },
		roles: ["admin", "system"], view: async () => (await import("./index")).UnitsScreen },
];
