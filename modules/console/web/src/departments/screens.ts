import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "inbox", icon: "inbox", title: { zh: "收件箱", en: "Inbox" },
		roles: ["department"], count: async () => (await (await import("./index")).loadTab("todo")).length,
		view: async () => (await import("./index")).InboxScreen },
	{ path: "figures", icon: "figures", title: { zh: "本单位", en: "Figures" },
		roles: ["department"], view: async () => (await import("./figures/index")).FiguresScreen },
	{ path: "webhooks", icon: "webhooks", title: { zh: "推送", en: "Hooks" },
		roles: ["department", "admin", "system"], view: async () => (await import("./webhooks/index")).WebhooksScreen },
];
