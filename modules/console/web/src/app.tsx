/*
 * The frame: top bar, rail, and the screens a role may use. When the session ends the screens
 * stay mounted, only hidden behind the sign-in, so that what was typed is still there after it.
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signedOut } from "./api/client";
import type { Me } from "./api/types";
import { switchLanguage, t, textsReady } from "./i18n";
import { useShortcuts } from "./lib/keys";
import { useLoaded } from "./lib/load";
import { go, href, route } from "./lib/route";
import { Dialog } from "./parts/dialog";
import { Icon } from "./parts/icons";
import { Empty, ProblemNotice, Skeleton } from "./parts/notice";
import { Toasts } from "./parts/toast";
import { TopBar } from "./parts/top_bar";
import { Watermark } from "./parts/watermark";
import { screens, type Screen, type View } from "./screens";
import { chooseTheme, language, theme } from "./state/prefs";
import { counters, counterText, useCounters } from "./state/counters";
import { me, starting } from "./state/session";

function titleOf(screen: Screen): string {
	return screen.title[language.value];
}

/** So many screens have a key, from Alt+1 on. */
const keyed = 9;

function Rail({ listed, current }: { listed: readonly Screen[]; current: Screen | null }): JSX.Element {
	return (
		<nav class="rail" aria-label={t("nav.label")}>
			{listed.map((screen, at) => (
				<a key={screen.path} href={href([screen.path])}
					aria-current={screen === current ? "page" : undefined}
					title={titleOf(screen) + (at < keyed ? ` (Alt+${at + 1})` : "")}>
					<Icon name={screen.icon} size={20} />
					<span>{titleOf(screen)}</span>
					{(counters.value[screen.path] ?? 0) > 0
						&& <b class="rail-count number">{counterText([screen.path])}</b>}
				</a>
			))}
		</nav>
	);
}

const account: Screen = { path: "account", icon: "account", title: { zh: "我的账号", en: "My account" },
	roles: [], unlisted: true, view: async () => (await import("./screens/account")).AccountScreen };

/** A screen whose code may still be on its way. */
function Shown({ screen, who }: { screen: Screen; who: Me }): JSX.Element {
	const code = useLoaded<{ View: View }>(async () => {
		const View = await screen.view();
		await textsReady();
		return { View };
	}, screen.path);
	if (code.error !== null)
		return <ProblemNotice error={code.error} onRetry={() => void code.reload()} />;
	return code.value === null ? <Skeleton />
		: <code.value.View me={who} title={titleOf(screen)} />;
}

const overlays = () => import("./palette");

/** What lies over the screens; its keys rest from the moment that it was asked for. */
function Over({ onClose, children }: { onClose: () => void;
	children: (code: Awaited<ReturnType<typeof overlays>>) => JSX.Element }): JSX.Element | null {
	const code = useLoaded(overlays, "palette");
	useShortcuts([], 1);
	return code.error !== null ? <Dialog id="over" kind="box" title={t("palette.title")} onClose={onClose}>
		<ProblemNotice error={code.error} onRetry={() => void code.reload()} /></Dialog>
		: code.value && children(code.value);
}

function Shell({ who }: { who: Me }): JSX.Element {
	const [helpOpen, setHelpOpen] = useState(false);
	const [paletteOpen, setPaletteOpen] = useState(false);
	const closeHelp = () => setHelpOpen(false);
	const closePalette = () => setPaletteOpen(false);
	const ofUnit = who.role === "supervisor" && who.department !== null;
	const mine = screens.filter(screen => who.duty === null && screen.roles.includes(who.role));
	/* of what is about the whole, a thing may stand in the tree: reached where an address names it */
	const offered = mine.filter(screen => !(screen.whole && ofUnit));
	const begins = (screen: Screen) => screen.begins?.includes(who.role) ? 0 : 1;
	const listed = offered.filter(screen => !screen.unlisted).sort((a, b) => begins(a) - begins(b));
	const ownAccount = who.duty !== null || route.value.path[0] === "account";
	const [path, thing] = route.value.path;
	const current = ownAccount ? account
		: (thing ? mine : offered).find(screen => screen.path === path) ?? listed[0] ?? null;
	const title = current && titleOf(current);
	useShortcuts([
		{ keys: "?", label: t("help.title"), run: () => setHelpOpen(true) },
		{ keys: "Ctrl+k", label: t("palette.title"), run: () => setPaletteOpen(true) },
		{ keys: "/", label: t("palette.title"), run: () => setPaletteOpen(true) },
		...listed.slice(0, keyed).map((screen, at) => ({
			keys: `Alt+${at + 1}`, label: titleOf(screen), run: () => go(href([screen.path])),
		})),
	]);
	useCounters(listed);
	const waiting = counterText(listed.map(screen => screen.path));
	useEffect(() => {
		document.title = (waiting ? `(${waiting}) ` : "")
			+ (title ? `${title} · ${t("product.name")}` : t("product.name"));
	});
	return (
		<div class="shell" hidden={signedOut.value}>
			<TopBar who={who} onHelp={() => setHelpOpen(true)} onPalette={() => setPaletteOpen(true)} />
			{listed.length > 0 && <Rail listed={listed} current={current} />}
			<main class={`screen screen-${current?.path ?? "none"}`}>
				{current ? <Shown key={current.path} screen={current} who={who} />
					: <Empty title={t("nav.nothing")} next={t("nav.nothing_next")} />}
			</main>
			<Toasts />
			{paletteOpen && <Over onClose={closePalette}>{({ Palette }) => <Palette onClose={closePalette} mayLook={offered.some(screen => screen.path === "appeals")}
				places={[...offered.map(screen => ({ title: titleOf(screen), note: t("palette.screen"), run: () => go(href([screen.path])) })),
					{ title: t("screen.account"), note: t("palette.screen"), run: () => go(href(["account"])) },
					{ title: t("help.title"), note: t("palette.act"), run: () => setHelpOpen(true) },
					{ title: t(`theme.${theme.value === "dark" ? "light" : "dark"}`), note: t("palette.act"),
						run: () => chooseTheme(theme.value === "dark" ? "light" : "dark") },
					{ title: language.value === "zh" ? "English" : "中文", note: t("palette.act"),
						run: () => void switchLanguage(language.value === "zh" ? "en" : "zh") }]} />}</Over>}
			{helpOpen && <Over onClose={closeHelp}>{({ ShortcutOverlay }) => <ShortcutOverlay onClose={closeHelp} />}</Over>}
			<Watermark login={who.login} />
		</div>
	);
}

/** Who is signed in already never needs its code. */
function SignIn(): JSX.Element | null {
	const code = useLoaded(async () => {
		const { SignInScreen } = await import("./screens/sign_in");
		await textsReady();
		return { SignInScreen };
	}, "sign_in");
	return code.error !== null ? <ProblemNotice error={code.error} /> : code.value && <code.value.SignInScreen />;
}

export function App(): JSX.Element | null {
	if (starting.value)
		return null;
	const who = me.value;
	return (
		<>
			{/* another person's sign-in starts afresh, the same person's goes on */}
			{who && <Shell key={who.login} who={who} />}
			{signedOut.value && <SignIn />}
		</>
	);
}
