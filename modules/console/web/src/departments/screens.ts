import { api } from "../api/endpoints";
import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "inbox", icon: "inbox", title: { zh: "收件箱", en: "Inbox" },
		roles: ["department"], count: async () => (await Promise.all((["awaiting_sign", "in_hand", "return_requested"] as const)
			.map(state => api.tasks(state)))).reduce((n, page) => n + page.items.length, 0),
		view: async () => (await import("./index")).InboxScreen },
	{ path: "figures", icon: "figures", title: { zh: "本单位", en: "Figures" },
		roles: ["department"], view: async () => (await import("./figures/index")).FiguresScreen },
	{ path: "webhooks", icon: "webhooks", title: { zh: "推送", en: "Hooks" },
		roles: ["department", "admin", "system"], view: async () => (await import("./webhooks/index")).WebhooksScreen },
];
