/* A group's style, which comes with its code: added behind the sheet of the page, for good. */
export function adopt(text: string) {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(text);
	const page = document as Document & { adoptedStyleSheets: CSSStyleSheet[] };
	page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
}
