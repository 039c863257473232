/* The texts of the dispatcher's screens. */
import { words } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words(zh, en);
