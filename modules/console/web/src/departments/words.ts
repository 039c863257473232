/* The texts of the department's screens. */
import { words } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words(zh, en);
