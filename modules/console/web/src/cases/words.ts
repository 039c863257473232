/* The texts of the search and an appeal as a whole. */
import { words } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t, tMaybe } = words(zh, en);
