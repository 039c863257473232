/* The texts of what looks further than a month's figures, with those of the report behind them. */
import { words } from "../../i18n";

export const { t, tMaybe } = words(
	async () => ({ ...(await import("../zh")).zh, ...(await import("./zh")).zh }),
	async () => ({ ...(await import("../en")).en, ...(await import("./en")).en }));
