/*
 * What stands at the foot of every printed sheet of a page: its words (how it was counted, as of
 * when), the minute of printing, and "2 / 5". The sheet's margin is drawn by the browser, so no
 * row is covered; an engine without margin boxes leaves them out, and prints its own.
 */
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { dateTime } from "../lib/time";
import { now } from "../state/clock";

function quoted(text: string): string {
	return `"${text.replace(/["\\]/g, "\\$&").replace(/\s+/g, " ")}"`;
}

export function usePrintedFoot(words: string, landscape = false) {
	useEffect(() => {
		const sheet = new CSSStyleSheet();
		const others = document.adoptedStyleSheets;
		const write = () => {
			const box = "font:9px/1.3 \"Noto Sans CJK SC\",\"WenQuanYi Micro Hei\",sans-serif;color:#555";
			const at = dateTime(new Date(now.peek()).toISOString());
			sheet.replaceSync(`@page{size:A4 ${landscape ? "landscape" : "portrait"};margin:11mm 11mm 16mm;`
				+ `@bottom-left{${box};content:${quoted(`${words} · ${t("print.at", { at })}`)};width:85%}`
				+ `@bottom-right{${box};content:counter(page) " / " counter(pages)}}`);
		};
		write();
		document.adoptedStyleSheets = [...others, sheet];
		window.addEventListener("beforeprint", write);
		return () => {
			window.removeEventListener("beforeprint", write);
			document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== sheet);
		};
	}, [words, landscape]);
}
