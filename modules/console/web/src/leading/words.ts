/* The texts of the report's screens, with those of what is measured. */
import { words } from "../i18n";

export const inChinese = async () =>
	({ ...(await import("../i18n/measures_zh")).zh, ...(await import("./zh")).zh });
export const inEnglish = async () =>
	({ ...(await import("../i18n/measures_en")).en, ...(await import("./en")).en });
export const { t, tMaybe } = words(inChinese, inEnglish);
