/* The texts of the months' pages, with those of the report behind them. */
import { words } from "../../i18n";

export const { t, tMaybe } = words(
	async () => ({ ...(await import("../zh")).zh, ...(await import("./zh")).zh }),
	async () => ({ ...(await import("../en")).en, ...(await import("./en")).en }));
