/*
 * The questions of a return visit. Four big keys, 1 to 4, say how it went; they stand for a level,
 * which the questions behind them refine. Digits answer and go on. Who is not satisfied is quoted.
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Level, Task, Visit, VisitReason } from "../api/types";
import { t } from "./words";
import { useKept } from "../lib/kept";
import { useShortcuts } from "../lib/keys";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Segmented, type Option } from "../parts/segmented";
import type { OpenTask } from "../state/open_task";

type YesNo = "yes" | "no";

interface Answers {
	contacted: YesNo | null;
	solved: "yes" | "partly" | "no" | null;
	result: Level | null;
	attitude: Level | null;
	truthful: YesNo | null;
	reason: VisitReason | null;
	note: string;
	/** Nobody answered: chosen like an answer, sent like one. */
	unreached: boolean;
}

const noAnswers: Answers = {
	contacted: null, solved: null, result: null, attitude: null, truthful: null, reason: null, note: "",
	unreached: false,
};

/** The levels that each big key stands for; the first is what it chooses. */
const overall = {
	satisfied: ["satisfied", "very_satisfied"],
	partly: ["basically_satisfied", "neutral"],
	not: ["dissatisfied", "very_dissatisfied"],
	no_answer: [],
} as const satisfies Record<string, readonly Level[]>;
type Overall = keyof typeof overall;
const overalls = Object.keys(overall) as Overall[];

function overallOf(answers: Answers): Overall | null {
	return answers.unreached ? "no_answer"
		: overalls.find(one => (overall[one] as readonly (Level | null)[]).includes(answers.result)) ?? null;
}

const levels: readonly Level[] = ["very_satisfied", "satisfied", "basically_satisfied", "neutral",
	"dissatisfied", "very_dissatisfied"];
const reasons: readonly VisitReason[] = ["result", "attitude", "speed", "policy", "other_unit"];

function bad(level: Level | null): boolean {
	return level === "dissatisfied" || level === "very_dissatisfied";
}

function flag(answer: YesNo | null): boolean | null {
	return answer === null ? null : answer === "yes";
}

