/*
 * Who else has the appeal open, and who is replying to it. Whoever types into a form of the screen
 * is replying; somebody else who does is named, and may be taken over from. It warns and stops
 * nobody: what is saved is decided by versions.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Schemas } from "../api/ask";
import { signedOut, unattended } from "../api/client";
import { t } from "../i18n";
import { isEditable } from "../lib/keys";
import { clockTime } from "../lib/time";
import { tellTabs, useLive } from "../state/live";

type Person = Schemas["PresentPerson"];
type Doing = "viewing" | "replying" | "away";

const repeatMilliseconds = 20_000;	/* the server forgets after 45 seconds */
const idleMilliseconds = 90_000;	/* who typed nothing for so long is only looking on */
const namesShown = 3;

function nameOf(person: Person): string {
	return person.name ?? t("presence.centre");
}

/** What this page says of itself, and what it hears of the others. */
function usePresence(appeal: string) {
	const [people, setPeople] = useState<readonly Person[]>([]);
	const doing = useRef<Doing>("viewing");
	/* whether the reply is this person's, as the server last said */
	const own = useRef(false);

	function hear(now: readonly Person[]) {
		const other = now.find(person => person.doing === "replying");
		if (other && own.current)
			tellTabs("taken_over", { appeal, since: other.since });
		own.current = own.current && !other;
		setPeople(now);
	}
	async function say(takeOver = false) {
		if (signedOut.value)
			return;
		try {
			const { body } = await ask.post("/presence", { body: {
				appeal, doing: doing.current, ...takeOver && { take_over: true } } });
			if (doing.current !== "away")
				hear(body.people);
			own.current = body.replying?.own ?? false;
		} catch {
			/* without it one works as alone */
		}
	}
	useLive("presence", news => {
		if (news === null)
			void unattended(say);
		else if (news.appeal === appeal)
			hear(news.people);
	});
	useEffect(() => {
		let typedAt = 0;
		const quietly = () => { void unattended(say); };
		const typed = (event: Event) => {
			if (!isEditable(event.target) || !(event.target as HTMLElement).closest(".screen form"))
				return;
			typedAt = Date.now();
			if (doing.current === "viewing") {
				doing.current = "replying";
				void say();
			}
		};
		const again = () => {
			if (document.hidden)
				return;
			if (doing.current === "replying" && Date.now() - typedAt > idleMilliseconds)
				doing.current = "viewing";
			quietly();
		};
		/* a page that is closed says so, too; one that comes back by "back" is there again */
		const leave = () => { doing.current = "away"; quietly(); };
		const come = () => { doing.current = "viewing"; quietly(); };
		come();
		const timer = setInterval(again, repeatMilliseconds);
		document.addEventListener("input", typed);
		addEventListener("pagehide", leave);
		addEventListener("pageshow", come);
		return () => {
			clearInterval(timer);
			document.removeEventListener("input", typed);
			removeEventListener("pagehide", leave);
			removeEventListener("pageshow", come);
			leave();
		};
	}, [appeal]);
	return { people, takeOver: () => { doing.current = "replying"; void say(true); } };
}

export function Presence({ appeal }: { appeal: string }): JSX.Element | null {
	const { people, takeOver } = usePresence(appeal);
	const replying = people.find(person => person.doing === "replying");
	const names = people.filter(person => person !== replying).map(nameOf);
	const more = names.length - namesShown;
	return (
		<div class={`presence${replying ? " presence-replying" : ""}`} role="status">
			{replying && <strong>{t("presence.replying", { name: nameOf(replying),
				time: clockTime(Date.parse(replying.since)).slice(0, 5) })}</strong>}
			{names.length > 0 && <span>{t("presence.viewing", {
				names: names.slice(0, namesShown).join(t("presence.and")) + (more > 0 ? ` +${more}` : "") })}</span>}
			{replying && <button type="button" class="button button-plain" onClick={takeOver}>
				{t("presence.take_over")}</button>}
		</div>
	);
}
