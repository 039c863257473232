/* Who is signed in. The cookie is the server's business; here is only what GET /me said. */
import { signal } from "@preact/signals";
import { csrfToken, Problem, signedOut, useDomainClock } from "../api/client";
import { api } from "../api/endpoints";
import type { Me } from "../api/types";
import { t } from "../i18n";
import { forgetAllKept, reasonToStay } from "../lib/kept";
import { problemText } from "../lib/problem_text";
import { shares } from "../lib/time";
import { loadReference } from "./reference";

export const me = signal<Me | null>(null);

/** True until the first GET /me is answered: neither sign-in nor screens are shown before. */
export const starting = signal(true);

async function enter() {
	const who = await api.me();
	if (who.now)
		useDomainClock(who.now);
	csrfToken.value = who.csrf_token;
	shares.value = { amber: who.amber_percent / 100, red: who.red_percent / 100 };
	if (who.role !== "intake" && who.duty === null)
		await loadReference();
	if (me.value && me.value.login !== who.login)
		forgetAllKept();
	me.value = who;
	signedOut.value = false;
}

export async function resume() {
	try {
		await enter();
	} catch (error) {
		/* an unreachable server shows as a failed sign-in, where the person can try again */
		if (!(error instanceof Problem))
			throw error;
		signedOut.value = true;
	} finally {
		starting.value = false;
	}
}

export async function signIn(login: string, password: string, totp: string | null) {
	await api.signIn(login, password, totp);
	await enter();
}

/** After what gave the session another cookie: its token, and what is due now. */
export const renew = enter;

/**
 * Why the person should not leave yet, or null when the person is signed out. While the server has
 * not ended the session nothing is forgotten: whoever comes next would find it open.
 */
export async function signOut(): Promise<string | null> {
	const reason = await reasonToStay();
	if (reason !== null)
		return reason;
	try {
		await api.signOut();
	} catch (error) {
		/* 401: it had ended before */
		if ((error as Problem).status !== 401)
			return `${t("sign_out.failed")} ${problemText(error)}`;
	}
	forgetAllKept();
	me.value = null;
	signedOut.value = true;
	return null;
}
