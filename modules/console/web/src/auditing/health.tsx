/* How the service does: the worst first, each with what it means and what to do. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { read, type Schemas } from "../api/ask";
import { signedOut, unattended } from "../api/client";
import type { Me } from "../api/types";
import { useShortcuts } from "../lib/keys";
import { useLoaded } from "../lib/load";
import { dateTime, span } from "../lib/time";
import { Button } from "../parts/button";
import { Asked, Card, Page } from "../parts/page";
import { Table } from "../parts/table";
import { departmentName } from "../state/reference";
import { t, tMaybe } from "./words";

type Check = Schemas["HealthCheck"];

const weight = { bad: 0, warn: 1, ok: 2 } as const;
const marks = { bad: "✕", warn: "!", ok: "✓" } as const;
const askedEvery = 15_000;

function figureOf({ figure, unit, name, detail, state }: Check): string {
	if (name === "signer")
		return t(state === "ok" ? "health.answers" : "health.silent");
	if (name === "virus_scanner" && detail !== null)
		return t(state === "ok" ? "health.answers" : "health.silent");
	if (name === "cluster" && detail === null)
		return t("health.replicas", { n: figure ?? 0 });
	if (figure === null)
		return t(name === "virus_scanner" || name === "sms_gateway" ? "health.absent" : "health.unknown");
	if (unit === "seconds")
		return figure < 60 ? t("health.seconds", { n: figure }) : span(figure * 1000);
	if (unit === "days")
		return t("health.days", { n: figure });
	if (unit === "bytes")
		return `${(figure / 2 ** 30).toFixed(1)} GB · ${detail ?? ""}`;
	return tMaybe(`health.count_${name}`)?.replace("{n}", String(figure)) ?? String(figure);
}

function CheckRow({ check }: { check: Check }): JSX.Element {
	const { name, state } = check;
	return (
		<li class={`check-row check-${state}`} data-check={name} data-state={state}>
			<span class="check-mark" aria-hidden="true">{marks[state]}</span>
			<div class="check-words">
				<h3>{t(`health.${name}`)} <span class="tag">{t(`health.state_${state}`)}</span></h3>
				{state !== "ok" && <p>{t(`health.do_${name}`)}</p>}
			</div>
			<div class="check-figure"><b class="number">{figureOf(check)}</b>
				{check.since && <small>{t(name === "certificate" ? "health.until" : name === "signer" ? "health.seen" : "health.since",
						{ at: dateTime(check.since) })}</small>}
				{check.detail && check.unit === "count" && <small>{check.detail}</small>}</div>
		</li>
	);
}

/** Due times that the night found wrong, with the tasks they are of. */
function Mismatches(): JSX.Element {
	const night = useLoaded(() => read("/deadlines/check"), "night");
	return (
		<Asked loaded={night}>{({ items }) => items.length > 0 && (
			<Card id="night" title={t("health.mismatches")} count={items.length}>
				<Table caption={t("health.mismatches")} rows={items} rowKey={row => row.task} columns={[
					{ key: "task", head: t("health.task"), cell: row => row.task },
					{ key: "unit", head: t("word.unit"), cell: row => departmentName(row.department) },
					{ key: "due", head: t("health.due"), cell: row => dateTime(row.due) },
					{ key: "rows", head: t("health.due_by_rows"), cell: row => dateTime(row.due_by_rows) },
					{ key: "since", head: t("health.found"), cell: row => dateTime(row.since) },
				]} />
			</Card>
		)}</Asked>
	);
}

export function HealthScreen({ title, me }: { title: string; me: Me }): JSX.Element {
	const health = useLoaded(() => read("/health"), "health");
	useShortcuts([{ keys: "r", label: t("keys.refresh"), run: () => void health.reload() }]);
	useEffect(() => {
		const timer = setInterval(() => {
			if (!document.hidden && !signedOut.value)
				void unattended(health.reload);
		}, askedEvery);
		return () => clearInterval(timer);
	}, []);
	const checks = [...health.value?.checks ?? []].sort((a, b) => weight[a.state] - weight[b.state]);
	const count = (state: Check["state"]) => checks.filter(check => check.state === state).length;
	return (
		<Page title={title} line={health.value && t("health.asked", { at: dateTime(health.value.at) })}
			acts={<Button keys="r" onClick={() => void health.reload()}>{t("keys.refresh")}</Button>}>
			<Asked loaded={health}>{() => <>
				<div class="cards-3">{(["bad", "warn", "ok"] as const).map(state => (
					<section key={state} class={`card tile tile-${state}`} aria-label={t(`health.state_${state}`)}>
						<span>{marks[state]} {t(`health.state_${state}`)}</span><b class="number">{count(state)}</b>
					</section>
				))}</div>
				<section class="card" aria-label={t("health.checks")}>
					<ul class="health">{checks.map(check => <CheckRow key={check.name} check={check} />)}</ul>
				</section>
				{me.role !== "security" && <Mismatches />}
				<p class="hint">{t("health.links")}</p>
			</>}</Asked>
		</Page>
	);
}
