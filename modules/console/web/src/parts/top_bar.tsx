/* The 48 px bar: product, clock, help, theme, language, and who is signed in. */
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Me } from "../api/types";
import { switchLanguage, t, textsReady } from "../i18n";
import { problemText } from "../lib/problem_text";
import { href } from "../lib/route";
import { clockTime } from "../lib/time";
import { now } from "../state/clock";
import { chooseTheme, language, theme } from "../state/prefs";
import { departmentName } from "../state/reference";
import { signOut } from "../state/session";
import { Kbd } from "./button";
import { Icon } from "./icons";
import { LiveDot } from "./live_dot";
import { kindsFor } from "../state/alert_kinds";
import { useLoaded } from "../lib/load";
import { say } from "./toast";

/** What the open screen has to say in the bar: an operator's count of the day. */
export const topLine = signal<ComponentChildren>(null);

export function LanguageSwitch(): JSX.Element {
	const other = language.value === "zh" ? "en" : "zh";
	return (
		<button type="button" class="button button-plain" lang={other === "zh" ? "zh-CN" : "en"}
			onClick={() => void switchLanguage(other).catch((failure: unknown) => say(problemText(failure)))}>
			{other === "zh" ? "中文" : "EN"}
		</button>
	);
}

export function ThemeSwitch(): JSX.Element {
	const other = theme.value === "dark" ? "light" : "dark";
	return (
		<button type="button" class="button button-quiet icon-only" onClick={() => chooseTheme(other)}
			aria-label={t(`theme.${other}`)} title={t(`theme.${other}`)}>
			<Icon name={other} />
		</button>
	);
}

export function Mark(): JSX.Element {
	return (
		<span class="mark" aria-hidden="true">
			<svg viewBox="0 0 32 32" width="32" height="32">
				<path d="M8 10h9a5 5 0 0 1 0 10h-3M24 22h-9a5 5 0 0 1 0-10h3" />
			</svg>
		</span>
	);
}

const untilScreen = 1500;

/** The alerts' code comes after the first screen's; without it the browser is silent. */
function BellWhenHere({ who }: { who: Me }): JSX.Element | null {
	const code = useLoaded(async () => {
		if (kindsFor(who).length === 0)
			return null;
		await new Promise(resolve => setTimeout(resolve, untilScreen));
		performance.mark("first load");
		const group = await import("../alerts");
		await textsReady();
		return group;
	}, `alerts ${who.duty}`);
	return code.value && <code.value.Bell who={who} />;
}

export function TopBar({ who, onHelp, onPalette }: { who: Me; onHelp: () => void; onPalette: () => void }): JSX.Element {
	const place = who.department ? departmentName(who.department) : t(`role.${who.role}`);
	return (
		<header class="top">
			<Mark />
			<span class="product">{t("product.name")}</span>
			<button type="button" class="top-search" aria-keyshortcuts="Control+k" onClick={onPalette}>
				<span>{t("palette.title")}</span><Kbd keys="Ctrl+k" /></button>
			<span class="top-fill" />
			<LiveDot />
			{topLine.value}
			<span class="top-clock number">{clockTime(now.value).slice(0, 5)}</span>
			<button type="button" class="button button-quiet icon-only" onClick={onHelp}
				aria-label={t("help.title")} title={`${t("help.title")} (?)`} aria-keyshortcuts="?">
				<Icon name="help" />
			</button>
			<BellWhenHere who={who} />
			<ThemeSwitch />
			<LanguageSwitch />
			<a class="own" href={href(["account"])} title={t("screen.account")}>
				<span class="avatar" aria-hidden="true">{who.name.slice(0, 1)}</span>
				<span class="who">{who.name}<small>{place}</small></span>
			</a>
			<button type="button" class="button button-quiet icon-only" onClick={() => void signOut().then(reason => { if (reason !== null) say(reason); })}
				aria-label={t("action.sign_out")} title={t("action.sign_out")}>
				<Icon name="leave" />
			</button>
		</header>
	);
}
