import { read } from "../api/ask";
import { api } from "../api/endpoints";
import type { Screen } from "../screens";

/** What a dispatcher or supervisor is asked for and has not decided. */
const asked = async () => (await read("/returns", { query: { limit: 200 } })).items.length
	+ (await read("/extensions", { query: { limit: 200 } })).items.length;
const offered = async () => (await read("/exchange", { query: { state: "offered", limit: 200 } })).items.length
	+ (await read("/exchange", { query: { state: "overdue", limit: 200 } })).items.length;

const decisions = async () => (await import("./index")).DecisionsScreen;
const exchange = async () => (await import("./index")).ExchangeScreen;
const deadlines = async () => (await import("./index")).DeadlinesScreen;

const titles = {
	decisions: { zh: "裁定", en: "Decide" },
	exchange: { zh: "移交", en: "110" },
	deadlines: { zh: "时限", en: "Limits" },
};

export const screens: readonly Screen[] = [
	{ path: "dispatch", icon: "dispatch", title: { zh: "派单", en: "Dispatch" },
		roles: ["dispatcher"], count: async () => (await api.appeals("accepted")).items.length,
		view: async () => (await import("./index")).DispatchScreen },
	{ path: "decisions", icon: "decide", title: titles.decisions, roles: ["dispatcher"],
		count: asked, view: decisions },
	{ path: "exchange", icon: "exchange", title: titles.exchange, roles: ["dispatcher"],
		count: offered, view: exchange },
	{ path: "deadlines", icon: "deadline", title: titles.deadlines, roles: ["dispatcher"], view: deadlines },
];

/** For roles that begin elsewhere: behind their own screens on the rail. */
export const further: readonly Screen[] = [
	{ path: "decisions", icon: "decide", title: titles.decisions, roles: ["supervisor", "leader"],
		view: decisions },
	{ path: "exchange", icon: "exchange", title: titles.exchange, roles: ["operator", "supervisor"],
		view: exchange },
	{ path: "deadlines", icon: "deadline", title: titles.deadlines, roles: ["supervisor"], view: deadlines },
];