export function VisitForm({ task, open, onDone }: {
	task: Task;
	open: OpenTask;
	onDone: (reached: boolean) => void;
}): JSX.Element {
	const [answers, change, forget] = useKept(`visit ${task.id}`, noAnswers);
	const [missing, setMissing] = useState<"reason" | "quote" | "answer" | null>(null);
	const form = useRef<HTMLFormElement>(null);
	const reasonWanted = !answers.unreached && (bad(answers.result) || bad(answers.attitude));
	const yesNo: Option<YesNo>[] = [{ value: "yes", label: t("answer.yes") },
		{ value: "no", label: t("answer.no") }];
	const levelOptions = levels.map(value => ({ value, label: t(`level.${value}`) }));

	useEffect(() => {
		form.current?.querySelector<HTMLElement>(".overall button")?.focus({ preventScroll: true });
	}, []);

	/* At once, not after the redraw: the next digit may already be on its way. */
	function goOn() {
		const groups = Array.from(form.current?.querySelectorAll("fieldset") ?? []);
		const at = groups.findIndex(group => group.contains(document.activeElement));
		const following = groups.slice(at + 1).find(group => !group.querySelector("input:checked"));
		(following?.querySelector("input") ?? document.getElementById("visit-note"))?.focus();
	}

	async function send(visit: Omit<Visit, "channel">) {
		if (await open.act("visits", { channel: "phone", ...visit }, false)) {
			forget();
			onDone(visit.reached);
		}
	}

	function choose(one: Overall) {
		const levelsOf: readonly Level[] = overall[one];
		const result = levelsOf.find(level => level === answers.result) ?? levelsOf[0] ?? null;
		setMissing(null);
		change(one === "no_answer" ? { unreached: true } : { unreached: false, result });
		/* on to what is asked next, which is drawn after this event */
		requestAnimationFrame(() => document.getElementById(one === "not" ? "visit-reason-result"
			: one === "no_answer" ? "visit-note" : "visit-contacted-yes")?.focus());
	}

	function submit() {
		const { contacted, solved, result, attitude, truthful, reason, note } = answers;
		if (answers.unreached) {
			notReached();
		} else if (reasonWanted && reason === null) {
			setMissing("reason");
			document.getElementById("visit-reason-result")?.focus();
		} else if (reasonWanted && !note.trim()) {
			setMissing("quote");
			document.getElementById("visit-note")?.focus();
		} else if (contacted === null && solved === null && result === null && attitude === null) {
			setMissing("answer");
			document.getElementById("visit-contacted-yes")?.focus();
		} else {
			void send({ reached: true, contacted: flag(contacted), solved, result, attitude,
				truthful: flag(truthful), reason: reasonWanted ? reason : null, note });
		}
	}

	function notReached() {
		void send({ reached: false, contacted: null, solved: null, result: null, attitude: null,
			truthful: null, reason: null, note: answers.note });
	}

	useShortcuts([
		{ keys: "Ctrl+Enter", label: t("visit.submit"), run: submit },
		{ keys: "Alt+n", label: t("visit.not_reached"), run: notReached },
		...overalls.map((one, at) => ({ keys: String(at + 1), label: t(`overall.${one}`),
			/* a digit inside a question is that question's, also one it has no answer for */
			run: () => { if (!document.activeElement?.closest("fieldset")) choose(one); } })),
	]);

	const question = <T extends string>(name: keyof Answers, legend: string,
		options: readonly Option<T>[], error?: string, after: () => void = goOn) => (
		<Segmented id={`visit-${name}`} legend={legend} options={options} class="question"
			value={answers[name] as T | null} error={error} onDigit={after}
			onChange={value => change({ [name]: value } as Partial<Answers>)} />
	);
	const chosen = overallOf(answers);
	const quote = (
		<TextField id="visit-note" label={reasonWanted ? t("visit.quote") : t("visit.note")} rows={2}
			value={answers.note} required={reasonWanted}
			error={missing === "quote" && !answers.note.trim() ? t("visit.quote_needed") : undefined}
			onInput={note => change({ note })} />
	);
	return (
		<form ref={form} class="visit-form" aria-label={t("visit.card")}
			onSubmit={event => event.preventDefault()}>
			<div class="overall" role="group" aria-label={t("overall.question")}>
				<strong>{t("overall.question")}</strong>
				{overalls.map((one, at) => (
					<Button key={one} keys={String(at + 1)} pressed={chosen === one} class={`overall-${one}`}
						onClick={() => choose(one)}>{t(`overall.${one}`)}</Button>))}
			</div>
			<div class="card-scroll padded questions">
				{reasonWanted && question("reason", t("question.reason"),
					reasons.map(value => ({ value, label: t(`visit_reason.${value}`) })),
					missing === "reason" && answers.reason === null ? t("visit.reason_needed") : undefined,
					() => document.getElementById("visit-note")?.focus())}
				{reasonWanted && quote}
				{!answers.unreached && <>
					{question("contacted", t("question.contacted"), yesNo,
						missing === "answer" ? t("visit.answer_needed") : undefined)}
					{question("solved", t("question.solved"), [{ value: "yes", label: t("solved.yes") },
						{ value: "partly", label: t("solved.partly") }, { value: "no", label: t("solved.no") }])}
					{question("result", t("question.result"), levelOptions)}
					{question("attitude", t("question.attitude"), levelOptions)}
					{question("truthful", t("question.truthful"), yesNo)}
				</>}
				{!reasonWanted && quote}
			</div>
			<div class="card-foot actions">
				<span class={reasonWanted || answers.unreached ? "consequence" : "push-right"}>
					{answers.unreached ? t("visit.unreached_consequence")
						: reasonWanted ? t("visit.redo_consequence") : ""}</span>
				<Button keys="Alt+n" busy={open.busy} onClick={notReached}>{t("visit.not_reached")}</Button>
				<Button kind="primary" keys="Ctrl+Enter" busy={open.busy} onClick={submit}>
					{t("visit.submit")}</Button>
			</div>
		</form>
	);
}
