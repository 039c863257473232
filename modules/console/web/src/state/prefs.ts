/* What a person chose for this browser: language and theme. Nothing personal is kept here. */
import { computed, effect, signal } from "@preact/signals";
import { answerLanguage } from "../api/client";

export type Language = "zh" | "en";
export type Theme = "light" | "dark";

function stored(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		return null;
	}
}

function store(key: string, value: string) {
	try {
		localStorage.setItem(key, value);
	} catch {
		/* a browser that forbids storage forgets the choice at the next start */
	}
}

function isLanguage(value: string | null | undefined): value is Language {
	return value === "zh" || value === "en";
}

const darkWanted = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(darkWanted.matches);
darkWanted.addEventListener("change", event => { systemDark.value = event.matches; });

const storedLanguage = stored("language");
const storedTheme = stored("theme");
const chosenLanguage = signal<Language | null>(isLanguage(storedLanguage) ? storedLanguage : null);
const chosenTheme = signal<Theme | null>(
	storedTheme === "light" || storedTheme === "dark" ? storedTheme : null);

export const language = computed<Language>(() => chosenLanguage.value
	?? (navigator.language.startsWith("zh") ? "zh" : "en"));
export const theme = computed<Theme>(() =>
	chosenTheme.value ?? (systemDark.value ? "dark" : "light"));

export function chooseLanguage(value: Language) {
	chosenLanguage.value = value;
	store("language", value);
}

export function chooseTheme(value: Theme) {
	chosenTheme.value = value;
	store("theme", value);
}

effect(() => {
	document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
	document.documentElement.dataset.theme = theme.value;
	answerLanguage.value = document.documentElement.lang;
});
