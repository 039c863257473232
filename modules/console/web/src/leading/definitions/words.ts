/* What each number is, in words: asked for less often than the numbers, so by itself. */
import { words } from "../../i18n";
import { inChinese, inEnglish } from "../words";

export const { t } = words(
	async () => ({ ...await inChinese(), ...(await import("./zh")).zh }),
	async () => ({ ...await inEnglish(), ...(await import("./en")).en }));
