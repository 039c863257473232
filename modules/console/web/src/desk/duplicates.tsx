/* What may be the same matter, while it is typed: never in the way, and never decided here. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { read } from "../api/ask";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { href } from "../lib/route";
import { dateTime } from "../lib/time";
import { AppealText } from "../parts/appeal_text";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Asked } from "../parts/page";
import { departmentName } from "../state/reference";
import { duplicate, keepNew, mostScore, type Hint } from "./assist";
import { changeDraft, draft, isBegun } from "./draft";
import { submitDraft } from "./submission";
import { t, tMaybe } from "./words";

export function Ring({ score }: { score: number }): JSX.Element {
	const percent = Math.round(score / mostScore * 100);
	const round = 2 * Math.PI * 15;
	return (
		<span class="ring" role="img" aria-label={t("desk.alike_percent", { n: percent })}>
			<svg viewBox="0 0 36 36" width="36" height="36" aria-hidden="true">
				<circle cx="18" cy="18" r="15" />
				<circle cx="18" cy="18" r="15" class="ring-part" stroke-dasharray={`${round * percent / 100} ${round}`} />
			</svg>
			<b class="number" aria-hidden="true">{percent}</b>
		</span>
	);
}

export function reasonLine(hint: Hint): string {
	return [...hint.reasons.map(reason => tMaybe(`alike.${reason}`) ?? reason),
		hint.appeal.department && departmentName(hint.appeal.department),
		tMaybe(`appeal_state.${hint.appeal.state}`)].filter(Boolean).join(" · ");
}

export function Other({ id, onClose }: { id: string; onClose: () => void }): JSX.Element {
	const loaded = useLoaded(() => read("/appeals/{id}", { path: { id } }), id);
	return (
		<Dialog id="other" kind="drawer" title={id} onClose={onClose}>
			<div class="card-scroll padded">
				<Asked loaded={loaded}>{appeal => <>
					<AppealText appeal={appeal} />
					{appeal.tasks.map(task => <p class="row-note" key={task.id}>{departmentName(task.department)} ·{" "}
						{tMaybe(`task_state.${task.state}`)} · {dateTime(task.due)}</p>)}
					<p><a href={href(["appeals", id])}>{t("desk.open_whole")}</a></p>
				</>}</Asked>
			</div>
		</Dialog>
	);
}

/** What a merge lacks is taken from the appeal it goes into, which has all of it. */
function merge(hint: Hint) {
	const { category, area } = draft.value;
	changeDraft({ category: category ?? hint.appeal.category, area: area ?? hint.appeal.area });
	void submitDraft({ kind: "merge", into: hint.appeal.id });
}

export function DuplicateStrip(): JSX.Element | null {
	const hint = duplicate.value;
	const [viewed, setViewed] = useState<string | null>(null);
	const mergeable = hint !== null && draft.value.text.trim() !== ""
		&& ["accepted", "dispatched", "closed"].includes(hint.appeal.state);
	/* the rail has these keys too: pressed late, when the hint has gone, they must not leave the desk */
	const enabled = hint !== null || isBegun(draft.value);
	useShortcuts([
		{ keys: "Alt+1", label: t("desk.view"), enabled, run: () => hint && setViewed(hint.appeal.id) },
		{ keys: "Alt+2", label: t("desk.merge"), enabled, run: () => hint && mergeable && merge(hint) },
		{ keys: "Alt+3", label: t("desk.keep_new"), enabled, run: () => hint && keepNew(hint.appeal.id) },
	]);
	return (
		<>
			<div class="duplicates" role="status">
				{hint && (
					<div class="duplicate">
						<Ring score={hint.score} />
						<div class="duplicate-text">
							<div><strong>{t("desk.duplicate")}</strong> <span class="number">{hint.appeal.id}</span></div>
							<small>{hint.appeal.title} · {reasonLine(hint)}</small>
						</div>
						<Button keys="Alt+1" onClick={() => setViewed(hint.appeal.id)}>{t("desk.view")}</Button>
						<Button keys="Alt+2" disabled={!mergeable} class="button-alike" onClick={() => merge(hint)}>{t("desk.merge")}</Button>
						<Button keys="Alt+3" onClick={() => keepNew(hint.appeal.id)}>{t("desk.keep_new")}</Button>
					</div>
				)}
			</div>
			{viewed !== null && <Other id={viewed} onClose={() => setViewed(null)} />}
		</>
	);
}
