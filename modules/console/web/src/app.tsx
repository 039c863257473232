/*
 * The frame: top bar, rail, and the screens a role may use. When the session ends the screens
 * stay mounted, only hidden behind the sign-in, so that what was typed is still there after it.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signedOut } from "./api/client";
import type { Me, Role } from "./api/types";
import { t, type Key } from "./i18n";
import { useShortcuts } from "./lib/keys";
import { go, href, route } from "./lib/route";
import { Icon, type IconName } from "./parts/icons";
import { Empty } from "./parts/notice";
import { ShortcutOverlay } from "./parts/shortcut_overlay";
import { TopBar } from "./parts/top_bar";
import { Watermark } from "./parts/watermark";
import { AccountScreen } from "./screens/account";
import { DispatchScreen } from "./screens/dispatch";
import { InboxScreen } from "./screens/inbox";
import { RegisterScreen } from "./screens/register";
import { ReportScreen } from "./screens/report";
import { ReviewScreen } from "./screens/review";
import { SignInScreen } from "./screens/sign_in";
import { VisitScreen } from "./screens/visit";
import { me, starting } from "./state/session";

interface Screen {
	/** First part of the address, and the icon. */
	path: IconName;
	title: Extract<Key, `screen.${string}`>;
	roles: readonly Role[];
	keys: string;
	view: (props: { me: Me }) => JSX.Element;
}

const screens: readonly Screen[] = [
	{ path: "register", title: "screen.register", roles: ["operator"], view: RegisterScreen,
		keys: "Alt+1" },
	{ path: "dispatch", title: "screen.dispatch", roles: ["dispatcher"], view: DispatchScreen,
		keys: "Alt+1" },
	{ path: "inbox", title: "screen.inbox", roles: ["department"], view: InboxScreen,
		keys: "Alt+1" },
	{ path: "review", title: "screen.review", roles: ["reviewer"], view: ReviewScreen,
		keys: "Alt+1" },
	{ path: "visit", title: "screen.visit", roles: ["visitor"], view: VisitScreen,
		keys: "Alt+1" },
	{ path: "report", title: "screen.report", roles: ["operator", "dispatcher", "department",
		"reviewer", "visitor", "supervisor", "leader", "auditor", "admin", "system", "security",
		"audit", "observer", "contact"], view: ReportScreen, keys: "Alt+2" },
];

function Rail({ mine, current }: { mine: readonly Screen[]; current: Screen | null }): JSX.Element {
	return (
		<nav class="rail" aria-label={t("nav.label")}>
			{mine.map(screen => (
				<a key={screen.path} href={href([screen.path])}
					aria-current={screen === current ? "page" : undefined}
					title={`${t(screen.title)} (${screen.keys})`}>
					<Icon name={screen.path} size={20} />
					<span>{t(screen.title)}</span>
				</a>
			))}
		</nav>
	);
}

function Shell({ who }: { who: Me }): JSX.Element {
	const [helpOpen, setHelpOpen] = useState(false);
	const mine = screens.filter(screen => who.duty === null && screen.roles.includes(who.role));
	const ownAccount = who.duty !== null || route.value.path[0] === "account";
	const current = ownAccount ? null
		: mine.find(screen => screen.path === route.value.path[0]) ?? mine[0];
	const title = ownAccount ? t("screen.account") : current && t(current.title);
	useShortcuts([
		{ keys: "?", label: t("help.title"), run: () => setHelpOpen(true) },
		...mine.map(screen => ({
			keys: screen.keys, label: t(screen.title), run: () => go(href([screen.path])),
		})),
	]);
	useEffect(() => {
		document.title = title ? `${title} · ${t("product.name")}` : t("product.name");
	});
	const View = current?.view;
	return (
		<div class="shell" hidden={signedOut.value}>
			<TopBar who={who} onHelp={() => setHelpOpen(true)} />
			{mine.length > 0 && <Rail mine={mine} current={current ?? null} />}
			<main class={`screen screen-${ownAccount ? "account" : current?.path ?? "none"}`}>
				{ownAccount ? <AccountScreen me={who} /> : View ? <View me={who} />
					: <Empty title={t("nav.nothing")} next={t("nav.nothing_next")} />}
			</main>
			{helpOpen && <ShortcutOverlay onClose={() => setHelpOpen(false)} />}
			<Watermark login={who.login} />
		</div>
	);
}

export function App(): JSX.Element | null {
	if (starting.value)
		return null;
	const who = me.value;
	return (
		<>
			{/* another person's sign-in starts afresh, the same person's goes on */}
			{who && <Shell key={who.login} who={who} />}
			{signedOut.value && <SignInScreen />}
		</>
	);
}
