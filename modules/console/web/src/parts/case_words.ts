/* What lists of things to decide, and their forms, call the things that all of them have. */
import { words } from "../i18n";

export const { t, tMaybe } = words(async () => (await import("../i18n/cases_zh")).zh,
	async () => (await import("../i18n/cases_en")).en);
