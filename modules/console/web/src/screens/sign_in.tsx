/* Sign-in. The session is a cookie that scripts cannot read; nothing of it is kept here. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api/client";
import { api } from "../api/endpoints";
import type { Ways } from "../api/types";
import { t } from "../i18n";
import { Button } from "../parts/button";
import { TextField } from "../parts/field";
import { Notice, ProblemNotice } from "../parts/notice";
import { Summary } from "../parts/summary";
import { LanguageSwitch, Mark, ThemeSwitch } from "../parts/top_bar";
import { me, signIn } from "../state/session";

/** What the server takes as the page to come back to. */
const returnLongest = 512;

/** Leaves the page for the provider, which sends back to the address that is open now. */
function ProviderWay(): JSX.Element | null {
	const [provider, setProvider] = useState<Ways["provider"]>(null);
	useEffect(() => {
		/* a server that does not answer shows by the password, too */
		api.ways().then(ways => setProvider(ways.provider), () => setProvider(null));
	}, []);
	if (!provider)
		return null;
	const here = `${location.pathname}${location.hash}`;
	const back = encodeURIComponent(here.length <= returnLongest ? here : "/");
	return (
		<div class="sign-in-provider">
			<a class="button button-plain" href={`${provider.start}?return=${back}`}>
				{t("sign_in.by_provider", { name: provider.name })}
			</a>
			<a href={provider.end}>{t("sign_in.leave_provider", { name: provider.name })}</a>
		</div>
	);
}

export function SignInScreen(): JSX.Element {
	const [login, setLogin] = useState(me.value?.login ?? "");
	const [password, setPassword] = useState("");
	const [totp, setTotp] = useState("");
	const [codeAsked, setCodeAsked] = useState(false);
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<unknown>(null);
	const [wrong, setWrong] = useState<readonly [string, string][]>([]);
	const [caps, setCaps] = useState(false);
	const loginInput = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
	const codeInput = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
	const passwordInput = useRef<HTMLTextAreaElement & HTMLInputElement>(null);

	useEffect(() => {
		document.title = `${t("sign_in.title")} · ${t("product.name")}`;
		(login ? passwordInput : loginInput).current?.focus();
	}, []);

	async function submit(event: Event) {
		event.preventDefault();
		if (busy)
			return;
		const missing = ([["login", login.trim(), t("sign_in.login")], ["password", password, t("sign_in.password")]] as const)
			.flatMap(([id, value, field]): [string, string][] =>
				value ? [] : [[id, t("form.needed", { field })]]);
		setWrong(missing);
		if (missing.length > 0)
			return;
		setBusy(true);
		setFailure(null);
		try {
			await signIn(login.trim(), password, totp.trim() || null);
		} catch (error) {
			const isCode = error instanceof Problem && error.code === "totp_required";
			setCodeAsked(isCode);
			setTotp("");
			setFailure(isCode && !codeAsked ? null : error);
			if (!isCode) {
				setPassword("");
				passwordInput.current?.focus();
			}
		} finally {
			setBusy(false);
		}
	}

	useEffect(() => { if (codeAsked) codeInput.current?.focus(); }, [codeAsked, failure]);

	const refused = failure instanceof Problem && failure.status === 401;
	const errorAt = (id: string) => wrong.find(([name]) => name === id)?.[1];
	/* a state that a key event tells, whichever key it is of */
	const lookAtCaps = (event: KeyboardEvent) => setCaps(event.getModifierState("CapsLock"));
	return (
		<main class="sign-in">
			<div class="sign-in-tools"><ThemeSwitch /><LanguageSwitch /></div>
			<form class="card sign-in-card" noValidate onSubmit={event => void submit(event)}
				onKeyDown={lookAtCaps} onKeyUp={lookAtCaps}>
				<div class="sign-in-head">
					<Mark />
					<h1>{t("product.name")}</h1>
					<p>{t("product.line")}</p>
				</div>
				{wrong.length > 0 && <Summary prefix="" wrong={wrong} tried={wrong} />}
				{me.value && failure === null && <Notice tone="warn">{t("sign_in.expired")}</Notice>}
				{refused && <Notice tone="bad"><span>{t(codeAsked ? "sign_in.code_refused" : "sign_in.refused")}{" "}
					<code class="code">{failure.code}</code></span></Notice>}
				{failure !== null && !refused && <ProblemNotice error={failure} />}
				<TextField id="login" label={t("sign_in.login")} value={login} onInput={setLogin}
					required autocomplete="username" inputRef={loginInput} error={errorAt("login")} />
				<TextField id="password" label={t("sign_in.password")} value={password}
					onInput={setPassword} type="password" required autocomplete="current-password"
					inputRef={passwordInput} error={errorAt("password")} />
				{caps && <p class="caps" role="status">{t("sign_in.caps")}</p>}
				{codeAsked && <TextField id="totp" label={t("sign_in.code")} value={totp} onInput={setTotp}
					required autocomplete="one-time-code" inputRef={codeInput} />}
				<Button kind="primary" submit busy={busy} keys="Enter">{t("sign_in.title")}</Button>
				<ProviderWay />
			</form>
		</main>
	);
}
