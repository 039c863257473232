/* The texts of the search and an appeal as a whole. */
import { words } from "../i18n";

export const { t, tMaybe } = words(async () => (await import("./zh")).zh,
	async () => (await import("./en")).en);
