import { api } from "../api/endpoints";
import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "inbox", icon: "inbox", title: { zh: "收件箱", en: "Inbox" },
		roles: ["department"], count: async () => (await Promise.all((["awaiting_sign", "in_hand", "return_requested"] as const)
			.map(state => api.tasks(state)))).reduce((n, page) => n + page.items.length, 0),
		view: async () => (await import("./index")).InboxScreen },
];
