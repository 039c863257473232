/* The texts of the enterprise side. */
import { words } from "../../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t } = words(zh, en);
