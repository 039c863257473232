/* The texts of alerts. */
import { words } from "../i18n";

export const { t } = words(async () => (await import("./zh")).zh,
	async () => (await import("./en")).en);
