/* What each number is, in words: asked for less often than the numbers, so by itself. */
import { words } from "../../i18n";

export const { t } = words(
	async () => ({ ...(await import("../zh")).zh, ...(await import("./zh")).zh }),
	async () => ({ ...(await import("../en")).en, ...(await import("./en")).en }));
