/* One receiver: what can be done with it, its deliveries, and the attempts of each. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, read } from "../../api/ask";
import { t, tMaybe } from "./words";
import { useAct } from "../../lib/act";
import { useShortcuts } from "../../lib/keys";
import { usePaged } from "../../lib/paged";
import { clockTime, dateTime } from "../../lib/time";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { ActionForm } from "../../parts/form";
import { Notice, ProblemNotice } from "../../parts/notice";
import { Card, Listed, Tabs } from "../../parts/page";
import { Table } from "../../parts/table";
import { Facts } from "../../parts/task_text";
import { say } from "../../parts/toast";
import { healthOf, hostOf, type Delivery, type Hook, type HookSecret } from "./health";

const states = ["all", "pending", "failed", "dead", "delivered"] as const;
type State = typeof states[number];
const tones: Record<Delivery["state"], string> = { pending: "", failed: "tag-amber", dead: "tag-red", delivered: "tag-green" };

/** What came of an attempt: the status, or in words why there was none. */
function outcome({ status, error }: Delivery["attempts"][number]): string {
	const words = error && error !== "none" ? tMaybe(`attempt.${error}`) ?? error : "";
	return status === null ? words : words ? `${status} · ${words}` : String(status);
}

function Attempts({ delivery, busy, onReplay, onClose }: {
	delivery: Delivery;
	busy: boolean;
	onReplay: () => void;
	onClose: () => void;
}): JSX.Element {
	return (
		<Dialog id="delivery" kind="drawer" title={delivery.type} onClose={onClose}>
			<div class="card-scroll padded">
				<Facts facts={[
					[t("delivery.message"), <code>{delivery.message_id}</code>],
					[t("appeal.id"), delivery.appeal],
					[t("delivery.seq"), delivery.seq],
					[t("delivery.state"), t(`delivery.${delivery.state}`)],
					[t("delivery.created"), dateTime(delivery.created_at)],
					[t("delivery.next"), delivery.next_attempt_at && dateTime(delivery.next_attempt_at)],
					[t("delivery.forgotten"), delivery.forgotten_at && dateTime(delivery.forgotten_at)],
				]} />
				<ol class="acts">
					{delivery.attempts.map(one => <li key={one.at}>
						<span class="number">{dateTime(one.at).slice(0, 10)} {clockTime(Date.parse(one.at))}</span>{" "}
						<strong class={one.status !== null && one.status < 300 && !one.error ? "good-word" : "bad-word"}>
							{outcome(one)}</strong>{" "}
						<small>{t(`trigger.${one.trigger}`)} · {one.duration_ms} ms · {one.address ?? "—"}</small>
						{one.answer && <pre class="answer" tabIndex={0}>{one.answer}</pre>}</li>)}
				</ol>
				{delivery.attempts.length === 0 && <p>{t("delivery.no_attempt")}</p>}
			</div>
			<div class="card-foot">
				<span class="consequence">{t(delivery.forgotten_at ? "delivery.is_forgotten" : "delivery.replay_consequence")}</span>
				{!delivery.forgotten_at &&
					<Button kind="primary" busy={busy} onClick={onReplay}>{t("delivery.replay")}</Button>}</div>
		</Dialog>
	);
}

