/*
 * The ladder that has been climbed about a task: warnings, overdue marks, cards, urges,
 * supervisions and escalations, each with its day, who took the step and what was said, and
 * where it stands in the ledger.
 */
import type { JSX } from "preact";
import { read, type Schemas } from "../api/ask";
import { useAct } from "../lib/act";
import { dateTime, shortDateTime } from "../lib/time";
import { problemText } from "../lib/problem_text";
import { now } from "../state/clock";
import { departmentName } from "../state/reference";
import { useState } from "preact/hooks";
import { word } from "../parts/described";
import { t, tMaybe } from "./words";

export type Rung = Schemas["BoardStep"];

export function isRung(type: string): boolean {
	return /^task\.(warned|overdue|card|urged|supervised|escalated)$/.test(type);
}

function textOf(rung: Rung, name: string): string {
	const value = rung.data[name as keyof typeof rung.data] as unknown;
	return typeof value === "string" ? value : "";
}

/** Which step of the ladder it is: a card by its colour, a mark by what it marks. */
export function rungName(rung: Rung): string {
	const kind = rung.type.slice("task.".length);
	if (kind === "card")
		return t(textOf(rung, "colour") === "red" ? "rung.red" : "rung.yellow");
	const limit = textOf(rung, "limit");
	return word("rung", kind) + (limit && limit !== "done" ? ` · ${tMaybe(`limit.${limit}`) ?? limit}` : "");
}

function toneOf(rung: Rung): string {
	if (rung.type === "task.overdue")
		return "late";
	if (rung.type === "task.card")
		return textOf(rung, "colour") === "red" ? "red" : "amber";
	return rung.type === "task.warned" ? "amber" : "brand";
}

function saidIn(rung: Rung): string {
	const to = textOf(rung, "to");
	return [textOf(rung, "note"), textOf(rung, "demand"),
		rung.type === "task.card" ? word("ground", textOf(rung, "reason")) : textOf(rung, "reason"),
		to && t("rung.to", { who: departmentName(to) }),
		rung.type === "task.supervised" ? t("rung.due", { at: dateTime(textOf(rung, "due")) }) : "",
	].filter(Boolean).join(" · ");
}

/** The steps in one line: each kind once, with how often and when last. */
export function Rungs({ ladder }: { ladder: readonly Rung[] }): JSX.Element {
	const kinds = new Map<string, { last: Rung; n: number }>();
	for (const rung of ladder)
		kinds.set(rungName(rung), { last: rung, n: (kinds.get(rungName(rung))?.n ?? 0) + 1 });
	return (
		<span class="tags rungs">
			{[...kinds].map(([name, { last, n }]) => (
				<span key={name} class={`tag tag-${toneOf(last)}`}>{name}{n > 1 && ` ×${n}`}{" "}
					<span class="number">{shortDateTime(last.at, now.value).split(" ")[0]}</span></span>
			))}
			{kinds.size === 0 && <span class="tag">{t("rung.none")}</span>}
		</span>
	);
}

/** Where an event stands in the ledger: asked for when somebody wants to see it. */
function LedgerMark({ appeal, event }: { appeal: string; event: number }): JSX.Element {
	const act = useAct();
	const [proof, setProof] = useState<Schemas["LedgerProof"] | null>(null);
	if (proof) {
		return <small class="proof">{t("ledger.entry", { n: proof.seq })} <code>{proof.leaf.slice(0, 16)}…</code>
		</small>;
	}
	return (
		<small class="proof">
			<button type="button" class="link" onClick={() => void act.run(async () =>
				setProof(await read("/ledger/proof", { query: { appeal, event } })))}>{t("ledger.show")}</button>
			{act.failure !== null && ` ${problemText(act.failure)}`}
		</small>
	);
}

export function Ladder({ appeal, ladder }: { appeal: string; ladder: readonly Rung[] }): JSX.Element {
	if (ladder.length === 0)
		return <p class="hint">{t("ladder.none")}</p>;
	return (
		<ol class="history ladder">
			{ladder.map(rung => (
				<li key={rung.seq} class={`history-${toneOf(rung) === "brand" ? "plain" : "bad"}`}
					data-seq={rung.seq}>
					<div class="history-head">
						<strong>{rungName(rung)}</strong>
						<time dateTime={rung.at}>{dateTime(rung.at)}</time>
					</div>
					{saidIn(rung) && <p>{saidIn(rung)}</p>}
					<small class="rung-by">{t("history.by", { who: rung.by })}</small>
					<LedgerMark appeal={appeal} event={rung.seq} />
				</li>
			))}
		</ol>
	);
}
