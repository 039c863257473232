/* Beside the form: what this caller told before, what others told nearby, and ready answers. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/ask";
import { useLoaded } from "../../lib/load";
import { href } from "../../lib/route";
import { shortDateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { ProblemNotice } from "../../parts/notice";
import { now } from "../../state/clock";
import { departmentName } from "../../state/reference";
import { assist, offered } from "../assist";
import type { CallerHistory } from "../calls";
import { changeDraft, draft } from "../draft";
import { Other, reasonLine, Ring } from "../duplicates";
import { t, tMaybe } from "../words";

type Past = CallerHistory["history"][number];

const good = ["very_satisfied", "satisfied", "basically_satisfied"];
const over = ["archived", "answered", "refused", "transferred", "withdrawn"];

function toneOf(past: Past): "open" | "good" | "bad" | "plain" {
	if (past.result)
		return good.includes(past.result) ? "good" : past.result === "neutral" ? "plain" : "bad";
	return over.includes(past.state) ? "plain" : "open";
}

function Before({ known }: { known: CallerHistory }): JSX.Element {
	const tones = known.history.map(toneOf);
	const count = (tone: string) => tones.filter(one => one === tone).length;
	return (
		<section aria-labelledby="before-title">
			<div class="card-head"><h2 id="before-title">{t("desk.before")}</h2><span class="count">{known.history.length}</span>
				<span class="push-right row-note">{t("desk.before_sum", { good: count("good"), bad: count("bad") })}</span></div>
			<ol class="past">{known.history.map(past => (
				<li key={past.appeal} class={`past-${toneOf(past)}`}>
					<a href={href(["appeals", past.appeal])}><span class="row-line"><strong>{past.title ?? past.appeal}</strong>
						<time class="number row-note" dateTime={past.received_at}>{shortDateTime(past.received_at, now.value)}</time></span></a>
					<span class="past-line">{[past.department && departmentName(past.department),
						past.result ? tMaybe(`level.${past.result}`) : tMaybe(`appeal_state.${past.state}`)].filter(Boolean).join(" · ")}</span>
				</li>
			))}</ol>
			{known.history.length === 0 && <p class="quiet-line">{t("desk.before_none")}</p>}
		</section>
	);
}

function Nearby(): JSX.Element {
	const { hints, failure } = assist.value;
	const [viewed, setViewed] = useState<string | null>(null);
	return (
		<section aria-labelledby="nearby-title">
			<div class="card-head"><h2 id="nearby-title">{t("desk.nearby")}</h2>{hints && <span class="count">{hints.length}</span>}</div>
			{failure !== null && <ProblemNotice error={failure} />}
			<ul class="nearby">{hints?.slice(0, 5).map(hint => (
				<li key={hint.appeal.id}>
					<Ring score={hint.score} />
					<button type="button" class="row-text plain-button" onClick={() => setViewed(hint.appeal.id)}>
						<strong>{hint.appeal.title}</strong>
						<small><span class="number">{hint.appeal.id}</span> · {reasonLine(hint)}</small>
					</button>
				</li>
			))}</ul>
			{failure === null && !hints?.length && <p class="quiet-line">{t(hints ? "desk.nearby_found_none" : "desk.nearby_none")}</p>}
			{viewed !== null && <Other id={viewed} onClose={() => setViewed(null)} />}
		</section>
	);
}

function Ready({ onInsert }: { onInsert: (text: string) => void }): JSX.Element {
	const category = draft.value.category ?? offered.value?.category ?? null;
	const [typed, setTyped] = useState("");
	const [words, setWords] = useState("");
	useEffect(() => {
		const timer = setTimeout(() => setWords(typed.trim()), 300);
		return () => clearTimeout(timer);
	}, [typed]);
	const asked = words !== "" || category !== null;
	const found = useLoaded(async () => !asked ? [] : (await read("/knowledge", { query: { limit: 6,
		...words ? { q: words } : category ? { category } : {} } })).items, `${words} ${category}`);
	return (
		<section aria-labelledby="ready-title">
			<div class="card-head"><h2 id="ready-title">{t("desk.ready")}</h2></div>
			<div class="ready-words"><input class="control" type="search" aria-label={t("desk.ready_find")} placeholder={t("desk.ready_find")}
				value={typed} maxLength={60} onInput={event => setTyped(event.currentTarget.value)} /></div>
			{found.error !== null && <ProblemNotice error={found.error} />}
			<ul class="ready">{(found.value ?? []).map(one => (
				<li key={one.id}><details>
					<summary>{one.title}</summary>
					<p>{one.text}</p>
					<small>{[one.department && departmentName(one.department), one.source,
						one.valid_to && t("desk.valid_to", { day: one.valid_to })].filter(Boolean).join(" · ")}</small>
					<Button onClick={() => onInsert(one.text)}>{t("desk.insert")}</Button>
				</details></li>
			))}</ul>
			{found.value !== null && found.value.length === 0 && <p class="quiet-line">{t(asked ? "desk.ready_none" : "desk.ready_first")}</p>}
		</section>
	);
}

export function ContextCard({ known, onAnswering }: { known: CallerHistory | null; onAnswering: () => void }): JSX.Element {
	function insert(text: string) {
		const { answer } = draft.value;
		changeDraft({ answer: answer.trim() ? `${answer.trim()}\n${text}` : text });
		onAnswering();
	}
	return (
		<section class="card desk-context" aria-label={t("desk.context")}>
			<div class="card-scroll" tabIndex={0} role="group" aria-label={t("desk.context")}>
				{known && <Before known={known} />}
				<Nearby />
				<Ready onInsert={insert} />
			</div>
		</section>
	);
}
