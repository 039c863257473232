import { read } from "../api/ask";
import type { Screen } from "../screens";

const load = () => import("./index");

/* What is overdue, whoever answers for it. */
const overdue = async () => (await read("/board", { query: { limit: 1 } })).departments
	.reduce((sum, one) => sum + one.overdue, 0);

export const screens: readonly Screen[] = [
	{ path: "warnings", icon: "warning", title: { zh: "预警", en: "Warnings" },
		roles: ["supervisor", "leader", "auditor"], count: overdue,
		view: async () => (await load()).WarningsScreen },
	{ path: "levels", icon: "warning", title: { zh: "两级联动", en: "Two levels" }, unlisted: true, whole: true,
		roles: ["supervisor", "leader", "auditor"], view: async () => (await load()).LevelsScreen },
	{ path: "supervision", icon: "supervise", title: { zh: "督查", en: "Ledger" }, whole: true,
		roles: ["supervisor", "leader", "auditor", "department"],
		view: async () => (await load()).SupervisionScreen },
	{ path: "contact", icon: "account", title: { zh: "联系企业", en: "Contact" },
		roles: ["contact"], view: async () => (await load()).ContactScreen },
];
