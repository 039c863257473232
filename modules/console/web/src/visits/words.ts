/* The texts of review and return visits. */
import { words } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words(zh, en);
