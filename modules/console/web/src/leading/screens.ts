import type { Screen } from "../screens";

export const screens: readonly Screen[] = [
	{ path: "report", icon: "report", title: { zh: "月报", en: "Report" },
		roles: ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor", "leader",
			"auditor", "admin", "system", "security", "audit", "observer", "contact"],
		view: async () => (await import("./index")).ReportScreen },
];
