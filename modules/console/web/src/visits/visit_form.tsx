/* The questions of a return visit, Q1 to Q6; digits answer and go on to the next question. */
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
}

const noAnswers: Answers = {
	contacted: null, solved: null, result: null, attitude: null, truthful: null, reason: null, note: "",
};

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
	onDone: () => void;
}): JSX.Element {
	const [answers, change, forget] = useKept(`visit ${task.id}`, noAnswers);
	const [missing, setMissing] = useState<"reason" | "answer" | null>(null);
	const form = useRef<HTMLFormElement>(null);
	const reasonWanted = bad(answers.result) || bad(answers.attitude);
	const yesNo: Option<YesNo>[] = [{ value: "yes", label: t("answer.yes") },
		{ value: "no", label: t("answer.no") }];
	const levelOptions = levels.map(value => ({ value, label: t(`level.${value}`) }));

	useEffect(() => {
		form.current?.querySelector<HTMLElement>("input[type=radio]")?.focus({ preventScroll: true });
	}, []);

	/* At once, not after the redraw: the next digit may already be on its way. */
	function goOn() {
		const groups = Array.from(form.current?.querySelectorAll("fieldset") ?? []);
		const at = groups.findIndex(group => group.contains(document.activeElement));
		const following = groups.slice(at + 1).find(group => !group.querySelector("input:checked"));
		(following?.querySelector("input") ?? document.getElementById("visit-note"))?.focus();
	}

	async function send(visit: Omit<Visit, "channel">) {
		if (await open.act("visits", { channel: "phone", ...visit })) {
			forget();
			onDone();
		}
	}

	function submit() {
		const { contacted, solved, result, attitude, truthful, reason, note } = answers;
		if (reasonWanted && reason === null) {
			setMissing("reason");
			document.getElementById("visit-reason-result")?.focus();
		} else if (contacted === null && solved === null && result === null && attitude === null) {
			setMissing("answer");
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
	]);

	const question = <T extends string>(name: keyof Answers, legend: string,
		options: readonly Option<T>[], error?: string) => (
		<Segmented id={`visit-${name}`} legend={legend} options={options} class="question"
			value={answers[name] as T | null} error={error} onDigit={goOn}
			onChange={value => change({ [name]: value } as Partial<Answers>)} />
	);
	return (
		<form ref={form} class="visit-form" aria-label={t("visit.card")}
			onSubmit={event => event.preventDefault()}>
			<div class="card-scroll padded questions">
				{question("contacted", t("question.contacted"), yesNo,
					missing === "answer" ? t("visit.answer_needed") : undefined)}
				{question("solved", t("question.solved"), [{ value: "yes", label: t("solved.yes") },
					{ value: "partly", label: t("solved.partly") }, { value: "no", label: t("solved.no") }])}
				{question("result", t("question.result"), levelOptions)}
				{question("attitude", t("question.attitude"), levelOptions)}
				{question("truthful", t("question.truthful"), yesNo)}
				{reasonWanted && question("reason", t("question.reason"),
					reasons.map(value => ({ value, label: t(`visit_reason.${value}`) })),
					missing === "reason" && answers.reason === null ? t("visit.reason_needed") : undefined)}
				<TextField id="visit-note" label={t("visit.note")} value={answers.note} rows={2}
					onInput={note => change({ note })} />
			</div>
			<div class="card-foot actions">
				<span class="consequence">{reasonWanted ? t("visit.redo_consequence") : ""}</span>
				<Button keys="Alt+n" busy={open.busy} onClick={notReached}>{t("visit.not_reached")}</Button>
				<Button kind="primary" keys="Ctrl+Enter" busy={open.busy} onClick={submit}>
					{t("visit.submit")}</Button>
			</div>
		</form>
	);
}
