import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "inbox", icon: "inbox", title: { zh: "收件箱", en: "Inbox" },
		roles: ["department"], view: async () => (await import("./index")).InboxScreen },
];
