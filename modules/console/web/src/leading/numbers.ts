/* Numbers as they are written in the language now in use. */
import { language } from "../state/prefs";

export function count(value: number): string {
	return new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en").format(value);
}

export function percent(rate: string | null): string {
	return rate === null ? "—" : `${Number(rate).toFixed(1)}%`;
}

export function signed(value: number, digits = 1): string {
	const shown = Math.abs(value).toFixed(digits);
	return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${shown}`;
}
