import type { Role } from "../api/types";
import type { Screen } from "../screens";

const cases = async () => (await import("./index")).CasesScreen;
const title = { zh: "工单", en: "Cases" };
const begins: readonly Role[] = ["operator", "dispatcher", "department", "reviewer", "visitor", "supervisor"];

export const screens: readonly Screen[] = [
	{ path: "appeals", icon: "review", title, roles: begins, whole: true, view: cases },
	{ path: "knowledge", icon: "help", title: { zh: "知识库", en: "Answers" }, whole: true,
		roles: ["operator", "dispatcher", "reviewer", "visitor", "supervisor", "admin", "system"],
		view: async () => (await import("./index")).KnowledgeScreen },
];

/** Of those whose day begins with figures. */
export const later: readonly Screen[] = [
	{ path: "appeals", icon: "review", title, roles: ["leader", "auditor", "observer"], view: cases },
];
