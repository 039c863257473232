/* The texts of hand-overs. */
import { words } from "../i18n";

export const { t, tMaybe } = words(async () => (await import("./zh")).zh,
	async () => (await import("./en")).en);
