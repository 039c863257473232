import type { Screen } from "../screens";

const load = () => import("./index");

export const screens: readonly Screen[] = [
	{ path: "rulings", icon: "ruling", title: { zh: "裁定", en: "Rulings" }, whole: true,
		roles: ["supervisor", "leader", "auditor"], view: async () => (await load()).RulingsScreen },
	{ path: "accountability", icon: "account", title: { zh: "问责", en: "Account" }, whole: true,
		roles: ["supervisor", "leader", "auditor", "department"],
		view: async () => (await load()).AccountabilityScreen },
	{ path: "tripwires", icon: "account", title: { zh: "绊线", en: "Tripwires" }, unlisted: true, whole: true,
		roles: ["supervisor", "leader", "auditor"], view: async () => (await load()).TripwiresScreen },
	{ path: "lotteries", icon: "account", title: { zh: "抽查", en: "Draws" }, unlisted: true, whole: true,
		roles: ["dispatcher", "supervisor", "leader", "auditor"],
		view: async () => (await load()).LotteriesScreen },
	{ path: "rhythm", icon: "rhythm", title: { zh: "例会", en: "Rhythm" }, whole: true,
		roles: ["supervisor", "leader", "auditor"], view: async () => (await load()).RhythmScreen },
	{ path: "rhythm", icon: "rhythm", title: { zh: "例会", en: "Rhythm" }, unlisted: true,
		roles: ["operator", "dispatcher", "reviewer", "visitor"], view: async () => (await load()).RhythmScreen },
	{ path: "observations", icon: "visit", title: { zh: "监督意见", en: "Observe" },
		roles: ["observer"], view: async () => (await load()).ObservationsScreen },
	{ path: "observations", icon: "visit", title: { zh: "监督意见", en: "Observations" }, unlisted: true, whole: true,
		roles: ["supervisor", "leader", "auditor"], view: async () => (await load()).ObservationsScreen },
];
