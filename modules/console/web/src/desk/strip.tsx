/*
 * Above the form: who calls, as soon as it rings. The number stays masked, and goes from the
 * server's call into the appeal without ever being here. What this telephone system does not let
 * a browser do is said to be done on the telephone.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { useAct } from "../lib/act";
import { useShortcuts } from "../lib/keys";
import { useLoaded, type Loaded } from "../lib/load";
import { Button, Kbd } from "../parts/button";
import { Icon } from "../parts/icons";
import { ProblemNotice } from "../parts/notice";
import { clockOffset } from "../api/client";
import { areaName } from "../state/reference";
import { me } from "../state/session";
import { callOf, calls, endCall, popped, takeCall, type Call, type CallerHistory } from "./calls";
import { changeDraft, draft, isBegun } from "./draft";
import { t } from "./words";

/** Seconds between then and now, each second anew. */
export function useSeconds(since: string | null): number {
	const [, tick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => tick(n => n + 1), 1000);
		return () => clearInterval(timer);
	}, []);
	return since === null ? 0 : Math.max(0, Math.floor((Date.now() + clockOffset.value - Date.parse(since)) / 1000));
}

export function minutes(seconds: number): string {
	const two = (n: number) => String(n).padStart(2, "0");
	return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** The call that the desk is about: that of the draft, else the one that popped up. */
export function useCall(): { call: Call | null; known: Loaded<CallerHistory & { area: string | null } | null> } {
	const own = draft.value.call;
	const call = calls.value.find(one => one.id === own) ?? (own === null ? popped.value : null);
	const id = own ?? call?.id ?? null;
	const known = useLoaded(async () => {
		if (id === null)
			return null;
		const full = await callOf(id);
		return { caller: full.caller, history: full.history, area: full.caller?.area ?? null, full };
	}, `${id}`);
	const full = known.value && "full" in known.value ? known.value.full as Call : null;
	/* a call that is mine belongs to the appeal that is begun with it */
	useEffect(() => {
		if (call && call.mine && call.state === "answered" && draft.value.call === null
			&& !isBegun(draft.value))
			changeDraft({ call: call.id, channel: "12345" });
	}, [call?.id, call?.mine, draft.value.idempotencyKey]);
	useEffect(() => {
		const area = known.value?.area;
		if (area && draft.value.call !== null && draft.value.area === null)
			changeDraft({ area });
	}, [known.value, draft.value.call]);
	return { call: call ?? full, known };
}

function Seat(): JSX.Element {
	const seat = me.value?.seat ?? null;
	const [typed, setTyped] = useState<string | null>(null);
	const act = useAct();
	async function sit() {
		const phone = (typed ?? "").trim() || null;
		if (!await act.run(() => ask.put("/me/seat", { body: { phone } })))
			return;
		if (me.value)
			me.value = { ...me.value, seat: phone };
		setTyped(null);
	}
	if (typed === null)
		return (
			<Button kind="quiet" onClick={() => setTyped(seat ?? "")}>
				{seat ? t("desk.seat_is", { seat }) : t("desk.seat_none")}</Button>
		);
	return (
		<span class="inline-field">
			<label for="seat">{t("desk.seat")}</label>
			<input id="seat" class="control seat" value={typed} maxLength={32}
				onInput={event => setTyped(event.currentTarget.value)}
				onKeyDown={event => { if (event.key === "Enter") { event.preventDefault(); void sit(); } }} />
			<Button busy={act.busy} onClick={() => void sit()}>{t("desk.seat_set")}</Button>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
		</span>
	);
}

function Live({ call, known }: { call: Call; known: CallerHistory | null }): JSX.Element {
	const ringing = call.state === "ringing";
	const speaking = call.state === "answered";
	const seconds = useSeconds(ringing ? call.began_at : speaking ? call.answered_at : null);
	const act = useAct();
	const take = () => void act.run(() => takeCall(call.id));
	const end = () => void act.run(() => endCall(call.id));
	useShortcuts([
		{ keys: "F6", label: t("desk.take"), run: take, enabled: ringing },
		{ keys: "F9", label: t("desk.end"), run: end, enabled: speaking && call.mine },
	]);
	const line = [known?.caller?.name, areaName(known?.caller?.area ?? null), known?.caller?.address,
		call.appeals > 0 ? t("desk.nth", { n: call.appeals + 1 }) : t("desk.first_call"),
		call.open_appeals > 0 ? t("desk.still_open", { n: call.open_appeals }) : null];
	return (
		<div class={`call-strip ${ringing ? "call-ringing" : ""}`} role="region" aria-label={t("desk.call")} data-call={call.id}>
			<span class="call-mark"><Icon name="phone" size={20} /></span>
			<div class="call-who">
				<strong class="number">{call.number ?? t("desk.withheld")}</strong>
				<span>{line.filter(Boolean).join(" · ")}</span>
			</div>
			<div class="call-time"><b class="number">{minutes(seconds)}</b>
				<small>{t(`call_state.${call.state}`)}</small></div>
			<div class="call-acts">
				{ringing && <Button keys="F6" busy={act.busy} class="call-take" onClick={take}>{t("desk.take")}</Button>}
				{speaking && call.mine && <>
					<small class="on-telephone">{t("desk.on_telephone")}</small>
					<Button keys="F9" busy={act.busy} class="call-end" onClick={end}>{t("desk.end")}</Button></>}
				{speaking && call.mine && draft.value.call !== call.id
					&& <Button onClick={() => changeDraft({ call: call.id })}>{t("desk.attach")}</Button>}
			</div>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
		</div>
	);
}

export function Strip({ call, known }: { call: Call | null; known: CallerHistory | null }): JSX.Element {
	return call ? <Live key={call.id} call={call} known={known} /> : (
		<div class="call-strip call-idle">
			<span class="call-mark"><Icon name="phone" size={18} /></span>
			<div class="call-who"><strong>{t("desk.idle")}</strong><span>{t("desk.idle_next")}</span></div>
			<Seat />
			<span class="hints"><Kbd keys="n" /><span>{t("desk.to_form")}</span></span>
		</div>
	);
}
