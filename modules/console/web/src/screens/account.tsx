/* The own account: password, second factor, sessions. What is due stands first and alone. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../api/ask";
import { csrfToken } from "../api/client";
import { api } from "../api/endpoints";
import type { FactorSecret, Me, Session } from "../api/types";
import { t, textsReady } from "../i18n";
import { useLoaded } from "../lib/load";
import { usePrintedAlone } from "../lib/printed_alone";
import { fieldErrors } from "../lib/problem_text";
import { dateTime } from "../lib/time";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Notice, ProblemNotice } from "../parts/notice";
import { Qr } from "../parts/qr";
import { kindsFor } from "../state/alert_kinds";
import { renew } from "../state/session";

/** One form's answer: what failed, whether it is under way, and its field errors. */
function useAct() {
	const [failure, setFailure] = useState<unknown>(null);
	const [busy, setBusy] = useState(false);

	async function run(act: () => Promise<void>) {
		setBusy(true);
		setFailure(null);
		try {
			await act();
		} catch (error) {
			setFailure(error);
		} finally {
			setBusy(false);
		}
	}

	const errors = fieldErrors(failure);
	return { run, busy, errors, unexplained: errors.size === 0 ? failure : null };
}

function PasswordCard({ me }: { me: Me }): JSX.Element {
	const [current, setCurrent] = useState("");
	const [next, setNext] = useState("");
	const [totp, setTotp] = useState("");
	const [done, setDone] = useState(false);
	const act = useAct();

	function submit(event: Event) {
		event.preventDefault();
		void act.run(async () => {
			setDone(false);
			await api.changePassword(current, next, totp.trim() || null);
			setCurrent("");
			setNext("");
			setTotp("");
			setDone(true);
			await renew();
		});
	}

	return (
		<form class="card account-card" onSubmit={submit} aria-labelledby="account-password">
			<h2 id="account-password">{t("account.password")}</h2>
			{done && <Notice tone="good">{t("account.changed")}</Notice>}
			{act.unexplained !== null && <ProblemNotice error={act.unexplained} />}
			<TextField id="password-current" label={t("account.current")} value={current} type="password"
				onInput={setCurrent} required autocomplete="current-password"
				error={act.errors.get("current")} />
			<TextField id="password-next" label={t("account.next")} value={next} type="password"
				onInput={setNext} required autocomplete="new-password" error={act.errors.get("new")} />
			{me.second_factor && <TextField id="password-totp" label={t("sign_in.code")} value={totp}
				onInput={setTotp} required autocomplete="one-time-code" error={act.errors.get("totp")} />}
			<Button kind="primary" submit busy={act.busy}>{t("account.password")}</Button>
		</form>
	);
}

