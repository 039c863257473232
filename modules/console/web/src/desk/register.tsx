/* The operator's desk: who waits, the appeal being taken, what is known of it, and what is due. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import type { Me } from "../api/types";
import { useLoaded } from "../lib/load";
import { Skeleton } from "../parts/notice";
import { topLine } from "../parts/top_bar";
import { useAssist } from "./assist";
import { watchCalls } from "./calls";
import { phoneSlip } from "./checks";
import { draft, draftReady, restoreDraft } from "./draft";
import { Intake, Standing } from "./intake";
import { ResultCard } from "./result";
import { minutes, Strip, useCall } from "./strip";
import { restoreQueue, submission, tally } from "./submission";
import { t } from "./words";

function focusContent() {
	document.getElementById("appeal-text")?.focus();
}

/** Of a typed number, once the field was left. */
function useTyped(phone: string) {
	return useLoaded(async () => phone === "" ? null
		: (await ask.post("/callers/history", { body: { phone } })).body, phone);
}

function useTopLine() {
	const { count, milliseconds } = tally.value;
	useEffect(() => {
		topLine.value = count === 0 ? null : (
			<span class="top-figures">{t("desk.since_sign_in")} <b class="number">{count}</b>
				{t("desk.average")} <b class="number">{minutes(Math.round(milliseconds / count / 1000))}</b></span>
		);
		return () => { topLine.value = null; };
	}, [count]);
}

export function RegisterScreen({ me, title }: { me: Me; title: string }): JSX.Element {
	const state = submission.value;
	const [answering, setAnswering] = useState(false);
	const [phone, setPhone] = useState("");
	const beside = useLoaded(() => import("./beside"), "beside").value;
	const { call, known } = useCall();
	const typed = useTyped(phone);
	const caller = typed.value ?? known.value;
	useAssist();
	useTopLine();
	useEffect(watchCalls, []);
	useEffect(() => { void restoreDraft(me.login).then(restoreQueue); }, []);
	useEffect(() => {
		setAnswering(draft.value.answer !== "");
		setPhone("");
	}, [draft.value.idempotencyKey]);

	return (
		<>
			<h1 class="unseen">{title}</h1>
			{!beside ? <div class="card" /> : <beside.QueueCard newest={state.step === "done" ? state.appeal.id : ""} onForm={() => setTimeout(focusContent)} />}
			<div class="card intake">
				<Strip call={call} known={known.value} />
				{state.step === "done" || state.step === "queued"
					? <><Standing /><ResultCard key={state.step} state={state} /></>
					: !draftReady.value ? <Skeleton />
						: <Intake knownName={caller?.caller?.name ?? null} callNumber={call?.number ?? null}
							answering={answering} onAnswering={setAnswering}
							onPhone={number => setPhone(phoneSlip(number) === null ? number.trim() : "")} />}
			</div>
			{!beside ? <div class="card" /> : <beside.ContextCard known={caller} onAnswering={() => setAnswering(true)} />}
			{!beside ? <div class="card" /> : <beside.DeadlinesCard />}
		</>
	);
}
