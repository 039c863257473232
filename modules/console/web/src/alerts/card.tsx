/* On the own account: which sounds and notices, each by itself. A browser is asked when a notice is wanted. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Me } from "../api/types";
import { Button } from "../parts/button";
import { Check } from "../parts/field";
import { Notice, ProblemNotice } from "../parts/notice";
import { shares } from "../lib/time";
import { href } from "../lib/route";
import { kindsFor, type AlertKind } from "../state/alert_kinds";
import { choices, choose, mayNotify, notify, type Choices } from "./alert";
import { sound } from "./sound";
import { t } from "./words";

type Permission = NotificationPermission | "none";

const permissionNow = (): Permission => typeof Notification === "function" ? Notification.permission : "none";

export function AlertsCard({ me }: { me: Me }): JSX.Element | null {
	const [permission, setPermission] = useState(permissionNow());
	const [failure, setFailure] = useState<unknown>(null);
	const chosen = choices.value, kinds = kindsFor(me);
	if (!chosen)
		return null;
	const set = (change: Partial<Choices>) => {
		setFailure(null);
		void choose(change).catch(setFailure);
	};
	/** Only after this press is the browser asked. */
	async function allow() {
		if (permissionNow() === "default")
			await Notification.requestPermission();
		setPermission(permissionNow());
	}
	const attempt = (kind: AlertKind) => {
		if (chosen[`${kind}_sound`])
			sound(kind);
		if (chosen[`${kind}_notice`] && mayNotify())
			notify(`trial ${kind}`, t("alerts.tried"), href(["account"]));
	};
	const wanted = kinds.some(kind => chosen[`${kind}_notice`]);
	return (
		<section class="card account-card alerts-card" aria-labelledby="account-alerts">
			<h2 id="account-alerts">{t("alerts.title")}</h2>
			<p>{t("alerts.only")}</p>
			{failure !== null && <ProblemNotice error={failure} />}
			{wanted && permission === "denied" && <Notice tone="warn">{t("alerts.denied")}</Notice>}
			{wanted && permission === "none" && <Notice tone="warn">{t("alerts.no_notices")}</Notice>}
			{wanted && permission === "default" && <Notice tone="warn">{t("alerts.allow")}{" "}
				<Button onClick={() => void allow()}>{t("alerts.allow_act")}</Button></Notice>}
			<table class="alerts-table">
				<thead><tr><th scope="col">{t("alerts.kind")}</th><th scope="col">{t("alerts.sound")}</th>
					<th scope="col">{t("alerts.notice")}</th><td /></tr></thead>
				<tbody>{kinds.map(kind => (
					<tr key={kind} data-kind={kind}>
						<th scope="row">{t(`alerts.${kind}`)}<small>{kind === "red"
							? t("alerts.red_note", { n: Math.round(shares.value.red * 100) }) : t(`alerts.${kind}_note`)}</small></th>
						{(["sound", "notice"] as const).map(way => (
							<td key={way}><input type="checkbox" aria-label={`${t(`alerts.${kind}`)} · ${t(`alerts.${way}`)}`}
								checked={chosen[`${kind}_${way}`]} onChange={event => {
									set({ [`${kind}_${way}`]: event.currentTarget.checked });
									if (way === "notice" && event.currentTarget.checked)
										void allow();
								}} /></td>))}
						<td><Button kind="quiet" label={`${t("alerts.try")}: ${t(`alerts.${kind}`)}`}
							onClick={() => attempt(kind)}>{t("alerts.try")}</Button></td>
					</tr>))}</tbody>
			</table>
			<Check label={t("alerts.quiet")} checked={chosen.quiet} onChange={quiet => set({ quiet })} />
			<p class="row-note">{t(chosen.quiet ? "alerts.quiet_on" : "alerts.quiet_note")}</p>
		</section>
	);
}