function FactorCard({ me }: { me: Me }): JSX.Element {
	const [password, setPassword] = useState("");
	const [totp, setTotp] = useState("");
	const [code, setCode] = useState("");
	const [secret, setSecret] = useState<FactorSecret | null>(null);
	const [recovery, setRecovery] = useState<string[]>([]);
	const act = useAct();

	usePrintedAlone(recovery.length > 0);

	function renewCodes() {
		void act.run(async () => {
			const { body } = await ask.post("/me/recovery-codes",
				{ body: { password, totp: totp.trim() || null } });
			csrfToken.value = body.csrf_token;
			setRecovery(body.recovery_codes);
			setPassword("");
			setTotp("");
		});
	}

	function submit(event: Event) {
		event.preventDefault();
		void act.run(async () => {
			if (secret === null) {
				setSecret(await api.startFactor(password, totp.trim() || null));
				setPassword("");
				setTotp("");
				return;
			}
			const confirmed = await api.confirmFactor(code.trim());
			csrfToken.value = confirmed.csrf_token;
			setRecovery(confirmed.recovery_codes);
			setSecret(null);
			setCode("");
		});
	}

	if (recovery.length > 0)
		return (
			<section class="card account-card alone" aria-labelledby="account-factor">
				<h2 id="account-factor">{t("account.factor")}</h2>
				<p>{t("account.recovery")}</p>
				<p>{t("product.name")} · <b>{me.login}</b></p>
				<ol class="recovery">{recovery.map(one => <li key={one}><code>{one}</code></li>)}</ol>
				<div class="form-foot">
					<Button kind="primary" busy={act.busy} onClick={() => void act.run(async () => {
						await renew();
						setRecovery([]);
					})}>{t("account.recovery_kept")}</Button>
					<Button onClick={() => window.print()}>{t("account.recovery_print")}</Button>
				</div>
			</section>
		);
	return (
		<form class="card account-card" onSubmit={submit} aria-labelledby="account-factor">
			<h2 id="account-factor">{t("account.factor")}</h2>
			<p>{me.second_factor ? t("account.factor_on", { n: me.recovery_codes })
				: t("account.factor_off")}</p>
			{act.unexplained !== null && <ProblemNotice error={act.unexplained} />}
			{secret === null ? <>
				<TextField id="factor-password" label={t("account.current")} value={password}
					type="password" onInput={setPassword} required autocomplete="current-password"
					error={act.errors.get("password")} />
				{me.second_factor && <TextField id="factor-totp" label={t("sign_in.code")} value={totp}
					onInput={setTotp} required autocomplete="one-time-code"
					error={act.errors.get("totp")} />}
				<div class="form-foot">
					<Button kind="primary" submit busy={act.busy}>{t("account.factor_start")}</Button>
					{me.second_factor && <Button busy={act.busy} onClick={renewCodes}>
						{t("account.recovery_renew")}</Button>}
				</div>
			</> : <>
				<p>{t("account.factor_secret")}</p>
				<Qr rows={secret.qr} label={t("account.factor_qr")} />
				<p><code class="secret">{secret.secret}</code></p>
				<p><a class="secret" href={secret.uri}>{secret.uri}</a></p>
				<TextField id="factor-code" label={t("account.factor_code")} value={code}
					onInput={setCode} required autocomplete="one-time-code"
					error={act.errors.get("totp")} />
				<Button kind="primary" submit busy={act.busy}>{t("account.factor_confirm")}</Button>
			</>}
		</form>
	);
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }): JSX.Element {
	const what = `${session.agent || "—"}, ${session.source}`;
	return (
		<li>
			<span>{what}<small>{session.current ? t("account.session_current")
				: t("account.session_seen", { at: dateTime(session.seen_at) })}</small></span>
			{!session.current && <Button onClick={onEnd} label={`${t("account.session_end")}: ${what}`}>
				{t("account.session_end")}</Button>}
		</li>
	);
}

function SessionsCard(): JSX.Element {
	const sessions = useLoaded(api.sessions, "sessions");
	const act = useAct();
	const end = (what: () => Promise<unknown>) => void act.run(async () => {
		await what();
		await sessions.reload();
	});

	return (
		<section class="card account-card" aria-labelledby="account-sessions">
			<h2 id="account-sessions">{t("account.sessions")}</h2>
			{(sessions.error ?? act.unexplained) !== null
				&& <ProblemNotice error={sessions.error ?? act.unexplained} />}
			<ul class="sessions">
				{(sessions.value ?? []).map(one => <SessionRow key={one.id} session={one}
					onEnd={() => end(() => api.endSession(one.id))} />)}
			</ul>
			<Button onClick={() => end(api.endOtherSessions)}>{t("account.sessions_end")}</Button>
		</section>
	);
}

function AlertsWhenHere({ me }: { me: Me }): JSX.Element | null {
	const code = useLoaded(async () => {
		const group = kindsFor(me).length === 0 ? null : await import("../alerts");
		await textsReady();
		return group;
	}, "alerts");
	return code.value && <code.value.AlertsCard me={me} />;
}

export function AccountScreen({ me }: { me: Me }): JSX.Element {
	return (
		<div class="account">
			<h1>{t("screen.account")}</h1>
			{me.duty === "change_password" && <Notice tone="warn">{t("account.due_password")}</Notice>}
			{me.duty === "set_up_second_factor" && <Notice tone="warn">{t("account.due_factor")}</Notice>}
			{me.duty !== "set_up_second_factor" && <PasswordCard me={me} />}
			{me.duty !== "change_password" && <FactorCard me={me} />}
			{me.duty === null && <SessionsCard />}
			{me.duty === null && <AlertsWhenHere me={me} />}
		</div>
	);
}
