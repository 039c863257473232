import type { Role } from "../api/types";
import type { Screen } from "../screens";

const everybody: readonly Role[] = ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor",
	"leader", "auditor", "admin", "system", "security", "audit", "observer", "contact"];

export const screens: readonly Screen[] = [
	{ path: "report", icon: "report", title: { zh: "月报", en: "Report" }, roles: everybody,
		begins: ["leader", "auditor"],
		view: async () => (await import("./index")).ReportScreen },
	{ path: "enterprises", icon: "enterprise", title: { zh: "企业", en: "Firms" }, whole: true,
		roles: everybody.filter(role => !["security", "audit", "observer"].includes(role)),
		view: async () => (await import("./enterprises")).EnterprisesScreen },
	{ path: "bulletin", icon: "report", title: { zh: "通报", en: "Bulletin" }, unlisted: true, roles: everybody,
		view: async () => (await import("./months")).BulletinScreen },
];
