/* The texts of rulings and accountability. */
import { words } from "../i18n";

export const { t, tMaybe } = words(
	async () => ({ ...(await import("../i18n/measures_zh")).zh, ...(await import("../i18n/cases_zh")).zh,
		...(await import("./zh")).zh }),
	async () => ({ ...(await import("../i18n/measures_en")).en, ...(await import("../i18n/cases_en")).en,
		...(await import("./en")).en }));
