/*
 * What is watched for: a new call of one's own, a case of one's own that turns red, and a reply that
 * was taken over. What there was before the page came is no news. Each tab learns what there was;
 * only the one that leads asks on and alerts.
 */
import { read, type Schemas } from "../api/ask";
import { clockOffset, signedOut, unattended, useDomainClock } from "../api/client";
import { api } from "../api/endpoints";
import type { Me } from "../api/types";
import { href } from "../lib/route";
import { shares, shareUsed } from "../lib/time";
import { kindsFor } from "../state/alert_kinds";
import { leads, listen } from "../state/live";
import { followTabs, know, raise, readChoices, unknownOf } from "./alert";
import { awaitGesture } from "./sound";
import { t } from "./words";

/** Asks now and later, one question at a time; what fails is asked again with the next news. */
function asker(ask: () => Promise<void>): () => void {
	let asking = false, again = false;
	return function run() {
		if (asking) {
			again = true;
			return;
		}
		asking = true;
		void unattended(ask).catch(() => { /* the screens say what is wrong */ }).then(() => {
			asking = false;
			if (again && !signedOut.value) {
				again = false;
				run();
			}
		});
	};
}

/* ---- calls ---- */

/** At one's own telephone, in the queue while one is free to take it, or put through without ringing. */
function isMine(call: Schemas["Call"], isFree: boolean): boolean {
	if (call.direction !== "in")
		return false;
	return call.state === "ringing" ? call.line === "own" || call.line === null && isFree : call.mine;
}

function watchCalls(): () => void {
	let begun = false;
	const check = asker(async () => {
		const [{ items }, who] = await Promise.all([read("/calls"), api.me()]);
		const isFree = who.seat !== null && !items.some(call => call.mine && call.state === "answered");
		const names = items.filter(call => isMine(call, isFree)).map(call => `call ${call.id}`);
		if (!begun)
			know(names);
		begun = true;
		for (const name of names)
			raise("call", [name], t("alerts.said_call"), href(["register"]));
	});
	check();
	return listen("call", () => { if (leads.value) check(); });
}

/* ---- red cases ---- */

interface Running {
	id: string;
	appeal: string;
	start: string;
	due: string;
}

const states = ["awaiting_sign", "in_hand", "return_requested"] as const;
const pageLimit = 200;

/** What runs, red or not, as far as it may soon be: a department's own, else what the board has. */
async function running(who: Me): Promise<Running[]> {
	if (who.role === "department") {
		const pages = await Promise.all(states.map(state => read("/tasks", { query: { state, limit: pageLimit } })));
		return pages.flatMap(page => page.items).flatMap(({ id, appeal, dispatched_at: start, due, redo_due }) =>
			due === null ? [] : [{ id, appeal, start, due: redo_due ?? due }]);
	}
	const pages = await Promise.all((["red", "amber"] as const).map(stage =>
		read("/board", { query: { stage, limit: pageLimit } })));
	return pages.flatMap(page => page.items).map(({ start, due, task }) => ({ id: task.id, appeal: task.appeal, start, due }));
}

/* Time alone turns a case red, at a moment that is known; these may move it. */
const moving = ["task.warned", "task.overdue", "task.card", "task.due_moved", "task.extension_decided",
	"task.redo", "task.reopened", "task.restored", "task.resumed", "task.urged", "appeal.changed"];
const longestWait = 300_000;
const leastWait = 500;
/** At midnight there are many; unlike a list's it is no longer while the page is hidden. */
const gap = 3000;

function watchRed(): () => void {
	let begun = false, timer = 0, askedAt = 0;
	const check = asker(async () => {
		askedAt = Date.now();
		/* the server's clock decides, not this machine's */
		const who = await api.me();
		useDomainClock(who.now);
		shares.value = { amber: who.amber_percent / 100, red: who.red_percent / 100 };
		const all = await unattended(() => running(who)), at = Date.now() + clockOffset.value;
		const turns = ({ start, due }: Running) => Date.parse(start) + (Date.parse(due) - Date.parse(start)) * shares.value.red;
		const red = all.filter(one => shareUsed(one.start, one.due, at) >= shares.value.red);
		/* a limit that was moved makes it another thing */
		const name = (one: Running) => `red ${one.id} ${one.due}`;
		if (!begun)
			know(red.map(name));
		begun = true;
		const fresh = new Set(unknownOf(red.map(name)));
		const [first] = red.filter(one => fresh.has(name(one))).sort((a, b) => turns(a) - turns(b));
		if (first)
			raise("red", [...fresh], fresh.size === 1 ? t("alerts.said_red", { id: first.appeal })
				: t("alerts.said_reds", { n: fresh.size, id: first.appeal }), href(["appeals", first.appeal]));
		const next = Math.min(...all.map(turns).filter(moment => moment > at)) - at;
		later(Math.min(longestWait, next));
	});
	function later(milliseconds: number) {
		clearTimeout(timer);
		timer = window.setTimeout(() => { if (leads.value && !signedOut.value) check(); }, milliseconds + leastWait);
	}
	const stops = [
		/* also when this tab begins to lead */
		leads.subscribe(reads => { if (reads || !begun) check(); }),
		listen("change", change => {
			if (leads.value && (change === null || moving.includes(change.type)))
				later(Math.max(0, askedAt + gap - Date.now()));
		}),
	];
	return () => {
		clearTimeout(timer);
		stops.forEach(stop => stop());
	};
}

/* ---- a reply that was taken over ---- */

const watchReplies = () => listen("taken_over", taken => {
	if (taken)
		raise("taken_over", [`taken over ${taken.appeal} ${taken.since}`],
			t("alerts.said_taken_over", { id: taken.appeal }), href(["appeals", taken.appeal]));
});

const watchers = { call: watchCalls, red: watchRed, taken_over: watchReplies };

/** As long as the person is here; gives what ends it. */
export function watch(who: Me): () => void {
	awaitGesture();
	void readChoices().catch(() => { /* without them it is silent */ });
	const stops = [followTabs(), ...kindsFor(who).map(kind => watchers[kind]())];
	return () => stops.forEach(stop => stop());
}
