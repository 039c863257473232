/* The texts of the inbox. */
import { words } from "../i18n";

export const { t, tMaybe } = words(
	async () => ({ ...(await import("./common_zh")).zh, ...(await import("./zh")).zh }),
	async () => ({ ...(await import("./common_en")).en, ...(await import("./en")).en }));
