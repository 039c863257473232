/* The operator's desk: who waits, the appeal being taken, what is known of it, and what is due. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { unattended } from "../api/client";
import { api } from "../api/endpoints";
import type { Me } from "../api/types";
import { whenChanged } from "../lib/changed";
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

/** In the bar: how many this operator registered today, wherever; how long those since the sign-in took. */
function TopLine(): null {
	const { count, milliseconds } = tally.value;
	const own = useLoaded(() => unattended(api.me), `today ${count}`);
	const [today, setToday] = useState<number | null>(null);
	useEffect(() => whenChanged(async () => { await own.refresh(); },
		({ type }) => /^appeal\.(undone|withdrawn|changed)$/.test(type)), [count]);
	useEffect(() => { setToday(old => own.value?.registered_today ?? old); }, [own.value]);
	useEffect(() => {
		topLine.value = today === null ? null : (
			<span class="top-figures">{t("desk.today")} <b class="number">{today}</b>
				{count > 0 && <>{t("desk.average")} <b class="number">{minutes(Math.round(milliseconds / count / 1000))}</b></>}</span>
		);
		return () => { topLine.value = null; };
	}, [count, today]);
	return null;
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
	useEffect(watchCalls, []);
	useEffect(() => { void restoreDraft(me.login).then(restoreQueue); }, []);
	useEffect(() => {
		setAnswering(draft.value.answer !== "");
		setPhone("");
	}, [draft.value.idempotencyKey]);

	return (
		<>
			<h1 class="unseen">{title}</h1>
			<TopLine />
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
