import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Screen } from "../screens";

const most = { limit: 200 };
const returns = async () => (await read("/returns", { query: most })).items;
const extensions = async () => (await read("/extensions", { query: most })).items;
const exclusions = async () => (await read("/exclusions", { query: { ...most, state: "asked" } })).items;
const sum = async (...lists: Promise<readonly unknown[]>[]) =>
	(await Promise.all(lists)).reduce((n, list) => n + list.length, 0);

/* What is asked for and not decided: of the dispatcher, of the supervisor, of the leader. */
const asked = () => sum(returns(), extensions());
const ruled = () => sum(returns().then(all => all.filter(one => one.dispute || one.task.role === "lead" && one.hand_overs > 0)),
	exclusions());
const long = async () => (await extensions()).filter(one => one.leader_decides).length;

const decisions = {
	path: "decisions", icon: "decide", title: { zh: "审批", en: "Decide" }, whole: true,
	view: async () => (await import("./index")).DecisionsScreen,
} as const;

export const screens: readonly Screen[] = [
	{ path: "dispatch", icon: "dispatch", title: { zh: "派单", en: "Dispatch" },
		roles: ["dispatcher"], count: async () => (await api.appeals("accepted")).items.length,
		view: async () => (await import("./index")).DispatchScreen },
	{ ...decisions, roles: ["dispatcher"], count: asked },
];

/** For roles that begin elsewhere: behind their own screens on the rail. */
export const further: readonly Screen[] = [
	{ ...decisions, roles: ["supervisor"], count: ruled }, { ...decisions, roles: ["leader"], count: long },
];