function ReplayForm({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
	return (
		<ActionForm id="replay" title={t("hook.replay")} keepAs={id} submit={t("hook.replay")}
			initial={{ time: "00:00" }} onCancel={onClose}
			fields={[
				{ name: "since", kind: "date", label: t("replay.since"), required: true, class: "narrow" },
				{ name: "time", kind: "text", label: t("replay.time"), required: true, class: "narrow",
					check: value => /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? null : t("replay.bad_time") },
			]}
			consequence={() => t("replay.consequence")}
			onSubmit={async values => {
				const { body } = await ask.post("/webhooks/{id}/replay", { path: { id },
					body: { since: `${values.since}T${values.time}:00+08:00` } });
				say(t(body.more ? "replay.done_more" : "replay.done", { n: body.replayed }));
			}} onDone={onDone} />
	);
}

export function Endpoint({ hook, onSecret, onChanged, onRemoved }: {
	hook: Hook;
	onSecret: (hook: HookSecret) => void;
	onChanged: () => void;
	onRemoved: () => void;
}): JSX.Element {
	const path = { id: hook.id };
	const [state, setState] = useState<State>("all");
	const [open, setOpen] = useState<Delivery | null>(null);
	const [form, setForm] = useState<"replay" | "remove" | null>(null);
	const act = useAct();
	const list = usePaged(cursor => read("/webhooks/{id}/deliveries", { path, query: { limit: 50,
		...state === "all" ? {} : { state }, ...cursor === null ? {} : { cursor } } }), `${hook.id} ${state}`);
	const enabled = hook.state === "enabled";
	const bot = hook.format !== "standard" && hook.format !== "cloudevents";
	const run = (work: () => Promise<string>) => act.run(async () => {
		say(await work());
		onChanged();
		await list.reload();
	});
	const test = () => run(async () => {
		await ask.post("/webhooks/{id}/test", { path, body: {} });
		return t("hook.test_sent");
	});
	const flip = () => run(async () => {
		await (enabled ? ask.post("/webhooks/{id}/pause", { path, body: {} })
			: ask.post("/webhooks/{id}/enable", { path, body: {} }));
		return t(enabled ? "hook.paused" : "hook.enabled");
	});
	const rotate = () => run(async () => {
		onSecret((await ask.post("/webhooks/{id}/rotate", { path, body: {} })).body);
		return t("hook.rotated");
	});
	const replayOne = (delivery: Delivery) => run(async () => {
		await ask.post("/webhooks/{id}/deliveries/{delivery}/replay", { path: { ...path, delivery: delivery.id }, body: {} });
		setOpen(null);
		return t("delivery.replayed");
	});
	const free = form === null && open === null;
	useShortcuts([
		{ keys: "r", label: t("keys.refresh"), run: () => { onChanged(); void list.reload(); } },
		{ keys: "t", label: t("hook.test"), run: () => void test(), enabled: free && enabled },
		{ keys: "p", label: t(enabled ? "hook.pause" : "hook.enable"), run: () => void flip(), enabled: free },
		{ keys: "l", label: t("hook.replay"), run: () => setForm("replay"), enabled: free && enabled },
	]);
	return (
		<Card id="hook" title={<span class="hook-url">{hook.url}</span>} aside={<span class={`tag ${healthOf(hook).tone}`}>
			{healthOf(hook).words}</span>}>
			<ul class="hook-acts">
				<li><Button keys="t" busy={act.busy} disabled={!enabled} onClick={() => void test()}>{t("hook.test")}</Button>
					<span>{t(enabled ? "hook.test_consequence" : "bar.hook_disabled")}</span></li>
				<li><Button keys="p" busy={act.busy} onClick={() => void flip()}>{t(enabled ? "hook.pause" : "hook.enable")}</Button>
					<span>{t(enabled ? "hook.pause_consequence" : "hook.enable_consequence")}</span></li>
				<li><Button keys="l" disabled={!enabled} onClick={() => setForm("replay")}>{t("hook.replay")}</Button>
					<span>{t(enabled ? "hook.replay_consequence" : "bar.hook_disabled")}</span></li>
				<li><Button busy={act.busy} disabled={bot} onClick={() => void rotate()}>{t("hook.rotate")}</Button>
					<span>{t(bot ? "bar.bot_secret" : "hook.rotate_consequence")}</span></li>
				<li><Button kind="danger" onClick={() => setForm("remove")}>{t("hook.remove")}</Button>
					<span>{t("hook.remove_consequence")}</span></li>
			</ul>
			{act.failure !== null && <ProblemNotice error={act.failure} />}
			{form === "replay" && <ReplayForm id={hook.id} onClose={() => setForm(null)}
				onDone={() => { setForm(null); void list.reload(); }} />}
			{form === "remove" && <ActionForm id="remove" title={t("hook.remove")} keepAs={hook.id} kind="danger" fields={[]}
				initial={{}} submit={t("hook.remove")} confirm={hostOf(hook.url)} onCancel={() => setForm(null)}
				consequence={() => t("hook.remove_consequence")} onDone={onRemoved}
				onSubmit={() => ask.delete("/webhooks/{id}", { path })} />}
			{hook.held && <Notice tone="warn">{t("hook.held")}</Notice>}
			<Tabs label={t("delivery.state")} chosen={state} onChoose={setState}
				tabs={states.map(key => ({ key, label: t(`delivery.${key}`) }))} />
			<Listed list={list} empty={t("delivery.none")} emptyNext={t("delivery.none_next")}>{items =>
				<Table<Delivery> caption={t("delivery.list")} rows={items} rowKey={one => one.id} onOpen={setOpen} columns={[
					{ key: "type", head: t("delivery.type"), cell: one => one.type },
					{ key: "appeal", head: t("appeal.id"), cell: one => <span class="number">{one.appeal ?? "—"}</span> },
					{ key: "seq", head: t("delivery.seq"), number: true, cell: one => one.seq },
					{ key: "state", head: t("delivery.state"), cell: one => <span class={`tag ${tones[one.state]}`}>
						{t(one.held ? "delivery.held" : `delivery.${one.state}`)}</span> },
					{ key: "created", head: t("delivery.created"), cell: one => dateTime(one.created_at) },
					{ key: "attempts", head: t("delivery.attempts"), number: true, cell: one => one.attempts.length },
					{ key: "last", head: t("delivery.last"), cell: one => {
						const last = one.attempts[one.attempts.length - 1];
						return last ? outcome(last) : "—";
					} },
					{ key: "next", head: t("delivery.next"), cell: one => dateTime(one.next_attempt_at ?? one.done_at) },
				]} />}</Listed>
			{open !== null && <Attempts delivery={open} busy={act.busy} onReplay={() => void replayOne(open)}
				onClose={() => setOpen(null)} />}
		</Card>
	);
}
