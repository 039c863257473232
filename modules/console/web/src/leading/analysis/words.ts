/* The texts of what looks further than a month's figures, with those of the report behind them. */
import { words } from "../../i18n";
import { inChinese, inEnglish } from "../words";

export const { t, tMaybe } = words(
	async () => ({ ...await inChinese(), ...(await import("./zh")).zh }),
	async () => ({ ...await inEnglish(), ...(await import("./en")).en }));
